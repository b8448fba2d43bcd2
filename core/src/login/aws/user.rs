//! IAM users: their own keys, from the configuration, the key store or the person, and what the
//! environment has.
//!
//! Source: Atmos `pkg/auth/identities/aws/user.go`, `ambient.go`.

use serde_json::Value;

use super::person::Question;
use super::{RoleKeys, SignIn, SignInError};
use crate::atmos::config::{self, Identity, Node, duration_seconds};
use crate::formats::{Format, IniDialect};
use crate::io::keyring::{EntryKey, key_names};
use crate::secret::Secret;
use crate::systems::discovery::{READ_LIMIT, json_object};

use super::atmos_files::place;

/// How long a session lasts unless said otherwise, and the bounds, in seconds.
const SESSION: u64 = 43_200;
const SHORTEST: u64 = 900;
const LONGEST: u64 = 43_200;
const LONGEST_WITH_MFA: u64 = 129_600;

/// An IAM user's keys as they are kept, and what is kept with them.
pub(super) struct UserKeys {
    pub(super) keys: RoleKeys,
    mfa_serial: Option<String>,
    duration: Option<String>,
}

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
        let found = match self.configured_keys(identity)? {
            Some(found) => found,
            None => match self.keyring_keys(identity) {
                Some(found) => found,
                None if !is_webflow_off => match self.renewed_by_browser(identity)? {
                    Some(keys) => return Ok(keys),
                    None if self.may_ask && self.person.has_browser() => {
                        return self.sign_in_user_by_browser(identity);
                    }
                    None => self.ask_for_keys(identity)?,
                },
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
        let wished = identity.compared(&["session", "duration"]);
        let wished = wished.or(found.duration.as_deref());
        let seconds = wished.and_then(duration_seconds).unwrap_or(SESSION);
        let seconds = seconds.clamp(SHORTEST, longest);
        self.session_of_user(identity, &found.keys, serial, seconds)
    }

    /// The keys in the configuration.
    fn configured_keys(&self, identity: &Identity) -> Result<Option<UserKeys>, SignInError> {
        let id = identity.compared(&["credentials", "access_key_id"]);
        let secret = identity.compared(&["credentials", "secret_access_key"]);
        let (id, secret) = match (id, secret) {
            (Some(id), Some(secret)) => (id, secret),
            (None, None) => return Ok(None),
            _ => {
                return Err(SignInError::Configuration {
                    entry: format!("identity \"{}\"", identity.name.written),
                    problem: "`credentials` has one of id and secret only".to_owned(),
                });
            }
        };
        Ok(Some(UserKeys {
            keys: self.user_keys(identity, id, secret)?,
            mfa_serial: None,
            duration: None,
        }))
    }

    /// The keys that `auth user configure` has put into a key store.
    fn keyring_keys(&self, identity: &Identity) -> Option<UserKeys> {
        let realm = config::resolve_realm(self.world, self.configuration).value;
        for store in self.keyrings {
            for name in key_names(&realm, &identity.name.key) {
                let Ok(Some(entry)) = store.read(&EntryKey::atmos(name)) else {
                    continue;
                };
                if let Some(found) = self.parse_entry(identity, &entry) {
                    return Some(found);
                }
            }
        }
        None
    }

    fn parse_entry(&self, identity: &Identity, entry: &Secret) -> Option<UserKeys> {
        let envelope = json_object(entry.expose().as_bytes())?;
        if envelope.get("type")?.as_str()? != "aws" {
            return None;
        }
        let data = envelope.get("data")?;
        let text = |key: &str| {
            let value = data.get(key).and_then(Value::as_str);
            value.filter(|value| !value.is_empty())
        };
        // With a session's token they are no user's own.
        if text("session_token").is_some() {
            return None;
        }
        let keys = self.user_keys(identity, text("access_key_id")?, text("secret_access_key")?);
        Some(UserKeys {
            keys: keys.ok()?,
            mfa_serial: text("mfa_arn").map(str::to_owned),
            duration: text("session_duration").map(str::to_owned),
        })
    }

    /// The keys that the person types; they are kept nowhere.
    fn ask_for_keys(&self, identity: &Identity) -> Result<UserKeys, SignInError> {
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
        Ok(UserKeys {
            keys: self.user_keys(identity, id.expose().trim(), secret.expose().trim())?,
            mfa_serial: None,
            duration: None,
        })
    }

    fn user_keys(
        &self,
        identity: &Identity,
        id: &str,
        secret: &str,
    ) -> Result<RoleKeys, SignInError> {
        let keys = RoleKeys::of_answer(id, secret, None, None);
        let keys = keys.ok_or_else(|| SignInError::Unusable {
            what: format!("the access key of \"{}\"", identity.name.written),
            why: "it is not made as AWS makes keys".to_owned(),
        })?;
        Ok(RoleKeys {
            region: self.region_of(identity).map(str::to_owned),
            ..keys
        })
    }

    /// The keys that the environment has: variables, else the profile in effect.
    pub(super) fn ambient_keys(&self, identity: &Identity) -> Result<RoleKeys, SignInError> {
        let get = |name: &str| self.world.environment.get(name);
        let of_variables = || {
            RoleKeys::of_answer(
                get("AWS_ACCESS_KEY_ID")?,
                get("AWS_SECRET_ACCESS_KEY")?,
                get("AWS_SESSION_TOKEN"),
                get("AWS_CREDENTIAL_EXPIRATION").and_then(|end| end.parse().ok()),
            )
        };
        let keys = match of_variables() {
            Some(keys) => Some(keys),
            None => self.profile_keys()?,
        };
        let keys = keys.ok_or_else(|| SignInError::Unusable {
            what: "the environment".to_owned(),
            why: "it has no AWS keys: neither variables nor a profile in ~/.aws/credentials"
                .to_owned(),
        })?;
        Ok(RoleKeys {
            region: self.region_of(identity).map(str::to_owned),
            ..keys
        })
    }

    fn profile_keys(&self) -> Result<Option<RoleKeys>, SignInError> {
        let get = |name: &str| self.world.environment.get(name);
        let named = get("AWS_SHARED_CREDENTIALS_FILE").unwrap_or("~/.aws/credentials");
        let path = self
            .world
            .working_directory
            .join(self.world.expand_tilde(named));
        let Some(file) = place(self.world, &path) else {
            return Ok(None);
        };
        let Some(bytes) = self.files.read(&file, READ_LIMIT)? else {
            return Ok(None);
        };
        let profile = get("AWS_PROFILE").or_else(|| get("AWS_DEFAULT_PROFILE"));
        let document = Format::Ini(IniDialect::Python).read(&bytes).ok();
        Ok(document.and_then(|document| {
            let section = document.root().get(profile.unwrap_or("default"))?;
            let text = |key: &str| Some(section.get(key)?.text()?.expose().trim());
            RoleKeys::of_answer(
                text("aws_access_key_id")?,
                text("aws_secret_access_key")?,
                text("aws_session_token"),
                None,
            )
        }))
    }
}
