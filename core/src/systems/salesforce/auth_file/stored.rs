//! A secret in an auth file, encrypted or not.

use std::fmt;

use thiserror::Error;

use crate::secret::Secret;
use crate::systems::salesforce::crypto::{
    CryptoVersion, DecryptError, EncryptionKey, looks_encrypted,
};

/// A secret as it is stored: encrypted or, in hand-made files, in plain text.
#[derive(Clone)]
pub struct Stored(pub(super) Secret);

impl Stored {
    /// Whether it needs a key of that version.
    pub fn is_encrypted(&self, version: CryptoVersion) -> bool {
        looks_encrypted(self.0.expose(), version)
    }

    /// The secret. A value that does not look encrypted is taken as plain text, as the real client
    /// does.
    ///
    /// # Errors
    ///
    /// [`RevealError`] without a key, or with a wrong one.
    pub fn reveal(&self, key: Option<&EncryptionKey>) -> Result<Secret, RevealError> {
        let version = key.map_or(CryptoVersion::V1, EncryptionKey::version);
        if !self.is_encrypted(version) {
            return if is_cut_off(self.0.expose()) {
                Err(RevealError::Damaged)
            } else {
                Ok(self.0.clone())
            };
        }
        let key = key.ok_or(RevealError::NoKey)?;
        Ok(key.decrypt(self.0.expose())?)
    }

    /// The secret, by the first of these keys that fits.
    ///
    /// # Errors
    ///
    /// [`RevealError`] if none fits.
    pub fn reveal_with_any<'a>(
        &self,
        keys: impl IntoIterator<Item = &'a EncryptionKey>,
    ) -> Result<Secret, RevealError> {
        let mut outcome = None;
        for key in keys {
            match self.reveal(Some(key)) {
                Ok(secret) => return Ok(secret),
                Err(error) => outcome = Some(error),
            }
        }
        outcome.map_or_else(|| self.reveal(None), Err)
    }
}

/// Whether a text is what is left of an encrypted one: hexadecimal digits, perhaps with the colon. No
/// token of Salesforce is; a token in plain text has other letters too.
fn is_cut_off(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b':'))
}

/// Without the value, which may be plain text.
impl fmt::Debug for Stored {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Stored(hidden)")
    }
}

/// A stored secret stays unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RevealError {
    /// It is encrypted, and there is no key.
    #[error("it is encrypted, and there is no key")]
    NoKey,
    /// It cannot be decrypted.
    #[error(transparent)]
    Decrypt(#[from] DecryptError),
    /// It is neither a token nor a whole encrypted one.
    #[error("it is cut off, or no text")]
    Damaged,
}
