//! Ending tokens at servers that answer well, badly, late or not at all.

use std::fmt;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use adieu_testkit::server::{Answer, Gate, Server, unauthorized};
use serde_json::json;

use super::*;
use crate::remote::{Endpoint, EndpointSource, TrustedHost};
use crate::systems::{GITHUB, GOOGLE, OPENAI};

const TOKEN: &str = "FAKE-portal-token";
const SECOND: Duration = Duration::from_secs(1);

fn world(variables: &[(&str, &str)]) -> World {
    World::fixed("/nowhere", jiff::Timestamp::UNIX_EPOCH).with_variables(variables.iter().copied())
}

fn portal(url: &str) -> Revocation {
    Revocation::SsoPortal {
        region: "eu-central-1".to_owned(),
        is_region_guessed: false,
        start_url: None,
        endpoint: Endpoint {
            url: url.to_owned(),
            named_by: EndpointSource::Environment,
        },
        instead: None,
    }
}

/// The same, where only a configuration file names the address.
fn foreign_portal(url: &str) -> Revocation {
    let mut foreign = portal(url);
    if let Revocation::SsoPortal { endpoint, .. } = &mut foreign {
        endpoint.named_by = EndpointSource::Configuration;
    }
    foreign
}

fn github(url: &str) -> Revocation {
    Revocation::Http {
        service: &GITHUB,
        recorded: Vec::new(),
        endpoint: Endpoint {
            url: url.to_owned(),
            named_by: EndpointSource::Environment,
        },
    }
}

fn request(revocation: Revocation) -> TokenRequest<()> {
    TokenRequest {
        id: (),
        secret: Secret::new(TOKEN.to_owned()),
        beside: None,
        revocation,
        lapse: Lapse::default(),
    }
}

fn end(revocation: Revocation) -> RevocationResult {
    let caller = RevocationClient::new(&world(&[]));
    let results = caller.end_all(vec![request(revocation)], 5 * SECOND, 8, &Cancel::new());
    results.into_iter().next().unwrap().1
}

/// That a server did not answer in time.
fn late(after: Duration) -> RevocationResult {
    let host = "127.0.0.1".to_owned();
    Err(CallError::TimedOut { host, after })
}

/// What a server's refusal comes to.
fn refused(status: u16, description: &str) -> RevocationResult {
    Err(CallError::Refused {
        host: "127.0.0.1".to_owned(),
        status,
        code: String::new(),
        description: description.to_owned(),
    })
}

fn ask(revocation: Revocation) -> TokenStatus {
    let caller = RevocationClient::new(&world(&[]));
    let answers = caller.ask_all(vec![request(revocation)], 5 * SECOND, 8, &Cancel::new());
    answers.into_iter().next().unwrap().1
}

#[test]
fn the_portal_ends_a_token_and_does_not_know_it_afterwards() {
    let server = Server::aws_portal();
    assert_eq!(end(portal(&server.url())), Ok(Ended::Now));
    assert_eq!(end(portal(&server.url())), Ok(Ended::Before));
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(
        (requests[0].method.as_str(), requests[0].path.as_str()),
        ("POST", "/logout")
    );
    assert_eq!(requests[0].header("x-amz-sso_bearer_token"), Some(TOKEN));
    assert_eq!(
        requests[0].header("authorization"),
        None,
        "nothing is signed"
    );
    assert!(requests[0].body.is_empty());
}

#[test]
fn portal_of_a_guessed_region_that_does_not_know_a_token_proves_nothing() {
    let server = Server::aws_portal();
    let guessed = || {
        let mut guessed = portal(&server.url());
        if let Revocation::SsoPortal {
            is_region_guessed, ..
        } = &mut guessed
        {
            *is_region_guessed = true;
        }
        guessed
    };
    assert_eq!(ask(guessed()), TokenStatus::Accepted);
    assert_eq!(end(guessed()), Ok(Ended::Now));
    let text = TokenStatus::from(end(guessed()).unwrap_err());
    let text = text.reason().unwrap().to_owned();
    assert!(text.contains("no other region is recorded"), "{text}");
    assert!(matches!(ask(guessed()), TokenStatus::Unknown { why } if why == text));
    assert_eq!(end(portal(&server.url())), Ok(Ended::Before));
}

