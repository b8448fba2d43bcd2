//! Units: what goes whole or not at all.
//!
//! A unit is what one sign-in of a tool makes, and what the tool's own logout takes away together:
//!
//! - of Salesforce one user of an org: the auth file with its linked apps, the aliases, the defaults
//!   that name it, its place in the list of the org's users, the sandbox file;
//! - of an AI tool one account: credential files, key-store entries, and the members of settings that
//!   say who is signed in;
//! - of everything that Atmos keeps (AWS, Azure, Google Cloud, Atmos Pro) one provider: its entry in the
//!   key store, its session file, its directory, the identities behind it as far as they are meant, and
//!   what other tools keep of its session, be it a member of a file of theirs (the Azure CLI's cache, in
//!   which only Atmos's own copy tells which tokens are Atmos's);
//! - of an identity that stands alone (`aws/user`, `aws/ambient`) the same for the chains that start at
//!   it, which Atmos keeps in a directory of its name;
//! - everything else (registries, clusters, browsers, what no configuration knows) place by place.
//!
//! Where a part of a unit that is meant cannot be read, nothing of the unit goes and no server is told of
//! it: a later run still finds it by all its names, and ends it as a whole. `--force` lifts that, but for
//! what no logout removes. What goes unread because its kind is certain is no such part: it goes with
//! the rest.

use std::collections::{BTreeMap, BTreeSet};

use super::build::Planner;
use super::selection::Selection;
use crate::inventory::{
    Artefact, Category, Owner, Place, Problem, State, TokenUnavailable, Unread,
};
use crate::system::System;

