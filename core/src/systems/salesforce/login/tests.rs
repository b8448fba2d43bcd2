//! Signing in, and what is on disk afterwards.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests set up what a sign-in then meets"
)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use adieu_testkit::browser::browse;
use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::{Home, Tree};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::*;
use crate::io::keyring::{EntryKey, Keyring as _, KeyringError, MemoryKeyring, Naming};
use crate::io::net::callback::CallbackError;
use crate::io::net::oauth::{ClientApp, RefreshRequest};
use crate::io::net::{Address, Network};
use crate::secret::Secret;
use crate::systems::salesforce::api::{build_server, default_app, org_address};
use crate::systems::salesforce::auth_file::AuthFile;
use crate::systems::salesforce::crypto::{CryptoVersion, EncryptionKey};
use crate::world::Entropy;

/// Different at each call, so that no IV comes twice.
#[derive(Debug, Default)]
struct Counter(AtomicU8);

impl Entropy for Counter {
    fn bytes(&self) -> [u8; 32] {
        let start = self.0.fetch_add(1, Ordering::SeqCst);
        std::array::from_fn(|position| start.wrapping_mul(31) ^ u8::try_from(position).unwrap())
    }
}

#[derive(Debug, Default)]
struct MemoryKeys {
    key: Mutex<Option<Secret>>,
    failure: Option<KeyringError>,
}

impl KeyStore for MemoryKeys {
    fn read(&self) -> Result<Option<Secret>, KeyringError> {
        match &self.failure {
            Some(failure) => Err(failure.clone()),
            None => Ok(self.key.lock().unwrap().clone()),
        }
    }

    fn write(&self, key: &Secret) -> Result<(), KeyringError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        *self.key.lock().unwrap() = Some(key.clone());
        Ok(())
    }
}

struct Machine {
    home: Home,
    salesforce: Salesforce,
    world: World,
    files: Files,
    network: Network,
    keys: MemoryKeys,
}

impl Machine {
    fn new() -> Self {
        Self::with(Home::new(), &[("SF_USE_GENERIC_UNIX_KEYCHAIN", "true")])
    }

    fn with(home: Home, variables: &[(&str, &str)]) -> Self {
        let owner = {
            use std::os::unix::fs::MetadataExt as _;
            home.path().metadata().unwrap().uid()
        };
        let world = World {
            working_directory: home.work(),
            temporary_directory: home.temporary(),
            entropy: Arc::new(Counter::default()),
            ..World::fixed(home.path(), adieu_testkit::CLOCK.parse().unwrap())
                .owned_by(owner)
                .with_variables(variables.iter().copied())
        };
        Self {
            salesforce: Salesforce::start(),
            files: Files::new(&world).with_lock_timeout(Duration::from_millis(300)),
            network: Network::new(&world).with_limit(Duration::from_secs(5)),
            keys: MemoryKeys::default(),
            world,
            home,
        }
    }

    fn context(&self) -> LoginContext<'_> {
        LoginContext {
            world: &self.world,
            files: &self.files,
            network: &self.network,
            keys: &self.keys,
        }
    }

    fn origin(&self) -> Address {
        org_address(&self.salesforce.url()).unwrap()
    }

    fn by_token(&self, org: &str, remember: &Remember) -> Result<SignedIn, LoginError> {
        let token = Secret::new(self.salesforce.access_token(org));
        access_token(&self.context(), &self.salesforce.url(), &token, remember)
    }

    fn in_browser(&self, org: &str, remember: &Remember) -> Result<SignedIn, LoginError> {
        self.salesforce.person(org);
        let options = WebOptions {
            port: 0,
            ..WebOptions::new(&self.world, self.origin())
        };
        let sign_in = WebSignIn::begin(&self.world, options).unwrap();
        let url = sign_in.url();
        let browser = std::thread::spawn(move || browse(&url));
        let outcome = sign_in.finish(&self.context(), remember);
        let visited = browser.join().unwrap();
        assert_eq!(visited.last().unwrap().1, 200, "{visited:?}");
        outcome
    }

    fn keys_found(&self) -> Vec<EncryptionKey> {
        let found = find_keys(&self.world, &self.files, &self.keys);
        found.keys().cloned().collect()
    }

    fn stored(&self, username: &str) -> (AuthFile, String) {
        let name = format!("{username}.json");
        let text = self.home.read(format!(".sfdx/{name}"));
        (AuthFile::parse(&name, text.as_bytes()).unwrap(), text)
    }

    fn refresh_token(&self, username: &str) -> String {
        let (file, _) = self.stored(username);
        let token = file.refresh_token.unwrap();
        let token = token.reveal_with_any(&self.keys_found()).unwrap();
        token.expose().to_owned()
    }

    fn mode(&self, path: &str) -> u32 {
        self.home
            .join(path)
            .metadata()
            .unwrap()
            .permissions()
            .mode()
            & 0o7777
    }
}

