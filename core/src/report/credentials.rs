//! The proof: one record for every credential that was seen and meant, and how each ended.
//!
//! The list is made from what discovery saw ([`crate::plan::credentials`]), the plan, and the
//! outcomes. A credential that no step accounts for is in it as one that its server was not asked
//! about, so that a success which leaves something good and unnamed cannot be written down. A server
//! is only named as having ended something if it answered so.

use jiff::Timestamp;

use super::{Outcome, OutcomeWord};
use crate::inventory::{Class, Inventory, Owner, Place, Revocation, State, TokenUnavailable};
use crate::plan::{Action, Credential, Decision, KeepReason, Plan, Step, list_credentials};
use crate::secret::Fingerprint;
use crate::systems::System;

/// The end of one credential: a token wherever its copies were, else what was at one place.
#[derive(Clone, Debug)]
pub struct CredentialEnd {
    /// The family of sign-ins.
    pub system: System,
    /// The owner.
    pub owner: Owner,
    /// The identity that owns it, as written.
    pub identity: Option<String>,
    /// The provider that it comes from, as written.
    pub provider: Option<String>,
    /// A name for it, in a few words.
    pub what: &'static str,
    /// Session or stored.
    pub class: Class,
    /// The host that can end it, if there is a call for it and the address is known.
    pub host: Option<String>,
    /// The places of its copies.
    pub places: Vec<Place>,
    /// The moment when it ends by itself, if that is written down and nothing renews it.
    pub expires_at: Option<Timestamp>,
    /// The way in which it ended.
    pub end: End,
    /// Whether a copy of it is still here, as far as the outcomes say.
    pub is_here: bool,
    /// The token, where there is one.
    pub token: Option<Fingerprint>,
    /// The reason why its server could not be told, though there was something to be ended.
    pub sealed: Option<TokenUnavailable>,
}

/// The way in which a credential ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// A dry run: its server would be asked.
    Planned,
    /// This server ended it, or did not know it any more, and said so.
    Ended {
        /// The host that answered, or the vendor's client that vouches for it.
        by: String,
        /// Whether it had ended before.
        had_ended: bool,
    },
    /// There is a call that ends it, and it did not: refused, silent, not asked, could not be asked.
    NotEnded {
        /// The reason, in one sentence without a final period.
        why: String,
        /// The page where a person can end it.
        page: Option<String>,
    },
    /// No call of ours can end it at a server.
    NoServerCall {
        /// The page where a person can end it.
        page: Option<String>,
    },
    /// It is a setting, or a copy of what another system signs in with: nothing of its own at a server.
    LocalOnly,
    /// It stays here, on purpose.
    Kept {
        /// The reason, in one sentence without a final period.
        why: String,
        /// The same as a word of the plan's.
        stays: KeepReason,
    },
    /// It had ended by itself.
    Expired,
}

impl End {
    /// The word in JSON.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Ended { .. } => "ended",
            Self::NotEnded { .. } => "not-ended",
            Self::NoServerCall { .. } => "no-server-call",
            Self::LocalOnly => "local-only",
            Self::Kept { .. } => "kept",
            Self::Expired => "expired",
        }
    }

    /// Tells why, where that needs a word.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::NotEnded { why, .. } | Self::Kept { why, .. } => Some(why),
            Self::Ended {
                had_ended: true, ..
            } => Some("the server no longer knew it"),
            _ => None,
        }
    }

    /// The page where a person can finish.
    pub fn page(&self) -> Option<&str> {
        match self {
            Self::NotEnded { page, .. } | Self::NoServerCall { page } => page.as_deref(),
            _ => None,
        }
    }
}

impl CredentialEnd {
    /// The host that answered, else the one that can end it.
    pub fn server(&self) -> Option<&str> {
        match &self.end {
            End::Ended { by, .. } => Some(by),
            _ => self.host.as_deref(),
        }
    }

    /// Whether it may still be accepted by a server, though no copy of it is here any more.
    pub const fn goes_on_elsewhere(&self) -> bool {
        matches!(self.end, End::NotEnded { .. } | End::NoServerCall { .. }) && !self.is_here
    }

    /// Whether it was an entry of Atmos's in a key store that could not be read: then nobody knows whether
    /// there was a session in it, and whether that goes on. A tool's own entry is its login.
    pub fn was_never_read(&self) -> bool {
        let in_key_store = |place: &Place| matches!(place, Place::KeyringEntry { .. });
        let was_read = matches!(
            self.sealed,
            Some(
                TokenUnavailable::NoToken
                    | TokenUnavailable::NoRegion
                    | TokenUnavailable::BadRegion
            )
        );
        self.token.is_none()
            && !was_read
            && !self.owner.is_native()
            && self.places.iter().all(in_key_store)
    }

