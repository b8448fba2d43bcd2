//! Claude Code, and the `ant` profiles that it falls back to.
//!
//! | where | what | module |
//! | --- | --- | --- |
//! | `~/.claude.json`, or `.claude.json` in `CLAUDE_CONFIG_DIR` | who is signed in, a Console key | `global` |
//! | `~/.claude/.credentials.json` | the login, logins to MCP servers, the device token | `credentials` |
//! | the rest of `~/.claude` | caches, backups, running sessions, history | `directory` |
//! | settings of user, project and machine; variables | what stands before the login | `settings` |
//! | `~/.config/anthropic` | profiles of the `ant` CLI | `profiles` |
//! | macOS Keychain, `Claude Code…` | the same as the two files | `keychain` |
//!
//! Every configuration directory is an account of its own.
//!
//! Sources: the vendor's documentation of authentication, settings and errors; observed behaviour of
//! the client. That macOS keeps an item per configuration directory is only reported.

mod credentials;
mod directory;
mod global;
mod keychain;
mod profiles;
mod settings;

pub(super) use settings::kind_of_variable;

use std::path::Path;

use super::common::{
    AccountArtefacts, build_account, build_tree_place, build_wins_fact, check_entry_name,
    shorten_path,
};
use crate::inventory::{Account, Fact, Place};
use crate::io::files::{ConfinedPath, LockRule};
use crate::systems::discovery::{DiscoveryContext, InventoryBuilder, Lookup};
use crate::systems::{FileRules, System};

pub(super) const SYSTEM: System = System::CLAUDE;

/// Who hands out the sign-ins.
pub(super) const PROVIDER: &str = "claude.ai";

/// How the directories are called, below adieu's own state, in which the client is run on a copy.
pub(crate) const COPIES: &str = "client-";

/// How its files are changed: under the client's own lock directories, as they were observed.
pub(super) fn file_rules(name: &str) -> FileRules {
    let lock = match name {
        ".claude.json" | ".config.json" => LockRule::Directory,
        credentials::NAME => LockRule::NamedDirectory {
            name: ".storage-write.lock",
        },
        _ => LockRule::None,
    };
    FileRules {
        goes_when_empty: credentials::is_copy_or_original(name),
        ..FileRules::locked(lock)
    }
}

/// What comes before the login that `claude auth login` makes, the strongest first.
///
/// Source: the vendor's documentation, "Authentication", order of precedence.
const BEFORE_LOGIN: [&str; 12] = [
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_VERTEX",
    "CLAUDE_CODE_USE_FOUNDRY",
    "CLAUDE_CODE_USE_MANTLE",
    "CLAUDE_CODE_USE_ANTHROPIC_AWS",
    "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_API_KEY",
    "apiKeyHelper",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "ANTHROPIC_PROFILE",
    "ANTHROPIC_FEDERATION_RULE_ID",
];

/// One configuration directory.
#[derive(Clone, Debug)]
pub(in crate::systems::ai) struct Directory {
    /// The directory itself.
    root: ConfinedPath,
    /// The global configuration file.
    global: ConfinedPath,
    /// The text of `CLAUDE_CONFIG_DIR` that leads here; `None` for the default.
    variable: Option<String>,
}

/// A session of the client that it wrote down.
#[derive(Debug)]
pub(in crate::systems::ai) struct RunningSession {
    id: u32,
    account: Account,
    /// Where it works, or where it is written down.
    location: String,
    place: Place,
}

pub(in crate::systems::ai) fn list_lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let mut lookups = settings::list_lookups(discovery);
    lookups.extend(profiles::list_lookups(discovery));
    lookups
        .extend(default_directory(discovery).map(|found| build_directory_lookup(discovery, found)));
    let named = discovery.world.environment.get("CLAUDE_CONFIG_DIR");
    let named =
        named.map(|text| other_directory(discovery, text, &discovery.world.home.join(text)));
    lookups.extend(named.map(|found| build_directory_lookup(discovery, found)));
    lookups.extend(list_other_directory_lookups(discovery));
    lookups.push(build_pending_lookup(discovery));
    lookups.push(secure_storage(discovery));
    lookups.push(directory::build_processes_lookup());
    lookups.push(build_copies_lookup(discovery));
    lookups.extend(
        default_directory(discovery)
            .and_then(|found| directory::build_cache_lookup(discovery, found)),
    );
    lookups.push(Lookup::say(say_who_wins));
    lookups
}

