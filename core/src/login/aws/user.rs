//! IAM users: a session of their own keys, of the configuration, a key store or the person, or a sign-in in
//! a browser.
//!
//! Source: Atmos `pkg/auth/identities/aws/user.go`.

use super::person::Question;
use super::user_keys::UserKey;
use super::{RoleKeys, SignIn, SignInError};
use crate::atmos::config::{Identity, Node, duration_seconds};
use crate::secret::Secret;

/// How long a session lasts unless said otherwise, and the bounds, in seconds.
const SESSION: u64 = 43_200;
const SHORTEST: u64 = 900;
const LONGEST: u64 = 43_200;
const LONGEST_WITH_MFA: u64 = 129_600;

impl SignIn<'_> {
    /// A session of an IAM user.
    pub(super) fn sign_in_user(&self, identity: &Identity) -> Result<RoleKeys, SignInError> {
        let is_webflow_off = identity
            .settings
            .at(&["credentials", "webflow_enabled"])
            .and_then(Node::truth)
            == Some(false);
        if self.wishes.prefers_browser && !is_webflow_off {
            return self.sign_in_user_by_browser(identity);
        }
        let kept = match self.configured_user_key(identity)? {
            Some(key) => Some(key),
            // What cannot be read is no reason not to ask.
            None => self.stored_user_keys(identity).find_map(Result::ok),
        };
        let found = match kept {
            Some(found) => found,
            None if is_webflow_off => self.ask_for_keys(identity)?,
            None => match self.renewed_by_browser(identity)? {
                Some(keys) => return Ok(keys),
                None if self.may_ask && self.person.has_browser() => {
                    return self.sign_in_user_by_browser(identity);
                }
                None => self.ask_for_keys(identity)?,
            },
        };
        let configured = identity.compared(&["credentials", "mfa_arn"]);
        let serial = configured.or(found.mfa_serial.as_deref());
        let longest = if serial.is_some() {
            LONGEST_WITH_MFA
        } else {
            LONGEST
        };
        if let Some((serial, seed)) = serial.zip(found.seed) {
            self.memory.keep_seed(serial, seed);
        }
        let wished = identity.compared(&["session", "duration"]);
        let wished = wished.or(found.duration.as_deref());
        let seconds = wished.and_then(duration_seconds).unwrap_or(SESSION);
        let seconds = seconds.clamp(SHORTEST, longest);
        let region = self.sts_region(identity, "");
        let address = self.sts_address(identity, &region)?;
        let name = &identity.name.written;
        let keys = self.session_of_keys(name, &found.keys, serial, seconds, &address, &region)?;
        Ok(RoleKeys {
            region: self.region_of(identity).map(str::to_owned).or(Some(region)),
            ..keys
        })
    }

    /// The keys that the person types; they are kept nowhere.
    fn ask_for_keys(&self, identity: &Identity) -> Result<UserKey, SignInError> {
        let name = &identity.name.written;
        let what = || format!("the access key of \"{name}\"");
        if !self.may_ask {
            return Err(SignInError::NeedsPerson { what: what() });
        }
        let unanswered = |why| SignInError::Unanswered { what: what(), why };
        let id = self.person.ask(Question::AccessKeyId { identity: name });
        let id = id.map_err(unanswered)?;
        let secret = self
            .person
            .ask(Question::SecretAccessKey { identity: name });
        let secret = secret.map_err(unanswered)?;
        let secret = Secret::new(secret.expose().trim().to_owned());
        Ok(UserKey {
            place: "typed".to_owned(),
            keys: self.user_key(name, id.expose().trim(), &secret, None)?,
            mfa_serial: None,
            duration: None,
            seed: None,
        })
    }
}
