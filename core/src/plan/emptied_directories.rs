//! The directories that a plan leaves empty, and whether it may remove each of them.

use super::build::{Planner, join_names};
use super::part::Part;
use super::remaining_files::{self, DirectoryPolicy, Fate, RemainingFiles};
use super::{Decision, KeepReason, Step, Target};
use crate::inventory::{Artefact, Exclusivity, Place};

impl<'a> Planner<'a> {
    /// Directories that this plan leaves empty go too, innermost first.
    pub(super) fn emptied_directories(&self, mut prediction: RemainingFiles<'a>) -> Vec<Step> {
        let mut directories: Vec<&Artefact> = self
            .inventory
            .artefacts
            .iter()
            .filter(|artefact| matches!(artefact.place, Place::Directory { .. }))
            .filter(|artefact| self.stays_whole(artefact).is_none())
            .collect();
        directories.sort_by_key(|artefact| {
            std::cmp::Reverse(remaining_files::measure_depth(&artefact.place))
        });
        directories
            .into_iter()
            .filter_map(
                |artefact| match prediction.fate(artefact, self.claim(artefact)) {
                    Fate::Goes => {
                        Some(self.step(artefact, Decision::Go, "nothing is left in it".to_owned()))
                    }
                    Fate::KeepReason(left) => {
                        let left: Vec<&str> = left.iter().map(String::as_str).collect();
                        let why = if self.are_known(&artefact.place, &left) {
                            "stays"
                        } else {
                            "is not Atmos's"
                        };
                        let reason = format!("{} in it {why}", join_names(&left));
                        Some(self.step(artefact, Decision::Keep(KeepReason::NotEmpty), reason))
                    }
                    Fate::NotMeant => None,
                },
            )
            .collect()
    }

    /// Whether all of these entries of a directory are what discovery looked at and found something
    /// in.
    fn are_known(&self, directory: &Place, names: &[&str]) -> bool {
        // More are not named to people either.
        const MOST: usize = 8;
        let Some(directory) = directory.path() else {
            return false;
        };
        let mut paths = names.iter().map(|name| directory.join(name));
        names.len() <= MOST
            && paths.all(|path| {
                let mut artefacts = self.inventory.artefacts.iter();
                let mut problems = self.inventory.problems.iter();
                artefacts.any(|artefact| artefact.place.path().as_ref() == Some(&path))
                    || problems.any(|problem| problem.location.as_path() == Some(&path))
            })
    }

    /// Tells what this logout may do with a directory that it takes nothing out of.
    fn claim(&self, directory: &Artefact) -> DirectoryPolicy {
        match self.claim_to_own(directory) {
            claim if directory.tie != Exclusivity::ForeignCopy => claim,
            DirectoryPolicy::Whole => DirectoryPolicy::Foreign,
            _ => DirectoryPolicy::Nothing,
        }
    }

    fn claim_to_own(&self, directory: &Artefact) -> DirectoryPolicy {
        let claims = self.parts.iter();
        let claims = claims.map(|part| self.claim_of(part, directory));
        let rank = |claim: &DirectoryPolicy| match claim {
            DirectoryPolicy::Whole => 0,
            DirectoryPolicy::IfEmpty => 1,
            DirectoryPolicy::Foreign => 2,
            DirectoryPolicy::Nothing => 3,
        };
        claims.min_by_key(rank).unwrap_or(DirectoryPolicy::Nothing)
    }

    fn claim_of(&self, part: &Part<'_>, directory: &Artefact) -> DirectoryPolicy {
        let served = &directory.owner.as_providers();
        let in_scope = |key: &String| self.scope.providers.contains(key);
        let owner = directory.owner.as_identity();
        let root = directory.owner.as_root();
        match part.target {
            Target::Configured | Target::Machine => DirectoryPolicy::Whole,
            Target::Found(_) | Target::Accounts { .. } | Target::Several(_) => {
                DirectoryPolicy::Nothing
            }
            Target::Identity(_) if directory.tie == Exclusivity::Provider => {
                DirectoryPolicy::Nothing
            }
            _ if owner.is_some_and(|key| self.scope.identities.contains(key)) => {
                DirectoryPolicy::Whole
            }
            _ if root.is_some_and(|root| self.identity_graph.is_all_behind(root, self.scope)) => {
                DirectoryPolicy::Whole
            }
            _ if !served.is_empty() && served.iter().all(in_scope) => DirectoryPolicy::Whole,
            // A run that was stopped between files and directories is finished by the next one.
            _ if directory.realm.is_some()
                && served
                    .iter()
                    .all(|key| in_scope(key) || self.roots.contains(key.as_str())) =>
            {
                DirectoryPolicy::IfEmpty
            }
            _ => DirectoryPolicy::Nothing,
        }
    }
}
