//! Approved plan to outcomes. Best effort: steps do not stop each other.
//!
//! Server calls run at the same time as local removal, copies of the tokens that they end excepted:
//! those go once the servers have answered, or have had their time, so that a run that is killed
//! leaves no good token that nobody has. Local edits are grouped, so that each file is locked, read
//! and written once however many steps touch it.

mod client;
mod local;
mod members;
mod probe;
mod remote;

pub use self::remote::find_refusal;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use self::local::StillNamed;
use crate::approve::Approved;
use crate::inventory::{Class, Inventory, Place};
use crate::io::files::Files;
use crate::io::keyring::Keyring;
use crate::io::net::Cancel;
use crate::path::ConfinedPath;
use crate::plan::{Action, Decision, Plan, Step};
use crate::report::{Outcome, OutcomeWord};
use crate::secret::Fingerprint;
use crate::world::World;

/// The tools that execution works with.
pub struct Tools<'a> {
    /// The machine.
    pub world: &'a World,
    /// The door to the disk.
    pub files: &'a Files,
    /// The key stores.
    pub keyrings: &'a [Box<dyn Keyring>],
    /// The place where the tokens are.
    pub inventory: &'a Inventory,
    /// The time that each server call may take.
    pub time_limit: Duration,
    /// Set when the person stops the waiting.
    pub cancel: &'a Cancel,
}

/// The outcomes of a plan that was carried out.
pub struct Executed {
    /// The outcome of each step, in the plan's order.
    pub outcomes: Vec<Outcome>,
    /// Whether the waiting was stopped.
    pub interrupted: bool,
}

/// Does what was agreed to.
pub fn execute_plan(approved: &Approved<Plan>, tools: &Tools<'_>) -> Executed {
    let plan = approved.get();
    let mut outcomes: Vec<Option<Outcome>> = plan.steps.iter().map(Step::foregone).collect();
    let blocked = probe::find_blocked_steps(plan, tools);
    for (at, outcome) in &blocked {
        outcomes[*at] = Some(outcome.clone());
    }
    let (at_once, waiting) = local_steps(plan, &blocked);
    let mut still_named = StillNamed::new();
    let revoked = std::thread::scope(|scope| {
        let calls = scope.spawn(|| remote::end_tokens(approved, tools, &blocked));
        local::take_steps(plan, &at_once, tools, &mut outcomes, &mut still_named);
        calls.join().unwrap_or_default()
    });
    for (at, outcome) in &revoked {
        outcomes[*at] = Some(outcome.clone());
    }
    let ended = ended_tokens(plan, &revoked);
    let is_ended = |at: usize| match &plan.steps[at].decision {
        Decision::IfRevoked(tokens) => tokens.iter().all(|token| ended.contains(token)),
        // It waits for the call only, or for the others in its file.
        Decision::Go | Decision::AfterAsking => true,
        Decision::Keep(_) => false,
    };
    // A file can hold several tokens; it goes only when all of them are ended.
    let unended = waiting.iter().filter(|&&at| !is_ended(at));
    let unended: Vec<&Place> = unended.filter_map(|&at| plan.steps[at].place()).collect();
    let unended_files: BTreeSet<&ConfinedPath> =
        unended.iter().filter_map(|place| place.file()).collect();
    let unended: BTreeSet<&Place> = unended.into_iter().collect();
    let stays = |place: &Place| match place {
        Place::File { file } => unended_files.contains(file),
        part => unended.contains(part),
    };
    let (go, stay): (Vec<usize>, Vec<usize>) = waiting
        .into_iter()
        .partition(|&at| is_ended(at) && !plan.steps[at].place().is_some_and(stays));
    for at in stay {
        outcomes[at] = Some(kept_unrevoked(plan, at, is_ended(at)));
    }
    local::take_steps(plan, &go, tools, &mut outcomes, &mut still_named);
    tools.files.clear_abandoned();
    local::remove_directories(plan, tools, &mut outcomes);
    let outcomes = outcomes
        .into_iter()
        .map(|outcome| {
            outcome.unwrap_or_else(|| Outcome::because(OutcomeWord::Failed, "it was not reached"))
        })
        .collect();
    Executed {
        outcomes,
        interrupted: tools.cancel.is_set(),
    }
}

/// Local steps that go at once, and those that wait for a server; directories come last of all.
fn local_steps(plan: &Plan, blocked: &BTreeMap<usize, Outcome>) -> (Vec<usize>, Vec<usize>) {
    let local = plan.steps.iter().enumerate().filter(|(at, step)| {
        step.place()
            .is_some_and(|place| !matches!(place, Place::Directory { .. }))
            && !step.stays()
            && !blocked.contains_key(at)
    });
    // A file is changed once: after the servers' answers, if anything in it waits for them.
    let file = |step: &Step| step.place().and_then(Place::file).cloned();
    let steps = plan.steps.iter().filter(|step| step.decision.waits());
    let changed_later: BTreeSet<ConfinedPath> = steps.filter_map(file).collect();
    let (go, wait): (Vec<_>, Vec<_>) = local.partition(|(_, step)| {
        step.decision == Decision::Go
            && !file(step).is_some_and(|file| changed_later.contains(&file))
    });
    let indices = |steps: Vec<(usize, _)>| steps.into_iter().map(|(at, _)| at).collect();
    (indices(go), indices(wait))
}

fn ended_tokens(plan: &Plan, revoked: &[(usize, Outcome)]) -> BTreeSet<Fingerprint> {
    revoked
        .iter()
        .filter(|(_, outcome)| outcome.word == OutcomeWord::Revoked)
        .filter_map(|(at, _)| match &plan.steps[*at].deed {
            Action::Revoke { token, .. } => Some(*token),
            _ => None,
        })
        .collect()
}

fn kept_unrevoked(plan: &Plan, at: usize, is_beside: bool) -> Outcome {
    let hint = match plan.steps[at].place() {
        Some(Place::KeyringEntry { .. }) => {
            "try again when the server answers, or delete it with --keychain"
        }
        // A copy that a person wrote by hand.
        _ if plan.steps[at].class == Class::Stored => {
            "try again when the server answers, or delete it with --keychain"
        }
        _ if plan.steps[at].owner.is_native() && !plan.request.keep_unrevoked => {
            "try again when the server answers, or remove it here all the same with --force"
        }
        _ => "try again when the server answers, or leave out --keep-unrevoked",
    };
    let why = if is_beside {
        "it is in one file with what the server has not ended"
    } else {
        "its server has not ended it, so it may still be good"
    };
    Outcome::because(OutcomeWord::Kept, why).with_hint(hint)
}
