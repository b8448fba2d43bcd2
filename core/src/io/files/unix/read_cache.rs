//! A memory of what was read or written in this run, so that a file is read once however many
//! stages look at it.
//!
//! A file is opened every time, and its content is taken from memory only if the file system says
//! that it is the same file, unchanged. Opening matters: on a network file system that is what asks
//! the server.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use super::metadata::{Metadata, Stamp};

/// The most bytes that are remembered.
const MOST: usize = 32 << 20;

/// File systems note times in steps: what was changed this shortly before it was read may change
/// again without another time. The coarsest step is that of FAT, two seconds.
const STEP: SignedDuration = SignedDuration::from_secs(3);

/// The purpose for which the content is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// To know what is there.
    Look,
    /// The same, where thousands of files are looked at and none is changed: not remembered.
    Once,
    /// To put a changed content in its place: another program's change must never be undone.
    Edit,
}

/// Contents of this run.
#[derive(Default)]
pub(in super::super) struct Recall {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    by_file: HashMap<(i128, i128), Content>,
    size: usize,
    /// The stamp of each file when it was looked at last.
    seen: HashMap<PathBuf, Stamp>,
}

struct Content {
    stamp: Stamp,
    changed: (i128, i128),
    /// Whether it is what we wrote ourselves, and nothing that may be edited.
    is_own: bool,
    bytes: Zeroizing<Vec<u8>>,
}

/// Without the contents, which hold secrets.
impl fmt::Debug for Recall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Recall").finish_non_exhaustive()
    }
}

impl Recall {
    /// The content of a file that is as it was when it was remembered.
    pub(super) fn of(&self, metadata: &Metadata, purpose: Use) -> Option<Vec<u8>> {
        let kept = self.kept();
        let content = kept.by_file.get(&build_cache_key(metadata))?;
        let is_same = content.stamp == metadata.stamp && content.changed == metadata.changed;
        (is_same && !(content.is_own && purpose == Use::Edit)).then(|| content.bytes.to_vec())
    }

    /// Remembers what was read, unless the file was changed so shortly before that a later change
    /// could not be told.
    pub(super) fn keep_read(&self, metadata: &Metadata, bytes: &[u8], now: Timestamp) {
        if metadata
            .changed_at()
            .is_some_and(|changed| now.duration_since(changed) > STEP)
        {
            self.keep(metadata, bytes, false);
        }
    }

    /// Notes what a file was when it was looked at.
    pub(super) fn keep_seen(&self, path: &Path, stamp: Stamp) {
        self.kept().seen.insert(path.to_owned(), stamp);
    }

    /// Whether a file is what it was when it was looked at last, as far as the file system tells.
    pub(super) fn is_as_seen(&self, path: &Path, stamp: &Stamp) -> bool {
        self.kept().seen.get(path).is_none_or(|seen| seen == stamp)
    }

    /// Remembers what was written.
    pub(super) fn keep_written(&self, metadata: &Metadata, bytes: &[u8]) {
        self.keep(metadata, bytes, true);
    }

    fn keep(&self, metadata: &Metadata, bytes: &[u8], is_own: bool) {
        let mut kept = self.kept();
        if let Some(old) = kept.by_file.remove(&build_cache_key(metadata)) {
            kept.size -= old.bytes.len();
        }
        if kept.size.saturating_add(bytes.len()) > MOST {
            return;
        }
        kept.size += bytes.len();
        let content = Content {
            stamp: metadata.stamp,
            changed: metadata.changed,
            is_own,
            bytes: Zeroizing::new(bytes.to_vec()),
        };
        kept.by_file.insert(build_cache_key(metadata), content);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // What a thread that panicked has left is complete: nothing is half-done in between.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const fn build_cache_key(metadata: &Metadata) -> (i128, i128) {
    (metadata.stamp.device, metadata.stamp.inode)
}