    /// Whether a sign-in of those who were meant is kept here that may still be used; what others share
    /// is theirs.
    pub const fn is_kept_and_good(&self) -> bool {
        match &self.end {
            End::NotEnded { .. } => self.is_here,
            End::Kept { stays, .. } => matches!(
                stays,
                KeepReason::LongLived
                    | KeepReason::PrivateKey
                    | KeepReason::SameSecret
                    | KeepReason::Keyring
                    | KeepReason::Locked
                    | KeepReason::Unreadable
                    | KeepReason::Whole
            ),
            _ => false,
        }
    }
}

/// The records of a logout; `outcomes` has the plan's order, and `None` for what a dry run would do.
pub fn list_credential_ends(
    inventory: &Inventory,
    plan: &Plan,
    outcomes: &[Option<Outcome>],
) -> Vec<CredentialEnd> {
    let found = list_credentials(inventory, &plan.steps);
    found
        .iter()
        .filter_map(|credential| build_credential_end(credential, inventory, plan, outcomes))
        .collect()
}

fn build_credential_end(
    credential: &Credential<'_>,
    inventory: &Inventory,
    plan: &Plan,
    outcomes: &[Option<Outcome>],
) -> Option<CredentialEnd> {
    let first = credential.copies.first()?;
    let step = &plan.steps[*credential.local.first()?];
    let token = credential
        .token
        .and_then(|token| inventory.tokens.get(&token));
    let outcome = |at: &usize| outcomes.get(*at).and_then(Option::as_ref);
    let is_gone = |at: &usize| {
        outcome(at).is_none_or(|outcome| {
            matches!(outcome.word, OutcomeWord::Removed | OutcomeWord::Absent)
        })
    };
    let ends = credential.copies.iter().map(|copy| copy.expires_at);
    Some(CredentialEnd {
        system: first.system,
        owner: first.owner.clone(),
        identity: step.identity.clone().or_else(|| step.orphan.clone()),
        provider: step.provider.clone(),
        what: first.what,
        class: first.class,
        host: token
            .filter(|token| token.revocation.can_end())
            .map(|token| token.revocation.endpoint().host()),
        places: credential
            .copies
            .iter()
            .map(|copy| copy.place.clone())
            .collect(),
        expires_at: match token {
            Some(token) => token.session_ends_at(),
            // Only what ends everywhere ends.
            None => ends
                .reduce(|one, other| one.zip(other).map(|(a, b)| a.max(b)))
                .flatten(),
        },
        end: end_of(
            credential,
            token.map(|token| &token.revocation),
            plan,
            &outcome,
        ),
        is_here: !credential.local.iter().all(is_gone),
        token: credential.token,
        sealed: first.sealed,
    })
}

fn end_of<'o>(
    credential: &Credential<'_>,
    revocation: Option<&Revocation>,
    plan: &Plan,
    outcome: &impl Fn(&usize) -> Option<&'o Outcome>,
) -> End {
    let steps = &plan.steps;
    let server = credential.server.map(|at| (&steps[at], outcome(&at)));
    if let Some((step, said)) = server {
        return said_of(step, said);
    }
    let kept = credential.local.iter().map(|at| &steps[*at]);
    let kept = kept.filter_map(|step| match step.decision {
        Decision::Keep(stays) => Some((stays, step)),
        _ => None,
    });
    let mut kept = kept.map(|(stays, step)| End::Kept {
        why: step.reason.clone(),
        stays,
    });
    let is_over = credential
        .copies
        .iter()
        .all(|copy| copy.state == State::Expired);
    match kept.next() {
        _ if is_over => End::Expired,
        Some(kept) => kept,
        None if credential.needs_no_server(steps) => End::LocalOnly,
        // No rule knew what to do about it: that it goes on is all that may be said.
        None => End::NotEnded {
            why: "it was not asked".to_owned(),
            page: revocation.and_then(Revocation::page),
        },
    }
}

/// Tells what a step at a server and its outcome say of the credential that it is about.
fn said_of(step: &Step, outcome: Option<&Outcome>) -> End {
    match (&step.deed, outcome) {
        (Action::Unsupported { page }, _) => match step.decision {
            Decision::Keep(KeepReason::NoServerCall) => End::NoServerCall { page: page.clone() },
            _ => End::NotEnded {
                why: step.reason.clone(),
                page: page.clone(),
            },
        },
        (Action::Revoke { .. }, None) => End::Planned,
        (Action::Revoke { revocation, .. }, Some(outcome)) => {
            match (&outcome.word, &outcome.answer) {
                (OutcomeWord::Revoked, Some(answer)) => End::Ended {
                    by: answer.by.clone(),
                    had_ended: answer.had_ended,
                },
                _ => End::NotEnded {
                    why: outcome
                        .detail
                        .clone()
                        .unwrap_or_else(|| "no server said that it ended it".to_owned()),
                    page: revocation.page(),
                },
            }
        }
        (Action::Remove(_), _) => End::NotEnded {
            why: "it was not asked".to_owned(),
            page: None,
        },
    }
}
