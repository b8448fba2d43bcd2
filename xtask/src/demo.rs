//! The whole life of a logout, on real input: the made-up home of `examples/home`.

use std::env;
use std::fmt;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use adieu_testkit::{Home, Tree};

use crate::Failure;
use crate::portal::Portal;
use crate::process::{build_directory, cargo, run as run_program};

/// One command of the demonstration: why, what, and the exit status that it must have.
struct Act {
    why: &'static str,
    arguments: &'static [&'static str],
    status: i32,
}

const ACTS: [Act; 10] = [
    Act {
        why: "Who is signed in?",
        arguments: &["status"],
        status: 0,
    },
    Act {
        why: "What would a complete logout do? Nothing is changed.",
        arguments: &["logout", "--all", "--dry-run"],
        status: 0,
    },
    Act {
        why: "Log out of one identity. Those that share its portal stay signed in; the AWS CLI's copy of \
              a session that nobody else keeps goes, and the session ends.",
        arguments: &["logout", "dev-admin"],
        status: 0,
    },
    Act {
        why: "Log out of everything. --force answers the question about sessions that no \
              configuration here knows.",
        arguments: &["logout", "--all", "--force"],
        status: 0,
    },
    Act {
        why: "The proof: the exit status is 0 only if nothing live is left. Here a forgotten line of \
              a shell profile would sign a tool in again.",
        arguments: &["status", "--check"],
        status: 1,
    },
    Act {
        why: "Take the line out. --force answers the question.",
        arguments: &["scan", "--fix", "remove", "--force"],
        status: 0,
    },
    Act {
        why: "A key that a person typed into ~/.aws/credentials is nobody's session. It goes only when stored \
              credentials are asked for.",
        arguments: &["logout", "aws:profile pipeline", "--keychain", "--force"],
        status: 0,
    },
    Act {
        why: "The proof again.",
        arguments: &["status", "--check"],
        status: 0,
    },
    Act {
        why: "What was done, and when.",
        arguments: &["audit", "show"],
        status: 0,
    },
    Act {
        why: "Is the trail whole?",
        arguments: &["audit", "verify"],
        status: 0,
    },
];

/// What no logout may touch, byte for byte.
const NEIGHBOURS: [&str; 5] = [
    ".aws/config",
    ".claude/history.jsonl",
    ".claude/settings.json",
    ".profile",
    "infra/atmos.yaml",
];

/// Parts of files that other parts are taken out of.
const NEIGHBOURS_IN_FILES: [(&str, &[&str]); 4] = [
    (
        ".kube/config",
        &["# Kept by hand", "current-context: kind-lab"],
    ),
    (".claude.json", &["hasTrustDialogAccepted", "\"theme\""]),
    (".zshrc", &["export EDITOR=vi", "alias tf=terraform"]),
    (
        ".docker/config.json",
        &[
            "credsStore",
            "credHelpers",
            "HttpHeaders",
            "registry.stranger.example",
        ],
    ),
];

pub(crate) fn run(root: &Path) -> Result<(), Failure> {
    run_program(cargo(root).args(["build", "--quiet", "--locked", "--package", "adieu-cli"]))?;
    let home = Home::from_fixture(root.join("examples/home"));
    let portal = Portal::start()?;
    println!("A copy of examples/home is in {}", home.path().display());
    println!("A portal on loopback, {}, stands in for AWS", portal.url);
    let before = Tree::of(home.path());
    for act in &ACTS {
        perform(act, &home, &portal)?;
    }
    show_what_became_of(&home, &before, &portal)
}

fn perform(act: &Act, home: &Home, portal: &Portal) -> Result<(), Failure> {
    println!("\n# {}\n$ adieu {}", act.why, act.arguments.join(" "));
    std::io::stdout().flush()?;
    let program = build_directory()?.join(format!("adieu{}", env::consts::EXE_SUFFIX));
    let mut command = Command::new(program);
    command.args(act.arguments).env_clear().stdin(Stdio::null());
    // How to write on this terminal; nothing that could lead to the real home or key store, and no
    // PATH, so that no vendor's client is started.
    for name in ["TERM", "COLORTERM", "NO_COLOR", "COLUMNS", "LANG", "LC_ALL"] {
        command.envs(env::var_os(name).map(|value| (name, value)));
    }
    command
        .current_dir(home.join("infra"))
        .env("HOME", home.path())
        .env("TMPDIR", home.temporary())
        .env("ATMOS_KEYRING_PASSWORD", "password-for-examples")
        .env("AWS_ENDPOINT_URL_SSO", &portal.url);
    let status = command.status()?;
    if status.code() == Some(act.status) {
        Ok(())
    } else {
        Err(format!("adieu ended with {status}, not with status {}", act.status).into())
    }
}

/// What a reader would otherwise have to look up: the server's side, the disk's side, and what was
/// left alone.
fn show_what_became_of(home: &Home, before: &Tree, portal: &Portal) -> Result<(), Failure> {
    let after = Tree::of(home.path());
    let (changes, ended) = (before.changes(&after), portal.ended());
    show("The server was asked to end these sessions:", &ended);
    show(
        "On disk (- removed, ~ edited, + added):",
        changes.summary().lines(),
    );
    if ended.is_empty() {
        return Err("no session was ended at the server".into());
    }
    for secret in ended.iter().map(String::as_str).chain([
        "FAKE-session-token",
        "FAKE-claude",
        "FAKE-key-of-the-demo",
    ]) {
        if let Some(path) = after.files_with(secret).first() {
            return Err(format!("{secret} is still in {}", path.display()).into());
        }
    }
    for path in changes.paths() {
        if NEIGHBOURS
            .iter()
            .any(|neighbour| path == Path::new(neighbour))
        {
            return Err(format!("{} was changed", path.display()).into());
        }
    }
    for (path, parts) in NEIGHBOURS_IN_FILES {
        let text = home.read(path);
        if let Some(part) = parts.iter().find(|part| !text.contains(**part)) {
            return Err(format!("`{part}` is gone from {path}").into());
        }
    }
    show(
        "None of these tokens is left in any file. Left alone, byte for byte:",
        NEIGHBOURS,
    );
    Ok(())
}

fn show(title: &str, lines: impl IntoIterator<Item = impl fmt::Display>) {
    println!("\n# {title}");
    for line in lines {
        println!("  {line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Home {
        Home::from_fixture(Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/home"))
    }

    #[test]
    fn what_the_demonstration_says_is_left_alone_is_there_to_begin_with() {
        let home = example();
        for path in NEIGHBOURS {
            assert!(home.has(path), "{path}");
        }
        for (path, parts) in NEIGHBOURS_IN_FILES {
            for part in parts {
                assert!(home.read(path).contains(part), "{part} in {path}");
            }
        }
    }

    #[test]
    fn secrets_of_the_example_look_made_up() {
        let tree = Tree::of(example().path());
        assert!(!tree.files_with("FAKE-session-token").is_empty());
        for shape in ["AKIA", "ASIA", "ghp_", "-----BEGIN"] {
            assert!(tree.files_with(shape).is_empty(), "{shape}");
        }
    }
}
