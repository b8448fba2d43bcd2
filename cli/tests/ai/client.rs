//! The server half of Claude Code through the vendor's own client, played by a script: what is told
//! of it, and that nothing of it can hinder the local half.

use std::time::{Duration, Instant};

use adieu_testkit::{Home, Output, Tree};
use serde_json::Value;

use crate::support::{TRAIL_ROOTS, adieu, assert_no_secret, home, program};

/// A client that takes the sign-in away and says that all is well.
const OBEDIENT: &str = r#"
echo "$@" >> "${0%/*}/calls"
env > "${0%/*}/environment"
if [ "$1" = --version ]; then echo "2.1.329 (Claude Code)"; exit 0; fi
cp "$CLAUDE_CONFIG_DIR/.credentials.json" "${0%/*}/seen"
rm "$CLAUDE_CONFIG_DIR/.credentials.json"
echo "more" > "$CLAUDE_CONFIG_DIR/.claude.json"
echo "Successfully logged out from your account."
"#;

fn run(home: &Home, script: &str, words: &str) -> Output {
    let path = program(home, "claude", script);
    let output = adieu(home, words).env("PATH", path).run();
    assert_no_secret(&output);
    output
}

/// The outcome of the server call.
fn call(document: &Value) -> (String, String) {
    let steps = document["steps"].as_array().unwrap();
    let step = steps
        .iter()
        .find(|step| step["location"] == "https://claude.ai")
        .unwrap();
    let text = |key: &str| step[key].as_str().unwrap_or_default().to_owned();
    (text("outcome"), text("reason"))
}

fn assert_local_half_done(home: &Home) {
    let kept = home.read(".claude/.credentials.json");
    assert!(!kept.contains("FAKE-claude"), "{kept}");
    assert!(
        kept.contains("FAKE-mcp-access"),
        "the client took along what was to stay"
    );
    // Nothing of the copy: only the trail, and what is remembered without a secret.
    let left = Tree::of(home.join(".local/state/adieu"));
    let mut others = left.paths().filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        !name.is_some_and(|name| name.starts_with("audit") || name == "pending.json")
    });
    assert_eq!(others.next(), None, "{}", left.listing());
}

#[test]
fn client_ends_the_login_on_a_copy_and_only_the_login() {
    let home = home("claude-file");
    let document = run(&home, OBEDIENT, "logout claude -o json")
        .success()
        .json();
    assert_eq!(
        call(&document),
        (
            "revoked".to_owned(),
            "confirmed by `claude auth logout`".to_owned()
        )
    );
    assert_eq!(home.read("bin/calls"), "--version\nauth logout\n");
    let seen: Value = serde_json::from_str(&home.read("bin/seen")).unwrap();
    assert_eq!(seen["claudeAiOauth"]["refreshToken"], "FAKE-claude-refresh");
    assert_eq!(
        seen.as_object().unwrap().len(),
        1,
        "more than the login was handed over"
    );
    assert_local_half_done(&home);
}

#[test]
fn client_gets_no_variable_that_would_keep_it_from_asking() {
    let home = home("claude-file");
    let path = program(&home, "claude", OBEDIENT);
    adieu(&home, "logout claude")
        .env("PATH", path)
        .env("CLAUDE_CODE_USE_BEDROCK", "1")
        .env("ANTHROPIC_API_KEY", "FAKE-key")
        .env("ANTHROPIC_BASE_URL", "https://proxy.example.invalid")
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .run()
        .code(1);
    let environment = home.read("bin/environment");
    for name in ["CLAUDE_CODE_USE", "ANTHROPIC", "FAKE-"] {
        assert!(!environment.contains(name), "{environment}");
    }
    assert!(environment.contains("HTTPS_PROXY=http://127.0.0.1:9"));
    let home_of_client = home.path().display().to_string();
    assert!(
        !environment.contains(&format!("HOME={home_of_client}\n")),
        "{environment}"
    );
}

