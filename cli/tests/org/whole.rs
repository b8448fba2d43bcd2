//! All of an org goes, or nothing of it: what cannot be read keeps the rest.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::{Home, Tree};

use crate::support::{
    TRAIL, adieu, auth_files, document, fixtures, home, names, org, point_at, refresh,
};

const KEY: &str = ".sfdx/key.json";
const ALPHA: &str = ".sfdx/alpha@fixture.example.json";
const ALIASES: &str = ".sfdx/alias.json";
const SETTINGS: &str = ".sf/config.json";

/// A cause's name, what makes it so, and whether it concerns everybody's sign-in.
type Cause = (&'static str, fn(&Home), bool);

/// What makes a part of alpha's sign-in unreadable; only alpha's, or everybody's.
const CAUSES: [Cause; 17] = [
    (
        "wrong key",
        |home| {
            home.write(KEY, WRONG_KEY);
        },
        true,
    ),
    (
        "no key",
        |home| std::fs::remove_file(home.join(KEY)).unwrap(),
        true,
    ),
    ("key cut off", |home| cut(home, KEY, 40), true),
    ("key empty", |home| cut(home, KEY, 0), true),
    ("key linked", |home| link(home, KEY), true),
    ("auth file cut off", |home| cut(home, ALPHA, 90), false),
    ("auth file empty", |home| cut(home, ALPHA, 0), false),
    ("auth file linked", |home| link(home, ALPHA), false),
    (
        "token cut off",
        |home| change_token(home, |text| text[..20].into()),
        false,
    ),
    (
        "token no text",
        |home| change_token(home, |text| serde_json::json!([text])),
        false,
    ),
    ("aliases linked", |home| link(home, ALIASES), true),
    ("settings linked", |home| link(home, SETTINGS), true),
    ("key forbidden", |home| forbid(home, KEY), true),
    ("auth file forbidden", |home| forbid(home, ALPHA), false),
    ("aliases forbidden", |home| forbid(home, ALIASES), true),
    ("settings forbidden", |home| forbid(home, SETTINGS), true),
    ("directory forbidden", |home| forbid(home, ".sfdx"), true),
];

const WRONG_KEY: &str =
    r#"{"account":"local","key":"00000000000000000000000000000000","service":"sfdx"}"#;

fn cut(home: &Home, file: &str, length: usize) {
    let text = home.read(file);
    home.write(file, &text[..length]);
}

fn link(home: &Home, file: &str) {
    home.write("../moved", home.read(file));
    std::fs::remove_file(home.join(file)).unwrap();
    home.link(file, "../../moved");
}

fn forbid(home: &Home, path: &str) {
    home.mode(path, 0o000);
}

/// Whom an alias means nobody knows where the aliases cannot be read.
fn knows_aliases(cause: &str) -> bool {
    !matches!(
        cause,
        "aliases linked" | "aliases forbidden" | "directory forbidden"
    )
}

fn change_token(home: &Home, change: impl Fn(&str) -> serde_json::Value) {
    let mut alpha = document(home, ALPHA);
    let text = alpha["refreshToken"].as_str().unwrap().to_owned();
    alpha["refreshToken"] = change(&text);
    home.write(ALPHA, alpha.to_string());
}

/// Gives back what [`forbid`] took.
fn permit(home: &Home) {
    home.mode(".sfdx", 0o700);
    for file in [KEY, ALPHA, ALIASES, SETTINGS] {
        home.mode(file, 0o600);
    }
}

/// The files that were there before the cause.
fn repair(home: &Home, files: &[(&str, String)]) {
    home.mode(".sfdx", 0o700);
    for (file, text) in files {
        let _ = std::fs::remove_file(home.join(file));
        home.write_with_mode(*file, text.clone(), 0o600);
    }
}

fn readable(home: &Home) -> Vec<(&'static str, String)> {
    [KEY, ALPHA, ALIASES, SETTINGS]
        .map(|file| (file, home.read(file)))
        .into()
}

#[test]
fn org_with_an_unreadable_part_is_kept_whole_and_the_same_command_works_again() {
    for (cause, make, is_everybodys) in CAUSES {
        for words in [
            "logout --all",
            "logout -o alpha-prod",
            "logout -o alpha@fixture.example",
        ] {
            if !knows_aliases(cause) && words.ends_with("alpha-prod") {
                continue;
            }
            // Nor who there is at all.
            if cause == "directory forbidden" && !words.ends_with("--all") {
                continue;
            }
            let salesforce = Salesforce::start();
            let home = home("basic-v1", &salesforce);
            let whole = readable(&home);
            let untouched = Tree::of(home.root());
            make(&home);
            let is_forbidden = cause.ends_with("forbidden");
            let before = if is_forbidden {
                untouched
            } else {
                Tree::of(home.root())
            };
            let command = org(&home, &format!("{words} --json")).unprivileged();
            let Some(command) = command else { return };
            let output = command.run().code(1);
            let case = format!("{cause}, {words}: {output}");
            // Where nobody knows who there is, there is no list.
            let is_listed = output.json()["result"].is_array();
            assert!(is_listed || cause == "directory forbidden", "{case}");
            assert!(
                !is_listed || !names(&output).contains(&"alpha@fixture.example".to_owned()),
                "{case}"
            );
            assert!(!salesforce.revoked().contains(&refresh("alpha")), "{case}");
            if is_forbidden {
                permit(&home);
            }
            if is_everybodys || !words.ends_with("--all") {
                before.assert_only(&Tree::of(home.root()), &[TRAIL, "home/.local"]);
                assert_eq!(salesforce.requests().len(), 0, "{case}");
            } else {
                // The healthy ones are out.
                assert_eq!(auth_files(&home), ["alpha@fixture.example.json"], "{case}");
                assert_eq!(
                    document(&home, ALIASES)["orgs"].as_object().unwrap().len(),
                    1,
                    "{case}"
                );
            }
            if is_forbidden {
                make(&home);
            }
            let check = adieu(&home).args(["status", "--check"]);
            let check = check.unprivileged().unwrap().run();
            assert_ne!(check.status, Some(0), "{case}: {check}");
            repair(&home, &whole);
            let output = org(&home, &format!("{words} --json")).run().success();
            assert!(
                names(&output).contains(&"alpha@fixture.example".to_owned()),
                "{case}"
            );
            assert!(salesforce.revoked().contains(&refresh("alpha")), "{case}");
            assert!(!home.has(ALPHA), "{case}");
            assert!(!home.read(ALIASES).contains("alpha"), "{case}");
            assert!(!home.read(SETTINGS).contains("alpha"), "{case}");
        }
    }
}

#[test]
fn no_prompt_gives_an_unreadable_org_up_and_says_so() {
    for (cause, make, _) in CAUSES {
        let salesforce = Salesforce::start();
        let home = home("basic-v1", &salesforce);
        make(&home);
        if cause == "auth file linked" {
            // What no logout removes stays, and all the rest with it.
            let before = Tree::of(home.root());
            org(&home, "logout -o alpha-prod -p").run().code(1);
            before.assert_only(&Tree::of(home.root()), &[TRAIL, "home/.local"]);
            continue;
        }
        if cause.ends_with("linked") || cause.ends_with("forbidden") {
            continue;
        }
        let output = org(&home, "logout -o alpha-prod -p --json").run().success();
        assert_eq!(
            names(&output),
            ["alpha@fixture.example"],
            "{cause}: {output}"
        );
        let warnings = output.json()["warnings"].to_string();
        assert!(
            warnings.contains("Salesforce was not told of alpha@fixture.example"),
            "{cause}: {output}"
        );
        assert_eq!(
            output.json()["orgs"][0]["revocation"],
            "impossible",
            "{cause}"
        );
        assert!(!home.has(ALPHA), "{cause}");
        assert!(!home.read(ALIASES).contains("alpha-prod"), "{cause}");
    }
}

#[test]
fn linked_app_whose_token_cannot_be_read_keeps_the_org() {
    let salesforce = Salesforce::start();
    let home = home("full-v1", &salesforce);
    let mut alpha = document(&home, ALPHA);
    alpha["clientApps"]["agentapp"]["refreshToken"] = "0123456789abcdef".into();
    home.write(ALPHA, alpha.to_string());
    let before = Tree::of(home.root());
    org(&home, "logout -o alpha-prod --json").run().code(1);
    before.assert_only(&Tree::of(home.root()), &[TRAIL, "home/.local"]);
    assert_eq!(salesforce.requests().len(), 0);
}

/// A name as no client would write it, for a copy of beta's sign-in.
fn with_odd_names(salesforce: &Salesforce) -> Home {
    let home = Home::from_fixture(fixtures().join("basic-v1"));
    point_at(&home, &salesforce.url());
    let beta = home.read(".sfdx/beta@fixture.example.json");
    for name in auth_files(&home) {
        std::fs::remove_file(home.join(".sfdx").join(name)).unwrap();
    }
    for name in ODD {
        let path = home.join(".sfdx").join(OsStr::from_bytes(name));
        std::fs::write(&path, &beta).unwrap();
    }
    home
}

const ODD: [&[u8]; 4] = [
    b"a\x1b[2J@fixture.example.json",
    b"b\nc@fixture.example.json",
    b"d\xff@fixture.example.json",
    b"e\\f@fixture.example.json",
];

#[test]
fn orgs_with_names_that_cannot_be_typed_are_seen_shown_and_logged_out() {
    let salesforce = Salesforce::start();
    let home = with_odd_names(&salesforce);
    let output = adieu(&home).args(["status", "--check"]).run().code(1);
    for shown in ["a\\u{1b}[2J@", "b\\u{a}c@", "d\\xff@", "e\\f@"] {
        assert!(output.stdout.contains(shown), "{shown}: {output}");
    }
    assert!(!output.stdout.contains('\u{1b}'), "{output}");
    let listed = org(&home, "list auth --json").run().success();
    assert_eq!(
        listed.json()["result"].as_array().unwrap().len(),
        4,
        "{listed}"
    );
    let output = org(&home, "logout --all").run().success();
    assert!(!output.to_string().contains('\u{1b}'), "{output}");
    assert_eq!(
        std::fs::read_dir(home.join(".sfdx"))
            .unwrap()
            .filter(|entry| {
                entry
                    .as_ref()
                    .unwrap()
                    .file_name()
                    .as_bytes()
                    .contains(&b'@')
            })
            .count(),
        0,
        "{output}"
    );
    assert_eq!(salesforce.revoked(), [refresh("beta")], "{output}");
    adieu(&home).args(["status", "--check"]).run().success();
}
