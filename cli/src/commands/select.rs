//! What was typed to what is meant: names, systems, the menu.

use std::collections::BTreeSet;

use adieu::plan::{Filter, OlderThan, Target};
use adieu::report::{Session, SessionState};
use adieu::resolve::{Unresolved, target_of_system};
use adieu::session::Resolved;
use adieu::shell::{format_option, quote_word};
use adieu::systems::System;
use jiff::Timestamp;

use super::Scope;
use super::context::Context;
use super::list::NOTHING_CONFIGURED;
use super::status::format_qualified_name;
use crate::args::{ASK, FilterArgs, LogoutArgs};
use crate::questions::Confirmation;
use crate::ui::prompt::Wording;
use crate::ui::{Failure, Printer, format_count, human, prompt, to_plain_text};

/// What a logout was asked for; `None` if the person chose nothing.
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
    let typed = &arguments.target;
    if typed.all_realms || (typed.all && scope == Scope::Machine) {
        return Ok(whole(Target::Machine));
    }
    if typed.all {
        return Ok(whole(Target::Configured));
    }
    if arguments.possible {
        let named = typed.identities.iter().chain(&typed.chosen);
        let named: Vec<&String> = named.filter(|name| *name != ASK).collect();
        return resolve_possible_sign_ins(context, &named).map(whole);
    }
    if !typed.tags.is_empty() {
        return resolve_tags(context, &typed.tags).map(whole);
    }
    if let Some(name) = &typed.provider {
        return resolve_providers(context, name, scope).map(whole);
    }
    let environment = &context.adieu.world.environment;
    if typed.identities.len() > 1 {
        return resolve_names(context, &typed.identities, scope).map(whole);
    }
    let name = typed.identities.first().map(String::as_str);
    let name = name.or(typed.chosen.as_deref());
    let of_variable = || {
        let own = environment.get("ATMOS_IDENTITY");
        own.or_else(|| environment.get("IDENTITY"))
    };
    match name.or_else(of_variable) {
        Some(known) if known != ASK => {
            let resolved = resolve_identity(context, known, scope)?;
            refuse_possible(&resolved.target, known)?;
            let is_whole = matches!(
                resolved.target,
                Target::Providers { .. } | Target::System { .. }
            );
            // A variable of any program may be called so: more than one identity has to be typed.
            if is_whole && name.is_none() {
                return Err(unknown_identity(context, known, &[]));
            }
            Ok(Some(resolved))
        }
        _ if scope == Scope::Machine && is_unconfigured(context) && printer.can_prompt() => {
            Ok(menu_of_sessions(context, printer)?.and_then(whole))
        }
        _ => Ok(choose_from_menu(context, scope, printer)?.and_then(whole)),
    }
}

/// What only looks like a sign-in goes where that is asked for, and by another word.
fn refuse_possible(target: &Target, typed: &str) -> Result<(), Failure> {
    let Target::Accounts { accounts, .. } = target else {
        return Ok(());
    };
    if !accounts
        .iter()
        .all(|(system, _)| *system == System::POSSIBLE)
    {
        return Ok(());
    }
    let typed = to_plain_text(typed);
    let failure = Failure::usage(format!(
        "\"{typed}\" is of an unknown tool, and only looks like a sign-in"
    ));
    Err(failure.hint(format!(
        "log out of it with: adieu logout --possible {}",
        quote_word(&typed)
    )))
}

/// What several names mean together, as one logout. All of them have to mean something before anything
/// is done.
fn resolve_names(context: &Context, names: &[String], scope: Scope) -> Result<Target, Failure> {
    let mut whole: Option<Target> = None;
    for name in names {
        let target = resolve_identity(context, name, scope)?.target;
        refuse_possible(&target, name)?;
        whole = Some(match whole {
            Some(known) => known.and(&target),
            None => target,
        });
    }
    whole.ok_or_else(|| Failure::usage("no identity given"))
}

