//! Walking, reading and listing on Unix: everything relative to opened directories.

mod append;
mod claim;
mod directory_handles;
mod edit;
mod groups;
mod links;
mod lock;
mod metadata;
mod read_cache;
mod remove;
mod temporary;
#[cfg(test)]
mod tests;
mod visited;
mod walk;

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{self, AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

pub use directory_handles::DirectoryHandles;
pub(crate) use groups::is_private_group;
pub(super) use links::Links;
use links::Purpose;
use metadata::{Metadata, kind_of};
pub(super) use read_cache::Recall;
use read_cache::Use;
pub(super) use temporary::Leftovers;
pub(super) use visited::Visited;
use walk::Step;

use super::{
    ConfinedPath, ENTRY_LIMIT, Entry, EntryKind, FileError, Files, Probe, increment_counter,
};

/// An opened directory and the path it was reached by.
struct Directory {
    handle: OwnedFd,
    path: PathBuf,
}

impl Directory {
    fn child(&self, name: &OsStr) -> PathBuf {
        self.path.join(name)
    }

    /// Tells what stands under a name, without following a link; `None` if nothing does.
    fn inspect(&self, name: &OsStr) -> Result<Option<Metadata>, FileError> {
        match fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(Metadata::from(&stat))),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(to_file_error(self.child(name), errno)),
        }
    }

    /// Makes renames and removals last. File systems that cannot do it are not an error: the
    /// change has been made.
    fn sync(&self) {
        let _ = fs::fsync(&self.handle);
    }
}

impl From<Metadata> for Probe {
    fn from(metadata: Metadata) -> Self {
        Self {
            kind: metadata.kind,
            owner: Some(metadata.owner),
            group: Some(metadata.group),
            mode: metadata.mode,
            size: metadata.size,
            modified: metadata.stamp.modified(),
        }
    }
}

/// The error that an answer of the operating system means.
fn to_file_error(path: PathBuf, errno: Errno) -> FileError {
    let source = errno.into();
    match errno {
        Errno::ACCESS | Errno::PERM => FileError::Denied { path, source },
        Errno::ROFS => FileError::ReadOnly { path, source },
        Errno::NOSPC | Errno::DQUOT => FileError::NoSpace { path, source },
        Errno::LOOP | Errno::MLINK => FileError::symlink(path),
        Errno::EXIST => FileError::Exists { path },
        Errno::ISDIR | Errno::NXIO => FileError::NotAFile { path },
        _ => FileError::Io { path, source },
    }
}

fn failure_of(path: PathBuf, error: &std::io::Error) -> FileError {
    to_file_error(path, Errno::from_io_error(error).unwrap_or(Errno::IO))
}

/// The action of a walk where a directory is missing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    Report,
    Create,
}

/// The owners whose files may be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owners {
    User,
    UserOrSystem,
}

const DIRECTORY: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// `NONBLOCK`: a FIFO must not hang; `NOCTTY`: a terminal must not become ours.
const REGULAR: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC)
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY);

impl Files {
    /// Reads a whole file; `None` if there is none. `limit` is in bytes.
    pub fn read(&self, file: &ConfinedPath, limit: u64) -> Result<Option<Vec<u8>>, FileError> {
        self.following(file, |file| self.read_owned_by(file, limit, Owners::User))
    }

