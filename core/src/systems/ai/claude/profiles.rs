//! Profiles of the `ant` CLI and the SDKs, which Claude Code falls back to.
//!
//! `active_config` names the active one; `configs/NAME.json` says what it is; `credentials/NAME.json`
//! holds its tokens. A profile with a person's login takes over as soon as Claude Code's own login is
//! gone.
//!
//! Source: the public sources of the vendor's SDK and CLI (`credentials`, `cmd_auth`).

use serde_json::{Map, Value};

use super::SYSTEM;
use crate::inventory::{Artefact, Fact, Override, OverrideKind, State};
use crate::io::files::{ConfinedPath, is_plain_component};
use crate::systems::ai::common::{
    AccountArtefacts, build_account, build_file_place as whole, check_entry_name, collect_facts,
    find_text, linked_sign_in, once_each, parse_seconds, read_object, shorten_path,
};
use crate::systems::discovery::{DirectoryEntry, DiscoveryContext, InventoryBuilder, Lookup};
use crate::world::OperatingSystem;

/// Who hands out the sign-ins.
const PROVIDER: &str = "api.anthropic.com";

pub(super) fn list_lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let environment = &discovery.world.environment;
    let named = environment.get("ANTHROPIC_CONFIG_DIR");
    let named = named.map(|text| discovery.below(&discovery.world.home.join(text)));
    let usual = if discovery.world.operating_system == OperatingSystem::Windows {
        let data = environment.get("APPDATA").map(std::path::Path::new);
        data.and_then(|data| discovery.below(data).join("Anthropic"))
    } else {
        discovery.in_home(".config/anthropic")
    };
    let mut directories = once_each(named, usual);
    // The one in use comes last, so that which profile is active is what it says.
    directories.reverse();
    let last = directories.len().saturating_sub(1);
    let all = directories.into_iter().enumerate();
    all.map(|(at, directory)| of_directory(discovery, directory, at == last))
        .collect()
}

fn of_directory(
    discovery: DiscoveryContext<'_>,
    directory: ConfinedPath,
    is_in_use: bool,
) -> Lookup<'_> {
    Lookup::listed(directory, None, move |root, entries| {
        let is_there = |name: &str| entries.iter().any(|entry| entry.name == name);
        let mut lookups = vec![Lookup::say(|findings| {
            findings.notes.ai.ant_active = None;
        })];
        if is_there("active_config") {
            lookups.extend(root.join("active_config").map(build_active_profile_lookup));
        }
        if is_there("configs") && is_in_use {
            lookups.extend(
                root.join("configs")
                    .map(|path| build_configurations_lookup(discovery, path)),
            );
        }
        if is_there("credentials") {
            lookups.extend(
                root.join("credentials")
                    .map(|path| build_credentials_lookup(discovery, path, is_in_use)),
            );
        }
        lookups
    })
}

fn build_active_profile_lookup<'a>(file: ConfinedPath) -> Lookup<'a> {
    Lookup::read(file, |_, bytes, findings| {
        let name = String::from_utf8_lossy(bytes).trim().to_owned();
        if is_plain_component(&name) && !name.starts_with('.') {
            findings.notes.ai.ant_active = Some(name);
        }
    })
}

/// Which profile is used, and whether it was named by a variable.
fn find_chosen_profile(
    discovery: &DiscoveryContext<'_>,
    findings: &InventoryBuilder<'_>,
) -> (String, bool) {
    if let Some(name) = discovery.world.environment.get("ANTHROPIC_PROFILE") {
        return (name.to_owned(), true);
    }
    let active = findings.notes.ai.ant_active.clone();
    (active.unwrap_or_else(|| "default".to_owned()), false)
}

/// Configurations: not secret, but one that federates needs no login of its own.
fn build_configurations_lookup(
    discovery: DiscoveryContext<'_>,
    directory: ConfinedPath,
) -> Lookup<'_> {
    Lookup::each(directory, None, move |entry, path| {
        let name = entry.name.strip_suffix(".json")?.to_owned();
        Some(Lookup::read(path, move |file, bytes, findings| {
            let Some(config) = read_object(SYSTEM, file, bytes, findings) else {
                return;
            };
            let is_federated =
                find_text(&config, &["authentication", "type"]) == Some("oidc_federation");
            let (chosen, is_named) = find_chosen_profile(&discovery, findings);
            if is_federated && chosen == name {
                findings.notes.ai.ant_federated = Some(format_override_name(&name, is_named));
                takes_over(
                    &name,
                    is_named,
                    true,
                    file,
                    "remove active_config, or choose another",
                    findings,
                );
            }
        }))
    })
}

