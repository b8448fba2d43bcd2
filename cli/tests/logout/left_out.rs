//! What is left out of a logout: by name, by its state, by its age; and several names as one logout.

use std::process::Command;

use adieu_testkit::server::Server;
use adieu_testkit::{AwsSession, Home, Output, Tree};

use crate::support::{TRAIL, adieu, logouts, page, with_portal};

fn run(home: &Home, portal: &Server, words: &str) -> Output {
    with_portal(adieu(home).args(words.split_whitespace()), portal).run()
}

/// The names of those whose profiles are left.
fn left(home: &Home) -> Vec<String> {
    let mut names = Vec::new();
    for provider in ["aws-sso", "backup-provider"] {
        let file = format!(".config/atmos/acme/aws/{provider}/credentials");
        if home.has(&file) {
            let text = home.read(&file);
            let lines = text.lines().filter_map(|line| line.strip_prefix('['));
            names.extend(lines.map(|line| line.trim_end_matches(']').to_owned()));
        }
    }
    names.sort();
    names
}

#[test]
fn excepted_sign_in_stays_with_all_that_it_needs() {
    for (except, stays) in [
        ("prod-admin", &["prod-admin"][..]),
        ("PROD-ADMIN", &["prod-admin"]),
        ("aws:prod-admin", &["prod-admin"]),
        ("acme/prod-admin", &["prod-admin"]),
        ("aws-sso", &["dev-admin", "dev-readonly", "prod-admin"]),
        ("mycompany", &["dev-admin", "dev-readonly", "prod-admin"]),
        (
            "aws",
            &["backup-admin", "dev-admin", "dev-readonly", "prod-admin"],
        ),
    ] {
        let (home, portal) = (page(), Server::aws_portal());
        let words = format!("logout --all --force --except {except}");
        let preview = run(&home, &portal, &format!("{words} --dry-run -o json"));
        let output = run(&home, &portal, &words).success();
        assert_eq!(left(&home), stays, "{words}: {output}");
        // The session that it signs in with again goes on.
        assert_eq!(logouts(&portal), 0, "{words}: {output}");
        assert!(
            home.work().join("keyring/atmos_acme_aws-sso").exists(),
            "{output}"
        );
        assert!(output.stdout.contains("Kept:"), "{words}: {output}");
        assert!(
            output.stdout.contains(&format!("--except {except}")),
            "{words}: {output}"
        );
        let kept = preview.json()["steps"]
            .as_array()
            .unwrap()
            .iter()
            .any(|step| {
                step["outcome"] == "kept" && step["reason"] == format!("--except {except}")
            });
        assert!(kept, "{preview}");
        let status = run(&home, &portal, "status --check").code(1);
        assert!(status.stdout.contains(stays[0]), "{status}");
    }
}

#[test]
fn excepted_sign_in_is_named_as_still_live() {
    let (home, portal) = (page(), Server::aws_portal());
    let output = run(
        &home,
        &portal,
        "logout --all --force --except prod-admin -o json",
    )
    .success();
    let live = output.json()["verified"]["still_live"].clone();
    let live = live.as_array().unwrap();
    let is_named = |name: &str| live.iter().any(|left| left["identity"] == name);
    assert!(is_named("prod-admin"), "{output}");
    assert!(!is_named("dev-admin"), "{output}");
    // Again there is nothing that was not left out.
    let before = Tree::of(home.root());
    let again = run(&home, &portal, "logout --all --force --except prod-admin").success();
    assert!(again.stdout.contains("all of it was left out"), "{again}");
    assert!(!again.stdout.contains("already logged out"), "{again}");
    before.assert_only(&Tree::of(home.root()), &[TRAIL]);
}

#[test]
fn unknown_name_that_is_left_out_changes_nothing() {
    let (home, portal) = (page(), Server::aws_portal());
    let before = Tree::of(home.root());
    for words in [
        "logout --all --force --except prod-admn",
        "revoke --all --force --except prod-admn",
        "status --except prod-admn",
        "list --except prod-admn",
    ] {
        let output = run(&home, &portal, words).code(2);
        assert!(output.stderr.contains("Did you mean"), "{words}: {output}");
    }
    for words in ["logout --all --older-than 7", "status --older-than soon"] {
        run(&home, &portal, words).code(2);
    }
    before.assert_same(&Tree::of(home.root()));
}

/// Somebody whose role has expired, beside the others.
fn with_an_expired_role() -> Home {
    let home = page();
    let directory = ".config/atmos/acme/aws/backup-provider";
    std::fs::remove_dir_all(home.join(directory)).unwrap();
    let session = AwsSession::new("acme", "backup-provider", "backup-admin");
    home.aws_session(&session.expires("2026-11-21T06:00:00Z"));
    home
}

