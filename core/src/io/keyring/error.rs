//! Errors of key stores.

use std::time::Duration;

/// The reason why a key store could not do what was asked. Never holds a secret.
///
/// The variants are named after what a caller does next; the words are those that a message goes
/// on with, as in `failed to delete credentials from keyring: access denied`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringError {
    /// There is no such store here, or nothing answers for it.
    #[error("no keyring is available: {why}")]
    NotAvailable {
        /// The thing that is missing.
        why: String,
    },
    /// The store is locked and nobody may be asked to unlock it.
    #[error("the keyring is locked")]
    Locked,
    /// The person closed the store's question.
    #[error("the keyring's question was dismissed")]
    Dismissed,
    /// The store refused.
    #[error("access denied")]
    Denied,
    /// Several entries with different secrets have the key.
    #[error("{count} entries have the same name but different contents")]
    Ambiguous {
        /// The number of entries.
        count: usize,
    },
    /// The store did not answer.
    #[error("the keyring did not answer within {}", in_words(*.after))]
    TimedOut {
        /// The time that it was given.
        after: Duration,
    },
    /// The store cannot do this at all.
    #[error("{what} is not supported by this keyring")]
    NotSupported {
        /// The request.
        what: &'static str,
    },
    /// Anything else.
    #[error("{why}")]
    Other {
        /// The answer of the store.
        why: String,
    },
}

impl KeyringError {
    /// Tells what the person can do about it.
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotAvailable { .. } => {
                Some("run adieu inside the desktop session whose keyring is meant")
            }
            Self::Locked => Some(
                "unlock the keyring (signing in to the desktop does), then run the command again",
            ),
            Self::Dismissed => Some("run the command again and answer the keyring's question"),
            Self::Denied => {
                Some("allow adieu in the keyring's own settings, or remove the entry there")
            }
            Self::Ambiguous { .. } => {
                Some("sign out of the identity: a logout removes all of them")
            }
            Self::TimedOut { .. } => Some("check whether the keyring's window waits for an answer"),
            Self::NotSupported { .. } | Self::Other { .. } => None,
        }
    }

    /// Any other failure, from text of the store, which is made fit for a terminal.
    pub(crate) fn other(why: impl AsRef<str>) -> Self {
        Self::Other {
            why: sanitize_message(why.as_ref()),
        }
    }

    /// No store, for this reason, which is made fit for a terminal.
    pub(crate) fn not_available(why: impl AsRef<str>) -> Self {
        Self::NotAvailable {
            why: sanitize_message(why.as_ref()),
        }
    }
}

/// Text from outside without control characters and not longer than a message should be.
fn sanitize_message(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(300)
        .collect()
}

/// `3 s`, `250 ms`.
fn in_words(duration: Duration) -> String {
    if duration.subsec_millis() == 0 {
        format!("{} s", duration.as_secs())
    } else {
        format!("{} ms", duration.as_millis())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denied_reads_as_the_documents_show_it() {
        let message = format!(
            "failed to delete credentials from keyring: {}",
            KeyringError::Denied
        );
        assert_eq!(
            message,
            "failed to delete credentials from keyring: access denied"
        );
    }

    #[test]
    fn time_limits_are_shown_with_their_unit() {
        let after = |millis| KeyringError::TimedOut {
            after: Duration::from_millis(millis),
        };
        assert_eq!(
            after(3000).to_string(),
            "the keyring did not answer within 3 s"
        );
        assert_eq!(
            after(1250).to_string(),
            "the keyring did not answer within 1250 ms"
        );
    }

    #[test]
    fn text_from_a_store_cannot_steer_the_terminal() {
        assert_eq!(KeyringError::other("a\x1b[2Jb\n").to_string(), "a [2Jb ");
        assert_eq!(KeyringError::other("x".repeat(1000)).to_string().len(), 300);
    }
}