#[test]
fn portal_says_whether_it_accepts_a_token_and_nothing_is_ended_by_asking() {
    let server = Server::aws_portal();
    assert_eq!(ask(portal(&server.url())), TokenStatus::Accepted);
    assert_eq!(ask(portal(&server.url())), TokenStatus::Accepted);
    assert_eq!(end(portal(&server.url())), Ok(Ended::Now));
    assert_eq!(ask(portal(&server.url())), TokenStatus::Refused);
    let request = &server.requests()[0];
    let asked = (request.method.as_str(), request.path.as_str());
    assert_eq!(asked, ("GET", "/assignment/accounts"));
    assert_eq!(request.header("x-amz-sso_bearer_token"), Some(TOKEN));
}

#[test]
fn github_says_whether_it_accepts_a_token() {
    let server = Server::start();
    let path = "/installation/repositories";
    for (status, expected) in [(200, "accepted"), (401, "refused"), (404, "unknown")] {
        let body = json!({"message": "Bad credentials"});
        server.on("GET", path, Answer::json(status, &body));
        assert_eq!(ask(github(&server.url())).word(), expected);
    }
    let request = &server.requests()[0];
    assert_eq!(
        request.header("authorization"),
        Some("Bearer FAKE-portal-token")
    );
}

#[test]
fn google_says_whether_it_accepts_an_access_token() {
    let server = Server::start();
    let google = || Revocation::Http {
        service: &GOOGLE,
        recorded: Vec::new(),
        endpoint: Endpoint {
            url: server.url(),
            named_by: EndpointSource::Environment,
        },
    };
    let unknown = Answer::json(400, &json!({"error": "invalid_token"}));
    for (answer, expected) in [
        (Answer::json(200, &json!({"expires_in": "900"})), "accepted"),
        (unknown, "refused"),
        (Answer::status(503), "unknown"),
    ] {
        server.on("POST", "/tokeninfo", answer);
        assert_eq!(ask(google()).word(), expected);
    }
    let request = &server.requests()[0];
    assert_eq!(
        request.header("authorization"),
        Some("Bearer FAKE-portal-token")
    );
    assert!(!request.path.contains(TOKEN) && request.body.is_empty());
}

#[test]
fn server_that_says_nothing_of_a_token_leaves_it_unknown() {
    let silent = Server::start();
    silent.on("GET", "/assignment/accounts", Answer::hang());
    let caller = RevocationClient::new(&world(&[]));
    let asked = vec![request(portal(&silent.url()))];
    let start = Instant::now();
    let answers = caller.ask_all(asked, SECOND / 5, 8, &Cancel::new());
    assert!(start.elapsed() < 4 * SECOND);
    assert!(matches!(&answers[0].1, TokenStatus::Unknown { why } if why.contains("0.2 s")));
    let broken = Server::start();
    broken.on("GET", "/assignment/accounts", Answer::status(500));
    assert_eq!(ask(portal(&broken.url())).word(), "unknown");
    let foreign = ask(foreign_portal("https://portal.corp.example"));
    assert!(matches!(foreign, TokenStatus::Unknown { why } if why.contains("not sent")));
}

#[test]
fn github_ends_a_token_with_itself() {
    let server = Server::start();
    server.on("DELETE", "/api/v3/installation/token", Answer::status(204));
    assert_eq!(
        end(github(&format!("{}/api/v3/", server.url()))),
        Ok(Ended::Now)
    );
    let requests = server.requests();
    assert_eq!(
        requests[0].header("authorization"),
        Some("Bearer FAKE-portal-token")
    );
    assert!(
        requests[0]
            .header("user-agent")
            .unwrap()
            .starts_with("adieu/")
    );
    let unknown = Answer::json(401, &json!({"message": "Bad credentials"}));
    server.on("DELETE", "/api/v3/installation/token", unknown);
    assert_eq!(
        end(github(&format!("{}/api/v3", server.url()))),
        Ok(Ended::Before)
    );
}

