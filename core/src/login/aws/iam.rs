//! What IAM is told to end what no logout ends: keys of users, and sessions of roles.
//!
//! Source: AWS IAM API Reference; IAM User Guide, "Revoking IAM role temporary security credentials".

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::client::build_iam;
use super::endpoint::Service;
use super::{RoleKeys, SignIn, SignInError};
use crate::io::net::{CallError, sdk_failure};

/// The policy that AWS's own console puts for the same.
pub const OLDER_SESSIONS_POLICY: &str = "AWSRevokeOlderSessions";

/// The pauses before it is asked again whether a key is refused: IAM takes a moment to tell all its
/// servers.
const PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// What is done to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retirement {
    /// It is set inactive, and can be set active again.
    Deactivate,
    /// It is deleted for good.
    Delete,
}

/// When and for what a key was used last, as AWS says it; text of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUse {
    /// When; `None` if it never was.
    pub at: Option<Timestamp>,
    /// Which service.
    pub service: String,
    /// In which region.
    pub region: String,
}

/// Whether what was ended is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It is.
    Refused,
    /// It is still taken.
    StillTaken,
    /// Nobody said.
    Unknown(String),
}

impl SignIn<'_> {
    /// Asks when a key was used last, with the key itself.
    ///
    /// # Errors
    ///
    /// [`SignInError::Call`], also where its user may not ask.
    pub fn find_last_use(&self, keys: &RoleKeys) -> Result<LastUse, SignInError> {
        let what = "asking when the key was used last";
        self.tell_iam(keys, what, &async |client| {
            let call = client.get_access_key_last_used();
            let answer = call.access_key_id(&keys.access_key_id).send().await;
            answer.map(|answer| {
                let used = answer.access_key_last_used();
                LastUse {
                    at: used
                        .and_then(|used| used.last_used_date())
                        .and_then(|at| Timestamp::from_second(at.secs()).ok()),
                    service: used.map_or("", |used| used.service_name()).to_owned(),
                    region: used.map_or("", |used| used.region()).to_owned(),
                }
            })
        })
    }

    /// Sets a key inactive, or deletes it, with the key itself.
    ///
    /// # Errors
    ///
    /// [`SignInError::Call`], also where its user may not do that.
    pub fn retire_key(&self, keys: &RoleKeys, how: Retirement) -> Result<(), SignInError> {
        let id = keys.access_key_id.as_str();
        match how {
            Retirement::Deactivate => {
                self.tell_iam(keys, "deactivating the key", &async |client| {
                    let call = client.update_access_key().access_key_id(id);
                    let inactive = aws_sdk_iam::types::StatusType::Inactive;
                    call.status(inactive).send().await.map(drop)
                })
            }
            Retirement::Delete => self.tell_iam(keys, "deleting the key", &async |client| {
                let call = client.delete_access_key().access_key_id(id);
                call.send().await.map(drop)
            }),
        }
    }

    /// Asks STS whether a key is refused, a few times while it is not.
    pub fn prove_retired(&self, keys: &RoleKeys) -> Proof {
        let mut proof = Proof::StillTaken;
        for pause in PAUSES {
            if !pause.is_zero() && self.network.pause(pause).is_err() {
                return proof;
            }
            proof = match self.find_caller(keys, None) {
                Ok(_) => Proof::StillTaken,
                Err(error) if error.refuses_keys() => return Proof::Refused,
                Err(error) => return Proof::Unknown(reason_of(&error)),
            };
        }
        proof
    }

    /// Denies everything to the sessions of a role that began before a time, with keys that may change
    /// the role.
    ///
    /// # Errors
    ///
    /// [`SignInError::Call`].
    pub fn deny_older_sessions(
        &self,
        keys: &RoleKeys,
        role: &str,
        policy: &str,
    ) -> Result<(), SignInError> {
        self.tell_iam(
            keys,
            "denying older sessions of the role",
            &async |client| {
                let call = client.put_role_policy().role_name(role);
                let call = call.policy_name(OLDER_SESSIONS_POLICY);
                call.policy_document(policy).send().await.map(drop)
            },
        )
    }

    /// Asks IAM something that the session could do, a few times while it can.
    pub fn prove_denied(&self, keys: &RoleKeys, role: &str) -> Proof {
        let mut proof = Proof::StillTaken;
        for pause in PAUSES {
            if !pause.is_zero() && self.network.pause(pause).is_err() {
                return proof;
            }
            let asked = self.tell_iam(
                keys,
                "asking whether the session is denied",
                &async |client| {
                    let call = client.list_role_policies().role_name(role);
                    call.send().await.map(drop)
                },
            );
            proof = match asked {
                Ok(()) => Proof::StillTaken,
                Err(error) if is_denial(&error) => return Proof::Refused,
                Err(error) => return Proof::Unknown(reason_of(&error)),
            };
        }
        proof
    }

    /// One conversation with IAM.
    fn tell_iam<T, E>(
        &self,
        keys: &RoleKeys,
        what: &str,
        call: &impl AsyncFn(&aws_sdk_iam::Client) -> Result<T, SdkFailure<E>>,
    ) -> Result<T, SignInError>
    where
        E: aws_smithy_types::error::metadata::ProvideErrorMetadata + std::error::Error + 'static,
    {
        let region = home_region(keys.region.as_deref().unwrap_or("us-east-1"));
        let address = self.address_of(Service::Iam, None, region)?;
        let answer = self.network.run(address.host(), async |http| {
            let client = build_iam(http, &address, region, keys);
            let answer = call(&client).await;
            answer.map_err(|error| sdk_failure(&address, &error, &keys.secrets()))
        });
        answer.map_err(|source| SignInError::Call {
            what: what.to_owned(),
            source: Box::new(source),
            hint: None,
        })
    }
}

