//! Sign-ins in a real key store, on a bus of the test's own.

use adieu_testkit::session_bus::SessionBus;
use adieu_testkit::{Adieu, Home, Output};

use crate::support::{adieu, left_out};

fn on(bus: &SessionBus, command: Adieu) -> Adieu {
    command
        .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
        .env("XDG_RUNTIME_DIR", bus.runtime_directory())
}

/// Tool, service, account, and the attribute that the account is kept under.
const ENTRIES: [(&str, &str, &str, &str); 4] = [
    ("gemini", "gemini-cli-api-key", "default-api-key", "account"),
    ("gemini", "gemini-cli-oauth", "main-account", "account"),
    (
        "copilot",
        "copilot-cli",
        "https://github.com:ada",
        "account",
    ),
    ("codex", "Codex Auth", "cli|0123456789abcdef", "username"),
];

#[test]
fn sign_in_in_the_key_store_is_found_without_the_tools_directory() {
    let Some(bus) = SessionBus::start() else {
        left_out("dbus, gnome-keyring and libsecret-tools are not installed");
        return;
    };
    for (tool, service, account, attribute) in ENTRIES {
        let attributes = [("service", service), (attribute, account)];
        bus.store_with(service, &attributes, "FAKE-secret");
        let home = Home::new();
        let run = |words: &str| -> Output { on(&bus, adieu(&home, words)).run() };
        let output = run("status --check").code(1);
        assert!(
            output.stdout.contains(tool) || !output.stdout.contains("Clean"),
            "{output}"
        );
        run(&format!("logout {tool} --force")).success();
        assert_eq!(bus.lookup_with(&attributes), None, "{service}");
        run("status --check").success();
    }
}

#[test]
fn codex_login_in_a_key_store_that_cannot_be_asked_is_not_out() {
    let home = Home::new();
    let settings = "cli_auth_credentials_store = \"keyring\"\n";
    home.write(".codex/config.toml", settings);
    let output = adieu(&home, "status codex --check").run().code(3);
    assert!(output.stderr.contains("in the key store"), "{output}");
    let output = adieu(&home, "logout codex").run();
    assert_ne!(output.status, Some(0), "{output}");
    assert!(output.stderr.contains("in the key store"), "{output}");
    // Where it is in a file if there is no key store, the file tells.
    home.write(".codex/config.toml", settings.replace("keyring", "auto"));
    adieu(&home, "status codex --check").run().success();
}
