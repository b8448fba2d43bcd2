//! The portal of AWS IAM Identity Center: `Logout` ends the server's session of a token. Role
//! credentials that were issued to it live until their own end. `ListAccounts` shows whether a token
//! is still good, and changes nothing.
//!
//! Both are sent without the SDK, which takes every 200 for a yes, whatever comes with it: a captive
//! portal's page too.
//!
//! Source: AWS SSO Portal API Reference, `Logout`, `ListAccounts`.

use std::borrow::Cow;

use crate::io::net::{Address, CallError, Http, Parameters, Verdict};
use crate::remote::call::{Method, Text};
use crate::remote::{Answers, Authorization, Content, Endpoint, HttpCall, TrustedHost};
use crate::secret::Secret;
use crate::systems::aws::endpoint::vendor_portals;

/// What a portal calls a token that it does not know. A 401 of anything that stands between proves
/// nothing.
const UNKNOWN: &[Answers] = &[Answers::new(
    401,
    Content::Errors(Cow::Borrowed(UNAUTHORIZED)),
)];
const UNAUTHORIZED: &[Text] = &[Cow::Borrowed("UnauthorizedException")];

const ENDED: &[Answers] = &[Answers::new(200, Content::Nothing)];
const LISTED: &[Answers] = &[Answers::new(200, Content::Object)];

/// Ended is a 200 without content, and not known a 401 that names the portal's own error.
const LOGOUT: HttpCall = build_call(Method::Post, "/logout", ENDED);

/// One account is asked for.
const LIST_ACCOUNTS: HttpCall =
    build_call(Method::Get, "/assignment/accounts?max_result=1", LISTED);

const fn build_call(method: Method, path: &'static str, yes: &'static [Answers]) -> HttpCall {
    let header = Authorization::Header(Cow::Borrowed("x-amz-sso_bearer_token"));
    HttpCall::plain(method, path, header, yes, UNKNOWN)
}

/// A portal that a token may go to.
#[derive(Debug)]
pub(crate) struct Portal {
    address: Address,
    region: String,
    /// Whether the region is only what is configured now: then that the portal does not know the token
    /// proves nothing.
    is_region_guessed: bool,
}

impl Portal {
    /// The portal of a region at an endpoint that its tokens may go to.
    pub(crate) fn check(
        endpoint: &Endpoint,
        region: &str,
        is_region_guessed: bool,
        allowed: &[TrustedHost],
    ) -> Result<Self, CallError> {
        Ok(Self {
            address: super::check_endpoint(endpoint, &vendor_portals(region), allowed)?,
            region: region.to_owned(),
            is_region_guessed,
        })
    }

    /// The host.
    pub(crate) fn host(&self) -> &str {
        self.address.host()
    }

    /// Ends a token's session.
    pub(super) async fn end(&self, http: &Http, token: &Secret) -> Result<Verdict, CallError> {
        self.call(http, token, &LOGOUT).await
    }

    /// Whether the portal accepts a token.
    pub(super) async fn ask(&self, http: &Http, token: &Secret) -> Result<Verdict, CallError> {
        self.call(http, token, &LIST_ACCOUNTS).await
    }

    async fn call(
        &self,
        http: &Http,
        token: &Secret,
        call: &HttpCall,
    ) -> Result<Verdict, CallError> {
        let with = Parameters {
            token,
            recorded: &[],
        };
        let verdict = http.verdict(call, &self.address, with).await?;
        self.doubt(verdict)
    }

    /// A portal that was only guessed at and does not know a token proves nothing about it.
    fn doubt(&self, verdict: Verdict) -> Result<Verdict, CallError> {
        if verdict == Verdict::Unknown && self.is_region_guessed {
            return Err(CallError::Unreachable {
                host: self.host().to_owned(),
                why: format!(
                    "the portal in {} does not know the token, and no other region is recorded with it",
                    self.region
                ),
            });
        }
        Ok(verdict)
    }
}
