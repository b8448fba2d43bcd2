//! Sign-ins of AI clients and other tools that are kept in key stores and databases.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::os::unix::fs::MetadataExt as _;

use adieu::atmos::config::{self, ConfigurationRequest};
use adieu::catalogue::own::OwnCatalogue;
use adieu::discover::{DiscoverySources, discover_sign_ins};
use adieu::ignored::Ignored;
use adieu::inventory::{Category, Inventory, Place, State};
use adieu::io::files::Files;
use adieu::io::keyring::{EntryKey, Keyring, MemoryKeyring, Naming};
use adieu::report::build_status;
use adieu::secret::Secret;
use adieu::systems::{System, discovery::DiscoveryScope};
use adieu::world::{OperatingSystem, World};
use adieu_testkit::{CLOCK, Home};

fn world(home: &Home, system: OperatingSystem, variables: &[(&str, &str)]) -> World {
    World {
        working_directory: home.work(),
        temporary_directory: home.temporary(),
        operating_system: system,
        ..World::fixed(home.path(), CLOCK.parse().unwrap())
            .owned_by(home.path().metadata().unwrap().uid())
            .with_variables(variables.iter().copied())
    }
}

/// What is found with these entries in the key store.
fn found(world: &World, entries: &[(&str, &str, Naming)]) -> Inventory {
    let keyring = MemoryKeyring::new();
    for (service, account, naming) in entries {
        let key = EntryKey::new(*service, *account).named(*naming);
        keyring
            .write(&key, &Secret::new("FAKE-secret".to_owned()))
            .unwrap();
    }
    let keyrings: Vec<Box<dyn Keyring>> = vec![Box::new(keyring)];
    let configuration = config::load_configuration(world, &ConfigurationRequest::default());
    let identity_graph = adieu::atmos::build_identity_graph(&configuration.auth);
    let sources = DiscoverySources {
        world,
        files: &Files::new(world),
        keyrings: &keyrings,
        configuration: &configuration,
        identity_graph: &identity_graph,
        own_catalogue: &OwnCatalogue::default(),
        ignored: &Ignored::default(),
    };
    discover_sign_ins(&sources, DiscoveryScope::Machine)
}

