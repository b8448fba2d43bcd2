//! A tool's life: signed in, logged out, logged out again, signed in anew; with its neighbours byte
//! for byte.

use adieu_testkit::{Home, Tree};

use crate::support::{ADA, TRAIL_ROOTS, adieu, assert_no_secret, home, sessions, status};

/// What must be the same after any logout of Claude Code.
const SURVIVORS: [&str; 8] = [
    ".claude/settings.json",
    ".claude/CLAUDE.md",
    ".claude/agents/a.md",
    ".claude/skills/x/SKILL.md",
    ".claude/plans/p.md",
    ".claude/plugins/installed_plugins.json",
    ".claude/history.jsonl",
    ".claude/projects/-home-user-repo/00000000-0000-4000-8000-00000000cafe.jsonl",
];

/// Ids of the recorded account, organisation and machine.
const IDS: [&str; 5] = [
    ADA,
    "00000000-0000-4000-8000-00000000000a",
    "00000000-0000-4000-8000-00000000000b",
    "00000000000000000000000000000000000000000000000000000000000000aa",
    "00000000000000000000000000000000000000000000000000000000000000bb",
];

/// What is in the home, adieu's own trail left out: it names whom it logged out, on purpose.
fn files_with<'t>(tree: &'t Tree, text: &str) -> Vec<&'t std::path::Path> {
    let found = tree.files_with(text).into_iter();
    found
        .filter(|path| !path.starts_with(".local/state"))
        .collect()
}

fn allowed<'a>(more: &[&'a str]) -> Vec<&'a str> {
    TRAIL_ROOTS
        .into_iter()
        .chain(more.iter().copied())
        .collect()
}

#[test]
fn claude_logout_takes_the_login_and_keeps_the_rest() {
    let home = home("claude-file");
    let before = Tree::of(home.path());
    let output = adieu(&home, "logout claude").run();
    assert_no_secret(&output);
    let output = output.success();
    assert!(
        output
            .stdout
            .contains("https://claude.ai/settings/claude-code"),
        "{output}"
    );
    let after = Tree::of(home.path());
    before.assert_only(
        &after,
        &allowed(&[
            ".claude.json",
            ".claude/.credentials.json",
            ".claude/policy-limits.json",
            ".claude/remote-settings.json",
        ]),
    );
    // The logins to other services stay, the login does not.
    let kept = home.read(".claude/.credentials.json");
    assert!(
        kept.contains("FAKE-mcp-access") && kept.contains("FAKE-plugin"),
        "{kept}"
    );
    for gone in ["FAKE-claude-access", "FAKE-claude-refresh", "FAKE-device"] {
        let left = files_with(&after, gone);
        assert!(left.is_empty(), "{gone} is left in {left:?}");
    }
    // Every key that stays in the global file has the bytes that it had.
    let global = home.read(".claude.json");
    assert!(
        !global.contains("oauthAccount") && global.contains("\"hasCompletedOnboarding\": true")
    );
    assert_eq!(sessions(&status(&home, "claude"))[0].1, "signed-out");
}

#[test]
fn claude_second_logout_changes_nothing() {
    for words in ["logout claude", "logout claude --complete --mcp"] {
        let home = home("claude-file");
        adieu(&home, words).run().success();
        let before = Tree::of(home.path());
        let again = adieu(&home, words).run().success();
        assert!(again.stdout.contains("already logged out"), "{again}");
        before.assert_only(&Tree::of(home.path()), &TRAIL_ROOTS);
    }
}

#[test]
fn claude_complete_removal_leaves_no_trace_of_the_person() {
    let home = home("claude-file");
    let before = Tree::of(home.path());
    let output = adieu(&home, "logout claude --complete --mcp").run();
    assert_no_secret(&output);
    output.success();
    let after = Tree::of(home.path());
    for text in IDS.into_iter().chain(["FAKE-", "Example Org"]) {
        let left = files_with(&after, text);
        assert!(left.is_empty(), "{text} is left in {left:?}");
    }
    for path in SURVIVORS {
        let changed = before.changes(&after);
        assert!(
            !changed.paths().any(|changed| changed.ends_with(path)),
            "{path}"
        );
    }
    assert!(!home.has(".claude/.credentials.json"));
    let global = home.read(".claude.json");
    assert!(global.contains("\"projects\"") && global.contains("hasTrustDialogAccepted"));
}

