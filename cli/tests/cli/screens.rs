//! What a person reads: every command on a terminal, in a copy of `examples/home`, pinned.
//!
//! Each file below `cli/tests/snapshots` has a command at 80 and 120 columns, with and without colour.
#![expect(
    clippy::disallowed_methods,
    reason = "a shell sets the terminal's size, and a fixture gets its mode"
)]

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use adieu_testkit::Home;
use adieu_testkit::server::Server;
use expectrl::session::OsSession;
use expectrl::{Eof, Expect as _};
use insta::{Settings, assert_snapshot};

use crate::support::adieu;

/// How a command is shown.
#[derive(Clone, Copy)]
struct Screen {
    columns: u16,
    has_colour: bool,
}

const SCREENS: [Screen; 4] = [
    Screen {
        columns: 80,
        has_colour: false,
    },
    Screen {
        columns: 120,
        has_colour: false,
    },
    Screen {
        columns: 80,
        has_colour: true,
    },
    Screen {
        columns: 120,
        has_colour: true,
    },
];

/// A copy of the home of the examples, in which nobody else can read what is secret.
fn examples() -> Home {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/home");
    let home = Home::from_fixture(folder);
    let secret = home.join(".claude/.credentials.json");
    std::fs::set_permissions(secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    home
}

/// What a terminal shows of a command that asks nothing, with its exit status.
fn shown(home: &Home, words: &[&str], screen: Screen, portal: &Server) -> String {
    let run = adieu(home)
        .args(words.iter().copied())
        .env("LC_ALL", "C.UTF-8")
        .env("TERM", "xterm-256color")
        // Nobody is there to answer, so that nothing moves on the screen.
        .env("CI", "true")
        .env("ATMOS_KEYRING_PASSWORD", "password-for-examples")
        .env("AWS_ENDPOINT_URL_SSO", portal.url())
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    let run = if screen.has_colour {
        run
    } else {
        run.env("NO_COLOR", "1")
    };
    let run = run.command();
    let script = format!(
        "printf ready; read go; /usr/bin/stty cols {} rows 50; exec \"$@\"",
        screen.columns
    );
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", &script, "sh"])
        .arg(run.get_program())
        .args(run.get_args())
        .env_clear();
    for (name, value) in run.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    let infra = home.join("infra");
    let directory = if infra.is_dir() { infra } else { home.work() };
    command.current_dir(directory);
    let mut session = OsSession::spawn(command).unwrap();
    session.set_expect_timeout(Some(Duration::from_mins(1)));
    // The size that the terminal is born with is set by now.
    session.expect("ready").unwrap();
    session.send_line("").unwrap();
    let rest = session.expect(Eof).unwrap();
    let text = String::from_utf8_lossy(rest.as_bytes()).into_owned();
    let status = format!("{:?}", session.get_process().wait().unwrap());
    let status = status
        .trim_start_matches("Exited(Pid(")
        .trim_end_matches(')');
    let status = status.split_once(", ").map_or(status, |(_, status)| status);
    let text = text
        .trim_start_matches("\r\n")
        .replace("\r\n", "\n")
        .replace('\u{1b}', "\\e");
    let text = text.replace(&portal.port().to_string(), "PORT!");
    let text = text.replace(home.path().to_str().unwrap(), "$HOME");
    let text = text.replace(home.work().to_str().unwrap(), "$WORK");
    // When a file was made is nobody's news.
    let lines = text
        .lines()
        .map(|line| match line.split_once("Last Updated") {
            Some((margin, _)) => format!("{margin}Last Updated  TIME"),
            None => line.to_owned(),
        });
    let text = lines.collect::<Vec<_>>().join("\n");
    format!("{text}\n(exit {status})\n")
}

/// One file for one command.
fn pin(name: &str, text: &str) {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| assert_snapshot!(name, text));
}

/// A command on each screen, each in a home of its own after `before` was done there.
fn pin_screens(name: &str, before: &[&[&str]], words: &[&str], make: fn() -> Home) {
    let mut text = String::new();
    for screen in SCREENS {
        let (home, portal) = (make(), Server::aws_portal());
        for words in before {
            shown(&home, words, screen, &portal);
        }
        let colour = if screen.has_colour { ", colour" } else { "" };
        let columns = screen.columns;
        let shown = shown(&home, words, screen, &portal);
        if !screen.has_colour {
            for line in shown.lines() {
                let wide = line.chars().count();
                let is_one_word = line.split_whitespace().count() < 2;
                assert!(
                    wide <= usize::from(columns) || is_one_word,
                    "{name}, {columns} columns: {line}"
                );
            }
        }
        let words = words.join(" ");
        writeln!(
            text,
            "# {columns} columns{colour}\n$ adieu {words}\n{shown}"
        )
        .unwrap();
    }
    pin(name, text.trim_end());
}

