//! The HTTP client of the servers that have no SDK here: one for loopback, one through the proxy.

use std::sync::OnceLock;

use bytes::Bytes;
use reqwest::redirect::Policy;
use reqwest::{Client, NoProxy, Proxy, Response};
use zeroize::Zeroizing;

use super::proxy::ProxySettings;

/// Most bytes of an answer that are read; those that matter have a few hundred.
const ANSWER_LIMIT: usize = 16 << 10;

/// Clients that are made when they are first needed.
pub(super) struct LazyClient {
    proxy: ProxySettings,
    direct: OnceLock<Option<Client>>,
    proxied: OnceLock<Option<Client>>,
}

impl LazyClient {
    pub(super) const fn new(proxy: ProxySettings) -> Self {
        Self {
            proxy,
            direct: OnceLock::new(),
            proxied: OnceLock::new(),
        }
    }

    /// The client; `direct` means loopback, which no proxy serves. `None` if the proxy's address
    /// cannot be used.
    pub(super) fn get(&self, direct: bool) -> Option<&Client> {
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

/// Whether a body is a page for people, as a proxy, a captive portal or a server under repair sends
/// them, rather than an answer: it says so, or it begins as one.
pub(super) fn is_page(content_type: &str, body: &[u8]) -> bool {
    let is_said = content_type.to_ascii_lowercase().contains("html");
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    (is_said && !body.is_empty()) || text.trim_ascii_start().starts_with(b"<")
}

/// Whether a body is an object that names an error: `{"error": …}` with a status of success. Whoever
/// answers so has not done what was asked.
pub(super) fn names_an_error(body: &[u8]) -> bool {
    let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(body) else {
        return url::form_urlencoded::parse(body)
            .take(16)
            .any(|(name, value)| name == "error" && !value.is_empty());
    };
    ["error", "errors", "errorCode"].iter().any(|key| {
        object.get(*key).is_some_and(|value| match value {
            serde_json::Value::Null | serde_json::Value::Bool(false) => false,
            serde_json::Value::String(text) => !text.is_empty(),
            serde_json::Value::Array(values) => !values.is_empty(),
            serde_json::Value::Object(members) => !members.is_empty(),
            serde_json::Value::Number(number) => number.as_i64() != Some(0),
            serde_json::Value::Bool(true) => true,
        })
    })
}

/// The body, as far as it is read.
pub(super) async fn beginning(response: Response) -> Zeroizing<Vec<u8>> {
    read(response).await.0
}

/// The body, if all of it came and it is no longer than what is read.
pub(super) async fn whole(response: Response) -> Option<Zeroizing<Vec<u8>>> {
    let (body, is_whole) = read(response).await;
    is_whole.then_some(body)
}

async fn read(mut response: Response) -> (Zeroizing<Vec<u8>>, bool) {
    // Room for all at once, so that growing leaves no copy behind.
    let mut body = Zeroizing::new(Vec::with_capacity(ANSWER_LIMIT));
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                let room = ANSWER_LIMIT - body.len();
                body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if chunk.len() > room {
                    return (body, false);
                }
            }
            Ok(None) => return (body, true),
            Err(_) => return (body, false),
        }
    }
}

/// The value of a header; empty if there is none.
pub(super) fn header(response: &Response, name: &str) -> String {
    let value = response.headers().get(name);
    let text = value.and_then(|value| value.to_str().ok());
    text.unwrap_or_default().to_owned()
}

/// A body with a token in it, which is wiped once it has been sent.
pub(super) fn wiped_body(body: Zeroizing<Vec<u8>>) -> reqwest::Body {
    Bytes::from_owner(body).into()
}