/// Names of the accounts that are signed in by an entry of the key store.
fn in_keyring(inventory: &Inventory, system: System) -> Vec<(String, String)> {
    inventory
        .artefacts
        .iter()
        .filter(|found| found.system == system && found.state == State::Live)
        .filter_map(|found| match &found.place {
            Place::KeyringEntry { service, .. } => {
                Some((service.clone(), found.owner.as_account()?.to_owned()))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn keyring_entries_belong_to_the_tools_that_made_them() {
    let home = Home::new();
    home.write(
        ".codex/config.toml",
        "cli_auth_credentials_store = \"keyring\"\n",
    )
    .write(".gemini/settings.json", "{}")
    .write(".copilot/config.json", "{}");
    let entries = [
        (
            "Codex Auth",
            "cli|0123456789abcdef",
            Naming::ServiceUsername,
        ),
        ("gemini-cli-oauth", "main-account", Naming::ServiceAccount),
        (
            "gemini-cli-api-key",
            "default-api-key",
            Naming::ServiceAccount,
        ),
        (
            "copilot-cli",
            "https://github.com:ada-example",
            Naming::ServiceAccount,
        ),
        (
            "copilot-cli-other",
            "https://github.com:stranger",
            Naming::ServiceAccount,
        ),
    ];
    let inventory = found(&world(&home, OperatingSystem::Linux, &[]), &entries);
    assert_eq!(
        in_keyring(&inventory, System::CODEX),
        [("Codex Auth".to_owned(), "~/.codex".to_owned())]
    );
    assert_eq!(in_keyring(&inventory, System::GEMINI).len(), 2);
    assert_eq!(
        in_keyring(&inventory, System::COPILOT),
        [("copilot-cli".to_owned(), "ada-example".to_owned())]
    );
}

#[test]
fn entries_of_tools_without_a_directory_are_found_and_those_of_other_systems_are_not() {
    let home = Home::new();
    let entries = [
        (
            "Codex Auth",
            "cli|0123456789abcdef",
            Naming::ServiceUsername,
        ),
        (
            "copilot-cli",
            "https://github.com:ada-example",
            Naming::ServiceAccount,
        ),
        ("Claude Code-credentials", "ada", Naming::ServiceAccount),
    ];
    let inventory = found(&world(&home, OperatingSystem::Linux, &[]), &entries);
    assert_eq!(in_keyring(&inventory, System::CODEX).len(), 1);
    assert_eq!(in_keyring(&inventory, System::COPILOT).len(), 1);
    // There the client keeps its login in a file.
    assert!(in_keyring(&inventory, System::CLAUDE).is_empty());
}

#[test]
fn keychain_items_of_claude_belong_to_their_directories() {
    let home = Home::new();
    home.write(
        ".claude.json",
        "{\"oauthAccount\":{\"emailAddress\":\"ada@example.invalid\"}}",
    );
    let work = home.join(".claude-work");
    let work = work.to_str().unwrap();
    let variables = [("CLAUDE_CONFIG_DIR", work)];
    home.write(".claude-work/.claude.json", "{}");
    let entries = [
        ("Claude Code-credentials", "ada", Naming::ServiceAccount),
        ("Claude Code", "ada", Naming::ServiceAccount),
        (
            "Claude Code-credentials-00000000",
            "ada",
            Naming::ServiceAccount,
        ),
    ];
    let world = world(&home, OperatingSystem::MacOs, &variables);
    let inventory = found(&world, &entries);
    let mut found = in_keyring(&inventory, System::CLAUDE);
    found.sort();
    assert_eq!(
        found,
        [
            ("Claude Code".to_owned(), "ada@example.invalid".to_owned()),
            (
                "Claude Code-credentials".to_owned(),
                "ada@example.invalid".to_owned()
            ),
        ]
    );
}

#[cfg(feature = "sqlite")]
#[test]
fn rows_of_opencodes_database_are_sign_ins_and_their_secrets_are_not_read() {
    let home = Home::new();
    home.directory(".local/share/opencode");
    let path = home.join(".local/share/opencode/opencode.db");
    let database = rusqlite::Connection::open(&path).unwrap();
    database
        .execute_batch(
            "CREATE TABLE account (id TEXT PRIMARY KEY, email TEXT, url TEXT, access_token TEXT);
             CREATE TABLE control_account (email TEXT, url TEXT, access_token TEXT);
             CREATE TABLE credential (id TEXT PRIMARY KEY, label TEXT, value TEXT);
             INSERT INTO account VALUES
                ('acc_1', 'ada@example.invalid', 'https://console.example.invalid', 'FAKE-1');
             INSERT INTO credential VALUES ('cred_1', 'work key', 'FAKE-2');",
        )
        .unwrap();
    drop(database);
    let inventory = found(&world(&home, OperatingSystem::Linux, &[]), &[]);
    let places: Vec<String> = inventory
        .artefacts
        .iter()
        .filter(|found| found.tier == Category::SignIn)
        .map(|found| found.place.location())
        .collect();
    let path = path.display();
    assert_eq!(
        places,
        [
            format!("{path}#account.id=acc_1"),
            format!("{path}#credential.id=cred_1")
        ]
    );
    let shown = build_status(
        &inventory,
        &adieu::atmos::build_identity_graph(&config::Auth::default()),
        false,
    );
    let names: Vec<_> = shown
        .sessions
        .iter()
        .filter_map(|one| one.identity.clone())
        .collect();
    assert_eq!(names, ["ada@example.invalid", "work key"]);
}

#[test]
fn entries_of_the_catalogues_tools_are_found_however_their_libraries_name_them() {
    let cases = [
        (
            "gh",
            "gh:github.com",
            "alice",
            Naming::ServiceUsername,
            "alice@github.com",
        ),
        (
            "gh",
            "gh:github.com",
            "",
            Naming::ServiceUsername,
            "github.com",
        ),
        (
            "docker",
            "https://hub.example.test/v1/",
            "carol",
            Naming::ServerUsername,
            "carol@hub.example.test/v1/",
        ),
        (
            "docker",
            "registry.example.test",
            "alice",
            Naming::ServerUsername,
            "alice@registry.example.test",
        ),
        (
            "heroku",
            "heroku-cli",
            "alice@example.test",
            Naming::ServiceAccount,
            "alice@example.test",
        ),
        ("planetscale", "access-token", "", Naming::Profile, "oauth"),
        (
            "poetry",
            "poetry-repository-corp",
            "alice",
            Naming::ServiceUsername,
            "alice@corp",
        ),
        (
            "ggshield",
            "ggshield",
            "https://dash.example.test",
            Naming::ServiceUsername,
            "dash.example.test",
        ),
    ];
    let strangers = [
        ("org.example.Browser", "passwords", Naming::ServiceUsername),
        // The names are right, and another library wrote them.
        ("gh:github.com", "alice", Naming::ServiceAccount),
        ("access-token", "", Naming::ServiceUsername),
    ];
    let entries = cases
        .iter()
        .map(|(_, service, account, naming, _)| (*service, *account, *naming));
    let entries: Vec<_> = entries.chain(strangers).collect();
    let home = Home::new();
    let inventory = found(&world(&home, OperatingSystem::Linux, &[]), &entries);
    let mut seen = 0;
    for (system, service, account, _, name) in cases {
        let system = System::parse(system).unwrap();
        let entries = in_keyring(&inventory, system);
        let wanted = (service.to_owned(), name.to_owned());
        assert!(
            entries.contains(&wanted),
            "{service} {account}: {entries:?}"
        );
        seen += 1;
    }
    let of_tools = inventory
        .artefacts
        .iter()
        // What is nobody's is a possible sign-in.
        .filter(|found| found.system != System::POSSIBLE)
        .filter(|found| matches!(found.place, Place::KeyringEntry { .. }));
    assert_eq!(
        of_tools.count(),
        seen,
        "nobody else's entry is taken for a tool's"
    );
}
