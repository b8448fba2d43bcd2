//! aider: no login of its own, but keys in several files.
//!
//! `~/.aider/oauth-keys.env` holds what its browser flow got. `.env` and `.aider.conf.yml` in the
//! home directory, the repository's root and the working directory are the person's own: they are
//! named, not changed.
//!
//! Source: aider `aider/main.py`, `aider/onboarding.py`, `aider/args.py`.

use super::common::{
    AccountArtefacts, account, dotenv, dotenv_keys, facts, file as whole, in_file, linked_sign_in,
    permissions, provider_keys, shown,
};
use crate::files::RootedPath;
use crate::inventory::OverrideKind;
use crate::systems::System;
use crate::systems::survey::{DirectoryEntry, Findings, Lookup, Survey};

const SYSTEM: System = System::AIDER;

/// How many directories upwards a repository's root is looked for.
const UPWARDS: usize = 16;

pub(super) fn lookups(survey: Survey<'_>) -> Vec<Lookup<'_>> {
    let mut lookups = Vec::new();
    lookups.extend(survey.in_home(".aider").map(|directory| {
        Lookup::each(directory, None, move |entry, path| {
            (entry.name == "oauth-keys.env").then(|| of_the_flow(survey, entry, path))
        })
    }));
    for directory in directories(&survey) {
        lookups.extend(configuration(&directory));
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
        provider_keys(&survey, SYSTEM, findings);
        directories(&survey)
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

fn of_the_flow<'a>(survey: Survey<'a>, entry: &DirectoryEntry, path: RootedPath) -> Lookup<'a> {
    if entry.is_link {
        return Lookup::say(move |findings| {
            linked_sign_in(SYSTEM, "openrouter", "openrouter.ai", &path, findings);
        });
    }
    Lookup::next(move |_| {
        vec![
            permissions(&path),
            Lookup::read(path.clone(), move |file, bytes, findings| {
                keys_of_the_flow(&survey, file, bytes, findings);
            }),
        ]
    })
}

/// The home directory, the working directory, and those above it up to a repository's root.
fn directories(survey: &Survey<'_>) -> Vec<RootedPath> {
    let home = &survey.world.home;
    let mut found = vec![RootedPath::root(home.as_path())];
    for directory in survey.world.working_directory.ancestors().take(UPWARDS) {
        if directory == home || directory.parent().is_none() {
            break;
        }
        found.push(survey.below(directory));
    }
    found
}

fn keys_of_the_flow(
    survey: &Survey<'_>,
    file: &RootedPath,
    bytes: &[u8],
    findings: &mut Findings<'_>,
) {
    if dotenv(bytes).is_empty() {
        return;
    }
    let name = "openrouter";
    let mut found = account(SYSTEM, name, "openrouter.ai");
    found.facts = facts([
        ("method", Some("API key of the browser flow")),
        ("source", Some(&shown(survey, file))),
        ("revoke", Some("https://openrouter.ai/settings/keys")),
    ]);
    findings.account(found);
    let owner = AccountArtefacts {
        system: SYSTEM,
        name,
    };
    findings.artefact(owner.sign_in(whole(file), "API keys"));
}

fn configuration<'a>(directory: &RootedPath) -> Option<Lookup<'a>> {
    let file = directory.join(".aider.conf.yml")?;
    Some(Lookup::shared(file, |file, bytes, findings| {
        for name in configured(&String::from_utf8_lossy(bytes)) {
            in_file(SYSTEM, OverrideKind::Settings, &name, file, findings);
        }
    }))
}

/// The names of keys in a configuration: only four settings matter, so it is read line by line.
fn configured(text: &str) -> Vec<String> {
    const LISTS: [&str; 2] = ["api-key", "set-env"];
    let mut found = Vec::new();
    let mut list = "";
    for line in text.lines() {
        let line = line.trim_end();
        let trimmed = line.trim_start();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if let Some(item) = trimmed.strip_prefix("- ") {
            add(list, item, &mut found);
            continue;
        }
        let Some((key, value)) = trimmed.split_once(':') else {
            continue;
        };
        let (key, value) = (key.trim(), value.trim());
        list = LISTS
            .into_iter()
            .find(|name| *name == key)
            .unwrap_or_default();
        match key {
            "openai-api-key" | "anthropic-api-key" if !value.is_empty() => {
                found.push(key.to_owned());
            }
            _ if !list.is_empty() => {
                let items = value.trim_start_matches('[').trim_end_matches(']');
                for item in items.split(',') {
                    add(list, item, &mut found);
                }
            }
            _ => {}
        }
    }
    found
}

/// An item of `api-key` (`provider=key`) or `set-env` (`NAME=value`).
fn add(list: &str, item: &str, found: &mut Vec<String>) {
    let item = item.trim().trim_matches(['"', '\'']);
    let Some((name, value)) = item.split_once('=') else {
        return;
    };
    let is_key = match list {
        "api-key" => true,
        "set-env" => crate::scan::is_secret(name),
        _ => false,
    };
    if is_key && !value.is_empty() {
        found.push(format!("{list} {name}"));
    }
}

#[cfg(test)]
mod tests {
    use super::configured;

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
        assert!(configured("api-key:\nopenai-api-key:\n").is_empty());
    }
}
