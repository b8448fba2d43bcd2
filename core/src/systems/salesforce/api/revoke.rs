//! Ending tokens: `POST {origin}/services/oauth2/revoke` with the token and nothing else.
//!
//! A refresh token takes all access tokens made from it along; an access token ends one session.
//!
//! Source: Salesforce Help, "Revoke OAuth Tokens".

use super::hosts::without_pages;
use crate::io::net::{Address, CallError, Ended, Http, Parameters, RevocationResult, Verdict};
use crate::remote::{Body, Endpoint, EndpointSource, HttpCall, TrustedHost};
use crate::secret::Secret;

const REVOKE: HttpCall = HttpCall::revocation("/services/oauth2/revoke", Body::TOKEN);

/// The addresses that are stored with a token.
#[derive(Debug)]
pub(crate) struct Addresses {
    /// The org's own, or why nothing may be sent there.
    org: Result<Address, CallError>,
    /// Where the sign-in was made, if that is elsewhere and may be used.
    login: Option<Address>,
}

impl Addresses {
    /// The addresses of endpoints that a token may go to.
    pub(crate) fn check(
        endpoint: &Endpoint,
        second: Option<&Endpoint>,
        allowed: &[TrustedHost],
    ) -> Result<Self, CallError> {
        // What is recorded with the token, in the vendor's state file of the same user, is the
        // vendor's own for it.
        let recorded = |endpoint: &Endpoint| {
            let vendor =
                (endpoint.named_by == EndpointSource::Vendor).then_some(endpoint.url.as_str());
            without_pages(Address::check(endpoint, vendor, allowed)?)
        };
        let org = recorded(endpoint);
        let login = second.and_then(|login| recorded(login).ok());
        match (org, login) {
            (Err(error), None) => Err(error),
            (org, login) => Ok(Self { org, login }),
        }
    }

    /// The host that is asked first.
    pub(crate) fn host(&self) -> &str {
        let first = self.org.as_ref().ok().or(self.login.as_ref());
        first.map_or("", Address::host)
    }
}

/// Ends a token at its org. Where the org does not know it, or cannot be asked, the login host is
/// asked once: an org may have moved. That a token has ended is believed only of a server that
/// ended it, and of servers of which none that could know it was left out.
pub(crate) async fn end_token(
    http: &Http,
    token: &Secret,
    addresses: &Addresses,
) -> RevocationResult {
    let with = Parameters {
        token,
        recorded: &[],
    };
    let at_org = match &addresses.org {
        Ok(org) => http.verdict(&REVOKE, org, with).await,
        Err(error) => Err(error.clone()),
    };
    let is_open = matches!(
        at_org,
        Ok(Verdict::Unknown) | Err(CallError::Unreachable { .. } | CallError::NotAllowed { .. })
    );
    let Some(login) = addresses.login.as_ref().filter(|_| is_open) else {
        return at_org.map(Ended::from);
    };
    match (at_org, http.verdict(&REVOKE, login, with).await) {
        (Ok(Verdict::Yes), _) => Ok(Ended::Now),
        (_, Ok(Verdict::Yes)) => Ok(Ended::Elsewhere {
            host: login.host().to_owned(),
        }),
        (Ok(Verdict::Unknown), Ok(Verdict::Unknown)) => Ok(Ended::Before),
        (Ok(Verdict::Unknown), Err(error)) => Err(CallError::Refused {
            host: addresses.host().to_owned(),
            status: 400,
            code: String::new(),
            description: format!("it does not know the token, and {error}"),
        }),
        // The org itself was never asked, so that the login host's not knowing says nothing. To let
        // the token go there would not help either, hence not `NotAllowed`.
        (Err(error @ CallError::NotAllowed { .. }), _) => Err(CallError::Unreachable {
            host: String::new(),
            why: error.to_string(),
        }),
        (Err(error), _) => Err(error),
    }
}
