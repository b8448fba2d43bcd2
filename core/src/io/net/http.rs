//! The HTTP client, for every server: one for loopback, one through the proxy, both made when they
//! are first needed. Answers are bounded, redirects are not followed, bodies with a token are wiped.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, NoProxy, Proxy, RequestBuilder, Response};
use serde::Deserialize;
use serde_json::Value;
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

use super::error::inner_reason;
use super::proxy::{ProxySettings, UNUSABLE};
use super::server_time::ServerTime;
use super::trust::Trust;
use super::{Address, CallError, find_innermost_cause, sanitize_message};
use crate::secret::Secret;

/// Most bytes of an answer that are read; real ones have a few thousand.
const ANSWER_LIMIT: usize = 256 << 10;

/// Bytes that there is room for from the start: growing leaves no copy behind, but costs one.
const FIRST_ROOM: usize = 16 << 10;

/// The time for which a server that is busy and does not say for how long is left alone.
const PAUSE: Duration = Duration::from_millis(500);

/// The words about an answer from something that stands between.
const PAGE: &str = "a page for people, not for programs";

/// The clients, which share connections and certificates among all calls of a run. Clones are the
/// same one.
#[derive(Clone)]
pub(crate) struct Http(Arc<Shared>);

struct Shared {
    proxy: ProxySettings,
    trust: Trust,
    /// The name of whoever names a file of certificates that has none.
    useless: OnceLock<Vec<&'static str>>,
    limit: Duration,
    direct: OnceLock<Option<Client>>,
    proxied: OnceLock<Option<Client>>,
    time: ServerTime,
}

/// An answer that was read to its end.
pub(crate) struct Answer {
    pub(crate) host: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

impl Http {
    pub(super) fn new(
        proxy: ProxySettings,
        trust: Trust,
        limit: Duration,
        time: ServerTime,
    ) -> Self {
        Self(Arc::new(Shared {
            proxy,
            trust,
            useless: OnceLock::new(),
            limit,
            direct: OnceLock::new(),
            proxied: OnceLock::new(),
            time,
        }))
    }

    /// The time that a conversation may take.
    pub(super) fn limit(&self) -> Duration {
        self.0.limit
    }

    /// A request to something below an address.
    pub(crate) fn request(
        &self,
        method: Method,
        address: &Address,
        path: &str,
    ) -> Result<RequestBuilder, CallError> {
        self.request_at(method, address, address.below(path))
    }

    /// A request to a whole address that [is](Address::covers) the checked server's.
    pub(super) fn request_at(
        &self,
        method: Method,
        address: &Address,
        url: Url,
    ) -> Result<RequestBuilder, CallError> {
        Ok(self.client(address)?.request(method, url))
    }

