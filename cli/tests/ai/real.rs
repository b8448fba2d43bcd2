//! The real clients, each in a private home and in a namespace without a network: what we call signed
//! in or out, they call so too, before and after a logout.
//!
//! | client | what it is asked | can tell without a network |
//! | --- | --- | --- |
//! | Claude Code | `claude auth status` | yes; a login past its end it still calls signed in |
//! | Codex | `codex login status` | yes |
//! | opencode | `opencode auth list` | yes |
//! | Copilot CLI | a prompt | whether it has a token, not whether the token is good |
//! | Gemini CLI | a prompt | which method it would use, not whether its login is good |
//!
//! `cargo xtask setup --with ai` installs them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use adieu_testkit::{Adieu, Home, Output};
use serde_json::Value;

use crate::support::{ADA, adieu, home, left_out, sign_codex_tokens};

/// A client that can be run here.
struct Client {
    program: PathBuf,
}

impl Client {
    /// The client, if it and what shuts it off from the network are there.
    fn find(name: &str) -> Option<Self> {
        let build = Path::new(env!("CARGO_BIN_EXE_adieu")).parent()?.parent()?;
        let program = build.join("real-parts/ai/node_modules/.bin").join(name);
        if !program.exists() {
            left_out(&format!("{name} is not there: cargo xtask setup --with ai"));
            return None;
        }
        let mut namespace = Command::new("unshare");
        let namespace = namespace.args(["-rn", "true"]).stderr(Stdio::null());
        if !namespace.status().is_ok_and(|status| status.success()) {
            left_out("this machine lets nobody make a network namespace (unshare -rn)");
            return None;
        }
        Some(Self { program })
    }

    fn run(&self, home: &Home, words: &str, variables: &[(&str, &str)], at: &Path) -> Output {
        // The Node that was installed with them comes first.
        let programs = self.program.parent().unwrap().display();
        let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
        let mut command = Adieu::new("/usr/bin/env")
            .home(home)
            .cwd(at)
            .env("PATH", path)
            .env("TERM", "dumb")
            .args(["unshare", "-rn", "timeout", "120"])
            .arg(&self.program)
            .args(words.split_whitespace());
        for (name, value) in variables {
            command = command.env(*name, *value);
        }
        command.run()
    }
}

/// What adieu says of a tool.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    In,
    Out,
    CouldNotTell,
}

/// Whether a tool can be used, by a session or by what overrides it.
fn said(home: &Home, tool: &str, variables: &[(&str, &str)], at: &Path) -> (Said, Value) {
    let mut command = adieu(home, &format!("status {tool} -o json")).cwd(at);
    for (name, value) in variables {
        command = command.env(*name, *value);
    }
    let status = command.run().success().json();
    let any = |member: &str, is: &dyn Fn(&Value) -> bool| {
        let all = status[member].as_array().unwrap();
        all.iter().any(is)
    };
    let by_session = any("sessions", &|found| found["state"] == "live");
    // A line in a profile is for the next shell; the client that runs here has not read it.
    let by_override = any("overrides", &|found| {
        !["notice", "process", "profile"].contains(&found["kind"].as_str().unwrap())
    });
    let unsure =
        any("sessions", &|found| found["state"] == "unknown") || any("problems", &|_| true);
    let said = match (by_session || by_override, unsure) {
        (true, _) => Said::In,
        (false, true) => Said::CouldNotTell,
        (false, false) => Said::Out,
    };
    (said, status)
}

/// `claude auth status`: whether it says signed in, and as whom.
fn claude(
    client: &Client,
    home: &Home,
    variables: &[(&str, &str)],
    at: &Path,
) -> (bool, Option<String>) {
    let output = client.run(home, "auth status --json", variables, at);
    let status: Value =
        serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{output}"));
    let is_in = status["loggedIn"].as_bool().unwrap();
    assert_eq!(output.status, Some(i32::from(!is_in)), "{output}");
    (is_in, status["email"].as_str().map(str::to_owned))
}

/// Home, variables, directory, what we say before and after; the client must agree with both.
type Case = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    Said,
    Said,
);