fn alias(alias: &str) -> Remember {
    Remember {
        alias: Some(alias.to_owned()),
        set_default: true,
        ..Remember::default()
    }
}

const ALPHA: &str = "alpha@fixture.example";

#[test]
fn a_browser_sign_in_leaves_what_the_real_client_leaves() {
    let machine = Machine::new();
    let signed_in = machine.in_browser("alpha", &alias("alpha-prod")).unwrap();
    assert_eq!(signed_in.username, ALPHA);
    assert_eq!(signed_in.kind, LoginKind::Web);
    assert_eq!(signed_in.notes, [""; 0]);
    assert_eq!(
        machine.refresh_token(ALPHA),
        machine.salesforce.refresh_token("alpha")
    );
    let (file, text) = machine.stored(ALPHA);
    assert!(!text.contains("FIXTURE.") && text.ends_with('}'));
    assert!(file.is_dev_hub);
    // The same members as in the recorded file, but for a date of the interface's version.
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/salesforce/basic-v1/home/.sfdx/alpha@fixture.example.json");
    let recorded: Value = serde_json::from_slice(&std::fs::read(recorded).unwrap()).unwrap();
    let secret_or_place = ["accessToken", "refreshToken", "instanceUrl", "loginUrl"];
    for (name, value) in recorded.as_object().unwrap() {
        match name.as_str() {
            "instanceApiVersionLastRetrieved" => {}
            name if secret_or_place.contains(&name) => assert!(file.document().contains_key(name)),
            name => assert_eq!(file.document().get(name), Some(value), "{name}"),
        }
    }
    assert_eq!(
        machine.home.read(".sfdx/alias.json"),
        r#"{"orgs":{"alpha-prod":"alpha@fixture.example"}}"#
    );
    assert_eq!(
        machine.home.read(".sf/config.json"),
        "{\n  \"target-org\": \"alpha-prod\"\n}"
    );
    assert_eq!(
        machine.home.read(".sfdx/sfdx-config.json"),
        "{\n  \"defaultusername\": \"alpha-prod\"\n}"
    );
    for file in [
        ".sfdx/alpha@fixture.example.json",
        ".sfdx/key.json",
        ".sfdx/alias.json",
    ] {
        assert_eq!(machine.mode(file), 0o600, "{file}");
    }
    assert_eq!((machine.mode(".sfdx"), machine.mode(".sf")), (0o700, 0o700));
    let left: Vec<_> = std::fs::read_dir(machine.home.join(".sfdx"))
        .unwrap()
        .collect();
    assert_eq!(left.len(), 4, "no lock and no temporary file: {left:?}");
}

