//! Names that a person types, to what they mean: identities of the configuration, accounts that
//! systems keep by themselves, whole systems, and sign-ins that no configuration knows.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::atmos::identity_graph::{IdentityEntry, IdentityGraph, ProviderEntry};
use crate::inventory::{Account, Inventory};
use crate::plan::{Found, Target};
use crate::selector::{self, Choice, is_same_name};
use crate::system::System;

/// Why a name means nothing that could be logged out of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// Nothing has the name.
    #[error("\"{typed}\" is not known")]
    Unknown {
        /// What was typed.
        typed: String,
        /// Names of what is on this machine and in no configuration, as they can be typed.
        found: Vec<String>,
    },
    /// Several things have the name, so that none is meant.
    #[error("\"{typed}\" may mean any of {}", .names.join(", "))]
    Ambiguous {
        /// What was typed.
        typed: String,
        /// A name of each that means nothing else.
        names: Vec<String>,
    },
}

impl Unresolved {
    pub(crate) fn unknown(typed: &str) -> Self {
        Self::Unknown {
            typed: typed.to_owned(),
            found: Vec::new(),
        }
    }
}

/// Finds what a name means in the configuration alone; `Ok(None)` where only the disk can tell.
///
/// `own_realms` are the realms of this configuration, for `realm/name`. With `is_whole_machine`, a
/// name can be that of a system which keeps accounts of its own, and what is not spelled exactly so in
/// the configuration may be more exact on the disk.
///
/// # Errors
///
/// [`Unresolved`] where the disk has no say.
pub fn resolve_configured(
    typed: &str,
    identity_graph: &IdentityGraph,
    own_realms: &[String],
    is_whole_machine: bool,
) -> Result<Option<Target>, Unresolved> {
    let configured = identity_graph.identities_called(typed);
    if configured.found.is_empty() {
        if let Some(key) = find_qualified_identity(typed, identity_graph, own_realms) {
            return Ok(Some(Target::Identity(key)));
        }
        // A tool of the catalogue is asked last: its name is an everyday word (`vault`, `forge`).
        let native = System::parse(typed)
            .filter(|system| !system.info().is_configurable && !system.info().is_tool);
        if let Some(system) = native.filter(|_| is_whole_machine) {
            // `claude`: all accounts of a system that keeps its own.
            return Ok(Some(target_of_system(system, identity_graph, true)));
        }
    }
    // What is spelled so in the configuration is meant; nothing on disk can be more exact. A realm before
    // the name leads out of the configuration.
    let is_elsewhere = configured.found.is_empty() && typed.contains('/');
    if is_elsewhere || (is_whole_machine && !configured.is_exact) {
        return Ok(None);
    }
    match configured.found.as_slice() {
        [one] => Ok(Some(Target::Identity(one.key.clone()))),
        [] => Err(Unresolved::unknown(typed)),
        several => Err(Unresolved::Ambiguous {
            typed: typed.to_owned(),
            names: several.iter().map(|entry| entry.written.clone()).collect(),
        }),
    }
}

/// Finds what a name means among everything that is configured or on the machine.
///
/// # Errors
///
/// [`Unresolved`].
pub fn resolve_found(
    typed: &str,
    identity_graph: &IdentityGraph,
    inventory: &Inventory,
) -> Result<Target, Unresolved> {
    let configured = identity_graph.identities_called(typed).found;
    // A possible sign-in is named after a directory: the tool of that name is meant first.
    let is_tool = System::parse(typed).is_some();
    let accounts = inventory.accounts.iter();
    let accounts = accounts.filter(|account| !is_tool || account.system != System::POSSIBLE);
    let everybody = configured
        .into_iter()
        .map(Candidate::Configured)
        .chain(accounts.map(Candidate::Account))
        .chain(find_orphans(inventory).into_iter().map(Candidate::Found));
    match selector::choose_candidate(typed, everybody, Candidate::names) {
        Choice::One(one) => Ok(one.into_target(typed)),
        // Whoever has the name itself is meant before a whole provider or system.
        Choice::Nothing => resolve_wider(typed, identity_graph, inventory),
        Choice::Several(several) => Err(Unresolved::Ambiguous {
            typed: typed.to_owned(),
            names: several.iter().map(Candidate::unique_name).collect(),
        }),
    }
}

