//! What is left of a removed secret elsewhere: histories, logs, backups, pages of databases.

use adieu_testkit::{Home, Tree};
use serde_json::Value;

use crate::support::adieu;

const TOKEN: &str = "FAKE-token/of\"ana-1";
const OTHER: &str = "FAKE-another-token-2";

/// Where a token is left, with what stays of the text.
fn places() -> Vec<(&'static str, &'static str, String, String)> {
    let bearer = "Authorization: Bearer";
    let escaped = Value::from(TOKEN).to_string();
    let escaped = escaped.trim_matches('"').to_owned();
    let stars = |text: &str| "*".repeat(text.len());
    let encoded = "FAKE-token%2Fof%22ana-1";
    vec![
        (
            "history",
            ".bash_history",
            format!("ls\n#1700000000\nexport T='{TOKEN}'\n#1700000001\ncd\n"),
            "ls\n#1700000001\ncd\n".to_owned(),
        ),
        (
            "history",
            ".zsh_history",
            format!(
                ": 1700000000:0;ls\n: 1700000001:0;curl \\\n -H '{bearer} {TOKEN}'\n: 1700000002:0;cd\n"
            ),
            ": 1700000000:0;ls\n: 1700000002:0;cd\n".to_owned(),
        ),
        (
            "history",
            ".local/share/fish/fish_history",
            format!("- cmd: ls\n  when: 1\n- cmd: set T {escaped}\n  when: 2\n"),
            "- cmd: ls\n  when: 1\n".to_owned(),
        ),
        (
            "history",
            ".python_history",
            format!("import os\nt = '{TOKEN}'\n"),
            "import os\n".to_owned(),
        ),
        (
            "history",
            ".local/share/powershell/PSReadLine/ConsoleHost_history.txt",
            format!("ls\n$env:T = '{TOKEN}'\n"),
            "ls\n".to_owned(),
        ),
        (
            "backup",
            ".npmrc~",
            format!("//registry.example/:_authToken={TOKEN}\nfund=false\n"),
            format!(
                "//registry.example/:_authToken={}\nfund=false\n",
                stars(TOKEN)
            ),
        ),
        (
            "log",
            ".npm/_logs/2026-11-30-debug-0.log",
            format!("1 http {bearer} {TOKEN}\n2 GET https://r.example/?t={encoded}\n"),
            format!(
                "1 http {bearer} {}\n2 GET https://r.example/?t={}\n",
                stars(TOKEN),
                stars(encoded)
            ),
        ),
        (
            "log",
            ".claude/projects/-home-ana/session.jsonl",
            format!("{{\"text\":\"npm token is {escaped}\"}}\n{{\"text\":\"{OTHER}\"}}\n"),
            format!(
                "{{\"text\":\"npm token is {}\"}}\n{{\"text\":\"{OTHER}\"}}\n",
                stars(&escaped)
            ),
        ),
    ]
}

fn home() -> Home {
    let home = Home::new();
    home.write(
        ".npmrc",
        format!("//registry.example/:_authToken={TOKEN}\n"),
    );
    for (_, file, text, _) in places() {
        home.write(file, &text);
    }
    home
}

fn found(report: &Value) -> Vec<(String, String, Option<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    report["residue"]["found"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| {
            let location = text(&found["location"]).unwrap();
            let kind = text(&found["kind"]).unwrap();
            (kind, location, text(&found["outcome"]))
        })
        .collect()
}

#[test]
fn what_is_left_of_a_secret_is_named_and_stays_unless_it_is_asked_for() {
    let home = home();
    let output = adieu(&home).args(["logout", "npm", "--no-revoke", "--force", "-o", "json"]);
    let output = output.run().success();
    assert!(!output.stdout.contains("ana-1"), "{output}");
    let report = output.json();
    let found = found(&report);
    let live = report["verified"]["still_live"].as_array().unwrap();
    for (kind, file, text, _) in places() {
        let is_it = |(found, location, outcome): &(String, String, Option<String>)| {
            found == kind && location.contains(file) && outcome.is_none()
        };
        assert!(found.iter().any(is_it), "{file}: {found:?}");
        let is_it = |found: &Value| found["location"].as_str().unwrap().contains(file);
        assert!(live.iter().any(is_it), "{file}");
        assert_eq!(home.read(file), text, "{file}");
    }
    let human = adieu(&self::home())
        .args(["logout", "npm", "--no-revoke", "--force"])
        .run();
    assert!(human.stdout.contains("secret in a history"), "{human}");
    assert!(human.stdout.contains("line 3"), "{human}");
    assert!(!human.stdout.contains("ana-1"), "{human}");
}

