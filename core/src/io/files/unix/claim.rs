//! Locks that are there while they are held, and whose they are.
//!
//! A lock file of ours names its process in its content. A lock directory must stay empty, as its
//! other users expect (they remove it with `rmdir`), so a file beside it names both: a *claim*, whose
//! name is that of a temporary file and so tells the process, and whose content tells the directory.
//! Both are made before the lock appears under its name, in one step; so a run that is killed anywhere
//! leaves nothing that cannot be told from another program's.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;

use rustix::fs::{self, AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::super::{Author, EntryKind, Fate, Files};
use super::metadata::Metadata;
use super::temporary::{TEMPORARY_SUFFIX, parse_temporary, temporary_name, temporary_prefix};
use super::{Directory, REGULAR, for_each_name};

/// The beginning of the content of a lock file of ours.
const MARK: &str = "adieu ";
/// Longer ones are not ours.
const LONGEST: usize = 256;

impl Files {
    /// Whether a link is one whose target a stopped run has removed: nothing is there any more.
    pub(super) fn is_abandoned_link(&self, directory: &Directory, name: &OsStr) -> bool {
        let Ok(Some(link)) = directory.inspect(name) else {
            return false;
        };
        let claims = notes_on(directory, name);
        link.kind == EntryKind::Symlink
            && claims.iter().any(|claim| {
                self.is_leftover(directory, claim) && claims_link(directory, claim, name, &link)
            })
    }

    /// Whether a lock is one of ours whose process is gone.
    pub(super) fn is_abandoned(
        &self,
        directory: &Directory,
        name: &OsStr,
        lock: &Metadata,
    ) -> bool {
        if lock.kind != EntryKind::Directory {
            return author_in(directory, name).is_some_and(|author| author.fate() == Fate::Gone);
        }
        notes_on(directory, name)
            .iter()
            .any(|claim| self.is_leftover(directory, claim) && claims_lock(directory, claim, lock))
    }
}

/// The temporary files that were made for a name.
fn notes_on(directory: &Directory, name: &OsStr) -> Vec<OsString> {
    let prefix = temporary_prefix(name);
    let mut notes = Vec::new();
    let _ = for_each_name(directory, |candidate, _| {
        if candidate.as_bytes().starts_with(prefix.as_bytes()) {
            notes.push(candidate.to_owned());
        }
        Ok(())
    });
    notes
}

/// Makes a lock appear under its name, and says which file tells whose it is.
pub(super) fn make_lock(
    directory: &Directory,
    name: &OsStr,
    kind: EntryKind,
) -> Result<Option<OsString>, Errno> {
    // Cheaper than making one in vain, again and again.
    if matches!(directory.inspect(name), Ok(Some(_))) {
        return Err(Errno::EXIST);
    }
    if kind == EntryKind::Directory {
        return make_directory(directory, name);
    }
    let content = format!("{MARK}{}\n", Author::own());
    let prepared = temporary_name(name);
    write_small(directory, &prepared, content.as_bytes())?;
    let placed = match rename_exclusively(directory, &prepared, name) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            // The file system cannot do it in one step.
            write_small(directory, name, content.as_bytes())
        }
        placed => placed.inspect(|()| directory.sync()),
    };
    let _ = fs::unlinkat(&directory.handle, &prepared, AtFlags::empty());
    placed.map(|()| None)
}

/// Writes down that a link goes with what it leads to, before that goes; the name of the note.
pub(super) fn claim_link(
    directory: &Directory,
    name: &OsStr,
    link: &Metadata,
) -> Result<OsString, Errno> {
    let claim = temporary_name(name);
    write_small(directory, &claim, link_claim(link).as_bytes())?;
    Ok(claim)
}

fn link_claim(link: &Metadata) -> String {
    format!("{MARK}link {} {}\n", link.stamp.device, link.stamp.inode)
}

/// Whether nothing is behind a link any more.
fn is_dangling(directory: &Directory, name: &OsStr) -> bool {
    matches!(
        fs::statat(&directory.handle, name, AtFlags::empty()),
        Err(Errno::NOENT)
    )
}

/// Whether a temporary file only tells whose a lock is.
pub(super) fn is_claim(directory: &Directory, name: &OsStr) -> bool {
    read_small(directory, name).is_some_and(|content| content.starts_with(MARK))
}

/// Removes the lock that a temporary file of a killed run stands for, or the link whose target that run
/// had removed, if it is one.
pub(super) fn clear_lock_of(directory: &Directory, claim: &OsStr) {
    let Some(name) = protected_by(claim) else {
        return;
    };
    if let Ok(Some(lock)) = directory.inspect(&name)
        && lock.kind == EntryKind::Directory
        && claims_lock(directory, claim, &lock)
    {
        take_away(directory, &name, &lock, AtFlags::REMOVEDIR);
    }
    if let Ok(Some(link)) = directory.inspect(&name)
        && claims_link(directory, claim, &name, &link)
    {
        remove_link(directory, &name, &link);
    }
}

