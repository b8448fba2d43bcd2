//! Copies: which places hold the same secret.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::{Artefact, Category, Inventory, State};
use crate::secret::Fingerprint;
use crate::system::System;

/// A place that holds a secret, and whose it is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holder {
    /// The family of sign-ins; `None` of a variable or a line of a profile.
    pub system: Option<System>,
    /// The account, identity, provider or variable.
    pub name: Option<String>,
    /// The place, as it stands in reports.
    pub location: String,
    /// The file that it is in.
    pub file: Option<PathBuf>,
    /// The secrets in it.
    pub secrets: Vec<Fingerprint>,
}

/// One secret at several places.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SameSecret {
    /// Where it is, in the order of the inventory.
    pub holders: Vec<Holder>,
}

impl Holder {
    fn of(artefact: &Artefact) -> Self {
        Self {
            system: Some(artefact.system),
            name: artefact.owner.first_name().map(str::to_owned),
            location: artefact.place.location(),
            file: artefact.place.path(),
            secrets: Vec::new(),
        }
    }

    /// What tells a place from a part of the same one.
    fn place(&self) -> (Option<&PathBuf>, &str) {
        match &self.file {
            Some(file) if self.system.is_some() => (Some(file), ""),
            file => (file.as_ref(), &self.location),
        }
    }
}

impl Artefact {
    /// Whether a secret of it is one of these.
    pub fn holds_any(&self, secrets: &BTreeSet<Fingerprint>) -> bool {
        self.secrets.iter().any(|secret| secrets.contains(secret))
    }

    /// Whether what it holds can sign somebody in, so that a copy of it matters.
    pub fn is_credential(&self) -> bool {
        self.state != State::Residue && self.tier != Category::Data
    }
}

impl Inventory {
    /// Secrets that are at more than one place, each group of places once. Parts of one file are one
    /// place: tools write their token twice into it.
    pub fn same_secrets(&self) -> Vec<SameSecret> {
        let mut by_secret: BTreeMap<Fingerprint, Vec<Holder>> = BTreeMap::new();
        for artefact in self.artefacts.iter().filter(|found| found.is_credential()) {
            for secret in &artefact.secrets {
                let holders = by_secret.entry(*secret).or_default();
                let holder = Holder::of(artefact);
                if !holders.contains(&holder) {
                    holders.push(holder);
                }
            }
        }
        for written in &self.written_out {
            for secret in &written.secrets {
                // Two variables with one value tie no sign-ins together.
                if let Some(holders) = by_secret.get_mut(secret) {
                    holders.push(Holder {
                        secrets: Vec::new(),
                        ..written.clone()
                    });
                }
            }
        }
        let is_shared = |holders: &Vec<Holder>| {
            let places: BTreeSet<_> = holders.iter().map(Holder::place).collect();
            places.len() > 1
        };
        let groups = by_secret.into_values().filter(is_shared);
        let groups: BTreeSet<SameSecret> = groups.map(|holders| SameSecret { holders }).collect();
        groups.into_iter().collect()
    }
}
