//! What was typed to what is meant: names, systems, the menu.

use std::collections::BTreeSet;

use adieu::discover::discover;
use adieu::inventory::{Account, Inventory};
use adieu::plan::Target;
use adieu::shell::option;
use adieu::systems::System;
use adieu::systems::survey::Reach;

use super::Scope;
use super::context::Context;
use crate::args::{ASK, LogoutArgs};
use crate::ui::{Failure, Speech, plain, prompt};

/// What a logout was asked for.
pub(crate) fn target(
    context: &Context,
    arguments: &LogoutArgs,
    scope: Scope,
    speech: &Speech,
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
    if scope == Scope::Configured {
        return Err(unknown_identity(context, name, &[]));
    }
    let inventory = discover(&context.ground(), Reach::Machine);
    match on_disk(&inventory, name)? {
        Some(target) => Ok(target),
        None => Err(unknown_identity(context, name, &names_on_disk(&inventory))),
    }
}

/// An account that a system keeps by itself, or what is signed in although no configuration knows
/// it.
fn on_disk(inventory: &Inventory, name: &str) -> Result<Option<Target>, Failure> {
    if let Some(target) = account(inventory, name)? {
        return Ok(Some(target));
    }
    let is_orphan = inventory.artefacts.iter().any(|artefact| {
        let orphan = artefact.subject.orphan.as_deref();
        orphan.is_some_and(|orphan| orphan.eq_ignore_ascii_case(name))
    });
    Ok(is_orphan.then(|| Target::Found(name.to_owned())))
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
    let artefacts = inventory.artefacts.iter();
    names.extend(artefacts.filter_map(|artefact| artefact.subject.orphan.clone()));
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
    // What of Atmos's is of no known family is nobody's to ask for.
    let is_asked_for = |system: &&System| is_meant(system) && **system != System::Atmos;
    let systems = System::ALL.iter().filter(is_asked_for);
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
fn menu(context: &Context, scope: Scope, speech: &Speech) -> Result<Option<Target>, Failure> {
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
    let titles = options.iter().map(|(title, _)| title.clone()).collect();
    let choice = prompt::choose("Choose what to logout from:", titles)?;
    Ok(choice
        .and_then(|index| options.into_iter().nth(index))
        .map(|(_, target)| target))
}
