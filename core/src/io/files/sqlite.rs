//! Rows of other programs' SQLite databases.
//!
//! SQLite opens a database by its path, not by a handle. So before it does, the file and the files
//! beside it (`-journal`, `-wal`, `-shm`) are checked like every other file here; SQLite is told to
//! follow no links (`SQLITE_OPEN_NOFOLLOW`, which it checks for every component of the path); and
//! afterwards the path must still stand for the file that was checked. What remains is the time
//! between the check of a file *beside* the database and SQLite's opening it: somebody who can
//! create files in the user's own directory could put a link there in that moment.
//!
//! A transaction that was stopped halfway (`-journal`, `-wal`) is undone or completed by SQLite itself
//! when something is to be deleted; a look sees what would come of that, and changes nothing.
//!
//! POSIX locks belong to a process, so a database must not be used from two threads at once.

pub mod image;
mod rows;
mod scrub;
mod tables;

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use zeroize::Zeroizing;

pub use self::tables::Table;
use super::{ConfinedPath, FileError, Files, increment_counter};
use crate::secret::Secret;

/// The largest database that is opened, in bytes.
pub const SIZE_LIMIT: u64 = 256 * 1024 * 1024;
/// The most rows of a table that are read.
pub const ROW_LIMIT: usize = 100_000;
/// The time to wait, before reading, for somebody who writes.
const READ_PATIENCE: Duration = Duration::from_secs(1);
/// The number of removed values that are looked for afterwards, and the bytes of each.
const NEEDLES: usize = 64;
const NEEDLE_LENGTH: usize = 32;
/// Shorter values are too likely to stand elsewhere by chance.
const SHORTEST_NEEDLE: usize = 12;
/// The files that SQLite keeps beside a database.
const BESIDE: [&str; 3] = ["-journal", "-wal", "-shm"];

/// One row: the values of the columns that were asked for; `None` for NULL and for a column that
/// the table does not have.
pub type Row = Vec<Option<Secret>>;

/// The outcome of a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeletedRows {
    /// The number of rows that were deleted.
    pub rows: usize,
    /// The bytes of the deleted values were looked for in the database's files afterwards, and
    /// are gone.
    pub is_traceless: bool,
}

impl Files {
    /// Deletes the rows whose column has one of these values, in one transaction; `None` if there
    /// is no database. The freed bytes are overwritten (`secure_delete`), also in a write-ahead
    /// log; the file is not rewritten (no `VACUUM`).
    pub fn delete_rows(
        &self,
        database: &ConfinedPath,
        table: &str,
        column: &str,
        values: &[&str],
    ) -> Result<Option<DeletedRows>, FileError> {
        let place = self.place_to_change(database)?;
        let database = place.as_ref().unwrap_or(database);
        let Some(checked) = self.check_database(database)? else {
            return Ok(None);
        };
        let start = Instant::now();
        let fail = |error| checked.failure(error, start);
        // Rows that a stopped run has taken out of the log's view only: the file still has them.
        let stale = match self.open_without_log(&checked)? {
            Some(connection) => find_rows(&connection, table, column, values).unwrap_or_default(),
            None => FoundRows::default(),
        };
        let mut connection = self.open_database(&checked, Access::Write)?;
        let deleted =
            delete_found_rows(&mut connection, (table, column), values, stale).map_err(fail)?;
        // Closing before the file is opened again: that would drop SQLite's locks.
        drop(connection);
        if deleted.rows == 0 {
            return Ok(Some(DeletedRows {
                rows: 0,
                is_traceless: true,
            }));
        }
        increment_counter(&self.tally.writes);
        let is_traceless = deleted.is_checkpointed && !self.leaves(database, deleted.needles)?;
        Ok(Some(DeletedRows {
            rows: deleted.rows,
            is_traceless,
        }))
    }

