//! The ledger: every credential that was seen and is meant, each with the steps that deal with it.
//!
//! A credential is one token wherever its copies are, else what is at one place. The ledger is made
//! from what discovery saw, not from what was planned, so that nothing can be left out by a rule that
//! forgot it: what no step accounts for at its server gets a step here that says so, and a report
//! ([`crate::report::CredentialEnd`]) has one record for each.

use std::collections::{BTreeMap, HashMap};

use super::build::Planner;
use super::{Action, Decision, KeepReason, Step, Target};
use crate::inventory::{Artefact, Inventory, Place, State, TokenUnavailable};
use crate::secret::Fingerprint;
use crate::systems::System;

/// One credential that was seen, and that the plan has something to say about.
#[derive(Clone, Debug)]
pub struct Credential<'i> {
    /// Its copies: of a token all that are meant, else the one.
    pub copies: Vec<&'i Artefact>,
    /// The token, if it is one that a server can end.
    pub token: Option<Fingerprint>,
    /// The steps at its places, by their positions in the plan.
    pub local: Vec<usize>,
    /// The step that says what becomes of it at its server.
    pub server: Option<usize>,
}

/// The key that credentials are grouped by.
#[derive(PartialEq, Eq, Hash)]
enum Key<'i> {
    Token(Fingerprint),
    /// A secret of somebody that no call ends: tools write theirs twice.
    Secret(System, &'i str, Fingerprint),
    Place(&'i Place, &'static str),
}

/// The credentials of a plan's steps, in the order of the inventory. Time is linear in both.
pub fn list_credentials<'i>(inventory: &'i Inventory, steps: &[Step]) -> Vec<Credential<'i>> {
    let mut at_place: HashMap<&Place, Vec<usize>> = HashMap::new();
    let mut of_token: HashMap<Fingerprint, usize> = HashMap::new();
    let mut said_of: HashMap<(&Place, &'static str), usize> = HashMap::new();
    for (at, step) in steps.iter().enumerate() {
        match &step.deed {
            Action::Remove(place) => at_place.entry(place).or_default().push(at),
            Action::Revoke { token, .. } => {
                of_token.insert(*token, at);
            }
            Action::Unsupported { .. } => {
                said_of.extend(step.about.iter().map(|(place, what)| ((place, *what), at)));
            }
        }
    }
    let mut found: Vec<Credential<'i>> = Vec::new();
    let mut known: HashMap<Key<'i>, usize> = HashMap::new();
    let seen = inventory.artefacts.iter();
    for artefact in seen.filter(|artefact| artefact.state != State::Residue) {
        let Some(local) = at_place.get(&artefact.place) else {
            continue;
        };
        // A copy of a token that is to end is one of its places.
        let mut others = artefact.secrets.iter();
        let ended = || others.find(|secret| of_token.contains_key(secret)).copied();
        let token = artefact
            .token
            .or_else(ended)
            .filter(|token| inventory.tokens.contains_key(token));
        let key = match (token, artefact.secrets.as_slice()) {
            (Some(token), _) => Key::Token(token),
            (None, [secret]) if let Some(name) = artefact.owner.as_account() => {
                Key::Secret(artefact.system, name, *secret)
            }
            (None, _) => Key::Place(&artefact.place, artefact.what),
        };
        let at = *known.entry(key).or_insert_with(|| {
            found.push(Credential {
                copies: Vec::new(),
                token,
                local: Vec::new(),
                server: token.and_then(|token| of_token.get(&token).copied()),
            });
            found.len() - 1
        });
        let credential = &mut found[at];
        credential.copies.push(artefact);
        credential.local.extend(local);
        credential.server = credential
            .server
            .or_else(|| said_of.get(&(&artefact.place, artefact.what)).copied());
    }
    found
}

impl Credential<'_> {
    /// Whether it needs no word of a server: it has ended by itself, it stays, or it is nothing of a
    /// server's own.
    pub fn needs_no_server(&self, steps: &[Step]) -> bool {
        let is_over = |copy: &&Artefact| copy.state == State::Expired;
        let stays = |at: &usize| steps[*at].stays();
        self.copies.iter().all(is_over)
            || self.local.iter().any(stays)
            || self
                .copies
                .iter()
                .all(|copy| copy.system.info().is_local_only)
    }
}

