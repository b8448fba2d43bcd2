//! Against a real GNOME Keyring: the recorded state with keys of an IAM user in it.

use adieu_testkit::server::Server;
use adieu_testkit::session_bus::SessionBus;
use adieu_testkit::{Adieu, Home};
use insta::assert_snapshot;

use crate::recorded::{auth, point_at};
use crate::support::{fixture, logouts};

/// The state on a bus of its own; `None` if the daemons are not installed, which is said.
fn signed_in(portal: &Server) -> Option<(Home, SessionBus)> {
    let Some(bus) = SessionBus::start() else {
        eprintln!("left out: no GNOME Keyring (packages gnome-keyring, dbus, libsecret-tools)");
        return None;
    };
    let home = Home::from_fixture(fixture("aws-user-secret-service"));
    point_at(&home, portal);
    let realm = home.derived_realm();
    home.rename(".config/atmos/REALM", format!(".config/atmos/{realm}"));
    let listing =
        std::fs::read_to_string(fixture("aws-user-secret-service").join("keyring-entries.txt"))
            .unwrap();
    let value = |line: &str, name: &str| line.strip_prefix(name).map(str::to_owned);
    let secrets = listing.lines().filter_map(|line| value(line, "secret = "));
    let services = listing
        .lines()
        .filter_map(|line| value(line, "attribute.service = "));
    let entries: Vec<(String, String)> = services.zip(secrets).collect();
    assert_eq!(entries.len(), 2);
    for (service, secret) in entries {
        bus.store(&service.replace("REALM", &realm), "atmos-auth", &secret);
    }
    Some((home, bus))
}

fn on(bus: &SessionBus, command: Adieu) -> Adieu {
    command
        .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
        .env("XDG_RUNTIME_DIR", bus.runtime_directory())
}

fn entry(home: &Home, name: &str) -> String {
    format!("atmos_{}_{name}", home.derived_realm())
}

#[test]
fn long_lived_keys_stay_and_the_portal_token_goes() {
    let portal = Server::aws_portal();
    let Some((home, bus)) = signed_in(&portal) else {
        return;
    };
    let run = |words: &str| {
        let output = on(&bus, auth(&home, words)).run();
        output.to_string().replace(&home.derived_realm(), "REALM")
    };
    assert_snapshot!(run("logout easel-keys"), @r###"
    $ adieu auth logout easel-keys
    exit 0
    --- stdout
    Logging out from identity: easel-keys

    Building authentication chain...
      ✓ Chain: easel-keys

    Removing credentials...
      ✓ Files: ~/.config/atmos/REALM/aws/aws-user/ (XDG-compliant)

    Kept:
      • Keyring: easel-keys (long-lived credentials stay; --keychain deletes them)
        hint: --keychain deletes it

    May still be valid:
      • AWS credentials of easel-keys (a copy would stay good until 2026-11-21T09:16:32Z)

    Successfully logged out from 1 identity

    ⚠️  Note: This only removes local credentials. Your browser session
       may still be active. Visit your identity provider to end your
       browser session.
    --- stderr
    "###);
    assert!(
        bus.lookup(&entry(&home, "easel-keys"), "atmos-auth")
            .is_some()
    );
    assert_snapshot!(run("logout --all"), @r###"
    $ adieu auth logout --all
    exit 0
    --- stdout
    Logging out from all identities...

    Ending sessions at the server...
      ✓ portal session of meridian-sso at $PORTAL

    Removing all credentials...
      ✓ Keyring: meridian-sso
      ✓ Files: ~/.cache/atmos/aws-sso/sessions/
      ✓ Files: ~/.config/atmos/REALM/aws/meridian-sso/ (XDG-compliant)

    Kept:
      • Keyring: easel-keys (long-lived credentials stay; --keychain deletes them)
        hint: --keychain deletes it

    May still be valid:
      • AWS credentials of meridian-sso (a copy would stay good until 2026-11-21T09:16:18Z)

    Successfully logged out from 2 identities

    ⚠️  Note: Your browser session may still be active. Visit your identity
       provider to end your browser session.
       https://meridian.awsapps.com/start
    --- stderr
    "###);
    assert_eq!(logouts(&portal), 1);
    assert!(
        bus.lookup(&entry(&home, "easel-keys"), "atmos-auth")
            .is_some()
    );
    assert_eq!(
        bus.lookup(&entry(&home, "meridian-sso"), "atmos-auth"),
        None
    );
    let status = on(&bus, auth(&home, "status --check")).run().code(1);
    assert!(status.stdout.contains("easel-keys"), "{status}");
}

#[test]
fn keychain_and_force_delete_the_keys_and_leave_strangers() {
    let portal = Server::aws_portal();
    let Some((home, bus)) = signed_in(&portal) else {
        return;
    };
    bus.store("gh:github.com", "ana", "FAKE-stranger");
    bus.store(
        "atmos_other-realm_someone",
        "atmos-auth",
        "FAKE-other-realm",
    );
    on(&bus, auth(&home, "logout --all --keychain --force"))
        .run()
        .success();
    for name in ["easel-keys", "meridian-sso"] {
        assert_eq!(
            bus.lookup(&entry(&home, name), "atmos-auth"),
            None,
            "{name}"
        );
    }
    assert!(bus.lookup("gh:github.com", "ana").is_some());
    assert!(
        bus.lookup("atmos_other-realm_someone", "atmos-auth")
            .is_some()
    );
    on(&bus, auth(&home, "status --check")).run().success();
}

/// Three schemes of key names times realms.
#[test]
fn entries_of_every_scheme_and_realm_are_found() {
    let portal = Server::aws_portal();
    let Some((home, bus)) = signed_in(&portal) else {
        return;
    };
    let secret = bus
        .lookup(&entry(&home, "easel-keys"), "atmos-auth")
        .unwrap();
    let names = ["atmos_default_easel-keys", "atmos_easel-keys", "easel-keys"];
    for name in names {
        bus.store(name, "atmos-auth", &secret);
    }
    // The same name with another account is a stranger's.
    bus.store("easel-keys", "ana", "FAKE-stranger");
    on(&bus, auth(&home, "logout easel-keys --keychain --force"))
        .run()
        .success();
    for name in names {
        assert_eq!(bus.lookup(name, "atmos-auth"), None, "{name}");
    }
    assert_eq!(bus.lookup(&entry(&home, "easel-keys"), "atmos-auth"), None);
    assert!(bus.lookup("easel-keys", "ana").is_some());
    assert!(
        bus.lookup(&entry(&home, "meridian-sso"), "atmos-auth")
            .is_some()
    );
}

#[test]
fn locked_keyring_is_reported_and_the_provider_behind_it_is_kept_whole() {
    let portal = Server::aws_portal();
    let Some((home, bus)) = signed_in(&portal) else {
        return;
    };
    bus.lock();
    let directory = format!(".config/atmos/{}/aws/meridian-sso", home.derived_realm());
    let output = on(&bus, auth(&home, "logout --all")).run();
    assert!(output.stderr.contains("locked keyring"), "{output}");
    assert!(home.has(&directory), "{output}");
    assert_eq!(logouts(&portal), 0, "{output}");
    on(&bus, auth(&home, "status --check")).run().code(1);
    // What cannot be read is given up, and the rest goes.
    let output = on(&bus, auth(&home, "logout --all --force")).run();
    assert!(!home.has(&directory), "{output}");
    assert_eq!(logouts(&portal), 1, "the session file holds the token too");
}
