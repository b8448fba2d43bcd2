//! What helps with the service's own errors.

use crate::io::net::CallError;

/// What the person can do about a failed request to an org, if anything is known to help.
pub fn find_hint(error: &CallError) -> Option<&'static str> {
    Some(match error {
        CallError::Unreachable { .. } | CallError::TimedOut { .. } => {
            "check the network and the proxy (HTTPS_PROXY), and run again"
        }
        CallError::Redirected { .. } => {
            "the org may have moved: sign in again with its present `--instance-url`"
        }
        CallError::NotUnderstood { .. } => {
            "the service may be down: see status.salesforce.com, and run again"
        }
        CallError::Refused {
            code, description, ..
        } => hint_of_code(code, description)?,
        _ => return None,
    })
}

/// What is known of the service's own errors.
fn hint_of_code(code: &str, description: &str) -> Option<&'static str> {
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
