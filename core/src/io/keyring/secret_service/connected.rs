//! An open session with the service, and what is asked through it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use secret_service::{Collection, EncryptionType, Item, SecretService};
use tokio::task::JoinSet;
use zbus::zvariant::{ObjectPath, OwnedObjectPath};

use super::errors::{is_gone, to_keyring_error, to_unreachable_error};
use crate::io::keyring::{
    Content, Deletion, Entry, EntryKey, Found, KeyringError, Naming, Query, network,
};
use crate::secret::Secret;

/// How the names of attributes begin that GNOME Keyring shows of a collection that was never unlocked.
const HASHED: &str = "gkr:compat:hashed:";

/// The number of questions that are sent before the first answer is waited for.
const IN_FLIGHT: usize = 64;

/// The number of names that are looked for in a collection that hides its own: each costs half a
/// millisecond, and all of them share the time limit.
const CANDIDATES: usize = 1000;

const SERVICE: &str = "org.freedesktop.secrets";
const ITEM_INTERFACE: &str = "org.freedesktop.Secret.Item";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";
const CONTENT_TYPE: &str = "text/plain; charset=utf-8";

/// An open session with the service.
#[derive(Clone)]
pub(super) struct Connected {
    service: Arc<SecretService<'static>>,
    connection: zbus::Connection,
}

impl Connected {
    pub(super) async fn open(address: &str) -> Result<Self, KeyringError> {
        let connection = zbus::connection::Builder::address(address)
            .map_err(to_unreachable_error)?
            .build()
            .await
            .map_err(to_unreachable_error)?;
        let service =
            SecretService::connect_with_existing(EncryptionType::Plain, connection.clone())
                .await
                .map_err(to_keyring_error)?;
        Ok(Self {
            service: Arc::new(service),
            connection,
        })
    }

    pub(super) async fn search(self, query: &Query) -> Result<Found, KeyringError> {
        let hits = self
            .service
            .search_items(query_attributes(query))
            .await
            .map_err(to_keyring_error)?;
        let unlocked = hits
            .unlocked
            .into_iter()
            .map(|item| (item.item_path.clone(), false));
        let locked = hits
            .locked
            .into_iter()
            .map(|item| (item.item_path.clone(), true));
        let mut looks = Vec::new();
        for (path, is_locked) in unlocked.chain(locked) {
            let (connected, secrets) = (self.clone(), query.secrets);
            let naming = (!query.any_naming).then_some(query.naming);
            looks.push(async move { connected.look(path, is_locked, secrets, naming).await });
        }
        let mut found = Found::default();
        let mut nameless = HashSet::new();
        for look in gather_results(looks).await {
            match look? {
                Look::Entry(entry) if query.matches(&entry.key) => found.entries.push(entry),
                Look::Nameless(path) => {
                    nameless.insert(path);
                }
                Look::Entry(_) | Look::Gone => {}
            }
        }
        self.name_the_nameless(query, nameless, &mut found).await?;
        found.entries.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(found)
    }

    /// Reads one hit, without unlocking it.
    async fn look(
        self,
        path: OwnedObjectPath,
        is_locked: bool,
        secrets: bool,
        naming: Option<Naming>,
    ) -> Result<Look, KeyringError> {
        let item = match self.service.get_item_by_path(path.clone()).await {
            Ok(item) => item,
            Err(error) => return gone_or(error),
        };
        let attributes = match item.get_attributes().await {
            Ok(attributes) => attributes,
            Err(error) => return gone_or(error),
        };
        let namings = naming.map_or(Naming::ALL.to_vec(), |naming| vec![naming]);
        let named = namings.into_iter().find_map(|naming| {
            let read = naming.read(|name| attributes.get(name).cloned());
            read.map(|(service, account)| (naming, service, account))
        });
        let Some((naming, service, account)) = named else {
            // Where the names can be read, they are simply others.
            let is_hidden = naming.is_some()
                || attributes.is_empty()
                || attributes.keys().any(|name| name.starts_with(HASHED));
            return Ok(if is_locked && is_hidden {
                Look::Nameless(path)
            } else {
                Look::Gone
            });
        };
        let content = match (is_locked, secrets) {
            (true, _) => Content::Locked,
            (false, false) => Content::Unread,
            (false, true) => match item.get_secret().await.map_err(to_keyring_error) {
                Ok(bytes) => Secret::from_utf8(bytes)
                    .map_or_else(|| Content::Broken("not text".to_owned()), Content::Known),
                Err(KeyringError::Locked) => Content::Locked,
                Err(error) => Content::Broken(error.to_string()),
            },
        };
        Ok(Look::Entry(Entry {
            key: EntryKey::new(service, account).named(naming),
            content,
        }))
    }