    /// Checks a database and the files beside it; `None` if there is none.
    fn check_database(&self, database: &ConfinedPath) -> Result<Option<Checked>, FileError> {
        let Some(start) = self.read_start(database, 20, SIZE_LIMIT)? else {
            return Ok(None);
        };
        let mut starts: [Option<Vec<u8>>; BESIDE.len()] = Default::default();
        for (start, suffix) in starts.iter_mut().zip(BESIDE) {
            if let Some(file) = locate_companion(database, suffix) {
                *start = self.read_start(&file, 1, SIZE_LIMIT)?;
            }
        }
        let [journal, log, index] = starts;
        let root = database.trusted_root();
        // The root may be reached through links, the rest may not.
        let root = std::fs::canonicalize(root).map_err(|source| FileError::Io {
            path: root.to_owned(),
            source,
        })?;
        Ok(Some(Checked {
            path: database.to_path(),
            real_path: root.join(database.relative()),
            identity: self.identity(database)?,
            database: database.clone(),
            // SQLite itself asks the second one only; in a file that it wrote they are equal.
            is_logged: [image::WRITE_VERSION, image::READ_VERSION]
                .into_iter()
                .any(|at| start.get(at) == Some(&2))
                || log.is_some(),
            has_journal: journal.is_some_and(|start| image::is_begun(&start)),
            log: match &log {
                Some(start) if !start.is_empty() => Log::Written,
                _ => Log::Empty,
            },
            is_open: log.is_some() && index.is_some(),
        }))
    }

    fn open_database(&self, checked: &Checked, access: Access) -> Result<Connection, FileError> {
        let start = Instant::now();
        let fail = |error| checked.failure(error, start);
        let common = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        increment_counter(&self.tally.opens);
        let connection = match access {
            Access::Write => {
                let flags = common | OpenFlags::SQLITE_OPEN_READ_WRITE;
                Connection::open_with_flags(&checked.real_path, flags)
            }
            Access::Frozen => {
                let flags = common | OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
                Connection::open_with_flags(checked.immutable_uri(), flags)
            }
            Access::Read => {
                let flags = common | OpenFlags::SQLITE_OPEN_READ_ONLY;
                Connection::open_with_flags(&checked.real_path, flags)
            }
        }
        .map_err(fail)?;
        let patience = match access {
            Access::Write => self.lock_timeout,
            // Whoever only looks can look again.
            Access::Read | Access::Frozen => self.lock_timeout.min(READ_PATIENCE),
        };
        connection.busy_timeout(patience).map_err(fail)?;
        distrust_schema(&connection).map_err(fail)?;
        if self.identity(&checked.database)? != checked.identity {
            return Err(FileError::Changed {
                path: checked.path.clone(),
            });
        }
        Ok(connection)
    }

    /// Whether one of these byte strings still stands in the database's files, although no row holds
    /// it: another table may say the same of somebody who is still signed in there.
    fn leaves(
        &self,
        database: &ConfinedPath,
        needles: Vec<Zeroizing<Vec<u8>>>,
    ) -> Result<bool, FileError> {
        let mut left = self.traces(database, needles)?;
        if left.is_empty() {
            return Ok(false);
        }
        let Some(checked) = self.check_database(database)? else {
            return Ok(false);
        };
        let start = Instant::now();
        let connection = self.open_to_look(&checked)?;
        forget_what_rows_hold(&connection, &mut left)
            .map_err(|error| checked.failure(error, start))?;
        Ok(!left.is_empty())
    }

