//! How the credentials of a session are kept.

use crate::inventory::{Artefact, Place, TokenUnavailable};
use crate::systems::System;

/// The way in which a credential is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protection {
    /// In a file, readable for whoever may read that.
    PlainFile,
    /// In a file that takes a key or a password.
    Encrypted,
    /// In the key store of the operating system.
    KeyStore,
}

impl Protection {
    /// The way in which a credential is kept.
    pub fn of(artefact: &Artefact) -> Self {
        let is_sealed = matches!(
            artefact.sealed,
            Some(TokenUnavailable::Encrypted | TokenUnavailable::KeyMissing)
        );
        match &artefact.place {
            place if place.is_in_file_store() => Self::Encrypted,
            Place::KeyringEntry { .. } => Self::KeyStore,
            // Salesforce CLI writes no token into its files as it is.
            Place::File { .. } if artefact.system == System::SALESFORCE => Self::Encrypted,
            _ if is_sealed => Self::Encrypted,
            _ => Self::PlainFile,
        }
    }

    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::PlainFile => "plain-file",
            Self::Encrypted => "encrypted",
            Self::KeyStore => "key-store",
        }
    }

    /// What people read.
    pub const fn words(self) -> &'static str {
        match self {
            Self::PlainFile => "plain file",
            Self::Encrypted => "encrypted file",
            Self::KeyStore => "key store",
        }
    }
}
