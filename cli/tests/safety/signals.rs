//! Told to end: SIGTERM and SIGHUP end a run as Ctrl-C does.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{AwsSession, Home, PortalSession};
use serde_json::Value;

use crate::support::{PORTAL, PROGRAM, adieu, one_portal, run};

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
        let left = crate::support::tree(&home);
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
    use std::os::unix::fs::MetadataExt as _;
    use std::os::unix::process::CommandExt as _;

    let (home, portal) = home_with_a_silent_portal();
    let host = format!("127.0.0.1:{}", portal.port());
    // Where build directories are closed to others, they could not start the program.
    let program = home.root().join("adieu");
    std::fs::copy(PROGRAM, &program).unwrap();
    let words = [
        "auth",
        "logout",
        "--all",
        "--timeout",
        "120",
        "--allow-endpoint",
    ];
    let mut command = adieu_testkit::Adieu::new(&program)
        .home(&home)
        .env("LANG", "C.UTF-8")
        .args(words)
        .arg(&host)
        .command();
    // What root runs belongs to root, dumpable or not.
    if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
        give_away(home.root());
        command.uid(SOMEBODY).gid(SOMEBODY);
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for("asked", || !portal.requests().is_empty());
    let of_process = |name: &str| format!("/proc/{}/{name}", child.id());
    let limits = std::fs::read_to_string(of_process("limits")).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    let status = std::fs::read_to_string(of_process("status")).unwrap();
    let runs_as = status
        .lines()
        .find(|line| line.starts_with("Uid:"))
        .unwrap();
    assert_ne!(runs_as.split_whitespace().nth(1), Some("0"), "{runs_as}");
    // The files of a process that may not be dumped belong to root, whoever it runs as.
    let memory = std::fs::metadata(of_process("mem")).unwrap();
    assert_eq!(memory.uid(), 0);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A user id that nobody has.
#[cfg(target_os = "linux")]
const SOMEBODY: u32 = 4_194_242;

#[cfg(target_os = "linux")]
fn give_away(path: &std::path::Path) {
    std::os::unix::fs::lchown(path, Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    let is_directory = std::fs::symlink_metadata(path).unwrap().is_dir();
    for entry in std::fs::read_dir(path)
        .into_iter()
        .filter(|_| is_directory)
        .flatten()
    {
        give_away(&entry.unwrap().path());
    }
}

/// A client that starts another program and waits for it, as wrappers do.
const CLIENT: &str = "#!/bin/sh
sleep 300 &
echo $$ $! >\"$HOME/started.new\"
mv \"$HOME/started.new\" \"$HOME/started\"
wait
";

#[cfg(target_os = "linux")]
#[test]
fn client_that_signs_in_does_not_outlive_the_run_that_started_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let is_there = |id: &str| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat"));
        // Ended, but nobody has asked how yet (in containers without an init process).
        stat.is_ok_and(|stat| !stat.contains(") Z "))
    };
    for signal in ["TERM", "HUP", "INT"] {
        let home = Home::new();
        home.write("bin/claude", CLIENT);
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(home.join("bin/claude"), mode).unwrap();
        let path = format!("{}:/usr/bin:/bin", home.join("bin").display());
        let mut child = adieu(&home)
            .env("PATH", path)
            .args(["login", "claude"])
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait_for("started", || home.has("started"));
        let started = home.read("started");
        let started: Vec<&str> = started.split_whitespace().collect();
        assert!(started.iter().all(|id| is_there(id)), "{signal}");
        let pid = child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(sent.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(130), "{signal}");
        let left: Vec<_> = started.iter().filter(|id| is_there(id)).collect();
        assert!(left.is_empty(), "{signal}: {left:?}");
    }
}
