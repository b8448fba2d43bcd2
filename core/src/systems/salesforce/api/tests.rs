//! Orgs that answer well, badly, late or not at all.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use adieu_testkit::browser::{browse, query_of};
use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::server::{Answer, Gate, Server};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;

use super::*;
use crate::inventory::Revocation;
use crate::io::net::oauth::{DevicePoll, JwtKey, RefreshRequest, Verifier, WebRequest};
use crate::io::net::{Cancel, Ended, RevocationResult};
use crate::remote::{Endpoint, EndpointSource, TokenStatus};
use crate::servers::{Lapse, RevocationClient, TokenRequest};
use crate::world::World;

const SECOND: Duration = Duration::from_secs(1);
const REVOKE: &str = "/services/oauth2/revoke";
const TOKEN: &str = "/services/oauth2/token";

fn world() -> World {
    World::fixed("/nowhere", jiff::Timestamp::UNIX_EPOCH)
}

fn orgs() -> Network {
    Network::new(&world()).with_limit(5 * SECOND)
}

fn secret(text: impl Into<String>) -> Secret {
    Secret::new(text.into())
}

fn origin(url: &str) -> Address {
    org_address(url).unwrap()
}

/// A token to end, with the addresses that are stored with it.
fn to_end<Id>(id: Id, token: impl Into<String>, addresses: &[&str]) -> TokenRequest<Id> {
    let endpoint = |url: &&str| Endpoint {
        url: (*url).to_owned(),
        named_by: EndpointSource::Vendor,
    };
    TokenRequest {
        id,
        secret: secret(token),
        beside: None,
        revocation: Revocation::Salesforce {
            endpoint: endpoint(&addresses[0]),
            second: addresses.get(1).map(endpoint),
        },
        lapse: Lapse::default(),
    }
}

/// Ends tokens as a logout does.
fn end_all<Id>(requests: Vec<TokenRequest<Id>>, limit: Duration) -> Vec<(Id, RevocationResult)> {
    RevocationClient::new(&world()).end_all(requests, limit, 64, &Cancel::new())
}

fn revoke(token: &str, addresses: &[&str]) -> RevocationResult {
    end_all(vec![to_end((), token, addresses)], SECOND)
        .remove(0)
        .1
}

/// An address where nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn revocation_sends_the_token_and_nothing_else_to_the_instance() {
    let salesforce = Salesforce::start();
    let token = salesforce.refresh_token("alpha");
    let url = format!("{}/", salesforce.url());
    assert_eq!(revoke(&token, &[&url]), Ok(Ended::Now));
    let request = &salesforce.requests()[0];
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", REVOKE)
    );
    assert_eq!(
        request.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.query, "");
    assert_eq!(salesforce.revoked(), [token.as_str()]);
    assert!(!salesforce.knows(&token));
    assert_eq!(revoke(&token, &[&url]), Ok(Ended::Before));
    assert_eq!(salesforce.revoked().len(), 2);
}

/// It is named for what it ended; the org's own address ended nothing.
fn by_the_login_host() -> Ended {
    Ended::Elsewhere {
        host: "127.0.0.1".to_owned(),
    }
}

#[test]
fn an_unknown_token_is_asked_about_at_the_other_stored_address() {
    let (instance, login) = (Salesforce::start(), Salesforce::start());
    login.add("moved", "moved@fixture.example");
    let token = login.refresh_token("moved");
    let answer = revoke(&token, &[&instance.url(), &login.url()]);
    assert_eq!(answer, Ok(by_the_login_host()));
    assert_eq!(instance.revoked(), login.revoked());
    let nowhere = revoke("FAKE-garbage", &[&instance.url(), &login.url()]);
    assert_eq!(nowhere, Ok(Ended::Before));
    let silent = revoke("FAKE-garbage", &[&instance.url(), &nobody()]);
    let Err(CallError::Refused {
        status: 400,
        description,
        ..
    }) = silent
    else {
        panic!("{silent:?}");
    };
    assert!(
        description.starts_with("it does not know the token, and 127.0.0.1 cannot be reached"),
        "{description}"
    );
}

