//! Signing in with an access token from elsewhere.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use thiserror::Error;

use crate::io::net::oauth::Grant;
use crate::secret::Secret;
use crate::systems::salesforce::api::org_address;

use super::session::{Granted, Means, complete_sign_in};
use super::{LoginContext, LoginError, Remember, SignedIn};

/// Longest access token, in bytes.
const LONGEST: usize = 32 << 10;

/// A text does not have the form of an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("it has neither the form `<org id>!<text>` nor that of a JSON web token")]
pub struct NotAnAccessToken;

/// The access token in a text: `00D…!…`, or a JSON web token.
///
/// # Errors
///
/// [`NotAnAccessToken`].
pub fn check_access_token(text: &Secret) -> Result<Secret, NotAnAccessToken> {
    let token = text.expose().trim();
    let is_visible = token.bytes().all(|byte| byte.is_ascii_graphic());
    if token.len() <= LONGEST && is_visible && (is_session_id(token) || is_jwt(token)) {
        Ok(Secret::new(token.to_owned()))
    } else {
        Err(NotAnAccessToken)
    }
}

fn is_session_id(token: &str) -> bool {
    token.split_once('!').is_some_and(|(org, _)| {
        (15..=18).contains(&org.len())
            && org.starts_with("00D")
            && org.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn is_jwt(token: &str) -> bool {
    let mut parts = token.split('.');
    let (Some(header), Some(_), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let header = URL_SAFE_NO_PAD.decode(header).ok();
    let header: Option<Value> = header.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    header.is_some_and(|header| header["typ"] == "JWT")
}

/// Signs in with an access token. There is nothing to renew it with. `instance_url` is where the
/// org answers; it is stored as it is.
///
/// # Errors
///
/// [`LoginError`].
pub fn access_token(
    context: &LoginContext<'_>,
    instance_url: &str,
    token: &Secret,
    remember: &Remember,
) -> Result<SignedIn, LoginError> {
    let token = check_access_token(token)?;
    let login = org_address(instance_url)?;
    let stored = login.text_with_slash().to_owned();
    let granted = Granted {
        grant: Grant {
            access_token: token,
            refresh_token: None,
            lifetime: None,
            instance_url: Some(stored.clone()),
            id_token: None,
            client_info: None,
        },
        login,
        login_url: stored,
        means: Means::Token,
        expected: None,
        notes: Vec::new(),
    };
    complete_sign_in(context, granted, remember)
}