    /// Posts a form.
    pub(crate) async fn post(
        &self,
        address: &Address,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<Answer, CallError> {
        let request = self.request(Method::POST, address, path)?;
        self.send(address, with_form(request, form), &[]).await
    }

    /// Posts a form, without a secret in it, with an access token.
    pub(crate) async fn post_form(
        &self,
        address: &Address,
        path: &str,
        form: &[(&str, &str)],
        token: &Secret,
    ) -> Result<Answer, CallError> {
        let request = self.request(Method::POST, address, path)?;
        let bearer = secret_header(address, "Bearer ", token)?;
        let request = with_form(request.header("Authorization", bearer), form);
        self.send_again(address, request, &[token]).await
    }

    /// Gets a document with an access token.
    pub(crate) async fn get(
        &self,
        address: &Address,
        path: &str,
        token: &Secret,
    ) -> Result<Answer, CallError> {
        let request = self
            .request(Method::GET, address, path)?
            .header("Authorization", secret_header(address, "Bearer ", token)?)
            .header(CONTENT_TYPE, "application/json");
        self.send_again(address, request, &[token]).await
    }

    /// Posts a document, without a secret in it, with an access token.
    pub(crate) async fn post_json(
        &self,
        address: &Address,
        path: &str,
        document: &Value,
        token: &Secret,
    ) -> Result<Answer, CallError> {
        let request = self
            .request(Method::POST, address, path)?
            .header("Authorization", secret_header(address, "Bearer ", token)?);
        let body = Zeroizing::new(document.to_string().into_bytes());
        let request = with_body(request, "application/json", body);
        self.send_again(address, request, &[token]).await
    }

    /// Asks a service of this machine (see [`Address::parse_local_service`]) with headers, of which all may
    /// be secrets, by `PUT` or else by `GET`; the answer is a good one.
    pub(crate) async fn ask_local_service(
        &self,
        is_put: bool,
        address: &Address,
        path: &str,
        headers: &[(&'static str, &Secret)],
    ) -> Result<Answer, CallError> {
        let method = if is_put { Method::PUT } else { Method::GET };
        let mut request = self.request(method, address, path)?;
        for (name, value) in headers {
            request = request.header(*name, secret_header(address, "", value)?);
        }
        let secrets: Vec<&Secret> = headers.iter().map(|(_, value)| *value).collect();
        let answer = self.send(address, request, &secrets).await?;
        if answer.is_success() {
            Ok(answer)
        } else {
            Err(answer.refusal(&secrets))
        }
    }

    /// Sends a request that may be repeated: once more where the server is busy and there is time.
    pub(crate) async fn send_again(
        &self,
        address: &Address,
        request: RequestBuilder,
        secrets: &[&Secret],
    ) -> Result<Answer, CallError> {
        let again = request.try_clone();
        let answer = self.send(address, request, secrets).await?;
        let wait = match answer.header(RETRY_AFTER.as_str()) {
            _ if !matches!(answer.status, 429 | 503) => None,
            "" => Some(PAUSE),
            // A date is not understood, so that nothing is sent too early.
            seconds => seconds.parse().ok().map(Duration::from_secs),
        };
        match (wait, again) {
            (Some(wait), Some(again)) if wait < self.0.limit / 2 => {
                tokio::time::sleep(wait).await;
                self.send(address, again, secrets).await
            }
            _ => Ok(answer),
        }
    }

    /// Sends a request; `secrets` are not repeated in errors.
    pub(crate) async fn send(
        &self,
        address: &Address,
        request: RequestBuilder,
        secrets: &[&Secret],
    ) -> Result<Answer, CallError> {
        let host = address.host().to_owned();
        match request.send().await {
            Ok(response) => {
                self.0.time.note(response.headers());
                read_answer(host, response).await
            }
            Err(error) => {
                let mut why =
                    sanitize_message(&find_innermost_cause(&error.without_url()), secrets);
                if why.contains("UnknownIssuer") {
                    why +=
                        ": if a proxy here looks into TLS, name its certificate in SSL_CERT_FILE";
                }
                for name in self.0.useless.get().into_iter().flatten() {
                    why = format!("{why}; {name} names no file of certificates");
                }
                Err(CallError::Unreachable { host, why })
            }
        }
    }

    /// Waits for a conversation with a host as long as it may take.
    pub(crate) async fn in_time<T>(
        &self,
        host: &str,
        conversation: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        let answer = tokio::time::timeout(self.0.limit, conversation).await;
        answer.unwrap_or_else(|_| {
            Err(CallError::TimedOut {
                host: host.to_owned(),
                after: self.0.limit,
            })
        })
    }

    /// The client for an address; no proxy serves loopback.
    fn client(&self, address: &Address) -> Result<&Client, CallError> {
        let proxy = self
            .0
            .proxy
            .url
            .as_deref()
            .filter(|_| !address.is_loopback());
        let cell = if proxy.is_some() {
            &self.0.proxied
        } else {
            &self.0.direct
        };
        let client = cell.get_or_init(|| self.build(proxy)).as_ref();
        client.ok_or_else(|| CallError::Unreachable {
            host: address.host().to_owned(),
            why: UNUSABLE.to_owned(),
        })
    }

    fn build(&self, proxy: Option<&str>) -> Option<Client> {
        let (certificates, useless) = self.0.trust.read();
        self.0.useless.get_or_init(|| useless);
        let mut builder = Client::builder()
            .tls_certs_merge(certificates)
            .redirect(Policy::none())
            .no_proxy()
            // Time is left for another address of the same token.
            .connect_timeout(self.0.limit / 2)
            .user_agent(concat!("adieu/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = proxy {
            let except = self
                .0
                .proxy
                .except
                .as_deref()
                .and_then(NoProxy::from_string);
            builder = builder.proxy(Proxy::https(proxy).ok()?.no_proxy(except));
        }
        builder.build().ok()
    }
}

/// A header's value with a token in it, which is not logged.
pub(crate) fn secret_header(
    address: &Address,
    before: &str,
    token: &Secret,
) -> Result<HeaderValue, CallError> {
    let text = Zeroizing::new(format!("{before}{}", token.expose()));
    let Ok(mut value) = HeaderValue::from_str(&text) else {
        return Err(CallError::Unreachable {
            host: address.host().to_owned(),
            why: "the token has characters that no token has".to_owned(),
        });
    };
    value.set_sensitive(true);
    Ok(value)
}

/// A request with a form in it.
pub(crate) fn with_form(request: RequestBuilder, form: &[(&str, &str)]) -> RequestBuilder {
    // Room for all at once, so that growing leaves no copy behind.
    let room = form
        .iter()
        .map(|(name, value)| 3 * (name.len() + value.len()) + 2);
    let body = String::with_capacity(room.sum());
    let body = form_urlencoded::Serializer::new(body)
        .extend_pairs(form)
        .finish();
    let body = Zeroizing::new(body.into_bytes());
    with_body(request, "application/x-www-form-urlencoded", body)
}

/// A request with a body, which is wiped once it has been sent.
pub(crate) fn with_body(
    request: RequestBuilder,
    content_type: &'static str,
    body: Zeroizing<Vec<u8>>,
) -> RequestBuilder {
    request
        .header(CONTENT_TYPE, content_type)
        .body(Bytes::from_owner(body))
}

async fn read_answer(host: String, mut response: Response) -> Result<Answer, CallError> {
    let status = response.status().as_u16();
    if (300..400).contains(&status) {
        return Err(CallError::Redirected { host, status });
    }
    let mut answer = Answer {
        host,
        status,
        headers: std::mem::take(response.headers_mut()),
        body: Zeroizing::new(Vec::with_capacity(FIRST_ROOM)),
    };
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                let needed = answer.body.len() + chunk.len();
                if needed > ANSWER_LIMIT {
                    return Err(answer.not_understood("the answer is too large"));
                }
                if needed > answer.body.capacity() {
                    let mut larger = Zeroizing::new(Vec::with_capacity(2 * needed));
                    larger.extend_from_slice(&answer.body);
                    answer.body = larger;
                }
                answer.body.extend_from_slice(&chunk);
            }
            Ok(None) => return Ok(answer),
            Err(_) => return Err(answer.not_understood("the answer was cut off")),
        }
    }
}

impl Answer {
    pub(crate) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The value of a header; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The document of a good answer.
    pub(crate) fn document<'de, T: Deserialize<'de>>(&'de self) -> Result<T, CallError> {
        serde_json::from_slice(&self.body)
            // Without the parser's own words, which quote the answer.
            .map_err(|_| self.not_understood("it is not the JSON of such an answer"))
    }

