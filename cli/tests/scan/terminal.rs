//! With a real pseudo-terminal: the question before files are changed.

use std::time::Duration;

use adieu_testkit::Home;
use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{Eof, Expect as _};

use crate::support::scan;

const DOWN: &str = "\x1b[B";
const ENTER: &str = "\r";

fn answered(keys: &[&str]) -> (Home, String, i32) {
    let home = Home::new();
    home.write(".bashrc", "export OPENAI_API_KEY=FAKE-one\nx\n");
    let command = scan(&home, "--fix remove").env("TERM", "xterm");
    let mut session = OsSession::spawn(command.command()).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(30)));
    session.expect("Change 1 file?").unwrap();
    for key in keys {
        session.send(key).unwrap();
    }
    let rest = session.expect(Eof).unwrap();
    let text = String::from_utf8_lossy(rest.as_bytes()).into_owned();
    match session.get_process().wait().unwrap() {
        WaitStatus::Exited(_, status) => (home, text, status),
        other => panic!("{other:?}: {text}"),
    }
}

#[test]
fn yes_changes_the_file() {
    let (home, text, status) = answered(&[ENTER]);
    assert_eq!(
        (home.read(".bashrc").as_str(), status),
        ("x\n", 0),
        "{text}"
    );
    assert!(text.contains("1 assignment removed"), "{text}");
}

#[test]
fn no_changes_nothing() {
    let (home, text, status) = answered(&[DOWN, ENTER]);
    assert!(home.read(".bashrc").starts_with("export"), "{text}");
    assert_eq!(status, 1);
    assert!(text.contains("Nothing was changed"), "{text}");
}
