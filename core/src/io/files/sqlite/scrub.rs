//! Byte strings in a database: in the rows that it has, and in what deleted rows have left in its file.

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::time::Instant;
use zeroize::Zeroizing;

use super::{
    Access, ConfinedPath, FileError, Files, SIZE_LIMIT, checkpoint_log, columns_of, has_needle,
    increment_counter, locate_companion, quote_identifier,
};
use crate::secret::Secret;

/// What stands in the place of a byte string, as often as it is long.
const PLACEHOLDER: u8 = b'*';

/// Tables that hold rows of their own.
const TABLES: &str = "SELECT name FROM sqlite_schema WHERE type = 'table' \
     AND substr(name, 1, 7) <> 'sqlite_' AND sql NOT LIKE 'CREATE VIRTUAL%'";

impl Files {
    /// The values of the rows whose column has this value; none if there is no such row.
    pub fn row_values(
        &self,
        database: &ConfinedPath,
        table: &str,
        column: &str,
        value: &str,
    ) -> Result<Vec<Secret>, FileError> {
        self.where_it_is(database, |database| {
            let Some(checked) = self.check_database(database)? else {
                return Ok(Vec::new());
            };
            let start = Instant::now();
            let connection = self.open_to_look(&checked)?;
            increment_counter(&self.tally.reads);
            values_of(&connection, table, column, value)
                .map_err(|error| checked.failure(error, start))
        })
    }

