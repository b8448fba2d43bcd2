//! A variable that names another directory does not hide the usual one: a shell without it finds the
//! login there.

use adieu_testkit::Home;

use crate::support::{adieu, home, status};

/// Recorded home, tool, variable, what it is set to, the file with the login, and where the same file
/// is below what the variable names.
const TOOLS: [(&str, &str, &str, &str, &str, &str); 5] = [
    (
        "codex-api-key",
        "codex",
        "CODEX_HOME",
        "elsewhere",
        ".codex/auth.json",
        "elsewhere/auth.json",
    ),
    (
        "gemini-google",
        "gemini",
        "GEMINI_CLI_HOME",
        "elsewhere",
        ".gemini/oauth_creds.json",
        "elsewhere/.gemini/oauth_creds.json",
    ),
    (
        "copilot-plaintext",
        "copilot",
        "COPILOT_HOME",
        "elsewhere",
        ".copilot/config.json",
        "elsewhere/config.json",
    ),
    (
        "opencode",
        "opencode",
        "XDG_DATA_HOME",
        "elsewhere",
        ".local/share/opencode/auth.json",
        "elsewhere/opencode/auth.json",
    ),
    (
        "claude-ant-profile",
        "claude",
        "ANTHROPIC_CONFIG_DIR",
        "elsewhere",
        ".config/anthropic/credentials/default.json",
        "elsewhere/credentials/default.json",
    ),
];

fn has_token(home: &Home, file: &str) -> bool {
    home.has(file) && home.read(file).contains("FAKE-")
}

#[test]
fn usual_directory_is_looked_at_and_logged_out_too() {
    for (recorded, tool, variable, value, usual, named) in TOOLS {
        for both in [false, true] {
            let home = home(recorded);
            assert!(has_token(&home, usual), "{tool}");
            if both {
                home.write(named, home.read(usual));
            }
            let path = home.join(value);
            let run = |words: &str| adieu(&home, words).env(variable, &path).run();
            let output = run(&format!("status {tool} --check -o json")).code(1);
            let sessions = output.json()["sessions"].as_array().unwrap().clone();
            let live = sessions.iter().filter(|found| found["state"] == "live");
            assert!(live.count() >= 1, "{tool}: {output}");
            run(&format!("logout {tool} --force --no-revoke"));
            assert!(!has_token(&home, usual), "{tool}");
            assert!(!has_token(&home, named), "{tool}");
        }
    }
}

#[test]
fn directory_that_a_profile_names_is_looked_at_too() {
    for (recorded, tool, variable, _, usual, named) in TOOLS.into_iter().take(3) {
        let recorded = home(recorded);
        let home = Home::new();
        home.write(named, recorded.read(usual));
        let line = format!("export {variable}=$HOME/elsewhere\n");
        home.write(".bashrc", line);
        let output = adieu(&home, &format!("status {tool} --check")).run();
        output.code(1);
        adieu(&home, &format!("logout {tool} --force --no-revoke")).run();
        assert!(!has_token(&home, named), "{tool}");
    }
}

#[test]
fn same_account_in_two_directories_is_two_accounts() {
    let home = home("codex-chatgpt");
    crate::support::sign_codex_tokens(&home);
    home.write("elsewhere/auth.json", home.read(".codex/auth.json"));
    let path = home.join("elsewhere");
    let run = |words: &str| adieu(&home, words).env("CODEX_HOME", &path).run();
    let document = run("status codex -o json").success().json();
    let names: Vec<&str> = document["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| session["identity"].as_str().unwrap())
        .collect();
    let here = "ada@example.invalid";
    let usual = "ada@example.invalid in ~/.codex";
    assert_eq!(names, [here, usual]);
    let words = "logout codex:ada@example.invalid --force --no-revoke";
    run(words);
    assert!(!has_token(&home, "elsewhere/auth.json"));
    assert!(has_token(&home, ".codex/auth.json"));
}

#[test]
fn variable_of_a_tool_counts_although_it_has_no_directory() {
    let home = Home::new();
    for variable in ["COPILOT_GITHUB_TOKEN", "COPILOT_PROVIDER_API_KEY"] {
        let command = adieu(&home, "status --check -o json").env(variable, "FAKE-token");
        let document = command.run().code(1).json();
        assert_eq!(document["overrides"][0]["name"], variable);
        assert_eq!(document["verdict"], "overridden");
    }
}

#[test]
fn one_address_in_two_directories_of_claude_is_asked_about_and_each_is_named() {
    let recorded = || {
        let home = home("claude-file");
        let work = crate::support::home("claude-config-dir");
        for name in [".claude.json", ".credentials.json"] {
            let path = format!(".claude-work/{name}");
            home.write(&path, work.read(&path));
        }
        home
    };
    let is_live = |home: &Home, file: &str| home.has(file) && has_login(home, file);
    let (usual, other) = (
        ".claude/.credentials.json",
        ".claude-work/.credentials.json",
    );
    let home = recorded();
    let output = adieu(&home, "logout ada@example.invalid").run().code(2);
    for name in ["ada@example.invalid in ~/.claude", "in ~/.claude-work"] {
        assert!(output.stderr.contains(name), "{output}");
    }
    assert!(is_live(&home, usual) && is_live(&home, other));
    let document = status(&home, "claude");
    let names: Vec<String> = crate::support::sessions(&document)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names.len(), 2);
    let by_directory = ["~/.claude-work".to_owned()];
    let shown = "ada@example.invalid in ~/.claude-work (ada@example.invalid, ~/.claude-work)";
    let shown = [shown.to_owned()];
    for name in names.iter().chain(&by_directory).chain(&shown) {
        let home = recorded();
        adieu(&home, "logout").arg(name).run().success();
        let is_work = name.contains("work");
        assert_eq!(is_live(&home, other), !is_work, "{name}");
        assert_eq!(is_live(&home, usual), is_work, "{name}");
    }
}

fn has_login(home: &Home, file: &str) -> bool {
    home.read(file).contains("FAKE-claude-access")
}
