//! The file back end with entries that a real Atmos wrote.
#![expect(clippy::disallowed_methods, reason = "tests make files")]

use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::io::keyring::StoredValue;

const PORTAL: &str = "atmos_meridian_meridian-sso";

/// A home directory, and a working directory with a keyring in `run/keyring`.
struct Machine {
    root: TempDir,
    variables: Vec<(String, String)>,
}

impl Machine {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for directory in ["home", "work/run/keyring"] {
            std::fs::create_dir_all(root.path().join(directory)).unwrap();
        }
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keyring");
        for entry in std::fs::read_dir(fixtures).unwrap() {
            let entry = entry.unwrap();
            let target = root.path().join("work/run/keyring").join(entry.file_name());
            std::fs::write(target, std::fs::read(entry.path()).unwrap()).unwrap();
        }
        Self {
            root,
            variables: Vec::new(),
        }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn with_password(self) -> Self {
        self.with("ATMOS_KEYRING_PASSWORD", "password-for-tests")
    }

    fn world(&self) -> World {
        World {
            working_directory: self.root.path().join("work"),
            ..World::fixed(
                self.root.path().join("home"),
                "2026-11-21T08:30:00Z".parse().unwrap(),
            )
            .with_variables(self.variables.iter().cloned())
        }
    }

    fn open(&self, settings: FileSettings<'_>) -> Result<FileKeyring, KeyringError> {
        let world = self.world();
        FileKeyring::new(&world, Arc::new(Files::new(&world)), settings)
    }

    fn keyring(&self) -> FileKeyring {
        self.open(FileSettings {
            path: Some("./run/keyring"),
            password_env: None,
        })
        .unwrap()
    }

    fn put(&self, name: &str, content: &[u8]) {
        std::fs::write(
            self.root.path().join("work/run/keyring").join(name),
            content,
        )
        .unwrap();
    }

