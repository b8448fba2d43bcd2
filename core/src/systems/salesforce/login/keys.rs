//! The key that protects stored tokens: finding it, and making one where there is none.
//!
//! Looking never makes a key. A key is made by a sign-in only, and only when nothing is stored that
//! another key may protect.

use std::path::PathBuf;

use thiserror::Error;

use super::LoginError;
use crate::io::files::{ConfinedPath, FileError, Files, LockRule};
use crate::io::keyring::{EntryKey, Keyring, KeyringError, Naming};
use crate::secret::Secret;
use crate::systems::salesforce::auth_file::{
    AuthFile, NameKind, RevealError, classify_file_name, has_encrypted_values,
};
use crate::systems::salesforce::crypto::EncryptionKey;
use crate::systems::salesforce::key::{
    self, FILE_MODE, KeyFile, KeyFileError, KeyPlace, list_key_places, new_version, secret_tool,
};
use crate::systems::salesforce::{
    FILE_LIMIT, SETTINGS_DIRECTORY, STATE_DIRECTORY, parse_object, settings,
};
use crate::world::{OperatingSystem, World};

/// The entry of Salesforce CLI in the operating system's key store (see
/// [`KeyPlace`]), and nothing else of it.
pub trait KeyStore: std::fmt::Debug {
    /// The text of the key, `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`KeyringError`] if the store cannot be reached or does not let us read.
    fn read(&self) -> Result<Option<Secret>, KeyringError>;

    /// Stores the text of a new key.
    ///
    /// # Errors
    ///
    /// [`KeyringError`] if the store cannot be reached or does not let us write.
    fn write(&self, key: &Secret) -> Result<(), KeyringError>;
}

/// No store: for `--home` of others, and where there is none.
#[derive(Clone, Copy, Debug)]
pub struct NoKeyStore;

impl KeyStore for NoKeyStore {
    fn read(&self) -> Result<Option<Secret>, KeyringError> {
        Ok(None)
    }

    fn write(&self, _key: &Secret) -> Result<(), KeyringError> {
        Err(KeyringError::not_available("there is no key store"))
    }
}

/// The entry in the operating system's key store.
#[derive(Clone, Copy, Debug)]
pub struct SystemKeys<'a> {
    keyring: &'a dyn Keyring,
    operating_system: OperatingSystem,
}

impl<'a> SystemKeys<'a> {
    /// The entry in this key store, which is the one of this world.
    pub fn new(world: &World, keyring: &'a dyn Keyring) -> Self {
        Self {
            keyring,
            operating_system: world.operating_system,
        }
    }
}

fn entry_key() -> EntryKey {
    EntryKey::new(key::SERVICE, key::ACCOUNT).named(Naming::DomainUser)
}

impl KeyStore for SystemKeys<'_> {
    fn read(&self) -> Result<Option<Secret>, KeyringError> {
        self.keyring.read(&entry_key())
    }

    fn write(&self, key: &Secret) -> Result<(), KeyringError> {
        if self.operating_system == OperatingSystem::MacOs {
            // What adieu writes there has a prefix that the real client does not understand.
            return Err(KeyringError::NotSupported {
                what: "storing the key of Salesforce CLI",
            });
        }
        // The newline that `secret-tool` leaves at the end.
        let text = Secret::new(format!("{}\n", key.expose()));
        self.keyring.write(&entry_key(), &text)
    }
}

/// A key and where it was found.
#[derive(Clone, Debug)]
pub struct FoundKey {
    /// Where.
    pub place: KeyPlace,
    /// The key.
    pub key: EncryptionKey,
}

/// What looking for the key found.
#[derive(Debug, Default)]
pub struct FoundKeys {
    /// The keys, that of the place that the real client would use first.
    pub keys: Vec<FoundKey>,
    /// What is wrong with places.
    pub problems: Vec<KeyProblem>,
}

impl FoundKeys {
    /// The keys alone.
    pub fn keys(&self) -> impl Iterator<Item = &EncryptionKey> {
        self.keys.iter().map(|found| &found.key)
    }
}

