//! What a request to an org can come to, other than its answer.

use std::time::Duration;

use thiserror::Error;

use crate::net::EndResult;

/// A request to an org failed. Nothing in it is a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OrgError {
    /// Nothing was sent: the address may not be used.
    #[error("nothing was sent to `{host}`: {why}")]
    NotAllowed {
        /// The host, as far as there is one.
        host: String,
        /// Why not.
        why: &'static str,
    },
    /// There was no answer.
    #[error("{host} cannot be reached: {why}")]
    Unreachable {
        /// The host.
        host: String,
        /// Why.
        why: String,
    },
    /// There was no answer in time.
    #[error("{host} did not answer within {:.1} s", after.as_secs_f64())]
    TimedOut {
        /// The host.
        host: String,
        /// How long was waited.
        after: Duration,
    },
    /// The person stopped the waiting.
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
    #[error("{host} answered {status}: {}", words(code, description))]
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
        /// What is wrong with it.
        problem: &'static str,
    },
}

fn words(code: &str, description: &str) -> String {
    match (code, description) {
        ("", "") => "no reason given".to_owned(),
        (code, "") => code.to_owned(),
        ("", description) => description.to_owned(),
        (code, description) => format!("{code} ({description})"),
    }
}

impl OrgError {
    /// What the person can do, if anything is known to help.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } => {
                "check the network and the proxy (HTTPS_PROXY), and run again"
            }
            Self::Redirected { .. } => {
                "the org may have moved: sign in again with its present `--instance-url`"
            }
            Self::NotUnderstood { .. } => {
                "the service may be down: see status.salesforce.com, and run again"
            }
            Self::Refused {
                code, description, ..
            } => hint(code, description)?,
            Self::NotAllowed { .. } | Self::Interrupted => return None,
        })
    }
}

/// What is known of the service's own errors.
fn hint(code: &str, description: &str) -> Option<&'static str> {
    let is = |words: &str| description.contains(words);
    Some(match code {
        "invalid_app_access" | "OAUTH_APPROVAL_ERROR_GENERIC" => {
            "ask an administrator of the org to install the connected app, or to give you the \
             permission to use it; or sign in with an app of your own (`--client-id`)"
        }
        "invalid_client_id" | "invalid_client" => "check `--client-id` and the client's secret",
        "invalid_grant" if is("hasn't approved") => {
            "ask an administrator to pre-authorise the user for the connected app"
        }
        "invalid_grant" if is("expired authorization code") => {
            "check this machine's clock, and sign in again"
        }
        "invalid_grant" if is("Audience") || is("audience") => {
            "give the org's own address with `--instance-url`, or the audience with SF_AUDIENCE_URL"
        }
        "invalid_grant" | "INVALID_SESSION_ID" | "Bad_OAuth_Token" => "sign in to the org again",
        _ => return None,
    })
}

impl From<OrgError> for EndResult {
    fn from(error: OrgError) -> Self {
        match error {
            OrgError::NotAllowed { host, why } => Self::NotAllowed { host, why },
            OrgError::Unreachable { why, .. } => Self::Unreachable { why },
            OrgError::TimedOut { after, .. } => Self::TimedOut { after },
            OrgError::Interrupted => Self::Interrupted,
            OrgError::Refused {
                status,
                code,
                description,
                ..
            } => Self::Refused {
                status,
                message: if code.is_empty() && description.is_empty() {
                    String::new()
                } else {
                    words(&code, &description)
                },
            },
            OrgError::Redirected { status, .. } => Self::Refused {
                status,
                message: "it sends the request elsewhere, which is not followed".to_owned(),
            },
            OrgError::NotUnderstood {
                status, problem, ..
            } => Self::Refused {
                status,
                message: problem.to_owned(),
            },
        }
    }
}
