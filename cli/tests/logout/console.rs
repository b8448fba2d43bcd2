//! The dashboard in a real pseudo-terminal: what it shows, and a logout from it.

use std::time::Duration;

use adieu_testkit::server::Server;
use adieu_testkit::{Home, Tree};
use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{Eof, Expect as _};

use crate::support::{adieu, page, with_portal};

fn dashboard(home: &Home, portal: &Server, words: &[&str]) -> OsSession {
    let command = with_portal(adieu(home), portal)
        .env("TERM", "xterm")
        .args(words.iter().copied());
    let mut session = OsSession::spawn(command.command()).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(30)));
    session.get_process_mut().set_window_size(120, 40).unwrap();
    session
}

fn end(mut session: OsSession) -> i32 {
    let rest = session.expect(Eof).unwrap();
    match session.get_process().wait().unwrap() {
        WaitStatus::Exited(_, status) => status,
        other => panic!("{other:?}: {}", String::from_utf8_lossy(rest.as_bytes())),
    }
}

#[test]
fn logout_from_the_dashboard_shows_the_plan_asks_and_reports() {
    let (home, portal) = (page(), Server::aws_portal());
    let mut session = dashboard(&home, &portal, &[]);
    // Blanks are not drawn, the cursor only moves on: words are what can be waited for.
    session.expect("person").unwrap();
    session.expect("dev-admin").unwrap();
    session.send("/logout dev-admin\r").unwrap();
    session.expect("Dry run mode:").unwrap();
    session.expect("Go on?").unwrap();
    assert!(
        home.read(".config/atmos/acme/aws/aws-sso/credentials")
            .contains("[dev-admin]")
    );
    session.send("\r").unwrap();
    session
        .expect("Successfully logged out from 1 identity")
        .unwrap();
    session.expect("Press Enter to go back.").unwrap();
    session.send("\r").unwrap();
    session.expect("done").unwrap();
    session.send("/quit\r").unwrap();
    assert_eq!(end(session), 0);
    let credentials = home.read(".config/atmos/acme/aws/aws-sso/credentials");
    assert!(!credentials.contains("[dev-admin]") && credentials.contains("[prod-admin]"));
}

#[test]
fn saying_no_and_leaving_changes_nothing() {
    let (home, portal) = (page(), Server::aws_portal());
    let before = Tree::of(home.root());
    let mut session = dashboard(&home, &portal, &["console"]);
    session.expect("person").unwrap();
    session.send(" /logout\r").unwrap();
    session.expect("Go on?").unwrap();
    session.send("\x1b[B\r").unwrap();
    session.expect("Press Enter to go back.").unwrap();
    session.send("\r").unwrap();
    session.expect("changed").unwrap();
    session.send("q").unwrap();
    assert_eq!(end(session), 0);
    before.assert_same(&Tree::of(home.root()));
}

#[test]
fn without_a_terminal_it_is_status_or_an_error() {
    let home = page();
    let status = adieu(&home).arg("status").run().success();
    assert_eq!(adieu(&home).run().success().stdout, status.stdout);
    let output = adieu(&home).arg("console").run().code(2);
    assert!(output.stderr.contains("adieu status"), "{output}");
}