#[test]
fn an_instance_that_cannot_be_reached_is_replaced_by_the_login_host() {
    let salesforce = Salesforce::start();
    let token = salesforce.refresh_token("beta");
    let answer = revoke(&token, &[&nobody(), &salesforce.url()]);
    assert_eq!(answer, Ok(by_the_login_host()));
    for (unusable, key) in [
        ("http://evil.example", "alpha"),
        ("https://acme.lightning.force.com", "gamma"),
    ] {
        let token = salesforce.refresh_token(key);
        let addresses = [unusable, &salesforce.url()];
        assert_eq!(revoke(&token, &addresses), Ok(by_the_login_host()));
        // The second time the login host does not know it, which says nothing of the org.
        let again = revoke(&token, &addresses);
        assert!(
            matches!(&again, Err(CallError::Unreachable { why, .. }) if why.contains("nothing was sent")),
            "{again:?}"
        );
    }
    let failed = |answer: &RevocationResult| matches!(answer, Err(CallError::Unreachable { .. }));
    assert!(failed(&revoke("FAKE", &[&nobody()])));
    assert!(
        failed(&revoke("FAKE", &[&nobody(), &salesforce.url()])),
        "that the login host does not know a token says nothing of the org"
    );
}

/// Only this system lets a listener swallow what it does not take.
#[cfg(target_os = "linux")]
#[test]
fn an_instance_that_swallows_everything_leaves_time_for_the_login_host() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let _entered = runtime.enter();
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let wait = Duration::from_millis(50);
    let waiting: Vec<_> = (0..16)
        .map(|_| std::net::TcpStream::connect_timeout(&address, wait))
        .collect();
    assert!(waiting.iter().any(Result::is_err), "it swallows nothing");
    let salesforce = Salesforce::start();
    let token = salesforce.refresh_token("beta");
    let addresses = [&*format!("http://{address}"), &salesforce.url()];
    assert_eq!(revoke(&token, &addresses), Ok(by_the_login_host()));
    assert!(matches!(
        revoke(&token, &addresses),
        Err(CallError::Unreachable { .. })
    ));
}

