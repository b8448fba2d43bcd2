//! What was typed to what is meant: names, systems, the menu.

use adieu::plan::Target;
use adieu::resolve::{Unresolved, target_of_system};
use adieu::session::Resolved;
use adieu::shell::option;
use adieu::systems::System;

use super::Scope;
use super::context::Context;
use super::list::NOTHING_CONFIGURED;
use crate::args::{ASK, LogoutArgs};
use crate::questions::Confirmation;
use crate::ui::prompt::Wording;
use crate::ui::{Failure, Printer, plain, prompt};

/// What a logout was asked for.
pub(crate) fn target(
    context: &Context,
    arguments: &LogoutArgs,
    scope: Scope,
    printer: &mut Printer,
) -> Result<Option<Resolved>, Failure> {
    let whole = |target| {
        let seen = None;
        Some(Resolved { target, seen })
    };
    if arguments.all_realms || (arguments.all && scope == Scope::Machine) {
        return Ok(whole(Target::Machine));
    }
    if arguments.all {
        return Ok(whole(Target::Configured));
    }
    if arguments.possible {
        let named = arguments
            .identity
            .as_deref()
            .or(arguments.chosen.as_deref());
        return Ok(whole(possible(named)));
    }
    if !arguments.tags.is_empty() {
        return tagged(context, &arguments.tags).map(whole);
    }
    if let Some(name) = &arguments.provider {
        return providers(context, name, scope).map(whole);
    }
    let environment = &context.adieu.world.environment;
    let typed = arguments.identity.as_deref();
    let typed = typed.or(arguments.chosen.as_deref());
    let of_variable = || {
        let own = environment.get("ATMOS_IDENTITY");
        own.or_else(|| environment.get("IDENTITY"))
    };
    match typed.or_else(of_variable) {
        Some(name) if name != ASK => {
            let resolved = identity(context, name, scope)?;
            let is_whole = matches!(
                resolved.target,
                Target::Providers { .. } | Target::System { .. }
            );
            // A variable of any program may be called so: more than one identity has to be typed.
            if is_whole && typed.is_none() {
                return Err(unknown_identity(context, name, &[]));
            }
            Ok(Some(resolved))
        }
        _ => Ok(menu(context, scope, printer)?.and_then(whole)),
    }
}

/// One identity: by name, by alias, or (for the whole machine) by the name found on disk.
fn identity(context: &Context, name: &str, scope: Scope) -> Result<Resolved, Failure> {
    context
        .adieu
        .resolve(name, scope)
        .map_err(|unresolved| match unresolved {
            Unresolved::Ambiguous { typed, names } => ambiguous(&typed, names.into_iter()),
            Unresolved::Unknown { typed, found } => {
                let found: Vec<String> =
                    found.iter().map(|name| plain(name).into_owned()).collect();
                unknown_identity(context, &typed, &found)
            }
        })
}

/// Several things have the name, so that none is touched.
pub(super) fn ambiguous(typed: &str, meant: impl Iterator<Item = String>) -> Failure {
    let mut failure = Failure::usage(format!("\"{}\" may mean any of these", plain(typed)));
    for name in meant {
        failure = failure.detail(format!("  • {}", plain(&name)));
    }
    failure.hint("nothing was changed; use one of these names, spelled as here")
}

/// `found` is what is on this machine and in no configuration.
fn unknown_identity(context: &Context, name: &str, found: &[String]) -> Failure {
    let identity_graph = &context.adieu.identity_graph;
    let mut failure = Failure::usage(format!("identity \"{name}\" not found in configuration"));
    let mut names: Vec<&str> = identity_graph
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
    if identity_graph.provider(name).is_some() || System::parse(name).is_some() {
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
        return failure.detail(match context.adieu.configuration.gaps.first() {
            Some(gap) => format!("{gap}; see: adieu validate"),
            None if context.adieu.configuration.found => "None is configured.".to_owned(),
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
    let identity_graph = &context.adieu.identity_graph;
    if let Some(provider) = identity_graph.provider(name) {
        return Ok(Target::Providers {
            keys: vec![provider.key.clone()],
            label: provider.written.clone(),
        });
    }
    // What keeps accounts of its own is not in atmos.yaml.
    let is_meant = |system: &System| scope == Scope::Machine || system.info().is_configurable;
    if let Some(system) = System::parse(name).filter(is_meant) {
        return Ok(target_of_system(
            system,
            identity_graph,
            scope == Scope::Machine,
        ));
    }
    let mut names: Vec<&str> = identity_graph
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
    let is_asked_for = |system: &System| is_meant(system) && *system != System::ATMOS;
    let systems = System::families().filter(is_asked_for);
    let systems: Vec<&str> = systems.map(System::id).collect();
    Err(failure.hint(format!("A system works too: {}", systems.join(", "))))
}

/// What only looks like a sign-in: of one tool, or all of it.
fn possible(named: Option<&str>) -> Target {
    let system = System::POSSIBLE;
    named.map_or(
        Target::System {
            keys: Vec::new(),
            system,
            everywhere: true,
        },
        |name| Target::Accounts {
            accounts: [(system, name.to_owned())].into(),
            label: name.to_owned(),
        },
    )
}

fn tagged(context: &Context, tags: &[String]) -> Result<Target, Failure> {
    let providers = &context.adieu.configuration.auth.providers;
    let keys: Vec<String> = providers
        .iter()
        .filter(|provider| provider.tags.iter().any(|tag| tags.contains(tag)))
        .map(|provider| provider.name.key.clone())
        .collect();
    if keys.is_empty() {
        let providers = context.adieu.configuration.auth.providers.iter();
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
fn menu(context: &Context, scope: Scope, printer: &mut Printer) -> Result<Option<Target>, Failure> {
    let identity_graph = &context.adieu.identity_graph;
    let mut names: Vec<&str> = identity_graph
        .identities()
        .iter()
        .map(|i| i.written.as_str())
        .collect();
    names.sort_unstable();
    let mut providers: Vec<&str> = identity_graph
        .providers()
        .iter()
        .map(|p| p.written.as_str())
        .collect();
    providers.sort_unstable();
    let configuration = &context.adieu.configuration;
    let is_known = configuration.found && configuration.gaps.is_empty();
    if scope == Scope::Configured && names.is_empty() && providers.is_empty() && is_known {
        printer.data(NOTHING_CONFIGURED)?;
        return Ok(None);
    }
    if !printer.can_prompt() {
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
    let wording = Wording::of(Confirmation::MenuChoice, format!("Log out? {title}"));
    if !prompt::confirm(&wording, printer)? {
        return Ok(None);
    }
    Ok(Some(target))
}