#[test]
fn a_second_sign_in_keeps_alias_default_and_key_and_replaces_the_tokens() {
    let machine = Machine::new();
    machine.in_browser("alpha", &alias("alpha-prod")).unwrap();
    let key = machine.home.read(".sfdx/key.json");
    let mut document: Value = serde_json::from_str(&machine.stored(ALPHA).1).unwrap();
    document["clientApps"] = serde_json::json!({"agent": {"clientId": "x"}});
    machine
        .home
        .write(".sfdx/alpha@fixture.example.json", document.to_string());
    machine.salesforce.expire("alpha");
    let signed_in = machine.by_token("alpha", &Remember::default()).unwrap();
    assert_eq!(signed_in.kind, LoginKind::Token);
    let (file, _) = machine.stored(ALPHA);
    assert!(
        file.refresh_token.is_none(),
        "nothing of the first sign-in is left"
    );
    assert_eq!(file.kind(), LoginKind::Token);
    assert_eq!(file.client_apps.len(), 1);
    assert_eq!(machine.home.read(".sfdx/key.json"), key);
    assert!(machine.home.read(".sfdx/alias.json").contains("alpha-prod"));
    assert!(machine.home.read(".sf/config.json").contains("alpha-prod"));
    // A default by its first alias, when no new one is given.
    let remember = Remember {
        set_default_dev_hub: true,
        ..Remember::default()
    };
    machine.by_token("alpha", &remember).unwrap();
    let config = machine.home.read(".sf/config.json");
    assert!(
        config.contains("\"target-dev-hub\": \"alpha-prod\""),
        "{config}"
    );
    assert!(config.contains("target-org"), "{config}");
}

#[test]
fn defaults_of_a_project_are_written_there() {
    let machine = Machine::new();
    std::fs::write(machine.home.work().join("sfdx-project.json"), "{}").unwrap();
    let project = find_project_directory(&machine.world, &machine.files).unwrap();
    assert!(project.is_some());
    let remember = Remember {
        project,
        ..alias("here")
    };
    let signed_in = machine.by_token("beta", &remember).unwrap();
    assert!(signed_in.defaults[0].2);
    let config = std::fs::read_to_string(machine.home.work().join(".sf/config.json")).unwrap();
    assert!(config.contains("\"here\""));
    assert!(machine.home.work().join(".sfdx/sfdx-config.json").exists());
    assert!(!machine.home.has(".sf") && !machine.home.has(".sfdx/sfdx-config.json"));
}

#[test]
fn settings_that_disagree_are_united_before_they_are_changed() {
    let machine = Machine::new();
    machine.home.write(
        ".sf/config.json",
        r#"{"target-org":"old","org-api-version":"60.0"}"#,
    );
    machine.home.write(
        ".sfdx/sfdx-config.json",
        r#"{"apiVersion":"61.0","maxQueryLimit":"7"}"#,
    );
    let older = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let present = std::fs::File::open(machine.home.join(".sf/config.json")).unwrap();
    present.set_modified(older).unwrap();
    machine.by_token("beta", &alias("b")).unwrap();
    let present: Value = serde_json::from_str(&machine.home.read(".sf/config.json")).unwrap();
    let legacy: Value = serde_json::from_str(&machine.home.read(".sfdx/sfdx-config.json")).unwrap();
    assert_eq!(
        present,
        serde_json::json!({"target-org": "b", "org-api-version": "61.0",
                           "org-max-query-limit": "7"})
    );
    assert_eq!(
        legacy,
        serde_json::json!({"defaultusername": "b", "apiVersion": "61.0", "maxQueryLimit": "7"})
    );
}

