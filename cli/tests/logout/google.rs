//! Google Cloud: what a person agreed to in a browser is ended at Google, wherever it is kept; what an
//! identity only used is the person's own.

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::vendor::Vendor;
use adieu_testkit::{Adieu, Home, Output};
use serde_json::{Value, json};

use crate::support::adieu;

const HOST: &str = "oauth2.googleapis.com";
const DIRECTORY: &str = ".config/gcloud";
const ROBOT: &str = "robot@sundial-ci.iam.gserviceaccount.com";

/// Google: a token that it has ended is refused from then on.
fn google() -> Server {
    let server = Server::start();
    server.on("POST", "/revoke", Answer::json(200, &json!({})));
    let unknown = json!({"error": "invalid_token", "error_description": "Invalid Value"});
    server.on("POST", "/tokeninfo", Answer::json(400, &unknown));
    server
}

struct Machine {
    home: Home,
    vendor: Vendor,
}

impl Machine {
    fn new(server: &Server) -> Self {
        Self {
            home: Home::new(),
            vendor: Vendor::playing(HOST, server),
        }
    }

    fn adieu(&self, words: &str) -> Adieu {
        let mut command = adieu(&self.home).env("PATH", "/nonexistent");
        for (name, value) in self.vendor.environment(&self.home) {
            command = command.env(name, value);
        }
        command.args(words.split_whitespace())
    }

    /// An account of gcloud's, as its databases have it, with the copy for other tools.
    fn with_account(self, account: &str, credentials: &Value, token_end: &str) -> Self {
        self.home.write(format!("{DIRECTORY}/config_sentinel"), "");
        let open = |name: &str| {
            let path = self.home.join(format!("{DIRECTORY}/{name}"));
            rusqlite::Connection::open(path).unwrap()
        };
        let database = open("credentials.db");
        database
            .execute(
                "CREATE TABLE IF NOT EXISTS credentials (account_id TEXT PRIMARY KEY, value BLOB)",
                (),
            )
            .unwrap();
        let text = serde_json::to_string_pretty(credentials).unwrap();
        let row = (account, text.as_str());
        let insert = "INSERT INTO credentials VALUES (?1, ?2)";
        database.execute(insert, row).unwrap();
        let database = open("access_tokens.db");
        database
            .execute(
                "CREATE TABLE IF NOT EXISTS access_tokens (account_id TEXT PRIMARY KEY, access_token TEXT, \
                 token_expiry TIMESTAMP, rapt_token TEXT, id_token TEXT)",
                (),
            )
            .unwrap();
        let access = format!("FAKE-access-{account}");
        database
            .execute(
                "INSERT INTO access_tokens VALUES (?1, ?2, ?3, NULL, NULL)",
                (account, access.as_str(), token_end),
            )
            .unwrap();
        if let Some(refresh) = credentials["refresh_token"].as_str() {
            let copy = json!({"client_id": "FAKE-client", "client_secret": "FAKE-client-secret", "refresh_token": refresh, "type": "authorized_user"});
            let file = format!("{DIRECTORY}/legacy_credentials/{account}/adc.json");
            self.home.write(file, copy.to_string());
        }
        self
    }

    fn with_default(self, credentials: &Value) -> Self {
        let file = format!("{DIRECTORY}/application_default_credentials.json");
        self.home.write(file, credentials.to_string());
        self
    }
}

fn person(token: &str) -> Value {
    json!({
        "client_id": "FAKE-client", "client_secret": "FAKE-client-secret", "refresh_token": token,
        "token_uri": "https://oauth2.googleapis.com/token", "type": "authorized_user",
        "universe_domain": "googleapis.com", "scopes": ["openid"],
    })
}

/// What Google was told to end.
fn ended(server: &Server) -> Vec<String> {
    let requests = server.requests();
    let told = requests.iter().filter(|request| request.path == "/revoke");
    told.map(|request| {
        let mut form = request.form().into_iter();
        form.find(|(name, _)| name == "token").unwrap().1
    })
    .collect()
}

