//! All of an account goes, or nothing of it: a credential file that cannot be read keeps the rest.

use adieu_testkit::{Home, Tree};

use crate::support::{TRAIL_ROOTS, adieu, home};

/// Tool, recorded home, a file that a part of its sign-in is in, and what that part is.
const PARTS: [(&str, &str, &str, &str); 11] = [
    ("claude", "claude-file", LOGIN, "claudeAiOauth"),
    ("claude", "claude-file", ".claude.json", "oauthAccount"),
    ("codex", "codex-chatgpt", ".codex/auth.json", "FAKE-"),
    (
        "gemini",
        "gemini-google",
        ".gemini/oauth_creds.json",
        "FAKE-",
    ),
    (
        "gemini",
        "gemini-google",
        ".gemini/google_accounts.json",
        "active",
    ),
    (
        "copilot",
        "copilot-plaintext",
        ".copilot/config.json",
        "FAKE-",
    ),
    ("cursor", "cursor-file", ".config/cursor/auth.json", "FAKE-"),
    (
        "cursor",
        "cursor-file",
        ".cursor/cli-config.json",
        "authInfo",
    ),
    (
        "opencode",
        "opencode",
        ".local/share/opencode/auth.json",
        "FAKE-oc-refresh",
    ),
    (
        "amp",
        "amp",
        ".local/share/amp/secrets.json",
        "FAKE-amp-key",
    ),
    ("aider", "aider", AIDER, "FAKE-"),
];

/// It has lines, each for itself: half of it is no broken file.
const AIDER: &str = ".aider/oauth-keys.env";

/// Logins to other services stay in it.
const LOGIN: &str = ".claude/.credentials.json";

fn cut(home: &Home, file: &str) {
    let text = home.read(file);
    home.write(file, &text[..text.len() / 2]);
}

fn link(home: &Home, file: &str) {
    std::fs::rename(home.join(file), home.join("moved")).unwrap();
    home.link(file, home.join("moved"));
}

fn forbid(home: &Home, file: &str) {
    home.mode(file, 0o000);
}

#[test]
fn tool_with_an_unreadable_part_is_kept_whole_and_the_same_command_works_again() {
    for (tool, fixture, file, part) in PARTS {
        for (how, make) in [
            ("cut", cut as fn(&Home, &str)),
            ("linked", link),
            ("forbidden", forbid),
        ] {
            if how == "cut" && file == AIDER {
                continue;
            }
            let home = home(fixture);
            let whole = home.read(file);
            make(&home, file);
            let before = Tree::of(home.path());
            let command = format!("logout {tool} --no-revoke");
            let Some(run) = adieu(&home, &command).unprivileged() else {
                continue;
            };
            let output = run.run();
            let case = format!("{file} {how}: {output}");
            assert!(matches!(output.status, Some(1 | 3)), "{case}");
            before.assert_only(&Tree::of(home.path()), &TRAIL_ROOTS);
            assert!(
                output
                    .to_string()
                    .contains(file.rsplit('/').next().unwrap()),
                "{case}"
            );
            std::fs::remove_file(home.join(file)).unwrap();
            home.write_with_mode(file, whole, 0o600);
            let output = adieu(&home, &command).run();
            assert!(
                !home.has(file) || !home.read(file).contains(part),
                "{file} {how}: {output}"
            );
        }
    }
}

#[test]
fn healthy_accounts_of_the_same_tool_are_logged_out() {
    let home = home("claude-file");
    let login = home.read(LOGIN);
    home.write(".claude-work/.credentials.json", login);
    home.write(
        ".claude-work/.claude.json",
        r#"{"oauthAccount": {"emailAddress": "work@example.invalid"}}"#,
    );
    cut(&home, ".claude-work/.credentials.json");
    let broken = home.read(".claude-work/.claude.json");
    adieu(&home, "logout claude --no-revoke").run();
    assert!(!home.read(LOGIN).contains("claudeAiOauth"));
    assert_eq!(home.read(".claude-work/.claude.json"), broken);
    assert!(home.has(".claude-work/.credentials.json"));
}

#[test]
fn force_gives_up_what_cannot_be_read() {
    let home = home("claude-file");
    cut(&home, LOGIN);
    adieu(&home, "logout claude --no-revoke --force").run();
    assert!(!home.has(LOGIN));
    assert!(!home.read(".claude.json").contains("oauthAccount"));
}

#[test]
fn settings_that_cannot_be_read_are_no_part_of_a_sign_in() {
    let home = home("claude-file");
    home.write(".claude/settings.json", "{\"env\": ");
    adieu(&home, "logout claude --no-revoke").run();
    assert!(!home.read(LOGIN).contains("claudeAiOauth"));
}
