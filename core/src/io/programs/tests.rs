use std::time::{Duration, Instant};

use super::{Ended, OUTPUT_LIMIT, Program, attend, is_running, run};
use crate::io::net::Cancel;

fn shell(script: &str) -> Program {
    Program {
        path: "/bin/sh".into(),
        arguments: vec!["-c".into(), script.into()],
        environment: vec![("PATH".into(), "/usr/bin:/bin".into())],
        directory: "/".into(),
    }
}

const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn program_says_something_and_ends_with_its_status() {
    let run = run(
        &shell("echo out; echo err >&2; exit 3"),
        LIMIT,
        &Cancel::new(),
    );
    assert_eq!(run.ended, Ended::Exited(3));
    assert!(run.output.contains("out") && run.output.contains("err"));
}

#[test]
fn program_that_hangs_is_stopped_with_what_it_started() {
    let start = Instant::now();
    let limit = Duration::from_millis(300);
    let run = run(&shell("sleep 60 & echo $!; wait"), limit, &Cancel::new());
    assert_eq!(run.ended, Ended::TimedOut);
    assert!(start.elapsed() < Duration::from_secs(10));
    let started: u32 = run.output.trim().parse().unwrap();
    // The signal may take a moment to arrive.
    let deadline = Instant::now() + Duration::from_secs(5);
    while is_running(started) && !is_zombie(started) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!is_running(started) || is_zombie(started));
}

/// Ended, but nobody has asked how yet (in containers without an init process).
fn is_zombie(id: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| stat.contains(") Z "))
}

#[test]
fn program_that_nobody_waits_for_any_more_is_stopped() {
    let cancel = Cancel::new();
    cancel.set();
    let run = run(&shell("sleep 60"), LIMIT, &cancel);
    assert_eq!(run.ended, Ended::Interrupted);
}

#[test]
fn endless_output_is_cut_and_does_not_stop_the_program() {
    let run = run(
        &shell("head -c 3000000 /dev/zero | tr '\\0' x; exit 0"),
        LIMIT,
        &Cancel::new(),
    );
    assert_eq!(run.ended, Ended::Exited(0));
    assert_eq!(run.output.len(), OUTPUT_LIMIT);
}

#[test]
fn program_that_is_not_there_is_not_started() {
    let program = Program {
        path: "/nonexistent/program".into(),
        ..shell("")
    };
    assert!(matches!(
        run(&program, LIMIT, &Cancel::new()).ended,
        Ended::NotStarted(_)
    ));
}

#[test]
fn own_process_runs_and_an_impossible_one_does_not() {
    assert!(is_running(std::process::id()));
    assert!(!is_running(999_999_999));
    assert!(!is_running(0));
}

#[cfg(target_os = "linux")]
#[test]
fn attended_program_does_not_outlive_whoever_was_told_to_end() {
    let directory = tempfile::tempdir().unwrap();
    for (number, script) in [
        "sleep 60 & echo $! >$NOTE; wait",
        // It takes no notice of being told.
        "trap '' TERM; sleep 60 & echo $! >$NOTE; while :; do sleep 1; done",
    ]
    .into_iter()
    .enumerate()
    {
        let note = directory.path().join(number.to_string());
        let mut program = shell(script);
        program
            .environment
            .push(("NOTE".into(), note.clone().into()));
        let cancel = Cancel::new();
        let started = std::thread::scope(|scope| {
            let attended = scope.spawn(|| attend(&program, false, &cancel));
            let started = loop {
                let text = std::fs::read_to_string(&note).unwrap_or_default();
                if let Ok(id) = text.trim().parse::<u32>() {
                    break id;
                }
                std::thread::sleep(Duration::from_millis(10));
            };
            cancel.set();
            assert_eq!(attended.join().unwrap(), Ended::Interrupted, "{script}");
            started
        });
        assert!(!is_running(started) || is_zombie(started), "{script}");
    }
}
