//! The proof of possession that AWS Sign-In wants with every request for tokens (DPoP, RFC 9449): a
//! signature with a key that the tokens are bound to.

use aws_lc_rs::encoding::{AsDer as _, EcPrivateKeyRfc5915Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::secret::Secret;

const PEM_BEGIN: &str = "-----BEGIN EC PRIVATE KEY-----";
const PEM_END: &str = "-----END EC PRIVATE KEY-----";

/// A key that tokens are bound to.
pub(super) struct ProofKey(EcdsaKeyPair);

impl ProofKey {
    /// A new one; `None` where the machine has no random numbers.
    pub(super) fn generate() -> Option<Self> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
        pair.ok().map(Self)
    }

    /// The key in a PEM text, as the AWS CLI keeps it: SEC 1.
    pub(super) fn from_pem(text: &Secret) -> Option<Self> {
        let body = text.expose().trim().strip_prefix(PEM_BEGIN)?;
        let body = body.strip_suffix(PEM_END)?;
        let body = Zeroizing::new(body.split_whitespace().collect::<String>());
        let der = Zeroizing::new(STANDARD.decode(body.as_bytes()).ok()?);
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::from_private_key_der(algorithm, &der);
        pair.ok().map(Self)
    }

    /// As the AWS CLI writes it: 64 characters a line, a line end after the last.
    pub(super) fn to_pem(&self) -> Option<Secret> {
        let der: EcPrivateKeyRfc5915Der<'_> = self.0.private_key().as_der().ok()?;
        let text = Zeroizing::new(STANDARD.encode(der.as_ref()));
        let mut lines = vec![PEM_BEGIN];
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(64));
            lines.push(line);
            rest = after;
        }
        lines.extend([PEM_END, ""]);
        Some(Secret::new(lines.join("\n")))
    }

    /// The key in a Base64 text, as Atmos keeps it: PKCS#8.
    pub(super) fn from_base64(text: &str) -> Option<Self> {
        let der = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der);
        pair.ok().map(Self)
    }

    /// As Atmos writes it.
    pub(super) fn to_base64(&self) -> Option<Secret> {
        let document = self.0.to_pkcs8v1().ok()?;
        Some(Secret::new(STANDARD.encode(document.as_ref())))
    }

    /// The proof for one request; `id` is used once only.
    pub(super) fn sign(&self, url: &str, id: &str, now: Timestamp) -> Option<Secret> {
        // An uncompressed point: 4, x, y.
        let point = self.0.public_key().as_ref();
        let (x, y) = point.get(1..65)?.split_at(32);
        let head = json!({
            "typ": "dpop+jwt",
            "alg": "ES256",
            "jwk": {
                "kty": "EC",
                "x": URL_SAFE_NO_PAD.encode(x),
                "y": URL_SAFE_NO_PAD.encode(y),
                "crv": "P-256",
            },
        });
        let claims = json!({"htm": "POST", "htu": url, "iat": now.as_second(), "jti": id});
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&head), encode(&claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).ok()?;
        let signature = URL_SAFE_NO_PAD.encode(signature.as_ref());
        Some(Secret::new(format!("{signed}.{signature}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written() {
        let key = ProofKey::generate().unwrap();
        let point = key.0.public_key().as_ref().to_vec();
        let pem = key.to_pem().unwrap();
        assert!(pem.expose().lines().all(|line| line.len() <= 64));
        assert!(pem.expose().ends_with("-----END EC PRIVATE KEY-----\n"));
        let again = ProofKey::from_pem(&pem).unwrap();
        assert_eq!(again.0.public_key().as_ref(), point);
        let again = ProofKey::from_base64(key.to_base64().unwrap().expose()).unwrap();
        assert_eq!(again.0.public_key().as_ref(), point);
        assert!(ProofKey::from_base64("FAKE").is_none());
    }
}
