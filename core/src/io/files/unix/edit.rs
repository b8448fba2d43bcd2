//! Changing a file so that it is the old one or the new one at every moment.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::SignedDuration;
use rustix::fs::{self, AtFlags, Gid, Mode, OFlags, Uid};
use rustix::io::Errno;
use zeroize::Zeroizing;

use super::super::{
    Author, Change, ConfinedPath, Edited, Editor, EntryKind, Fate, FileError, Files, LockRule,
    Maker, Removal, increment_counter,
};
use super::claim::clear_lock_of;
use super::links::{Purpose, remove_behind};
use super::lock::{Held, Locking, still_named};
use super::metadata::Stamp;
use super::read_cache::Use;
use super::temporary::{Temporary, parse_temporary, temporary_name, temporary_prefix};
use super::{Directory, Metadata, Missing, Owners, failure_of, stat_handle, to_file_error};

/// No write takes this long, so an older temporary file is left over even if some process has the
/// id of its maker.
const TEMPORARY_IS_STALE: SignedDuration = SignedDuration::from_hours(1);

/// A file to be changed: its opened directory and its name there.
struct Target<'a> {
    directory: &'a Directory,
    name: &'a OsStr,
    path: PathBuf,
}

impl Files {
    /// Changes a file as `change` says: locked, read once, and replaced atomically. The new file
    /// has the mode and owner of the old one (extended attributes and access lists are not
    /// carried over). Without a file nothing happens, not even a lock file.
    ///
    /// If another program changes the file between reading and replacing, `change` is called once
    /// more with the new content. A file with several names (hard links) is an error: the old
    /// content would live on under the others.
    pub fn edit(
        &self,
        file: &ConfinedPath,
        lock: LockRule,
        limit: u64,
        change: &mut Editor<'_>,
    ) -> Result<Edited, FileError> {
        let Some(behind) = self.behind_known(file)? else {
            return self.edit_at(file, lock, limit, change);
        };
        let link = self.directory_of_link(&behind)?;
        let _held = self.lock_beside_link(link.as_ref(), &behind, lock)?;
        let mut edited = Edited::Absent;
        remove_behind(link.as_ref(), || {
            edited = self.edit_at(&behind.real, lock, limit, change)?;
            Ok(match edited {
                Edited::Removed => Removal::Removed,
                _ => Removal::Absent,
            })
        })?;
        Ok(edited)
    }

    fn edit_at(
        &self,
        file: &ConfinedPath,
        lock: LockRule,
        limit: u64,
        change: &mut Editor<'_>,
    ) -> Result<Edited, FileError> {
        let Some((directory, name)) = self.parent_of(file, Missing::Report)? else {
            return Ok(Edited::Absent);
        };
        let target = Target {
            directory: &directory,
            name: &name,
            path: directory.child(&name),
        };
        let Some(metadata) = directory.inspect(&name)? else {
            return Ok(Edited::Absent);
        };
        self.require_own_file(&metadata, Owners::User, &target.path)?;
        self.edit_target(&target, lock, limit, &mut |bytes| {
            bytes.map_or(Ok(Change::Keep), &mut *change)
        })
    }

    /// The same for a file that is created (mode 0600, missing directories 0700) if it is not
    /// there: `change` is called with `None` then.
    pub fn edit_or_create(
        &self,
        file: &ConfinedPath,
        lock: LockRule,
        limit: u64,
        change: &mut Maker<'_>,
    ) -> Result<Edited, FileError> {
        let Some(behind) = self.behind(file, Purpose::Make)? else {
            return self.edit_or_create_at(file, lock, limit, change);
        };
        let link = self.directory_of_link(&behind)?;
        let _held = self.lock_beside_link(link.as_ref(), &behind, lock)?;
        self.edit_or_create_at(&behind.real, lock, limit, change)
    }

    fn edit_or_create_at(
        &self,
        file: &ConfinedPath,
        lock: LockRule,
        limit: u64,
        change: &mut Maker<'_>,
    ) -> Result<Edited, FileError> {
        let Some((directory, name)) = self.parent_of(file, Missing::Create)? else {
            return Ok(Edited::Absent);
        };
        let target = Target {
            directory: &directory,
            name: &name,
            path: directory.child(&name),
        };
        if let Some(metadata) = directory.inspect(&name)? {
            self.require_own_file(&metadata, Owners::User, &target.path)?;
        }
        self.edit_target(&target, lock, limit, change)
    }

