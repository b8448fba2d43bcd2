//! Told to end: SIGTERM and SIGHUP end a run as Ctrl-C does.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{AwsSession, Home, PortalSession};
use serde_json::Value;

use crate::ground::{PORTAL, adieu, one_portal, run};

/// A session at a portal that never answers.
fn home_with_a_silent_portal() -> (Home, Server) {
    let portal = Server::start();
    portal.otherwise(|_| Answer::hang());
    let home = Home::new();
    let more = format!("      spec: {{ endpoint_url: \"{}\" }}\n", portal.url());
    home.atmos_yaml(&one_portal("sso", &["dev"], &more))
        .aws_session(&AwsSession::new("acme", "sso", "dev"));
    let session = PortalSession::new(PORTAL, "us-east-1", "FAKE-portal-token");
    home.atmos_portal_session(&session);
    home.aws_cli_portal_session(&session, None);
    (home, portal)
}

fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_mins(1), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn signal_ends_the_waiting_and_the_local_half_is_done_and_recorded() {
    for signal in ["INT", "TERM", "HUP"] {
        let (home, portal) = home_with_a_silent_portal();
        let host = format!("127.0.0.1:{}", portal.port());
        let words = [
            "auth",
            "logout",
            "--all",
            "--timeout",
            "120",
            "--allow-endpoint",
            &host,
        ];
        let mut child = adieu(&home)
            .args(words)
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        wait_for("asked", || !portal.requests().is_empty());
        let pid = child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(sent.unwrap().success());
        let start = Instant::now();
        let mut said = String::new();
        child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        let status = child.wait().unwrap();
        assert!(start.elapsed() < Duration::from_secs(30), "{signal}");
        assert_eq!(status.code(), Some(130), "{signal}: {said}");
        let config = ".config/atmos/acme/aws/sso/config";
        assert!(!home.has(config), "{signal}: {said}");
        let record = home.read(".local/state/adieu/audit.jsonl");
        let record: Value = serde_json::from_str(record.lines().next().unwrap()).unwrap();
        assert_eq!(record["exit_status"], 130, "{signal}");
        let left = crate::ground::tree(&home);
        assert!(
            left.paths()
                .all(|path| !path.to_string_lossy().contains("adieu-tmp"))
        );
        run(&home, &["audit", "verify"]).success();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn memory_of_a_run_cannot_be_dumped_or_read_by_others_of_the_same_user() {
    let (home, portal) = home_with_a_silent_portal();
    let host = format!("127.0.0.1:{}", portal.port());
    let mut child = adieu(&home)
        .args([
            "auth",
            "logout",
            "--all",
            "--timeout",
            "120",
            "--allow-endpoint",
            &host,
        ])
        .command()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for("asked", || !portal.requests().is_empty());
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    // The files of a process that may not be dumped belong to root, whoever it runs as.
    let environment = std::fs::metadata(format!("/proc/{}/environ", child.id())).unwrap();
    assert_eq!(std::os::unix::fs::MetadataExt::uid(&environment), 0);
    child.kill().unwrap();
    child.wait().unwrap();
}