#[test]
fn only_expired_sign_ins_go() {
    let (home, portal) = (with_an_expired_role(), Server::aws_portal());
    let status = run(&home, &portal, "status --only-expired").success();
    assert_eq!(status.stdout.matches('●').count(), 2, "{status}");
    assert!(status.stdout.contains("backup-admin"), "{status}");
    let list = run(&home, &portal, "list --only-expired -o json").success();
    assert_eq!(
        list.json()["sessions"].as_array().unwrap().len(),
        1,
        "{list}"
    );
    let output = run(&home, &portal, "logout --all --force --only-expired").success();
    assert_eq!(
        left(&home),
        ["dev-admin", "dev-readonly", "prod-admin"],
        "{output}"
    );
    assert_eq!(logouts(&portal), 0, "{output}");
    assert!(output.stdout.contains("it has not expired"), "{output}");
    let again = run(&home, &portal, "logout --all --force --only-expired").success();
    assert!(
        again.stdout.contains("nothing of it has expired"),
        "{again}"
    );
}

/// Sets the date of a file.
fn date(home: &Home, file: &str, date: &str) {
    let touched = Command::new("/usr/bin/touch")
        .args(["-d", date])
        .arg(home.join(file))
        .status();
    assert!(touched.unwrap().success());
}

/// Two tools of the catalogue: one file bears a date, the other has only its own.
fn two_tools() -> Home {
    let home = Home::new();
    home.write(
        ".config/hub-one/unknown.txt",
        "nothing",
    )
    .write(
        ".config/netlify/config.json",
        r#"{"userId":"u1","users":{"u1":{"email":"ana@acme.example","auth":{"token":"FAKE-netlify","issued_at":"2026-11-01T00:00:00Z"}}}}"#,
    )
    .write(
        ".config/gh/hosts.yml",
        "github.com:\n    user: ana\n    oauth_token: FAKE-gh\n",
    );
    date(&home, ".config/netlify/config.json", "2026-11-21T08:00:00Z");
    date(&home, ".config/gh/hosts.yml", "2026-11-20T00:00:00Z");
    home
}

#[test]
fn only_what_is_older_goes_by_its_own_date_or_that_of_its_file() {
    let portal = Server::aws_portal();
    let sessions = |home: &Home, words: &str| -> Vec<(String, String)> {
        let output = run(home, &portal, words).success();
        let document = output.json();
        let sessions = document["sessions"].as_array().unwrap().iter();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let mut found: Vec<(String, String)> = sessions
            .map(|session| (text(&session["system"]), text(&session["age"]["source"])))
            .collect();
        found.sort();
        found
    };
    let home = two_tools();
    let own = |name: &str, source: &str| (name.to_owned(), source.to_owned());
    let (gh, netlify) = (own("github", "modified"), own("netlify", "written"));
    let all = sessions(&home, "status -o json");
    let gh = all
        .iter()
        .find(|found| found.1 == "modified")
        .unwrap_or(&gh)
        .clone();
    for (age, expected) in [
        ("0m", vec![gh.clone(), netlify.clone()]),
        ("24h", vec![gh, netlify.clone()]),
        ("7d", vec![netlify.clone()]),
        ("3w", Vec::new()),
    ] {
        let words = format!("status --older-than {age} -o json");
        assert_eq!(sessions(&home, &words), expected, "{words}");
    }
    let output = run(
        &home,
        &portal,
        "logout --all --force --no-revoke --older-than 7d",
    )
    .success();
    assert!(
        !home
            .read(".config/netlify/config.json")
            .contains("FAKE-netlify"),
        "{output}"
    );
    assert!(
        home.read(".config/gh/hosts.yml").contains("FAKE-gh"),
        "{output}"
    );
    assert!(
        output
            .stdout
            .contains("it is younger, of 2026-11-20T00:00:00Z by the date of its file"),
        "{output}"
    );
}

/// A link that only these two use goes with them, in whatever order they are named, and the preview says so.
#[test]
fn several_are_one_logout() {
    let portal = Server::aws_portal();
    for words in [
        "logout dev-admin dev-readonly prod-admin",
        "logout prod-admin dev-admin dev-readonly",
        "logout dev-readonly dev-org-admin prod-admin dev-admin",
    ] {
        let home = page();
        let preview = run(&home, &portal, &format!("{words} --dry-run -o json")).success();
        let output = run(&home, &portal, &format!("{words} -o json")).success();
        let places = |output: &Output| -> Vec<String> {
            let document = output.json();
            let steps = document["steps"].as_array().unwrap().iter();
            let acting = steps.filter(|step| {
                step["action"] != "revoke" && !matches!(step["outcome"].as_str(), Some("kept"))
            });
            acting.map(|step| step["location"].to_string()).collect()
        };
        assert_eq!(places(&preview), places(&output), "{words}");
        assert_eq!(left(&home), ["backup-admin"], "{words}: {output}");
        // Nobody is left who uses the portal.
        let keyring = home.work().join("keyring/atmos_acme_aws-sso");
        assert!(!keyring.exists(), "{words}: {output}");
        let trail = run(&home, &portal, "audit show -o json").success();
        assert_eq!(
            trail.json()["records"].as_array().unwrap().len(),
            1,
            "{trail}"
        );
    }
}
