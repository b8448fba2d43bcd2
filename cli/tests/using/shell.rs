//! `adieu shell`: the shell, its signals, and the logout at its end.
#![expect(
    clippy::disallowed_methods,
    reason = "a shell starts the program with a signal ignored"
)]

use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{Eof, Expect as _};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{adieu, signed_in, variables};

#[test]
fn shell_knows_whose_it_is_and_how_deep() {
    let home = signed_in();
    for (outer, depth) in [(None, "1"), (Some("3"), "4"), (Some("x"), "1")] {
        let mut run = adieu(&home, "auth shell -i ledger-deployer --shell sh -- -c env")
            .env("AWS_ACCESS_KEY_ID", "FAKE-value");
        if let Some(outer) = outer {
            run = run.env("ATMOS_SHLVL", outer);
        }
        let output = run.run().success();
        let found = variables(&output);
        let get = |name: &str| found.get(name).map(String::as_str);
        assert_eq!(get("ATMOS_IDENTITY"), Some("ledger-deployer"));
        assert_eq!(get("ATMOS_SHLVL"), Some(depth));
        assert_eq!(get("AWS_PROFILE"), Some("ledger-deployer"));
        assert_eq!(get("AWS_ACCESS_KEY_ID"), None);
        assert_eq!(
            output.stderr,
            "→ Entering Atmos shell with identity: ledger-deployer (meridian-sso)\n\
             ← Exited Atmos shell for identity: ledger-deployer\n"
        );
    }
}

#[test]
fn shell_is_the_one_that_is_named() {
    let home = signed_in();
    home.write_with_mode("own-shell", "#!/bin/sh\necho own $*\n", 0o755);
    let own = home.join("own-shell").display().to_string();
    for (flag, variables, expected) in [
        (
            Some(own.as_str()),
            [("SHELL", "/bin/false"), ("X", "")],
            "own a b\n",
        ),
        (
            None,
            [("ATMOS_SHELL", own.as_str()), ("SHELL", "/bin/false")],
            "own a b\n",
        ),
        (None, [("SHELL", own.as_str()), ("X", "")], "own a b\n"),
    ] {
        let mut run = adieu(&home, "-q shell");
        if let Some(flag) = flag {
            run = run.args(["--shell", flag]);
        }
        for (name, value) in variables {
            run = run.env(name, value);
        }
        let output = run.args(["--", "a", "b"]).run().success();
        assert_eq!(output.stdout, expected);
        assert_eq!(output.stderr, "");
    }
    let output = adieu(&home, "-q shell -- -c")
        .arg("echo $0")
        .run()
        .success();
    assert!(
        output.stdout.ends_with("bash\n") || output.stdout.ends_with("sh\n"),
        "{output}"
    );
}

#[test]
fn status_is_that_of_the_shell() {
    let home = signed_in();
    for (script, status) in [
        ("exit 0", 0),
        ("exit 7", 7),
        ("kill -TERM $$", 143),
        ("kill -KILL $$", 137),
    ] {
        adieu(&home, "shell --shell sh -- -c")
            .arg(script)
            .run()
            .code(status);
    }
    let output = adieu(&home, "shell --shell /nonexistent/sh")
        .run()
        .code(127);
    assert!(
        output.stderr.contains("/nonexistent/sh cannot be started"),
        "{output}"
    );
}

#[test]
fn signals_reach_the_shell() {
    for (signal, name) in [
        (Signal::TERM, "TERM"),
        (Signal::HUP, "HUP"),
        (Signal::USR1, "USR1"),
        (Signal::INT, "INT"),
    ] {
        let home = signed_in();
        let script = format!(
            "trap 'echo got {name}; exit 9' {name}; touch ready; while :; do sleep 0.05; done"
        );
        let child = adieu(&home, "-q shell --shell sh -- -c")
            .arg(script)
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        while !home.work().join("ready").exists() {
            assert!(Instant::now() < deadline, "the shell has not started");
            std::thread::sleep(Duration::from_millis(10));
        }
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
        let output = child.wait_with_output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(9), "{name}");
        assert_eq!(output.status.signal(), None);
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            format!("got {name}\n")
        );
    }
}

#[test]
fn what_was_ignored_is_ignored_in_the_shell() {
    let home = signed_in();
    let run = adieu(&home, "-q shell --shell sh -- -c").arg("kill -HUP $$; echo still here");
    let script = format!(
        "trap '' HUP; exec {} -q shell --shell sh -- -c 'kill -HUP $$; echo still here'",
        env!("CARGO_BIN_EXE_adieu")
    );
    let mut command = run.command();
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(home.work())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "still here\n");
    assert_eq!(command.output().unwrap().status.code(), Some(129));
}

#[test]
fn keys_of_the_terminal_are_the_shells() {
    let home = signed_in();
    let run = adieu(&home, "shell --shell sh -- -c").env("TERM", "xterm").arg(
        "trap 'echo got it; exit 5' INT; test -t 0 && test -t 1 && echo a terminal; while :; do sleep 0.05; done",
    );
    let mut session = OsSession::spawn(run.command()).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(30)));
    session.expect("a terminal").unwrap();
    session.send("\x03").unwrap();
    session.expect("got it").unwrap();
    session.expect("Exited Atmos shell").unwrap();
    let _ = session.expect(Eof);
    let status = session.get_process().wait().unwrap();
    assert!(matches!(status, WaitStatus::Exited(_, 5)), "{status:?}");
}

#[test]
fn leaving_the_shell_logs_out_if_that_is_wished() {
    for (flag, is_left) in [("", true), ("--logout-on-exit", false)] {
        let home = signed_in();
        let output = adieu(&home, "auth shell -i ledger-deployer --shell sh")
            .args(flag.split_whitespace())
            .args(["--", "-c", "exit 4"])
            .run()
            .code(4);
        let credentials = home.read(".config/atmos/meridian/aws/meridian-sso/credentials");
        assert_eq!(
            credentials.contains("[ledger-deployer]"),
            is_left,
            "{output}"
        );
        assert!(credentials.contains("[ledger-admin]"));
    }
}
