//! What is signed in already, without a word to any person.

use jiff::Timestamp;

use super::{PortalTarget, RoleKeys, SPARE, SignIn, SignInError};
use crate::atmos::config::Identity;
use crate::io::net::CallError;
use crate::secret::Secret;

impl SignIn<'_> {
    /// The keys of an identity that are on disk and last. Only the one file of theirs is read.
    ///
    /// # Errors
    ///
    /// [`SignInError`] if the file cannot be named or read.
    pub fn cached_keys_of(&self, identity: &Identity) -> Result<Option<RoleKeys>, SignInError> {
        let now = self.world.now();
        let stored = self.stored_keys(identity)?;
        Ok(stored.filter(|keys| keys.lasts(now, SPARE)))
    }

    /// The access token of a portal's session, and its end; the session is renewed where it ends soon.
    ///
    /// # Errors
    ///
    /// [`SignInError`]; [`SignInError::NeedsPerson`] where only a person can go on and
    /// [`SignIn::may_ask`] is not set.
    pub fn portal_token(&self, portal: &PortalTarget) -> Result<(Secret, Timestamp), SignInError> {
        let session = self.portal_session(portal, None)?;
        Ok((session.access_token, session.expires_at))
    }

    /// The keys of an identity that are on disk, whether they have ended or not.
    ///
    /// # Errors
    ///
    /// [`SignInError`] if the file cannot be named or read.
    pub fn keys_on_disk(&self, identity: &Identity) -> Result<Option<RoleKeys>, SignInError> {
        self.stored_keys(identity)
    }
}

/// What AWS says of keys that are not good, whatever is asked with them. That a signature does not match
/// may be the clock, and a permission that is missing says nothing of the keys.
///
/// Source: AWS, "AWS STS API Reference", "Common Error Types"; answers to deactivated, deleted and
/// expired keys.
const REFUSALS: [&str; 6] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidToken",
    "UnrecognizedClientException",
];

impl SignInError {
    /// Whether a server said that the keys are not good any more.
    pub fn refuses_keys(&self) -> bool {
        match self {
            Self::Call { source, .. } => match &**source {
                CallError::Refused { code, .. } => REFUSALS.contains(&code.as_str()),
                _ => false,
            },
            _ => false,
        }
    }
}
