//! What happens to an artefact that is meant: it goes, it waits for its server, or it stays.

use super::build::Planner;
use super::{Decision, Stays, Step};
use crate::inventory::{Artefact, Class, Place, State, Tie};
use crate::secret::Fingerprint;
use crate::systems::System;

impl Planner<'_> {
    /// The step that removes an artefact, or says why it stays.
    pub(super) fn removal(&self, artefact: &Artefact) -> Step {
        let (decision, reason) = self.decide(artefact);
        self.step(artefact, decision, reason)
    }

    fn decide(&self, artefact: &Artefact) -> (Decision, String) {
        if matches!(artefact.place, Place::Named { .. }) {
            let reason = "a browser's own directory; it may still be signed in";
            return (Decision::Keep(Stays::Browser), reason.to_owned());
        }
        let in_keyring = matches!(artefact.place, Place::KeyringEntry { .. });
        if self.request.keychain && (in_keyring || artefact.class == Class::Stored) {
            return (
                Decision::Go,
                "--keychain deletes stored credentials".to_owned(),
            );
        }
        if artefact.class == Class::Stored {
            let reason = "long-lived credentials stay; --keychain deletes them";
            return (Decision::Keep(Stays::LongLived), reason.to_owned());
        }
        let ending = artefact.token.filter(|token| self.ending.contains(token));
        // The keyring that is kept by default is Atmos's; another tool's entry is the sign-in.
        if in_keyring && !artefact.system.has_accounts() {
            return Self::decide_session_in_keyring(artefact, ending);
        }
        let awaited = self.awaited(artefact, ending);
        if awaited.is_empty() {
            let what = artefact.what;
            return match artefact.state {
                State::Residue => (Decision::Go, format!("{what} of a sign-in")),
                _ => (Decision::Go, format!("{what} of a session")),
            };
        }
        (
            Decision::IfRevoked(awaited),
            "goes once the server has ended it".to_owned(),
        )
    }

    /// The tokens that must be ended before an artefact goes, where what cannot be revoked is kept.
    fn awaited(&self, artefact: &Artefact, ending: Option<Fingerprint>) -> Vec<Fingerprint> {
        if !self.keeps_unrevoked(artefact.system) {
            return Vec::new();
        }
        let others = artefact.waits_for.iter().copied();
        let mut awaited: Vec<Fingerprint> = others
            .filter(|token| self.ending.contains(token))
            .chain(ending)
            .collect();
        awaited.sort_unstable();
        awaited.dedup();
        awaited
    }

    /// Whether what its server did not end stays, to be tried again: asked for with
    /// `--keep-unrevoked`, and the rule for orgs unless `--force` is given.
    fn keeps_unrevoked(&self, system: System) -> bool {
        self.request.keep_unrevoked || (system == System::Salesforce && !self.request.force)
    }

    /// The keyring is kept by default; a token that is worthless afterwards goes all the same.
    fn decide_session_in_keyring(
        artefact: &Artefact,
        ending: Option<Fingerprint>,
    ) -> (Decision, String) {
        match (artefact.state, ending) {
            (State::Expired, _) => (Decision::Go, "expired, so it is worthless".to_owned()),
            (_, Some(token)) => (
                Decision::IfRevoked(vec![token]),
                "worthless once the server has ended it".to_owned(),
            ),
            (State::Unknown, None) => (
                Decision::Keep(Stays::Keyring),
                "its content could not be read; --keychain deletes it unread".to_owned(),
            ),
            _ if artefact.tie == Tie::Stale => (
                Decision::Go,
                "left over; the provider never reads it".to_owned(),
            ),
            _ => (
                Decision::Keep(Stays::Keyring),
                "the keyring is kept by default; --keychain deletes it".to_owned(),
            ),
        }
    }
}
