//! Tools that nobody has described: what they keep in forms of their own, and how far a logout goes.

use adieu_testkit::Home;

use crate::support::{EVERYTHING, found, run};

/// Files of unknown tools that hold a credential: the file, its text.
const KEPT: [(&str, &str); 14] = [
    // The settings of a connection.
    (
        ".unheard/appsettings.json",
        "{\"ConnectionStrings\": {\"Default\": \"Server=x;User Id=alice;Password=FAKEpw8812;\"}}\n",
    ),
    (
        ".unheard/config.ini",
        "[a]\nstore = DefaultEndpointsProtocol=https;AccountName=x;AccountKey=FAKE8812abcd==\n",
    ),
    (
        ".unheard/config.toml",
        "dsn = \"host=db.example.test user=alice password=FAKEpw8812\"\n",
    ),
    // What is run.
    (
        ".unheard/jobs.toml",
        "command = \"curl -u alice:FAKEpw8812 https://a.example.test\"\n",
    ),
    (
        ".local/share/applications/unheard.desktop",
        "[Desktop Entry]\nExec=env UNHEARD_TOKEN=FAKE8812abcdefgh9 unheard %U\n",
    ),
    // The file store of programs in Go, encrypted.
    (
        ".unheard/keys/alice",
        "eyJGQUtFIjoiRkFLRSJ9.FAKE0key1.FAKE2vector3.FAKE4text5text6text7.FAKE8tag9\n",
    ),
    (
        ".unheard/keys/bob",
        "eyJGQUtFIjoiRkFLRSJ9..FAKE2vector3.FAKE4text5text6text7.FAKE8tag9\n",
    ),
    // Preferences of programs in Java.
    (
        ".java/.userPrefs/com/unheard/prefs.xml",
        "<map><entry key=\"password\" value=\"FAKEpw8812\"/></map>\n",
    ),
    (
        ".unheard/secring.asc",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\nFAKE\n-----END PGP PRIVATE KEY BLOCK-----\n",
    ),
    (".unheard/unheardpass", "alice\nFAKEpw8812\n"),
    // A password that a mail service has made.
    (
        ".unheard/mail.toml",
        "user = \"alice\"\npassword = \"fake abcd efgh ijkl\"\n",
    ),
    (
        ".unheard/mail.conf",
        "[mail]\nuser = alice\npassword = fake abcd efgh ijkl\n",
    ),
    (
        ".unheard/unheard.key",
        "# START OF TARSNAP KEY FILE\nFAKE\n# END OF TARSNAP KEY FILE\n",
    ),
    (
        ".unheard/config.json",
        "{\"account\": \"alice@example.test\", \"access\": \"FAKE1a2b3c4d5e6f7a8b\"}\n",
    ),
];

#[test]
fn credentials_in_forms_of_their_own_are_possible_sign_ins() {
    for (file, text) in KEPT {
        let home = Home::new();
        home.write(file, text);
        let status = run(&home, "status --check", &[]);
        assert_eq!(status.status, Some(3), "{file}: {status}");
        assert!(!status.stdout.contains("FAKE"), "{file}: {status}");
        run(&home, EVERYTHING, &[]);
        assert_eq!(home.read(file), text, "it was not asked for");
    }
}

/// Files of unknown tools that hold none: the file, its text.
const NONE: [(&str, &str); 9] = [
    // The public half of a key.
    (
        ".unheard/config.json",
        "{\"consumer_key\": \"FaKe8812abcdEFGHijkl\", \"endpoint\": \"https://a.example.test\"}\n",
    ),
    (
        ".unheard/config.json",
        "{\"access_key_id\": \"FAKE5tFaKe8812abcd\"}\n",
    ),
    (
        ".unheard/config.json",
        "{\"Default\": \"Server=x;Integrated Security=true\"}\n",
    ),
    (
        ".unheard/config.json",
        "{\"Default\": \"Server=x;User Id=alice;Password=${DB_PASSWORD};\"}\n",
    ),
    (
        ".unheard/jobs.toml",
        "command = \"curl -u alice https://a.example.test\"\n",
    ),
    (
        ".local/share/applications/unheard.desktop",
        "[Desktop Entry]\nName=Password store\nExec=unheard --token-file %f\n",
    ),
    (
        ".unheard/help.toml",
        "description = \"run it with --api-key FAKE8812abcdefgh9\"\n",
    ),
    (
        ".config/unheard/keys.xml",
        "<keymap><action id=\"token\"><key value=\"ctrl+T\"/></action></keymap>\n",
    ),
    (".unheard/author", "alice\nbob\n"),
];

#[test]
fn settings_that_are_written_like_credentials_are_none() {
    for (file, text) in NONE {
        let home = Home::new();
        home.write(file, text);
        let status = run(&home, "status --check", &[]);
        assert_eq!(status.status, Some(0), "{file}: {status}");
    }
}

/// Makes a database with what these statements say; closed, so that all is in the file.
fn make_database(home: &Home, file: &str, statements: &str) {
    home.write(file, "");
    let connection = rusqlite::Connection::open(home.join(file)).unwrap();
    connection.execute_batch(statements).unwrap();
    drop(connection);
}

