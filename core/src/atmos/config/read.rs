//! The few reads that configuration needs. It may follow symbolic links (people link their
//! `atmos.yaml`), because nothing is ever changed through these paths.

use std::ffi::OsString;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::trust::Refusal;

/// The largest file that is read, in bytes.
pub(super) const SIZE_LIMIT: u64 = 8 * 1024 * 1024;

/// The reason why a file was not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    /// There is no such file.
    #[error("the file does not exist")]
    Missing,
    /// It is a directory, a pipe or a device.
    #[error("it is not a regular file")]
    NotRegular,
    /// It is larger than [`SIZE_LIMIT`].
    #[error("it is larger than 8 MiB")]
    TooLarge,
    /// All files together would be larger than one load may be.
    #[error("the configuration is larger than {} MiB altogether", super::import::TEXT_LIMIT >> 20)]
    OverBudget,
    /// It is not the person's, or others can change it.
    #[error("{0}")]
    Untrusted(Refusal),
    /// The system refused.
    #[error("{0}")]
    Io(io::Error),
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing,
            _ => Self::Io(error),
        }
    }
}

/// The bytes of a regular file of at most [`SIZE_LIMIT`] and of at most `left` bytes, if `judge` lets
/// what was opened pass.
pub(super) fn read_file(
    path: &Path,
    left: u64,
    judge: impl FnOnce(&Metadata) -> Result<(), Refusal>,
) -> Result<Vec<u8>, ReadError> {
    let file = open_without_waiting(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(ReadError::NotRegular);
    }
    judge(&metadata).map_err(ReadError::Untrusted)?;
    if metadata.len() > SIZE_LIMIT {
        return Err(ReadError::TooLarge);
    }
    if metadata.len() > left {
        return Err(ReadError::OverBudget);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default() + 1);
    let limit = SIZE_LIMIT.min(left);
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::TooLarge);
    }
    Ok(bytes)
}

/// Opens without waiting: a pipe in the file's place must not hang us.
#[cfg(unix)]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

/// Whether there is a regular file, possibly behind a link.
pub(super) fn is_file(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// Whether there is a directory, possibly behind a link.
pub(super) fn is_directory(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// The path without symbolic links on the way, if there is something.
pub(super) fn canonicalize_path(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok()
}

/// Whether there is anything of that name.
pub(super) fn is_present(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

/// One entry of a directory.
#[derive(Debug)]
pub(super) struct DirectoryEntry {
    /// Its name.
    pub(super) name: OsString,
    /// Whether it is a directory itself; a link to one is not.
    pub(super) is_directory: bool,
}

/// At most `limit` entries of a directory, sorted by name; none if there is no directory.
pub(super) fn list_directory(path: &Path, limit: usize) -> Result<Vec<DirectoryEntry>, ReadError> {
    let entries = match std::fs::read_dir(path).map_err(ReadError::from) {
        Ok(entries) => entries,
        Err(ReadError::Missing) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found: Vec<DirectoryEntry> = entries
        .take(limit)
        .flatten()
        .map(|entry| DirectoryEntry {
            is_directory: entry.file_type().is_ok_and(|kind| kind.is_dir()),
            name: entry.file_name(),
        })
        .collect();
    found.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(found)
}