#[test]
fn a_sign_in_with_a_private_key_refers_to_the_key_and_does_not_copy_it() {
    let machine = Machine::new();
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der = pair.as_der().unwrap();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der.as_ref())
    );
    let real = machine.home.work().join("real.key");
    std::fs::write(&real, &pem).unwrap();
    // Mounted keys are links.
    std::os::unix::fs::symlink(&real, machine.home.work().join("server.key")).unwrap();
    let options = |username: &str, key: &str| JwtOptions {
        login: machine.origin(),
        client_id: "FAKE.consumer".to_owned(),
        username: username.to_owned(),
        key_file: key.into(),
        piped_key: None,
    };
    let good = options("delta@fixture.example", "server.key");
    let signed_in = sign_in_with_jwt(&machine.context(), good, &alias("TempOrg")).unwrap();
    assert_eq!(signed_in.kind, LoginKind::Jwt);
    let (file, _) = machine.stored("delta@fixture.example");
    let path = machine.home.work().join("server.key");
    assert_eq!(file.private_key.as_deref(), path.to_str());
    assert_eq!(file.client_id.as_deref(), Some("FAKE.consumer"));
    let refused =
        |options| sign_in_with_jwt(&machine.context(), options, &Remember::default()).unwrap_err();
    let nobody = refused(options("nobody@fixture.example", "server.key"));
    assert!(matches!(nobody, LoginError::Org(_)) && nobody.hint().is_some());
    let missing = refused(options("delta@fixture.example", "no.key"));
    assert!(matches!(missing, LoginError::NoKeyFile { .. }));
    std::fs::write(&real, "FAKE").unwrap();
    let broken = refused(options("delta@fixture.example", "server.key"));
    assert!(matches!(broken, LoginError::PrivateKey { .. }));
}

#[test]
fn a_sign_in_with_an_auth_url_stores_a_rotated_token() {
    let machine = Machine::new();
    machine.salesforce.rotating();
    let used = machine.salesforce.refresh_token("beta");
    let url = SfdxAuthUrl {
        app: ClientApp {
            id: "FAKE.app".to_owned(),
            secret: Some(Secret::new("FAKE-secret".to_owned())),
        },
        refresh_token: Secret::new(used.clone()),
        login: machine.origin(),
    };
    let signed_in = sfdx_url(&machine.context(), url, &Remember::default()).unwrap();
    assert_eq!(signed_in.notes.len(), 1);
    let stored = machine.refresh_token("beta@fixture.example");
    assert_eq!(stored, machine.salesforce.refresh_token("beta"));
    assert_ne!(stored, used);
    let (file, _) = machine.stored("beta@fixture.example");
    assert!(file.may_share_its_refresh_token());
    let secret = file
        .client_secret
        .unwrap()
        .reveal_with_any(&machine.keys_found());
    assert_eq!(secret.unwrap().expose(), "FAKE-secret");
}

#[test]
fn a_sign_in_on_a_device_ends_like_one_in_a_browser() {
    let machine = Machine::new();
    machine.salesforce.person("gamma").pending(1);
    let app = default_app();
    let sign_in = DeviceSignIn::begin(&machine.network, machine.origin(), app, "api").unwrap();
    assert_eq!(sign_in.user_code(), "ABCD1234");
    assert!(sign_in.verification_uri().starts_with("http://127.0.0.1"));
    let signed_in = sign_in
        .finish(&machine.context(), &Remember::default())
        .unwrap();
    assert_eq!(signed_in.username, "gamma@fixture.example");
    assert_eq!(signed_in.kind, LoginKind::Web);
}

#[test]
fn a_pasted_address_takes_the_place_of_the_browser() {
    let machine = Machine::new();
    machine.salesforce.person("beta");
    let options = WebOptions {
        port: 0,
        ..WebOptions::new(&machine.world, machine.origin())
    };
    let sign_in = WebSignIn::begin(&machine.world, options).unwrap();
    let paste = sign_in.paste_back();
    // The browser is elsewhere, and finds nothing at its own localhost.
    let (_, headers, _) = adieu_testkit::browser::visit("GET", &sign_in.url());
    paste.offer(&headers["location"]).unwrap();
    let signed_in = sign_in.finish(&machine.context(), &Remember::default());
    assert_eq!(signed_in.unwrap().username, "beta@fixture.example");
}

