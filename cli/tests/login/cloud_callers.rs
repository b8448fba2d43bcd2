//! `adieu whoami` and `adieu console` of identities of Azure and Google Cloud.

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::vendor::Vendor;
use adieu_testkit::{Adieu, Home};
use serde_json::json;

use crate::support::asked;
use crate::{azure, google};

/// The command with the vendor's own host played by a server.
fn played(command: Adieu, vendor: &Vendor, home: &Home) -> Adieu {
    let mut command = command;
    for (name, value) in vendor.environment(home) {
        command = command.env(name, value);
    }
    command
}

fn signed_in_to_azure() -> (Home, Server) {
    let (home, entra) = (azure::home(), azure::entra());
    azure::adieu(&home, &entra, "auth login -i tundra")
        .run()
        .success();
    (home, entra)
}

#[test]
fn the_directory_says_who_somebody_is() {
    let (home, entra) = signed_in_to_azure();
    let graph = Server::start();
    let me = json!({"userPrincipalName": "ana@example.test", "id": "FAKE-id-of-ana"});
    graph.on(
        "GET",
        "/v1.0/me?$select=userPrincipalName,id",
        Answer::json(200, &me),
    );
    graph.on("GET", "/v1.0/me", Answer::json(200, &me));
    let vendor = Vendor::playing("graph.microsoft.com", &graph);
    let whoami = |words| played(azure::adieu(&home, &entra, words), &vendor, &home);
    let output = whoami("whoami tundra").run().success();
    for text in [
        "User          ana@example.test",
        "User ID       FAKE-id-of-ana",
    ] {
        assert!(output.stdout.contains(text), "{output}");
    }
    assert!(!output.stdout.contains("ARN"), "{output}");
    let request = &graph.requests()[0];
    let bearer = request.header("authorization").unwrap();
    assert!(bearer.starts_with("Bearer FAKE."), "{bearer}");
    assert!(!output.to_string().contains("FAKE."), "{output}");
    let document = whoami("whoami tundra -o json").run().success().json();
    assert_eq!(document["valid"], true);
    assert_eq!(document["user"], "ana@example.test");
    assert_eq!(document["server"]["answer"], "accepted");
    assert!(document["arn"].is_null());
    // A token that is refused signs nobody in.
    let graph = Server::start();
    let refused = json!({"error": {"code": "InvalidAuthenticationToken", "message": "Access token has expired or is not yet valid."}});
    graph.otherwise(move |_| Answer::json(401, &refused));
    let vendor = Vendor::playing("graph.microsoft.com", &graph);
    let output = played(
        azure::adieu(&home, &entra, "whoami tundra -o json"),
        &vendor,
        &home,
    )
    .run()
    .code(1);
    assert_eq!(output.json()["server"]["answer"], "refused");
    // What is no answer of its own proves nothing.
    let graph = Server::start();
    graph.otherwise(|_| Answer::status(401).body("<html>sign in</html>"));
    let vendor = Vendor::playing("graph.microsoft.com", &graph);
    let output = played(
        azure::adieu(&home, &entra, "whoami tundra -o json"),
        &vendor,
        &home,
    )
    .run()
    .success();
    assert_eq!(output.json()["server"]["answer"], "unknown");
    assert_eq!(output.json()["user"], "ana@example.test");
}

#[test]
fn offline_the_token_says_it_and_nobody_is_asked() {
    let (home, entra) = signed_in_to_azure();
    let before = asked(&entra).len();
    let output = azure::adieu(&home, &entra, "whoami tundra --offline -o json")
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .run()
        .success();
    let document = output.json();
    assert_eq!(document["user"], "ana@example.test");
    assert_eq!(document["user_id"], "FAKE-user");
    assert!(document["server"].is_null());
    assert_eq!(asked(&entra).len(), before);
}

