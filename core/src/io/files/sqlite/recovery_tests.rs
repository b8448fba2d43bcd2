#![expect(
    clippy::disallowed_methods,
    reason = "the tests set up what the door then meets"
)]

use std::fs;

use super::*;
use crate::io::files::testing::Home;

const TOKEN: &[u8] = b"FAKE-refresh-token-of-ana-0123456789";

/// A database of many pages, with one row of Ana's, in `made.db`.
fn large(home: &Home, journal: &str) -> Connection {
    let connection = Connection::open(home.path("made.db").to_path()).unwrap();
    connection
        .pragma_update(None, "journal_mode", journal)
        .unwrap();
    connection
        .execute_batch(
            "PRAGMA cache_size = 2;
             CREATE TABLE credential (id TEXT PRIMARY KEY, value BLOB);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
             INSERT INTO credential SELECT 'n' || i, randomblob(900) FROM n;",
        )
        .unwrap();
    connection
        .execute("INSERT INTO credential VALUES ('ana', ?1)", [TOKEN])
        .unwrap();
    connection
}

/// What a program that is stopped now would leave, as `c.db`.
fn stop(home: &Home, suffixes: &[&str]) -> ConfinedPath {
    for suffix in suffixes {
        let from = home.path(&format!("made.db{suffix}")).to_path();
        fs::copy(&from, home.path(&format!("c.db{suffix}")).to_path()).unwrap();
    }
    home.path("c.db")
}

fn ids(home: &Home, path: &ConfinedPath) -> Vec<String> {
    let rows = home.files.rows(path, "credential", &["id"]).unwrap();
    let rows = rows.unwrap();
    let texts = rows.iter().map(|row| row[0].as_ref().unwrap().expose());
    texts.map(str::to_owned).collect()
}

fn contents(home: &Home) -> Vec<(String, Vec<u8>)> {
    let names = home
        .names("")
        .into_iter()
        .filter(|name| name.starts_with("c.db"));
    names
        .map(|name| {
            let bytes = fs::read(home.path(&name).to_path()).unwrap();
            (name, bytes)
        })
        .collect()
}

/// The row is seen without a change, goes, and leaves nothing; the neighbours stay.
fn seen_and_removed(home: &Home, path: &ConfinedPath, case: &str) {
    let before = contents(home);
    let seen = ids(home, path);
    assert!(seen.contains(&"ana".to_owned()), "{case}: {}", seen.len());
    assert_eq!(seen.len(), 201, "{case}");
    assert!(before == contents(home), "{case}: a look changed something");
    let deleted = home.files.delete_rows(path, "credential", "id", &["ana"]);
    let expected = DeletedRows {
        rows: 1,
        is_traceless: true,
    };
    assert_eq!(deleted.unwrap(), Some(expected), "{case}");
    let after = contents(home);
    assert_eq!(after.len(), 1, "{case}: something is left beside");
    assert!(!has_needle(&after[0].1, TOKEN), "{case}");
    assert_eq!(ids(home, path).len(), 200, "{case}");
}

#[test]
fn row_behind_a_hot_journal_is_seen_and_removed() {
    for statement in [
        // Spilled into the file, in several steps.
        "UPDATE credential SET value = randomblob(900)",
        "DELETE FROM credential",
        "INSERT INTO credential SELECT 'm' || id, value FROM credential",
    ] {
        let home = Home::new();
        let connection = large(&home, "delete");
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        connection.execute_batch(statement).unwrap();
        let path = stop(&home, &["", "-journal"]);
        let journal = fs::read(home.path("c.db-journal").to_path()).unwrap();
        assert!(image::is_begun(&journal) && journal.len() > 10_000);
        seen_and_removed(&home, &path, statement);
    }
}

#[test]
fn row_that_is_only_in_a_log_without_index_is_seen_and_removed() {
    let home = Home::new();
    let connection = large(&home, "wal");
    let path = stop(&home, &["", "-wal"]);
    seen_and_removed(&home, &path, "wal");
    drop(connection);
}

#[test]
fn row_that_was_deleted_in_the_log_only_is_seen_and_removed() {
    for suffixes in [["", "-wal"].as_slice(), &["", "-wal", "-shm"]] {
        let home = Home::new();
        let connection = large(&home, "wal");
        connection
            .execute_batch(
                "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA secure_delete = ON;
                 DELETE FROM credential WHERE id = 'ana';",
            )
            .unwrap();
        let path = stop(&home, suffixes);
        // With an index left behind, SQLite may write to that when it reads.
        if suffixes.len() == 2 {
            seen_and_removed(&home, &path, "deleted in the log");
        } else {
            assert!(ids(&home, &path).contains(&"ana".to_owned()));
            let deleted = home.files.delete_rows(&path, "credential", "id", &["ana"]);
            assert!(deleted.unwrap().unwrap().is_traceless);
            assert!(!ids(&home, &path).contains(&"ana".to_owned()));
        }
        drop(connection);
    }
}

#[test]
fn image_of_a_log_is_what_sqlite_makes_of_it() {
    let home = Home::new();
    let connection = large(&home, "wal");
    for statement in [
        "DELETE FROM credential WHERE id LIKE 'n1%'",
        "UPDATE credential SET value = randomblob(5000) WHERE id LIKE 'n2%'",
        "CREATE TABLE more (x); INSERT INTO more SELECT value FROM credential; DROP TABLE more",
        "PRAGMA wal_checkpoint(PASSIVE); INSERT INTO credential VALUES ('eve', 'x')",
    ] {
        connection.execute_batch(statement).unwrap();
        let path = stop(&home, &["", "-wal"]);
        let read = |suffix: &str| fs::read(home.path(&format!("c.db{suffix}")).to_path()).unwrap();
        let log = read("-wal");
        let image = image::recover_database(read(""), None, Some(&log), usize::MAX).unwrap();
        let recovered = Connection::open(path.to_path()).unwrap();
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        recovered.query_row(checkpoint, [], |_| Ok(())).unwrap();
        let mut expected = read("");
        expected[18..20].fill(1);
        assert!(*image == expected, "{statement}");
        // A log that is cut off anywhere is the log up to its last commit, and never a fault.
        for length in (0..log.len()).step_by(log.len() / 16 + 1) {
            let image = image::recover_database(read(""), None, Some(&log[..length]), usize::MAX);
            assert!(image.is_some());
        }
        drop(recovered);
        for suffix in ["-wal", "-shm"] {
            let _ = fs::remove_file(home.path(&format!("c.db{suffix}")).to_path());
        }
    }
}

#[test]
fn journal_that_cannot_be_understood_is_said() {
    let home = Home::new();
    let connection = large(&home, "delete");
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    connection.execute_batch("DELETE FROM credential").unwrap();
    let path = stop(&home, &["", "-journal"]);
    let journal = home.path("c.db-journal").to_path();
    let mut bytes = fs::read(&journal).unwrap();
    // The page size of another database.
    bytes[24..28].copy_from_slice(&512_u32.to_be_bytes());
    fs::write(&journal, bytes).unwrap();
    let result = home.files.rows(&path, "credential", &["id"]);
    assert!(matches!(result, Err(FileError::Io { .. })), "{result:?}");
}
