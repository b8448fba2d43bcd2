//! What the audit trail shows of what was done to it.

use adieu_testkit::session_bus::SessionBus;
use adieu_testkit::{AwsSession, Home};
use serde_json::Value;

use crate::support::{adieu, assert_said, has, one_portal, run};

const TRAIL: &str = ".local/state/adieu/audit.jsonl";
const HEAD: &str = ".local/state/adieu/audit.head.json";

fn home() -> Home {
    let home = Home::new();
    home.atmos_yaml(&one_portal("sso", &["dev"], ""));
    sign_in(&home);
    home
}

fn sign_in(home: &Home) {
    home.aws_session(&AwsSession::new("acme", "sso", "dev"));
}

fn log_out(home: &Home, number: usize) {
    for _ in 0..number {
        sign_in(home);
        run(home, &["auth", "logout", "--all", "--no-revoke"]).success();
    }
}

fn problems(home: &Home) -> Vec<String> {
    let output = run(home, &["audit", "verify", "-o", "json"]);
    let check = output.json();
    let faults = check["faults"].as_array().unwrap();
    let faults: Vec<String> = faults
        .iter()
        .map(|fault| fault["problem"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        output.status,
        Some(i32::from(!faults.is_empty())),
        "{output}"
    );
    faults
}

#[test]
fn missing_end_of_the_trail_is_seen_and_stays_seen() {
    type Tampering = fn(&Home);
    fn rewrite(home: &Home, change: fn(&mut Vec<String>)) {
        let mut lines: Vec<String> = home.read(TRAIL).lines().map(str::to_owned).collect();
        change(&mut lines);
        home.write(TRAIL, lines.join("\n") + "\n");
    }
    fn remove(home: &Home, file: &str) {
        std::fs::remove_file(home.join(file)).unwrap();
    }
    let cases: [(&str, Tampering); 5] = [
        ("tail-cut", |home| rewrite(home, |lines| lines.truncate(2))),
        ("emptied", |home| {
            home.write(TRAIL, "");
        }),
        ("deleted", |home| remove(home, TRAIL)),
        ("tail-replaced", |home| {
            rewrite(home, |lines| {
                let last = lines.last_mut().unwrap();
                *last = last.replace("\"logout\"", "\"status\"");
            });
        }),
        ("head-missing", |home| remove(home, HEAD)),
    ];
    for (problem, tamper) in cases {
        let home = home();
        log_out(&home, 3);
        assert_eq!(problems(&home), [""; 0], "{problem}");
        tamper(&home);
        assert_eq!(problems(&home), [problem], "{problem}");
        log_out(&home, 1);
        if problem != "head-missing" {
            assert!(
                problems(&home).contains(&problem.to_owned()),
                "{problem}: covered up"
            );
        }
    }
}

#[test]
fn record_always_fits_and_says_the_user_id() {
    let home = Home::new();
    let name = "n".repeat(400_000);
    home.atmos_yaml(&one_portal(&name, &["dev"], ""));
    home.aws_session(&AwsSession::new("acme", "sso", "dev"));
    run(&home, &["logout", "--all", "--force", "--no-revoke"]);
    let text = home.read(TRAIL);
    assert!(text.lines().all(|line| line.len() < 9 << 20));
    let record: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert!(record["uid"].is_u64(), "{record}");
    assert_eq!(problems(&home), [""; 0]);
}

#[test]
fn killed_run_is_seen_and_gets_its_record_from_the_next() {
    if !has("strace", &["-f", "-o", "/dev/null", "true"]) {
        return;
    }
    let home = home();
    let killed = adieu_testkit::Adieu::new("/usr/bin/strace")
        .home(&home)
        .args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=unlinkat", "-e"])
        .args([
            "inject=unlinkat:signal=SIGKILL:when=1",
            crate::support::PROGRAM,
        ])
        .args(["auth", "logout", "--all", "--no-revoke"])
        .run();
    assert_ne!(killed.status, Some(0));
    let output = run(&home, &["audit", "verify"]).success();
    assert_said(&output, "did not end");
    log_out(&home, 1);
    let records = run(&home, &["audit", "show", "-o", "json"]).json();
    let records = records["records"].as_array().unwrap().clone();
    assert_eq!(records.len(), 2, "{records:?}");
    assert_eq!(records[0]["unfinished"], true);
    assert_eq!(records[0]["steps"][0]["outcome"], "unknown");
    assert_eq!(problems(&home), [""; 0]);
}

#[test]
fn trail_that_cannot_be_written_is_said_and_counts() {
    let cases: [fn(&Home); 4] = [
        |home| {
            home.write("elsewhere", "keep me\n");
            std::fs::hard_link(home.join("elsewhere"), home.join(TRAIL)).unwrap();
        },
        |home| {
            home.write("elsewhere", "keep me\n");
            home.link(TRAIL, "../../../elsewhere");
        },
        |home| {
            home.directory(TRAIL);
        },
        |home| {
            std::fs::remove_dir(home.join(".local/state/adieu")).unwrap();
            home.write(".local/state/adieu", "a file\n");
        },
    ];
    for prepare in cases {
        let home = home();
        home.directory(".local/state/adieu");
        prepare(&home);
        let words = ["auth", "logout", "--all", "--no-revoke"];
        let output = run(&home, &words);
        assert_eq!(output.status, Some(3), "{output}");
        assert_said(&output, "audit trail");
        sign_in(&home);
        let json = run(&home, &[&words[..], &["-o", "json"]].concat());
        assert_eq!(json.status, Some(3), "{json}");
        assert_eq!(json.json()["exit_status"], 3, "{json}");
        if home.has("elsewhere") {
            assert_eq!(home.read("elsewhere"), "keep me\n");
        }
    }
}

/// A head that is gone, or damaged, stays noted when the next logout writes a new one.
#[test]
fn head_that_was_missing_stays_noted() {
    let damages: [fn(&Home); 3] = [
        |home| std::fs::remove_file(home.join(HEAD)).unwrap(),
        |home| {
            home.write(HEAD, "{\"schema_ver");
        },
        |home| {
            home.write(HEAD, "");
        },
    ];
    for damage in damages {
        let home = home();
        let words = ["auth", "logout", "--all", "--no-revoke"];
        for _ in 0..3 {
            sign_in(&home);
            run(&home, &words).success();
        }
        run(&home, &["audit", "verify"]).success();
        let trail = home.read(TRAIL);
        let cut = trail.trim_end().rfind('\n').unwrap() + 1;
        home.write(TRAIL, &trail[..cut]);
        damage(&home);
        run(&home, &["audit", "verify"]).code(1);
        sign_in(&home);
        run(&home, &words).success();
        run(&home, &["audit", "verify"]).code(1);
        // Also where nothing is left to be done.
        run(&home, &words);
        run(&home, &["audit", "verify"]).code(1);
    }
}

/// The trail and what is beside it lie in one directory; the key store is another place.
#[test]
fn a_trail_that_is_gone_with_its_head_is_known_to_the_key_store() {
    let Some(bus) = SessionBus::start() else {
        return;
    };
    let home = home();
    let adieu = |arguments: &[&str]| {
        let command = adieu(&home).env("DBUS_SESSION_BUS_ADDRESS", bus.address());
        command.args(arguments).run()
    };
    let found = || {
        let check = adieu(&["audit", "verify", "-o", "json"]).json();
        let faults = check["faults"].as_array().unwrap().clone();
        let words = faults.iter().map(|fault| fault["problem"].clone());
        words.collect::<Vec<Value>>()
    };
    for _ in 0..3 {
        sign_in(&home);
        adieu(&["auth", "logout", "--all", "--no-revoke"]).success();
    }
    assert_eq!(found(), Vec::<Value>::new());
    // Whoever has the file may add to it, and the key store's copy is older then.
    let (trail, head) = (home.read(TRAIL), home.read(HEAD));
    let two = trail.lines().take(2).collect::<Vec<_>>().join("\n") + "\n";
    for (left, problem) in [(Some(two), "tail-cut"), (None, "deleted")] {
        std::fs::remove_file(home.join(HEAD)).unwrap();
        match left {
            Some(text) => drop(home.write(TRAIL, text)),
            None => std::fs::remove_file(home.join(TRAIL)).unwrap(),
        }
        assert!(found().contains(&Value::from(problem)), "{:?}", found());
        home.write(TRAIL, &trail);
        home.write(HEAD, &head);
    }
    std::fs::remove_dir_all(home.join(".local/state/adieu")).unwrap();
    assert_eq!(found(), ["deleted"]);
    // The next run writes it down, so that it stays known.
    sign_in(&home);
    adieu(&["auth", "logout", "--all", "--no-revoke"]).success();
    assert_eq!(found(), ["deleted"]);
}
