//! Ending tokens: `POST {origin}/services/oauth2/revoke` with the token and nothing else.
//!
//! A refresh token takes all access tokens made from it along; an access token ends one session.

use super::http::Http;
use super::{OrgError, Origin};
use crate::net::EndResult;
use crate::secret::Secret;

const PATH: &str = "/services/oauth2/revoke";

/// One token to end, and where.
#[derive(Debug)]
pub struct RevokeRequest<Id> {
    /// Whatever the caller knows it by.
    pub id: Id,
    /// The refresh token, else the access token.
    pub token: Secret,
    /// The addresses stored with the token, as they are stored: `instanceUrl`, then `loginUrl`.
    /// The second is asked if the first cannot be reached or does not know the token.
    pub addresses: Vec<String>,
}

/// What became of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RevokeAnswer {
    /// The service ended it.
    Revoked,
    /// No stored address knows it: it has expired, or was ended already.
    Unknown,
    /// It may still be live.
    Failed(OrgError),
}

impl From<RevokeAnswer> for EndResult {
    fn from(answer: RevokeAnswer) -> Self {
        match answer {
            RevokeAnswer::Revoked => Self::Revoked,
            RevokeAnswer::Unknown => Self::AlreadyEnded,
            RevokeAnswer::Failed(error) => error.into(),
        }
    }
}

/// Asks the stored addresses in turn, each origin once.
pub(super) async fn revoke(http: &Http, token: &Secret, addresses: &[String]) -> RevokeAnswer {
    let mut origins: Vec<Origin> = Vec::new();
    let mut problem = OrgError::NotAllowed {
        host: String::new(),
        why: "the sign-in names no address",
    };
    for address in addresses.iter().take(2) {
        match Origin::parse(address) {
            Ok(origin) if origins.contains(&origin) => {}
            Ok(origin) => origins.push(origin),
            Err(error) => problem = error,
        }
    }
    let Some(first) = origins.first() else {
        return RevokeAnswer::Failed(problem);
    };
    let answer = revoke_at(http, token, first).await;
    let second = origins.get(1).filter(|_| {
        matches!(
            answer,
            RevokeAnswer::Unknown | RevokeAnswer::Failed(OrgError::Unreachable { .. })
        )
    });
    let Some(second) = second else { return answer };
    match (answer, revoke_at(http, token, second).await) {
        (_, RevokeAnswer::Revoked) => RevokeAnswer::Revoked,
        (RevokeAnswer::Unknown, other) => other,
        // The org itself was never asked.
        (failed, _) => failed,
    }
}

async fn revoke_at(http: &Http, token: &Secret, origin: &Origin) -> RevokeAnswer {
    let answer = match http.post(origin, PATH, &[("token", token.expose())]).await {
        Ok(answer) => answer,
        Err(error) => return RevokeAnswer::Failed(error),
    };
    if answer.is_success() && !answer.is_html() {
        return RevokeAnswer::Revoked;
    }
    match answer.refusal(&[token]) {
        OrgError::Refused {
            status: 400, code, ..
        } if code == "invalid_token" || code == "unsupported_token_type" => RevokeAnswer::Unknown,
        error => RevokeAnswer::Failed(error),
    }
}
