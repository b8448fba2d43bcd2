//! The encryption of stored tokens: AES-256-GCM without associated data.
//!
//! Stored form: `<IV text><ciphertext, lower-case hex>:<tag, 32 hex characters>`. In version 1 the
//! key and the IV are the *characters* of their hexadecimal texts; in version 2 they are the bytes
//! that the texts encode. The length of the stored key tells the version.
//!
//! Source: sfdx-core `src/crypto/crypto.ts`; known answers in
//! `tests/fixtures/salesforce/vectors.json`.

use aes_gcm::aead::AeadInPlace as _;
use aes_gcm::{Aes256Gcm, Key, KeyInit as _, Nonce, Tag};
use thiserror::Error;
use zeroize::{Zeroize as _, Zeroizing};

use crate::secret::Secret;

/// Characters of a tag.
const TAG_LENGTH: usize = 32;

/// Longest stored value that is decrypted, in characters; tokens have a few hundred.
const LONGEST: usize = 1 << 20;

/// How a key is used; see the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CryptoVersion {
    /// A key of 32 characters; the real client's default.
    V1,
    /// A key of 64 characters, made under `SF_CRYPTO_V2=true`.
    V2,
}

impl CryptoVersion {
    /// Characters of the IV text.
    const fn iv_length(self) -> usize {
        match self {
            Self::V1 => 12,
            Self::V2 => 24,
        }
    }

    /// Fewest characters before the colon of what the real client takes for encrypted.
    const fn fewest_before_tag(self) -> usize {
        match self {
            Self::V1 => 6,
            Self::V2 => 12,
        }
    }
}

/// The key of a machine's Salesforce sign-ins.
#[derive(Clone, Debug)]
pub struct EncryptionKey {
    version: CryptoVersion,
    text: Secret,
}

/// A text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a key has 32 or 64 hexadecimal digits, and this one does not")]
pub struct NotAKey;

impl EncryptionKey {
    /// The key in a stored text of 32 or 64 hexadecimal digits. White space around it is dropped:
    /// `secret-tool` stores a newline with it.
    ///
    /// # Errors
    ///
    /// [`NotAKey`].
    pub fn parse(text: &Secret) -> Result<Self, NotAKey> {
        let digits = text.expose().trim();
        let version = match digits.len() {
            32 => CryptoVersion::V1,
            64 => CryptoVersion::V2,
            _ => return Err(NotAKey),
        };
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(NotAKey);
        }
        Ok(Self {
            version,
            text: Secret::new(digits.to_owned()),
        })
    }

    /// A new key from 32 random bytes; the bytes are wiped.
    pub fn generate(version: CryptoVersion, mut random: [u8; 32]) -> Self {
        let bytes = match version {
            CryptoVersion::V1 => &random[..16],
            CryptoVersion::V2 => &random[..],
        };
        let text = Secret::new(to_hex(bytes));
        random.zeroize();
        Self { version, text }
    }

    /// How it is used.
    pub const fn version(&self) -> CryptoVersion {
        self.version
    }

    /// The text that is stored.
    pub const fn text(&self) -> &Secret {
        &self.text
    }

    /// The stored form of a secret, with an IV from the first of 32 random bytes. An IV must never
    /// be used twice.
    pub fn encrypt(&self, plain: &Secret, random: &[u8; 32]) -> Option<String> {
        let iv_text = to_hex(&random[..self.version.iv_length() / 2]);
        let iv = self.iv(&iv_text)?;
        let mut buffer = Zeroizing::new(plain.expose().as_bytes().to_vec());
        let tag = self
            .cipher()?
            .encrypt_in_place_detached(Nonce::from_slice(&iv), b"", &mut buffer)
            .ok()?;
        Some(format!("{iv_text}{}:{}", to_hex(&buffer), to_hex(&tag)))
    }

    /// The secret in a stored form.
    ///
    /// # Errors
    ///
    /// [`DecryptError`]; another key than the one it was stored with is told from damage by
    /// nobody.
    pub fn decrypt(&self, stored: &str) -> Result<Secret, DecryptError> {
        if stored.len() > LONGEST {
            return Err(DecryptError::NotEncrypted);
        }
        let (head, tag) = stored.split_once(':').ok_or(DecryptError::NotEncrypted)?;
        let (iv_text, ciphertext) = head
            .split_at_checked(self.version.iv_length())
            .ok_or(DecryptError::NotEncrypted)?;
        let tag = from_hex(tag)
            .filter(|tag| tag.len() * 2 == TAG_LENGTH)
            .ok_or(DecryptError::NotEncrypted)?;
        let iv = self.iv(iv_text).ok_or(DecryptError::NotEncrypted)?;
        let mut buffer = from_hex(ciphertext).ok_or(DecryptError::NotEncrypted)?;
        let cipher = self.cipher().ok_or(DecryptError::WrongKey)?;
        cipher
            .decrypt_in_place_detached(
                Nonce::from_slice(&iv),
                b"",
                &mut buffer,
                Tag::from_slice(&tag),
            )
            .map_err(|_| DecryptError::WrongKey)?;
        Secret::from_utf8(buffer).ok_or(DecryptError::NotText)
    }

    fn cipher(&self) -> Option<Aes256Gcm> {
        let text = self.text.expose();
        let bytes = Zeroizing::new(match self.version {
            CryptoVersion::V1 => text.as_bytes().to_vec(),
            CryptoVersion::V2 => from_hex(text)?,
        });
        // From a slice of another length this would panic; both kinds have 32 bytes.
        (bytes.len() == 32).then(|| Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(&bytes)))
    }

    /// The twelve bytes of an IV.
    fn iv(&self, text: &str) -> Option<Vec<u8>> {
        let bytes = match self.version {
            CryptoVersion::V1 => text.as_bytes().to_vec(),
            CryptoVersion::V2 => from_hex(text)?,
        };
        (bytes.len() == 12).then_some(bytes)
    }
}

