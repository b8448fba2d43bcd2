//! Leftovers of killed runs in the directories that this run has looked into: copies of credentials
//! under temporary names, and locks. They are nobody's but ours, and go with the next logout, whoever
//! has removed what they were made for.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::sync::{Mutex, PoisonError};

use rustix::fs::AtFlags;

use super::super::{ConfinedPath, EntryKind, Files};
use super::claim::{is_claim, take_away};
use super::temporary::TEMPORARY_SUFFIX;
use super::{Directory, Missing, Owners, for_each_name};

/// The ends of the names of lock files that say whose they are.
const LOCKS: [&str; 2] = [".lock", ".lockfile"];

/// The directories that were looked into.
#[derive(Debug, Default)]
pub(in crate::io::files) struct Visited(Mutex<BTreeMap<ConfinedPath, Look>>);

/// The way in which a directory was looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// A file in it was looked for.
    Inside,
    /// It was listed, and nothing in it can be of ours.
    Clean,
}

impl Visited {
    /// Notes the directory of a file that was looked for. What belongs to the system is nothing that
    /// we change.
    pub(super) fn note(&self, file: &ConfinedPath, owners: Owners) {
        if owners == Owners::UserOrSystem {
            return;
        }
        if let Some(directory) = file.parent() {
            let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            seen.entry(directory).or_insert(Look::Inside);
        }
    }

    /// Notes a directory that was listed.
    pub(super) fn note_listed(&self, directory: &ConfinedPath, is_clean: bool) {
        let look = if is_clean { Look::Clean } else { Look::Inside };
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(directory.clone(), look);
    }

    fn directories(&self) -> Vec<ConfinedPath> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = seen.iter().filter(|(_, look)| **look == Look::Inside);
        open.map(|(directory, _)| directory.clone()).collect()
    }
}

/// Whether a name can be that of something a run has left.
pub(super) fn may_be_left(name: &OsStr) -> bool {
    let ends = |end: &str| name.as_bytes().ends_with(end.as_bytes());
    ends(TEMPORARY_SUFFIX) || LOCKS.into_iter().any(ends)
}

impl Files {
    /// Counts a directory as one that this run has looked into.
    pub fn also_tidy(&self, directory: &ConfinedPath) {
        let mut seen = self
            .visited
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        seen.entry(directory.clone()).or_insert(Look::Inside);
    }

    /// Copies of files that killed runs have left where this run has looked: credentials.
    pub fn abandoned(&self) -> Vec<ConfinedPath> {
        let mut found = Vec::new();
        self.each_abandoned(|place, directory, name| {
            let is_copy = name.as_bytes().ends_with(TEMPORARY_SUFFIX.as_bytes())
                && matches!(directory.inspect(name), Ok(Some(metadata))
                    if metadata.kind == EntryKind::File && metadata.size > 0)
                && !is_claim(directory, name);
            found.extend(
                name.to_str()
                    .filter(|_| is_copy)
                    .and_then(|name| place.join(name)),
            );
        });
        found
    }

    /// Removes everything that killed runs have left where this run has looked.
    pub fn clear_abandoned(&self) {
        self.each_abandoned(|_, directory, name| {
            if name.as_bytes().ends_with(TEMPORARY_SUFFIX.as_bytes()) {
                Self::clear_leftover(directory, name);
            } else if let Ok(Some(lock)) = directory.inspect(name) {
                take_away(directory, name, &lock, AtFlags::empty());
            }
        });
    }

    fn each_abandoned(&self, mut act: impl FnMut(&ConfinedPath, &Directory, &OsStr)) {
        for place in self.visited.directories() {
            // What cannot be opened cannot be tidied either; it was said when it was looked into.
            let Ok(Some(directory)) = self.walk(&place, Missing::Report) else {
                continue;
            };
            let mut names: Vec<OsString> = Vec::new();
            let _ = for_each_name(&directory, |name, _| {
                if may_be_left(name) {
                    names.push(name.to_owned());
                }
                Ok(())
            });
            for name in names {
                let is_left = if name.as_bytes().ends_with(TEMPORARY_SUFFIX.as_bytes()) {
                    self.is_leftover(&directory, &name)
                } else {
                    matches!(directory.inspect(&name), Ok(Some(lock))
                        if lock.kind == EntryKind::File
                            && self.is_abandoned(&directory, &name, &lock))
                };
                if is_left {
                    act(&place, &directory, &name);
                }
            }
        }
    }
}
