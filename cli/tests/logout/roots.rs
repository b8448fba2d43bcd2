//! Chains that start at an identity: what a running Atmos wrote for roles behind `aws/user` and
//! `aws/ambient`.

use adieu_testkit::{Adieu, AwsSession, Home, Output, Tree};

use crate::support::{adieu, fixture};

const CREDENTIALS: &str = ".config/atmos/meridian/aws";

fn recorded() -> Home {
    Home::from_fixture(fixture("roles-behind-user"))
}

fn run(home: &Home, words: &[&str]) -> Output {
    let command: Adieu = adieu(home).cwd(home.join("infra"));
    command
        .env("ATMOS_KEYRING_PASSWORD", "FAKE-password-for-tests")
        .args(words.iter().copied())
        .run()
}

fn sections(home: &Home, folder: &str) -> Vec<String> {
    let file = format!("{CREDENTIALS}/{folder}/credentials");
    if !home.has(&file) {
        return Vec::new();
    }
    let text = home.read(file);
    let names = text.lines().filter(|line| line.starts_with('['));
    names.map(str::to_owned).collect()
}

#[test]
fn recorded_roles_are_live_and_their_variables_name_the_right_files() {
    let home = recorded();
    let status = run(&home, &["auth", "status", "-o", "json"]).json();
    for (name, folder) in [
        ("painter", "aws-user"),
        ("brush", "painter"),
        ("brush2", "painter"),
        ("root-of-user", "painter"),
        ("amb-role", "amb"),
    ] {
        let sessions = status["sessions"].as_array().unwrap();
        let session = sessions.iter().find(|session| session["identity"] == name);
        assert_eq!(session.unwrap()["state"], "live", "{name}");
        run(&home, &["auth", "status", name, "--check"]).code(1);
        let variables = run(&home, &["auth", "env", "-i", name]).success();
        let file = format!("$HOME/{CREDENTIALS}/{folder}/credentials");
        assert!(variables.stdout.contains(&file), "{variables}");
    }
}

#[test]
fn recorded_roles_go_one_by_one_and_the_others_stay_byte_for_byte() {
    let home = recorded();
    let before = home.read(format!("{CREDENTIALS}/painter/credentials"));
    let output = run(&home, &["auth", "logout", "brush"]).success();
    assert_eq!(sections(&home, "painter"), ["[brush2]", "[root-of-user]"]);
    // Atmos signs in to the user on the way to the role: what stays of it is said.
    assert!(output.stdout.contains("profile painter; "), "{output}");
    let after = home.read(format!("{CREDENTIALS}/painter/credentials"));
    let (_, rest) = before.split_at(before.find("; atmos").unwrap());
    let rest = &rest[rest[1..].find("; atmos").unwrap() + 1..];
    assert!(after.ends_with(rest), "{after}");
    run(&home, &["auth", "logout", "brush2"]).success();
    let last = run(&home, &["auth", "logout", "root-of-user"]).success();
    let gone = format!("{CREDENTIALS}/painter");
    assert!(!home.has(&gone), "{last}");
    assert_eq!(sections(&home, "aws-user"), ["[painter]"]);
    run(&home, &["auth", "status", "brush", "--check"]).success();
    run(&home, &["auth", "status", "painter", "--check"]).code(1);
    let again = run(&home, &["auth", "logout", "brush"]).success();
    assert!(again.stdout.contains("already logged out"), "{again}");
}

#[test]
fn recorded_state_is_gone_after_a_logout_of_all() {
    for words in [
        ["auth", "logout", "--all", "--keychain", "--force"],
        ["logout", "--all", "--keychain", "--force", "--no-revoke"],
    ] {
        let home = recorded();
        let output = run(&home, &words).success();
        let left = Tree::of(home.path());
        assert!(left.files_with("FAKE-s").is_empty(), "{output}");
        assert!(!left.has(".config/atmos/meridian"), "{}", left.listing());
        assert!(!left.has(".local/share/atmos/keyring/atmos_meridian_amb"));
        run(&home, &["status", "--check"]).success();
    }
    // Keys that Atmos found in the environment are long-lived, and kept like typed ones.
    let home = recorded();
    let output = run(&home, &["auth", "logout", "--all"]).success();
    assert!(home.has(".local/share/atmos/keyring/atmos_meridian_amb"));
    assert!(output.to_string().contains("--keychain"), "{output}");
}

#[test]
fn roles_that_are_not_configured_any_more_go_with_all_or_by_name() {
    let old = AwsSession::new("meridian", "painter", "old-brush");
    for words in [
        ["auth", "logout", "--all", "--no-revoke"],
        ["logout", "old-brush", "--force", "--no-revoke"],
    ] {
        let home = recorded();
        home.aws_session(&old);
        let output = run(&home, &words).success();
        let left = Tree::of(home.path());
        let mark = "FAKE-secret-old-brush";
        assert!(left.files_with(mark).is_empty(), "{output}");
    }
    // The logout of one of the others leaves it.
    let home = recorded();
    home.aws_session(&old);
    run(&home, &["auth", "logout", "brush"]).success();
    assert!(sections(&home, "painter").contains(&"[old-brush]".to_owned()));
}

#[test]
fn stranger_in_the_directory_of_a_root_is_kept_and_named() {
    let home = recorded();
    let mine = format!("{CREDENTIALS}/painter/mine.txt");
    home.write(&mine, "FAKE-stranger\n");
    let output = run(&home, &["auth", "logout", "--all"]).success();
    assert!(home.has(&mine) && sections(&home, "painter").is_empty());
    assert!(output.to_string().contains("mine.txt"), "{output}");
}
