//! Identities of Google Cloud: application default credentials, workloads, service accounts.

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{Adieu, Home};
use serde_json::{Value, json};

use crate::support::asked;

const DEFAULT: &str = ".config/gcloud/application_default_credentials.json";
pub(crate) const ACCOUNT: &str = "almanac@sundial-sandbox.iam.gserviceaccount.com";
const RUNNER: &str = "runner@sundial-ci.iam.gserviceaccount.com";
const DEPLOY: &str = "deploy@sundial-ci.iam.gserviceaccount.com";
const SUBJECT: &str = "FAKE.e30.subject";

pub(crate) fn adieu(home: &Home, server: &Server, words: &str) -> Adieu {
    Adieu::new(env!("CARGO_BIN_EXE_adieu"))
        .home(home)
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .env(
            "CLOUDSDK_AUTH_TOKEN_HOST",
            format!("{}/token", server.url()),
        )
        .env("CLOUDSDK_API_ENDPOINT_OVERRIDES_STS", server.url())
        .env(
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS",
            server.url(),
        )
        .named(server.url(), "$SERVER")
        .args(words.split_whitespace())
}

pub(crate) fn home() -> Home {
    let home = Home::new();
    home.atmos_yaml(&format!(
        "auth:
  realm: sundial
  providers:
    adc:
      kind: gcp/adc
      spec: {{ project_id: sundial-sandbox, region: europe-west4 }}
    wif:
      kind: gcp/workload-identity-federation
      spec:
        project_id: sundial-ci
        project_number: '905000000001'
        workload_identity_pool: build-pool
        workload_identity_provider_id: build-provider
        service_account_email: {RUNNER}
        token_source: {{ type: file, file_path: ./subject.jwt }}
  identities:
    gnomon:
      kind: gcp/project
      default: true
      via: {{ provider: adc }}
      principal: {{ project_id: sundial-sandbox }}
    almanac:
      kind: gcp/service-account
      via: {{ provider: adc }}
      principal: {{ service_account_email: {ACCOUNT}, project_id: sundial-sandbox, lifetime: 1800s }}
    analemma:
      kind: gcp/service-account
      via: {{ provider: wif }}
      principal:
        service_account_email: {DEPLOY}
        delegates: [hop@sundial-ci.iam.gserviceaccount.com]
"
    ));
    home.write(
        DEFAULT,
        json!({"type": "authorized_user", "client_id": "FAKE-client", "client_secret": "FAKE-client-secret", "refresh_token": "FAKE-refresh", "account": ""}).to_string(),
    );
    home.write(home.work().join("subject.jwt"), format!("{SUBJECT}\n"));
    home
}

fn generate(email: &str) -> String {
    format!("/v1/projects/-/serviceAccounts/{email}:generateAccessToken")
}

pub(crate) fn google() -> Server {
    let server = Server::start();
    let token =
        json!({"access_token": "FAKE-google-access", "expires_in": 3599, "token_type": "Bearer"});
    server.on("POST", "/token", Answer::json(200, &token));
    server.on("POST", "/v1/token", Answer::json(200, &token));
    for email in [ACCOUNT, RUNNER, DEPLOY] {
        let token = json!({"accessToken": format!("FAKE-of-{email}"), "expireTime": "2026-11-21T09:30:00Z"});
        server.on("POST", &generate(email), Answer::json(200, &token));
    }
    server
}

fn directory(provider: &str, kind: &str, identity: &str) -> String {
    format!(".config/atmos/sundial/gcp/{provider}/{kind}/{identity}")
}

#[test]
fn service_account_is_worked_as_and_its_files_are_those_of_atmos() {
    let (home, server) = (home(), google());
    let output = adieu(&home, &server, "auth login -i almanac")
        .run()
        .success();
    assert!(
        output.stdout.contains("sundial-sandbox"),
        "{}",
        output.stdout
    );
    assert_eq!(
        asked(&server),
        [
            "POST /token".to_owned(),
            format!("POST {}", generate(ACCOUNT))
        ]
    );
    let request = &server.requests()[1];
    assert_eq!(
        request.header("authorization"),
        Some("Bearer FAKE-google-access")
    );
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["lifetime"], "1800s");
    assert_eq!(
        body["scope"],
        json!(["https://www.googleapis.com/auth/cloud-platform"])
    );
    let adc = directory("adc", "adc", "almanac");
    let file: Value =
        serde_json::from_str(&home.read(format!("{adc}/application_default_credentials.json")))
            .unwrap();
    assert_eq!(file["type"], "authorized_user");
    assert_eq!(file["access_token"], format!("FAKE-of-{ACCOUNT}"));
    assert_eq!(file["token_expiry"], "2026-11-21T09:30:00Z");
    assert_eq!(
        home.read(format!("{adc}/access_token")),
        format!("FAKE-of-{ACCOUNT}\n2026-11-21T09:30:00Z\n")
    );
    assert_eq!(
        home.read(format!(
            "{}/properties",
            directory("adc", "config", "almanac")
        )),
        "[core]\nproject = sundial-sandbox\n\n[compute]\nregion = europe-west4\n"
    );
    // What lasts is used.
    let output = adieu(&home, &server, "exec -i almanac -- /usr/bin/env")
        .run()
        .success();
    assert_eq!(asked(&server).len(), 2);
    let line = format!("GOOGLE_OAUTH_ACCESS_TOKEN=FAKE-of-{ACCOUNT}\n");
    assert!(output.stdout.contains(&line), "{}", output.stdout);
    // And it goes again, with nothing of the person's own.
    adieu(&home, &server, "auth logout almanac --force").run();
    assert!(!home.has(format!("{adc}/access_token")));
    assert!(!home.has(directory("adc", "config", "almanac")));
    assert!(home.read(DEFAULT).contains("FAKE-refresh"));
}

