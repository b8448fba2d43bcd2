//! Why a sign-in to AWS did not come about.

use thiserror::Error;

use super::person::Unanswered;
use crate::atmos::config::ChainError;
use crate::io::files::FileError;
use crate::io::net::CallError;
use crate::io::net::callback::CallbackError;
use crate::systems::VariablesError;

/// Why a sign-in to AWS did not come about. Nothing in it is a secret.
#[derive(Debug, Error)]
pub enum SignInError {
    /// The configuration's chain is broken.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The files of the identity cannot be named.
    #[error(transparent)]
    Files(#[from] VariablesError),
    /// It is not signed in, and only a person can go on.
    #[error("{what} is not signed in")]
    NeedsPerson {
        /// Who is not.
        what: String,
    },
    /// Another cloud's identity.
    #[error("identity \"{identity}\" is of kind {kind}, which adieu does not sign in to")]
    NotAws {
        /// The identity as written.
        identity: String,
        /// Its kind.
        kind: String,
    },
    /// The configuration lacks something.
    #[error("{entry}: {problem}")]
    Configuration {
        /// The entry, as in `identity "dev"`.
        entry: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A server did not do what it was asked.
    #[error("{what} failed")]
    Call {
        /// What was asked for.
        what: String,
        /// Why not.
        #[source]
        source: Box<CallError>,
        /// What the person can do.
        hint: Option<String>,
    },
    /// The browser brought nothing.
    #[error("signing in with the browser failed")]
    Callback(#[from] CallbackError),
    /// The person, or their administrator's rules, said no.
    #[error("the sign-in was refused: {why}")]
    Denied {
        /// The server's words.
        why: String,
    },
    /// Nobody confirmed the code in time.
    #[error("nobody signed in before the code ended")]
    CodeExpired,
    /// What only the person knows was not said.
    #[error("{what} is needed, and {why}")]
    Unanswered {
        /// What was asked for.
        what: String,
        /// Why it was not.
        #[source]
        why: Unanswered,
    },
    /// A file could not be read or written.
    #[error("the sign-in could not be stored")]
    File(#[from] FileError),
    /// It was signed in with others, and none of them could be written.
    #[error("the keys of \"{identity}\" could not be stored")]
    NotStored {
        /// The identity as written.
        identity: String,
    },
    /// What was given cannot be used.
    #[error("{what} cannot be used: {why}")]
    Unusable {
        /// What was given.
        what: String,
        /// Why.
        why: String,
    },
    /// The person stopped it.
    #[error("interrupted before the sign-in was done")]
    Interrupted,
}

impl SignInError {
    /// Whether the person stopped it.
    pub fn is_interrupted(&self) -> bool {
        matches!(
            self,
            Self::Interrupted
                | Self::Callback(CallbackError::Interrupted)
                | Self::Unanswered {
                    why: Unanswered::Interrupted,
                    ..
                }
        ) || matches!(self, Self::Call { source, .. } if matches!(**source, CallError::Interrupted))
    }

    /// What the person can do, if anything is known to help.
    pub fn hint(&self) -> Option<String> {
        let fixed = match self {
            Self::Call { hint, .. } => return hint.clone(),
            Self::File(error) => return error.hint().map(str::to_owned),
            Self::Chain(_) | Self::Files(_) | Self::Configuration { .. } => {
                "see what is wrong with the configuration: adieu validate"
            }
            Self::NeedsPerson { .. } => "sign in at a terminal: adieu login",
            Self::CodeExpired => "run the command again, and confirm the code sooner",
            Self::Callback(CallbackError::TimedOut { .. }) => {
                "if the browser cannot reach this machine (SSH, WSL, a container), use --device"
            }
            Self::Callback(CallbackError::PortInUse { .. }) => {
                "choose another one with --callback-port, or use --device"
            }
            _ => return None,
        };
        Some(fixed.to_owned())
    }
}
