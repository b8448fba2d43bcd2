//! One name in several realms: each can be named, and none is taken for another.

use adieu_testkit::{AwsSession, Home, Tree};

use crate::support::{TRAIL, adieu, page};

const TRAIL_ROOT: &str = "home/.local";

/// Where the keys of a realm's `dev-admin` are.
fn keys(realm: &str) -> String {
    format!(".config/atmos/{realm}/aws/aws-sso/credentials")
}

fn is_signed_in(home: &Home, realm: &str) -> bool {
    home.has(keys(realm)) && home.read(keys(realm)).contains("[dev-admin]")
}

/// `dev-admin` in the page's own realm and in two others.
fn home() -> Home {
    let home = page();
    for realm in ["harbor", "delta"] {
        home.aws_session(&AwsSession::new(realm, "aws-sso", "dev-admin"));
    }
    home
}

#[test]
fn name_with_its_realm_means_that_one() {
    for (typed, gone) in [
        ("harbor/dev-admin", "harbor"),
        ("aws:delta/dev-admin", "delta"),
        ("DELTA/dev-admin", "delta"),
        ("harbor/Dev-Admin", "harbor"),
        ("dev-admin", "acme"),
        ("acme/dev-admin", "acme"),
        ("aws:dev-admin", "acme"),
        ("aws:acme/dev-admin", "acme"),
        ("gcp:harbor/dev-admin", ""),
        ("nowhere/dev-admin", ""),
    ] {
        let home = home();
        let before = Tree::of(home.root());
        let command = adieu(&home).args(["logout", typed, "--no-revoke"]);
        let output = command.run().code(if gone.is_empty() { 2 } else { 0 });
        for realm in ["acme", "harbor", "delta"] {
            assert_eq!(
                is_signed_in(&home, realm),
                realm != gone,
                "{typed}: {output}"
            );
        }
        if gone.is_empty() {
            before.assert_only(&Tree::of(home.root()), &[TRAIL, TRAIL_ROOT]);
        }
    }
}

#[test]
fn name_in_several_realms_is_an_error_that_names_them() {
    let home = Home::new();
    for realm in ["harbor", "delta"] {
        home.aws_session(&AwsSession::new(realm, "aws-sso", "dev-admin"));
    }
    let before = Tree::of(home.root());
    for typed in ["dev-admin", "aws:dev-admin", "DEV-ADMIN"] {
        let output = adieu(&home).args(["logout", typed]).run().code(2);
        for name in ["aws:harbor/dev-admin", "aws:delta/dev-admin"] {
            assert!(output.stderr.contains(name), "{output}");
        }
    }
    before.assert_same(&Tree::of(home.root()));
    let unknown = adieu(&home).args(["logout", "nobody"]).run().code(2);
    assert!(unknown.stderr.contains("• harbor/dev-admin"), "{unknown}");
}

#[test]
fn status_shows_the_realms_apart_and_selects_one() {
    let home = home();
    let sessions = |words: &[&str]| {
        let output = adieu(&home).arg("status").args(words.iter().copied());
        let document = output.args(["-o", "json"]).run().success().json();
        document["sessions"].as_array().unwrap().len()
    };
    assert_eq!(sessions(&["harbor/dev-admin"]), 1);
    assert_eq!(sessions(&["aws:delta/dev-admin"]), 1);
    assert_eq!(sessions(&["dev-admin"]), 3);
}
