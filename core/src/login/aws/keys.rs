//! Keys of AWS, as everything that signs requests takes them.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::secret::Secret;

/// Keys that sign requests as somebody.
#[derive(Clone, Debug)]
pub struct RoleKeys {
    /// The access key's id. It is shown in logs of AWS, and is no secret by itself.
    pub access_key_id: String,
    /// The access key's secret.
    pub secret_access_key: Secret,
    /// The session's token; none for an IAM user's own keys.
    pub session_token: Option<Secret>,
    /// The end; none for keys that last until somebody deletes them.
    pub expires_at: Option<Timestamp>,
    /// The region to work in, if one is configured.
    pub region: Option<String>,
    /// The account, where it is known.
    pub account_id: Option<String>,
    /// The ARN of who they are, where a server said it.
    pub arn: Option<String>,
}

impl RoleKeys {
    /// The keys in a server's answer; `None` if they are not made as keys are. They are written to files
    /// in which other characters mean something.
    pub(super) fn of_answer(
        id: &str,
        secret: &str,
        token: Option<&str>,
        expires_at: Option<Timestamp>,
    ) -> Option<Self> {
        /// Longest of these texts; real ones have two thousand characters.
        const LONGEST: usize = 16 << 10;
        let is_of_key = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_-.:~".contains(&byte);
        let is_good =
            |text: &str| !text.is_empty() && text.len() <= LONGEST && text.bytes().all(is_of_key);
        let are_good = is_good(id) && is_good(secret) && token.is_none_or(is_good);
        are_good.then(|| Self {
            access_key_id: id.to_owned(),
            secret_access_key: Secret::new(secret.to_owned()),
            session_token: token.map(|token| Secret::new(token.to_owned())),
            expires_at,
            region: None,
            account_id: None,
            arn: None,
        })
    }

    /// Whether they have more than `spare` left.
    pub fn lasts(&self, now: Timestamp, spare: Duration) -> bool {
        let spare = SignedDuration::try_from(spare).unwrap_or_default();
        self.expires_at
            .is_none_or(|end| end.duration_since(now) > spare)
    }

    /// What of them must not be repeated.
    pub fn secrets(&self) -> Vec<&Secret> {
        let token = self.session_token.iter();
        std::iter::once(&self.secret_access_key)
            .chain(token)
            .collect()
    }
}
