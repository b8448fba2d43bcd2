//! Every recorded home with what is found in it.

use adieu_testkit::{Home, Tree};
use serde_json::{Value, json};

use crate::support::{ADA, adieu, assert_no_secret, home, overrides, sessions, status};

/// The facts of the first session.
fn facts(status: &Value) -> &Value {
    &status["sessions"][0]["details"]
}

fn found(status: &Value, tier: &str) -> Vec<String> {
    let mut found: Vec<String> = status["leftovers"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|left| left["tier"] == tier)
        .map(|left| left["what"].as_str().unwrap().to_owned())
        .collect();
    found.sort();
    found.dedup();
    found
}

#[test]
fn claude_signed_in_is_shown_with_account_plan_place_and_leftovers() {
    let home = home("claude-file");
    let status = status(&home, "claude");
    assert_eq!(sessions(&status), [(ADA.to_owned(), "live".to_owned())]);
    let facts = facts(&status);
    for (label, value) in [
        ("email", ADA),
        ("organisation", "Example Org"),
        ("plan", "max"),
        ("method", "claude.ai"),
        ("source", "~/.claude/.credentials.json"),
        ("wins", "yes"),
    ] {
        assert_eq!(facts[label], value, "{label}");
    }
    assert!(facts["confirmed"].as_str().unwrap().starts_with("no: "));
    assert_eq!(status["sessions"][0]["expires_at"], "2100-01-01T00:00:00Z");
    assert_eq!(
        found(&status, "attached"),
        [
            "MCP client secret",
            "MCP login",
            "plugin secret",
            "secret of an MCP server"
        ]
    );
    assert_eq!(
        found(&status, "footprint"),
        [
            "backup of the account's data",
            "ended session",
            "id in a cache",
            "id of this machine",
            "names of MCP servers",
            "unsent telemetry"
        ]
    );
    assert_eq!(status["verdict"], "signed-in");
}

#[test]
fn claude_after_its_own_logout_is_signed_out_with_leftovers() {
    let home = home("claude-file-after-native-logout");
    let status = status(&home, "claude");
    assert_eq!(
        sessions(&status),
        [("~/.claude".to_owned(), "signed-out".to_owned())]
    );
    assert!(found(&status, "footprint").contains(&"backup of the account's data".to_owned()));
    assert_eq!(found(&status, "attached"), ["secret of an MCP server"]);
    assert_eq!(status["verdict"], "unknown");
    // Whether the secret of another service is still good cannot be told.
    adieu(&home, "status claude --check").run().code(3);
}

#[test]
fn claude_with_metadata_only_is_signed_out_and_says_what_is_left() {
    let home = home("claude-odd/metadata-only");
    let status = status(&home, "claude");
    assert_eq!(
        sessions(&status),
        [(ADA.to_owned(), "signed-out".to_owned())]
    );
    assert_eq!(found(&status, "sign-in"), ["account data"]);
}

#[test]
fn claude_with_a_console_key_is_signed_in_and_the_backup_is_named() {
    let home = home("claude-console-key");
    let status = status(&home, "claude");
    assert_eq!(sessions(&status)[0].1, "live");
    assert_eq!(facts(&status)["method"], "Console API key");
    assert!(found(&status, "footprint").contains(&"backup with an API key".to_owned()));
}

#[test]
fn backup_with_a_good_key_is_not_safe_for_the_next_person() {
    let home = home("claude-console-key");
    let output = adieu(&home, "logout claude --no-revoke").run().code(1);
    assert!(output.stdout.contains("--complete removes it"), "{output}");
    let output = adieu(&home, "status --check").run().code(1);
    assert!(output.stdout.contains("can still be used"), "{output}");
    adieu(&home, "logout claude --complete --mcp --no-revoke")
        .run()
        .success();
    adieu(&home, "status --check").run().success();
}

#[test]
fn claude_with_an_approved_key_is_signed_in_only_with_the_variable() {
    let home = home("claude-api-key-approved");
    // The home's own profile exports the key, so that every new shell has it.
    let profile = ("profile".to_owned(), "ANTHROPIC_API_KEY".to_owned());
    assert_eq!(overrides(&status(&home, "claude")), [profile]);
    home.write(".zshrc", "");
    let without = status(&home, "claude");
    assert!(overrides(&without).is_empty());
    assert!(found(&without, "footprint").contains(&"endings of API keys".to_owned()));
    let with = adieu(&home, "status claude -o json --check")
        .env("ANTHROPIC_API_KEY", "FAKE-key-ghijklmnopqrstuvwxyz")
        .run();
    assert_no_secret(&with);
    let with = with.code(1).json();
    assert_eq!(
        overrides(&with),
        [("env".to_owned(), "ANTHROPIC_API_KEY".to_owned())]
    );
    assert_eq!(with["verdict"], "overridden");
}

