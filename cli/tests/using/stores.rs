//! What other managers of AWS keys have in the key store is found, and goes with a logout; what a person
//! typed stays.
#![cfg(all(unix, not(target_vendor = "apple")))]

use adieu_testkit::Home;
use adieu_testkit::session_bus::SessionBus;

use crate::support::adieu;

/// An entry of the key store.
type Entry = (&'static [(&'static str, &'static str)], &'static str, bool);

/// The attributes of an entry, its tool, and whether it is obtained by signing in.
const ENTRIES: [Entry; 9] = [
    (
        &[("profile", "oidc:https://vault.awsapps.com/start")],
        "aws-vault",
        true,
    ),
    (
        &[("profile", "sts.GetSessionToken,cHJvZA==,,1795248928")],
        "aws-vault",
        true,
    ),
    (
        &[("profile", "https://granted.awsapps.com/start")],
        "granted",
        true,
    ),
    (&[("profile", "aws-sso-cli-records")], "aws-sso-cli", true),
    (
        &[("profile", "https://idp.example.test/app/sessionCookie")],
        "saml2aws",
        true,
    ),
    (
        &[
            ("service", "Leapp"),
            ("account", "aws-sso-integration-access-token-0001"),
        ],
        "leapp",
        true,
    ),
    (
        &[
            ("service", "Leapp"),
            ("account", "0002-iam-user-aws-session-token"),
        ],
        "leapp",
        true,
    ),
    (
        &[
            ("service", "Leapp"),
            ("account", "0002-iam-user-aws-session-access-key-id"),
        ],
        "leapp",
        false,
    ),
    (
        &[
            ("service", "Leapp"),
            ("account", "0002-iam-user-aws-session-secret-access-key"),
        ],
        "leapp",
        false,
    ),
];

#[test]
fn entries_of_other_managers_are_found_and_logged_out() {
    let Some(bus) = SessionBus::start() else {
        return;
    };
    for (attributes, tool, _) in &ENTRIES {
        bus.store_with(tool, attributes, "FAKE-secret");
    }
    let strange: [(&str, &str); 2] = [
        ("service", "Leap"),
        ("account", "aws-sso-integration-access-token-1"),
    ];
    bus.store_with("strange", &strange, "FAKE-secret");
    let home = Home::new();
    let run = |words: &str| {
        adieu(&home, words)
            .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
            .env("XDG_RUNTIME_DIR", bus.runtime_directory())
            .run()
    };
    let document = run("status -o json").success().json();
    let sessions = document["sessions"].as_array().unwrap();
    for (_, tool, _) in &ENTRIES {
        let is_shown = sessions.iter().any(|session| session["system"] == *tool);
        assert!(is_shown, "{tool}: {document:#}");
    }
    run("logout --all --force").success();
    for (attributes, tool, is_session) in &ENTRIES {
        let is_there = bus.lookup_with(attributes).is_some();
        assert_eq!(is_there, !is_session, "{tool} {attributes:?}");
    }
    assert!(bus.lookup_with(&strange).is_some());
}