    pub(crate) fn not_understood(&self, problem: &'static str) -> CallError {
        CallError::NotUnderstood {
            host: self.host.clone(),
            status: self.status,
            problem,
        }
    }

    /// Tells what an answer that is not good says; `secrets` are not repeated.
    pub(crate) fn refusal(&self, secrets: &[&Secret]) -> CallError {
        if self.is_page() {
            return self.not_understood(PAGE);
        }
        let bare = || {
            let text = String::from_utf8_lossy(&self.body);
            (String::new(), text.trim().chars().take(400).collect())
        };
        let reason = self
            .reason()
            .filter(|(code, text)| !code.is_empty() || !text.is_empty());
        let reason = reason.or_else(|| inner_reason(&self.body));
        let (code, description) = reason.unwrap_or_else(bare);
        CallError::Refused {
            host: self.host.clone(),
            status: self.status,
            code: sanitize_message(&code, secrets),
            description: sanitize_message(&description, secrets),
        }
    }

    /// The name of the error that it tells of: a code in its body, the one in AWS's header, else the
    /// words; empty if it names none.
    ///
    /// Source: Smithy, "AWS restJson1 protocol", operation error serialization: `name`, `name:address`,
    /// `package#name`.
    pub(super) fn error_name(&self) -> String {
        let (code, words) = self.reason().unwrap_or_default();
        let named = self.header("x-amzn-errortype");
        let named = named.split(':').next().unwrap_or_default();
        let named = named.rsplit('#').next().unwrap_or_default();
        let all = [code.as_str(), named, &words];
        let name = all.into_iter().find(|name| !name.is_empty());
        name.unwrap_or_default().to_owned()
    }

