//! What holds for every command there is: `-o json` prints one document, `-q` one line or only the data.
//!
//! The commands are those that clap knows: one without a line in the table below fails the test.

use std::collections::BTreeMap;
use std::path::Path;

use adieu_testkit::Home;
use serde_json::Value;

use crate::support::{adieu, shell};

/// How a command is tried.
struct Try {
    /// What has to be typed behind its name.
    words: &'static str,
    /// Whether `-q` leaves data of many lines, which is all there is.
    is_data: bool,
    /// How the form of the output is asked for, where `-o` is something else.
    json: &'static str,
}

const fn line(words: &'static str) -> Try {
    Try {
        words,
        is_data: false,
        json: "-o json",
    }
}

const fn data(words: &'static str) -> Try {
    Try {
        is_data: true,
        ..line(words)
    }
}

/// Every command with what it needs.
fn tries() -> BTreeMap<&'static str, Try> {
    BTreeMap::from([
        ("status", line("")),
        ("logout", line("dev-admin --dry-run")),
        ("login", line("nobody")),
        ("switch", line("nobody")),
        ("revoke", line("dev-admin --dry-run")),
        ("list", line("")),
        ("whoami", line("--offline -i dev-admin")),
        ("validate", line("")),
        ("env", data("-i dev-admin")),
        // Without a command and with a shell that is none: what they print is another program's.
        ("exec", line("-i dev-admin")),
        ("shell", line("-i dev-admin --shell /nonexistent/sh")),
        ("credential-process", data("nobody")),
        ("console", line("nobody")),
        ("token", line("--sso nobody")),
        ("kube-credential", line("nobody")),
        ("user configure", line("nobody")),
        ("aws profiles", data("")),
        ("aws ecr login", line("-r nowhere.example")),
        ("aws eks update-kubeconfig", line("")),
        ("aws eks token", line("--cluster-name crane -i nobody")),
        ("dashboard", line("")),
        ("scan", line("../.zshrc")),
        ("audit show", line("")),
        ("audit verify", line("")),
        ("catalogue list", data("")),
        ("catalogue show", data("gh")),
        ("catalogue ignore", data("")),
        ("catalogue check", line("tool.toml")),
        ("auth login", line("nobody")),
        ("auth logout", line("dev-admin --dry-run")),
        ("auth status", line("")),
        ("auth list", line("")),
        ("auth whoami", line("--offline -i dev-admin")),
        ("auth validate", line("")),
        ("auth env", data("-i dev-admin")),
        ("auth exec", line("-i dev-admin")),
        ("auth console", line("nobody")),
        ("auth user configure", line("nobody")),
        ("auth shell", line("-i dev-admin --shell /nonexistent/sh")),
        ("org login web", line("--instance-url nowhere")),
        (
            "org login jwt",
            Try {
                json: "--output json",
                ..line("-o ana@harbor.example -f none -i id")
            },
        ),
        ("org login access-token", line("-r https://nowhere.invalid")),
        ("org login sfdx-url", line("-f none")),
        ("org login device", line("--instance-url nowhere")),
        ("org logout", line("--all --dry-run --no-prompt")),
        ("org list", line("--skip-connection-status")),
        ("org list auth", line("")),
        ("org display", line("--timeout 1")),
        ("completions", data("bash")),
        ("man", data("")),
        ("schema", data("status")),
    ])
}

/// The names of every command that does something itself.
fn commands(command: &clap::Command, path: &str, found: &mut Vec<String>) {
    let shown = |command: &&clap::Command| !command.is_hide_set() && command.get_name() != "help";
    for next in command.get_subcommands().filter(shown) {
        let path = format!("{path} {}", next.get_name()).trim().to_owned();
        if !next.is_subcommand_required_set() {
            found.push(path.clone());
        }
        commands(next, &path, found);
    }
}

fn all_commands() -> Vec<String> {
    let mut command = adieu_cli::args::build_command();
    command.build();
    let mut found = Vec::new();
    commands(&command, "", &mut found);
    found
}

/// The home of the examples, with orgs, an entry of a tool and nobody's key store.
fn home() -> Home {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let home = Home::from_fixture(root.join("../examples/home"));
    home.write(
        "infra/tool.toml",
        include_bytes!("../../../core/data/catalogue/gh.toml"),
    );
    home
}

#[test]
fn every_command_is_tried() {
    let (tries, all) = (tries(), all_commands());
    for command in &all {
        assert!(tries.contains_key(command.as_str()), "no try of: {command}");
    }
    for command in tries.keys() {
        assert!(
            all.iter().any(|known| known == command),
            "no command: {command}"
        );
    }
}

#[test]
fn json_is_one_document_of_every_command() {
    for (command, it) in tries() {
        let home = home();
        for json in [it.json, "--output json", "--output=json"] {
            let words = format!("{command} {} {json}", it.words);
            let output = adieu(&home)
                .cwd(home.join("infra"))
                .args(words.split_whitespace())
                .run();
            let document: Result<Value, _> = serde_json::from_str(&output.stdout);
            let document = document.unwrap_or_else(|error| panic!("{words}: {error}\n{output}"));
            assert!(document.is_object(), "{words}: {output}");
        }
    }
}

#[test]
fn quiet_is_one_line_of_every_command() {
    for (command, it) in tries() {
        let home = home();
        for words in [
            format!("{command} {} -q", it.words),
            format!("-q {command} {}", it.words),
        ] {
            let output = adieu(&home)
                .cwd(home.join("infra"))
                .args(words.split_whitespace())
                .run();
            let lines = output.stdout.lines().count();
            assert!(lines <= 1 || it.is_data, "{words}: {output}");
        }
    }
}

/// The words of a tool's own client are no part of the document.
#[test]
fn login_in_json_keeps_the_clients_words_out_of_the_document() {
    let home = home();
    let client = home.join("bin/claude");
    home.write_with_mode(
        "bin/claude",
        "#!/bin/sh\necho Signed in with the browser.\n",
        0o755,
    );
    assert!(shell("/bin/sh", &format!("{}", client.display())).is_some());
    let path = format!("{}:/usr/bin:/bin", home.join("bin").display());
    for words in [
        "login claude --force -o json",
        "switch claude --force -o json",
    ] {
        let output = adieu(&home)
            .env("PATH", &path)
            .args(words.split_whitespace())
            .run();
        let document: Value = serde_json::from_str(&output.stdout)
            .unwrap_or_else(|error| panic!("{words}: {error}\n{output}"));
        assert!(document.is_object(), "{output}");
        assert!(
            output.stderr.contains("Signed in with the browser."),
            "{output}"
        );
    }
}
