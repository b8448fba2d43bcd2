//! What a session file of Atmos or the AWS CLI says, and what else lies beside it.
//!
//! `~/.aws/sso/cache` is shared: other products (Kiro, the AWS toolkits of editors) keep sign-ins of
//! their own there, in the same form. Only what names its portal, by start page and region, is a
//! portal's.
//!
//! Sources: AWS CLI `awscli/customizations/sso`, botocore `tokens.py`; files of Kiro as its users
//! describe them.

use serde_json::Value;

use super::endpoint::{has_portal, oidc_endpoint};
use crate::inventory::{Renewability, Renewal, State};
use crate::secret::Secret;
use crate::systems::discovery::{DiscoveryContext, json_object, parse_timestamp};

/// What a session file says; the keys are the AWS SDK's.
pub(super) struct Session {
    pub(super) access_token: Option<Secret>,
    pub(super) refresh_token: Option<Secret>,
    pub(super) client_secret: Option<Secret>,
    pub(super) client_id: Option<String>,
    pub(super) start_url: Option<String>,
    pub(super) region: Option<String>,
    pub(super) expires_at: Option<jiff::Timestamp>,
    registration_expires_at: Option<jiff::Timestamp>,
    /// The name of a registration's file, without its end: only other products write it.
    pub(super) client_hash: Option<String>,
}

/// What a file in the AWS CLI's cache is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A sign-in at a portal.
    Portal,
    /// A client that was registered at a portal.
    Registration,
    /// A sign-in that does not name a portal: another product's, or of unknown form.
    Other,
    /// No sign-in.
    Nothing,
}

impl Session {
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut object = json_object(bytes)?;
        let mut text = |key: &str| match object.remove(key) {
            Some(Value::String(text)) if !text.is_empty() => Some(text),
            _ => None,
        };
        Some(Self {
            access_token: text("accessToken").map(Secret::new),
            refresh_token: text("refreshToken").map(Secret::new),
            client_secret: text("clientSecret").map(Secret::new),
            client_id: text("clientId"),
            start_url: text("startUrl"),
            region: text("region"),
            expires_at: text("expiresAt").and_then(|text| parse_timestamp(&text)),
            registration_expires_at: text("registrationExpiresAt")
                .and_then(|text| parse_timestamp(&text)),
            client_hash: text("clientIdHash"),
        })
    }

    /// What it is, by what it says itself.
    pub(super) fn kind(&self) -> Kind {
        let is_sign_in = self.access_token.is_some() || self.refresh_token.is_some();
        if !is_sign_in {
            return match self.client_secret {
                Some(_) => Kind::Registration,
                None => Kind::Nothing,
            };
        }
        match &self.start_url {
            Some(page) if is_start_page(page) => Kind::Portal,
            _ => Kind::Other,
        }
    }

    /// Whether the region is one that a portal can be in.
    pub(super) fn has_region(&self) -> bool {
        let region = self.region.as_deref();
        region.is_some_and(has_portal)
    }

    /// What can make a new access token, as far as it is written down.
    pub(super) fn renewal(
        &self,
        discovery: &DiscoveryContext<'_>,
        configured: Option<&str>,
    ) -> Renewability {
        let Some(refresh_token) = &self.refresh_token else {
            return Renewability::No;
        };
        let client = self.client_id.clone().zip(self.client_secret.clone());
        let Some((client_id, client_secret)) = client else {
            return Renewability::Not("it cannot be renewed without its client's secret");
        };
        if discovery.state_at(self.registration_expires_at) == State::Expired {
            return Renewability::Not("it cannot be renewed: its client registration has expired");
        }
        let region = self.region.clone().unwrap_or_default();
        let Some((endpoint, instead)) = oidc_endpoint(discovery.world, configured, &region) else {
            return Renewability::Not("it cannot be renewed without its region");
        };
        Renewability::With(Box::new(Renewal {
            refresh_token: refresh_token.clone(),
            client_id,
            client_secret,
            region,
            endpoint,
            instead,
        }))
    }
}

/// Whether text can be the start page of a portal.
fn is_start_page(text: &str) -> bool {
    url::Url::parse(text.trim()).is_ok_and(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
    })
}

/// The product that keeps files of this name in the AWS CLI's cache, if it is known to.
pub(super) fn find_product(file_name: &str) -> Option<&'static str> {
    let name = file_name.to_ascii_lowercase();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    if starts(&["kiro"]) {
        Some("Kiro")
    } else if starts(&["aws-toolkit", "codewhisperer", "amazon-q", "amazonq", "q-"]) {
        Some("AWS Toolkit")
    } else {
        None
    }
}