    /// Whether the body is a page for people, as a proxy, a captive portal or a server under repair
    /// sends them, rather than an answer: it says so, or it begins as one.
    pub(crate) fn is_page(&self) -> bool {
        let is_said = self
            .header(CONTENT_TYPE.as_str())
            .to_ascii_lowercase()
            .contains("html");
        let text = self.body.strip_prefix(b"\xef\xbb\xbf");
        let text = text.unwrap_or(&self.body).trim_ascii_start();
        (is_said && !self.body.is_empty()) || text.starts_with(b"<")
    }

    /// Whether the body is an object that names an error: `{"error": …}` with a status of success.
    /// Whoever answers so has not done what was asked.
    pub(crate) fn names_an_error(&self) -> bool {
        let Ok(Value::Object(object)) = serde_json::from_slice(&self.body) else {
            return form_urlencoded::parse(&self.body)
                .take(16)
                .any(|(name, value)| name == "error" && !value.is_empty());
        };
        ["error", "errors", "errorCode"].iter().any(|key| {
            object.get(*key).is_some_and(|value| match value {
                Value::Null | Value::Bool(false) => false,
                Value::String(text) => !text.is_empty(),
                Value::Array(values) => !values.is_empty(),
                Value::Object(members) => !members.is_empty(),
                Value::Number(number) => number.as_i64() != Some(0),
                Value::Bool(true) => true,
            })
        })
    }

    pub(crate) fn mentions(&self, word: &str) -> bool {
        String::from_utf8_lossy(&self.body)
            .to_ascii_lowercase()
            .contains(word)
    }

    /// The code and the words of an error: form-encoded, OAuth's or another JSON object, a JSON list
    /// of errors.
    pub(super) fn reason(&self) -> Option<(String, String)> {
        let mut form = [String::new(), String::new()];
        for (name, value) in form_urlencoded::parse(&self.body).take(16) {
            let place = ["error", "error_description"]
                .iter()
                .position(|key| *key == name);
            if let Some(place) = place {
                form[place] = value.into_owned();
            }
        }
        if let [code, description] = form
            && !code.is_empty()
        {
            return Some((code, description));
        }
        let error = match serde_json::from_slice(&self.body).ok()? {
            Value::Array(errors) => errors.into_iter().next()?,
            document => document,
        };
        let error = error.as_object()?;
        let text = |names: &[&str]| {
            let mut texts = names.iter().filter_map(|name| error.get(*name)?.as_str());
            texts.next().unwrap_or_default().to_owned()
        };
        let code = text(&["error", "errorCode", "__type"]);
        // The name of an error of AWS may follow a name space.
        let code = code.rsplit('#').next().unwrap_or_default().to_owned();
        Some((code, text(&["error_description", "message"])))
    }
}
