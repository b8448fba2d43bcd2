//! Ending tokens: `POST {origin}/services/oauth2/revoke` with the token and nothing else.
//!
//! A refresh token takes all access tokens made from it along; an access token ends one session.
//!
//! Source: Salesforce Help, "Revoke OAuth Tokens".

use super::http::Http;
use super::{OrgError, Origin};
use crate::net::EndResult;
use crate::secret::Secret;

const PATH: &str = "/services/oauth2/revoke";

/// The addresses that are stored with a token.
#[derive(Debug)]
pub(in crate::net) struct Addresses {
    /// The org's own, or why nothing may be sent there.
    pub(in crate::net) org: Result<Origin, OrgError>,
    /// Where the sign-in was made, if that is elsewhere and may be used.
    pub(in crate::net) login: Option<Origin>,
}

/// What one address makes of a token.
enum Answer {
    /// It ended it.
    Revoked,
    /// It does not know it: it has expired, was ended already, or is another server's.
    Unknown,
    /// It may still be live.
    Failed(OrgError),
}

/// Ends a token at its org. Where the org does not know it, or cannot be asked, the login host is
/// asked once: an org may have moved. That a token has ended is believed only of a server that
/// ended it, and of servers of which none that could know it was left out.
pub(in crate::net) async fn end(http: &Http, token: &Secret, addresses: &Addresses) -> EndResult {
    let at_org = match &addresses.org {
        Ok(org) => ask(http, token, org).await,
        Err(error) => Answer::Failed(error.clone()),
    };
    let is_open = matches!(
        at_org,
        Answer::Unknown
            | Answer::Failed(OrgError::Unreachable { .. } | OrgError::NotAllowed { .. })
    );
    let Some(login) = addresses.login.as_ref().filter(|_| is_open) else {
        return match at_org {
            Answer::Revoked => EndResult::Revoked,
            Answer::Unknown => EndResult::AlreadyEnded,
            Answer::Failed(error) => error.into(),
        };
    };
    match (at_org, ask(http, token, login).await) {
        (Answer::Revoked, _) => EndResult::Revoked,
        (_, Answer::Revoked) => EndResult::RevokedElsewhere {
            host: login.host().to_owned(),
        },
        (Answer::Unknown, Answer::Unknown) => EndResult::AlreadyEnded,
        (Answer::Unknown, Answer::Failed(error)) => EndResult::Refused {
            status: 400,
            message: format!("it does not know the token, and {error}"),
        },
        // The org itself was never asked, so that the login host's not knowing says nothing. To let
        // the token go there would not help either, hence not `NotAllowed`.
        (Answer::Failed(error @ OrgError::NotAllowed { .. }), _) => EndResult::Unreachable {
            why: error.to_string(),
        },
        (Answer::Failed(error), _) => error.into(),
    }
}

fn is_word(text: &str) -> bool {
    text.len() <= 40 && text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_')
}

async fn ask(http: &Http, token: &Secret, origin: &Origin) -> Answer {
    let answer = match http.post(origin, PATH, &[("token", token.expose())]).await {
        Ok(answer) => answer,
        Err(error) => return Answer::Failed(error),
    };
    if answer.is_success() && !answer.is_html() && !answer.names_an_error() {
        return Answer::Revoked;
    }
    match answer.refusal(&[token]) {
        OrgError::Refused {
            status: 400, code, ..
        } if code == "invalid_token" || code == "unsupported_token_type" => Answer::Unknown,
        // Bare text that is more than a word such as `Bad_Id` may repeat whatever was sent there,
        // other tokens of this run included.
        OrgError::Refused {
            host,
            status,
            code,
            description,
        } if code.is_empty() && !is_word(&description) => Answer::Failed(OrgError::Refused {
            host,
            status,
            code,
            description: String::new(),
        }),
        error => Answer::Failed(error),
    }
}
