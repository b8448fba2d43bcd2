//! A look at all tables of a database that nobody has described, within limits.

use std::time::Instant;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode};

use super::{quote_identifier, rows::needs_recovery};
use crate::io::files::{ConfinedPath, FileError, Files, increment_counter};
use crate::secret::Secret;

/// What every database begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// The largest database that is looked through, in bytes.
const LARGEST: u64 = 64 << 20;
/// The most tables of it.
const TABLES: u32 = 300;
/// The most rows of a table.
const ROWS: usize = 1_000;
/// The longest text, in bytes; a longer one is left out.
const LONGEST_TEXT: usize = 64 << 10;
/// The most bytes of texts of a database.
const TEXTS: usize = 4 << 20;

/// One table: texts only, since numbers and bytes say nothing by themselves.
pub struct Table {
    /// Its name.
    pub name: String,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its rows, a value a column; `None` for what is no text, and for a text that is too long.
    pub rows: Vec<Vec<Option<Secret>>>,
    /// Whether these are all the rows there are.
    pub is_whole: bool,
}

impl Files {
    /// Reads the texts of all tables, within limits; `None` if the file is no database, or too large a
    /// one. Changes nothing, as [`Files::rows`] does.
    pub fn tables(&self, database: &ConfinedPath) -> Result<Option<Vec<Table>>, FileError> {
        match self.where_it_is(database, |database| self.tables_at(database)) {
            Err(FileError::TooLarge { .. }) => Ok(None),
            tables => tables,
        }
    }

    fn tables_at(&self, database: &ConfinedPath) -> Result<Option<Vec<Table>>, FileError> {
        let length = u64::try_from(MAGIC.len()).unwrap_or_default();
        let start = self.read_start(database, length, LARGEST)?;
        if start.is_none_or(|start| start != MAGIC) {
            return Ok(None);
        }
        let Some(checked) = self.check_database(database)? else {
            return Ok(None);
        };
        let start = Instant::now();
        let connection = self.open_to_look(&checked)?;
        increment_counter(&self.tally.reads);
        let tables = match read_tables(&connection) {
            Err(error) if checked.has_journal && needs_recovery(&error) => {
                drop(connection);
                read_tables(&self.open_image(&checked)?)
            }
            tables => tables,
        };
        tables
            .map(Some)
            .map_err(|error| checked.failure(error, start))
    }
}

fn read_tables(connection: &Connection) -> rusqlite::Result<Vec<Table>> {
    let mut names = connection.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         AND sql NOT LIKE 'CREATE VIRTUAL%' LIMIT ?1",
    )?;
    let names: Vec<String> = names
        .query_map([TABLES], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut left = TEXTS;
    let tables = names.into_iter();
    let mut found = Vec::new();
    for name in tables {
        match read_table(connection, name, &mut left) {
            Ok(table) => found.push(table),
            // One that wants an extension does not hide the others.
            Err(error) if matches!(error.sqlite_error_code(), None | Some(ErrorCode::Unknown)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

fn read_table(connection: &Connection, name: String, left: &mut usize) -> rusqlite::Result<Table> {
    let limit = ROWS + 1;
    let query = format!("SELECT * FROM {} LIMIT {limit}", quote_identifier(&name));
    let mut statement = connection.prepare(&query)?;
    let names = statement.column_names();
    let columns: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let mut found = Vec::new();
    let mut is_whole = true;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if found.len() == ROWS || *left == 0 {
            is_whole = false;
            break;
        }
        let mut values = Vec::with_capacity(columns.len());
        for column in 0..columns.len() {
            values.push(match row.get_ref(column)? {
                ValueRef::Text(bytes) if bytes.len() <= LONGEST_TEXT => {
                    *left = left.saturating_sub(bytes.len());
                    Some(Secret::new(String::from_utf8_lossy(bytes).into_owned()))
                }
                _ => None,
            });
        }
        found.push(values);
    }
    Ok(Table {
        name,
        columns,
        rows: found,
        is_whole,
    })
}