    /// Those of these byte strings that stand in the database's files.
    fn traces(
        &self,
        database: &ConfinedPath,
        needles: Vec<Zeroizing<Vec<u8>>>,
    ) -> Result<Vec<Zeroizing<Vec<u8>>>, FileError> {
        let mut files = vec![database.clone()];
        files.extend(
            ["-journal", "-wal"]
                .iter()
                .filter_map(|suffix| locate_companion(database, suffix)),
        );
        let (mut found, mut missing) = (Vec::new(), needles);
        for file in files {
            if let Some(bytes) = self.read(&file, SIZE_LIMIT)? {
                let bytes = Zeroizing::new(bytes);
                let here: Vec<_> = missing
                    .extract_if(.., |needle| has_needle(&bytes, needle))
                    .collect();
                found.extend(here);
            }
        }
        Ok(found)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    /// Reading the file as it lies there, as if nobody could change it.
    Frozen,
    Write,
}

/// The schema is somebody else's: no functions with effects from it, no text for columns.
fn distrust_schema(connection: &Connection) -> rusqlite::Result<()> {
    for (setting, value) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
    ] {
        connection.set_db_config(setting, value)?;
    }
    Ok(())
}

/// The kind of file beside a database that its changes go to first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Log {
    /// Nothing, or it is not there.
    Empty,
    Written,
}

/// A database that has been checked.
struct Checked {
    database: ConfinedPath,
    /// For messages.
    path: PathBuf,
    /// Without links in the root.
    real_path: PathBuf,
    identity: Option<(i128, i128)>,
    /// Its changes go to a log first (`-wal`).
    is_logged: bool,
    /// A transaction was begun and not ended.
    has_journal: bool,
    log: Log,
    /// The log has its index: somebody uses the database, or was stopped while he did.
    is_open: bool,
}

impl Checked {
    /// `file:…?immutable=1`
    fn immutable_uri(&self) -> String {
        let path = self.real_path.to_string_lossy();
        let escaped = path
            .replace('%', "%25")
            .replace('?', "%3f")
            .replace('#', "%23");
        format!("file:{escaped}?immutable=1")
    }

    fn failure(&self, error: rusqlite::Error, start: Instant) -> FileError {
        let path = self.path.clone();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => FileError::LockTimeout {
                path,
                waited: start.elapsed(),
            },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => FileError::Denied {
                path,
                source: std::io::Error::other(error),
            },
            Some(ErrorCode::DiskFull) => FileError::NoSpace {
                path,
                source: std::io::Error::other(error),
            },
            _ => FileError::Io {
                path,
                source: std::io::Error::other(error),
            },
        }
    }
}

fn locate_companion(database: &ConfinedPath, suffix: &str) -> Option<ConfinedPath> {
    database
        .parent()?
        .join(&format!("{}{suffix}", database.file_name()?))
}

