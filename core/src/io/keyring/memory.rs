//! A key store in memory, for tests.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Content, Deletion, Entry, EntryKey, Found, Keyring, KeyringError, Query, StoreId};
use crate::secret::Secret;

/// A key store in memory whose failures can be chosen.
#[derive(Debug, Default)]
pub struct MemoryKeyring {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    entries: BTreeMap<EntryKey, Secret>,
    locked: bool,
    failure: Option<KeyringError>,
    failures: BTreeMap<EntryKey, KeyringError>,
    calls: usize,
}

impl MemoryKeyring {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry of Atmos.
    #[must_use]
    pub fn with(self, service: &str, secret: &str) -> Self {
        self.state()
            .entries
            .insert(EntryKey::atmos(service), Secret::new(secret.to_owned()));
        self
    }

    /// Locks the store: entries are found, their secrets are not readable, deleting and writing
    /// fail.
    pub fn lock(&self) {
        self.state().locked = true;
    }

    /// From now on every call fails like this.
    pub fn fail(&self, failure: KeyringError) {
        self.state().failure = Some(failure);
    }

    /// From now on reading, writing or deleting this entry fails like this.
    pub fn fail_for(&self, key: EntryKey, failure: KeyringError) {
        self.state().failures.insert(key, failure);
    }

    /// The services that are there, in order.
    pub fn services(&self) -> Vec<String> {
        self.state()
            .entries
            .keys()
            .map(|key| key.service.clone())
            .collect()
    }

    /// Counts the calls that were made.
    pub fn calls(&self) -> usize {
        self.state().calls
    }

    /// A panic in another test thread leaves the map whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn called(&self) -> MutexGuard<'_, State> {
        let mut state = self.state();
        state.calls += 1;
        state
    }
}

impl State {
    fn check(&self, key: Option<&EntryKey>) -> Result<(), KeyringError> {
        let failure = key
            .and_then(|key| self.failures.get(key))
            .or(self.failure.as_ref());
        failure.map_or(Ok(()), |failure| Err(failure.clone()))
    }

    fn check_open(&self, key: &EntryKey) -> Result<(), KeyringError> {
        self.check(Some(key))?;
        if self.locked {
            Err(KeyringError::Locked)
        } else {
            Ok(())
        }
    }
}

impl Keyring for MemoryKeyring {
    fn id(&self) -> StoreId {
        StoreId::Memory
    }

    fn title(&self) -> &'static str {
        "memory"
    }

    fn search(&self, query: &Query) -> Result<Found, KeyringError> {
        let state = self.called();
        state.check(None)?;
        let hits = state.entries.iter().filter(|(key, _)| query.matches(key));
        let entries = hits.map(|(key, secret)| {
            let content = match (state.locked, query.secrets) {
                (true, _) => Content::Locked,
                (false, true) => Content::Known(secret.clone()),
                (false, false) => Content::Unread,
            };
            Entry {
                key: key.clone(),
                content,
            }
        });
        Ok(Found {
            entries: entries.collect(),
            unnamed: 0,
        })
    }

    fn delete(&self, keys: &[EntryKey]) -> Vec<Result<Deletion, KeyringError>> {
        let mut state = self.called();
        let mut delete = |key: &EntryKey| {
            state.check(Some(key))?;
            if !state.entries.contains_key(key) {
                return Ok(Deletion::Absent);
            }
            state.check_open(key)?;
            state.entries.remove(key);
            Ok(Deletion::Deleted(1))
        };
        keys.iter().map(&mut delete).collect()
    }

    fn read(&self, key: &EntryKey) -> Result<Option<Secret>, KeyringError> {
        let state = self.called();
        state.check(Some(key))?;
        let secret = state.entries.get(key).cloned();
        if secret.is_some() {
            state.check_open(key)?;
        }
        Ok(secret)
    }

    fn write(&self, key: &EntryKey, secret: &Secret) -> Result<(), KeyringError> {
        let mut state = self.called();
        state.check_open(key)?;
        state.entries.insert(key.clone(), secret.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_and_go() {
        let store = MemoryKeyring::new()
            .with("atmos_r_a", "FAKE-1")
            .with("b", "FAKE-2");
        assert_eq!(store.search(&Query::atmos()).unwrap().entries.len(), 2);
        let key = EntryKey::atmos("b");
        assert_eq!(store.read(&key).unwrap().unwrap().expose(), "FAKE-2");
        let gone = store.delete(&[key.clone(), key]);
        assert_eq!(gone, [Ok(Deletion::Deleted(1)), Ok(Deletion::Absent)]);
        assert_eq!(store.services(), ["atmos_r_a"]);
        assert_eq!(store.calls(), 3);
    }

    #[test]
    fn a_locked_store_shows_names_and_changes_nothing() {
        let store = MemoryKeyring::new().with("a", "FAKE-1");
        store.lock();
        let found = store.search(&Query::atmos().with_secrets()).unwrap();
        assert!(matches!(found.entries[0].content, Content::Locked));
        let keys = [EntryKey::atmos("a"), EntryKey::atmos("b")];
        assert_eq!(
            store.delete(&keys),
            [Err(KeyringError::Locked), Ok(Deletion::Absent)]
        );
        assert_eq!(store.services(), ["a"]);
    }

    #[test]
    fn a_failure_can_be_chosen_for_one_entry() {
        let store = MemoryKeyring::new().with("a", "FAKE-1").with("b", "FAKE-2");
        store.fail_for(EntryKey::atmos("a"), KeyringError::Denied);
        let keys = [EntryKey::atmos("a"), EntryKey::atmos("b")];
        assert_eq!(
            store.delete(&keys),
            [Err(KeyringError::Denied), Ok(Deletion::Deleted(1))]
        );
    }
}
