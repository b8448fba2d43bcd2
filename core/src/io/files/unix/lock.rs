//! Keeping other programs, and other runs of adieu, out while a file is changed.

use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use rustix::fs::{self, Access, AtFlags, FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use super::super::{ConfinedPath, EntryKind, FileError, Files, LockRule, increment_counter};
use super::claim::{make_lock, take_away};
use super::edit::require_one_name;
use super::metadata::Stamp;
use super::{Directory, Metadata, Missing, Owners, REGULAR, stat_handle, to_file_error};

/// The time to sleep between two tries.
const PAUSE: Duration = Duration::from_millis(10);
/// `proper-lockfile`'s own limit.
const DIRECTORY_IS_STALE: SignedDuration = SignedDuration::from_secs(10);
/// No tool holds such a lock for longer than one write.
const EXCLUSIVE_IS_STALE: SignedDuration = SignedDuration::from_mins(10);

/// The time by which a wait goes on for longer than that, so that a lock whose holder was killed
/// just now is taken over, as the tools do it themselves.
const UNTIL_STALE: Duration = Duration::from_secs(2);
/// The time to wait for a lock once another one was waited for in vain: the time of a run is not
/// spent on each anew, and what was left behind together is stale by then.
const IMPATIENT: Duration = Duration::from_millis(500);

/// A lock that is held until it is dropped.
pub(super) enum Held<'directory> {
    /// No lock is needed, or the file system knows none.
    Nothing,
    /// An opened file under `flock`, if the file system knows that: closing it releases the lock.
    Flock {
        _handle: OwnedFd,
        /// The file, if it was created for this.
        made: Option<Box<Made<'directory>>>,
    },
    /// A file or directory that is the lock by being there.
    Name {
        directory: &'directory Directory,
        name: OsString,
        flags: AtFlags,
        /// The file that tells whose lock it is, where it cannot tell itself.
        claim: Option<OsString>,
    },
}

/// A lock file that was not there before it was needed.
pub(super) struct Made<'directory> {
    directory: &'directory Directory,
    name: OsString,
    /// The file that it protects.
    protected: OsString,
    metadata: Metadata,
}

impl Made<'_> {
    /// Takes the lock file away again if nothing is left to be protected. It is still held, so that
    /// whoever waits for it finds it gone, and locks anew.
    fn clear(&self) {
        let is_gone = matches!(self.directory.inspect(&self.protected), Ok(None));
        if is_gone
            && matches!(
                still_named(self.directory, &self.name, &self.metadata),
                Ok(true)
            )
        {
            let _ = fs::unlinkat(&self.directory.handle, &self.name, AtFlags::empty());
        }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        match self {
            Self::Nothing | Self::Flock { made: None, .. } => {}
            // The handle is closed after this.
            Self::Flock {
                made: Some(made), ..
            } => made.clear(),
            Self::Name {
                directory,
                name,
                flags,
                claim,
            } => {
                let _ = fs::unlinkat(&directory.handle, name.as_os_str(), *flags);
                if let Some(claim) = claim {
                    let _ = fs::unlinkat(&directory.handle, claim.as_os_str(), AtFlags::empty());
                }
            }
        }
    }
}

/// The outcome of taking a lock for a file.
pub(super) enum Locking<'directory> {
    Held(Held<'directory>),
    /// The directory does not let us create the lock. The same error will meet a change of the
    /// file itself, so it counts only if there is a change to be made.
    Impossible(Errno),
}

impl Files {
    /// Whether a file could be changed or removed now: its directory can be written in, and its lock can
    /// be had. Changes nothing; a file that is not there needs no change.
    pub fn require_changeable(&self, file: &ConfinedPath, lock: LockRule) -> Result<(), FileError> {
        let Some(behind) = self.behind_known(file)? else {
            return self.require_changeable_at(file, lock);
        };
        let link = self.directory_of_link(&behind)?;
        if let Some((directory, _)) = &link {
            require_writable(directory)?;
        }
        let _held = self.lock_beside_link(link.as_ref(), &behind, lock)?;
        self.require_changeable_at(&behind.real, lock)
    }

