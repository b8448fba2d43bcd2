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
    session.expect("sessions").unwrap();
    session.expect("dev-admin").unwrap();
    session.send("/logout dev-admin\r").unwrap();
    session.expect("Dry run mode:").unwrap();
    session.expect("Proceed?").unwrap();
    assert!(
        home.read(".config/atmos/acme/aws/aws-sso/credentials")
            .contains("[dev-admin]")
    );
    session.send("y").unwrap();
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
    let mut session = dashboard(&home, &portal, &["dashboard"]);
    session.expect("sessions").unwrap();
    session.send(" /logout\r").unwrap();
    session.expect("Proceed?").unwrap();
    session.send("\r").unwrap();
    session.expect("Press Enter to go back.").unwrap();
    session.send("\r").unwrap();
    session.expect("changed").unwrap();
    session.send("q").unwrap();
    assert_eq!(end(session), 0);
    before.assert_same(&Tree::of(home.root()));
}

/// Every page of memory of a process that can be written; `None` where that is not allowed.
#[cfg(target_os = "linux")]
fn memory(process: i32) -> Option<Vec<u8>> {
    use std::os::unix::fs::FileExt as _;
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).ok()?;
    let pages = std::fs::File::open(format!("/proc/{process}/mem")).ok()?;
    let mut memory = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (start, rest) = line.split_once('-').unwrap();
        let end = rest.split(' ').next().unwrap();
        let number = |text: &str| u64::from_str_radix(text, 16).unwrap();
        let (start, end) = (number(start), number(end));
        let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
        // Some pages have no content.
        if pages.read_exact_at(&mut bytes, start).is_ok() {
            memory.extend(bytes);
        }
    }
    Some(memory)
}

#[cfg(target_os = "linux")]
#[test]
fn waiting_dashboard_holds_no_secret() {
    let (home, portal) = (page(), Server::aws_portal());
    let session = adieu_testkit::AwsSession::new("acme", "aws-sso", "dev-admin");
    home.aws_session(&session);
    let secrets: Vec<String> = [
        home.read(".config/atmos/acme/aws/aws-sso/credentials"),
        home.read(".config/atmos/acme/aws/backup-provider/credentials"),
    ]
    .iter()
    .flat_map(|text| text.lines())
    .filter_map(|line| line.split_once('='))
    .filter(|(name, _)| name.contains("secret") || name.contains("token"))
    .map(|(_, value)| value.trim().to_owned())
    .chain(["not-an-access-token-00002".to_owned()])
    .collect();
    assert!(secrets.len() > 4, "{secrets:?}");
    let mut session = dashboard(&home, &portal, &[]);
    session.expect("dev-admin").unwrap();
    session.expect("quit").unwrap();
    // It is idle when it has drawn; a moment for what comes after that.
    std::thread::sleep(Duration::from_millis(300));
    let Some(memory) = memory(session.get_process().pid().as_raw()) else {
        session.send("q").unwrap();
        return;
    };
    let memory = String::from_utf8_lossy(&memory);
    for secret in &secrets {
        assert!(!memory.contains(secret.as_str()), "{secret}");
    }
    session.send("q").unwrap();
    assert_eq!(end(session), 0);
}

#[test]
fn without_a_terminal_it_is_status_or_an_error() {
    let home = page();
    let status = adieu(&home).arg("status").run().success();
    assert_eq!(adieu(&home).run().success().stdout, status.stdout);
    let output = adieu(&home).arg("dashboard").run().code(2);
    assert!(output.stderr.contains("adieu status"), "{output}");
}
