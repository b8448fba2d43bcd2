//! Whether sign-ins are still good: one request to each org, with a renewal of the access token
//! where it has ended.

use super::grant::{self, Grant, JwtRequest, RefreshRequest};
use super::http::Http;
use super::{OrgError, Origin};
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
    RefreshFailed(OrgError),
    /// There was no answer; the sign-in may be good.
    NoAnswer(OrgError),
}

impl ConnectedStatus {
    /// The real client's words for it.
    pub fn text(&self) -> String {
        match self {
            Self::Connected => "Connected".to_owned(),
            Self::Maintenance => "Down (Maintenance)".to_owned(),
            Self::BadResponse => "Bad Response".to_owned(),
            Self::Refused(words) | Self::Otherwise(words) => words.clone(),
            Self::RefreshFailed(OrgError::Refused { description, .. })
                if !description.is_empty() =>
            {
                format!(
                    "Unable to refresh session due to: Error authenticating with the refresh \
                     token due to: {description}"
                )
            }
            Self::RefreshFailed(error) => format!("Unable to refresh session due to: {error}"),
            Self::NoAnswer(OrgError::Unreachable { .. } | OrgError::TimedOut { .. }) => {
                "fetch failed".to_owned()
            }
            Self::NoAnswer(error) => error.to_string(),
        }
    }
}

/// What became of one look: an answer, or a new token with which to look again.
pub(super) enum Looked {
    Status(ConnectedStatus),
    Renewed(Grant),
}

/// What is needed to look at one sign-in.
#[derive(Clone)]
pub(super) struct Look {
    pub(super) instance_url: String,
    pub(super) api_version: Option<String>,
    pub(super) access_token: Secret,
    pub(super) renewal: Renewal,
}

impl Look {
    pub(super) async fn run(&self, http: &Http) -> Looked {
        let origin = match Origin::parse(&self.instance_url) {
            Ok(origin) => origin,
            Err(error) => return Looked::Status(ConnectedStatus::NoAnswer(error)),
        };
        match self.ask(http, &origin).await {
            Asked::Status(status) => Looked::Status(status),
            Asked::Dead(words) => self.renew(http, words).await,
        }
    }

    async fn ask(&self, http: &Http, origin: &Origin) -> Asked {
        let known = self.api_version.as_deref();
        let version = known
            .filter(|text| is_version(text))
            .unwrap_or(DEFAULT_VERSION);
        let path = format!("/services/data/v{version}");
        let answer = match http.get(origin, &path, None, &self.access_token).await {
            Ok(answer) => answer,
            Err(error) => return Asked::Status(ConnectedStatus::NoAnswer(error)),
        };
        let is_dead = answer.status == 401;
        if answer.is_success() && !answer.is_html() {
            Asked::Status(ConnectedStatus::Connected)
        } else if answer.mentions("maintenance") {
            Asked::Status(ConnectedStatus::Maintenance)
        } else if answer.is_html() {
            Asked::Status(ConnectedStatus::BadResponse)
        } else {
            let words = match answer.refusal(&[&self.access_token]) {
                OrgError::Refused {
                    code, description, ..
                } if description.is_empty() => code,
                OrgError::Refused { description, .. } => description,
                other => other.to_string(),
            };
            // A new token would not be accepted either.
            let is_final = words.contains("Connected app is not attached to Agent")
                || words.contains("not valid for use with the REST API");
            match (is_dead, is_final) {
                (true, false) => Asked::Dead(words),
                (true, true) => Asked::Status(ConnectedStatus::Refused(words)),
                (false, _) => Asked::Status(ConnectedStatus::Otherwise(words)),
            }
        }
    }

    async fn renew(&self, http: &Http, words: String) -> Looked {
        let renewed = match &self.renewal {
            Renewal::None => return Looked::Status(ConnectedStatus::Refused(words)),
            Renewal::Refresh(request) => grant::refresh(http, request).await,
            Renewal::Jwt(request) => grant::jwt_bearer(http, request).await,
        };
        match renewed {
            Ok(grant) => Looked::Renewed(grant),
            Err(error) => Looked::Status(ConnectedStatus::RefreshFailed(error)),
        }
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