#[test]
fn github_that_knows_no_such_address_has_ended_nothing() {
    let server = Server::start();
    let answer = Answer::json(404, &json!({"message": "Not Found"}));
    server.on("DELETE", "/installation/token", answer);
    assert_eq!(end(github(&server.url())), refused(404, "Not Found"));
}

/// A gateway, a proxy, a server of another kind: its 401 is about itself.
#[test]
fn no_that_is_not_the_services_own_proves_nothing_of_the_token() {
    let gateway = Answer::json(401, &json!({"message": "Unauthorized"}));
    let answers = [
        Answer::status(401),
        Answer::status(401).body("nobody knows you"),
        Answer::json(401, &json!({})),
        gateway.clone(),
        gateway.header("x-amzn-ErrorType", "MissingAuthenticationTokenException"),
    ];
    for answer in answers {
        let server = Server::start();
        server.otherwise(move |_| answer.clone());
        for revocation in [portal(&server.url()), github(&server.url())] {
            let result = end(revocation.clone());
            assert!(result.is_err(), "{result:?}");
            assert_eq!(ask(revocation).word(), "unknown");
        }
    }
}

#[test]
fn portal_names_its_no_in_the_header_or_in_the_body() {
    let header =
        "UnauthorizedException:http://internal.amazon.com/coral/com.amazonaws.switchboard.portal/";
    let kind = "com.amazonaws.switchboard.portal#UnauthorizedException";
    for answer in [
        Answer::status(401).header("x-amzn-ErrorType", header),
        Answer::json(
            401,
            &json!({"message": "Session token not found or invalid", "__type": kind}),
        ),
    ] {
        let server = Server::start();
        server.otherwise(move |_| answer.clone());
        assert_eq!(end(portal(&server.url())), Ok(Ended::Before));
        assert_eq!(ask(portal(&server.url())).word(), "refused");
    }
}

#[test]
fn page_for_people_ends_no_token_and_accepts_none() {
    let server = Server::start();
    let page = Answer::status(200).body("\n<!DOCTYPE html><html><body>Down</body></html>");
    for path in ["/revoke", "/oauth/revoke", "/tokeninfo"] {
        server.on("POST", path, page.clone());
    }
    let endpoint = || Endpoint {
        url: server.url(),
        named_by: EndpointSource::Environment,
    };
    let google = || Revocation::Http {
        service: &GOOGLE,
        recorded: Vec::new(),
        endpoint: endpoint(),
    };
    let openai = Revocation::Http {
        service: &OPENAI,
        endpoint: endpoint(),
        recorded: vec![("client_id".to_owned(), "FAKE-client".to_owned())],
    };
    for revocation in [google(), openai] {
        let result = end(revocation);
        assert!(
            matches!(result, Err(CallError::NotUnderstood { status: 200, .. })),
            "{result:?}"
        );
    }
    assert_eq!(ask(google()).word(), "unknown");
}

