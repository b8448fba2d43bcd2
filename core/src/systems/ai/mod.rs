//! Command-line clients of language models: who is signed in to each, by which source, and what each
//! leaves behind.
//!
//! One file per tool; Claude Code, which keeps things in many places, has a folder. A tool's file
//! says in its head where the tool keeps what, and by what source that is known. What is only
//! reported by others is said to the user as the fact `confirmed`.
//!
//! Nothing here is looked at unless the whole machine is: these sign-ins are nobody's in
//! `atmos.yaml`.

mod aider;
mod aliases;
mod amp;
mod claude;
mod codex;
mod common;
mod copilot;
mod cursor;
mod gemini;
mod key_store;
mod login;
mod opencode;
mod trees;

pub(crate) use claude::COPIES;
pub use login::VendorLogin;

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::survey::{Lookup, Reach, Survey};
use super::{FileRules, System};
use crate::files::LockRule;
use crate::inventory::OverrideKind;

/// What the files of AI tools say about each other.
#[derive(Debug, Default)]
pub struct Notes {
    /// The directories that accounts were found in, by their names.
    owners: BTreeMap<(System, String), PathBuf>,
    /// Names of Claude's accounts by their configuration directories.
    claude_names: BTreeMap<PathBuf, String>,
    /// E-mail addresses of Claude's accounts, one for each configuration directory.
    claude_addresses: Vec<String>,
    /// Configuration directories of Claude that were found, so that none is looked at twice.
    claude_directories: Vec<PathBuf>,
    /// Those that have not been looked at yet.
    claude_pending: Vec<claude::Directory>,
    /// Directories that shell profiles give to variables of the tools.
    named: BTreeMap<&'static str, Vec<PathBuf>>,
    /// Where Claude's own client is, if it is installed.
    claude_client: Option<PathBuf>,
    /// Sessions of Claude's client that were written down, to be asked about.
    claude_sessions: Vec<claude::RunningSession>,
    /// The active profile of the `ant` CLI.
    ant_active: Option<String>,
    /// How the override of an active profile is called that needs no login of a person.
    ant_federated: Option<String>,
    /// Codex's settings that say that its login is in the key store, until that has been asked.
    codex_keyring: Option<String>,
}

/// Which tools read a variable, and whether it signs them in.
pub(super) fn of_variable(name: &str) -> impl Iterator<Item = (System, OverrideKind)> {
    let tools: [(System, &[(&str, OverrideKind)]); 6] = [
        (System::Codex, &codex::VARIABLES),
        (System::Gemini, &gemini::VARIABLES),
        (System::Copilot, &copilot::VARIABLES),
        (System::Cursor, &cursor::VARIABLES),
        (System::Opencode, &opencode::VARIABLES),
        (System::Amp, &amp::VARIABLES),
    ];
    let claude = claude::kind_of_variable(name).map(|kind| (System::Claude, kind));
    let others = tools.into_iter().filter_map(move |(system, variables)| {
        let mut variables = variables.iter();
        let known = variables.find(|(known, _)| *known == name);
        known.map(|(_, kind)| (system, *kind))
    });
    claude.into_iter().chain(others)
}

/// How a file of one of them is changed.
pub(super) fn file_rules(system: System, name: &str) -> FileRules {
    match system {
        System::Claude => claude::file_rules(name),
        System::Codex => codex::file_rules(name),
        _ => FileRules::locked(LockRule::None),
    }
}

/// Everything to look at.
pub(super) fn lookups<'a>(survey: &Survey<'a>) -> Vec<Lookup<'a>> {
    if survey.reach == Reach::Configured {
        return Vec::new();
    }
    [
        // What profiles say comes before the tools that it is said to.
        aliases::lookups,
        claude::lookups,
        codex::lookups,
        gemini::lookups,
        copilot::lookups,
        cursor::lookups,
        opencode::lookups,
        aider::lookups,
        amp::lookups,
    ]
    .into_iter()
    .flat_map(|describe| describe(*survey))
    .collect()
}
