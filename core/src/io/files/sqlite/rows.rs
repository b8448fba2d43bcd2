//! Looking at rows without changing a file, whatever state a stopped program has left it in.

use std::collections::HashSet;
use std::time::Instant;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{
    Access, Checked, Log, ROW_LIMIT, Row, SIZE_LIMIT, columns_of, distrust_schema, image,
    locate_companion, quote_identifier,
};
use crate::io::files::{ConfinedPath, FileError, Files, Probe, increment_counter};
use crate::secret::Secret;

/// The number of times that a database is read which changes while it is read.
const TRIES: usize = 3;

impl Files {
    /// Reads these columns of every row, the one that tells rows apart first; `None` if there is no
    /// database, no rows if there is no such table. Changes nothing and leaves no files behind: what
    /// a stopped transaction would be undone to is worked out in memory.
    ///
    /// A row that has been deleted in the log only is still in the file, so it is still a row.
    pub fn rows(
        &self,
        database: &ConfinedPath,
        table: &str,
        columns: &[&str],
    ) -> Result<Option<Vec<Row>>, FileError> {
        self.where_it_is(database, |database| self.rows_at(database, table, columns))
    }

    fn rows_at(
        &self,
        database: &ConfinedPath,
        table: &str,
        columns: &[&str],
    ) -> Result<Option<Vec<Row>>, FileError> {
        let Some(checked) = self.check_database(database)? else {
            return Ok(None);
        };
        let start = Instant::now();
        let connection = self.open_to_look(&checked)?;
        increment_counter(&self.tally.reads);
        let mut rows = match read_rows(&connection, table, columns) {
            Err(error) if checked.has_journal && needs_recovery(&error) => {
                drop(connection);
                let connection = self.open_image(&checked)?;
                read_rows(&connection, table, columns)
            }
            rows => rows,
        }
        .map_err(|error| checked.failure(error, start))?;
        if let Some(file) = self.open_without_log(&checked)? {
            // Without its log a file need not make sense.
            let old = read_rows(&file, table, columns).unwrap_or_default();
            let known: HashSet<&str> = rows.iter().filter_map(key_of).collect();
            let is_gone = |old: &Row| key_of(old).is_some_and(|key| !known.contains(key));
            let gone: Vec<Row> = old.into_iter().filter(is_gone).collect();
            rows.extend(gone);
        }
        if rows.len() > ROW_LIMIT {
            return Err(FileError::TooMany {
                path: checked.path,
                limit: ROW_LIMIT,
            });
        }
        Ok(Some(rows))
    }

    /// Opens a database so that nothing changes, not even beside it.
    pub(super) fn open_to_look(&self, checked: &Checked) -> Result<Connection, FileError> {
        let nobody_uses_it = checked.is_logged && !checked.is_open;
        if nobody_uses_it && (checked.log == Log::Written || checked.has_journal) {
            return self.open_image(checked);
        }
        // A database with a log gets that and its index as soon as it is read, unless it is declared
        // not to change.
        let access = if nobody_uses_it {
            Access::Frozen
        } else {
            Access::Read
        };
        self.open_database(checked, access)
    }

    /// Opens the file without what its log says; `None` if the log says nothing.
    pub(super) fn open_without_log(
        &self,
        checked: &Checked,
    ) -> Result<Option<Connection>, FileError> {
        if checked.log == Log::Empty || checked.has_journal {
            return Ok(None);
        }
        self.open_database(checked, Access::Frozen).map(Some)
    }

    /// Makes in memory what the database is once SQLite has recovered it.
    pub(super) fn open_image(&self, checked: &Checked) -> Result<Connection, FileError> {
        let start = Instant::now();
        let fail = |error| checked.failure(error, start);
        let limit = usize::try_from(SIZE_LIMIT).unwrap_or(usize::MAX);
        let [journal, log] =
            ["-journal", "-wal"].map(|suffix| locate_companion(&checked.database, suffix));
        let read = |file: &Option<ConfinedPath>| match file {
            Some(file) => self.read(file, SIZE_LIMIT).map(Option::unwrap_or_default),
            None => Ok(Vec::new()),
        };
        for _ in 0..TRIES {
            let before = self.seen(checked, [&journal, &log])?;
            let bytes = self
                .read(&checked.database, SIZE_LIMIT)?
                .unwrap_or_default();
            let (journal_bytes, log_bytes) = (read(&journal)?, read(&log)?);
            if self.seen(checked, [&journal, &log])? != before {
                continue;
            }
            let journal_bytes = zeroize::Zeroizing::new(journal_bytes);
            let log_bytes = zeroize::Zeroizing::new(log_bytes);
            let image = image::recover_database(
                bytes,
                Some(&journal_bytes),
                Some(&log_bytes),
                limit,
            )
            .ok_or_else(|| FileError::Io {
                path: checked.path.clone(),
                source: std::io::Error::other(
                    "a program was stopped while it changed it, and what it holds is not known",
                ),
            })?;
            let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_READ_WRITE;
            let mut connection = Connection::open_in_memory_with_flags(flags).map_err(fail)?;
            connection
                .deserialize_read_exact("main", image.as_slice(), image.len(), true)
                .map_err(fail)?;
            distrust_schema(&connection).map_err(fail)?;
            return Ok(connection);
        }
        Err(FileError::Changed {
            path: checked.path.clone(),
        })
    }

    fn seen(
        &self,
        checked: &Checked,
        beside: [&Option<ConfinedPath>; 2],
    ) -> Result<Vec<Option<Probe>>, FileError> {
        let files = beside.into_iter().flatten();
        std::iter::once(&checked.database)
            .chain(files)
            .map(|file| self.probe(file))
            .collect()
    }
}

/// Returns what tells a row from all others.
fn key_of(row: &Row) -> Option<&str> {
    row.first()?.as_ref().map(Secret::expose)
}

/// Whether reading failed because somebody was stopped, and it would have to be written first.
pub(super) fn needs_recovery(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied)
    )
}

fn read_rows(connection: &Connection, table: &str, columns: &[&str]) -> rusqlite::Result<Vec<Row>> {
    let existing = columns_of(connection, table)?;
    if existing.is_empty() || columns.is_empty() {
        return Ok(Vec::new());
    }
    let table = quote_identifier(table);
    let selected: Vec<String> = columns
        .iter()
        .map(|column| {
            if existing.contains(*column) {
                format!("{table}.{}", quote_identifier(column))
            } else {
                "NULL".to_owned()
            }
        })
        .collect();
    let limit = ROW_LIMIT + 1;
    let query = format!("SELECT {} FROM {table} LIMIT {limit}", selected.join(", "));
    let mut statement = connection.prepare(&query)?;
    statement
        .query_map([], |row| {
            (0..columns.len())
                .map(|column| Ok(secret_of(row.get_ref(column)?)))
                .collect()
        })?
        .collect()
}

fn secret_of(value: ValueRef<'_>) -> Option<Secret> {
    let text = match value {
        ValueRef::Null => return None,
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
    };
    Some(Secret::new(text))
}
