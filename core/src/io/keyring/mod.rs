//! Key stores: where sign-ins keep what must not lie in a plain file.
//!
//! One narrow trait, [`Keyring`], and its stores: the Secret Service of Linux and the BSDs, the
//! macOS Keychain and the Windows Credential Manager, Atmos's file back end ([`FileKeyring`]), and one
//! in memory for tests ([`MemoryKeyring`]).
//!
//! What must hold for every store: making one touches nothing; a search never unlocks and never
//! prompts; nothing takes longer than the store's time limit; no error holds a secret.

mod error;
mod file;
mod memory;
mod names;
mod native;
mod network;
mod value;

#[cfg(any(windows, target_vendor = "apple"))]
mod platform;
#[cfg(all(unix, not(target_vendor = "apple")))]
mod secret_service;

use std::fmt;

pub use error::KeyringError;
pub use file::{FileKeyring, FileSettings};
pub use memory::MemoryKeyring;
pub use names::{ATMOS_ACCOUNT, AVAILABILITY_PROBE, key_names};
pub use value::StoredValue;

#[cfg(any(windows, target_vendor = "apple"))]
pub use platform::NativeKeyring;
#[cfg(all(unix, not(target_vendor = "apple")))]
pub use secret_service::SecretServiceKeyring;

use crate::secret::Secret;

/// The key store that an entry is in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StoreId {
    /// The operating system's: Secret Service, macOS Keychain, Windows Credential Manager.
    System,
    /// Atmos's file back end in this directory.
    File(crate::io::files::ConfinedPath),
    /// In memory, for tests.
    Memory,
}

/// A place where entries are kept by service and account.
pub trait Keyring: fmt::Debug + Send + Sync {
    /// Tells which store it is.
    fn id(&self) -> StoreId;

    /// Its name for people, such as `Secret Service`.
    fn title(&self) -> &'static str;

    /// The entries that match. Never unlocks and never prompts: what is locked is reported as
    /// [`Content::Locked`].
    ///
    /// # Errors
    ///
    /// If the store cannot be reached or does not answer in time. Nothing found is no error.
    fn search(&self, query: &Query) -> Result<Found, KeyringError>;

    /// Removes all entries of each key, and says for each key what happened; the answers have the
    /// order of the keys. One failure does not stop the others.
    fn delete(&self, keys: &[EntryKey]) -> Vec<Result<Deletion, KeyringError>>;

    /// The secret of one entry, `None` if there is no such entry.
    ///
    /// # Errors
    ///
    /// If the store cannot be reached or is locked, if several entries with different secrets
    /// have this key, or if the entry is broken.
    fn read(&self, key: &EntryKey) -> Result<Option<Secret>, KeyringError>;

    /// Makes or replaces one entry.
    ///
    /// # Errors
    ///
    /// If the store cannot be reached, is locked, or cannot be written by adieu.
    fn write(&self, key: &EntryKey, secret: &Secret) -> Result<(), KeyringError>;
}

/// The operating system's key store, as far as this program was built for it. Touches nothing.
///
/// `interactive` lets everything but a search ask the person to unlock it, where that can be
/// chosen (Secret Service).
pub fn system_keyring(world: &crate::world::World, interactive: bool) -> Box<dyn Keyring> {
    #[cfg(all(unix, not(target_vendor = "apple")))]
    return Box::new(SecretServiceKeyring::new(world).interactive(interactive));
    #[cfg(any(windows, target_vendor = "apple"))]
    {
        let _not_needed = (world, interactive);
        return Box::new(NativeKeyring::new());
    }
}

/// The key of an entry: service and account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryKey {
    /// The service; for Atmos the key name, such as `atmos_realm_alias`.
    pub service: String,
    /// The account; for Atmos always [`ATMOS_ACCOUNT`].
    pub account: String,
    /// The names of the two where a store has freely named attributes (Secret Service).
    pub naming: Naming,
}

/// The names that a tool gives to service and account where a store has freely named attributes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Naming {
    /// `service` and `username`: go-keyring (Atmos) and the Rust crate `keyring` (Codex).
    #[default]
    ServiceUsername,
    /// `service` and `account`: node-keytar (Gemini CLI, Copilot CLI).
    ServiceAccount,
    /// `domain` and `user`: Salesforce CLI.
    DomainUser,
    /// `server` and `username`: Docker's credential helpers.
    ServerUsername,
    /// `profile`, and nothing else: the Go library `99designs/keyring` (aws-vault, pscale, saml2aws).
    Profile,
    /// `protocol`, `server`, `port`, `object` and `user`: passwords of servers, as
    /// `git-credential-libsecret` keeps them. The service is all but the last, as a URL.
    ///
    /// Source: libsecret, `SECRET_SCHEMA_COMPAT_NETWORK`; Git, `git-credential-libsecret.c`.
    NetworkPassword,
}