fn count_rows(home: &Home, file: &str, table: &str) -> i64 {
    let connection = rusqlite::Connection::open(home.join(file)).unwrap();
    connection
        .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
            row.get(0)
        })
        .unwrap()
}

#[test]
fn rows_of_unknown_databases_are_possible_sign_ins_and_go_alone() {
    for (file, statements, table) in [
        (
            ".unheard/data.db",
            "CREATE TABLE setting (id TEXT, value TEXT);
             INSERT INTO setting VALUES ('auth', 'FAKE8812abcdEFGH9999'), ('theme', 'dark');",
            "setting",
        ),
        (
            ".local/share/unheard/settings.db",
            "CREATE TABLE repopassword (url TEXT, password TEXT);
             INSERT INTO repopassword VALUES ('ssh://a', 'FAKEpw8812'), ('ssh://b', '');",
            "repopassword",
        ),
        (
            ".unheard.sqlite3",
            "CREATE TABLE profiles (name TEXT, data TEXT);
             INSERT INTO profiles VALUES ('a', '{\"credentials\": [\"FAKE8812abcdEFGH9999\"]}'), ('b', '{}');",
            "profiles",
        ),
    ] {
        let home = Home::new();
        make_database(&home, file, statements);
        let status = run(&home, "status --check", &[]);
        assert_eq!(status.status, Some(3), "{file}: {status}");
        assert!(!status.stdout.contains("FAKE"), "{file}: {status}");
        run(&home, EVERYTHING, &[]);
        assert_eq!(count_rows(&home, file, table), 2, "it was not asked for");
        run(&home, "logout --possible --force", &[]).success();
        assert_eq!(count_rows(&home, file, table), 1, "{file}");
        run(&home, "status --check", &[]).success();
    }
}

/// A program that is still running has its newest rows in the log beside the database.
#[test]
fn rows_in_the_log_of_a_database_are_seen() {
    let home = Home::new();
    home.write(".unheard/data.db", "");
    let connection = rusqlite::Connection::open(home.join(".unheard/data.db")).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; CREATE TABLE account (email TEXT, token TEXT);
             INSERT INTO account VALUES ('a@example.test', 'FAKE8812abcdEFGH9999');",
        )
        .unwrap();
    run(&home, "status --check", &[]).code(3);
}

#[test]
fn databases_of_words_and_of_other_things_hold_no_sign_in() {
    let home = Home::new();
    make_database(
        &home,
        ".unheard/index.db",
        "CREATE TABLE tokens (id INTEGER, token TEXT); INSERT INTO tokens VALUES (1, 'sh3ll'), (2, 'README');
         CREATE TABLE people (name TEXT, password_hash TEXT); INSERT INTO people VALUES ('a', 'FAKE8812abcdEFGH9999');
         CREATE TABLE visits (url TEXT); INSERT INTO visits VALUES ('https://example.test/?code=FAKE8812abcdEFGH9999');
         CREATE TABLE metaData (id TEXT, item1 BLOB); INSERT INTO metaData VALUES ('password', x'46414b45');",
    );
    home.write(".unheard/other.db", "SQLite format 3 is a format\n");
    run(&home, "status --check", &[]).success();
}

#[test]
fn database_that_is_damaged_or_in_use_is_not_called_clean() {
    let home = Home::new();
    let file = ".unheard/data.db";
    let many = "INSERT INTO account SELECT hex(randomblob(8)), 'word' FROM account;".repeat(10);
    make_database(
        &home,
        file,
        &format!(
            "CREATE TABLE account (email TEXT, token TEXT); INSERT INTO account VALUES ('a', 'b'); {many}"
        ),
    );
    run(&home, "status --check", &[]).success();
    let connection = rusqlite::Connection::open(home.join(file)).unwrap();
    connection.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let status = run(&home, "status --check", &[]).code(3);
    assert!(status.to_string().contains(file), "{status}");
    drop(connection);
    // The schema's page is whole, and those of the table are not.
    let mut bytes = std::fs::read(home.join(file)).unwrap();
    let page = 4096;
    bytes[page..].fill(0xff);
    home.write(file, bytes);
    let status = run(&home, "status --check", &[]).code(3);
    assert!(status.to_string().contains(file), "{status}");
}

#[test]
fn row_that_is_ignored_stays_so_until_another_one_comes() {
    let home = Home::new();
    let file = ".unheard/data.db";
    let row =
        |name: &str| format!("INSERT INTO setting VALUES ('{name}', 'FAKE8812abcdEFGH9999');");
    let table = "CREATE TABLE setting (id TEXT, value TEXT);";
    make_database(&home, file, &format!("{table}{}", row("auth")));
    run(&home, "status --check", &[]).code(3);
    let ignore = format!("catalogue ignore {}", home.join(file).display());
    run(&home, &ignore, &[]).success();
    run(&home, "status --check", &[]).success();
    let connection = rusqlite::Connection::open(home.join(file)).unwrap();
    connection.execute_batch(&row("token")).unwrap();
    drop(connection);
    run(&home, "status --check", &[]).code(3);
}

