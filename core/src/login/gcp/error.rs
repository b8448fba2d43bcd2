//! What Google's errors mean, and what to do.

use crate::io::net::CallError;
use crate::login::aws::SignInError;

/// A failed request of a sign-in.
pub(super) fn to_failure(what: String, source: CallError) -> SignInError {
    if matches!(source, CallError::Interrupted) {
        return SignInError::Interrupted;
    }
    SignInError::Call {
        what,
        hint: find_hint(&source),
        source: Box::new(source),
    }
}

fn find_hint(error: &CallError) -> Option<String> {
    let hint = match error {
        CallError::NotAllowed { host, .. } if !host.is_empty() => {
            return Some(format!(
                "if it is right, allow it with --allow-endpoint {host}"
            ));
        }
        CallError::Refused {
            status,
            code,
            description,
            ..
        } => {
            let says = |word: &str| description.to_lowercase().contains(word);
            match code.as_str() {
                "invalid_grant" if says("rapt") || says("reauth") => {
                    "your organization wants you to sign in again after some hours; `gcloud auth login` does \
                     not help here: gcloud auth application-default login"
                }
                "invalid_grant" => {
                    "the sign-in has ended or was revoked: gcloud auth application-default login"
                }
                "invalid_client" | "unauthorized_client" => {
                    "the client is not known any more: gcloud auth application-default login"
                }
                _ if *status == 403 => {
                    "it needs the role `roles/iam.serviceAccountTokenCreator` on the service account (and each \
                     delegate on the next), and the IAM Service Account Credentials API enabled"
                }
                _ if *status == 404 => "check `principal.service_account_email`",
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(hint.to_owned())
}
