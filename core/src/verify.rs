//! Looking again after a logout: what could still be used, and what to do about it.

use crate::discover::{Ground, discover};
use crate::inventory::{Class, Place, Problem, State};
use crate::plan::{self, Decision, Deed, Plan, Step};
use crate::report::{Outcome, OutcomeWord, StillLive, Verified};
use crate::systems::survey::Reach;

/// Discovers again and plans the same logout again: what that plan would still meet is still live.
/// So is a session that its server did not end, although no copy of its token is left here.
pub fn verify(
    ground: &Ground<'_>,
    done: &Plan,
    outcomes: &[Outcome],
    reach: Reach,
) -> (Verified, Vec<Problem>) {
    let inventory = discover(ground, reach);
    let checked = inventory.checked;
    let overrides = inventory.overrides.clone();
    let again = plan::build(&inventory, ground.roster, done.request.clone());
    let mut still_live: Vec<StillLive> = again
        .steps
        .into_iter()
        .filter(|step| step.place().is_some())
        .filter(|step| matches!(step.state, State::Live | State::Unknown))
        .map(|step| StillLive {
            remedy: remedy(&step),
            step,
        })
        .collect();
    still_live.extend(not_ended(done, outcomes));
    (
        Verified {
            checked,
            still_live,
            overrides,
        },
        inventory.problems,
    )
}

/// Sessions that go on at their servers without a copy here. Where a copy waits for the server it is
/// listed as that copy.
fn not_ended<'a>(done: &'a Plan, outcomes: &'a [Outcome]) -> impl Iterator<Item = StillLive> + 'a {
    let waits = |token| {
        let waiting = |step: &Step| step.decision == Decision::IfRevoked(token);
        done.steps.iter().any(waiting)
    };
    done.steps
        .iter()
        .zip(outcomes)
        .filter(|(_, outcome)| outcome.word == OutcomeWord::Failed)
        .filter(move |(step, _)| match step.deed {
            Deed::Revoke { token, .. } => !waits(token),
            _ => false,
        })
        .map(|(step, outcome)| StillLive {
            step: step.clone(),
            remedy: outcome
                .hint
                .clone()
                .unwrap_or_else(|| "it ends by itself when the token expires".to_owned()),
        })
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
    if matches!(step.decision, Decision::IfRevoked(_)) {
        return "run the logout again when the server answers, or delete it with --keychain"
            .to_owned();
    }
    if step.class == Class::Stored || in_keyring {
        return "--keychain deletes it".to_owned();
    }
    "see why it could not be removed, then run the logout again".to_owned()
}
