//! The macOS Keychain and the Windows Credential Manager, through the stores of `keyring-core`.
//!
//! **Untested**: none of the machines that adieu is built and tested on has either. What can be
//! tested without them (encodings, names, sizes) is in the module `native`; the rest is kept thin.
//!
//! Entries are those of go-keyring 0.2.8, which Atmos uses. On macOS the system may ask the person
//! before it hands out a secret that another program stored, so a search there never reads
//! secrets; [`Keyring::read`] does.

use std::collections::HashMap;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use keyring_core::api::CredentialStore;
use keyring_core::{Entry as NativeEntry, Error};

use super::{
    Content, Deletion, Entry, EntryKey, Found, Keyring, KeyringError, Query, StoreId, native,
};
use crate::secret::Secret;

/// The time that the system, or the person whom it asks, may take unless said otherwise.
const LIMIT: Duration = Duration::from_secs(30);

/// The key store of the operating system.
#[derive(Clone, Debug)]
pub struct NativeKeyring {
    limit: Duration,
}

impl Default for NativeKeyring {
    fn default() -> Self {
        Self { limit: LIMIT }
    }
}

impl NativeKeyring {
    /// The key store of the account that runs the program.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives each call this long instead of 30 seconds.
    #[must_use]
    pub const fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Runs an operation that cannot be interrupted; one that does not end in time is left behind.
    fn bounded<T: Send + 'static>(
        &self,
        operation: impl FnOnce() -> Result<T, KeyringError> + Send + 'static,
    ) -> Result<T, KeyringError> {
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            // Nobody waits any more: the answer is not wanted.
            let _too_late = sender.send(operation());
        });
        receiver
            .recv_timeout(self.limit)
            .unwrap_or(Err(KeyringError::TimedOut { after: self.limit }))
    }
}

impl Keyring for NativeKeyring {
    fn id(&self) -> StoreId {
        StoreId::System
    }

    fn title(&self) -> &'static str {
        if cfg!(windows) {
            "Windows Credential Manager"
        } else {
            "macOS Keychain"
        }
    }

    fn search(&self, query: &Query) -> Result<Found, KeyringError> {
        let query = query.clone();
        self.bounded(move || search(&query))
    }

    fn delete(&self, keys: &[EntryKey]) -> Vec<Result<Deletion, KeyringError>> {
        let delete = |key: &EntryKey| {
            let key = key.clone();
            self.bounded(move || match entry(&*store()?, &key)?.delete_credential() {
                Ok(()) => Ok(Deletion::Deleted(1)),
                Err(Error::NoEntry) => Ok(Deletion::Absent),
                Err(error) => Err(explain(&error)),
            })
        };
        keys.iter().map(delete).collect()
    }

    fn read(&self, key: &EntryKey) -> Result<Option<Secret>, KeyringError> {
        let key = key.clone();
        self.bounded(move || match entry(&*store()?, &key)?.get_secret() {
            Ok(value) => decode(value).map(Some),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(explain(&error)),
        })
    }

    fn write(&self, key: &EntryKey, secret: &Secret) -> Result<(), KeyringError> {
        let (key, secret) = (key.clone(), secret.clone());
        self.bounded(move || write(&entry(&*store()?, &key)?, &key, &secret))
    }
}

#[cfg(target_vendor = "apple")]
fn open_store() -> Result<Arc<CredentialStore>, KeyringError> {
    let store = apple_native_keyring_store::keychain::Store::new();
    store
        .map(|store| store as Arc<CredentialStore>)
        .map_err(|error| explain(&error))
}

#[cfg(windows)]
fn open_store() -> Result<Arc<CredentialStore>, KeyringError> {
    let store = windows_native_keyring_store::Store::new();
    store
        .map(|store| store as Arc<CredentialStore>)
        .map_err(|error| explain(&error))
}

#[cfg(target_vendor = "apple")]
fn build_entry(store: &CredentialStore, key: &EntryKey) -> Result<NativeEntry, KeyringError> {
    store
        .build(&key.service, &key.account, None)
        .map_err(|error| explain(&error))
}