#[test]
fn a_user_name_that_leads_elsewhere_is_refused_and_nothing_is_written() {
    let machine = Machine::new();
    for (number, username) in [
        "../../x@y.z",
        "a/b@c.d",
        "a\\b@c.d",
        ".x@y.z",
        "nobody",
        "a\0@b.c",
    ]
    .into_iter()
    .enumerate()
    {
        let key = format!("hostile{number}");
        machine.salesforce.add(&key, username);
        let before = Tree::of(machine.home.root());
        let error = machine.by_token(&key, &alias("x")).unwrap_err();
        assert!(
            matches!(error, LoginError::Username(_)),
            "{username}: {error}"
        );
        let changes = before.changes(&Tree::of(machine.home.root()));
        assert!(changes.is_empty(), "{username}");
    }
}

#[test]
fn a_sign_in_that_fails_writes_nothing_and_makes_no_key() {
    let machine = Machine::new();
    let before = Tree::of(machine.home.root());
    let unchanged = || before.changes(&Tree::of(machine.home.root())).is_empty();
    let token = Secret::new("00DFX0000000001!FAKE-token".to_owned());
    let url = machine.salesforce.url();
    machine.salesforce.expire("alpha");
    machine.salesforce.down();
    let error = access_token(&machine.context(), &url, &token, &alias("x")).unwrap_err();
    assert!(matches!(error, LoginError::Org(_)) && unchanged());
    let nonsense = Secret::new("FAKE-nonsense".to_owned());
    let error = access_token(&machine.context(), &url, &nonsense, &alias("x")).unwrap_err();
    assert!(matches!(error, LoginError::AccessToken(_)) && unchanged());
    let options = WebOptions {
        port: 0,
        limit: Duration::from_millis(50),
        ..WebOptions::new(&machine.world, machine.origin())
    };
    let sign_in = WebSignIn::begin(&machine.world, options).unwrap();
    let error = sign_in.finish(&machine.context(), &alias("x")).unwrap_err();
    assert!(matches!(
        error,
        LoginError::Callback(CallbackError::TimedOut { .. })
    ));
    assert!(unchanged());
    assert!(!format!("{error:?}").contains("FAKE"));
}

#[test]
fn looking_for_the_key_makes_none() {
    let machine = Machine::new();
    let before = Tree::of(machine.home.root());
    assert!(machine.keys_found().is_empty());
    assert!(before.changes(&Tree::of(machine.home.root())).is_empty());
}

#[test]
fn a_lost_key_is_not_replaced_while_something_needs_it() {
    let set = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/salesforce/basic-v1");
    let variables = [("SF_USE_GENERIC_UNIX_KEYCHAIN", "true")];
    let machine = Machine::with(Home::from_fixture(&set), &variables);
    std::fs::remove_file(machine.home.join(".sfdx/key.json")).unwrap();
    let error = machine.by_token("gamma", &Remember::default()).unwrap_err();
    assert!(matches!(error, LoginError::KeyGone { .. }), "{error}");
    assert!(!machine.home.has(".sfdx/key.json"));
    // Nothing but an encrypted setting.
    let machine = Machine::new();
    let sid = format!("aaaaaaaaaaaa00:{}", "0".repeat(32));
    machine.home.write(
        ".sf/config.json",
        format!(r#"{{"org-isv-debugger-sid":"{sid}"}}"#),
    );
    let error = machine.by_token("gamma", &Remember::default()).unwrap_err();
    assert!(matches!(error, LoginError::KeyGone { .. }), "{error}");
}

#[test]
fn sign_ins_join_those_of_the_real_client_in_both_versions() {
    for set in ["basic-v1", "basic-v2"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/salesforce")
            .join(set);
        let variables = [("SF_USE_GENERIC_UNIX_KEYCHAIN", "true")];
        let machine = Machine::with(Home::from_fixture(&folder), &variables);
        let key = machine.home.read(".sfdx/key.json");
        machine.in_browser("zeta", &alias("z")).unwrap();
        assert_eq!(machine.home.read(".sfdx/key.json"), key, "{set}");
        let stored = machine.refresh_token("zeta@fixture.example");
        assert_eq!(stored, machine.salesforce.refresh_token("zeta"));
        let aliases = machine.home.read(".sfdx/alias.json");
        assert!(
            aliases.contains("alpha-prod") && aliases.contains("\"z\":"),
            "{aliases}"
        );
    }
}

#[test]
fn a_key_that_others_can_read_is_used_and_reported() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/salesforce/basic-v1");
    let variables = [("SF_USE_GENERIC_UNIX_KEYCHAIN", "true")];
    let machine = Machine::with(Home::from_fixture(&folder), &variables);
    let file = machine.home.join(".sfdx/key.json");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let signed_in = machine.by_token("gamma", &Remember::default()).unwrap();
    assert!(
        signed_in.notes[0].contains("chmod 600"),
        "{:?}",
        signed_in.notes
    );
    std::fs::write(&file, "{").unwrap();
    let error = machine.by_token("gamma", &Remember::default()).unwrap_err();
    assert!(matches!(error, LoginError::KeyUnreachable(_)), "{error}");
    assert!(error.hint().is_some());
}

