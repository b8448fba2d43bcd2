//! The one door to the disk: read with a size limit, list, lock, edit atomically, remove.
//!
//! - A [`ConfinedPath`] is walked component by component from its trusted root, and no symbolic link
//!   is followed below it, except for one of the person's own inside the home, to a place there that is
//!   theirs: that is resolved by us, and said. Later calls are relative to the opened directory, so a directory that is
//!   swapped for a link in between does no harm.
//! - What is read, changed or removed is a regular file of the expected owner; anything else is an
//!   error, never followed and never removed.
//! - A write goes to a temporary file beside the old one and is renamed over it: killed at any
//!   point, the file is the old one or the new one.
//! - [`Files::edit`] applies a function from bytes to bytes, such as a removal by
//!   [`crate::formats`].

mod author;
mod error;

#[cfg(not(unix))]
mod portable;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(unix)]
#[cfg(test)]
mod testing;
#[cfg(unix)]
mod unix;

use std::collections::hash_map::RandomState;
use std::ffi::OsString;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;

pub use crate::path::{ConfinedPath, FollowedLink, is_plain_component};
pub(crate) use author::{Author, Fate};
pub use error::{EditError, FileError, LinkFault};

#[cfg(not(unix))]
pub use portable::DirectoryHandles;
#[cfg(unix)]
pub use unix::DirectoryHandles;
#[cfg(unix)]
pub(crate) use unix::is_private_group;

use crate::world::{Clock, World};

/// The time to wait for a lock, as Atmos does.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// The most entries of one directory that are listed.
const ENTRY_LIMIT: usize = 100_000;

/// The door to the disk. Cheap to make; may be shared between threads.
#[derive(Debug)]
#[cfg_attr(
    not(unix),
    expect(dead_code, reason = "there are no owners, and no locks of others")
)]
pub struct Files {
    owner: Option<u32>,
    clock: Arc<dyn Clock>,
    lock_timeout: Duration,
    /// Somebody else kept a lock for longer than it was waited for.
    waited_in_vain: AtomicBool,
    tally: Tally,
    #[cfg(unix)]
    recall: unix::Recall,
    #[cfg(unix)]
    leftovers: unix::Leftovers,
    #[cfg(unix)]
    visited: unix::Visited,
    #[cfg(unix)]
    links: unix::Links,
}

impl Files {
    /// A door that accepts only what belongs to the world's user.
    pub fn new(world: &World) -> Self {
        Self {
            owner: world.user.id,
            clock: Arc::clone(&world.clock),
            lock_timeout: LOCK_TIMEOUT,
            waited_in_vain: AtomicBool::new(false),
            tally: Tally::default(),
            #[cfg(unix)]
            recall: unix::Recall::default(),
            #[cfg(unix)]
            leftovers: unix::Leftovers::default(),
            #[cfg(unix)]
            visited: unix::Visited::default(),
            #[cfg(unix)]
            links: unix::Links::of(&world.home),
        }
    }

    /// The same door, which follows no link, not even one of the person's own inside the home.
    #[must_use]
    pub fn without_links(self) -> Self {
        #[cfg(unix)]
        return Self {
            links: unix::Links::default(),
            ..self
        };
        #[cfg(not(unix))]
        self
    }

    /// The links inside the home that were followed so far.
    #[cfg_attr(not(unix), expect(clippy::unused_self, reason = "none is followed"))]
    pub fn followed_links(&self) -> Vec<FollowedLink> {
        #[cfg(unix)]
        return self.links.followed();
        #[cfg(not(unix))]
        Vec::new()
    }

    /// The same door with another time limit for locks (10 s unless told).
    #[must_use]
    pub fn with_lock_timeout(self, lock_timeout: Duration) -> Self {
        Self {
            lock_timeout,
            ..self
        }
    }

    /// Tells how often the disk was touched so far.
    pub fn counters(&self) -> Counters {
        let get = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counters {
            opens: get(&self.tally.opens),
            reads: get(&self.tally.reads),
            writes: get(&self.tally.writes),
            renames: get(&self.tally.renames),
            removals: get(&self.tally.removals),
            locks: get(&self.tally.locks),
        }
    }
}

/// Counts of how often the disk was touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Regular files opened to be read (not the directories on the way, not lock files).
    pub opens: u64,
    /// Files whose content was read, wholly or (audit trail) at the end.
    pub reads: u64,
    /// Files whose content was written, temporary ones included.
    pub writes: u64,
    /// Renames over the old file.
    pub renames: u64,
    /// Files and directories removed, not counting temporary files and locks.
    pub removals: u64,
    /// Locks taken.
    pub locks: u64,
}

#[derive(Debug, Default)]
struct Tally {
    opens: AtomicU64,
    reads: AtomicU64,
    writes: AtomicU64,
    renames: AtomicU64,
    removals: AtomicU64,
    locks: AtomicU64,
}

