//! Requests signed by hand, for the two services of which one call is needed: an SDK for each would double
//! the program's size for it.
//!
//! Source: AWS documentation, "AWS Signature Version 4 for API requests".

use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningInstructions, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use url::Url;

use super::client::to_credentials;
use super::{RoleKeys, SignIn};
use crate::io::net::{Address, Answer, CallError, SdkTransport};
use crate::secret::Secret;

/// A request to be signed.
pub(super) struct Unsigned<'r> {
    /// The name of the service in the signature.
    pub(super) service: &'r str,
    pub(super) region: &'r str,
    pub(super) method: &'static str,
    pub(super) url: Url,
    pub(super) headers: &'r [(&'static str, &'r str)],
    pub(super) body: &'r str,
}

impl SignIn<'_> {
    /// Sends a request that is signed with these keys; the answer is a good one.
    pub(super) fn send_signed(
        &self,
        keys: &RoleKeys,
        address: &Address,
        request: &Unsigned<'_>,
    ) -> Result<Answer, CallError> {
        let mut message = HttpRequest::new(SdkBody::from(request.body));
        let signed = self.sign(keys, request, None);
        let is_good = message.set_uri(request.url.as_str()).is_ok()
            && message.set_method(request.method).is_ok();
        let signed = signed
            .filter(|_| is_good)
            .ok_or_else(cannot_sign(address))?;
        let headers = request.headers.iter().copied().chain(signed.headers());
        for (name, value) in headers {
            let put = message
                .headers_mut()
                .try_insert(name.to_owned(), value.to_owned());
            put.map_err(|_| cannot_sign(address)())?;
        }
        self.network.run(address.host(), async |http| {
            let transport = SdkTransport::new(http, address);
            let answer = transport.exchange(message).await?;
            if answer.is_success() {
                Ok(answer)
            } else {
                Err(answer.refusal(&keys.secrets()))
            }
        })
    }

    /// An address that is a signed request, for whoever is handed it.
    pub(super) fn presign(
        &self,
        keys: &RoleKeys,
        request: &Unsigned<'_>,
        life: Duration,
    ) -> Option<Secret> {
        let signed = self.sign(keys, request, Some(life))?;
        let mut url = request.url.clone();
        for (name, value) in signed.params() {
            url.query_pairs_mut().append_pair(name, value);
        }
        Some(Secret::new(url.into()))
    }

    fn sign(
        &self,
        keys: &RoleKeys,
        request: &Unsigned<'_>,
        life: Option<Duration>,
    ) -> Option<SigningInstructions> {
        let mut settings = SigningSettings::default();
        if life.is_some() {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = life;
        }
        let identity: Identity = to_credentials(keys).into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(request.region)
            .name(request.service)
            .time(SystemTime::from(self.server_now()))
            .settings(settings)
            .build()
            .ok()?;
        let headers = request.headers.iter().copied();
        let body = SignableBody::Bytes(request.body.as_bytes());
        let signable =
            SignableRequest::new(request.method, request.url.as_str(), headers, body).ok()?;
        let (instructions, _) = sign(signable, &parameters.into()).ok()?.into_parts();
        Some(instructions)
    }
}

fn cannot_sign(address: &Address) -> impl Fn() -> CallError {
    let host = address.host().to_owned();
    move || CallError::NotAllowed {
        host: host.clone(),
        why: "the request could not be signed",
    }
}
