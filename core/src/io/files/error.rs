//! How the door to the disk says no.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

/// Why an editor refused to change the bytes of a file. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EditError {
    /// The bytes are not in the format that the editor knows, or in a shape of it that cannot be
    /// changed without guessing.
    #[error("line {line}: {problem}")]
    NotUnderstood {
        /// The line, counted from 1.
        line: usize,
        /// What was found there; never a value from the file.
        problem: String,
    },
    /// The bytes are longer than the editor accepts.
    #[error("it is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// Brackets or mappings are nested deeper than the editor accepts.
    #[error("it is nested deeper than {limit} levels")]
    TooDeep {
        /// The limit in levels.
        limit: usize,
    },
    /// The caller's own reason.
    #[error("{0}")]
    Refused(String),
}

/// Why a symbolic link is not followed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LinkFault {
    /// No link is followed there.
    #[error("and links are not followed")]
    NotFollowed,
    /// It leads to a place that is not in the person's home.
    #[error("and links out of the home directory are not followed")]
    LeadsOut,
    /// What it leads to is not there.
    #[error("and what it leads to is not there")]
    Dangling,
    /// It leads to itself, or through too many others.
    #[error("and it leads in a circle, or through too many others")]
    Circle,
    /// It is somebody else's, or leads to what is.
    #[error("and is not followed: {} belongs to user id {owner}", path.display())]
    Foreign {
        /// What is somebody else's.
        path: PathBuf,
        /// Their user id.
        owner: u32,
    },
    /// Others can put something else in its place, or in that of what it leads to.
    #[error("and is not followed: others can write in {}", path.display())]
    Writable {
        /// The directory that is open to others.
        path: PathBuf,
    },
}

/// What went wrong at the disk. Every path is absolute.
#[derive(Debug, Error)]
pub enum FileError {
    /// The file, its directory or its lock file is a symbolic link.
    #[error("{} is a symbolic link, {fault}", path.display())]
    Symlink {
        /// The link.
        path: PathBuf,
        /// Why it is not followed.
        fault: LinkFault,
    },
    /// The file or a directory on the way belongs to somebody else.
    #[error("{} belongs to user id {owner}", path.display())]
    ForeignOwner {
        /// What belongs to somebody else.
        path: PathBuf,
        /// Their user id.
        owner: u32,
    },
    /// The operating system does not allow it.
    #[error("access to {} is denied", path.display())]
    Denied {
        /// What was to be opened, written or removed.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
    /// Something other than a regular file stands there: a directory, FIFO, socket or device.
    #[error("{} is not a regular file", path.display())]
    NotAFile {
        /// What stands there.
        path: PathBuf,
    },
    /// A directory was expected.
    #[error("{} is not a directory", path.display())]
    NotADirectory {
        /// What stands there.
        path: PathBuf,
    },
    /// The file is larger than the caller accepts.
    #[error("{} is larger than {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// The directory has more entries than are listed.
    #[error("{} has more than {limit} entries", path.display())]
    TooMany {
        /// The directory.
        path: PathBuf,
        /// The limit.
        limit: usize,
    },
    /// Another program held the lock for the whole time limit.
    #[error("the lock {} is held by another program (waited {:.1} s)", path.display(), waited.as_secs_f64())]
    LockTimeout {
        /// The lock file or directory.
        path: PathBuf,
        /// How long was waited.
        waited: Duration,
    },
    /// The file system is mounted read-only.
    #[error("{} is on a read-only file system", path.display())]
    ReadOnly {
        /// What was to be written.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
    /// The disk or the quota is full.
    #[error("no space is left to write {}", path.display())]
    NoSpace {
        /// What was to be written.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
    /// Somebody else changed the file between reading and writing it, twice.
    #[error("{} was changed by another program meanwhile", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The file has several names; changing it here would leave the old content under the others.
    #[error("{} has {names} names (hard links)", path.display())]
    HardLinked {
        /// The name that was to be changed.
        path: PathBuf,
        /// How many names the file has.
        names: u64,
    },
    /// A file that was to be created is there already.
    #[error("{} exists already", path.display())]
    Exists {
        /// What was to be created.
        path: PathBuf,
    },
    /// A trusted root itself was named where a file or directory below it is needed.
    #[error("{} is a root and is never changed itself", path.display())]
    Root {
        /// The root.
        path: PathBuf,
    },
    /// The editor refused.
    #[error("cannot edit {}", path.display())]
    Edit {
        /// The file.
        path: PathBuf,
        /// Why.
        source: EditError,
    },
    /// Anything else.
    #[error("cannot use {}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
}

impl FileError {
    /// A link where none is followed.
    pub(crate) const fn symlink(path: PathBuf) -> Self {
        Self::Symlink {
            path,
            fault: LinkFault::NotFollowed,
        }
    }

    /// What it is about.
    pub fn path(&self) -> &Path {
        match self {
            Self::Symlink { path, .. }
            | Self::ForeignOwner { path, .. }
            | Self::Denied { path, .. }
            | Self::NotAFile { path }
            | Self::NotADirectory { path }
            | Self::TooLarge { path, .. }
            | Self::TooMany { path, .. }
            | Self::LockTimeout { path, .. }
            | Self::ReadOnly { path, .. }
            | Self::NoSpace { path, .. }
            | Self::Changed { path }
            | Self::HardLinked { path, .. }
            | Self::Exists { path }
            | Self::Root { path }
            | Self::Edit { path, .. }
            | Self::Io { path, .. } => path,
        }
    }

    /// What the person can do, if anything is known to help.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Symlink { fault, .. } => match fault {
                LinkFault::Dangling => "remove the link if nothing is to be there",
                LinkFault::Writable { .. } => {
                    "take the right to write from the others with `chmod go-w`, and run again"
                }
                _ => "see where it leads with `ls -l`; edit or remove the real file yourself",
            },
            Self::ForeignOwner { .. } => {
                "sign out as that user, or give the file back with `chown`"
            }
            Self::Denied { .. } => "check owner and mode with `ls -ld`",
            Self::NotAFile { .. } | Self::NotADirectory { .. } => "see what it is with `ls -ld`",
            Self::LockTimeout { .. } => {
                "wait for the other program, or remove the lock if none is running, and run again"
            }
            Self::ReadOnly { .. } => "mount the file system writable and run again",
            Self::NoSpace { .. } => "free some space and run again",
            Self::Changed { .. } => "run again when the other program is done",
            Self::HardLinked { .. } => {
                "find the other names with `find / -xdev -samefile FILE`, and keep only one"
            }
            Self::Edit { .. } => "repair the file with its own program, or edit it yourself",
            Self::TooLarge { .. }
            | Self::TooMany { .. }
            | Self::Exists { .. }
            | Self::Root { .. }
            | Self::Io { .. } => return None,
        })
    }
}
