//! GitHub: an installation access token can end itself, and list what it is for.
//!
//! Source: GitHub REST API, "Revoke an installation access token", "List repositories accessible to
//! the app installation".

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Response};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::client::{LazyClient, beginning, header, is_page};
use super::proxy::{ProxySettings, UNUSABLE};
use super::{EndResult, innermost, printable, unreachable};
use crate::inventory::ServerAnswer;
use crate::secret::Secret;

/// What is said of an answer that is none.
const PAGE: &str = "a page for people, not for programs";

/// Calls GitHub.
pub(super) struct Github {
    client: LazyClient,
}

/// What GitHub says of a token that it does not know.
///
/// Source: GitHub REST API, "Authenticating to the REST API", failed login limit.
const UNKNOWN_TOKEN: &str = "Bad credentials";

/// An error's body.
#[derive(Default, Deserialize)]
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
        let url = format!("{url}/installation/token");
        match self.send(Method::DELETE, url, token, direct).await {
            Ok(response) => judge(response, token).await,
            Err(failure) => failure,
        }
    }

    /// Whether the server with this checked address accepts the token: one repository is asked for.
    pub(super) async fn ask(&self, token: &Secret, url: &str, direct: bool) -> ServerAnswer {
        let url = format!("{url}/installation/repositories?per_page=1");
        match self.send(Method::GET, url, token, direct).await {
            Ok(response) => match judge(response, token).await {
                EndResult::Refused {
                    status: 200,
                    message,
                } if message != PAGE => ServerAnswer::Accepted,
                other => other.into(),
            },
            Err(failure) => failure.into(),
        }
    }

    async fn send(
        &self,
        method: Method,
        url: String,
        token: &Secret,
        direct: bool,
    ) -> Result<Response, EndResult> {
        let client = self.client.get(direct);
        let client = client.ok_or_else(|| unreachable(UNUSABLE))?;
        let bearer = Zeroizing::new(format!("Bearer {}", token.expose()));
        let mut authorization = HeaderValue::from_str(&bearer)
            .map_err(|_| unreachable("the token has characters that no token has"))?;
        authorization.set_sensitive(true);
        let request = client
            .request(method, url)
            .header(AUTHORIZATION, authorization)
            .header(ACCEPT, "application/vnd.github+json")
            .header("X-GitHub-Api-Version", "2022-11-28");
        request
            .send()
            .await
            .map_err(|error| EndResult::Unreachable {
                why: printable(&innermost(&error), Some(token)),
            })
    }
}

async fn judge(response: Response, token: &Secret) -> EndResult {
    let status = response.status().as_u16();
    let content_type = header(&response, CONTENT_TYPE.as_str());
    let body = beginning(response).await;
    if is_page(&content_type, &body) {
        let message = PAGE.to_owned();
        return EndResult::Refused { status, message };
    }
    let problem = serde_json::from_slice::<Problem>(&body).unwrap_or_default();
    let mut message = problem.message;
    match status {
        204 => return EndResult::Revoked,
        // Only that says something of the token; 404 could also be another kind of token, or an
        // address that is not the interface's, and another 401 is of something that stands between.
        401 if message.eq_ignore_ascii_case(UNKNOWN_TOKEN) => return EndResult::AlreadyEnded,
        401 if message.is_empty() => "its answer is not GitHub's".clone_into(&mut message),
        _ => {}
    }
    EndResult::Refused {
        status,
        message: printable(&message, Some(token)),
    }
}
