//! A session of which no copy is here any more, and which its server may still accept.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::system::System;

/// What is known of how a session at a server goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PendingState {
    /// A run was about to end it, and was stopped before it wrote down what came of it.
    BeingEnded,
    /// There is a call that ends it, and it did not: refused, silent, not asked, could not be asked.
    NotEnded,
    /// No call of adieu's can end it; a person can, at its page.
    NoServerCall,
    /// What was removed could not be read, so whether a session of it goes on is not known.
    Unread,
}

impl PendingState {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::BeingEnded => "being-ended",
            Self::NotEnded => "not-ended",
            Self::NoServerCall => "no-server-call",
            Self::Unread => "unread",
        }
    }
}

/// A session that may go on at its server, although no copy of it is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The family of sign-ins.
    pub system: System,
    /// Whose it was.
    pub identity: Option<String>,
    /// Where it came from.
    pub provider: Option<String>,
    /// What it is, in a few words.
    pub what: String,
    /// The host that can end it.
    pub host: Option<String>,
    /// Where a person can end it.
    pub page: Option<String>,
    /// What is known of it.
    pub state: PendingState,
    /// Why it was not ended, where that needs a word.
    pub why: Option<String>,
    /// When its last copy was removed here.
    pub since: Timestamp,
    /// When it ends by itself, if that is known.
    pub expires_at: Option<Timestamp>,
    /// Whether it was obtained by signing in, so that it is no key that was issued once.
    pub is_session: bool,
    /// The keyed hash of its token, or of its place.
    pub(crate) mark: String,
}

impl Pending {
    /// Whether a copy of it may still be used, as far as anybody can do something about it: a machine
    /// that remembers such a session is not clean. What nobody can end early ends by itself.
    pub const fn can_be_used(&self) -> bool {
        match self.state {
            PendingState::BeingEnded | PendingState::NotEnded => true,
            // A person can end it, and it ends by nothing else: a refresh token of a cloud.
            PendingState::NoServerCall => {
                self.is_session
                    && self.page.is_some()
                    && self.expires_at.is_none()
                    && self.system.info().renews_without_end
            }
            PendingState::Unread => false,
        }
    }

    /// Whether nobody knows if there is a session at all.
    pub const fn is_unknown(&self) -> bool {
        matches!(self.state, PendingState::Unread)
    }

    /// Whose it was, for people.
    pub fn subject(&self) -> &str {
        self.identity
            .as_deref()
            .or(self.provider.as_deref())
            .unwrap_or_else(|| self.system.title())
    }

    /// Whether somebody who types this means it: a system, whose it was, or both as `system:name`.
    pub fn is_called(&self, typed: &str) -> bool {
        let is_name = |typed: &str| {
            let names = [self.identity.as_deref(), self.provider.as_deref()];
            names
                .into_iter()
                .flatten()
                .any(|name| name.eq_ignore_ascii_case(typed))
        };
        let qualified = typed.split_once(':').is_some_and(|(system, name)| {
            System::parse(system) == Some(self.system) && is_name(name)
        });
        System::parse(typed) == Some(self.system) || is_name(typed) || qualified
    }
}
