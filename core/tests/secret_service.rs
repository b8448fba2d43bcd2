//! The Secret Service store against a real GNOME Keyring on a private bus.
#![cfg(all(unix, not(target_vendor = "apple")))]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use adieu::io::keyring::{
    Content, Deletion, EntryKey, Keyring, KeyringError, Query, SecretServiceKeyring, key_names,
};
use adieu::secret::Secret;
use adieu::systems::salesforce::login::{KeyStore as _, SystemKeys};
use adieu::world::World;
use adieu_testkit::session_bus::SessionBus;

fn world(variables: &[(&str, &str)]) -> World {
    let now = "2026-11-21T08:30:00Z".parse().unwrap();
    World::fixed("/nowhere", now).with_variables(variables.iter().copied())
}

fn keyring(bus: &SessionBus) -> SecretServiceKeyring {
    SecretServiceKeyring::new(&world(&[("DBUS_SESSION_BUS_ADDRESS", bus.address())]))
}

fn services(keyring: &SecretServiceKeyring) -> Vec<String> {
    let found = keyring.search(&Query::atmos()).unwrap();
    found
        .entries
        .into_iter()
        .map(|entry| entry.key.service)
        .collect()
}

/// Fails unless the call ends with "not available" well before its time limit.
fn assert_not_available(result: &Result<impl std::fmt::Debug, KeyringError>, start: Instant) {
    assert!(
        matches!(result, Err(KeyringError::NotAvailable { .. })),
        "{result:?}"
    );
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "took {:?}",
        start.elapsed()
    );
}

