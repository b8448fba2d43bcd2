//! Killed at every system call that writes, for every kind of store, and what a run finds that an
//! earlier one has left.

use adieu_testkit::Home;
use adieu_testkit::server::Server;
use rusqlite::Connection;

use crate::killed::killed_everywhere;
use crate::support::{adieu, assert_said, has, one_portal, run, tree};

const DATABASE: &str = ".local/share/opencode/opencode.db";
const CLUSTERS: [(&str, &str); 1] = [("harbour", "us-east-1")];

/// Two accounts and a credential in opencode's database, a page each at least.
fn database(home: &Home, mode: &str) {
    home.directory(".local/share/opencode");
    let connection = Connection::open(home.join(DATABASE)).unwrap();
    connection
        .pragma_update(None, "journal_mode", mode)
        .unwrap();
    connection
        .execute_batch(
            "CREATE TABLE account (id TEXT PRIMARY KEY, email TEXT, url TEXT, token TEXT);
             CREATE TABLE message (id TEXT PRIMARY KEY, text TEXT);
             INSERT INTO message VALUES ('1', 'a letter to keep');
             INSERT INTO account VALUES
               ('one', 'ana@example.test', 'https://one.test', 'FAKE-token-of-ana-' || hex(zeroblob(3000))),
               ('two', 'bob@example.test', 'https://two.test', 'FAKE-token-of-bob-' || hex(zeroblob(3000)));",
        )
        .unwrap();
}

fn with_journal(_: &Server) -> Home {
    let home = Home::new();
    database(&home, "delete");
    home
}

fn with_kubeconfig_and_json(_: &Server) -> Home {
    let home = Home::new();
    let cluster = "  integrations:\n    cluster:\n      kind: aws/eks\n      via: { identity: dev }\n      \
                   spec: { cluster: { name: harbour, region: us-east-1, kubeconfig: { path: ~/.kube/config } } }\n";
    home.atmos_yaml(&(one_portal("sso", &["dev"], "") + cluster))
        .kubeconfig(".kube/config", "dev", &CLUSTERS)
        .docker_config(&["000000000000.dkr.ecr.us-east-1.amazonaws.com"])
        .write(
            ".claude/.credentials.json",
            "{\"claudeAiOauth\":{\"accessToken\":\"FAKE-access\",\"refreshToken\":\"FAKE-refresh\",\
             \"expiresAt\":4102444800000},\"mcpOAuth\":{\"x\":{\"accessToken\":\"FAKE-mcp\"}}}",
        )
        .write(
            ".claude.json",
            "{\"oauthAccount\":{\"emailAddress\":\"ana@example.test\"},\"theme\":\"dark\"}",
        );
    // The helper's clusters are in another account than the identity.
    let text = home
        .read(".kube/config")
        .replace("111122223333", "210000000001");
    home.write(".kube/config", text);
    home
}

#[test]
fn logout_from_a_database_killed_at_every_write_is_finished_later() {
    killed_everywhere(with_journal, &["logout", "--all", "--force", "--no-revoke"]);
}

#[test]
fn logout_from_kubeconfig_and_json_killed_at_every_write_is_finished_later() {
    let kills = killed_everywhere(
        with_kubeconfig_and_json,
        &["logout", "--all", "--force", "--no-revoke"],
    );
    // Its lock, the new content beside it, and the change of one for the other.
    for (call, file) in [
        ("openat(", ".kube"),
        ("write(", ".kube/.config"),
        ("fsync(", ".kube/.config"),
        ("renameat", ".kube"),
        ("unlinkat(", ".kube"),
    ] {
        let is_such = |kill: &&String| kill.starts_with(call) && kill.contains(file);
        let number = kills.iter().filter(is_such).count();
        assert!(
            number > 0 || kills.is_empty(),
            "never killed at {call} of {file}: {kills:#?}"
        );
    }
}

/// Runs under `strace`, killed at the n-th call of a kind; whether it was.
fn is_killed(home: &Home, call: &str, number: usize, words: &[&str]) -> bool {
    let run = adieu_testkit::Adieu::new("/usr/bin/strace")
        .home(home)
        .env("LANG", "C.UTF-8")
        .args(["-f", "-qq", "-o", "/dev/null", "-e"])
        .arg(format!("trace={call}"))
        .arg("-e")
        .arg(format!("inject={call}:signal=SIGKILL:when={number}"))
        .arg(crate::support::PROGRAM)
        .args(words.iter().copied())
        .run();
    run.status != Some(0)
}

#[test]
fn log_of_a_database_never_keeps_what_a_killed_run_was_to_remove() {
    if !has("strace", &["-f", "-o", "/dev/null", "true"]) {
        return;
    }
    let words = ["logout", "--all", "--force", "--no-revoke"];
    for (call, step) in [("pwrite64", 3), ("fdatasync", 1), ("ftruncate", 1)] {
        for number in (1..40).step_by(step) {
            let home = Home::new();
            database(&home, "wal");
            if !is_killed(&home, call, number, &words) {
                break;
            }
            run(&home, &words).success();
            for name in ["", "-wal", "-journal"] {
                let file = home.join(format!("{DATABASE}{name}"));
                let bytes = std::fs::read(file).unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes);
                assert!(!text.contains("FAKE-token"), "{call} {number}: {name}");
            }
            run(&home, &["status", "--check"]).success();
        }
    }
}

#[test]
fn look_at_a_database_leaves_nothing_beside_it() {
    let home = Home::new();
    database(&home, "wal");
    let before = tree(&home);
    let output = run(&home, &["status"]);
    assert_said(&output, "ana@example.test");
    assert!(before.changes(&tree(&home)).is_empty());
}

#[test]
fn copy_that_a_killed_run_left_is_shown_and_goes_with_any_logout() {
    let mark = "4194000-00000000000000aa-0.adieu-tmp";
    for (file, words) in [
        (".kube/.config", ["logout", "dev"].as_slice()),
        (".kube/.config", &["logout", "--all", "--force"]),
        (".aws/.credentials", &["logout", "--all", "--force"]),
        (
            ".claude/..credentials.json",
            &["logout", "--all", "--force"],
        ),
    ] {
        let home = Home::new();
        home.atmos_yaml(&one_portal("sso", &["dev"], ""));
        let left = format!("{file}.{mark}");
        home.write(&left, "FAKE-secret-of-somebody");
        let output = run(&home, &["status", "--check"]);
        assert_eq!(output.status, Some(1), "{left}: {output}");
        assert_said(&output, "left by a stopped run");
        run(&home, words);
        assert!(!home.has(&left), "{left}");
        let after = adieu(&home).args(["status", "--check"]).run();
        assert_eq!(after.status, Some(0), "{left}: {after}");
    }
}