#[test]
fn other_answers_to_a_revocation_are_failures() {
    let page = "<!DOCTYPE html><html><body>Down</body></html>";
    let is_page = "a page for people, not for programs";
    for (answer, expected) in [
        (
            Answer::status(503).body(page),
            format!("answered 503: {is_page}"),
        ),
        (
            Answer::status(200).body(page),
            format!("answered 200: {is_page}"),
        ),
        (
            Answer::status(404).body("Bad_Id"),
            "answered 404: Bad_Id".to_owned(),
        ),
        (Answer::status(500), "answered 500".to_owned()),
        (
            Answer::status(500).body("echo FAKE-of-another"),
            "answered 500".to_owned(),
        ),
        (
            Answer::status(400).body("error=unsupported_method&error_description=use%20post"),
            "answered 400: unsupported_method (use post)".to_owned(),
        ),
        (
            Answer::status(403)
                .body(r#"{"error":"rate","error_description":"a\u0007b FAKE-token"}"#),
            "answered 403: rate".to_owned(),
        ),
        (
            Answer::status(302).header("Location", "http://127.0.0.1:9/"),
            "answered 302: it sends the request elsewhere".to_owned(),
        ),
        (
            Answer::status(200).body("x".repeat(300 << 10)),
            "answered 200: the answer is too large".to_owned(),
        ),
        (
            Answer::status(200).body("ok").cut_off(40),
            "cannot be reached".to_owned(),
        ),
        (Answer::hang(), "did not answer within 1.0 s".to_owned()),
    ] {
        let server = Server::start();
        server.on("POST", REVOKE, answer);
        let shown = TokenStatus::from(revoke("FAKE-token", &[&server.url()]).unwrap_err());
        let shown = shown.reason().unwrap();
        assert!(shown.contains(&expected), "{shown}");
        assert!(!shown.contains("FAKE"), "{shown}");
    }
}

#[test]
fn a_token_goes_nowhere_but_to_https_and_this_machine() {
    for url in [
        "http://acme.my.salesforce.com",
        "nonsense",
        "https://a@127.0.0.1",
    ] {
        let answer = revoke("FAKE", &[url]);
        assert!(matches!(answer, Err(CallError::NotAllowed { .. })), "{url}");
    }
}

#[test]
fn fifty_orgs_are_revoked_in_one_round() {
    const ORGS: usize = 50;
    let salesforce = Salesforce::start();
    let gate = Gate::new(ORGS, ORGS);
    salesforce.gate(&gate);
    let mut requests = Vec::new();
    for number in 0..ORGS {
        let key = format!("org{number}");
        salesforce.add(&key, &format!("{key}@fixture.example"));
        let token = salesforce.refresh_token(&key);
        requests.push(to_end(number, token, &[&salesforce.url()]));
    }
    let answers = end_all(requests, 5 * SECOND);
    for (position, (id, answer)) in answers.iter().enumerate() {
        assert_eq!((position, &Ok(Ended::Now)), (*id, answer));
    }
    assert_eq!(gate.rounds(), 1);
}

#[test]
fn one_org_that_hangs_does_not_hold_up_the_others() {
    let (good, bad) = (Salesforce::start(), Salesforce::start());
    bad.hang("POST", REVOKE);
    let start = Instant::now();
    let requests = vec![
        to_end(1, "FAKE-hanging", &[&bad.url()]),
        to_end(2, good.refresh_token("alpha"), &[&good.url()]),
    ];
    let answers = end_all(requests, SECOND / 2);
    assert!(matches!(answers[0], (1, Err(CallError::TimedOut { .. }))));
    assert_eq!(answers[1], (2, Ok(Ended::Now)));
    assert!(start.elapsed() < 4 * SECOND);
}

#[test]
fn an_interrupted_revocation_is_no_revocation() {
    let salesforce = Salesforce::start();
    salesforce.hang("POST", REVOKE);
    let cancel = Cancel::new();
    let orgs = orgs().with_cancel(cancel.clone());
    let stopped = cancel.clone();
    std::thread::spawn(move || {
        std::thread::sleep(SECOND / 5);
        cancel.set();
    });
    let requests = vec![to_end((), "FAKE", &[&salesforce.url()])];
    let answers = RevocationClient::new(&world()).end_all(requests, 5 * SECOND, 8, &stopped);
    assert_eq!(answers[0].1, Err(CallError::Interrupted));
    let refused = find_user(&orgs, &origin(&salesforce.url()), &secret("FAKE"));
    assert_eq!(refused.unwrap_err(), CallError::Interrupted);
}

fn web_request(salesforce: &Salesforce) -> WebRequest {
    WebRequest {
        server: build_server(origin(&salesforce.url())),
        app: default_app(),
        scopes: DEFAULT_SCOPES.to_owned(),
        redirect_uri: format!("{}/back", salesforce.url()),
        state: "0123456789ab".to_owned(),
        verifier: Verifier::new(&[7; 48]),
    }
}

#[test]
fn the_browser_flow_sends_what_was_recorded() {
    let salesforce = Salesforce::start();
    let request = web_request(&salesforce);
    let url = request.authorize_url();
    let sent = query_of(url.as_str());
    let mut names: Vec<&str> = sent.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "client_id",
            "code_challenge",
            "prompt",
            "redirect_uri",
            "response_type",
            "scope",
            "state"
        ]
    );
    assert_eq!(sent["scope"], "refresh_token api web");
    assert_eq!(sent["code_challenge"].len(), 43);
    let visited = browse(url.as_str());
    let code = secret(query_of(&visited[1].0)["code"].clone());
    let grant = orgs().exchange_code(&request, &code).unwrap();
    assert_eq!(
        grant.access_token.expose(),
        salesforce.access_token("alpha")
    );
    let refresh_token = grant.refresh_token.unwrap();
    assert_eq!(refresh_token.expose(), salesforce.refresh_token("alpha"));
    assert_eq!(
        grant.instance_url.as_deref(),
        Some(salesforce.url().as_str())
    );
    let form: std::collections::BTreeMap<_, _> = salesforce.requests_to(TOKEN)[0]
        .form()
        .into_iter()
        .collect();
    let names: Vec<&str> = form.keys().map(String::as_str).collect();
    let recorded = [
        "client_id",
        "code",
        "code_verifier",
        "grant_type",
        "redirect_uri",
    ];
    assert_eq!(names, recorded);
    assert!((43..=128).contains(&form["code_verifier"].len()));
    // The same code again, and with another verifier.
    let again = orgs().exchange_code(&request, &code).unwrap_err();
    assert!(find_hint(&again).is_some() && !again.to_string().contains(code.expose()));
    let visited = browse(url.as_str());
    let code = secret(query_of(&visited[1].0)["code"].clone());
    let other = WebRequest {
        verifier: Verifier::new(&[8; 48]),
        ..request
    };
    assert!(orgs().exchange_code(&other, &code).is_err());
}

