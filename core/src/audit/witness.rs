//! The end of the trail as the operating system's key store remembers it.
//!
//! The trail and what is kept beside it lie in one directory, and go with it. The copy shows that they were
//! there. It is an entry of the service `adieu` whose account is the trail's path; its value is no secret.
//! Nobody is asked to unlock a store for it: where there is none, or a locked one, there is no copy, and
//! one that is older than the trail still fits its beginning.

use serde::{Deserialize, Serialize};

use super::{Head, locate_trail};
use crate::io::keyring::{EntryKey, Keyring, KeyringError, system_keyring};
use crate::secret::Secret;
use crate::world::World;

/// The service of the entry.
const SERVICE: &str = "adieu";

/// The key store, with the key of the entry in it.
pub(super) struct Witness {
    keyring: Box<dyn Keyring>,
    key: EntryKey,
    /// Whether the store is known not to answer, so that it is not waited for again.
    is_out_of_reach: bool,
}

/// The value of the entry.
#[derive(Serialize, Deserialize)]
struct Remembered {
    /// How long the trail was, in bytes.
    length: u64,
    /// SHA-256 of its last line.
    hash: String,
}

impl Witness {
    /// The witness of this machine's trail. Touches nothing.
    pub(super) fn of(world: &World) -> Self {
        Self {
            // Never interactive: a question of the key store's would be one that nobody expects here.
            keyring: system_keyring(world, false),
            key: EntryKey::new(SERVICE, locate_trail(world).to_path().display().to_string()),
            // The macOS Keychain asks the person whenever the program has changed since it wrote the entry.
            is_out_of_reach: cfg!(target_vendor = "apple"),
        }
    }

    /// The end of the trail that was noted last; one without length if there is none, or none that can be
    /// read without asking.
    pub(super) fn recall(&mut self) -> Head {
        if self.is_out_of_reach {
            return Head::default();
        }
        let found = self.keyring.read(&self.key);
        self.is_out_of_reach = matches!(
            found,
            Err(KeyringError::NotAvailable { .. } | KeyringError::TimedOut { .. })
        );
        let found = found.ok().flatten();
        let found = found.and_then(|value| serde_json::from_str::<Remembered>(value.expose()).ok());
        found.map_or_else(Head::default, |found| {
            Head::of_end(found.length, found.hash)
        })
    }

    /// Notes the end of the trail. That it cannot be noted is no failure of the logout, and none of the
    /// trail: what is beside it still tells its end.
    pub(super) fn note(&self, head: &Head) {
        if self.is_out_of_reach {
            return;
        }
        let remembered = Remembered {
            length: head.length,
            hash: head.hash.clone(),
        };
        if let Ok(text) = serde_json::to_string(&remembered) {
            let _ = self.keyring.write(&self.key, &Secret::new(text));
        }
    }
}
