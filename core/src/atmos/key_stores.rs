//! The key stores to search: the operating system's, and every directory in which Atmos may have
//! kept encrypted files.

use std::sync::Arc;

use super::config::KeyringSettings;
use crate::io::files::Files;
use crate::io::keyring::{FileKeyring, FileSettings, Keyring, system_keyring};
use crate::world::World;

/// All key stores that may hold entries of this configuration. Touches nothing.
///
/// It does not matter which one is configured: Atmos writes typed keys to the system's store whatever
/// `auth.keyring.type` says, and a configuration may have been another one yesterday. A path that begins with `~` is looked for where people mean it and where Atmos
/// writes. Only when `interactive`, a deletion may ask the person to unlock.
pub fn key_stores(
    world: &World,
    files: &Arc<Files>,
    settings: &KeyringSettings,
    interactive: bool,
) -> Vec<Box<dyn Keyring>> {
    let mut stores: Vec<Box<dyn Keyring>> = vec![system_keyring(world, interactive)];
    let named = settings.path.iter().chain(&settings.literal_paths);
    let named = named.filter_map(|path| path.to_str()).map(Some);
    let mut directories = Vec::new();
    // Without a path: the one that the environment names, else the default.
    for path in named.chain([None]) {
        let settings = FileSettings {
            path,
            password_env: settings.password_env.as_deref(),
        };
        // A place that a file may not name is no place; validation says so.
        let Ok(store) = FileKeyring::new(world, Arc::clone(files), settings) else {
            continue;
        };
        if !directories.contains(store.directory()) {
            directories.push(store.directory().clone());
            stores.push(Box::new(store));
        }
    }
    stores
}
