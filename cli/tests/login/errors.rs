//! What goes wrong is said as what it is, and nothing is left behind.

use adieu_testkit::server::{Answer, Server};
use serde_json::json;

use crate::support::{adieu, asked, home, session};

const FAR: &str = "2026-12-30T00:00:00Z";

/// An error as SSO OIDC sends it.
fn error(status: u16, kind: &str, code: &str, words: &str) -> Answer {
    Answer::json(status, &json!({"error": code, "error_description": words}))
        .header("x-amzn-ErrorType", kind)
}

#[test]
fn answers_to_a_code_are_told_apart() {
    for (answer, said) in [
        (
            error(
                400,
                "AccessDeniedException",
                "access_denied",
                "The person said no",
            ),
            "the sign-in was refused: The person said no",
        ),
        (
            error(400, "ExpiredTokenException", "expired_token", ""),
            "nobody signed in before the code ended",
        ),
        (
            error(400, "InvalidGrantException", "invalid_grant", ""),
            "a portal answers in its own region only",
        ),
        (
            Answer::status(200).body("<!DOCTYPE html><title>Wi-Fi</title>"),
            "a page for people",
        ),
        (
            Answer::json(200, &json!({"tokenType": "Bearer"})),
            "there is no token in it",
        ),
        (
            Answer::json(200, &json!({"accessToken": "a\nb"})),
            "there is no token in it",
        ),
    ] {
        let (home, server) = (home(), Server::aws_portal());
        server.on("POST", "/token", answer);
        let output = adieu(&home, &server, "auth login admin").run().code(1);
        assert!(output.stderr.contains(said), "{said}: {}", output.stderr);
        assert!(!home.has(".config/atmos"), "{said}");
    }
}

#[test]
fn waiting_for_a_code_goes_on_over_what_says_nothing_of_it() {
    let (home, server) = (home(), Server::aws_portal());
    let answers = std::sync::Mutex::new(vec![
        Answer::json(200, &json!({"accessToken": "FAKE-late", "expiresIn": 3600})),
        error(500, "InternalServerException", "server_error", ""),
        error(
            400,
            "AuthorizationPendingException",
            "authorization_pending",
            "",
        ),
    ]);
    server.on_call("POST", "/token", move |_| {
        answers.lock().unwrap().pop().unwrap()
    });
    adieu(&home, &server, "auth login admin").run().success();
}

#[test]
fn code_that_never_ends_is_waited_for_as_long_as_was_said() {
    let (home, server) = (home(), Server::aws_portal());
    let pending = error(
        400,
        "AuthorizationPendingException",
        "authorization_pending",
        "",
    );
    server.on("POST", "/token", pending);
    let output = adieu(&home, &server, "auth login admin --timeout 2")
        .run()
        .code(1);
    assert!(
        output
            .stderr
            .contains("nobody signed in before the code ended")
    );
}

#[test]
fn role_that_nobody_assigned_spoils_no_other() {
    let (home, server) = (home(), Server::aws_portal());
    let keys = json!({"roleCredentials": {"accessKeyId": "ASIAfake1", "secretAccessKey": "FAKE",
        "sessionToken": "FAKE", "expiration": 4_102_444_800_000_u64}});
    server.on_call("GET", "/federation/credentials", move |request| {
        if request.query.contains("Admin") {
            return Answer::json(403, &json!({"message": "No access"}))
                .header("x-amzn-ErrorType", "ForbiddenException");
        }
        Answer::json(200, &keys)
    });
    let output = adieu(&home, &server, "auth login --all -o json")
        .run()
        .code(1);
    let document = output.json();
    assert_eq!(document["signed_in"][0]["identity"], "viewer");
    assert_eq!(document["failed"][0]["name"], "admin");
    assert!(
        output
            .stderr
            .contains("nobody assigned Admin in account 210000000001")
    );
}

