//! What keeps a tool signed in, each with its place and what takes it away; and that a logout which
//! cannot take it away says so.

use adieu_testkit::Output;
use serde_json::Value;

use crate::support::{ADA, adieu, assert_no_secret, home, overrides, sessions};

fn status_with(fixture: &str, tool: &str, variables: &[(&str, &str)]) -> Value {
    let home = home(fixture);
    let mut command = adieu(&home, &format!("status {tool} -o json"));
    for (name, value) in variables {
        command = command.env(name, value);
    }
    let output = command.run();
    assert_no_secret(&output);
    output.success().json()
}

fn logout_with(fixture: &str, words: &str, variables: &[(&str, &str)]) -> Output {
    let home = home(fixture);
    let mut command = adieu(&home, &format!("logout {words}"));
    for (name, value) in variables {
        command = command.env(name, value);
    }
    let output = command.run();
    assert_no_secret(&output);
    output
}

#[test]
fn settings_of_user_and_project_are_listed_with_their_files() {
    let home = home("claude-settings-overrides");
    let output = adieu(&home, "status claude -o json")
        .cwd(home.join("repo"))
        .run();
    assert_no_secret(&output);
    let status = output.success().json();
    let names = |kind: &str| -> Vec<String> {
        let all = overrides(&status).into_iter();
        all.filter(|(found, _)| found == kind)
            .map(|(_, name)| name)
            .collect()
    };
    assert_eq!(
        names("settings"),
        ["ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_USE_BEDROCK"]
    );
    assert_eq!(names("helper"), ["apiKeyHelper", "apiKeyHelper"]);
    assert_eq!(
        names("notice"),
        [
            "ANTHROPIC_API_KEY",
            "awsAuthRefresh",
            "awsCredentialExport",
            "otelHeadersHelper",
            "secret at /mcpServers/t/headers/Authorization"
        ]
    );
    // What wins stands first.
    assert_eq!(status["overrides"][0]["name"], "CLAUDE_CODE_USE_BEDROCK");
    assert_eq!(status["verdict"], "overridden");
    let places: Vec<&str> = status["overrides"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["location"].as_str().unwrap())
        .collect();
    assert!(
        places.contains(&"$HOME/repo/.claude/settings.json"),
        "{places:?}"
    );
    adieu(&home, "logout claude")
        .cwd(home.join("repo"))
        .run()
        .code(1);
}

#[test]
fn variables_come_before_the_login_in_the_documented_order() {
    let order = [
        ("CLAUDE_CODE_USE_VERTEX", "1"),
        ("ANTHROPIC_AUTH_TOKEN", "FAKE-bearer"),
        ("ANTHROPIC_API_KEY", "FAKE-key"),
        ("CLAUDE_CODE_OAUTH_TOKEN", "FAKE-setup"),
    ];
    for from in 0..order.len() {
        let status = status_with("claude-file", "claude", &order[from..]);
        let wins = status["sessions"][0]["details"]["wins"].as_str().unwrap();
        assert_eq!(wins, format!("no: {} comes first", order[from].0));
    }
}

#[test]
fn empty_variables_and_switches_that_say_no_count_as_unset() {
    let status = status_with(
        "claude-file",
        "claude",
        &[("ANTHROPIC_API_KEY", ""), ("CLAUDE_CODE_USE_BEDROCK", "0")],
    );
    assert!(overrides(&status).is_empty());
    assert_eq!(status["sessions"][0]["details"]["wins"], "yes");
}

#[test]
fn another_address_is_shown_but_signs_nobody_in() {
    let variables = [("ANTHROPIC_BASE_URL", "https://proxy.example.invalid")];
    let home = home("claude-file");
    let output = adieu(&home, "status claude")
        .env(variables[0].0, variables[0].1)
        .run()
        .success();
    assert!(output.stdout.contains("ANTHROPIC_BASE_URL"), "{output}");
    logout_with("claude-file", "claude", &variables).success();
}

