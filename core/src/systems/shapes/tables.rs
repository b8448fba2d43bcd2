//! Databases of tools that nobody has described: a column with a secret's name, or a row that is a name
//! and a value, as in a file of settings.

use std::collections::HashSet;

use super::addresses::{has_password_in_address, has_secret_in_address};
use super::judge::Judge;
use super::lines::{has_secret_in_command, has_secret_in_connection};
use super::names::Reason;
use super::values::{Weight, is_credential_text, is_web_token, weigh_name};
use crate::formats::Format;
use crate::inventory::Place;
use crate::io::files::sqlite::Table;
use crate::io::files::{ConfinedPath, FileError};
use crate::names::is_surely_secret;
use crate::secret::Secret;

/// Columns whose text is the name of what stands in another.
const NAMES: [&str; 8] = [
    "key", "name", "id", "option", "setting", "item", "property", "variable",
];

/// Columns whose text is what another names.
const VALUES: [&str; 6] = ["value", "data", "val", "text", "content", "val_text"];

/// The longest text that a row is told by, in bytes.
const LONGEST_KEY: usize = 200;

/// The most rows of one table that are told apart; more are told as the file.
const MOST_ROWS: usize = 20;

/// The places in a database that look like credentials: rows where a column tells them apart, else the
/// file.
pub(super) fn find_places(database: &ConfinedPath, tables: &[Table]) -> Vec<Place> {
    let mut places = Vec::new();
    for table in tables {
        let rows: Vec<&[Option<Secret>]> = table
            .rows
            .iter()
            .map(Vec::as_slice)
            .filter(|row| is_credential_row(&table.columns, row))
            .collect();
        if rows.is_empty() {
            continue;
        }
        let Some(column) = find_telling_column(table).filter(|_| rows.len() <= MOST_ROWS) else {
            let file = database.clone();
            return vec![Place::File { file }];
        };
        let values = rows.iter().filter_map(|row| row.get(column)?.as_ref());
        places.extend(values.map(|value| Place::SqliteRow {
            file: database.clone(),
            table: table.name.clone(),
            column: table.columns[column].clone(),
            value: value.expose().to_owned(),
        }));
    }
    places
}

/// Whether a row holds a credential.
fn is_credential_row(columns: &[String], row: &[Option<Secret>]) -> bool {
    let text_of = |wanted: &[&str]| {
        let is_wanted = |column: &String| wanted.contains(&column.to_ascii_lowercase().as_str());
        let at = columns.iter().position(is_wanted)?;
        row.get(at)?.as_ref().map(Secret::expose)
    };
    let is_named = match (text_of(&NAMES), text_of(&VALUES)) {
        (Some(name), Some(value)) => is_credential(name, value),
        _ => false,
    };
    let mut cells = columns.iter().zip(row);
    is_named
        || cells.any(|(column, cell)| {
            cell.as_ref()
                .is_some_and(|text| is_credential(column, text.expose()))
        })
}

/// Whether a text under a name is a credential. Words of a language are called tokens too, so a token is
/// one that is drawn by lot.
fn is_credential(name: &str, text: &str) -> bool {
    let text = text.trim();
    if text.starts_with(['{', '[']) {
        let judge = Judge {
            reason: Reason::Near,
            is_certain: false,
        };
        return Format::Json
            .read(text.as_bytes())
            .is_ok_and(|document| judge.holds_credential(document.root()));
    }
    if has_password_in_address(text) || is_web_token(text) {
        return true;
    }
    if name.eq_ignore_ascii_case("auth") {
        return is_credential_text(text, Weight::Little);
    }
    let weight = match weigh_name(name) {
        _ if !is_surely_secret(name) || is_about_secret(name) => return false,
        Weight::Password => Weight::Password,
        _ => Weight::Little,
    };
    is_credential_text(text, weight)
}

/// Whether a column tells about a secret: how it is hashed, where it is.
fn is_about_secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [
        "hash", "salt", "hint", "field", "element", "form", "type", "path", "file",
    ]
    .iter()
    .any(|part| lower.contains(part))
}

/// Whether a database could not be looked into although it may be read: it is damaged, or in use.
pub(super) const fn is_unreadable(error: &FileError) -> bool {
    matches!(error, FileError::Io { .. } | FileError::LockTimeout { .. })
}

/// The column that tells each row of a table from all others, and is no secret.
fn find_telling_column(table: &Table) -> Option<usize> {
    if !table.is_whole {
        return None;
    }
    (0..table.columns.len()).find(|&at| {
        let name = &table.columns[at];
        let mut seen = HashSet::new();
        !is_surely_secret(name)
            && !VALUES.contains(&name.to_ascii_lowercase().as_str())
            && table.rows.iter().all(|row| {
                let text = row.get(at).and_then(Option::as_ref).map(Secret::expose);
                text.is_some_and(|text| {
                    text.len() <= LONGEST_KEY
                        && !text.contains(char::is_control)
                        && !is_credential(name, text)
                        // It is shown: no hook's address, and no line with a secret in it.
                        && !has_secret_in_address(text)
                        && !has_secret_in_connection(text)
                        && !has_secret_in_command(name, text)
                        && !is_credential_text(text, Weight::Little)
                        && seen.insert(text)
                })
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<Option<Secret>> {
        let cells = cells.iter();
        cells
            .map(|cell| Some(Secret::new((*cell).to_owned())))
            .collect()
    }

    #[test]
    fn rows_with_a_secret_are_told_from_rows_of_words() {
        for (columns, cells) in [
            (vec!["id", "value"], ["auth", "FAKE8812abcdEFGH9999"]),
            (vec!["url", "password"], ["ssh://x", "FAKEpw8812"]),
            (
                vec!["email", "token"],
                ["a@example.test", "FAKE8812abcdEFGH9999"],
            ),
            (
                vec!["name", "data"],
                ["x", "{\"credentials\":[\"FAKE8812abcdEFGH9999\"]}"],
            ),
            (
                vec!["id", "dsn"],
                ["1", "postgres://alice:FAKEpw8812@db.example.test/x"],
            ),
        ] {
            let columns: Vec<String> = columns.into_iter().map(str::to_owned).collect();
            assert!(is_credential_row(&columns, &row(&cells)), "{cells:?}");
        }
        for (columns, cells) in [
            (vec!["id", "token"], ["1", "sh3ll"]),
            (vec!["id", "password_hash"], ["1", "FAKE8812abcdEFGH9999"]),
            (vec!["key", "value"], ["theme", "FAKE8812abcdEFGH9999"]),
            (vec!["key", "value"], ["token", "off"]),
            (
                vec!["url", "title"],
                ["https://example.test/?code=FAKE8812abcdEFGH9999", "x"],
            ),
        ] {
            let columns: Vec<String> = columns.into_iter().map(str::to_owned).collect();
            assert!(!is_credential_row(&columns, &row(&cells)), "{cells:?}");
        }
    }
}