#[test]
fn exec_signs_in_without_a_person() {
    let (home, server) = (home(), google());
    let output = adieu(&home, &server, "exec -i almanac -- /usr/bin/env")
        .run()
        .success();
    assert!(output.stdout.contains(&format!("FAKE-of-{ACCOUNT}")));
    assert_eq!(asked(&server).len(), 2);
}

#[test]
fn token_of_another_account_is_not_used_after_a_change_of_the_configuration() {
    let (home, server) = (home(), google());
    adieu(&home, &server, "auth login -i almanac")
        .run()
        .success();
    let path = home.work().join("atmos.yaml");
    let changed = std::fs::read_to_string(&path)
        .unwrap()
        .replace(ACCOUNT, DEPLOY);
    home.atmos_yaml(&changed);
    adieu(&home, &server, "auth login -i almanac")
        .run()
        .success();
    let token = home.read(format!(
        "{}/access_token",
        directory("adc", "adc", "almanac")
    ));
    assert!(token.starts_with(&format!("FAKE-of-{DEPLOY}\n")), "{token}");
}

#[test]
fn workload_is_exchanged_and_works_as_two_accounts_in_turn() {
    let (home, server) = (home(), google());
    adieu(&home, &server, "auth login -i analemma")
        .run()
        .success();
    let asked_for = ["/v1/token".to_owned(), generate(RUNNER), generate(DEPLOY)];
    assert_eq!(asked(&server), asked_for.map(|path| format!("POST {path}")));
    let requests = server.requests();
    let form = requests[0].form();
    for (key, value) in [
        (
            "audience",
            "//iam.googleapis.com/projects/905000000001/locations/global/workloadIdentityPools/build-pool/providers/build-provider",
        ),
        ("subject_token", SUBJECT),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
    ] {
        assert!(form.contains(&(key.to_owned(), value.to_owned())), "{key}");
    }
    let body: Value = serde_json::from_slice(&requests[2].body).unwrap();
    assert_eq!(
        body["delegates"],
        json!(["projects/-/serviceAccounts/hop@sundial-ci.iam.gserviceaccount.com"])
    );
    let bearer = format!("Bearer FAKE-of-{RUNNER}");
    assert_eq!(requests[2].header("authorization"), Some(bearer.as_str()));
}

#[test]
fn project_uses_what_is_there_and_leaves_nothing() {
    let (home, server) = (home(), google());
    adieu(&home, &server, "auth login -i gnomon")
        .run()
        .success();
    assert_eq!(asked(&server), ["POST /token"]);
    assert!(!home.has(".config/atmos"));
}

#[test]
fn refusals_are_said_with_what_to_do_and_other_files_are_not_sent() {
    for (body, hint) in [
        (
            json!({"error": "invalid_grant", "error_description": "reauth related error (invalid_rapt)", "error_subtype": "invalid_rapt"}),
            "does not help here",
        ),
        (
            json!({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}),
            "has ended or was revoked",
        ),
    ] {
        let (home, server) = (home(), google());
        server.on("POST", "/token", Answer::json(400, &body));
        let output = adieu(&home, &server, "auth login -i gnomon").run().code(1);
        assert!(output.stderr.contains(hint), "{}", output.stderr);
    }
    let (home, server) = (home(), google());
    let denied = json!({"error": {"code": 403, "message": "Permission denied", "status": "PERMISSION_DENIED"}});
    server.on("POST", &generate(ACCOUNT), Answer::json(403, &denied));
    let output = adieu(&home, &server, "auth login -i almanac").run().code(1);
    assert!(
        output.stderr.contains("serviceAccountTokenCreator"),
        "{}",
        output.stderr
    );
    home.write(home.work().join("subject.jwt"), "FAKE private text");
    let before = asked(&server).len();
    let output = adieu(&home, &server, "auth login -i analemma")
        .run()
        .code(1);
    assert!(
        output.stderr.contains("no JSON Web Token"),
        "{}",
        output.stderr
    );
    assert_eq!(asked(&server).len(), before);
}

#[test]
fn address_that_a_project_names_beside_the_refresh_token_gets_nothing() {
    let (home, server) = (home(), google());
    let other = Server::start();
    let recorded = json!({"type": "authorized_user", "client_id": "FAKE-client", "client_secret": "FAKE-client-secret", "refresh_token": "FAKE-refresh", "token_uri": format!("{}/token", other.url())});
    home.write(DEFAULT, recorded.to_string());
    let mut command = adieu(&home, &server, "auth login -i gnomon");
    command = command.env("CLOUDSDK_AUTH_TOKEN_HOST", "");
    let output = command.run().code(1);
    assert!(
        output.stderr.contains("nothing was sent"),
        "{}",
        output.stderr
    );
    assert!(asked(&other).is_empty());
}