type SdkFailure<E> = aws_smithy_runtime_api::client::result::SdkError<
    E,
    aws_smithy_runtime_api::client::orchestrator::HttpResponse,
>;

/// IAM is one for a partition; its requests are signed for the region that it is at home in.
const fn home_region(region: &str) -> &'static str {
    let region = region.as_bytes();
    if starts_with(region, b"us-gov-") {
        "us-gov-west-1"
    } else if starts_with(region, b"cn-") {
        "cn-north-1"
    } else if starts_with(region, b"eusc-") {
        "eusc-de-east-1"
    } else {
        "us-east-1"
    }
}

const fn starts_with(text: &[u8], start: &[u8]) -> bool {
    let mut at = 0;
    while at < start.len() {
        if at >= text.len() || text[at] != start[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// The policy that denies everything to sessions that began before a time.
pub fn build_older_sessions_policy(before: Timestamp) -> String {
    let time = before.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Deny",
            "Action": ["*"],
            "Resource": ["*"],
            "Condition": { "DateLessThan": { "aws:TokenIssueTime": time } },
        }],
    });
    policy.to_string()
}

/// Whether IAM said that the session may not.
fn is_denial(error: &SignInError) -> bool {
    let SignInError::Call { source, .. } = error else {
        return false;
    };
    matches!(&**source, CallError::Refused { code, .. } if code.starts_with("AccessDenied"))
}

/// Why, in the innermost words.
pub fn reason_of(error: &SignInError) -> String {
    match error {
        SignInError::Call { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_signed_for_where_iam_is_at_home() {
        for (region, home) in [
            ("eu-central-1", "us-east-1"),
            ("us-gov-east-1", "us-gov-west-1"),
            ("cn-northwest-1", "cn-north-1"),
            ("eusc-de-east-1", "eusc-de-east-1"),
            ("", "us-east-1"),
        ] {
            assert_eq!(home_region(region), home);
        }
    }

    #[test]
    fn policy_denies_what_began_before() {
        let policy = build_older_sessions_policy(Timestamp::UNIX_EPOCH);
        assert!(
            policy.contains(r#""aws:TokenIssueTime":"1970-01-01T00:00:00Z""#),
            "{policy}"
        );
    }
}
