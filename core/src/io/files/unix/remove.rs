//! Removing files, and directories with nothing but known files in them.

use std::ffi::OsStr;
use std::path::Path;

use rustix::fs::{self, AtFlags};
use rustix::io::Errno;

use super::super::{
    ConfinedPath, DirectoryRemoval, EntryKind, FileError, Files, LockRule, Removal,
    increment_counter,
};
use super::edit::require_one_name;
use super::links::remove_behind;
use super::lock::{Locking, is_held, require_writable};
use super::metadata::Metadata;
use super::{
    Directory, Missing, Owners, Step, for_each_name, list_entries, stat_handle, to_file_error,
};

/// The deepest nesting of directories that is removed with a tree.
const TREE_DEPTH: usize = 64;

impl Files {
    /// Removes a regular file of the user's own, under its lock. A file with several names (hard
    /// links) is an error: its content would live on under the others.
    pub fn remove_file(&self, file: &ConfinedPath, lock: LockRule) -> Result<Removal, FileError> {
        self.remove_file_if(file, lock, |_, _| true)
    }

    /// The same for a file that must be what it was when it was looked at last; one that another
    /// program has written since is [`FileError::Changed`], and stays.
    pub fn remove_file_as_seen(
        &self,
        file: &ConfinedPath,
        lock: LockRule,
    ) -> Result<Removal, FileError> {
        self.remove_file_if(file, lock, |path, metadata| {
            self.recall.is_as_seen(path, &metadata.stamp)
        })
    }

    fn remove_file_if(
        &self,
        file: &ConfinedPath,
        lock: LockRule,
        may_go: impl Fn(&Path, &Metadata) -> bool,
    ) -> Result<Removal, FileError> {
        let Some(behind) = self.behind_known(file)? else {
            return self.remove_file_at(file, lock, may_go);
        };
        let link = self.directory_of_link(&behind)?;
        let _held = self.lock_beside_link(link.as_ref(), &behind, lock)?;
        remove_behind(link.as_ref(), || {
            self.remove_file_at(&behind.real, lock, may_go)
        })
    }

    fn remove_file_at(
        &self,
        file: &ConfinedPath,
        lock: LockRule,
        may_go: impl Fn(&Path, &Metadata) -> bool,
    ) -> Result<Removal, FileError> {
        let Some((directory, name)) = self.parent_of(file, Missing::Report)? else {
            return Ok(Removal::Absent);
        };
        let path = directory.child(&name);
        let Some(metadata) = directory.inspect(&name)? else {
            return Ok(Removal::Absent);
        };
        self.require_own_file(&metadata, Owners::User, &path)?;
        let _held = match self.lock_beside(&directory, &name, lock)? {
            Locking::Held(held) => held,
            Locking::Impossible(errno) => return Err(to_file_error(path, errno)),
        };
        self.clear_leftovers(&directory, &name);
        let Some(metadata) = directory.inspect(&name)? else {
            return Ok(Removal::Absent);
        };
        self.require_own_file(&metadata, Owners::User, &path)?;
        require_one_name(&metadata, &path)?;
        if !may_go(&path, &metadata) {
            return Err(FileError::Changed { path });
        }
        self.unlink(&directory, &name, AtFlags::empty())?;
        Ok(Removal::Removed)
    }

    /// Removes a directory that is empty but for files named in `also` (lock files) and temporary
    /// files of a killed run, which go with it. If anything else is in it, or one of those is a held
    /// lock, all of it stays.
    pub fn remove_directory(
        &self,
        directory: &ConfinedPath,
        also: &[&str],
    ) -> Result<DirectoryRemoval, FileError> {
        let behind = self.directory_behind(directory)?;
        let directory = behind.as_ref().unwrap_or(directory);
        let Some((parent, name)) = self.parent_of(directory, Missing::Report)? else {
            return Ok(DirectoryRemoval::Absent);
        };
        let path = parent.child(&name);
        let inner = match self.step(&parent, &name)? {
            Step::Opened(inner) => inner,
            Step::Absent => return Ok(DirectoryRemoval::Absent),
            Step::NotADirectory => return Err(FileError::NotADirectory { path }),
        };
        let opened = stat_handle(&inner.handle, &path)?;
        // On the way a directory of the system's is fine; to be removed it must be the user's.
        if self.owner.is_some_and(|owner| owner != opened.owner) {
            return Err(FileError::ForeignOwner {
                path,
                owner: opened.owner,
            });
        }
        let inside = list_entries(&inner)?;
        let strangers: Vec<String> = inside
            .iter()
            .filter(|entry| {
                let name = OsStr::new(&entry.name);
                let is_own = !entry.is_lossy;
                let is_lock =
                    is_own && entry.kind == EntryKind::File && also.contains(&entry.name.as_str());
                if is_lock {
                    is_held(&inner, name)
                } else {
                    !(is_own && self.is_leftover(&inner, name))
                }
            })
            .map(|entry| entry.name.clone())
            .collect();
        if !strangers.is_empty() {
            return Ok(DirectoryRemoval::NotEmpty(strangers));
        }
        for entry in &inside {
            let name = OsStr::new(&entry.name);
            if self.is_leftover(&inner, name) {
                Self::clear_leftover(&inner, name);
            } else if let Some(metadata) = inner.inspect(name)? {
                self.require_own_file(&metadata, Owners::User, &inner.child(name))?;
                self.unlink(&inner, name, AtFlags::empty())?;
            }
        }
        match parent.inspect(&name)? {
            Some(now) if now.stamp.is_same_inode(&opened.stamp) => {}
            Some(_) => return Err(FileError::Changed { path }),
            None => return Ok(DirectoryRemoval::Absent),
        }
        match fs::unlinkat(&parent.handle, &name, AtFlags::REMOVEDIR) {
            Ok(()) => {
                increment_counter(&self.tally.removals);
                parent.sync();
                Ok(DirectoryRemoval::Removed)
            }
            // Somebody put something in meanwhile.
            Err(Errno::NOTEMPTY | Errno::EXIST) => {
                let names = list_entries(&inner)?
                    .into_iter()
                    .map(|entry| entry.name)
                    .collect();
                Ok(DirectoryRemoval::NotEmpty(names))
            }
            Err(errno) => Err(to_file_error(path, errno)),
        }
    }