fn refresh_request(salesforce: &Salesforce, key: &str) -> RefreshRequest {
    RefreshRequest {
        server: build_server(origin(&salesforce.url())),
        app: ClientApp {
            id: DEFAULT_CLIENT_ID.to_owned(),
            secret: Some(secret("FAKE-client-secret")),
        },
        refresh_token: secret(salesforce.refresh_token(key)),
    }
}

#[test]
fn refreshing_hands_out_a_rotated_token() {
    let salesforce = Salesforce::start();
    let request = refresh_request(&salesforce, "beta");
    assert!(orgs().refresh(&request).unwrap().refresh_token.is_none());
    salesforce.rotating();
    let grant = orgs().refresh(&request).unwrap();
    let rotated = grant.refresh_token.unwrap();
    assert_eq!(rotated.expose(), salesforce.refresh_token("beta"));
    let error = orgs().refresh(&request).unwrap_err();
    assert!(
        matches!(&error, CallError::Refused { status: 400, code, .. } if code == "invalid_grant")
    );
    assert_eq!(find_hint(&error), Some("sign in to the org again"));
    let form = salesforce.requests_to(TOKEN)[0].form();
    let field = |name: &str| {
        form.iter()
            .find(|(found, _)| found == name)
            .unwrap()
            .1
            .clone()
    };
    assert_eq!(field("grant_type"), "refresh_token");
    assert_eq!(field("client_secret"), "FAKE-client-secret");
}

#[test]
fn answers_that_are_no_tokens_are_refused() {
    let server = Server::start();
    let request = RefreshRequest {
        server: build_server(origin(&server.url())),
        app: default_app(),
        refresh_token: secret("FAKE-refresh"),
    };
    for body in [
        "",
        "{}",
        "[]",
        r#"{"access_token":""}"#,
        r#"{"access_token":"FAKE a"}"#,
        r#"{"access_token":"FAKE","refresh_token":"a\nb"}"#,
        r#"{"access_token":7}"#,
        "<html>FAKE</html>",
    ] {
        server.on("POST", TOKEN, Answer::status(200).body(body));
        let error = orgs().refresh(&request).unwrap_err();
        assert!(
            matches!(error, CallError::NotUnderstood { .. }),
            "{body}: {error}"
        );
        assert!(!format!("{error:?}").contains("FAKE"), "{body}");
    }
}

/// A new RSA key: PKCS#8 and PKCS#1 texts, and the public half.
fn key_pair() -> (String, String, Vec<u8>) {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let pkcs8 = pair.as_der().unwrap().as_ref().to_vec();
    // The PKCS#1 form is the rest of the PKCS#8 form, after a header of fixed length.
    let pkcs1 = &pkcs8[26..];
    let pem = |label: &str, bytes: &[u8]| {
        let text = STANDARD.encode(bytes);
        let lines: Vec<&str> = text
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        format!(
            "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
            lines.join("\n")
        )
    };
    (
        pem("PRIVATE KEY", &pkcs8),
        pem("RSA PRIVATE KEY", pkcs1),
        pair.public_key().as_ref().to_vec(),
    )
}

fn claims_of(salesforce: &Salesforce, public: &[u8]) -> Vec<Value> {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_aud = false;
    validation.validate_exp = false;
    let requests = salesforce.requests_to(TOKEN).into_iter();
    requests
        .map(|request| {
            let form: std::collections::BTreeMap<_, _> = request.form().into_iter().collect();
            assert_eq!(
                form["grant_type"],
                "urn:ietf:params:oauth:grant-type:jwt-bearer"
            );
            let key = DecodingKey::from_rsa_der(public);
            let token = jsonwebtoken::decode::<Value>(&form["assertion"], &key, &validation);
            token.unwrap().claims
        })
        .collect()
}

