//! Plan and outcomes to report: counts, exit status, what is still live. Every rendering (human,
//! JSON, audit line) is made from a [`Report`].

mod credentials;
mod documents;
mod endings;
mod json;
mod login_again;
mod off_boarding;
mod page;
mod protection;
mod residue;
mod scan;
mod sessions;
mod status;
mod summary;
mod tools;

pub use credentials::{CredentialEnd, End, list_credential_ends as credential_ends};
pub use documents::{
    AuthListDocument, AwsSignIn, AwsSignInDocument, ConsoleDocument, DoneDocument, EnvDocument,
    FailedSignIn, SignInDocument, TextDocument, TokenDocument, ValidateDocument, WhoamiCaller,
    WhoamiDocument, WhoamiPath,
};
pub use endings::{
    EndedPerson, EverywhereDocument, RetiredKey, RetiredKeysDocument, RoleDenial,
    RoleDenialDocument,
};
pub use json::{
    LogoutDocument, PendingDocument, SCHEMA_VERSION, ServerAnswerJson, StatusDocument,
    to_logout_json as logout_json, to_pending_json as pending_json, to_status_json as status_json,
};
pub use login_again::LoginAgain;
pub use off_boarding::{Circumstances, OffBoardingDocument, is_off_boarding_report};
pub use protection::Protection;
pub use scan::{ScanDocument, scan_status, to_sarif};
pub use sessions::build_status;
pub use status::{Session, SessionState, Status, Verdict};
pub use summary::Summary;
pub use tools::{CatalogueDocument, IgnoredDocument, describe_removal, describe_servers};

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::inventory::{Inventory, Override, Problem, ResidueSearch, Revocation};
use crate::plan::{Action, Decision, KeepReason, Plan, Step};
use crate::remote::TokenStatus;
use crate::secret::Fingerprint;
use crate::systems::System;

/// The outcome of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The word.
    pub word: OutcomeWord,
    /// The reason, for `kept`, `unsupported` and `failed`; one sentence without a final period.
    pub detail: Option<String>,
    /// Advice: what to do about it.
    pub hint: Option<String>,
    /// The server that said so, of a token that ended there. Nobody else may be named for it.
    pub answer: Option<EndAnswer>,
}

/// An answer of a server about a token that has ended there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndAnswer {
    /// The host that answered, or the vendor's client that vouches for it.
    pub by: String,
    /// Whether it did not know the token any more; else it ended it.
    pub had_ended: bool,
}

impl Outcome {
    /// An outcome that needs no explanation.
    pub const fn plain(word: OutcomeWord) -> Self {
        Self {
            word,
            detail: None,
            hint: None,
            answer: None,
        }
    }

    /// An outcome with its reason.
    pub fn because(word: OutcomeWord, detail: impl Into<String>) -> Self {
        Self {
            word,
            detail: Some(detail.into()),
            hint: None,
            answer: None,
        }
    }

    /// The same with the server that said so.
    #[must_use]
    pub fn answered_by(mut self, by: impl Into<String>, had_ended: bool) -> Self {
        self.answer = Some(EndAnswer {
            by: by.into(),
            had_ended,
        });
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The ways a step can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeWord {
    /// The server has ended it, or no longer knew it.
    Revoked,
    /// It was there and is gone.
    Removed,
    /// It was gone already.
    Absent,
    /// It stays, on purpose.
    Kept,
    /// There is no way to do it.
    Unsupported,
    /// It was tried and is still there.
    Failed,
}

impl OutcomeWord {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Removed => "removed",
            Self::Absent => "absent",
            Self::Kept => "kept",
            Self::Unsupported => "unsupported",
            Self::Failed => "failed",
        }
    }

    /// Whether a credential or trace is gone because of this run.
    pub const fn did_something(self) -> bool {
        matches!(self, Self::Revoked | Self::Removed)
    }
}

