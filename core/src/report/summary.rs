//! The counts of a logout, and the exit status that follows from them.

use std::collections::BTreeSet;

use super::{Outcome, OutcomeWord};
use crate::inventory::State;
use crate::plan::{Action, Decision, KeepReason, Plan, Step};

/// Counts by kind. `identities` and `providers` are those that something was ended or removed of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Identities logged out.
    pub identities: usize,
    /// Providers logged out.
    pub providers: usize,
    /// Places removed or edited.
    pub removed: usize,
    /// Of these, the ones that held a credential: not settings, not empty directories.
    pub credentials: usize,
    /// Tokens ended at their servers.
    pub revoked: usize,
    /// Places that were gone already.
    pub absent: usize,
    /// Places that stay on purpose.
    pub kept: usize,
    /// Steps that failed.
    pub failed: usize,
}

impl Summary {
    /// Counts what a dry run would come to if every step succeeded.
    pub(super) fn preview(plan: &Plan) -> Self {
        Self::count(plan, |step| match (&step.deed, step.foregone()) {
            (_, Some(outcome)) => outcome.word,
            (Action::Revoke { .. }, None) => OutcomeWord::Revoked,
            (_, None) => OutcomeWord::Removed,
        })
    }

    /// Counts what happened.
    pub(super) fn of(plan: &Plan, outcomes: &[Outcome]) -> Self {
        let mut words = outcomes.iter().map(|outcome| outcome.word);
        Self::count(plan, |_| words.next().unwrap_or(OutcomeWord::Failed))
    }

    fn count(plan: &Plan, mut word: impl FnMut(&Step) -> OutcomeWord) -> Self {
        let mut summary = Self::default();
        let mut identities = BTreeSet::new();
        let mut providers = BTreeSet::new();
        // A copy in another tool's cache may go while the provider's session stays.
        let shared: BTreeSet<&str> = plan
            .steps
            .iter()
            .filter(|step| step.decision == Decision::Keep(KeepReason::Shared))
            .filter_map(|step| step.provider.as_deref())
            .collect();
        for step in &plan.steps {
            let word = word(step);
            match word {
                OutcomeWord::Revoked => summary.revoked += 1,
                OutcomeWord::Removed => summary.removed += 1,
                OutcomeWord::Absent => summary.absent += 1,
                OutcomeWord::Kept => summary.kept += 1,
                OutcomeWord::Failed => summary.failed += 1,
                OutcomeWord::Unsupported => {}
            }
            // A tidied directory or a settings section alone is no logout.
            if !word.did_something() || step.state == State::Residue {
                continue;
            }
            summary.credentials += usize::from(word == OutcomeWord::Removed);
            match (&step.identity, &step.provider, &step.orphan) {
                (Some(identity), _, _) | (None, _, Some(identity)) => {
                    identities.insert((identity.as_str(), step.realm.as_deref()));
                }
                (None, Some(provider), None)
                    if plan.scope.providers.contains(&provider.to_lowercase())
                        && !shared.contains(provider.as_str()) =>
                {
                    providers.insert(provider.as_str());
                }
                (None, _, None) => {}
            }
        }
        // The same identity in several realms is one identity, unless nothing configures it.
        let names: BTreeSet<&str> = identities.iter().map(|(name, _)| *name).collect();
        summary.identities = names.len();
        summary.providers = providers.len();
        summary
    }

    /// Identities and providers together: the number that the command's page calls identities.
    pub const fn logged_out(&self) -> usize {
        self.identities + self.providers
    }

    /// Whether a credential is gone, here or at its server.
    pub const fn ended_something(&self) -> bool {
        self.credentials > 0 || self.revoked > 0
    }

    /// Whether something failed while a credential was removed or ended.
    pub const fn is_partial(&self) -> bool {
        self.failed > 0 && self.ended_something()
    }
}

/// 0 done, or nothing to do, or at least one credential removed; 1 failed; 3 a partial result that
/// must not pass for a whole one; 130 interrupted.
pub(super) const fn exit_status(summary: &Summary, interrupted: bool, strict: bool) -> u8 {
    if interrupted {
        130
    } else if summary.failed == 0 {
        0
    } else if !summary.is_partial() {
        1
    } else if strict {
        3
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_status_follows_the_counts() {
        let none = Summary::default();
        let failed = Summary { failed: 1, ..none };
        let partial = Summary {
            failed: 1,
            removed: 1,
            credentials: 1,
            ..none
        };
        let tidied = Summary {
            credentials: 0,
            ..partial
        };
        for (summary, interrupted, strict, expected) in [
            (none, false, false, 0),
            (none, false, true, 0),
            (
                Summary {
                    removed: 2,
                    kept: 1,
                    ..none
                },
                false,
                true,
                0,
            ),
            (failed, false, false, 1),
            (failed, false, true, 1),
            (tidied, false, false, 1),
            (tidied, false, true, 1),
            (partial, false, false, 0),
            (partial, false, true, 3),
            (
                Summary {
                    failed: 1,
                    revoked: 1,
                    ..none
                },
                false,
                false,
                0,
            ),
            (partial, true, false, 130),
            (none, true, false, 130),
        ] {
            assert_eq!(
                exit_status(&summary, interrupted, strict),
                expected,
                "{summary:?}"
            );
        }
    }
}
