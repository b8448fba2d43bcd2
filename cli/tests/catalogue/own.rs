//! Entries that a person added to the catalogue.

use std::os::unix::fs::PermissionsExt as _;

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{Home, Output};

use crate::support::{found, run};

const PLACE: &str = ".config/adieu/catalogue/thing.toml";

const ENTRY: &str = r#"id = "thing"
name = "Thing"
aliases = ["thingy"]
category = "Own"
confidence = "observed"
sources = ["Thing 1.0"]

[[variable]]
name = "THING_TOKEN"

[[file]]
paths = ["~/.thing/login.json"]
format = "json"

[[file.credential]]
select = "token"
identity = ["{user}"]
services = ["thing"]

[[service]]
name = "thing"
documentation = "https://thing.example.test/docs"
recorded = ["{server}"]

[service.end]
method = "POST"
path = "/revoke"
authorization = "bearer"
yes = [{ status = 204, body = "anything" }]
"#;

const LOGIN: &str = ".thing/login.json";

fn home(server: &str) -> Home {
    let home = Home::new();
    home.write(PLACE, ENTRY).write(
        LOGIN,
        format!(r#"{{"user": "ana", "server": "{server}", "token": "FAKE-token-1"}}"#),
    );
    for directory in [".config", ".config/adieu", ".config/adieu/catalogue"] {
        home.mode(directory, 0o700);
    }
    home.mode(PLACE, 0o600);
    home
}

fn check(home: &Home) -> Output {
    run(home, "status --check", &[])
}

#[test]
fn entry_of_ones_own_is_found_shown_and_logged_out_like_any_other() {
    let home = home("https://thing.example.test");
    assert_eq!(
        found(&home, &[]),
        ["thing | ana | session | ~/.thing/login.json#/token"]
    );
    check(&home).code(1);
    let listed = run(&home, "catalogue list", &[]).success();
    assert!(listed.stdout.contains("thing") && listed.stdout.contains("(your own)"));
    let shown = run(&home, "catalogue show thingy", &[]).success();
    assert!(shown.stdout.contains("Thing (thing), your own"), "{shown}");
    let document = run(&home, "catalogue show thing -o json", &[]).json();
    assert_eq!(document["tools"][0]["own"], true);
    run(&home, "logout thing --force --no-revoke", &[]).success();
    assert_eq!(home.read(LOGIN).matches("FAKE").count(), 0);
    let variables = [("THING_TOKEN".to_owned(), "FAKE".to_owned())];
    let output = run(&home, "status --check", &variables).code(1);
    assert!(output.stdout.contains("THING_TOKEN"), "{output}");
}

#[test]
fn its_server_is_asked_about_first() {
    let server = Server::start();
    server.otherwise(|_| Answer::status(204));
    let home = home(&server.url());
    let output = run(&home, "logout thing --force --keep-unrevoked", &[]);
    assert!(server.requests().is_empty(), "{output}");
    assert!(
        output
            .to_string()
            .contains("only an entry of your own catalogue names it"),
        "{output}"
    );
    assert!(home.read(LOGIN).contains("FAKE-token-1"));
    let host = server.url().replace("http://", "");
    let words = format!("logout thing --force --allow-endpoint {host}");
    let output = run(&home, &words, &[]).success();
    assert_eq!(server.requests().len(), 1, "{output}");
    assert!(!home.read(LOGIN).contains("FAKE-token-1"));
    run(&home, "status --check", &[]).success();
}

#[test]
fn broken_entry_is_said_with_its_place_and_nothing_is_clean() {
    for (text, says) in [
        ("id = thing\n".to_owned(), "line 1, column"),
        (
            ENTRY.replace("\"Own\"", "\"Own\"\nsecrets = 1"),
            "line 5, column 1: unknown field `secrets`",
        ),
        (
            ENTRY.replace("id = \"thing\"", "id = \"gh\""),
            "line 1, column",
        ),
        (
            ENTRY.replace("[\"thingy\"]", "[\"claude\"]"),
            "`claude` is a name of Claude Code",
        ),
        (
            ENTRY.replace("~/.thing", "/etc"),
            "`/etc/login.json` is no path of an entry",
        ),
        (
            ENTRY.replace("= \"token\"\nidentity", "= \"[[\"\nidentity"),
            "selects nothing",
        ),
    ] {
        let home = home("https://thing.example.test");
        home.write(PLACE, &text).write(LOGIN, "{}\n");
        let output = check(&home).code(3);
        assert!(output.to_string().contains(says), "{says}: {output}");
        assert!(output.to_string().contains("thing.toml"), "{output}");
        let file = home.join(PLACE).display().to_string();
        let output = run(&home, &format!("catalogue check {file}"), &[]).code(2);
        assert!(output.to_string().contains(says), "{says}: {output}");
    }
}

#[test]
fn what_others_can_write_is_not_read() {
    for place in [PLACE, ".config/adieu/catalogue", ".config/adieu"] {
        let home = home("https://thing.example.test");
        let mode = std::fs::metadata(home.join(place))
            .unwrap()
            .permissions()
            .mode();
        home.mode(place, (mode & 0o777) | 0o002);
        let output = check(&home).code(3);
        assert!(
            output.to_string().contains("others can write to it"),
            "{place}: {output}"
        );
        assert_eq!(found(&home, &[]), Vec::<String>::new(), "{place}");
    }
}

#[test]
fn what_is_not_there_costs_and_says_nothing() {
    let home = Home::new();
    check(&home).success();
    // A repository's are none of the person's.
    home.write("../work/.config/adieu/catalogue/thing.toml", "broken");
    check(&home).success();
}

#[test]
fn only_so_many_entries_of_so_many_bytes_are_read() {
    let home = home("https://thing.example.test");
    home.write(PLACE, format!("{ENTRY}# {}\n", "x".repeat(70_000)));
    let output = check(&home).code(3);
    assert!(output.to_string().contains("thing.toml"), "{output}");
    home.write(PLACE, ENTRY);
    for number in 0..101 {
        let entry = ENTRY
            .replace("id = \"thing\"", &format!("id = \"a{number}\""))
            .replace("aliases = [\"thingy\"]\n", "");
        home.write(format!(".config/adieu/catalogue/a{number}.toml"), entry);
    }
    let output = check(&home);
    assert!(
        output.to_string().contains("more than 100 entries"),
        "{output}"
    );
}
