//! The way for the AWS SDKs through the one client: they make and read the messages, and everything else
//! (where they may go, proxies, certificates, time limits, bounded answers, no redirects) is as for
//! all other servers.

use std::fmt;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use bytes::Bytes;
use quick_xml::Reader;
use quick_xml::events::Event;
use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, RETRY_AFTER, TRANSFER_ENCODING};
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use super::http::Answer;
use super::{Address, CallError, Http, find_innermost_cause, sanitize_message};
use crate::secret::Secret;

/// How often a busy server that says when to come again is come back to.
const COMEBACKS: usize = 5;

/// The configuration of one SDK's client for one checked server. What may not be repeated is asked for
/// once: a code or a refresh token counts once only.
macro_rules! configure_sdk {
    ($sdk:ident, $http:expr, $address:expr, $region:expr, $attempts:expr) => {{
        let transport = $crate::io::net::SdkTransport::new($http, $address);
        $sdk::Config::builder()
            .behavior_version($sdk::config::BehaviorVersion::latest())
            .region($sdk::config::Region::new($region.to_owned()))
            .endpoint_url(transport.endpoint_url())
            .http_client(transport)
            .retry_config(
                aws_smithy_types::retry::RetryConfig::standard().with_max_attempts($attempts),
            )
            // Each conversation has its own limit.
            .timeout_config(aws_smithy_types::timeout::TimeoutConfig::disabled())
            .stalled_stream_protection($sdk::config::StalledStreamProtectionConfig::disabled())
    }};
}
pub(crate) use configure_sdk;

/// What an SDK sends its requests with: to one checked server only.
#[derive(Clone)]
pub(crate) struct SdkTransport {
    http: Http,
    address: Address,
}

impl SdkTransport {
    /// The way to a server.
    pub(crate) fn new(http: &Http, address: &Address) -> Self {
        Self {
            http: http.clone(),
            address: address.clone(),
        }
    }

    /// What an SDK takes for the address of its service.
    pub(crate) fn endpoint_url(&self) -> String {
        let url = self.address.below("");
        url.as_str().trim_end_matches('/').to_owned()
    }

    async fn send(self, request: HttpRequest) -> Result<HttpResponse, CallError> {
        to_response(self.exchange(request).await?)
    }

    /// Sends a request as it is, and takes the answer.
    pub(crate) async fn exchange(self, request: HttpRequest) -> Result<Answer, CallError> {
        let host = || self.address.host().to_owned();
        let refused = |why| CallError::NotAllowed { host: host(), why };
        let url = Url::parse(request.uri()).ok();
        let url = url
            .filter(|url| self.address.covers(url))
            .ok_or_else(|| refused("it is not the server that was checked"))?;
        let method = Method::from_bytes(request.method().as_bytes())
            .map_err(|_| refused("the request has no method"))?;
        let is_repeatable = method == Method::GET;
        let mut builder = self.http.request_at(method, &self.address, url)?;
        for (name, value) in request.headers() {
            builder = builder.header(name, value);
        }
        let body = request.body().bytes().unwrap_or_default();
        if !body.is_empty() {
            let body = Zeroizing::new(body.to_vec());
            builder = builder.body(Bytes::from_owner(body));
        }
        let mut left = if is_repeatable { COMEBACKS } else { 0 };
        loop {
            let again = builder.try_clone();
            let answer = self.http.send(&self.address, builder, &[]).await?;
            if is_web_page(&answer) {
                return Err(answer.not_understood("a page for people, not for programs"));
            }
            match (self.pause_before_next(&answer), again) {
                (Some(pause), Some(again)) if left > 0 => {
                    left -= 1;
                    tokio::time::sleep(pause).await;
                    builder = again;
                }
                _ => return Ok(answer),
            }
        }
    }

    /// How long a busy server wants to be left alone, if that is not too long.
    fn pause_before_next(&self, answer: &Answer) -> Option<Duration> {
        let seconds = answer.header(RETRY_AFTER.as_str()).parse().ok();
        let pause = seconds.map(Duration::from_secs);
        pause.filter(|pause| matches!(answer.status, 429 | 503) && *pause < self.http.limit() / 2)
    }
}

/// A page as captive portals and proxies send it; XML, which begins with `<` too, is none.
fn is_web_page(answer: &Answer) -> bool {
    let start = answer.body.trim_ascii_start();
    let start = &start[..start.len().min(14)].to_ascii_lowercase();
    start.starts_with(b"<!doctype html") || start.starts_with(b"<html")
}

fn to_response(answer: Answer) -> Result<HttpResponse, CallError> {
    let status = StatusCode::try_from(answer.status)
        .map_err(|_| answer.not_understood("the status is none"))?;
    let headers = answer.headers.clone();
    let mut response = HttpResponse::new(status, SdkBody::from(Bytes::from_owner(answer.body)));
    for (name, value) in &headers {
        // The body is whole already, whatever its length was said to be.
        let is_of_body = name == CONTENT_LENGTH || name == TRANSFER_ENCODING;
        if let Some(value) = value.to_str().ok().filter(|_| !is_of_body) {
            let _old = response
                .headers_mut()
                .try_append(name.as_str().to_owned(), value.to_owned());
        }
    }
    Ok(response)
}

