#![expect(
    clippy::disallowed_methods,
    reason = "the tests set up what the door then meets"
)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::io::files::testing::Home;

const TOKEN: &str = "{\"refresh_token\": \"FAKE-refresh-token-of-ana-0123456789\"}";
const OTHER: &str = "{\"refresh_token\": \"FAKE-refresh-token-of-bob-0123456789\"}";

fn database(home: &Home, relative: &str, journal: &str) -> ConfinedPath {
    let path = home.path(relative);
    fs::create_dir_all(path.to_path().parent().unwrap()).unwrap();
    let connection = Connection::open(path.to_path()).unwrap();
    connection
        .pragma_update(None, "journal_mode", journal)
        .unwrap();
    connection
        .execute_batch("CREATE TABLE credentials (account_id TEXT PRIMARY KEY, value BLOB)")
        .unwrap();
    for (account, value) in [("ana@example.test", TOKEN), ("bob@example.test", OTHER)] {
        connection
            .execute(
                "INSERT INTO credentials VALUES (?1, ?2)",
                (account, value.as_bytes()),
            )
            .unwrap();
    }
    path
}

fn accounts(home: &Home, path: &ConfinedPath) -> Vec<String> {
    let rows = home
        .files
        .rows(path, "credentials", &["account_id"])
        .unwrap()
        .unwrap();
    rows.iter()
        .map(|row| row[0].as_ref().unwrap().expose().to_owned())
        .collect()
}

#[test]
fn rows_are_read_and_nothing_is_left_beside() {
    for journal in ["delete", "wal"] {
        let home = Home::new();
        let path = database(&home, "gcloud/c%?.db", journal);
        let rows = home
            .files
            .rows(&path, "credentials", &["value", "account_id", "none"])
            .unwrap();
        let rows = rows.unwrap();
        assert_eq!(rows[0][0].as_ref().unwrap().expose(), TOKEN);
        assert_eq!(rows[1][1].as_ref().unwrap().expose(), "bob@example.test");
        assert!(rows[0][2].is_none());
        assert!(
            home.files
                .rows(&path, "tokens", &["x"])
                .unwrap()
                .unwrap()
                .is_empty()
        );
        assert_eq!(home.names("gcloud"), ["c%?.db"], "{journal}");
        assert!(
            home.files
                .rows(&home.path("none.db"), "t", &["c"])
                .unwrap()
                .is_none()
        );
    }
}

#[test]
fn a_look_leaves_nothing_beside_whichever_byte_says_that_there_is_a_log() {
    for at in [image::WRITE_VERSION, image::READ_VERSION] {
        let home = Home::new();
        let path = database(&home, "c.db", "delete");
        let mut bytes = fs::read(path.to_path()).unwrap();
        bytes[at] = 2;
        fs::write(path.to_path(), &bytes).unwrap();
        let _ = home.files.rows(&path, "credentials", &["account_id"]);
        assert_eq!(home.names(""), ["c.db"], "byte {at}");
        assert!(fs::read(path.to_path()).unwrap() == bytes, "byte {at}");
    }
}

#[test]
fn rows_that_are_only_in_the_log_are_read_and_deleted() {
    let home = Home::new();
    let path = database(&home, "c.db", "wal");
    let holder = Connection::open(path.to_path()).unwrap();
    holder
        .execute(
            "INSERT INTO credentials VALUES ('eve', 'FAKE-only-in-the-log')",
            (),
        )
        .unwrap();
    assert_eq!(accounts(&home, &path).len(), 3);
    let deleted = home
        .files
        .delete_rows(&path, "credentials", "account_id", &["eve"])
        .unwrap();
    assert_eq!(
        deleted,
        Some(DeletedRows {
            rows: 1,
            is_traceless: true
        })
    );
    drop(holder);
    assert_eq!(accounts(&home, &path).len(), 2);
}

#[test]
fn deleted_rows_leave_no_bytes_and_neighbours_stay() {
    for journal in ["delete", "wal", "persist"] {
        let home = Home::new();
        let path = database(&home, "c.db", journal);
        let delete = |values: &[&str]| {
            home.files
                .delete_rows(&path, "credentials", "account_id", values)
                .unwrap()
        };
        let deleted = delete(&["ana@example.test", "nobody"]);
        assert_eq!(
            deleted,
            Some(DeletedRows {
                rows: 1,
                is_traceless: true
            }),
            "{journal}"
        );
        for name in home.names("") {
            let bytes = fs::read(home.path(&name).to_path()).unwrap();
            assert!(!has_needle(&bytes, b"token-of-ana"), "{journal}: {name}");
        }
        assert_eq!(accounts(&home, &path), ["bob@example.test"]);
        assert_eq!(delete(&["ana@example.test"]).unwrap().rows, 0);
    }
}