#[test]
fn claude_complete_removal_keeps_logins_to_other_services_unless_asked() {
    let home = home("claude-file");
    adieu(&home, "logout claude --complete").run().success();
    let after = Tree::of(home.path());
    for id in IDS {
        let left = files_with(&after, id);
        assert!(left.is_empty(), "{id} is left in {left:?}");
    }
    let left = files_with(&after, "FAKE-");
    let expected = [".claude/.credentials.json", ".claude.json"];
    assert!(
        left.iter()
            .all(|path| expected.iter().any(|known| path.ends_with(known))),
        "{left:?}"
    );
    let kept = home.read(".claude/.credentials.json");
    assert!(kept.contains("FAKE-mcp-access") && !kept.contains("FAKE-claude"));
}

#[test]
fn claude_native_leftovers_go_with_a_complete_removal() {
    let home = home("claude-file-after-native-logout");
    adieu(&home, "logout claude --complete --mcp")
        .run()
        .success();
    let after = Tree::of(home.path());
    for text in IDS.into_iter().chain(["FAKE-"]) {
        let left = files_with(&after, text);
        assert!(left.is_empty(), "{text} is left in {left:?}");
    }
}

#[test]
fn claude_preview_lists_what_the_removal_does_and_touches_nothing() {
    let home = home("claude-file");
    let before = Tree::of(home.root());
    let steps = |words: &str| -> Vec<String> {
        let document = adieu(&home, words).run().success().json();
        let steps = document["steps"].as_array().unwrap();
        let acts = steps.iter().filter(|step| step["outcome"] != "kept");
        acts.map(|step| format!("{} {}", step["action"], step["location"]))
            .collect()
    };
    let preview = steps("logout claude --complete --mcp -o json --dry-run");
    before.assert_same(&Tree::of(home.root()));
    assert_eq!(preview, steps("logout claude --complete --mcp -o json"));
}

#[test]
fn claude_history_goes_only_when_asked_and_agreed_to() {
    let home = home("claude-file");
    let before = Tree::of(home.path());
    adieu(&home, "logout claude --purge-data").run().code(2);
    before.assert_same(&Tree::of(home.path()));
    adieu(&home, "logout claude --purge-data --force")
        .run()
        .success();
    assert!(!home.has(".claude/history.jsonl") && !home.has(".claude/projects"));
    for path in &SURVIVORS[..6] {
        assert!(home.has(path), "{path}");
    }
}

/// A recorded home, words, what a stranger put there, and what the tool wrote beside it.
const STRANGERS: [(&str, &str, &[&str], &[&str]); 4] = [
    (
        "claude-file",
        "claude --complete",
        &[
            ".claude/telemetry/my-notes.txt",
            ".claude/telemetry/sub/important",
        ],
        &[".claude/telemetry/1p_failed_events.fake.json"],
    ),
    (
        "claude-file",
        "claude --purge-data",
        &[
            ".claude/projects/notes.txt",
            ".claude/projects/archive/1.jsonl",
        ],
        &[".claude/projects/-home-user-repo/00000000-0000-4000-8000-00000000cafe.jsonl"],
    ),
    (
        "codex-chatgpt",
        "codex --purge-data --no-revoke",
        &[".codex/sessions/notes.txt", ".codex/log/thesis.tex"],
        &[
            ".codex/sessions/2026/01/02/rollout-fake.jsonl",
            ".codex/log/codex-tui.log",
        ],
    ),
    (
        "copilot-plaintext",
        "copilot --purge-data",
        &[".copilot/logs/thesis.tex"],
        &[".copilot/logs/process-1.log"],
    ),
];