    /// Reads a file that may also belong to the system (user id 0), such as `/etc/environment`.
    /// It is only ever read.
    pub fn read_shared(
        &self,
        file: &ConfinedPath,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, FileError> {
        self.following(file, |file| {
            self.read_owned_by(file, limit, Owners::UserOrSystem)
        })
    }

    /// Reads a file that the person named on the command line; `None` if there is none. Links are
    /// followed and anybody may own it, as for every program that is told to read a file; it must be
    /// a regular one.
    pub fn read_named(&self, path: &Path, limit: u64) -> Result<Option<Vec<u8>>, FileError> {
        let flags = REGULAR.difference(OFlags::NOFOLLOW);
        increment_counter(&self.tally.opens);
        let handle = match fs::open(path, flags, Mode::empty()) {
            Ok(handle) => handle,
            Err(Errno::NOENT | Errno::NOTDIR) => return Ok(None),
            Err(errno) => return Err(to_file_error(path.to_owned(), errno)),
        };
        let metadata = stat_handle(&handle, path)?;
        if metadata.kind != EntryKind::File {
            return Err(FileError::NotAFile {
                path: path.to_owned(),
            });
        }
        self.read_handle(&File::from(handle), &metadata, limit, path, Use::Look)
            .map(Some)
    }

    fn read_owned_by(
        &self,
        file: &ConfinedPath,
        limit: u64,
        owners: Owners,
    ) -> Result<Option<Vec<u8>>, FileError> {
        let Some((directory, name)) = self.parent_of(file, Missing::Report)? else {
            return Ok(None);
        };
        self.visited.note(file, owners);
        let Some((handle, metadata)) = self.open_file(&directory, &name, owners)? else {
            return Ok(None);
        };
        let path = directory.child(&name);
        self.read_handle(&handle, &metadata, limit, &path, Use::Look)
            .map(Some)
    }

    /// The entries of a directory by name, without `.` and `..`; `None` if there is none.
    pub fn list(&self, directory: &ConfinedPath) -> Result<Option<Vec<Entry>>, FileError> {
        let listed = self.following(directory, |directory| {
            self.walk(directory, Missing::Report)?
                .map(|directory| list_entries(&directory))
                .transpose()
        })?;
        Ok(listed.map(|listed| self.see_through(directory, listed)))
    }

    /// Says of the links in a directory what is behind them, as far as they are followed; without
    /// those whose target a stopped run has removed.
    fn see_through(&self, directory: &ConfinedPath, mut listed: Vec<Entry>) -> Vec<Entry> {
        if !directory.may_be_link(directory.relative().iter().count()) {
            return listed;
        }
        listed.retain_mut(|entry| {
            if entry.kind != EntryKind::Symlink {
                return true;
            }
            let name = entry.raw.as_deref().unwrap_or(OsStr::new(&entry.name));
            let path = directory.entry(name);
            let behind = path.map(|path| self.behind(&path, Purpose::Look));
            let Some(Ok(Some(behind))) = behind else {
                return true;
            };
            match self.probe_at(&behind.real) {
                Ok(Some(found)) => entry.kind = found.kind,
                Ok(None) => return false,
                Err(_) => {}
            }
            true
        });
        listed
    }

    /// Tells what stands at a path, without opening it; `None` if nothing does. The path itself may be a
    /// link or belong to anybody, since nothing is done with it; the directories above it may not. Of
    /// a link that is followed it tells what is behind it.
    pub fn probe(&self, path: &ConfinedPath) -> Result<Option<Probe>, FileError> {
        let found = self.following(path, |path| self.probe_at(path))?;
        Ok(self.probe_behind(path, found))
    }

    /// What is behind a path that is a link itself.
    fn probe_behind(&self, path: &ConfinedPath, found: Option<Probe>) -> Option<Probe> {
        let is_link = found.is_some_and(|found| found.kind == EntryKind::Symlink);
        if is_link
            && let Ok(Some(behind)) = self.behind(path, Purpose::Look)
            && let Ok(Some(target)) = self.probe_at(&behind.real)
        {
            return Some(target);
        }
        found
    }

    fn probe_at(&self, path: &ConfinedPath) -> Result<Option<Probe>, FileError> {
        let metadata = if path.relative().as_os_str().is_empty() {
            match self.walk(path, Missing::Report)? {
                Some(root) => Some(stat_handle(&root.handle, &root.path)?),
                None => None,
            }
        } else {
            match self.parent_of(path, Missing::Report)? {
                Some((directory, name)) => directory.inspect(&name)?,
                None => None,
            }
        };
        Ok(metadata.map(Probe::from))
    }

    /// Finds where a symbolic link leads, as it is written in it; `None` if there is no link.
    pub fn read_link(&self, path: &ConfinedPath) -> Result<Option<PathBuf>, FileError> {
        let Some((directory, name)) = self.parent_of(path, Missing::Report)? else {
            return Ok(None);
        };
        match fs::readlinkat(&directory.handle, &name, Vec::new()) {
            Ok(target) => Ok(Some(PathBuf::from(OsStr::from_bytes(target.as_bytes())))),
            Err(Errno::NOENT | Errno::INVAL) => Ok(None),
            Err(errno) => Err(to_file_error(directory.child(&name), errno)),
        }
    }

    /// Checks a file as for reading and reads its first bytes; `None` if there is none.
    #[cfg(feature = "sqlite")]
    pub(super) fn read_start(
        &self,
        file: &ConfinedPath,
        length: u64,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, FileError> {
        let Some((directory, name)) = self.parent_of(file, Missing::Report)? else {
            return Ok(None);
        };
        self.visited.note(file, Owners::User);
        let Some((handle, metadata)) = self.open_file(&directory, &name, Owners::User)? else {
            return Ok(None);
        };
        let path = directory.child(&name);
        if metadata.size > limit {
            return Err(FileError::TooLarge { path, limit });
        }
        let mut bytes = Vec::new();
        handle
            .take(length)
            .read_to_end(&mut bytes)
            .map_err(|error| failure_of(path, &error))?;
        Ok(Some(bytes))
    }

    /// Returns what tells one file from another, whatever their names; `None` if there is no file.
    #[cfg(feature = "sqlite")]
    pub(super) fn identity(&self, file: &ConfinedPath) -> Result<Option<(i128, i128)>, FileError> {
        let Some((directory, name)) = self.parent_of(file, Missing::Report)? else {
            return Ok(None);
        };
        let metadata = directory.inspect(&name)?;
        Ok(metadata.map(|metadata| (metadata.stamp.device, metadata.stamp.inode)))
    }

    /// Refuses what is no regular file of the user's own: nothing else is read, changed or removed.
    fn require_own_file(
        &self,
        metadata: &Metadata,
        owners: Owners,
        path: &Path,
    ) -> Result<(), FileError> {
        match metadata.kind {
            EntryKind::File => {}
            EntryKind::Symlink => {
                return Err(FileError::symlink(path.to_owned()));
            }
            EntryKind::Directory | EntryKind::Other => {
                return Err(FileError::NotAFile {
                    path: path.to_owned(),
                });
            }
        }
        let is_ours = self.owner.is_none_or(|owner| owner == metadata.owner)
            || (owners == Owners::UserOrSystem && metadata.owner == 0);
        if is_ours {
            Ok(())
        } else {
            Err(FileError::ForeignOwner {
                path: path.to_owned(),
                owner: metadata.owner,
            })
        }
    }

    /// Opens a regular file of the user's own for reading; `None` if there is none.
    fn open_file(
        &self,
        directory: &Directory,
        name: &OsStr,
        owners: Owners,
    ) -> Result<Option<(File, Metadata)>, FileError> {
        let path = directory.child(name);
        increment_counter(&self.tally.opens);
        let handle = match fs::openat(&directory.handle, name, REGULAR, Mode::empty()) {
            Ok(handle) => handle,
            Err(Errno::NOENT) => return Ok(None),
            Err(errno) => {
                // Say what is in the way, if that is the reason, rather than what the call said.
                if let Some(metadata) = directory.inspect(name)? {
                    self.require_own_file(&metadata, owners, &path)?;
                }
                return Err(to_file_error(path, errno));
            }
        };
        let metadata = stat_handle(&handle, &path)?;
        self.require_own_file(&metadata, owners, &path)?;
        Ok(Some((File::from(handle), metadata)))
    }

    /// Reads an opened file to its end.
    fn read_handle(
        &self,
        handle: &File,
        metadata: &Metadata,
        limit: u64,
        path: &Path,
        purpose: Use,
    ) -> Result<Vec<u8>, FileError> {
        let too_large = || FileError::TooLarge {
            path: path.to_owned(),
            limit,
        };
        if metadata.size > limit {
            return Err(too_large());
        }
        if purpose == Use::Look {
            self.recall.keep_seen(path, metadata.stamp);
        }
        if let Some(bytes) = self.recall.of(metadata, purpose) {
            return Ok(bytes);
        }
        increment_counter(&self.tally.reads);
        let now = self.clock.now();
        // One byte more than it has, so that the end is seen without growing the buffer.
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.size).unwrap_or(0) + 1);
        let mut handle = handle;
        handle
            .by_ref()
            .take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| failure_of(path.to_owned(), &error))?;
        if bytes.len() as u64 > limit {
            return Err(too_large());
        }
        if purpose != Use::Once {
            self.recall.keep_read(metadata, &bytes, now);
        }
        Ok(bytes)
    }
}

