//! Atmos's file back end: a directory with one encrypted file for each entry.
//!
//! The file's name is the key with `/` and `%` escaped; its content is one compact JWE (see
//! `jwe`) whose plaintext is JSON with the key and, in Base64, the envelope. Names are not
//! encrypted, so finding and **deleting an entry needs no password**; reading one does.
//!
//! A repository's `atmos.yaml` can name any directory, and the oldest scheme's names are arbitrary.
//! So a file counts as an entry, and is deleted, only if its content is such a JWE. One that has the name
//! of an entry and other content may be a damaged one: it is said, and deleted only on request and where
//! only Atmos writes.
//!
//! Source: 99designs/keyring 1.2.2, file back end; mtibben/percent.

mod jwe;
mod settings;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use self::jwe::{Jwe, Randomness};
use super::{
    ATMOS_ACCOUNT, Content, Deletion, Entry, EntryKey, Found, Keyring, KeyringError, Query,
    StoreId, hexadecimal_digit,
};
use crate::io::files::{
    Change, ConfinedPath, EditError, Edited, EntryKind, FileError, Files, LockRule,
};
use crate::secret::Secret;
use crate::world::World;

pub use self::settings::FileSettings;

/// Largest file that can be an entry, in bytes. Real ones have a few kilobytes.
const FILE_LIMIT: u64 = 1 << 20;

/// Most bytes and rounds of key derivation that one search spends: a directory that a repository
/// brings along must not keep the program busy. 1000 of Atmos's entries cost 8,192,000 rounds.
const BYTES: u64 = 64 << 20;
const ROUNDS: u64 = 16_000_000;

/// Shortest password that Atmos accepts.
const SHORTEST_PASSWORD: usize = 8;

/// Atmos's file back end in one directory.
pub struct FileKeyring {
    files: Arc<Files>,
    world: World,
    directory: ConfinedPath,
    password: Option<Secret>,
    /// The person or Atmos has chosen the directory, and no configuration, which may lead to files of
    /// others.
    is_chosen: bool,
}

/// The plaintext of an entry, as 99designs/keyring writes it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Item<'a> {
    key: &'a str,
    /// The envelope, in Base64.
    data: &'a str,
    label: &'a str,
    description: &'a str,
    keychain_not_trust_application: bool,
    keychain_not_synchronizable: bool,
}

impl FileKeyring {
    /// The back end that these settings and the environment lead to. Touches nothing.
    ///
    /// # Errors
    ///
    /// [`KeyringError::NotAvailable`] if the settings lead outside of the home and working
    /// directories, which only the environment may do.
    pub fn new(
        world: &World,
        files: Arc<Files>,
        settings: FileSettings<'_>,
    ) -> Result<Self, KeyringError> {
        Ok(Self {
            files,
            world: world.clone(),
            directory: settings.directory(world)?,
            password: settings.password(world),
            is_chosen: settings.is_left_to_the_person(),
        })
    }

    /// The directory of its files.
    pub const fn directory(&self) -> &ConfinedPath {
        &self.directory
    }

    /// The file of a key; `None` if no file can have its name, or it is not of Atmos's account.
    fn file(&self, key: &EntryKey) -> Option<ConfinedPath> {
        if key.account != ATMOS_ACCOUNT {
            return None;
        }
        let name = file_name(&key.service);
        if name.starts_with('.') {
            None
        } else {
            self.directory.join(&name)
        }
    }

    /// Tells what an entry holds, as far as this query asks; `None` if the file is no entry.
    fn content(&self, bytes: &[u8], query: &Query, budget: &mut Budget) -> Option<Content> {
        let jwe = Jwe::parse(bytes)?;
        let Some(password) = &self.password else {
            return Some(Content::Encrypted);
        };
        if !query.secrets {
            return Some(Content::Unread);
        }
        if !budget.spend_rounds(u64::from(jwe.rounds)) {
            return Some(Content::Broken("too many entries to decrypt".to_owned()));
        }
        Some(
            open_envelope(&jwe, password)
                .map_or_else(|error| Content::Broken(error.to_string()), Content::Known),
        )
    }