/// A row is told by a column that is shown: one with a hook's address in it is a secret.
#[test]
fn place_of_a_row_shows_no_secret() {
    for key in [
        "https://hooks.example.test/services/T1/B2/FAKE8812abcdEFGH7777",
        "Server=x;User Id=alice;Password=FAKEpw8812",
    ] {
        let home = Home::new();
        make_database(
            &home,
            ".unheard/data.db",
            &format!(
                "CREATE TABLE hooks (place TEXT, token TEXT);
                 INSERT INTO hooks VALUES ('{key}', 'FAKE8812abcdEFGH9999');"
            ),
        );
        for words in ["status -o json", "status", "logout --possible --dry-run"] {
            let output = run(&home, words, &[]);
            assert!(output.to_string().contains("data.db"), "{output}");
            assert!(!output.to_string().contains("FAKE"), "{output}");
        }
    }
}

#[test]
fn sign_in_of_the_aws_cli_is_found_once_wherever_a_variable_leads() {
    let home = Home::new();
    let login = "{\"accessToken\": {\"accessKeyId\": \"FAKE\", \"expiresAt\": \"2999-01-01T00:00:00Z\"}, \"refreshToken\": \"FAKE-refresh\"}";
    home.write(".aws/login/cache/a.json", login);
    home.write(
        ".aws/login/cache/nobody.json",
        "{\"refreshToken\": \"\", \"tokenType\": \"x\"}",
    );
    home.write("work/cache/b.json", login);
    let named = |place: &str| {
        let place = home.join(place).display().to_string();
        [("AWS_LOGIN_CACHE_DIRECTORY".to_owned(), place)]
    };
    let usual = [
        "aws | aws login | session | ~/.aws/login/cache/a.json",
        "aws | aws login | session | ~/.aws/login/cache/a.json#/accessToken",
    ];
    assert_eq!(found(&home, &named(".aws/login/cache")), usual);
    let both = found(&home, &named("work/cache"));
    assert_eq!(both[..2], usual);
    assert!(both[2].ends_with("~/work/cache/b.json"), "{both:?}");
    assert_eq!(both.len(), 4);
}

/// The statements that make the history of the AWS CLI with these rows: a command and what it was told.
fn history(rows: &[(&str, &str)]) -> String {
    let table = "CREATE TABLE records
        (id TEXT, request_id TEXT, source TEXT, event_type TEXT, timestamp INTEGER, payload TEXT);";
    let rows = rows.iter().map(|(id, payload)| {
        format!(
            "INSERT INTO records VALUES
                ('{id}', NULL, 'BOTOCORE', 'PARSED_RESPONSE', 1760000000000, '{payload}');"
        )
    });
    std::iter::once(table.to_owned()).chain(rows).collect()
}

const HISTORY: &str = ".aws/cli/history/history.db";

#[test]
fn keys_in_the_history_of_the_aws_cli_are_a_sign_in() {
    let live = "{\"Credentials\": {\"SecretAccessKey\": \"FAKE-key\", \"Expiration\": \"2999-01-01T00:00:00+00:00\"}}";
    let dead = "{\"Credentials\": {\"SecretAccessKey\": \"FAKE-key\", \"Expiration\": \"2001-01-01T00:00:00+00:00\"}}";
    let open =
        "{\"accessToken\": \"FAKE-token\", \"refreshToken\": \"FAKE-refresh\", \"expiresIn\": 60}";
    let none = "{\"Buckets\": [{\"Name\": \"a\"}], \"clientSecret\": \"FAKE-of-a-client\"}";
    for (payload, code) in [(live, 1), (dead, 0), (open, 3), (none, 0)] {
        let home = Home::new();
        make_database(
            &home,
            HISTORY,
            &history(&[
                ("one", payload),
                ("one", "\"0\""),
                ("two", "[\"s3\", \"ls\"]"),
            ]),
        );
        let status = run(&home, "status --check", &[]);
        assert_eq!(status.status, Some(code), "{payload}: {status}");
        run(&home, "logout --all --force --no-revoke", &[]).success();
        let left = if payload == none { 3 } else { 1 };
        assert_eq!(count_rows(&home, HISTORY, "records"), left, "{payload}");
        run(&home, "status --check", &[]).success();
    }
}

#[test]
fn history_of_the_aws_cli_may_lie_elsewhere() {
    let home = Home::new();
    let payload = "{\"body\": \"{\\\"secretAccessKey\\\": \\\"FAKE-key\\\"}\"}";
    make_database(&home, "work/history.db", &history(&[("one", payload)]));
    let place = home.join("work/history.db").display().to_string();
    let variables = [("AWS_CLI_HISTORY_FILE".to_owned(), place)];
    assert_eq!(
        found(&home, &variables),
        ["aws | CLI history | session | ~/work/history.db#records.id=one"]
    );
    // What was written before the variable was set is no less good.
    make_database(&home, HISTORY, &history(&[("two", payload)]));
    assert_eq!(found(&home, &variables).len(), 2);
}
