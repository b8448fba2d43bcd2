//! The rules of a logout, put together: what goes, what stays, and why.
//!
//! Who is meant is decided in `selection`, what happens to what is theirs in `decide`, which
//! sessions end at their servers in `revoke`, what stays because of something else in `kept_beside`,
//! which directories go in `emptied_directories`, what has to be agreed to in `questions`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use super::filter::StayingSignIns;
use super::part::{Part, parts_of, scope_of};
use super::remaining_files::RemainingFiles;
use super::selection::Selection;
use super::sharing::accounts_along;
use super::units::Unit;
use super::{Decision, KeepReason, Plan, Request, Step, Target};
use crate::atmos::identity_graph::{IdentityGraph, Scope, SharedLink};
use crate::inventory::{
    Account, Artefact, Exclusivity, Fact, Inventory, Owner, Place, Problem, Revocation, State,
    Token,
};
use crate::plan::Action;
use crate::secret::Fingerprint;
use crate::systems::System;

/// Turns what exists and what was asked into what would be done.
///
/// Only what exists is planned. Time grows linearly with the number of artefacts.
pub fn build_from_inventory(
    inventory: &Inventory,
    identity_graph: &IdentityGraph,
    mut request: Request,
) -> Plan {
    let along = accounts_along(inventory, &request);
    if !along.is_empty() {
        request.target.take_along(along.keys());
    }
    let parts = parts_of(request.target.parts(), inventory, identity_graph);
    let excepted: Vec<Part<'_>> = request
        .filter
        .except
        .iter()
        .flat_map(|(_, target)| parts_of(std::slice::from_ref(target), inventory, identity_graph))
        .collect();
    let scope = scope_of(&parts);
    let meant = Meant {
        parts: &parts,
        excepted: &excepted,
        scope: &scope,
    };
    let planner = Planner::new(inventory, identity_graph, &request, meant, along);
    let steps = planner.steps();
    let questions = planner.questions(&steps);
    let unread = planner.unread();
    let missing = planner.missing(&steps);
    let chain = match &request.target {
        Target::Identity(key) => identity_graph
            .chain(key)
            .iter()
            .map(|link| identity_graph.written(link).to_owned())
            .collect(),
        _ => Vec::new(),
    };
    let acting = steps.iter().filter(|step| step.acts());
    let links = inventory.links_to(acting.filter_map(Step::place));
    let subject = planner.subject();
    Plan {
        request,
        scope,
        subject,
        chain,
        steps,
        questions,
        unread,
        missing,
        links,
    }
}

/// Who is meant, and who of them is not.
#[derive(Clone, Copy)]
pub(super) struct Meant<'a> {
    pub(super) parts: &'a [Part<'a>],
    pub(super) excepted: &'a [Part<'a>],
    pub(super) scope: &'a Scope,
}

