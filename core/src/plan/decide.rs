//! The decision about an artefact that is meant: it goes, it waits for its server, or it stays.

use super::build::{Planner, join_names};
use super::{Decision, KeepReason, Step};
use crate::atmos::identity_graph::ProviderEntry;
use crate::inventory::{
    Artefact, Class, CredentialKind, Exclusivity, Fact, Place, Revocation, State, TokenUnavailable,
};
use crate::secret::Fingerprint;
use crate::systems::System;

impl Planner<'_> {
    /// The step that removes an artefact, or says why it stays.
    pub(super) fn removal(&self, artefact: &Artefact) -> Step {
        let (decision, mut reason) = self.decide(artefact);
        for note in self.aftermath(artefact) {
            reason = format!("{reason}; {note}");
        }
        self.step(artefact, decision, reason)
    }

    /// Tells what stays behind a sign-in that goes, and can be used all the same: orgs that were
    /// made from its org, the key that signs in without a person.
    fn aftermath(&self, artefact: &Artefact) -> Vec<String> {
        let name = artefact.owner.as_account();
        let is_sign_in =
            artefact.state != State::Residue && matches!(artefact.place, Place::File { .. });
        let Some(name) = name.filter(|_| is_sign_in) else {
            return Vec::new();
        };
        let mut notes = Vec::new();
        if let Some(with) = self.along.get(&(artefact.system, name.to_owned())) {
            notes.push(format!("what signs it in signs in {with} too"));
        }
        let children = self.children.get(&(artefact.system, name));
        let staying: Vec<&str> = children
            .into_iter()
            .flatten()
            .copied()
            .filter(|child| {
                let is_child =
                    |(system, name): &(System, String)| *system == artefact.system && name == child;
                let mut accounts = self.request.target.accounts().peekable();
                accounts.peek().is_some() && !accounts.any(is_child)
            })
            .collect();
        if !staying.is_empty() {
            notes.push(format!(
                "{} stay signed in, made from it",
                join_names(&staying)
            ));
        }
        let account = self.accounts.get(&(artefact.system, name));
        let facts = account.into_iter().flat_map(|account| &account.facts);
        notes.extend(
            facts
                .filter(|fact| fact.label == Fact::KEY_FILE)
                .map(|fact| {
                    format!(
                        "the private key {} stays, and can sign in again",
                        fact.value
                    )
                }),
        );
        notes
    }

    pub(super) fn decide(&self, artefact: &Artefact) -> (Decision, String) {
        if matches!(artefact.place, Place::Stranger { .. }) {
            let reason = format!(
                "it is not {}'s, and stays in any logout",
                artefact.system.title()
            );
            return (Decision::Keep(KeepReason::Stranger), reason);
        }
        if matches!(artefact.place, Place::Named { .. }) {
            let reason = "a browser's own directory; it may still be signed in";
            return (Decision::Keep(KeepReason::Browser), reason.to_owned());
        }
        let in_keyring = matches!(artefact.place, Place::KeyringEntry { .. });
        if artefact.sealed == Some(TokenUnavailable::Immovable)
            && let Some(why) = self.why_unreadable(artefact)
        {
            return (Decision::Keep(KeepReason::Whole), why.to_owned());
        }
        if artefact.sealed == Some(TokenUnavailable::Damaged)
            && !self.request.force
            && !(in_keyring && self.request.keychain)
        {
            let reason = "damaged, contents unknown; --force deletes it";
            return (Decision::Keep(KeepReason::Whole), reason.to_owned());
        }
        let is_entry_locked = in_keyring && artefact.sealed == Some(TokenUnavailable::Locked);
        if is_entry_locked && let Some(why) = self.why_unreadable(artefact) {
            return (Decision::Keep(KeepReason::Locked), why.to_owned());
        }
        let ending = artefact.token.filter(|token| self.ending.contains(token));
        let going = Decision::going(ending.is_some_and(|token| self.needs_its_copies(token)));
        if artefact.kind == CredentialKind::PrivateKey {
            let reason = "nothing gives a private key back, so adieu never deletes one";
            return (Decision::Keep(KeepReason::PrivateKey), reason.to_owned());
        }
        if self.request.keychain && (in_keyring || artefact.class == Class::Stored) {
            return (going, "--keychain deletes stored credentials".to_owned());
        }
        if artefact.class == Class::Stored && in_keyring && artefact.state == State::Unknown {
            let why = match artefact.sealed {
                Some(_) => "its content could not be read; --keychain deletes it unread",
                None => "what it holds is of no known form; --keychain deletes it",
            };
            return (Decision::Keep(KeepReason::Keyring), why.to_owned());
        }
        if artefact.class == Class::Stored {
            let ended = self.ended_in(artefact);
            if !ended.is_empty() {
                let reason = "the same secret as a token that its server is to end; goes once that \
                              is dead";
                return (Decision::IfRevoked(ended), reason.to_owned());
            }
            if let Some(with) = self.leaves_with(artefact) {
                let reason =
                    format!("still good: the same secret as {with}; --keychain deletes it");
                return (Decision::Keep(KeepReason::LongLived), reason);
            }
            let reason = "long-lived credentials stay; --keychain deletes them";
            return (Decision::Keep(KeepReason::LongLived), reason.to_owned());
        }
        // Atmos's entries; another tool's entry is that tool's sign-in.
        if in_keyring
            && !artefact.owner.is_native()
            && let Some(why) = self.keeps_in_keyring(artefact, ending)
        {
            return why;
        }
        if let Some(why) = self.is_locked_in(artefact) {
            return (Decision::Keep(KeepReason::Locked), why.to_owned());
        }
        if self.is_kept_for_others(artefact, ending) {
            let reason = "its session serves others, so it was not to be ended";
            return (Decision::Keep(KeepReason::Shared), reason.to_owned());
        }
        if self.request.keep_unrevocable && self.is_endless(artefact, ending) {
            let reason = "no server call ends it, so it is kept; `adieu logout` removes it";
            return (Decision::Keep(KeepReason::NoServerCall), reason.to_owned());
        }
        let awaited = self.awaited(artefact, ending);
        if awaited.is_empty() {
            let what = artefact.what;
            return match artefact.state {
                State::Residue => (going, format!("{what} of a sign-in")),
                _ => (going, format!("{what} of a session")),
            };
        }
        (
            Decision::IfRevoked(awaited),
            "goes once the server has ended it".to_owned(),
        )
    }

    /// Tells why the server of a sign-in cannot be told, though it has a call for it: then it
    /// stays, by the same rule as where the server does not answer.
    pub(super) fn is_locked_in(&self, artefact: &Artefact) -> Option<&'static str> {
        let why = match artefact.sealed? {
            TokenUnavailable::Locked | TokenUnavailable::Encrypted => {
                "its tokens cannot be decrypted as long as the key store is closed, so its server \
                 cannot be told"
            }
            TokenUnavailable::KeyMissing => {
                "its tokens cannot be decrypted: their key was not found, or does not fit; so its \
                 server cannot be told"
            }
            TokenUnavailable::Broken | TokenUnavailable::Damaged | TokenUnavailable::Immovable => {
                "its file cannot be read, so its server cannot be told"
            }
            TokenUnavailable::NoToken => {
                "the token in it has expired, so its server cannot be told; it can still be renewed"
            }
            TokenUnavailable::NoRegion | TokenUnavailable::BadRegion => {
                "no region of a portal is recorded with it, so its server cannot be told"
            }
        };
        (self.keeps_unrevoked(artefact.system) && self.request.revoke).then_some(why)
    }

    /// Whether an account's credential cannot be ended by a call, so that removing it would only be a
    /// removal.
    fn is_endless(&self, artefact: &Artefact, ending: Option<Fingerprint>) -> bool {
        let is_waiting = || {
            let mut others = artefact.waits_for.iter();
            others.any(|token| self.ending.contains(token))
        };
        artefact.owner.is_native()
            && matches!(artefact.state, State::Live | State::Unknown)
            && artefact.sealed.is_none()
            && ending.is_none()
            && !is_waiting()
    }

    /// Whether it is another tool's copy of a session that goes on for others, where what was not
    /// ended is to be kept.
    fn is_kept_for_others(&self, artefact: &Artefact, ending: Option<Fingerprint>) -> bool {
        artefact.tie == Exclusivity::ForeignCopy
            && artefact.token.is_some()
            && ending.is_none()
            && self.request.keep_unrevoked
            && self.request.revoke
    }

    /// Whether a run that is killed must leave a token where it was found, for the next one to end.
    /// A vendor's client works on a copy of its own, which the next run finds.
    fn needs_its_copies(&self, token: Fingerprint) -> bool {
        let token = self.inventory.tokens.get(&token);
        token.is_some_and(|token| !matches!(token.revocation, Revocation::Client { .. }))
    }

    /// The tokens that must be ended before an artefact goes, where what cannot be revoked is kept.
    fn awaited(&self, artefact: &Artefact, ending: Option<Fingerprint>) -> Vec<Fingerprint> {
        // That it has expired is only its file's word: who wants to keep what was not ended keeps it too.
        let is_over = artefact.state == State::Expired && !self.request.keep_unrevoked;
        if !self.keeps_unrevoked(artefact.system) || is_over {
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
    /// `--keep-unrevoked`, and the rule of some systems unless `--force` is given.
    fn keeps_unrevoked(&self, system: System) -> bool {
        self.request.keep_unrevoked || (system.info().keeps_unrevoked && !self.request.force)
    }

    /// Tells why an entry of the key store stays that is no long-lived key. What signing in wrote
    /// goes, whether or not its server could be told, and even unread where its kind is certain:
    /// what is left of an ended session keeps Atmos from signing in.
    fn keeps_in_keyring(
        &self,
        artefact: &Artefact,
        ending: Option<Fingerprint>,
    ) -> Option<(Decision, String)> {
        if artefact.state != State::Unknown {
            return None;
        }
        let blocks = artefact
            .owner
            .as_providers()
            .iter()
            .filter(|_| artefact.owner.as_identity().is_none())
            .any(|key| {
                let provider = self.identity_graph.provider(key);
                provider.is_some_and(ProviderEntry::holds_session_only)
            });
        let consequence = if blocks {
            "; Atmos will not sign in until it is gone"
        } else {
            ""
        };
        match artefact.sealed {
            Some(TokenUnavailable::Locked) => Some((
                Decision::Keep(KeepReason::Locked),
                format!("the keyring is locked{consequence}"),
            )),
            _ if !blocks => Some((
                Decision::Keep(KeepReason::Keyring),
                "its content could not be read; --keychain deletes it unread".to_owned(),
            )),
            _ if self.request.keep_unrevoked && self.request.revoke && ending.is_none() => Some((
                Decision::Keep(KeepReason::Locked),
                "it could not be read, so its server cannot be told".to_owned(),
            )),
            _ => None,
        }
    }
}
