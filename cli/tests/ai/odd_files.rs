//! Files that are broken, linked, loose or cannot be changed: said, and never called a success.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use adieu_testkit::{Home, Tree};

use crate::support::{ADA, TRAIL_ROOTS, adieu, assert_no_secret, home, sessions, status};

fn state(fixture: &str) -> (String, i32) {
    let home = home(fixture);
    let sessions = sessions(&status(&home, "claude"));
    let check = adieu(&home, "status claude --check").run();
    let state = sessions.first().map_or("none", |(_, state)| state.as_str());
    (state.to_owned(), check.status.unwrap())
}

#[test]
fn every_odd_credential_file_has_its_state() {
    for (fixture, expected, check) in [
        ("claude-odd/expired", "expired", 0),
        ("claude-odd/cleared", "signed-out", 0),
        ("claude-odd/no-inference-scope", "unknown", 3),
        ("claude-odd/malformed", "signed-out", 3),
        ("claude-odd/wrong-types", "unknown", 3),
        ("claude-odd/loose-mode", "live", 1),
    ] {
        assert_eq!(state(fixture), (expected.to_owned(), check), "{fixture}");
    }
}

#[test]
fn odd_credentials_with_a_secret_go_with_a_logout() {
    for fixture in [
        "claude-odd/expired",
        "claude-odd/cleared",
        "claude-odd/no-inference-scope",
        "claude-odd/wrong-types",
        "claude-odd/loose-mode",
    ] {
        let home = home(fixture);
        let output = adieu(&home, "logout claude").run();
        assert_no_secret(&output);
        output.success();
        assert!(!home.has(".claude/.credentials.json"), "{fixture}");
    }
}

#[test]
fn unreadable_credentials_go_only_on_request() {
    let home = home("claude-odd/malformed");
    let before = Tree::of(home.path());
    let output = adieu(&home, "logout claude").run().code(1);
    assert!(output.stdout.contains("--complete removes it"), "{output}");
    before.assert_only(&Tree::of(home.path()), &TRAIL_ROOTS);
    adieu(&home, "logout claude --complete").run().success();
    assert!(!home.has(".claude/.credentials.json"));
}

#[test]
fn permissions_that_let_others_read_are_said() {
    let home = home("claude-odd/loose-mode");
    let file = home.join(".claude/.credentials.json");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let output = adieu(&home, "status claude").run().success();
    assert!(output.stderr.contains("(mode 0644)"), "{output}");
    assert!(output.stderr.contains("chmod 600"), "{output}");
}

fn with_link() -> Home {
    let home = home("claude-odd/symlink");
    let _ = std::fs::remove_file(home.join(".claude/.credentials.json"));
    home.link(".claude/.credentials.json", "../elsewhere.json");
    home
}

#[test]
fn credentials_that_are_linked_inside_the_home_go_with_their_link() {
    let home = with_link();
    assert_eq!(sessions(&status(&home, "claude"))[0].1, "live");
    adieu(&home, "logout claude").run().success();
    assert!(!home.has("elsewhere.json") && !home.has(".claude/.credentials.json"));
    adieu(&home, "status claude --check").run().success();
}

#[test]
fn credentials_that_are_linked_out_of_the_home_are_not_followed_and_fail() {
    let home = with_link();
    home.rename("elsewhere.json", "../elsewhere.json");
    std::fs::remove_file(home.join(".claude/.credentials.json")).unwrap();
    home.link(".claude/.credentials.json", "../../elsewhere.json");
    let before = Tree::of(home.path());
    let shown = adieu(&home, "status claude").run().success();
    assert!(shown.stderr.contains("symbolic link"), "{shown}");
    adieu(&home, "status claude --check").run().code(3);
    let output = adieu(&home, "logout claude").run();
    assert_no_secret(&output);
    let output = output.code(1);
    assert!(output.stderr.contains("symbolic link"), "{output}");
    before.assert_only(&Tree::of(home.path()), &TRAIL_ROOTS);
    assert!(
        home.read("../elsewhere.json")
            .contains("FAKE-claude-access")
    );
}

