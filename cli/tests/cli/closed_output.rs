//! Whoever reads the output may have had enough: the exit status is the same.

use std::process::Stdio;

use adieu_testkit::Home;

use crate::support::{adieu, signed_in};

/// A signed-in home in which each of these commands has something else to say than "done".
fn with_news() -> Home {
    let home = signed_in();
    home.write(
        ".sfdx/ana@fixture.example.json",
        r#"{"username": "ana@fixture.example", "orgId": "00DFX", "accessToken": "FAKE-a",
            "refreshToken": "FAKE-r", "instanceUrl": "http://127.0.0.1:1"}"#,
    );
    home.write(".bashrc", "export GITHUB_TOKEN=FAKE-token-of-a-test\n");
    home.write(".local/state/adieu/audit.jsonl", "no record\n");
    home
}

#[test]
fn exit_status_is_the_same_when_nobody_reads_on() {
    for (words, status) in [
        ("status --check", 1),
        ("status --check -o json", 1),
        ("status --check -q", 1),
        ("list", 0),
        ("whoami nobody -o json", 2),
        ("validate missing.yaml", 2),
        ("audit verify", 1),
        ("audit verify -o json", 1),
        ("scan", 1),
        ("scan -o json", 1),
        ("org list --json", 0),
        ("org logout --all --json --timeout 1", 1),
        ("org logout --all --timeout 1", 1),
        ("logout nobody -o json", 2),
    ] {
        let home = with_news();
        let run = || adieu(&home).args(words.split_whitespace());
        let read = run().run();
        assert_eq!(read.status, Some(status), "{read}");
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let unread = run()
            .command()
            .stdin(Stdio::null())
            .stdout(writer)
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(unread.code(), Some(status), "{words}");
    }
}
