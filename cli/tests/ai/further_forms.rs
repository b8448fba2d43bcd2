//! Forms of sign-ins that are not the usual one: each is found, goes, and leaves nothing behind.

use std::path::Path;

use adieu_testkit::{Home, Tree};
use serde_json::Value;

use crate::support::{adieu, overrides, sessions, status};

/// The machine's sign-ins of a tool: identity and state.
fn signed_in(home: &Home, tool: &str) -> Vec<(String, String)> {
    sessions(&status(home, tool))
}

fn assert_gone(home: &Home, secret: &str) {
    let left = Tree::of(home.path());
    assert_eq!(left.files_with(secret), Vec::<&Path>::new());
}

#[test]
fn further_logins_of_claude_go_with_the_login() {
    let file = ".claude/.credentials.json";
    let login = r#""claudeAiOauth":{"accessToken":"FAKE-a","refreshToken":"FAKE-r","scopes":["user:inference"]}"#;
    for (member, state, is_linked) in [
        (
            r#""enterpriseGateway":{"url":"https://gateway.example.test","jwt":"FAKE-more","expiresAt":4102444800000}"#,
            "live",
            false,
        ),
        (
            r#""enterpriseGateway":{"jwt":"FAKE-more","expiresAt":1000,"idpRefreshToken":"FAKE-more-too"}"#,
            "live",
            false,
        ),
        (
            r#""hybridOauth":{"accessToken":"FAKE-more","expiresAt":1000,"emailAddress":"ada@example.invalid"}"#,
            "expired",
            false,
        ),
        (
            r#""cloudSessionsOauth":{"accessToken":"FAKE-more","refreshToken":"FAKE-more-too","clientId":"id"}"#,
            "live",
            false,
        ),
        (
            r#""designOauth":{"accessToken":"FAKE-more"}"#,
            "live",
            false,
        ),
        (
            r#""chatHistoryOauth":{"accessToken":"FAKE-more"}"#,
            "live",
            false,
        ),
        (
            r#""coworkRemoteDevice":{"o":{"privateKeyPkcs8B64":"FAKE-more"}}"#,
            "live",
            false,
        ),
        (r#""nextYearOauth":{"token":"FAKE-more"}"#, "unknown", false),
        (r#""mcpXaaIdp":{"i":{"idToken":"FAKE-more"}}"#, "live", true),
        (
            r#""mcpXaaIdpConfig":{"i":{"clientSecret":"FAKE-more"}}"#,
            "live",
            true,
        ),
    ] {
        // Alone it is a sign-in too.
        let home = Home::new();
        home.write(file, format!("{{{member}}}"));
        let code = match state {
            "unknown" => 3,
            "expired" => 0,
            _ => 1,
        };
        adieu(&home, "status --check").run().code(code);
        if !is_linked {
            assert_eq!(signed_in(&home, "claude")[0].1, state, "{member}");
        }
        home.write(file, format!("{{{login},\n {member}}}"));
        let words = if is_linked {
            "logout claude --mcp"
        } else {
            "logout claude"
        };
        adieu(&home, words).run().success();
        assert_gone(&home, "FAKE-");
        assert!(!home.has(file), "{member}");
        adieu(&home, "status claude --check").run().success();
    }
    // Nothing is in it, so nobody is signed in with it.
    let home = Home::new();
    home.write(
        file,
        r#"{"enterpriseGateway":{"url":"https://gateway.example.test"},"other":{}}"#,
    );
    adieu(&home, "status --check").run().success();
}

#[test]
fn copies_of_a_login_beside_it_go_with_it() {
    for (tool, file, text) in [
        (
            "claude",
            ".claude/.credentials.json.bak",
            r#"{"claudeAiOauth":{"accessToken":"FAKE-a","scopes":["user:inference"]}}"#,
        ),
        (
            "claude",
            ".claude/.credentials.json.work",
            r#"{"claudeAiOauth":{"accessToken":"FAKE-a","scopes":["user:inference"]}}"#,
        ),
        (
            "codex",
            ".codex/auth.json.bak",
            r#"{"OPENAI_API_KEY":"FAKE-a"}"#,
        ),
        (
            "codex",
            ".codex/auth.json~",
            r#"{"OPENAI_API_KEY":"FAKE-a"}"#,
        ),
        (
            "codex",
            ".codex/accounts/work.auth.json",
            r#"{"tokens":{"access_token":"FAKE-a"}}"#,
        ),
        (
            "codex",
            ".codex/accounts/ada.json",
            r#"{"OPENAI_API_KEY":"FAKE-a"}"#,
        ),
    ] {
        let home = Home::new();
        home.write(file, text);
        adieu(&home, &format!("status {tool} --check"))
            .run()
            .code(1);
        adieu(&home, &format!("logout {tool} --no-revoke"))
            .run()
            .success();
        assert!(!home.has(file), "{file}");
        adieu(&home, &format!("status {tool} --check"))
            .run()
            .success();
    }
}

#[test]
fn codex_sign_ins_whose_value_is_an_object_are_found() {
    for (text, name) in [
        (
            r#"{"auth_mode":"bedrockApiKey","bedrock_api_key":{"api_key":"FAKE-a","region":"us-east-1"}}"#,
            "Amazon Bedrock API key in ~/.codex",
        ),
        (
            r#"{"auth_mode":"bedrockAccessKeys","bedrock_access_keys":{"access_key_id":"FAKE-a","secret_access_key":"FAKE-b"}}"#,
            "Amazon Bedrock access keys in ~/.codex",
        ),
        (
            r#"{"auth_mode":"agentIdentity","agent_identity":{"agent_runtime_id":"r","agent_private_key":"FAKE-a","email":"ada@example.invalid"}}"#,
            "ada@example.invalid",
        ),
    ] {
        let home = Home::new();
        home.write(".codex/auth.json", text);
        assert_eq!(
            signed_in(&home, "codex"),
            [(name.to_owned(), "live".to_owned())]
        );
        adieu(&home, "status --check").run().code(1);
        adieu(&home, "logout codex").run().success();
        assert!(!home.has(".codex/auth.json"));
        adieu(&home, "status --check").run();
        // Without a secret in it, it signs nobody in.
        home.write(
            ".codex/auth.json",
            r#"{"auth_mode":"bedrockApiKey","bedrock_api_key":{"region":"us-east-1"}}"#,
        );
        adieu(&home, "status codex --check").run().success();
    }
}

#[test]
fn what_codex_keeps_of_a_shell_goes_with_its_data() {
    let home = Home::new();
    home.write(".codex/auth.json", r#"{"OPENAI_API_KEY":"FAKE-key"}"#);
    for file in [
        "shell_snapshots/1.sh",
        "archived_sessions/1.jsonl",
        "thread_history_1.sqlite",
        "state_5.sqlite-wal",
        "logs_2.sqlite",
    ] {
        home.write(format!(".codex/{file}"), "export TOKEN=FAKE-in-snapshot\n");
    }
    home.write(".codex/config.toml", "model = \"x\"\n");
    adieu(&home, "logout codex --complete --purge-data --force")
        .run()
        .success();
    assert_gone(&home, "FAKE-");
    assert!(home.has(".codex/config.toml"));
}

#[test]
fn settings_of_claude_count_wherever_the_client_reads_them() {
    let bedrock = r#"{"env":{"CLAUDE_CODE_USE_BEDROCK":"1"}}"#;
    let has = |found: &Value, name: &str| overrides(found).iter().any(|(_, found)| found == name);
    // The home directory is a project too.
    let home = Home::new();
    home.write(".claude/settings.local.json", bedrock);
    let run = |home: &Home, directory: &str| {
        let command = adieu(home, "status claude --check -o json");
        command.cwd(home.join(directory)).run().code(1).json()
    };
    assert!(has(&run(&home, "."), "CLAUDE_CODE_USE_BEDROCK"));
    // Below a repository's root its settings count; without a repository they do not.
    for (mark, is_read) in [
        (Some(".git/HEAD"), true),
        (Some(".git"), true),
        (None, false),
    ] {
        let home = Home::new();
        home.directory("repo/sub/deep");
        home.write("repo/.claude/settings.local.json", bedrock);
        if let Some(mark) = mark {
            home.write(format!("repo/{mark}"), "x\n");
        }
        let command = adieu(&home, "status claude --check -o json");
        let output = command.cwd(home.join("repo/sub/deep")).run();
        assert_eq!(
            has(&output.json(), "CLAUDE_CODE_USE_BEDROCK"),
            is_read,
            "{mark:?}"
        );
    }
    // Secrets of other services in the user's settings.
    let home = Home::new();
    home.write(
        ".claude/settings.json",
        r#"{"env":{"GITHUB_TOKEN":"FAKE-g","EDITOR":"vi","API_TOKEN":""}}"#,
    );
    adieu(&home, "status --check").run().code(3);
    let list = adieu(&home, "status -o json").run().json().to_string();
    assert!(list.contains("GITHUB_TOKEN") && !list.contains("FAKE-g") && !list.contains("EDITOR"));
    // `CLAUDE_CONFIG_DIR` that leads to the usual place moves the global file into it.
    let home = Home::new();
    home.write(
        ".claude/.claude.json",
        r#"{"primaryApiKey":"FAKE-console","theme":"dark"}"#,
    );
    for variable in [None, Some(home.join(".claude"))] {
        let mut command = adieu(&home, "status claude --check");
        if let Some(value) = variable {
            command = command.env("CLAUDE_CONFIG_DIR", value);
        }
        command.run().code(1);
    }
    adieu(&home, "logout claude").run().success();
    assert_eq!(home.read(".claude/.claude.json"), r#"{"theme":"dark"}"#);
}
