//! `adieu token --sso`: to whom the access token of a portal is given.

use adieu_testkit::{Home, PortalSession, Tree};

use crate::support::{adieu, home_with};

fn portal(end: &str) -> PortalSession {
    PortalSession::new(
        "https://meridian.awsapps.com/start",
        "eu-central-1",
        "FAKE-portal-token",
    )
    .expires(end)
}

fn signed_in() -> Home {
    let home = home_with("01-sso-chain.yaml");
    home.atmos_portal_session(&portal("2026-11-21T16:15:00Z"));
    home
}

#[test]
fn token_is_that_of_the_portal_behind_the_name() {
    for words in [
        "token --sso meridian-sso",
        "token --sso MERIDIAN-SSO",
        "token --sso ledger-deployer",
        "token --sso",
        "-q token --sso",
    ] {
        let output = adieu(&signed_in(), words).run().success();
        assert_eq!(output.stdout, "FAKE-portal-token\n", "{words}");
        assert_eq!(output.stderr, "", "{words}");
    }
    let document = adieu(&signed_in(), "token --sso -o json")
        .run()
        .success()
        .json();
    assert_eq!(document["access_token"], "FAKE-portal-token");
    assert_eq!(document["expires_at"], "2026-11-21T16:15:00Z");
}

#[test]
fn session_of_the_aws_cli_has_a_name_too() {
    let home = Home::new();
    home.write(
        ".aws/config",
        "[sso-session corp]\nsso_start_url = https://meridian.awsapps.com/start\nsso_region = eu-central-1\n\
         sso_registration_scopes = sso:account:access\n",
    );
    home.aws_cli_portal_session(&portal("2026-11-21T16:15:00Z"), Some("corp"));
    let output = adieu(&home, "token --sso corp").run().success();
    assert_eq!(output.stdout, "FAKE-portal-token\n");
}

#[test]
fn what_gives_no_token_says_what_to_do() {
    for (words, home, status, message) in [
        (
            "token --sso meridian-sso",
            home_with("01-sso-chain.yaml"),
            1,
            "sign in first: adieu login --provider meridian-sso",
        ),
        (
            "token --sso nobody",
            signed_in(),
            2,
            "not found in configuration",
        ),
        ("token meridian-sso", signed_in(), 2, "--sso"),
        (
            "token --sso easel-keys",
            home_with("03-aws-user-saml-root.yaml"),
            2,
            "comes from no portal",
        ),
    ] {
        let before = Tree::of(home.root());
        let output = adieu(&home, words).run().code(status);
        assert!(output.stderr.contains(message), "{words}: {output}");
        assert_eq!(output.stdout, "", "{words}");
        before.assert_same(&Tree::of(home.root()));
    }
}

#[test]
#[cfg(unix)]
fn terminal_gets_it_only_if_it_is_asked_for() {
    use expectrl::session::OsSession;
    use expectrl::{Eof, Expect as _};
    for (words, is_shown) in [("token --sso", false), ("token --sso --print", true)] {
        let home = signed_in();
        let run = adieu(&home, words).env("TERM", "xterm");
        let mut session = OsSession::spawn(run.command()).unwrap();
        let text = session.expect(Eof).unwrap();
        let text = String::from_utf8_lossy(text.as_bytes()).into_owned();
        assert_eq!(text.contains("FAKE-portal-token"), is_shown, "{text}");
        assert!(is_shown || text.contains("--print"), "{text}");
    }
}
