//! `adieu status`: nobody is called signed out by mistake.

use std::os::unix::fs::symlink;

use adieu_testkit::{Home, PortalSession};
use serde_json::{Value, json};

use crate::support::{adieu, pipe};

/// Two providers of one portal, which share its session.
const TWO_OF_A_PORTAL: &str = r"
auth:
  providers:
    one: &portal
      kind: aws/iam-identity-center
      region: eu-central-1
      start_url: https://meridian.awsapps.com/start
    Two: *portal
    apart:
      kind: aws/iam-identity-center
      region: eu-central-1
      start_url: https://elsewhere.awsapps.com/start
";

fn status(home: &Home, arguments: &[&str]) -> Value {
    let output = adieu(home)
        .args(["status", "-o", "json"])
        .args(arguments)
        .run();
    serde_json::from_str(&output.stdout).unwrap()
}

fn signed_in() -> Home {
    let home = Home::new();
    home.atmos_yaml(TWO_OF_A_PORTAL);
    let session = PortalSession::new(
        "https://meridian.awsapps.com/start",
        "eu-central-1",
        "FAKE-portal-token",
    );
    home.atmos_portal_session(&session.expires("2099-01-01T00:00:00Z"));
    home
}

#[test]
fn session_of_two_providers_is_a_session_of_each() {
    let home = signed_in();
    for (provider, other) in [("one", "Two"), ("two", "one")] {
        let output = adieu(&home).args(["status", provider, "--check"]).run();
        let output = output.code(1);
        assert!(output.stdout.contains("Signed in"), "{output}");
        let shared = format!("(shared with {other})");
        assert!(output.stdout.contains(&shared), "{output}");
        let document = status(&home, &[provider]);
        assert_eq!(document["verdict"], "signed-in");
        let sessions = document["sessions"].as_array().unwrap();
        assert_eq!(sessions.len(), 1, "{document}");
        assert_eq!(sessions[0]["state"], "live");
        assert_eq!(sessions[0]["shared_with"], json!([other]));
        assert!(!sessions[0]["artefacts"].as_array().unwrap().is_empty());
    }
    let output = adieu(&home).args(["status", "apart", "--check"]).run();
    let output = output.code(0);
    assert!(output.stdout.contains("Clean"), "{output}");
}

#[test]
fn verdict_in_json_is_unknown_where_the_text_could_not_tell() {
    let home = Home::new();
    let document = status(&home, &[]);
    assert_eq!(document["verdict"], "clean");
    assert_eq!(document["problems"], json!([]));
    symlink("loop", home.join(".bashrc")).unwrap();
    symlink(".bashrc", home.join("loop")).unwrap();
    let document = status(&home, &[]);
    assert_eq!(document["verdict"], "unknown");
    assert_eq!(document["problems"][0]["hides"], true);
    let output = adieu(&home).args(["status", "--check"]).run().code(3);
    assert!(output.stdout.contains("Could not tell"), "{output}");
}

#[test]
fn profile_that_cannot_be_read_is_said_once() {
    let home = Home::new();
    pipe(&home.join(".bashrc"));
    let document = status(&home, &[]);
    let problems = document["problems"].as_array().unwrap();
    let about = |problem: &&Value| problem["location"].as_str().unwrap().ends_with(".bashrc");
    let found = problems.iter().filter(about).count();
    assert_eq!(found, 1, "{document}");
}
