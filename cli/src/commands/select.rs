//! What was typed to what is meant: names, systems, the menu.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use adieu::config;
use adieu::discover::discover;
use adieu::inventory::{Account, Inventory};
use adieu::plan::{Found, Target};
use adieu::roster::IdentityEntry;
use adieu::selector::{self, Choice};
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
    let configured = context.roster.identities_called(name);
    if let Some(system) = System::parse(name).filter(|system| !system.info().is_configurable)
        && scope == Scope::Machine
        && configured.found.is_empty()
    {
        // `adieu logout claude`: all accounts of a system that keeps its own.
        return Ok(Target::System {
            keys: Vec::new(),
            system,
            everywhere: true,
        });
    }
    if configured.found.is_empty()
        && let Some(key) = qualified_identity(context, name)
    {
        return Ok(Target::Identity(key));
    }
    // What is spelled so in the configuration is meant; nothing on disk can be more exact.
    if configured.is_exact || scope == Scope::Configured {
        return match configured.found.as_slice() {
            [one] => Ok(Target::Identity(one.key.clone())),
            [] => Err(unknown_identity(context, name, &[])),
            several => Err(ambiguous(
                name,
                several.iter().map(|entry| entry.written.clone()),
            )),
        };
    }
    let inventory = discover(&context.ground(), Reach::Machine);
    let configured = configured.found.into_iter().map(Candidate::Configured);
    let everybody = configured.chain(on_disk(&inventory));
    match selector::choose(name, everybody, Candidate::names) {
        Choice::One(one) => Ok(one.target(name)),
        Choice::Nothing => Err(unknown_identity(context, name, &names_on_disk(&inventory))),
        Choice::Several(several) => Err(ambiguous(name, several.iter().map(Candidate::qualified))),
    }
}

/// The configured identity that is meant by `realm/name`, `system:name` or `system:realm/name`, the
/// realm being one of this configuration.
fn qualified_identity(context: &Context, typed: &str) -> Option<String> {
    let roster = &context.roster;
    let (system, rest) = match typed.split_once(':') {
        Some((system, rest)) if System::parse(system).is_some() => (System::parse(system), rest),
        _ => (None, typed),
    };
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

/// What a name may stand for.
enum Candidate<'a> {
    /// An identity of the configuration.
    Configured(&'a IdentityEntry),
    /// An account that a system keeps by itself.
    Account(&'a Account),
    /// What is signed in although no configuration knows it.
    Found(Orphan<'a>),
}

/// A sign-in that no configuration knows.
struct Orphan<'a> {
    name: &'a str,
    /// The empty one is what has no realm.
    realm: &'a str,
    /// Whether no other realm has one of that name.
    is_only: bool,
    /// The systems that it was found in.
    systems: BTreeSet<System>,
}

impl Orphan<'_> {
    fn names(&self) -> Vec<Cow<'_, str>> {
        let qualified = format!("{}/{}", self.realm, self.name);
        let mut names = Vec::new();
        for system in &self.systems {
            names.push(Cow::Owned(of_system(*system, self.name)));
            names.push(Cow::Owned(of_system(*system, &qualified)));
        }
        names.push(Cow::Borrowed(self.name));
        names.push(Cow::Owned(qualified));
        names
    }

    fn qualified(&self) -> String {
        match self.systems.first() {
            Some(system) if self.systems.len() == 1 && self.is_only => {
                of_system(*system, self.name)
            }
            Some(system) if self.systems.len() == 1 => qualified(*system, self.realm, self.name),
            _ if self.is_only => self.name.to_owned(),
            _ => format!("{}/{}", self.realm, self.name),
        }
    }

    fn target(&self, typed: &str) -> Found {
        let system = typed
            .split_once(':')
            .and_then(|(system, _)| System::parse(system));
        Found {
            name: self.name.to_owned(),
            // What has no realm belongs to the only one there is.
            realm: (!self.is_only).then(|| self.realm.to_owned()),
            system: system.filter(|system| self.systems.contains(system)),
        }
    }
}

