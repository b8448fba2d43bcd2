//! With a real pseudo-terminal: the menu of the logout, and the questions of a sign-in.

use std::time::Duration;

use adieu_testkit::browser::{query_of, visit};
use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::server::Answer;
use adieu_testkit::{Adieu, Home, Tree};
use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{Eof, Expect as _, Regex};

use crate::support::{auth_files, home, org, project};

const ENTER: &str = "\r";
const SPACE: &str = " ";
const DOWN: &str = "\x1b[B";
const ESCAPE: &str = "\x1b";
const CTRL_C: &str = "\x03";

pub(crate) fn on_terminal(adieu: Adieu) -> OsSession {
    let mut session = OsSession::spawn(adieu.env("TERM", "xterm").command()).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(30)));
    session
}

/// The rest of the output, and the exit status.
pub(crate) fn end(mut session: OsSession) -> (String, i32) {
    let rest = session.expect(Eof).unwrap();
    let text = String::from_utf8_lossy(rest.as_bytes()).into_owned();
    match session.get_process().wait().unwrap() {
        WaitStatus::Exited(_, status) => (text, status),
        other => panic!("{other:?}: {text}"),
    }
}

#[test]
fn menu_shows_all_orgs_and_logs_out_of_the_ticked_ones() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let mut session = on_terminal(org(&home, "logout"));
    for text in [
        "Select the orgs you want to log out of:",
        "alpha@fixture.example  DevHub  alpha-prod  target-org",
        "beta@fixture.example  beta-dev",
        "gamma@fixture.example",
    ] {
        session.expect(text).unwrap();
    }
    // The default org is ticked from the start: not that one, but the next.
    for key in [SPACE, DOWN, SPACE, ENTER] {
        session.send(key).unwrap();
    }
    session
        .expect("Are you sure you want to log out of beta@fixture.example?")
        .unwrap();
    session.send("y\r").unwrap();
    let (text, status) = end(session);
    assert_eq!(status, 0, "{text}");
    assert!(
        text.contains("Successfully logged out of orgs: beta@fixture.example"),
        "{text}"
    );
    assert_eq!(
        auth_files(&home),
        ["alpha@fixture.example.json", "gamma@fixture.example.json"]
    );
}

#[test]
fn children_are_asked_about() {
    for (answer, left) in [("y\r", 3), ("n\r", 5)] {
        let salesforce = Salesforce::start();
        let home = home("full-v1", &salesforce);
        let mut session = on_terminal(org(&home, "logout -o alpha-prod"));
        session.expect("log out of alpha@fixture.example?").unwrap();
        session.send("y\r").unwrap();
        session.expect("epsilon@fixture.example").unwrap();
        session.expect("zeta@fixture.example").unwrap();
        session.expect("log out of 2 orgs made from it?").unwrap();
        session.send(answer).unwrap();
        let (text, status) = end(session);
        assert_eq!(status, 0, "{text}");
        assert_eq!(auth_files(&home).len(), left, "{text}");
    }
}

#[test]
fn menu_that_is_left_and_a_no_change_nothing() {
    for (keys, expected) in [([ESCAPE, ""], 0), ([CTRL_C, ""], 130), ([ENTER, "n\r"], 0)] {
        let salesforce = Salesforce::start();
        let home = home("basic-v1", &salesforce);
        let before = Tree::of(home.root());
        let mut session = on_terminal(org(&home, "logout"));
        session.expect("gamma@fixture.example").unwrap();
        session.send(keys[0]).unwrap();
        if !keys[1].is_empty() {
            session.expect("Are you sure").unwrap();
            session.send(keys[1]).unwrap();
        }
        let (text, status) = end(session);
        assert_eq!(status, expected, "{text}");
        before.assert_same(&Tree::of(home.root()));
        assert_eq!(salesforce.requests().len(), 0);
    }
}

#[test]
fn org_that_could_not_be_ended_is_removed_when_the_person_says_so() {
    for (answer, is_left) in [("y\r", false), ("n\r", true)] {
        let salesforce = Salesforce::start();
        let home = home("basic-v1", &salesforce);
        let down = Answer::status(503).body("<html>down</html>");
        salesforce
            .server()
            .on("POST", "/services/oauth2/revoke", down);
        let mut session = on_terminal(org(&home, "logout -o beta-dev"));
        session.expect("log out of beta@fixture.example?").unwrap();
        session.send("y\r").unwrap();
        session.expect("anyway?").unwrap();
        session.send(answer).unwrap();
        let (text, status) = end(session);
        assert_eq!(status, i32::from(is_left), "{text}");
        assert_eq!(home.has(".sfdx/beta@fixture.example.json"), is_left);
    }
}

#[test]
fn token_is_asked_for_and_not_shown() {
    let (salesforce, home) = (Salesforce::start(), Home::new());
    let url = salesforce.url();
    let login = org(&home, "login access-token").args(["--instance-url", &url]);
    let mut session = on_terminal(login);
    session.expect("(SF_ACCESS_TOKEN):").unwrap();
    let token = salesforce.access_token("gamma");
    session.send(format!("{token}\r")).unwrap();
    let (text, status) = end(session);
    assert_eq!(status, 0, "{text}");
    assert!(
        text.contains("Successfully authorized gamma@fixture.example"),
        "{text}"
    );
    assert!(!text.contains("FIXTURE.ACCESS"), "{text}");
}

#[test]
fn address_of_a_browser_elsewhere_is_pasted() {
    let (salesforce, home) = (Salesforce::start(), Home::new());
    project(&home);
    salesforce.person("alpha");
    let login =
        org(&home, "login web --no-browser --client-id FAKE.app").args(["-r", &salesforce.url()]);
    let mut session = on_terminal(login);
    session.expect("(SFDX_CLIENT_SECRET").unwrap();
    session.send("FAKE-secret\r").unwrap();
    let found = session.expect(Regex("  http://127[^\r\n ]+")).unwrap();
    let found = String::from_utf8_lossy(found.get(0).unwrap())
        .trim()
        .to_owned();
    session.expect("paste the address").unwrap();
    session
        .send("http://localhost/?code=abcdef&state=other\r")
        .unwrap();
    session.expect("belongs to another sign-in").unwrap();
    // The browser is elsewhere: it is sent to an address that it cannot reach.
    let query = query_of(&found);
    let (status, headers, _) = visit("GET", &found);
    assert_eq!((status, query["client_id"].as_str()), (302, "FAKE.app"));
    session.send(format!("{}\r", headers["location"])).unwrap();
    let (text, status) = end(session);
    assert_eq!(status, 0, "{text}");
    assert!(
        text.contains("Successfully authorized alpha@fixture.example"),
        "{text}"
    );
    assert!(!text.contains("FAKE-secret"), "{text}");
    let form = salesforce.requests_to("/services/oauth2/token")[0].form();
    let sent = form.iter().find(|(name, _)| name == "client_secret");
    assert_eq!(sent.map(|(_, value)| value.as_str()), Some("FAKE-secret"));
}
