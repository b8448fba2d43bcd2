//! Everybody's state: the sign-ins, what is left beside them, and the verdict on it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Protection;
use crate::inventory::{
    Account, Age, Artefact, Category, Override, OverrideKind, Pending, Problem, SameSecret, State,
    WrittenSecret,
};
use crate::path::FollowedLink;
use crate::remote::TokenStatus;
use crate::secret::Fingerprint;
use crate::systems::System;

/// One sign-in that exists now, or a configured identity that is signed out.
#[derive(Clone, Debug)]
pub struct Session {
    /// The family of sign-ins.
    pub system: System,
    /// The provider as written, if there is one.
    pub provider: Option<String>,
    /// The identity as written; `None` for a provider's own session.
    pub identity: Option<String>,
    /// Whether the configuration knows it.
    pub configured: bool,
    /// The realm it was found in; `None` for systems without realms.
    pub realm: Option<String>,
    /// Names from provider to identity, as written.
    pub chain: Vec<String>,
    /// Live, expired, unknown or signed out.
    pub state: SessionState,
    /// The moment when it ends by itself: the latest of its live artefacts.
    pub expires_at: Option<Timestamp>,
    /// The moment when it was made, where that can be told ([`crate::discover::note_files`]).
    pub age: Option<Age>,
    /// The ways in which its credentials are kept.
    pub protection: BTreeSet<Protection>,
    /// Whether others on the machine may read a file with a credential of it, by its permission bits.
    pub is_readable_by_others: bool,
    /// What its tool takes before it, if there is such: a variable, a helper.
    pub preceded_by: Option<String>,
    /// The artefacts that it consists of.
    pub artefacts: Vec<Artefact>,
    /// The other providers, as written, that something in it serves as well: one portal's session, or
    /// one cache, may sign in to several.
    pub shared_with: Vec<String>,
    /// The way in which a server can end it.
    pub revocation: &'static str,
    /// The account, if it is one that its system keeps by itself.
    pub account: Option<Account>,
    /// The answer of its server, where servers were asked and there is something to ask about.
    pub answer: Option<TokenStatus>,
}

/// The state of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SessionState {
    /// It can be used now.
    Live,
    /// Something is there, but whether it can be used could not be told.
    Unknown,
    /// It is past its end.
    Expired,
    /// Nothing is there.
    SignedOut,
}

impl Session {
    /// The tokens in it that a server could accept. That one has ended is only its file's word, so its
    /// server is asked.
    pub fn usable_tokens(&self) -> impl Iterator<Item = Fingerprint> + '_ {
        let usable = self.artefacts.iter();
        usable
            .filter(|artefact| artefact.state != State::Residue)
            .filter_map(|artefact| artefact.token)
    }
}

impl SessionState {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
            Self::SignedOut => "signed-out",
        }
    }
}

/// Whether somebody is signed in, as far as was looked ([`Status::covers`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody is signed in, nothing overrides.
    Clean,
    /// Somebody is signed in.
    SignedIn,
    /// Nobody is signed in by file or keyring, but an override is.
    Overridden,
    /// Nobody was found signed in, but not everything could be looked at.
    Unknown,
}

impl Verdict {
    /// Tells what these sessions and overrides say. What could not be looked at says nothing here:
    /// [`Status::conclusion`] minds it.
    pub fn of(sessions: &[Session], leftovers: &[Artefact], overrides: &[Override]) -> Self {
        let is_live = |session: &Session| session.state == SessionState::Live;
        // A login to another service, or a good key in a backup: whoever reads the file can use it.
        let is_usable = |left: &Artefact| {
            matches!(left.tier, Category::Attached | Category::Footprint)
                && left.state == State::Live
        };
        if sessions.iter().any(is_live) || leftovers.iter().any(is_usable) {
            Self::SignedIn
        } else if overrides
            .iter()
            .any(|found| found.kind != OverrideKind::Notice)
        {
            Self::Overridden
        } else {
            Self::Clean
        }
    }

    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::SignedIn => "signed-in",
            Self::Overridden => "overridden",
            Self::Unknown => "unknown",
        }
    }
}

/// Everybody's state.
#[derive(Clone, Debug)]
pub struct Status {
    /// Sessions, configured ones in the order of the configuration, then the others.
    pub sessions: Vec<Session>,
    /// Leftovers beside the sign-ins: logins to other services, traces of who was signed in.
    pub leftovers: Vec<Artefact>,
    /// Variables and settings that keep tools signed in regardless.
    pub overrides: Vec<Override>,
    /// Secrets that are at several places.
    pub same_secrets: Vec<SameSecret>,
    /// Secrets in shell profiles that override nothing known here.
    pub written: Vec<WrittenSecret>,
    /// Places that could not be looked at.
    pub problems: Vec<Problem>,
    /// Sessions that earlier logouts could not end at their server, and that have not ended by
    /// themselves; none unless it was read ([`crate::pending`]).
    pub pending: Vec<Pending>,
    /// The number of places that were looked at.
    pub checked: usize,
    /// The systems that were looked at, each as a whole; nothing is said of any other.
    pub covers: Vec<System>,
    /// How many files look like sign-ins and are ignored, since a person said that they are none.
    pub ignored: usize,
    /// The links inside the home through which something was found.
    pub links: Vec<FollowedLink>,
    /// Clean, or not; see [`Status::conclusion`].
    pub verdict: Verdict,
}

impl Status {
    /// Whether secrets of other services are kept in settings, of which nobody can say whether they
    /// are still good.
    pub fn has_doubtful_secrets(&self) -> bool {
        let is_doubtful =
            |left: &Artefact| left.tier == Category::Attached && left.state == State::Unknown;
        self.leftovers.iter().any(is_doubtful)
    }

    /// What looks like a sign-in of a tool that nobody has described.
    pub fn possible(&self) -> impl Iterator<Item = &Artefact> {
        let left = self.leftovers.iter();
        left.filter(|left| left.tier == Category::Possible)
    }

    /// The answer: clean only where everything could be looked at.
    pub fn conclusion(&self) -> Verdict {
        let unsure = self
            .sessions
            .iter()
            .any(|s| s.state == SessionState::Unknown)
            || self.has_doubtful_secrets()
            || self.possible().next().is_some()
            || self.problems.iter().any(|problem| problem.hides)
            || self.pending.iter().any(Pending::is_unknown);
        let goes_on = self.pending.iter().any(Pending::can_be_used);
        match self.verdict {
            // A session that goes on is one, though no copy of it is here.
            Verdict::Clean if goes_on => Verdict::SignedIn,
            Verdict::Clean if unsure => Verdict::Unknown,
            found => found,
        }
    }

    /// 0 clean, 1 somebody is signed in or an override is active, 3 could not tell.
    pub fn check_status(&self) -> u8 {
        match self.conclusion() {
            Verdict::SignedIn | Verdict::Overridden => 1,
            Verdict::Unknown => 3,
            Verdict::Clean => 0,
        }
    }
}
