//! opencode: `auth.json` and `opencode.db` in its data directory.
//!
//! `auth.json` is a map of providers. The database has tables of its own for accounts and
//! credentials, which the tool's logout does not clear.
//!
//! Source: the tool's files as they were observed.

use serde_json::Map;

use super::common::{
    AccountArtefacts, add_variables, build_account, build_member_place, build_permissions_lookup,
    collect_facts, data_directories, find_text, holds_text, known_entry, linked_sign_in,
    parse_milliseconds, provider_keys, read_object, say_who_wins, shorten_path,
};
use crate::inventory::{Artefact, Override, OverrideKind, Place, State};
use crate::io::files::ConfinedPath;
use crate::secret::Secret;
use crate::systems::System;
use crate::systems::discovery::{DirectoryEntry, DiscoveryContext, InventoryBuilder, Lookup};

const SYSTEM: System = System::OPENCODE;

const BEFORE: [&str; 1] = ["OPENCODE_AUTH_CONTENT"];

pub(super) const VARIABLES: [(&str, OverrideKind); 2] = [
    ("OPENCODE_AUTH_CONTENT", OverrideKind::Environment),
    ("OPENCODE_API_KEY", OverrideKind::Environment),
];

/// Members of a provider's entry that are no secrets.
const METADATA: [&str; 5] = ["type", "accountId", "enterpriseUrl", "expires", "metadata"];

const DATA: [(&str, &str); 3] = [
    ("storage", "sessions"),
    ("snapshot", "copies of files"),
    ("log", "logs"),
];

pub(super) fn list_lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let mut lookups = vec![Lookup::say(move |findings| {
        add_variables(&discovery, SYSTEM, &VARIABLES, findings);
    })];
    for directory in data_directories(&discovery, "opencode") {
        lookups.push(Lookup::listed(
            directory,
            None,
            move |directory, entries| {
                let mut lookups = vec![Lookup::say(move |findings| {
                    provider_keys(&discovery, SYSTEM, findings);
                })];
                for entry in entries {
                    let path = entry.path_in(directory);
                    lookups.extend(
                        path.into_iter()
                            .flat_map(|path| of_entry(discovery, entry, path)),
                    );
                }
                lookups
            },
        ));
    }
    lookups.push(Lookup::say(|findings| {
        say_who_wins(SYSTEM, &BEFORE, findings);
    }));
    lookups
}

fn of_entry<'a>(
    discovery: DiscoveryContext<'a>,
    entry: &DirectoryEntry,
    path: ConfinedPath,
) -> Vec<Lookup<'a>> {
    match entry.name.as_str() {
        "auth.json" if entry.is_link => vec![Lookup::say(move |findings| {
            let name = shorten_path(&discovery, &path);
            linked_sign_in(SYSTEM, &name, "opencode", &path, findings);
        })],
        "auth.json" => {
            vec![
                build_permissions_lookup(&path),
                Lookup::read(path, move |file, bytes, findings| {
                    read_providers(&discovery, file, bytes, findings);
                }),
            ]
        }
        "opencode.db" => list_database_lookups(discovery, &path),
        _ => known_entry(
            (SYSTEM, "opencode"),
            (&DATA, &[]),
            entry,
            &path,
            |findings| {
                let mut known = findings.accounts().iter();
                let known = known.find(|known| known.system == SYSTEM);
                // Without anybody signed in they are still the tool's.
                known.map_or_else(|| "opencode".to_owned(), |known| known.name.clone())
            },
        )
        .into_iter()
        .collect(),
    }
}

fn read_providers(
    discovery: &DiscoveryContext<'_>,
    file: &ConfinedPath,
    bytes: &[u8],
    findings: &mut InventoryBuilder<'_>,
) {
    let Some(content) = read_object(SYSTEM, file, bytes, findings) else {
        return;
    };
    for (provider, entry) in &content {
        let nothing = Map::new();
        let members = entry.as_object().unwrap_or(&nothing);
        let is_there = |key: &str| find_text(members, &[key]).is_some();
        let is_known = ["refresh", "access", "key", "token"]
            .into_iter()
            .any(is_there);
        if !is_known && !holds_text(entry, &METADATA) {
            continue;
        }
        let mut found = build_account(SYSTEM, provider, provider);
        found.facts = collect_facts([
            ("method", find_text(members, &["type"])),
            ("account", find_text(members, &["accountId"])),
            ("source", Some(&shorten_path(discovery, file))),
        ]);
        // What can be renewed has no end that is known.
        let ends = parse_milliseconds(members.get("expires")).filter(|_| !is_there("refresh"));
        let owner = AccountArtefacts {
            system: SYSTEM,
            name: provider,
        };
        let place = build_member_place(file, [provider]);
        findings.artefact(if is_known {
            Artefact {
                state: discovery.state_at(ends),
                expires_at: ends,
                ..owner.sign_in(place, "credential")
            }
        } else {
            owner.unknown(place, "credential of an unknown form")
        });
        findings.account(found);
        if provider == "anthropic" {
            copied_from_claude(file, findings);
        }
    }
}

/// Plugins are reported to copy Claude Code's tokens into this file.
fn copied_from_claude(file: &ConfinedPath, findings: &mut InventoryBuilder<'_>) {
    findings.overriding(Override {
        kind: OverrideKind::Notice,
        name: "credential of opencode for Anthropic, maybe a copy (reported, not confirmed)"
            .to_owned(),
        location: file.to_path().display().to_string(),
        system: System::CLAUDE,
        remedy: "adieu logout opencode:anthropic".to_owned(),
    });
}

/// Accounts and credentials in the database, by their ids: the secrets are not read.
fn list_database_lookups<'a>(
    discovery: DiscoveryContext<'a>,
    path: &ConfinedPath,
) -> Vec<Lookup<'a>> {
    let tables: [(&'static str, &'static [&'static str], &'static str); 3] = [
        ("account", &["id", "email", "url"], "account"),
        ("control_account", &["email", "email", "url"], "account"),
        ("credential", &["id", "label"], "credential"),
    ];
    tables
        .into_iter()
        .map(|(table, columns, what)| {
            let file = path.clone();
            Lookup::Rows {
                database: path.clone(),
                table,
                columns,
                found: Box::new(move |rows, findings| {
                    for row in rows {
                        of_row(&discovery, &file, (table, columns, what), &row, findings);
                    }
                }),
            }
        })
        .collect()
}

fn of_row(
    discovery: &DiscoveryContext<'_>,
    file: &ConfinedPath,
    (table, columns, what): (&'static str, &[&'static str], &'static str),
    row: &[Option<Secret>],
    findings: &mut InventoryBuilder<'_>,
) {
    let value = |at: usize| row.get(at).and_then(Option::as_ref).map(Secret::expose);
    let Some(key) = value(0) else { return };
    let name = value(1).unwrap_or(key);
    let mut found = build_account(SYSTEM, name, value(2).unwrap_or("opencode"));
    found.facts = collect_facts([
        ("email", value(1).filter(|name| name.contains('@'))),
        ("source", Some(&shorten_path(discovery, file))),
    ]);
    let place = Place::SqliteRow {
        file: file.clone(),
        table: table.to_owned(),
        column: columns[0].to_owned(),
        value: key.to_owned(),
    };
    let owner = AccountArtefacts {
        system: SYSTEM,
        name,
    };
    findings.artefact(Artefact {
        state: State::Live,
        ..owner.sign_in(place, what)
    });
    findings.account(found);
}
