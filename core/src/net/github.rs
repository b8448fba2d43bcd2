//! GitHub: an installation access token can end itself.
//!
//! Source: GitHub REST API, "Revoke an installation access token".

use reqwest::Response;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::client::{LazyClient, beginning};
use super::proxy::{ProxySettings, UNUSABLE};
use super::{EndResult, innermost, printable, unreachable};
use crate::secret::Secret;

/// Calls GitHub.
pub(super) struct Github {
    client: LazyClient,
}

/// An error's body.
#[derive(Deserialize)]
struct Problem {
    message: String,
}

impl Github {
    pub(super) const fn new(proxy: ProxySettings) -> Self {
        Self {
            client: LazyClient::new(proxy),
        }
    }

    /// Ends the token at the server with this checked address.
    pub(super) async fn end(&self, token: &Secret, url: &str, direct: bool) -> EndResult {
        let Some(client) = self.client.get(direct) else {
            return unreachable(UNUSABLE);
        };
        let bearer = Zeroizing::new(format!("Bearer {}", token.expose()));
        let Ok(mut authorization) = HeaderValue::from_str(&bearer) else {
            return unreachable("the token has characters that no token has");
        };
        authorization.set_sensitive(true);
        let request = client
            .delete(format!("{url}/installation/token"))
            .header(AUTHORIZATION, authorization)
            .header(ACCEPT, "application/vnd.github+json")
            .header("X-GitHub-Api-Version", "2022-11-28");
        match request.send().await {
            Ok(response) => judge(response, token).await,
            Err(error) => {
                let why = printable(&innermost(&error), Some(token));
                EndResult::Unreachable { why }
            }
        }
    }
}

async fn judge(response: Response, token: &Secret) -> EndResult {
    let status = response.status().as_u16();
    match status {
        204 => EndResult::Revoked,
        401 | 404 => EndResult::AlreadyEnded,
        _ => {
            let body = beginning(response).await;
            let problem = serde_json::from_slice::<Problem>(&body);
            let message = problem.map_or_else(|_| String::new(), |problem| problem.message);
            EndResult::Refused {
                status,
                message: printable(&message, Some(token)),
            }
        }
    }
}