pub(super) struct Planner<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) identity_graph: &'a IdentityGraph,
    pub(super) request: &'a Request,
    /// What the target is made of.
    pub(super) parts: &'a [Part<'a>],
    /// Whom the request leaves out, in the order of its filter.
    pub(super) excepted: &'a [Part<'a>],
    /// Sign-ins that the request leaves out by their state or age.
    pub(super) staying: StayingSignIns<'a>,
    /// Files that hold something which the request leaves out, with the reason.
    pub(super) left_out_below: BTreeMap<PathBuf, String>,
    /// Everybody of the configuration who is covered by a part.
    pub(super) scope: &'a Scope,
    /// Providers whose session copies in other tools' caches are cleared as well.
    pub(super) roots: BTreeSet<&'a str>,
    /// Tokens that this logout ends at their servers.
    pub(super) ending: BTreeSet<Fingerprint>,
    /// Tokens that would be ended if servers were to be asked.
    pub(super) unasked: BTreeSet<Fingerprint>,
    /// Tokens that are kept elsewhere than in other tools' caches.
    pub(super) kept_by_owners: BTreeSet<Fingerprint>,
    /// Units of which a part cannot be read, so that nothing of them goes, with the reason.
    pub(super) unread_units: BTreeMap<Unit<'a>, String>,
    /// Secrets that go from one of several places, each with whose it is.
    pub(super) leaving: BTreeMap<Fingerprint, String>,
    /// Accounts that go although they were not asked for: each with the name of the one whose secret
    /// signs it in too.
    pub(super) along: BTreeMap<(System, String), String>,
    /// Accounts by system and name.
    pub(super) accounts: HashMap<(System, &'a str), &'a Account>,
    /// Accounts that were made from another one, by system and that one's name.
    pub(super) children: HashMap<(System, &'a str), Vec<&'a str>>,
}

impl<'a> Planner<'a> {
    fn new(
        inventory: &'a Inventory,
        identity_graph: &'a IdentityGraph,
        request: &'a Request,
        meant: Meant<'a>,
        along: BTreeMap<(System, String), String>,
    ) -> Self {
        let parts = meant.parts.iter();
        let mut planner = Self {
            inventory,
            identity_graph,
            request,
            parts: meant.parts,
            excepted: meant.excepted,
            staying: StayingSignIns::of(inventory, &request.filter),
            left_out_below: BTreeMap::new(),
            scope: meant.scope,
            roots: parts.flat_map(|part| part.roots.iter().copied()).collect(),
            ending: BTreeSet::new(),
            unasked: BTreeSet::new(),
            kept_by_owners: inventory
                .artefacts
                .iter()
                .filter(|artefact| artefact.tie != Exclusivity::ForeignCopy)
                .filter_map(|artefact| artefact.token)
                .collect(),
            accounts: inventory
                .accounts
                .iter()
                .map(|account| ((account.system, account.name.as_str()), account))
                .collect(),
            along,
            leaving: BTreeMap::new(),
            unread_units: BTreeMap::new(),
            children: index_children(inventory),
        };
        planner.left_out_below = planner.files_left_out();
        planner.unread_units = planner.units_with_unread_parts();
        let tokens = planner.tokens_to_end();
        if planner.request.revoke {
            planner.ending = tokens;
        } else {
            planner.unasked = tokens;
        }
        planner.leaving = planner.leaving_secrets();
        planner
    }

    /// Of whom the key store was asked for a credential (`--keychain`) that is not there, though other
    /// things are. What could not be read is not called missing.
    fn missing(&self, steps: &[Step]) -> Vec<String> {
        let is_known = |problem: &Problem| !problem.hides || problem.hides_a_file();
        let can_tell = self.request.keychain
            && steps.iter().any(Step::acts)
            && self.inventory.problems.iter().all(is_known);
        let is_missing = |key: &&String| {
            let mut artefacts = self.inventory.artefacts.iter();
            !artefacts.any(|artefact| {
                matches!(artefact.place, Place::KeyringEntry { .. })
                    && artefact.owner.as_identity() == Some(key)
            })
        };
        let names = self.identities_by_name().filter(|_| can_tell);
        names
            .filter(is_missing)
            .map(|key| self.identity_graph.written(key).to_owned())
            .collect()
    }

    /// The identities that were asked for by their names, by key.
    pub(super) fn identities_by_name(&self) -> impl Iterator<Item = &'a String> {
        self.parts.iter().filter_map(|part| match part.target {
            Target::Identity(key) => Some(key),
            _ => None,
        })
    }

    fn steps(&self) -> Vec<Step> {
        let mut steps = self.revocations();
        let mut unsupported = BTreeMap::new();
        let mut local: Vec<Step> = Vec::new();
        for artefact in &self.inventory.artefacts {
            match self.membership(artefact) {
                Selection::In
                    if let Some(why) = self.stays_whole(artefact)
                        && self.obstacle(artefact).is_none() =>
                {
                    let reason = format!("it stays with the rest of its sign-in: {why}");
                    local.push(self.step(artefact, Decision::Keep(KeepReason::Whole), reason));
                }
                Selection::In => {
                    self.note_unsupported(artefact, &mut unsupported);
                    if !matches!(artefact.place, Place::Directory { .. }) {
                        local.push(self.removal(artefact));
                    }
                }
                Selection::Shared(link) => {
                    local.extend(self.kept(artefact, KeepReason::Shared, &describe_sharing(link)));
                }
                Selection::SharedPortal(others) => {
                    let reason =
                        format!("the portal's session also serves {}", join_names(&others));
                    local.extend(self.kept(artefact, KeepReason::Shared, &reason));
                }
                Selection::Anothers(writer) => {
                    let reason =
                        format!("it is {writer}'s, and signs in whoever is behind its provider");
                    local.extend(self.kept(artefact, KeepReason::Anothers, &reason));
                }
                // Another place of a secret that goes.
                Selection::Attached | Selection::Unreadable | Selection::Out
                    if let Some(copy) = self.copy(artefact) =>
                {
                    local.push(copy);
                }
                Selection::Attached => {
                    let reason = "a login to another service stays; --mcp removes it";
                    local.extend(self.kept(artefact, KeepReason::Attached, reason));
                }
                Selection::LeftOut(why) => {
                    local.extend(self.kept(artefact, KeepReason::LeftOut, &why));
                }
                Selection::Unreadable => {
                    let reason = if artefact.state == State::Unknown {
                        "it could not be understood; --complete removes it"
                    } else {
                        "it may still be good; --complete removes it"
                    };
                    local.extend(self.kept(artefact, KeepReason::Unreadable, reason));
                }
                Selection::Out => {}
            }
        }
        local.extend(self.twins().iter().map(|twin| self.removal(twin)));
        local.extend(self.portless_roles());
        self.keep_what_others_need(&mut local);
        self.keep_beside_the_unrevocable(&mut local);
        steps.extend(unsupported.into_values());
        let ranks = self.ranks();
        local.sort_by_cached_key(|step| {
            let in_keyring = matches!(step.place(), Some(Place::KeyringEntry { .. }));
            let name = (step.identity.is_some(), step.subject());
            let rank = ranks.get(&name).copied().unwrap_or(usize::MAX);
            (!in_keyring, if in_keyring { rank } else { 0 })
        });
        let prediction = RemainingFiles::of(&local, self.inventory);
        steps.append(&mut local);
        steps.extend(self.emptied_directories(prediction));
        self.account_for_the_rest(&mut steps);
        steps
    }

    /// Role credentials that may have come from a portal whose session ends, where they do not go
    /// themselves: they are good until they end.
    fn portless_roles(&self) -> Vec<Step> {
        let asked = self.ending.iter().chain(&self.unasked);
        let mut tokens = asked.filter_map(|token| self.inventory.tokens.get(token));
        let is_portals = |token: &Token| matches!(token.revocation, Revocation::SsoPortal { .. });
        if self.request.target.is_everywhere(System::AWS) || !tokens.any(is_portals) {
            return Vec::new();
        }
        let roles = self.inventory.portless_roles.iter();
        roles
            .filter(|role| role.state == State::Live)
            .map(|role| {
                let until = role
                    .expires_at
                    .map_or_else(String::new, |at| format!(" until {at}"));
                let reason = format!(
                    "which portal it came from is not written down; it stays good{until}, and \
                     `adieu logout --all` removes it"
                );
                self.step(role, Decision::Keep(KeepReason::NoServerCall), reason)
            })
            .collect()
    }

    /// Entries of other realms with a token that ends, or with one that could not be read of a portal
    /// whose session ends.
    fn twins(&self) -> Vec<Artefact> {
        let ends =
            |token: &Fingerprint| self.ending.contains(token) || self.unasked.contains(token);
        let ending = self.ending.iter();
        let tokens = ending.filter_map(|token| self.inventory.tokens.get(token));
        let portals: BTreeSet<&String> = tokens.flat_map(|token| &token.providers).collect();
        let is_meant = |twin: &&Artefact| {
            let mut served = twin.owner.as_providers().iter();
            match &twin.token {
                Some(token) => ends(token),
                None => served.any(|provider| portals.contains(provider)),
            }
        };
        // A copy is whose the token is, whatever its own name says.
        let owned = |twin: &Artefact| {
            let token = twin
                .token
                .and_then(|token| self.inventory.tokens.get(&token));
            let owner = token
                .filter(|token| !token.providers.is_empty())
                .map(|token| Owner::providers(&token.providers));
            Artefact {
                owner: owner.unwrap_or_else(|| twin.owner.clone()),
                ..twin.clone()
            }
        };
        let twins = self.inventory.twins.iter().filter(is_meant);
        twins.map(owned).collect()
    }

    /// The order of keyring entries, by whether it is an identity's and its name: along the chain,
    /// else providers and then identities as they are configured.
    fn ranks(&self) -> HashMap<(bool, &'a str), usize> {
        let identity_graph = self.identity_graph;
        let providers = identity_graph.providers().iter();
        let providers = providers.map(|entry| (false, entry.written.as_str()));
        let identities = identity_graph.identities().iter();
        let identities = identities.map(|entry| (true, entry.written.as_str()));
        let mut ranks: HashMap<(bool, &str), usize> = providers
            .chain(identities)
            .enumerate()
            .map(|(at, name)| (name, at))
            .collect();
        for key in self.identities_by_name() {
            let everybody = ranks.len();
            for (at, link) in identity_graph.chain(key).iter().enumerate() {
                if let Some(entry) = identity_graph.identity(link) {
                    // Behind the provider, which is the chain's beginning.
                    ranks.insert((true, entry.written.as_str()), everybody + at);
                }
            }
        }
        ranks
    }

    fn kept(&self, artefact: &Artefact, stays: KeepReason, reason: &str) -> Option<Step> {
        (artefact.state != State::Residue)
            .then(|| self.step(artefact, Decision::Keep(stays), reason.to_owned()))
    }

    pub(super) fn step(&self, artefact: &Artefact, decision: Decision, reason: String) -> Step {
        let written = |key: &str| self.identity_graph.written(key).to_owned();
        let owner = &artefact.owner;
        Step {
            deed: Action::Remove(artefact.place.clone()),
            decision,
            identity: owner
                .as_identity()
                .map(written)
                .or_else(|| owner.as_account().map(str::to_owned)),
            provider: owner
                .first_provider()
                .map(written)
                .or_else(|| self.login_host(artefact)),
            orphan: owner.as_orphan().map(str::to_owned),
            owner: owner.clone(),
            realm: artefact.realm.clone(),
            system: artefact.system,
            class: artefact.class,
            state: artefact.state,
            what: artefact.what,
            reason,
            about: BTreeSet::from([(artefact.place.clone(), artefact.what)]),
        }
    }

    /// Finds where the account of an artefact comes from.
    fn login_host(&self, artefact: &Artefact) -> Option<String> {
        let name = artefact.owner.as_account()?;
        let account = self.accounts.get(&(artefact.system, name))?;
        account.provider.clone()
    }
}

