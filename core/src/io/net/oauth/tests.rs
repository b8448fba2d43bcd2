//! A server that keeps to the RFCs, as Google and Entra do: Salesforce, which does not, is tested with
//! its own requests.

use std::collections::BTreeMap;

use adieu_testkit::server::{Answer, Server as Stub};
use serde_json::json;

use super::*;
use crate::io::net::Cancel;

const PATHS: Paths = Paths {
    authorize: "/tenant/authorize",
    token: "/tenant/token",
    device: "/tenant/devicecode",
};

fn standard(stub: &Stub) -> Server {
    Server::standard(Address::parse(&stub.url()).unwrap(), PATHS)
}

fn network() -> Network {
    Network {
        proxy: crate::io::net::proxy::ProxySettings::default(),
        trust: crate::io::net::trust::Trust::default(),
        limit: Duration::from_secs(5),
        concurrency: 1,
        cancel: Cancel::new(),
        time: crate::io::net::ServerTime::default(),
    }
}

fn app() -> ClientApp {
    ClientApp {
        id: "FAKE-client".to_owned(),
        secret: Some(Secret::new("FAKE-client-secret".to_owned())),
    }
}

fn sent(stub: &Stub, at: usize) -> BTreeMap<String, String> {
    stub.requests()[at].form().into_iter().collect()
}

#[test]
fn browser_is_told_of_the_challenge_and_the_code_is_exchanged_with_its_proof() {
    let stub = Stub::start();
    let tokens = json!({"access_token": "FAKE-access", "refresh_token": "FAKE-refresh",
        "expires_in": 3599, "token_type": "Bearer", "id_token": "FAKE-id"});
    stub.on("POST", PATHS.token, Answer::json(200, &tokens));
    let request = WebRequest {
        server: Server {
            pages: Some(Address::parse("https://accounts.example").unwrap()),
            ..standard(&stub)
        },
        app: app(),
        scopes: "openid offline_access".to_owned(),
        redirect_uri: "http://127.0.0.1:1/back".to_owned(),
        state: "FAKE-state".to_owned(),
        verifier: Verifier::new(&[7; 48]),
    };
    let url = request.authorize_url();
    assert!(
        url.as_str()
            .starts_with("https://accounts.example/tenant/authorize?")
    );
    let query: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["response_type"], "code");
    let code = Secret::new("FAKE-code".to_owned());
    let grant = network().exchange_code(&request, &code).unwrap();
    assert_eq!(grant.lifetime, Some(3599));
    assert_eq!(grant.refresh_token.unwrap().expose(), "FAKE-refresh");
    let form = sent(&stub, 0);
    assert_eq!(form["grant_type"], "authorization_code");
    assert_eq!(form["client_secret"], "FAKE-client-secret");
    // RFC 7636, 4.6: what the browser carried is made from what is sent now.
    let digest = Sha256::digest(form["code_verifier"].as_bytes());
    assert_eq!(query["code_challenge"], URL_SAFE_NO_PAD.encode(digest));
}

#[test]
fn device_is_asked_about_as_rfc_8628_has_it() {
    let stub = Stub::start();
    let device = json!({"device_code": "FAKE-device", "user_code": "ABCD-EFGH", "expires_in": 900,
        "verification_url": "https://device.example/", "interval": 0});
    stub.on("POST", PATHS.device, Answer::json(200, &device));
    let mut begun = network()
        .begin_device(&standard(&stub), &app(), "openid")
        .unwrap();
    assert_eq!(begun.verification_uri, "https://device.example/");
    assert_eq!(
        begun.interval,
        Duration::from_secs(1),
        "not faster than that"
    );
    begun.interval = Duration::ZERO;
    for (status, answer, expected) in [
        (400, json!({"error": "authorization_pending"}), "Pending"),
        (400, json!({"error": "slow_down"}), "SlowDown"),
        (200, json!({"access_token": "FAKE-access"}), "Granted"),
    ] {
        stub.on("POST", PATHS.token, Answer::json(status, &answer));
        let poll = network().poll_device(&begun).unwrap();
        assert!(format!("{poll:?}").starts_with(expected), "{poll:?}");
    }
    stub.on(
        "POST",
        PATHS.token,
        Answer::json(400, &json!({"error": "expired_token"})),
    );
    assert!(network().poll_device(&begun).is_err());
    let form = sent(&stub, 1);
    assert_eq!(
        form["grant_type"],
        "urn:ietf:params:oauth:grant-type:device_code"
    );
    assert_eq!(form["device_code"], "FAKE-device");
}

#[test]
fn refused_refresh_says_why_and_never_the_token() {
    let stub = Stub::start();
    let answer = json!({"error": "invalid_grant", "error_description": "FAKE-refresh is revoked"});
    stub.on("POST", PATHS.token, Answer::json(400, &answer));
    let request = RefreshRequest {
        server: standard(&stub),
        app: app(),
        refresh_token: Secret::new("FAKE-refresh".to_owned()),
    };
    let error = network().refresh(&request).unwrap_err();
    assert_eq!(error.to_string(), "127.0.0.1 answered 400: invalid_grant");
}