#[test]
fn strangers_in_directories_of_a_tool_stay_and_are_named() {
    for (fixture, words, strangers, its) in STRANGERS {
        let home = home(fixture);
        for path in its {
            if !home.has(path) {
                home.write(path, "the tool's");
            }
        }
        for path in strangers {
            home.write(path, "not the tool's");
        }
        let status = adieu(&home, "status").run();
        assert!(!status.stderr.contains("warning"), "{status}");
        let output = adieu(&home, &format!("logout {words} --force")).run();
        for path in strangers {
            assert_eq!(home.read(path), "not the tool's", "{path}");
            let name = path.split('/').nth(2).unwrap();
            let line = format!("{name} (it is not ");
            assert!(output.stdout.contains(&line), "{path}: {output}");
        }
        for path in its {
            assert!(!home.has(path), "{path}: {output}");
        }
    }
}

#[test]
fn claude_directory_with_a_link_in_it_goes_without_the_links_target() {
    let home = home("claude-file");
    home.write("outside/keep", "not the tool's")
        .write(".claude/debug/1.txt", "log")
        .link(".claude/debug/latest", "../../outside/keep")
        .link(".claude/debug/directory", "../../outside");
    adieu(&home, "logout claude --purge-data --force")
        .run()
        .success();
    assert!(!home.has(".claude/debug"));
    assert_eq!(home.read("outside/keep"), "not the tool's");
}

#[test]
fn one_of_two_directories_can_be_logged_out() {
    let home = home("claude-file");
    let work = crate::support::home("claude-config-dir");
    for name in [".claude.json", ".credentials.json"] {
        let content = work.read(format!(".claude-work/{name}"));
        let content = content.replace(ADA, "bob@example.invalid");
        home.write(format!(".claude-work/{name}"), content);
    }
    let before = Tree::of(home.path());
    adieu(&home, "logout bob@example.invalid").run().success();
    before.assert_only(
        &Tree::of(home.path()),
        &allowed(&[
            ".claude-work/.claude.json",
            ".claude-work/.credentials.json",
        ]),
    );
    assert!(!home.has(".claude-work/.credentials.json"));
    assert_eq!(
        sessions(&status(&home, "claude")),
        [
            (ADA.to_owned(), "live".to_owned()),
            ("~/.claude-work".to_owned(), "signed-out".to_owned())
        ]
    );
}

#[test]
fn codex_login_goes_and_the_rest_stays() {
    for keyring in [false, true] {
        let home = home("codex-chatgpt");
        crate::support::sign_codex_tokens(&home);
        if keyring {
            // Without a key store the tool's own logout fails for ever.
            let config = home.read(".codex/config.toml");
            home.write(
                ".codex/config.toml",
                format!("cli_auth_credentials_store = \"auto\"\n{config}"),
            );
        }
        let before = Tree::of(home.path());
        let output = adieu(&home, "logout codex --no-revoke").run();
        assert_no_secret(&output);
        output.success();
        before.assert_only(&Tree::of(home.path()), &allowed(&[".codex/auth.json"]));
        assert!(!home.has(".codex/auth.json"));
        assert!(
            sessions(&status(&home, "codex"))
                .iter()
                .all(|(_, state)| state == "signed-out")
        );
    }
}

/// The recorded home, what is typed, and what may change.
const OTHERS: [(&str, &str, &[&str]); 6] = [
    ("codex-api-key", "codex", &[".codex/auth.json"]),
    (
        "gemini-google",
        "gemini --no-revoke",
        &[
            ".gemini/oauth_creds.json",
            ".gemini/google_accounts.json",
            ".gemini/settings.json",
        ],
    ),
    ("copilot-plaintext", "copilot", &[".copilot/config.json"]),
    (
        "cursor-file",
        "cursor",
        &[".config/cursor/auth.json", ".cursor/cli-config.json"],
    ),
    ("opencode", "opencode", &[".local/share/opencode/auth.json"]),
    ("amp", "amp", &[".local/share/amp/secrets.json"]),
];