    /// A collection that was never unlocked shows digests instead of names, but still finds by
    /// name; so the names that the caller knows are looked for one by one.
    async fn name_the_nameless(
        &self,
        query: &Query,
        mut nameless: HashSet<OwnedObjectPath>,
        found: &mut Found,
    ) -> Result<(), KeyringError> {
        if nameless.is_empty() {
            return Ok(());
        }
        let mut seen = HashSet::new();
        let wanted = query.service.iter().chain(&query.known_services);
        let candidates = wanted
            .filter(|service| seen.insert(*service))
            .take(CANDIDATES);
        let mut searches = Vec::new();
        if let Some(account) = &query.account {
            for service in candidates {
                let (connected, key) = (
                    self.clone(),
                    EntryKey::new(service, account).named(query.naming),
                );
                searches.push(async move { connected.locked_paths(key).await });
            }
        }
        for search in gather_results(searches).await {
            let (key, paths) = search?;
            for path in paths {
                if nameless.remove(&path) {
                    found.entries.push(Entry {
                        key: key.clone(),
                        content: Content::Locked,
                    });
                }
            }
        }
        found.unnamed = nameless.len();
        Ok(())
    }

    async fn locked_paths(
        self,
        key: EntryKey,
    ) -> Result<(EntryKey, Vec<OwnedObjectPath>), KeyringError> {
        let hits = self
            .service
            .search_items(key_attributes(&key))
            .await
            .map_err(to_keyring_error)?;
        let paths = hits
            .locked
            .iter()
            .map(|item| item.item_path.clone())
            .collect();
        drop(hits);
        Ok((key, paths))
    }

    /// Every hit of the key, in every collection; unlocked first if that is allowed.
    async fn hits(&self, key: &EntryKey, interactive: bool) -> Result<Hits<'_>, KeyringError> {
        let hits = self
            .service
            .search_items(key_attributes(key))
            .await
            .map_err(to_keyring_error)?;
        let mut open = self.only_of(key, hits.unlocked).await?;
        let locked = self.only_of(key, hits.locked).await?;
        if locked.is_empty() {
            return Ok(Hits {
                open,
                is_locked: false,
            });
        }
        if !interactive {
            return Ok(Hits {
                open,
                is_locked: true,
            });
        }
        let references: Vec<&Item<'_>> = locked.iter().collect();
        self.service
            .unlock_all(&references)
            .await
            .map_err(to_keyring_error)?;
        drop(references);
        open.extend(locked);
        Ok(Hits {
            open,
            is_locked: false,
        })
    }

    /// Those items that have all of the key and no more: one without a port is not the one with it,
    /// and a search finds both.
    async fn only_of<'i>(
        &self,
        key: &EntryKey,
        items: Vec<Item<'i>>,
    ) -> Result<Vec<Item<'i>>, KeyringError> {
        if key.naming != Naming::NetworkPassword {
            return Ok(items);
        }
        let mut only = Vec::new();
        for item in items {
            let attributes = match item.get_attributes().await {
                Ok(attributes) => attributes,
                Err(error) if is_gone(&error) => continue,
                Err(error) => return Err(to_keyring_error(error)),
            };
            let read = key.naming.read(|name| attributes.get(name).cloned());
            if read
                .is_some_and(|(service, account)| service == key.service && account == key.account)
            {
                only.push(item);
            }
        }
        Ok(only)
    }

    pub(super) async fn delete(
        self,
        key: &EntryKey,
        interactive: bool,
    ) -> Result<Deletion, KeyringError> {
        let hits = self.hits(key, interactive).await?;
        let mut count = 0;
        for item in &hits.open {
            if self.delete_item(item, interactive).await? {
                count += 1;
            }
        }
        match (hits.is_locked, count) {
            (true, _) => Err(KeyringError::Locked),
            (false, 0) => Ok(Deletion::Absent),
            (false, count) => Ok(Deletion::Deleted(count)),
        }
    }

    /// Whether the item was there. Without leave to ask, a question of the service (KeePassXC can
    /// be told to confirm each deletion) is left unasked, which leaves the item alone.
    async fn delete_item(&self, item: &Item<'_>, interactive: bool) -> Result<bool, KeyringError> {
        if interactive {
            return match item.delete().await {
                Ok(()) => Ok(true),
                Err(error) if is_gone(&error) => Ok(false),
                Err(error) => Err(to_keyring_error(error)),
            };
        }
        let path: &ObjectPath<'_> = &item.item_path;
        let answer = self
            .connection
            .call_method(Some(SERVICE), path, Some(ITEM_INTERFACE), "Delete", &())
            .await
            .map_err(secret_service::Error::from);
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) if is_gone(&error) => return Ok(false),
            Err(error) => return Err(to_keyring_error(error)),
        };
        let prompt: OwnedObjectPath = answer
            .body()
            .deserialize()
            .map_err(|error| KeyringError::other(error.to_string()))?;
        if prompt.as_str() == "/" {
            Ok(true)
        } else {
            Err(KeyringError::Locked)
        }
    }

    pub(super) async fn read(
        self,
        key: &EntryKey,
        interactive: bool,
    ) -> Result<Option<Secret>, KeyringError> {
        let hits = self.hits(key, interactive).await?;
        let mut secrets: Vec<Secret> = Vec::new();
        for item in &hits.open {
            match item.get_secret().await {
                Ok(bytes) => secrets
                    .push(Secret::from_utf8(bytes).ok_or_else(|| KeyringError::other("not text"))?),
                Err(error) if is_gone(&error) => {}
                Err(error) => return Err(to_keyring_error(error)),
            }
        }
        let count = secrets.len();
        let Some(secret) = secrets.pop() else {
            return if hits.is_locked {
                Err(KeyringError::Locked)
            } else {
                Ok(None)
            };
        };
        if secrets
            .iter()
            .any(|other| other.expose() != secret.expose())
        {
            return Err(KeyringError::Ambiguous { count });
        }
        Ok(Some(secret))
    }

    pub(super) async fn write(
        self,
        key: &EntryKey,
        secret: &Secret,
        interactive: bool,
    ) -> Result<(), KeyringError> {
        let collection = self.collection().await?;
        if collection.is_locked().await.map_err(to_keyring_error)? {
            if !interactive {
                return Err(KeyringError::Locked);
            }
            collection.unlock().await.map_err(to_keyring_error)?;
        }
        let label = match key.naming {
            // Salesforce CLI quotes it twice, so the quotes are part of the label.
            Naming::DomainUser => "'salesforce.com'".to_owned(),
            _ => format!("Password for '{}' on '{}'", key.account, key.service),
        };
        let secret = secret.expose().as_bytes();
        collection
            .create_item(&label, key_attributes(key), secret, true, CONTENT_TYPE)
            .await
            .map(|_| ())
            .map_err(to_keyring_error)
    }

    /// Finds where go-keyring looks: `login`, else the collection with the alias `default`.
    async fn collection(&self) -> Result<Collection<'_>, KeyringError> {
        let all = self
            .service
            .get_all_collections()
            .await
            .map_err(to_keyring_error)?;
        if let Some(login) = all
            .into_iter()
            .find(|c| c.collection_path.as_str() == LOGIN)
        {
            return Ok(login);
        }
        self.service
            .get_default_collection()
            .await
            .map_err(to_keyring_error)
    }
}

