//! Whatever lies in Atmos's encrypted file key store, a search ends without a panic, and what was
//! written is read again, only with its password.

use std::sync::Arc;

use crate::support::{directory, world_with};
use adieu::io::files::Files;
use adieu::io::keyring::{Content, EntryKey, FileKeyring, FileSettings, Keyring as _, Query};
use adieu::secret::Secret;
use adieu::world::World;

pub(crate) fn run(bytes: &[u8]) {
    let (place, password) = (directory().join("keys"), "FAKE-password");
    std::fs::create_dir_all(&place).expect("a temporary directory");
    let path = place.to_str().expect("a plain path");
    let with = world_with([
        ("ATMOS_KEYRING_FILE_PATH", path),
        ("ATMOS_KEYRING_PASSWORD", password),
    ]);
    let without = world_with([("ATMOS_KEYRING_FILE_PATH", path)]);
    let entry = place.join("atmos_acme_dev");
    std::fs::write(&entry, bytes).expect("a temporary file");
    for world in [&with, &without] {
        let _ = keyring(world).search(&Query::atmos().with_secrets());
    }
    let key = EntryKey::atmos("atmos_acme_dev");
    let text = String::from_utf8_lossy(bytes).into_owned();
    if keyring(&with)
        .write(&key, &Secret::new(text.clone()))
        .is_ok()
    {
        let read = keyring(&with)
            .read(&key)
            .expect("what was written")
            .expect("an entry");
        assert_eq!(read.expose(), text);
        let found = keyring(&without)
            .search(&Query::atmos().with_secrets())
            .expect("a search");
        let is_closed = |content: &Content| matches!(content, Content::Encrypted);
        assert!(found.entries.iter().all(|entry| is_closed(&entry.content)));
    }
}

fn keyring(world: &World) -> FileKeyring {
    FileKeyring::new(world, Arc::new(Files::new(world)), FileSettings::default()).expect("a place")
}
