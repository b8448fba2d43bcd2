//! What shell profiles set, seen by the commands that say who is signed in: with file and line.

use adieu_testkit::{Home, Tree};
use serde_json::Value;

use crate::support::{adieu, assert_no_secret, home, overrides, program};

fn status(home: &Home, words: &str) -> Value {
    let before = Tree::of(home.root());
    let output = adieu(home, words).run();
    assert_no_secret(&output);
    before.assert_same(&Tree::of(home.root()));
    output.json()
}

fn with_profiles() -> Home {
    let home = Home::new();
    home.write(
        ".zshrc",
        "# mine\nexport ANTHROPIC_API_KEY=FAKE-key\nexport AWS_SECRET_ACCESS_KEY='FAKE-aws'\n",
    )
    .write(
        ".config/environment.d/10-keys.conf",
        "CLAUDE_CODE_OAUTH_TOKEN=FAKE-setup\n",
    )
    .write(
        ".bashrc",
        "[ -f ~/.keys ] && . ~/.keys\n#export HF_TOKEN=FAKE-hf\n",
    )
    .write(
        ".keys",
        "if true; then\n  export GEMINI_API_KEY=FAKE-gemini\nfi\n",
    );
    home
}

#[test]
fn lines_that_sign_a_tool_in_are_overrides_with_their_places() {
    let home = with_profiles();
    let found = status(&home, "status -o json");
    assert_eq!(
        overrides(&found),
        [
            ("profile", "ANTHROPIC_API_KEY"),
            ("profile", "AWS_SECRET_ACCESS_KEY"),
            ("profile", "CLAUDE_CODE_OAUTH_TOKEN"),
            ("profile", "GEMINI_API_KEY"),
        ]
        .map(|(kind, name)| (kind.to_owned(), name.to_owned()))
    );
    let place = |name: &str| {
        let mut all = found["overrides"].as_array().unwrap().iter();
        let one = all.find(|found| found["name"] == name).unwrap();
        format!("{} {} {}", one["location"], one["system"], one["remedy"]).replace('"', "")
    };
    assert_eq!(
        place("ANTHROPIC_API_KEY"),
        "$HOME/.zshrc:2 claude adieu scan --fix remove --name ANTHROPIC_API_KEY"
    );
    // A branch may be taken: that it is not is more than a reader of the file can know.
    assert!(place("GEMINI_API_KEY").starts_with("$HOME/.keys:2 gemini"));
    assert_eq!(found["verdict"], "overridden");
    // What stands in a comment signs nobody in, but is there to be read.
    assert_eq!(found["secrets"][0]["name"], "HF_TOKEN");
    assert_eq!(found["secrets"][0]["location"], "$HOME/.bashrc:2");
    adieu(&home, "status --check").run().code(1);
}

#[test]
fn remedy_that_is_said_takes_the_override_away() {
    let home = with_profiles();
    for name in [
        "ANTHROPIC_API_KEY",
        "AWS_SECRET_ACCESS_KEY",
        "CLAUDE_CODE_OAUTH_TOKEN",
        "GEMINI_API_KEY",
    ] {
        adieu(&home, &format!("scan --fix remove --name {name} --force")).run();
    }
    let output = adieu(&home, "status --check").run();
    assert!(output.stdout.contains("nobody is signed in"), "{output}");
    assert!(
        output.stdout.contains("secrets are left in files"),
        "{output}"
    );
    output.success();
    adieu(&home, "scan --fix remove --force").run().success();
    let output = adieu(&home, "status --check").run().success();
    assert!(
        output
            .stdout
            .contains("● Clean: nobody is signed in with any of the "),
        "{output}"
    );
}

#[test]
fn people_read_where_it_is_and_what_takes_it_away() {
    let home = with_profiles();
    let output = adieu(&home, "status claude").run().success();
    assert_no_secret(&output);
    insta::assert_snapshot!(output.stdout, @"
    Overrides
      • CLAUDE_CODE_OAUTH_TOKEN in ~/.config/environment.d/10-keys.conf:1 keeps Claude Code signed in
        hint: adieu scan --fix remove --name CLAUDE_CODE_OAUTH_TOKEN
      • ANTHROPIC_API_KEY in ~/.zshrc:2 keeps Claude Code signed in
        hint: adieu scan --fix remove --name ANTHROPIC_API_KEY

    ● Overridden: no session, but 2 lines in shell profiles keep a tool signed in
    ");
}

#[test]
fn profile_keeps_a_logout_from_being_called_done() {
    let home = home("claude-file");
    home.write(".profile", "export ANTHROPIC_API_KEY=FAKE-key\n");
    let output = adieu(&home, "logout claude --no-revoke").run().code(1);
    assert_no_secret(&output);
    assert!(output.stderr.contains("~/.profile:1"), "{output}");
    assert!(!home.read(".claude.json").contains("oauthAccount"));
}

#[test]
fn profile_refuses_a_switch_before_anything_is_changed() {
    let home = home("claude-file");
    home.write(".profile", "export ANTHROPIC_API_KEY=FAKE-key\n");
    let path = program(&home, "claude", "exit 0");
    let before = Tree::of(home.root());
    let output = adieu(&home, "switch claude")
        .env("PATH", path)
        .run()
        .code(1);
    assert!(output.stderr.contains("~/.profile:1"), "{output}");
    before.assert_same(&Tree::of(home.root()));
}

#[test]
fn what_signs_no_tool_in_is_no_override() {
    let home = Home::new();
    home.write(
        ".bashrc",
        "export CLAUDE_CODE_USE_BEDROCK=0\nexport ANTHROPIC_API_KEY=\nexport GH_TOKEN=FAKE-gh\nunset GH_TOKEN\n\
         ANTHROPIC_AUTH_TOKEN=FAKE-shell-only\n",
    )
    .write(".envrc", "export ANTHROPIC_API_KEY=FAKE-directory\n")
    .write(".config/systemd/user/x.service", "[Service]\nEnvironment=GH_TOKEN=FAKE-service\n");
    let found = status(&home, "status -o json");
    assert_eq!(overrides(&found), []);
    assert_eq!(found["verdict"], "clean");
    assert_eq!(found["secrets"].as_array().unwrap().len(), 4);
}

#[test]
fn profile_that_cannot_be_read_leaves_the_answer_open() {
    let home = Home::new();
    home.write(".bashrc", vec![b'#'; (1 << 20) + 1]);
    let output = adieu(&home, "status --check").run().code(3);
    assert!(output.stdout.contains("Could not tell"), "{output}");
    assert!(output.stderr.contains(".bashrc"), "{output}");
}

#[test]
fn status_of_somebody_elses_home_reads_no_profiles_of_this_machine() {
    let home = with_profiles();
    let elsewhere = Home::new();
    let words = format!("status -o json --home {}", home.path().display());
    let found = adieu(&elsewhere, &words).run().success().json();
    assert_eq!(overrides(&found).len(), 4);
}