    fn look(&self, key: &EntryKey, query: &Query, budget: &mut Budget) -> Option<Content> {
        let file = self.file(key)?;
        let damaged = || is_named_as_entry(key).then_some(Content::Damaged);
        let bytes = match self.files.read(&file, FILE_LIMIT) {
            Ok(bytes) => Zeroizing::new(bytes?),
            Err(FileError::TooLarge { .. }) => return damaged(),
            Err(error) => return Some(Content::Broken(error.to_string())),
        };
        if !budget.spend_bytes(bytes.len()) {
            return Some(Content::Broken(
                "too much in the directory to look at".to_owned(),
            ));
        }
        self.content(&bytes, query, budget).or_else(damaged)
    }

    fn delete_one(&self, key: &EntryKey) -> Result<Deletion, KeyringError> {
        let Some(file) = self.file(key) else {
            return Ok(Deletion::Absent);
        };
        let is_atmos_own =
            self.is_chosen || self.directory.to_path() == FileSettings::own_directory(&self.world);
        let mut remove_entry = |bytes: &[u8]| match Jwe::parse(bytes) {
            Some(_) => Ok(Change::Remove),
            None if is_atmos_own && is_named_as_entry(key) => Ok(Change::Remove),
            None => Err(EditError::Refused(
                "it is not an entry of Atmos's keyring".to_owned(),
            )),
        };
        let removed = self
            .files
            .edit(&file, LockRule::None, FILE_LIMIT, &mut remove_entry);
        match removed.map_err(|error| to_keyring_error(&error))? {
            Edited::Removed => Ok(Deletion::Deleted(1)),
            _ => Ok(Deletion::Absent),
        }
    }

    fn write_password(&self) -> Result<&Secret, KeyringError> {
        let password = self.password.as_ref();
        password
            .filter(|password| password.expose().len() >= SHORTEST_PASSWORD)
            .ok_or_else(|| {
                KeyringError::other(
                    "its password, of at least 8 characters, is not in the environment",
                )
            })
    }

    fn sealed(&self, key: &EntryKey, secret: &Secret) -> Result<String, KeyringError> {
        let data = Zeroizing::new(STANDARD.encode(secret.expose()));
        let item = Item {
            key: &key.service,
            data: &data,
            label: "",
            description: "",
            keychain_not_trust_application: false,
            keychain_not_synchronizable: false,
        };
        // Room for all at once, so that growing leaves no copy behind.
        let mut plain =
            Zeroizing::new(Vec::with_capacity(512 + key.service.len() * 6 + data.len()));
        serde_json::to_writer(&mut *plain, &item)
            .map_err(|error| KeyringError::other(error.to_string()))?;
        let random = Randomness {
            key: Zeroizing::new(self.world.entropy.bytes()),
            salt_and_nonce: self.world.entropy.bytes(),
        };
        jwe::seal_content(
            plain,
            self.write_password()?,
            self.world.now().to_string(),
            &random,
        )
        .ok_or_else(|| KeyringError::other("the secret could not be encrypted"))
    }
}

impl fmt::Debug for FileKeyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FileKeyring")
            .field("directory", &self.directory)
            .field("has_password", &self.password.is_some())
            .finish_non_exhaustive()
    }
}

impl Keyring for FileKeyring {
    fn id(&self) -> StoreId {
        StoreId::File(self.directory.clone())
    }