    /// Creates a file (mode 0600, missing directories 0700) with this content; it is there with
    /// all of it or not at all. [`FileError::Exists`] if something stands there already.
    pub fn create(&self, file: &ConfinedPath, bytes: &[u8]) -> Result<(), FileError> {
        let behind = match (file.parent(), file.relative().file_name()) {
            (Some(parent), Some(name)) => self
                .behind(&parent, Purpose::Make)?
                .and_then(|behind| behind.real.entry(name)),
            _ => None,
        };
        let file = behind.as_ref().unwrap_or(file);
        let Some((directory, name)) = self.parent_of(file, Missing::Create)? else {
            return Err(FileError::Changed {
                path: file.to_path(),
            });
        };
        let target = Target {
            directory: &directory,
            name: &name,
            path: directory.child(&name),
        };
        if directory.inspect(&name)?.is_some() {
            return Err(FileError::Exists { path: target.path });
        }
        self.clear_leftovers(&directory, &name);
        self.put_new(&target, bytes)
    }

    fn edit_target(
        &self,
        target: &Target<'_>,
        lock: LockRule,
        limit: u64,
        change: &mut Maker<'_>,
    ) -> Result<Edited, FileError> {
        let (_held, impossible) = match self.lock_beside(target.directory, target.name, lock)? {
            Locking::Held(held) => (held, None),
            Locking::Impossible(errno) => (Held::Nothing, Some(errno)),
        };
        let mut attempt = || self.edit_once(target, lock, limit, impossible, &mut *change);
        match attempt() {
            Err(FileError::Changed { .. }) => attempt(),
            result => result,
        }
    }

    fn edit_once(
        &self,
        target: &Target<'_>,
        lock: LockRule,
        limit: u64,
        impossible: Option<Errno>,
        change: &mut Maker<'_>,
    ) -> Result<Edited, FileError> {
        let opened = self.open_locked(target, lock)?;
        let old = match &opened {
            Some((handle, metadata)) => Some(Zeroizing::new(self.read_handle(
                handle,
                metadata,
                limit,
                &target.path,
                Use::Edit,
            )?)),
            None => None,
        };
        let old = old.as_ref().map(|bytes| bytes.as_slice());
        let change = change(old).map_err(|source| FileError::Edit {
            path: target.path.clone(),
            source,
        })?;
        let new = match change {
            Change::Replace(bytes) if old != Some(bytes.as_slice()) => Some(Zeroizing::new(bytes)),
            Change::Remove if old.is_some() => None,
            _ if old.is_none() => return Ok(Edited::Absent),
            _ => return Ok(Edited::Unchanged),
        };
        if let Some(errno) = impossible {
            return Err(to_file_error(target.path.clone(), errno));
        }
        self.clear_leftovers(target.directory, target.name);
        let metadata = opened.as_ref().map(|(_, metadata)| metadata);
        match (metadata, new) {
            (None, Some(bytes)) => match self.put_new(target, &bytes) {
                Ok(()) => Ok(Edited::Created),
                Err(FileError::Exists { path }) => Err(FileError::Changed { path }),
                Err(error) => Err(error),
            },
            (Some(metadata), Some(bytes)) => {
                require_one_name(metadata, &target.path)?;
                self.replace(target, metadata, &bytes)?;
                Ok(Edited::Replaced)
            }
            (Some(metadata), None) => {
                require_one_name(metadata, &target.path)?;
                require_unchanged(target, metadata)?;
                self.unlink(target.directory, target.name, AtFlags::empty())?;
                Ok(Edited::Removed)
            }
            (None, None) => Ok(Edited::Absent),
        }
    }

