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

/// Twelve registries of one tool, and one other tool whose file others can read.
fn crowd() -> Home {
    let home = Home::new();
    let auths: Vec<String> = (0..14)
        .map(|number| format!("\"r{number}.example\": {{\"auth\": \"RkFLRTpGQUtF{number:02}\"}}"))
        .collect();
    let config = format!("{{\"auths\": {{{}}}}}", auths.join(", "));
    home.write(".docker/config.json", config).write_with_mode(
        ".config/gh/hosts.yml",
        "github.com:\n    user: ana\n    oauth_token: FAKE-gh\n",
        0o644,
    );
    home
}

#[test]
fn long_groups_are_folded_and_json_names_everybody() {
    let home = crowd();
    let status = |words: &str| adieu(&home).args(words.split(' ')).run().success();
    let folded = status("status");
    assert!(
        folded
            .stdout
            .contains("… and 4 more (--verbose shows them)"),
        "{folded}"
    );
    assert_eq!(folded.stdout.matches("r1").count(), 1, "{folded}");
    // The verdict counts all of them.
    assert!(folded.stdout.contains("15 live sessions"), "{folded}");
    for words in ["status --verbose", "status docker"] {
        let whole = status(words);
        assert!(
            !whole.stdout.contains("more (--verbose"),
            "{words}: {whole}"
        );
        assert!(whole.stdout.contains("r13.example"), "{words}: {whole}");
    }
    let document = status("status -o json").json();
    assert_eq!(document["sessions"].as_array().unwrap().len(), 15);
    let heading = folded.stdout.lines().filter(|line| !line.starts_with(' '));
    assert!(heading.clone().any(|line| line == "Docker"), "{folded}");
}

#[test]
fn how_a_sign_in_is_kept_is_said() {
    let home = crowd();
    let text = adieu(&home).arg("status").run().success();
    let row = text.stdout.lines().find(|line| line.contains("hosts.yml"));
    let row = row.unwrap_or_else(|| panic!("{text}"));
    assert!(row.contains("plain file, readable by others"), "{text}");
    let document = adieu(&home).args(["status", "-o", "json"]).run().json();
    let sessions = document["sessions"].as_array().unwrap();
    for session in sessions {
        let is_gh = session["artefacts"].to_string().contains("hosts.yml");
        assert_eq!(session["readable_by_others"], is_gh, "{session}");
        assert_eq!(session["protection"][0], "plain-file", "{session}");
        assert_eq!(session["age"]["source"], "modified", "{session}");
    }
}

#[test]
fn logout_of_everything_says_what_signs_in_again_and_folds_what_no_server_ended() {
    let home = crowd();
    let hosts: Vec<String> = (0..10)
        .map(|number| {
            format!("h{number}.example:\n    user: ana\n    oauth_token: FAKE-gh{number}\n")
        })
        .collect();
    home.write(".config/gh/hosts.yml", hosts.concat());
    let logout = |words: &str| adieu(&home).args(words.split(' ')).run().success();
    let preview = logout("logout --all --no-revoke --dry-run");
    assert!(preview.stdout.contains("To sign in again:"), "{preview}");
    assert!(preview.stdout.contains("gh auth login"), "{preview}");
    assert!(preview.stdout.contains("docker login"), "{preview}");
    assert!(
        preview.stdout.contains("GitHub CLI: 10 credentials"),
        "{preview}"
    );
    let whole = logout("logout --all --no-revoke --dry-run --verbose");
    assert!(!whole.stdout.contains("10 credentials"), "{whole}");
    let document = logout("logout --all --no-revoke --dry-run -o json").json();
    let again = document["login_again"].as_array().unwrap();
    assert!(
        again
            .iter()
            .any(|found| found["command"] == "gh auth login"),
        "{document}"
    );
    // Of one of them it is nobody's news.
    let one = logout("logout gh --no-revoke --dry-run");
    assert!(!one.stdout.contains("To sign in again"), "{one}");
}
