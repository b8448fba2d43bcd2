//! The portal of AWS IAM Identity Center: `Logout` ends the server's session of a token. Role
//! credentials that were issued to it live until their own end. `ListAccounts` shows whether a token
//! is still good, and changes nothing.
//!
//! `Logout` is sent without the SDK, which takes every 200 for a yes, whatever comes with it: a captive
//! portal's page too.
//!
//! Source: AWS SSO Portal API Reference, `Logout`, `ListAccounts`.

use std::sync::OnceLock;

use aws_sdk_sso::config::interceptors::BeforeDeserializationInterceptorContextMut;
use aws_sdk_sso::config::retry::RetryConfig;
use aws_sdk_sso::config::timeout::TimeoutConfig;
use aws_sdk_sso::config::{
    BehaviorVersion, Config, ConfigBag, Intercept, Region, RuntimeComponents, SharedHttpClient,
    StalledStreamProtectionConfig,
};
use aws_sdk_sso::error::{BoxError, ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use serde::Deserialize;

use super::client::{LazyClient, header, is_page, whole};
use super::endpoint::PortalPlace;
use super::proxy::{ProxySettings, UNUSABLE};
use super::{EndResult, innermost, printable, unreachable};
use crate::secret::Secret;

/// The header with the token.
const BEARER: &str = "x-amz-sso_bearer_token";

/// Longest answer that is read, in bytes; the portal's have about a hundred.
const ANSWER_LIMIT: u64 = 16 << 10;

/// Calls portals.
pub(super) struct Portal {
    plain: LazyClient,
    proxy: ProxySettings,
    direct: OnceLock<SharedHttpClient>,
    proxied: OnceLock<Option<SharedHttpClient>>,
}

impl Portal {
    pub(super) fn new(proxy: ProxySettings) -> Self {
        Self {
            plain: LazyClient::new(proxy.clone()),
            proxy,
            direct: OnceLock::new(),
            proxied: OnceLock::new(),
        }
    }

    /// Ends the token at the portal of this checked place.
    pub(super) async fn end(&self, token: &Secret, place: &PortalPlace) -> EndResult {
        let Some(client) = self.plain.get(place.direct) else {
            return unreachable(UNUSABLE);
        };
        let Ok(mut bearer) = HeaderValue::from_str(token.expose()) else {
            return unreachable("the token has characters that no token has");
        };
        bearer.set_sensitive(true);
        let request = client
            .post(format!("{}/logout", place.url))
            .header(BEARER, bearer)
            .header(CONTENT_LENGTH, 0);
        match request.send().await {
            Ok(response) => doubted(judge(response, token).await, place),
            Err(error) => {
                let why = printable(&innermost(&error), Some(token));
                EndResult::Unreachable { why }
            }
        }
    }

    /// Whether the portal of this checked place accepts the token: one account is asked for.
    /// [`EndResult::Revoked`] stands for a yes.
    pub(super) async fn ask(&self, token: &Secret, place: &PortalPlace) -> EndResult {
        let Some(client) = self.client(place) else {
            return unreachable(UNUSABLE);
        };
        let request = client.list_accounts().access_token(token.expose());
        match request.max_results(1).send().await {
            Ok(_) => EndResult::Revoked,
            Err(error) => doubted(explain(&error, token), place),
        }
    }

    fn client(&self, place: &PortalPlace) -> Option<aws_sdk_sso::Client> {
        let http_client = self.http_client(place.direct)?;
        // One attempt within the caller's own time limit, and no credentials: the token is all.
        let config = Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(place.region.clone()))
            .endpoint_url(&place.url)
            .http_client(http_client)
            .allow_no_auth()
            .interceptor(ShortAnswers)
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        Some(aws_sdk_sso::Client::from_conf(config))
    }

    fn http_client(&self, direct: bool) -> Option<SharedHttpClient> {
        let Some(proxy) = self.proxy.url.as_deref().filter(|_| !direct) else {
            let build = || Builder::new().tls_provider(tls()).build_https();
            return Some(self.direct.get_or_init(build).clone());
        };
        let build = || self.build_proxied(proxy);
        self.proxied.get_or_init(build).clone()
    }

    fn build_proxied(&self, proxy: &str) -> Option<SharedHttpClient> {
        let mut proxy = ProxyConfig::https(proxy).ok()?;
        if let Some(except) = &self.proxy.except {
            proxy = proxy.no_proxy(except);
        }
        Some(
            Builder::new().build_with_connector_fn(move |settings, components| {
                let mut builder = Connector::builder().proxy_config(proxy.clone());
                builder.set_connector_settings(settings.cloned());
                if let Some(components) = components {
                    builder.set_sleep_impl(components.sleep_impl());
                }
                builder.tls_provider(tls()).build()
            }),
        )
    }
}