    /// Opens the file; without a lock beside it, locks the file itself against other runs.
    fn open_locked(
        &self,
        target: &Target<'_>,
        lock: LockRule,
    ) -> Result<Option<(File, Metadata)>, FileError> {
        let start = Instant::now();
        loop {
            let Some((handle, metadata)) =
                self.open_file(target.directory, target.name, Owners::User)?
            else {
                return Ok(None);
            };
            if lock != LockRule::None || !self.flock(&handle, start, &target.path)? {
                return Ok(Some((handle, metadata)));
            }
            // Whoever held the lock before us has probably put another file in its place.
            if still_named(target.directory, target.name, &metadata)? {
                increment_counter(&self.tally.locks);
                let metadata = stat_handle(&handle, &target.path)?;
                return Ok(Some((handle, metadata)));
            }
            self.check_time(start, &target.path)?;
        }
    }

    fn replace(&self, target: &Target<'_>, old: &Metadata, bytes: &[u8]) -> Result<(), FileError> {
        let temporary = self.write_temporary(target, Some(old), bytes)?;
        require_unchanged(target, old)?;
        fs::renameat(
            &target.directory.handle,
            &temporary.name,
            &target.directory.handle,
            target.name,
        )
        .map_err(|errno| to_file_error(target.path.clone(), errno))?;
        let stamp = temporary.stamp;
        temporary.keep();
        increment_counter(&self.tally.renames);
        target.directory.sync();
        self.note_written(target, stamp, bytes);
        Ok(())
    }

    /// Remembers what was put in place, if it is still what we have written.
    fn note_written(&self, target: &Target<'_>, written: Option<Stamp>, bytes: &[u8]) {
        if let Ok(Some(now)) = target.directory.inspect(target.name)
            && now.kind == EntryKind::File
            && written == Some(now.stamp)
        {
            self.recall.keep_written(&now, bytes);
        }
    }

    /// Puts a new file in place, unless something stands there.
    fn put_new(&self, target: &Target<'_>, bytes: &[u8]) -> Result<(), FileError> {
        let temporary = self.write_temporary(target, None, bytes)?;
        rename_to_new(target, &temporary.name)?;
        temporary.keep();
        increment_counter(&self.tally.renames);
        target.directory.sync();
        Ok(())
    }

    /// Writes a temporary file beside the target, with the mode and owner that it will need.
    fn write_temporary<'a>(
        &self,
        target: &Target<'a>,
        old: Option<&Metadata>,
        bytes: &[u8],
    ) -> Result<Temporary<'a>, FileError> {
        let fail = |errno| to_file_error(target.path.clone(), errno);
        let name = temporary_name(target.name);
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = fs::openat(
            &target.directory.handle,
            &name,
            flags,
            Mode::RUSR | Mode::WUSR,
        )
        .map_err(fail)?;
        let mut temporary = Temporary {
            directory: target.directory,
            name,
            is_kept: false,
            stamp: None,
        };
        let mut handle = File::from(handle);
        increment_counter(&self.tally.writes);
        handle
            .write_all(bytes)
            .map_err(|error| failure_of(target.path.clone(), &error))?;
        match old {
            Some(old) => copy_owner_and_mode(&handle, old).map_err(fail)?,
            None => {
                if let Some(owner) = self.owner_to_give() {
                    fs::fchown(&handle, Some(Uid::from_raw(owner)), None).map_err(fail)?;
                }
            }
        }
        fs::fsync(&handle).map_err(fail)?;
        temporary.stamp = Some(stat_handle(&handle, &target.path)?.stamp);
        Ok(temporary)
    }

    /// Removes one name, and makes that last.
    pub(super) fn unlink(
        &self,
        directory: &Directory,
        name: &OsStr,
        flags: AtFlags,
    ) -> Result<(), FileError> {
        fs::unlinkat(&directory.handle, name, flags)
            .map_err(|errno| to_file_error(directory.child(name), errno))?;
        increment_counter(&self.tally.removals);
        directory.sync();
        Ok(())
    }

    /// Removes temporary files of this file that a killed run left behind. If the directory cannot
    /// be searched for them, that is no reason not to change the file.
    pub(super) fn clear_leftovers(&self, directory: &Directory, name: &OsStr) {
        for leftover in self.leftovers.of(directory, &temporary_prefix(name)) {
            if self.is_leftover(directory, &leftover) {
                Self::clear_leftover(directory, &leftover);
            }
        }
    }

    /// Removes one of them, with the lock that it stands for. Another run may be quicker; then it is
    /// gone, as wanted.
    pub(super) fn clear_leftover(directory: &Directory, name: &OsStr) {
        clear_lock_of(directory, name);
        for flags in [AtFlags::empty(), AtFlags::REMOVEDIR] {
            if fs::unlinkat(&directory.handle, name, flags).is_ok() {
                directory.sync();
                return;
            }
        }
    }

    /// Whether a name is that of a temporary file whose maker does not run any more.
    pub(super) fn is_leftover(&self, directory: &Directory, name: &OsStr) -> bool {
        let Some((metadata, maker)) = self.own_temporary(directory, name) else {
            return false;
        };
        maker.fate() == Fate::Gone || self.is_older(&metadata, TEMPORARY_IS_STALE)
    }

    /// Whether a name is that of a temporary file, of a run that still works or was killed.
    pub(super) fn is_temporary(&self, directory: &Directory, name: &OsStr) -> bool {
        self.own_temporary(directory, name).is_some()
    }

    /// The temporary file of that name, with the process and the nonce of its maker.
    fn own_temporary(&self, directory: &Directory, name: &OsStr) -> Option<(Metadata, Author)> {
        let maker = parse_temporary(name)?;
        let metadata = directory.inspect(name).ok()??;
        // A directory is a lock that was not put in its place yet.
        let is_ours = matches!(metadata.kind, EntryKind::File | EntryKind::Directory)
            && self
                .owner
                .is_none_or(|owner| owner == metadata.owner || metadata.owner == 0);
        is_ours.then_some((metadata, maker))
    }
}

