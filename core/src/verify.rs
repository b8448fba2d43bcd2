//! Looking again after a logout: what could still be used, and what to do about it.

use std::collections::BTreeSet;

use crate::discover::{DiscoverySources, add_profiles, discover_sign_ins, note_files};
use crate::inventory::{Inventory, Place, Problem, ResidueSearch, Revocation, State};
use crate::plan::{self, Action, Decision, KeepReason, Plan, Step};
use crate::report::{Outcome, OutcomeWord, StillLive, Verified};
use crate::secret::Fingerprint;
use crate::shell::{format_option, quote_word};
use crate::systems::System;
use crate::systems::discovery::DiscoveryScope;

/// Discovers again and plans the same logout again: what that plan would still meet is still live.
/// So is a session that its server did not end, although no copy of its token is left here.
pub fn verify_logout(
    sources: &DiscoverySources<'_>,
    done: &Plan,
    outcomes: &[Outcome],
    reach: DiscoveryScope,
) -> (Verified, Vec<Problem>) {
    let mut inventory = discover_sign_ins(sources, reach);
    if done.request.filter.older_than.is_some() {
        note_files(sources, &mut inventory);
    }
    // The next shell counts too.
    add_profiles(sources, reach, &mut inventory);
    let checked = inventory.checked;
    let overrides = inventory.overrides.clone();
    let again =
        plan::build_from_inventory(&inventory, sources.identity_graph, done.request.clone());
    let unread = again.unread;
    let (found, traces): (Vec<Step>, Vec<Step>) = again
        .steps
        .into_iter()
        .filter(|step| step.place().is_some())
        .partition(|step| matches!(step.state, State::Live | State::Unknown));
    let mut still_live: Vec<StillLive> = found
        .into_iter()
        .map(|step| {
            let remedy = not_agreed(&step, done, outcomes);
            let remedy = remedy.unwrap_or_else(|| describe_remedy(&step, done.request.force));
            StillLive { step, remedy }
        })
        .collect();
    let unseen = list_unseen(&still_live, traces, done.request.force);
    still_live.extend(unseen);
    still_live.extend(kept_copies(done, outcomes, &inventory, &still_live));
    still_live.extend(not_ended(done, outcomes));
    (
        Verified {
            checked,
            still_live,
            overrides,
            asked: Vec::new(),
            unread,
            residue: ResidueSearch::default(),
        },
        inventory.problems,
    )
}

/// Sign-ins of which only traces could be seen, because their logins are where it could not be looked:
/// each once.
fn list_unseen(found: &[StillLive], traces: Vec<Step>, force: bool) -> Vec<StillLive> {
    let whose = |step: &Step| Some((step.system, step.owner.as_account()?.to_owned()));
    let mut known: BTreeSet<_> = found.iter().filter_map(|live| whose(&live.step)).collect();
    let kept = |step: &Step| step.decision == Decision::Keep(KeepReason::Whole);
    let mut unseen = Vec::new();
    for step in traces.into_iter().filter(kept) {
        if whose(&step).is_some_and(|account| known.insert(account)) {
            unseen.push(StillLive {
                remedy: describe_remedy(&step, force),
                step: Step {
                    what: "sign-in that cannot be read",
                    state: State::Unknown,
                    ..step
                },
            });
        }
    }
    unseen
}

/// Copies of a secret that went elsewhere and that stay, because a person wrote them by hand or nobody
/// agreed to take them: they are not meant, but what was meant can still be used with them.
fn kept_copies(
    done: &Plan,
    outcomes: &[Outcome],
    inventory: &Inventory,
    known: &[StillLive],
) -> Vec<StillLive> {
    let is_there = |step: &&Step| {
        let mut found = inventory.artefacts.iter();
        step.place()
            .is_some_and(|place| found.any(|found| found.place == *place))
    };
    let is_known = |step: &&Step| {
        let mut known = known.iter();
        known.any(|known| known.step.place() == step.place())
    };
    let steps = done.steps.iter().zip(outcomes);
    let kept = steps.filter(|(_, outcome)| outcome.word == OutcomeWord::Kept);
    kept.map(|(step, _)| step)
        .filter(|step| {
            matches!(
                step.decision,
                Decision::Keep(KeepReason::SameSecret | KeepReason::LongLived)
                    | Decision::IfRevoked(_)
            )
        })
        // What only protects others, such as an encryption key, signs nobody in.
        .filter(|step| step.state != State::Residue)
        .filter(|step| is_there(step) && !is_known(step))
        .map(|step| StillLive {
            remedy: describe_remedy(step, done.request.force),
            step: step.clone(),
        })
        .collect()
}