/// A captive portal, a proxy that wants a name, a server that says yes to everything.
#[test]
fn answer_that_is_not_the_servers_own_ends_nothing() {
    let html = |status: u16| {
        let answer = Answer::status(status).header("Content-Type", "text/html; charset=utf-8");
        answer.body("<!-- welcome --><html><body>Log in to the network</body></html>")
    };
    for (answer, is_of_portal, is_of_others) in [
        (html(200), false, false),
        (html(401), false, false),
        (html(200).body("Welcome"), false, false),
        (Answer::status(200).body("OK"), false, false),
        (Answer::json(200, &json!({"error": "down"})), false, false),
        (Answer::json(200, &json!({"accountList": []})), false, true),
        (Answer::json(200, &json!({})), true, true),
        (Answer::status(200), true, true),
        (Answer::status(302), false, false),
    ] {
        let server = Server::start();
        for path in ["/logout", "/revoke", "/oauth/revoke"] {
            server.on("POST", path, answer.clone());
        }
        server.on("DELETE", "/installation/token", answer.clone());
        let endpoint = || Endpoint {
            url: server.url(),
            named_by: EndpointSource::Environment,
        };
        let google = Revocation::Http {
            service: &GOOGLE,
            recorded: Vec::new(),
            endpoint: endpoint(),
        };
        let openai = Revocation::Http {
            service: &OPENAI,
            endpoint: endpoint(),
            recorded: vec![("client_id".to_owned(), "FAKE-client".to_owned())],
        };
        let ended =
            |revocation: Revocation| matches!(end(revocation), Ok(Ended::Now | Ended::Before));
        assert_eq!(ended(portal(&server.url())), is_of_portal, "{answer:?}");
        assert_eq!(ended(google), is_of_others, "{answer:?}");
        assert_eq!(ended(openai), is_of_others, "{answer:?}");
        assert!(!ended(github(&server.url())), "{answer:?}");
    }
}

#[test]
fn a_server_that_fails_is_asked_once_and_reported() {
    let server = Server::start();
    let body = json!({"message": "down for\u{1b}[31m repair"});
    let answer = Answer::json(500, &body).header("x-amzn-ErrorType", "InternalServerException");
    server.on("POST", "/logout", answer.clone());
    server.on("DELETE", "/installation/token", answer);
    for revocation in [portal(&server.url()), github(&server.url())] {
        assert_eq!(end(revocation), refused(500, "down for [31m repair"));
    }
    assert_eq!(server.requests().len(), 2, "no call is repeated");
}

#[test]
fn a_server_that_echoes_the_token_is_not_quoted() {
    let server = Server::start();
    let body = json!({"message": format!("bad token {TOKEN}")});
    server.on("POST", "/logout", Answer::json(400, &body));
    server.on("DELETE", "/installation/token", Answer::json(400, &body));
    for revocation in [portal(&server.url()), github(&server.url())] {
        assert_eq!(end(revocation), refused(400, ""));
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let (server, elsewhere) = (Server::start(), Server::aws_portal());
    for status in [301, 302, 307, 308] {
        let redirect =
            Answer::status(status).header("Location", &format!("{}/logout", elsewhere.url()));
        server.on("POST", "/logout", redirect.clone());
        server.on("DELETE", "/installation/token", redirect);
        for revocation in [portal(&server.url()), github(&server.url())] {
            let result = end(revocation);
            assert!(
                matches!(result, Err(CallError::Redirected { status: s, .. }) if s == status),
                "{result:?}"
            );
        }
    }
    assert_eq!(server.requests().len(), 8);
    assert_eq!(elsewhere.requests().len(), 0);
}

#[test]
fn a_server_that_hangs_costs_the_time_limit_once() {
    let server = Server::start();
    server.on("POST", "/logout", Answer::hang());
    server.on("DELETE", "/installation/token", Answer::hang());
    let limit = Duration::from_millis(400);
    let requests = vec![
        request(portal(&server.url())),
        request(github(&server.url())),
    ];
    let start = Instant::now();
    let results = RevocationClient::new(&world(&[])).end_all(requests, limit, 8, &Cancel::new());
    assert!(
        results.iter().all(|((), r)| *r == late(limit)),
        "{results:?}"
    );
    assert!(start.elapsed() < 3 * SECOND, "took {:?}", start.elapsed());
}

#[test]
fn one_bad_server_does_not_hold_up_the_others() {
    let (good, bad) = (Server::aws_portal(), Server::start());
    bad.on("POST", "/logout", Answer::hang());
    let limit = Duration::from_millis(500);
    let mut requests: Vec<_> = (0..3).map(|_| request(portal(&bad.url()))).collect();
    requests.push(request(portal(&good.url())));
    let results = RevocationClient::new(&world(&[])).end_all(requests, limit, 2, &Cancel::new());
    assert_eq!(results[3].1, Ok(Ended::Now));
    assert_eq!(results[0].1, late(limit));
}

#[test]
fn broken_answers_are_no_success() {
    let server = Server::start();
    for broken in [
        Answer::status(200).cut_off(0),
        Answer::status(200).cut_off(12),
        Answer::status(200).body("half").announcing(4000),
        Answer::status(204).cut_off(9),
    ] {
        server.on("POST", "/logout", broken.clone());
        server.on("DELETE", "/installation/token", broken.clone());
        for revocation in [portal(&server.url()), github(&server.url())] {
            let result = end(revocation);
            let is_failure = matches!(
                result,
                Err(CallError::Unreachable { .. } | CallError::NotUnderstood { .. })
            );
            assert!(is_failure, "{broken:?}: {result:?}");
        }
    }
}

#[test]
fn a_refused_connection_is_unreachable_and_says_so() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    for revocation in [portal(&url), github(&url)] {
        let result = end(revocation);
        let Err(CallError::Unreachable { why, .. }) = &result else {
            panic!("{result:?}")
        };
        assert!(why.contains("refused"), "{why}");
    }
}

