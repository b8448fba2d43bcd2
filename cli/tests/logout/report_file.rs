//! `logout --report FILE`: what was done, on one page.

use std::os::unix::fs::PermissionsExt as _;

use adieu_testkit::server::Server;
use adieu_testkit::{Home, Output, Tree};
use serde_json::Value;

use crate::support::{TRAIL, adieu, page, with_portal};

fn run(home: &Home, words: &str) -> Output {
    let portal = Server::aws_portal();
    with_portal(adieu(home).args(words.split_whitespace()), &portal).run()
}

/// What has to be told, in every form.
const TOLD: [&str; 7] = [
    "desk",
    "aws-sso",
    "dev-admin",
    "credentials",
    "removed",
    "ended",
    "looked at again",
];

#[test]
fn report_has_every_part_in_every_form() {
    for (form, begins) in [("md", "<!-- "), ("html", "<!doctype html>"), ("json", "{")] {
        let home = page();
        let output = run(&home, &format!("logout --all --force --report out.{form}")).success();
        let file = home.work().join(format!("out.{form}"));
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with(begins), "{text}");
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(output.stderr.contains("Report: "), "{output}");
        let plain = text.replace('\\', "");
        for told in TOLD {
            assert!(form == "json" || plain.contains(told), "{told}: {text}");
        }
        assert!(!text.contains("FAKE-"), "{text}");
        assert!(!text.contains("not-an-access-token"), "{text}");
        if form == "html" {
            for forbidden in [
                "<script",
                "http-equiv=\"refresh",
                "src=",
                "<link",
                "@import",
                "url(",
            ] {
                assert!(!text.contains(forbidden), "{forbidden}: {text}");
            }
        }
        if form == "json" {
            let document: Value = serde_json::from_str(&text).unwrap();
            for member in [
                "machine",
                "person",
                "home",
                "time",
                "command",
                "identities",
                "local",
                "server",
                "proof",
                "open",
            ] {
                assert!(!document[member].is_null(), "{member}: {text}");
            }
            assert_eq!(document["dry_run"], false);
            assert_eq!(document["proof"]["still_live"], 0, "{text}");
        }
        // A later one takes its place.
        let again = run(&home, &format!("logout --all --force --report out.{form}")).success();
        assert!(again.stderr.contains("Report: "), "{again}");
        assert_ne!(std::fs::read_to_string(&file).unwrap(), text);
    }
}

#[test]
fn what_is_no_report_of_ours_stays_and_nothing_is_done() {
    let home = page();
    home.write("notes.md", "# mine\n").write("empty.md", "");
    home.link("link.md", home.join("notes.md"));
    let before = Tree::of(home.root());
    let named = |name: &str| home.join(name).display().to_string();
    for file in [
        named("notes.md"),
        named("empty.md"),
        named("link.md"),
        named("report.txt"),
        named("report"),
        named("none/report.md"),
        named(".config"),
    ] {
        let words = format!("logout --all --force --report {file}");
        let output = run(&home, &words).code(2);
        assert!(output.stderr.contains("Nothing was changed"), "{output}");
        before.assert_same(&Tree::of(home.root()));
    }
}

#[test]
fn preview_has_a_report_too() {
    let home = page();
    let before = Tree::of(home.root());
    let words = "logout --all --dry-run --report plan.json";
    run(&home, words).success();
    let text = std::fs::read_to_string(home.work().join("plan.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["dry_run"], true);
    assert_eq!(document["local"][0]["outcome"], "planned", "{text}");
    before.assert_only(&Tree::of(home.root()), &[TRAIL, "work/plan.json"]);
}

/// Names that a repository or a stranger chose are text, whatever they look like.
#[test]
fn hostile_names_are_text() {
    let home = Home::new();
    let name = "<img src=x onerror=alert(1)>";
    let section = format!(
        "[profile {name}]\naws_access_key_id = AKIAFAKE0000000000AB\naws_secret_access_key = FAKE-k\n"
    );
    home.write(".aws/credentials", section.replace("profile ", ""));
    run(&home, "logout --all --keychain --force --report out.html").success();
    let text = std::fs::read_to_string(home.work().join("out.html")).unwrap();
    assert!(text.contains("&lt;img src=x"), "{text}");
    assert!(!text.contains("<img"), "{text}");
}
