//! The key in a real GNOME Keyring, on a bus of the test's own.

use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::session_bus::SessionBus;
use adieu_testkit::{Adieu, Home, Tree};
use serde_json::Value;

use crate::support::{TRAIL, auth_files, fixtures, home, left_out, names, org, refresh};

/// How the real client finds the entry.
pub(crate) const ATTRIBUTES: [(&str, &str); 2] = [("user", "local"), ("domain", "sfdx")];

/// A bus with a key store; `None` if there is none on this machine, which is said.
pub(crate) fn bus() -> Option<SessionBus> {
    let bus = SessionBus::start();
    if bus.is_none() {
        left_out("dbus, gnome-keyring and libsecret-tools are not installed");
    }
    bus
}

/// The program where the real client would look into the key store.
pub(crate) fn on(bus: &SessionBus, command: Adieu) -> Adieu {
    command
        .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
        .env("XDG_RUNTIME_DIR", bus.runtime_directory())
        .env_remove("SF_USE_GENERIC_UNIX_KEYCHAIN")
}

/// Puts the recorded key there, as the real client did.
fn with_recorded_key(bus: &SessionBus) -> String {
    let text = std::fs::read_to_string(fixtures().join("secret-service-v1/keyring-item.json"));
    let item: Value = serde_json::from_str(&text.unwrap()).unwrap();
    let secret = item["secret"].as_str().unwrap();
    bus.store_with(item["label"].as_str().unwrap(), &ATTRIBUTES, secret);
    secret.to_owned()
}

#[test]
fn key_in_the_key_store_opens_what_the_real_client_wrote() {
    let Some(bus) = bus() else { return };
    let salesforce = Salesforce::start();
    let home = home("secret-service-v1", &salesforce);
    let secret = with_recorded_key(&bus);
    let listed = on(&bus, org(&home, "list --json")).run().success();
    let first = &listed.json()["result"]["nonScratchOrgs"][0];
    assert_eq!(first["username"], "beta@fixture.example");
    assert_eq!(first["connectedStatus"], "Connected", "{listed}");
    assert_eq!(listed.json()["warnings"], serde_json::json!([]));
    let output = on(&bus, org(&home, "logout --all --json")).run().success();
    assert_eq!(names(&output), ["beta@fixture.example"]);
    assert_eq!(salesforce.revoked(), [refresh("beta")]);
    // The key stays for the next sign-in, unless it is asked for too.
    assert_eq!(bus.lookup_with(&ATTRIBUTES), Some(secret));
    assert!(!home.has(".sfdx/key.json"));
}

#[test]
fn key_leaves_the_key_store_with_the_last_org_when_asked_for() {
    let Some(bus) = bus() else { return };
    let salesforce = Salesforce::start();
    let home = home("secret-service-v1", &salesforce);
    with_recorded_key(&bus);
    bus.store("other-service", "local", "FAKE-other");
    on(&bus, org(&home, "logout --all -p --keychain --json"))
        .run()
        .success();
    assert_eq!(salesforce.revoked(), [refresh("beta")]);
    assert_eq!(bus.lookup_with(&ATTRIBUTES), None);
    assert_eq!(
        bus.lookup("other-service", "local").as_deref(),
        Some("FAKE-other")
    );
}

#[test]
fn key_is_made_in_the_key_store_in_both_versions() {
    if !std::path::Path::new("/usr/bin/secret-tool").exists() {
        return left_out("secret-tool is not where the real client looks for it");
    }
    for (version, length) in [("false", 33), ("true", 65)] {
        let Some(bus) = bus() else { return };
        let (salesforce, home) = (Salesforce::start(), Home::new());
        let login = || {
            on(&bus, org(&home, "login access-token -a gamma"))
                .args(["-r", &salesforce.url()])
                .env("SF_ACCESS_TOKEN", salesforce.access_token("gamma"))
                .env("SF_CRYPTO_V2", version)
        };
        let output = login().run().success();
        assert_eq!(output.stderr, "  gamma is its alias\n", "{output}");
        assert!(!home.has(".sfdx/key.json"), "{output}");
        let key = bus.lookup_with(&ATTRIBUTES).unwrap();
        assert!(
            key.len() == length && key.ends_with('\n'),
            "{} bytes",
            key.len()
        );
        login().run().success();
        assert_eq!(bus.lookup_with(&ATTRIBUTES), Some(key), "one key is enough");
        let shown = on(&bus, org(&home, "display -o gamma --json"))
            .run()
            .success();
        assert_eq!(
            shown.json()["result"]["connectedStatus"],
            "Connected",
            "{shown}"
        );
    }
}

#[test]
fn locked_key_store_is_said_and_no_reason_for_a_new_key() {
    let Some(bus) = bus() else { return };
    let salesforce = Salesforce::start();
    let home = home("secret-service-v1", &salesforce);
    let secret = with_recorded_key(&bus);
    bus.lock();
    let before = Tree::of(home.root());
    let listed = on(&bus, org(&home, "list --json")).run().success();
    let warnings = listed.json()["warnings"].to_string();
    assert!(warnings.contains("locked"), "{listed}");
    let status = &listed.json()["result"]["nonScratchOrgs"][0]["connectedStatus"];
    assert_eq!(status, "AuthDecryptError", "{listed}");
    let login = on(&bus, org(&home, "login access-token --json"))
        .args(["-r", &salesforce.url()])
        .env("SF_ACCESS_TOKEN", salesforce.access_token("gamma"))
        .run()
        .code(1);
    assert_eq!(login.json()["name"], "AuthKeyError", "{login}");
    before.assert_only(&Tree::of(home.root()), &[TRAIL, "home/.local"]);
    let asked = salesforce.requests_to("/services/oauth2/revoke").len();
    // The key store could be opened: that is like a server that does not answer.
    let output = on(&bus, org(&home, "logout --all --json")).run().code(1);
    assert!(output.json().to_string().contains("unlock"), "{output}");
    assert_eq!(auth_files(&home), ["beta@fixture.example.json"], "{output}");
    let output = on(&bus, org(&home, "logout --all -p --json"))
        .run()
        .success();
    assert!(
        output.json()["warnings"].to_string().contains("locked"),
        "{output}"
    );
    assert_eq!(auth_files(&home), Vec::<String>::new());
    assert_eq!(
        salesforce.requests_to("/services/oauth2/revoke").len(),
        asked
    );
    drop(secret);
}
