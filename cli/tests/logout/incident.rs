//! `logout --all --incident`: a machine that is no longer trusted.

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{Home, Tree};

use crate::support::{adieu, keyring_entry, logouts, page, with_portal};

/// Somebody with portals, a key in a file of the AWS CLI, a login that no call ends, and a private key.
fn home() -> Home {
    let home = page();
    keyring_entry(&home, "atmos_acme_dev-admin");
    home.write(
        ".aws/credentials",
        "[default]\naws_access_key_id = AKIAFAKE0000000000AB\naws_secret_access_key = FAKE-own-secret\n",
    )
    .write(
        ".netrc",
        "machine api.heroku.com\n  login ana@acme.example\n  password FAKE-heroku\n",
    )
    .write(
        ".ssh/id_ed25519",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nFAKE\n-----END OPENSSH PRIVATE KEY-----\n",
    );
    home
}

#[test]
fn everything_goes_that_can_and_the_rest_is_to_be_rotated() {
    let (home, portal) = (home(), Server::aws_portal());
    let run = |words: &str| {
        with_portal(adieu(&home).args(words.split_whitespace()), &portal)
            // Nothing leaves this machine.
            .env("HTTPS_PROXY", "http://127.0.0.1:9")
            .run()
    };
    let before = Tree::of(home.root());
    let preview = run("logout --all --incident --dry-run").success();
    before.assert_same(&Tree::of(home.root()));
    assert_eq!(logouts(&portal), 0, "{preview}");
    let output = run("logout --all --incident --force").success();
    for shown in [&preview.stdout, &output.stdout] {
        let rotate = shown
            .find("Rotate these now")
            .unwrap_or_else(|| panic!("{shown}"));
        let rest = shown.find(if shown.contains("Would remove") {
            "Would remove"
        } else {
            "Removing all credentials"
        });
        assert!(rotate < rest.unwrap(), "{shown}");
    }
    // Stored keys too: nothing of them is left in any byte of the home.
    let own = home.read(".aws/credentials");
    assert!(!own.contains("FAKE-own-secret"), "{output}");
    assert!(
        !home.work().join("keyring/atmos_acme_dev-admin").exists(),
        "{output}"
    );
    assert!(
        !home.has(".config/atmos/acme/aws/aws-sso/credentials"),
        "{output}"
    );
    assert_eq!(logouts(&portal), 1, "{output}");
    for rotated in [
        "access key of profile default (AWS)",
        "private key of id_ed25519 (OpenSSH)",
        "token of ana@acme.example (Heroku CLI)",
    ] {
        assert!(output.stdout.contains(rotated), "{rotated}: {output}");
    }
    // No logout takes a private key.
    assert!(home.has(".ssh/id_ed25519"), "{output}");
    let again = run("logout --all --incident --force").success();
    assert!(!again.stdout.contains("Successfully"), "{again}");
}

/// What a server did not end goes from here all the same, and is to be rotated.
#[test]
fn silent_server_keeps_nothing_here() {
    let (home, portal) = (home(), Server::start());
    portal.on("POST", "/logout", Answer::status(503).body("down"));
    let command = adieu(&home).args("logout --all --incident --force -o json".split(' '));
    let command = command.env("HTTPS_PROXY", "http://127.0.0.1:9");
    let output = with_portal(command, &portal).run();
    let document = output.json();
    assert_eq!(document["incident"], true, "{output}");
    assert!(
        !home.has(".config/atmos/acme/aws/aws-sso/credentials"),
        "{output}"
    );
    let mut credentials = document["credentials"].as_array().unwrap().iter();
    let is_open = |found: &&serde_json::Value| found["end"] == "not-ended";
    assert!(credentials.any(|found| is_open(&found)), "{output}");
}

#[test]
fn it_means_the_whole_machine_and_nothing_is_kept_for_a_server() {
    let home = home();
    let before = Tree::of(home.root());
    for words in [
        "logout --incident",
        "logout dev-admin --incident",
        "logout --all --incident --no-revoke",
        "logout --all --incident --keep-unrevoked",
        "logout --all --incident",
    ] {
        let output = adieu(&home).args(words.split(' ')).run().code(2);
        assert!(output.stdout.is_empty(), "{words}: {output}");
    }
    before.assert_same(&Tree::of(home.root()));
}
