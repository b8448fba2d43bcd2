//! The fingerprints of the secrets that were read, so that copies of them are known as such.

use super::Explorer;
use crate::inventory::{Artefact, Holder, Inventory};
use crate::io::files::ConfinedPath;
use crate::names::is_secret;
use crate::secret::{Fingerprint, FingerprintKey, Secret};
use crate::values::{Content, secrets_of};
use crate::world::World;

impl Explorer<'_> {
    /// Notes which secrets the artefacts hold that were found in a file since there were `before` of
    /// them.
    pub(super) fn note_secrets(&mut self, before: usize, file: &ConfinedPath, bytes: &[u8]) {
        let mut content = Content::new(bytes);
        let new = self.inventory.artefacts.iter_mut().skip(before);
        let in_file = new.filter(|found| found.place.file() == Some(file));
        for found in in_file.filter(|found| found.is_credential()) {
            let secrets = content.secrets_at(&found.place);
            note(found, &self.key, &secrets);
        }
    }
}

fn note(found: &mut Artefact, key: &FingerprintKey, secrets: &[Secret]) {
    let known = fingerprints(key, secrets).into_iter().chain(found.token);
    found.secrets.extend(known);
    found.secrets.sort_unstable();
    found.secrets.dedup();
}

/// The fingerprints of these secrets.
pub(super) fn fingerprints(key: &FingerprintKey, secrets: &[Secret]) -> Vec<Fingerprint> {
    let secrets = secrets.iter();
    secrets.map(|secret| secret.fingerprint(key)).collect()
}

/// Notes which secrets stand in the variables of this process.
pub(super) fn note_variables(world: &World, inventory: &mut Inventory) {
    let Some(key) = inventory.fingerprint_key.clone() else {
        return;
    };
    for (name, value) in world.environment.iter() {
        let Some(name) = name.to_str().filter(|name| is_secret(name)) else {
            continue;
        };
        let value = value.to_str().unwrap_or_default();
        let secrets = fingerprints(&key, &secrets_of(value));
        if !secrets.is_empty() {
            inventory.written_out.push(Holder {
                system: None,
                name: Some(name.to_owned()),
                location: "environment".to_owned(),
                file: None,
                secrets,
            });
        }
    }
}
