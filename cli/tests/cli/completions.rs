//! Completion scripts in the real shells: loading and using them calls nobody.
#![expect(
    clippy::disallowed_methods,
    reason = "the shells are started by the test itself, where they are required"
)]

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use adieu_testkit::Home;
use expectrl::session::OsSession;
use expectrl::{Eof, Expect as _};

use crate::support::adieu;

/// A home with the script of a shell, and a program `adieu` that leaves a trace when it is called.
struct Place {
    home: Home,
    script: PathBuf,
}

impl Place {
    fn of(shell: &str) -> Self {
        let home = Home::new();
        let script = adieu(&home).args(["completions", shell]).run().success();
        home.write("script", &script.stdout);
        let trace = home.join("called");
        let stub = format!("#!/bin/sh\necho \"$@\" >> '{}'\n", trace.display());
        home.write_with_mode("bin/adieu", stub, 0o755);
        let script = home.join("script");
        Self { home, script }
    }

    /// A shell in it; `None` where that shell is not installed.
    fn shell(&self, program: &str, arguments: &[&str]) -> Option<Command> {
        let path = format!("{}:/usr/bin:/bin", self.home.join("bin").display());
        if !["/usr/bin", "/bin"]
            .iter()
            .any(|directory| PathBuf::from(directory).join(program).exists())
        {
            let required =
                std::env::var_os("ADIEU_REAL_PARTS").is_some_and(|value| value == "required");
            assert!(!required, "may not be left out: {program} is not installed");
            return None;
        }
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.home.path())
            .env("TERM", "xterm")
            .env("LC_ALL", "C.UTF-8")
            .current_dir(self.home.work());
        Some(command)
    }

    /// What a script prints that loads the completions first; nothing may go wrong, and nobody may be
    /// called.
    fn run(&self, program: &str, arguments: &[&str], script: &str) -> Option<String> {
        let mut command = self.shell(program, arguments)?;
        let script = script.replace("SCRIPT", &self.script.display().to_string());
        let output = command.arg(script).stdin(Stdio::null()).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && errors.is_empty(),
            "{program}: {errors}"
        );
        self.assert_nobody_called();
        Some(String::from_utf8(output.stdout).unwrap())
    }

    fn assert_nobody_called(&self) {
        assert!(!self.home.has("called"), "{}", self.home.read("called"));
    }
}

/// Every command with an option that has a list of values, as they are typed.
fn options_with_values() -> Vec<String> {
    fn collect(command: &clap::Command, typed: &str, found: &mut Vec<String>) {
        for argument in command.get_arguments() {
            let is_listed = !argument.get_possible_values().is_empty();
            if let Some(long) = argument
                .get_long()
                .filter(|_| is_listed && !argument.is_hide_set())
            {
                found.push(format!("{typed} --{long} "));
            }
        }
        for sub in command
            .get_subcommands()
            .filter(|sub| sub.get_name() != "help")
        {
            collect(sub, &format!("{typed} {}", sub.get_name()), found);
        }
    }
    let mut command = adieu_cli::args::build_command();
    command.build();
    let mut found = Vec::new();
    collect(&command, "adieu", &mut found);
    assert!(found.len() > 10, "{found:?}");
    found
}

#[test]
fn bash_loads_and_completes() {
    let place = Place::of("bash");
    let printed = place.run(
        "bash",
        &["--norc", "--noprofile", "-c"],
        "source SCRIPT
         COMP_WORDS=(adieu logout --keyc); COMP_CWORD=2
         _adieu adieu --keyc logout; printf '%s\\n' \"${COMPREPLY[@]}\"
         COMP_WORDS=(adieu scan --format ''); COMP_CWORD=3
         _adieu adieu '' --format; printf '%s\\n' \"${COMPREPLY[@]}\"",
    );
    if let Some(printed) = printed {
        for word in ["--keychain", "sarif", "eval"] {
            assert!(printed.lines().any(|line| line == word), "{printed}");
        }
    }
}

#[test]
fn fish_loads_and_completes() {
    let place = Place::of("fish");
    let asks: Vec<String> = options_with_values()
        .iter()
        .map(|typed| format!("complete -C '{typed}'"))
        .collect();
    let script = format!(
        "source SCRIPT; complete -C 'adieu logout --keyc'; {}",
        asks.join("; ")
    );
    if let Some(printed) = place.run("fish", &["--no-config", "-c"], &script) {
        for word in ["--keychain", "sarif", "eval\tLines", "graphviz"] {
            assert!(printed.contains(word), "{printed}");
        }
    }
}

#[test]
fn zsh_loads_and_completes() {
    let place = Place::of("zsh");
    let loading = "autoload -U compinit; compinit -u -D; source SCRIPT";
    if place.run("zsh", &["-f", "-c"], loading).is_none() {
        return;
    }
    // Values and their texts are evaluated when they are offered, which needs a terminal.
    let command = place.shell("zsh", &["-f", "-i"]).unwrap();
    let mut session = OsSession::spawn(command).unwrap();
    session.set_expect_timeout(Some(Duration::from_mins(1)));
    session.get_process_mut().set_window_size(200, 60).unwrap();
    let loading = loading.replace("SCRIPT", &place.script.display().to_string());
    let quiet = "PS1='READY> '; LISTMAX=10000; setopt no_beep no_always_last_prompt";
    session.send(format!("{loading}; {quiet}\r")).unwrap();
    session.expect("READY> ").unwrap();
    let mut shown = String::new();
    for (number, typed) in options_with_values().iter().enumerate() {
        // Ctrl-U takes the line away again before anything is run.
        session
            .send(format!("{typed}\t\t\x15echo done-{number}-\"\"end\r"))
            .unwrap();
        let found = session.expect(format!("done-{number}-end")).unwrap();
        shown.push_str(&String::from_utf8_lossy(found.before()));
        // Before the prompt is there, the terminal itself would take Ctrl-U and the line with it.
        session.expect("READY> ").unwrap();
    }
    session.send("exit\r").unwrap();
    shown.push_str(&String::from_utf8_lossy(
        session.expect(Eof).unwrap().before(),
    ));
    place.assert_nobody_called();
    assert!(
        !shown.contains("(eval)") && !shown.contains("_arguments:"),
        "{shown}"
    );
    for word in ["sarif", "graphviz", "that the calling shell is to evaluate"] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
}

#[test]
fn scripts_of_all_shells_hold_no_code_from_help_texts() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = adieu(&home).args(["completions", shell]).run().success();
        for line in script.stdout.lines() {
            let is_text = line.contains("calling shell") || line.contains("For programs");
            if is_text || shell == "powershell" && line.contains("::new(") {
                // PowerShell's own generator doubles the quotes of a text and knows nothing else.
                let told = line.rsplit("CompletionResultType]").next().unwrap_or(line);
                assert!(
                    !told.contains("$(") && !told.contains('`'),
                    "{shell}: {line}"
                );
            }
        }
        assert!(!script.stdout.contains("$(adieu"), "{shell}");
    }
}