/// Finds what a name means that nobody has: a provider of the configuration, a system, or a sign-in by
/// the host of its page.
fn resolve_wider(
    typed: &str,
    identity_graph: &IdentityGraph,
    inventory: &Inventory,
) -> Result<Target, Unresolved> {
    if let Some(target) = find_provider(typed, identity_graph) {
        return Ok(target);
    }
    if let Some(system) = System::parse(typed).filter(|system| *system != System::ATMOS) {
        return Ok(target_of_system(system, identity_graph, true));
    }
    let mut at_page: Vec<Candidate<'_>> = Vec::new();
    let has_page = |page: &str| is_called(page, typed, inventory);
    let providers = identity_graph.providers().iter();
    at_page.extend(
        providers
            .filter(|entry| {
                let portal = entry.portal.as_ref();
                portal.is_some_and(|portal| has_page(&portal.start_url))
            })
            .map(Candidate::Provider),
    );
    let orphans = find_orphans(inventory).into_iter();
    at_page.extend(
        orphans
            .filter(|orphan| has_page(orphan.name))
            .map(Candidate::Found),
    );
    if at_page.is_empty() {
        let accounts = inventory.accounts.iter();
        let meant = accounts.filter(|account| is_part_of_name(account, typed));
        at_page.extend(meant.map(Candidate::Account));
    }
    match at_page.pop() {
        None => Err(Unresolved::Unknown {
            typed: typed.to_owned(),
            found: names_on_disk(inventory),
        }),
        Some(only) if at_page.is_empty() => Ok(only.into_target(typed)),
        Some(last) => Err(Unresolved::Ambiguous {
            typed: typed.to_owned(),
            names: at_page
                .iter()
                .chain([&last])
                .map(Candidate::unique_name)
                .collect(),
        }),
    }
}

/// Whether people call an account by a part of its name: the user or the host of `alice@github.com`, the
/// profile of `profile dev`. A system may stand before it.
fn is_part_of_name(account: &Account, typed: &str) -> bool {
    let (system, part) = match typed.split_once(':') {
        Some((system, part)) if System::parse(system).is_some() => (System::parse(system), part),
        _ => (None, typed),
    };
    if account.system == System::POSSIBLE || system.is_some_and(|system| account.system != system) {
        return false;
    }
    let name = account.name.strip_prefix("profile ");
    let parts = name.unwrap_or(&account.name).split(['@', '(', ')', ',']);
    let mut parts = parts.map(str::trim).filter(|known| !known.is_empty());
    parts.any(|known| is_same_name(known, part))
}

/// Whether people call a portal so: by its host, the host's first part, or as the AWS CLI's configuration
/// calls it, a profile or an `sso-session`. A system may stand before it.
pub fn is_called(page: &str, typed: &str, inventory: &Inventory) -> bool {
    let name = match typed.split_once(':') {
        Some((system, name)) if System::parse(system) == Some(System::AWS) => name,
        _ => typed,
    };
    let is_page = |other: &String| is_same_page(other, page);
    host_names(page).any(|host| is_same_name(&host, name))
        || inventory
            .portal_names
            .iter()
            .any(|(known, pages)| is_same_name(known, name) && pages.iter().any(is_page))
}

/// Whether two start pages are one: what stands behind the path's end does not count.
fn is_same_page(left: &str, right: &str) -> bool {
    let bare = |page: &str| {
        page.trim()
            .trim_end_matches(['/', '#'])
            .to_ascii_lowercase()
    };
    bare(left) == bare(right)
}

/// The logout of all providers of a system, and with `everywhere` of all of it on the machine.
pub fn target_of_system(
    system: System,
    identity_graph: &IdentityGraph,
    everywhere: bool,
) -> Target {
    let providers = identity_graph.providers().iter();
    Target::System {
        keys: providers
            .filter(|provider| provider.system == system)
            .map(|provider| provider.key.clone())
            .collect(),
        system,
        everywhere,
    }
}

/// Finds the configured provider that is meant by its name, or by `system:name`.
fn find_provider(typed: &str, identity_graph: &IdentityGraph) -> Option<Target> {
    let (system, name) = match typed.split_once(':') {
        Some((system, name)) if System::parse(system).is_some() => (System::parse(system), name),
        _ => (None, typed),
    };
    let is_meant = |entry: &&ProviderEntry| system.is_none_or(|system| entry.system == system);
    let found = identity_graph.provider(name).filter(is_meant)?;
    Some(Candidate::Provider(found).into_target(typed))
}

/// What people call a sign-in by its page: the host, and the host's first part.
fn host_names(page: &str) -> impl Iterator<Item = String> {
    let page = url::Url::parse(page).ok();
    let host = page.and_then(|page| page.host_str().map(str::to_owned));
    let first = host.as_deref().and_then(|host| host.split_once('.'));
    let first = first.map(|(first, _)| first.to_owned());
    host.into_iter().chain(first)
}

