//! The real parts that the tests use, brought from package managers.

mod clients;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::ValueEnum;

use crate::Failure;
use crate::process::{self, build_directory, find, shown, succeeds};

/// What else to install.
#[derive(Default, clap::Args)]
pub(crate) struct Arguments {
    /// Also install a part that only some tests need.
    #[arg(long = "with", value_name = "PART", value_enum)]
    with: Vec<Extra>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Extra {
    /// Clients of language models from npm, below the target directory.
    Ai,
    /// Salesforce CLI from npm with a Node of its own, below the target directory.
    Salesforce,
    /// Clients of code hosts, registries and clouds: Debian's, and Python's below the target directory.
    Clients,
}

/// A program that tests start, and the Debian package that has it.
struct Part {
    program: &'static str,
    package: &'static str,
    /// Words with which a working program succeeds; none if being there is enough.
    proof: Option<&'static str>,
}

const PARTS: [Part; 12] = [
    // Compiles the fuzzer.
    Part {
        program: "c++",
        package: "g++",
        proof: None,
    },
    Part {
        program: "gnome-keyring-daemon",
        package: "gnome-keyring",
        proof: None,
    },
    Part {
        program: "dbus-daemon",
        package: "dbus",
        proof: None,
    },
    Part {
        program: "secret-tool",
        package: "libsecret-tools",
        proof: None,
    },
    // Debian's own: a version manager's wrapper of the name may have no client behind it, or another
    // release than the tests are about.
    Part {
        program: "/usr/bin/aws",
        package: "awscli",
        proof: Some("--version"),
    },
    Part {
        program: "valgrind",
        package: "valgrind",
        proof: None,
    },
    // What the speed of a scan is held against.
    Part {
        program: "rg",
        package: "ripgrep",
        proof: None,
    },
    // The shells that the scan of profiles is held against; bash is everywhere.
    Part {
        program: "zsh",
        package: "zsh",
        proof: None,
    },
    Part {
        program: "fish",
        package: "fish",
        proof: None,
    },
    Part {
        program: "tcsh",
        package: "tcsh",
        proof: None,
    },
    Part {
        program: "strace",
        package: "strace",
        proof: None,
    },
    // Makes the certificates of a Salesforce that answers over https only.
    Part {
        program: "openssl",
        package: "openssl",
        proof: None,
    },
];

/// Only looked at when the clients are asked for.
const CLIENTS: [Part; 6] = [
    Part {
        program: "gh",
        package: "gh",
        proof: None,
    },
    Part {
        program: "podman",
        package: "podman",
        proof: None,
    },
    Part {
        program: "docker-credential-secretservice",
        package: "golang-docker-credential-helpers",
        proof: None,
    },
    Part {
        program: "kubectl",
        package: "kubernetes-client",
        proof: None,
    },
    // Git's helper for libsecret comes as source.
    Part {
        program: "pkg-config",
        package: "pkg-config",
        proof: Some("--exists libsecret-1"),
    },
    Part {
        program: "pkg-config",
        package: "libsecret-1-dev",
        proof: Some("--exists libsecret-1"),
    },
];

/// Only looked at when a Python environment is asked for.
const PYTHON: Part = Part {
    program: "python3",
    package: "python3-venv",
    proof: Some("-m ensurepip --version"),
};

/// Only looked at when something from npm is asked for.
const NPM: Part = Part {
    program: "npm",
    package: "npm",
    proof: Some("--version"),
};

impl Arguments {
    /// What the tests run against.
    pub(crate) fn of_tests() -> Self {
        Self {
            with: vec![Extra::Ai, Extra::Salesforce, Extra::Clients],
        }
    }
}

impl Part {
    fn works(&self) -> bool {
        find(self.program).is_some_and(|program| {
            self.proof
                .is_none_or(|words| succeeds(Command::new(program).args(words.split(' '))))
        })
    }
}

/// Installs what is missing, and nothing when all is there.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut missing: Vec<&str> = PARTS
        .iter()
        .filter(|part| !part.works())
        .map(|part| part.package)
        .collect();
    let with_clients = arguments.with.contains(&Extra::Clients);
    if with_clients {
        let parts = CLIENTS.iter().filter(|part| !part.works());
        missing.extend(parts.map(|part| part.package));
    }
    if with_clients && !PYTHON.works() {
        missing.push(PYTHON.package);
    }
    // The test of npm takes the machine's own.
    let has_npm_parts =
        |extra: &Extra| matches!(extra, Extra::Ai | Extra::Salesforce | Extra::Clients);
    if arguments.with.iter().any(has_npm_parts) && !NPM.works() {
        missing.push(NPM.package);
    }
    if missing.is_empty() {
        println!("setup: all packages are there");
    } else {
        install(&missing)?;
    }
    if arguments.with.contains(&Extra::Ai) {
        install_ai_clients()?;
    }
    if arguments.with.contains(&Extra::Salesforce) {
        install_salesforce()?;
    }
    if with_clients {
        clients::install(&real_parts()?.join("clients"))?;
    }
    Ok(())
}

fn install(packages: &[&str]) -> Result<(), Failure> {
    let names = packages.join(" ");
    if find("apt-get").is_none() {
        return Err(format!(
            "not a system with apt-get: install the equals of these Debian packages yourself: {names}"
        )
        .into());
    }
    println!("setup: installing {names}");
    execute(&mut as_root(&["apt-get", "-qq", "update"])?)?;
    let mut words = vec![
        "apt-get",
        "-qq",
        "--yes",
        "--no-install-recommends",
        "install",
    ];
    words.extend(packages);
    execute(&mut as_root(&words)?)
}

