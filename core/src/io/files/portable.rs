//! The same door where there are no directory handles (Windows).
//!
//! **Untested.** It refuses links by looking before each use, which leaves a window between the
//! look and the use, and knows no owners, modes or lock files of other programs. Temporary file
//! and rename are the same as elsewhere.
#![expect(
    clippy::disallowed_methods,
    reason = "this folder is the one that writes"
)]

use std::fs;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{
    Appended, Change, ConfinedPath, DirectoryRemoval, ENTRY_LIMIT, Edited, Editor, Entry,
    EntryKind, FileError, Files, LineMaker, LockRule, Maker, Probe, Removal, count, process_nonce,
};

/// The longest last line that is read.
const LINE_LIMIT: u64 = 16 * 1024 * 1024;

/// Without directory handles there is nothing to keep between two places.
#[derive(Default)]
pub struct DirectoryHandles;

fn to_file_error(path: &Path, source: std::io::Error) -> FileError {
    let path = path.to_owned();
    match source.kind() {
        ErrorKind::PermissionDenied => FileError::Denied { path, source },
        ErrorKind::ReadOnlyFilesystem => FileError::ReadOnly { path, source },
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => FileError::NoSpace { path, source },
        ErrorKind::AlreadyExists => FileError::Exists { path },
        _ => FileError::Io { path, source },
    }
}

fn kind_of(file_type: fs::FileType) -> EntryKind {
    if file_type.is_symlink() {
        EntryKind::Symlink
    } else if file_type.is_file() {
        EntryKind::File
    } else if file_type.is_dir() {
        EntryKind::Directory
    } else {
        EntryKind::Other
    }
}

fn read_metadata(path: &Path) -> Result<Option<fs::Metadata>, FileError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(failure(path, error)),
    }
}

/// Refuses links on the way from the root to the directory that the path is in.
fn check_way(path: &ConfinedPath) -> Result<(), FileError> {
    let mut way = path.trusted_root().to_owned();
    let mut names: Vec<_> = path.relative().iter().collect();
    names.pop();
    for name in names {
        way.push(name);
        match inspect(&way)? {
            Some(metadata) if metadata.is_symlink() => {
                return Err(FileError::symlink(way));
            }
            Some(_) => {}
            None => break,
        }
    }
    Ok(())
}

fn require_file(metadata: &fs::Metadata, path: &Path) -> Result<(), FileError> {
    match kind_of(metadata.file_type()) {
        EntryKind::File => Ok(()),
        EntryKind::Symlink => Err(FileError::symlink(path.to_owned())),
        _ => Err(FileError::NotAFile {
            path: path.to_owned(),
        }),
    }
}

fn build_temporary_path(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let pid = std::process::id();
    path.with_file_name(format!(
        ".{name}.{pid}-{:016x}-0.adieu-tmp",
        process_nonce()
    ))
}

impl Files {
    /// Counts a directory as one that this run has looked into.
    pub fn also_tidy(&self, _directory: &ConfinedPath) {}

    /// Copies that killed runs have left; none are looked for here.
    pub fn abandoned(&self) -> Vec<ConfinedPath> {
        Vec::new()
    }

    /// Removes what killed runs have left; nothing is looked for here.
    pub fn clear_abandoned(&self) {}

