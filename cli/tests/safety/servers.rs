//! Servers that are slow, silent or many: the local half never waits for them.

use std::fmt::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use adieu_testkit::server::{Answer, Gate, Server};
use adieu_testkit::{Home, PortalSession};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{PORTAL, adieu, assert_said, at, one_portal, run, run_at, signed_in, tree};

fn signed_in_here() -> Home {
    let home = Home::new();
    signed_in(&home, "sso");
    home.atmos_yaml(&one_portal("sso", &["dev"], ""));
    home
}

fn assert_local_half_done(home: &Home) {
    let left = tree(home);
    assert!(left.files_with("FAKE-").is_empty(), "{}", left.listing());
    assert!(!home.has(".config/atmos/acme/aws/sso"));
}

#[test]
fn silent_server_costs_the_time_limit_and_the_rest_is_done() {
    let portal = Server::start();
    portal.on("POST", "/logout", Answer::hang());
    let home = signed_in_here();
    let start = Instant::now();
    let output = run_at(
        &portal,
        &home,
        &["auth", "logout", "--all", "--timeout", "1"],
    );
    assert!(
        start.elapsed() < Duration::from_secs(6),
        "{:?}",
        start.elapsed()
    );
    assert_local_half_done(&home);
    assert_eq!(output.status, Some(0), "{output}");
    assert_said(&output, "did not answer within 1 s");
    assert_said(&output, &format!("sign out at {PORTAL}"));
    let strict = run(&home, &["audit", "show"]).success();
    assert!(strict.stdout.contains("1 failed"), "{strict}");
}

#[test]
fn server_that_is_down_is_said_and_the_rest_is_done() {
    let portal = Server::start();
    let home = signed_in_here();
    let command = at(&portal, adieu(&home)).args(["auth", "logout", "--all"]);
    drop(portal);
    let output = command.run().success();
    assert_local_half_done(&home);
    assert_said(&output, "could not be reached");
    assert_said(&output, PORTAL);
}

#[test]
fn strange_answers_do_not_stop_the_local_half() {
    for answer in [
        Answer::status(200).body("x".repeat(3000)).cut_off(20),
        Answer::status(500).body("FAKE-echo ".repeat(10_000)),
        Answer::status(200).body("short").announcing(1 << 40),
        Answer::status(302).header("Location", "https://portal.evil.example/logout"),
    ] {
        let portal = Server::start();
        portal.on("POST", "/logout", answer);
        let home = signed_in_here();
        let output = run_at(
            &portal,
            &home,
            &["auth", "logout", "--all", "--timeout", "1"],
        );
        assert_local_half_done(&home);
        assert!(
            output.stdout.len() + output.stderr.len() < 20_000,
            "{output}"
        );
    }
}

/// Ctrl-C while a server is silent; and what the process may do meanwhile.
#[test]
fn interrupt_while_a_server_is_silent_finishes_the_local_half() {
    let portal = Server::start();
    portal.on("POST", "/logout", Answer::hang());
    let home = signed_in_here();
    let mut command = at(&portal, adieu(&home))
        .args(["auth", "logout", "--all", "--timeout", "60"])
        .command();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let start = Instant::now();
    while portal.requests().is_empty() {
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "the server was never asked"
        );
        assert!(child.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(5));
    }
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id()));
    if let Ok(limits) = limits {
        let core = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"))
            .unwrap();
        let words: Vec<&str> = core.split_whitespace().collect();
        // The second is what a command that is run as an identity may raise its own to.
        assert_eq!(words[4], "0", "{core}");
    }
    let arguments = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap_or_default();
    assert!(!String::from_utf8_lossy(&arguments).contains("FAKE-"));
    let asked = Instant::now();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        asked.elapsed() < Duration::from_secs(5),
        "{:?}",
        asked.elapsed()
    );
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    assert_local_half_done(&home);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("stopped waiting"), "{said}");
    run(&home, &["audit", "verify"]).success();
}

#[test]
fn fifty_tokens_take_at_most_five_round_trips() {
    // It answers only when ten wait, so whoever asks for fewer at once never gets an answer.
    let gate = Gate::new(10, 50);
    let portal = Server::start();
    portal.on("POST", "/logout", Answer::status(200).through(&gate));
    let home = Home::new();
    let mut text = "auth:\n  realm: acme\n  providers:\n".to_owned();
    for number in 0..50 {
        let page = format!("https://d-{number}.awsapps.com/start");
        let _ = write!(
            text,
            "    sso-{number}:\n      kind: aws/iam-identity-center\n      start_url: {page}\n      \
             region: us-east-1\n"
        );
        let token = format!("FAKE-token-{number}");
        home.atmos_portal_session(&PortalSession::new(&page, "us-east-1", &token));
    }
    home.atmos_yaml(&text);
    run_at(&portal, &home, &["auth", "logout", "--all"]).success();
    assert_eq!(portal.requests().len(), 50);
    assert!(gate.rounds() <= 5, "{} round trips", gate.rounds());
}