#[test]
fn search_by_account_finds_all_three_schemes_and_nothing_else() {
    let Some(bus) = SessionBus::start() else {
        return;
    };
    for service in key_names("meridian", "a/b c") {
        bus.store(&service, "atmos-auth", r#"{"type":"mock","data":{}}"#);
    }
    bus.store("stranger", "somebody-else", "FAKE-other");
    let found = keyring(&bus)
        .search(&Query::atmos().with_secrets())
        .unwrap();
    let names: Vec<_> = found
        .entries
        .iter()
        .map(|entry| entry.key.service.as_str())
        .collect();
    assert_eq!(names, ["a/b c", "atmos_a/b c", "atmos_meridian_a/b c"]);
    for entry in &found.entries {
        let Content::Known(secret) = &entry.content else {
            panic!("{entry:?}")
        };
        assert_eq!(secret.expose(), r#"{"type":"mock","data":{}}"#);
    }
    assert_eq!(found.unnamed, 0);
}

#[test]
fn the_key_of_salesforce_cli_is_shared_with_it() {
    let Some(bus) = SessionBus::start() else {
        return;
    };
    let attributes = [("user", "local"), ("domain", "sfdx")];
    let stored = "f24be338390fdf578f1364cb35f1a66b\n";
    bus.store_with("'salesforce.com'", &attributes, stored);
    let keyring = keyring(&bus);
    let keys = SystemKeys::new(&world(&[]), &keyring);
    assert_eq!(keys.read().unwrap().unwrap().expose(), stored);
    // What is written replaces it, so that the real client finds one entry, and its own label.
    let other = "0".repeat(32);
    keys.write(&Secret::new(other.clone())).unwrap();
    assert_eq!(bus.lookup_with(&attributes), Some(format!("{other}\n")));
    assert_eq!(keys.read().unwrap().unwrap().expose().trim(), other);
}

#[test]
fn search_without_secrets_reads_none() {
    let Some(bus) = SessionBus::start() else {
        return;
    };
    bus.store("atmos_a", "atmos-auth", "FAKE-secret");
    let found = keyring(&bus).search(&Query::atmos()).unwrap();
    assert!(matches!(found.entries[..], [ref one] if matches!(one.content, Content::Unread)));
}

#[test]
fn delete_removes_every_hit_and_leaves_the_neighbours() {
    let Some(bus) = SessionBus::start() else {
        return;
    };
    bus.store("atmos_r_a", "atmos-auth", "FAKE-1");
    // A second item of the same key: a further attribute keeps secret-tool from replacing the first.
    let key = [
        ("service", "atmos_r_a"),
        ("username", "atmos-auth"),
        ("target", "default"),
    ];
    bus.store_with("keyring:atmos-auth@atmos_r_a", &key, "FAKE-2");
    bus.store("atmos_r_b", "atmos-auth", "FAKE-3");
    bus.store("atmos_r_a", "another-account", "FAKE-4");

    let keyring = keyring(&bus);
    let keys = [
        EntryKey::atmos("atmos_r_a"),
        EntryKey::atmos("atmos_r_gone"),
    ];
    let outcomes = keyring.delete(&keys);
    assert_eq!(outcomes, [Ok(Deletion::Deleted(2)), Ok(Deletion::Absent)]);
    assert_eq!(services(&keyring), ["atmos_r_b"]);
    assert_eq!(bus.lookup("atmos_r_a", "atmos-auth"), None);
    assert_eq!(
        bus.lookup("atmos_r_a", "another-account").as_deref(),
        Some("FAKE-4")
    );
}

#[test]
fn entries_with_equal_names_and_different_secrets_are_ambiguous_to_read() {
    let Some(bus) = SessionBus::start() else {
        return;
    };
    let key = [
        ("service", "s"),
        ("username", "atmos-auth"),
        ("application", "x"),
    ];
    bus.store("s", "atmos-auth", "FAKE-1");
    bus.store_with("label", &key, "FAKE-1");
    let keyring = keyring(&bus);
    assert_eq!(
        keyring
            .read(&EntryKey::atmos("s"))
            .unwrap()
            .unwrap()
            .expose(),
        "FAKE-1"
    );
    bus.store_with("label", &key, "FAKE-2");
    let read = keyring.read(&EntryKey::atmos("s"));
    assert!(
        matches!(read, Err(KeyringError::Ambiguous { count: 2 })),
        "{read:?}"
    );
}

#[test]
fn a_written_entry_is_what_the_other_tools_expect() {
    let Some(bus) = SessionBus::start() else {
        return;
    };
    let keyring = keyring(&bus);
    let key = EntryKey::atmos("atmos_r_a");
    keyring
        .write(&key, &Secret::new("FAKE-old".to_owned()))
        .unwrap();
    keyring
        .write(&key, &Secret::new("FAKE-new".to_owned()))
        .unwrap();
    assert_eq!(
        bus.lookup("atmos_r_a", "atmos-auth").as_deref(),
        Some("FAKE-new")
    );
    let shown = bus.search_all("atmos-auth");
    assert!(
        shown.contains("label = Password for 'atmos-auth' on 'atmos_r_a'"),
        "{shown}"
    );
    assert_eq!(
        shown.matches("attribute.service = atmos_r_a").count(),
        1,
        "{shown}"
    );
    let attributes = shown.lines().filter(|line| line.starts_with("attribute."));
    let foreign = attributes.filter(|line| !line.contains("service") && !line.contains("username"));
    assert_eq!(foreign.count(), 0, "{shown}");
    // And one that they wrote is replaced, not doubled.
    bus.store("atmos_r_a", "atmos-auth", "FAKE-theirs");
    assert_eq!(services(&keyring), ["atmos_r_a"]);
    assert_eq!(keyring.read(&key).unwrap().unwrap().expose(), "FAKE-theirs");
    assert!(keyring.read(&EntryKey::atmos("absent")).unwrap().is_none());
}

#[test]
fn a_locked_collection_is_reported_without_asking_and_keeps_its_entries() {
    let Some(bus) = SessionBus::start() else {
        return;
    };
    bus.store("atmos_a", "atmos-auth", "FAKE-1");
    bus.lock();
    let start = Instant::now();
    let keyring = keyring(&bus);
    let found = keyring.search(&Query::atmos().with_secrets()).unwrap();
    assert!(matches!(found.entries[..], [ref one] if matches!(one.content, Content::Locked)));
    let key = EntryKey::atmos("atmos_a");
    let outcomes = keyring.delete(&[key.clone(), EntryKey::atmos("absent")]);
    assert_eq!(outcomes, [Err(KeyringError::Locked), Ok(Deletion::Absent)]);
    assert_eq!(keyring.read(&key).map(|_| ()), Err(KeyringError::Locked));
    let written = keyring.write(&key, &Secret::new("FAKE-2".to_owned()));
    assert_eq!(written, Err(KeyringError::Locked));
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "took {:?}",
        start.elapsed()
    );
    assert_eq!(services(&keyring), ["atmos_a"]);
}

#[test]
fn a_collection_that_was_never_unlocked_shows_the_names_that_the_caller_knows() {
    let Some(mut bus) = SessionBus::start() else {
        return;
    };
    bus.store("atmos_r_known", "atmos-auth", "FAKE-1");
    bus.store("atmos_r_other", "atmos-auth", "FAKE-2");
    bus.restart_locked();
    let query = Query::atmos().knowing(["atmos_r_known", "atmos_r_absent"]);
    let found = keyring(&bus).search(&query).unwrap();
    let names: Vec<_> = found
        .entries
        .iter()
        .map(|entry| entry.key.service.as_str())
        .collect();
    assert_eq!(names, ["atmos_r_known"]);
    assert!(matches!(found.entries[0].content, Content::Locked));
    assert_eq!(found.unnamed, 1);
}

#[test]
fn unlocking_that_nobody_can_answer_ends_in_time() {
    let Some(bus) = SessionBus::start() else {
        return;
    };
    bus.store("atmos_a", "atmos-auth", "FAKE-1");
    bus.lock();
    let start = Instant::now();
    let outcome = keyring(&bus)
        .interactive(true)
        .delete(&[EntryKey::atmos("atmos_a")]);
    // There is no display: the service closes its own question, or cannot ask at all.
    assert!(outcome[0].is_err(), "{outcome:?}");
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "took {:?}",
        start.elapsed()
    );
}