impl HttpConnector for SdkTransport {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let transport = self.clone();
        HttpConnectorFuture::new(async move {
            let answer = transport.send(request).await;
            answer.map_err(|error| match error {
                CallError::Unreachable { .. } => ConnectorError::io(error.into()),
                _ => ConnectorError::user(error.into()),
            })
        })
    }
}

impl HttpClient for SdkTransport {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl fmt::Debug for SdkTransport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SdkTransport({})", self.address)
    }
}

/// What an SDK's error is among ours; `secrets` are not repeated.
pub(crate) fn sdk_failure<E>(
    address: &Address,
    error: &SdkError<E, HttpResponse>,
    secrets: &[&Secret],
) -> CallError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let host = address.host().to_owned();
    match error {
        SdkError::ServiceError(service) => {
            let raw = service.raw();
            let listed = || find_listed_error(raw.body().bytes()?);
            let code = service.err().code().map(str::to_owned);
            let listed = if code.is_none() { listed() } else { None };
            let (listed_code, listed_words) = listed.unzip();
            let words = service.err().message().map(str::to_owned);
            let words = words.or(listed_words).or_else(|| find_words(raw));
            let words = words.unwrap_or_default();
            let code = code.or(listed_code).unwrap_or_default();
            CallError::Refused {
                host,
                status: raw.status().as_u16(),
                code: sanitize_message(&code, secrets),
                description: sanitize_message(&words, secrets),
            }
        }
        SdkError::ResponseError(response) => CallError::NotUnderstood {
            host,
            status: response.raw().status().as_u16(),
            problem: "it is not the answer of this service",
        },
        other => find_own(other).unwrap_or_else(|| CallError::Unreachable {
            host,
            why: sanitize_message(&find_innermost_cause(other), secrets),
        }),
    }
}

/// The words of an error whose document has them under another name than the SDK knows.
fn find_words(response: &HttpResponse) -> Option<String> {
    let document: Value = serde_json::from_slice(response.body().bytes()?).ok()?;
    let names = ["error_description", "message", "Message"];
    let mut words = names
        .iter()
        .filter_map(|name| document.get(*name)?.as_str());
    words.next().map(str::to_owned)
}

/// Code and message of an error that stands in a list of errors, a form of AWS's query protocol that the
/// SDK for another form does not read: `<Response><Errors><Error><Code>…`.
///
/// Source: botocore `parsers.py`, `QueryParser._do_error_parse`, which reads both.
fn find_listed_error(body: &[u8]) -> Option<(String, String)> {
    const ROOTS: [&str; 2] = ["Response", "ErrorResponse"];
    let mut reader = Reader::from_str(std::str::from_utf8(body).ok()?);
    let mut path: Vec<String> = Vec::new();
    let (mut code, mut message) = (String::new(), String::new());
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => path.push(element.local_name().as_ref().to_owned()),
            Event::End(_) => {
                path.pop();
            }
            Event::Text(text) => {
                let names: Vec<&str> = path.iter().map(String::as_str).collect();
                let [root, "Errors", "Error", name] = names.as_slice() else {
                    continue;
                };
                if !ROOTS.contains(root) {
                    return None;
                }
                let text: &str = &text;
                match *name {
                    "Code" if code.is_empty() => text.clone_into(&mut code),
                    "Message" if message.is_empty() => text.clone_into(&mut message),
                    _ => {}
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    (path.is_empty() && !code.is_empty()).then_some((code, message))
}

/// The error of the transport inside of an SDK's.
fn find_own(error: &(dyn std::error::Error + 'static)) -> Option<CallError> {
    let mut inner = Some(error);
    for _ in 0..16 {
        let error = inner?;
        if let Some(own) = error.downcast_ref::<CallError>() {
            return Some(own.clone());
        }
        inner = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::find_listed_error;

    #[test]
    fn error_in_a_list_is_read_and_a_page_is_none() {
        let listed = "<?xml version='1.0'?><ErrorResponse xmlns='x'><Errors><Error><Code>InvalidClientTokenId</Code>\
            <Message>The token is invalid</Message></Error></Errors></ErrorResponse>";
        assert_eq!(
            find_listed_error(listed.as_bytes()),
            Some((
                "InvalidClientTokenId".to_owned(),
                "The token is invalid".to_owned()
            ))
        );
        for other in [
            "<html><Errors><Error><Code>InvalidClientTokenId</Code></Error></Errors></html>",
            "<Response><Code>InvalidClientTokenId</Code></Response>",
            "<Response><Errors><Error><Code>Invalid",
            "",
            "{}",
        ] {
            assert_eq!(find_listed_error(other.as_bytes()), None, "{other}");
        }
    }
}