/// A change under one name would leave the old content under the others.
pub(super) fn require_one_name(metadata: &Metadata, path: &Path) -> Result<(), FileError> {
    if metadata.links > 1 {
        return Err(FileError::HardLinked {
            path: path.to_owned(),
            names: metadata.links,
        });
    }
    Ok(())
}

/// At the moment of use: the name must still stand for the file that was read, unchanged.
fn require_unchanged(target: &Target<'_>, old: &Metadata) -> Result<(), FileError> {
    match target.directory.inspect(target.name)? {
        Some(now) if now.kind == EntryKind::File && now.stamp == old.stamp => Ok(()),
        _ => Err(FileError::Changed {
            path: target.path.clone(),
        }),
    }
}

/// Renames unless something has the new name; in one call where the system has one for it.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn rename_to_new(target: &Target<'_>, temporary: &OsStr) -> Result<(), FileError> {
    let directory = &target.directory.handle;
    let fail = |errno| to_file_error(target.path.clone(), errno);
    match fs::renameat_with(
        directory,
        temporary,
        directory,
        target.name,
        fs::RenameFlags::NOREPLACE,
    ) {
        // The file system does not know the flag.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            if target.directory.inspect(target.name)?.is_some() {
                return Err(fail(Errno::EXIST));
            }
            fs::renameat(directory, temporary, directory, target.name).map_err(fail)
        }
        result => result.map_err(fail),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn rename_to_new(target: &Target<'_>, temporary: &OsStr) -> Result<(), FileError> {
    let directory = &target.directory.handle;
    fs::linkat(
        directory,
        temporary,
        directory,
        target.name,
        AtFlags::empty(),
    )
    .map_err(|errno| failure(target.path.clone(), errno))?;
    // The content is in place under its name; a temporary name that stays is cleared next time.
    let _ = fs::unlinkat(directory, temporary, AtFlags::empty());
    Ok(())
}

/// Gives the temporary file owner, group and mode of the old file.
fn copy_owner_and_mode(handle: &File, old: &Metadata) -> Result<(), Errno> {
    let new = Metadata::from(&fs::fstat(handle)?);
    let mut mode = old.mode & 0o777;
    if new.owner != old.owner {
        fs::fchown(handle, Some(Uid::from_raw(old.owner)), None)?;
    }
    if new.group != old.group && fs::fchown(handle, None, Some(Gid::from_raw(old.group))).is_err() {
        // Not a member of the old group: better nobody of the new group than the wrong people.
        mode &= 0o707;
    }
    fs::fchmod(handle, Mode::from_raw_mode(narrow_mode(mode)))
}

/// The type of modes differs between systems; nine bits fit into each.
fn narrow_mode<T: TryFrom<u32> + Default>(mode: u32) -> T {
    T::try_from(mode).unwrap_or_default()
}
