//! Entries of the operating system's key store that no tool of those that are known has.

use std::collections::BTreeSet;

use super::add_possible_place;
use crate::ignored::name_entry;
use crate::inventory::Place;
use crate::io::keyring::{EntryKey, Naming, StoreId};
use crate::systems::discovery::{DiscoveryContext, Lookup};
use crate::world::OperatingSystem;

/// The service of what this program itself keeps there: where its trail ends, which is no secret.
const OWN: &str = "adieu";

/// Ends of services that are no sign-ins: keys with which programs encrypt their own files.
const NO_SIGN_INS: [&str; 3] = ["safe storage", "safe storage key", "encryption key"];

/// Looks at what was listed and is nobody's, after all who may have known it.
pub(super) fn build_lookup(discovery: DiscoveryContext<'_>) -> Lookup<'_> {
    Lookup::say(move |findings| {
        let entries = std::mem::take(&mut findings.notes.other_entries);
        // The key stores of other systems hold what the system itself keeps there, beyond telling apart.
        if discovery.world.operating_system != OperatingSystem::Linux {
            return;
        }
        for key in entries {
            let place = place_of(&key);
            if is_of_program(&key) || findings.has_place(&place) {
                continue;
            }
            let name = name_entry(&key.service, &key.account);
            if discovery.ignored.covers(&name, BTreeSet::new) {
                findings.ignored(name);
                continue;
            }
            let tool = key.service.clone();
            let source = name.display().to_string();
            let why = "an entry of the key store that no known tool made";
            add_possible_place(place, &tool, source, why, findings);
        }
    })
}

/// Where an entry is.
fn place_of(key: &EntryKey) -> Place {
    Place::KeyringEntry {
        store: StoreId::System,
        service: key.service.clone(),
        account: key.account.clone(),
        naming: key.naming,
    }
}

/// Whether an entry is a program's own, and nobody's sign-in.
fn is_of_program(key: &EntryKey) -> bool {
    let lower = key.service.to_ascii_lowercase();
    // Passwords of servers are those that a desktop's file manager and mail programs use.
    key.naming == Naming::NetworkPassword
        || lower == OWN
        || NO_SIGN_INS.iter().any(|end| lower.ends_with(end))
}
