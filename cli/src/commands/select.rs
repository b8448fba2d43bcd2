//! What was typed to what is meant: names, systems, the menu.

use std::collections::BTreeSet;

use adieu::config;
use adieu::discover::discover;
use adieu::inventory::{Account, Inventory};
use adieu::plan::{Found, Target};
use adieu::shell::option;
use adieu::systems::System;
use adieu::systems::survey::Reach;

use super::Scope;
use super::context::Context;
use super::list::NOTHING_CONFIGURED;
use crate::args::{ASK, LogoutArgs};
use crate::questions::Confirmation;
use crate::ui::prompt::Wording;
use crate::ui::{Failure, Speech, plain, prompt};

/// What a logout was asked for.
pub(crate) fn target(
    context: &Context,
    arguments: &LogoutArgs,
    scope: Scope,
    speech: &mut Speech,
) -> Result<Option<Target>, Failure> {
    if arguments.all_realms || (arguments.all && scope == Scope::Machine) {
        return Ok(Some(Target::Machine));
    }
    if arguments.all {
        return Ok(Some(Target::Configured));
    }
    if !arguments.tags.is_empty() {
        return tagged(context, &arguments.tags).map(Some);
    }
    if let Some(name) = &arguments.provider {
        return providers(context, name, scope).map(Some);
    }
    let environment = &context.world.environment;
    let named = arguments
        .identity
        .as_deref()
        .or(arguments.chosen.as_deref())
        .or_else(|| environment.get("ATMOS_IDENTITY"))
        .or_else(|| environment.get("IDENTITY"));
    match named {
        Some(name) if name != ASK => identity(context, name, scope).map(Some),
        _ => menu(context, scope, speech),
    }
}

/// One identity: by name, by alias, or (for the whole machine) by the name found on disk.
fn identity(context: &Context, name: &str, scope: Scope) -> Result<Target, Failure> {
    let roster = &context.roster;
    if let Some(system) = System::parse(name).filter(|system| system.has_accounts())
        && scope == Scope::Machine
        && roster.identity(name).is_none()
    {
        // `adieu logout claude`: all accounts of a system that keeps its own.
        return Ok(Target::System {
            keys: Vec::new(),
            system,
            everywhere: true,
        });
    }
    if let Some(identity) = roster.identity(name) {
        return Ok(Target::Identity(identity.key.clone()));
    }
    let aliased: Vec<&str> = roster
        .identities()
        .iter()
        .filter(|entry| {
            entry
                .alias
                .as_deref()
                .is_some_and(|a| a.eq_ignore_ascii_case(name))
        })
        .map(|entry| entry.key.as_str())
        .collect();
    match aliased.as_slice() {
        [one] => return Ok(Target::Identity((*one).to_owned())),
        [] => {}
        several => {
            let mut failure =
                Failure::usage(format!("\"{name}\" is the alias of several identities"));
            for key in several {
                failure = failure.detail(format!("  • {}", roster.written(key)));
            }
            return Err(failure.hint("use one of these names"));
        }
    }
    if let Some(key) = qualified_identity(context, name) {
        return Ok(Target::Identity(key));
    }
    if scope == Scope::Configured {
        return Err(unknown_identity(context, name, &[]));
    }
    let inventory = discover(&context.ground(), Reach::Machine);
    match on_disk(&inventory, name)? {
        Some(target) => Ok(target),
        None => Err(unknown_identity(context, name, &names_on_disk(&inventory))),
    }
}

/// The configured identity that is meant by `realm/name`, `system:name` or `system:realm/name`, the
/// realm being one of this configuration.
fn qualified_identity(context: &Context, typed: &str) -> Option<String> {
    let roster = &context.roster;
    let (system, rest) = of_system(typed);
    let is_there = |name: &str| {
        let found = roster.identity(name)?;
        let is_meant = system.is_none_or(|system| found.system == system);
        is_meant.then(|| found.key.clone())
    };
    if let Some(key) = system.and_then(|_| is_there(rest)) {
        return Some(key);
    }
    let (realm, name) = rest.split_once('/')?;
    let own = config::candidate_realms(&context.world, &context.configuration);
    own.iter()
        .any(|own| own == realm && !realm.is_empty())
        .then(|| is_there(name))
        .flatten()
}

