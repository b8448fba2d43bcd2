//! Whether sign-ins are still good: one request to each org, with a renewal of the access token
//! where it has ended.

use std::cell::RefCell;

use super::{JwtRequest, jwt_bearer, org_address};
use crate::io::net::oauth::{self, Grant, RefreshRequest};
use crate::io::net::{Address, CallError, Http, Network};
use crate::secret::Secret;

/// The version that is asked for if none is known.
const DEFAULT_VERSION: &str = "51.0";

/// A sign-in to look at.
#[derive(Debug)]
pub struct ProbeRequest<Id> {
    /// Whatever the caller knows it by.
    pub id: Id,
    /// Where the org answers, as it is stored.
    pub instance_url: String,
    /// The version of its interface, such as `67.0`.
    pub api_version: Option<String>,
    /// The access token.
    pub access_token: Secret,
    /// How to get another one.
    pub renewal: Renewal,
}

/// How to get a new access token.
#[derive(Clone, Debug)]
pub enum Renewal {
    /// There is no way.
    None,
    /// With the refresh token.
    Refresh(RefreshRequest),
    /// With the private key.
    Jwt(JwtRequest),
}

/// Whether a sign-in is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectedStatus {
    /// The org accepts the token.
    Connected,
    /// The org is down for maintenance.
    Maintenance,
    /// A page came instead of data.
    BadResponse,
    /// The org does not accept the token, and there is no way to get another; its words.
    Refused(String),
    /// The org answered something that says nothing of the token; its words.
    Otherwise(String),
    /// The org does not accept the token, and another one was refused too.
    RefreshFailed(CallError),
    /// There was no answer; the sign-in may be good.
    NoAnswer(CallError),
}

impl ConnectedStatus {
    /// The real client's words for it.
    pub fn text(&self) -> String {
        match self {
            Self::Connected => "Connected".to_owned(),
            Self::Maintenance => "Down (Maintenance)".to_owned(),
            Self::BadResponse => "Bad Response".to_owned(),
            Self::Refused(words) | Self::Otherwise(words) => words.clone(),
            Self::RefreshFailed(CallError::Refused { description, .. })
                if !description.is_empty() =>
            {
                format!(
                    "Unable to refresh session due to: Error authenticating with the refresh \
                     token due to: {description}"
                )
            }
            Self::RefreshFailed(error) => format!("Unable to refresh session due to: {error}"),
            Self::NoAnswer(CallError::Unreachable { .. } | CallError::TimedOut { .. }) => {
                "fetch failed".to_owned()
            }
            Self::NoAnswer(error) => error.to_string(),
        }
    }
}

/// Looks at sign-ins, all at once, renewing access tokens that have ended. `renewed` gets each new
/// token *before* it is used: it must be stored then, because a refresh token that came with it has
/// replaced the stored one. The answers have the order of the requests.
pub fn probe_all<Id>(
    network: &Network,
    requests: Vec<ProbeRequest<Id>>,
    renewed: impl FnMut(&Id, &Grant),
) -> Vec<(Id, ConnectedStatus)> {
    let renewed = RefCell::new(renewed);
    let looks = requests.iter().collect();
    let statuses = network.run_all(looks, &async |http, look: &ProbeRequest<Id>| {
        let host = org_address(&look.instance_url)?;
        let grant = match http.in_time(host.host(), look.run(http, &host)).await? {
            Looked::Status(status) => return Ok(status),
            Looked::Renewed(grant) => grant,
        };
        (renewed.borrow_mut())(&look.id, &grant);
        // Once is enough: a new token that is refused stays refused.
        let again = look.ask(http, &host, &grant.access_token);
        Ok(match http.in_time(host.host(), again).await? {
            Asked::Status(status) => status,
            Asked::Dead(words) => ConnectedStatus::Refused(words),
        })
    });
    let statuses = statuses
        .into_iter()
        .map(|status| status.unwrap_or_else(ConnectedStatus::NoAnswer));
    let statuses: Vec<_> = statuses.collect();
    let ids = requests.into_iter().map(|request| request.id);
    ids.zip(statuses).collect()
}

/// What became of one look: an answer, or a new token with which to look again.
enum Looked {
    Status(ConnectedStatus),
    Renewed(Grant),
}

impl<Id> ProbeRequest<Id> {
    async fn run(&self, http: &Http, origin: &Address) -> Result<Looked, CallError> {
        let words = match self.ask(http, origin, &self.access_token).await? {
            Asked::Status(status) => return Ok(Looked::Status(status)),
            Asked::Dead(words) => words,
        };
        let renewed = match &self.renewal {
            Renewal::None => return Ok(Looked::Status(ConnectedStatus::Refused(words))),
            Renewal::Refresh(request) => oauth::refresh_grant(http, request).await,
            Renewal::Jwt(request) => jwt_bearer(http, request).await,
        };
        Ok(match renewed {
            Ok(grant) => Looked::Renewed(grant),
            Err(error) => Looked::Status(ConnectedStatus::RefreshFailed(error)),
        })
    }

    async fn ask(&self, http: &Http, origin: &Address, token: &Secret) -> Result<Asked, CallError> {
        let known = self.api_version.as_deref();
        let version = known
            .filter(|text| is_version(text))
            .unwrap_or(DEFAULT_VERSION);
        let path = format!("/services/data/v{version}");
        let answer = http.get(origin, &path, token).await?;
        let is_dead = answer.status == 401;
        Ok(Asked::Status(if answer.is_success() && !answer.is_page() {
            ConnectedStatus::Connected
        } else if answer.mentions("maintenance") {
            ConnectedStatus::Maintenance
        } else if answer.is_page() {
            ConnectedStatus::BadResponse
        } else {
            let words = match answer.refusal(&[token]) {
                CallError::Refused {
                    code, description, ..
                } if description.is_empty() => code,
                CallError::Refused { description, .. } => description,
                other => other.to_string(),
            };
            // A new token would not be accepted either.
            let is_final = words.contains("Connected app is not attached to Agent")
                || words.contains("not valid for use with the REST API");
            match (is_dead, is_final) {
                (true, false) => return Ok(Asked::Dead(words)),
                (true, true) => ConnectedStatus::Refused(words),
                (false, _) => ConnectedStatus::Otherwise(words),
            }
        }))
    }
}

enum Asked {
    Status(ConnectedStatus),
    /// The token is dead, in the server's words.
    Dead(String),
}

fn is_version(text: &str) -> bool {
    text.len() <= 8
        && text
            .split_once('.')
            .is_some_and(|(major, minor)| is_number(major) && is_number(minor))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
