//! Temporary files beside those that are changed: their names tell who made them, and one that is not
//! kept goes.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rustix::fs::{self, AtFlags};

use super::metadata::Stamp;
use super::{Directory, for_each_name, stat_handle};
use crate::io::files::Author;

pub(super) const TEMPORARY_SUFFIX: &str = ".adieu-tmp";

/// The bytes of a file's name that go into that of its temporary file; names have 255 bytes at
/// most.
const TEMPORARY_STEM: usize = 150;

/// A temporary file that is removed unless it is kept.
pub(super) struct Temporary<'a> {
    pub(super) directory: &'a Directory,
    pub(super) name: OsString,
    pub(super) is_kept: bool,
    /// The metadata that it had when it had been written.
    pub(super) stamp: Option<Stamp>,
}

impl Temporary<'_> {
    pub(super) fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = fs::unlinkat(
                &self.directory.handle,
                self.name.as_os_str(),
                AtFlags::empty(),
            );
        }
    }
}

/// The temporary files that stood in directories when each was looked at first. A killed run has
/// left them before that, so once is enough: with many files in a directory, a look for each of
/// them would take the square of their number.
#[derive(Debug, Default)]
pub(in crate::io::files) struct Leftovers(Mutex<HashMap<(i128, i128), Vec<OsString>>>);

impl Leftovers {
    /// Those that begin like this.
    pub(super) fn of(&self, directory: &Directory, prefix: &OsStr) -> Vec<OsString> {
        let Ok(metadata) = stat_handle(&directory.handle, &directory.path) else {
            return Vec::new();
        };
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all = seen
            .entry((metadata.stamp.device, metadata.stamp.inode))
            .or_insert_with(|| {
                let mut names = Vec::new();
                let _ = for_each_name(directory, |candidate, _| {
                    if candidate.as_bytes().ends_with(TEMPORARY_SUFFIX.as_bytes()) {
                        names.push(candidate.to_owned());
                    }
                    Ok(())
                });
                names
            });
        all.iter()
            .filter(|name| name.as_bytes().starts_with(prefix.as_bytes()))
            .cloned()
            .collect()
    }
}

/// `.<name>.`: what the names of all temporary files of one file begin with.
pub(super) fn temporary_prefix(name: &OsStr) -> OsString {
    let stem = &name.as_bytes()[..name.len().min(TEMPORARY_STEM)];
    let mut prefix = OsString::from(".");
    prefix.push(OsStr::from_bytes(stem));
    prefix.push(".");
    prefix
}

/// `.<name>.<maker>-<number>.adieu-tmp`
pub(super) fn temporary_name(name: &OsStr) -> OsString {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let mut temporary = temporary_prefix(name);
    temporary.push(format!("{}-{number}{TEMPORARY_SUFFIX}", Author::own()));
    temporary
}

/// The process that a temporary file's name tells.
pub(super) fn parse_temporary(name: &OsStr) -> Option<Author> {
    let name = name.as_bytes().strip_prefix(b".")?;
    let name = name.strip_suffix(TEMPORARY_SUFFIX.as_bytes())?;
    let dot = name.iter().rposition(|byte| *byte == b'.')?;
    let (maker, number) = std::str::from_utf8(&name[dot + 1..])
        .ok()?
        .rsplit_once('-')?;
    let _number: u64 = number.parse().ok()?;
    Author::parse(maker)
}
