//! aider: no login of its own, but keys in several files.
//!
//! `~/.aider/oauth-keys.env` holds what its browser flow got. `.env` and `.aider.conf.yml` in the
//! home directory, the repository's root and the working directory are the person's own: they are
//! named, not changed.
//!
//! Source: aider `aider/main.py`, `aider/onboarding.py`, `aider/args.py`.

use super::common::{
    AccountArtefacts, build_account, build_file_place as whole, build_permissions_lookup,
    collect_facts, dotenv_keys, in_file, linked_sign_in, not_understood, provider_keys,
    shorten_path,
};
use crate::formats::{Format, Node};
use crate::inventory::OverrideKind;
use crate::io::files::ConfinedPath;
use crate::names::is_secret;
use crate::scan::dotenv_names;
use crate::systems::System;
use crate::systems::discovery::{DirectoryEntry, DiscoveryContext, InventoryBuilder, Lookup};

const SYSTEM: System = System::AIDER;

/// How many directories upwards a repository's root is looked for.
const UPWARDS: usize = 16;

pub(super) fn list_lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let mut lookups = Vec::new();
    lookups.extend(discovery.in_home(".aider").map(|directory| {
        Lookup::each(directory, None, move |entry, path| {
            (entry.name == "oauth-keys.env").then(|| of_the_flow(discovery, entry, path))
        })
    }));
    for directory in list_directories(&discovery) {
        lookups.extend(build_configuration_lookup(&directory));
    }
    // A `.env` is everybody's; it counts only where aider is in use.
    lookups.push(Lookup::next(move |findings| {
        let in_use = findings
            .accounts()
            .iter()
            .any(|known| known.system == SYSTEM)
            || findings
                .overrides()
                .iter()
                .any(|found| found.system == SYSTEM);
        if !in_use {
            return Vec::new();
        }
        provider_keys(&discovery, SYSTEM, findings);
        list_directories(&discovery)
            .iter()
            .filter_map(|directory| directory.join(".env"))
            .map(|file| {
                Lookup::shared(file, |file, bytes, findings| {
                    let kind =
                        |name: &str| name.ends_with("_API_KEY").then_some(OverrideKind::Settings);
                    dotenv_keys(SYSTEM, file, bytes, kind, findings);
                })
            })
            .collect()
    }));
    lookups
}

fn of_the_flow<'a>(
    discovery: DiscoveryContext<'a>,
    entry: &DirectoryEntry,
    path: ConfinedPath,
) -> Lookup<'a> {
    if entry.is_link {
        return Lookup::say(move |findings| {
            linked_sign_in(SYSTEM, "openrouter", "openrouter.ai", &path, findings);
        });
    }
    Lookup::next(move |_| {
        vec![
            build_permissions_lookup(&path),
            Lookup::read(path.clone(), move |file, bytes, findings| {
                keys_of_the_flow(&discovery, file, bytes, findings);
            }),
        ]
    })
}

/// The home directory, the working directory, and those above it up to a repository's root.
fn list_directories(discovery: &DiscoveryContext<'_>) -> Vec<ConfinedPath> {
    let home = &discovery.world.home;
    let mut found = vec![discovery.world.home_directory()];
    for directory in discovery.world.working_directory.ancestors().take(UPWARDS) {
        if directory == home || directory.parent().is_none() {
            break;
        }
        found.push(discovery.in_project(directory));
    }
    found
}

fn keys_of_the_flow(
    discovery: &DiscoveryContext<'_>,
    file: &ConfinedPath,
    bytes: &[u8],
    findings: &mut InventoryBuilder<'_>,
) {
    if dotenv_names(bytes).is_empty() {
        return;
    }
    let name = "openrouter";
    let mut found = build_account(SYSTEM, name, "openrouter.ai");
    found.facts = collect_facts([
        ("method", Some("API key of the browser flow")),
        ("source", Some(&shorten_path(discovery, file))),
        ("revoke", Some("https://openrouter.ai/settings/keys")),
    ]);
    findings.account(found);
    let owner = AccountArtefacts {
        system: SYSTEM,
        name,
    };
    findings.artefact(owner.sign_in(whole(file), "API keys"));
}

fn build_configuration_lookup<'a>(directory: &ConfinedPath) -> Option<Lookup<'a>> {
    let file = directory.join(".aider.conf.yml")?;
    Some(Lookup::shared(file, |file, bytes, findings| {
        let Ok(document) = Format::Yaml.read(bytes) else {
            not_understood(SYSTEM, file, "YAML of one document", findings);
            return;
        };
        for name in list_key_names(document.root()) {
            in_file(SYSTEM, OverrideKind::Settings, &name, file, findings);
        }
    }))
}

/// The names of keys in a configuration.
fn list_key_names(root: &Node) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in root.members() {
        let text = value.scalar().filter(|text| !text.is_empty());
        match key {
            "openai-api-key" | "anthropic-api-key" => found.extend(text.map(|_| key.to_owned())),
            "api-key" | "set-env" => {
                let items = value.elements().iter().filter_map(Node::scalar);
                for item in items.chain(text) {
                    add_key_name(key, item, &mut found);
                }
            }
            _ => {}
        }
    }
    found
}

/// An item of `api-key` (`provider=key`) or `set-env` (`NAME=value`).
fn add_key_name(list: &str, item: &str, found: &mut Vec<String>) {
    let Some((name, value)) = item.trim().split_once('=') else {
        return;
    };
    let is_key = match list {
        "api-key" => true,
        "set-env" => is_secret(name),
        _ => false,
    };
    if is_key && !value.is_empty() {
        found.push(format!("{list} {name}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configured(text: &str) -> Vec<String> {
        list_key_names(Format::Yaml.read(text.as_bytes()).unwrap().root())
    }

    #[test]
    fn keys_of_a_configuration_are_named_without_their_values() {
        let text = "# aider\nmodel: sonnet\nanthropic-api-key: FAKE-a\napi-key:\n  - gemini=FAKE-b\n\
                    set-env:\n  - GROQ_API_KEY=FAKE-c\n  - EDITOR=vim\nauto-commits: false\n";
        assert_eq!(
            configured(text),
            [
                "anthropic-api-key",
                "api-key gemini",
                "set-env GROQ_API_KEY"
            ]
        );
        assert_eq!(configured("api-key: [gemini=FAKE]"), ["api-key gemini"]);
        let folded = "\"set-env\":\n- >-\n  A_TOKEN=FAKE\n- 'B_TOKEN='\napi-key: groq=FAKE # x\n\
                      note: |\n  openai-api-key: no\n";
        assert_eq!(configured(folded), ["set-env A_TOKEN", "api-key groq"]);
        assert!(configured("api-key:\nopenai-api-key:\n").is_empty());
    }
}
