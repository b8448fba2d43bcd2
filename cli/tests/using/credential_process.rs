//! `adieu credential-process` and `adieu env --login`: what programs are given, and what they are told.

use adieu_testkit::{Adieu, AwsSession, Tree};
use insta::assert_snapshot;
use serde_json::json;

use crate::support::{adieu, signed_in};

#[test]
fn keys_are_those_of_the_file_in_the_form_of_the_sdks() {
    let home = signed_in();
    let before = Tree::of(home.root());
    let expected = json!({
        "Version": 1,
        "AccessKeyId": "FAKE-key-ledger-admin",
        "SecretAccessKey": "FAKE-secret-ledger-admin",
        "SessionToken": "FAKE-session-token-ledger-admin",
        "Expiration": "2026-11-21T12:06:11Z",
        "AccountId": "210000000001",
    });
    for words in [
        "credential-process ledger-admin",
        "credential-process LEDGER-ADMIN",
        "credential-process ledger-admin -o json",
        "-q credential-process ledger-admin",
        "env -i ledger-admin --format process",
    ] {
        let output = adieu(&home, words).run().success();
        assert_eq!(output.stderr, "", "{words}");
        let document = output.json();
        assert_eq!(document, expected, "{words}");
    }
    before.assert_same(&Tree::of(home.root()));
}

#[test]
fn configuration_is_found_from_wherever_it_is_called() {
    let home = signed_in();
    home.directory("elsewhere");
    let directory = home.work().display().to_string();
    for flag in ["--config-path", "--config"] {
        let named = match flag {
            "--config" => format!("{directory}/atmos.yaml"),
            _ => directory.clone(),
        };
        let output = adieu(&home, "credential-process ledger-deployer")
            .args([flag, &named])
            .cwd(home.join("elsewhere"))
            .run()
            .success();
        assert_eq!(output.json()["AccessKeyId"], "FAKE-key-ledger-deployer");
    }
}

#[test]
fn keys_that_end_soon_are_handed_to_nobody() {
    for (end, is_given) in [
        ("2026-11-21T08:45:01Z", true),
        ("2026-11-21T08:45:00Z", false),
        ("2026-11-21T08:31:00Z", false),
        ("2026-11-20T08:31:00Z", false),
    ] {
        let home = crate::support::home_with("01-sso-chain.yaml");
        home.aws_session(&AwsSession::new("meridian", "meridian-sso", "ledger-admin").expires(end));
        let output = adieu(&home, "credential-process ledger-admin").run();
        assert_eq!(output.status, Some(i32::from(!is_given)), "{end} {output}");
        assert_eq!(output.stdout.is_empty(), !is_given, "{end} {output}");
    }
}

#[test]
fn what_is_wrong_is_on_standard_error_with_what_to_run() {
    let home = signed_in();
    let directory = home.work().display().to_string();
    for (words, status, messages) in [
        (
            "credential-process ledger-readonly".to_owned(),
            1,
            vec![
                "identity \"ledger-readonly\" is not signed in",
                "sign in first: adieu login ledger-readonly",
            ],
        ),
        (
            format!("--config-path {directory} credential-process ledger-readonly"),
            1,
            vec!["sign in first: adieu --config-path $WORK login ledger-readonly"],
        ),
        (
            "credential-process nobody".to_owned(),
            2,
            vec!["not found in configuration", "ledger-admin"],
        ),
        ("credential-process".to_owned(), 2, vec!["IDENTITY"]),
        (
            "env -i ledger-readonly --login".to_owned(),
            1,
            vec!["sign in first: adieu login ledger-readonly"],
        ),
        (
            "auth env -i ledger-readonly --login".to_owned(),
            1,
            vec!["sign in first: adieu auth login -i ledger-readonly"],
        ),
        (
            "env -i ledger-readonly --format process".to_owned(),
            1,
            vec!["is not signed in"],
        ),
        (
            "env --unset --format process".to_owned(),
            2,
            vec!["prints keys, and no variables"],
        ),
    ] {
        // A program waits behind it: nobody answers, and nothing is asked.
        let output = adieu(&home, &words).stdin("y\n").run().code(status);
        for message in messages {
            assert!(output.stderr.contains(message), "{words}: {output}");
        }
        assert_eq!(output.stdout, "", "{words}");
    }
}

