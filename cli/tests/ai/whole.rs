//! All of an account goes, or nothing of it: a credential file that cannot be read keeps the rest.

use adieu_testkit::server::{Answer, Server};
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
    std::fs::rename(home.join(file), home.root().join("moved")).unwrap();
    home.link(file, home.root().join("moved"));
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

/// The program without an administrator's rights, who may read everything.
fn unprivileged(home: &Home, words: &str) -> adieu_testkit::Adieu {
    adieu_testkit::Adieu::new("setpriv")
        .home(home)
        .env("LC_ALL", "C.UTF-8")
        .env("PATH", "/usr/bin:/bin")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .args(["--bounding-set=-all", env!("CARGO_BIN_EXE_adieu")])
        .args(words.split_whitespace())
}

/// Tool, recorded home, the file that the login is in, and what the login is there.
const LOGINS: [(&str, &str, &str, &str); 3] = [
    ("claude", "claude-file", LOGIN, "claudeAiOauth"),
    (
        "gemini",
        "gemini-google",
        ".gemini/oauth_creds.json",
        "FAKE-",
    ),
    ("cursor", "cursor-file", ".config/cursor/auth.json", "FAKE-"),
];

#[test]
fn login_that_may_not_be_read_is_not_signed_out_and_force_makes_no_half_change() {
    use std::os::unix::fs::PermissionsExt as _;
    if !std::path::Path::new("/usr/bin/setpriv").exists() {
        return;
    }
    for (tool, fixture, file, part) in LOGINS {
        let home = home(fixture);
        let mode = |mode| std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(home.join(file), mode(0o000)).unwrap();
        let before = Tree::of(home.path());
        let check = unprivileged(&home, "status --check").run();
        assert!(matches!(check.status, Some(1 | 3)), "{check}");
        let status = unprivileged(&home, &format!("status {tool} -o json"))
            .run()
            .json();
        for session in status["sessions"].as_array().unwrap() {
            assert_eq!(session["state"], "unknown", "{tool}: {status}");
        }
        for force in ["", " --force"] {
            let words = format!("logout {tool} --no-revoke{force}");
            let output = unprivileged(&home, &words).run();
            assert!(matches!(output.status, Some(1 | 3)), "{words}: {output}");
            before.assert_only(&Tree::of(home.path()), &TRAIL_ROOTS);
            let is_told = output.stderr.contains("with --force");
            assert!(force.is_empty() || !is_told, "{words}: {output}");
        }
        std::fs::set_permissions(home.join(file), mode(0o600)).unwrap();
        unprivileged(&home, &format!("logout {tool} --no-revoke")).run();
        let is_left = home.has(file) && home.read(file).contains(part);
        assert!(!is_left, "{tool}");
    }
}

/// The server ends it for both, so that the other would be dead, and look alive.
#[test]
fn one_login_in_two_directories_goes_from_both_where_its_server_ends_it() {
    let server = Server::start();
    server.on("POST", "/oauth/revoke", Answer::status(200));
    let home = home("codex-chatgpt");
    crate::support::sign_codex_tokens(&home);
    home.write("elsewhere/auth.json", home.read(".codex/auth.json"));
    let url = format!("{}/oauth/revoke", server.url());
    let output = adieu(&home, "logout codex:ada@example.invalid --force")
        .env("CODEX_HOME", home.join("elsewhere"))
        .env("CODEX_REVOKE_TOKEN_URL_OVERRIDE", url)
        .run();
    assert!(
        output
            .stderr
            .contains("is signed in with the same secret as ada@example.invalid"),
        "{output}"
    );
    assert_eq!(server.requests().len(), 1, "{output}");
    for file in [".codex/auth.json", "elsewhere/auth.json"] {
        assert!(!home.has(file), "{file}: {output}");
    }
}

#[test]
fn revoke_keeps_a_key_that_no_call_ends_and_a_logout_takes_it() {
    let home = home("codex-api-key");
    let before = Tree::of(home.path());
    let output = adieu(&home, "revoke codex --force").run().code(1);
    before.assert_only(&Tree::of(home.path()), &TRAIL_ROOTS);
    assert!(
        output.to_string().contains("no server call ends it"),
        "{output}"
    );
    adieu(&home, "logout codex").run();
    assert!(!home.has(".codex/auth.json"));
}