fn increment_counter(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Tells the temporary files of this process from those of an earlier one with the same id.
fn process_nonce() -> u64 {
    static NONCE: OnceLock<u64> = OnceLock::new();
    // The standard library seeds this hasher at random; all that is needed is a name nobody else
    // picks, since temporary files are created exclusively.
    *NONCE.get_or_init(|| RandomState::new().build_hasher().finish())
}

/// One entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The name; bytes that are not UTF-8 are shown as replacement characters.
    pub name: String,
    /// Whether `name` had to be changed to be shown, so that it cannot be opened by it.
    pub is_lossy: bool,
    /// The name as it is, where `name` had to be changed.
    pub raw: Option<OsString>,
    /// The kind, without following links.
    pub kind: EntryKind,
}

/// The kind of thing that a name stands for, without following links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A FIFO, socket or device.
    Other,
}

/// The facts about a path that are known without opening it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The kind, without following a link.
    pub kind: EntryKind,
    /// The user id of its owner; `None` where there are no user ids.
    pub owner: Option<u32>,
    /// The group id of its group; `None` where there are no group ids.
    pub group: Option<u32>,
    /// The permission bits (`0o7777`); 0 where there are none.
    pub mode: u32,
    /// The size in bytes.
    pub size: u64,
    /// The time when the content was changed last.
    pub modified: Option<Timestamp>,
}

impl Probe {
    /// Whether somebody else than this person or root can write to it. A group that is the person's alone
    /// is nobody else.
    pub fn may_others_write(&self, person: Option<u32>) -> bool {
        let is_for_group = self.mode & 0o020 != 0;
        #[cfg(unix)]
        let is_private = self
            .group
            .zip(person)
            .is_some_and(|(group, person)| is_private_group(group, person));
        #[cfg(not(unix))]
        let is_private = person.is_none();
        self.mode & 0o002 != 0 || (is_for_group && !is_private)
    }
}

/// The wish of an editor: what shall become of a file.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// Leave it as it is; nothing is written.
    Keep,
    /// Replace the content.
    Replace(Vec<u8>),
    /// Remove the file.
    Remove,
}

/// Without the content, which may hold secrets.
impl std::fmt::Debug for Change {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Keep => "Keep",
            Self::Replace(_) => "Replace(hidden)",
            Self::Remove => "Remove",
        })
    }
}

/// Decides what becomes of a file; gets its content.
pub type Editor<'a> = dyn FnMut(&[u8]) -> Result<Change, EditError> + 'a;

/// Decides what becomes of a file that may be absent (`None`).
pub type Maker<'a> = dyn FnMut(Option<&[u8]>) -> Result<Change, EditError> + 'a;

/// Makes the line that follows the last one (`None`: there is none).
pub type LineMaker<'a> = dyn FnMut(Option<&[u8]>) -> Result<Vec<u8>, EditError> + 'a;

/// The outcome of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// It was not there, and was created.
    Created,
    /// It has the new content.
    Replaced,
    /// It is gone.
    Removed,
    /// There was nothing to change.
    Unchanged,
    /// It was not there.
    Absent,
}

/// The outcome of the removal of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It is gone.
    Removed,
    /// It was not there.
    Absent,
}

/// The outcome of the removal of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DirectoryRemoval {
    /// It is gone.
    Removed,
    /// It was not there.
    Absent,
    /// It stays with everything in it, because of these entries.
    NotEmpty(Vec<String>),
}

/// The outcome of appending a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The file was not there before.
    pub is_new: bool,
    /// The last line had been cut off (no line end); a new line was started after it.
    pub was_cut_off: bool,
    /// The length of the file now, in bytes.
    pub length: u64,
}

/// The rule by which other programs are kept out while a file is changed. With every rule, two runs
/// of adieu exclude each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockRule {
    /// No lock file, for tools that lock nothing; the file itself is locked (`flock`).
    None,
    /// `<file>.lock`, locked with `flock` and left in place: Atmos (Go's `gofrs/flock`).
    Sibling,
    /// A file `<file><suffix>` that exists only while the lock is held: `kubectl` (`.lock`), the
    /// Azure tools (`.lockfile`). One older than ten minutes is taken to be left over.
    Exclusive {
        /// The text that follows the file's name.
        suffix: &'static str,
    },
    /// A directory `<file>.lock` that exists only while the lock is held: Node's
    /// `proper-lockfile`, as Salesforce CLI and Claude Code use it. One that was not touched for
    /// ten seconds is taken to be left over, as that library does.
    Directory,
    /// The same with a fixed name beside the file (Claude Code's `.storage-write.lock`).
    NamedDirectory {
        /// The directory's name.
        name: &'static str,
    },
}