/// The command, run by root: directly if we are, through sudo if that needs no password.
fn as_root(words: &[&str]) -> Result<Command, Failure> {
    let quiet = ["env", "DEBIAN_FRONTEND=noninteractive"];
    let mut command = if is_root()? {
        Command::new(quiet[0])
    } else if find("sudo").is_some_and(|sudo| succeeds(Command::new(sudo).args(["-n", "true"]))) {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", quiet[0]]);
        sudo
    } else {
        return Err(format!(
            "packages are missing, and neither are we root nor does sudo work without a password; \
             run as root: {}",
            words.join(" ")
        )
        .into());
    };
    command.arg(quiet[1]).args(words).stdin(Stdio::null());
    Ok(command)
}

fn is_root() -> Result<bool, Failure> {
    let id = Command::new("id").arg("-u").output()?;
    Ok(id.stdout.trim_ascii() == b"0")
}

/// The releases whose behaviour the tests know, and a Node that they run on.
const AI_CLIENTS: [&str; 6] = [
    "@anthropic-ai/claude-code@2.1.329",
    "@openai/codex@0.169.0",
    "@google/gemini-cli@0.61.0",
    "@github/copilot@1.0.102",
    "opencode-ai@1.18.33",
    "node@22.23.3",
];

/// Clients of language models, which the tests run without a network in homes of their own.
fn install_ai_clients() -> Result<(), Failure> {
    let directory = real_parts()?.join("ai");
    let programs = directory.join("node_modules/.bin");
    if ["claude", "codex", "gemini", "copilot", "opencode", "node"]
        .iter()
        .all(|name| programs.join(name).exists())
    {
        println!("setup: the clients of language models are there");
        return Ok(());
    }
    npm_install(&directory, &AI_CLIENTS)
}

fn npm_install(directory: &Path, packages: &[&str]) -> Result<(), Failure> {
    execute(
        Command::new("npm")
            .args([
                "install",
                "--no-fund",
                "--no-audit",
                "--loglevel=error",
                "--fetch-retries=5",
                "--prefix",
            ])
            .arg(directory)
            .args(packages)
            .stdin(Stdio::null()),
    )
}

/// The release of Salesforce CLI whose behaviour the tests know, and a Node that it runs on: older
/// ones than 22.19 start it, and fail at every command.
const SALESFORCE: [&str; 2] = ["@salesforce/cli@2.146.3", "node@22.23.3"];

/// The real Salesforce CLI, which the tests let read what adieu wrote, and the other way round.
fn install_salesforce() -> Result<(), Failure> {
    let directory = real_parts()?.join("salesforce");
    if has_salesforce(&directory) {
        println!("setup: Salesforce CLI is there");
        return Ok(());
    }
    // Only what works gets the name: an installation that was cut off is made anew.
    let unfinished = real_parts()?.join("salesforce.unfinished");
    for old in [&unfinished, &directory] {
        if old.exists() {
            std::fs::remove_dir_all(old)?;
        }
    }
    std::fs::create_dir_all(&unfinished)?;
    npm_install(&unfinished, &SALESFORCE)?;
    if !has_salesforce(&unfinished) {
        return Err("Salesforce CLI was installed and does not start".into());
    }
    std::fs::rename(&unfinished, &directory)?;
    Ok(())
}

/// The directory with the programs of the real Salesforce CLI, if it is installed.
#[cfg(unix)]
pub(crate) fn salesforce_programs() -> Result<Option<PathBuf>, Failure> {
    let programs = real_parts()?.join("salesforce/node_modules/.bin");
    Ok(programs.join("sf").exists().then_some(programs))
}

/// Whether the release that is wanted starts, in a home directory of its own.
fn has_salesforce(directory: &Path) -> bool {
    let programs = directory.join("node_modules/.bin");
    let home = directory.join("home");
    if !programs.join("sf").exists() || std::fs::create_dir_all(&home).is_err() {
        return false;
    }
    let path = format!("{}:/usr/bin:/bin", programs.display());
    let output = Command::new(programs.join("sf"))
        .arg("--version")
        .env_clear()
        .env("PATH", path)
        .env("HOME", &home)
        .env("SF_DISABLE_TELEMETRY", "true")
        .env("SF_AUTOUPDATE_DISABLE", "true")
        .env("SF_DISABLE_AUTOUPDATE", "true")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let Some((_, wanted)) = SALESFORCE[0].rsplit_once('@') else {
        return false;
    };
    output.is_ok_and(|output| {
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success() && said.contains(&format!("/{wanted} "))
    })
}

/// Where parts live that are not packages of the system: `real-parts` in the target directory.
fn real_parts() -> Result<PathBuf, Failure> {
    let build = build_directory()?;
    Ok(build.parent().unwrap_or(&build).join("real-parts"))
}

fn execute(command: &mut Command) -> Result<(), Failure> {
    println!("setup: {}", shown(command));
    process::run(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_is_missing_or_fails_its_proof_does_not_work() {
        let part = |program, proof| Part {
            program,
            package: "",
            proof,
        };
        assert!(!part("no-such-program-anywhere", None).works());
        assert_eq!(part("false", None).works(), find("false").is_some());
        assert!(!part("false", Some("--proof")).works());
    }
}
