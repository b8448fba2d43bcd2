//! The one JWE form that Atmos's file back end writes: compact, the key wrapped with a password
//! (`PBES2-HS256+A128KW`), the content encrypted with `A256GCM`.
//!
//! Source: RFC 7516 (JWE), RFC 7518 sections 4.8 and 5.3; RFC 3394 (key wrap).

use aes_gcm::aead::{AeadInPlace as _, KeyInit as _};
use aes_gcm::{Aes256Gcm, Nonce, Tag};
use aes_kw::KekAes128;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::secret::Secret;

const ALGORITHM: &str = "PBES2-HS256+A128KW";
const ENCRYPTION: &str = "A256GCM";

/// Most rounds of key derivation that are worked; Atmos uses 8192.
const MOST_ROUNDS: u32 = 1_000_000;
const ROUNDS: u32 = 8192;

/// Longest header that is looked at, in bytes of Base64. Atmos's has about 200.
const LONGEST_HEADER: usize = 4096;

const NONCE: usize = 12;
const TAG: usize = 16;

/// A JWE of this form, taken apart but not decrypted.
#[derive(Debug)]
pub(super) struct Jwe<'a> {
    protected: &'a str,
    salt: Vec<u8>,
    /// Rounds of key derivation that opening costs.
    pub(super) rounds: u32,
    parts: [&'a str; 4],
}

/// The reason why an entry cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum OpenError {
    /// A wrong password and a damaged key cannot be told apart.
    #[error("the password does not open it")]
    Password,
    #[error("it is damaged")]
    Damaged,
}

#[derive(Deserialize, Serialize)]
struct Header {
    alg: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    created: String,
    enc: String,
    p2c: u32,
    p2s: String,
    #[serde(default, skip_serializing)]
    zip: Option<String>,
    #[serde(default, skip_serializing)]
    crit: Option<Vec<String>>,
}

impl<'a> Jwe<'a> {
    /// Takes a file's content apart; `None` if it is not a JWE of this form. Costs little.
    pub(super) fn parse(content: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(content).ok()?.trim_end();
        let mut parts = text.split('.');
        let protected = parts
            .next()
            .filter(|header| header.len() <= LONGEST_HEADER)?;
        let rest = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
        if parts.next().is_some() {
            return None;
        }
        let header: Header = serde_json::from_slice(&decode_base64(protected)?).ok()?;
        let plain = header.zip.is_none() && header.crit.is_none();
        let known = header.alg == ALGORITHM && header.enc == ENCRYPTION;
        let bounded = (1..=MOST_ROUNDS).contains(&header.p2c);
        (plain && known && bounded).then_some(())?;
        let salt = decode_base64(&header.p2s)?;
        Some(Self {
            protected,
            salt,
            rounds: header.p2c,
            parts: rest,
        })
    }

    /// Decrypts the content.
    pub(super) fn open(&self, password: &Secret) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let [wrapped, nonce, content, tag] = self.parts.map(decode_base64);
        let (Some(wrapped), Some(nonce), Some(content), Some(tag)) = (wrapped, nonce, content, tag)
        else {
            return Err(OpenError::Damaged);
        };
        let mut content = Zeroizing::new(content);
        if nonce.len() != NONCE || tag.len() != TAG || wrapped.len() != 40 {
            return Err(OpenError::Damaged);
        }
        let mut key = Zeroizing::new([0_u8; 32]);
        wrapping_key(password, &self.salt, self.rounds)
            .unwrap(&wrapped, key.as_mut_slice())
            .map_err(|_| OpenError::Password)?;
        Aes256Gcm::new((&*key).into())
            .decrypt_in_place_detached(
                Nonce::from_slice(&nonce),
                self.protected.as_bytes(),
                &mut content,
                Tag::from_slice(&tag),
            )
            .map_err(|_| OpenError::Damaged)?;
        Ok(content)
    }
}