#[test]
fn assertions_are_signed_short_lived_and_for_the_right_audience() {
    let (pkcs8, pkcs1, public) = key_pair();
    let salesforce = Salesforce::start();
    let request = |pem: &str| JwtRequest {
        login: origin(&salesforce.url()),
        client_id: "FAKE-consumer".to_owned(),
        username: "delta@fixture.example".to_owned(),
        key: JwtKey::from_pem(pem.as_bytes()).unwrap(),
        audience: None,
        now: jiff::Timestamp::from_second(1_795_249_800).unwrap(),
    };
    let grant = sign_in_with_key(&orgs(), &request(&pkcs8)).unwrap();
    assert_eq!(
        grant.access_token.expose(),
        salesforce.access_token("delta")
    );
    assert!(grant.refresh_token.is_none());
    salesforce.audience(&salesforce.url());
    sign_in_with_key(&orgs(), &request(&pkcs1)).unwrap();
    let claims = claims_of(&salesforce, &public);
    let audiences: Vec<&str> = claims
        .iter()
        .map(|claims| claims["aud"].as_str().unwrap())
        .collect();
    let url = salesforce.url();
    assert_eq!(audiences, [PRODUCTION, PRODUCTION, url.as_str()]);
    for claims in claims {
        assert_eq!(claims["iss"], "FAKE-consumer");
        assert_eq!(claims["sub"], "delta@fixture.example");
        assert_eq!(claims["iat"], 1_795_249_800);
        assert_eq!(claims["exp"], 1_795_249_800 + 180);
    }
    let stranger = JwtRequest {
        username: "stranger@fixture.example".to_owned(),
        ..request(&pkcs8)
    };
    let error = sign_in_with_key(&orgs(), &stranger).unwrap_err();
    assert!(error.to_string().contains("approved"), "{error}");
    assert!(find_hint(&error).is_some());
}