/// A stored value cannot be decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DecryptError {
    /// The value does not have the form of an encrypted one.
    #[error("it does not have the form of an encrypted value")]
    NotEncrypted,
    /// The tag does not fit.
    #[error("it was encrypted with another key, or it is damaged")]
    WrongKey,
    /// What was encrypted is not text.
    #[error("what was encrypted is not text")]
    NotText,
}

/// Whether the real client would take a text for encrypted: exactly one colon, exactly 32
/// characters after it, at least 6 (version 1) or 12 (version 2) before it, and a hexadecimal
/// digit somewhere on each side.
pub fn looks_encrypted(text: &str, version: CryptoVersion) -> bool {
    let mut parts = text.split(':');
    let (Some(before), Some(after), None) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let has_digit = |part: &str| part.bytes().any(|byte| byte.is_ascii_hexdigit());
    after.chars().count() == TAG_LENGTH
        && before.chars().count() >= version.fewest_before_tag()
        && has_digit(before)
        && has_digit(after)
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(half.into(), 16));
        }
    }
    text
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    pairs
        .iter()
        .map(|[high, low]| u8::try_from(digit(*high)? << 4 | digit(*low)?).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Vector {
        crypto: String,
        key: String,
        stored: String,
        plaintext: String,
    }

    fn vectors() -> Vec<Vector> {
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/salesforce/vectors.json");
        serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
    }

    fn key(text: &str) -> EncryptionKey {
        EncryptionKey::parse(&Secret::new(text.to_owned())).unwrap()
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[test]
    fn known_answers_of_the_real_client_hold_in_both_directions() {
        let vectors = vectors();
        assert!(vectors.len() > 20);
        for vector in vectors {
            let key = key(&vector.key);
            let plain = key.decrypt(&vector.stored).unwrap();
            assert_eq!(plain.expose(), vector.plaintext);
            assert!(looks_encrypted(&vector.stored, key.version()));
            // The same IV gives the same stored text.
            let length = if vector.crypto == "v1" { 12 } else { 24 };
            let iv = from_hex(&vector.stored[..length]).unwrap();
            let mut random = [0; 32];
            random[..iv.len()].copy_from_slice(&iv);
            assert_eq!(key.encrypt(&plain, &random).unwrap(), vector.stored);
        }
    }

    #[test]
    fn new_keys_encrypt_and_decrypt() {
        for (version, length) in [(CryptoVersion::V1, 32), (CryptoVersion::V2, 64)] {
            let key = EncryptionKey::generate(version, [0xa5; 32]);
            assert_eq!(
                (key.version(), key.text().expose().len()),
                (version, length)
            );
            for plain in ["", "x", "FAKE-töken"] {
                let stored = key.encrypt(&secret(plain), &[7; 32]).unwrap();
                assert_eq!(key.decrypt(&stored).unwrap().expose(), plain);
            }
            let again = EncryptionKey::parse(key.text()).unwrap();
            assert_eq!(again.version(), version);
        }
    }

    #[test]
    fn keys_are_told_from_other_texts() {
        let hex = "8ebd0437a2c5aacfdbc8872a20a6c61b";
        assert_eq!(key(&format!("{hex}\n")).text().expose(), hex);
        for text in [
            "",
            "abc",
            &hex[1..],
            &format!("{hex}{hex}0"),
            &"g".repeat(32),
        ] {
            assert_eq!(
                EncryptionKey::parse(&secret(text)).unwrap_err(),
                NotAKey,
                "{text}"
            );
        }
    }

    #[test]
    fn wrong_keys_and_damage_are_errors() {
        let vector = &vectors()[0];
        let other = key("00000000000000000000000000000000");
        assert_eq!(
            other.decrypt(&vector.stored).unwrap_err(),
            DecryptError::WrongKey
        );
        let long = key(&"0".repeat(64));
        assert!(long.decrypt(&vector.stored).is_err());
        let right = key(&vector.key);
        for damaged in [
            "",
            ":",
            "FAKE",
            "zz:zz",
            &vector.stored[1..],
            "é0000000000:0",
        ] {
            assert!(right.decrypt(damaged).is_err(), "{damaged}");
        }
        let cut_off = &vector.stored[..vector.stored.len() - 2];
        assert_eq!(
            right.decrypt(cut_off).unwrap_err(),
            DecryptError::NotEncrypted
        );
    }

    #[test]
    fn what_looks_encrypted_follows_the_rule_of_the_real_client() {
        let tag = "0123456789abcdef0123456789abcdef";
        for (text, v1, v2) in [
            (format!("aaaaaa:{tag}"), true, false),
            (format!("aaaaaaaaaaaa:{tag}"), true, true),
            (format!("aaaaa:{tag}"), false, false),
            (format!("zzzzzzzzzzzz:{tag}"), false, false),
            (format!("aaaaaaaaaaaa:{tag}0"), false, false),
            (format!("aaaaaaaaaaaa:{tag}:"), false, false),
            ("00DFX0000000001!FAKE".to_owned(), false, false),
        ] {
            assert_eq!(looks_encrypted(&text, CryptoVersion::V1), v1, "{text}");
            assert_eq!(looks_encrypted(&text, CryptoVersion::V2), v2, "{text}");
        }
    }

    #[test]
    fn debug_of_a_key_hides_it() {
        let shown = format!("{:?}", key("8ebd0437a2c5aacfdbc8872a20a6c61b"));
        assert!(!shown.contains("8ebd"));
    }
}