#[test]
fn a_body_that_is_too_long_is_not_taken_in() {
    let server = Server::start();
    let long = Answer::json(422, &json!({"message": "x".repeat(1 << 20)}))
        .header("x-amzn-ErrorType", "InvalidRequestException");
    server.on("POST", "/logout", long.clone());
    server.on("DELETE", "/installation/token", long);
    for revocation in [portal(&server.url()), github(&server.url())] {
        let problem = "the answer is too large";
        let result = end(revocation);
        assert!(
            matches!(&result, Err(CallError::NotUnderstood { problem: p, .. }) if *p == problem),
            "{result:?}"
        );
    }
}

#[test]
fn https_to_a_server_without_it_sends_nothing() {
    let server = Server::aws_portal();
    let url = format!("https://127.0.0.1:{}", server.port());
    for revocation in [portal(&url), github(&url)] {
        let result = end(revocation);
        assert!(
            matches!(result, Err(CallError::Unreachable { .. })),
            "{result:?}"
        );
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_proxy_is_asked_for_a_tunnel_and_sees_no_token() {
    let proxy = Server::start();
    proxy.on("CONNECT", "portal.invalid:443", Answer::status(502));
    proxy.on("CONNECT", "github.invalid:443", Answer::status(502));
    let url = proxy.url();
    let away = |host: &str| Endpoint {
        url: format!("https://{host}.invalid"),
        named_by: EndpointSource::Environment,
    };
    let region = "eu-central-1".to_owned();
    let revocations = [
        Revocation::SsoPortal {
            region,
            is_region_guessed: false,
            instead: None,
            start_url: None,
            endpoint: away("portal"),
        },
        Revocation::Http {
            service: &GITHUB,
            recorded: Vec::new(),
            endpoint: away("github"),
        },
    ];
    let caller = RevocationClient::new(&world(&[("HTTPS_PROXY", &url)]));
    let results = caller.end_all(
        revocations.map(request).into(),
        5 * SECOND,
        8,
        &Cancel::new(),
    );
    for ((), result) in results {
        assert!(
            matches!(result, Err(CallError::Unreachable { .. })),
            "{result:?}"
        );
    }
    let requests = proxy.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests.iter().all(|request| request.method == "CONNECT"));
    assert!(!format!("{requests:?}").contains(TOKEN));
}

#[test]
fn what_is_not_allowed_is_not_sent() {
    let server = Server::start();
    let hostile = Revocation::SsoPortal {
        region: "evil.com/#".to_owned(),
        is_region_guessed: false,
        instead: None,
        start_url: None,
        endpoint: Endpoint {
            url: server.url(),
            named_by: EndpointSource::Vendor,
        },
    };
    assert!(matches!(end(hostile), Err(CallError::NotAllowed { .. })));
    // Nor to a listener on this machine: on a shared one it may be anybody's.
    assert!(matches!(
        end(foreign_portal(&server.url())),
        Err(CallError::NotAllowed { .. })
    ));
    let result = end(foreign_portal("https://portal.corp.example"));
    assert!(
        matches!(&result, Err(CallError::NotAllowed { host, .. }) if host == "portal.corp.example")
    );
    assert_eq!(server.requests().len(), 0);
    let caller = RevocationClient::new(&world(&[]));
    assert!(
        caller
            .check(&foreign_portal("https://portal.corp.example"))
            .is_err()
    );
    let caller = caller.allowing(TrustedHost::parse("Portal.Corp.Example").as_ref());
    assert_eq!(
        caller.check(&foreign_portal("https://portal.corp.example")),
        Ok(())
    );
}

#[test]
fn fifty_tokens_take_at_most_five_round_trips() {
    // It answers only when ten wait, so whoever asks for fewer at once never gets an answer.
    let gate = Gate::new(10, 50);
    let server = Server::start();
    server.on("POST", "/logout", Answer::status(200).through(&gate));
    let requests = (0..50)
        .map(|id| TokenRequest {
            id,
            secret: Secret::new(format!("FAKE-{id}")),
            beside: None,
            revocation: portal(&server.url()),
            lapse: Lapse::default(),
        })
        .collect();
    let results =
        RevocationClient::new(&world(&[])).end_all(requests, 20 * SECOND, 16, &Cancel::new());
    assert!(
        results
            .iter()
            .enumerate()
            .all(|(n, (id, r))| n == *id && *r == Ok(Ended::Now))
    );
    assert!(gate.rounds() <= 5, "{} round trips", gate.rounds());
}

#[test]
fn cancelling_ends_the_waiting_at_once() {
    let (slow, quick) = (Server::start(), Server::aws_portal());
    slow.on("POST", "/logout", Answer::hang());
    let cancel = Cancel::new();
    let from_elsewhere = cancel.clone();
    let start = Instant::now();
    let setter = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(500));
        from_elsewhere.set();
    });
    let requests = vec![request(portal(&slow.url())), request(portal(&quick.url()))];
    let caller = RevocationClient::new(&world(&[]));
    let results = caller.end_all(requests, 30 * SECOND, 8, &cancel);
    assert_eq!(results[0].1, Err(CallError::Interrupted));
    assert_eq!(results[1].1, Ok(Ended::Now));
    assert!(start.elapsed() < 4 * SECOND, "took {:?}", start.elapsed());
    setter.join().unwrap();
    // Set already: nothing is sent at all.
    let before = quick.requests().len();
    let results = caller.end_all(vec![request(portal(&quick.url()))], SECOND, 8, &cancel);
    assert_eq!(results[0].1, Err(CallError::Interrupted));
    assert_eq!(quick.requests().len(), before);
}

