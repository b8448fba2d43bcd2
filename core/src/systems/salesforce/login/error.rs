//! Why a sign-in did not come about.

use std::path::PathBuf;

use thiserror::Error;

use super::keys::KeyProblem;
use super::{NotAnAccessToken, NotAnAuthUrl};
use crate::io::files::FileError;
use crate::io::net::CallError;
use crate::io::net::callback::CallbackError;
use crate::io::net::oauth::NotAPrivateKey;
use crate::systems::salesforce::api::find_hint;
use crate::systems::salesforce::auth_file::UnsafeUsername;

/// Why a sign-in did not come about. Nothing in it is a secret.
#[derive(Debug, Error)]
pub enum LoginError {
    /// The server did not hand out what was asked for.
    #[error("signing in failed")]
    Org(#[from] CallError),
    /// The browser brought nothing.
    #[error("signing in with the browser failed")]
    Callback(#[from] CallbackError),
    /// The user name, which the server chose, may not become a file name.
    #[error("the server's answer is refused")]
    Username(#[from] UnsafeUsername),
    /// Somebody else signed in than was meant.
    #[error("the server signed in {found} instead of {expected}")]
    SomebodyElse {
        /// Who was meant.
        expected: String,
        /// Who it was.
        found: String,
    },
    /// The text is not an SFDX auth URL.
    #[error("the SFDX auth URL cannot be used")]
    AuthUrl(#[from] NotAnAuthUrl),
    /// The text is not an access token.
    #[error("the access token cannot be used")]
    AccessToken(#[from] NotAnAccessToken),
    /// The private key cannot be read.
    #[error("cannot read the private key")]
    KeyFile(#[source] FileError),
    /// There is no private key at that path.
    #[error("there is no private key at {}", path.display())]
    NoKeyFile {
        /// The path.
        path: PathBuf,
    },
    /// What is in the file is no private key.
    #[error("cannot use the private key in {}", path.display())]
    PrivateKey {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: NotAPrivateKey,
    },
    /// The key that protects stored tokens cannot be reached.
    #[error("the key that protects the stored tokens cannot be reached")]
    KeyUnreachable(#[source] KeyProblem),
    /// The key is gone, but something is encrypted with it.
    #[error(
        "the key that protects the stored tokens is gone, and a new one would make what is stored \
         in {} useless",
        path.display()
    )]
    KeyGone {
        /// What is encrypted.
        path: PathBuf,
    },
    /// A value could not be encrypted.
    #[error("the tokens could not be encrypted")]
    Encryption,
    /// A file could not be read or written; nothing was stored.
    #[error("the sign-in could not be stored")]
    File(#[from] FileError),
    /// What was written is not what is there.
    #[error("what was stored in {} is not what can be read from there", path.display())]
    NotVerified {
        /// The file.
        path: PathBuf,
    },
    /// The user is signed in, but something else that was asked for failed.
    #[error("{username} is signed in, but the {what} could not be set")]
    Incomplete {
        /// The user.
        username: String,
        /// What failed: `alias` or `default`.
        what: &'static str,
        /// Why.
        source: FileError,
    },
}

impl LoginError {
    /// What the person can do, if anything is known to help.
    pub fn hint(&self) -> Option<String> {
        let fixed = match self {
            Self::Org(error) => return find_hint(error).map(str::to_owned),
            Self::Callback(CallbackError::PortInUse { port }) => {
                return Some(format!(
                    "end the program that uses it (see it with `ss -ltnp sport = :{port}`), or \
                     sign in another way: `adieu org login device`, `jwt`, `sfdx-url`"
                ));
            }
            Self::Callback(CallbackError::TimedOut { .. }) => {
                "run the command again, and paste the address of the last page if the browser \
                 cannot reach this machine"
            }
            Self::Callback(CallbackError::Declined { .. }) => {
                "ask an administrator of the org whether you may use this connected app, or use \
                 another one with `--client-id`"
            }
            Self::KeyGone { .. } => {
                "bring the key back, or sign out of everything with `adieu org logout --all` first"
            }
            Self::KeyUnreachable(problem) => return problem.hint(),
            Self::File(error) | Self::KeyFile(error) | Self::Incomplete { source: error, .. } => {
                return error.hint().map(str::to_owned);
            }
            Self::PrivateKey { .. } => {
                "give the private key that belongs to the app's certificate; remove its password \
                 with `openssl rsa`"
            }
            Self::NotVerified { .. } => "run the command again when no other program changes it",
            _ => return None,
        };
        Some(fixed.to_owned())
    }
}
