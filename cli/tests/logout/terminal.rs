//! With a real pseudo-terminal: the menu, the confirmation, Esc and Ctrl-C.

use std::time::Duration;

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{Home, Tree};
use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{Eof, Expect as _};

use crate::support::{TRAIL, auth, keyring_entry, page, with_portal};

const DOWN: &str = "\x1b[B";
const ENTER: &str = "\r";
const ESCAPE: &str = "\x1b";
const CTRL_C: &str = "\x03";

fn on_terminal(home: &Home, words: &str, portal: &Server) -> OsSession {
    let command = with_portal(auth(home, words), portal).env("TERM", "xterm");
    let mut session = OsSession::spawn(command.command()).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(30)));
    session
}

/// The rest of the output, and the exit status.
fn end(mut session: OsSession) -> (String, i32) {
    let rest = session.expect(Eof).unwrap();
    let text = String::from_utf8_lossy(rest.as_bytes()).into_owned();
    match session.get_process().wait().unwrap() {
        WaitStatus::Exited(_, status) => (text, status),
        other => panic!("{other:?}: {text}"),
    }
}

#[test]
fn menu_shows_the_choices_of_the_page_and_logs_out_of_the_chosen() {
    for words in ["logout", "logout -i"] {
        let (home, portal) = (page(), Server::aws_portal());
        let mut session = on_terminal(&home, words, &portal);
        for text in [
            "Choose what to logout from:",
            "Identity: backup-admin",
            "Identity: dev-admin",
            "Identity: prod-admin",
            "Provider: aws-sso (removes all identities)",
            "All identities (complete logout)",
        ] {
            session.expect(text).unwrap();
        }
        session.send(DOWN).unwrap();
        session.send(ENTER).unwrap();
        session.expect("Log out? Identity: dev-admin").unwrap();
        session.expect("(n)").unwrap();
        session.send("y").unwrap();
        let (text, status) = end(session);
        assert_eq!(status, 0, "{text}");
        assert!(
            text.contains("Successfully logged out from 1 identity"),
            "{text}"
        );
        let credentials = home.read(".config/atmos/acme/aws/aws-sso/credentials");
        assert!(!credentials.contains("[dev-admin]") && credentials.contains("[prod-admin]"));
    }
}

#[test]
fn escape_in_the_menu_changes_nothing_and_ctrl_c_is_130() {
    for (key, expected) in [(ESCAPE, 0), (CTRL_C, 130)] {
        let (home, portal) = (page(), Server::aws_portal());
        let before = Tree::of(home.root());
        let mut session = on_terminal(&home, "logout", &portal);
        session.expect("All identities (complete logout)").unwrap();
        session.send(key).unwrap();
        let (text, status) = end(session);
        assert_eq!(status, expected, "{text}");
        assert!(text.contains("nothing was changed"), "{text}");
        before.assert_same(&Tree::of(home.root()));
    }
}

#[test]
fn keychain_asks_and_a_yes_deletes() {
    let (home, portal) = (page(), Server::aws_portal());
    keyring_entry(&home, "atmos_acme_dev-admin");
    let mut session = on_terminal(&home, "logout dev-admin --keychain", &portal);
    for text in [
        "Delete keychain credentials for dev-admin?",
        "This will permanently remove:",
        "IAM user access keys",
        "Service account credentials",
        "Provider credentials",
        "Session data will also be cleared.",
        "Yes, delete credentials",
        "No, keep credentials",
    ] {
        session.expect(text).unwrap();
    }
    session.send("y").unwrap();
    let (text, status) = end(session);
    assert_eq!(status, 0, "{text}");
    assert!(
        !home.work().join("keyring/atmos_acme_dev-admin").exists(),
        "{text}"
    );
}

#[test]
fn keychain_no_escape_and_ctrl_c_keep_everything() {
    for (keys, expected, said) in [
        ([DOWN, ENTER], 0, "Logout cancelled - credentials preserved"),
        ([ESCAPE, ""], 0, "Logout cancelled - credentials preserved"),
        ([CTRL_C, ""], 130, "nothing was changed"),
    ] {
        let (home, portal) = (page(), Server::aws_portal());
        keyring_entry(&home, "atmos_acme_dev-admin");
        let before = Tree::of(home.root());
        let mut session = on_terminal(&home, "logout dev-admin --keychain", &portal);
        session.expect("No, keep credentials").unwrap();
        for key in keys {
            session.send(key).unwrap();
        }
        let (text, status) = end(session);
        assert_eq!(status, expected, "{text}");
        assert!(text.contains(said), "{text}");
        before.assert_same(&Tree::of(home.root()));
    }
}

#[test]
fn ctrl_c_while_a_server_is_slow_finishes_the_local_half() {
    let (home, portal) = (page(), Server::aws_portal());
    portal.on("POST", "/logout", Answer::hang());
    let before = Tree::of(home.root());
    let mut session = on_terminal(&home, "logout --all --timeout 60", &portal);
    session.expect("Ctrl-C stops the waiting").unwrap();
    session.send(CTRL_C).unwrap();
    let (text, status) = end(session);
    assert_eq!(status, 130, "{text}");
    assert!(!home.has(".config/atmos/acme"), "{text}");
    assert!(
        !home.work().join("keyring/atmos_acme_aws-sso").exists(),
        "{text}"
    );
    let changes = before.changes(&Tree::of(home.root())).except(&[TRAIL]);
    assert!(!changes.is_empty());
}
