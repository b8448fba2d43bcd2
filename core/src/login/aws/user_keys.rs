//! Keys that IAM users keep for long: those of configured users, and those of the AWS CLI's profiles.

use serde::Deserialize;

use super::atmos_files::place;
use super::{RoleKeys, SignIn, SignInError};
use crate::atmos::config::{self, Identity};
use crate::formats::{Format, IniDialect};
use crate::io::keyring::{ATMOS_ACCOUNT, EntryKey, Naming, key_names};
use crate::secret::Secret;
use crate::systems::discovery::READ_LIMIT;

/// How the AWS CLI reads its profiles.
const PROFILES: Format = Format::Ini(IniDialect::Python);

/// A key with where it is kept.
#[derive(Clone, Debug)]
pub struct UserKey {
    /// Where it is kept, for people.
    pub place: String,
    /// The key; without a session.
    pub keys: RoleKeys,
}

/// What Atmos's entry of a key store holds.
///
/// Source: Atmos `pkg/auth/credentials`, the credential envelope.
#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    data: Data,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Data {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    region: String,
}

impl SignIn<'_> {
    /// The long-lived keys of a configured user: of `atmos.yaml`, and, if they may be opened, of the key
    /// stores.
    ///
    /// # Errors
    ///
    /// [`SignInError::Unusable`] for a key store that cannot be read, where nothing else was found.
    pub fn user_keys_of(
        &self,
        identity: &Identity,
        opens_stores: bool,
    ) -> Result<Vec<UserKey>, SignInError> {
        let mut found = Vec::new();
        let secret = identity.secret_access_key();
        let configured = identity
            .settings
            .at(&["credentials", "access_key_id"])
            .and_then(|node| node.expose())
            .map(str::to_owned)
            .zip(secret);
        if let Some((id, secret)) = configured {
            found.push(UserKey {
                place: format!("atmos.yaml, identity \"{}\"", identity.name.written),
                keys: self.user_key(id, secret, identity.credentials_region()),
            });
        }
        let realm = config::resolve_realm(self.world, self.configuration);
        let mut unread = None;
        let stores = self.keyrings.iter().filter(|_| opens_stores);
        for keyring in stores {
            for service in key_names(&realm.value, &identity.name.key) {
                let key = EntryKey {
                    service: service.clone(),
                    account: ATMOS_ACCOUNT.to_owned(),
                    naming: Naming::default(),
                };
                let content = match keyring.read(&key) {
                    Ok(Some(content)) => content,
                    Ok(None) => continue,
                    Err(error) => {
                        unread.get_or_insert(error.to_string());
                        continue;
                    }
                };
                let Ok(Envelope { data }) = serde_json::from_str(content.expose()) else {
                    continue;
                };
                let is_long = !data.access_key_id.is_empty()
                    && !data.secret_access_key.is_empty()
                    && data.session_token.is_empty();
                if is_long {
                    let region = Some(data.region.as_str()).filter(|region| !region.is_empty());
                    let region = region.or_else(|| identity.credentials_region());
                    let secret = Secret::new(data.secret_access_key);
                    found.push(UserKey {
                        place: format!("{}, {service}", keyring.title()),
                        keys: self.user_key(data.access_key_id, secret, region),
                    });
                }
            }
        }
        match unread {
            Some(why) if found.is_empty() => Err(SignInError::Unusable {
                what: "a key store".to_owned(),
                why,
            }),
            _ => Ok(found),
        }
    }

    /// The long-lived key of a profile of the AWS CLI; `None` if there is no such profile, or no such key
    /// in it.
    ///
    /// # Errors
    ///
    /// [`SignInError::File`].
    pub fn profile_key(&self, profile: &str) -> Result<Option<UserKey>, SignInError> {
        let named = self.world.environment.get("AWS_SHARED_CREDENTIALS_FILE");
        let path = self
            .world
            .expand_tilde(named.unwrap_or("~/.aws/credentials"));
        let path = self.world.working_directory.join(path);
        let Some(file) = place(self.world, &path) else {
            return Ok(None);
        };
        let Some(bytes) = self.files.read(&file, READ_LIMIT)? else {
            return Ok(None);
        };
        let Ok(document) = PROFILES.read(&bytes) else {
            return Ok(None);
        };
        let Some(section) = document.root().get(profile) else {
            return Ok(None);
        };
        let text = |key: &str| {
            let text = section.get(key)?.text()?.expose().trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let key = text("aws_access_key_id").zip(text("aws_secret_access_key"));
        let Some((id, secret)) = key.filter(|_| text("aws_session_token").is_none()) else {
            return Ok(None);
        };
        let region = text("region");
        Ok(Some(UserKey {
            place: format!("{}, profile {profile}", self.world.shorten(&path)),
            keys: self.user_key(id, Secret::new(secret), region.as_deref()),
        }))
    }

    fn user_key(&self, id: String, secret: Secret, region: Option<&str>) -> RoleKeys {
        let get = |name: &str| self.world.environment.get(name);
        let region = region.or_else(|| get("AWS_REGION").or_else(|| get("AWS_DEFAULT_REGION")));
        RoleKeys {
            access_key_id: id,
            secret_access_key: secret,
            session_token: None,
            expires_at: None,
            region: region.map(str::to_owned),
            account_id: None,
            arn: None,
        }
    }
}