/// The entries under a key.
struct Hits<'a> {
    open: Vec<Item<'a>>,
    is_locked: bool,
}

/// The result of a look at one hit.
enum Look {
    Entry(Entry),
    /// Locked, and its names are hidden.
    Nameless(OwnedObjectPath),
    /// Removed in between, or not of our kind.
    Gone,
}

fn gone_or(error: secret_service::Error) -> Result<Look, KeyringError> {
    if is_gone(&error) {
        Ok(Look::Gone)
    } else {
        Err(to_keyring_error(error))
    }
}

fn key_attributes(key: &EntryKey) -> HashMap<&str, &str> {
    let (service, account) = key.naming.attributes();
    // The service comes last: where both are one attribute, it is that one.
    if key.naming == Naming::NetworkPassword {
        let named = network::attributes(&key.service);
        return named
            .into_iter()
            .chain([(account, key.account.as_str())])
            .collect();
    }
    let named = [
        (account, key.account.as_str()),
        (service, key.service.as_str()),
    ];
    named.into_iter().chain(key.naming.mark()).collect()
}

fn query_attributes(query: &Query) -> HashMap<&str, &str> {
    let (of_service, of_account) = query.naming.attributes();
    let service = query.service.as_deref().map(|text| (of_service, text));
    let account = query.account.as_deref().map(|text| (of_account, text));
    service.into_iter().chain(account).collect()
}

/// Runs all, many at once, and gives their results in no particular order. One that panicked is
/// left out.
async fn gather_results<T: Send + 'static>(
    futures: Vec<impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let mut waiting = futures.into_iter();
    let mut running = JoinSet::new();
    let mut results = Vec::new();
    for future in waiting.by_ref().take(IN_FLIGHT) {
        running.spawn(future);
    }
    while let Some(finished) = running.join_next().await {
        results.extend(finished.ok());
        if let Some(next) = waiting.next() {
            running.spawn(next);
        }
    }
    results
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_searches_by_what_it_names() {
        assert_eq!(
            query_attributes(&Query::atmos()),
            HashMap::from([("username", "atmos-auth")])
        );
        assert!(query_attributes(&Query::default()).is_empty());
    }
}
