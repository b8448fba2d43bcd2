//! What systems and the catalogue know of files, for the net below them.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use crate::formats::{Format, MemberPath};
use crate::inventory::Place;
use crate::io::files::ConfinedPath;
use crate::systems::discovery::InventoryBuilder;

/// What was found and looked at before the net was cast.
pub(super) struct KnownPlaces {
    files: HashMap<PathBuf, KnownFile>,
    trees: HashSet<PathBuf>,
}

/// What is known of one file.
#[derive(Clone, Default)]
pub(super) struct KnownFile {
    /// All of it is known: it is a credential itself, or a database.
    pub(super) is_whole: bool,
    /// Somebody describes what is in it.
    pub(super) is_described: bool,
    /// The members that were found.
    pub(super) members: Vec<MemberPath>,
    /// How it is written.
    pub(super) formats: Vec<Format>,
}

impl KnownPlaces {
    /// Collects what was found so far.
    pub(super) fn of(findings: &InventoryBuilder<'_>) -> Self {
        let mut files: HashMap<PathBuf, KnownFile> = HashMap::new();
        let mut trees = HashSet::new();
        for (path, format) in &findings.notes.described_files {
            let known = files.entry(path.clone()).or_default();
            known.is_described = true;
            known.formats.extend(*format);
        }
        for (path, member) in &findings.notes.passed_over {
            let known = files.entry(path.clone()).or_default();
            known.members.push(member.clone());
        }
        for place in findings.places() {
            match place {
                Place::Member { file, path, format } => {
                    let known = files.entry(file.to_path()).or_default();
                    known.is_described = true;
                    known.members.push(path.clone());
                    if !known.formats.contains(format) {
                        known.formats.push(*format);
                    }
                }
                Place::Tree { directory } => {
                    trees.insert(directory.to_path());
                }
                // It is shown as what it is, and stays.
                Place::Stranger { path } => {
                    files.entry(path.to_path()).or_default().is_whole = true;
                }
                place => {
                    if let Some(file) = place.file() {
                        files.entry(file.to_path()).or_default().is_whole = true;
                    }
                }
            }
        }
        Self { files, trees }
    }

    /// What is known of a file; nothing of most.
    pub(super) fn of_file(&self, file: &ConfinedPath) -> KnownFile {
        self.files.get(&file.to_path()).cloned().unwrap_or_default()
    }

    /// Whether a directory goes as a whole, so that what is in it needs no look.
    pub(super) fn is_tree(&self, directory: &ConfinedPath) -> bool {
        self.trees.contains(&directory.to_path())
    }
}
