//! Accounts that one secret signs in: whoever is logged out of one of them is logged out of all.
//!
//! Where its server ends the secret, whatever holds it is dead, and goes. Where no server does, the copies
//! go together as far as they were meant; one that is somebody else's neighbour is asked about first, and
//! one that a person wrote by hand stays without `--keychain`. What stays is named as still good.

use std::collections::{BTreeMap, BTreeSet};

use super::build::Planner;
use super::selection::Selection;
use super::{Decision, KeepReason, Question, Request, Step};
use crate::inventory::{Artefact, Category, Inventory, Place};
use crate::secret::Fingerprint;
use crate::systems::System;

/// Accounts that were not asked for, and are signed in with the token of one that was, which its server is
/// to end: each with the name of that one. Their sign-ins would be dead, but look alive, if they stayed.
pub(super) fn accounts_along(
    inventory: &Inventory,
    request: &Request,
) -> BTreeMap<(System, String), String> {
    let mut along = BTreeMap::new();
    // A linked app is unlinked by itself. Where no server ends the secret, the others go on.
    if request.client_app.is_some() || !request.revoke {
        return along;
    }
    let is_endable = |secret: &Fingerprint| {
        let token = inventory.tokens.get(secret);
        token.is_some_and(|token| token.revocation.can_end())
    };
    let mut leaving: BTreeSet<&(System, String)> = request.target.accounts().collect();
    loop {
        let before = leaving.len();
        let signed_in_by = inventory.signed_in_by.iter();
        for (_, together) in signed_in_by.filter(|(secret, _)| is_endable(secret)) {
            let Some(with) = together.iter().find(|account| leaving.contains(account)) else {
                continue;
            };
            for account in together {
                if leaving.insert(account) {
                    along.insert(account.clone(), with.1.clone());
                }
            }
        }
        if leaving.len() == before {
            return along;
        }
    }
}

impl Planner<'_> {
    /// The secrets that this logout takes and that are at other places too, each with whose it is.
    pub(super) fn leaving_secrets(&self) -> BTreeMap<Fingerprint, String> {
        let shared = secrets_at_several_places(self.inventory);
        let mut leaving = BTreeMap::new();
        if shared.is_empty() {
            return leaving;
        }
        for artefact in &self.inventory.artefacts {
            let goes = artefact.is_credential()
                && artefact.holds_any(&shared)
                && matches!(self.membership(artefact), Selection::In)
                && self.stays_whole(artefact).is_none()
                && !matches!(self.decide(artefact).0, Decision::Keep(_));
            if goes {
                let title = artefact.system.title();
                let whose = artefact.owner.first_name();
                let whose =
                    whose.map_or_else(|| title.to_owned(), |name| format!("{name} ({title})"));
                for secret in &artefact.secrets {
                    leaving.entry(*secret).or_insert_with(|| whose.clone());
                }
            }
        }
        leaving
    }

    /// Whose secret that goes is in an artefact too.
    pub(super) fn leaves_with(&self, artefact: &Artefact) -> Option<&str> {
        let mut secrets = artefact.secrets.iter();
        secrets.find_map(|secret| self.leaving.get(secret).map(String::as_str))
    }

    /// The tokens in an artefact, beside its own, that their servers are to end.
    pub(super) fn ended_in(&self, artefact: &Artefact) -> Vec<Fingerprint> {
        let secrets = artefact.secrets.iter().copied();
        let others = secrets.filter(|secret| artefact.token != Some(*secret));
        others
            .filter(|secret| self.ending.contains(secret))
            .collect()
    }

    /// The step about an account's artefact that is not meant, and holds a secret that goes. `--force`
    /// agrees to taking it from other tools and from backups, not from another account of the same tool.
    pub(super) fn copy(&self, artefact: &Artefact) -> Option<Step> {
        let with = self.leaves_with(artefact)?;
        if artefact.owner.as_account().is_none() || !artefact.is_credential() {
            return None;
        }
        let (decision, why) = self.decide(artefact);
        if matches!(decision, Decision::Keep(_)) {
            return Some(self.step(artefact, decision, why));
        }
        let good = format!("still good: the same secret as {with}");
        let stays = |reason, text| Some(self.step(artefact, Decision::Keep(reason), text));
        if artefact.tier == Category::Possible {
            let text = format!("{good}; `adieu logout --possible` removes it");
            return stays(KeepReason::SameSecret, text);
        }
        let ended = self.ended_in(artefact);
        if !ended.is_empty() {
            let text = format!("the same secret as {with}; goes once the server has ended it");
            return Some(self.step(artefact, Decision::IfRevoked(ended), text));
        }
        let is_backup = artefact.tier == Category::Footprint;
        let is_neighbour = !is_backup && self.is_system_of_leaving(artefact);
        if self.request.force && !is_neighbour {
            let text = format!("the same secret as {with}");
            return Some(self.step(artefact, decision, text));
        }
        if is_backup {
            let text = format!("{good}; --complete removes it");
            return stays(KeepReason::Unreadable, text);
        }
        stays(KeepReason::SameSecret, good)
    }

    /// Whether a secret of an artefact goes from another account of its own system.
    fn is_system_of_leaving(&self, artefact: &Artefact) -> bool {
        let of_system = self.inventory.artefacts.iter();
        let mut others = of_system.filter(|other| other.system == artefact.system);
        others.any(|other| {
            other.place != artefact.place
                && other
                    .secrets
                    .iter()
                    .any(|secret| artefact.secrets.contains(secret))
                && matches!(self.membership(other), Selection::In)
        })
    }
}

/// The question about copies that are somebody else's.
pub(super) fn question_about_copies(steps: &[Step], request: &Request) -> Option<Question> {
    if request.force {
        return None;
    }
    let is_asked = |step: &&Step| {
        step.decision == Decision::Keep(KeepReason::SameSecret) && step.system != System::POSSIBLE
    };
    let copies: Vec<&Step> = steps.iter().filter(is_asked).collect();
    let places: Vec<Place> = copies
        .iter()
        .filter_map(|step| step.place().cloned())
        .collect();
    let names: BTreeSet<String> = copies
        .iter()
        .map(|step| format!("{} ({})", step.subject(), step.system.title()))
        .collect();
    (!places.is_empty()).then(|| Question::Copies {
        names: names.into_iter().collect(),
        places,
    })
}

fn secrets_at_several_places(inventory: &Inventory) -> BTreeSet<Fingerprint> {
    let mut known: BTreeMap<Fingerprint, &Place> = BTreeMap::new();
    let mut several = BTreeSet::new();
    for artefact in &inventory.artefacts {
        for secret in &artefact.secrets {
            let place = known.entry(*secret).or_insert(&artefact.place);
            if **place != artefact.place {
                several.insert(*secret);
            }
        }
    }
    several
}
