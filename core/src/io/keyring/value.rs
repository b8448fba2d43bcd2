//! The values that Atmos stores in an entry: `{"type": "…", "data": {…}}`.
//!
//! Source: Atmos `pkg/auth/credentials`, the credential envelope.
//!
//! Fields that are secrets are moved into [`Secret`] as they are read, and unused ones are skipped
//! without being kept. What remains outside our hands: the JSON library copies a string with
//! escapes into a buffer of its own, which is freed without being wiped. Atmos's tokens have none.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, de};

use crate::secret::Secret;

/// Longest entry that is looked at, in bytes. Real ones have a few kilobytes.
const LIMIT: usize = 1 << 20;

/// The content of an entry.
#[derive(Debug)]
pub enum StoredValue {
    /// The access token of an IAM Identity Center portal, which the portal can end.
    ///
    /// Atmos keeps it in the field `access_key_id` of the type `aws`, without a secret key.
    PortalToken {
        /// The token.
        token: Secret,
        /// The portal's region, as written there: untrusted.
        region: Option<String>,
        /// The moment when it ends by itself.
        expires_at: Option<Timestamp>,
    },
    /// Temporary AWS keys.
    AwsSession {
        /// The last four characters of the access key's id.
        key_id_tail: String,
        /// The moment when they end by themselves.
        expires_at: Option<Timestamp>,
    },
    /// Long-lived AWS keys of an IAM user.
    AwsKeys {
        /// The last four characters of the access key's id.
        key_id_tail: String,
    },
    /// A Google Cloud access token.
    Gcp {
        /// The moment when it ends by itself.
        expires_at: Option<Timestamp>,
    },
    /// An OpenID Connect token.
    Oidc,
    /// A session of Atmos Pro.
    AtmosPro {
        /// The session's token.
        token: Option<Secret>,
        /// The server, as written there: untrusted.
        base_url: Option<String>,
    },
    /// Of Atmos's mock kinds.
    Mock {
        /// The moment when it ends by itself.
        expires_at: Option<Timestamp>,
    },
    /// Something else.
    Unknown,
}

impl StoredValue {
    /// Reads an entry; anything that is not understood is [`StoredValue::Unknown`].
    pub fn parse(content: &Secret) -> Self {
        let text = content.expose();
        if text.len() > LIMIT {
            return Self::Unknown;
        }
        serde_json::from_str::<Envelope>(text).map_or(Self::Unknown, Envelope::into_value)
    }

    /// Tells when it ends by itself, if that is written there.
    pub const fn expires_at(&self) -> Option<Timestamp> {
        match self {
            Self::PortalToken { expires_at, .. }
            | Self::AwsSession { expires_at, .. }
            | Self::Gcp { expires_at }
            | Self::Mock { expires_at } => *expires_at,
            Self::AwsKeys { .. } | Self::Oidc | Self::AtmosPro { .. } | Self::Unknown => None,
        }
    }
}

#[derive(Deserialize)]
struct Envelope {
    r#type: String,
    #[serde(default)]
    data: Data,
}

/// The fields of all types that are of use; every other is skipped.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Data {
    access_key_id: Text,
    secret_access_key: Presence,
    session_token: Presence,
    region: Option<String>,
    expiration: Option<String>,
    token_expiry: Option<String>,
    token: Text,
    base_url: Option<String>,
    #[serde(rename = "Expiration")]
    mock_expiration: Option<String>,
}

impl Envelope {
    fn into_value(self) -> StoredValue {
        let data = self.data;
        match self.r#type.as_str() {
            "aws" => data.into_aws(),
            "gcp" => StoredValue::Gcp {
                expires_at: parse_timestamp(data.token_expiry.as_deref()),
            },
            "oidc" => StoredValue::Oidc,
            "atmos-pro" => StoredValue::AtmosPro {
                token: data.token.0,
                base_url: data.base_url,
            },
            "mock" => StoredValue::Mock {
                expires_at: parse_timestamp(data.mock_expiration.as_deref()),
            },
            _ => StoredValue::Unknown,
        }
    }
}

impl Data {
    fn into_aws(self) -> StoredValue {
        let expires_at = parse_timestamp(self.expiration.as_deref());
        let Some(id) = self.access_key_id.0 else {
            return StoredValue::Unknown;
        };
        let is_key_id = ["AKIA", "ASIA"]
            .iter()
            .any(|prefix| id.expose().starts_with(prefix));
        match (self.secret_access_key.0, self.session_token.0) {
            (false, false) if !is_key_id => StoredValue::PortalToken {
                token: id,
                region: self.region,
                expires_at,
            },
            (_, false) => StoredValue::AwsKeys {
                key_id_tail: take_tail(&id),
            },
            (_, true) => StoredValue::AwsSession {
                key_id_tail: take_tail(&id),
                expires_at,
            },
        }
    }
}