/// Sessions that go on at their servers without a copy here. Where a copy waits for the server it is
/// listed as that copy.
fn not_ended<'a>(done: &'a Plan, outcomes: &'a [Outcome]) -> impl Iterator<Item = StillLive> + 'a {
    let waits = |token: &Fingerprint| {
        let waiting = |step: &Step| match &step.decision {
            // A copy that has expired by its file's word is not listed as one.
            Decision::IfRevoked(tokens) => step.state != State::Expired && tokens.contains(token),
            _ => false,
        };
        done.steps.iter().any(waiting)
    };
    done.steps
        .iter()
        .zip(outcomes)
        .filter(move |(step, outcome)| match &step.deed {
            // Kept: nobody agreed to what else would end with it.
            // That it has ended by itself is a file's word and this machine's clock: its server was
            // asked because either may be wrong, and did not say so.
            Action::Revoke { token, .. } => {
                matches!(outcome.word, OutcomeWord::Failed | OutcomeWord::Kept) && !waits(token)
            }
            Action::Unsupported { .. } => {
                step.decision == Decision::Keep(KeepReason::TokenUnavailable)
            }
            Action::Remove(_) => false,
        })
        .map(|(step, outcome)| StillLive {
            // What came of it, and not what was planned.
            step: Step {
                reason: outcome
                    .detail
                    .clone()
                    .unwrap_or_else(|| step.reason.clone()),
                ..step.clone()
            },
            remedy: outcome
                .hint
                .clone()
                .unwrap_or_else(|| without_a_call(step).to_owned()),
        })
}

/// What becomes of a session that no page is known for. A refresh token has no end of its own.
const fn without_a_call(step: &Step) -> &'static str {
    match &step.deed {
        Action::Revoke { revocation, .. }
            if matches!(revocation, Revocation::SsoPortal { .. }) || revocation.is_own() =>
        {
            "it ends by itself when the token expires"
        }
        _ => "end it at its server: it may have no end of its own",
    }
}

/// What helps with a copy that waits for a call which nobody agreed to: no server was asked, so that none
/// has to answer first. Fingerprints differ from look to look; the place is the same.
fn not_agreed(left: &Step, done: &Plan, outcomes: &[Outcome]) -> Option<String> {
    let place = left.place()?;
    let mut copies = done.steps.iter();
    let copy = copies.find(|step| step.place() == Some(place))?;
    let Decision::IfRevoked(tokens) = &copy.decision else {
        return None;
    };
    let mut calls = done.steps.iter().zip(outcomes);
    let (_, kept) = calls.find(|(step, outcome)| match &step.deed {
        Action::Revoke { token, .. } => outcome.word == OutcomeWord::Kept && tokens.contains(token),
        _ => false,
    })?;
    kept.hint.clone()
}

/// What ends something that is left. `is_forced`: what cannot be ended was to be given up already.
fn describe_remedy(step: &Step, is_forced: bool) -> String {
    let or_give_up = if is_forced {
        ""
    } else {
        ", or give it up with --force"
    };
    let provider = step.provider.as_deref().unwrap_or("NAME");
    match &step.decision {
        Decision::Keep(KeepReason::Browser) => {
            "sign out in that browser, close it, then delete the directory".to_owned()
        }
        Decision::Keep(KeepReason::Shared | KeepReason::Anothers) if step.provider.is_none() => {
            format!("adieu logout {} ends it", quote_word(step.subject()))
        }
        Decision::Keep(KeepReason::Shared | KeepReason::Anothers) => {
            format!(
                "adieu logout {} ends it for all of them",
                format_option("--provider", provider)
            )
        }
        Decision::Keep(KeepReason::SameSecret) if step.system == System::POSSIBLE => {
            format!(
                "adieu logout --possible {} removes it",
                quote_word(step.subject())
            )
        }
        Decision::Keep(KeepReason::SameSecret) => {
            let name = format!("{}:{}", step.system.id(), step.subject());
            format!("adieu logout {} removes it", quote_word(&name))
        }
        Decision::Keep(KeepReason::LongLived | KeepReason::Keyring) => {
            "--keychain deletes it".to_owned()
        }
        Decision::Keep(KeepReason::Unreadable) => "--complete removes it".to_owned(),
        Decision::Keep(KeepReason::Attached) => "--mcp removes it".to_owned(),
        Decision::Keep(KeepReason::PrivateKey) => {
            "take its public half away where it is accepted, and delete it yourself".to_owned()
        }
        Decision::Keep(KeepReason::LeftOut) => "it was left out of this logout".to_owned(),
        Decision::Keep(KeepReason::Needed) => "it goes with the last that needs it".to_owned(),
        Decision::IfRevoked(_) if step.owner.is_native() => {
            format!("run the logout again when the server answers{or_give_up}")
        }
        Decision::IfRevoked(_) => {
            "run the logout again when the server answers, or delete it with --keychain".to_owned()
        }
        Decision::Keep(KeepReason::Locked)
            if matches!(step.place(), Some(Place::KeyringEntry { .. })) =>
        {
            "unlock the keyring and run the logout again".to_owned()
        }
        Decision::Keep(KeepReason::Locked) => {
            format!("unlock the key store or put the key back and run the logout again{or_give_up}")
        }
        Decision::Keep(KeepReason::Whole) => {
            format!("make readable what could not be read and run the logout again{or_give_up}")
        }
        Decision::Keep(KeepReason::Stranger) => {
            "sign out in the product that keeps it, or delete the file yourself".to_owned()
        }
        Decision::Keep(
            KeepReason::NotEmpty
            | KeepReason::NoServerCall
            | KeepReason::NotAsked
            | KeepReason::TokenUnavailable
            | KeepReason::Residue,
        )
        | Decision::Go
        | Decision::AfterAsking => {
            "see why it could not be removed, then run the logout again".to_owned()
        }
    }
}