impl Naming {
    /// The attributes' names: for the service, for the account.
    pub const fn attributes(self) -> (&'static str, &'static str) {
        match self {
            Self::ServiceUsername => ("service", "username"),
            Self::ServiceAccount => ("service", "account"),
            Self::DomainUser => ("domain", "user"),
            Self::ServerUsername => ("server", "username"),
            Self::Profile => ("profile", "profile"),
            Self::NetworkPassword => ("server", "user"),
        }
    }

    /// An attribute that all entries of this naming have: others use the same two names.
    pub const fn mark(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::ServerUsername => Some(("label", "Docker Credentials")),
            _ => None,
        }
    }

    /// Every naming, in the order in which attributes are tried.
    pub const ALL: [Self; 6] = [
        Self::ServiceUsername,
        Self::ServiceAccount,
        Self::DomainUser,
        Self::ServerUsername,
        Self::Profile,
        Self::NetworkPassword,
    ];

    /// Service and account by their attributes, if these are all there.
    pub fn read(self, attribute: impl Fn(&str) -> Option<String>) -> Option<(String, String)> {
        let (of_service, of_account) = self.attributes();
        if let Some((name, value)) = self.mark()
            && attribute(name).as_deref() != Some(value)
        {
            return None;
        }
        let mut service = attribute(of_service)?;
        if self == Self::NetworkPassword {
            service = network::url(&service, &attribute)?;
        }
        // Of a name that is one attribute, there is no account.
        let account = if of_account == of_service {
            String::new()
        } else {
            attribute(of_account)?
        };
        Some((service, account))
    }
}

impl EntryKey {
    /// A key of these two names.
    pub fn new(service: impl Into<String>, account: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            account: account.into(),
            naming: Naming::default(),
        }
    }

    /// The same key of a tool that names its two parts otherwise.
    #[must_use]
    pub const fn named(mut self, naming: Naming) -> Self {
        self.naming = naming;
        self
    }

    /// The key of an entry that Atmos wrote.
    pub fn atmos(service: impl Into<String>) -> Self {
        Self::new(service, ATMOS_ACCOUNT)
    }
}

/// A query. An empty one matches every entry that has a service and an account.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Only entries of this service.
    pub service: Option<String>,
    /// Only entries of this account.
    pub account: Option<String>,
    /// The names that their owner gives to the two.
    pub naming: Naming,
    /// Whether entries of every naming are meant; `naming` says nothing then.
    pub any_naming: bool,
    /// Whether the secrets are wanted too. Without, readable entries come back as
    /// [`Content::Unread`], which is cheaper.
    pub secrets: bool,
    /// Services that the caller knows and would like to recognise in a store that hides the names
    /// of what is locked (a Secret Service collection that was never unlocked in this session). The
    /// first thousand count, so the likeliest come first.
    pub known_services: Vec<String>,
}

impl Query {
    /// Every entry that Atmos wrote.
    pub fn atmos() -> Self {
        Self {
            account: Some(ATMOS_ACCOUNT.to_owned()),
            ..Self::default()
        }
    }

    /// Every entry there is, however its owner names it.
    pub fn everything() -> Self {
        Self {
            any_naming: true,
            ..Self::default()
        }
    }

    /// Every entry of a service, as `naming` calls it.
    pub fn service(service: impl Into<String>, naming: Naming) -> Self {
        Self {
            service: Some(service.into()),
            naming,
            ..Self::default()
        }
    }

    /// With the secrets.
    #[must_use]
    pub fn with_secrets(mut self) -> Self {
        self.secrets = true;
        self
    }

    /// Recognising these services behind a lock.
    #[must_use]
    pub fn knowing(mut self, services: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.known_services
            .extend(services.into_iter().map(Into::into));
        self
    }

    fn matches(&self, key: &EntryKey) -> bool {
        (self.any_naming || self.naming == key.naming)
            && self
                .service
                .as_ref()
                .is_none_or(|service| *service == key.service)
            && self
                .account
                .as_ref()
                .is_none_or(|account| *account == key.account)
    }
}

/// The findings of a search.
#[derive(Debug, Default)]
pub struct Found {
    /// The entries, ordered by key. Several may have the same key.
    pub entries: Vec<Entry>,
    /// The number of further matching entries whose names the store hides while it is locked.
    pub unnamed: usize,
}

/// An entry of a store.
#[derive(Debug)]
pub struct Entry {
    /// Its service and account.
    pub key: EntryKey,
    /// Its secret, or why it is not known.
    pub content: Content,
}

/// The secret of an entry, or why it is not known.
#[derive(Debug)]
pub enum Content {
    /// The secret.
    Known(Secret),
    /// Readable, but the query did not ask for it.
    Unread,
    /// In a locked collection: reading it would ask the person.
    Locked,
    /// Encrypted, and no password was given.
    Encrypted,
    /// There, but it cannot be understood; the reason.
    Broken(String),
    /// It has the name of an entry and is none: cut off, empty, or not encrypted.
    Damaged,
}

/// The outcome of a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// This many entries had the key, and all are gone.
    Deleted(usize),
    /// There was no such entry.
    Absent,
}

/// The value of a hexadecimal digit, whatever its case.
fn hexadecimal_digit(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}
