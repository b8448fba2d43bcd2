//! Logins that a tool keeps in the operating system's key store, where its server can end them: told
//! apart by what could be read of each entry, and described by the tool as a login in a file is.
//!
//! A look never unlocks and never asks. An entry that could not be read is a login all the same: it is
//! [`TokenUnavailable`], so that whoever removes it says that its server was not told.

use serde_json::{Map, Value};

use super::common::AccountArtefacts;
use crate::inventory::{Artefact, Place, State, TokenUnavailable};
use crate::io::keyring::{Content, Entry, StoreId};
use crate::systems::discovery::json_object;

/// What an entry of the key store is, as far as it could be read.
pub(super) enum StoredLogin {
    /// The JSON object in it.
    Read(Map<String, Value>),
    /// It was read, and is not what the tool writes: whether it can be used is the tool's to say.
    Strange,
    /// It is there, and was not read: the key store would ask the person first.
    Unread,
    /// It could not be read.
    TokenUnavailable(TokenUnavailable),
}

/// Where an entry is, and what is in it.
pub(super) fn stored_login(entry: Entry) -> (Place, StoredLogin) {
    let place = Place::KeyringEntry {
        store: StoreId::System,
        service: entry.key.service,
        account: entry.key.account,
        naming: entry.key.naming,
    };
    let stored = match entry.content {
        Content::Known(secret) => {
            json_object(secret.expose().as_bytes()).map_or(StoredLogin::Strange, StoredLogin::Read)
        }
        Content::Locked => StoredLogin::TokenUnavailable(TokenUnavailable::Locked),
        Content::Unread => StoredLogin::Unread,
        // Damaged ones do not open with the key store either.
        Content::Encrypted | Content::Broken(_) | Content::Damaged => {
            StoredLogin::TokenUnavailable(TokenUnavailable::Encrypted)
        }
    };
    (place, stored)
}

/// A login of which no more is known than where it is.
pub(super) fn unread_login(
    owner: AccountArtefacts<'_>,
    place: Place,
    what: &'static str,
    stored: &StoredLogin,
) -> Artefact {
    let login = owner.sign_in(place, what);
    match stored {
        StoredLogin::TokenUnavailable(sealed) => Artefact {
            state: State::Unknown,
            sealed: Some(*sealed),
            ..login
        },
        StoredLogin::Unread => Artefact {
            sealed: Some(TokenUnavailable::Encrypted),
            ..login
        },
        StoredLogin::Read(_) | StoredLogin::Strange => login,
    }
}
