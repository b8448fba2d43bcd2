//! The `auth` section as types: who exists, and via whom.
//!
//! An entry keeps its mapping as written ([`Node`]); what a kind means by its keys is read through
//! accessors. So nothing is lost, and a wrong value in one entry harms no other.

use std::collections::HashMap;
use std::path::PathBuf;

use super::Integration;
use super::identity::Identity;
use super::node::{Spanned, fold_key};
use super::provider::Provider;

/// The `auth` section of all layers together.
#[derive(Debug, Default)]
pub struct Auth {
    /// `realm` as written; it may be invalid, see [`super::resolve_realm`].
    pub realm: Option<Spanned<String>>,
    /// The variable that gave `realm`, if one did.
    pub(super) realm_variable: Option<String>,
    /// The store in which Atmos keeps credentials.
    pub keyring: KeyringSettings,
    /// `console.isolated`: whether the console opens in a browser profile of the identity's own.
    pub console_isolated: bool,
    /// `logs.level` as written.
    pub log_level: Option<Spanned<String>>,
    /// `logs.file` as written.
    pub log_file: Option<Spanned<String>>,
    /// The providers in the order of first appearance.
    pub providers: Vec<Provider>,
    /// The identities in the order of first appearance; provisioned ones follow.
    pub identities: Vec<Identity>,
    /// The integrations in the order of first appearance.
    pub integrations: Vec<Integration>,
    pub(super) provider_index: HashMap<String, usize>,
    pub(super) identity_index: HashMap<String, usize>,
}

impl Auth {
    /// The provider of that name, whatever its case.
    pub fn provider(&self, name: &str) -> Option<&Provider> {
        find_by_name(&self.provider_index, name).and_then(|at| self.providers.get(at))
    }

    /// The identity of that name, whatever its case.
    pub fn identity(&self, name: &str) -> Option<&Identity> {
        find_by_name(&self.identity_index, name).and_then(|at| self.identities.get(at))
    }

    /// The identities marked `default: true`.
    pub fn default_identities(&self) -> impl Iterator<Item = &Identity> {
        self.identities
            .iter()
            .filter(|identity| identity.is_default)
    }
}

fn find_by_name(index: &HashMap<String, usize>, name: &str) -> Option<usize> {
    index
        .get(name)
        .or_else(|| index.get(&fold_key(name)))
        .copied()
}

/// The name of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// As written, for people.
    pub written: String,
    /// In lower case: what Atmos uses for keys and paths, and what names are compared by.
    pub key: String,
}

impl Name {
    /// A name from its written form.
    pub fn new(written: impl Into<String>) -> Self {
        let written = written.into();
        Self {
            key: fold_key(&written),
            written,
        }
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.written)
    }
}

/// The store in which Atmos keeps credentials; the variables that override it are already applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyringSettings {
    /// The kind of store.
    pub kind: KeyringKind,
    /// The directory of the file store, if one is named (`keyring.spec.path` or
    /// `ATMOS_KEYRING_FILE_PATH`): absolute, with `~` expanded.
    pub path: Option<PathBuf>,
    /// The place where Atmos itself looks for the paths that begin with `~`, which to it is a name
    /// like any other: below the working directory.
    pub literal_paths: Vec<PathBuf>,
    /// The variable that holds the file store's password, if one is named.
    pub password_env: Option<String>,
}

/// The stores of Atmos.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyringKind {
    /// The operating system's.
    #[default]
    System,
    /// Encrypted files.
    File,
    /// The process's own; nothing outlives it.
    Memory,
}

impl KeyringKind {
    /// The store of that name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "system" => Some(Self::System),
            "file" => Some(Self::File),
            "memory" => Some(Self::Memory),
            _ => None,
        }
    }
}

/// Whom an identity or integration gets its credentials from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Via {
    /// Nobody is named.
    #[default]
    None,
    /// A provider.
    Provider(Name),
    /// Another identity.
    Identity(Name),
    /// Both are named, which is a mistake; the provider counts.
    Both {
        /// `via.provider`.
        provider: Name,
        /// `via.identity`.
        identity: Name,
    },
}

impl Via {
    /// The provider, if one is named.
    pub const fn provider(&self) -> Option<&Name> {
        match self {
            Self::Provider(provider) | Self::Both { provider, .. } => Some(provider),
            _ => None,
        }
    }

    /// The identity that counts: not the one beside a provider.
    pub const fn identity(&self) -> Option<&Name> {
        match self {
            Self::Identity(identity) => Some(identity),
            _ => None,
        }
    }
}