/// What is wrong with a place of the key.
#[derive(Debug, Error)]
pub enum KeyProblem {
    /// The key file can be read by others, or not by the owner: the real client does not use it.
    /// adieu reads it all the same.
    #[error("{} has mode {mode:04o}, and Salesforce CLI reads it at 0600 only", path.display())]
    Mode {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The key file cannot be read.
    #[error("the key file cannot be read")]
    File(#[source] FileError),
    /// The key file holds no key.
    #[error("the key file {} cannot be used", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: KeyFileError,
    },
    /// The operating system's key store cannot be reached or does not let us read.
    #[error("the key store of the operating system cannot be used")]
    Store(#[source] KeyringError),
    /// What the key store holds is no key.
    #[error("the entry `sfdx` of the key store does not hold a key")]
    StoreContent,
}

impl KeyProblem {
    /// What the person can do, if anything is known to help.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Mode { path, .. } => Some(format!("chmod 600 {}", path.display())),
            Self::File(error) => error.hint().map(str::to_owned),
            Self::Store(error) => error.hint().map(str::to_owned),
            Self::Content { .. } | Self::StoreContent => Some(
                "bring the key back, or sign out of everything with `adieu org logout --all` first"
                    .to_owned(),
            ),
        }
    }
}

fn state_directory(world: &World) -> ConfinedPath {
    below_home(world, STATE_DIRECTORY)
}

fn below_home(world: &World, name: &str) -> ConfinedPath {
    let home = world.home_directory();
    // The names are constants, and plain.
    home.join(name).unwrap_or(home)
}

fn join_name(directory: &ConfinedPath, name: &str) -> ConfinedPath {
    directory.join(name).unwrap_or_else(|| directory.clone())
}

fn key_places(world: &World, files: &Files) -> Vec<KeyPlace> {
    let program = std::path::Path::new(secret_tool(&world.environment));
    let is_there = || {
        let directory = ConfinedPath::root(program.parent()?);
        let file = directory.join(program.file_name()?.to_str()?)?;
        files.probe(&file).ok().flatten()
    };
    let has_secret_tool = world.operating_system == OperatingSystem::Linux && is_there().is_some();
    list_key_places(world.operating_system, &world.environment, has_secret_tool)
}

/// Looks for the key in all its places. Makes nothing.
pub fn find_keys(world: &World, files: &Files, store: &dyn KeyStore) -> FoundKeys {
    let mut found = FoundKeys::default();
    for place in key_places(world, files) {
        let key = match place {
            KeyPlace::File => read_file(world, files, &mut found.problems),
            KeyPlace::SecretService | KeyPlace::Keychain => read_store(store, &mut found.problems),
        };
        found.keys.extend(key.map(|key| FoundKey { place, key }));
    }
    found
}

fn read_store(store: &dyn KeyStore, problems: &mut Vec<KeyProblem>) -> Option<EncryptionKey> {
    match store.read() {
        Ok(text) => {
            let key = EncryptionKey::parse(&text?);
            if key.is_err() {
                problems.push(KeyProblem::StoreContent);
            }
            key.ok()
        }
        Err(error) => {
            problems.push(KeyProblem::Store(error));
            None
        }
    }
}

fn read_file(
    world: &World,
    files: &Files,
    problems: &mut Vec<KeyProblem>,
) -> Option<EncryptionKey> {
    let file = join_name(&state_directory(world), key::FILE);
    let bytes = match files.read(&file, FILE_LIMIT) {
        Ok(bytes) => zeroize::Zeroizing::new(bytes?),
        Err(error) => {
            problems.push(KeyProblem::File(error));
            return None;
        }
    };
    let probe = files.probe(&file).ok().flatten();
    let mode = probe.map(|probe| probe.mode);
    if let Some(mode) = mode.filter(|mode| checks_mode(world) && *mode != FILE_MODE) {
        let path = file.to_path();
        problems.push(KeyProblem::Mode { path, mode });
    }
    match KeyFile::parse(&bytes) {
        Ok(key) => Some(key),
        Err(source) => {
            let path = file.to_path();
            problems.push(KeyProblem::Content { path, source });
            None
        }
    }
}

fn checks_mode(world: &World) -> bool {
    world.operating_system != OperatingSystem::Windows
}

/// The key for a new sign-in: one that is there, or a new one if nothing is stored yet.
pub(super) fn key_for_login(
    world: &World,
    files: &Files,
    store: &dyn KeyStore,
    notes: &mut Vec<String>,
) -> Result<FoundKey, LoginError> {
    let mut found = find_keys(world, files, store);
    for problem in &found.problems {
        if let KeyProblem::Mode { .. } = problem {
            let hint = problem.hint().unwrap_or_default();
            notes.push(format!("{problem}: run `{hint}`"));
        }
    }
    let protected = list_protected_files(world, files)?;
    if !found.keys.is_empty() {
        let fits = |key: &EncryptionKey| protected.iter().any(|stored| stored.fits(key));
        // The key that opens what is stored; else the one that the real client would use.
        let position = found.keys.iter().position(|found| fits(&found.key));
        return Ok(found.keys.swap_remove(position.unwrap_or(0)));
    }
    if let Some(problem) = found.problems.into_iter().find(KeyProblem::hides_a_key) {
        return Err(LoginError::KeyUnreachable(problem));
    }
    if let Some(protected) = protected.into_iter().next() {
        return Err(LoginError::KeyGone {
            path: protected.path,
        });
    }
    make_key(world, files, store, notes)
}

