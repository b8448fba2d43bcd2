//! One secret at several places: it is known as one, and goes from all of them together, as far as they
//! are meant.

use adieu_testkit::Home;
use serde_json::Value;

use crate::support::{adieu, steps};

const TOKEN: &str = "FAKE-token-of-ana-1";

/// The same token in the files of several tools: `(file, text)`.
fn files() -> [(&'static str, String); 6] {
    [
        (
            ".config/gh/hosts.yml",
            format!(
                "github.com:\n    user: ana\n    oauth_token: {TOKEN}\n    git_protocol: https\n"
            ),
        ),
        (
            ".git-credentials",
            format!("https://ana:{TOKEN}@github.com\nhttps://bob:FAKE-another-token@git.example\n"),
        ),
        (
            ".npmrc",
            format!("//npm.pkg.github.com/:_authToken={TOKEN}\nfund=false\n"),
        ),
        (
            ".netrc",
            format!("machine github.com login ana password {TOKEN}\n"),
        ),
        (
            ".unheard/auth.json",
            format!("{{\"access_token\": \"{TOKEN}\"}}"),
        ),
        (".bashrc", format!("export GH_TOKEN={TOKEN}\n")),
    ]
}

fn home() -> Home {
    let home = Home::new();
    for (file, text) in files() {
        home.write(file, &text);
    }
    home
}

fn holds(home: &Home, file: &str) -> bool {
    home.has(file) && home.read(file).contains(TOKEN)
}

/// The files that still hold the token.
fn left(home: &Home) -> Vec<&'static str> {
    let files = files().into_iter().map(|(file, _)| file);
    files.filter(|file| holds(home, file)).collect()
}

fn reason_at(report: &Value, file: &str) -> Option<String> {
    let steps = report["steps"].as_array().unwrap().iter();
    let mut steps = steps.filter(|step| step["location"].as_str().unwrap().contains(file));
    Some(steps.next()?["reason"].as_str().unwrap().to_owned())
}

#[test]
fn one_secret_goes_from_all_its_places() {
    // What was asked for, and where the token is left: in what a person wrote by hand, what nobody has
    // described, and profiles, which a logout leaves to `scan`.
    for (words, expected) in [
        (
            "logout gh --no-revoke --force",
            &[".netrc", ".unheard/auth.json", ".bashrc"][..],
        ),
        (
            "logout npm --no-revoke --force",
            &[".netrc", ".unheard/auth.json", ".bashrc"],
        ),
        (
            "logout gh --no-revoke --force --keychain",
            &[".unheard/auth.json", ".bashrc"],
        ),
        (
            "logout --all --no-revoke --force",
            &[".netrc", ".unheard/auth.json", ".bashrc"],
        ),
        (
            "logout --all --no-revoke --force --keychain",
            &[".unheard/auth.json", ".bashrc"],
        ),
        // Nobody can be asked, and nobody said yes.
        (
            "logout gh --no-revoke",
            &[
                ".git-credentials",
                ".npmrc",
                ".netrc",
                ".unheard/auth.json",
                ".bashrc",
            ],
        ),
    ] {
        let home = home();
        adieu(&home).args(words.split_whitespace()).run();
        assert_eq!(left(&home), expected, "{words}");
        // Neighbours stay, byte for byte.
        if !words.contains("--all") {
            assert!(home.read(".git-credentials").contains("FAKE-another-token"));
        }
        assert!(home.read(".npmrc").contains("fund=false\n"));
    }
}

#[test]
fn what_stays_is_named_as_the_same_secret() {
    let home = home();
    let report = adieu(&home)
        .args(["logout", "gh", "--no-revoke", "-o", "json"])
        .run()
        .json();
    let live = report["verified"]["still_live"].as_array().unwrap();
    for file in [".git-credentials", ".npmrc", ".netrc", ".unheard/auth.json"] {
        let reason = reason_at(&report, file).unwrap_or_default();
        assert!(
            reason.contains("still good: the same secret as ana@github.com (GitHub CLI)"),
            "{file}: {reason}"
        );
        let is_live = |found: &Value| found["location"].as_str().unwrap().contains(file);
        assert!(live.iter().any(is_live), "{file}");
    }
    // The preview says the same.
    let home = self::home();
    let preview = adieu(&home).args(["logout", "gh", "--no-revoke", "--dry-run", "-o", "json"]);
    let preview = preview.run().json();
    for file in [".git-credentials", ".npmrc", ".netrc", ".unheard/auth.json"] {
        assert_eq!(
            reason_at(&preview, file),
            reason_at(&report, file),
            "{file}"
        );
    }
}

#[test]
fn status_and_list_say_which_are_the_same() {
    let home = home();
    let status = adieu(&home).args(["status", "-o", "json"]).run().json();
    let same = status["same_secrets"].as_array().unwrap();
    assert_eq!(same.len(), 1, "{same:?}");
    let holders = same[0]["holders"].as_array().unwrap();
    let places: Vec<&str> = holders
        .iter()
        .map(|holder| holder["location"].as_str().unwrap())
        .collect();
    for (file, _) in files() {
        let found = places.iter().any(|place| place.contains(file));
        assert!(found, "{file}: {places:?}");
    }
    for words in ["status", "list", "status gh"] {
        let text = adieu(&home).args(words.split_whitespace()).run().stdout;
        assert!(text.contains("same secret as"), "{words}: {text}");
        assert!(!text.contains(TOKEN), "{words}");
    }
    // A variable holds it too.
    let status = adieu(&home).env("GITHUB_TOKEN", TOKEN);
    let text = status.args(["status"]).run().stdout;
    assert!(text.contains("GITHUB_TOKEN in environment"), "{text}");
}

#[test]
fn values_that_many_have_tie_nothing_together() {
    for value in ["short", "${TOKEN}", "password1234", "aaaaaaaaaaaaaaaaaaaa"] {
        let home = Home::new();
        home.write(
            ".npmrc",
            format!("//registry.example/:_authToken={value}\n"),
        )
        .write(
            ".git-credentials",
            format!("https://ana:{value}@github.com\n"),
        );
        let status = adieu(&home).args(["status", "-o", "json"]).run().json();
        assert_eq!(status["same_secrets"], serde_json::json!([]), "{value}");
        adieu(&home)
            .args(["logout", "npm", "--no-revoke", "--force"])
            .run();
        assert!(home.read(".git-credentials").contains(value), "{value}");
    }
}

#[test]
fn copies_of_one_tool_are_found_in_every_form() {
    let login = |token: &str| format!("{{\"OPENAI_API_KEY\": \"{token}\"}}");
    let home = Home::new();
    home.write(".codex/auth.json", login(TOKEN))
        .write(".codex/auth.json.bak", login(TOKEN))
        .write(".codex/accounts/ana.auth.json", login(TOKEN))
        .write(
            ".codex/accounts/bob.auth.json",
            login("FAKE-token-of-bob-2"),
        );
    let status = adieu(&home).args(["status", "codex", "-o", "json"]);
    let status = status.run().json();
    let holders = status["same_secrets"][0]["holders"].as_array().unwrap();
    assert_eq!(holders.len(), 3, "{holders:?}");
    let report = adieu(&home).args(["logout", "codex", "--no-revoke", "--force", "-o", "json"]);
    let report = report.env("PATH", "/nonexistent").run();
    assert!(!steps(&report).is_empty());
    for file in [
        ".codex/auth.json",
        ".codex/auth.json.bak",
        ".codex/accounts/ana.auth.json",
    ] {
        assert!(!holds(&home, file), "{file}");
    }
}
