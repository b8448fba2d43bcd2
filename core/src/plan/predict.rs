//! What a plan leaves behind: which files and directories end up empty.

use std::collections::{BTreeMap, BTreeSet};

use super::{Decision, Step};
use crate::inventory::{Contents, Inventory, Place};
use crate::rooted::RootedPath;

/// What will be gone after the local steps.
pub(super) struct Prediction<'a> {
    inventory: &'a Inventory,
    gone: BTreeSet<RootedPath>,
}

impl<'a> Prediction<'a> {
    /// Works out which files go: removed as a whole, or all of their sections removed.
    ///
    /// A step that waits for a server counts as taken: if it is not, the directory is found not
    /// empty at the moment of use and stays.
    pub(super) fn of(steps: &[Step], inventory: &'a Inventory) -> Self {
        let mut gone = BTreeSet::new();
        let mut sections: BTreeMap<&RootedPath, usize> = BTreeMap::new();
        for step in steps.iter().filter(|step| step.decision != Decision::Keep) {
            match step.place() {
                Some(Place::File { file }) => {
                    gone.insert(file.clone());
                }
                Some(Place::IniSection { file, .. }) => *sections.entry(file).or_default() += 1,
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

    /// Whether a directory has nothing left in it; if so it counts as gone for its parent. Ask for
    /// the innermost first.
    ///
    /// A directory that this plan takes nothing out of is only `covered` ground when its owner is
    /// logged out as a whole: then what was left empty before goes as well.
    pub(super) fn leaves_empty(&mut self, place: &Place, covered: bool) -> bool {
        let Place::Directory { directory, locks } = place else {
            return false;
        };
        let Some(Contents::Entries(entries)) = self.inventory.contents.get(directory) else {
            return false;
        };
        let touched = entries.iter().any(|name| self.is_gone(directory, name));
        let empty = entries
            .iter()
            .all(|name| locks.contains(&name.as_str()) || self.is_gone(directory, name));
        let goes = empty && (touched || covered);
        if goes {
            self.gone.insert(directory.clone());
        }
        goes
    }

    fn is_gone(&self, directory: &RootedPath, name: &str) -> bool {
        directory
            .join(name)
            .is_some_and(|path| self.gone.contains(&path))
    }
}

/// How deep a directory is, to take the innermost first.
pub(super) fn depth(place: &Place) -> usize {
    match place {
        Place::Directory { directory, .. } => directory.relative().components().count(),
        _ => 0,
    }
}