/// Accounts by the system and name of the one that they were made from.
fn index_children(inventory: &Inventory) -> HashMap<(System, &str), Vec<&str>> {
    let mut children: HashMap<_, Vec<&str>> = HashMap::new();
    for account in &inventory.accounts {
        let parents = account
            .facts
            .iter()
            .filter(|fact| fact.label == Fact::PARENT);
        for parent in parents {
            let key = (account.system, parent.value.as_str());
            children.entry(key).or_default().push(&account.name);
        }
    }
    children
}

fn describe_sharing(link: &SharedLink) -> String {
    if link.sharers.is_empty() {
        return "somebody is signed in to it for its own sake".to_owned();
    }
    let names: Vec<&str> = link.sharers.iter().map(String::as_str).collect();
    format!("also used by {}", join_names(&names))
}

/// `a, b and c`; more than four names are counted.
pub(super) fn join_names(names: &[&str]) -> String {
    match names {
        [] => "others".to_owned(),
        [one] => (*one).to_owned(),
        [first, second] => format!("{first} and {second}"),
        [a, b, c] => format!("{a}, {b} and {c}"),
        [a, b, c, d] => format!("{a}, {b}, {c} and {d}"),
        [a, b, c, rest @ ..] => format!("{a}, {b}, {c} and {} more", rest.len()),
    }
}

#[cfg(test)]
mod tests;