    /// Reads a whole file; `None` if there is none.
    pub fn read(&self, file: &ConfinedPath, limit: u64) -> Result<Option<Vec<u8>>, FileError> {
        check_way(file)?;
        let path = file.to_path();
        let Some(metadata) = inspect(&path)? else {
            return Ok(None);
        };
        require_file(&metadata, &path)?;
        if metadata.len() > limit {
            return Err(FileError::TooLarge { path, limit });
        }
        count(&self.tally.opens);
        count(&self.tally.reads);
        let mut bytes = Vec::new();
        fs::File::open(&path)
            .and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes))
            .map_err(|error| failure(&path, error))?;
        if bytes.len() as u64 > limit {
            return Err(FileError::TooLarge { path, limit });
        }
        Ok(Some(bytes))
    }

    /// Reads a file that the person named on the command line; `None` if there is none. Links are
    /// followed, as for every program that is told to read a file; it must be a regular one.
    pub fn read_named(&self, path: &Path, limit: u64) -> Result<Option<Vec<u8>>, FileError> {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failure(path, error)),
        };
        require_file(&metadata, path)?;
        if metadata.len() > limit {
            return Err(FileError::TooLarge {
                path: path.to_owned(),
                limit,
            });
        }
        count(&self.tally.opens);
        count(&self.tally.reads);
        let mut bytes = Vec::new();
        fs::File::open(path)
            .and_then(|file| file.take(limit).read_to_end(&mut bytes))
            .map_err(|error| failure(path, error))?;
        Ok(Some(bytes))
    }

    /// Checks a file as for reading and reads its first bytes; `None` if there is none.
    #[cfg(feature = "sqlite")]
    #[expect(clippy::unused_self, reason = "the same signature as on Unix")]
    pub(super) fn read_start(
        &self,
        file: &ConfinedPath,
        length: u64,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, FileError> {
        check_way(file)?;
        let path = file.to_path();
        let Some(metadata) = inspect(&path)? else {
            return Ok(None);
        };
        require_file(&metadata, &path)?;
        if metadata.len() > limit {
            return Err(FileError::TooLarge { path, limit });
        }
        let mut bytes = Vec::new();
        fs::File::open(&path)
            .and_then(|file| file.take(length).read_to_end(&mut bytes))
            .map_err(|error| failure(&path, error))?;
        Ok(Some(bytes))
    }

    /// Files have no identity here.
    #[cfg(feature = "sqlite")]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "as on Unix")]
    pub(super) fn identity(&self, _file: &ConfinedPath) -> Result<Option<(i128, i128)>, FileError> {
        Ok(None)
    }

    /// The same as [`Files::read`] where there are no owners.
    pub fn read_shared(
        &self,
        file: &ConfinedPath,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, FileError> {
        self.read(file, limit)
    }

    /// [`Files::read`], by way of the directory handles that are open.
    pub fn look_along(
        &self,
        _trail: &mut DirectoryHandles,
        file: &ConfinedPath,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, FileError> {
        self.read(file, limit)
    }

    /// [`Files::read_shared`], by way of the directory handles that are open.
    pub fn look_shared_along(
        &self,
        _trail: &mut DirectoryHandles,
        file: &ConfinedPath,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, FileError> {
        self.read_shared(file, limit)
    }

    /// [`Files::probe`], by way of the directory handles that are open.
    pub fn probe_along(
        &self,
        _trail: &mut DirectoryHandles,
        path: &ConfinedPath,
    ) -> Result<Option<Probe>, FileError> {
        self.probe(path)
    }

    /// The same as [`Files::read_shared`].
    pub fn read_shared_along(
        &self,
        _trail: &mut DirectoryHandles,
        file: &ConfinedPath,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, FileError> {
        self.read_shared(file, limit)
    }

    /// [`Files::list`], by way of the directory handles that are open.
    pub fn list_along(
        &self,
        _trail: &mut DirectoryHandles,
        directory: &ConfinedPath,
    ) -> Result<Option<Vec<Entry>>, FileError> {
        self.list(directory)
    }

    /// Links are not followed here.
    #[cfg(feature = "sqlite")]
    #[expect(clippy::unused_self, reason = "the same signature as on Unix")]
    pub(super) fn where_it_is<T>(
        &self,
        path: &ConfinedPath,
        mut act: impl FnMut(&ConfinedPath) -> Result<T, FileError>,
    ) -> Result<T, FileError> {
        act(path)
    }

    /// Links are not followed here.
    #[cfg(feature = "sqlite")]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "as on Unix")]
    pub(super) fn place_to_change(
        &self,
        _path: &ConfinedPath,
    ) -> Result<Option<ConfinedPath>, FileError> {
        Ok(None)
    }

    /// Whether a link leads to a file or directory of this user: nobody can tell here.
    pub const fn leads_to_place_of(&self, _link: &ConfinedPath, _user: Option<u32>) -> bool {
        true
    }

    /// Whether a place is a link that was followed: none is here.
    #[expect(clippy::unused_self, reason = "the same signature as on Unix")]
    pub const fn is_followed_link(&self, _path: &ConfinedPath) -> bool {
        false
    }

    /// Finds where a symbolic link leads, as it is written in it; `None` if there is no link.
    pub fn read_link(&self, path: &ConfinedPath) -> Result<Option<PathBuf>, FileError> {
        check_way(path)?;
        let path = path.to_path();
        match inspect(&path)? {
            Some(metadata) if metadata.is_symlink() => fs::read_link(&path)
                .map(Some)
                .map_err(|error| failure(&path, error)),
            _ => Ok(None),
        }
    }

    /// The entries of a directory by name; `None` if there is none.
    pub fn list(&self, directory: &ConfinedPath) -> Result<Option<Vec<Entry>>, FileError> {
        check_way(directory)?;
        let path = directory.to_path();
        let Some(metadata) = inspect(&path)? else {
            return Ok(None);
        };
        if metadata.is_symlink() && !directory.relative().as_os_str().is_empty() {
            return Err(FileError::symlink(path));
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(&path).map_err(|error| failure(&path, error))? {
            let entry = entry.map_err(|error| failure(&path, error))?;
            let kind = kind_of(entry.file_type().map_err(|error| failure(&path, error))?);
            let name = entry.file_name();
            let is_lossy = name.to_str().is_none();
            entries.push(Entry {
                name: name.to_string_lossy().into_owned(),
                is_lossy,
                raw: is_lossy.then_some(name),
                kind,
            });
            if entries.len() > ENTRY_LIMIT {
                return Err(FileError::TooMany {
                    path,
                    limit: ENTRY_LIMIT,
                });
            }
        }
        entries.sort_unstable();
        Ok(Some(entries))
    }

    /// Tells what stands at a path, without opening it; `None` if nothing does.
    pub fn probe(&self, path: &ConfinedPath) -> Result<Option<Probe>, FileError> {
        check_way(path)?;
        Ok(inspect(&path.to_path())?.map(|metadata| Probe {
            kind: kind_of(metadata.file_type()),
            owner: None,
            group: None,
            mode: 0,
            size: metadata.len(),
            modified: metadata
                .modified()
                .ok()
                .and_then(|time| Timestamp::try_from(time).ok()),
        }))
    }

    /// Whether a file could be changed or removed now, as far as can be told without trying.
    pub fn require_changeable(
        &self,
        file: &ConfinedPath,
        _lock: LockRule,
    ) -> Result<(), FileError> {
        self.probe(file).map(|_| ())
    }

    /// Whether a directory could be removed now, as far as can be told without trying.
    pub fn require_removable(&self, directory: &ConfinedPath) -> Result<(), FileError> {
        self.probe(directory).map(|_| ())
    }

    /// Changes a file as `change` says; without a file nothing happens.
    pub fn edit(
        &self,
        file: &ConfinedPath,
        lock: LockRule,
        limit: u64,
        change: &mut Editor<'_>,
    ) -> Result<Edited, FileError> {
        if self.probe(file)?.is_none() {
            return Ok(Edited::Absent);
        }
        self.edit_or_create(file, lock, limit, &mut |bytes| {
            bytes.map_or(Ok(Change::Keep), &mut *change)
        })
    }

    /// The same for a file that is created if it is not there.
    pub fn edit_or_create(
        &self,
        file: &ConfinedPath,
        _lock: LockRule,
        limit: u64,
        change: &mut Maker<'_>,
    ) -> Result<Edited, FileError> {
        let path = file.to_path();
        let old = self.read(file, limit)?;
        let change = change(old.as_deref()).map_err(|source| FileError::Edit {
            path: path.clone(),
            source,
        })?;
        match (old, change) {
            (Some(old), Change::Replace(new)) if old == new => Ok(Edited::Unchanged),
            (old, Change::Replace(new)) => {
                self.put(file, &new)?;
                Ok(if old.is_some() {
                    Edited::Replaced
                } else {
                    Edited::Created
                })
            }
            (Some(_), Change::Remove) => {
                fs::remove_file(&path).map_err(|error| failure(&path, error))?;
                count(&self.tally.removals);
                Ok(Edited::Removed)
            }
            (Some(_), Change::Keep) => Ok(Edited::Unchanged),
            (None, _) => Ok(Edited::Absent),
        }
    }

    /// Creates a file with this content.
    pub fn create(&self, file: &ConfinedPath, bytes: &[u8]) -> Result<(), FileError> {
        if self.probe(file)?.is_some() {
            return Err(FileError::Exists {
                path: file.to_path(),
            });
        }
        self.put(file, bytes)
    }

    fn put(&self, file: &ConfinedPath, bytes: &[u8]) -> Result<(), FileError> {
        check_way(file)?;
        let path = file.to_path();
        let fail = |error| failure(&path, error);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(fail)?;
        }
        let temporary = temporary(&path);
        count(&self.tally.writes);
        let written = fs::File::create_new(&temporary)
            .and_then(|mut handle| handle.write_all(bytes).and_then(|()| handle.sync_all()))
            .and_then(|()| fs::rename(&temporary, &path));
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        count(&self.tally.renames);
        written.map_err(fail)
    }

    /// Removes a regular file.
    pub fn remove_file(&self, file: &ConfinedPath, _lock: LockRule) -> Result<Removal, FileError> {
        check_way(file)?;
        let path = file.to_path();
        let Some(metadata) = inspect(&path)? else {
            return Ok(Removal::Absent);
        };
        require_file(&metadata, &path)?;
        fs::remove_file(&path).map_err(|error| failure(&path, error))?;
        count(&self.tally.removals);
        Ok(Removal::Removed)
    }

    /// The same. Whether the file is what it was when it was looked at is not told here.
    pub fn remove_file_as_seen(
        &self,
        file: &ConfinedPath,
        lock: LockRule,
    ) -> Result<Removal, FileError> {
        self.remove_file(file, lock)
    }

    /// Removes a directory that is empty but for files named in `also`, which go with it.
    pub fn remove_directory(
        &self,
        directory: &ConfinedPath,
        also: &[&str],
    ) -> Result<DirectoryRemoval, FileError> {
        let path = directory.to_path();
        if directory.relative().as_os_str().is_empty() {
            return Err(FileError::Root { path });
        }
        let Some(entries) = self.list(directory)? else {
            return Ok(DirectoryRemoval::Absent);
        };
        let is_known =
            |entry: &&Entry| entry.kind == EntryKind::File && also.contains(&entry.name.as_str());
        let strangers: Vec<String> = entries
            .iter()
            .filter(|entry| !is_known(entry))
            .map(|e| e.name.clone())
            .collect();
        if !strangers.is_empty() {
            return Ok(DirectoryRemoval::NotEmpty(strangers));
        }
        for entry in &entries {
            let path = path.join(&entry.name);
            fs::remove_file(&path).map_err(|error| failure(&path, error))?;
            count(&self.tally.removals);
        }
        fs::remove_dir(&path).map_err(|error| failure(&path, error))?;
        count(&self.tally.removals);
        Ok(DirectoryRemoval::Removed)
    }

    /// Removes a directory of a tool's own with everything in it; links are removed, not followed.
    pub fn remove_tree(&self, directory: &ConfinedPath) -> Result<DirectoryRemoval, FileError> {
        check_way(directory)?;
        let path = directory.to_path();
        if directory.relative().as_os_str().is_empty() {
            return Err(FileError::Root { path });
        }
        let Some(metadata) = inspect(&path)? else {
            return Ok(DirectoryRemoval::Absent);
        };
        if metadata.is_symlink() {
            return Err(FileError::symlink(path));
        }
        if !metadata.is_dir() {
            return Err(FileError::NotADirectory { path });
        }
        fs::remove_dir_all(&path).map_err(|error| failure(&path, error))?;
        count(&self.tally.removals);
        Ok(DirectoryRemoval::Removed)
    }

    /// Appends one line; see the Unix implementation.
    pub fn append_line(
        &self,
        file: &ConfinedPath,
        make: &mut LineMaker<'_>,
    ) -> Result<Appended, FileError> {
        check_way(file)?;
        let path = file.to_path();
        let is_new = match inspect(&path)? {
            Some(metadata) => {
                require_file(&metadata, &path)?;
                false
            }
            None => true,
        };
        let fail = |error| failure(&path, error);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(fail)?;
        }
        let mut handle = fs::OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)
            .map_err(fail)?;
        handle.lock().map_err(fail)?;
        let size = handle.seek(SeekFrom::End(0)).map_err(fail)?;
        handle
            .seek(SeekFrom::Start(size.saturating_sub(LINE_LIMIT)))
            .map_err(fail)?;
        let mut end = Vec::new();
        handle.read_to_end(&mut end).map_err(fail)?;
        count(&self.tally.reads);
        let was_cut_off = end.last().is_some_and(|byte| *byte != b'\n');
        // An empty line is none.
        let last = end
            .rsplit(|byte| *byte == b'\n')
            .find(|line| !line.is_empty());
        let line = make(last).map_err(|source| FileError::Edit {
            path: path.clone(),
            source,
        })?;
        let mut bytes = if was_cut_off { vec![b'\n'] } else { Vec::new() };
        bytes.extend_from_slice(&line);
        bytes.push(b'\n');
        count(&self.tally.writes);
        handle
            .write_all(&bytes)
            .and_then(|()| handle.sync_all())
            .map_err(fail)?;
        let length = handle.metadata().map_err(fail)?.len();
        Ok(Appended {
            is_new,
            was_cut_off,
            length,
        })
    }
}