/// An account that a system keeps by itself, or what is signed in although no configuration knows
/// it.
fn on_disk(inventory: &Inventory, name: &str) -> Result<Option<Target>, Failure> {
    if let Some(target) = account(inventory, name)? {
        return Ok(Some(target));
    }
    Ok(orphan(inventory, name)?.map(Target::Found))
}

/// What no configuration knows, as it is found: system, realm (empty for none) and name.
fn orphans(inventory: &Inventory) -> BTreeSet<(System, &str, &str)> {
    let artefacts = inventory.artefacts.iter();
    artefacts
        .filter_map(|artefact| {
            let name = artefact.subject.orphan.as_deref()?;
            let realm = artefact.realm.as_deref().unwrap_or_default();
            Some((artefact.system, realm, name))
        })
        .collect()
}

/// The system that a name is qualified with, and the rest.
pub(super) fn of_system(typed: &str) -> (Option<System>, &str) {
    match typed.split_once(':') {
        Some((system, rest)) if System::parse(system).is_some() => (System::parse(system), rest),
        _ => (None, typed),
    }
}

/// Whether `name` or `realm/name` was typed, with that way to compare names.
pub(super) fn is_named(
    typed: &str,
    realm: &str,
    name: &str,
    same: impl Fn(&str, &str) -> bool,
) -> bool {
    let by_realm = typed.split_once('/');
    same(typed, name) || by_realm.is_some_and(|(at, rest)| at == realm && same(rest, name))
}

/// The one sign-in that is meant by `name`, `realm/name`, `system:name` or `system:realm/name`: as it
/// is written, else whatever its case.
fn orphan(inventory: &Inventory, typed: &str) -> Result<Option<Found>, Failure> {
    let (system, rest) = of_system(typed);
    let known = orphans(inventory);
    let meant = |same: fn(&str, &str) -> bool| -> Vec<(System, &str, &str)> {
        let is_meant = |(of, realm, name): &&(System, &str, &str)| {
            system.is_none_or(|system| system == *of) && is_named(rest, realm, name, same)
        };
        known.iter().filter(is_meant).copied().collect()
    };
    let mut found = meant(|typed, name| typed == name);
    if found.is_empty() {
        found = meant(|typed, name| typed.eq_ignore_ascii_case(name));
    }
    let Some((_, _, name)) = found.first().copied() else {
        return Ok(None);
    };
    let is_qualified = found.iter().all(|(.., name)| rest != *name) && rest.contains('/');
    let realms: BTreeSet<&str> = found.iter().map(|(_, realm, _)| *realm).collect();
    let places: Vec<&str> = realms
        .iter()
        .copied()
        .filter(|realm| !realm.is_empty())
        .collect();
    let is_one = found.iter().all(|(.., other)| *other == name);
    if !is_one || (places.len() > 1 && !is_qualified) {
        let mut failure = Failure::usage(format!("\"{typed}\" is several sign-ins"));
        for (of, realm, name) in found {
            failure = failure.detail(format!("  • {}", qualified(of, realm, name)));
        }
        return Err(failure.hint("use one of these names"));
    }
    Ok(Some(Found {
        name: name.to_owned(),
        // What has no realm belongs to the only one there is.
        realm: is_qualified.then(|| realms.first().copied().unwrap_or_default().to_owned()),
        system,
    }))
}

/// The name that means one sign-in and no other.
pub(super) fn qualified(system: System, realm: &str, name: &str) -> String {
    format!("{}:{realm}/{name}", system.id())
}

/// Everything that [`on_disk`] knows, by the names that it takes, and the systems of these accounts.
fn names_on_disk(inventory: &Inventory) -> Vec<String> {
    let accounts = inventory.accounts.iter();
    let mut names: BTreeSet<String> = accounts
        .flat_map(|account| {
            let system = account.system.id();
            [system.to_owned(), format!("{system}:{}", account.name)]
        })
        .collect();
    let known = orphans(inventory);
    names.extend(known.iter().map(|(_, realm, name)| {
        let is_same = |other: &&(System, &str, &str)| other.2 == *name && other.1 != *realm;
        match known.iter().any(|other| is_same(&other)) {
            true => format!("{realm}/{name}"),
            false => (*name).to_owned(),
        }
    }));
    names
        .into_iter()
        .map(|name| plain(&name).into_owned())
        .collect()
}

