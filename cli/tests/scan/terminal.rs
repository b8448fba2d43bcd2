//! With a real pseudo-terminal: the question before files are changed.

use std::time::Duration;

use adieu_testkit::Home;
use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{Eof, Expect as _};

use crate::support::scan;

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
    let (home, text, status) = answered(&["y"]);
    assert_eq!(
        (home.read(".bashrc").as_str(), status),
        ("x\n", 0),
        "{text}"
    );
    assert!(text.contains("1 assignment removed"), "{text}");
}

#[test]
fn no_changes_nothing() {
    let (home, text, status) = answered(&[ENTER]);
    assert!(home.read(".bashrc").starts_with("export"), "{text}");
    assert_eq!(status, 1);
    assert!(text.contains("Nothing was changed"), "{text}");
}

#[test]
fn dashboard_shows_that_there_are_secrets_and_scans() {
    let home = Home::new();
    home.write(
        ".bashrc",
        "export HF_TOKEN=FAKE-one\nexport ANTHROPIC_API_KEY=FAKE-two\n",
    );
    let command = adieu_testkit::Adieu::new(env!("CARGO_BIN_EXE_adieu"))
        .home(&home)
        .env("LC_ALL", "C.UTF-8")
        .env("TERM", "xterm")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    let mut session = OsSession::spawn(command.command()).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(30)));
    session.get_process_mut().set_window_size(100, 30).unwrap();
    // Blanks are not drawn, the cursor only moves on: words are what can be waited for.
    session.expect("Overridden").unwrap();
    session.expect(".bashrc:2").unwrap();
    session.send("/sc\t\r").unwrap();
    session.expect("HF_TOKEN").unwrap();
    session.expect("ANTHROPIC_API_KEY").unwrap();
    session.expect("Press Enter to go back.").unwrap();
    session.send("\r").unwrap();
    session.expect("Overridden").unwrap();
    session.send("q").unwrap();
    let rest = session.expect(Eof).unwrap();
    assert!(!String::from_utf8_lossy(rest.as_bytes()).contains("FAKE"));
    assert_eq!(
        session
            .get_process()
            .wait()
            .map(|status| matches!(status, WaitStatus::Exited(_, 0))),
        Ok(true)
    );
}
