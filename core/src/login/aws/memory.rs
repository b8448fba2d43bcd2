//! What was signed in by one run, so that nothing is asked for twice.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::RoleKeys;
use super::session_files::Session;
use super::target::PortalTarget;
use super::totp::TotpSeed;

/// What was signed in by one run. Clones are the same one.
#[derive(Clone, Default)]
pub struct Memory(Rc<RefCell<Known>>);

#[derive(Default)]
struct Known {
    sessions: HashMap<(String, String), Session>,
    keys: HashMap<String, RoleKeys>,
    accounts: HashMap<(String, String), Vec<Account>>,
    seeds: HashMap<String, TotpSeed>,
}

/// An account that a portal leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) name: String,
}

fn key_of(portal: &PortalTarget) -> (String, String) {
    (portal.start_url.clone(), portal.region.clone())
}

impl Memory {
    pub(super) fn session(&self, portal: &PortalTarget) -> Option<Session> {
        self.0.borrow().sessions.get(&key_of(portal)).cloned()
    }

    pub(super) fn keep(&self, portal: &PortalTarget, session: Session) -> Session {
        let mut known = self.0.borrow_mut();
        known.sessions.insert(key_of(portal), session.clone());
        session
    }

    pub(super) fn keys(&self, identity: &str) -> Option<RoleKeys> {
        self.0.borrow().keys.get(identity).cloned()
    }

    pub(super) fn keep_keys(&self, identity: &str, keys: &RoleKeys) {
        let mut known = self.0.borrow_mut();
        known.keys.insert(identity.to_owned(), keys.clone());
    }

    /// What makes codes of an MFA device.
    pub(super) fn seed(&self, serial: &str) -> Option<TotpSeed> {
        self.0.borrow().seeds.get(serial).cloned()
    }

    pub(super) fn keep_seed(&self, serial: &str, seed: TotpSeed) {
        let mut known = self.0.borrow_mut();
        known.seeds.insert(serial.to_owned(), seed);
    }

    pub(super) fn accounts(&self, portal: &PortalTarget) -> Option<Vec<Account>> {
        self.0.borrow().accounts.get(&key_of(portal)).cloned()
    }

    pub(super) fn keep_accounts(&self, portal: &PortalTarget, accounts: &[Account]) {
        let mut known = self.0.borrow_mut();
        known.accounts.insert(key_of(portal), accounts.to_vec());
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Memory(hidden)")
    }
}
