//! What is signed in already, without a word to any server or person.

use super::{RoleKeys, SPARE, SignIn, SignInError};
use crate::atmos::config::Identity;

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
}
