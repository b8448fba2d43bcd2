//! Whether what goes whole can go at all: looked at before a server is told of any of it.
//!
//! A sign-in of a system that keeps its own ([`crate::plan`], units) is in several files. Where one of
//! them cannot be changed (its directory is closed, another program holds its lock), its server would
//! be told and half of it would be gone. So nothing of it happens, and that is said.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Tools;
use super::local::{file_failure, rules_of};
use crate::inventory::Place;
use crate::path::ConfinedPath;
use crate::plan::{Action, Plan, Step};
use crate::report::{Outcome, OutcomeWord};
use crate::systems::System;

type Account<'p> = (System, &'p str);

/// Steps that are not taken, by their positions, with how they end.
pub(super) fn find_blocked_steps(plan: &Plan, tools: &Tools<'_>) -> BTreeMap<usize, Outcome> {
    let mut why: BTreeMap<Account<'_>, String> = BTreeMap::new();
    let mut outcomes: BTreeMap<usize, Outcome> = BTreeMap::new();
    let mut tried: HashMap<&ConfinedPath, Option<Outcome>> = HashMap::new();
    let check = |place: &Place, at: usize| match place {
        Place::Tree { directory } => tools.files.require_removable(directory),
        _ => place.file().map_or(Ok(()), |file| {
            let lock = rules_of(plan, &[at]).lock;
            tools.files.require_changeable(file, lock)
        }),
    };
    for (at, step) in plan
        .steps
        .iter()
        .enumerate()
        .filter(|(_, step)| step.acts())
    {
        let (Some(account), Some((place, path))) = (find_account(step), changed_place(step)) else {
            continue;
        };
        let tried = tried
            .entry(path)
            .or_insert_with(|| check(place, at).err().map(|error| file_failure(&error)));
        if let Some(failure) = tried {
            let cause = failure.detail.clone().unwrap_or_default();
            let cause = format!("{}: {cause}", path.to_path().display());
            why.entry(account).or_insert(cause);
            outcomes.insert(at, failure.clone());
        }
    }
    if why.is_empty() {
        return outcomes;
    }
    spread_causes(plan, &mut why);
    for (at, step) in plan
        .steps
        .iter()
        .enumerate()
        .filter(|(_, step)| step.acts())
    {
        let mut accounts = list_accounts(step);
        let Some(cause) = accounts.find_map(|account| why.get(&account)) else {
            continue;
        };
        let kept = match &step.deed {
            Action::Revoke { .. } => {
                format!("its server was not told, because not all of it can be removed: {cause}")
            }
            _ => format!("it stays with the rest of its sign-in: {cause}"),
        };
        let outcome = Outcome::because(OutcomeWord::Kept, kept)
            .with_hint("make that possible, and run the logout again");
        outcomes.entry(at).or_insert(outcome);
    }
    outcomes
}

/// Those who are signed in with one token stay together.
fn spread_causes<'p>(plan: &'p Plan, why: &mut BTreeMap<Account<'p>, String>) {
    loop {
        let before = why.len();
        for step in plan.steps.iter().filter(|step| step.acts()) {
            let cause = list_accounts(step).find_map(|account| why.get(&account).cloned());
            if let Some(cause) = cause {
                for account in list_accounts(step) {
                    why.entry(account).or_insert_with(|| cause.clone());
                }
            }
        }
        if why.len() == before {
            return;
        }
    }
}

/// Tells whose a step is, if it is that of a system which keeps its own.
fn find_account(step: &Step) -> Option<Account<'_>> {
    Some((step.system, step.owner.as_account()?))
}

/// Everybody whom a step concerns.
fn list_accounts(step: &Step) -> impl Iterator<Item = Account<'_>> {
    let others: BTreeSet<&String> = match &step.deed {
        Action::Revoke { served, .. } if step.owner.is_native() => served.iter().collect(),
        _ => BTreeSet::new(),
    };
    let others = others.into_iter().map(|name| (step.system, name.as_str()));
    find_account(step).into_iter().chain(others)
}

/// What a step changes or removes, and where it is: a file, or a directory with all that is in it.
fn changed_place(step: &Step) -> Option<(&Place, &ConfinedPath)> {
    let place = step.place()?;
    let path = match place {
        Place::Tree { directory } => directory,
        other => other.file()?,
    };
    Some((place, path))
}
