//! Ending a portal's session whose access token may be over: it is renewed first, in memory, so that the
//! portal can be told.
//!
//! A file's word for a token's end is none of the server's: clocks differ. So the portal is asked even
//! where the file says that it is over. That the portal does not know an access token says nothing of
//! the session's refresh token: only what answers that one shows whether the session has ended.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;

use super::endpoint::PortalPlace;
use super::oidc::{Renewed, RenewedTokens};
use super::{Clients, EndResult, Place};
use crate::inventory::{Renewability, ServerAnswer};
use crate::secret::Secret;

/// How long a portal is asked about an old token whose session is said to have ended already.
const SHORT: Duration = Duration::from_secs(2);

/// How a token stands with time.
#[derive(Clone, Debug, Default)]
pub struct Lapse {
    /// Whether its end has passed by this machine's clock.
    pub is_over: bool,
    /// When it ends by itself, as its file says.
    pub expires_at: Option<Timestamp>,
    /// What can make a new one of it.
    pub renewal: Renewability,
    /// What a renewal brought, if the session could not be ended with it.
    pub renewed: Arc<OnceLock<RenewedTokens>>,
}

/// Ends a session; `oidc` is where it may be renewed, or why not.
pub(super) async fn end(
    clients: &Clients,
    token: &Secret,
    portal: &PortalPlace,
    lapse: &Lapse,
    oidc: Option<&Result<Place, String>>,
) -> EndResult {
    let has_access_token = match &lapse.renewal {
        Renewability::With(renewal) => renewal.refresh_token.expose() != token.expose(),
        _ => true,
    };
    if !has_access_token {
        return renew_and_end(clients, portal, lapse, oidc).await;
    }
    if lapse.is_over && lapse.renewal.outlives_its_token() {
        let result = renew_and_end(clients, portal, lapse, oidc).await;
        return match result {
            EndResult::AlreadyEnded => {
                // Who renewed it elsewhere may have left this token good.
                let old = tokio::time::timeout(SHORT, clients.portal.end(token, portal)).await;
                match old {
                    Ok(EndResult::Revoked) => EndResult::Revoked,
                    _ => EndResult::AlreadyEnded,
                }
            }
            EndResult::Stale { why } => match clients.portal.end(token, portal).await {
                EndResult::Revoked => EndResult::Revoked,
                _ => EndResult::Stale { why },
            },
            other => other,
        };
    }
    match clients.portal.end(token, portal).await {
        EndResult::AlreadyEnded if lapse.renewal.outlives_its_token() => {
            renew_and_end(clients, portal, lapse, oidc).await
        }
        result => result,
    }
}

/// Whether a portal accepts a token; where a refresh token outlives it, a no to it is no answer.
pub(super) async fn ask(
    clients: &Clients,
    token: &Secret,
    portal: &PortalPlace,
    lapse: &Lapse,
) -> ServerAnswer {
    let is_refresh_token = match &lapse.renewal {
        Renewability::With(renewal) => renewal.refresh_token.expose() == token.expose(),
        _ => false,
    };
    if is_refresh_token {
        return ServerAnswer::NotAsked {
            why: "there is only a refresh token, and to ask with it would make a new session's token",
        };
    }
    match clients.portal.ask(token, portal).await {
        EndResult::Revoked => ServerAnswer::Accepted,
        EndResult::AlreadyEnded if lapse.renewal.outlives_its_token() => ServerAnswer::Unknown {
            why: "its access token is refused, its refresh token may still be good".to_owned(),
        },
        other => other.into(),
    }
}

async fn renew_and_end(
    clients: &Clients,
    portal: &PortalPlace,
    lapse: &Lapse,
    oidc: Option<&Result<Place, String>>,
) -> EndResult {
    let stale = |why: &str| EndResult::Stale {
        why: why.to_owned(),
    };
    let renewal = match &lapse.renewal {
        Renewability::With(renewal) => renewal,
        Renewability::Not(why) => return stale(why),
        Renewability::No => return EndResult::AlreadyEnded,
    };
    let place = match oidc {
        Some(Ok(place)) => place,
        Some(Err(why)) => return stale(why),
        None => return stale("it could not be renewed"),
    };
    let renewed = clients.oidc.renew(renewal, &place.url, place.direct).await;
    let tokens = match renewed {
        Renewed::Tokens(tokens) => tokens,
        Renewed::Ended => return EndResult::AlreadyEnded,
        Renewed::Failed(why) => return stale(&why),
    };
    // Before the portal is asked: whoever waits for it may give up.
    let _first = lapse.renewed.set(tokens.clone());
    clients.portal.end(&tokens.access_token, portal).await
}
