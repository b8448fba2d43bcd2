//! Residue: what is left of secrets that a logout has removed, in histories, logs, backups and pages of
//! databases.

use std::path::PathBuf;

use crate::path::ConfinedPath;
use crate::secret::Fingerprint;

/// What a search for removed secrets found, and how far it came.
#[derive(Clone, Debug, Default)]
pub struct ResidueSearch {
    /// What was found, in the order of the files.
    pub found: Vec<Residue>,
    /// The files and directories that were, or would be, searched.
    pub places: Vec<PathBuf>,
    /// How many files were read.
    pub files: usize,
    /// Why not everything was searched; one sentence each.
    pub gaps: Vec<String>,
}

/// Removed secrets that are still readable in one file.
#[derive(Clone, Debug)]
pub struct Residue {
    /// The file.
    pub file: ConfinedPath,
    /// The first line with one, counted from 1, where the file has lines.
    pub line: Option<usize>,
    /// How often one stands there.
    pub times: usize,
    /// The kind of file.
    pub kind: ResidueKind,
    /// The position of a step of the plan that removed it.
    pub step: usize,
    /// The secrets.
    pub secrets: Vec<Fingerprint>,
    /// Whether no server has said that it is dead.
    pub is_live: bool,
    /// What became of it here.
    pub fate: ResidueFate,
}

/// The kinds of files that secrets are left in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResidueKind {
    /// What was typed: a line goes.
    History,
    /// A file that a shell or session reads: named, and left to `adieu scan`.
    Profile,
    /// Rows or freed pages of a database.
    Database,
    /// An earlier version of a file.
    Backup,
    /// A log, a transcript, a snapshot, a cache.
    Log,
}

/// What became of residue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResidueFate {
    /// It was not to be removed.
    Left,
    /// It is gone, and was looked for again.
    Removed,
    /// It is still there; why.
    Failed(String),
}

impl ResidueKind {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::History => "history",
            Self::Profile => "profile",
            Self::Database => "database",
            Self::Backup => "backup",
            Self::Log => "log",
        }
    }

    /// The name for people.
    pub const fn what(self) -> &'static str {
        match self {
            Self::History => "secret in a history",
            Self::Profile => "secret in a profile",
            Self::Database => "secret inside a database",
            Self::Backup => "secret in a backup",
            Self::Log => "secret in a log or transcript",
        }
    }
}

impl Residue {
    /// Whether it can still be read and used.
    pub fn can_be_used(&self) -> bool {
        self.is_live && self.fate != ResidueFate::Removed
    }
}
