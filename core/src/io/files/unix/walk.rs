//! The way to a file: each directory is opened inside the one before, and no link is followed.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use rustix::fs::{self, AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::metadata::Metadata;
use super::{DIRECTORY, Directory, Missing, stat_handle, to_file_error};
use crate::io::files::{ConfinedPath, EntryKind, FileError, Files};

/// The outcome of the step into one directory.
pub(super) enum Step {
    Opened(Directory),
    Absent,
    NotADirectory,
}

impl Files {
    /// Opens the directory that a file is in.
    pub(super) fn parent_of(
        &self,
        file: &ConfinedPath,
        missing: Missing,
    ) -> Result<Option<(Directory, OsString)>, FileError> {
        let (Some(parent), Some(name)) = (file.parent(), file.relative().file_name()) else {
            return Err(FileError::Root {
                path: file.to_path(),
            });
        };
        match self.walk(&parent, missing) {
            Ok(directory) => Ok(directory.map(|directory| (directory, name.to_owned()))),
            // A file where a directory of the path should be: what is asked for is not there.
            Err(FileError::NotADirectory { .. }) if missing == Missing::Report => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens a directory, component by component from its root.
    pub(super) fn walk(
        &self,
        path: &ConfinedPath,
        missing: Missing,
    ) -> Result<Option<Directory>, FileError> {
        let Some(mut directory) = self.open_root(path.trusted_root(), missing)? else {
            return Ok(None);
        };
        for name in path.relative() {
            let mut step = self.step(&directory, name)?;
            if matches!(step, Step::Absent) && missing == Missing::Create {
                self.create_directory(&directory, name)?;
                step = self.step(&directory, name)?;
            }
            directory = match step {
                Step::Opened(next) => next,
                Step::Absent => return Ok(None),
                Step::NotADirectory => {
                    return Err(FileError::NotADirectory {
                        path: directory.child(name),
                    });
                }
            };
        }
        Ok(Some(directory))
    }

    /// The root may be reached through links: the person or the system chose it.
    pub(super) fn open_root(
        &self,
        root: &Path,
        missing: Missing,
    ) -> Result<Option<Directory>, FileError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let path = || root.to_owned();
        match fs::open(root, flags, Mode::empty()) {
            Ok(handle) => Ok(Some(Directory {
                handle,
                path: path(),
            })),
            Err(Errno::NOENT) if missing == Missing::Create => {
                self.create_root(root)?;
                let handle =
                    fs::open(root, flags, Mode::empty()).map_err(|e| to_file_error(path(), e))?;
                Ok(Some(Directory {
                    handle,
                    path: path(),
                }))
            }
            Err(Errno::NOENT) => Ok(None),
            Err(Errno::NOTDIR) => Err(FileError::NotADirectory { path: path() }),
            Err(errno) => Err(to_file_error(path(), errno)),
        }
    }

    /// Creates a trusted root, such as `~/.local/state/adieu`, with the directories above it.
    fn create_root(&self, root: &Path) -> Result<(), FileError> {
        let mut missing = vec![root];
        for above in root.ancestors().skip(1) {
            if fs::stat(above).is_ok() {
                break;
            }
            missing.push(above);
        }
        for path in missing.iter().rev() {
            match fs::mkdir(*path, Mode::RWXU) {
                Ok(()) => {
                    if let Some(owner) = self.owner_to_give() {
                        let owner = rustix::process::Uid::from_raw(owner);
                        // Fails only if the directory is already somebody else's, which the walk
                        // below it reports.
                        let _ = fs::chown(*path, Some(owner), None);
                    }
                }
                Err(Errno::EXIST) => {}
                Err(errno) => return Err(to_file_error((*path).to_owned(), errno)),
            }
        }
        Ok(())
    }

    /// Opens the directory of one name inside another.
    pub(super) fn step(&self, directory: &Directory, name: &OsStr) -> Result<Step, FileError> {
        let path = directory.child(name);
        match fs::openat(&directory.handle, name, DIRECTORY, Mode::empty()) {
            Ok(handle) => {
                self.require_trusted(&stat_handle(&handle, &path)?, &path)?;
                Ok(Step::Opened(Directory { handle, path }))
            }
            Err(Errno::NOENT) => Ok(Step::Absent),
            // Systems differ in what they answer to a link here.
            Err(Errno::NOTDIR | Errno::LOOP | Errno::MLINK) => {
                match directory.inspect(name)?.map(|metadata| metadata.kind) {
                    Some(EntryKind::Symlink) => Err(FileError::symlink(path)),
                    Some(EntryKind::Directory) => Err(FileError::Changed { path }),
                    Some(_) => Ok(Step::NotADirectory),
                    None => Ok(Step::Absent),
                }
            }
            Err(errno) => Err(to_file_error(path, errno)),
        }
    }

    fn create_directory(&self, directory: &Directory, name: &OsStr) -> Result<(), FileError> {
        match fs::mkdirat(&directory.handle, name, Mode::RWXU) {
            Ok(()) => {}
            Err(Errno::EXIST) => return Ok(()),
            Err(errno) => return Err(to_file_error(directory.child(name), errno)),
        }
        if let Some(owner) = self.owner_to_give() {
            let owner = Some(rustix::process::Uid::from_raw(owner));
            fs::chownat(
                &directory.handle,
                name,
                owner,
                None,
                AtFlags::SYMLINK_NOFOLLOW,
            )
            .map_err(|errno| to_file_error(directory.child(name), errno))?;
        }
        directory.sync();
        Ok(())
    }

    /// The owner that something new must be given, if it is not the process's own.
    pub(super) fn owner_to_give(&self) -> Option<u32> {
        self.owner
            .filter(|owner| *owner != rustix::process::geteuid().as_raw())
    }

    /// A directory on the way may belong to the user or to the system.
    pub(super) fn require_trusted(
        &self,
        metadata: &Metadata,
        path: &Path,
    ) -> Result<(), FileError> {
        match self.owner {
            Some(owner) if metadata.owner != owner && metadata.owner != 0 => {
                Err(FileError::ForeignOwner {
                    path: path.to_owned(),
                    owner: metadata.owner,
                })
            }
            _ => Ok(()),
        }
    }
}
