//! Cursor's command-line agent.
//!
//! `auth.json` with the tokens: `~/.config/cursor` on Linux, `%APPDATA%\Cursor` on Windows,
//! `~/.cursor` on macOS where the Keychain is not used; `~/.cursor/cli-config.json` says who is
//! signed in.
//!
//! Source: the commands and variables are documented; where the login lies is only reported by
//! others, which is said as the fact `confirmed`.

use super::common::{
    AccountArtefacts, add_variables, build_account, build_file_place as whole, build_member_place,
    build_permissions_lookup, collect_facts, find_text, holds_text, keyring_entries,
    list_tool_directories, read_object, say_who_wins, shorten_path, warn_of_link,
};
use crate::inventory::{CredentialKind, Fact, Override, OverrideKind};
use crate::io::files::ConfinedPath;
use crate::io::keyring::{Naming, Query};
use crate::systems::System;
use crate::systems::discovery::{DirectoryEntry, DiscoveryContext, InventoryBuilder, Lookup};
use crate::world::OperatingSystem;

const SYSTEM: System = System::CURSOR;
const PROVIDER: &str = "cursor.com";
const NOTE: &str = "no: where this tool keeps its login is reported, not documented";

const BEFORE: [&str; 2] = ["CURSOR_API_KEY", "CURSOR_AUTH_TOKEN"];

/// Members of the file with the tokens that are no secrets.
const METADATA: [&str; 6] = ["type", "email", "authId", "userId", "expiresAt", "version"];

pub(super) const VARIABLES: [(&str, OverrideKind); 2] = [
    ("CURSOR_API_KEY", OverrideKind::Environment),
    ("CURSOR_AUTH_TOKEN", OverrideKind::Environment),
];

pub(super) fn list_lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let mut lookups = vec![Lookup::say(move |findings| {
        add_variables(&discovery, SYSTEM, &VARIABLES, findings);
    })];
    // Who is signed in comes before the tokens.
    let all = list_tool_directories(&discovery, "CURSOR_CONFIG_DIR", ".cursor");
    for (at, settings) in all.into_iter().enumerate() {
        lookups.push(Lookup::listed(settings, None, move |root, entries| {
            let mut lookups = Vec::new();
            if entries.iter().any(|entry| entry.name == "cli-config.json") {
                let file = root.join("cli-config.json");
                lookups.extend(file.map(|file| Lookup::read(file, read_account)));
            }
            lookups.extend(tokens_in(discovery, root, entries));
            if discovery.world.operating_system == OperatingSystem::MacOs && at == 0 {
                lookups.extend(list_keychain_lookups());
            }
            lookups
        }));
    }
    let data = match discovery.world.operating_system {
        OperatingSystem::Linux => discovery.in_home(".config/cursor"),
        OperatingSystem::MacOs => None,
        OperatingSystem::Windows => discovery
            .world
            .environment
            .get("APPDATA")
            .and_then(|data| discovery.below(std::path::Path::new(data)).join("Cursor")),
    };
    lookups.extend(data.map(|data| {
        Lookup::listed(data, None, move |root, entries| {
            tokens_in(discovery, root, entries)
        })
    }));
    lookups.push(build_editor_lookup(discovery));
    lookups.push(Lookup::say(|findings| {
        say_who_wins(SYSTEM, &BEFORE, findings);
    }));
    lookups
}

fn name_of(findings: &InventoryBuilder<'_>) -> String {
    findings
        .accounts()
        .iter()
        .find(|account| account.system == SYSTEM)
        .map_or_else(|| PROVIDER.to_owned(), |account| account.name.clone())
}

fn read_account(file: &ConfinedPath, bytes: &[u8], findings: &mut InventoryBuilder<'_>) {
    let Some(config) = read_object(SYSTEM, file, bytes, findings) else {
        return;
    };
    if !config
        .get("authInfo")
        .is_some_and(serde_json::Value::is_object)
    {
        return;
    }
    let email = find_text(&config, &["authInfo", "email"]);
    let mut found = build_account(SYSTEM, email.unwrap_or(PROVIDER), PROVIDER);
    found.facts = collect_facts([("email", email)]);
    let owner = AccountArtefacts {
        system: SYSTEM,
        name: &found.name,
    };
    findings.artefact(owner.along(build_member_place(file, ["authInfo"]), "account data"));
    findings.account(found);
}

