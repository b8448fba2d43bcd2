//! What is set in the calling shell, and the lines that take it out.

use adieu_testkit::{Adieu, Home};

use crate::support::assert_says_no_secret;

fn with_environment(home: &Home, words: &str) -> Adieu {
    Adieu::new(env!("CARGO_BIN_EXE_adieu"))
        .home(home)
        .env("OPENAI_API_KEY", "FAKE-one")
        .env("CLAUDE_CODE_USE_BEDROCK", "1")
        .env("ACME_TOKEN", "FAKE-two")
        .env("SSH_AUTH_SOCK", "/tmp/agent")
        .env("EDITOR", "vim")
        .arg("scan")
        .args(words.split_whitespace())
}

#[test]
fn every_shell_gets_its_lines() {
    let home = Home::new();
    for (shell, line) in [
        ("bash", "unset OPENAI_API_KEY"),
        ("zsh", "unset OPENAI_API_KEY"),
        ("fish", "set -e OPENAI_API_KEY"),
        ("csh", "unsetenv OPENAI_API_KEY;"),
        ("powershell", "Remove-Item Env:OPENAI_API_KEY"),
        ("cmd", "set OPENAI_API_KEY="),
        ("nushell", "hide-env OPENAI_API_KEY"),
    ] {
        let words = format!("--format eval --shell {shell}");
        let output = with_environment(&home, &words).run().success();
        assert_says_no_secret(&output);
        let lines: Vec<&str> = output.stdout.lines().collect();
        let others = |name: &str| line.replace("OPENAI_API_KEY", name);
        assert_eq!(
            lines,
            [
                others("ACME_TOKEN"),
                others("CLAUDE_CODE_USE_BEDROCK"),
                line.to_owned()
            ]
        );
    }
}

#[test]
fn the_shell_is_that_of_the_user() {
    let home = Home::new();
    let lines = |shell: &str| {
        let run = with_environment(&home, "--format eval").env("SHELL", shell);
        run.run().success().stdout
    };
    assert!(lines("/usr/bin/fish").contains("set -e OPENAI_API_KEY"));
    assert!(lines("/bin/bash").contains("unset OPENAI_API_KEY"));
    let output = with_environment(&home, "--format eval").run().code(2);
    assert!(output.stderr.contains("--shell"), "{output}");
    let output = with_environment(&home, "--format eval")
        .env("SHELL", "/bin/odd")
        .run()
        .code(2);
    assert!(output.stderr.contains("--shell"), "{output}");
}

#[test]
fn the_environment_is_shown_when_asked_for() {
    let home = Home::new();
    home.write("empty.env", "");
    let words = "--environment -o json";
    let run = with_environment(&home, words).arg(home.join("empty.env"));
    let output = run.run().code(1);
    assert_says_no_secret(&output);
    let found = output.json();
    let names: Vec<_> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        names,
        ["ACME_TOKEN", "CLAUDE_CODE_USE_BEDROCK", "OPENAI_API_KEY"]
    );
    let run = with_environment(&home, "-o json").arg(home.join("empty.env"));
    run.run().success();
}
