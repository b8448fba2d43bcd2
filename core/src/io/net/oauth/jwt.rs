//! The assertion of the JWT bearer grant: RS256, alive for three minutes.

use std::fmt;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use thiserror::Error;

use crate::secret::Secret;

/// Seconds for which an assertion counts; Salesforce allows at most three minutes, others more.
const LIFETIME: i64 = 180;

/// Most bytes of a key file that are read.
pub const KEY_FILE_LIMIT: u64 = 64 << 10;

/// A private key that can sign.
#[derive(Clone)]
pub struct JwtKey(EncodingKey);

/// A text is not a private key that can sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("it is not an RSA private key in PEM form (PKCS#1 or PKCS#8, without a password)")]
pub struct NotAPrivateKey;

/// How long an assertion for Google is good, in seconds; its server takes none that is longer.
const SCOPED_LIFETIME: i64 = 60 * 60;

impl JwtKey {
    /// The key in a PEM text, PKCS#1 or PKCS#8.
    ///
    /// # Errors
    ///
    /// [`NotAPrivateKey`].
    pub fn from_pem(text: &[u8]) -> Result<Self, NotAPrivateKey> {
        let key = Self(EncodingKey::from_rsa_pem(text).map_err(|_| NotAPrivateKey)?);
        // The form alone says little: a public key has it too.
        key.sign(&()).map(|_| key).ok_or(NotAPrivateKey)
    }

    /// Tells what is sent instead of a password: who wants to be whom at which audience.
    pub(crate) fn assertion(
        &self,
        issuer: &str,
        subject: &str,
        audience: &str,
        now: jiff::Timestamp,
    ) -> Option<Secret> {
        let now = now.as_second();
        self.sign(&Claims {
            iss: issuer,
            sub: subject,
            aud: audience,
            exp: now + LIFETIME,
            iat: now,
        })
    }

    /// The same for what an account may do, as Google wants it.
    pub(crate) fn scoped_assertion(
        &self,
        issuer: &str,
        scope: &str,
        audience: &str,
        now: jiff::Timestamp,
    ) -> Option<Secret> {
        let now = now.as_second();
        self.sign(&serde_json::json!({
            "iss": issuer,
            "scope": scope,
            "aud": audience,
            "exp": now + SCOPED_LIFETIME,
            "iat": now,
        }))
    }

    fn sign(&self, claims: &impl Serialize) -> Option<Secret> {
        let signed = jsonwebtoken::encode(&Header::new(Algorithm::RS256), claims, &self.0);
        signed.ok().map(Secret::new)
    }
}

impl fmt::Debug for JwtKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JwtKey(hidden)")
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: i64,
    iat: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_texts_are_no_private_keys() {
        for text in [
            "",
            "FAKE",
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        ] {
            assert!(JwtKey::from_pem(text.as_bytes()).is_err());
        }
    }
}