#[test]
fn undeletable_credentials_fail_and_are_named() {
    let root = rustix_is_root();
    let home = home("claude-file");
    let directory = home.join(".claude");
    if root {
        // Permissions do not stop root; the immutable flag does, where it can be set.
        if !attribute("+i", &home.join(".claude/.credentials.json")) {
            eprintln!("left out: a file that root cannot delete cannot be made here");
            return;
        }
    } else {
        std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o500)).unwrap();
    }
    let output = adieu(&home, "logout claude").run();
    if root {
        attribute("-i", &home.join(".claude/.credentials.json"));
    }
    std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o700)).unwrap();
    let output = output.code(1);
    let line = "✗ Files: ~/.claude/.credentials.json";
    assert!(output.stdout.contains(line), "{output}");
    let (_, errors) = output.stderr.split_once("Errors encountered:").unwrap();
    assert!(errors.contains(".credentials.json"), "{output}");
    assert_eq!(sessions(&status(&home, "claude"))[0].1, "live");
}

fn rustix_is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let own = Home::new();
    own.path().metadata().unwrap().uid() == 0
}

fn attribute(flag: &str, path: &Path) -> bool {
    let status = std::process::Command::new("chattr")
        .arg(flag)
        .arg(path)
        .status();
    status.is_ok_and(|status| status.success())
}

#[test]
fn session_that_runs_is_named_and_one_that_ended_is_a_leftover() {
    let home = home("claude-file");
    let own = std::process::id();
    home.write(
        format!(".claude/sessions/{own}.json"),
        format!("{{\"pid\": {own}, \"cwd\": \"/home/user/repo\"}}"),
    );
    let status = status(&home, "claude");
    let running = status["overrides"].as_array().unwrap();
    assert_eq!(running.len(), 1);
    assert_eq!(running[0]["kind"], "process");
    assert_eq!(running[0]["name"], format!("running session (pid {own})"));
    assert_eq!(running[0]["location"], "/home/user/repo");
    let output = adieu(&home, "logout claude --complete --mcp")
        .run()
        .success();
    assert!(output.stderr.contains(&format!("pid {own}")), "{output}");
    assert!(home.has(format!(".claude/sessions/{own}.json")));
    assert!(!home.has(".claude/sessions/999999999.json"));
}

#[test]
fn copy_that_a_stopped_logout_left_is_found_and_goes() {
    let home = home("claude-file");
    adieu(&home, "logout claude --complete --mcp")
        .run()
        .success();
    home.write(
        ".local/state/adieu/client-0123456789abcdef/.credentials.json",
        "{\"claudeAiOauth\":{\"accessToken\":\"FAKE-copy\"}}",
    );
    assert!(
        sessions(&status(&home, "claude"))
            .iter()
            .any(|(_, state)| state == "live")
    );
    adieu(&home, "logout claude").run().success();
    assert!(!home.has(".local/state/adieu/client-0123456789abcdef"));
    assert!(home.has(".local/state/adieu/audit.jsonl"));
}

#[test]
fn hostile_names_in_the_files_stay_text() {
    let home = home("claude-file");
    let global = home
        .read(".claude.json")
        .replace(ADA, "\\u001b[2Jada\\u202e@x");
    home.write(".claude.json", global)
        .write(".claude/sessions/..json", "{}")
        .write(".claude/sessions/99999999999999999999.json", "{}")
        .write(".config/anthropic/active_config", "../../../etc\n");
    for words in ["status claude", "status", "logout claude --dry-run"] {
        let output = adieu(&home, words).run();
        let said = format!("{}{}", output.stdout, output.stderr);
        assert!(
            !said.contains('\u{1b}') && !said.contains('\u{202e}'),
            "{said:?}"
        );
    }
}

#[test]
fn locks_of_a_client_that_was_killed_just_now_are_taken_over() {
    let home = home("claude-file");
    home.directory(".claude/.storage-write.lock")
        .directory(".claude.json.lock");
    let start = std::time::Instant::now();
    // The age of a lock is told by the clock.
    let command = adieu(&home, "logout claude").env_remove("ADIEU_TEST_CLOCK");
    command.run().success();
    let waited = start.elapsed().as_secs();
    assert!(waited < 16, "both locks were waited for: {waited} s");
    assert!(
        !home
            .read(".claude/.credentials.json")
            .contains("FAKE-claude")
    );
    assert!(!home.has(".claude/.storage-write.lock") && !home.has(".claude.json.lock"));
}
