//! A directory to list, a file to read, an entry to search: what a system asks discovery for.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::inventory::{Artefact, Exclusivity, Location, Owner, Problem};
#[cfg(feature = "sqlite")]
use crate::io::files::sqlite::Table;
use crate::io::files::{ConfinedPath, Entry, EntryKind, FileError, Probe};
use crate::io::keyring::{self, Query};
use crate::secret::Secret;
use crate::system::System;

use super::builder::InventoryBuilder;
use super::context::DiscoveryContext;
/// What to look at next, by the entries of a directory.
pub(super) type Then<'a> = Box<dyn Fn(&[DirectoryEntry]) -> Vec<Lookup<'a>> + 'a>;

/// Turns the content of a file into findings.
pub(super) type Read<'a> = Box<dyn Fn(&[u8], &mut InventoryBuilder<'_>) + 'a>;

/// Turns the content of a file, or why it cannot be read, into findings.
pub(super) type Attempted<'a> =
    Box<dyn Fn(Result<&[u8], &FileError>, &mut InventoryBuilder<'_>) + 'a>;

/// Turns what is known of a path without opening it into findings.
pub(super) type Seen<'a> = Box<dyn Fn(Option<&Probe>, &mut InventoryBuilder<'_>) + 'a>;

/// Turns entries of a key store into findings; the store is the operating system's.
pub type Entries<'a> = Box<dyn Fn(Vec<keyring::Entry>, &mut InventoryBuilder<'_>) + 'a>;

/// Turns rows of a table into findings; a column that is NULL or not there is `None`.
pub type Rows<'a> = Box<dyn Fn(Vec<Vec<Option<Secret>>>, &mut InventoryBuilder<'_>) + 'a>;

/// What to look at next, by what was found so far.
pub(super) type Next<'a> = Box<dyn Fn(&mut InventoryBuilder<'_>) -> Vec<Lookup<'a>> + 'a>;

/// Turns an answer into findings.
pub(super) type Found<'a, Answer> = Box<dyn Fn(Answer, &mut InventoryBuilder<'_>) + 'a>;

/// What is said of a file that is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusals {
    /// That a link to it is not followed.
    EveryLink,
    /// That a link leads to a file of the person's own out of the home.
    OwnFiles,
    /// That, and that it is too large.
    OwnFilesAndSize,
}

