//! Requests to orgs: bounded, cancellable, never redirected.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, NoProxy, Proxy, RequestBuilder, Response};
use serde::Deserialize;
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

use super::{OrgError, Origin};
use crate::net::client::{is_page, names_an_error, wiped_body};
use crate::net::proxy::{ProxySettings, UNUSABLE};
use crate::net::{echoes, innermost, printable};
use crate::secret::Secret;

/// Most bytes of an answer that are read; real ones have a few thousand.
const ANSWER_LIMIT: usize = 256 << 10;

/// The clients, which share connections and certificates among all calls of a run.
pub(in crate::net) struct Http {
    proxy: ProxySettings,
    limit: Duration,
    direct: OnceLock<Option<Client>>,
    proxied: OnceLock<Option<Client>>,
}

/// An answer that was read to its end.
pub(super) struct Answer {
    pub(super) host: String,
    pub(super) status: u16,
    pub(super) body: Zeroizing<Vec<u8>>,
}

impl Http {
    pub(in crate::net) const fn new(proxy: ProxySettings, limit: Duration) -> Self {
        Self {
            proxy,
            limit,
            direct: OnceLock::new(),
            proxied: OnceLock::new(),
        }
    }

    /// Posts a form.
    pub(super) async fn post(
        &self,
        origin: &Origin,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<Answer, OrgError> {
        // Room for all at once, so that growing leaves no copy behind.
        let room = form
            .iter()
            .map(|(name, value)| 3 * (name.len() + value.len()) + 2);
        let body = String::with_capacity(room.sum());
        let body = form_urlencoded::Serializer::new(body)
            .extend_pairs(form)
            .finish();
        let client = self.client(origin)?;
        let request = client
            .post(origin.endpoint(path))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "*/*")
            .body(wiped_body(Zeroizing::new(body.into_bytes())));
        self.send(origin, request, None).await
    }

    /// Gets a document with an access token.
    pub(super) async fn get(
        &self,
        origin: &Origin,
        path: &str,
        query: Option<(&str, &str)>,
        token: &Secret,
    ) -> Result<Answer, OrgError> {
        let bearer = Zeroizing::new(format!("Bearer {}", token.expose()));
        let Ok(mut authorization) = HeaderValue::from_str(&bearer) else {
            return Err(OrgError::NotAllowed {
                host: origin.host().to_owned(),
                why: "the token has characters that no token has",
            });
        };
        authorization.set_sensitive(true);
        let mut url: Url = origin.endpoint(path);
        if let Some((name, value)) = query {
            url.query_pairs_mut().append_pair(name, value);
        }
        let request = self
            .client(origin)?
            .get(url)
            .header(AUTHORIZATION, authorization)
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "*/*");
        self.send(origin, request, Some(token)).await
    }

    async fn send(
        &self,
        origin: &Origin,
        request: RequestBuilder,
        token: Option<&Secret>,
    ) -> Result<Answer, OrgError> {
        let host = origin.host().to_owned();
        match request.send().await {
            Ok(response) => read(host, response).await,
            Err(error) => Err(OrgError::Unreachable {
                why: printable(&innermost(&error.without_url()), token),
                host,
            }),
        }
    }

    fn client(&self, origin: &Origin) -> Result<&Client, OrgError> {
        let proxy = self.proxy.url.as_deref().filter(|_| !origin.is_loopback());
        let cell = if proxy.is_some() {
            &self.proxied
        } else {
            &self.direct
        };
        let client = cell.get_or_init(|| self.build(proxy)).as_ref();
        client.ok_or_else(|| OrgError::Unreachable {
            host: origin.host().to_owned(),
            why: UNUSABLE.to_owned(),
        })
    }

    fn build(&self, proxy: Option<&str>) -> Option<Client> {
        let mut builder = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            // Time is left for the other origin of an org.
            .connect_timeout(self.limit / 2)
            .user_agent(concat!("adieu/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = proxy {
            let except = self.proxy.except.as_deref().and_then(NoProxy::from_string);
            builder = builder.proxy(Proxy::https(proxy).ok()?.no_proxy(except));
        }
        builder.build().ok()
    }
}

async fn read(host: String, mut response: Response) -> Result<Answer, OrgError> {
    let status = response.status().as_u16();
    if (300..400).contains(&status) {
        return Err(OrgError::Redirected { host, status });
    }
    let mut body = Zeroizing::new(Vec::new());
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > ANSWER_LIMIT => {
                return Err(OrgError::NotUnderstood {
                    host,
                    status,
                    problem: "the answer is too large",
                });
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(_) => {
                return Err(OrgError::NotUnderstood {
                    host,
                    status,
                    problem: "the answer was cut off",
                });
            }
        }
    }
    Ok(Answer { host, status, body })
}

impl Answer {
    pub(super) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The document of a good answer.
    pub(super) fn document<'de, T: Deserialize<'de>>(&'de self) -> Result<T, OrgError> {
        serde_json::from_slice(&self.body)
            // Without the parser's own words, which quote the answer.
            .map_err(|_| self.not_understood("it is not the JSON of such an answer"))
    }

    pub(super) fn not_understood(&self, problem: &'static str) -> OrgError {
        OrgError::NotUnderstood {
            host: self.host.clone(),
            status: self.status,
            problem,
        }
    }

    /// What an answer that is not good says; `secrets` are not repeated.
    pub(super) fn refusal(&self, secrets: &[&Secret]) -> OrgError {
        let (code, description) = self.reason();
        let clean = |text: &str| {
            let is_echo = secrets.iter().any(|secret| echoes(text, secret));
            if is_echo {
                String::new()
            } else {
                printable(text, None)
            }
        };
        if self.is_html() {
            return self.not_understood("a page for people, not for programs");
        }
        OrgError::Refused {
            host: self.host.clone(),
            status: self.status,
            code: clean(&code),
            description: clean(&description),
        }
    }

    /// Whether it names an error in its body, whatever its status.
    pub(super) fn names_an_error(&self) -> bool {
        names_an_error(&self.body)
    }

    /// Whether the body is a page rather than data.
    pub(super) fn is_html(&self) -> bool {
        is_page("", &self.body)
    }

    pub(super) fn mentions(&self, word: &str) -> bool {
        String::from_utf8_lossy(&self.body)
            .to_ascii_lowercase()
            .contains(word)
    }

    /// The code and the words of an error: form-encoded (revocation), OAuth's JSON, the JSON list
    /// of the REST interface, or bare text.
    fn reason(&self) -> (String, String) {
        let form = form_urlencoded::parse(&self.body);
        let mut code = String::new();
        let mut description = String::new();
        for (name, value) in form.take(16) {
            match &*name {
                "error" => code = value.into_owned(),
                "error_description" => description = value.into_owned(),
                _ => {}
            }
        }
        if !code.is_empty() {
            return (code, description);
        }
        if let Ok(error) = serde_json::from_slice::<OauthError>(&self.body) {
            return (error.error, error.error_description.unwrap_or_default());
        }
        if let Ok(errors) = serde_json::from_slice::<Vec<RestError>>(&self.body)
            && let Some(first) = errors.into_iter().next()
        {
            return (
                first.error_code.unwrap_or_default(),
                first.message.unwrap_or_default(),
            );
        }
        let text = String::from_utf8_lossy(&self.body);
        (String::new(), text.trim().chars().take(400).collect())
    }
}

#[derive(Deserialize)]
struct OauthError {
    error: String,
    error_description: Option<String>,
}

#[derive(Deserialize)]
struct RestError {
    message: Option<String>,
    #[serde(rename = "errorCode")]
    error_code: Option<String>,
}