/// An identifier that can only be read as one.
fn quote_identifier(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

/// The names of a table's columns; none if there is no such table.
fn columns_of(connection: &Connection, table: &str) -> rusqlite::Result<HashSet<String>> {
    let mut statement = connection.prepare(
        "SELECT c.name FROM sqlite_schema t, pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name = ?1",
    )?;
    statement.query_map([table], |row| row.get(0))?.collect()
}

struct Deleted {
    rows: usize,
    needles: Vec<Zeroizing<Vec<u8>>>,
    is_checkpointed: bool,
}

/// Rows that were looked for.
#[derive(Default)]
struct FoundRows {
    rows: usize,
    needles: Vec<Zeroizing<Vec<u8>>>,
}

/// The rows with one of these values, none if there is no such column.
fn find_rows(
    connection: &Connection,
    table: &str,
    column: &str,
    values: &[&str],
) -> rusqlite::Result<FoundRows> {
    let mut found = FoundRows::default();
    if columns_of(connection, table)?.contains(column) {
        let (table, column) = (quote_identifier(table), quote_identifier(column));
        let query = format!("SELECT * FROM {table} WHERE {table}.{column} = ?1");
        let mut find = connection.prepare(&query)?;
        for value in values {
            found.rows += collect_needles(&mut find, value, &mut found.needles)?;
        }
    }
    Ok(found)
}

fn delete_found_rows(
    connection: &mut Connection,
    (table, column): (&str, &str),
    values: &[&str],
    stale: FoundRows,
) -> rusqlite::Result<Deleted> {
    let is_there = columns_of(connection, table)?.contains(column);
    if !is_there && stale.rows == 0 {
        return Ok(Deleted {
            rows: 0,
            needles: Vec::new(),
            is_checkpointed: true,
        });
    }
    connection.pragma_update(None, "secure_delete", "ON")?;
    // What only the log holds goes into the file first: a run that is stopped after the deletion
    // leaves the old rows there, where the next one finds them, and not in the log.
    checkpoint_log(connection)?;
    let FoundRows { mut rows, needles } = stale;
    let mut needles = needles;
    if is_there {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found = find_rows(&transaction, table, column, values)?;
        needles.extend(found.needles);
        let (table, column) = (quote_identifier(table), quote_identifier(column));
        let mut deleted = 0;
        {
            let query = format!("DELETE FROM {table} WHERE {table}.{column} = ?1");
            let mut remove = transaction.prepare(&query)?;
            for value in values {
                deleted += remove.execute([value])?;
            }
        }
        rows = rows.max(deleted);
        if rows > 0 {
            forget_what_stays(&transaction, &table, &mut needles)?;
        }
        transaction.commit()?;
    }
    let is_checkpointed = rows == 0 || checkpoint_log(connection)?;
    Ok(Deleted {
        rows,
        needles,
        is_checkpointed,
    })
}

/// Brings what the log holds into the file, and empties the log; whether nobody was in the way.
fn checkpoint_log(connection: &Connection) -> rusqlite::Result<bool> {
    let query = "PRAGMA wal_checkpoint(TRUNCATE)";
    let is_blocked: i64 = connection.query_row(query, [], |row| row.get(0))?;
    Ok(is_blocked == 0)
}

/// Counts the rows with a value, and takes a piece from the middle of each longer value in them: the beginnings of tokens and
/// JSON texts are often the same.
fn collect_needles(
    find: &mut rusqlite::Statement<'_>,
    value: &str,
    needles: &mut Vec<Zeroizing<Vec<u8>>>,
) -> rusqlite::Result<usize> {
    let columns = find.column_count();
    let mut count = 0;
    let mut rows = find.query([value])?;
    while let Some(row) = rows.next()? {
        count += 1;
        if needles.len() >= NEEDLES {
            continue;
        }
        for column in 0..columns {
            if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(column)?
                && bytes.len() >= SHORTEST_NEEDLE
                && bytes != value.as_bytes()
            {
                let length = bytes.len().min(NEEDLE_LENGTH);
                let start = (bytes.len() - length) / 2;
                needles.push(Zeroizing::new(bytes[start..start + length].to_vec()));
            }
        }
    }
    Ok(count)
}

/// A piece that also stands in a row that stays would be found and mean nothing.
fn forget_what_stays(
    connection: &Connection,
    table: &str,
    needles: &mut Vec<Zeroizing<Vec<u8>>>,
) -> rusqlite::Result<()> {
    let mut all = connection.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = all.column_count();
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(column)? {
                needles.retain(|needle| !has_needle(bytes, needle));
            }
        }
    }
    Ok(())
}

/// The same for the rows of all tables.
fn forget_what_rows_hold(
    connection: &Connection,
    needles: &mut Vec<Zeroizing<Vec<u8>>>,
) -> rusqlite::Result<()> {
    let mut names = connection.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' \
         AND substr(name, 1, 7) <> 'sqlite_' AND sql NOT LIKE 'CREATE VIRTUAL%'",
    )?;
    let tables: Vec<String> = names
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for table in tables {
        if needles.is_empty() {
            break;
        }
        forget_what_stays(connection, &quote_identifier(&table), needles)?;
    }
    Ok(())
}

fn has_needle(bytes: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty() && bytes.windows(needle.len()).any(|window| window == needle)
}

#[cfg(unix)]
#[cfg(test)]
mod recovery_tests;
#[cfg(unix)]
#[cfg(test)]
mod tests;