/// A world in which the real client would use the Secret Service.
fn with_secret_tool(keys: MemoryKeys) -> Machine {
    let home = Home::new();
    home.write(".tools/secret-tool", "");
    let program = home.join(".tools/secret-tool");
    let variables = [(
        "SFDX_SECRET_TOOL_PATH",
        program.to_str().unwrap().to_owned(),
    )];
    let variables = variables
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let mut machine = Machine::with(home, &variables);
    machine.keys = keys;
    machine
}

#[test]
fn the_key_is_made_where_the_real_client_looks_for_it() {
    let machine = with_secret_tool(MemoryKeys::default());
    let signed_in = machine.by_token("alpha", &Remember::default()).unwrap();
    assert_eq!(signed_in.key_place, KeyPlace::SecretService);
    assert!(!machine.home.has(".sfdx/key.json"));
    assert_eq!(machine.keys_found()[0].version(), CryptoVersion::V1);
}

#[test]
fn the_entry_of_the_key_store_is_the_one_of_the_real_client() {
    let machine = with_secret_tool(MemoryKeys::default());
    let keyring = MemoryKeyring::new();
    let keys = SystemKeys::new(&machine.world, &keyring);
    let context = LoginContext {
        keys: &keys,
        ..machine.context()
    };
    let token = Secret::new(machine.salesforce.access_token("alpha"));
    let url = machine.salesforce.url();
    access_token(&context, &url, &token, &Remember::default()).unwrap();
    let entry = EntryKey::new("sfdx", "local").named(Naming::DomainUser);
    let stored = keyring.read(&entry).unwrap().unwrap();
    assert_eq!(stored.expose().len(), 33, "a newline follows the key");
    let found = find_keys(&machine.world, &machine.files, &keys);
    assert_eq!(found.keys[0].place, KeyPlace::SecretService);
}

#[test]
fn without_a_key_store_the_key_is_in_a_file_and_the_person_is_told() {
    let machine = with_secret_tool(MemoryKeys {
        failure: Some(KeyringError::NotAvailable {
            why: "no session bus".to_owned(),
        }),
        ..MemoryKeys::default()
    });
    let signed_in = machine.by_token("alpha", &Remember::default()).unwrap();
    assert_eq!(signed_in.key_place, KeyPlace::File);
    assert!(signed_in.notes[0].contains("SF_USE_GENERIC_UNIX_KEYCHAIN"));
    assert_eq!(machine.mode(".sfdx/key.json"), 0o600);
}

#[test]
fn a_locked_key_store_is_an_error_and_no_reason_for_a_new_key() {
    let machine = with_secret_tool(MemoryKeys {
        failure: Some(KeyringError::Locked),
        ..MemoryKeys::default()
    });
    let error = machine.by_token("alpha", &Remember::default()).unwrap_err();
    assert!(matches!(
        error,
        LoginError::KeyUnreachable(KeyProblem::Store(_))
    ));
    assert!(!machine.home.has(".sfdx"));
}

