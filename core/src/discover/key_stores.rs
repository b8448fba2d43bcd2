//! Key stores, as discovery looks into them: never unlocked, and what is locked is said.

use super::Explorer;
use crate::inventory::{Location, Problem};
use crate::io::keyring::{Content, Found, Keyring, KeyringError, Query, StoreId, key_names};
use crate::systems;
use crate::systems::discovery::{DiscoveryContext, Entries};

impl Explorer<'_> {
    /// Entries of the operating system's key store; one that is not there holds nothing in use.
    pub(super) fn search_entries(&mut self, query: &Query, found: &Entries<'_>) {
        let keyrings = self.keyrings.iter().map(AsRef::as_ref);
        let mut system =
            keyrings.filter(|keyring| matches!(keyring.id(), StoreId::System | StoreId::Memory));
        let Some(keyring) = system.next() else {
            return;
        };
        match keyring.search(query) {
            Ok(hits) => {
                if hits.unnamed > 0 {
                    self.say_locked(keyring, hits.unnamed, "");
                }
                self.notes.has_key_store = true;
                self.notes.is_key_store_listed = hits.unnamed == 0;
                found(hits.entries, &mut self.findings());
            }
            Err(KeyringError::NotAvailable { .. }) => {}
            Err(error) => self.inventory.problems.push(Problem {
                location: Location::key_store(keyring.title()),
                message: error.to_string(),
                hint: error.hint().map(str::to_owned),
                hides: true,
            }),
        }
    }

    pub(super) fn look_into_key_store(
        &mut self,
        discovery: &DiscoveryContext<'_>,
        keyring: &dyn Keyring,
    ) {
        self.inventory.checked += 1;
        match search_atmos(discovery, keyring) {
            Ok(found) => {
                let unreadable = found
                    .entries
                    .iter()
                    .filter(|entry| matches!(entry.content, Content::Locked))
                    .count();
                if unreadable + found.unnamed > 0 {
                    self.say_locked(keyring, unreadable + found.unnamed, " of Atmos");
                }
                let store = keyring.id();
                systems::describe_keyring_entries(
                    discovery,
                    &store,
                    found.entries,
                    &mut self.findings(),
                );
            }
            Err(KeyringError::NotAvailable { why }) => self.say_missing(discovery, keyring, &why),
            Err(error) => self.inventory.problems.push(Problem {
                location: Location::key_store(keyring.title()),
                message: error.to_string(),
                hint: error.hint().map(str::to_owned),
                hides: true,
            }),
        }
    }

    fn say_locked(&mut self, keyring: &dyn Keyring, count: usize, whose: &str) {
        self.inventory.problems.push(Problem {
            location: Location::key_store(keyring.title()),
            message: format!(
                "{count} {}{whose} {} in a locked keyring",
                if count == 1 { "entry" } else { "entries" },
                if count == 1 { "is" } else { "are" }
            ),
            hint: Some("unlock the keyring and run this again".to_owned()),
            hides: true,
        });
    }

    /// Without a running key store nothing can be in use from it; but entries may lie on disk, in the
    /// files of GNOME Keyring (and what is compatible with it) or of `KWallet`.
    fn say_missing(&mut self, discovery: &DiscoveryContext<'_>, keyring: &dyn Keyring, why: &str) {
        if keyring.id() != StoreId::System {
            return;
        }
        let named = discovery.world.environment.get("XDG_DATA_HOME");
        let homes = named
            .into_iter()
            .map(|path| Some(discovery.below(&discovery.world.working_directory.join(path))))
            // The variable may be set here only, and not where the key store ran.
            .chain([discovery.in_home(".local/share")]);
        let places = homes.flatten().flat_map(|home| {
            let kinds = [("keyrings", ".keyring"), ("kwalletd", ".kwl")];
            kinds.map(|(directory, end)| home.join(directory).map(|place| (place, end)))
        });
        let stored = places.flatten().find_map(|(place, end)| {
            let entries = match self.files.list(&place) {
                Ok(entries) => entries.unwrap_or_default(),
                // They may be in there.
                Err(error) => return Some(format!("and its files cannot be listed: {error}")),
            };
            let is_there = entries.iter().any(|entry| entry.name.ends_with(end));
            is_there.then(|| "but keyrings are on disk".to_owned())
        });
        if let Some(stored) = stored {
            self.notes.has_key_store = true;
            self.inventory.problems.push(Problem {
                location: Location::key_store(keyring.title()),
                message: format!("it could not be asked ({why}), {stored}"),
                hint: Some("run this again in a desktop session".to_owned()),
                hides: true,
            });
        }
    }
}

/// Atmos's entries. A store that was never unlocked hides the names, and recognises only those that
/// it is told.
fn search_atmos(
    discovery: &DiscoveryContext<'_>,
    keyring: &dyn Keyring,
) -> Result<Found, KeyringError> {
    let query = Query::atmos().with_secrets();
    let found = keyring.search(&query)?;
    if found.unnamed == 0 {
        return Ok(found);
    }
    let identity_graph = discovery.identity_graph;
    let providers = identity_graph
        .providers()
        .iter()
        .map(|provider| provider.key.as_str());
    let names = providers.chain(identity_graph.identities().iter().map(|i| i.key.as_str()));
    let known = names.flat_map(|name| {
        discovery
            .realms
            .iter()
            .flat_map(move |realm| key_names(realm, name))
    });
    keyring.search(&query.knowing(known))
}
