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
mod claude;
mod codex;
mod common;
mod copilot;
mod cursor;
mod gemini;
mod key_store;
mod opencode;
mod trees;

pub use aliases::DIRECTORY_VARIABLES;
pub(crate) use claude::COPIES;
pub use codex::OPENAI;
pub(super) use common::{build_wins_fact, decode_claims};
pub use gemini::GOOGLE;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::discovery::{DiscoveryContext, DiscoveryScope, InventoryBuilder, Lookup};
use super::{FileRules, System};
use crate::inventory::{Location, OverrideKind};
use crate::io::files::{ConfinedPath, LockRule};

/// What the files of AI tools say about each other.
#[derive(Debug, Default)]
pub struct Notes {
    /// The tool whose lookups are taken now.
    pub(super) looking_at: Option<System>,
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
    pub named: BTreeMap<&'static str, Vec<PathBuf>>,
    /// The root of the repository that is worked in, once it is found.
    claude_repository: Option<ConfinedPath>,
    /// Where Claude's own client is, if it is installed.
    claude_client: Option<PathBuf>,
    /// Sessions of Claude's client that were written down, to be asked about.
    claude_sessions: Vec<claude::RunningSession>,
    /// The active profile of the `ant` CLI.
    ant_active: Option<String>,
    /// How the override of an active profile is called that needs no login of a person.
    ant_federated: Option<String>,
    /// Codex's settings that say that its login is in the key store, until that has been asked.
    codex_keyring: Option<Location>,
}

/// Which tools read a variable, and whether it signs them in.
pub(super) fn of_variable(name: &str) -> impl Iterator<Item = (System, OverrideKind)> {
    let tools: [(System, &[(&str, OverrideKind)]); 5] = [
        (System::CODEX, &codex::VARIABLES),
        (System::GEMINI, &gemini::VARIABLES),
        (System::COPILOT, &copilot::VARIABLES),
        (System::CURSOR, &cursor::VARIABLES),
        (System::OPENCODE, &opencode::VARIABLES),
    ];
    let claude = claude::kind_of_variable(name).map(|kind| (System::CLAUDE, kind));
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
        _ if system == System::CLAUDE => claude::file_rules(name),
        _ if system == System::CODEX => codex::file_rules(name),
        _ => FileRules::locked(LockRule::None),
    }
}

/// What there is to look at of one tool.
type Describe<'a> = fn(DiscoveryContext<'a>) -> Vec<Lookup<'a>>;

/// Everything to look at.
pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    if discovery.reach == DiscoveryScope::Configured {
        return Vec::new();
    }
    let tools: [(System, Describe<'a>); 7] = [
        (System::CLAUDE, claude::list_lookups),
        (System::CODEX, codex::list_lookups),
        (System::GEMINI, gemini::list_lookups),
        (System::COPILOT, copilot::list_lookups),
        (System::CURSOR, cursor::list_lookups),
        (System::OPENCODE, opencode::list_lookups),
        (System::AIDER, aider::list_lookups),
    ];
    let discovery = *discovery;
    let said = |system| Lookup::say(move |findings| findings.notes.ai.looking_at = system);
    tools
        .into_iter()
        .flat_map(|(system, describe)| {
            std::iter::once(said(Some(system))).chain(describe(discovery))
        })
        .chain([
            said(None),
            Lookup::say(move |findings| say_homes(discovery, findings)),
        ])
        .collect()
}

/// Files and directories that the sign-ins of a tool, or what says that there is one, are in: where one
/// of these cannot be read, nobody knows whether all of a sign-in was found.
const SIGN_IN: [(System, &[&str]); 7] = [
    (
        System::CLAUDE,
        &[
            ".claude",
            ".credentials.json",
            ".claude.json",
            ".config.json",
        ],
    ),
    (
        System::CODEX,
        &[
            ".codex",
            "auth.json",
            "config.toml",
            "account-sessions",
            "secrets",
        ],
    ),
    (
        System::GEMINI,
        &[".gemini", "oauth_creds.json", "google_accounts.json"],
    ),
    (System::COPILOT, &[".copilot", "config.json"]),
    (
        System::CURSOR,
        &[
            ".cursor",
            "cursor",
            "auth.json",
            "cli-config.json",
            "state.vscdb",
        ],
    ),
    (System::OPENCODE, &["opencode", "auth.json"]),
    (System::AIDER, &[".aider", "oauth-keys.env"]),
];

/// Whether a part of a tool's sign-ins may be in a place, by its last component.
pub(super) fn may_hold_sign_in(system: System, location: &Location) -> bool {
    let name = location.as_path().and_then(Path::file_name);
    let mut tools = SIGN_IN.iter().filter(|(of, _)| *of == system);
    tools.any(|(_, names)| names.iter().any(|known| name == Some(OsStr::new(known))))
}

/// Tells where the accounts that were found keep their things.
fn say_homes(discovery: DiscoveryContext<'_>, findings: &mut InventoryBuilder<'_>) {
    let ai = &findings.notes.ai;
    let mut homes: Vec<(System, String, PathBuf)> = ai
        .owners
        .iter()
        .map(|((system, name), path)| (*system, name.clone(), path.clone()))
        .collect();
    for directory in &ai.claude_directories {
        let named = ai.claude_names.get(directory).cloned();
        let name = named.unwrap_or_else(|| discovery.world.shorten(directory));
        if *directory == discovery.world.home.join(".claude") {
            let beside = discovery.world.home.join(".claude.json");
            homes.push((System::CLAUDE, name.clone(), beside));
        }
        homes.push((System::CLAUDE, name, directory.clone()));
    }
    for (system, name, place) in homes {
        findings.home_of(system, &name, place);
    }
}
