//! A real GNOME Keyring with what real clients write there: each item under its tool's name, found
//! without unlocking anything, and nothing else taken.

use adieu_testkit::Client;
use adieu_testkit::session_bus::SessionBus;

use crate::support::{EVERYTHING, Place, lines};

type Attributes = &'static [(&'static str, &'static str)];

/// Items with the attributes that the real clients gave them, and what they are found as.
///
/// Source: recorded with the real clients, over go-keyring, node-keytar, `99designs/keyring`, Python's
/// keyring and libsecret.
const ITEMS: [(Attributes, &str); 12] = [
    (
        &[("service", "gh:github.com"), ("username", "alice")],
        "gh | alice@github.com | session",
    ),
    (
        &[("service", "gh:github.com"), ("username", "")],
        "gh | github.com | session",
    ),
    (
        &[("service", "gh:ghe.example.test"), ("username", "carol")],
        "gh | carol@ghe.example.test | session",
    ),
    (
        &[("service", "heroku-cli"), ("account", "alice@example.test")],
        "heroku | alice@example.test | session",
    ),
    (
        &[("profile", "access-token")],
        "planetscale | oauth | session",
    ),
    (
        &[
            ("server", "https://index.docker.io/v1/"),
            ("username", "carol"),
            ("label", "Docker Credentials"),
            ("docker_cli", "1"),
        ],
        "docker | carol@index.docker.io/v1/ | session",
    ),
    (
        &[
            ("service", "poetry-repository-corp"),
            ("username", "alice"),
            ("application", "Python keyring library"),
        ],
        "poetry | alice@corp | session",
    ),
    (
        &[
            ("service", "ggshield"),
            ("username", "https://dashboard.example.test"),
            ("application", "Python keyring library"),
        ],
        "ggshield | dashboard.example.test | session",
    ),
    (
        &[("service", "Supabase CLI"), ("username", "supabase")],
        "supabase | supabase | session",
    ),
    (
        &[
            ("service", "kubelogin"),
            ("username", "kubelogin/tokencache/0a1b"),
        ],
        "kubelogin | 0a1b | session",
    ),
    (
        &[("service", "git:https://github.com"), ("account", "alice")],
        "gcm | alice@github.com | session",
    ),
    (
        &[
            ("protocol", "https"),
            ("server", "git.example.test"),
            ("user", "dana"),
        ],
        "git | dana@git.example.test | session",
    ),
];

/// Items of other programs, which are no sign-ins of tools.
const NEIGHBOURS: [Attributes; 5] = [
    &[
        ("setting-name", "802-11-wireless-security"),
        ("connection-uuid", "1"),
    ],
    &[("application", "chrome")],
    &[
        ("protocol", "smb"),
        ("server", "files.example.test"),
        ("user", "dana"),
    ],
    &[
        ("protocol", "sftp"),
        ("server", "git.example.test"),
        ("user", "dana"),
    ],
    &[("uri", "https://mail.example.test/"), ("username", "dana")],
];

fn filled() -> Option<SessionBus> {
    let bus = SessionBus::start()?;
    for (number, attributes) in ITEMS
        .iter()
        .map(|(item, _)| *item)
        .chain(NEIGHBOURS)
        .enumerate()
    {
        bus.store_with("label", attributes, &format!("FAKE-{number}"));
    }
    Some(bus)
}

fn names(place: &Place) -> Vec<String> {
    let found = place.found();
    let name = |line: &String| line.split(" | ").take(3).collect::<Vec<_>>().join(" | ");
    found.iter().map(name).collect()
}

#[track_caller]
fn assert_neighbours(bus: &SessionBus) {
    for neighbour in NEIGHBOURS {
        assert!(bus.lookup_with(neighbour).is_some(), "{neighbour:?}");
    }
}

#[test]
fn items_are_found_under_their_tools_names_and_no_others() {
    let Some(bus) = filled() else { return };
    let place = Place::with_key_store(&bus);
    let expected = lines(ITEMS.map(|(_, name)| name));
    assert_eq!(names(&place), expected);
    // Locked, they still have their names; and nobody is asked for a password.
    bus.lock();
    assert_eq!(names(&place), expected);
    assert_ne!(place.adieu("status --check").status, Some(0));
}

#[test]
fn one_item_goes_alone_and_all_go_without_their_neighbours() {
    let Some(bus) = filled() else { return };
    let place = Place::with_key_store(&bus);
    for (item, name) in ITEMS {
        let mut parts = name.split(" | ");
        let selector = format!("{}:{}", parts.next().unwrap(), parts.next().unwrap());
        let others = names(&place).len() - 1;
        place
            .adieu_with(&["logout", "--force", "--no-revoke", &selector])
            .success();
        assert_eq!(names(&place).len(), others, "{selector}");
        assert_eq!(bus.lookup_with(item), None, "{selector}");
        assert_neighbours(&bus);
    }
    assert_eq!(names(&place), Vec::<String>::new());
    for (item, _) in ITEMS {
        bus.store_with("label", item, "FAKE-again");
    }
    place.adieu(EVERYTHING).success();
    assert_eq!(names(&place), Vec::<String>::new());
    assert_neighbours(&bus);
}