/// The findings of a second look.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// The number of places that were looked at.
    pub checked: usize,
    /// Credentials that could still be used.
    pub still_live: Vec<StillLive>,
    /// Variables and the like that keep a tool signed in.
    pub overrides: Vec<Override>,
    /// Answers of servers about what they had ended, where they were asked.
    pub asked: Vec<Asked>,
    /// Places that could not be looked into, so that there may be more of those who were meant.
    pub unread: Vec<Problem>,
    /// What was found of the removed secrets elsewhere.
    pub residue: ResidueSearch,
}

/// An answer of a server, asked afterwards about a token that it had ended.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The step that ended it.
    pub step: Step,
    /// The answer.
    pub answer: TokenStatus,
}

/// Something that could still be used after a logout.
#[derive(Clone, Debug)]
pub struct StillLive {
    /// The step that would end it.
    pub step: Step,
    /// Advice: what to do about it.
    pub remedy: String,
}

/// A logout, or its preview.
#[derive(Clone, Debug)]
pub struct Report {
    /// Whether nothing was to be changed.
    pub dry_run: bool,
    /// The plan.
    pub plan: Plan,
    /// The outcome of each step, in the plan's order. In a dry run only what stays has one.
    pub outcomes: Vec<Option<Outcome>>,
    /// Every credential that was seen and meant, and how each ended.
    pub credentials: Vec<CredentialEnd>,
    /// The counts.
    pub summary: Summary,
    /// The findings of a second look; nothing in a dry run.
    pub verified: Option<Verified>,
    /// Places that could not be looked at.
    pub problems: Vec<Problem>,
    /// Sign-ins under the same names for other configurations, in other realms.
    pub elsewhere: Vec<Problem>,
    /// In a dry run, where would be searched for what is removed.
    pub search_places: Vec<PathBuf>,
    /// Whether the person stopped the waiting (Ctrl-C).
    pub interrupted: bool,
    /// The exit status.
    pub exit_status: u8,
}

impl Report {
    /// The report of a dry run. `refused` says which calls would not be made:
    /// what waits for one of these stays.
    pub fn preview(
        inventory: &Inventory,
        plan: Plan,
        problems: Vec<Problem>,
        refused: impl Fn(&Plan, &Revocation) -> Option<Outcome>,
    ) -> Self {
        let calls = plan.steps.iter().map(|step| match &step.deed {
            Action::Revoke {
                token, revocation, ..
            } if !step.stays() => refused(&plan, revocation).map(|outcome| (*token, outcome)),
            _ => None,
        });
        let calls: Vec<Option<(Fingerprint, Outcome)>> = calls.collect();
        let refused: BTreeSet<Fingerprint> = calls.iter().flatten().map(|call| call.0).collect();
        let waits_in_vain = |step: &Step| match &step.decision {
            Decision::IfRevoked(tokens) => tokens.iter().any(|token| refused.contains(token)),
            _ => false,
        };
        let steps = plan.steps.iter().zip(calls);
        let outcomes: Vec<Option<Outcome>> = steps
            .map(|(step, call)| match call {
                Some((_, outcome)) => Some(outcome),
                None if waits_in_vain(step) => {
                    let why = "its server would not be told, so it may still be good";
                    Some(Outcome::because(OutcomeWord::Kept, why))
                }
                None => step.foregone(),
            })
            .collect();
        let summary = Summary::preview(&plan);
        Self {
            dry_run: true,
            credentials: credential_ends(inventory, &plan, &outcomes),
            plan,
            outcomes,
            summary,
            verified: None,
            problems,
            elsewhere: Vec::new(),
            search_places: Vec::new(),
            interrupted: false,
            exit_status: 0,
        }
    }