    fn require_changeable_at(&self, file: &ConfinedPath, lock: LockRule) -> Result<(), FileError> {
        let Some((directory, name)) = self.parent_of(file, Missing::Report)? else {
            return Ok(());
        };
        let path = directory.child(&name);
        let Some(metadata) = directory.inspect(&name)? else {
            return Ok(());
        };
        self.require_own_file(&metadata, Owners::User, &path)?;
        require_one_name(&metadata, &path)?;
        require_writable(&directory)?;
        match self.lock_beside(&directory, &name, lock)? {
            Locking::Held(_released) => Ok(()),
            Locking::Impossible(errno) => Err(to_file_error(path, errno)),
        }
    }

    /// Takes the lock beside the file that the rule names.
    pub(super) fn lock_beside<'directory>(
        &self,
        directory: &'directory Directory,
        file: &OsStr,
        rule: LockRule,
    ) -> Result<Locking<'directory>, FileError> {
        let beside = |suffix: &str| {
            let mut name = file.to_owned();
            name.push(suffix);
            name
        };
        match rule {
            LockRule::None => Ok(Locking::Held(Held::Nothing)),
            LockRule::Sibling => self.lock_sibling(directory, file, &beside(".lock")),
            LockRule::Exclusive { suffix } => self.lock_by_name(
                directory,
                beside(suffix),
                EntryKind::File,
                EXCLUSIVE_IS_STALE,
            ),
            LockRule::Directory => self.lock_by_name(
                directory,
                beside(".lock"),
                EntryKind::Directory,
                DIRECTORY_IS_STALE,
            ),
            LockRule::NamedDirectory { name } => self.lock_by_name(
                directory,
                name.into(),
                EntryKind::Directory,
                DIRECTORY_IS_STALE,
            ),
        }
    }

    /// `flock` on a lock file that stays in place, as long as there is something to protect.
    fn lock_sibling<'directory>(
        &self,
        directory: &'directory Directory,
        protected: &OsStr,
        name: &OsStr,
    ) -> Result<Locking<'directory>, FileError> {
        let path = directory.child(name);
        let start = Instant::now();
        loop {
            let (handle, is_made) = match open_or_make(directory, name) {
                Ok(opened) => opened,
                Err(errno @ (Errno::ACCESS | Errno::PERM | Errno::ROFS | Errno::NOSPC)) => {
                    return Ok(Locking::Impossible(errno));
                }
                Err(errno) => {
                    if let Some(metadata) = directory.inspect(name)? {
                        self.require_own_file(&metadata, Owners::User, &path)?;
                    }
                    return Err(to_file_error(path, errno));
                }
            };
            let metadata = self.adopt(&handle, &path)?;
            self.require_own_file(&metadata, Owners::User, &path)?;
            let is_locked = self.flock(&handle, start, &path)?;
            // The holder before us may have removed the lock file, alone or with its directory.
            if !is_locked || still_named(directory, name, &metadata)? {
                if is_locked {
                    increment_counter(&self.tally.locks);
                }
                let made = is_made.then(|| {
                    Box::new(Made {
                        directory,
                        name: name.to_owned(),
                        protected: protected.to_owned(),
                        metadata,
                    })
                });
                return Ok(Locking::Held(Held::Flock {
                    _handle: handle,
                    made,
                }));
            }
            self.check_time(start, &path)?;
        }
    }

    /// A lock that is there while it is held.
    fn lock_by_name<'directory>(
        &self,
        directory: &'directory Directory,
        name: OsString,
        kind: EntryKind,
        stale_after: SignedDuration,
    ) -> Result<Locking<'directory>, FileError> {
        let path = directory.child(&name);
        let start = Instant::now();
        let limit = self.patience(stale_after);
        let mut seen: Option<(Stamp, Instant)> = None;
        let flags = if kind == EntryKind::Directory {
            AtFlags::REMOVEDIR
        } else {
            AtFlags::empty()
        };
        loop {
            match make_lock(directory, &name, kind) {
                Ok(claim) => {
                    increment_counter(&self.tally.locks);
                    return Ok(Locking::Held(Held::Name {
                        directory,
                        name,
                        flags,
                        claim,
                    }));
                }
                Err(errno @ (Errno::ACCESS | Errno::PERM | Errno::ROFS | Errno::NOSPC)) => {
                    return Ok(Locking::Impossible(errno));
                }
                Err(Errno::EXIST) => {}
                Err(errno) => return Err(to_file_error(path, errno)),
            }
            if let Some(metadata) = directory.inspect(&name)? {
                self.require_lock_kind(&metadata, kind, &path)?;
                // By the clock, or because nobody touched it for as long: clocks of file systems differ.
                let (stamp, since) = *seen.get_or_insert((metadata.stamp, start));
                if stamp != metadata.stamp {
                    seen = Some((metadata.stamp, Instant::now()));
                }
                let was_watched = Duration::try_from(stale_after)
                    .is_ok_and(|age| stamp == metadata.stamp && since.elapsed() > age);
                if was_watched
                    || self.is_older(&metadata, stale_after)
                    || self.is_abandoned(directory, &name, &metadata)
                {
                    take_away(directory, &name, &metadata, flags);
                    self.check_named(start, limit, &path)?;
                    continue;
                }
            }
            self.check_named(start, limit, &path)?;
            thread::sleep(PAUSE);
        }
    }

    fn require_lock_kind(
        &self,
        metadata: &Metadata,
        kind: EntryKind,
        path: &Path,
    ) -> Result<(), FileError> {
        let path = path.to_owned();
        if metadata.kind == EntryKind::Symlink {
            return Err(FileError::symlink(path));
        }
        if metadata.kind != kind {
            return Err(if kind == EntryKind::Directory {
                FileError::NotADirectory { path }
            } else {
                FileError::NotAFile { path }
            });
        }
        self.require_trusted(metadata, &path)
    }

    pub(super) fn is_older(&self, metadata: &Metadata, age: SignedDuration) -> bool {
        let now = self.clock.now();
        metadata
            .stamp
            .modified()
            .is_some_and(|modified| now.duration_since(modified) > age)
    }

    /// Waits for an exclusive `flock`; `false` where the file system knows no locks.
    pub(super) fn flock(
        &self,
        handle: impl AsFd,
        start: Instant,
        path: &Path,
    ) -> Result<bool, FileError> {
        loop {
            match fs::flock(&handle, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(true),
                Err(Errno::WOULDBLOCK) => {
                    self.check_time(start, path)?;
                    thread::sleep(PAUSE);
                }
                Err(Errno::INTR) => {}
                // Network file systems: no locks at all, or only for files opened for writing. Go
                // on: the change is still atomic, and noticed if somebody else makes one.
                Err(
                    Errno::OPNOTSUPP
                    | Errno::NOSYS
                    | Errno::INVAL
                    | Errno::NOLCK
                    | Errno::BADF
                    | Errno::IO,
                ) => return Ok(false),
                Err(errno) => return Err(to_file_error(path.to_owned(), errno)),
            }
        }
    }

    /// The time to wait for a lock that is taken over when it is this old.
    fn patience(&self, stale_after: SignedDuration) -> Duration {
        if self.waited_in_vain.load(Ordering::Relaxed) {
            return self.lock_timeout.min(IMPATIENT);
        }
        match Duration::try_from(stale_after) {
            Ok(stale) if stale <= self.lock_timeout => self.lock_timeout.max(stale + UNTIL_STALE),
            _ => self.lock_timeout,
        }
    }

    fn check_named(&self, start: Instant, limit: Duration, path: &Path) -> Result<(), FileError> {
        let waited = start.elapsed();
        if waited < limit {
            return Ok(());
        }
        self.waited_in_vain.store(true, Ordering::Relaxed);
        Err(FileError::LockTimeout {
            path: path.to_owned(),
            waited,
        })
    }

    pub(super) fn check_time(&self, start: Instant, path: &Path) -> Result<(), FileError> {
        let waited = start.elapsed();
        if waited < self.lock_timeout {
            return Ok(());
        }
        Err(FileError::LockTimeout {
            path: path.to_owned(),
            waited,
        })
    }

    /// Gives a file that was perhaps just created to the expected owner (when an administrator
    /// works on another user's home); returns what it is then.
    pub(super) fn adopt(&self, handle: impl AsFd, path: &Path) -> Result<Metadata, FileError> {
        let metadata = stat_handle(&handle, path)?;
        let Some(owner) = self.owner_to_give() else {
            return Ok(metadata);
        };
        let is_new = metadata.size == 0
            && metadata.links == 1
            && metadata.kind == EntryKind::File
            && metadata.owner == rustix::process::geteuid().as_raw();
        if !is_new {
            return Ok(metadata);
        }
        fs::fchown(&handle, Some(rustix::process::Uid::from_raw(owner)), None)
            .map_err(|errno| to_file_error(path.to_owned(), errno))?;
        stat_handle(handle, path)
    }
}