fn stat_handle(handle: impl AsFd, path: &Path) -> Result<Metadata, FileError> {
    fs::fstat(handle)
        .map(|stat| Metadata::from(&stat))
        .map_err(|errno| to_file_error(path.to_owned(), errno))
}

/// The entries of an opened directory, sorted by name.
fn list_entries(directory: &Directory) -> Result<Vec<Entry>, FileError> {
    let mut entries = Vec::new();
    for_each_name(directory, |name, file_type| {
        let kind = match file_type {
            FileType::Unknown => match directory.inspect(name)? {
                Some(metadata) => metadata.kind,
                None => return Ok(()),
            },
            known => kind_of(known),
        };
        let shown = name.to_string_lossy();
        let is_lossy = matches!(shown, std::borrow::Cow::Owned(_));
        entries.push(Entry {
            name: shown.into_owned(),
            is_lossy,
            raw: is_lossy.then(|| name.to_owned()),
            kind,
        });
        Ok(())
    })?;
    entries.sort_unstable();
    Ok(entries)
}

/// Visits the names in an opened directory, up to the limit.
fn for_each_name(
    directory: &Directory,
    mut visit: impl FnMut(&OsStr, FileType) -> Result<(), FileError>,
) -> Result<(), FileError> {
    let fail = |errno| to_file_error(directory.path.clone(), errno);
    let mut visited = 0;
    for entry in Dir::read_from(&directory.handle).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name == "." || name == ".." {
            continue;
        }
        visited += 1;
        if visited > ENTRY_LIMIT {
            return Err(FileError::TooMany {
                path: directory.path.clone(),
                limit: ENTRY_LIMIT,
            });
        }
        visit(name, entry.file_type())?;
    }
    Ok(())
}