    fn names(&self) -> Vec<String> {
        let directory = std::fs::read_dir(self.root.path().join("work/run/keyring")).unwrap();
        let mut names: Vec<_> = directory
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn services(found: &Found) -> Vec<&str> {
    found
        .entries
        .iter()
        .map(|entry| entry.key.service.as_str())
        .collect()
}

#[test]
fn entries_of_a_real_atmos_are_decrypted() {
    let machine = Machine::new().with_password();
    let found = machine
        .keyring()
        .search(&Query::atmos().with_secrets())
        .unwrap();
    assert_eq!(
        services(&found),
        [
            PORTAL,
            "atmos_sandbox-7_marionette",
            "atmos_sandbox-7_puppet"
        ]
    );
    let values: Vec<_> = found
        .entries
        .iter()
        .map(|entry| match &entry.content {
            Content::Known(secret) => StoredValue::parse(secret),
            other => panic!("{other:?}"),
        })
        .collect();
    let StoredValue::PortalToken {
        region, expires_at, ..
    } = &values[0]
    else {
        panic!("{values:?}")
    };
    assert_eq!(region.as_deref(), Some("eu-central-1"));
    assert!(expires_at.is_some());
    assert!(
        matches!(
            values[1],
            StoredValue::Mock {
                expires_at: Some(_)
            }
        ),
        "{values:?}"
    );
}

#[test]
fn without_a_password_entries_are_listed_and_deleted_but_not_read() {
    let machine = Machine::new();
    let keyring = machine.keyring();
    let found = keyring.search(&Query::atmos().with_secrets()).unwrap();
    assert_eq!(found.entries.len(), 3);
    assert!(
        found
            .entries
            .iter()
            .all(|entry| matches!(entry.content, Content::Encrypted))
    );
    assert_eq!(
        keyring.read(&EntryKey::atmos(PORTAL)).map(|_| ()),
        Err(KeyringError::Locked)
    );
    let outcomes = keyring.delete(&[EntryKey::atmos(PORTAL), EntryKey::atmos("atmos_absent")]);
    assert_eq!(outcomes, [Ok(Deletion::Deleted(1)), Ok(Deletion::Absent)]);
    assert_eq!(
        machine.names(),
        ["atmos_sandbox-7_marionette", "atmos_sandbox-7_puppet"]
    );
}

#[test]
fn a_wrong_password_breaks_the_entry_and_not_the_search() {
    let machine = Machine::new().with("ATMOS_KEYRING_PASSWORD", "FAKE-another");
    let found = machine
        .keyring()
        .search(&Query::atmos().with_secrets())
        .unwrap();
    let Content::Broken(why) = &found.entries[0].content else {
        panic!("{found:?}")
    };
    assert_eq!(why, "the password does not open it");
}

#[test]
fn secrets_are_decrypted_only_when_asked_for() {
    let machine = Machine::new().with_password();
    let found = machine.keyring().search(&Query::atmos()).unwrap();
    assert!(
        found
            .entries
            .iter()
            .all(|entry| matches!(entry.content, Content::Unread))
    );
    let other = Query {
        account: Some("somebody".to_owned()),
        ..Query::default()
    };
    assert_eq!(machine.keyring().search(&other).unwrap().entries.len(), 0);
}

#[test]
fn the_variable_with_the_password_can_be_named() {
    let read = |machine: &Machine, password_env| {
        let settings = FileSettings {
            path: Some("run/keyring"),
            password_env,
        };
        let keyring = machine.open(settings).unwrap();
        keyring
            .read(&EntryKey::atmos(PORTAL))
            .map(|secret| secret.is_some())
    };
    let machine = Machine::new().with("PUPPET", "password-for-tests");
    assert_eq!(read(&machine, Some("PUPPET")), Ok(true));
    assert_eq!(read(&machine, None), Err(KeyringError::Locked));
    let machine = machine.with("ATMOS_KEYRING_PASSWORD_ENV", "PUPPET");
    assert_eq!(
        read(&machine, Some("OTHER")),
        Ok(true),
        "the environment wins"
    );
}

#[test]
fn a_file_that_is_no_entry_is_neither_listed_nor_deleted_nor_replaced() {
    let machine = Machine::new().with_password();
    machine.put("id_ed25519", b"FAKE-private-key");
    machine.put(".hidden", b"x");
    machine.put("a%2fb", &std::fs::read(fixture(PORTAL)).unwrap());
    let keyring = machine.keyring();
    assert_eq!(keyring.search(&Query::atmos()).unwrap().entries.len(), 3);
    let key = EntryKey::atmos("id_ed25519");
    let outcome = &keyring.delete(std::slice::from_ref(&key))[0];
    assert!(
        outcome
            .as_ref()
            .unwrap_err()
            .to_string()
            .contains("not an entry"),
        "{outcome:?}"
    );
    assert!(
        keyring
            .write(&key, &Secret::new("FAKE".to_owned()))
            .is_err()
    );
    assert!(keyring.read(&key).unwrap().is_none());
    assert!(machine.names().contains(&"id_ed25519".to_owned()));
    for hostile in ["../../home", "..", "", ".hidden", "a\0b"] {
        assert_eq!(
            keyring.delete(&[EntryKey::atmos(hostile)]),
            [Ok(Deletion::Absent)]
        );
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_not_followed() {
    let machine = Machine::new();
    let outside = machine.root.path().join("outside");
    std::fs::write(&outside, std::fs::read(fixture(PORTAL)).unwrap()).unwrap();
    let link = machine.root.path().join("work/run/keyring/linked");
    std::os::unix::fs::symlink(&outside, link).unwrap();
    let keyring = machine.keyring();
    assert_eq!(keyring.search(&Query::atmos()).unwrap().entries.len(), 3);
    assert!(keyring.delete(&[EntryKey::atmos("linked")])[0].is_err());
    assert!(outside.exists());
}

#[test]
fn a_written_entry_is_read_again_and_replaced() {
    let machine = Machine::new().with_password();
    let keyring = machine.keyring();
    let key = EntryKey::atmos("atmos_r_a/b%c");
    for text in ["FAKE-one", "FAKE-two"] {
        keyring.write(&key, &Secret::new(text.to_owned())).unwrap();
        assert_eq!(keyring.read(&key).unwrap().unwrap().expose(), text);
    }
    assert!(
        machine.names().contains(&"atmos_r_a%2Fb%25c".to_owned()),
        "{:?}",
        machine.names()
    );
    assert!(services(&keyring.search(&Query::atmos()).unwrap()).contains(&"atmos_r_a/b%c"));
    assert_eq!(keyring.delete(&[key]), [Ok(Deletion::Deleted(1))]);
}

#[test]
fn writing_needs_a_password_of_eight_characters() {
    for machine in [
        Machine::new(),
        Machine::new().with("ATMOS_KEYRING_PASSWORD", "short"),
    ] {
        let written = machine
            .keyring()
            .write(&EntryKey::atmos("a"), &Secret::new(String::new()));
        assert!(written.is_err());
        assert_eq!(machine.names().len(), 3);
    }
}

#[test]
fn the_directory_comes_from_settings_then_environment_then_the_data_root() {
    let machine = Machine::new();
    let directory = |machine: &Machine, path| {
        let settings = FileSettings {
            path,
            password_env: None,
        };
        machine
            .open(settings)
            .map(|keyring| keyring.directory().to_path())
    };
    let home = machine.root.path().join("home");
    let work = machine.root.path().join("work");
    assert_eq!(
        directory(&machine, None),
        Ok(home.join(".local/share/atmos/keyring"))
    );
    assert_eq!(
        directory(&machine, Some("~/k/entries.d")),
        Ok(home.join("k"))
    );
    assert_eq!(directory(&machine, Some("../work/k")), Ok(work.join("k")));
    let machine = machine.with("ATMOS_KEYRING_FILE_PATH", "/elsewhere/k");
    assert_eq!(directory(&machine, None), Ok("/elsewhere/k".into()));
    assert_eq!(directory(&machine, Some("k")), Ok(work.join("k")));
    let foreign = directory(&machine, Some("/etc"));
    assert!(
        matches!(foreign, Err(KeyringError::NotAvailable { .. })),
        "{foreign:?}"
    );
    let machine = Machine::new().with("ATMOS_XDG_DATA_HOME", "/data");
    assert_eq!(directory(&machine, None), Ok("/data/atmos/keyring".into()));
}

#[test]
fn a_missing_directory_is_empty() {
    let machine = Machine::new();
    let keyring = machine.open(FileSettings::default()).unwrap();
    assert_eq!(keyring.search(&Query::atmos()).unwrap().entries.len(), 0);
    assert_eq!(
        keyring.delete(&[EntryKey::atmos("a")]),
        [Ok(Deletion::Absent)]
    );
}

#[test]
fn a_directory_full_of_expensive_entries_is_given_up() {
    let machine = Machine::new().with_password();
    let expensive = r#"{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2c":1000000,"p2s":"AAAA"}"#;
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(expensive);
    let mut budget = Budget {
        bytes: BYTES,
        rounds: 2_000_000,
    };
    assert!(budget.spend_rounds(1_000_000) && budget.spend_rounds(1_000_000));
    let keyring = machine.keyring();
    let content = format!("{header}.AA.AA.AA.AA");
    let query = Query::atmos().with_secrets();
    let content = keyring.content(content.as_bytes(), &query, &mut budget);
    assert!(matches!(content, Some(Content::Broken(why)) if why.contains("too many")));
}

#[test]
fn debug_shows_no_password() {
    let shown = format!("{:?}", Machine::new().with_password().keyring());
    assert!(
        shown.contains("has_password: true") && !shown.contains("password-for"),
        "{shown}"
    );
}

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/keyring")
        .join(name)
}
