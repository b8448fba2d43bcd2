//! What cannot be told must not look clean.

use std::os::unix::ffi::OsStrExt as _;

use adieu_testkit::Home;
use adieu_testkit::server::Server;

use crate::support::{adieu, home, overrides, sessions, sign_codex_tokens, status};

/// An empty home with a directory of a tool's own.
fn with(files: &[(&str, &str)]) -> Home {
    let home = Home::new();
    for (file, text) in files {
        home.write(file, text);
    }
    home
}

#[test]
fn codex_login_of_an_unknown_form_is_not_clean_and_goes() {
    let home = with(&[(".codex/auth.json", r#"{"agent_identity": "FAKE-identity"}"#)]);
    let output = adieu(&home, "status codex --check").run().code(3);
    assert!(output.stdout.contains("● Could not tell"), "{output}");
    adieu(&home, "logout codex --force").run().success();
    assert!(!home.has(".codex/auth.json"));
    let home = with(&[(
        ".codex/auth.json",
        r#"{"auth_mode": "chatgpt", "tokens": null}"#,
    )]);
    adieu(&home, "status codex --check").run().success();
}

#[test]
fn linked_keys_of_aider_are_not_out() {
    let home = with(&[("../keys", "OPENROUTER_API_KEY=FAKE-key\n")]);
    home.directory(".aider")
        .link(".aider/oauth-keys.env", "../../keys");
    let found = status(&home, "aider");
    assert_eq!(
        sessions(&found),
        [("openrouter".to_owned(), "unknown".to_owned())]
    );
    adieu(&home, "status aider --check").run().code(3);
}

#[test]
fn provider_keys_in_the_environment_sign_in_the_tools_that_take_all_of_them() {
    for (file, tool) in [
        (".aider.conf.yml", "aider"),
        (".local/share/opencode/log/x", "opencode"),
    ] {
        let home = with(&[(file, "api-key:\n- openai=FAKE-key\n")]);
        let command = adieu(&home, &format!("status {tool} --check -o json"));
        let output = command.env("OPENAI_API_KEY", "FAKE-key").run().code(1);
        let key = ("env".to_owned(), "OPENAI_API_KEY".to_owned());
        assert!(overrides(&output.json()).contains(&key), "{tool}: {output}");
    }
}

#[test]
fn general_env_file_signs_gemini_in_wherever_it_has_a_directory() {
    let home = with(&[
        (".gemini/GEMINI.md", "notes\n"),
        (".env", "GEMINI_API_KEY=FAKE-key\n"),
    ]);
    let output = adieu(&home, "status gemini --check -o json").run().code(1);
    let key = ("settings".to_owned(), "GEMINI_API_KEY".to_owned());
    assert!(overrides(&output.json()).contains(&key), "{output}");
}

#[test]
fn login_of_gemini_is_not_said_to_be_of_somebody_who_was_there_before() {
    let home = home("gemini-google");
    home.write(
        ".gemini/google_accounts.json",
        r#"{"active": null, "old": ["bob@example.invalid"]}"#,
    );
    let found = status(&home, "gemini");
    let live: Vec<String> = sessions(&found)
        .into_iter()
        .filter(|(_, state)| state == "live")
        .map(|(name, _)| name)
        .collect();
    assert_eq!(live.len(), 1);
    assert_ne!(live[0], "bob@example.invalid");
}

#[test]
fn secret_of_an_mcp_server_in_settings_is_not_clean() {
    let servers = r#"{"mcpServers": {"x": {"headers": {"Authorization": "Bearer FAKE-token"}}}}"#;
    let home = with(&[(".claude.json", servers)]);
    let output = adieu(&home, "status --check").run().code(3);
    let said = "● Could not tell: no session found, but secrets of other services are kept";
    assert!(output.stdout.contains(said), "{output}");
    adieu(&home, "logout claude --mcp").run();
    adieu(&home, "status --check").run().success();
}

#[test]
fn secrets_in_the_settings_of_codex_are_named_with_their_lines() {
    let settings = "# api_token = \"x\"\nmodel = \"gpt\"\n[mcp_servers.a]\n\
                    bearer_token_env_var = \"NAME\"\nnote = \"\"\"\nTOKEN = 'x'\n\"\"\"\n\
                    http_headers = { \"X-Api-Key\" = \"FAKE-1\" }\n\
                    [mcp_servers.a.env]\n\"GITHUB_TOKEN\" = 'FAKE-2' # x\nEMPTY_TOKEN = \"\"\n";
    let home = with(&[(".codex/config.toml", settings)]);
    let output = adieu(&home, "status codex -o json").run();
    let names: Vec<String> = overrides(&output.json())
        .into_iter()
        .map(|(_, name)| name)
        .collect();
    assert_eq!(
        names,
        ["GITHUB_TOKEN in line 10", "X-Api-Key in line 8"],
        "{output}"
    );
}

#[test]
fn settings_that_cannot_be_read_hide_what_is_in_them() {
    for (file, text, tool, form) in [
        (".codex/config.toml", "model = \n", "codex", "TOML"),
        (
            ".aider.conf.yml",
            "api-key: [openai=FAKE-key\n",
            "aider",
            "YAML",
        ),
    ] {
        let home = with(&[(file, text)]);
        let output = adieu(&home, &format!("status {tool} --check"))
            .run()
            .code(3);
        assert!(output.stderr.contains(form), "{output}");
        assert!(!output.stderr.contains("FAKE"), "{output}");
    }
}

#[test]
fn token_that_nobody_agreed_to_end_is_still_live_at_its_server() {
    let home = home("codex-chatgpt");
    sign_codex_tokens(&home);
    let server = Server::start();
    let url = format!("{}/oauth/revoke", server.url());
    let output = adieu(&home, "logout codex")
        .env("CODEX_REVOKE_TOKEN_URL_OVERRIDE", url)
        .run();
    assert!(server.requests().is_empty(), "{output}");
    assert!(!output.stdout.contains("Ending sessions"), "{output}");
    assert!(output.stdout.contains("May still be valid:"), "{output}");
    // The token is gone from here, so only a person can end it.
    assert!(!output.stdout.contains("--force"), "{output}");
    assert!(!output.stderr.contains("--force"), "{output}");
    let page = "finish at https://chatgpt.com/#settings/Security";
    assert!(output.stdout.contains(page), "{output}");
}

#[test]
fn unknown_name_lists_what_exists_and_the_nearest() {
    let home = home("claude-file");
    let output = adieu(&home, "logout claud").run().code(2);
    assert!(
        output.stderr.contains("claude:ada@example.invalid"),
        "{output}"
    );
    assert!(output.stderr.contains("Did you mean 'claude'?"), "{output}");
    assert!(!output.stderr.contains("Nothing is configured"), "{output}");
}

#[test]
fn remedy_of_a_variable_is_in_the_words_of_the_shell() {
    for (shell, line) in [
        ("/usr/bin/fish", "set -e ANTHROPIC_API_KEY"),
        ("/bin/tcsh", "unsetenv ANTHROPIC_API_KEY"),
        ("/bin/bash", "unset ANTHROPIC_API_KEY"),
    ] {
        let home = Home::new();
        let command = adieu(&home, "status -o json").env("SHELL", shell);
        let document = command.env("ANTHROPIC_API_KEY", "FAKE-key").run().json();
        assert_eq!(document["overrides"][0]["remedy"], line);
    }
}

#[test]
fn directory_with_a_name_that_is_not_utf_8_is_not_clean() {
    for (directory, name) in [
        ("", &b".claude-\xff\xfe"[..]),
        (".config", b"claude-\xff\xfe"),
    ] {
        let home = Home::new();
        home.directory(".config");
        let path = home.join(directory).join(std::ffi::OsStr::from_bytes(name));
        std::fs::create_dir(&path).unwrap();
        let login = r#"{"claudeAiOauth": {"accessToken": "FAKE-token"}}"#;
        std::fs::write(path.join(".credentials.json"), login).unwrap();
        let output = adieu(&home, "status --check").run().code(3);
        assert!(output.stderr.contains("not UTF-8"), "{output}");
    }
}

#[test]
fn empty_helper_and_ended_profile_of_ant_override_nothing() {
    let home = with(&[(".claude/settings.json", r#"{"apiKeyHelper": ""}"#)]);
    assert!(overrides(&status(&home, "claude")).is_empty());
    let tokens = |more: &str| {
        format!(
            r#"{{"type": "oauth_token", "access_token": "FAKE-token", "expires_at": 1700000000{more}}}"#
        )
    };
    for (more, count) in [("", 0), (r#", "refresh_token": "FAKE-refresh""#, 1)] {
        let home = with(&[(".config/anthropic/credentials/default.json", &tokens(more))]);
        assert_eq!(overrides(&status(&home, "claude")).len(), count, "{more}");
    }
}

#[test]
fn credentials_of_unknown_forms_are_not_clean_and_go() {
    for (tool, file, text, empty) in [
        (
            "opencode",
            ".local/share/opencode/auth.json",
            r#"{"x": {"type": "new", "weird": {"a": ["FAKE-token"]}}, "y": "FAKE-token"}"#,
            r#"{"x": {"type": "new", "weird": ""}}"#,
        ),
        (
            "gemini",
            ".gemini/oauth_creds.json",
            r#"{"token_type": "Bearer", "credential": "FAKE-token"}"#,
            r#"{"token_type": "Bearer", "credential": null}"#,
        ),
        (
            "cursor",
            ".config/cursor/auth.json",
            r#"{"type": "new", "session": {"value": "FAKE-token"}}"#,
            r#"{"type": "new"}"#,
        ),
        (
            "copilot",
            ".copilot/config.json",
            r#"{"authTokens": {"github.com": {"value": "FAKE-token"}}}"#,
            r#"{"authTokens": {"github.com": {"value": ""}}}"#,
        ),
        (
            "amp",
            ".local/share/amp/secrets.json",
            r#"{"session@https://ampcode.com": "FAKE-token"}"#,
            r#"{"session@https://ampcode.com": ""}"#,
        ),
    ] {
        let home = with(&[(file, text)]);
        let output = adieu(&home, &format!("status {tool} --check")).run();
        output.code(3);
        adieu(&home, &format!("logout {tool} --no-revoke"))
            .run()
            .success();
        let is_left = home.has(file) && home.read(file).contains("FAKE-");
        assert!(!is_left, "{tool}");
        let home = with(&[(file, empty)]);
        adieu(&home, &format!("status {tool} --check"))
            .run()
            .success();
    }
}