#[test]
fn a_refused_assertion_is_explained_by_what_says_most() {
    let (pkcs8, _, _) = key_pair();
    let server = Server::start();
    let asked = std::sync::atomic::AtomicUsize::new(0);
    server.on_call("POST", TOKEN, move |_| {
        let first = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
        let words = if first {
            "Audience validation failed"
        } else {
            "user hasn't approved this consumer"
        };
        let body = serde_json::json!({"error": "invalid_grant", "error_description": words});
        Answer::json(400, &body)
    });
    let request = JwtRequest {
        login: origin(&server.url()),
        client_id: "FAKE".to_owned(),
        username: "a@b.example".to_owned(),
        key: JwtKey::from_pem(pkcs8.as_bytes()).unwrap(),
        audience: None,
        now: jiff::Timestamp::UNIX_EPOCH,
    };
    let error = sign_in_with_key(&orgs(), &request).unwrap_err();
    assert!(error.to_string().contains("approved"), "{error}");
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_device_is_asked_about_until_it_is_approved() {
    let salesforce = Salesforce::start();
    salesforce.person("gamma").pending(1);
    let login = build_server(origin(&salesforce.url()));
    let app = default_app();
    let device = orgs().begin_device(&login, &app, "api").unwrap();
    assert_eq!(device.user_code, "ABCD1234");
    assert_eq!(device.interval, SECOND);
    assert!(matches!(
        orgs().poll_device(&device),
        Ok(DevicePoll::Pending)
    ));
    let Ok(DevicePoll::Granted(grant)) = orgs().poll_device(&device) else {
        panic!("not granted");
    };
    assert_eq!(
        grant.access_token.expose(),
        salesforce.access_token("gamma")
    );
    let form = salesforce.requests()[0].form();
    assert!(form.contains(&("response_type".to_owned(), "device_code".to_owned())));
    let form = salesforce.requests()[1].form();
    assert!(form.contains(&("grant_type".to_owned(), "device".to_owned())));
}

#[test]
fn a_token_tells_whose_it_is() {
    let salesforce = Salesforce::start();
    let instance = origin(&salesforce.url());
    let token = secret(salesforce.access_token("alpha"));
    let user = find_user(&orgs(), &instance, &token).unwrap();
    assert_eq!(user.username, "alpha@fixture.example");
    assert_eq!(user.org_id, "00DFX0000000001AAA");
    let details = find_details(&orgs(), &instance, &token);
    assert_eq!(details.is_dev_hub, Some(true));
    assert_eq!(details.api_version.as_deref(), Some("67.0"));
    let organization = details.organization.unwrap();
    assert_eq!(organization.name.as_deref(), Some("Alpha Prod"));
    let dead = find_user(&orgs(), &instance, &secret("FAKE-dead")).unwrap_err();
    assert!(dead.to_string().contains("Bad_OAuth_Token"), "{dead}");
    assert_eq!(salesforce.requests().len(), 6);
}

#[test]
fn ids_that_are_no_ids_never_become_a_path() {
    let server = Server::start();
    let info = serde_json::json!({"user_id": "../../x", "organization_id": "00DFX0000000001AAA"});
    server.on("GET", "/services/oauth2/userinfo", Answer::json(200, &info));
    let error = find_user(&orgs(), &origin(&server.url()), &secret("FAKE")).unwrap_err();
    assert!(matches!(error, CallError::NotUnderstood { .. }));
    assert_eq!(server.requests().len(), 1);
}

fn probe(salesforce: &Salesforce, token: &str, renewal: Renewal) -> (ConnectedStatus, Vec<Grant>) {
    let mut grants = Vec::new();
    let request = ProbeRequest {
        id: (),
        instance_url: salesforce.url(),
        api_version: Some("67.0".to_owned()),
        access_token: secret(token),
        renewal,
    };
    let mut answers = probe_all(&orgs(), vec![request], |(), grant| {
        grants.push(grant.clone());
    });
    (answers.remove(0).1, grants)
}

#[test]
fn the_status_of_an_org_has_the_words_of_the_real_client() {
    let salesforce = Salesforce::start();
    let good = salesforce.access_token("beta");
    let (status, grants) = probe(&salesforce, &good, Renewal::None);
    assert_eq!((status.text().as_str(), grants.len()), ("Connected", 0));
    salesforce.expire("beta");
    let (status, _) = probe(&salesforce, &good, Renewal::None);
    assert_eq!(status.text(), "Session expired or invalid");
    salesforce.rotating();
    let renewal = Renewal::Refresh(refresh_request(&salesforce, "beta"));
    let (status, grants) = probe(&salesforce, &good, renewal.clone());
    assert_eq!(status, ConnectedStatus::Connected);
    let rotated = grants[0].refresh_token.as_ref().unwrap();
    assert_eq!(rotated.expose(), salesforce.refresh_token("beta"));
    let (status, _) = probe(&salesforce, &good, renewal);
    assert_eq!(
        status.text(),
        "Unable to refresh session due to: Error authenticating with the refresh token due to: \
         expired access/refresh token"
    );
    salesforce.down();
    assert_eq!(
        probe(&salesforce, &good, Renewal::None).0.text(),
        "Down (Maintenance)"
    );
    let request = ProbeRequest {
        id: (),
        instance_url: nobody(),
        api_version: None,
        access_token: secret("FAKE"),
        renewal: Renewal::None,
    };
    let answers = probe_all(&orgs(), vec![request], |(), _| {});
    assert_eq!(answers[0].1.text(), "fetch failed");
}

#[test]
fn a_page_is_no_answer_and_a_version_from_a_file_is_no_path() {
    let server = Server::start();
    server.on(
        "GET",
        "/services/data/v51.0",
        Answer::status(200).body(" <!DOCTYPE HTML><html>"),
    );
    let request = ProbeRequest {
        id: (),
        instance_url: server.url(),
        api_version: Some("1.0/../../x".to_owned()),
        access_token: secret("FAKE"),
        renewal: Renewal::None,
    };
    let answers = probe_all(&orgs(), vec![request], |(), _| {});
    assert_eq!(answers[0].1, ConnectedStatus::BadResponse);
}