#[test]
fn names_cannot_become_sql() {
    let home = Home::new();
    let path = database(&home, "c.db", "delete");
    for (table, column) in [
        ("credentials\" WHERE 1 --", "account_id"),
        ("credentials", "x\" = 'x' OR \"1"),
        ("credentials", "nobody"),
        ("none", "account_id"),
    ] {
        let values = ["nobody", "' OR 1 --"];
        let deleted = home
            .files
            .delete_rows(&path, table, column, &values)
            .unwrap()
            .unwrap();
        assert_eq!(deleted.rows, 0);
    }
    assert_eq!(accounts(&home, &path).len(), 2);
}

#[test]
fn links_are_refused_at_each_place() {
    let home = Home::new();
    let path = database(&home, "real/c.db", "delete");
    let base = home.directory.path();
    symlink("real", base.join("link")).unwrap();
    symlink("real/c.db", base.join("c.db")).unwrap();
    fs::write(base.join("stranger"), "keep me").unwrap();
    let refused = |path: &ConfinedPath| {
        let delete = home
            .files
            .delete_rows(path, "credentials", "account_id", &["nobody"]);
        assert!(
            matches!(delete, Err(FileError::Symlink { .. })),
            "{delete:?}"
        );
        let rows = home.files.rows(path, "credentials", &["account_id"]);
        assert!(matches!(rows, Err(FileError::Symlink { .. })), "{path:?}");
    };
    refused(&home.path("link/c.db"));
    refused(&home.path("c.db"));
    for suffix in BESIDE {
        let beside = base.join(format!("real/c.db{suffix}"));
        symlink("../stranger", &beside).unwrap();
        refused(&path);
        fs::remove_file(beside).unwrap();
    }
    assert_eq!(fs::read(base.join("stranger")).unwrap(), b"keep me");
    let through_root = ConfinedPath::new(base.join("link"), Path::new("c.db")).unwrap();
    assert_eq!(accounts(&home, &through_root).len(), 2);
}

#[test]
fn a_busy_database_ends_in_an_error_within_the_time_limit() {
    let home = Home::new();
    let path = database(&home, "c.db", "delete");
    let holder = Connection::open(path.to_path()).unwrap();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let start = Instant::now();
    let result =
        home.later(0)
            .delete_rows(&path, "credentials", "account_id", &["ana@example.test"]);
    assert!(
        matches!(result, Err(FileError::LockTimeout { .. })),
        "{result:?}"
    );
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn what_is_no_database_is_an_error() {
    let home = Home::new();
    fs::write(
        home.path("c.db").to_path(),
        "FAKE text, and long enough to be a header",
    )
    .unwrap();
    let result = home.files.rows(&home.path("c.db"), "t", &["c"]);
    assert!(matches!(result, Err(FileError::Io { .. })));
}

#[test]
fn value_that_another_table_still_holds_is_no_trace() {
    for journal in ["delete", "wal"] {
        let home = Home::new();
        let path = database(&home, "opencode.db", journal);
        let connection = Connection::open(path.to_path()).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE account (id TEXT PRIMARY KEY, email TEXT);
                 CREATE TABLE control_account (email TEXT PRIMARY KEY, url TEXT);
                 INSERT INTO account VALUES ('1', 'ada.example@example.test');
                 INSERT INTO control_account VALUES ('ada.example@example.test', 'x');",
            )
            .unwrap();
        drop(connection);
        let email = "ada.example@example.test";
        for (table, column, value) in [("account", "id", "1"), ("control_account", "email", email)]
        {
            let deleted = home.files.delete_rows(&path, table, column, &[value]);
            let expected = DeletedRows {
                rows: 1,
                is_traceless: true,
            };
            assert_eq!(deleted.unwrap(), Some(expected), "{journal} {table}");
        }
        let bytes = fs::read(path.to_path()).unwrap();
        assert!(!has_needle(&bytes, email.as_bytes()));
    }
}