    /// Whether a directory could be removed now with what is in it, as far as can be told without looking
    /// into all of it. Changes nothing; one that is not there needs no removal.
    pub fn require_removable(&self, directory: &ConfinedPath) -> Result<(), FileError> {
        let behind = self.directory_behind(directory)?;
        let directory = behind.as_ref().unwrap_or(directory);
        let Some((parent, name)) = self.parent_of(directory, Missing::Report)? else {
            return Ok(());
        };
        let path = parent.child(&name);
        match self.step(&parent, &name)? {
            Step::Opened(inner) => {
                let owner = stat_handle(&inner.handle, &path)?.owner;
                if self.owner.is_some_and(|own| own != owner) {
                    return Err(FileError::ForeignOwner { path, owner });
                }
                require_writable(&parent)?;
                require_writable(&inner)
            }
            Step::Absent => Ok(()),
            Step::NotADirectory => Err(FileError::NotADirectory { path }),
        }
    }

    /// Where a directory is that is to be removed. One that is a link itself is a place that the person
    /// has chosen for more than a tool's files, so it is not removed.
    fn directory_behind(
        &self,
        directory: &ConfinedPath,
    ) -> Result<Option<ConfinedPath>, FileError> {
        match self.behind_known(directory)? {
            Some(behind) if behind.link.is_some() => Err(FileError::symlink(directory.to_path())),
            behind => Ok(behind.map(|behind| behind.real)),
        }
    }

    /// Removes a directory of a tool's own with everything in it: what is not the user's stays, and
    /// is named. Links are removed, never followed.
    pub fn remove_tree(&self, directory: &ConfinedPath) -> Result<DirectoryRemoval, FileError> {
        let behind = self.directory_behind(directory)?;
        let directory = behind.as_ref().unwrap_or(directory);
        let Some((parent, name)) = self.parent_of(directory, Missing::Report)? else {
            return Ok(DirectoryRemoval::Absent);
        };
        let mut left = Vec::new();
        if !self.clear(&parent, &name, TREE_DEPTH, &mut left)? {
            return Ok(DirectoryRemoval::Absent);
        }
        parent.sync();
        if left.is_empty() {
            Ok(DirectoryRemoval::Removed)
        } else {
            Ok(DirectoryRemoval::NotEmpty(left))
        }
    }

    /// Empties a directory and removes it, unless something stays in it, which is added to `left`.
    /// Whether it was there.
    fn clear(
        &self,
        parent: &Directory,
        name: &OsStr,
        depth: usize,
        left: &mut Vec<String>,
    ) -> Result<bool, FileError> {
        let path = parent.child(name);
        let inner = match self.step(parent, name)? {
            Step::Opened(inner) => inner,
            Step::Absent => return Ok(false),
            Step::NotADirectory => return Err(FileError::NotADirectory { path }),
        };
        let opened = stat_handle(&inner.handle, &path)?;
        let is_foreign = |owner: u32| self.owner.is_some_and(|own| own != owner);
        let before = left.len();
        if depth == 0 || is_foreign(opened.owner) {
            left.push(path.display().to_string());
            return Ok(true);
        }
        let mut names = Vec::new();
        for_each_name(&inner, |name, _| {
            names.push(name.to_owned());
            Ok(())
        })?;
        for name in names {
            let Some(metadata) = inner.inspect(&name)? else {
                continue;
            };
            if metadata.kind == EntryKind::Directory {
                self.clear(&inner, &name, depth - 1, left)?;
            } else if is_foreign(metadata.owner) {
                left.push(inner.child(&name).display().to_string());
            } else {
                fs::unlinkat(&inner.handle, &name, AtFlags::empty())
                    .map_err(|errno| to_file_error(inner.child(&name), errno))?;
                increment_counter(&self.tally.removals);
            }
        }
        if left.len() > before {
            return Ok(true);
        }
        inner.sync();
        match parent.inspect(name)? {
            Some(now) if now.stamp.is_same_inode(&opened.stamp) => {}
            _ => return Err(FileError::Changed { path }),
        }
        fs::unlinkat(&parent.handle, name, AtFlags::REMOVEDIR)
            .map_err(|errno| to_file_error(path, errno))?;
        increment_counter(&self.tally.removals);
        Ok(true)
    }
}
