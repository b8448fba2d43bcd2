//! Helpers that keep passwords: followed, or said to be out of reach.

use std::os::unix::net::UnixListener;

use adieu_testkit::Home;

use crate::support::{found, run};

#[test]
fn password_with_a_helper_that_is_not_asked_keeps_a_machine_from_being_clean() {
    let auths = "\"auths\": {\"h.example\": {}, \"i.example\": {}}";
    for (text, exit, says) in [
        (
            format!("{{{auths}, \"credsStore\": \"pass\"}}"),
            3,
            "h.example, i.example with the credential helper `pass`",
        ),
        (
            format!("{{{auths}, \"credHelpers\": {{\"i.example\": \"corp\"}}}}"),
            3,
            "i.example with the credential helper `corp`",
        ),
        // What the key store has is found there.
        (
            format!("{{{auths}, \"credsStore\": \"secretservice\"}}"),
            0,
            "",
        ),
        (
            "{\"auths\": {}, \"credsStore\": \"pass\"}".to_owned(),
            0,
            "",
        ),
        (
            "{\"credHelpers\": {\"gcr.io\": \"gcloud\"}}".to_owned(),
            0,
            "",
        ),
    ] {
        for file in [
            ".docker/config.json",
            ".config/helm/registry/config.json",
            ".config/containers/auth.json",
        ] {
            let home = Home::new();
            home.write(file, &text);
            let output = run(&home, "status --check", &[]);
            if exit == 3 {
                let output = output.code(3);
                assert!(output.to_string().contains(says), "{file} {text}: {output}");
            } else {
                assert!(
                    !output.to_string().contains("credential helper"),
                    "{file} {text}: {output}"
                );
            }
        }
    }
}

#[test]
fn store_that_git_is_told_of_is_read_like_the_usual_one() {
    let home = Home::new();
    home.write(
        ".gitconfig",
        "[credential]\n\thelper = store --file ~/keys/git\n",
    )
    .write("keys/git", "https://ana:FAKE-token@git.example.test\n");
    assert_eq!(found(&home, &[]).len(), 1, "{:?}", found(&home, &[]));
    run(&home, "logout git --force", &[]).success();
    assert!(!home.has("keys/git") || !home.read("keys/git").contains("FAKE"));
}

#[test]
fn daemon_that_remembers_passwords_is_live_and_its_end_is_named() {
    let home = Home::new();
    home.write(".gitconfig", "[credential]\n\thelper = cache\n");
    run(&home, "status --check", &[]).success();
    home.directory(".cache/git/credential");
    let socket = home.join(".cache/git/credential/socket");
    let _daemon = UnixListener::bind(socket).unwrap();
    let output = run(&home, "status --check", &[]).code(1);
    assert!(
        output.stdout.contains("git credential-cache exit"),
        "{output}"
    );
}

#[test]
fn helper_of_an_unknown_kind_is_worth_knowing_and_never_run() {
    let home = Home::new();
    home.write(".gitconfig", "[credential]\n\thelper = !touch ~/was-run\n");
    let document = run(&home, "status -o json", &[]).json();
    assert_eq!(document["overrides"][0]["kind"], "notice", "{document}");
    assert!(!home.has("was-run"));
}