fn outcomes(output: &Output) -> Vec<String> {
    let document = output.json();
    let steps = document["steps"].as_array().unwrap().iter();
    let servers = steps.filter(|step| step["action"] == "revoke");
    servers
        .map(|step| step["outcome"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn account_of_gcloud_is_ended_at_google_and_proven() {
    let server = google();
    let machine = Machine::new(&server)
        .with_account(
            "ana@example.test",
            &person("FAKE-refresh-ana"),
            "2099-01-01 00:00:00",
        )
        .with_account(
            "bob@example.test",
            &person("FAKE-refresh-bob"),
            "2099-01-01 00:00:00",
        );
    let output = machine
        .adieu("logout gcp:ana@example.test --force --online -o json")
        .run()
        .success();
    assert_eq!(ended(&server), ["FAKE-refresh-ana"]);
    assert_eq!(outcomes(&output), ["revoked"], "{output}");
    // The proof is asked for with the access token that gcloud keeps, which stands in no address.
    let requests = server.requests();
    let last = requests.last().unwrap();
    assert_eq!(last.path, "/tokeninfo");
    let bearer = "Bearer FAKE-access-ana@example.test";
    assert_eq!(last.header("authorization"), Some(bearer));
    assert!(
        requests
            .iter()
            .all(|request| !request.path.contains("FAKE"))
    );
    let text = format!("{}{}", output.stdout, output.stderr);
    assert!(!text.contains("FAKE-"), "{text}");
    // The other one is as it was, and of the first there is no byte.
    for name in ["credentials.db", "access_tokens.db"] {
        let bytes = std::fs::read(machine.home.join(format!("{DIRECTORY}/{name}"))).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("ana@example.test"), "{name}");
        assert!(text.contains("bob@example.test"), "{name}");
    }
    assert!(!machine.home.has(format!(
        "{DIRECTORY}/legacy_credentials/ana@example.test/adc.json"
    )));
}

#[test]
fn token_that_google_does_not_know_has_ended_and_silence_is_no_end() {
    let server = google();
    let unknown =
        json!({"error": "invalid_token", "error_description": "Token expired or revoked"});
    server.on("POST", "/revoke", Answer::json(400, &unknown));
    let machine = Machine::new(&server).with_default(&person("FAKE-refresh-adc"));
    let output = machine.adieu("logout gcp --force -o json").run().success();
    assert_eq!(outcomes(&output), ["revoked"]);
    // A page that stands between says nothing.
    server.on(
        "POST",
        "/revoke",
        Answer::status(200).body("<html>sign in</html>"),
    );
    let machine = Machine::new(&server).with_default(&person("FAKE-refresh-adc"));
    let output = machine.adieu("logout gcp --force -o json").run();
    assert_eq!(outcomes(&output), ["failed"]);
    assert_eq!(output.json()["credentials"][0]["end"], "not-ended");
}

#[test]
fn access_token_that_has_ended_by_itself_proves_nothing() {
    let server = google();
    let machine = Machine::new(&server).with_account(
        "ana@example.test",
        &person("FAKE-refresh-ana"),
        "2020-01-01 00:00:00.123456",
    );
    machine.adieu("logout gcp --force --online -o json").run();
    let asked: Vec<String> = server
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(asked, ["/revoke"]);
}

#[test]
fn keys_workloads_and_other_universes_are_told_to_nobody_and_said() {
    let key = json!({"type": "service_account", "client_email": ROBOT, "private_key": "FAKE-key", "private_key_id": "FAKE-id", "token_uri": "https://oauth2.googleapis.com/token"});
    let mut elsewhere = person("FAKE-refresh-elsewhere");
    elsewhere["universe_domain"] = json!("universe.example.test");
    let mut stranger = person("FAKE-refresh-stranger");
    stranger["token_uri"] = json!("https://stranger.example.test/token");
    let workforce = json!({"type": "external_account_authorized_user", "refresh_token": "FAKE-refresh-workforce", "token_url": "https://sts.googleapis.com/v1/oauthtoken"});
    for credentials in [key, elsewhere, stranger, workforce] {
        let server = google();
        let machine =
            Machine::new(&server).with_account(ROBOT, &credentials, "2099-01-01 00:00:00");
        let output = machine.adieu("logout gcp --force -o json").run();
        assert_eq!(ended(&server), [""; 0], "{credentials}");
        assert!(
            outcomes(&output)
                .iter()
                .all(|outcome| outcome == "unsupported"),
            "{output}"
        );
        assert!(!outcomes(&output).is_empty(), "{output}");
    }
}

#[test]
fn person_behind_a_service_account_that_is_worked_as_is_ended() {
    let server = google();
    let credentials = json!({
        "type": "impersonated_service_account", "source_credentials": person("FAKE-refresh-source"),
        "service_account_impersonation_url": format!("https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{ROBOT}:generateAccessToken"),
    });
    let machine = Machine::new(&server).with_default(&credentials);
    let output = machine.adieu("logout gcp --force -o json").run().success();
    assert_eq!(ended(&server), ["FAKE-refresh-source"]);
    assert_eq!(outcomes(&output), ["revoked"]);
}

const CONFIGURATION: &str = "auth:
  realm: sundial
  providers:
    adc: { kind: gcp/adc }
  identities:
    almanac:
      kind: gcp/service-account
      via: { provider: adc }
      principal: { service_account_email: robot@sundial-ci.iam.gserviceaccount.com }
";
const OWN: &str = ".config/atmos/sundial/gcp/adc/adc/almanac/application_default_credentials.json";

/// An identity's own sign-in of Atmos's.
fn identity(token: &str) -> Value {
    json!({"type": "authorized_user", "access_token": "FAKE-access", "token_expiry": "2099-01-01T00:00:00Z", "refresh_token": token})
}

#[test]
fn refresh_token_of_an_identity_is_ended_unless_it_is_the_persons_own() {
    let server = google();
    let machine = Machine::new(&server).with_default(&person("FAKE-refresh-person"));
    machine.home.atmos_yaml(CONFIGURATION);
    machine
        .home
        .write(OWN, identity("FAKE-refresh-own").to_string());
    let output = machine
        .adieu("auth logout --provider adc --force -o json")
        .run();
    assert_eq!(ended(&server), ["FAKE-refresh-own"], "{output}");
    assert!(!machine.home.has(OWN));
    // It only used what the person has.
    let machine = Machine::new(&server).with_default(&person("FAKE-refresh-person"));
    machine.home.atmos_yaml(CONFIGURATION);
    machine
        .home
        .write(OWN, identity("FAKE-refresh-person").to_string());
    for words in [
        "auth logout almanac --force",
        "auth logout --provider adc --force",
        "auth logout --all --force",
        "logout almanac --force",
        "logout --provider adc --force",
    ] {
        machine
            .home
            .write(OWN, identity("FAKE-refresh-person").to_string());
        let output = machine.adieu(words).run();
        assert_eq!(ended(&server), ["FAKE-refresh-own"], "{words}\n{output}");
        assert!(!machine.home.has(OWN), "{words}");
        let default = machine
            .home
            .read(format!("{DIRECTORY}/application_default_credentials.json"));
        assert!(default.contains("FAKE-refresh-person"), "{words}");
    } // With the person's own sign-in it ends everywhere, and nothing is said to go on.
    machine
        .home
        .write(OWN, identity("FAKE-refresh-person").to_string());
    let output = machine.adieu("logout --all --force -o json").run();
    assert_eq!(ended(&server), ["FAKE-refresh-own", "FAKE-refresh-person"]);
    assert_eq!(outcomes(&output), ["revoked"], "{output}");
}
