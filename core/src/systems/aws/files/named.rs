//! Provider directories below a `base_path` that a configuration names: it can be any directory.

use std::collections::BTreeSet;
use std::ffi::OsStr;

use super::{Layout, own_roots, provider_directory};
use crate::atmos::config::Provider;
use crate::inventory::{Location, Problem};
use crate::io::files::{ConfinedPath, is_plain_component};
use crate::systems::discovery::{DiscoveryContext, DiscoveryScope, Lookup, RemoveIfEmpty};
use crate::systems::{System, is_result_of_function};

/// The directories below every `base_path`: with realm, without, and as the command's page has it.
pub(super) fn named_directories<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let mut seen = BTreeSet::new();
    let mut lookups = Vec::new();
    for provider in &discovery.configuration.auth.providers {
        let key = &provider.name.key;
        if explain_unusable_name(key).is_some() {
            continue;
        }
        let base = match resolve_base_path(discovery, provider) {
            Ok(Some(base)) => base,
            Ok(None) => continue,
            Err(why) => {
                lookups.push(unusable_base(provider, why));
                continue;
            }
        };
        let mut candidates: Vec<(Vec<&str>, Option<String>)> =
            vec![(vec![key], None), (vec!["aws", key], None)];
        for realm in discovery.realms.iter().filter(|realm| !realm.is_empty()) {
            candidates.push((vec![realm, "aws", key], Some(realm.clone())));
        }
        for (path, realm) in candidates {
            let directory = path.iter().try_fold(base.clone(), |at, name| at.join(name));
            let Some(directory) = directory else { continue };
            if !is_own(discovery, &directory) && seen.insert((directory.clone(), key.clone())) {
                let above = &path[..path.len() - 1];
                lookups.extend(named_directory(*discovery, &base, above, key, realm));
            }
        }
    }
    lookups
}

/// A provider's directory below a `base_path`, inside those that Atmos makes on the way to it.
fn named_directory<'a>(
    discovery: DiscoveryContext<'a>,
    base: &ConfinedPath,
    above: &[&str],
    provider: &str,
    realm: Option<String>,
) -> Option<Lookup<'a>> {
    let Some((first, rest)) = above.split_first() else {
        let directory = base.join(provider)?;
        return Some(provider_directory(
            discovery,
            directory,
            provider.to_owned(),
            realm,
            Layout::Named,
        ));
    };
    let directory = base.join(first)?;
    let rest: Vec<String> = rest.iter().map(|name| (*name).to_owned()).collect();
    let provider = provider.to_owned();
    let tidy = RemoveIfEmpty {
        is_named: true,
        ..RemoveIfEmpty::in_realm(System::AWS, realm.clone())
    };
    Some(Lookup::listed(directory, tidy, move |directory, _| {
        let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
        let next = named_directory(discovery, directory, &rest, &provider, realm.clone());
        next.into_iter().collect()
    }))
}

/// Whether a directory below a `base_path` is one of Atmos's own, which is looked at anyway. Only
/// what has exactly its layout is: anything else may lie in Atmos's directory too.
fn is_own(discovery: &DiscoveryContext<'_>, directory: &ConfinedPath) -> bool {
    let path = directory.to_path();
    let is_reached = |realm: &OsStr| {
        discovery.reach == DiscoveryScope::Machine
            || discovery.realms.iter().any(|own| realm == own.as_str())
    };
    own_roots(discovery).iter().any(|root| {
        let below = path.strip_prefix(root.to_path());
        let names: Vec<&OsStr> = below.iter().flat_map(|below| below.iter()).collect();
        match names.as_slice() {
            [folder, _] => *folder == "aws",
            [realm, folder, _] => *folder == "aws" && *realm != "aws" && is_reached(realm),
            _ => false,
        }
    })
}

/// A `base_path` as configured: `~` is the home directory, a relative one starts at the working
/// directory. `Err` is why it leads nowhere that can be looked at.
fn resolve_base_path(
    discovery: &DiscoveryContext<'_>,
    provider: &Provider,
) -> Result<Option<ConfinedPath>, &'static str> {
    let node = provider.settings.at(&["spec", "files", "base_path"]);
    if node.is_some_and(is_result_of_function) {
        return Err("is what a function gives that is not evaluated");
    }
    // To Atmos a blank one is none.
    let Some(text) = provider.base_path().filter(|text| !text.trim().is_empty()) else {
        return Ok(None);
    };
    if text.chars().any(char::is_control) {
        return Err("has control characters in it");
    }
    let expanded = discovery.world.expand_tilde(text);
    let path = discovery.rooted(&discovery.world.working_directory.join(expanded));
    // Where such a path leads depends on links on the way.
    path.map(Some).ok_or("has `..` in it")
}

/// What lies below such a `base_path` is not seen, so nobody may take silence for cleanliness.
fn unusable_base<'a>(provider: &Provider, why: &'static str) -> Lookup<'a> {
    let location = Location::named(format!("provider {:?}", provider.name.written));
    Lookup::say(move |findings| {
        findings.problem(Problem {
            location: location.clone(),
            // The path is not shown: it may be what a variable gave.
            message: format!("`spec.files.base_path` {why}, so nothing below it was looked at"),
            hint: Some("write an absolute path or one that starts with `~/`".to_owned()),
            hides: true,
        });
    })
}

/// Why a provider's name never becomes a path.
fn explain_unusable_name(key: &str) -> Option<&'static str> {
    if !is_plain_component(key) {
        return Some("its name is not one plain path component");
    }
    // A directory that hides itself is somebody's settings, never a provider of Atmos.
    key.starts_with('.')
        .then_some("its name begins with a dot, as settings of other programs do")
}

/// Names that never become a path are said, so that nobody takes silence for cleanliness.
pub(super) fn unusable_names<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    discovery
        .identity_graph
        .providers()
        .iter()
        .filter(|provider| provider.system == System::AWS)
        .filter_map(|provider| Some((provider, explain_unusable_name(&provider.key)?)))
        .map(|(provider, why)| {
            let name = provider.written.clone();
            Lookup::say(move |findings| {
                findings.problem(Problem {
                    location: Location::named(format!("provider {name:?}")),
                    message: format!("{why}, so no file was looked for under it"),
                    hint: Some("rename it in atmos.yaml".to_owned()),
                    hides: false,
                });
            })
        })
        .collect()
}