#[cfg(windows)]
fn build_entry(store: &CredentialStore, key: &EntryKey) -> Result<NativeEntry, KeyringError> {
    let target = native::windows_target(key);
    let modifiers = HashMap::from([("target", target.as_str()), ("persistence", "Local")]);
    store
        .build(&key.service, &key.account, Some(&modifiers))
        .map_err(|error| explain(&error))
}

#[cfg(target_vendor = "apple")]
fn search_store(query: &Query) -> Result<Found, KeyringError> {
    let service = query.service.as_deref().map(|service| ("service", service));
    let account = query.account.as_deref().map(|account| ("user", account));
    let specification: HashMap<_, _> = service.into_iter().chain(account).collect();
    let hits = store()?
        .search(&specification)
        .map_err(|error| explain(&error))?;
    let keys = hits.iter().filter_map(NativeEntry::get_specifiers);
    // The Keychain has one name for the attributes, whoever asks.
    let naming = query.naming;
    let entries = keys.map(|(service, account)| Entry {
        key: EntryKey::new(service, account).named(naming),
        content: Content::Unread,
    });
    Ok(sorted(entries.collect()))
}

#[cfg(windows)]
fn search_store(query: &Query) -> Result<Found, KeyringError> {
    let hits = store()?
        .search(&HashMap::new())
        .map_err(|error| explain(&error))?;
    let mut entries = Vec::new();
    for hit in hits {
        let Ok(mut attributes) = hit.get_attributes() else {
            continue;
        };
        let (Some(target), Some(account)) = (
            attributes.remove("target_name"),
            attributes.remove("username"),
        ) else {
            continue;
        };
        // Service and account have no names there: whoever asks knows how their owner joins them.
        let key = native::windows_key(&target, account, query.naming);
        let Some(key) = key.filter(|key| query.matches(key)) else {
            continue;
        };
        let content = match query.secrets.then(|| hit.get_secret()) {
            None => Content::Unread,
            Some(Ok(value)) => decode(value)
                .map_or_else(|error| Content::Broken(error.to_string()), Content::Known),
            Some(Err(error)) => Content::Broken(explain(&error).to_string()),
        };
        entries.push(Entry { key, content });
    }
    Ok(sorted(entries))
}

fn sort_entries(mut entries: Vec<Entry>) -> Found {
    entries.sort_by(|one, other| one.key.cmp(&other.key));
    Found {
        entries,
        unnamed: 0,
    }
}

#[cfg(target_vendor = "apple")]
fn decode_secret(value: Vec<u8>) -> Result<Secret, KeyringError> {
    native::decode_apple(value)
}

#[cfg(windows)]
fn decode_secret(value: Vec<u8>) -> Result<Secret, KeyringError> {
    Secret::from_utf8(value).ok_or_else(|| KeyringError::other("not text"))
}

#[cfg(target_vendor = "apple")]
fn write_entry(entry: &NativeEntry, _key: &EntryKey, secret: &Secret) -> Result<(), KeyringError> {
    let value = native::encode_apple(secret);
    entry
        .set_secret(value.as_bytes())
        .map_err(|error| explain(&error))
}

#[cfg(windows)]
fn write_entry(entry: &NativeEntry, key: &EntryKey, secret: &Secret) -> Result<(), KeyringError> {
    native::check_windows_size(secret)?;
    entry
        .set_secret(secret.expose().as_bytes())
        .map_err(|error| explain(&error))?;
    let user = HashMap::from([("username", key.account.as_str())]);
    entry
        .update_attributes(&user)
        .map_err(|error| explain(&error))
}

/// Errors can carry the stored bytes, so only their kind and the system's text are used.
fn to_keyring_error(error: &Error) -> KeyringError {
    match error {
        Error::NoStorageAccess(_) => KeyringError::Denied,
        Error::Ambiguous(entries) => KeyringError::Ambiguous {
            count: entries.len(),
        },
        Error::PlatformFailure(cause) => KeyringError::other(cause.to_string()),
        Error::TooLong(what, limit) => {
            KeyringError::other(format!("the {what} is longer than {limit}"))
        }
        Error::NotSupportedByStore(_) => KeyringError::NotSupported { what: "this" },
        _ => KeyringError::other("the entry is damaged"),
    }
}
