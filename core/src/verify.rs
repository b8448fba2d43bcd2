//! Looking again after a logout: what could still be used, and what to do about it.

use crate::discover::{Ground, discover};
use crate::inventory::{Class, Place, Problem, State};
use crate::plan::{self, Decision, Plan, Step};
use crate::report::{StillLive, Verified};
use crate::systems::survey::Reach;

/// Discovers again and plans the same logout again: what that plan would still meet is still live.
pub fn verify(ground: &Ground<'_>, done: &Plan, reach: Reach) -> (Verified, Vec<Problem>) {
    let inventory = discover(ground, reach);
    let checked = inventory.checked;
    let overrides = inventory.overrides.clone();
    let again = plan::build(&inventory, ground.roster, done.request.clone());
    let still_live = again
        .steps
        .into_iter()
        .filter(|step| step.place().is_some())
        .filter(|step| matches!(step.state, State::Live | State::Unknown))
        .map(|step| StillLive {
            remedy: remedy(&step),
            step,
        })
        .collect();
    (
        Verified {
            checked,
            still_live,
            overrides,
        },
        inventory.problems,
    )
}

fn remedy(step: &Step) -> String {
    if matches!(step.place(), Some(Place::Named { .. })) {
        return "sign out in that browser, close it, then delete the directory".to_owned();
    }
    let in_keyring = matches!(step.place(), Some(Place::KeyringEntry { .. }));
    let provider = step.provider.as_deref().unwrap_or("NAME");
    if step.decision == Decision::Keep && step.reason.contains("used by") {
        return format!("adieu logout --provider {provider} ends it for all of them");
    }
    if step.class == Class::Stored || in_keyring {
        return "--keychain deletes it".to_owned();
    }
    "see why it could not be removed, then run the logout again".to_owned()
}
