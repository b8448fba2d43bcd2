//! Selection: whether an artefact is part of a logout.

use std::collections::BTreeSet;

use super::Target;
use super::build::Planner;
use super::part::Part;
use crate::atmos::identity_graph::SharedLink;
use crate::inventory::{Artefact, Category, Contents, Exclusivity, Owner, Place, Problem, State};
use crate::systems::System;

/// The reason why an artefact is or is not part of a logout.
pub(super) enum Selection<'a> {
    /// It goes.
    In,
    /// It is a shared link of the chain: it stays, and the report says so.
    Shared(&'a SharedLink),
    /// It is a portal session that other providers use too.
    SharedPortal(Vec<&'a str>),
    /// It was written for another identity, and signs in this one as well.
    Anothers(&'a str),
    /// It is a login to another service that is kept beside it.
    Attached,
    /// It could not be understood, so it goes only on request.
    Unreadable,
    /// It is left out of what is meant; why.
    LeftOut(String),
    /// It is not meant.
    Out,
}

impl Selection<'_> {
    /// How much a logout may do with it, the most first.
    const fn rank(&self) -> u8 {
        match self {
            Self::In => 0,
            Self::Shared(_) | Self::SharedPortal(_) => 1,
            Self::Anothers(_) => 2,
            Self::Attached | Self::Unreadable | Self::LeftOut(_) => 3,
            Self::Out => 4,
        }
    }
}

impl<'a> Planner<'a> {
    pub(super) fn membership(&self, artefact: &'a Artefact) -> Selection<'a> {
        let found = match self.ownership(artefact) {
            Selection::In => self.tier(artefact),
            // Whoever else keeps a copy of a session that ends has nothing of it any more.
            _ if self.ends(artefact) => Selection::In,
            other => other,
        };
        let is_asked_for = matches!(
            found,
            Selection::In | Selection::Attached | Selection::Unreadable
        );
        match self.why_left_out(artefact).filter(|_| is_asked_for) {
            Some(why) => Selection::LeftOut(why),
            None => found,
        }
    }

    /// Whether a system was asked for and it is that system's, of somebody in the configuration: a
    /// provider of one system can sign in to another.
    fn is_of_the_system(part: &Part<'_>, artefact: &Artefact) -> bool {
        let Target::System { system, .. } = part.target else {
            return false;
        };
        *system == artefact.system
            && artefact.owner.is_configured()
            && !matches!(artefact.place, Place::Directory { .. })
    }

    /// Whether it holds a session that ends. Of systems with accounts, each account is left to itself.
    fn ends(&self, artefact: &Artefact) -> bool {
        let token = artefact.token.as_ref();
        token.is_some_and(|token| self.ending.contains(token)) && !artefact.owner.is_native()
    }

    /// Whether what is theirs goes with this kind of logout.
    fn tier(&self, artefact: &Artefact) -> Selection<'a> {
        let request = self.request;
        match artefact.tier {
            Category::SignIn => Selection::In,
            Category::Attached if request.attached => Selection::In,
            Category::Attached => Selection::Attached,
            Category::Footprint if request.complete || request.purge_data => Selection::In,
            Category::Data if request.purge_data => Selection::In,
            Category::Possible if request.possible => Selection::In,
            // With the sign-in, which is given up; a trace that can be read is none of it.
            Category::Footprint
                if artefact.state == State::Unknown
                    && artefact.owner.as_account().is_some()
                    && request.force =>
            {
                Selection::In
            }
            Category::Footprint if artefact.state != State::Residue => Selection::Unreadable,
            Category::Footprint | Category::Data | Category::Possible => Selection::Out,
        }
    }

    /// Collects what could not be looked into, as far as it may hold something of those who are
    /// meant.
    pub(super) fn unread(&self) -> Vec<Problem> {
        let problems = self.inventory.problems.iter();
        problems
            .filter(|problem| problem.hides && self.may_hold_theirs(problem))
            .cloned()
            .collect()
    }

    pub(super) fn may_hold_theirs(&self, problem: &Problem) -> bool {
        let Some(owner) = self.inventory.owner(problem) else {
            return true;
        };
        let mut parts = self.parts.iter();
        parts.any(|part| self.may_hold_of(part, owner))
    }

    fn may_hold_of(&self, part: &Part<'_>, owner: &Owner) -> bool {
        let is_meant =
            |key: &String| part.scope.providers.contains(key) || part.roots.contains(key.as_str());
        match part.target {
            Target::Identity(_) if let Some(identity) = owner.as_identity() => {
                part.scope.identities.contains(identity)
            }
            Target::Identity(key) if let Some(owner_root) = owner.as_root() => {
                let root = self.identity_graph.root_identity(key);
                root.is_some_and(|root| root.key == owner_root)
            }
            Target::Providers { .. } if owner.as_root().is_some() => false,
            Target::Identity(_) | Target::Providers { .. } => {
                let providers = owner.as_providers();
                providers.is_empty() || providers.iter().any(is_meant)
            }
            Target::Accounts { .. } | Target::Several(_) => false,
            Target::System { system, .. } => system.info().is_configurable,
            Target::Found(_) | Target::Configured | Target::Machine => true,
        }
    }

    /// Whether it belongs to somebody who is meant by any part.
    fn ownership(&self, artefact: &'a Artefact) -> Selection<'a> {
        let parts = self.parts.iter();
        let found = parts.map(|part| self.ownership_in(part, artefact));
        found.min_by_key(Selection::rank).unwrap_or(Selection::Out)
    }

    /// Whether only the names of identities say that it is meant, and no whole provider or system.
    pub(super) fn is_meant_by_name(&self, artefact: &'a Artefact) -> bool {
        let is_wide =
            |part: &&Part<'_>| !matches!(part.target, Target::Identity(_) | Target::Found(_));
        let mut wide = self.parts.iter().filter(is_wide);
        !wide.any(|part| matches!(self.ownership_in(part, artefact), Selection::In))
    }

    /// Whether it belongs to somebody who is meant by a part.
    pub(super) fn ownership_in(&self, part: &'a Part<'a>, artefact: &'a Artefact) -> Selection<'a> {
        let owner = &artefact.owner;
        if part.target.is_everywhere(artefact.system) || Self::is_of_the_system(part, artefact) {
            return Selection::In;
        }
        if owner.is_native() {
            return match part.target {
                Target::System { system, .. } if *system == artefact.system => Selection::In,
                Target::Accounts { accounts, .. } if is_of(artefact, accounts) => {
                    match self.request.client_app.as_deref() {
                        Some(app) if owner.as_client_app() != Some(app) => Selection::Out,
                        _ => Selection::In,
                    }
                }
                _ => Selection::Out,
            };
        }
        if let Target::Found(found) = part.target {
            // A directory is called after the root of its chains. Where the root itself is found too,
            // it is meant, and not everybody behind it.
            let is_of_others = self.is_profiles_file(artefact)
                && self
                    .inventory
                    .artefacts
                    .iter()
                    .any(|other| other.place.section().is_some() && found.covers(other));
            return if found.covers(artefact) && !is_of_others {
                Selection::In
            } else {
                Selection::Out
            };
        }
        if matches!(artefact.place, Place::Directory { .. }) {
            // Whether a directory goes depends only on what is left in it.
            return Selection::Out;
        }
        if let Some(identity) = owner.as_identity() {
            let in_keyring = matches!(artefact.place, Place::KeyringEntry { .. });
            let is_behind = |key: &String| part.roots.contains(key.as_str());
            return match part.scope.identities.contains(identity) {
                true => Selection::In,
                false if in_keyring || self.is_user(identity) => {
                    Self::shared_link(part, artefact, identity)
                }
                false
                    if artefact.signs_in_everybody
                        && owner.as_providers().iter().any(is_behind) =>
                {
                    Selection::Anothers(self.identity_graph.written(identity))
                }
                false => Selection::Out,
            };
        }
        if artefact.tie == Exclusivity::Provider && matches!(part.target, Target::Identity(_)) {
            return Selection::Out;
        }
        let served = owner.as_providers();
        let covered = |key: &&String| part.scope.providers.contains(*key);
        match part.target {
            Target::Identity(_) => {
                if owner.as_orphan().is_some() {
                    return Selection::Out;
                }
                if artefact.tie == Exclusivity::ForeignCopy
                    && served.iter().any(|key| part.roots.contains(key.as_str()))
                {
                    return Selection::In;
                }
                if self.is_profiles_file(artefact) {
                    // Its profiles go one by one: it may hold those of other configurations.
                    return Selection::Out;
                }
                if !served.is_empty() && served.iter().all(|key| covered(&key)) {
                    return Selection::In;
                }
                let others: Vec<&str> = served
                    .iter()
                    .filter(|key| !covered(key))
                    .map(|key| self.identity_graph.written(key))
                    .collect();
                if served.iter().any(|key| covered(&key)) {
                    return Selection::SharedPortal(others);
                }
                served
                    .iter()
                    .find(|key| part.roots.contains(key.as_str()))
                    .map_or(Selection::Out, |key| Self::shared_link(part, artefact, key))
            }
            // What is left of roles that are not configured any more.
            Target::Configured if owner.as_root().is_some() => Selection::In,
            _ if served.iter().any(|key| covered(&key)) => Selection::In,
            _ => Selection::Out,
        }
    }

    /// Whether it is an identity that Atmos signs in to on the way to those behind it, so that what is
    /// kept of it signs these in again.
    fn is_user(&self, identity: &str) -> bool {
        let entry = self.identity_graph.identity(identity);
        entry.is_some_and(|entry| entry.kind == "aws/user")
    }

    /// Whether it is a file with profiles in it, as a whole.
    fn is_profiles_file(&self, artefact: &Artefact) -> bool {
        let Place::File { file } = &artefact.place else {
            return false;
        };
        matches!(
            self.inventory.contents.get(file),
            Some(Contents::Sections(1..))
        )
    }

    /// A link of the chain that stays is named only where a credential is: settings and directories
    /// of a shared link are nobody's news.
    fn shared_link(part: &'a Part<'a>, artefact: &Artefact, key: &str) -> Selection<'a> {
        if artefact.state == State::Residue {
            return Selection::Out;
        }
        part.scope
            .shared
            .iter()
            .find(|link| link.key == key)
            .map_or(Selection::Out, Selection::Shared)
    }
}

/// Whether an artefact is one of these accounts', or protects what they all share.
fn is_of(artefact: &Artefact, accounts: &BTreeSet<(System, String)>) -> bool {
    match &artefact.owner {
        Owner::Account { name, .. } => accounts.contains(&(artefact.system, name.clone())),
        Owner::System => {
            let mut systems = accounts.iter().map(|(system, _)| system);
            artefact.tie == Exclusivity::Last && systems.any(|system| *system == artefact.system)
        }
        Owner::Configured(_) | Owner::Orphan { .. } | Owner::Nobody => false,
    }
}
