//! GitHub: an installation access token can end itself.
//!
//! Source: GitHub REST API, "Revoke an installation access token".

use std::sync::OnceLock;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, NoProxy, Proxy, Response};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::proxy::{ProxySettings, UNUSABLE};
use super::{EndResult, innermost, printable, unreachable};
use crate::secret::Secret;

/// Most bytes of an answer that are read; GitHub's have about a hundred.
const ANSWER_LIMIT: usize = 16 << 10;

/// Calls GitHub.
pub(super) struct Github {
    proxy: ProxySettings,
    direct: OnceLock<Option<Client>>,
    proxied: OnceLock<Option<Client>>,
}

/// An error's body.
#[derive(Deserialize)]
struct Problem {
    message: String,
}

impl Github {
    pub(super) const fn new(proxy: ProxySettings) -> Self {
        Self {
            proxy,
            direct: OnceLock::new(),
            proxied: OnceLock::new(),
        }
    }

    /// Ends the token at the server with this checked address.
    pub(super) async fn end(&self, token: &Secret, url: &str, direct: bool) -> EndResult {
        let Some(client) = self.client(direct) else {
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

    fn client(&self, direct: bool) -> Option<&Client> {
        let proxy = self.proxy.url.as_deref().filter(|_| !direct);
        let cell = if proxy.is_some() {
            &self.proxied
        } else {
            &self.direct
        };
        cell.get_or_init(|| self.build(proxy)).as_ref()
    }

    fn build(&self, proxy: Option<&str>) -> Option<Client> {
        let mut builder = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .user_agent(concat!("adieu/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = proxy {
            let except = self.proxy.except.as_deref().and_then(NoProxy::from_string);
            builder = builder.proxy(Proxy::https(proxy).ok()?.no_proxy(except));
        }
        builder.build().ok()
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

/// The body, as far as it is read.
async fn beginning(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = ANSWER_LIMIT - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == ANSWER_LIMIT {
            break;
        }
    }
    body
}