#[test]
fn env_of_a_live_identity_is_the_same_with_a_login() {
    let home = signed_in();
    let of = |words: &str| adieu(&home, words).run().success().stdout;
    let expected = of("env -i ledger-admin");
    assert_eq!(of("env -i ledger-admin --login"), expected);
    let names = of("env -i ledger-admin -f env-no-export");
    assert_eq!(names, of("env -i ledger-admin -f env"));
    assert_snapshot!(of("env -i ledger-admin -f windows-cmd"), @r#"
    set "AWS_CONFIG_FILE=$HOME/.config/atmos/meridian/aws/meridian-sso/config"
    set "AWS_DEFAULT_REGION=eu-central-1"
    set "AWS_PROFILE=ledger-admin"
    set "AWS_REGION=eu-central-1"
    set "AWS_SHARED_CREDENTIALS_FILE=$HOME/.config/atmos/meridian/aws/meridian-sso/credentials"
    "#);
}

#[test]
#[cfg(unix)]
fn terminal_gets_keys_only_if_it_is_asked_for() {
    use expectrl::session::OsSession;
    use expectrl::{Eof, Expect as _};
    let home = signed_in();
    for (words, is_shown) in [
        ("credential-process ledger-admin", false),
        ("credential-process ledger-admin --print", true),
        ("env -i ledger-admin --format process", false),
    ] {
        let run = adieu(&home, words).env("TERM", "xterm");
        let mut session = OsSession::spawn(run.command()).unwrap();
        let text = session.expect(Eof).unwrap();
        let text = String::from_utf8_lossy(text.as_bytes()).into_owned();
        assert_eq!(
            text.contains("FAKE-secret-ledger-admin"),
            is_shown,
            "{text}"
        );
    }
}

/// From the cache, only the configuration and the one file are read.
#[test]
#[cfg(target_os = "linux")]
fn nothing_else_is_read() {
    const STRACE: &str = "/usr/bin/strace";
    if !std::path::Path::new(STRACE).exists() {
        eprintln!("left out: strace is not there");
        return;
    }
    let home = signed_in();
    home.write(".aws/config", "[default]\nregion = us-east-1\n");
    let record = home.temporary().join("record");
    let plain = adieu(&home, "credential-process ledger-admin").command();
    let mut traced = Adieu::new(STRACE)
        .home(&home)
        .args([
            "-f",
            "-qq",
            "-s",
            "200",
            "-e",
            "trace=open,openat,openat2,connect,execve,write",
            "-o",
        ])
        .arg(&record)
        .arg(plain.get_program())
        .args(plain.get_args().map(std::ffi::OsStr::to_owned));
    for (name, value) in plain.get_envs() {
        traced = traced.env(name, value.unwrap());
    }
    traced.run().success();
    let calls = std::fs::read_to_string(record).unwrap();
    let calls: Vec<&str> = calls
        .lines()
        .filter(|line| !line.contains("ENOENT"))
        .collect();
    let count = |text: &str| calls.iter().filter(|line| line.contains(text)).count();
    assert_eq!(count("connect("), 0, "{calls:#?}");
    assert_eq!(count("execve("), 1, "{calls:#?}");
    assert_eq!(count("clone"), 0, "{calls:#?}");
    assert_eq!(count("\"credentials\""), 1, "{calls:#?}");
    for other in [
        ".aws",
        "catalogue",
        "keyring",
        ".local",
        "\"config\"",
        "ignored",
    ] {
        assert_eq!(count(other), 0, "{other} {calls:#?}");
    }
}
