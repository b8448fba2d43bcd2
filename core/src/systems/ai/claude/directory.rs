//! The rest of a configuration directory: caches of policies, backups, telemetry, running sessions,
//! history.

use std::rc::Rc;

use serde_json::Value;

use super::{Directory, SYSTEM, account_of, credentials, global, name_of, settings};
use crate::formats::json;
use crate::inventory::{Artefact, CredentialKind, Override, OverrideKind, Place, State};
use crate::io::files::ConfinedPath;
use crate::systems::ai::common::{AccountArtefacts, build_file_place, build_tree_place};
use crate::systems::ai::trees;
use crate::systems::discovery::{DirectoryEntry, DiscoveryContext, InventoryBuilder, Lookup};

/// What `--purge-data` offers: the session's own records, and what was worked on.
const DATA: [(&str, &str); 11] = [
    ("history.jsonl", "history"),
    ("projects", "transcripts"),
    ("paste-cache", "pasted texts"),
    ("image-cache", "pasted images"),
    ("file-history", "copies of files"),
    ("shell-snapshots", "shell snapshots"),
    ("debug", "debug logs"),
    ("session-env", "session environments"),
    ("usage-data", "usage data"),
    ("feedback-bundles", "feedback bundles"),
    ("stats-cache.json", "statistics"),
];

/// Traces of who was signed in, beside the files that are edited.
const FOOTPRINT: [(&str, &str); 2] = [
    ("telemetry", "unsent telemetry"),
    ("mcp-needs-auth-cache.json", "names of MCP servers"),
];

/// A name that a backup of the global file holds where a Console login was.
const KEY_MARK: &[u8] = b"\"primaryApiKey\"";

pub(super) fn build_lookup(discovery: DiscoveryContext<'_>, directory: Directory) -> Lookup<'_> {
    Lookup::listed(directory.root.clone(), None, move |root, entries| {
        entries
            .iter()
            .filter_map(|entry| Some((entry, entry.path_in(root)?)))
            .flat_map(|(entry, path)| of_entry(discovery, &directory, entry, path))
            .collect()
    })
}

fn of_entry<'a>(
    discovery: DiscoveryContext<'a>,
    directory: &Directory,
    entry: &DirectoryEntry,
    path: ConfinedPath,
) -> Vec<Lookup<'a>> {
    let name = entry.name.as_str();
    match name {
        _ if credentials::is_copy_or_original(name) && !entry.is_directory => {
            return credentials::list_lookups(discovery, directory, &path, entry.is_link);
        }
        // With `CLAUDE_CONFIG_DIR` the global file lies inside, be it that of the default directory.
        ".claude.json" if path != directory.global => {
            return vec![global::build_lookup(discovery, directory, path)];
        }
        // The layout of earlier releases.
        ".config.json" => return vec![global::build_lookup(discovery, directory, path)],
        "settings.json" => return vec![settings::build_user_lookup(discovery, directory, path)],
        "backups" if entry.may_be_directory() => {
            return vec![build_backups_lookup(discovery, directory, path)];
        }
        "sessions" if entry.may_be_directory() => {
            return vec![build_sessions_lookup(discovery, directory, path)];
        }
        "state" if entry.may_be_directory() => {
            let inner = path.join("hybrid-settings.json");
            return inner
                .map(|path| build_policy_lookup(discovery, directory, path))
                .into_iter()
                .collect();
        }
        _ => {}
    }
    // What the vendor's own logout deletes: cached policies with their signatures and stamps.
    if name.starts_with("policy-limits.") || name.starts_with("remote-settings") {
        return vec![build_artefact_lookup(discovery, directory, move |owner| {
            owner.along(build_file_place(&path), "cached policy")
        })];
    }
    let known = |list: &[(&str, &'static str)]| {
        let mut list = list.iter();
        list.find(|(known, _)| *known == name)
            .map(|(_, what)| *what)
    };
    let is_data = known(&DATA).is_some();
    let Some(what) = known(&DATA).or_else(|| known(&FOOTPRINT)) else {
        return Vec::new();
    };
    if !entry.is_directory {
        return vec![build_artefact_lookup(discovery, directory, move |owner| {
            owner.left(build_file_place(&path), what, is_data)
        })];
    }
    let directory = directory.clone();
    let left = move |place: Place, findings: &mut InventoryBuilder<'_>| {
        let name = name_of(discovery, &directory, findings);
        let owner = AccountArtefacts {
            system: SYSTEM,
            name: &name,
        };
        add_artefact(
            discovery,
            &directory,
            owner.left(place, what, is_data),
            findings,
        );
    };
    vec![trees::build_lookup(SYSTEM, entry, &path, Rc::new(left))]
}

/// Something of the directory's account, known by its name alone.
fn build_artefact_lookup<'a>(
    discovery: DiscoveryContext<'a>,
    directory: &Directory,
    artefact: impl Fn(AccountArtefacts<'_>) -> Artefact + 'a,
) -> Lookup<'a> {
    let directory = directory.clone();
    Lookup::say(move |findings| {
        let name = name_of(discovery, &directory, findings);
        let owner = AccountArtefacts {
            system: SYSTEM,
            name: &name,
        };
        add_artefact(discovery, &directory, artefact(owner), findings);
    })
}

