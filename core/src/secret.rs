//! Secrets as a type: no `Display`, a `Debug` that hides, memory wiped on drop.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroize as _;

/// A token, key or password.
///
/// It cannot be printed and has no serialised form. Its bytes are overwritten when it is dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes the text over; the text itself is wiped, so that no copy stays behind.
    pub fn new(mut text: String) -> Self {
        // A text with room to spare would be moved by its owner to be kept, and not wiped.
        let exact = Box::<str>::from(text.as_str());
        text.zeroize();
        Self(SecretString::new(exact))
    }

    /// Takes bytes that must be UTF-8; the bytes are wiped either way.
    pub fn from_utf8(mut bytes: Vec<u8>) -> Option<Self> {
        let exact = std::str::from_utf8(&bytes).ok().map(Box::<str>::from);
        bytes.zeroize();
        exact.map(|text| Self(SecretString::new(text)))
    }

    /// The value itself. Call it as late as possible, and never to show it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Tells copies of the same secret apart from other secrets without keeping the value.
    ///
    /// The key is random for each run, so a fingerprint means nothing outside the process.
    pub fn fingerprint(&self, key: &FingerprintKey) -> Fingerprint {
        let mut hasher = Sha256::new();
        hasher.update(key.0);
        hasher.update(self.expose().as_bytes());
        Fingerprint(hasher.finalize().into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(hidden)")
    }
}

/// The random key of a run's fingerprints.
#[derive(Clone)]
pub struct FingerprintKey([u8; 32]);

impl FingerprintKey {
    /// A key from 32 random bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FingerprintKey(hidden)")
    }
}

/// Equal for equal secrets of one run; see [`Secret::fingerprint`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl fmt::Debug for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Fingerprint(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_value() {
        let secret = Secret::new("FAKE-token".to_owned());
        assert_eq!(format!("{secret:?}"), "Secret(hidden)");
    }

    #[test]
    fn fingerprints_are_equal_only_for_equal_secrets_and_keys() {
        let (key, other) = (FingerprintKey::new([1; 32]), FingerprintKey::new([2; 32]));
        let secret = Secret::new("FAKE-token".to_owned());
        let same = Secret::new("FAKE-token".to_owned());
        let different = Secret::new("FAKE-tokem".to_owned());
        assert_eq!(secret.fingerprint(&key), same.fingerprint(&key));
        assert_ne!(secret.fingerprint(&key), different.fingerprint(&key));
        assert_ne!(secret.fingerprint(&key), secret.fingerprint(&other));
    }
}
