//! Signing in and changing the account with the vendor's own client, played by a script.

use adieu_testkit::{Home, Output, Tree};

use crate::support::{ADA, TRAIL_ROOTS, adieu, assert_no_secret, home, program, sessions, status};

const BOB: &str = "bob@example.invalid";

/// A client whose login command signs somebody in as the real one does: it adds to what is there.
fn client(who: &str) -> String {
    format!(
        r#"
echo "$@" >> "${{0%/*}}/calls"
[ "$1" = --version ] && {{ echo "2.1.329 (Claude Code)"; exit 0; }}
directory="${{CLAUDE_CONFIG_DIR:-$HOME/.claude}}"
if [ "$2" = logout ]; then rm "$directory/.credentials.json"; exit 0; fi
global="$HOME/.claude.json"
[ -n "$CLAUDE_CONFIG_DIR" ] && global="$directory/.claude.json"
mkdir -p "$directory"
umask 077
add() {{
    if [ -e "$1" ]; then rest=", $(sed '1s/^{{//' "$1")"; else rest='}}'; fi
    printf '{{%s%s' "$2" "$rest" > "$1.new"
    mv "$1.new" "$1"
}}
add "$global" '"oauthAccount": {{"emailAddress": "{who}", "organizationName": "New Org"}}'
add "$directory/.credentials.json" '"claudeAiOauth": {{"accessToken": "FAKE-new",
    "refreshToken": "FAKE-new-refresh", "expiresAt": 4102444800000,
    "scopes": ["user:inference"], "subscriptionType": "pro"}}'
"#
    )
}

fn run(home: &Home, who: &str, words: &str) -> Output {
    let path = program(home, "claude", &client(who));
    let output = adieu(home, words).env("PATH", path).run();
    assert_no_secret(&output);
    output
}

#[test]
fn switch_ends_the_old_account_and_shows_both() {
    let home = home("claude-file");
    let before = Tree::of(home.path());
    let output = run(&home, BOB, &format!("switch claude --expect {BOB}")).success();
    assert!(
        output
            .stdout
            .contains(&format!("Before: {ADA} (Example Org, max)")),
        "{output}"
    );
    assert!(
        output
            .stdout
            .contains(&format!("Now:    {BOB} (New Org, pro)")),
        "{output}"
    );
    assert_eq!(
        home.read("bin/calls"),
        "--version\nauth logout\nauth login\n"
    );
    assert_eq!(
        sessions(&status(&home, "claude")),
        [(BOB.to_owned(), "live".to_owned())]
    );
    // Settings, history, transcripts and the logins to other services survive.
    let allowed = [
        ".claude.json",
        ".claude/.credentials.json",
        ".claude/policy-limits.json",
        ".claude/remote-settings.json",
        "bin",
        "bin/**",
    ];
    let allowed: Vec<&str> = TRAIL_ROOTS.into_iter().chain(allowed).collect();
    before.assert_only(&Tree::of(home.path()), &allowed);
    assert!(
        home.read(".claude/.credentials.json")
            .contains("FAKE-mcp-access")
    );
    assert!(home.read(".claude.json").contains("FAKE-mcp-header"));
}

#[test]
fn switch_to_the_wrong_account_fails_and_names_it() {
    let home = home("claude-file");
    let output = run(&home, ADA, &format!("switch claude --expect {BOB}")).code(1);
    assert!(
        output
            .stderr
            .contains(&format!("signed in as {ADA}, not as {BOB}")),
        "{output}"
    );
    assert!(output.stderr.contains("private window"), "{output}");
}

#[test]
fn switch_to_the_same_account_is_said() {
    let home = home("claude-file");
    let output = run(&home, ADA, "switch claude").success();
    assert!(
        output.stderr.contains("the same account as before"),
        "{output}"
    );
}

#[test]
fn switch_that_an_override_would_undo_is_refused() {
    let home = home("claude-file");
    let path = program(&home, "claude", &client(BOB));
    let before = Tree::of(home.root());
    let refused = |words: &str| {
        let command = adieu(&home, words).env("PATH", &path);
        command.env("ANTHROPIC_API_KEY", "FAKE-key").run()
    };
    for words in ["switch claude", "login claude"] {
        let output = refused(words).code(1);
        assert!(output.stderr.contains("ANTHROPIC_API_KEY"), "{output}");
        assert!(
            output.stderr.contains("unset ANTHROPIC_API_KEY"),
            "{output}"
        );
        before.assert_same(&Tree::of(home.root()));
    }
    refused("switch claude --force").success();
    assert_eq!(sessions(&status(&home, "claude"))[0].0, BOB);
}

#[test]
fn switch_changes_the_directory_in_use_alone() {
    let home = home("claude-file");
    let work = crate::support::home("claude-config-dir");
    for name in [".claude.json", ".credentials.json"] {
        let content = work.read(format!(".claude-work/{name}"));
        home.write(
            format!(".claude-work/{name}"),
            content
                .replace(ADA, "work@example.invalid")
                .replace("FAKE-claude-", "FAKE-work-"),
        );
    }
    let path = program(&home, "claude", &client(BOB));
    let before = Tree::of(home.join(".claude"));
    adieu(&home, "switch claude")
        .env("PATH", path)
        .env("CLAUDE_CONFIG_DIR", home.join(".claude-work"))
        .run()
        .success();
    before.assert_same(&Tree::of(home.join(".claude")));
    let mut names: Vec<String> = sessions(&status(&home, "claude"))
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    names.sort();
    assert_eq!(names, [ADA, BOB]);
}