/// Something to look at.
pub enum Lookup<'a> {
    /// List a directory, then look at what is in it.
    Directory {
        /// The directory.
        directory: ConfinedPath,
        /// The directory itself as something that goes when it is left empty.
        tidy: Option<RemoveIfEmpty>,
        /// What to look at next, by the entries that are there.
        then: Then<'a>,
    },
    /// Read a file.
    File {
        /// The file.
        file: ConfinedPath,
        /// Turns its content into findings.
        read: Read<'a>,
    },
    /// Read a file if it is not larger than this; a larger one is of no interest.
    Small {
        /// The file.
        file: ConfinedPath,
        /// The limit, in bytes.
        limit: u64,
        /// Turns its content into findings.
        read: Read<'a>,
        /// What is said where it is not read.
        refusals: Refusals,
    },
    /// Read a file that means something even where it cannot be read.
    Attempt {
        /// The file.
        file: ConfinedPath,
        /// Turns its content, or why there is none, into findings.
        read: Attempted<'a>,
    },
    /// Read a file that the system or a project keeps for everybody, so that its owner does not
    /// matter; it is only read.
    Shared {
        /// The file.
        file: ConfinedPath,
        /// Turns its content into findings.
        read: Read<'a>,
    },
    /// See what is at a path, without opening it; what cannot be seen counts as absent.
    Probe {
        /// The path.
        path: ConfinedPath,
        /// Turns what is there into findings.
        seen: Seen<'a>,
    },
    /// Search the operating system's key store.
    Keyring {
        /// What to search for.
        query: Query,
        /// Turns what was found into findings.
        found: Entries<'a>,
    },
    /// Read rows of an SQLite table.
    Rows {
        /// The database.
        database: ConfinedPath,
        /// The table.
        table: &'static str,
        /// The columns that are wanted.
        columns: &'static [&'static str],
        /// Turns the rows into findings.
        found: Rows<'a>,
    },
    /// Read the texts of all tables of an SQLite database that nobody has described.
    #[cfg(feature = "sqlite")]
    Tables {
        /// The database, which may be something else.
        database: ConfinedPath,
        /// Turns the tables into findings, or says why there are none: the database is damaged, or in use.
        found: Found<'a, Result<Vec<Table>, FileError>>,
    },
    /// Ask whether a process of this id, which a tool wrote down, still runs.
    Process {
        /// The id.
        id: u32,
        /// Turns the answer into findings.
        found: Found<'a, bool>,
    },
    /// Look for a program in `PATH`.
    Program {
        /// Its name.
        name: &'static str,
        /// Turns where it is into findings.
        found: Found<'a, PathBuf>,
    },
    /// Nothing needs to be read.
    Known(Box<dyn Fn(&mut InventoryBuilder<'_>) + 'a>),
    /// Nothing needs to be read, but what to look at next depends on what was found so far.
    Next(Next<'a>),
}

impl<'a> Lookup<'a> {
    /// List a directory, then look at what `then` says by the directory and all its entries.
    pub fn listed(
        directory: ConfinedPath,
        tidy: impl Into<Option<RemoveIfEmpty>>,
        then: impl Fn(&ConfinedPath, &[DirectoryEntry]) -> Vec<Self> + 'a,
    ) -> Self {
        let place = directory.clone();
        Self::Directory {
            directory,
            tidy: tidy.into(),
            then: Box::new(move |entries| then(&place, entries)),
        }
    }

    /// List a directory, then look at what `then` says of each entry and its path.
    pub fn each<Next: IntoIterator<Item = Self>>(
        directory: ConfinedPath,
        tidy: impl Into<Option<RemoveIfEmpty>>,
        then: impl Fn(&DirectoryEntry, ConfinedPath) -> Next + 'a,
    ) -> Self {
        Self::listed(directory, tidy, move |directory, entries| {
            entries
                .iter()
                .filter_map(|entry| Some(then(entry, entry.path_in(directory)?)))
                .flatten()
                .collect()
        })
    }

    /// List a directory, then look at what `then` says of each of `names` that is there, in the
    /// order of `names`, by the name and its path.
    pub fn named(
        directory: ConfinedPath,
        tidy: impl Into<Option<RemoveIfEmpty>>,
        names: &'static [&'static str],
        then: impl Fn(&'static str, ConfinedPath) -> Self + 'a,
    ) -> Self {
        Self::listed(directory, tidy, move |directory, entries| {
            names
                .iter()
                .filter(|name| entries.iter().any(|entry| entry.name == **name))
                .filter_map(|name| Some(then(name, directory.join(name)?)))
                .collect()
        })
    }

    /// Read a file; `read` gets the file, its content and where to put what it finds.
    pub fn read(
        file: ConfinedPath,
        read: impl Fn(&ConfinedPath, &[u8], &mut InventoryBuilder<'_>) + 'a,
    ) -> Self {
        let place = file.clone();
        Self::File {
            file,
            read: Box::new(move |bytes, findings| read(&place, bytes, findings)),
        }
    }

    /// Read a file if it is not larger than `limit` bytes; a larger one is of no interest.
    pub fn small(
        file: ConfinedPath,
        limit: u64,
        read: impl Fn(&ConfinedPath, &[u8], &mut InventoryBuilder<'_>) + 'a,
    ) -> Self {
        let place = file.clone();
        Self::Small {
            file,
            limit,
            read: Box::new(move |bytes, findings| read(&place, bytes, findings)),
            refusals: Refusals::EveryLink,
        }
    }

    /// The same, with what is said where it is not read.
    pub fn small_or_refused(
        file: ConfinedPath,
        limit: u64,
        refusals: Refusals,
        read: impl Fn(&ConfinedPath, &[u8], &mut InventoryBuilder<'_>) + 'a,
    ) -> Self {
        let place = file.clone();
        Self::Small {
            file,
            limit,
            read: Box::new(move |bytes, findings| read(&place, bytes, findings)),
            refusals,
        }
    }

    /// Read a file that the system or a project keeps for everybody; its owner does not matter.
    pub fn shared(
        file: ConfinedPath,
        read: impl Fn(&ConfinedPath, &[u8], &mut InventoryBuilder<'_>) + 'a,
    ) -> Self {
        let place = file.clone();
        Self::Shared {
            file,
            read: Box::new(move |bytes, findings| read(&place, bytes, findings)),
        }
    }

    /// See what is at a path, without opening it; `seen` gets the path too.
    pub fn probe(
        path: ConfinedPath,
        seen: impl Fn(&ConfinedPath, Option<&Probe>, &mut InventoryBuilder<'_>) + 'a,
    ) -> Self {
        let place = path.clone();
        Self::Probe {
            path,
            seen: Box::new(move |probe, findings| seen(&place, probe, findings)),
        }
    }

    /// Read a file only to learn when what is in it ends: `expiry` tells that by its content.
    pub fn expiring(
        discovery: DiscoveryContext<'a>,
        file: ConfinedPath,
        found: Artefact,
        expiry: fn(&[u8]) -> Option<Timestamp>,
    ) -> Self {
        Self::read(file, move |_, bytes, findings| {
            findings.artefact(discovery.until(found.clone(), expiry(bytes)));
        })
    }

    /// Search the operating system's key store; it is asked only when this is reached.
    pub fn keyring(
        query: Query,
        found: impl Fn(Vec<keyring::Entry>, &mut InventoryBuilder<'_>) + 'a,
    ) -> Self {
        Self::Keyring {
            query,
            found: Box::new(found),
        }
    }

    /// Look at what `next` says by what was found so far.
    pub fn next(next: impl Fn(&mut InventoryBuilder<'_>) -> Vec<Self> + 'a) -> Self {
        Self::Next(Box::new(next))
    }

    /// Look for a program in `PATH`.
    pub fn program(
        name: &'static str,
        found: impl Fn(PathBuf, &mut InventoryBuilder<'_>) + 'a,
    ) -> Self {
        Self::Program {
            name,
            found: Box::new(found),
        }
    }

    /// An entry with a name that cannot be a name of this tool's: what lies there is not looked at, and
    /// that is said.
    pub fn unnameable(path: &Path) -> Self {
        let location = Location::path(path);
        Self::say(move |findings| {
            findings.problem(Problem {
                location: location.clone(),
                message: "its name cannot be written as text, contents unknown".to_owned(),
                hint: Some("give it another name, and run this again".to_owned()),
                hides: true,
            });
        })
    }

    /// Read a file; `read` gets its content or why it cannot be read, which has been said then.
    pub fn attempt(
        file: ConfinedPath,
        read: impl Fn(&ConfinedPath, Result<&[u8], &FileError>, &mut InventoryBuilder<'_>) + 'a,
    ) -> Self {
        let place = file.clone();
        Self::Attempt {
            file,
            read: Box::new(move |bytes, findings| read(&place, bytes, findings)),
        }
    }

    /// Nothing needs to be read to say something.
    pub fn say(say: impl Fn(&mut InventoryBuilder<'_>) + 'a) -> Self {
        Self::Known(Box::new(say))
    }

    /// Something removable is there, and nothing needs to be read to know that.
    pub fn found(artefact: Artefact) -> Self {
        Self::say(move |findings| findings.artefact(artefact.clone()))
    }
}

/// One entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// Its name; bytes that are not UTF-8 are written as `\xff`.
    pub name: String,
    /// The name as it is, where it is not UTF-8.
    pub raw: Option<OsString>,
    /// Whether it is a directory (not a link to one).
    pub is_directory: bool,
    /// Whether it is a symbolic link.
    pub is_link: bool,
    /// Whether it is a FIFO, socket or device, so that nothing can be kept in it.
    pub is_special: bool,
}

impl DirectoryEntry {
    /// The entry of a directory that was listed.
    pub fn of(listed: Entry) -> Self {
        Self {
            is_directory: listed.kind == EntryKind::Directory,
            is_link: listed.kind == EntryKind::Symlink,
            is_special: listed.kind == EntryKind::Other,
            name: listed.raw.as_deref().map_or(listed.name, written_out),
            raw: listed.raw,
        }
    }

    /// Its path, whatever its name is.
    pub fn path_in(&self, directory: &ConfinedPath) -> Option<ConfinedPath> {
        directory.entry(
            self.raw
                .as_deref()
                .unwrap_or_else(|| OsStr::new(&self.name)),
        )
    }

    /// Whether it stands where a directory of a tool's own would: a link is looked at too, because
    /// it is refused then, and said, instead of passed over in silence.
    pub const fn may_be_directory(&self) -> bool {
        self.is_directory || self.is_link
    }
}

impl DirectoryEntry {
    /// Whether it is a file that JSON may be in, by its name.
    pub fn is_json_file(&self) -> bool {
        let extension = Path::new(&self.name).extension();
        !self.is_directory && extension.is_some_and(|extension| extension == "json")
    }
}

/// A name with the bytes that are not UTF-8 written out, so that different names stay different.
fn written_out(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// Whose a directory is that goes when it is left empty.
#[derive(Clone, Debug)]
pub struct RemoveIfEmpty {
    /// The family of sign-ins that it was looked at for.
    pub system: System,
    /// Families by what lies in a directory that several share: the first that is there counts.
    pub by_entry: &'static [(&'static str, System)],
    /// Lock files in it that do not keep it.
    pub locks: Vec<&'static str>,
    /// Whose it is.
    pub owner: Owner,
    /// The realm.
    pub realm: Option<String>,
    /// It lies where a file's `base_path` leads, so that only what this plan empties goes.
    pub is_named: bool,
    /// It is one provider's or identity's alone, so that what somebody else put into it is named.
    pub names_strangers: bool,
    /// How far it is its owner's own.
    pub tie: Exclusivity,
}

impl RemoveIfEmpty {
    /// A directory that is nobody's in particular.
    pub fn shared(system: System) -> Self {
        Self {
            system,
            by_entry: &[],
            locks: Vec::new(),
            owner: Owner::Nobody,
            realm: None,
            is_named: false,
            names_strangers: false,
            tie: Exclusivity::Own,
        }
    }

    /// A directory that is somebody's.
    pub fn of(system: System, owner: Owner) -> Self {
        Self {
            owner,
            ..Self::shared(system)
        }
    }

    /// A directory of a realm; an empty name is the realm without a name.
    pub fn in_realm(system: System, realm: impl Into<Option<String>>) -> Self {
        Self {
            realm: realm.into(),
            ..Self::shared(system)
        }
    }

    /// The family of what lies in it.
    pub(crate) fn system_by(&self, entries: &[DirectoryEntry]) -> System {
        let is_there = |name: &str| entries.iter().any(|entry| entry.name == name);
        let mut families = self.by_entry.iter();
        families
            .find(|(name, _)| is_there(name))
            .map_or(self.system, |(_, system)| *system)
    }
}