#[test]
fn no_bus_is_not_available_at_once() {
    let start = Instant::now();
    let keyring = SecretServiceKeyring::new(&world(&[]));
    assert_not_available(&keyring.search(&Query::atmos()), start);
    let missing = [("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")];
    let keyring = SecretServiceKeyring::new(&world(&missing));
    assert_not_available(&keyring.search(&Query::atmos()), start);
    let outcomes = keyring.delete(&[EntryKey::atmos("a"), EntryKey::atmos("b")]);
    assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
}

#[test]
fn a_bus_without_the_service_is_not_available() {
    let Some(bus) = SessionBus::without_service() else {
        return;
    };
    let start = Instant::now();
    // Found through the runtime directory this time.
    let directory = bus.runtime_directory();
    let world = world(&[("XDG_RUNTIME_DIR", directory.to_str().unwrap())]);
    assert_not_available(
        &SecretServiceKeyring::new(&world).search(&Query::atmos()),
        start,
    );
}

#[test]
fn a_socket_that_answers_nothing_ends_in_time() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bus");
    let _listener = UnixListener::bind(&path).unwrap();
    let address = format!("unix:path={}", path.display());
    let limit = Duration::from_millis(300);
    let world = world(&[("DBUS_SESSION_BUS_ADDRESS", &address)]);
    let keyring = SecretServiceKeyring::new(&world).with_limit(limit);
    let start = Instant::now();
    let found = keyring.search(&Query::atmos());
    assert_eq!(
        found.map(|_| ()),
        Err(KeyringError::TimedOut { after: limit })
    );
    let keys: Vec<_> = (0..50).map(|n| EntryKey::atmos(format!("a{n}"))).collect();
    let outcomes = keyring.delete(&keys);
    assert!(
        outcomes
            .iter()
            .all(|o| *o == Err(KeyringError::TimedOut { after: limit }))
    );
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "took {:?}",
        start.elapsed()
    );
}

#[test]
fn a_service_that_stops_answering_ends_in_time() {
    let Some(bus) = SessionBus::start() else {
        return;
    };
    bus.store("atmos_a", "atmos-auth", "FAKE-1");
    let limit = Duration::from_millis(500);
    let keyring = keyring(&bus).with_limit(limit);
    assert_eq!(services(&keyring), ["atmos_a"]);
    bus.freeze();
    let start = Instant::now();
    let found = keyring.search(&Query::atmos());
    assert_eq!(
        found.map(|_| ()),
        Err(KeyringError::TimedOut { after: limit })
    );
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "took {:?}",
        start.elapsed()
    );
}

#[test]
fn a_keyring_that_comes_back_is_used_again() {
    let Some(mut bus) = SessionBus::start() else {
        return;
    };
    bus.store("atmos_a", "atmos-auth", "FAKE-1");
    let keyring = keyring(&bus);
    assert_eq!(services(&keyring), ["atmos_a"]);
    bus.restart_locked();
    let found = keyring
        .search(&Query::atmos().knowing(["atmos_a"]))
        .unwrap();
    assert_eq!(found.entries.len(), 1);
}

#[test]
fn a_hundred_entries_are_read_and_deleted_in_time() {
    let Some(bus) = SessionBus::start() else {
        return;
    };
    let keyring = keyring(&bus);
    let keys: Vec<_> = (0..100)
        .map(|n| EntryKey::atmos(format!("atmos_r_{n:03}")))
        .collect();
    for key in &keys {
        keyring
            .write(key, &Secret::new("FAKE-secret".to_owned()))
            .unwrap();
    }
    let found = keyring.search(&Query::atmos().with_secrets()).unwrap();
    assert_eq!(found.entries.len(), 100);
    assert!(
        keyring
            .delete(&keys)
            .iter()
            .all(|o| *o == Ok(Deletion::Deleted(1)))
    );
    assert_eq!(services(&keyring), [""; 0]);
}