#[test]
fn loopback_needs_no_proxy_and_a_bad_proxy_is_named() {
    let server = Server::aws_portal();
    let limit = 5 * SECOND;
    for proxy in ["http://127.0.0.1:9", "::not an address::"] {
        let caller = RevocationClient::new(&world(&[("HTTPS_PROXY", proxy)]));
        let away = Revocation::SsoPortal {
            region: "eu-central-1".to_owned(),
            is_region_guessed: false,
            instead: None,
            start_url: None,
            endpoint: Endpoint {
                url: "https://portal.invalid".to_owned(),
                named_by: EndpointSource::Environment,
            },
        };
        let requests = vec![
            request(portal(&server.url())),
            request(away),
            request(github("https://github.invalid")),
        ];
        let results = caller.end_all(requests, limit, 8, &Cancel::new());
        assert!(
            matches!(results[0].1, Ok(Ended::Now | Ended::Before)),
            "{results:?}"
        );
        for ((), result) in &results[1..] {
            assert!(
                matches!(result, Err(CallError::Unreachable { .. })),
                "{results:?}"
            );
        }
    }
    let shown = format!(
        "{:?}",
        RevocationClient::new(&world(&[("https_proxy", "http://u:FAKE-pw@proxy")]))
    );
    assert!(!shown.contains("FAKE-pw"), "{shown}");
}

