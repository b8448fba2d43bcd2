//! Service accounts that somebody else works as.
//!
//! Source: Google, "IAM Service Account Credentials API", `projects.serviceAccounts.generateAccessToken`.

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::json;

use super::servers::Service;
use super::{SCOPE, Token, error, lacks};
use crate::atmos::config::Identity;
use crate::io::net::oauth::SecretText;
use crate::login::aws::{SignIn, SignInError};
use crate::systems::discovery::parse_timestamp;

/// The lifetime of a token, unless the configuration says otherwise, in seconds; longest that Google gives.
const LIFETIME: i64 = 60 * 60;
const LONGEST_LIFETIME: i64 = 12 * 60 * 60;

/// A service account, and how it is worked as.
#[derive(Clone, Debug)]
pub(super) struct ServiceAccount {
    pub(super) email: String,
    delegates: Vec<String>,
    scopes: Vec<String>,
    pub(super) lifetime: SignedDuration,
}

impl ServiceAccount {
    /// One without more than its name.
    pub(super) fn new(email: &str) -> Option<Self> {
        is_email(email).then(|| Self {
            email: email.to_owned(),
            delegates: Vec::new(),
            scopes: vec![SCOPE.to_owned()],
            lifetime: SignedDuration::from_secs(LIFETIME),
        })
    }

    pub(super) fn of_identity(identity: &Identity) -> Result<Self, SignInError> {
        let email = identity
            .service_account_email()
            .ok_or_else(|| lacks(identity, "`principal.service_account_email` is missing"))?;
        let account = Self::new(email).ok_or_else(|| {
            lacks(
                identity,
                "`principal.service_account_email` is no service account",
            )
        })?;
        let list = |key: &str| {
            let node = identity.settings.at(&["principal", key]);
            let texts = node.map(|node| node.texts()).unwrap_or_default();
            texts.into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let delegates = list("delegates");
        if !delegates.iter().all(|delegate| is_email(delegate)) {
            return Err(lacks(
                identity,
                "one of `principal.delegates` is no service account",
            ));
        }
        let scopes = list("scopes");
        let lifetime = match identity.text(&["principal", "lifetime"]) {
            None => account.lifetime,
            Some(text) => read_lifetime(text)
                .ok_or_else(|| lacks(identity, "`principal.lifetime` is no time up to 12 hours"))?,
        };
        Ok(Self {
            delegates,
            scopes: if scopes.is_empty() {
                account.scopes
            } else {
                scopes
            },
            lifetime,
            ..account
        })
    }

    /// The same with these permissions.
    pub(super) fn with_scopes(self, scopes: &[String]) -> Self {
        Self {
            scopes: scopes.to_vec(),
            ..self
        }
    }

    /// Tells what a token is for from what it would be for after a change of the configuration.
    pub(super) fn mark(&self) -> String {
        let all = [self.email.as_str()].into_iter();
        let all = all.chain(self.delegates.iter().map(String::as_str));
        let all: Vec<&str> = all.chain(self.scopes.iter().map(String::as_str)).collect();
        all.join(" ")
    }
}

/// `3600s`, `1h`, or seconds alone.
fn read_lifetime(text: &str) -> Option<SignedDuration> {
    let lifetime = match text.parse::<i64>() {
        Ok(seconds) => SignedDuration::from_secs(seconds),
        Err(_) => text.parse().ok()?,
    };
    let seconds = lifetime.as_secs();
    (1..=LONGEST_LIFETIME)
        .contains(&seconds)
        .then_some(lifetime)
}

/// Whether a text names a service account and nothing else: it becomes a part of an address.
pub(super) fn is_email(text: &str) -> bool {
    let Some((user, domain)) = text.split_once('@') else {
        return false;
    };
    let is_of_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    !user.is_empty()
        && text.len() <= 256
        && user.bytes().chain(domain.bytes()).all(is_of_one)
        && domain.ends_with(".gserviceaccount.com")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Generated {
    access_token: SecretText,
    expire_time: String,
}

impl SignIn<'_> {
    /// The token of a service account for who may work as it.
    pub(super) fn impersonate(
        &self,
        account: &ServiceAccount,
        source: &Token,
    ) -> Result<Token, SignInError> {
        let failed = |call| error::to_failure(format!("working as {}", account.email), call);
        let address = self
            .google_address(Service::IamCredentials, None)
            .map_err(failed)?;
        let full = |email: &String| format!("projects/-/serviceAccounts/{email}");
        let path = format!(
            "/v1/projects/-/serviceAccounts/{}:generateAccessToken",
            account.email
        );
        let delegates: Vec<String> = account.delegates.iter().map(full).collect();
        let body = json!({
            "delegates": delegates,
            "scope": account.scopes,
            "lifetime": format!("{}s", account.lifetime.as_secs()),
        });
        let secret = &source.secret;
        let generated = self.network.run(address.host(), async |http| {
            let answer = http.post_json(&address, &path, &body, secret).await?;
            if !answer.is_success() {
                return Err(answer.refusal(&[secret]));
            }
            answer.document::<Generated>()
        });
        let generated = generated.map_err(failed)?;
        let now = self.world.now();
        // Without an end that is understood it is used once.
        let end = parse_timestamp(&generated.expire_time).unwrap_or(now);
        Ok(Token {
            secret: generated.access_token.0,
            expires_at: end.min(now + SignedDuration::from_secs(LONGEST_LIFETIME)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_and_names_are_what_google_takes() {
        for (text, seconds) in [("3600s", 3600), ("1h", 3600), ("900", 900), ("1h30m", 5400)] {
            let lifetime = read_lifetime(text).map(|lifetime| lifetime.as_secs());
            assert_eq!(lifetime, Some(seconds), "{text}");
        }
        for text in ["", "0", "-1", "13h", "x"] {
            assert_eq!(read_lifetime(text), None, "{text}");
        }
        for text in [
            "",
            "a@b.c",
            "a/../b@p.iam.gserviceaccount.com",
            "@p.iam.gserviceaccount.com",
            "a@x?.iam.gserviceaccount.com",
        ] {
            assert!(!is_email(text), "{text}");
        }
        assert!(is_email("runner@sundial-ci.iam.gserviceaccount.com"));
    }
}