fn build_credentials_lookup(
    discovery: DiscoveryContext<'_>,
    directory: ConfinedPath,
    is_in_use: bool,
) -> Lookup<'_> {
    Lookup::each(directory, None, move |entry, path| {
        let found = list_credential_lookups(discovery, entry, path, is_in_use);
        found.unwrap_or_default()
    })
}

fn list_credential_lookups<'a>(
    discovery: DiscoveryContext<'a>,
    entry: &DirectoryEntry,
    path: ConfinedPath,
    is_in_use: bool,
) -> Option<Vec<Lookup<'a>>> {
    let name = entry.name.strip_suffix(".json")?.to_owned();
    if entry.is_link {
        return Some(vec![Lookup::say(move |findings| {
            let name = format!("ant:{name}");
            linked_sign_in(SYSTEM, &name, PROVIDER, &path, findings);
        })]);
    }
    let read = Lookup::read(path.clone(), move |file, bytes, findings| {
        if let Some(tokens) = read_object(SYSTEM, file, bytes, findings) {
            describe_profile(&discovery, &name, file, &tokens, is_in_use, findings);
        }
    });
    Some(check_entry_name(entry, &path, read))
}

fn describe_profile(
    discovery: &DiscoveryContext<'_>,
    name: &str,
    file: &ConfinedPath,
    tokens: &Map<String, Value>,
    is_in_use: bool,
    findings: &mut InventoryBuilder<'_>,
) {
    let has = |key: &str| find_text(tokens, &[key]).is_some();
    if !has("access_token") && !has("refresh_token") {
        return;
    }
    let account_name = format!("ant:{name}");
    let mut account = build_account(SYSTEM, &account_name, PROVIDER);
    account.facts = collect_facts([
        ("email", find_text(tokens, &["account_email"])),
        ("organisation", find_text(tokens, &["organization_name"])),
        ("workspace", find_text(tokens, &["workspace_name"])),
        ("method", Some("profile of the ant CLI")),
        ("source", Some(&shorten_path(discovery, file))),
    ]);
    let (chosen, is_named) = find_chosen_profile(discovery, findings);
    let is_active = chosen == name && is_in_use;
    let wins = match (is_active, is_named) {
        _ if !is_in_use => "no: ANTHROPIC_CONFIG_DIR leads elsewhere",
        (true, true) => "yes",
        (true, false) => "once the login of claude.ai is gone",
        (false, _) => "no: another profile is active",
    };
    account.facts.push(Fact::new("wins", wins));
    findings.account(account);
    // A refresh token has no end that is written down.
    let ends = parse_seconds(tokens.get("expires_at")).filter(|_| !has("refresh_token"));
    let owner = AccountArtefacts {
        system: SYSTEM,
        name: &account_name,
    };
    let found = owner.sign_in(whole(file), "tokens of a profile");
    let state = discovery.state_at(ends);
    findings.artefact(Artefact {
        state,
        expires_at: ends,
        ..found
    });
    // What has ended and cannot be renewed signs nobody in.
    if is_active && state != State::Expired {
        let remedy = format!("adieu logout {account_name}");
        takes_over(name, is_named, is_named, file, &remedy, findings);
    }
}

/// A profile that signs Claude Code in: at once when a variable names it or it federates, else when
/// the login is gone.
fn takes_over(
    name: &str,
    is_named: bool,
    is_first: bool,
    file: &ConfinedPath,
    remedy: &str,
    findings: &mut InventoryBuilder<'_>,
) {
    findings.overriding(Override {
        kind: if is_first {
            OverrideKind::Settings
        } else {
            OverrideKind::Fallback
        },
        name: format_override_name(name, is_named),
        location: file.to_path().display().to_string(),
        system: SYSTEM,
        remedy: remedy.to_owned(),
    });
}

/// How the override of a profile is called.
fn format_override_name(name: &str, is_named: bool) -> String {
    if is_named {
        "ANTHROPIC_PROFILE".to_owned()
    } else {
        format!("ant profile {name}")
    }
}