#[test]
fn claude_and_adieu_agree_before_and_after_a_logout() {
    let Some(client) = Client::find("claude") else {
        return;
    };
    let cases: [Case; 14] = [
        ("claude-file", &[], "", Said::In, Said::Out),
        (
            "claude-file-after-native-logout",
            &[],
            "",
            Said::Out,
            Said::Out,
        ),
        ("claude-console-key", &[], "", Said::In, Said::Out),
        ("claude-api-key-approved", &[], "", Said::Out, Said::Out),
        (
            "claude-file",
            &[("ANTHROPIC_API_KEY", "FAKE-key")],
            "",
            Said::In,
            Said::In,
        ),
        (
            "claude-file",
            &[("ANTHROPIC_AUTH_TOKEN", "FAKE-bearer")],
            "",
            Said::In,
            Said::In,
        ),
        (
            "claude-file",
            &[("CLAUDE_CODE_OAUTH_TOKEN", "FAKE-setup")],
            "",
            Said::In,
            Said::In,
        ),
        (
            "claude-file",
            &[("CLAUDE_CODE_USE_BEDROCK", "1")],
            "",
            Said::In,
            Said::In,
        ),
        (
            "claude-file",
            &[("ANTHROPIC_API_KEY", "")],
            "",
            Said::In,
            Said::Out,
        ),
        ("claude-ant-profile", &[], "", Said::In, Said::Out),
        ("claude-settings-overrides", &[], "repo", Said::In, Said::In),
        ("claude-odd/cleared", &[], "", Said::Out, Said::Out),
        ("claude-odd/metadata-only", &[], "", Said::Out, Said::Out),
        (
            "claude-config-dir",
            &[("CLAUDE_CONFIG_DIR", ".claude-work")],
            "",
            Said::In,
            Said::Out,
        ),
    ];
    for (fixture, variables, directory, before, after) in cases {
        let home = home(fixture);
        if fixture == "claude-api-key-approved" {
            // Its profile exports the key; the client is started by no shell that has read it.
            home.write(".zshrc", "");
        }
        let at = home.join(directory);
        let named: Vec<(&str, String)> = variables
            .iter()
            .map(|(name, value)| match *name {
                "CLAUDE_CONFIG_DIR" => (*name, home.join(value).display().to_string()),
                _ => (*name, (*value).to_owned()),
            })
            .collect();
        let variables: Vec<(&str, &str)> = named
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let case = format!("{fixture} {variables:?}");
        let (ours, status) = said(&home, "claude", &variables, &at);
        assert_eq!(ours, before, "{case} before: {status:#}");
        let (theirs, email) = claude(&client, &home, &variables, &at);
        assert_eq!(theirs, ours == Said::In, "{case} before");
        if let Some(email) = email {
            assert!(status.to_string().contains(&email), "{case}: {email}");
        }
        let mut logout = adieu(&home, "logout claude --no-revoke").cwd(&at);
        for (name, value) in &variables {
            logout = logout.env(*name, *value);
        }
        // The exit status is the same answer: 1 as long as the client can be used; or somebody with
        // the key in its backup, which the client does not look at.
        let has_backup = fixture == "claude-console-key";
        logout
            .run()
            .code(i32::from(after == Said::In || has_backup));
        let (ours, status) = said(&home, "claude", &variables, &at);
        assert_eq!(ours, after, "{case} after: {status:#}");
        let (theirs, _) = claude(&client, &home, &variables, &at);
        assert_eq!(theirs, ours == Said::In, "{case} after");
    }
}

#[test]
fn claude_is_more_trusting_than_adieu_where_it_cannot_know() {
    let Some(client) = Client::find("claude") else {
        return;
    };
    for (fixture, ours, theirs) in [
        // It looks at no clock; a login past its end is renewed or refused at the next request.
        ("claude-odd/expired", Said::Out, true),
        // A token that it does not use, and a file that it cannot read: there all the same.
        ("claude-odd/no-inference-scope", Said::CouldNotTell, false),
        ("claude-odd/malformed", Said::CouldNotTell, false),
    ] {
        let home = home(fixture);
        let (said, status) = said(&home, "claude", &[], &home.path());
        assert_eq!(said, ours, "{fixture}: {status:#}");
        assert_eq!(
            claude(&client, &home, &[], &home.path()).0,
            theirs,
            "{fixture}"
        );
    }
}

#[test]
fn what_the_clients_own_logout_ends_adieu_calls_ended_too() {
    let Some(client) = Client::find("claude") else {
        return;
    };
    let home = home("claude-file");
    client
        .run(&home, "auth logout", &[], &home.path())
        .success();
    let (ours, status) = said(&home, "claude", &[], &home.path());
    assert_eq!(ours, Said::Out, "{status:#}");
    assert!(!status["leftovers"].as_array().unwrap().is_empty());
    let Some(client) = Client::find("codex") else {
        return;
    };
    let home = crate::support::home("codex-api-key");
    client.run(&home, "logout", &[], &home.path()).success();
    assert_eq!(said(&home, "codex", &[], &home.path()).0, Said::Out);
}

