//! Parts: the targets that one logout is made of, each with whom it covers.

use std::collections::BTreeSet;

use super::Target;
use crate::atmos::identity_graph::{IdentityGraph, Scope};
use crate::inventory::{Inventory, Place, State};
use crate::systems::System;

/// One target of a logout.
#[derive(Debug)]
pub(super) struct Part<'a> {
    /// The target.
    pub(super) target: &'a Target,
    /// Whom of the configuration it covers; of an identity's the links that nobody else uses when all
    /// identities are gone that go with this logout.
    pub(super) scope: Scope,
    /// The providers whose session copies in other tools' caches are cleared as well.
    pub(super) roots: BTreeSet<&'a str>,
}

/// Identities with a session of their own: a profile or a token file. A keyring entry alone is only
/// a link that a chain went through.
fn signed_in(inventory: &Inventory) -> BTreeSet<&str> {
    inventory
        .artefacts
        .iter()
        .filter(|artefact| matches!(artefact.state, State::Live | State::Unknown))
        .filter(|artefact| {
            !matches!(
                artefact.place,
                Place::KeyringEntry { .. } | Place::Named { .. }
            )
        })
        .filter_map(|artefact| artefact.owner.as_identity())
        .collect()
}

/// The parts of a logout.
pub(super) fn parts_of<'a>(
    targets: &'a [Target],
    inventory: &Inventory,
    identity_graph: &'a IdentityGraph,
) -> Vec<Part<'a>> {
    let named: Vec<&str> = targets
        .iter()
        .filter_map(|target| match target {
            Target::Identity(key) => Some(key.as_str()),
            _ => None,
        })
        .collect();
    let signed_in = if named.is_empty() {
        BTreeSet::new()
    } else {
        signed_in(inventory)
    };
    let of_identities =
        identity_graph.scope_of_identities(&named, |identity| signed_in.contains(identity));
    let part = |target: &'a Target| {
        let (scope, root) = match target {
            Target::Identity(key) => (of_identities.clone(), identity_graph.root_provider(key)),
            Target::Providers { keys, .. } | Target::System { keys, .. } => (
                identity_graph.scope_of_providers(keys.iter().map(String::as_str)),
                None,
            ),
            Target::Found(_) | Target::Accounts { .. } | Target::Several(_) => {
                (Scope::default(), None)
            }
            Target::Configured | Target::Machine => (identity_graph.scope_of_everything(), None),
        };
        Part {
            target,
            scope,
            roots: root.iter().map(|provider| provider.key.as_str()).collect(),
        }
    };
    targets.iter().map(part).collect()
}

/// Everybody whom any part covers; a link that one part leaves to others and another one covers is no
/// shared one.
pub(super) fn scope_of(parts: &[Part<'_>]) -> Scope {
    let mut whole = Scope::default();
    for part in parts {
        whole
            .identities
            .extend(part.scope.identities.iter().cloned());
        whole.providers.extend(part.scope.providers.iter().cloned());
        for link in &part.scope.shared {
            if !whole.shared.contains(link) {
                whole.shared.push(link.clone());
            }
        }
    }
    let Scope {
        identities,
        providers,
        shared,
    } = &mut whole;
    shared.retain(|link| {
        let covered = if link.is_provider {
            &*providers
        } else {
            &*identities
        };
        !covered.contains(&link.key)
    });
    whole
}

impl Target {
    /// Adds accounts that go with those that are meant, though they were not asked for.
    pub(super) fn take_along<'a>(&mut self, more: impl Iterator<Item = &'a (System, String)>) {
        let mut parts = match self {
            Self::Several(parts) => parts.iter_mut(),
            one => std::slice::from_mut(one).iter_mut(),
        };
        let accounts = parts.find_map(|part| match part {
            Self::Accounts { accounts, .. } => Some(accounts),
            _ => None,
        });
        if let Some(accounts) = accounts {
            accounts.extend(more.cloned());
        }
    }
}