#[test]
fn claude_profile_of_ant_takes_over_only_after_the_login() {
    let home = home("claude-ant-profile");
    let status = status(&home, "claude");
    let sessions = sessions(&status);
    assert!(
        sessions.contains(&(ADA.to_owned(), "live".to_owned())),
        "{sessions:?}"
    );
    assert!(sessions.contains(&("ant:default".to_owned(), "live".to_owned())));
    let wins = |name: &str| {
        let all = status["sessions"].as_array().unwrap();
        let session = all
            .iter()
            .find(|session| session["identity"] == name)
            .unwrap();
        session["details"]["wins"].as_str().unwrap().to_owned()
    };
    assert_eq!(wins(ADA), "yes");
    assert_eq!(wins("ant:default"), "once the login of claude.ai is gone");
    assert_eq!(
        overrides(&status),
        [("fallback".to_owned(), "ant profile default".to_owned())]
    );
}

#[test]
fn claude_second_directory_is_found_by_name_alias_and_variable() {
    let home = home("claude-config-dir");
    for variable in [false, true] {
        let mut command = adieu(&home, "status claude -o json");
        if variable {
            command = command.env("CLAUDE_CONFIG_DIR", home.join(".claude-work"));
        }
        let status = command.run().success().json();
        assert_eq!(sessions(&status), [(ADA.to_owned(), "live".to_owned())]);
        assert_eq!(facts(&status)["directory"], "~/.claude-work");
    }
    // One whose name says nothing is found by the alias alone.
    home.rename(".claude-work", "elsewhere/work").write(
        ".bashrc",
        "alias w='CLAUDE_CONFIG_DIR=\"$HOME/elsewhere/work\" claude'\n",
    );
    assert_eq!(
        sessions(&status(&home, "claude")),
        [(ADA.to_owned(), "live".to_owned())]
    );
}

#[test]
fn two_directories_of_one_person_are_two_accounts() {
    let home = home("claude-file");
    let work = crate::support::home("claude-config-dir");
    for name in [".claude.json", ".credentials.json"] {
        home.write(
            format!(".claude-work/{name}"),
            work.read(format!(".claude-work/{name}")),
        );
    }
    let names: Vec<String> = sessions(&status(&home, "claude"))
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let names_of_both = ["~/.claude", "~/.claude-work"].map(|at| format!("{ADA} in {at}"));
    assert_eq!(names, names_of_both);
}

#[test]
fn codex_login_and_key_are_shown_with_their_accounts() {
    let home = home("codex-chatgpt");
    crate::support::sign_codex_tokens(&home);
    let status = status(&home, "codex");
    assert_eq!(sessions(&status), [(ADA.to_owned(), "live".to_owned())]);
    assert_eq!(facts(&status)["plan"], "pro");
    assert_eq!(found(&status, "attached"), ["MCP login"]);
    assert!(overrides(&status).contains(&("notice".to_owned(), "OPENAI_API_KEY".to_owned())));
    let key = crate::support::status(&crate::support::home("codex-api-key"), "codex");
    assert_eq!(facts(&key)["method"], "API key");
    assert_eq!(key["sessions"][0]["revocation"], "manual");
}

#[test]
fn other_tools_are_shown_as_recorded() {
    let cases: [(&str, &str, Value); 6] = [
        ("gemini-google", "gemini", json!([[ADA, "live"]])),
        (
            "gemini-api-key",
            "gemini",
            json!([["~/.gemini", "unknown"]]),
        ),
        (
            "copilot-plaintext",
            "copilot",
            json!([
                ["ada-example", "live"],
                ["ada-work@example.ghe.invalid", "signed-out"]
            ]),
        ),
        ("cursor-file", "cursor", json!([[ADA, "live"]])),
        (
            "opencode",
            "opencode",
            json!([
                ["anthropic", "live"],
                ["openai", "live"],
                ["github-copilot", "live"],
                ["https://wk.example.invalid", "live"]
            ]),
        ),
        ("amp", "amp", json!([["ampcode.com", "live"]])),
    ];
    for (fixture, tool, expected) in cases {
        let status = status(&home(fixture), tool);
        let mut sessions = sessions(&status);
        sessions.sort();
        let mut expected: Vec<(String, String)> = serde_json::from_value(expected).unwrap();
        expected.sort();
        assert_eq!(sessions, expected, "{fixture}");
    }
}

