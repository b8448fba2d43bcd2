//! Renewing a portal's session, so that the portal can be told to end it: `CreateToken` of SSO OIDC with
//! a refresh token. What comes is kept in memory.
//!
//! Source: AWS SSO OIDC API Reference, `CreateToken`; requests of the AWS CLI 2.36.7.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::inventory::Renewal;
use crate::io::net::oauth::{Grant, SecretText};
use crate::io::net::{Address, Answer, CallError, Http, with_body};

/// What became of a renewal.
pub(super) enum Renewed {
    Tokens(Grant),
    /// The server knows no such session any more.
    Ended,
    /// Why there are no new tokens; the session may go on.
    Failed(String),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    grant_type: &'a str,
    client_id: &'a str,
    client_secret: &'a str,
    refresh_token: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Issued {
    access_token: SecretText,
    refresh_token: Option<SecretText>,
    expires_in: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    error: String,
    #[serde(rename = "__type")]
    kind: String,
}

/// Renews at the server with this checked address.
pub(super) async fn renew_tokens(http: &Http, renewal: &Renewal, address: &Address) -> Renewed {
    let failed = |why: &str| Renewed::Failed(format!("it could not be renewed: {why}"));
    let answer = match send_renewal(http, renewal, address).await {
        Ok(answer) => answer,
        Err(error) => {
            return failed(&match (error.answer(), error) {
                (Some((status, Some(why))), _) => format!("its server refused ({status}): {why}"),
                (_, CallError::Unreachable { why, .. }) => {
                    format!("its server could not be reached: {why}")
                }
                (_, error) => error.to_string(),
            });
        }
    };
    if answer.is_page() {
        return failed("its server answered with a page for people");
    }
    if answer.status == 200 {
        return match answer.document::<Issued>() {
            Ok(Issued {
                access_token: SecretText(access_token),
                refresh_token,
                expires_in,
            }) if !access_token.expose().is_empty() => Renewed::Tokens(Grant {
                access_token,
                refresh_token: refresh_token
                    .map(|SecretText(token)| token)
                    .filter(|token| !token.expose().is_empty()),
                lifetime: expires_in,
                instance_url: None,
                id_token: None,
                client_info: None,
            }),
            _ => failed("its server's answer cannot be understood"),
        };
    }
    let kind = answer.header("x-amzn-errortype");
    let problem: Problem = answer.document().unwrap_or_default();
    let is = |error: &str, exception: &str| {
        problem.error == error || kind.starts_with(exception) || problem.kind.ends_with(exception)
    };
    if (400..500).contains(&answer.status) {
        if is("invalid_grant", "InvalidGrantException")
            || is("expired_token", "ExpiredTokenException")
        {
            return Renewed::Ended;
        }
        if is("invalid_client", "InvalidClientException")
            || is("unauthorized_client", "UnauthorizedClientException")
        {
            return failed("its server does not know the client registration any more");
        }
    }
    failed(&format!("its server refused ({})", answer.status))
}

async fn send_renewal(
    http: &Http,
    renewal: &Renewal,
    address: &Address,
) -> Result<Answer, CallError> {
    let body = Body {
        grant_type: "refresh_token",
        client_id: &renewal.client_id,
        client_secret: renewal.client_secret.expose(),
        refresh_token: renewal.refresh_token.expose(),
    };
    // Texts alone can always be written.
    let body = Zeroizing::new(serde_json::to_vec(&body).unwrap_or_default());
    let request = http.request(reqwest::Method::POST, address, "/token")?;
    let secrets = [&renewal.refresh_token, &renewal.client_secret];
    http.send(
        address,
        with_body(request, "application/json", body),
        &secrets,
    )
    .await
}