#[test]
fn locks_of_others_are_waited_for_and_left_alone() {
    let machine = Machine::new();
    machine.by_token("alpha", &Remember::default()).unwrap();
    // Held, as the file's own time tells: made just now.
    machine.home.directory(".sfdx/alias.json.lock");
    let lock = std::fs::File::open(machine.home.join(".sfdx/alias.json.lock")).unwrap();
    let now = std::time::SystemTime::from(machine.world.now());
    lock.set_modified(now).unwrap();
    let error = machine.by_token("beta", &alias("b")).unwrap_err();
    assert!(
        matches!(&error, LoginError::Incomplete { what: "alias", .. }),
        "{error}"
    );
    assert!(machine.home.has(".sfdx/alias.json.lock"));
    assert!(machine.home.has(".sfdx/beta@fixture.example.json"));
    // Left over: older than ten seconds.
    lock.set_modified(now - Duration::from_mins(1)).unwrap();
    machine.by_token("beta", &alias("b")).unwrap();
    assert!(!machine.home.has(".sfdx/alias.json.lock"));
}

#[test]
fn a_renewed_token_is_stored_and_a_rotated_one_with_it() {
    let machine = Machine::new();
    machine.in_browser("beta", &Remember::default()).unwrap();
    let username = "beta@fixture.example";
    let before: Value = serde_json::from_str(&machine.stored(username).1).unwrap();
    machine.salesforce.rotating().expire("beta");
    let refresh = RefreshRequest {
        server: build_server(machine.origin()),
        app: default_app(),
        refresh_token: Secret::new(machine.refresh_token(username)),
    };
    let grant = machine.network.refresh(&refresh).unwrap();
    let keys = machine.keys_found();
    let store = |keys: &[EncryptionKey]| {
        store_renewed(&machine.world, &machine.files, username, &grant, keys)
    };
    assert!(store(&[]).is_err());
    assert!(store(&keys).unwrap());
    assert_eq!(
        machine.refresh_token(username),
        machine.salesforce.refresh_token("beta")
    );
    let after: Value = serde_json::from_str(&machine.stored(username).1).unwrap();
    let names = |document: &Value| -> Vec<String> {
        document.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(names(&before), names(&after));
    // Signed out meanwhile: it does not come back.
    std::fs::remove_file(machine.home.join(".sfdx/beta@fixture.example.json")).unwrap();
    assert!(!store(&keys).unwrap());
    assert!(!machine.home.has(".sfdx/beta@fixture.example.json"));
}

#[test]
fn the_login_host_comes_from_the_person_the_project_or_home() {
    let machine = Machine::new();
    let host = |given: Option<&str>, project: Option<&ConfinedPath>| {
        let origin = login_host(&machine.world, &machine.files, given, project);
        origin.map(|origin| origin.text().to_owned())
    };
    assert_eq!(host(None, None).unwrap(), "https://login.salesforce.com");
    machine.home.write(
        ".sf/config.json",
        r#"{"org-instance-url":"https://home.example"}"#,
    );
    assert_eq!(host(None, None).unwrap(), "https://home.example");
    let write = |text: &str| {
        std::fs::write(machine.home.work().join("sfdx-project.json"), text).unwrap();
    };
    write(r#"{"sfdcLoginUrl":"https://test.salesforce.com","oauthLocalPort":"1718"}"#);
    let project = find_project_directory(&machine.world, &machine.files).unwrap();
    assert_eq!(
        host(None, project.as_ref()).unwrap(),
        "https://test.salesforce.com"
    );
    assert_eq!(
        callback_port(&machine.files, project.as_ref()).unwrap(),
        1718
    );
    assert_eq!(callback_port(&machine.files, None).unwrap(), 1717);
    write(r#"{"sfdcLoginUrl":"https://evil.example","oauthLocalPort":22}"#);
    assert!(host(None, project.as_ref()).is_err());
    assert_eq!(
        callback_port(&machine.files, project.as_ref()).unwrap(),
        1717
    );
    let given = host(Some("https://given.example/x"), project.as_ref());
    assert_eq!(given.unwrap(), "https://given.example");
}