/// The portal's error.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    message: String,
    #[serde(rename = "__type")]
    kind: String,
}

/// What the answer to `Logout` proves: ended is a 200 without content, and not known a 401 of the
/// portal itself.
async fn judge(response: reqwest::Response, token: &Secret) -> EndResult {
    let status = response.status().as_u16();
    let content_type = header(&response, CONTENT_TYPE.as_str());
    let error_type = header(&response, "x-amzn-errortype");
    let refused = |message: &str| EndResult::Refused {
        status,
        message: printable(message, Some(token)),
    };
    let Some(body) = whole(response).await else {
        return refused(if status == 200 {
            "its answer was cut off"
        } else {
            ""
        });
    };
    if is_page(&content_type, &body) {
        return refused("a page for people, not the portal's answer");
    }
    let body = body.trim_ascii();
    let problem: Option<Problem> = serde_json::from_slice(body).ok();
    match status {
        200 if body.is_empty() || matches!(body, b"{}" | b"null") => EndResult::Revoked,
        200 => refused("its answer is not the portal's"),
        401 => {
            let names_it = error_type.starts_with("UnauthorizedException");
            if names_it || problem.is_some() || body.is_empty() {
                EndResult::AlreadyEnded
            } else {
                refused("its answer is not the portal's")
            }
        }
        _ => {
            let problem = problem.unwrap_or_default();
            let kind = problem.kind.rsplit('#').next().unwrap_or_default();
            refused(if problem.message.is_empty() {
                kind
            } else {
                &problem.message
            })
        }
    }
}

/// Drops the body of an answer that is too long or does not say how long it is: the SDK would read
/// all of it into memory, and status and headers are enough to go on.
#[derive(Debug)]
struct ShortAnswers;

impl Intercept for ShortAnswers {
    fn name(&self) -> &'static str {
        "ShortAnswers"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        if body
            .content_length()
            .is_none_or(|length| length > ANSWER_LIMIT)
        {
            *body = "".into();
        }
        Ok(())
    }
}

const fn tls() -> Provider {
    Provider::Rustls(CryptoMode::AwsLc)
}

fn explain<E>(error: &SdkError<E>, token: &Secret) -> EndResult
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error {
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            let content_type = answer.raw().headers().get(CONTENT_TYPE.as_str());
            let body = answer.raw().body().bytes().unwrap_or_default();
            if is_page(content_type.unwrap_or_default(), body) {
                let message = "a page for people, not the portal's answer".to_owned();
                return EndResult::Refused { status, message };
            }
            if status == 401 {
                return EndResult::AlreadyEnded;
            }
            let message = printable(answer.err().message().unwrap_or_default(), Some(token));
            EndResult::Refused { status, message }
        }
        SdkError::ResponseError(answer) => {
            let status = answer.raw().status().as_u16();
            EndResult::Refused {
                status,
                message: "its answer cannot be understood".to_owned(),
            }
        }
        other => {
            let why = printable(&innermost(other), Some(token));
            EndResult::Unreachable { why }
        }
    }
}

/// A portal that was only guessed at and does not know a token proves nothing about it.
fn doubted(result: EndResult, place: &PortalPlace) -> EndResult {
    if result == EndResult::AlreadyEnded && place.is_region_guessed {
        return EndResult::Unreachable {
            why: format!(
                "the portal in {} does not know the token, and no other region is recorded with it",
                place.region
            ),
        };
    }
    result
}