#[test]
fn google_says_whose_a_token_is() {
    let (home, server) = (google::home(), google::google());
    let info = json!({"email": google::ACCOUNT, "sub": "FAKE-sub", "scope": "openid", "expires_in": "3000"});
    server.on("POST", "/tokeninfo", Answer::json(200, &info));
    let vendor = Vendor::playing("oauth2.googleapis.com", &server);
    let whoami = |words| played(google::adieu(&home, &server, words), &vendor, &home);
    // Nobody signs in by asking, and what takes its credentials from elsewhere may be signed in.
    whoami("whoami almanac").run().code(3);
    assert_eq!(asked(&server), [""; 0]);
    google::adieu(&home, &server, "auth login -i almanac")
        .run()
        .success();
    let output = whoami("whoami almanac -o json").run().success();
    let document = output.json();
    assert_eq!(document["user"], google::ACCOUNT);
    assert_eq!(document["server"]["answer"], "accepted");
    let request = server.requests();
    let request = request.last().unwrap();
    let bearer = format!("Bearer FAKE-of-{}", google::ACCOUNT);
    assert_eq!(request.path, "/tokeninfo");
    assert_eq!(request.header("authorization"), Some(bearer.as_str()));
    // Of a project it is the person's own sign-in that is asked about.
    let person = json!({"email": "ana@example.test"});
    server.on("POST", "/tokeninfo", Answer::json(200, &person));
    let document = whoami("whoami gnomon -o json").run().success().json();
    assert_eq!(document["user"], "ana@example.test");
    let ended = json!({"error": "invalid_token", "error_description": "Invalid Value"});
    server.on("POST", "/tokeninfo", Answer::json(400, &ended));
    let output = whoami("whoami almanac -o json").run().code(1);
    assert_eq!(output.json()["server"]["answer"], "refused");
}

#[test]
fn portals_are_opened_at_the_subscription_or_the_project() {
    let (home, server) = (azure::home(), azure::entra());
    let tenant = azure::TENANT;
    let subscription = "22222222-bbbb-4bbb-8bbb-000000000001";
    let base = format!("https://portal.azure.com/#@{tenant}/resource/subscriptions/{subscription}");
    for (words, page) in [
        ("console tundra --print-only", base.clone()),
        (
            "console tundra --print-only --destination resourceGroups",
            format!("{base}/resourceGroups"),
        ),
    ] {
        let output = azure::adieu(&home, &server, words).run().success();
        assert_eq!(output.stdout, format!("{page}\n"), "{words}");
        assert!(
            output.stderr.contains("the browser's own sign-in"),
            "{output}"
        );
    }
    let path = home.work().join("atmos.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let line = format!("tenant_id: {tenant}, location: northeurope");
    let changed = text.replace(&line, &format!("{line}, cloud_environment: usgovernment"));
    assert_ne!(text, changed);
    home.atmos_yaml(&changed);
    let output = azure::adieu(&home, &server, "console tundra --print-only").run();
    assert!(
        output
            .success()
            .stdout
            .starts_with("https://portal.azure.us/#@")
    );
    assert_eq!(asked(&server), [""; 0]);
    let (home, server) = (google::home(), google::google());
    for (words, page) in [
        (
            "console gnomon --print-only",
            "https://console.cloud.google.com/home/dashboard?project=sundial-sandbox",
        ),
        (
            "console gnomon --print-only --destination compute/instances",
            "https://console.cloud.google.com/compute/instances?project=sundial-sandbox",
        ),
    ] {
        let output = google::adieu(&home, &server, words).run().success();
        assert_eq!(output.stdout, format!("{page}\n"), "{words}");
    }
    for destination in [
        "https://stranger.example.test",
        "../x",
        "a?b",
        "//stranger.example.test",
    ] {
        let words = format!("console gnomon --print-only --destination {destination}");
        let output = google::adieu(&home, &server, &words).run();
        let is_at_google = output
            .stdout
            .starts_with("https://console.cloud.google.com/");
        assert!(is_at_google || output.status == Some(2), "{output}");
    }
    assert_eq!(asked(&server), [""; 0]);
}
