//! Secrets as a type: no `Display`, a `Debug` that hides, memory wiped on drop.

use std::fmt;

use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

/// Why bytes are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotText {
    /// They are neither UTF-8 nor UTF-16.
    #[error("it is neither UTF-8 nor UTF-16 text")]
    Unknown,
    /// They begin like UTF-16, and are not.
    #[error("it begins like UTF-16 text and is not")]
    BrokenUtf16,
}

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

    /// A secret of which nothing is known any more.
    pub fn empty() -> Self {
        Self::new(String::new())
    }

    /// Takes bytes that must be UTF-8; the bytes are wiped either way.
    pub fn from_utf8(mut bytes: Vec<u8>) -> Option<Self> {
        let exact = std::str::from_utf8(&bytes).ok().map(Box::<str>::from);
        bytes.zeroize();
        exact.map(|text| Self(SecretString::new(text)))
    }

    /// Takes the bytes of a text file as editors and shells write them: UTF-8, with a byte order mark or
    /// without, or UTF-16, as redirections of Windows `PowerShell` are. The bytes are wiped either way.
    ///
    /// # Errors
    ///
    /// [`NotText`].
    pub fn from_text(bytes: Vec<u8>) -> Result<Self, NotText> {
        let bytes = Zeroizing::new(bytes);
        let text = match bytes.as_slice() {
            [0xff, 0xfe, rest @ ..] => return Self::from_utf16(rest, u16::from_le_bytes),
            [0xfe, 0xff, rest @ ..] => return Self::from_utf16(rest, u16::from_be_bytes),
            // Without a mark: ASCII has a zero in every second byte.
            [first, 0, ..] if *first != 0 => return Self::from_utf16(&bytes, u16::from_le_bytes),
            [0, second, ..] if *second != 0 => return Self::from_utf16(&bytes, u16::from_be_bytes),
            all => all.strip_prefix(b"\xef\xbb\xbf").unwrap_or(all),
        };
        let secret = Self::from_utf8(text.to_vec()).ok_or(NotText::Unknown)?;
        if secret.expose().contains('\0') {
            return Err(NotText::Unknown);
        }
        Ok(secret)
    }

    fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Self, NotText> {
        let (pairs, rest) = bytes.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(NotText::BrokenUtf16);
        }
        let units = Zeroizing::new(pairs.iter().map(|pair| unit(*pair)).collect::<Vec<u16>>());
        let text = String::from_utf16(&units).map_err(|_| NotText::BrokenUtf16)?;
        Ok(Self::new(text))
    }

    /// The value itself. Call it as late as possible, and never to show it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Tells this secret from others beyond this run, without keeping the value.
    pub fn mark(&self, key: &MarkKey) -> String {
        key.mark(self.expose().as_bytes())
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

/// The random key of marks: keyed hashes (HMAC-SHA-256) that know a secret again later. Whoever has the
/// key can only try out guesses, and a token cannot be guessed.
#[derive(Clone)]
pub struct MarkKey(Zeroizing<[u8; 32]>);

impl MarkKey {
    /// A key from 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A key as [`MarkKey::text`] writes it.
    pub fn parse(text: &str) -> Option<Self> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let mut bytes = [0; 32];
        if !rest.is_empty() || pairs.len() != bytes.len() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            let pair = std::str::from_utf8(pair).ok()?;
            *byte = u8::from_str_radix(pair, 16).ok()?;
        }
        Some(Self::new(bytes))
    }

    /// The key in hexadecimal digits, for a file that only its owner can read.
    pub fn text(&self) -> String {
        to_hexadecimal(self.0.as_slice())
    }

    /// The mark of these bytes, in hexadecimal digits.
    pub fn mark(&self, bytes: &[u8]) -> String {
        // A key of any length is accepted.
        Hmac::<Sha256>::new_from_slice(self.0.as_slice()).map_or_else(
            |_| String::new(),
            |mut mac| {
                mac.update(bytes);
                to_hexadecimal(&mac.finalize().into_bytes())
            },
        )
    }
}

impl fmt::Debug for MarkKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MarkKey(hidden)")
    }
}

fn to_hexadecimal(bytes: &[u8]) -> String {
    use fmt::Write as _;
    let room = String::with_capacity(bytes.len() * 2);
    bytes.iter().fold(room, |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
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
    fn marks_know_a_secret_again_with_the_same_key_only() {
        let (key, other) = (MarkKey::new([1; 32]), MarkKey::new([2; 32]));
        let secret = Secret::new("FAKE-token".to_owned());
        let again = MarkKey::parse(&key.text()).unwrap();
        assert_eq!(secret.mark(&key), secret.mark(&again));
        assert_ne!(secret.mark(&key), secret.mark(&other));
        assert_ne!(
            secret.mark(&key),
            Secret::new("FAKE-tokem".to_owned()).mark(&key)
        );
        let short = "0".repeat(62);
        for text in ["", "00", "zz", "+1", &short] {
            assert!(MarkKey::parse(text).is_none(), "{text}");
        }
        assert_eq!(format!("{key:?}"), "MarkKey(hidden)");
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