/// Whether a note says of a link that it goes with what it led to, and that is gone.
fn claims_link(directory: &Directory, claim: &OsStr, name: &OsStr, link: &Metadata) -> bool {
    link.kind == EntryKind::Symlink
        && is_dangling(directory, name)
        && read_small(directory, claim).is_some_and(|content| content == link_claim(link))
}

/// Removes a link, if it is still the one that was looked at.
pub(super) fn remove_link(directory: &Directory, name: &OsStr, seen: &Metadata) {
    if let Ok(Some(now)) = directory.inspect(name)
        && now.kind == EntryKind::Symlink
        && now.stamp.is_same_inode(&seen.stamp)
        && fs::unlinkat(&directory.handle, name, AtFlags::empty()).is_ok()
    {
        directory.sync();
    }
}

/// A lock directory, and the claim to it; none where the file system cannot do it in one step.
fn make_directory(directory: &Directory, name: &OsStr) -> Result<Option<OsString>, Errno> {
    let (prepared, claim) = (temporary_name(name), temporary_name(name));
    fs::mkdirat(&directory.handle, &prepared, Mode::RWXU)?;
    let placed = claim_of(directory, &prepared)
        .and_then(|content| write_small(directory, &claim, content.as_bytes()))
        .and_then(|()| rename_exclusively(directory, &prepared, name));
    match placed {
        Ok(()) => Ok(Some(claim)),
        Err(errno) => {
            let _ = fs::unlinkat(&directory.handle, &prepared, AtFlags::REMOVEDIR);
            let _ = fs::unlinkat(&directory.handle, &claim, AtFlags::empty());
            if matches!(errno, Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) {
                return fs::mkdirat(&directory.handle, name, Mode::RWXU).map(|()| None);
            }
            Err(errno)
        }
    }
}

fn claim_of(directory: &Directory, name: &OsStr) -> Result<String, Errno> {
    let metadata = Metadata::from(&fs::statat(
        &directory.handle,
        name,
        AtFlags::SYMLINK_NOFOLLOW,
    )?);
    Ok(format_claim(&metadata))
}

fn format_claim(lock: &Metadata) -> String {
    format!("{MARK}lock {} {}\n", lock.stamp.device, lock.stamp.inode)
}

fn claims_lock(directory: &Directory, name: &OsStr, lock: &Metadata) -> bool {
    read_small(directory, name).is_some_and(|content| content == format_claim(lock))
}

/// The process that a lock file names.
fn author_in(directory: &Directory, name: &OsStr) -> Option<Author> {
    let content = read_small(directory, name)?;
    Author::parse(content.strip_prefix(MARK)?.strip_suffix('\n')?)
}

/// The name that a temporary file was made for.
fn protected_by(temporary: &OsStr) -> Option<OsString> {
    parse_temporary(temporary)?;
    let name = temporary.as_bytes().strip_prefix(b".")?;
    let name = name.strip_suffix(TEMPORARY_SUFFIX.as_bytes())?;
    let end = name.iter().rposition(|byte| *byte == b'.')?;
    Some(OsStr::from_bytes(&name[..end]).to_owned())
}

/// Removes a lock, if it is still the one that was looked at: by another name first, so that one
/// which somebody else has made meanwhile can be given back.
pub(super) fn take_away(directory: &Directory, name: &OsStr, seen: &Metadata, flags: AtFlags) {
    let aside = temporary_name(name);
    if fs::renameat(&directory.handle, name, &directory.handle, &aside).is_err() {
        return;
    }
    match directory.inspect(&aside) {
        Ok(Some(moved)) if moved.stamp.is_same_inode(&seen.stamp) => {
            let _ = fs::unlinkat(&directory.handle, &aside, flags);
        }
        _ => {
            let _ = rename_exclusively(directory, &aside, name);
        }
    }
}

fn write_small(directory: &Directory, name: &OsStr, content: &[u8]) -> Result<(), Errno> {
    let create =
        OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = fs::openat(&directory.handle, name, create, Mode::RUSR | Mode::WUSR)?;
    let written = rustix::io::retry_on_intr(|| rustix::io::write(&file, content));
    match written {
        Ok(length) if length == content.len() => Ok(()),
        result => {
            let _ = fs::unlinkat(&directory.handle, name, AtFlags::empty());
            Err(result.err().unwrap_or(Errno::NOSPC))
        }
    }
}

fn read_small(directory: &Directory, name: &OsStr) -> Option<String> {
    let file = fs::openat(&directory.handle, name, REGULAR, Mode::empty()).ok()?;
    let mut bytes = vec![0; LONGEST];
    let length = rustix::io::retry_on_intr(|| rustix::io::read(&file, &mut bytes[..])).ok()?;
    bytes.truncate(length);
    String::from_utf8(bytes).ok()
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn rename_exclusively(directory: &Directory, from: &OsStr, to: &OsStr) -> Result<(), Errno> {
    let handle = &directory.handle;
    fs::renameat_with(handle, from, handle, to, fs::RenameFlags::NOREPLACE)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn rename_exclusively(_: &Directory, _: &OsStr, _: &OsStr) -> Result<(), Errno> {
    Err(Errno::NOSYS)
}