#[test]
fn gemini_key_in_its_own_file_is_an_override() {
    let status = status(&home("gemini-api-key"), "gemini");
    assert_eq!(
        overrides(&status),
        [("settings".to_owned(), "GEMINI_API_KEY".to_owned())]
    );
}

#[test]
fn copilot_names_the_login_of_the_github_cli() {
    let status = status(&home("copilot-plaintext"), "copilot");
    assert_eq!(
        overrides(&status),
        [("fallback".to_owned(), "login of the GitHub CLI".to_owned())]
    );
    let tokens = status["sessions"][0]["artefacts"].as_array().unwrap();
    assert_eq!(tokens.len(), 2, "{tokens:#?}");
}

#[test]
fn what_is_only_reported_is_said_so() {
    let status = status(&home("cursor-file"), "cursor");
    let confirmed = facts(&status)["confirmed"].as_str().unwrap();
    assert!(
        confirmed.contains("reported, not documented"),
        "{confirmed}"
    );
    let output = adieu(&home("cursor-file"), "status cursor").run().success();
    assert!(
        output.stdout.contains("reported, not documented"),
        "{}",
        output.stdout
    );
}

#[test]
fn aider_has_six_keys() {
    let home = home("aider");
    let output = adieu(&home, "status aider -o json")
        .cwd(home.join("repo"))
        .run();
    assert_no_secret(&output);
    let status = output.success().json();
    assert_eq!(
        sessions(&status),
        [("openrouter".to_owned(), "live".to_owned())]
    );
    let names: Vec<String> = overrides(&status)
        .into_iter()
        .map(|(_, name)| name)
        .collect();
    assert_eq!(
        names,
        [
            "ANTHROPIC_API_KEY",
            "OPENAI_API_KEY",
            "anthropic-api-key",
            "api-key gemini",
            "set-env GROQ_API_KEY"
        ]
    );
}

#[test]
fn status_of_every_home_writes_nothing_and_says_no_secret() {
    for name in FIXTURES {
        let home = home(name);
        if name == "copilot-plaintext" {
            home.write_with_mode(
                ".copilot/config.json",
                home.read(".copilot/config.json"),
                0o644,
            );
        }
        let before = Tree::of(home.root());
        for words in [
            "status",
            "status -o json",
            "list",
            "status claude codex gemini",
        ] {
            let output = adieu(&home, words).run();
            assert_no_secret(&output);
            assert!(
                matches!(output.status, Some(0 | 2)),
                "{name} {words}: {}",
                output.stderr
            );
        }
        before.assert_same(&Tree::of(home.root()));
    }
}

/// All recorded homes.
const FIXTURES: [&str; 24] = [
    "aider",
    "amp",
    "claude-ant-profile",
    "claude-api-key-approved",
    "claude-config-dir",
    "claude-console-key",
    "claude-file",
    "claude-file-after-native-logout",
    "claude-odd/cleared",
    "claude-odd/expired",
    "claude-odd/loose-mode",
    "claude-odd/malformed",
    "claude-odd/metadata-only",
    "claude-odd/no-inference-scope",
    "claude-odd/symlink",
    "claude-odd/wrong-types",
    "claude-settings-overrides",
    "codex-api-key",
    "codex-chatgpt",
    "copilot-plaintext",
    "cursor-file",
    "gemini-api-key",
    "gemini-google",
    "opencode",
];

#[test]
fn home_without_any_tool_says_nothing_of_them() {
    let home = Home::new();
    let output = adieu(&home, "status -o json").run().success();
    let status = output.json();
    assert!(status["sessions"].as_array().unwrap().is_empty());
    assert!(status["overrides"].as_array().unwrap().is_empty());
    assert_eq!(status["verdict"], "clean");
}

#[test]
fn asking_online_says_why_a_vendor_was_not_asked() {
    let home = home("claude-file");
    let output = adieu(&home, "status claude --online -o json")
        .run()
        .success();
    let session = &output.json()["sessions"][0];
    assert_eq!(session["state"], "live");
    let expected = json!({
        "answer": "not-asked",
        "reason": "its vendor documents no call that only asks",
    });
    assert_eq!(session["server"], expected);
    let output = adieu(&home, "status claude --online").run();
    assert!(output.stdout.contains("; no server asked"), "{output}");
    adieu(&home, "status --timeout 2").run().code(2);
}