/// Collects everything that is logged, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Log {
    fn note(&self, what: &dyn fmt::Debug) {
        let mut text = self.0.lock().unwrap();
        *text = format!("{text}{what:?}\n");
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        self.note(span);
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        self.note(values);
    }
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        self.note(event);
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn no_token_reaches_the_log() {
    let server = Server::aws_portal();
    server.on("DELETE", "/installation/token", Answer::status(204));
    let log = Log::default();
    tracing::subscriber::with_default(log.clone(), || {
        tracing::trace!("before");
        assert_eq!(end(portal(&server.url())), Ok(Ended::Now));
        assert_eq!(end(github(&server.url())), Ok(Ended::Now));
    });
    let logged = log.0.lock().unwrap();
    assert!(
        logged.contains("before") && !logged.contains(TOKEN),
        "{logged}"
    );
    let shown = format!("{:?}", request(portal(&server.url())));
    assert!(!shown.contains(TOKEN), "{shown}");
}

#[test]
fn the_portals_own_word_for_unknown_is_understood() {
    let server = Server::start();
    server.on("POST", "/logout", unauthorized());
    assert_eq!(end(portal(&server.url())), Ok(Ended::Before));
}

/// A service from data, with a token of which the answers decide.
fn described(call: &serde_json::Value, server: &Server) -> Revocation {
    let end = serde_json::from_value(call.clone()).unwrap();
    let service = HttpService {
        address: "https://service.example".into(),
        end: Some(end),
        ask: None,
        is_confirmed_by_asking: false,
        needs_access_token: None,
        what: "token",
        effect: "ends the token",
        page: None,
        is_own: true,
    };
    Revocation::Http {
        service: Box::leak(Box::new(service)),
        endpoint: Endpoint {
            url: format!("{}/base", server.url()),
            named_by: EndpointSource::Environment,
        },
        recorded: vec![("client_id".to_owned(), "FAKE-client".to_owned())],
    }
}

#[test]
fn call_that_was_read_from_data_is_sent_as_it_is_described() {
    let sent = |part: serde_json::Value, header: &str| {
        let server = Server::start();
        server.on("POST", "/base/end", Answer::status(200));
        let mut call = json!({
            "method": "POST", "path": "/end",
            "yes": [{"status": 200, "body": "agreement"}],
            "unknown": [{"status": 404, "body": {"errors": ["not_found"]}}],
        });
        call.as_object_mut()
            .unwrap()
            .extend(part.as_object().unwrap().clone());
        assert_eq!(end(described(&call, &server)), Ok(Ended::Now), "{call}");
        let known = Answer::json(404, &json!({"error": "not_found"}));
        server.on("POST", "/base/end", known);
        assert_eq!(end(described(&call, &server)), Ok(Ended::Before), "{call}");
        server.on(
            "POST",
            "/base/end",
            Answer::json(404, &json!({"error": "no_route"})),
        );
        assert!(end(described(&call, &server)).is_err(), "{call}");
        let request = &server.requests()[0];
        let body = String::from_utf8_lossy(&request.body).into_owned();
        (request.header(header).map(str::to_owned), body)
    };
    for (part, header, value, body) in [
        (
            json!({"authorization": "bearer"}),
            "authorization",
            Some("Bearer FAKE-portal-token"),
            "",
        ),
        (
            json!({"authorization": {"basic": "ana"}}),
            "authorization",
            Some("Basic YW5hOkZBS0UtcG9ydGFsLXRva2Vu"),
            "",
        ),
        (
            json!({"authorization": {"header": "x-key"}, "headers": [["x-version", "2"]]}),
            "x-key",
            Some(TOKEN),
            "",
        ),
        (
            json!({"body": {"form": [["token", "{token}"], ["client_id", "{client_id}"], ["hint", "a b"]]}}),
            "content-type",
            Some("application/x-www-form-urlencoded"),
            "token=FAKE-portal-token&client_id=FAKE-client&hint=a+b",
        ),
        (
            json!({"body": {"json": [["token", "{token}"]]}}),
            "content-type",
            Some("application/json"),
            r#"{"token":"FAKE-portal-token"}"#,
        ),
    ] {
        let (found, sent_body) = sent(part, header);
        assert_eq!((found.as_deref(), sent_body.as_str()), (value, body));
    }
}