/// Whether it is an entry of a key store, which is one identity's alone.
const fn is_own_entry(artefact: &Artefact) -> bool {
    matches!(artefact.place, Place::KeyringEntry { .. })
}

/// The owner and the kind of a credential.
type NoteKey<'i> = (System, Option<&'i str>, &'static str, bool);

impl<'a> Planner<'a> {
    /// Adds a step for each credential that goes here while nothing is said of its server.
    pub(super) fn account_for_the_rest(&self, steps: &mut Vec<Step>) {
        let mut notes: BTreeMap<NoteKey<'a>, Step> = BTreeMap::new();
        for credential in list_credentials(self.inventory, steps) {
            if credential.server.is_some() || credential.needs_no_server(steps) {
                continue;
            }
            let Some(first) = credential.copies.first().copied() else {
                continue;
            };
            // What an identity's unreadable entry holds is keys, which no server call ends.
            let could_be_told = first.sealed.is_some() && first.owner.as_identity().is_none();
            let can_end = credential.token.is_some_and(|token| {
                let token = self.inventory.tokens.get(&token);
                token.is_some_and(|token| token.revocation.can_end())
            });
            let is_open = can_end || could_be_told;
            let name = match first.owner.as_identity() {
                Some(identity) if is_own_entry(first) => Some(identity),
                _ => first.owner.first_name(),
            };
            let key = (first.system, name, first.what, is_open);
            let note = notes
                .entry(key)
                .or_insert_with(|| self.unaccounted(first, is_open));
            let about = credential.copies.iter();
            note.about
                .extend(about.map(|copy| (copy.place.clone(), copy.what)));
        }
        let servers = steps.iter().take_while(|step| step.place().is_none());
        let end_of_servers = servers.count();
        steps.splice(end_of_servers..end_of_servers, notes.into_values());
    }

    /// Words the reason. `is_open`: its server has a call that would end it.
    fn unaccounted(&self, artefact: &Artefact, is_open: bool) -> Step {
        let written = |key: &str| self.identity_graph.written(key).to_owned();
        let provider = artefact.owner.first_provider();
        let entry = provider.and_then(|key| self.identity_graph.provider(key));
        let account_page = || self.page(artefact);
        let of_provider = is_open || artefact.system.info().ends_at_its_providers_page;
        let page = entry
            .filter(|_| of_provider)
            .and_then(|entry| entry.sign_out_page.clone())
            .or_else(account_page);
        let identity = match &self.request.target {
            Target::Identity(key) => Some(self.identity_graph.written(key).to_owned()),
            _ if provider.is_some() && !is_own_entry(artefact) => None,
            _ => artefact.owner.as_identity().map(written),
        };
        let stays = if is_open {
            KeepReason::TokenUnavailable
        } else {
            KeepReason::NoServerCall
        };
        Step {
            deed: Action::Unsupported { page },
            identity: identity.or_else(|| artefact.owner.as_account().map(str::to_owned)),
            ..self.step(artefact, Decision::Keep(stays), self.why(artefact, is_open))
        }
    }

    fn why(&self, artefact: &Artefact, is_open: bool) -> String {
        let cause = match artefact.sealed {
            _ if !is_open => None,
            _ if !self.request.revoke => Some("--no-revoke"),
            Some(
                TokenUnavailable::Locked
                | TokenUnavailable::Encrypted
                | TokenUnavailable::KeyMissing
                | TokenUnavailable::Broken
                | TokenUnavailable::Damaged
                | TokenUnavailable::Immovable,
            ) => Some("its token could not be read"),
            Some(
                TokenUnavailable::NoToken
                | TokenUnavailable::NoRegion
                | TokenUnavailable::BadRegion,
            ) => Some("what would have to be sent, or where to, is not known"),
            None => Some("it was not asked"),
        };
        match (cause, artefact.expires_at) {
            (Some(cause), _) => format!("its server was not told: {cause}"),
            (None, Some(at)) => format!("a copy would stay good until {at}"),
            (None, None) if artefact.state == State::Unknown => {
                "what is in it is not known, and may stay good".to_owned()
            }
            (None, None) => "a copy would stay good".to_owned(),
        }
    }
}