/// A name, what is done before, and the command that is shown.
type Case<'a> = (&'a str, &'a [&'a [&'a str]], &'a [&'a str]);

#[test]
fn commands_on_the_example_home_look_so() {
    let everything: &[&str] = &["logout", "--all", "--force"];
    let cases: [Case<'_>; 18] = [
        ("status", &[], &["status"]),
        ("status-selectors", &[], &["status", "claude", "dev-admin"]),
        ("status-after-logout", &[everything], &["status"]),
        ("status-quiet", &[], &["status", "-q"]),
        ("list", &[], &["list"]),
        ("list-table", &[], &["list", "--format", "table"]),
        ("logout-all-dry-run", &[], &["logout", "--all", "--dry-run"]),
        (
            "logout-identity-dry-run",
            &[],
            &["logout", "dev-admin", "--dry-run"],
        ),
        ("logout-identity", &[], &["logout", "dev-admin"]),
        (
            "logout-again",
            &[&["logout", "dev-admin"]],
            &["logout", "dev-admin"],
        ),
        ("logout-all", &[], everything),
        ("logout-unknown", &[], &["logout", "dev-amin"]),
        ("logout-nobody", &[], &["logout"]),
        ("revoke-pending", &[everything], &["revoke", "--pending"]),
        ("whoami", &[], &["whoami", "--offline"]),
        ("validate", &[], &["validate"]),
        ("scan", &[], &["scan", "../.zshrc"]),
        ("audit-show", &[everything], &["audit", "show"]),
    ];
    for (name, before, words) in cases {
        pin_screens(name, before, words, examples);
    }
}

#[test]
fn commands_on_an_empty_home_look_so() {
    for (name, words) in [
        ("empty-status", &["status"][..]),
        ("empty-list", &["list"]),
        ("empty-logout", &["logout", "--all"]),
        ("empty-audit-show", &["audit", "show"]),
        ("empty-org-list", &["org", "list"]),
        ("empty-validate", &["validate"]),
    ] {
        pin_screens(name, &[], words, Home::new);
    }
}

#[test]
fn orgs_look_so() {
    fn orgs() -> Home {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR"));
        Home::from_fixture(fixtures.join("../core/tests/fixtures/salesforce/basic-v1"))
    }
    let list = &["org", "list", "--skip-connection-status"];
    pin_screens("org-list", &[], list, orgs);
    pin_screens("org-list-auth", &[], &["org", "list", "auth"], orgs);
    let dry_run = &["org", "logout", "--all", "--dry-run"];
    pin_screens("org-logout-dry-run", &[], dry_run, orgs);
}

/// No line of what is said in a narrow terminal is wider than it, unless one word is.
#[test]
fn narrow_terminal_breaks_between_words() {
    let (home, portal) = (examples(), Server::aws_portal());
    let screen = Screen {
        columns: 40,
        has_colour: false,
    };
    for words in [
        &["status"][..],
        &["list"],
        &["list", "--format", "table"],
        &["logout", "--all", "--dry-run"],
        &["scan", "../.zshrc"],
        &["org", "list"],
        &["logout", "--all", "--force"],
        &["status"],
        &["audit", "show"],
    ] {
        let text = shown(&home, words, screen, &portal);
        for line in text.lines() {
            let is_one_word = line.split_whitespace().count() < 2;
            assert!(
                line.chars().count() <= 40 || is_one_word,
                "{words:?}: {line}\n{text}"
            );
        }
    }
}

#[test]
fn help_of_every_command_looks_so() {
    let (home, portal) = (Home::new(), Server::aws_portal());
    for words in [
        "",
        "status",
        "logout",
        "revoke",
        "login",
        "switch",
        "list",
        "whoami",
        "validate",
        "env",
        "dashboard",
        "scan",
        "audit",
        "audit show",
        "audit verify",
        "catalogue",
        "auth",
        "auth logout",
        "org",
        "org list",
        "org list auth",
        "org display",
        "org logout",
        "org login",
        "org login web",
        "org login jwt",
        "completions",
        "man",
        "schema",
    ] {
        let mut text = String::new();
        for columns in [80, 120] {
            let screen = Screen {
                columns,
                has_colour: false,
            };
            let mut typed: Vec<&str> = words.split_whitespace().collect();
            typed.push("--help");
            let shown = shown(&home, &typed, screen, &portal);
            let typed = typed.join(" ");
            assert!(shown.contains("Examples:"), "{typed}: {shown}");
            writeln!(text, "# {columns} columns\n$ adieu {typed}\n{shown}").unwrap();
        }
        let name = format!("help {words}");
        pin(&name.trim().replace(' ', "-"), text.trim_end());
    }
}