impl KeyProblem {
    /// Whether there may be a key behind it.
    const fn hides_a_key(&self) -> bool {
        !matches!(
            self,
            Self::Mode { .. } | Self::Store(KeyringError::NotAvailable { .. })
        )
    }
}

/// Something that a key may protect.
struct Protected {
    path: PathBuf,
    file: Option<AuthFile>,
}

impl Protected {
    fn fits(&self, key: &EncryptionKey) -> bool {
        let Some(file) = &self.file else { return false };
        let tokens = [&file.access_token, &file.refresh_token];
        tokens.into_iter().flatten().any(|token| {
            token.is_encrypted(key.version())
                && !matches!(token.reveal(Some(key)), Err(RevealError::Decrypt(_)))
        })
    }
}

/// Everything that a key may protect: auth files, broken ones too, and encrypted values elsewhere.
fn list_protected_files(world: &World, files: &Files) -> Result<Vec<Protected>, FileError> {
    let state = state_directory(world);
    let mut protected = Vec::new();
    for entry in files.list(&state)?.into_iter().flatten() {
        let NameKind::Auth {
            is_seen_by_real_client,
            ..
        } = classify_file_name(&entry.name)
        else {
            continue;
        };
        let Some(path) = state.join(&entry.name) else {
            continue;
        };
        // What cannot be read may be a sign-in.
        let file = files.read(&path, FILE_LIMIT).ok().flatten();
        let file = file.and_then(|bytes| AuthFile::parse(&entry.name, &bytes).ok());
        if file.is_some() || is_seen_by_real_client {
            let path = path.to_path();
            protected.push(Protected { path, file });
        }
    }
    let settings = below_home(world, SETTINGS_DIRECTORY);
    for path in [
        join_name(&settings, settings::PRESENT_FILE),
        join_name(&state, settings::LEGACY_FILE),
        join_name(&settings, "scratch-create-cache.json"),
    ] {
        let bytes = files.read(&path, FILE_LIMIT).ok().flatten();
        let document = bytes.and_then(|bytes| parse_object(&bytes).ok());
        if document.is_some_and(|document| has_encrypted_values(&document)) {
            let path = path.to_path();
            protected.push(Protected { path, file: None });
        }
    }
    Ok(protected)
}

fn make_key(
    world: &World,
    files: &Files,
    store: &dyn KeyStore,
    notes: &mut Vec<String>,
) -> Result<FoundKey, LoginError> {
    let key = EncryptionKey::generate(new_version(&world.environment), world.entropy.bytes());
    let place = key_places(world, files)
        .into_iter()
        .next()
        .unwrap_or(KeyPlace::File);
    if place != KeyPlace::File {
        match store_key(store, &key) {
            Ok(()) => return Ok(FoundKey { place, key }),
            Err(error) => notes.push(format!(
                "the key store of the operating system cannot be used ({error}), so the key is in \
                 ~/.sfdx/key.json; Salesforce CLI looks there with SF_USE_GENERIC_UNIX_KEYCHAIN=true"
            )),
        }
    }
    let file = join_name(&state_directory(world), key::FILE);
    let bytes = zeroize::Zeroizing::new(KeyFile::render(&key));
    match files.create(&file, &bytes) {
        // Another sign-in may have been faster: its key counts.
        Ok(()) | Err(FileError::Exists { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let mut problems = Vec::new();
    let place = KeyPlace::File;
    match read_file(world, files, &mut problems) {
        Some(key) => Ok(FoundKey { place, key }),
        None => Err(LoginError::NotVerified {
            path: file.to_path(),
        }),
    }
}

/// Stored, and readable again.
fn store_key(store: &dyn KeyStore, key: &EncryptionKey) -> Result<(), KeyringError> {
    store.write(key.text())?;
    let text = store.read()?;
    let is_same = text
        .and_then(|text| EncryptionKey::parse(&text).ok())
        .is_some_and(|stored| stored.text().expose() == key.text().expose());
    if is_same {
        Ok(())
    } else {
        Err(KeyringError::other("it did not keep the key"))
    }
}

/// How files of S are locked.
pub(super) const LOCK: LockRule = LockRule::Directory;

pub(super) fn auth_file_path(world: &World, username: &str) -> Option<ConfinedPath> {
    state_directory(world).join(&format!("{username}.json"))
}

pub(super) fn state_file(world: &World, name: &str) -> ConfinedPath {
    join_name(&state_directory(world), name)
}