    /// The report of a logout. `strict` makes a partial result count as unknown (status 3).
    pub fn executed(
        inventory: &Inventory,
        plan: Plan,
        outcomes: Vec<Outcome>,
        verified: Verified,
        problems: Vec<Problem>,
        interrupted: bool,
        strict: bool,
    ) -> Self {
        let summary = Summary::of(&plan, &outcomes);
        // Behind what could not be looked at there may be more.
        let unsure = !verified.unread.is_empty();
        let unsure_of_files = verified.unread.iter().any(Problem::hides_a_file);
        let exit_status = match summary::exit_status(&summary, interrupted, strict) {
            0 if is_still_signed_in(&plan, &verified) => 1,
            0 if !summary.ended_something() && plan.keeps_something_whole() => 1,
            0 | 3 if verified.is_contradicted() => 1,
            0 if unsure && (strict || !summary.ended_something()) => 3,
            0 if unsure_of_files && means_an_ai_tool(&plan) => 3,
            status => status,
        };
        let outcomes: Vec<Option<Outcome>> = outcomes.into_iter().map(Some).collect();
        Self {
            dry_run: false,
            credentials: credential_ends(inventory, &plan, &outcomes),
            plan,
            outcomes,
            summary,
            verified: Some(verified),
            problems,
            elsewhere: Vec::new(),
            search_places: Vec::new(),
            interrupted,
            exit_status,
        }
    }

    /// Names places that could not be looked into, and may hold more of those who are meant.
    pub fn unread(&self) -> &[Problem] {
        let verified = self.verified.as_ref();
        verified.map_or(&self.plan.unread, |verified| &verified.unread)
    }

    /// Steps with their outcomes.
    pub fn lines(&self) -> impl Iterator<Item = (&Step, Option<&Outcome>)> {
        self.plan
            .steps
            .iter()
            .zip(self.outcomes.iter().map(Option::as_ref))
    }
}

impl Verified {
    /// Whether a server accepts what it said it had ended.
    fn is_contradicted(&self) -> bool {
        let accepts = |asked: &Asked| asked.answer == TokenStatus::Accepted;
        self.asked.iter().any(accepts)
    }
}

/// Whether an AI tool was to be logged out: what cannot be looked into may be its own.
fn means_an_ai_tool(plan: &Plan) -> bool {
    let mut systems = plan.request.target.systems();
    systems.any(|system| system.info().is_ai)
}

/// Whether an AI tool that was to be logged out can still be used: a credential of it is left, or
/// something else signs it in. That is a failure however much was removed, because whoever uses it
/// next is somebody.
fn is_still_signed_in(plan: &Plan, verified: &Verified) -> bool {
    let systems: Vec<System> = plan.request.target.systems().collect();
    let is_meant = |system: &System| system.info().is_ai && systems.contains(system);
    let is_usable = |found: &StillLive| {
        is_meant(&found.step.system)
            && found.step.place().is_some()
            && !matches!(
                found.step.decision,
                Decision::Keep(
                    KeepReason::Attached
                        | KeepReason::LeftOut
                        | KeepReason::SameSecret
                        | KeepReason::Residue
                )
            )
    };
    let signs_in = |found: &Override| is_meant(&found.system) && found.kind.signs_in();
    verified.still_live.iter().any(is_usable) || verified.overrides.iter().any(signs_in)
}

impl Step {
    /// The outcome that is known before anything is done: what the plan keeps, and what no server
    /// supports.
    pub fn foregone(&self) -> Option<Outcome> {
        match (&self.deed, &self.decision) {
            (Action::Unsupported { page }, _) => {
                let outcome = Outcome::because(OutcomeWord::Unsupported, self.reason.clone());
                Some(match page {
                    Some(page) => outcome.with_hint(format!("finish at {page}")),
                    None => outcome,
                })
            }
            (deed, Decision::Keep(_)) => {
                let outcome = Outcome::because(OutcomeWord::Kept, self.reason.clone());
                let page = match deed {
                    Action::Revoke { revocation, .. } => revocation.page(),
                    _ => None,
                };
                Some(match page {
                    Some(page) => outcome.with_hint(format!("finish at {page}")),
                    None => outcome,
                })
            }
            _ => None,
        }
    }
}
