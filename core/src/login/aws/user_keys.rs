//! Keys that IAM users keep for long: where they are kept, and how they get there.
//!
//! Sources: Atmos `pkg/auth/identities/aws/user.go`, `pkg/auth/credentials` (the envelope of a key store).

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::profiles::Profiles;
use super::totp::TotpSeed;
use super::{RoleKeys, SignIn, SignInError};
use crate::atmos::config::{self, Identity, KeyringKind};
use crate::io::keyring::{EntryKey, Keyring, KeyringError, StoreId, key_names};
use crate::secret::Secret;
use crate::systems::discovery::json_object;

/// The seed of an MFA device in an entry of a key store. Atmos skips what it does not know.
const SEED: &str = "mfa_totp_seed";

/// A key with where it is kept.
#[derive(Clone, Debug)]
pub struct UserKey {
    /// Where it is kept, for people.
    pub place: String,
    /// The key; without a session.
    pub keys: RoleKeys,
    /// The MFA device that its sessions need.
    pub mfa_serial: Option<String>,
    /// How long its sessions shall last, as it is written.
    pub duration: Option<String>,
    /// What makes codes of the device.
    pub seed: Option<TotpSeed>,
}

/// What `auth user configure` puts into a key store.
#[derive(Debug)]
pub struct NewUserKey {
    /// The access key's id.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: Secret,
    /// The region, if the configuration names one.
    pub region: Option<String>,
    /// The MFA device, if sessions need one.
    pub mfa_serial: Option<String>,
    /// How long sessions shall last, as it is written.
    pub duration: Option<String>,
    /// The seed of the device, as it was typed.
    pub seed: Option<Secret>,
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
        let mut found: Vec<UserKey> = self.configured_user_key(identity)?.into_iter().collect();
        let mut unread = None;
        for entry in self.stored_user_keys(identity).take_while(|_| opens_stores) {
            match entry {
                Ok(key) => found.push(key),
                Err(error) => {
                    unread.get_or_insert(error.to_string());
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

    /// The key in the configuration.
    pub(super) fn configured_user_key(
        &self,
        identity: &Identity,
    ) -> Result<Option<UserKey>, SignInError> {
        let id = identity.compared(&["credentials", "access_key_id"]);
        let (id, secret) = match (id, identity.secret_access_key()) {
            (Some(id), Some(secret)) => (id, secret),
            (None, None) => return Ok(None),
            _ => {
                return Err(SignInError::Configuration {
                    entry: format!("identity \"{}\"", identity.name.written),
                    problem: "`credentials` has one of id and secret only".to_owned(),
                });
            }
        };
        let name = &identity.name.written;
        Ok(Some(UserKey {
            place: format!("atmos.yaml, identity \"{name}\""),
            keys: self.user_key(name, id, &secret, identity.credentials_region())?,
            mfa_serial: None,
            duration: None,
            seed: None,
        }))
    }

    /// The keys that `auth user configure` has put into key stores. What cannot be a key is passed over.
    pub(super) fn stored_user_keys(
        &self,
        identity: &Identity,
    ) -> impl Iterator<Item = Result<UserKey, KeyringError>> {
        let realm = config::resolve_realm(self.world, self.configuration).value;
        let names = key_names(&realm, &identity.name.key);
        self.keyrings.iter().flat_map(move |store| {
            let names = names.clone().into_iter();
            names.filter_map(move |name| {
                let entry = store.read(&EntryKey::atmos(name.as_str())).transpose()?;
                let place = format!("{}, {name}", store.title());
                match entry {
                    Ok(entry) => self.parse_entry(identity, place, &entry).map(Ok),
                    Err(error) => Some(Err(error)),
                }
            })
        })
    }

    fn parse_entry(&self, identity: &Identity, place: String, entry: &Secret) -> Option<UserKey> {
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
        let secret = Secret::new(text("secret_access_key")?.to_owned());
        let region = text("region").or_else(|| identity.credentials_region());
        let keys = self.user_key(
            &identity.name.written,
            text("access_key_id")?,
            &secret,
            region,
        );
        let seed = text(SEED).map(|seed| Secret::new(seed.to_owned()));
        Some(UserKey {
            place,
            keys: keys.ok()?,
            mfa_serial: text("mfa_arn").map(str::to_owned),
            duration: text("session_duration").map(str::to_owned),
            seed: seed.as_ref().and_then(TotpSeed::parse),
        })
    }

    /// Puts a user's key where Atmos looks for it first: into the entry of the realm in the key store that
    /// the configuration names, else the system's. The store's name, for people.
    ///
    /// # Errors
    ///
    /// [`SignInError::Unusable`] for what is not made as AWS makes keys, and for a store that takes
    /// nothing.
    pub fn store_user_key(
        &self,
        identity: &Identity,
        key: &NewUserKey,
    ) -> Result<String, SignInError> {
        let name = &identity.name.written;
        self.user_key(name, &key.access_key_id, &key.secret_access_key, None)?;
        let mut data = Map::new();
        let region = key.region.as_deref();
        for (member, value) in [
            ("access_key_id", Some(key.access_key_id.as_str())),
            ("secret_access_key", Some(key.secret_access_key.expose())),
            ("region", region),
            ("mfa_arn", key.mfa_serial.as_deref()),
            ("session_duration", key.duration.as_deref()),
            (SEED, key.seed.as_ref().map(Secret::expose)),
        ] {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                data.insert(member.to_owned(), Value::from(value));
            }
        }
        let mut envelope = Map::new();
        envelope.insert("type".to_owned(), Value::from("aws"));
        envelope.insert("data".to_owned(), Value::Object(data));
        let text = Zeroizing::new(Value::Object(envelope).to_string());
        let realm = config::resolve_realm(self.world, self.configuration).value;
        let names = key_names(&realm, &identity.name.key);
        let unusable = |why: String| SignInError::Unusable {
            what: "the key store".to_owned(),
            why,
        };
        let store = self
            .keyring_to_write()
            .ok_or_else(|| unusable("there is none".to_owned()))?;
        let entry = EntryKey::atmos(names.first().cloned().unwrap_or_default());
        store
            .write(&entry, &Secret::new(text.to_string()))
            .map_err(|error| unusable(error.to_string()))?;
        Ok(store.title().to_owned())
    }

    /// The store that typed keys belong into. (Atmos itself writes them to the system's store whatever is
    /// configured, and does not find them there then.)
    fn keyring_to_write(&self) -> Option<&dyn Keyring> {
        let kind = self.configuration.auth.keyring.kind;
        let mut stores = self.keyrings.iter().map(AsRef::as_ref);
        stores.find(|store| match store.id() {
            StoreId::System => kind == KeyringKind::System,
            StoreId::File(_) => kind == KeyringKind::File,
            // Of tests: there is no other one then.
            StoreId::Memory => true,
        })
    }

    /// The long-lived key of a profile of the AWS CLI; `None` if there is no such profile, or no such key
    /// in it.
    ///
    /// # Errors
    ///
    /// [`SignInError::File`].
    pub fn profile_key(&self, profile: &str) -> Result<Option<UserKey>, SignInError> {
        let profiles = Profiles::read(self.world, self.files)?;
        let found = profiles.keys_in_credentials(self.world, profile);
        Ok(found
            .filter(|(_, keys)| keys.session_token.is_none())
            .map(|(place, keys)| UserKey {
                place,
                keys: RoleKeys {
                    region: keys.region.or_else(|| self.region_of_variables()),
                    ..keys
                },
                mfa_serial: None,
                duration: None,
                seed: None,
            }))
    }

    pub(super) fn region_of_variables(&self) -> Option<String> {
        let get = |name: &str| self.world.environment.get(name);
        let region = get("AWS_REGION").or_else(|| get("AWS_DEFAULT_REGION"));
        region.map(str::to_owned)
    }

    /// Keys as a person keeps them, checked.
    pub(super) fn user_key(
        &self,
        name: &str,
        id: &str,
        secret: &Secret,
        region: Option<&str>,
    ) -> Result<RoleKeys, SignInError> {
        let keys = RoleKeys::of_answer(id, secret.expose(), None, None);
        let keys = keys.ok_or_else(|| SignInError::Unusable {
            what: format!("the access key of \"{name}\""),
            why: "it is not made as AWS makes keys".to_owned(),
        })?;
        Ok(RoleKeys {
            region: region
                .map(str::to_owned)
                .or_else(|| self.region_of_variables()),
            ..keys
        })
    }
}