/// Adds an artefact, and its account.
fn add_artefact(
    discovery: DiscoveryContext<'_>,
    directory: &Directory,
    artefact: Artefact,
    findings: &mut InventoryBuilder<'_>,
) {
    let name = artefact.owner.as_account().unwrap_or_default();
    findings.account(account_of(discovery, directory, name));
    findings.artefact(artefact);
}

/// A cached policy in a directory of its own.
fn build_policy_lookup<'a>(
    discovery: DiscoveryContext<'a>,
    directory: &Directory,
    path: ConfinedPath,
) -> Lookup<'a> {
    let directory = directory.clone();
    Lookup::read(path, move |path, _, findings| {
        let name = name_of(discovery, &directory, findings);
        let owner = AccountArtefacts {
            system: SYSTEM,
            name: &name,
        };
        add_artefact(
            discovery,
            &directory,
            owner.along(build_file_place(path), "cached policy"),
            findings,
        );
    })
}

/// Earlier versions of the global file: the vendor's own logout leaves them, e-mail address and key
/// included.
fn build_backups_lookup<'a>(
    discovery: DiscoveryContext<'a>,
    directory: &Directory,
    path: ConfinedPath,
) -> Lookup<'a> {
    let directory = directory.clone();
    Lookup::each(path, None, move |entry, path| {
        let directory = directory.clone();
        let is_its = entry.name.starts_with(".claude.json") && !entry.is_directory;
        is_its.then(|| {
            Lookup::read(path, move |path, bytes, findings| {
                let name = name_of(discovery, &directory, findings);
                let owner = AccountArtefacts {
                    system: SYSTEM,
                    name: &name,
                };
                let has_key = bytes
                    .windows(KEY_MARK.len())
                    .any(|window| window == KEY_MARK);
                let artefact = if has_key {
                    Artefact {
                        state: State::Live,
                        kind: CredentialKind::ApiKey,
                        ..owner.footprint(build_file_place(path), "backup with an API key")
                    }
                } else {
                    owner.footprint(build_file_place(path), "backup of the account's data")
                };
                add_artefact(discovery, &directory, artefact, findings);
            })
        })
    })
}

/// One file for each running session. Those of dead ones are left over; live ones hold a token in
/// memory.
fn build_sessions_lookup<'a>(
    discovery: DiscoveryContext<'a>,
    directory: &Directory,
    path: ConfinedPath,
) -> Lookup<'a> {
    let directory = directory.clone();
    Lookup::each(path, None, move |entry, path| {
        let id = entry.name.strip_suffix(".json")?.parse::<u32>().ok()?;
        let directory = directory.clone();
        let place = Place::File { file: path.clone() };
        Some(Lookup::read(path, move |path, bytes, findings| {
            let name = name_of(discovery, &directory, findings);
            // What the file says is only shown.
            let works_in = match json::parse(bytes) {
                Ok(Value::Object(session)) => session
                    .get("cwd")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
                _ => None,
            };
            findings
                .notes
                .ai
                .claude_sessions
                .push(super::RunningSession {
                    id,
                    account: account_of(discovery, &directory, &name),
                    location: works_in.unwrap_or_else(|| path.to_path().display().to_string()),
                    place: place.clone(),
                });
        }))
    })
}

/// Asks of each session that was written down whether it still runs.
pub(super) fn build_processes_lookup<'a>() -> Lookup<'a> {
    Lookup::next(|findings| {
        let sessions = std::mem::take(&mut findings.notes.ai.claude_sessions);
        sessions
            .into_iter()
            .map(|session| Lookup::Process {
                id: session.id,
                found: Box::new(move |is_running, findings| {
                    if is_running {
                        findings.overriding(Override {
                            kind: OverrideKind::Process,
                            name: format!("running session (pid {})", session.id),
                            location: session.location.clone(),
                            system: SYSTEM,
                            remedy: format!("leave it, or: kill {}", session.id),
                        });
                        return;
                    }
                    let owner = AccountArtefacts {
                        system: SYSTEM,
                        name: &session.account.name,
                    };
                    let left = owner.footprint(session.place.clone(), "ended session");
                    findings.account(session.account.clone());
                    findings.artefact(left);
                }),
            })
            .collect()
    })
}

/// Logs of MCP servers, which lie in the cache directory.
pub(super) fn build_cache_lookup(
    discovery: DiscoveryContext<'_>,
    directory: Directory,
) -> Option<Lookup<'_>> {
    let cache = discovery.in_home(".cache/claude-cli-nodejs")?;
    Some(Lookup::listed(cache, None, move |path, _| {
        let path = path.clone();
        vec![build_artefact_lookup(discovery, &directory, move |owner| {
            owner.data(build_tree_place(&path), "logs of MCP servers")
        })]
    }))
}