#[test]
fn account_that_adieu_removed_completely_is_unknown_to_the_client() {
    let Some(client) = Client::find("claude") else {
        return;
    };
    let home = home("claude-file");
    adieu(&home, "logout claude --complete --mcp --no-revoke")
        .run()
        .success();
    let output = client.run(&home, "auth status --json", &[], &home.path());
    assert_eq!(output.status, Some(1), "{output}");
    assert!(
        !output.stdout.contains(ADA) && !output.stdout.contains("Example Org"),
        "{output}"
    );
    // The client starts from what was left: settings, history and trust are still there.
    assert!(home.read(".claude.json").contains("hasTrustDialogAccepted"));
}

#[test]
fn codex_and_adieu_agree_before_and_after_a_logout() {
    let Some(client) = Client::find("codex") else {
        return;
    };
    for fixture in ["codex-chatgpt", "codex-api-key"] {
        let home = home(fixture);
        if fixture == "codex-chatgpt" {
            sign_codex_tokens(&home);
        }
        let at = home.path();
        assert_eq!(said(&home, "codex", &[], &at).0, Said::In, "{fixture}");
        client.run(&home, "login status", &[], &at).success();
        adieu(&home, "logout codex --no-revoke").run().success();
        assert_eq!(said(&home, "codex", &[], &at).0, Said::Out, "{fixture}");
        let output = client.run(&home, "login status", &[], &at).code(1);
        assert!(output.stderr.contains("Not logged in"), "{output}");
        // A key that is exported for other programs signs nobody in.
        let variables = [("OPENAI_API_KEY", "FAKE-key")];
        assert_eq!(said(&home, "codex", &variables, &at).0, Said::Out);
        client.run(&home, "login status", &variables, &at).code(1);
    }
}

#[test]
fn opencode_lists_what_adieu_lists() {
    let Some(client) = Client::find("opencode") else {
        return;
    };
    let home = home("opencode");
    let at = home.path();
    let (ours, status) = said(&home, "opencode", &[], &at);
    assert_eq!(ours, Said::In);
    let number = status["sessions"].as_array().unwrap().len();
    let output = client.run(&home, "auth list", &[], &at).success();
    assert!(
        output.stdout.contains(&format!("{number} credentials")),
        "{output}"
    );
    adieu(&home, "logout opencode --no-revoke").run().success();
    assert_eq!(said(&home, "opencode", &[], &at).0, Said::Out);
    let output = client.run(&home, "auth list", &[], &at).success();
    assert!(output.stdout.contains("0 credentials"), "{output}");
}

#[test]
fn copilot_has_a_token_as_long_as_adieu_says_so() {
    const HAS_ONE: &str = "Authentication token found";
    const HAS_NONE: &str = "No authentication information found";
    let Some(client) = Client::find("copilot") else {
        return;
    };
    let prompt = "-p hello";
    let home = home("copilot-plaintext");
    let at = home.path();
    assert_eq!(said(&home, "copilot", &[], &at).0, Said::In);
    let output = client.run(&home, prompt, &[], &at);
    assert!(output.stderr.contains(HAS_ONE), "{output}");
    // The login of the GitHub CLI is what it falls back to: it asks `gh`, where there is one.
    let gh = "[ \"$1 $2\" = 'auth token' ] && echo FAKE-gh-token";
    let path = crate::support::program(&home, "gh", gh);
    let path = format!("{path}:{}", std::env::var("PATH").unwrap());
    adieu(&home, "logout copilot --no-revoke").run().code(1);
    assert_eq!(said(&home, "copilot", &[], &at).0, Said::In);
    let output = client.run(&home, prompt, &[("PATH", &path)], &at);
    assert!(output.stderr.contains(HAS_ONE), "{output}");
    std::fs::remove_file(home.join(".config/gh/hosts.yml")).unwrap();
    assert_eq!(said(&home, "copilot", &[], &at).0, Said::Out);
    let output = client.run(&home, prompt, &[], &at);
    assert!(output.stderr.contains(HAS_NONE), "{output}");
}

#[test]
fn gemini_has_a_method_as_long_as_adieu_says_so() {
    const HAS_NONE: &str = "Please set an Auth method";
    let Some(client) = Client::find("gemini") else {
        return;
    };
    let prompt = "-p hello";
    let home = home("gemini-google");
    let at = home.path();
    assert_eq!(said(&home, "gemini", &[], &at).0, Said::In);
    let output = client.run(&home, prompt, &[], &at);
    assert!(!output.stderr.contains(HAS_NONE), "{output}");
    adieu(&home, "logout gemini --no-revoke").run().success();
    assert_eq!(said(&home, "gemini", &[], &at).0, Said::Out);
    let output = client.run(&home, prompt, &[], &at);
    assert!(output.stderr.contains(HAS_NONE), "{output}");
}