/// The name of a sign-in that no configuration knows which means no other one.
pub(super) fn qualified(system: System, realm: &str, name: &str) -> String {
    format!("{}:{realm}/{name}", system.id())
}

impl Candidate<'_> {
    /// Its names, and each with its system before it.
    fn names(&self) -> Vec<Cow<'_, str>> {
        let (mut names, system) = match self {
            Self::Configured(entry) => {
                let names = std::iter::once(&entry.written).chain(&entry.alias);
                let names = names.map(|name| Cow::Borrowed(name.as_str())).collect();
                (names, Some(entry.system))
            }
            Self::Account(account) => (account.names(), Some(account.system)),
            Self::Found(orphan) => (orphan.names(), None),
        };
        if let Some(system) = system {
            let qualified: Vec<_> = names.iter().map(|name| of_system(system, name)).collect();
            names.extend(qualified.into_iter().map(Cow::Owned));
        }
        names
    }

    /// The name that means nothing else.
    fn qualified(&self) -> String {
        match self {
            Self::Configured(entry) => of_system(entry.system, &entry.written),
            Self::Account(account) => of_system(account.system, &account.name),
            Self::Found(orphan) => orphan.qualified(),
        }
    }

    fn target(self, typed: &str) -> Target {
        match self {
            Self::Configured(entry) => Target::Identity(entry.key.clone()),
            Self::Account(account) => Target::Accounts {
                accounts: BTreeSet::from([(account.system, account.name.clone())]),
                label: typed.to_owned(),
            },
            Self::Found(orphan) => Target::Found(orphan.target(typed)),
        }
    }
}

fn of_system(system: System, name: &str) -> String {
    format!("{}:{name}", system.id())
}

/// Several things have the name, so that none is touched.
pub(super) fn ambiguous(typed: &str, meant: impl Iterator<Item = String>) -> Failure {
    let mut failure = Failure::usage(format!("\"{}\" may mean any of these", plain(typed)));
    for name in meant {
        failure = failure.detail(format!("  • {}", plain(&name)));
    }
    failure.hint("nothing was changed; use one of these names, spelled as here")
}

/// Everything on disk that has a name of its own.
fn on_disk(inventory: &Inventory) -> impl Iterator<Item = Candidate<'_>> {
    let accounts = inventory.accounts.iter().map(Candidate::Account);
    accounts.chain(orphans(inventory).into_iter().map(Candidate::Found))
}

/// What no configuration knows. What has no realm belongs to the only realm that has the name.
fn orphans(inventory: &Inventory) -> Vec<Orphan<'_>> {
    let mut found: BTreeMap<&str, BTreeMap<&str, BTreeSet<System>>> = BTreeMap::new();
    for artefact in &inventory.artefacts {
        if let Some(name) = &artefact.owner.as_orphan() {
            let realms = found.entry(name).or_default();
            let realm = artefact.realm.as_deref().unwrap_or_default();
            realms.entry(realm).or_default().insert(artefact.system);
        }
    }
    let mut orphans = Vec::new();
    for (name, mut realms) in found {
        let named = realms.keys().filter(|realm| !realm.is_empty()).count();
        if named == 1
            && let Some(without) = realms.remove("")
        {
            for systems in realms.values_mut() {
                systems.extend(&without);
            }
        }
        let is_only = realms.len() == 1;
        orphans.extend(realms.into_iter().map(|(realm, systems)| Orphan {
            name,
            realm,
            is_only,
            systems,
        }));
    }
    orphans
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
    names.extend(orphans(inventory).iter().map(|orphan| {
        if orphan.is_only {
            orphan.name.to_owned()
        } else {
            format!("{}/{}", orphan.realm, orphan.name)
        }
    }));
    names
        .into_iter()
        .map(|name| plain(&name).into_owned())
        .collect()
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
    let is_meant = |system: &System| scope == Scope::Machine || system.info().is_configurable;
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
    let is_asked_for = |system: &&System| is_meant(system) && **system != System::ATMOS;
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
        let providers = context.configuration.auth.providers.iter();
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
