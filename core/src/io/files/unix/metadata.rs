//! Metadata: what a file is, without opening it.

use jiff::Timestamp;
use rustix::fs::{FileType, Stat};

use super::super::EntryKind;

/// The part of `struct stat` that is needed, in types that are the same on every system.
#[derive(Clone, Copy)]
pub(super) struct Metadata {
    pub(super) kind: EntryKind,
    pub(super) owner: u32,
    pub(super) group: u32,
    pub(super) mode: u32,
    pub(super) links: u64,
    pub(super) size: u64,
    pub(super) stamp: Stamp,
    /// The time when anything about it was changed last, in seconds and nanoseconds: no program can
    /// set it.
    pub(super) changed: (i128, i128),
}

impl Metadata {
    pub(super) fn changed_at(&self) -> Option<Timestamp> {
        to_timestamp(self.changed)
    }
}

/// Two equal stamps: the same file with the same content, as far as the file system tells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) device: i128,
    pub(super) inode: i128,
    pub(super) size: i128,
    pub(super) seconds: i128,
    pub(super) nanoseconds: i128,
}

impl Stamp {
    pub(super) const fn is_same_inode(&self, other: &Self) -> bool {
        self.device == other.device && self.inode == other.inode
    }

    pub(super) fn modified(&self) -> Option<Timestamp> {
        to_timestamp((self.seconds, self.nanoseconds))
    }
}

fn to_timestamp((seconds, nanoseconds): (i128, i128)) -> Option<Timestamp> {
    let nanoseconds = seconds
        .checked_mul(1_000_000_000)?
        .checked_add(nanoseconds)?;
    Timestamp::from_nanosecond(nanoseconds).ok()
}

/// The fields of `struct stat` have different types on every system.
fn widen_field(value: impl TryInto<i128>) -> i128 {
    value.try_into().unwrap_or(-1)
}

impl From<&Stat> for Metadata {
    fn from(stat: &Stat) -> Self {
        let mode = widen_field(stat.st_mode);
        Self {
            kind: kind_of(FileType::from_raw_mode(stat.st_mode)),
            owner: stat.st_uid,
            group: stat.st_gid,
            mode: u32::try_from(mode & 0o7777).unwrap_or(0),
            links: u64::try_from(widen_field(stat.st_nlink)).unwrap_or(0),
            size: u64::try_from(widen_field(stat.st_size)).unwrap_or(0),
            stamp: Stamp {
                device: widen_field(stat.st_dev),
                inode: widen_field(stat.st_ino),
                size: widen_field(stat.st_size),
                seconds: widen_field(stat.st_mtime),
                nanoseconds: widen_field(stat.st_mtime_nsec),
            },
            changed: (widen_field(stat.st_ctime), widen_field(stat.st_ctime_nsec)),
        }
    }
}

pub(super) fn kind_of(file_type: FileType) -> EntryKind {
    match file_type {
        FileType::RegularFile => EntryKind::File,
        FileType::Directory => EntryKind::Directory,
        FileType::Symlink => EntryKind::Symlink,
        _ => EntryKind::Other,
    }
}