/// Names can be made and removed in a directory.
pub(super) fn require_writable(directory: &Directory) -> Result<(), FileError> {
    let access = Access::WRITE_OK | Access::EXEC_OK;
    fs::accessat(&directory.handle, ".", access, AtFlags::EACCESS)
        .map_err(|errno| to_file_error(directory.path.clone(), errno))
}

/// Opens a lock file, and tells whether it had to be made for that.
fn open_or_make(directory: &Directory, name: &OsStr) -> Result<(OwnedFd, bool), Errno> {
    let open = |flags| fs::openat(&directory.handle, name, flags, Mode::RUSR | Mode::WUSR);
    match open(REGULAR) {
        Err(Errno::NOENT) => {}
        opened => return Ok((opened?, false)),
    }
    match open(REGULAR | OFlags::CREATE | OFlags::EXCL) {
        Ok(made) => Ok((made, true)),
        // Somebody was quicker.
        Err(Errno::EXIST) => Ok((open(REGULAR | OFlags::CREATE)?, false)),
        Err(errno) => Err(errno),
    }
}

/// Whether the name still stands for the file that was opened.
pub(super) fn still_named(
    directory: &Directory,
    name: &OsStr,
    opened: &Metadata,
) -> Result<bool, FileError> {
    Ok(directory
        .inspect(name)?
        .is_some_and(|found| found.stamp.is_same_inode(&opened.stamp)))
}