fn tokens_in<'a>(
    discovery: DiscoveryContext<'a>,
    root: &ConfinedPath,
    entries: &[DirectoryEntry],
) -> Vec<Lookup<'a>> {
    let Some(entry) = entries.iter().find(|entry| entry.name == "auth.json") else {
        return Vec::new();
    };
    let Some(file) = root.join("auth.json") else {
        return Vec::new();
    };
    if entry.is_link {
        return vec![Lookup::say(move |findings| {
            let name = name_of(findings);
            findings.account(build_account(SYSTEM, &name, PROVIDER));
            warn_of_link(&file, findings);
            let owner = AccountArtefacts {
                system: SYSTEM,
                name: &name,
            };
            findings.artefact(owner.link(&file));
        })];
    }
    vec![
        build_permissions_lookup(&file),
        Lookup::read(file, move |file, bytes, findings| {
            let Some(content) = read_object(SYSTEM, file, bytes, findings) else {
                return;
            };
            let is_there = |key: &&str| find_text(&content, &[key]).is_some();
            let present: Vec<&str> = ["accessToken", "refreshToken", "apiKey"]
                .into_iter()
                .filter(is_there)
                .collect();
            let name = name_of(findings);
            if present.is_empty() {
                let members = serde_json::Value::Object(content);
                if holds_text(&members, &METADATA) {
                    findings.account(build_account(SYSTEM, &name, PROVIDER));
                    let owner = AccountArtefacts {
                        system: SYSTEM,
                        name: &name,
                    };
                    findings.artefact(owner.unknown(whole(file), "login of an unknown form"));
                }
                return;
            }
            let mut found = build_account(SYSTEM, &name, PROVIDER);
            let method = if present == ["apiKey"] {
                "API key"
            } else {
                "login"
            };
            found.facts = collect_facts([
                ("method", Some(method)),
                ("source", Some(&shorten_path(&discovery, file))),
            ]);
            found.facts.push(Fact::new("confirmed", NOTE));
            findings.account(found);
            let owner = AccountArtefacts {
                system: SYSTEM,
                name: &name,
            };
            for key in present {
                findings.artefact(match key {
                    "apiKey" => owner.api_key(whole(file), "API key"),
                    _ => owner.sign_in(whole(file), "login"),
                });
            }
        }),
    ]
}

fn list_keychain_lookups<'a>() -> Vec<Lookup<'a>> {
    [
        "cursor-access-token",
        "cursor-refresh-token",
        "cursor-api-key",
    ]
    .into_iter()
    .map(|service| {
        let query = Query::service(service, Naming::ServiceAccount);
        Lookup::keyring(query, |entries, findings| {
            if entries.is_empty() {
                return;
            }
            let name = name_of(findings);
            let mut found = build_account(SYSTEM, &name, PROVIDER);
            found.facts = collect_facts([("source", Some("Keychain"))]);
            found.facts.push(Fact::new("confirmed", NOTE));
            findings.account(found);
            let owner = AccountArtefacts {
                system: SYSTEM,
                name: &name,
            };
            keyring_entries(owner, entries, CredentialKind::Login, "login", findings);
        })
    })
    .collect()
}

/// The editor keeps a login of its own in its state database, which the agent's logout does not
/// end. It is only named: the editor may be running.
fn build_editor_lookup(discovery: DiscoveryContext<'_>) -> Lookup<'_> {
    let directory = match discovery.world.operating_system {
        OperatingSystem::MacOs => {
            discovery.in_home("Library/Application Support/Cursor/User/globalStorage")
        }
        _ => discovery.in_home(".config/Cursor/User/globalStorage"),
    };
    let Some(directory) = directory else {
        return Lookup::say(|_| {});
    };
    Lookup::each(directory, None, |entry, path| {
        (entry.name == "state.vscdb").then(|| {
            Lookup::say(move |findings| {
                findings.overriding(Override {
                    kind: OverrideKind::Notice,
                    name: "login of the editor, if it has one".to_owned(),
                    location: path.to_path().display().to_string(),
                    system: SYSTEM,
                    remedy: "sign out in the editor itself".to_owned(),
                });
            })
        })
    })
}
