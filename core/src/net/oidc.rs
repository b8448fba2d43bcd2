//! Renewing a portal's session, so that the portal can be told to end it: `CreateToken` of SSO OIDC with
//! a refresh token. What comes is kept in memory.
//!
//! Source: AWS SSO OIDC API Reference, `CreateToken`; requests of the AWS CLI 2.36.7.

use reqwest::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::client::{LazyClient, beginning, header, is_page, wiped_body};
use super::proxy::{ProxySettings, UNUSABLE};
use super::{innermost, printable};
use crate::inventory::Renewal;
use crate::secret::Secret;

/// Asks for new tokens.
pub(super) struct Oidc {
    client: LazyClient,
}

/// New tokens of a session; they replace the old ones.
#[derive(Clone, Debug)]
pub struct RenewedTokens {
    /// The new access token.
    pub access_token: Secret,
    /// The new refresh token, if one came: then the old one is used up.
    pub refresh_token: Option<Secret>,
    /// How long the access token lasts, in seconds.
    pub lifetime: Option<i64>,
}

/// What became of a renewal.
pub(super) enum Renewed {
    Tokens(RenewedTokens),
    /// The server knows no such session any more.
    Ended,
    /// Why there are no new tokens; the session may go on.
    Failed(String),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    grant_type: &'a str,
    client_id: &'a str,
    client_secret: &'a str,
    refresh_token: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Issued {
    access_token: String,
    refresh_token: Option<String>,
    expires_in: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    error: String,
    #[serde(rename = "__type")]
    kind: String,
}

impl Oidc {
    pub(super) const fn new(proxy: ProxySettings) -> Self {
        Self {
            client: LazyClient::new(proxy),
        }
    }

    /// Renews at the server with this checked address.
    pub(super) async fn renew(&self, renewal: &Renewal, url: &str, direct: bool) -> Renewed {
        let failed = |why: &str| Renewed::Failed(format!("it could not be renewed: {why}"));
        let Some(client) = self.client.get(direct) else {
            return failed(UNUSABLE);
        };
        let body = Body {
            grant_type: "refresh_token",
            client_id: &renewal.client_id,
            client_secret: renewal.client_secret.expose(),
            refresh_token: renewal.refresh_token.expose(),
        };
        let Ok(body) = serde_json::to_vec(&body).map(Zeroizing::new) else {
            return failed("the request could not be written");
        };
        let request = client
            .post(format!("{url}/token"))
            .header(CONTENT_TYPE, "application/json")
            .body(wiped_body(body));
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => {
                let why = printable(&innermost(&error), Some(&renewal.refresh_token));
                return failed(&format!("its server could not be reached: {why}"));
            }
        };
        let status = response.status().as_u16();
        let kind = header(&response, "x-amzn-errortype");
        let content_type = header(&response, CONTENT_TYPE.as_str());
        let body = beginning(response).await;
        if is_page(&content_type, &body) {
            return failed("its server answered with a page for people");
        }
        if status == 200 {
            return match serde_json::from_slice::<Issued>(&body) {
                Ok(issued) if !issued.access_token.is_empty() => Renewed::Tokens(RenewedTokens {
                    access_token: Secret::new(issued.access_token),
                    refresh_token: issued
                        .refresh_token
                        .filter(|token| !token.is_empty())
                        .map(Secret::new),
                    lifetime: issued.expires_in,
                }),
                _ => failed("its server's answer cannot be understood"),
            };
        }
        let problem: Problem = serde_json::from_slice(&body).unwrap_or_default();
        let is = |error: &str, exception: &str| {
            problem.error == error
                || kind.starts_with(exception)
                || problem.kind.ends_with(exception)
        };
        if (400..500).contains(&status) {
            if is("invalid_grant", "InvalidGrantException") {
                return Renewed::Ended;
            }
            if is("invalid_client", "InvalidClientException")
                || is("unauthorized_client", "UnauthorizedClientException")
            {
                return failed("its server does not know the client registration any more");
            }
            if is("expired_token", "ExpiredTokenException") {
                return Renewed::Ended;
            }
        }
        failed(&format!("its server refused ({status})"))
    }
}