/// What is left out of those who are meant.
pub(super) fn filter(context: &Context, arguments: &FilterArgs) -> Result<Filter, Failure> {
    let mut filter = Filter {
        except: Vec::new(),
        only_expired: arguments.only_expired,
        older_than: older_than(context, arguments),
    };
    for name in &arguments.except {
        // Whoever stays may be out of the reach of the command.
        let target = resolve_identity(context, name, Scope::Machine)?.target;
        filter.except.push((name.clone(), target));
    }
    Ok(filter)
}

/// The moment before which a sign-in was made that is older than `--older-than` says.
pub(super) fn older_than(context: &Context, arguments: &FilterArgs) -> Option<OlderThan> {
    let age = arguments.older_than.as_ref()?;
    let now = context.adieu.world.now();
    Some(OlderThan {
        before: now.checked_sub(age.duration).unwrap_or(Timestamp::MIN),
        typed: age.typed.clone(),
    })
}

/// One identity: by name, by alias, or (for the whole machine) by the name found on disk.
fn resolve_identity(context: &Context, name: &str, scope: Scope) -> Result<Resolved, Failure> {
    context
        .adieu
        .resolve(name, scope)
        .map_err(|unresolved| match unresolved {
            Unresolved::Ambiguous { typed, names } => {
                build_ambiguity_failure(&typed, names.into_iter())
            }
            Unresolved::Unknown { typed, found } => {
                let found: Vec<String> = found
                    .iter()
                    .map(|name| to_plain_text(name).into_owned())
                    .collect();
                unknown_identity(context, &typed, &found)
            }
        })
}

/// Several things have the name, so that none is touched.
pub(super) fn build_ambiguity_failure(typed: &str, meant: impl Iterator<Item = String>) -> Failure {
    let mut failure = Failure::usage(format!(
        "\"{}\" may mean any of these",
        to_plain_text(typed)
    ));
    for name in meant {
        failure = failure.detail(format!("  • {}", to_plain_text(&name)));
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
        failure = add_known_names(context, failure, "Available identities:", &names);
    }
    if !found.is_empty() {
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        failure = add_known_names(context, failure, "Found on this machine:", &found);
        names.extend(found);
    }
    if identity_graph.provider(name).is_some() || System::parse(name).is_some() {
        failure = failure.hint(format!(
            "'{name}' is no identity; try {}",
            format_option("--provider", name)
        ));
    } else if let Some(nearest) = find_nearest_name(name, &names) {
        failure = failure.hint(format!("Did you mean '{nearest}'?"));
    }
    let command = context.command_called(context.command);
    failure.hint(format!(
        "Run '{command}' without arguments for interactive selection."
    ))
}

/// How many names an error lists.
const SHOWN: usize = 50;