    /// Whether no row of a database holds these byte strings, so that they stand in freed pages only.
    pub fn are_in_no_row(
        &self,
        database: &ConfinedPath,
        needles: &[&[u8]],
    ) -> Result<bool, FileError> {
        self.where_it_is(database, |database| {
            let Some(checked) = self.check_database(database)? else {
                return Ok(true);
            };
            let start = Instant::now();
            let connection = self.open_to_look(&checked)?;
            let found = tables_of(&connection).and_then(|tables| {
                for table in tables {
                    if holds_any(&connection, &table, needles)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            });
            found
                .map(|found| !found)
                .map_err(|error| checked.failure(error, start))
        })
    }

    /// Takes byte strings out of a database: out of its rows, where they are overwritten with as many
    /// other bytes (only with `in_rows`), and out of freed pages and the log, for which the file is
    /// written anew (`VACUUM`). Whether they are in no byte of it any more; `None` if there is none.
    pub fn scrub(
        &self,
        database: &ConfinedPath,
        needles: &[&[u8]],
        in_rows: bool,
    ) -> Result<Option<bool>, FileError> {
        let place = self.place_to_change(database)?;
        let database = place.as_ref().unwrap_or(database);
        let Some(checked) = self.check_database(database)? else {
            return Ok(None);
        };
        let start = Instant::now();
        let fail = |error| checked.failure(error, start);
        let mut connection = self.open_database(&checked, Access::Write)?;
        if may_lose_its_order(&connection).map_err(fail)? {
            return Err(FileError::Io {
                path: checked.path.clone(),
                source: std::io::Error::other(
                    "it has an index over rows without numbers of their own, which writing it anew \
                     would break",
                ),
            });
        }
        let emptied = overwrite(&mut connection, needles, in_rows).map_err(fail)?;
        // Closing before the file is opened again: that would drop SQLite's locks.
        drop(connection);
        increment_counter(&self.tally.writes);
        Ok(Some(emptied && !self.holds_bytes(database, needles)?))
    }

    fn holds_bytes(&self, database: &ConfinedPath, needles: &[&[u8]]) -> Result<bool, FileError> {
        let logs = ["-journal", "-wal"].map(|suffix| locate_companion(database, suffix));
        for file in std::iter::once(Some(database.clone()))
            .chain(logs)
            .flatten()
        {
            if let Some(bytes) = self.read(&file, SIZE_LIMIT)? {
                let bytes = Zeroizing::new(bytes);
                if needles.iter().any(|needle| has_needle(&bytes, needle)) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

fn values_of(
    connection: &Connection,
    table: &str,
    column: &str,
    value: &str,
) -> rusqlite::Result<Vec<Secret>> {
    if !columns_of(connection, table)?.contains(column) {
        return Ok(Vec::new());
    }
    let (table, column) = (quote_identifier(table), quote_identifier(column));
    let query = format!("SELECT * FROM {table} WHERE {table}.{column} = ?1");
    let mut find = connection.prepare(&query)?;
    let columns = find.column_count();
    let mut rows = find.query([value])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(column)? {
                found.extend(Secret::from_utf8(bytes.to_vec()));
            }
        }
    }
    Ok(found)
}

fn tables_of(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut names = connection.prepare(TABLES)?;
    names.query_map([], |row| row.get(0))?.collect()
}

fn holds_any(connection: &Connection, table: &str, needles: &[&[u8]]) -> rusqlite::Result<bool> {
    let mut all = connection.prepare(&format!("SELECT * FROM {}", quote_identifier(table)))?;
    let columns = all.column_count();
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(column)?
                && needles.iter().any(|needle| has_needle(bytes, needle))
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Whether rows could get other numbers when the file is written anew, and something refers to these: the
/// index of a virtual table, to rows of a table that does not keep their numbers itself.
///
/// Source: SQLite, "VACUUM": row ids of tables without an INTEGER PRIMARY KEY may change.
fn may_lose_its_order(connection: &Connection) -> rusqlite::Result<bool> {
    let query = "SELECT count(*) FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL%' \
                 AND sql LIKE '%content%'";
    let indexes: i64 = connection.query_row(query, [], |row| row.get(0))?;
    Ok(indexes > 0)
}

fn overwrite(
    connection: &mut Connection,
    needles: &[&[u8]],
    in_rows: bool,
) -> rusqlite::Result<bool> {
    connection.pragma_update(None, "secure_delete", "ON")?;
    // No copy of it goes to a directory for temporary files.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    checkpoint_log(connection)?;
    if in_rows {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for table in tables_of(&transaction)? {
            overwrite_rows(&transaction, &table, needles)?;
        }
        transaction.commit()?;
    }
    connection.execute_batch("VACUUM")?;
    checkpoint_log(connection)
}

fn overwrite_rows(
    transaction: &Transaction<'_>,
    table: &str,
    needles: &[&[u8]],
) -> rusqlite::Result<()> {
    let name = quote_identifier(table);
    // A table without row numbers is left as it is; that its bytes are still there is found afterwards.
    let Ok(mut all) = transaction.prepare(&format!("SELECT rowid, * FROM {name}")) else {
        return Ok(());
    };
    let names: Vec<String> = all.column_names().map(str::to_owned).collect();
    let mut changes: Vec<(i64, usize, Value)> = Vec::new();
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        for column in 1..names.len() {
            match row.get_ref(column)? {
                ValueRef::Text(bytes) => {
                    if let Some(new) = without(bytes, needles) {
                        let text = String::from_utf8_lossy(&new).into_owned();
                        changes.push((number, column, Value::Text(text)));
                    }
                }
                ValueRef::Blob(bytes) => {
                    if let Some(new) = without(bytes, needles) {
                        changes.push((number, column, Value::Blob(new)));
                    }
                }
                _ => {}
            }
        }
    }
    drop(rows);
    drop(all);
    for (number, column, value) in changes {
        let column = quote_identifier(&names[column]);
        let update = format!("UPDATE {name} SET {column} = ?1 WHERE rowid = ?2");
        transaction.execute(&update, (value, number))?;
    }
    Ok(())
}

/// The bytes with each of these overwritten; `None` if none is in them.
fn without(bytes: &[u8], needles: &[&[u8]]) -> Option<Vec<u8>> {
    let mut new: Option<Vec<u8>> = None;
    for needle in needles.iter().filter(|needle| !needle.is_empty()) {
        let mut at = 0;
        while let Some(window) = bytes.get(at..at + needle.len()) {
            if window == *needle {
                let new = new.get_or_insert_with(|| bytes.to_vec());
                new[at..at + needle.len()].fill(PLACEHOLDER);
                at += needle.len();
            } else {
                at += 1;
            }
        }
    }
    new
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::files::testing::Home;

    #[test]
    fn freed_pages_rows_and_logs_lose_the_bytes_and_nothing_else() {
        let home = Home::new();
        let database = home.path("x.db");
        let connection = Connection::open(database.to_path()).unwrap();
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA secure_delete = OFF;
                 CREATE TABLE t (k TEXT PRIMARY KEY, v BLOB);
                 INSERT INTO t VALUES ('gone', 'FAKE-secret-in-a-freed-page'),
                     ('row', 'before FAKE-secret-in-a-row after'), ('kept', 'FAKE-other');
                 DELETE FROM t WHERE k = 'gone';",
            )
            .unwrap();
        drop(connection);
        let files = home.later(0);
        let freed: [&[u8]; 1] = [b"FAKE-secret-in-a-freed-page"];
        let row: [&[u8]; 1] = [b"FAKE-secret-in-a-row"];
        assert!(files.are_in_no_row(&database, &freed).unwrap());
        assert!(!files.are_in_no_row(&database, &row).unwrap());
        assert_eq!(files.scrub(&database, &freed, false).unwrap(), Some(true));
        assert_eq!(files.scrub(&database, &row, false).unwrap(), Some(false));
        assert_eq!(files.scrub(&database, &row, true).unwrap(), Some(true));
        let connection = Connection::open(database.to_path()).unwrap();
        let value = |key: &str| -> String {
            let query = "SELECT v FROM t WHERE k = ?1";
            connection
                .query_row(query, [key], |row| row.get(0))
                .unwrap()
        };
        assert_eq!(value("row"), "before ******************** after");
        assert_eq!(value("kept"), "FAKE-other");
        assert_eq!(
            files.scrub(&home.path("none.db"), &row, true).unwrap(),
            None
        );
        let values = files.row_values(&database, "t", "k", "kept").unwrap();
        let values: Vec<&str> = values.iter().map(Secret::expose).collect();
        assert_eq!(values, ["kept", "FAKE-other"]);
    }
}