#[test]
fn other_tools_are_logged_out_and_their_neighbours_stay() {
    for (fixture, words, changed) in OTHERS {
        let home = home(fixture);
        let before = Tree::of(home.path());
        let output = adieu(&home, &format!("logout {words}")).run();
        assert_no_secret(&output);
        // The login of the GitHub CLI still signs Copilot in, and the exit status says so.
        let expected = i32::from(fixture == "copilot-plaintext");
        let output = output.code(expected);
        assert!(!output.stdout.contains("already"), "{fixture}: {output}");
        let after = Tree::of(home.path());
        before.assert_only(&after, &allowed(changed));
        let tool = words.split(' ').next().unwrap();
        let left = sessions(&status(&home, tool));
        assert!(
            left.iter().all(|(_, state)| state == "signed-out"),
            "{fixture}: {left:?}"
        );
        adieu(&home, &format!("logout {words}"))
            .run()
            .code(expected);
    }
}

#[test]
fn copilot_config_keeps_its_comments_and_loses_both_copies() {
    let home = home("copilot-plaintext");
    adieu(&home, "logout copilot").run().code(1);
    let config = home.read(".copilot/config.json");
    assert!(config.starts_with("// User settings belong in settings.json."));
    assert!(
        config.contains("trustedFolders") && !config.contains("FAKE-"),
        "{config}"
    );
    assert!(!config.contains("ada-example"), "{config}");
}

#[test]
fn gemini_complete_removal_clears_both_addresses() {
    let home = home("gemini-google");
    adieu(&home, "logout gemini --no-revoke --complete --mcp")
        .run()
        .success();
    let after = Tree::of(home.path());
    for text in [ADA, "bob@example.invalid", "FAKE-"] {
        let left = files_with(&after, text);
        assert!(left.is_empty(), "{text} is left in {left:?}");
    }
    assert!(home.has(".gemini/GEMINI.md"));
    assert!(
        home.read(".gemini/settings.json")
            .contains("\"theme\": \"Default\"")
    );
}

#[test]
fn amp_keeps_its_login_to_another_service_unless_asked() {
    let home = home("amp");
    adieu(&home, "logout amp").run().success();
    assert!(
        home.read(".local/share/amp/secrets.json")
            .contains("FAKE-mcp")
    );
    adieu(&home, "logout amp --mcp --complete").run().success();
    assert!(
        Tree::of(home.join(".local/share/amp"))
            .files_with("FAKE-")
            .is_empty()
    );
}

#[test]
fn opencode_logs_out_of_one_provider_or_all() {
    let home = home("opencode");
    adieu(&home, "logout opencode:openai").run().success();
    let left = home.read(".local/share/opencode/auth.json");
    assert!(!left.contains("FAKE-oc-openai") && left.contains("FAKE-oc-refresh"));
    adieu(&home, "logout opencode").run().success();
    assert!(
        !home
            .read(".local/share/opencode/auth.json")
            .contains("FAKE-")
    );
}

#[test]
fn aider_keys_of_the_person_are_named_and_its_own_go() {
    let home = home("aider");
    let before = Tree::of(home.path());
    let output = adieu(&home, "logout aider").run();
    assert_no_secret(&output);
    let output = output.code(1);
    assert!(output.stderr.contains("anthropic-api-key"), "{output}");
    before.assert_only(&Tree::of(home.path()), &allowed(&[".aider/oauth-keys.env"]));
    assert!(!home.has(".aider/oauth-keys.env"));
}

#[test]
fn everything_of_the_machine_goes_at_once() {
    let home: Home = home("claude-file");
    for (fixture, paths) in [
        ("amp", &[".local/share/amp/secrets.json"][..]),
        ("opencode", &[".local/share/opencode/auth.json"]),
        (
            "cursor-file",
            &[".config/cursor/auth.json", ".cursor/cli-config.json"],
        ),
    ] {
        let other = crate::support::home(fixture);
        for path in paths {
            home.write(path, other.read(path));
        }
    }
    adieu(&home, "logout --all --force --mcp").run().success();
    let status = adieu(&home, "status -o json").run().success().json();
    assert!(
        sessions(&status)
            .iter()
            .all(|(_, state)| state == "signed-out"),
        "{status:#}"
    );
}