fn default_directory(discovery: DiscoveryContext<'_>) -> Option<Directory> {
    Some(Directory {
        root: discovery.in_home(".claude")?,
        global: discovery.in_home(".claude.json")?,
        variable: None,
    })
}

fn other_directory(discovery: DiscoveryContext<'_>, variable: &str, path: &Path) -> Directory {
    let root = discovery.below(path);
    Directory {
        global: root.join(".claude.json").unwrap_or_else(|| root.clone()),
        root,
        variable: Some(variable.to_owned()),
    }
}

/// Directories that the documentation recommends for further accounts: by their names in the home
/// directory and in `~/.config`, and by what shell profiles say.
fn list_other_directory_lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let mut lookups = vec![Lookup::each(
        discovery.world.home_directory(),
        None,
        move |entry, path| {
            let is_meant = entry.is_directory && entry.name.starts_with(".claude-");
            if is_meant {
                check_entry_name(entry, &path, build_candidate_lookup(discovery, &path))
            } else {
                Vec::new()
            }
        },
    )];
    lookups.extend(discovery.in_home(".config").map(|directory| {
        Lookup::each(directory, None, move |entry, path| {
            let is_meant = entry.is_directory && entry.name.starts_with("claude");
            if is_meant {
                check_entry_name(entry, &path, build_candidate_lookup(discovery, &path))
            } else {
                Vec::new()
            }
        })
    }));
    lookups.push(Lookup::next(move |findings| {
        let named = findings.notes.ai.named.get("CLAUDE_CONFIG_DIR");
        let named = named.into_iter().flatten();
        named
            .map(|path| build_candidate_lookup(discovery, &discovery.below(path)))
            .collect()
    }));
    lookups
}

/// Copies of a login that a run which was stopped made for the client, and could not take away.
fn build_copies_lookup(discovery: DiscoveryContext<'_>) -> Lookup<'_> {
    let state = discovery.below(&discovery.world.state_root());
    Lookup::each(state, None, |entry, path| {
        let is_copy = entry.is_directory && entry.name.starts_with(COPIES);
        is_copy.then(|| {
            Lookup::say(move |findings| {
                let name = "left by a logout that was stopped";
                findings.account(build_account(SYSTEM, name, PROVIDER));
                let owner = AccountArtefacts {
                    system: SYSTEM,
                    name,
                };
                findings.artefact(owner.sign_in(build_tree_place(&path), "copy of a login"));
            })
        })
    })
}

/// A directory counts only if something of the tool's is in it.
fn build_candidate_lookup<'a>(discovery: DiscoveryContext<'a>, path: &ConfinedPath) -> Lookup<'a> {
    let directory = other_directory(
        discovery,
        &path.to_path().display().to_string(),
        &path.to_path(),
    );
    Lookup::listed(path.clone(), None, move |_, entries| {
        let is_its = entries
            .iter()
            .any(|entry| matches!(entry.name.as_str(), credentials::NAME | ".claude.json"));
        if is_its {
            vec![build_directory_lookup(discovery, directory.clone())]
        } else {
            Vec::new()
        }
    })
}

