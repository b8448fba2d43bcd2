//! Appending one line to a file that only grows.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::Instant;

use rustix::fs::{self, Mode, OFlags};

use super::super::{
    Appended, ConfinedPath, EditError, FileError, Files, LineMaker, increment_counter,
};
use super::edit::require_one_name;
use super::lock::still_named;
use super::{Missing, Owners, failure_of, stat_handle, to_file_error};

/// The longest last line that is read.
const LINE_LIMIT: u64 = 256 * 1024 * 1024;
/// The bytes that are read at once, from the end.
const CHUNK: u64 = 8 * 1024;

impl Files {
    /// Appends one line. The file (created with mode 0600, missing directories with 0700) is
    /// locked; `make` gets its last line without the line end (`None`: there is no line; an empty
    /// one is none) and answers with the new one, without a line end.
    ///
    /// If the last line has no end, the machine stopped while it was written: it stays as it is,
    /// is given to `make` all the same, and the new line starts after it.
    pub fn append_line(
        &self,
        file: &ConfinedPath,
        make: &mut LineMaker<'_>,
    ) -> Result<Appended, FileError> {
        let path = file.to_path();
        let (mut handle, is_new) = self.open_to_append(file)?;
        let tail = self.last_line(&mut handle, &path)?;
        let was_cut_off = tail.as_ref().is_some_and(|tail| !tail.is_complete);
        let refuse = |source| FileError::Edit {
            path: path.clone(),
            source,
        };
        let line = make(tail.as_ref().map(|tail| tail.line.as_slice())).map_err(refuse)?;
        if line.contains(&b'\n') {
            let reason = "a line to be appended has a line end in it".to_owned();
            return Err(refuse(EditError::Refused(reason)));
        }
        let mut bytes = Vec::with_capacity(line.len() + 2);
        if was_cut_off {
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(&line);
        bytes.push(b'\n');
        increment_counter(&self.tally.writes);
        handle
            .write_all(&bytes)
            .map_err(|error| failure_of(path.clone(), &error))?;
        fs::fsync(&handle).map_err(|errno| to_file_error(path.clone(), errno))?;
        let length = stat_handle(&handle, &path)?.size;
        Ok(Appended {
            is_new,
            was_cut_off,
            length,
        })
    }

    /// Opens, or creates, the file and locks it.
    fn open_to_append(&self, file: &ConfinedPath) -> Result<(File, bool), FileError> {
        let Some((directory, name)) = self.parent_of(file, Missing::Create)? else {
            return Err(FileError::Changed {
                path: file.to_path(),
            });
        };
        let path = directory.child(&name);
        let flags = OFlags::RDWR
            | OFlags::APPEND
            | OFlags::CREATE
            | OFlags::NOFOLLOW
            | OFlags::CLOEXEC
            | OFlags::NONBLOCK
            | OFlags::NOCTTY;
        let start = Instant::now();
        loop {
            let before = directory.inspect(&name)?;
            if let Some(metadata) = &before {
                self.require_own_file(metadata, Owners::User, &path)?;
            }
            increment_counter(&self.tally.opens);
            let handle = fs::openat(&directory.handle, &name, flags, Mode::RUSR | Mode::WUSR)
                .map_err(|errno| to_file_error(path.clone(), errno))?;
            let metadata = self.adopt(&handle, &path)?;
            self.require_own_file(&metadata, Owners::User, &path)?;
            // What is appended would be in all of them.
            require_one_name(&metadata, &path)?;
            let is_locked = self.flock(&handle, start, &path)?;
            if !is_locked || still_named(&directory, &name, &metadata)? {
                if is_locked {
                    increment_counter(&self.tally.locks);
                }
                if before.is_none() {
                    directory.sync();
                }
                return Ok((File::from(handle), before.is_none()));
            }
            self.check_time(start, &path)?;
        }
    }

    /// Reads the last line, from the end of the file backwards.
    fn last_line(&self, handle: &mut File, path: &Path) -> Result<Option<Tail>, FileError> {
        let fail = |error: std::io::Error| failure_of(path.to_owned(), &error);
        let size = handle.seek(SeekFrom::End(0)).map_err(fail)?;
        increment_counter(&self.tally.reads);
        let mut chunks: Vec<Vec<u8>> = Vec::new();
        let mut position = size;
        let mut is_complete = false;
        while position > 0 && size - position <= LINE_LIMIT {
            let start = position.saturating_sub(CHUNK);
            let mut chunk = vec![0; usize::try_from(position - start).unwrap_or(0)];
            handle.seek(SeekFrom::Start(start)).map_err(fail)?;
            handle.read_exact(&mut chunk).map_err(fail)?;
            position = start;
            // Line ends behind the last line are not those of the line before it.
            while chunks.is_empty() && chunk.last() == Some(&b'\n') {
                is_complete = true;
                chunk.pop();
            }
            if chunk.is_empty() {
                continue;
            }
            let found = chunk.iter().rposition(|byte| *byte == b'\n');
            if let Some(end_before) = found {
                chunk.drain(..=end_before);
            }
            chunks.push(chunk);
            if found.is_some() || position == 0 {
                chunks.reverse();
                let line = chunks.concat();
                return Ok(Some(Tail { line, is_complete }));
            }
        }
        if position == 0 {
            Ok(None)
        } else {
            Err(FileError::TooLarge {
                path: path.to_owned(),
                limit: LINE_LIMIT,
            })
        }
    }
}

/// The end of the file.
struct Tail {
    line: Vec<u8>,
    is_complete: bool,
}