/// The last four characters, and never more than half, of an identifier.
fn take_tail(identifier: &Secret) -> String {
    let text = identifier.expose();
    let count = text.chars().count();
    text.chars().skip(count - (count / 2).min(4)).collect()
}

/// An RFC 3339 time. Go writes its zero time, in the year 1, for "none".
fn parse_timestamp(text: Option<&str>) -> Option<Timestamp> {
    text?
        .parse::<Timestamp>()
        .ok()
        .filter(|time| *time > Timestamp::UNIX_EPOCH)
}

/// A secret that may be missing or empty.
#[derive(Default)]
struct Text(Option<Secret>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let secret = Secret::new(String::deserialize(deserializer)?);
        Ok(Self((!secret.expose().is_empty()).then_some(secret)))
    }
}

/// Whether a secret is there; its value is not kept.
#[derive(Default)]
struct Presence(bool);

impl<'de> Deserialize<'de> for Presence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Presence;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Presence, E> {
                Ok(Presence(!text.is_empty()))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> StoredValue {
        StoredValue::parse(&Secret::new(text.to_owned()))
    }

    #[test]
    fn a_portal_token_is_told_from_keys() {
        let value = parse(
            r#"{"type":"aws","data":{"access_key_id":"FAKE-portal-token","region":"eu-central-1","expiration":"2026-11-21T16:16:18Z"}}"#,
        );
        let StoredValue::PortalToken {
            token,
            region,
            expires_at,
        } = value
        else {
            panic!("{value:?}")
        };
        assert_eq!(token.expose(), "FAKE-portal-token");
        assert_eq!(region.as_deref(), Some("eu-central-1"));
        assert_eq!(expires_at.unwrap().to_string(), "2026-11-21T16:16:18Z");
    }

    #[test]
    fn keys_show_the_end_of_their_id_only() {
        let long = parse(
            r#"{"type":"aws","data":{"access_key_id":"AKIAfake00001","secret_access_key":"FAKE-secret","session_duration":"12h"}}"#,
        );
        assert!(matches!(&long, StoredValue::AwsKeys { key_id_tail } if key_id_tail == "0001"));
        assert!(!format!("{long:?}").contains("FAKE-secret"));
        let short = parse(
            r#"{"type":"aws","data":{"access_key_id":"ASIAfake00002","secret_access_key":"s","session_token":"t","expiration":"2026-11-21T16:16:18Z"}}"#,
        );
        assert!(matches!(
            short,
            StoredValue::AwsSession {
                expires_at: Some(_),
                ..
            }
        ));
        let odd = parse(r#"{"type":"aws","data":{"access_key_id":"AKIAfake00001"}}"#);
        assert!(
            matches!(odd, StoredValue::AwsKeys { .. }),
            "an id alone is not a portal token"
        );
    }

    #[test]
    fn every_other_type_is_recognised() {
        let mock = parse(
            r#"{"type":"mock","data":{"AccessKeyID":"MOCK","Expiration":"2099-12-31T23:59:59Z"}}"#,
        );
        assert!(matches!(
            mock,
            StoredValue::Mock {
                expires_at: Some(_)
            }
        ));
        let none = parse(r#"{"type":"mock","data":{"Expiration":"0001-01-01T00:00:00Z"}}"#);
        assert!(matches!(none, StoredValue::Mock { expires_at: None }));
        let pro = parse(r#"{"type":"atmos-pro","data":{"token":"FAKE","base_url":"https://x"}}"#);
        assert!(matches!(
            pro,
            StoredValue::AtmosPro {
                token: Some(_),
                base_url: Some(_)
            }
        ));
        let gcp = parse(r#"{"type":"gcp","data":{"token_expiry":"2026-11-21T16:16:18Z"}}"#);
        assert!(gcp.expires_at().is_some());
        assert!(matches!(
            parse(r#"{"type":"oidc","data":{"token":"x"}}"#),
            StoredValue::Oidc
        ));
    }

    #[test]
    fn what_is_not_understood_is_unknown() {
        let deep = format!("{}{}", r#"{"type":"aws","data":"#, "[".repeat(100_000));
        for text in [
            "",
            "{}",
            "null",
            "x",
            r#"{"type":"aws","data":7}"#,
            r#"{"type":"new"}"#,
            &deep,
        ] {
            assert!(matches!(parse(text), StoredValue::Unknown));
        }
        assert!(matches!(
            parse(&" ".repeat(LIMIT + 1)),
            StoredValue::Unknown
        ));
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!(
            "{:?}",
            parse(r#"{"type":"aws","data":{"access_key_id":"FAKE-t"}}"#)
        );
        assert!(!shown.contains("FAKE-t"), "{shown}");
    }
}