#[test]
fn residue_goes_when_it_is_asked_for_and_nothing_else_does() {
    let home = home();
    let before = Tree::of(home.path());
    let words = [
        "logout",
        "npm",
        "--no-revoke",
        "--residue",
        "--force",
        "-o",
        "json",
    ];
    let report = adieu(&home).args(words).run().success().json();
    for (_, location, outcome) in found(&report) {
        assert_eq!(outcome.as_deref(), Some("removed"), "{location}");
    }
    for (_, file, _, left) in places() {
        assert_eq!(home.read(file), left, "{file}");
    }
    let places = places();
    let mut allowed: Vec<&str> = places.iter().map(|(_, file, ..)| *file).collect();
    allowed.extend([".npmrc", ".local/state/**", ".local/state", ".local"]);
    before.assert_only(&Tree::of(home.path()), &allowed);
    assert_eq!(report["verified"]["still_live"], serde_json::json!([]));
}

#[test]
fn dry_run_says_what_would_be_searched_and_changes_nothing() {
    let home = home();
    let before = Tree::of(home.path());
    let words = ["logout", "npm", "--no-revoke", "--residue", "--dry-run"];
    let human = adieu(&home).args(words).run().success();
    assert!(
        human.stdout.contains("Would search for what is removed"),
        "{human}"
    );
    assert!(human.stdout.contains("~/.bash_history"), "{human}");
    let report = adieu(&home).args(words).args(["-o", "json"]).run().json();
    let places = report["residue"]["places"].as_array().unwrap();
    let has = |file: &str| {
        let mut places = places.iter();
        places.any(|place| place.as_str().unwrap().ends_with(file))
    };
    assert!(has(".bash_history") && has(".npm/_logs") && has(".claude"));
    before.assert_only(&Tree::of(home.path()), &[]);
}

#[test]
fn profiles_and_files_of_others_are_named_and_not_changed() {
    let home = Home::new();
    let profile = format!("export NPM_TOKEN={OTHER}\n");
    home.write(
        ".npmrc",
        format!("//registry.example/:_authToken={OTHER}\n"),
    )
    .write(".bashrc", &profile)
    // The comment holds it too; the rest of the file is somebody else's sign-in.
    .write(
        ".git-credentials",
        format!("# {OTHER}\nhttps://bob:FAKE-third-token-3@git.example\n"),
    );
    let words = [
        "logout",
        "npm",
        "--no-revoke",
        "--residue",
        "--force",
        "-o",
        "json",
    ];
    let report = adieu(&home).args(words).run().json();
    assert_eq!(home.read(".bashrc"), profile);
    let found = found(&report);
    let profile = found.iter().find(|(kind, ..)| kind == "profile");
    assert!(profile.is_some_and(|(_, location, _)| location.ends_with(".bashrc:1")));
}

#[test]
fn databases_lose_it_in_rows_freed_pages_and_logs() {
    let home = home();
    let database = home.join(".claude/db.sqlite");
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection
        .execute_batch(&format!(
            "PRAGMA journal_mode = WAL; PRAGMA secure_delete = OFF; CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT);
             INSERT INTO t VALUES (1, 'said {TOKEN} there'), (2, '{OTHER}'), (3, '{TOKEN}');
             DELETE FROM t WHERE k = 3;"
        ))
        .unwrap();
    drop(connection);
    let report = adieu(&home)
        .args([
            "logout",
            "npm",
            "--no-revoke",
            "--residue",
            "--force",
            "-o",
            "json",
        ])
        .run()
        .success()
        .json();
    let found = found(&report);
    let of_database = found.iter().find(|(kind, ..)| kind == "database").unwrap();
    assert_eq!(of_database.2.as_deref(), Some("removed"));
    assert!(Tree::of(home.path()).files_with(TOKEN).is_empty());
    let connection = rusqlite::Connection::open(&database).unwrap();
    let text = |key: i64| -> String {
        let query = "SELECT v FROM t WHERE k = ?1";
        connection
            .query_row(query, [key], |row| row.get(0))
            .unwrap()
    };
    assert_eq!(text(1), format!("said {} there", "*".repeat(TOKEN.len())));
    assert_eq!(text(2), OTHER);
}