/// Whether a lock file beside is held by somebody right now.
pub(super) fn is_held(directory: &Directory, name: &OsStr) -> bool {
    fs::openat(&directory.handle, name, REGULAR, Mode::empty()).is_ok_and(|handle| {
        fs::flock(&handle, FlockOperation::NonBlockingLockExclusive) == Err(Errno::WOULDBLOCK)
    })
}

#[cfg(test)]
mod tests {
    use super::{DIRECTORY_IS_STALE, Duration, EXCLUSIVE_IS_STALE, IMPATIENT, Ordering};
    use crate::io::files::testing::Home;

    #[test]
    fn wait_is_longer_than_a_lock_takes_to_become_stale() {
        let home = Home::new();
        let seconds = Duration::from_secs;
        let files = |limit| home.later(0).with_lock_timeout(seconds(limit));
        // A lock that was left a moment ago is taken over, not waited for in vain.
        assert_eq!(files(10).patience(DIRECTORY_IS_STALE), seconds(12));
        // Who said less gets less.
        assert_eq!(files(2).patience(DIRECTORY_IS_STALE), seconds(2));
        assert_eq!(files(10).patience(EXCLUSIVE_IS_STALE), seconds(10));
        assert_eq!(files(60).patience(DIRECTORY_IS_STALE), seconds(60));
    }

    #[test]
    fn wait_for_a_second_lock_is_short_after_one_in_vain() {
        let home = Home::new();
        let files = home.later(0).with_lock_timeout(Duration::from_secs(10));
        files.waited_in_vain.store(true, Ordering::Relaxed);
        assert_eq!(files.patience(DIRECTORY_IS_STALE), IMPATIENT);
    }
}