/// Encrypts content. `random` must be fresh each time: key, salt and nonce are taken from it.
pub(super) fn seal_content(
    mut content: Zeroizing<Vec<u8>>,
    password: &Secret,
    created: String,
    random: &Randomness,
) -> Option<String> {
    let salt = &random.salt_and_nonce[..TAG];
    let nonce = &random.salt_and_nonce[TAG..TAG + NONCE];
    let header = Header {
        alg: ALGORITHM.to_owned(),
        created,
        enc: ENCRYPTION.to_owned(),
        p2c: ROUNDS,
        p2s: encode_base64(salt),
        zip: None,
        crit: None,
    };
    let protected = encode_base64(&serde_json::to_vec(&header).ok()?);
    let mut wrapped = [0; 40];
    wrapping_key(password, salt, ROUNDS)
        .wrap(random.key.as_slice(), &mut wrapped)
        .ok()?;
    let tag = Aes256Gcm::new((&*random.key).into())
        .encrypt_in_place_detached(Nonce::from_slice(nonce), protected.as_bytes(), &mut content)
        .ok()?;
    let parts = [&wrapped, nonce, content.as_slice(), tag.as_slice()].map(encode_base64);
    Some(format!("{protected}.{}", parts.join(".")))
}

/// 64 bytes that nobody can guess, for one use.
pub(super) struct Randomness {
    pub(super) key: Zeroizing<[u8; 32]>,
    pub(super) salt_and_nonce: [u8; 32],
}

fn wrapping_key(password: &Secret, salt: &[u8], rounds: u32) -> KekAes128 {
    let salt = [ALGORITHM.as_bytes(), &[0], salt].concat();
    let mut key = Zeroizing::new([0_u8; 16]);
    let password = password.expose().as_bytes();
    pbkdf2::pbkdf2_hmac::<Sha256>(password, &salt, rounds, key.as_mut_slice());
    KekAes128::from(*key)
}

fn decode_base64(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn encode_base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn sealed() -> String {
        let random = Randomness {
            key: Zeroizing::new([7; 32]),
            salt_and_nonce: [9; 32],
        };
        let content = Zeroizing::new(b"FAKE-content".to_vec());
        seal_content(content, &secret("FAKE-password"), "now".to_owned(), &random).unwrap()
    }

    fn with_header(header: &str) -> String {
        let sealed = sealed();
        let rest = sealed.split_once('.').unwrap().1;
        format!("{}.{rest}", encode_base64(header.as_bytes()))
    }

    #[test]
    fn what_is_sealed_opens_with_its_password_only() {
        let sealed = sealed();
        let jwe = Jwe::parse(sealed.as_bytes()).unwrap();
        assert_eq!(
            jwe.open(&secret("FAKE-password")).unwrap().as_slice(),
            b"FAKE-content"
        );
        assert_eq!(jwe.open(&secret("FAKE-passwore")), Err(OpenError::Password));
    }

    #[test]
    fn a_changed_header_or_content_does_not_open() {
        let sealed = sealed();
        let mut parts: Vec<_> = sealed.split('.').map(str::to_owned).collect();
        parts[3] = encode_base64(b"FAKE-kontent");
        let changed = parts.join(".");
        let jwe = Jwe::parse(changed.as_bytes()).unwrap();
        assert_eq!(jwe.open(&secret("FAKE-password")), Err(OpenError::Damaged));
        let salt = encode_base64(&[9; 16]);
        let changed = with_header(&format!(
            r#"{{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2c":8192,"p2s":"{salt}"}}"#
        ));
        let jwe = Jwe::parse(changed.as_bytes()).unwrap();
        assert_eq!(jwe.open(&secret("FAKE-password")), Err(OpenError::Damaged));
    }

    #[test]
    fn only_this_form_is_accepted() {
        let header = |alg: &str, rounds: &str, more: &str| {
            format!(r#"{{"alg":"{alg}","enc":"A256GCM","p2c":{rounds},"p2s":"AAAA"{more}}}"#)
        };
        let accepted = |header: String| Jwe::parse(with_header(&header).as_bytes()).is_some();
        assert!(accepted(header(ALGORITHM, "1000000", "")));
        assert!(
            !accepted(header(ALGORITHM, "1000001", "")),
            "would take too long"
        );
        assert!(!accepted(header(ALGORITHM, "0", "")));
        assert!(!accepted(header("none", "8192", "")));
        assert!(!accepted(header(ALGORITHM, "8192", r#","zip":"DEF""#)));
        assert!(!accepted(header(ALGORITHM, "8192", r#","crit":["exp"]"#)));
        for text in [
            "",
            "a.b.c.d.e",
            "....",
            "-----BEGIN OPENSSH PRIVATE KEY-----",
        ] {
            assert!(Jwe::parse(text.as_bytes()).is_none(), "{text}");
        }
        assert!(
            Jwe::parse(format!("{}.x", sealed()).as_bytes()).is_none(),
            "six parts"
        );
    }
}