/// Finds the configured identity that is meant by `realm/name`, `system:name` or `system:realm/name`,
/// the realm being one of this configuration.
fn find_qualified_identity(
    typed: &str,
    identity_graph: &IdentityGraph,
    own_realms: &[String],
) -> Option<String> {
    let (system, rest) = match typed.split_once(':') {
        Some((system, rest)) if System::parse(system).is_some() => (System::parse(system), rest),
        _ => (None, typed),
    };
    let find = |name: &str| {
        let found = identity_graph.identity(name)?;
        let is_meant = system.is_none_or(|system| found.system == system);
        is_meant.then(|| found.key.clone())
    };
    if let Some(key) = system.and_then(|_| find(rest)) {
        return Some(key);
    }
    let (realm, name) = rest.split_once('/')?;
    let is_own = own_realms
        .iter()
        .any(|own| own == realm && !realm.is_empty());
    is_own.then(|| find(name)).flatten()
}

/// What a name may stand for.
enum Candidate<'a> {
    /// An identity of the configuration.
    Configured(&'a IdentityEntry),
    /// A provider of the configuration.
    Provider(&'a ProviderEntry),
    /// An account that a system keeps by itself.
    Account(&'a Account),
    /// What is signed in although no configuration knows it.
    Found(Orphan<'a>),
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
            Self::Provider(entry) => (
                vec![Cow::Borrowed(entry.written.as_str())],
                Some(entry.system),
            ),
            Self::Account(account) => (account.names(), Some(account.system)),
            Self::Found(orphan) => (orphan.names(), None),
        };
        if let Some(system) = system {
            let qualified: Vec<_> = names.iter().map(|name| name_in(system, name)).collect();
            names.extend(qualified.into_iter().map(Cow::Owned));
        }
        names
    }

    /// The name that means nothing else.
    fn unique_name(&self) -> String {
        match self {
            Self::Configured(entry) => name_in(entry.system, &entry.written),
            Self::Provider(entry) => name_in(entry.system, &entry.written),
            Self::Account(account) => name_in(account.system, &account.name),
            Self::Found(orphan) => orphan.unique_name(),
        }
    }

    fn into_target(self, typed: &str) -> Target {
        match self {
            Self::Configured(entry) => Target::Identity(entry.key.clone()),
            Self::Provider(entry) => Target::Providers {
                keys: vec![entry.key.clone()],
                label: entry.written.clone(),
            },
            Self::Account(account) => Target::Accounts {
                accounts: BTreeSet::from([(account.system, account.name.clone())]),
                label: typed.to_owned(),
            },
            Self::Found(orphan) => Target::Found(orphan.into_found(typed)),
        }
    }
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
            names.push(Cow::Owned(name_in(*system, self.name)));
            names.push(Cow::Owned(name_in(*system, &qualified)));
        }
        names.push(Cow::Borrowed(self.name));
        names.push(Cow::Owned(qualified));
        names
    }

    fn unique_name(&self) -> String {
        match self.systems.first() {
            Some(system) if self.systems.len() == 1 && self.is_only => name_in(*system, self.name),
            Some(system) if self.systems.len() == 1 => {
                name_in_realm(*system, self.realm, self.name)
            }
            _ if self.is_only => self.name.to_owned(),
            _ => format!("{}/{}", self.realm, self.name),
        }
    }

    fn into_found(self, typed: &str) -> Found {
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

/// The name with its system before it: `aws:dev-admin`.
fn name_in(system: System, name: &str) -> String {
    format!("{}:{name}", system.id())
}

/// The name of a sign-in that no configuration knows which means no other one.
pub fn name_in_realm(system: System, realm: &str, name: &str) -> String {
    format!("{}:{realm}/{name}", system.id())
}

/// Finds what no configuration knows. What has no realm belongs to the only realm that has the name.
fn find_orphans(inventory: &Inventory) -> Vec<Orphan<'_>> {
    let mut found: BTreeMap<&str, BTreeMap<&str, BTreeSet<System>>> = BTreeMap::new();
    for artefact in &inventory.artefacts {
        if let Some(name) = artefact.owner.as_orphan() {
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

/// Everything on disk that has a name of its own, by the names that can be typed, and the systems of
/// the accounts.
fn names_on_disk(inventory: &Inventory) -> Vec<String> {
    let accounts = inventory.accounts.iter();
    let mut names: BTreeSet<String> = accounts
        .flat_map(|account| {
            let system = account.system;
            [system.id().to_owned(), name_in(system, &account.name)]
        })
        .collect();
    names.extend(find_orphans(inventory).iter().map(|orphan| {
        if orphan.is_only {
            orphan.name.to_owned()
        } else {
            format!("{}/{}", orphan.realm, orphan.name)
        }
    }));
    names.into_iter().collect()
}

#[cfg(test)]
mod tests;