#[test]
fn profile_that_takes_over_is_named_and_the_exit_status_says_so() {
    let home = home("claude-ant-profile");
    let output = adieu(&home, &format!("logout {ADA}")).run();
    assert_no_secret(&output);
    let output = output.code(1);
    assert!(output.stderr.contains("ant profile default"), "{output}");
    assert!(
        output.stderr.contains("adieu logout ant:default"),
        "{output}"
    );
    adieu(&home, "logout ant:default").run().success();
    assert!(!home.has(".config/anthropic/credentials/default.json"));
    assert!(home.has(".config/anthropic/configs/default.json"));
}

#[test]
fn logout_of_the_tool_ends_its_profiles_too() {
    let home = home("claude-ant-profile");
    adieu(&home, "logout claude").run().success();
    let status = adieu(&home, "status claude -o json").run().success().json();
    assert!(
        sessions(&status)
            .iter()
            .all(|(_, state)| state == "signed-out")
    );
    assert!(overrides(&status).is_empty());
}

#[test]
fn profile_that_federates_comes_first_when_it_is_chosen() {
    let home = home("claude-ant-profile");
    home.write(".config/anthropic/active_config", "ci\n");
    let status = adieu(&home, "status claude -o json").run().success().json();
    assert_eq!(
        overrides(&status),
        [("settings".to_owned(), "ant profile ci".to_owned())]
    );
    let all = status["sessions"].as_array().unwrap();
    let login = all
        .iter()
        .find(|session| session["identity"] == ADA)
        .unwrap();
    assert_eq!(login["details"]["wins"], "no: ant profile ci comes first");
}

#[test]
fn profile_that_is_named_but_not_there_counts_for_nothing() {
    let status = status_with("claude-file", "claude", &[("ANTHROPIC_PROFILE", "nobody")]);
    assert!(overrides(&status).is_empty());
}

#[test]
fn each_tools_variable_keeps_it_signed_in() {
    for (fixture, tool, variable) in [
        ("claude-file", "claude", "ANTHROPIC_API_KEY"),
        ("codex-api-key", "codex", "CODEX_ACCESS_TOKEN"),
        ("gemini-google", "gemini", "GOOGLE_API_KEY"),
        ("copilot-plaintext", "copilot", "COPILOT_GITHUB_TOKEN"),
        ("cursor-file", "cursor", "CURSOR_API_KEY"),
        ("opencode", "opencode", "OPENCODE_AUTH_CONTENT"),
        ("amp", "amp", "AMP_API_KEY"),
    ] {
        let variables = [(variable, "FAKE-value")];
        let output = logout_with(fixture, &format!("{tool} --no-revoke"), &variables).code(1);
        assert!(
            output.stderr.contains(&format!("unset {variable}")),
            "{output}"
        );
    }
}

#[test]
fn logins_of_other_tools_are_no_news_after_a_logout() {
    let variables = [("AWS_SECRET_ACCESS_KEY", "FAKE-key")];
    let output = logout_with("claude-file", "claude", &variables).success();
    assert!(!output.stderr.contains("AWS_SECRET_ACCESS_KEY"), "{output}");
}

#[test]
fn every_source_is_listed_and_not_only_the_one_that_wins() {
    let status = status_with(
        "claude-ant-profile",
        "claude",
        &[
            ("ANTHROPIC_API_KEY", "FAKE-key"),
            ("CLAUDE_CODE_OAUTH_TOKEN", "FAKE-setup"),
        ],
    );
    let names: Vec<String> = overrides(&status)
        .into_iter()
        .map(|(_, name)| name)
        .collect();
    assert_eq!(
        names,
        [
            "ANTHROPIC_API_KEY",
            "CLAUDE_CODE_OAUTH_TOKEN",
            "ant profile default"
        ]
    );
    let live = sessions(&status);
    assert!(
        live.contains(&(ADA.to_owned(), "live".to_owned())),
        "{live:?}"
    );
    assert!(
        live.contains(&("ant:default".to_owned(), "live".to_owned())),
        "{live:?}"
    );
}
