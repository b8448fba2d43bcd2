//! Filters: what of those who are meant stays all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::Timestamp;

use super::Target;
use super::build::Planner;
use super::selection::Selection;
use crate::inventory::{Age, Artefact, Inventory, Owner, Place, State};
use crate::secret::Fingerprint;
use crate::systems::System;

/// What of the sign-ins that are meant stays all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Who stays, with all that a sign-in of theirs needs (`--except`): as typed, and what it means.
    pub except: Vec<(String, Target)>,
    /// Only what has ended by itself is meant (`--only-expired`).
    pub only_expired: bool,
    /// Only what is older than this is meant (`--older-than`).
    pub older_than: Option<OlderThan>,
}

/// The age that sign-ins must have to be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OlderThan {
    /// The moment before which they began.
    pub before: Timestamp,
    /// The age as it was typed.
    pub typed: String,
}

impl Filter {
    /// Nothing stays.
    pub const NONE: Self = Self {
        except: Vec::new(),
        only_expired: false,
        older_than: None,
    };

    /// Whether nothing stays because of it.
    pub const fn is_none(&self) -> bool {
        self.except.is_empty() && !self.only_expired && self.older_than.is_none()
    }

    /// Tells why a sign-in of this state and age stays; `None` if it does not.
    pub fn keeps(&self, is_expired: bool, age: Option<Age>) -> Option<String> {
        if self.only_expired && !is_expired {
            return Some("--only-expired: it has not expired".to_owned());
        }
        let older_than = self.older_than.as_ref()?;
        let typed = &older_than.typed;
        match age {
            None => Some(format!("--older-than {typed}: how old it is is not known")),
            Some(age) if age.since < older_than.before => None,
            Some(age) => {
                let source = age.source.words();
                let since = age.since;
                Some(format!(
                    "--older-than {typed}: it is younger, of {since} by {source}"
                ))
            }
        }
    }
}

/// Artefacts of one sign-in, as lists show them: what it is of, whose, and where.
type SignIn<'i> = (System, Option<&'i str>, Option<&'i str>, Option<&'i str>);

/// The sign-in that an artefact is a part of.
fn sign_in_of(artefact: &Artefact) -> SignIn<'_> {
    let owner = &artefact.owner;
    let own = owner
        .as_identity()
        .or_else(|| owner.as_orphan())
        .or_else(|| owner.as_account());
    let realm = owner.as_orphan().and(artefact.realm.as_deref());
    let provider = owner.first_provider().filter(|_| own.is_none());
    (artefact.system, own, provider, realm)
}

/// The sign-ins that stay because of their state or age, each with the reason.
#[derive(Debug, Default)]
pub(super) struct StayingSignIns<'i>(BTreeMap<SignIn<'i>, String>);

impl<'i> StayingSignIns<'i> {
    pub(super) fn of(inventory: &'i Inventory, filter: &Filter) -> Self {
        if !filter.only_expired && filter.older_than.is_none() {
            return Self::default();
        }
        let mut known: BTreeMap<SignIn<'i>, Vec<&Artefact>> = BTreeMap::new();
        for artefact in &inventory.artefacts {
            let parts = known.entry(sign_in_of(artefact)).or_default();
            if artefact.state != State::Residue {
                parts.push(artefact);
            }
        }
        let staying = known.into_iter().filter_map(|(sign_in, parts)| {
            let is_over = |part: &&Artefact| part.state == State::Expired;
            let is_expired = !parts.is_empty() && parts.iter().all(is_over);
            let why = filter.keeps(is_expired, inventory.age_of(parts))?;
            Some((sign_in, why))
        });
        Self(staying.collect())
    }
}

impl<'a> Planner<'a> {
    /// Tells why something that is meant stays all the same: it is left out, or something in it is.
    pub(super) fn why_left_out(&self, artefact: &'a Artefact) -> Option<String> {
        if self.request.filter.is_none() {
            return None;
        }
        self.why_left_out_itself(artefact).or_else(|| {
            let path = artefact.place.path()?;
            match &artefact.place {
                Place::File { .. } => self.left_out_below.get(&path).cloned(),
                Place::Tree { .. } => {
                    let mut below = self.left_out_below.range(path.clone()..);
                    let (first, why) = below.next()?;
                    first.starts_with(&path).then(|| why.clone())
                }
                _ => None,
            }
        })
    }

    /// The files that hold something which is left out, with the reason.
    pub(super) fn files_left_out(&self) -> BTreeMap<PathBuf, String> {
        if self.request.filter.is_none() {
            return BTreeMap::new();
        }
        let artefacts = self.inventory.artefacts.iter();
        artefacts
            .filter_map(|artefact| {
                let path = artefact.place.file()?.to_path();
                Some((path, self.why_left_out_itself(artefact)?))
            })
            .collect()
    }

    fn why_left_out_itself(&self, artefact: &'a Artefact) -> Option<String> {
        let excepted = self.excepted.iter().zip(&self.request.filter.except);
        let mut excepted = excepted
            .filter(|(part, _)| !matches!(self.ownership_in(part, artefact), Selection::Out));
        if let Some((_, (typed, _))) = excepted.next() {
            return Some(format!("--except {typed}"));
        }
        self.staying.0.get(&sign_in_of(artefact)).cloned()
    }

    /// Tokens that something holds which stays: no server is told of them.
    pub(super) fn tokens_left_out(&self) -> BTreeSet<Fingerprint> {
        if self.request.filter.is_none() {
            return BTreeSet::new();
        }
        let artefacts = self.inventory.artefacts.iter();
        let staying = artefacts.filter(|artefact| self.why_left_out(artefact).is_some());
        let mut tokens: BTreeSet<Fingerprint> = staying
            .filter(|artefact| artefact.state != State::Residue)
            .flat_map(|artefact| artefact.token.iter().chain(&artefact.waits_for))
            .copied()
            .collect();
        // The end of a secret would be felt by everybody whom it signs in.
        let stays = |(system, name): &(System, String)| {
            let artefacts = self.inventory.artefacts.iter();
            let mut own = artefacts.filter(|artefact| {
                artefact.system == *system && artefact.owner == Owner::account(name.as_str())
            });
            own.any(|artefact| self.why_left_out(artefact).is_some())
        };
        let signed_in_by = self.inventory.signed_in_by.iter();
        tokens.extend(
            signed_in_by
                .filter(|(_, accounts)| accounts.iter().any(stays))
                .map(|(token, _)| *token),
        );
        tokens
    }
}
