//! Ending a portal's session whose access token may be over: it is renewed first, in memory, so that the
//! portal can be told.
//!
//! A file's word for a token's end is none of the server's: clocks differ. So the portal is asked even
//! where the file says that it is over. That the portal does not know an access token says nothing of
//! the session's refresh token: only what answers that one shows whether the session has ended.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::oidc::{Renewed, renew_tokens};
use super::portal::Portal;
use crate::inventory::Renewability;
use crate::io::net::oauth::Grant;
use crate::io::net::{Address, CallError, Ended, Http, RevocationResult, Verdict};
use crate::remote::{TokenStatus, TrustedHost};
use crate::secret::Secret;

/// How long a portal is asked about an old token whose session is said to have ended already.
const SHORT: Duration = Duration::from_secs(2);

/// How a token stands with time.
#[derive(Clone, Debug, Default)]
pub struct Lapse {
    /// Whether its end has passed by this machine's clock.
    pub is_over: bool,
    /// What can make a new one of it.
    pub renewal: Renewability,
    /// What a renewal brought, if the session could not be ended with it.
    pub renewed: Arc<OnceLock<Grant>>,
}

impl Lapse {
    /// Where the session may be renewed, or why it cannot be.
    pub(crate) fn server(&self, allowed: &[TrustedHost]) -> Option<Result<Address, String>> {
        let Renewability::With(renewal) = &self.renewal else {
            return None;
        };
        let place = super::oidc_address(renewal, allowed);
        Some(place.map_err(|refusal| {
            let why = TokenStatus::from(refusal);
            format!(
                "it could not be renewed: {}",
                why.reason().unwrap_or_default()
            )
        }))
    }
}

/// Ends a session; `oidc` is where it may be renewed, or why not.
pub(crate) async fn end_session(
    http: &Http,
    token: &Secret,
    portal: &Portal,
    lapse: &Lapse,
    oidc: Option<&Result<Address, String>>,
) -> RevocationResult {
    let has_access_token = match &lapse.renewal {
        Renewability::With(renewal) => renewal.refresh_token.expose() != token.expose(),
        _ => true,
    };
    if !has_access_token {
        return renew_and_end(http, portal, lapse, oidc).await;
    }
    if lapse.is_over && lapse.renewal.outlives_its_token() {
        return match renew_and_end(http, portal, lapse, oidc).await {
            Ok(Ended::Before) => {
                // Who renewed it elsewhere may have left this token good.
                let old = tokio::time::timeout(SHORT, portal.end(http, token)).await;
                let is_ended = old.is_ok_and(|said| said == Ok(Verdict::Yes));
                Ok(if is_ended { Ended::Now } else { Ended::Before })
            }
            Err(CallError::Stale { why }) => match portal.end(http, token).await {
                Ok(Verdict::Yes) => Ok(Ended::Now),
                _ => Err(CallError::Stale { why }),
            },
            other => other,
        };
    }
    match portal.end(http, token).await {
        Ok(Verdict::Unknown) if lapse.renewal.outlives_its_token() => {
            renew_and_end(http, portal, lapse, oidc).await
        }
        result => result.map(Ended::from),
    }
}

/// Whether a portal accepts a token; where a refresh token outlives it, a no to it is no answer.
pub(crate) async fn ask_token_status(
    http: &Http,
    token: &Secret,
    portal: &Portal,
    lapse: &Lapse,
) -> TokenStatus {
    let is_refresh_token = match &lapse.renewal {
        Renewability::With(renewal) => renewal.refresh_token.expose() == token.expose(),
        _ => false,
    };
    if is_refresh_token {
        return TokenStatus::NotAsked {
            why: "there is only a refresh token, and to ask with it would make a new session's token",
        };
    }
    match portal.ask(http, token).await {
        Ok(Verdict::Unknown) if lapse.renewal.outlives_its_token() => TokenStatus::Unknown {
            why: "its access token is refused, its refresh token may still be good".to_owned(),
        },
        result => Verdict::answer(result),
    }
}

async fn renew_and_end(
    http: &Http,
    portal: &Portal,
    lapse: &Lapse,
    oidc: Option<&Result<Address, String>>,
) -> RevocationResult {
    let stale = |why: &str| {
        Err(CallError::Stale {
            why: why.to_owned(),
        })
    };
    let renewal = match &lapse.renewal {
        Renewability::With(renewal) => renewal,
        Renewability::Not(why) => return stale(why),
        Renewability::No => return Ok(Ended::Before),
    };
    let place = match oidc {
        Some(Ok(place)) => place,
        Some(Err(why)) => return stale(why),
        None => return stale("it could not be renewed"),
    };
    let tokens = match renew_tokens(http, renewal, place).await {
        Renewed::Tokens(tokens) => tokens,
        Renewed::Ended => return Ok(Ended::Before),
        Renewed::Failed(why) => return stale(&why),
    };
    // Before the portal is asked: whoever waits for it may give up.
    let _first = lapse.renewed.set(tokens.clone());
    let ended = portal.end(http, &tokens.access_token).await;
    ended.map(Ended::from)
}