/// The one account of that name or alias, `system:name` too.
fn account(inventory: &Inventory, typed: &str) -> Result<Option<Target>, Failure> {
    let qualified = typed
        .split_once(':')
        .and_then(|(system, name)| Some((System::parse(system)?, name)));
    let is_meant = |account: &&Account| match qualified {
        Some((system, name)) => account.system == system && account.is_called(name),
        None => account.is_called(typed),
    };
    let found: Vec<&Account> = inventory.accounts.iter().filter(is_meant).collect();
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(Target::Accounts {
            accounts: BTreeSet::from([(one.system, one.name.clone())]),
            label: typed.to_owned(),
        })),
        several => {
            let mut failure = Failure::usage(format!("\"{typed}\" is several accounts"));
            for account in several {
                let line = format!("  • {}:{}", account.system.id(), account.name);
                failure = failure.detail(plain(&line));
            }
            Err(failure.hint("use one of these names"))
        }
    }
}

/// `found` is what is on this machine and in no configuration.
fn unknown_identity(context: &Context, name: &str, found: &[String]) -> Failure {
    let roster = &context.roster;
    let mut failure = Failure::usage(format!("identity \"{name}\" not found in configuration"));
    let mut names: Vec<&str> = roster
        .identities()
        .iter()
        .map(|i| i.written.as_str())
        .collect();
    names.sort_unstable();
    if found.is_empty() || !names.is_empty() {
        failure = list(context, failure, "Available identities:", &names);
    }
    if !found.is_empty() {
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        failure = list(context, failure, "Found on this machine:", &found);
        names.extend(found);
    }
    if roster.provider(name).is_some() || System::parse(name).is_some() {
        failure = failure.hint(format!(
            "'{name}' is no identity; try {}",
            option("--provider", name)
        ));
    } else if let Some(nearest) = nearest(name, &names) {
        failure = failure.hint(format!("Did you mean '{nearest}'?"));
    }
    failure.hint("Run 'atmos auth logout' without arguments for interactive selection.")
}

/// How many names an error lists.
const SHOWN: usize = 50;

pub(super) fn list(context: &Context, failure: Failure, title: &str, names: &[&str]) -> Failure {
    if names.is_empty() {
        return failure.detail(match context.configuration.gaps.first() {
            Some(gap) => format!("{gap}; see: adieu validate"),
            None => "Nothing is configured: no atmos.yaml was found, or it has no auth.".to_owned(),
        });
    }
    let mut failure = failure.detail(title);
    for name in names.iter().take(SHOWN) {
        failure = failure.detail(format!("  • {name}"));
    }
    if names.len() > SHOWN {
        failure = failure.detail(format!("  … and {} more", names.len() - SHOWN));
    }
    failure
}

pub(super) fn nearest<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    names
        .iter()
        .map(|known| {
            (
                strsim::jaro_winkler(&name.to_lowercase(), &known.to_lowercase()),
                *known,
            )
        })
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

/// A configured provider, or all providers of a system.
fn providers(context: &Context, name: &str, scope: Scope) -> Result<Target, Failure> {
    let roster = &context.roster;
    if let Some(provider) = roster.provider(name) {
        return Ok(Target::Providers {
            keys: vec![provider.key.clone()],
            label: provider.written.clone(),
        });
    }
    // What keeps accounts of its own is not in atmos.yaml.
    let is_meant = |system: &System| scope == Scope::Machine || !system.has_accounts();
    if let Some(system) = System::parse(name).filter(is_meant) {
        let keys: Vec<String> = roster
            .providers()
            .iter()
            .filter(|provider| provider.system == system)
            .map(|provider| provider.key.clone())
            .collect();
        return Ok(Target::System {
            keys,
            system,
            everywhere: scope == Scope::Machine,
        });
    }
    let mut names: Vec<&str> = roster
        .providers()
        .iter()
        .map(|p| p.written.as_str())
        .collect();
    names.sort_unstable();
    let failure = Failure::usage(format!("provider \"{name}\" not found in configuration"));
    let mut failure = list(context, failure, "Available providers:", &names);
    if let Some(nearest) = nearest(name, &names) {
        failure = failure.hint(format!("Did you mean '{nearest}'?"));
    }
    let systems = System::ALL.iter().filter(|system| is_meant(system));
    let systems: Vec<&str> = systems.map(|system| system.id()).collect();
    Err(failure.hint(format!("A system works too: {}", systems.join(", "))))
}

