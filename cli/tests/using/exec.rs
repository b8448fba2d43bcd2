//! `adieu exec`: what the command finds, and what it gives back.
#![expect(
    clippy::disallowed_methods,
    reason = "the limits of this process are asked of a shell"
)]

use std::collections::BTreeMap;

use adieu_testkit::{Home, Tree};

use crate::support::{adieu, home_with, signed_in, variables};

/// What is set here and would be taken in place of the identity, and what would not.
const RIVALS: [&str; 13] = [
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_CREDENTIAL_FILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_EXPIRATION",
    "AWS_SESSION_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
];

fn directory(home: &Home) -> String {
    let _ = home;
    "$HOME/.config/atmos/meridian/aws/meridian-sso".to_owned()
}

#[test]
fn command_finds_the_identity_and_nothing_that_would_win() {
    let home = signed_in();
    let before = Tree::of(home.root());
    let mut run = adieu(&home, "auth exec -i ledger-deployer -- /usr/bin/env")
        .env("AWS_PROFILE", "mine")
        .env("AWS_REGION", "us-west-2")
        .env("AWS_PAGER", "less")
        .env("OWN", "stays");
    for name in RIVALS {
        run = run.env(name, "FAKE-value");
    }
    let found = variables(&run.run().success());
    before.assert_same(&Tree::of(home.root()));
    let files = directory(&home);
    let expected: BTreeMap<String, String> = [
        ("AWS_CONFIG_FILE", format!("{files}/config")),
        (
            "AWS_SHARED_CREDENTIALS_FILE",
            format!("{files}/credentials"),
        ),
        ("AWS_CREDENTIAL_EXPIRATION", "2026-11-21T11:40:00Z".into()),
        ("AWS_DEFAULT_REGION", "eu-central-1".into()),
        ("AWS_EC2_METADATA_DISABLED", "true".into()),
        ("AWS_PAGER", "less".into()),
        ("AWS_PROFILE", "ledger-deployer".into()),
        ("AWS_REGION", "eu-central-1".into()),
        ("AWS_SDK_LOAD_CONFIG", "1".into()),
        (
            "DBUS_SESSION_BUS_ADDRESS",
            "unix:path=/nonexistent/bus".into(),
        ),
        ("HOME", "$HOME".into()),
        ("LC_ALL", "C.UTF-8".into()),
        ("OWN", "stays".into()),
        ("PATH", "/usr/bin:/bin".into()),
        ("TMPDIR", "$TMPDIR".into()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    assert_eq!(found, expected);
}

#[test]
fn identity_is_the_one_that_was_meant() {
    for (words, variable, expected) in [
        ("exec -i ledger-deployer", None, "ledger-deployer"),
        ("exec -i Ledger-Deployer", None, "ledger-deployer"),
        ("exec", Some("ledger-deployer"), "ledger-deployer"),
        ("exec", None, "ledger-admin"),
        ("auth exec", None, "ledger-admin"),
    ] {
        let home = signed_in();
        let mut run = adieu(&home, words).args(["--", "sh", "-c", "echo $AWS_PROFILE"]);
        if let Some(name) = variable {
            run = run.env("ATMOS_IDENTITY", name);
        }
        assert_eq!(
            run.run().success().stdout,
            format!("{expected}\n"),
            "{words}"
        );
    }
}

#[test]
fn words_of_the_command_are_its_own() {
    let home = signed_in();
    for words in ["exec -i ledger-admin --", "exec -i ledger-admin"] {
        let output = adieu(&home, words)
            .args([
                "printf", "%s|", "-i", "x", "--help", "-o", "json", "--", "a b",
            ])
            .run()
            .success();
        assert_eq!(output.stdout, "-i|x|--help|-o|json|--|a b|", "{words}");
    }
}

#[test]
#[cfg(unix)]
fn status_input_and_process_are_those_of_the_command() {
    let home = signed_in();
    for status in [0, 1, 3, 42, 255] {
        let script = format!("exit {status}");
        adieu(&home, "exec -- sh -c").arg(script).run().code(status);
    }
    // A signal ends the process itself: whoever started it is told so.
    let output = adieu(&home, "exec -- sh -c").arg("kill -TERM $$").run();
    assert_eq!(output.status, None, "{output}");
    let output = adieu(&home, "exec -- cat").stdin("a line\nand\0more").run();
    assert_eq!(output.stdout, "a line\nand\0more");
    let output = adieu(&home, "exec -- sh -c")
        .arg("ulimit -Hc; ulimit -Sc; readlink /proc/self/exe; tr '\\0' ' ' < /proc/$$/cmdline")
        .run()
        .success();
    assert!(!output.stdout.contains("adieu"), "{output}");
    let expected = std::process::Command::new("sh")
        .args(["-c", "ulimit -Hc; ulimit -Sc"])
        .output()
        .unwrap();
    let expected = String::from_utf8(expected.stdout).unwrap();
    assert!(output.stdout.starts_with(&expected), "{output} {expected}");
}

#[test]
fn no_key_is_in_the_environment_or_on_a_command_line() {
    let home = signed_in();
    let script = "cat /proc/self/cmdline /proc/$$/cmdline /proc/$$/environ /proc/$PPID/cmdline";
    let output = adieu(&home, "exec -i ledger-admin -- sh -c")
        .arg(script)
        .run()
        .success();
    for secret in [
        "FAKE-secret-ledger",
        "FAKE-session-token",
        "FAKE-key-ledger",
    ] {
        assert!(!output.stdout.contains(secret), "{output}");
    }
}

#[test]
fn what_is_not_signed_in_is_said_with_the_command_that_helps() {
    for (words, message) in [
        (
            "auth exec -i ledger-readonly -- touch started",
            "sign in first: adieu auth login -i ledger-readonly",
        ),
        (
            "exec -i ledger-readonly -- touch started",
            "sign in first: adieu login ledger-readonly",
        ),
    ] {
        let home = signed_in();
        let output = adieu(&home, words).run().code(1);
        assert!(output.stderr.contains("is not signed in"), "{output}");
        assert!(output.stderr.contains(message), "{output}");
        assert_eq!(output.stdout, "");
        assert!(!home.work().join("started").exists());
        let document = adieu(&home, "-o json").args(words.split(' ')).run().code(1);
        assert_eq!(document.json()["exit_status"], 1);
    }
}

#[test]
fn wrong_words_start_nothing() {
    for (words, status, message) in [
        ("exec -i ledger-admin", 2, "no command is given"),
        ("exec -i nobody -- true", 2, "not found in configuration"),
        (
            "exec -i ledger-admin -- no-such-program",
            127,
            "no-such-program cannot be started",
        ),
        (
            "exec -i ledger-admin -- /etc/passwd",
            126,
            "/etc/passwd cannot be started",
        ),
        (
            "exec --home / -i ledger-admin -- true",
            2,
            "of one's own only",
        ),
    ] {
        let home = signed_in();
        let output = adieu(&home, words).run().code(status);
        assert!(output.stderr.contains(message), "{words}: {output}");
        assert_eq!(output.stdout, "", "{words}");
    }
}

#[test]
fn command_starts_where_it_was_asked_to() {
    let home = signed_in();
    std::fs::create_dir(home.work().join("stack")).unwrap();
    let output = adieu(&home, "-C stack exec -- pwd").run().success();
    assert_eq!(output.stdout, "$WORK/stack\n");
    let output = adieu(&home, "exec -- pwd").run().success();
    assert_eq!(output.stdout, "$WORK\n");
}

#[test]
fn other_clouds_have_their_own_rivals() {
    let home = home_with("04-azure.yaml");
    let output = adieu(&home, "exec -i fjord -- /usr/bin/env")
        .env("ARM_CLIENT_SECRET", "FAKE-value")
        .env("AZURE_CLIENT_SECRET", "FAKE-value")
        .env("AWS_SESSION_TOKEN", "FAKE-value")
        .run();
    // Whether Azure's own client is signed in is not known here.
    let found = variables(&output);
    assert_eq!(output.status, Some(0), "{output}");
    assert_eq!(found.get("ARM_USE_CLI").map(String::as_str), Some("true"));
    assert!(!found.contains_key("ARM_CLIENT_SECRET") && !found.contains_key("AZURE_CLIENT_SECRET"));
    assert_eq!(
        found.get("AWS_SESSION_TOKEN").map(String::as_str),
        Some("FAKE-value")
    );
}