/// One unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit<'a> {
    /// An account of a system that keeps its own, by name.
    Account(System, &'a str),
    /// A provider of the configuration, by key.
    Provider(&'a str),
    /// The chains that start at an identity which stands alone, by its key.
    Root(&'a str),
}

impl<'a> Planner<'a> {
    /// The units that an artefact is a part of; several where providers share it.
    fn units_of(&self, artefact: &'a Artefact) -> Vec<Unit<'a>> {
        let owner = &artefact.owner;
        if let Some(name) = owner.as_account() {
            return vec![Unit::Account(artefact.system, name)];
        }
        let providers = owner.as_providers();
        if providers.is_empty() {
            let of_identity = || {
                let root = self.identity_graph.root_identity(owner.as_identity()?)?;
                Some(root.key.as_str())
            };
            let root = owner.as_root().or_else(of_identity);
            return root.map(Unit::Root).into_iter().collect();
        }
        providers.iter().map(|key| Unit::Provider(key)).collect()
    }

    /// The units of which a part cannot be read, with the reason.
    pub(super) fn units_with_unread_parts(&self) -> BTreeMap<Unit<'a>, String> {
        let mut units = BTreeMap::new();
        for artefact in &self.inventory.artefacts {
            if let Some(why) = self.obstacle(artefact) {
                for unit in self.units_of(artefact) {
                    units.entry(unit).or_insert_with(|| why.to_owned());
                }
            }
        }
        for problem in &self.inventory.problems {
            let is_part = problem.hides || self.inventory.unread.contains_key(&problem.location);
            if !is_part || self.goes_unread(problem) {
                continue;
            }
            for unit in self.units_behind(problem) {
                if self.request.force && !self.would_be_left(unit, problem) {
                    continue;
                }
                units
                    .entry(unit)
                    .or_insert_with(|| format!("{} cannot be read", problem.location));
            }
        }
        units
    }

    /// Tells why nothing of the sign-in goes that an artefact is a part of.
    pub(super) fn stays_whole(&self, artefact: &'a Artefact) -> Option<&str> {
        let mut units = self.units_of(artefact).into_iter();
        units.find_map(|unit| self.unread_units.get(&unit).map(String::as_str))
    }

    /// Tells why an artefact that is meant cannot be taken with the rest of its unit.
    pub(super) fn obstacle(&self, artefact: &'a Artefact) -> Option<&'static str> {
        // Most can be read, and that is quickly seen.
        if artefact.sealed.is_none() && artefact.state != State::Unknown {
            return None;
        }
        match self.membership(artefact) {
            Selection::In => self.why_unreadable(artefact),
            Selection::Unreadable if artefact.state == State::Unknown => {
                Some("a part of it could not be understood")
            }
            _ => None,
        }
    }

    /// Tells why something that is meant stays as long as it cannot be read.
    pub(super) fn why_unreadable(&self, artefact: &Artefact) -> Option<&'static str> {
        if artefact.sealed == Some(TokenUnavailable::Immovable) {
            return Some("its file is a link or somebody else's, which no logout removes");
        }
        let in_keyring = matches!(artefact.place, Place::KeyringEntry { .. });
        let is_locked = artefact.sealed == Some(TokenUnavailable::Locked) && !self.request.force;
        if in_keyring && is_locked && (self.request.keychain || self.is_sign_in_entry(artefact)) {
            return Some("the key store is locked");
        }
        // Entries of Atmos's are kept or go unread by rules of their own; a token that has expired was
        // read.
        if (in_keyring && !artefact.owner.is_native())
            || artefact.sealed == Some(TokenUnavailable::NoToken)
        {
            return None;
        }
        self.is_locked_in(artefact)
    }

    /// Whether an entry of a key store is what signing in wrote, so that a logout takes it: another
    /// tool's, or the portal token of a provider.
    fn is_sign_in_entry(&self, artefact: &Artefact) -> bool {
        let owner = &artefact.owner;
        let mut providers = owner.as_providers().iter();
        artefact.owner.is_native()
            || (owner.as_identity().is_none()
                && providers.any(|key| {
                    let provider = self.identity_graph.provider(key);
                    provider.is_some_and(|provider| provider.portal.is_some())
                }))
    }

    /// Whether the file that a problem is about goes as a whole because that was asked for.
    fn goes_unread(&self, problem: &Problem) -> bool {
        let Some(path) = problem.location.as_path() else {
            return false;
        };
        self.inventory.artefacts.iter().any(|artefact| {
            artefact.tier != Category::SignIn
                && matches!(&artefact.place, Place::File { file } if file.to_path() == path)
                && matches!(self.membership(artefact), Selection::In)
        })
    }

    /// Whether even a logout that gives up what cannot be read would leave a login there: nothing of it was
    /// found that could be removed unread. Of Salesforce it only names those whose files are found.
    fn would_be_left(&self, unit: Unit<'_>, problem: &Problem) -> bool {
        let Unit::Account(system, name) = unit else {
            return false;
        };
        // Without the file that tells of it, nobody would know of what the key store has.
        let unread = self.inventory.unread.get(&problem.location);
        if unread.into_iter().flatten().any(
            |whose| matches!(whose, Unread::Account(of, whose) if *of == system && whose == name),
        ) {
            return true;
        }
        let path = problem.location.as_path();
        let mut artefacts = self.inventory.artefacts.iter();
        system.info().is_ai
            && !artefacts.any(|artefact| path.is_some() && artefact.place.path().as_deref() == path)
    }

    /// Tells whose sign-ins a place that cannot be read is a part of.
    fn units_behind(&self, problem: &Problem) -> Vec<Unit<'a>> {
        let location = problem.location.file();
        let owner = self.inventory.owner(problem);
        let providers = owner.into_iter().flat_map(Owner::as_providers);
        let is_meant = |key: &&String| {
            self.scope.providers.contains(*key) || self.roots.contains(key.as_str())
        };
        let mut units: Vec<Unit<'a>> = providers
            .filter(&is_meant)
            .map(|key| Unit::Provider(key))
            .collect();
        let root = owner.and_then(Owner::as_root);
        units.extend(
            root.filter(|_| self.may_hold_theirs(problem))
                .map(Unit::Root),
        );
        let unread = self.inventory.unread.get(&problem.location);
        for whose in unread.into_iter().flatten() {
            let system = match whose {
                Unread::All(system) | Unread::Below(system) | Unread::Account(system, _) => *system,
                Unread::Provider(key) => {
                    units.extend(Some(key).filter(is_meant).map(|key| Unit::Provider(key)));
                    continue;
                }
            };
            // Credentials of a tool that is data are whole by themselves, each in its place.
            if system.info().is_tool && !matches!(whose, Unread::Account(..)) {
                continue;
            }
            let accounts = self.inventory.accounts.iter();
            let accounts = accounts.filter(|account| account.system == system);
            let is_whose = |name: &str| match whose {
                Unread::Below(_) => {
                    let keeps = |place| self.inventory.keeps_things_at(system, name, place);
                    location.is_some_and(keeps)
                }
                Unread::Account(_, whose) => whose == name,
                Unread::All(_) | Unread::Provider(_) => true,
            };
            units.extend(
                accounts
                    .filter(|account| is_whose(&account.name))
                    .map(|account| Unit::Account(system, &account.name)),
            );
        }
        let shared = location.and_then(|place| self.inventory.shared_directories.get(place));
        units.extend(match shared {
            // The root of everything that Atmos keeps of these two.
            Some(system) if *system == System::ATMOS => {
                self.providers_of(|of| [System::AWS, System::GCP].contains(&of))
            }
            Some(system) => self.providers_of(|of| of == *system),
            None => Vec::new(),
        });
        if matches!(shared,
            Some(system) if [System::ATMOS, System::AWS].contains(system))
        {
            units.extend(self.meant_roots());
        }
        units
    }

    /// The identities that stand alone, as far as they or those behind them are meant.
    fn meant_roots(&self) -> BTreeSet<Unit<'a>> {
        let meant = self.scope.identities.iter();
        let roots = meant.filter_map(|key| self.identity_graph.root_identity(key));
        roots.map(|root| Unit::Root(root.key.as_str())).collect()
    }

    /// The providers of some systems, as far as they are meant.
    fn providers_of(&self, is_wanted: impl Fn(System) -> bool) -> Vec<Unit<'a>> {
        let providers = self.identity_graph.providers().iter();
        providers
            .filter(|provider| is_wanted(provider.system))
            .map(|provider| &provider.key)
            .filter(|key| self.scope.providers.contains(*key) || self.roots.contains(key.as_str()))
            .map(|key| Unit::Provider(key))
            .collect()
    }
}
