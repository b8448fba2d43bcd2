//! A prediction of what a plan leaves behind: which files and directories end up empty.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;

use super::Step;
use crate::inventory::{Artefact, Contents, Inventory, Place};
use crate::path::ConfinedPath;

/// The files and directories that will be gone after the local steps.
pub(super) struct RemainingFiles<'a> {
    inventory: &'a Inventory,
    gone: BTreeSet<ConfinedPath>,
}

/// The right that a logout has to a directory that it takes nothing out of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum DirectoryPolicy {
    /// Its owner is logged out as a whole: what was left empty goes, what keeps it is named.
    Whole,
    /// It goes if it was left empty.
    IfEmpty,
    /// It lies below a `base_path`, which can be any directory: one that was empty before may be
    /// anybody's, so it stays; what keeps it is named.
    Foreign,
    /// It stays.
    Nothing,
}

/// The fate of a directory.
pub(super) enum Fate {
    /// Nothing is left in it.
    Goes,
    /// These entries, which are somebody else's, keep it.
    KeepReason(Vec<String>),
    /// It is not part of the logout.
    NotMeant,
}

impl<'a> RemainingFiles<'a> {
    /// Works out which files go: removed as a whole, or all of their sections removed.
    ///
    /// A step that waits for a server counts as taken: if it is not, the directory is found not
    /// empty at the moment of use and stays.
    pub(super) fn of(steps: &[Step], inventory: &'a Inventory) -> Self {
        let mut gone = BTreeSet::new();
        let mut sections: BTreeMap<&ConfinedPath, usize> = BTreeMap::new();
        for step in steps.iter().filter(|step| !step.stays()) {
            match step.place() {
                Some(Place::File { file }) => {
                    gone.insert(file.clone());
                }
                Some(place @ Place::Member { file, .. }) if place.section().is_some() => {
                    *sections.entry(file).or_default() += 1;
                }
                _ => {}
            }
        }
        for (file, removed) in sections {
            let all = inventory.contents.get(file);
            if matches!(all, Some(Contents::Sections(total)) if *total <= removed) {
                gone.insert(file.clone());
            }
        }
        Self { inventory, gone }
    }

    /// Tells what becomes of a directory; if it goes, it counts as gone for its parent. Ask for the
    /// innermost first.
    ///
    /// A directory that this plan takes nothing out of is only touched with a claim to it.
    pub(super) fn fate(&mut self, artefact: &Artefact, claim: DirectoryPolicy) -> Fate {
        let Place::Directory { directory, locks } = &artefact.place else {
            return Fate::NotMeant;
        };
        let Some(Contents::Entries(entries)) = self.inventory.contents.get(directory) else {
            return Fate::NotMeant;
        };
        let touched = entries.iter().any(|name| self.is_gone(directory, name));
        let left: Vec<String> = entries
            .iter()
            .filter(|name| !locks.contains(&name.as_str()) && !self.is_gone(directory, name))
            .cloned()
            .collect();
        let goes_untouched = matches!(claim, DirectoryPolicy::Whole | DirectoryPolicy::IfEmpty);
        // Above a directory that is one provider's or identity's, others live too.
        let is_own =
            artefact.names_strangers || (!locks.is_empty() && artefact.owner.is_configured());
        let names_the_rest =
            matches!(claim, DirectoryPolicy::Whole | DirectoryPolicy::Foreign) && is_own;
        match left.is_empty() {
            true if touched || goes_untouched => {
                self.gone.insert(directory.clone());
                Fate::Goes
            }
            false if names_the_rest => Fate::KeepReason(left),
            _ => Fate::NotMeant,
        }
    }

    fn is_gone(&self, directory: &ConfinedPath, name: &str) -> bool {
        directory
            .entry(OsStr::new(name))
            .is_some_and(|path| self.gone.contains(&path))
    }
}

/// Tells how deep a directory is, to take the innermost first.
pub(super) fn measure_depth(place: &Place) -> usize {
    match place {
        Place::Directory { directory, .. } => directory.relative().components().count(),
        _ => 0,
    }
}