#[test]
fn what_the_client_could_not_do_is_told_in_the_three_words() {
    const VERSION: &str = "[ \"$1\" = --version ] && { echo '2.1.329 (Claude Code)'; exit 0; };";
    const OLD: &str = "[ \"$1\" = --version ] && { echo '2.1.197 (Claude Code)'; exit 0; };";
    const TAKE: &str = "rm \"$CLAUDE_CONFIG_DIR/.credentials.json\";";
    for (script, expected) in [
        (
            format!("{VERSION} {TAKE} echo 'Logged out here; the server did not confirm.'"),
            "not confirmed",
        ),
        (
            format!("{OLD} {TAKE} echo 'Successfully logged out.'"),
            "not confirmed",
        ),
        (
            format!("{VERSION} echo 'Successfully logged out.'"),
            "not sent",
        ),
        (format!("{VERSION} {TAKE} exit 1"), "not confirmed"),
        ("kill -9 $$".to_owned(), "not confirmed"),
    ] {
        let home = home("claude-file");
        let output = run(&home, &script, "logout claude -o json").success();
        let (outcome, reason) = call(&output.json());
        assert_eq!(outcome, "failed", "{script}");
        assert!(reason.starts_with(expected), "{script}: {reason}");
        assert!(
            output
                .stderr
                .contains("https://claude.ai/settings/claude-code"),
            "{output}"
        );
        assert_local_half_done(&home);
    }
}

#[test]
fn client_that_hangs_is_stopped_at_the_limit() {
    let home = home("claude-file");
    let start = Instant::now();
    let output = run(
        &home,
        "sleep 50 & sleep 50",
        "logout claude -o json --timeout 0.5",
    )
    .success();
    assert!(start.elapsed() < Duration::from_secs(10));
    assert!(call(&output.json()).1.starts_with("not confirmed"));
    assert_local_half_done(&home);
}

#[test]
fn interrupt_ends_the_waiting_and_the_local_half_is_done_all_the_same() {
    let home = home("claude-file");
    let path = program(
        &home,
        "claude",
        "echo started > \"${0%/*}/started\"; sleep 50",
    );
    let mut child = adieu(&home, "logout claude --timeout 40")
        .env("PATH", path)
        .command()
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // The client works on a copy of its own, so nothing waits for it.
    let deadline = Instant::now() + Duration::from_secs(20);
    let is_gone = || {
        let left = home.read(".claude/.credentials.json");
        !left.contains("FAKE-claude-refresh") && !home.has(".claude/policy-limits.json")
    };
    while !(home.has("bin/started") && is_gone()) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(is_gone(), "the local half waited for the client");
    assert!(
        child.try_wait().unwrap().is_none(),
        "the client was not waited for"
    );
    let start = Instant::now();
    let id = child.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status()
        .unwrap();
    assert!(sent.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_local_half_done(&home);
}

#[test]
fn no_revoke_starts_no_client() {
    let home = home("claude-file");
    run(&home, OBEDIENT, "logout claude --no-revoke").success();
    assert!(!home.has("bin/calls"));
}

#[test]
fn status_and_preview_start_no_client() {
    let home = home("claude-file");
    program(&home, "claude", OBEDIENT);
    let before = Tree::of(home.root());
    for words in ["status", "status claude", "logout claude --dry-run", "list"] {
        run(&home, OBEDIENT, words).success();
    }
    before.assert_same(&Tree::of(home.root()));
}

#[test]
fn sign_in_that_could_not_be_ended_can_be_kept() {
    let home = home("claude-file");
    let before = Tree::of(home.path());
    run(&home, "exit 1", "logout claude --keep-unrevoked").code(1);
    let after = Tree::of(home.path());
    assert!(
        home.read(".claude/.credentials.json")
            .contains("FAKE-claude-refresh")
    );
    let changed = before.changes(&after).except(&TRAIL_ROOTS);
    assert!(
        !changed.paths().any(|path| path.ends_with("settings.json")),
        "{changed}"
    );
}

#[test]
fn without_a_client_the_page_is_named() {
    let home = home("claude-file");
    let output = adieu(&home, "logout claude -o json").run().success();
    let document = output.json();
    let steps = document["steps"].as_array().unwrap();
    let note = steps
        .iter()
        .find(|step| step["outcome"] == "unsupported")
        .unwrap();
    assert_eq!(note["location"], "https://claude.ai/settings/claude-code");
}

/// What waits for no server is in the same file as what does.
#[test]
fn file_with_more_than_the_login_is_kept_with_it() {
    let home = home("claude-file");
    home.write(
        ".claude/.credentials.json",
        r#"{"claudeAiOauth": {"accessToken": "FAKE-claude-access", "refreshToken": "FAKE-claude-refresh",
        "expiresAt": 9999999999999, "scopes": ["user:inference"]}, "organizationUuid": "FAKE-organisation"}"#,
    );
    run(&home, "exit 1", "logout claude --keep-unrevoked").code(1);
    assert!(
        home.read(".claude/.credentials.json")
            .contains("FAKE-claude-refresh")
    );
}
