//! Nothing is called ended that may still be good.

use std::os::unix::fs::PermissionsExt as _;

use adieu_testkit::server::Server;
use adieu_testkit::{AwsSession, Home, PortalSession, Tree};

use crate::support::{adieu, auth, page, portal, with_portal};

const TOKEN: &str = "not-an-access-token-00002";

#[test]
fn system_name_covers_sessions_that_no_configuration_knows() {
    let home = Home::new();
    home.aws_session(&AwsSession::new("acme", "sso", "dev"));
    let before = Tree::of(home.path());
    let output = adieu(&home)
        .args(["logout", "--provider", "aws"])
        .run()
        .code(2);
    assert!(output.stderr.contains("dev"), "{output}");
    before.assert_same(&Tree::of(home.path()));
    let output = adieu(&home)
        .args(["logout", "--provider", "aws", "--force"])
        .run()
        .success();
    assert!(output.stdout.contains("Successfully"), "{output}");
    assert!(Tree::of(home.path()).files_with("FAKE-key-dev").is_empty());
    // The configuration's own scope is as narrow as before.
    let home = Home::new();
    home.aws_session(&AwsSession::new("acme", "sso", "dev"));
    let before = Tree::of(home.path());
    auth(&home, "logout --provider aws --force").run().success();
    before.assert_only(&Tree::of(home.path()), &[".local/**", ".local"]);
}

#[test]
fn what_could_not_be_read_is_not_called_logged_out() {
    let home = page();
    home.rename(".config", "elsewhere")
        .link(".config", "elsewhere");
    std::fs::remove_dir_all(home.join(".cache")).unwrap();
    std::fs::remove_dir_all(home.work().join("keyring")).unwrap();
    for words in [
        "logout dev-admin",
        "logout --all",
        "logout --all --no-revoke",
    ] {
        let output = auth(&home, words).run().code(3);
        assert!(!output.stdout.contains("already logged out"), "{output}");
        assert!(
            output.stdout.contains("not everything could be read"),
            "{output}"
        );
    }
}

#[test]
fn session_that_no_server_was_asked_to_end_is_still_live() {
    let (home, server) = (page(), Server::aws_portal());
    let words = "logout --provider aws-sso --no-revoke";
    let output = with_portal(auth(&home, words), &server).run().success();
    assert!(server.requests().is_empty());
    assert!(
        output
            .stdout
            .contains("portal session of aws-sso not ended"),
        "{output}"
    );
    let (_, live) = output.stderr.split_once("Still live").unwrap();
    assert!(live.contains("at its server"), "{output}");
}

#[test]
fn copy_that_only_the_aws_cli_keeps_is_said_not_to_be_ended() {
    let (home, server) = (page(), Server::aws_portal());
    let other = PortalSession::new(
        "https://mycompany.awsapps.com/start",
        "eu-central-1",
        "FAKE-only-copy",
    );
    home.aws_cli_portal_session(&other, None);
    let output = with_portal(auth(&home, "logout dev-admin"), &server)
        .run()
        .success();
    assert!(server.requests().is_empty());
    let said = "its provider serves others, so it was not ended";
    assert!(output.stdout.contains(said), "{output}");
    // A copy of what Atmos keeps can still be ended.
    let home = page();
    home.aws_cli_portal_session(&portal(), None);
    let output = with_portal(auth(&home, "logout dev-admin"), &server).run();
    assert!(!output.stdout.contains(said), "{output}");
    assert!(!Tree::of(home.path()).files_with(TOKEN).is_empty());
}

#[test]
fn logout_of_all_says_that_nothing_is_configured() {
    let home = Home::new();
    home.aws_session(&AwsSession::new("acme", "sso", "dev"));
    let output = auth(&home, "logout --all").run().success();
    assert!(
        output.stderr.contains("no atmos.yaml was found here"),
        "{output}"
    );
}

/// A directory that cannot be entered is not the same as an empty one.
#[test]
fn store_that_may_not_be_read_is_not_called_empty() {
    if rustix_is_root() {
        return;
    }
    let home = page();
    let mode = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(home.join(".config/atmos"), mode).unwrap();
    auth(&home, "logout dev-admin").run().code(3);
    let mode = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(home.join(".config/atmos"), mode).unwrap();
}

/// Root may read everything.
fn rustix_is_root() -> bool {
    std::fs::read("/etc/shadow").is_ok()
}