#[test]
fn switch_goes_on_although_the_same_account_is_signed_in_in_another_directory() {
    let home = home("claude-file");
    let work = crate::support::home("claude-config-dir");
    for name in [".claude.json", ".credentials.json"] {
        let path = format!(".claude-work/{name}");
        // A login of its own: who shares one goes together.
        let content = work.read(&path).replace("FAKE-claude-", "FAKE-work-");
        home.write(&path, content);
    }
    let before = Tree::of(home.join(".claude-work"));
    let output = run(&home, BOB, "switch claude").success();
    assert!(output.stdout.contains("Now:    bob@"), "{output}");
    before.assert_same(&Tree::of(home.join(".claude-work")));
    assert!(home.read("bin/calls").ends_with("auth login\n"));
    assert!(home.read(".claude/.credentials.json").contains("FAKE-new"));
}

#[test]
fn login_runs_the_client_with_the_words_that_were_typed() {
    let home = Home::new();
    let output = run(&home, BOB, "login claude -- --console").success();
    assert!(
        output
            .stdout
            .contains(&format!("Signed in: {BOB} (New Org, pro)")),
        "{output}"
    );
    assert_eq!(home.read("bin/calls"), "auth login --console\n");
}

#[test]
fn login_that_was_not_finished_fails() {
    let home = Home::new();
    for (script, why) in [("exit 3", "status 3"), ("exit 0", "nobody is signed in")] {
        let path = program(&home, "claude", script);
        let output = adieu(&home, "login claude").env("PATH", path).run().code(1);
        assert!(output.stderr.contains(why), "{output}");
    }
}

/// A tool of the catalogue signs in with its own client as well.
#[test]
fn login_of_a_described_tool_is_its_own() {
    let home = Home::new();
    let script = r#"
echo "$@" >> "${0%/*}/calls"
mkdir -p "$HOME/.config/gh"
printf 'gh.example.test:\n    oauth_token: FAKE-new\n    user: alice\n' > "$HOME/.config/gh/hosts.yml"
"#;
    let path = program(&home, "gh", script);
    let login = |words: &str| adieu(&home, words).env("PATH", &path).run();
    let output = login("login gh").success();
    assert!(
        output.stdout.contains("Signed in: alice@gh.example.test"),
        "{output}"
    );
    assert_eq!(home.read("bin/calls"), "auth login\n");
    let output = adieu(&home, "login glab").run().code(1);
    assert!(output.stderr.contains("glab is not installed"), "{output}");
    // A profile of the AWS CLI that is called so is meant before.
    home.write(
        ".aws/credentials",
        "[gh]\naws_access_key_id = FAKE\naws_secret_access_key = FAKE-secret\n",
    );
    login("login gh");
    assert_eq!(home.read("bin/calls"), "auth login\n");
}

#[test]
fn login_without_a_client_says_what_to_do() {
    let home = Home::new();
    for (words, status, said) in [
        ("login claude", 1, "claude is not installed"),
        ("login cursor", 1, "cursor-agent or agent is not installed"),
        ("login gemini", 2, "/auth"),
        ("login aider", 2, "set the key"),
        ("login aws", 2, "claude, codex, copilot"),
        ("switch nothing", 2, "use one of claude, codex"),
    ] {
        let output = adieu(&home, words).run().code(status);
        assert!(output.stderr.contains(said), "{output}");
    }
}

#[test]
fn other_tools_are_switched_with_their_own_commands() {
    for (fixture, tool, program_name, command, file, login) in [
        (
            "codex-api-key",
            "codex",
            "codex",
            "login",
            ".codex/auth.json",
            r#"{"auth_mode":"apikey","OPENAI_API_KEY":"FAKE-new"}"#,
        ),
        (
            "cursor-file",
            "cursor",
            "agent",
            "login",
            ".config/cursor/auth.json",
            r#"{"accessToken":"FAKE-new","refreshToken":"FAKE-new"}"#,
        ),
        (
            "amp",
            "amp",
            "amp",
            "login",
            ".local/share/amp/secrets.json",
            r#"{"apiKey@https://ampcode.com/":"FAKE-new"}"#,
        ),
    ] {
        let home = home(fixture);
        let script = format!(
            "echo \"$@\" > \"${{0%/*}}/calls\"\numask 077\nprintf '%s' '{login}' > \"$HOME/{file}\""
        );
        let path = program(&home, program_name, &script);
        let output = adieu(&home, &format!("switch {tool}"))
            .env("PATH", path)
            .run();
        assert_no_secret(&output);
        output.success();
        assert_eq!(home.read("bin/calls").trim(), command);
        assert_eq!(sessions(&status(&home, tool))[0].1, "live", "{tool}");
    }
}
