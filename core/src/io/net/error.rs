//! Errors of a request to a server: everything but the answer that was asked for.

use std::time::Duration;

use thiserror::Error;

use crate::remote::TokenStatus;

/// A request failed. Nothing in it is a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CallError {
    /// Nothing was sent: the address may not be used.
    #[error("nothing was sent to `{host}`: {why}")]
    NotAllowed {
        /// The host, as far as there is one.
        host: String,
        /// The reason.
        why: &'static str,
    },
    /// There was no answer.
    #[error("{host} cannot be reached: {why}")]
    Unreachable {
        /// The host.
        host: String,
        /// The reason.
        why: String,
    },
    /// There was no answer in time.
    #[error("{host} did not answer within {:.1} s", after.as_secs_f64())]
    TimedOut {
        /// The host.
        host: String,
        /// The time that was waited.
        after: Duration,
    },
    /// The person stopped the waiting. The server may have done it all the same.
    #[error("interrupted before the server answered")]
    Interrupted,
    /// The server sends elsewhere, and nobody follows with a token.
    #[error("{host} sends the request elsewhere ({status}), which is not followed")]
    Redirected {
        /// The host.
        host: String,
        /// The HTTP status.
        status: u16,
    },
    /// The server refused.
    #[error("{host} answered {status}: {}", format_reason(code, description).unwrap_or_else(|| "no reason given".to_owned()))]
    Refused {
        /// The host.
        host: String,
        /// The HTTP status.
        status: u16,
        /// The error's code, such as `invalid_grant`; may be empty.
        code: String,
        /// The server's words, fit for a terminal; may be empty.
        description: String,
    },
    /// The answer has another form than it should have.
    #[error("{host} answered {status} with something else than expected: {problem}")]
    NotUnderstood {
        /// The host.
        host: String,
        /// The HTTP status.
        status: u16,
        /// The fault in it.
        problem: &'static str,
    },
    /// The server agreed to end the token, and still accepts it.
    #[error("{host} agreed to end it, and still accepts it")]
    NotConfirmed {
        /// The host.
        host: String,
    },
    /// The access token has ended, its session goes on, and could not be renewed to be ended.
    #[error("the access token has ended, and {why}")]
    Stale {
        /// The reason, as the end of a sentence.
        why: String,
    },
}

fn format_reason(code: &str, description: &str) -> Option<String> {
    match (code, description) {
        ("", "") => None,
        (code, "") => Some(code.to_owned()),
        ("", description) => Some(description.to_owned()),
        (code, description) => Some(format!("{code} ({description})")),
    }
}

impl CallError {
    /// The status of an answer, and why it is not the one that was asked for; `None` where no server
    /// answered.
    pub fn answer(&self) -> Option<(u16, Option<String>)> {
        Some(match self {
            Self::Refused {
                status,
                code,
                description,
                ..
            } => (*status, format_reason(code, description)),
            Self::Redirected { status, .. } => {
                let why = "it sends the request elsewhere, which is not followed";
                (*status, Some(why.to_owned()))
            }
            Self::NotUnderstood {
                status, problem, ..
            } => (*status, Some((*problem).to_owned())),
            _ => return None,
        })
    }
}

impl From<CallError> for TokenStatus {
    fn from(error: CallError) -> Self {
        let why = match (&error, error.answer()) {
            (_, Some((status, None))) => format!("the server answered {status}"),
            (_, Some((status, Some(why)))) => format!("the server answered {status}: {why}"),
            (CallError::Unreachable { why, .. }, _) => {
                format!("the server cannot be reached: {why}")
            }
            (CallError::TimedOut { after, .. }, _) => {
                format!(
                    "the server did not answer within {:.1} s",
                    after.as_secs_f64()
                )
            }
            (CallError::NotAllowed { host, why }, _) if host.is_empty() => {
                format!("not sent: {why}")
            }
            (CallError::NotAllowed { host, why }, _) => format!("not sent to {host}: {why}"),
            _ => error.to_string(),
        };
        Self::Unknown { why }
    }
}

/// What an error says that is an object of its own: `{"error": {"code", "message", "status"}}`.
///
/// Sources: Google, "AIP-193 Errors"; Microsoft, "REST API Guidelines", `error response`.
pub(super) fn inner_reason(body: &[u8]) -> Option<(String, String)> {
    let document: serde_json::Value = serde_json::from_slice(body).ok()?;
    let error = document.get("error")?.as_object()?;
    let text = |name: &str| error.get(name).and_then(serde_json::Value::as_str);
    let code = text("status").or(text("code")).unwrap_or_default();
    Some((
        code.to_owned(),
        text("message").unwrap_or_default().to_owned(),
    ))
}