/// What hides its names until it is unlocked cannot be called clean.
#[test]
fn key_store_that_was_never_unlocked_is_not_called_clean() {
    let Some(mut bus) = filled() else { return };
    let place = Place::with_key_store(&bus);
    bus.restart_locked();
    assert_eq!(place.adieu("status --check").code(3).status, Some(3));
}

/// Items as libraries for the key store write them, for tools that nobody has described.
const UNKNOWN: [(Attributes, &str); 3] = [
    (
        &[("service", "zorg"), ("username", "alice")],
        "keyring:zorg/alice",
    ),
    (
        &[("service", "quux-cli"), ("account", "bob")],
        "keyring:quux-cli/bob",
    ),
    (&[("profile", "blip-token")], "keyring:blip-token"),
];

/// Items with such attributes that are no sign-ins.
const OF_PROGRAMS: [Attributes; 2] = [
    &[("service", "Blip Safe Storage"), ("account", "Blip")],
    &[("service", "adieu"), ("username", "/home/alice/trail")],
];

#[test]
fn what_no_known_tool_has_is_a_possible_sign_in() {
    let Some(bus) = SessionBus::start() else {
        return;
    };
    let place = Place::with_key_store(&bus);
    for attributes in NEIGHBOURS.into_iter().chain(OF_PROGRAMS) {
        bus.store_with("label", attributes, "FAKE-other");
    }
    place.adieu("status --check").code(0);
    for (attributes, name) in UNKNOWN {
        bus.store_with("label", attributes, "FAKE-unknown");
        let output = place.adieu("status --check").code(3);
        assert!(output.stdout.contains(name), "{output}");
        // Not without being asked for by that word.
        place.adieu(EVERYTHING).success();
        assert!(bus.lookup_with(attributes).is_some(), "{name}");
        place.adieu(&format!("catalogue ignore {name}")).success();
        place.adieu("status --check").code(0);
        let remove = format!("catalogue ignore --remove {name}");
        place.adieu(&remove).success();
        place.adieu("status --check").code(3);
        let service = name.trim_start_matches("keyring:").split('/').next();
        let logout = format!("logout --possible {} --force", service.unwrap());
        place.adieu(&logout).success();
        assert_eq!(bus.lookup_with(attributes), None, "{name}");
        place.adieu("status --check").code(0);
    }
    assert_neighbours(&bus);
    for attributes in OF_PROGRAMS {
        assert!(bus.lookup_with(attributes).is_some(), "{attributes:?}");
    }
}

const URLS: [&str; 2] = [
    "https://upload.example.test/legacy/",
    "http://pypi.example.test/simple",
];

/// Twine, pip and uv ask Python's keyring by the repository's address.
#[test]
fn what_python_keyring_was_told_is_found_and_goes_when_it_is_asked_for() {
    let (Some(keyring), Some(poetry)) = (Client::find("keyring"), Client::find("poetry")) else {
        return;
    };
    let Some(bus) = SessionBus::start() else {
        return;
    };
    let place = Place::with_key_store(&bus);
    for url in URLS {
        let run = place.client(&keyring, &format!("set {url} alice"));
        run.stdin("FAKE-typed\n").run().success();
    }
    let words = "config http-basic.corp bob FAKE-poetry";
    place.client(&poetry, words).run().success();
    let expected = lines([
        "poetry | bob@corp | session | poetry-repository-corp",
        "twine | alice@upload.example.test/legacy/ | stored | https://upload.example.test/legacy/",
        "twine | alice@pypi.example.test/simple | stored | http://pypi.example.test/simple",
    ]);
    assert_eq!(place.found(), expected);
    let get = |url: &str| place.client(&keyring, &format!("get {url} alice")).run();
    get(URLS[0]).success();
    place.log_out("--all");
    get(URLS[0]).success();
    assert_eq!(place.found().len(), 2);
    place.adieu("status --check").code(1);
    let words = [
        "logout",
        "--force",
        "--keychain",
        "twine:alice@pypi.example.test/simple",
    ];
    place.adieu_with(&words).success();
    assert_ne!(get(URLS[1]).status, Some(0));
    get(URLS[0]).success();
    place.log_out_of_everything();
    assert_ne!(get(URLS[0]).status, Some(0));
}
