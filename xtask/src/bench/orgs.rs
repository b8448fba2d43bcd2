//! Salesforce orgs: growth, file operations, and times beside the real Salesforce CLI's.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use adieu_testkit::Home;
use adieu_testkit::salesforce::Salesforce;

use super::measure::{Run, instructions, touches};
use super::{Growth, Operations};
use crate::Failure;
use crate::setup;

/// Numbers of orgs whose growth is counted.
pub(super) const SIZES: [usize; 3] = [10, 100, 1000];

/// Numbers of orgs at which both clients run: few, and as many as somebody has who makes a scratch
/// org a day.
const BESIDE: [usize; 2] = [6, 46];

/// Files that are read and changed once, however many orgs are in them.
const FILES: [&str; 3] = ["alias.json", "config.json", "sfdx-config.json"];

/// The command lines whose growth is counted; without the servers, which take as long as they take.
const COMMANDS: [&str; 2] = [
    "org list --skip-connection-status --json",
    "org logout --all --no-prompt --no-revoke",
];

/// Both clients' command line, and how often it is run.
const BOTH: [(&str, usize); 2] = [
    ("org list --json", 3),
    ("org logout --all --no-prompt --json", 1),
];

/// What was measured.
pub(super) struct OrgFigures {
    pub(super) growth: Vec<Growth>,
    pub(super) operations: Operations,
    pub(super) beside: Vec<Beside>,
}

/// One command line of both clients, on the same state.
pub(super) struct Beside {
    pub(super) title: String,
    pub(super) orgs: usize,
    pub(super) ours: Duration,
    /// `None` where the real client is not installed.
    pub(super) theirs: Option<Duration>,
}

pub(super) fn figures(adieu: &Path) -> Result<OrgFigures, Failure> {
    Ok(OrgFigures {
        growth: growth(adieu)?,
        operations: operations(adieu)?,
        beside: beside(adieu)?,
    })
}

/// Instructions for each size.
pub(super) fn growth(adieu: &Path) -> Result<Vec<Growth>, Failure> {
    let of = |words: &&str| {
        let mut counts = Vec::new();
        for size in SIZES {
            let server = Salesforce::start();
            let home = copied(adieu, size, &server)?;
            counts.push(instructions(&Run::new(adieu, words, &home))?);
        }
        Ok(Growth {
            title: format!("`{words}`"),
            counts,
        })
    };
    COMMANDS.iter().map(of).collect()
}

fn operations(adieu: &Path) -> Result<Operations, Failure> {
    let words = COMMANDS[1];
    let mut files: Vec<_> = FILES.iter().map(|name| (*name, Vec::new())).collect();
    for size in BESIDE {
        let server = Salesforce::start();
        let home = copied(adieu, size, &server)?;
        let found = touches(&Run::new(adieu, words, &home), &FILES)?;
        for (name, counted) in &mut files {
            counted.extend(found.get(name));
        }
    }
    Ok(Operations {
        title: format!("`{words}`"),
        sizes: BESIDE.to_vec(),
        files,
    })
}

fn beside(adieu: &Path) -> Result<Vec<Beside>, Failure> {
    let theirs = setup::salesforce_programs()?;
    let mut measured = Vec::new();
    for (words, times) in BOTH {
        for orgs in BESIDE {
            let time = |program: &Path, programs: Option<&Path>| {
                fastest(times, || one(adieu, program, programs, words, orgs))
            };
            let client = theirs.as_ref().map(|programs| programs.join("sf"));
            let client = client
                .as_deref()
                .map(|client| time(client, theirs.as_deref()));
            measured.push(Beside {
                title: format!("`{words}`"),
                orgs,
                ours: time(adieu, None)?,
                theirs: client.transpose()?,
            });
        }
    }
    Ok(measured)
}

fn fastest(
    times: usize,
    mut one: impl FnMut() -> Result<Duration, Failure>,
) -> Result<Duration, Failure> {
    let mut best = one()?;
    for _ in 1..times {
        best = best.min(one()?);
    }
    Ok(best)
}

/// How long one run takes, from start to end, in a home of its own.
fn one(
    adieu: &Path,
    program: &Path,
    programs: Option<&Path>,
    words: &str,
    orgs: usize,
) -> Result<Duration, Failure> {
    let server = Salesforce::start();
    let home = signed_in(adieu, orgs, &server)?;
    let mut command = command(program, words, &home);
    if let Some(programs) = programs {
        command.env("PATH", format!("{}:/usr/bin:/bin", programs.display()));
    }
    let start = Instant::now();
    let output = command.output()?;
    let elapsed = start.elapsed();
    if output.status.success() {
        Ok(elapsed)
    } else {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(format!("{}: {words}: {said}", program.display()).into())
    }
}

fn command(program: &Path, words: &str, home: &Home) -> Command {
    let mut command = Command::new(program);
    command
        .args(words.split(' '))
        .current_dir(home.work())
        .env_clear()
        .env("HOME", home.path())
        .env("TMPDIR", home.temporary())
        .env("SF_USE_GENERIC_UNIX_KEYCHAIN", "true")
        .env("SF_DISABLE_TELEMETRY", "true")
        .env("SF_AUTOUPDATE_DISABLE", "true")
        .env("SF_DISABLE_AUTOUPDATE", "true")
        .env("SF_DISABLE_LOG_FILE", "true")
        .stdin(Stdio::null());
    command
}

fn alias(number: usize) -> String {
    format!("org-{number:05}")
}

fn username(number: usize) -> String {
    format!("{}@bench.example", alias(number))
}

/// Everybody signed in, each with a token of their own and an alias; the first is the default.
fn signed_in(adieu: &Path, orgs: usize, server: &Salesforce) -> Result<Home, Failure> {
    let home = Home::new();
    for number in 1..=orgs {
        sign_in(adieu, number, &home, server)?;
    }
    Ok(home)
}

fn sign_in(adieu: &Path, number: usize, home: &Home, server: &Salesforce) -> Result<(), Failure> {
    let alias = alias(number);
    server.add(&alias, &username(number));
    let mut login = command(adieu, "org login access-token", home);
    login
        .args(["--instance-url", &server.url(), "--alias", &alias])
        .env("SF_ACCESS_TOKEN", server.access_token(&alias));
    if number == 1 {
        login.arg("--set-default");
    }
    let output = login.output()?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
    }
}

/// The same without asking a server each time: copies of one sign-in under other names.
fn copied(adieu: &Path, orgs: usize, server: &Salesforce) -> Result<Home, Failure> {
    let home = signed_in(adieu, 1, server)?;
    let first = home.read(file(1));
    let mut aliases = serde_json::Map::new();
    for number in 1..=orgs {
        let id = |number: usize| format!("00DFX{:010}AAA", number + 6);
        let text = first
            .replace(&username(1), &username(number))
            .replace(&id(1), &id(number));
        home.write(file(number), text);
        aliases.insert(alias(number), username(number).into());
    }
    let aliases = serde_json::json!({ "orgs": aliases });
    home.write(".sfdx/alias.json", aliases.to_string());
    Ok(home)
}

fn file(number: usize) -> PathBuf {
    PathBuf::from(format!(".sfdx/{}.json", username(number)))
}