fn tagged(context: &Context, tags: &[String]) -> Result<Target, Failure> {
    let providers = &context.configuration.auth.providers;
    let keys: Vec<String> = providers
        .iter()
        .filter(|provider| provider.tags.iter().any(|tag| tags.contains(tag)))
        .map(|provider| provider.name.key.clone())
        .collect();
    if keys.is_empty() {
        let shown = context.configuration.shown(&context.world.environment);
        let shown = shown.as_ref().unwrap_or(&context.configuration);
        let providers = shown.auth.providers.iter();
        let mut known: Vec<&str> = providers
            .flat_map(|provider| &provider.tags)
            .map(String::as_str)
            .collect();
        known.sort_unstable();
        known.dedup();
        let failure = Failure::usage(format!("no provider has the tag {}", tags.join(" or ")));
        return Err(if known.is_empty() {
            failure.detail("No provider has a tag.")
        } else {
            list(context, failure, "Available tags:", &known)
        });
    }
    Ok(Target::Providers {
        keys,
        label: format!("tags {}", tags.join(", ")),
    })
}

/// The menu of the command's page.
fn menu(context: &Context, scope: Scope, speech: &mut Speech) -> Result<Option<Target>, Failure> {
    let roster = &context.roster;
    let mut names: Vec<&str> = roster
        .identities()
        .iter()
        .map(|i| i.written.as_str())
        .collect();
    names.sort_unstable();
    let mut providers: Vec<&str> = roster
        .providers()
        .iter()
        .map(|p| p.written.as_str())
        .collect();
    providers.sort_unstable();
    let configuration = &context.configuration;
    let is_known = configuration.found && configuration.gaps.is_empty();
    if scope == Scope::Configured && names.is_empty() && providers.is_empty() && is_known {
        speech.data(NOTHING_CONFIGURED)?;
        return Ok(None);
    }
    if !speech.can_prompt() {
        let failure =
            Failure::usage("which identity to log out of was not said, and nobody can be asked");
        let failure = list(context, failure, "Available identities:", &names);
        return Err(failure.hint("Name one, or use --provider NAME or --all."));
    }
    let mut options: Vec<(String, Target)> = Vec::new();
    for name in &names {
        options.push((
            format!("Identity: {name}"),
            Target::Identity(name.to_lowercase()),
        ));
    }
    for name in &providers {
        let target = Target::Providers {
            keys: vec![name.to_lowercase()],
            label: (*name).to_owned(),
        };
        options.push((format!("Provider: {name} (removes all identities)"), target));
    }
    let everything = if scope == Scope::Machine {
        Target::Machine
    } else {
        Target::Configured
    };
    options.push(("All identities (complete logout)".to_owned(), everything));
    let titles: Vec<String> = options.iter().map(|(title, _)| title.clone()).collect();
    let last = titles.len() - 1;
    let Some(at) = prompt::choose("Choose what to logout from:", titles, &[last])? else {
        return Ok(None);
    };
    let Some((title, target)) = options.into_iter().nth(at) else {
        return Ok(None);
    };
    // Under the cursor from the start, or one key up from there: perhaps nobody chose it.
    if at == 0 || at == last {
        let wording = Wording::of(Confirmation::MenuChoice, format!("Log out? {title}"));
        if !prompt::confirm(&wording, speech)? {
            return Ok(None);
        }
    }
    Ok(Some(target))
}