/// A directory is looked at once, however many lead to it, and when all of them are known.
fn build_directory_lookup(_: DiscoveryContext<'_>, directory: Directory) -> Lookup<'_> {
    Lookup::say(move |findings| {
        let path = directory.root.to_path();
        let notes = &mut findings.notes.ai;
        if !notes.claude_directories.contains(&path) {
            notes.claude_directories.push(path);
            notes.claude_pending.push(directory.clone());
        }
    })
}

/// All directories that were found. Of several it is asked first whose they are: one person may be
/// signed in in more than one.
fn build_pending_lookup(discovery: DiscoveryContext<'_>) -> Lookup<'_> {
    Lookup::next(move |findings| {
        let directories = std::mem::take(&mut findings.notes.ai.claude_pending);
        let mut lookups = Vec::new();
        if directories.len() > 1 {
            let each = directories.iter();
            lookups
                .extend(each.map(|directory| global::build_owner_lookup(directory.global.clone())));
        }
        for directory in directories {
            lookups.push(global::build_lookup(
                discovery,
                &directory,
                directory.global.clone(),
            ));
            lookups.extend(keychain::list_lookups(discovery, &directory));
            lookups.push(directory::build_lookup(discovery, directory));
        }
        lookups
    })
}

/// `CLAUDE_SECURESTORAGE_CONFIG_DIR` moves the credential file alone. It is not documented, so it is
/// read where it is set, and nothing relies on it.
fn secure_storage(discovery: DiscoveryContext<'_>) -> Lookup<'_> {
    Lookup::next(move |findings| {
        let environment = &discovery.world.environment;
        let Some(text) = environment.get("CLAUDE_SECURESTORAGE_CONFIG_DIR") else {
            return Vec::new();
        };
        let path = discovery.world.home.join(text);
        let known = &mut findings.notes.ai.claude_directories;
        if known.contains(&path) {
            return Vec::new();
        }
        known.push(path.clone());
        // It belongs to the directory that is in use.
        let named = environment.get("CLAUDE_CONFIG_DIR");
        let owner = named.map_or_else(
            || default_directory(discovery),
            |text| {
                Some(other_directory(
                    discovery,
                    text,
                    &discovery.world.home.join(text),
                ))
            },
        );
        owner
            .map(|owner| credentials::of_directory(discovery, owner, discovery.below(&path)))
            .into_iter()
            .collect()
    })
}

/// The account of a directory: named by its e-mail address where one is known, else by the
/// directory.
fn name_of(
    discovery: DiscoveryContext<'_>,
    directory: &Directory,
    findings: &InventoryBuilder<'_>,
) -> String {
    let names = &findings.notes.ai.claude_names;
    names
        .get(&directory.root.to_path())
        .cloned()
        .unwrap_or_else(|| shorten_path(&discovery, &directory.root))
}

/// An account of a directory, with where it is configured.
fn account_of(discovery: DiscoveryContext<'_>, directory: &Directory, name: &str) -> Account {
    let shown = shorten_path(&discovery, &directory.root);
    let mut account = build_account(SYSTEM, name, PROVIDER);
    // Whoever types the address alone is asked which of them.
    let address = name.strip_suffix(shown.as_str());
    let address = address.and_then(|rest| rest.strip_suffix(" in "));
    account.aliases.extend(address.map(str::to_owned));
    if directory.variable.is_some() && shown != name {
        account.aliases.push(shown.clone());
    }
    account.facts.push(Fact::new("directory", shown));
    account
}

/// Which accounts are used, once everything is known.
fn say_who_wins(findings: &mut InventoryBuilder<'_>) {
    let federated = findings.notes.ai.ant_federated.clone();
    let before: Vec<&str> = BEFORE_LOGIN
        .into_iter()
        .chain(federated.as_deref())
        .collect();
    findings.rank_overrides(SYSTEM, &before);
    let fact = build_wins_fact(SYSTEM, before, findings);
    let accounts: Vec<Account> = findings
        .accounts()
        .iter()
        .filter(|account| account.system == SYSTEM && account.provider.as_deref() == Some(PROVIDER))
        .map(|known| Account {
            facts: vec![fact.clone()],
            ..build_account(SYSTEM, known.name.clone(), PROVIDER)
        })
        .collect();
    for account in accounts {
        findings.account(account);
    }
}
