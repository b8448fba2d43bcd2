//! AWS Sign-In, the server of `aws login`: ending a refresh token, and asking whether it is good.
//!
//! Both requests are signed with the keys that came with the refresh token, which last for fifteen minutes
//! and stay good until then. The server says yes to every refresh token, known or not, so that it has
//! ended is only believed once it says so when it is asked.
//!
//! Source: AWS Sign-In API Reference, `RevokeOAuth2TokenWithIAM`, `IntrospectOAuth2TokenWithIAM`.

use std::sync::{Arc, OnceLock};

use aws_credential_types::Credentials;
use aws_sdk_signin::Client;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use serde::Deserialize;

use super::check_endpoint;
use crate::io::net::oauth::SecretText;
use crate::io::net::{
    Address, CallError, Ended, Http, RevocationResult, Verdict, configure_sdk, sdk_failure,
};
use crate::remote::{Endpoint, TrustedHost};
use crate::secret::Secret;
use crate::systems::aws::endpoint::vendor_sign_in;

/// How the refresh tokens begin that the server ends.
const REVOCABLE: &str = "ASOR";

/// Whether the server ends a refresh token: it refuses others without looking at them.
pub(crate) fn is_revocable(token: &Secret) -> bool {
    token.expose().starts_with(REVOCABLE)
}

/// Keys as `aws login` keeps them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Keys {
    access_key_id: String,
    secret_access_key: SecretText,
    session_token: SecretText,
}

/// What the server says of a token.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Introspection {
    active: bool,
}

/// Keeps what the server itself wrote: the SDK takes an answer that says nothing of the token for one
/// that says that it is not active.
#[derive(Clone, Debug, Default)]
struct Said(Arc<OnceLock<Introspection>>);

#[dyn_dispatch_hint]
impl Intercept for Said {
    fn name(&self) -> &'static str {
        "Said"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let body = response.body().bytes().unwrap_or_default();
        if response.status().is_success()
            && let Ok(said) = serde_json::from_slice(body)
        {
            // One answer is one question's.
            let _first = self.0.set(said);
        }
        Ok(())
    }
}

/// A server of AWS Sign-In that a token may go to.
#[derive(Debug)]
pub(crate) struct SignInServer {
    address: Address,
    region: String,
}

impl SignInServer {
    /// The server of a region at an endpoint that its tokens may go to.
    pub(crate) fn check(
        endpoint: &Endpoint,
        region: &str,
        allowed: &[TrustedHost],
    ) -> Result<Self, CallError> {
        let vendor: Vec<String> = vendor_sign_in(region).into_iter().collect();
        Ok(Self {
            address: check_endpoint(endpoint, &vendor, allowed)?,
            region: region.to_owned(),
        })
    }

    /// The host.
    pub(crate) fn host(&self) -> &str {
        self.address.host()
    }

    /// Ends a refresh token and all that came from it.
    pub(crate) async fn end(
        &self,
        http: &Http,
        token: &Secret,
        keys: Option<&Secret>,
    ) -> RevocationResult {
        let client = self.client(http, keys)?;
        let request = client.revoke_o_auth2_token_with_iam();
        let answer = request.token(token.expose()).send().await;
        answer.map_err(|error| sdk_failure(&self.address, &error, &[token]))?;
        match self.introspect(&client, token).await? {
            Verdict::Unknown => Ok(Ended::Now),
            Verdict::Yes => Err(CallError::NotConfirmed {
                host: self.host().to_owned(),
            }),
        }
    }

    /// Whether the server accepts a refresh token.
    pub(crate) async fn ask(
        &self,
        http: &Http,
        token: &Secret,
        keys: Option<&Secret>,
    ) -> Result<Verdict, CallError> {
        let client = self.client(http, keys)?;
        self.introspect(&client, token).await
    }

    async fn introspect(&self, client: &Client, token: &Secret) -> Result<Verdict, CallError> {
        let said = Said::default();
        let request = client.introspect_o_auth2_token_with_iam();
        let request = request.token(token.expose()).customize();
        let answer = request.interceptor(said.clone()).send().await;
        answer.map_err(|error| sdk_failure(&self.address, &error, &[token]))?;
        match said.0.get() {
            Some(Introspection { active: true }) => Ok(Verdict::Yes),
            Some(Introspection { active: false }) => Ok(Verdict::Unknown),
            None => Err(CallError::NotUnderstood {
                host: self.host().to_owned(),
                status: 200,
                problem: "it does not say whether the token is active",
            }),
        }
    }

    fn client(&self, http: &Http, keys: Option<&Secret>) -> Result<Client, CallError> {
        let keys = keys.and_then(|keys| serde_json::from_str::<Keys>(keys.expose()).ok());
        let keys = keys.ok_or_else(|| CallError::NotAllowed {
            host: self.host().to_owned(),
            why: "the keys that would sign it are not there",
        })?;
        let credentials = Credentials::new(
            keys.access_key_id,
            keys.secret_access_key.0.expose(),
            Some(keys.session_token.0.expose().to_owned()),
            None,
            "adieu",
        );
        let config = configure_sdk!(aws_sdk_signin, http, &self.address, self.region, 1);
        Ok(Client::from_conf(
            config.credentials_provider(credentials).build(),
        ))
    }
}
