//! Signing in with a private key: the audiences that are tried, and what is said when none is right.

use super::build_server;
use super::hosts::{PRODUCTION, SANDBOX, is_sandbox};
use crate::io::net::oauth::{self, Grant, JwtKey};
use crate::io::net::{Address, CallError, Http};

/// What is needed to ask for an access token with a private key.
#[derive(Clone, Debug)]
pub struct JwtRequest {
    /// Where tokens are asked for. No other host is asked.
    pub login: Address,
    /// The app's consumer key.
    pub client_id: String,
    /// Who signs in.
    pub username: String,
    /// The private key that belongs to the app's certificate.
    pub key: JwtKey,
    /// The audience, if the person named one (`SF_AUDIENCE_URL`).
    pub audience: Option<String>,
    /// The present time.
    pub now: jiff::Timestamp,
}

/// Tries each audience in turn, as long as the server answers that the grant is not valid.
pub(crate) async fn jwt_bearer(http: &Http, request: &JwtRequest) -> Result<Grant, CallError> {
    let mut first = None;
    let server = build_server(request.login.clone());
    for audience in list_audiences(&request.login, request.audience.as_deref()) {
        let (key, app) = (&request.key, &request.client_id);
        let Some(assertion) = key.assertion(app, &request.username, &audience, request.now) else {
            return Err(CallError::NotAllowed {
                host: request.login.host().to_owned(),
                why: "the private key cannot sign",
            });
        };
        match oauth::jwt_bearer(http, &server, &assertion).await {
            Ok(grant) => return Ok(grant),
            Err(error) if is_invalid_grant(&error) => {
                first = Some(choose_telling_error(first, error));
            }
            Err(error) => return Err(error),
        }
    }
    Err(first.unwrap_or(CallError::Interrupted))
}

fn is_invalid_grant(error: &CallError) -> bool {
    matches!(error, CallError::Refused { code, .. } if code == "invalid_grant")
}

/// Of two refusals the one that says more than that the audience was wrong.
fn choose_telling_error(first: Option<CallError>, error: CallError) -> CallError {
    let is_of_audience = |error: &CallError| {
        matches!(error, CallError::Refused { description, .. }
            if description.to_ascii_lowercase().contains("audience"))
    };
    match first {
        Some(first) if !is_of_audience(&first) => first,
        _ => error,
    }
}

/// The audiences to try at a login host: what the person named, the login host of its kind, the
/// host itself. All are sent to that host only.
fn list_audiences(login: &Address, named: Option<&str>) -> Vec<String> {
    let general = if is_sandbox(login) {
        SANDBOX
    } else {
        PRODUCTION
    };
    let mut audiences: Vec<String> = Vec::new();
    for audience in named.into_iter().chain([general, login.text()]) {
        if !audiences.iter().any(|known| known == audience) {
            audiences.push(audience.to_owned());
        }
    }
    audiences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audiences_are_the_named_one_the_general_one_and_the_host_itself() {
        let of = |url: &str, named| list_audiences(&Address::parse(url).unwrap(), named);
        assert_eq!(of(PRODUCTION, None), [PRODUCTION]);
        assert_eq!(of(SANDBOX, None), [SANDBOX]);
        assert_eq!(
            of("https://acme.my.salesforce.com/", None),
            [PRODUCTION, "https://acme.my.salesforce.com"]
        );
        assert_eq!(
            of(
                "https://acme--x.sandbox.my.salesforce.com",
                Some("https://own.example")
            ),
            [
                "https://own.example",
                SANDBOX,
                "https://acme--x.sandbox.my.salesforce.com"
            ]
        );
    }
}