pub(super) fn add_known_names(
    context: &Context,
    failure: Failure,
    title: &str,
    names: &[&str],
) -> Failure {
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

pub(super) fn find_nearest_name<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
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
fn resolve_providers(context: &Context, name: &str, scope: Scope) -> Result<Target, Failure> {
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
    let mut failure = add_known_names(context, failure, "Available providers:", &names);
    if let Some(nearest) = find_nearest_name(name, &names) {
        failure = failure.hint(format!("Did you mean '{nearest}'?"));
    }
    // What of Atmos's is of no known family is nobody's to ask for.
    let is_asked_for = |system: &System| is_meant(system) && *system != System::ATMOS;
    let systems = System::families().filter(is_asked_for);
    let systems: Vec<&str> = systems.map(System::id).collect();
    Err(failure.hint(format!("A system works too: {}", systems.join(", "))))
}

/// What only looks like a sign-in: of these tools, or all of it. A name that nothing is called by is an
/// error, not "already logged out".
fn resolve_possible_sign_ins(context: &Context, named: &[&String]) -> Result<Target, Failure> {
    let system = System::POSSIBLE;
    if named.is_empty() {
        return Ok(Target::System {
            keys: Vec::new(),
            system,
            everywhere: true,
        });
    }
    let status = context.adieu.status(Scope::Machine);
    let found = status.possible().filter_map(|left| left.owner.as_account());
    let mut found: Vec<&str> = found.collect();
    found.sort_unstable();
    found.dedup();
    let mut accounts = BTreeSet::new();
    for name in named {
        let is_called = |found: &&&str| found.eq_ignore_ascii_case(name);
        let Some(known) = found.iter().find(is_called) else {
            let failure = Failure::usage(format!("no possible sign-in is called \"{name}\""));
            return Err(add_known_names(
                context,
                failure,
                "Found on this machine:",
                &found,
            ));
        };
        accounts.insert((system, (*known).to_owned()));
    }
    let label: Vec<&str> = accounts.iter().map(|(_, name)| name.as_str()).collect();
    let label = label.join(", ");
    Ok(Target::Accounts { accounts, label })
}

fn resolve_tags(context: &Context, tags: &[String]) -> Result<Target, Failure> {
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
            add_known_names(context, failure, "Available tags:", &known)
        });
    }
    Ok(Target::Providers {
        keys,
        label: format!("tags {}", tags.join(", ")),
    })
}

/// Whether no configuration names anybody.
fn is_unconfigured(context: &Context) -> bool {
    let identity_graph = &context.adieu.identity_graph;
    identity_graph.identities().is_empty() && identity_graph.providers().is_empty()
}

/// The menu where nobody is configured: what is signed in on this machine, any of it.
fn menu_of_sessions(context: &Context, printer: &mut Printer) -> Result<Option<Target>, Failure> {
    let status = context.adieu.status(Scope::Machine);
    let is_there =
        |session: &&Session| matches!(session.state, SessionState::Live | SessionState::Unknown);
    let sessions: Vec<&Session> = status.sessions.iter().filter(is_there).collect();
    if sessions.is_empty() {
        printer.data("Nobody is signed in on this machine.")?;
        return Ok(None);
    }
    let now = context.adieu.world.now();
    let titles = sessions.iter().map(|session| {
        let (who, system) = (human::session_name(session), session.system.title());
        format!("{who}  {system}  {}", human::describe_state(session, now))
    });
    let ticked = vec![false; sessions.len()];
    let title = "What to log out of? (space marks, Enter goes on)";
    let Some(chosen) = prompt::choose_several(title, titles.collect(), &ticked)? else {
        return Ok(None);
    };
    if chosen.is_empty() {
        return Ok(None);
    }
    let chosen: Vec<&Session> = chosen
        .into_iter()
        .filter_map(|at| sessions.get(at).copied())
        .collect();
    let number = format_count(chosen.len(), "sign-in", "sign-ins");
    let wording = Wording::of(Confirmation::MenuChoice, format!("Log out of {number}?"));
    if !prompt::ask_for_confirmation(&wording, printer)? {
        return Ok(None);
    }
    let names: Vec<String> = chosen.into_iter().map(format_qualified_name).collect();
    resolve_names(context, &names, Scope::Machine).map(Some)
}

/// The menu of the command's page.
fn choose_from_menu(
    context: &Context,
    scope: Scope,
    printer: &mut Printer,
) -> Result<Option<Target>, Failure> {
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
        let failure = Failure::usage(format!("no identity given, and {}", printer.why_unasked()));
        let failure = add_known_names(context, failure, "Available identities:", &names);
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
    let Some(at) = prompt::choose_option("Choose what to logout from:", titles, &[last])? else {
        return Ok(None);
    };
    let Some((title, target)) = options.into_iter().nth(at) else {
        return Ok(None);
    };
    let wording = Wording::of(Confirmation::MenuChoice, format!("Log out? {title}"));
    if !prompt::ask_for_confirmation(&wording, printer)? {
        return Ok(None);
    }
    Ok(Some(target))
}