#[test]
fn keys_that_would_be_more_than_keys_are_not_written() {
    for hostile in ["FAKE\n[default]", "FAKE;x", "FAKE`", ""] {
        let (home, server) = (home(), Server::aws_portal());
        home.write(crate::support::CLI_TOKEN, session("FAKE-token", FAR, FAR));
        let keys = json!({"roleCredentials": {"accessKeyId": "ASIAfake1", "secretAccessKey": hostile,
            "sessionToken": "FAKE", "expiration": 4_102_444_800_000_u64}});
        server.on("GET", "/federation/credentials", Answer::json(200, &keys));
        let output = adieu(&home, &server, "auth login admin").run().code(1);
        assert!(
            output.stderr.contains("there are no keys in it"),
            "{}",
            output.stderr
        );
        assert!(!home.has(".config/atmos"));
    }
}

#[test]
fn busy_portal_is_come_back_to() {
    let (home, server) = (home(), Server::aws_portal());
    home.write(crate::support::CLI_TOKEN, session("FAKE-token", FAR, FAR));
    let keys = json!({"roleCredentials": {"accessKeyId": "ASIAfake1", "secretAccessKey": "FAKE",
        "sessionToken": "FAKE", "expiration": 4_102_444_800_000_u64}});
    let answers = std::sync::Mutex::new(vec![
        Answer::json(200, &keys),
        Answer::json(429, &json!({})).header("Retry-After", "0"),
    ]);
    server.on_call("GET", "/federation/credentials", move |_| {
        answers.lock().unwrap().pop().unwrap()
    });
    adieu(&home, &server, "auth login admin").run().success();
}

#[test]
fn clock_that_is_off_is_named() {
    let (home, server) = (home(), Server::aws_portal());
    let refused = error(400, "InvalidGrantException", "invalid_grant", "")
        .header("Date", "Sat, 21 Nov 2026 08:10:00 GMT");
    server.on("POST", "/token", refused);
    let output = adieu(&home, &server, "auth login admin").run().code(1);
    let said = "the clock of this machine is 1200 s ahead of the server's";
    assert!(output.stderr.contains(said), "{}", output.stderr);
}

#[test]
fn server_that_only_a_project_names_gets_nothing_before_it_is_allowed() {
    let (home, server, stranger) = (home(), Server::aws_portal(), Server::aws_portal());
    let yaml = home.read("../work/atmos.yaml").replace(
        "region: eu-central-1\n",
        &format!(
            "region: eu-central-1\n      spec: {{ endpoint_url: '{}' }}\n",
            stranger.url()
        ),
    );
    home.atmos_yaml(&yaml);
    let without_own = |words: &str| adieu(&home, &server, words).env_remove("AWS_ENDPOINT_URL");
    let output = without_own("auth login --provider meridian-sso")
        .run()
        .code(1);
    assert!(
        output.stderr.contains("only a configuration file names it"),
        "{}",
        output.stderr
    );
    assert!(output.stderr.contains("--allow-endpoint 127.0.0.1:"));
    assert_eq!(asked(&stranger), Vec::<String>::new());
    let host = stranger.url().replace("http://", "");
    let words = format!("auth login --provider meridian-sso --allow-endpoint {host}");
    without_own(&words).run().success();
    assert_eq!(asked(&stranger).len(), 3);
    assert_eq!(asked(&server), Vec::<String>::new());
}

#[test]
fn words_that_mean_nobody_are_said() {
    let (home, server) = (home(), Server::aws_portal());
    for (words, said) in [
        (
            "auth login nobody",
            "identity \"nobody\" not found in configuration",
        ),
        (
            "auth login --provider nobody",
            "provider \"nobody\" not found in configuration",
        ),
        (
            "auth login --tags none",
            "no identity has any of the tags none",
        ),
        ("auth login admin --provider x", "cannot be used with"),
        ("login admin -- words", "words after `--`"),
    ] {
        let output = adieu(&home, &server, words).run().code(2);
        assert!(output.stderr.contains(said), "{words}: {}", output.stderr);
    }
    assert_eq!(asked(&server), Vec::<String>::new());
}
