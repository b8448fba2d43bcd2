//! Killed at every call that changes a directory: what is left is whole, and the next run finishes.

use std::collections::BTreeMap;

use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::{Adieu, Home, Tree};
use serde_json::json;

use crate::support::{adieu, auth_files, document, home, left_out, org};

/// Calls by which files and locks come and go.
const CALLS: &str = "rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,linkat";

/// The run under `strace`.
fn traced(run: &Adieu, options: &[&str], home: &Home) -> Adieu {
    let command = run.command();
    let mut traced = Adieu::new("/usr/bin/strace").home(home);
    for (name, value) in command.get_envs() {
        traced = traced.env(name, value.unwrap_or_default());
    }
    traced
        .args(["-f", "-qq"])
        .args(options.iter().copied())
        .arg(command.get_program())
        .args(command.get_args())
}

/// Every such call of an undisturbed run, with its number in its thread.
fn calls(run: &Adieu, home: &Home) -> Vec<(String, usize)> {
    let record = home.temporary().join("record");
    let trace = format!("trace={CALLS}");
    traced(run, &["-o", record.to_str().unwrap(), "-e", &trace], home)
        .run()
        .success();
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in std::fs::read_to_string(record).unwrap().lines() {
        let call = line
            .split_once(char::is_whitespace)
            .and_then(|(thread, rest)| {
                Some((
                    thread.to_owned(),
                    rest.trim_start().split_once('(')?.0.to_owned(),
                ))
            });
        let Some((thread, call)) = call.filter(|(_, call)| CALLS.split(',').any(|c| c == call))
        else {
            continue;
        };
        let number = counts.entry((thread, call.clone())).or_default();
        *number += 1;
        calls.push((call, *number));
    }
    calls.sort();
    calls.dedup();
    calls
}

/// Kills the run at this call; whether it was killed.
fn is_killed(run: &Adieu, home: &Home, call: &str, number: usize) -> bool {
    let trace = format!("trace={call}");
    let inject = format!("inject={call}:signal=SIGKILL:when={number}");
    let options = ["-o", "/dev/null", "-e", &trace, "-e", &inject];
    traced(run, &options, home).run().status != Some(0)
}

/// A moment later: the lock of a program that is gone is stale then.
fn later(run: Adieu) -> Adieu {
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(30);
    run.env("ADIEU_TEST_CLOCK", later.to_string())
}

fn has_strace() -> bool {
    let is_there = std::path::Path::new("/usr/bin/strace").exists();
    if !is_there {
        left_out("strace is not installed");
    }
    is_there
}

#[test]
fn logout_that_was_killed_is_finished_by_the_next_one() {
    if !has_strace() {
        return;
    }
    let logout = |home: &Home| later(org(home, "logout -o alpha@fixture.example -p"));
    let signed_in = || {
        let salesforce = Salesforce::start();
        let home = home("full-v1", &salesforce);
        (home, salesforce)
    };
    let (home, _salesforce) = signed_in();
    let calls = calls(&logout(&home), &home);
    let undisturbed = Tree::of(home.path().join(".sfdx"));
    assert!(calls.len() >= 6, "{calls:?}");
    let mut kills = 0;
    for (call, number) in calls {
        let (home, salesforce) = signed_in();
        kills += usize::from(is_killed(&logout(&home), &home, &call, number));
        let at = format!("killed at {call} {number}");
        // Everything else can be read all the while.
        let listed = later(org(&home, "list auth --json")).run().success();
        let others = listed.json()["result"].as_array().unwrap().len();
        assert!(others >= 5, "{at}: {listed}");
        // The sign-in goes last: as long as anything of it is there, it is found by its name.
        let again = logout(&home).run();
        assert!(again.status == Some(0) || others == 5, "{at}: {again}");
        let left = Tree::of(home.path().join(".sfdx"));
        let changes = undisturbed.changes(&left);
        let other: Vec<_> = changes
            .paths()
            .map(|path| path.display().to_string())
            // Each server has an address of its own, which the auth files name; a lock that is
            // not needed any more is stale after ten seconds, and in nobody's way.
            .filter(|path| !path.contains('@') && !path.contains(".lock"))
            .collect();
        assert_eq!(other, Vec::<String>::new(), "{at}: {again}");
        assert_eq!(auth_files(&home).len(), 5, "{at}: {again}");
        assert_eq!(
            document(&home, ".sf/config.json"),
            json!({"target-dev-hub": "delta-ci"})
        );
        assert!(
            !salesforce.knows(&salesforce.refresh_token("alpha")),
            "{at}"
        );
        let check = adieu(&home).args(["audit", "verify"]).run();
        assert_eq!(check.status, Some(0), "{at}: {check}");
    }
    assert!(kills > 3, "{kills} kills");
}

#[test]
fn sign_in_that_was_killed_leaves_what_was_and_the_next_one_succeeds() {
    if !has_strace() {
        return;
    }
    let salesforce = Salesforce::start();
    let login = |home: &Home| {
        later(org(home, "login access-token -a gamma -s"))
            .args(["--instance-url", &salesforce.url()])
            .env("SF_ACCESS_TOKEN", salesforce.access_token("gamma"))
    };
    let first = Home::new();
    let calls = calls(&login(&first), &first);
    assert!(calls.len() >= 6, "{calls:?}");
    for (call, number) in calls {
        let home = Home::new();
        is_killed(&login(&home), &home, &call, number);
        let at = format!("killed at {call} {number}");
        let listed = later(org(&home, "list auth --json")).run();
        assert_eq!(listed.status, Some(0), "{at}: {listed}");
        assert_eq!(listed.json()["warnings"], json!([]), "{at}");
        let again = login(&home).run();
        assert_eq!(again.status, Some(0), "{at}: {again}");
        let shown = later(org(&home, "display --json")).run().success();
        assert_eq!(
            shown.json()["result"]["connectedStatus"],
            "Connected",
            "{at}"
        );
        let paths = |home: &Home| -> Vec<_> {
            let tree = Tree::of(home.path().join(".sfdx"));
            tree.paths().map(std::path::Path::to_owned).collect()
        };
        assert_eq!(paths(&home), paths(&first), "{at}: nothing else stays");
    }
}