    fn title(&self) -> &'static str {
        "Atmos file keyring"
    }

    fn search(&self, query: &Query) -> Result<Found, KeyringError> {
        let listed = self
            .files
            .list(&self.directory)
            .map_err(|error| to_keyring_error(&error))?;
        let mut found = Found::default();
        let mut budget = Budget {
            bytes: BYTES,
            rounds: ROUNDS,
        };
        for listed in listed.unwrap_or_default() {
            if listed.kind != EntryKind::File || listed.is_lossy {
                continue;
            }
            let Some(service) = key_name(&listed.name) else {
                continue;
            };
            let key = EntryKey::atmos(service);
            if !query.matches(&key) {
                continue;
            }
            if let Some(content) = self.look(&key, query, &mut budget) {
                found.entries.push(Entry { key, content });
            }
        }
        found.entries.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(found)
    }

    fn delete(&self, keys: &[EntryKey]) -> Vec<Result<Deletion, KeyringError>> {
        keys.iter().map(|key| self.delete_one(key)).collect()
    }

    fn read(&self, key: &EntryKey) -> Result<Option<Secret>, KeyringError> {
        let Some(file) = self.file(key) else {
            return Ok(None);
        };
        let bytes = self
            .files
            .read(&file, FILE_LIMIT)
            .map_err(|error| to_keyring_error(&error))?;
        let Some(bytes) = bytes.map(Zeroizing::new) else {
            return Ok(None);
        };
        let Some(jwe) = Jwe::parse(&bytes) else {
            return Ok(None);
        };
        let password = self.password.as_ref().ok_or(KeyringError::Locked)?;
        open_envelope(&jwe, password).map(Some)
    }

    fn write(&self, key: &EntryKey, secret: &Secret) -> Result<(), KeyringError> {
        let unusable = || KeyringError::other("no file can have this entry's name");
        let file = self.file(key).ok_or_else(unusable)?;
        let sealed = self.sealed(key, secret)?;
        let mut replace_entry = |old: Option<&[u8]>| match old {
            Some(bytes) if Jwe::parse(bytes).is_none() => Err(EditError::Refused(
                "it is not an entry of Atmos's keyring".to_owned(),
            )),
            _ => Ok(Change::Replace(sealed.clone().into_bytes())),
        };
        self.files
            .edit_or_create(&file, LockRule::None, FILE_LIMIT, &mut replace_entry)
            .map(|_| ())
            .map_err(|error| to_keyring_error(&error))
    }
}

/// Whether a file of this key can hardly be anybody's but Atmos's.
fn is_named_as_entry(key: &EntryKey) -> bool {
    key.service.starts_with("atmos_")
}

/// The bytes and time that a search may still spend.
struct Budget {
    bytes: u64,
    rounds: u64,
}

impl Budget {
    fn spend_bytes(&mut self, length: usize) -> bool {
        let left = self.bytes.checked_sub(length as u64);
        self.bytes = left.unwrap_or(0);
        left.is_some()
    }

    fn spend_rounds(&mut self, rounds: u64) -> bool {
        let left = self.rounds.checked_sub(rounds);
        self.rounds = left.unwrap_or(0);
        left.is_some()
    }
}

/// The envelope in an entry.
fn open_envelope(jwe: &Jwe<'_>, password: &Secret) -> Result<Secret, KeyringError> {
    let plain = jwe
        .open(password)
        .map_err(|error| KeyringError::other(error.to_string()))?;
    let damaged = || KeyringError::other("it is damaged");
    let item: OpenedItem<'_> = serde_json::from_slice(&plain).map_err(|_| damaged())?;
    STANDARD
        .decode(item.data.as_bytes())
        .ok()
        .and_then(Secret::from_utf8)
        .ok_or_else(damaged)
}

/// The part of [`Item`] that is read. Base64 needs no escapes in JSON, so it is only borrowed.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OpenedItem<'a> {
    data: &'a str,
}

/// The name of the file of a key.
fn file_name(key: &str) -> String {
    key.replace('%', "%25").replace('/', "%2F")
}

/// The key that a file's name stands for; `None` if no key has it (dot files are other programs').
fn key_name(file_name: &str) -> Option<String> {
    if file_name.starts_with('.') {
        return None;
    }
    let mut bytes = Vec::with_capacity(file_name.len());
    let mut rest = file_name.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = (*first == b'%')
            .then(|| {
                tail.first_chunk::<2>()
                    .copied()
                    .and_then(decode_hexadecimal_pair)
            })
            .flatten();
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    let key = String::from_utf8(bytes).ok()?;
    // Only what writing the key again would name: no second name leads to the same file.
    (self::file_name(&key) == file_name).then_some(key)
}

fn decode_hexadecimal_pair(digits: [u8; 2]) -> Option<u8> {
    Some(hexadecimal_digit(digits[0])? << 4 | hexadecimal_digit(digits[1])?)
}

fn to_keyring_error(error: &FileError) -> KeyringError {
    match error {
        FileError::Denied { .. } => KeyringError::Denied,
        FileError::Edit { source, .. } => KeyringError::other(format!("{error}: {source}")),
        other => KeyringError::other(other.to_string()),
    }
}
