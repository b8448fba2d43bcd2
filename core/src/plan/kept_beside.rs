//! What stays because of something else that stays: beside what no server call ends, or because that
//! could not be read without it.

use std::collections::{BTreeMap, BTreeSet};

use super::build::Planner;
use super::{Decision, KeepReason, Step};
use crate::inventory::{Artefact, Exclusivity, Owner, Place, State};
use crate::secret::Fingerprint;
use crate::systems::System;

impl Planner<'_> {
    /// Of `adieu revoke`: what is in one file with something that no server call ends stays with it, and
    /// so do the traces of who is signed in with that.
    pub(super) fn keep_beside_the_unrevocable(&self, local: &mut [Step]) {
        if !self.request.keep_unrevocable {
            return;
        }
        let is_kept = |step: &&Step| {
            step.decision == Decision::Keep(KeepReason::NoServerCall) && step.owner.is_native()
        };
        let kept = local.iter().filter(is_kept);
        let kept: Vec<(Option<Place>, System, Owner)> = kept
            .map(|step| (step.place().cloned(), step.system, step.owner.clone()))
            .collect();
        for step in local.iter_mut().filter(|step| step.acts()) {
            let is_beside = kept.iter().any(|(place, system, owner)| {
                let is_trace = step.state == State::Residue;
                let is_theirs = *system == step.system && *owner == step.owner;
                (place.as_ref() == step.place() && place.is_some()) || (is_theirs && is_trace)
            });
            if is_beside {
                step.decision = Decision::Keep(KeepReason::NoServerCall);
                "it stays with what no server call ends".clone_into(&mut step.reason);
            }
        }
    }

    /// Keeps what protects the others of its system until the last of them goes: it goes after that one,
    /// where that waits for its server.
    pub(super) fn keep_what_others_need(&self, local: &mut [Step]) {
        let protecting = |artefact: &&Artefact| artefact.tie == Exclusivity::Last;
        let all = self.inventory.artefacts.iter();
        let last: BTreeMap<&Place, System> = all
            .filter(protecting)
            .map(|artefact| (&artefact.place, artefact.system))
            .collect();
        if last.is_empty() {
            return;
        }
        let going: BTreeSet<Place> = local
            .iter()
            .filter(|step| step.decision.goes_anyway())
            .filter_map(|step| step.place().cloned())
            .collect();
        let mut waiting: BTreeMap<System, BTreeSet<Fingerprint>> = BTreeMap::new();
        let mut may_go: BTreeSet<Place> = BTreeSet::new();
        for step in local.iter() {
            if let (Decision::IfRevoked(tokens), Some(place)) = (&step.decision, step.place()) {
                waiting.entry(step.system).or_default().extend(tokens);
                may_go.insert(place.clone());
            }
        }
        let all = self.inventory.artefacts.iter();
        let needed: BTreeSet<System> = all
            .filter(|artefact| !protecting(artefact) && artefact.state != State::Residue)
            .filter(|artefact| {
                !going.contains(&artefact.place) && !may_go.contains(&artefact.place)
            })
            .map(|artefact| artefact.system)
            .collect();
        for step in local.iter_mut().filter(|step| step.acts()) {
            let Some(system) = step.place().and_then(|place| last.get(place)) else {
                continue;
            };
            if needed.contains(system) {
                step.decision = Decision::Keep(KeepReason::Needed);
                "what stays here could not be read without it".clone_into(&mut step.reason);
            } else if let Some(tokens) = waiting.get(system) {
                step.decision = Decision::IfRevoked(tokens.iter().copied().collect());
                "goes once nothing is left that needs it".clone_into(&mut step.reason);
            }
        }
    }
}
