//! Changes behind a link: the link's own directory, the lock beside it, and the removal of both.

use std::ffi::OsString;

use rustix::fs;

use super::Behind;
use crate::io::files::unix::claim::{claim_link, remove_link};
use crate::io::files::unix::lock::{Held, Locking};
use crate::io::files::unix::{Directory, Missing, to_file_error};
use crate::io::files::{ConfinedPath, FileError, Files, LockRule, Removal};

impl Files {
    /// The opened directory of the link in a path's last component, and its name there.
    pub(in crate::io::files::unix) fn directory_of_link(
        &self,
        behind: &Behind,
    ) -> Result<Option<(Directory, OsString)>, FileError> {
        match &behind.link {
            Some(link) => self.parent_of(link, Missing::Report),
            None => Ok(None),
        }
    }

    /// Takes the lock beside a link too: its owner may lock by the name that it uses.
    pub(in crate::io::files::unix) fn lock_beside_link<'directory>(
        &self,
        link: Option<&'directory (Directory, OsString)>,
        behind: &Behind,
        rule: LockRule,
    ) -> Result<Held<'directory>, FileError> {
        let Some((directory, name)) = link else {
            return Ok(Held::Nothing);
        };
        let parent = |path: &ConfinedPath| path.parent();
        let is_one_directory = behind.link.as_ref().and_then(parent) == parent(&behind.real);
        if matches!(rule, LockRule::NamedDirectory { .. }) && is_one_directory {
            return Ok(Held::Nothing);
        }
        match self.lock_beside(directory, name, rule)? {
            Locking::Held(held) => Ok(held),
            Locking::Impossible(errno) => Err(to_file_error(directory.child(name), errno)),
        }
    }
}

/// Removes a file behind a link, and then the link, which would lead to nothing. A run that is
/// stopped in between leaves a note by which the next one takes the link.
pub(in crate::io::files::unix) fn remove_behind(
    link: Option<&(Directory, OsString)>,
    remove: impl FnOnce() -> Result<Removal, FileError>,
) -> Result<Removal, FileError> {
    let Some((directory, name)) = link else {
        return remove();
    };
    let seen = directory.inspect(name)?;
    let claim = seen.as_ref().map(|seen| claim_link(directory, name, seen));
    let removal = remove();
    if let (Ok(Removal::Removed), Some(seen)) = (&removal, &seen) {
        remove_link(directory, name, seen);
    }
    if let Some(Ok(claim)) = claim {
        let _ = fs::unlinkat(&directory.handle, claim, fs::AtFlags::empty());
    }
    removal
}
