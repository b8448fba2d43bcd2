//! Steps: what would be done, in order.

use std::collections::BTreeSet;

use crate::atmos::identity_graph::Scope;
use crate::inventory::{Class, Owner, Place, Problem, Revocation, State};
use crate::path::FollowedLink;
use crate::plan::{Question, Request};
use crate::secret::Fingerprint;
use crate::systems::System;

/// A logout that would be done, step by step.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The request that it was made for.
    pub request: Request,
    /// Whom it covers.
    pub scope: Scope,
    /// Who is meant, as people say it.
    pub subject: String,
    /// The chain of the identity that was asked for, names as written, root first.
    pub chain: Vec<String>,
    /// The steps: server calls first, then the keyring, then files, then directories.
    pub steps: Vec<Step>,
    /// The questions that have to be answered first.
    pub questions: Vec<Question>,
    /// Places that could not be looked into, and may hold more of those who are meant.
    pub unread: Vec<Problem>,
    /// Names, as written, whose credential was to be deleted from the key store and is not in it.
    pub missing: Vec<String>,
    /// The links inside the home through which something would change.
    pub links: Vec<FollowedLink>,
}

impl Plan {
    /// Whether a copy of a token stays here unless its server ends it.
    pub fn keeps_a_copy_of(&self, token: &Fingerprint) -> bool {
        let waits = |step: &Step| match &step.decision {
            Decision::IfRevoked(tokens) => tokens.contains(token),
            _ => false,
        };
        self.steps.iter().any(waits)
    }

    /// Whether something that was meant was left out of the request.
    pub fn leaves_something_out(&self) -> bool {
        let left_out = Decision::Keep(KeepReason::LeftOut);
        self.steps.iter().any(|step| step.decision == left_out)
    }

    /// Whether anything would be done at all.
    pub fn is_empty(&self) -> bool {
        !self.steps.iter().any(Step::acts)
    }

    /// Whether a sign-in that was meant stays because a part of it cannot be read.
    pub fn keeps_something_whole(&self) -> bool {
        let whole = Decision::Keep(KeepReason::Whole);
        self.steps.iter().any(|step| step.decision == whole)
    }
}

/// One artefact or one server call.
#[derive(Clone, Debug)]
pub struct Step {
    /// The action.
    pub deed: Action,
    /// Whether, and on what condition.
    pub decision: Decision,
    /// The owner of what it is about.
    pub owner: Owner,
    /// The identity it belongs to, as written.
    pub identity: Option<String>,
    /// The provider it belongs to, as written; the first of several.
    pub provider: Option<String>,
    /// The name found on disk that no configuration knows.
    pub orphan: Option<String>,
    /// The realm.
    pub realm: Option<String>,
    /// The family of sign-ins.
    pub system: System,
    /// Session or stored.
    pub class: Class,
    /// Whether what it removes could be used before.
    pub state: State,
    /// A name for what it is about, in a few words.
    pub what: &'static str,
    /// The reason why it is in the plan, or why it stays.
    pub reason: String,
    /// The credentials that it is about, by place and kind: of a step at a server all that it
    /// speaks for.
    pub about: BTreeSet<(Place, &'static str)>,
}

impl Step {
    /// Whether something would be done, now or once a revocation has succeeded.
    pub const fn acts(&self) -> bool {
        !matches!(self.decision, Decision::Keep(_))
            && !matches!(self.deed, Action::Unsupported { .. })
    }

    /// Whether it stays, whatever a server says.
    pub const fn stays(&self) -> bool {
        matches!(self.decision, Decision::Keep(_))
    }

    /// The place that would change, if it is a local step.
    pub const fn place(&self) -> Option<&Place> {
        match &self.deed {
            Action::Remove(place) => Some(place),
            Action::Revoke { .. } | Action::Unsupported { .. } => None,
        }
    }

    /// The word in JSON.
    pub const fn action(&self) -> &'static str {
        match &self.deed {
            Action::Revoke { .. } | Action::Unsupported { .. } => "revoke",
            Action::Remove(
                Place::KeyringEntry { .. }
                | Place::File { .. }
                | Place::Named { .. }
                | Place::Stranger { .. }
                | Place::Tree { .. }
                | Place::Directory { .. },
            ) => "remove",
            Action::Remove(_) => "edit",
        }
    }

    /// Tells whose it is, for people: identity, else provider, else the name found on disk.
    pub fn subject(&self) -> &str {
        self.identity
            .as_deref()
            .or(self.provider.as_deref())
            .or(self.orphan.as_deref())
            .unwrap_or_else(|| self.system.title())
    }
}

/// The action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// End a token at its server.
    Revoke {
        /// The token.
        token: Fingerprint,
        /// The call that ends it.
        revocation: Revocation,
        /// Other providers, as written, that sign in with the same session: it ends for them too.
        served: Vec<String>,
    },
    /// Say that a server has no way to end these sessions, or none that is built.
    Unsupported {
        /// The page where a person can finish.
        page: Option<String>,
    },
    /// Remove what is at a place.
    Remove(Place),
}

/// Whether a step is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Always.
    Go,
    /// Always, but only when its server has answered or has had its time: a run that is killed before
    /// that leaves the token, so that the next one can still end it.
    AfterAsking,
    /// Only once all these tokens have been ended at their servers.
    IfRevoked(Vec<Fingerprint>),
    /// Never; the step's reason says why in words.
    Keep(KeepReason),
}

impl Decision {
    /// Whether it is taken whatever a server says.
    pub const fn goes_anyway(&self) -> bool {
        matches!(self, Self::Go | Self::AfterAsking)
    }

    /// Whether it is taken only after the server calls.
    pub const fn waits(&self) -> bool {
        matches!(self, Self::AfterAsking | Self::IfRevoked(_))
    }

    /// The decision about something that goes: at once, or after the call that ends its token.
    pub(super) const fn going(has_ending_token: bool) -> Self {
        if has_ending_token {
            Self::AfterAsking
        } else {
            Self::Go
        }
    }
}

/// The reason why something stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepReason {
    /// Others use it too.
    Shared,
    /// It was written for another identity, and signs in this one as well.
    Anothers,
    /// It is a browser's own.
    Browser,
    /// Somebody else put it there.
    Stranger,
    /// It is not meant, and holds a secret that goes elsewhere: nobody agreed to taking it too.
    SameSecret,
    /// It is what is left of a removed secret in a history, a log or the like.
    Residue,
    /// It was issued once, and is not a session.
    LongLived,
    /// The keyring is kept by default.
    Keyring,
    /// It is a login to another service.
    Attached,
    /// It could not be understood.
    Unreadable,
    /// Others that stay could not be read without it.
    Needed,
    /// A directory with somebody else's entries in it.
    NotEmpty,
    /// No server call of ours can end it.
    NoServerCall,
    /// Its server was not to be asked.
    NotAsked,
    /// Its server could be told, but what would have to be told is not known.
    TokenUnavailable,
    /// Its token cannot be read as long as a key store is closed, so its server cannot be told.
    Locked,
    /// Another part of the same sign-in cannot be read, and it goes whole or not at all.
    Whole,
    /// It is a private key, which no logout takes.
    PrivateKey,
    /// It was left out of the request.
    LeftOut,
}
