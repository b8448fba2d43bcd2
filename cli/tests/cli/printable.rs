//! Names that a repository, a file or a server chose: only what can be seen reaches the screen.

use adieu::printable::is_printable;
use adieu_testkit::{AwsSession, Home, Output};

use crate::support::adieu;

/// Characters that do something, hide, or hide something.
const HIDDEN: [char; 16] = [
    '\u{7}',
    '\u{1b}',
    '\u{85}',
    '\u{9b}',
    '\u{a0}',
    '\u{ad}',
    '\u{34f}',
    '\u{61c}',
    '\u{200b}',
    '\u{200d}',
    '\u{202e}',
    '\u{2066}',
    '\u{2800}',
    '\u{e0041}',
    '\u{e000}',
    '\u{fe0f}',
];

/// Looks like a success of adieu itself.
const FORGED: &str = "\u{1b}[32m✓\u{1b}[0m done";

fn yaml(name: &str) -> String {
    let quoted: String = name
        .chars()
        .map(|character| match character {
            letter if letter.is_ascii_graphic() || letter == ' ' => letter.to_string(),
            other => format!("\\U{:08x}", u32::from(other)),
        })
        .collect();
    format!(
        "auth:\n  realm: acme\n  providers:\n    \"{quoted}\":\n      kind: aws/iam-identity-center\n      \
         region: eu-central-1\n      start_url: https://acme.awsapps.com/start\n  identities:\n    \
         \"id-{quoted}\":\n      kind: aws/permission-set\n      alias: \"{quoted}\"\n      \
         via: {{ provider: \"{quoted}\" }}\n      principal: {{ name: \"{quoted}\", account: {{ id: \"000000000001\" }} }}\n    \
         \"broken-{quoted}\": {{ kind: \"{quoted}\", via: {{ provider: \"no-{quoted}\" }} }}\n"
    )
}

/// Every rendering but JSON.
fn renderings(home: &Home, name: &str) -> Vec<Output> {
    let identity = format!("id-{name}");
    let run = |words: &[&str]| {
        adieu(home)
            .args(words.iter().copied())
            .env("LC_ALL", "C.UTF-8")
            .env("ATMOS_LOGS_LEVEL", "Debug")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
            .run()
    };
    let mut all = Vec::new();
    for format in ["tree", "table", "yaml", "markdown", "mermaid", "graphviz"] {
        all.push(run(&["auth", "list", "--format", format]));
    }
    all.extend([
        run(&["auth", "validate", "--verbose"]),
        run(&["auth", "status"]),
        run(&["status"]),
        run(&["list"]),
        run(&["status", &identity]),
        run(&["auth", "whoami", "--offline", "-i", &identity]),
        run(&["auth", "env", "-i", &identity, "--unset"]),
        run(&["auth", "logout", &identity, "--dry-run"]),
        run(&["auth", "logout", &format!("no-{name}")]),
        run(&["auth", "logout", "--provider", &format!("no-{name}")]),
        run(&["auth", "list", "--tags", name]),
        run(&["status", &format!("no-{name}")]),
        run(&["org", "display", "-o", name]),
        run(&["switch", name]),
        run(&[&format!("no-{name}")]),
        run(&["auth", "list", "--format", name]),
        run(&["auth", "logout", &identity, "--no-revoke"]),
        run(&["audit", "show"]),
        run(&["scan", "--shell", "bash"]),
    ]);
    all
}

fn home_with_name(name: &str) -> Home {
    let home = Home::new();
    home.atmos_yaml(&yaml(name));
    home.aws_session(&AwsSession::new("acme", "sso", name));
    home.write(".bashrc", format!("export API{name}_TOKEN=FAKE-one\n"));
    home.write(
        format!(".aws/sso/cache/{}.json", name.replace('/', "_")),
        "{",
    );
    home
}

#[test]
fn no_rendering_shows_what_cannot_be_seen() {
    for hidden in HIDDEN {
        let name = format!("a{hidden}b");
        let home = home_with_name(&name);
        for output in renderings(&home, &name) {
            let text = format!("{}{}", output.stdout, output.stderr);
            let found = text.chars().find(|character| {
                *character != '\n' && *character != '\u{fe0f}' && !is_printable(*character)
            });
            assert_eq!(found, None, "{output}");
            assert!(hidden != '\u{fe0f}' || !text.contains(&name), "{output}");
        }
    }
}

#[test]
fn colours_of_a_name_stay_text_where_adieu_has_colours_itself() {
    let home = home_with_name(FORGED);
    for words in [
        &["--force-color", "auth", "list"][..],
        &["--force-color", "auth", "list", "--format", "table"],
        &["--force-color", "status"],
        &["--force-color", "auth", "validate"],
        &["--force-color", "auth", "logout", "--all", "--no-revoke"],
    ] {
        let output = adieu(&home)
            .args(words.iter().copied())
            .env("LC_ALL", "C.UTF-8")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
            .run();
        let text = format!("{}{}", output.stdout, output.stderr);
        assert!(
            !text.contains(FORGED) && !text.contains("\u{1b}[32m✓\u{1b}[0m done"),
            "{output}"
        );
    }
    let tree = adieu(&home).args(["--force-color", "auth", "list"]).run();
    assert!(
        tree.stdout.contains("\\u{1b}[32m✓\\u{1b}[0m done"),
        "{tree}"
    );
    assert!(tree.stdout.contains("\u{1b}["), "{tree}");
}

#[cfg(unix)]
#[test]
fn names_of_files_that_are_no_text_look_different() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let home = Home::new();
    for (name, shown) in [(b"a\xfe", "a\\u{dcfe}"), (b"a\xff", "a\\u{dcff}")] {
        let named = adieu(&home)
            .arg("--config")
            .arg(OsStr::from_bytes(name))
            .arg("list");
        let output = named.run().code(2);
        assert!(output.stderr.contains(shown), "{output}");
    }
}
