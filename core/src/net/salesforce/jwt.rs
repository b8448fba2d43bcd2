//! The assertion of the JWT bearer grant: RS256, alive for three minutes.

use std::fmt;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use thiserror::Error;

use super::Origin;
use super::grant::JwtRequest;
use super::origin::{PRODUCTION, SANDBOX};
use crate::secret::Secret;

/// Seconds for which an assertion counts; the vendor asks for at most three minutes.
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

/// What is sent instead of a password.
pub(super) fn assertion(request: &JwtRequest, audience: &str) -> Option<Secret> {
    let now = request.now.as_second();
    request.key.sign(&Claims {
        iss: &request.client_id,
        sub: &request.username,
        aud: audience,
        exp: now + LIFETIME,
        iat: now,
    })
}

/// The audiences to try at a login host: what the person named, the login host of its kind, the
/// host itself. All are sent to that host only.
pub(super) fn audiences(login: &Origin, named: Option<&str>) -> Vec<String> {
    let general = if login.is_sandbox() {
        SANDBOX
    } else {
        PRODUCTION
    };
    let mut audiences: Vec<String> = Vec::new();
    for audience in named.into_iter().chain([general, login.text()]) {
        if !audiences.iter().any(|known| known == audience) {
            audiences.push(audience.to_owned());
        }
    }
    audiences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audiences_are_the_named_one_the_general_one_and_the_host_itself() {
        let of = |url: &str, named| audiences(&Origin::parse(url).unwrap(), named);
        assert_eq!(of(PRODUCTION, None), [PRODUCTION]);
        assert_eq!(of(SANDBOX, None), [SANDBOX]);
        assert_eq!(
            of("https://acme.my.salesforce.com/", None),
            [PRODUCTION, "https://acme.my.salesforce.com"]
        );
        assert_eq!(
            of(
                "https://acme--x.sandbox.my.salesforce.com",
                Some("https://own.example")
            ),
            [
                "https://own.example",
                SANDBOX,
                "https://acme--x.sandbox.my.salesforce.com"
            ]
        );
    }

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