#[test]
fn busy_server_is_asked_once_more_if_there_is_time() {
    for (status, after, answers, is_ended) in [
        (429, None, 2, true),
        (503, Some("0"), 2, true),
        (503, Some("1"), 2, true),
        // Too late, and not understood.
        (503, Some("3600"), 1, false),
        (429, Some("Mon, 30 Nov 2026 12:00:00 GMT"), 1, false),
        (500, None, 1, false),
    ] {
        let server = Server::start();
        let calls = std::sync::atomic::AtomicUsize::new(0);
        server.on_call("DELETE", "/installation/token", move |_| {
            if calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst) > 0 {
                return Answer::status(204);
            }
            let answer = Answer::status(status);
            match after {
                Some(after) => answer.header("Retry-After", after),
                None => answer,
            }
        });
        let result = end(github(&server.url()));
        assert_eq!(result.is_ok(), is_ended, "{status} {after:?}: {result:?}");
        assert_eq!(server.requests().len(), answers, "{status} {after:?}");
    }
    // Busy both times: that is what it said.
    let server = Server::start();
    server.on("POST", "/logout", Answer::status(503));
    assert_eq!(end(portal(&server.url())), refused(503, ""));
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn proxy_needs_no_scheme() {
    let proxy = Server::start();
    proxy.on("CONNECT", "github.invalid:443", Answer::status(502));
    let named = proxy.url().replace("http://", "");
    let caller = RevocationClient::new(&world(&[("HTTPS_PROXY", &named)]));
    let asked = vec![request(github("https://github.invalid"))];
    let results = caller.end_all(asked, 5 * SECOND, 8, &Cancel::new());
    assert!(results[0].1.is_err());
    assert_eq!(proxy.requests()[0].method, "CONNECT");
}

/// A server with TLS whose certificate only its own file vouches for; it ends every token.
fn with_tls() -> (String, String) {
    use std::io::{Read as _, Write as _};
    let names = vec!["127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(
        rustls::crypto::aws_lc_rs::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_no_client_auth()
    .with_single_cert(vec![made.cert.der().clone()], key.into())
    .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream.unwrap());
            // Whoever does not trust it goes away without a word.
            if stream.read(&mut [0; 4096]).is_ok() {
                let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                stream.write_all(answer.as_bytes()).unwrap();
                stream.conn.send_close_notify();
                let _gone = stream.flush();
            }
        }
    });
    (url, made.cert.pem())
}

#[test]
#[expect(clippy::disallowed_methods, reason = "tests make files")]
fn certificates_that_the_environment_or_the_profile_names_are_trusted() {
    let (url, certificate) = with_tls();
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let bundle = file("proxy.pem", &certificate);
    let config = file("config", &format!("[profile work]\nca_bundle = {bundle}\n"));
    let empty = file("empty.pem", "nothing\n");
    let end = |variables: &[(&str, &str)]| {
        let caller = RevocationClient::new(&world(variables));
        let asked = vec![request(portal(&url))];
        caller
            .end_all(asked, 5 * SECOND, 8, &Cancel::new())
            .remove(0)
            .1
    };
    let profile = [("AWS_CONFIG_FILE", &*config), ("AWS_PROFILE", "work")];
    assert_eq!(end(&profile), Ok(Ended::Now));
    for name in [
        "SSL_CERT_FILE",
        "AWS_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
    ] {
        assert_eq!(end(&[(name, &bundle)]), Ok(Ended::Now), "{name}");
        let error = end(&[(name, &empty)]).unwrap_err().to_string();
        assert!(error.contains(&format!("{name} names no file")), "{error}");
    }
    let error = end(&profile[..1]).unwrap_err().to_string();
    assert!(
        error.contains("name its certificate in SSL_CERT_FILE"),
        "{error}"
    );
}
