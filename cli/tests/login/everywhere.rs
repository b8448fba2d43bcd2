//! `adieu revoke --everywhere`: every sign-in of a person at Microsoft, asked for by name, and proven.

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::vendor::Vendor;
use adieu_testkit::{Adieu, Home, Tree};
use serde_json::json;

use crate::azure::{self, CLI_CACHE, TENANT};
use crate::support::asked;

const GRAPH: &str = "graph.microsoft.com";
const END: &str = "/v1.0/me/revokeSignInSessions";
const PERSON: &str = "ana@example.test";

/// Graph, which ends everything.
fn graph() -> Server {
    let server = Server::start();
    let done = json!({"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#Edm.Boolean", "value": true});
    server.on("POST", END, Answer::json(200, &done));
    server
}

struct Place {
    home: Home,
    entra: Server,
    graph: Server,
    vendor: Vendor,
}

impl Place {
    /// Somebody who is signed in as `tundra`, and by that with the Azure CLI.
    fn new() -> Self {
        let (home, entra, graph) = (azure::home(), azure::entra(), graph());
        azure::adieu(&home, &entra, "auth login -i tundra")
            .run()
            .success();
        let vendor = Vendor::playing(GRAPH, &graph);
        Self {
            home,
            entra,
            graph,
            vendor,
        }
    }

    fn adieu(&self, words: &str) -> Adieu {
        let mut command = azure::adieu(&self.home, &self.entra, words);
        for (name, value) in self.vendor.environment(&self.home) {
            command = command.env(name, value);
        }
        command
    }

    /// From now on the sign-in that is here is refused.
    fn revoked_after_one(&self) {
        let count = std::sync::atomic::AtomicUsize::new(0);
        let path = format!("/{TENANT}/oauth2/v2.0/token");
        self.entra.on_call("POST", &path, move |request| {
            if count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 {
                return azure::granted(request, TENANT);
            }
            let refused = json!({"error": "invalid_grant", "error_description": "AADSTS50173: The provided grant has expired due to it being revoked"});
            Answer::json(400, &refused)
        });
    }
}

#[test]
fn sign_ins_of_a_person_end_on_all_devices_and_it_is_proven() {
    for name in ["tundra", "azure:ana@example.test", "ANA@example.test"] {
        let place = Place::new();
        place.revoked_after_one();
        let output = place
            .adieu(&format!("revoke {name} --everywhere --force -o json"))
            .run()
            .success();
        assert_eq!(asked(&place.graph), [format!("POST {END}")], "{name}");
        let document = output.json();
        let person = &document["people"][0];
        assert_eq!(person["user"], PERSON, "{name}");
        assert_eq!(person["outcome"], "revoked", "{name}");
        assert_eq!(person["proof"], "refused", "{name}");
        // Graph is asked with a token for Graph, and no secret is said.
        let request = &place.graph.requests()[0];
        let bearer = request.header("authorization").unwrap();
        let claims = bearer.split('.').nth(1).unwrap();
        assert!(claims.len() > 40, "{bearer}");
        let text = format!("{}{}", output.stdout, output.stderr);
        assert!(!text.contains("FAKE"), "{text}");
        assert!(output.stderr.contains("on all devices"), "{output}");
        let trail = place.adieu("audit show -o json").run().success();
        assert!(
            trail.stdout.contains("all sign-ins of ana@example.test"),
            "{trail}"
        );
        assert!(!trail.stdout.contains("FAKE-"), "{trail}");
    }
}

#[test]
fn without_a_yes_nothing_is_touched_and_nobody_is_asked() {
    let place = Place::new();
    let before = (Tree::of(place.home.path()), asked(&place.entra).len());
    let output = place.adieu("revoke tundra --everywhere").run().code(2);
    assert!(output.stderr.contains("nothing was changed"), "{output}");
    let output = place.adieu("revoke tundra --everywhere --dry-run").run();
    assert!(output.success().stdout.contains("would be ended"));
    for words in [
        "revoke --everywhere --force",
        "revoke --all --everywhere --force",
        "revoke icefield --everywhere --force",
        "revoke nobody@example.test --everywhere --force",
    ] {
        place.adieu(words).run().code(2);
    }
    before.0.assert_same(&Tree::of(place.home.path()));
    assert_eq!(asked(&place.entra).len(), before.1);
    assert_eq!(asked(&place.graph), [""; 0]);
}

#[test]
fn only_its_own_yes_says_that_they_ended() {
    for (answer, status, outcome) in [
        (
            Answer::json(
                403,
                &json!({"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges"}}),
            ),
            1,
            "failed",
        ),
        (
            Answer::status(200).body("<html>sign in</html>"),
            1,
            "failed",
        ),
        (Answer::json(200, &json!({"value": false})), 1, "failed"),
        (Answer::json(200, &json!({"value": true})), 0, "revoked"),
    ] {
        let place = Place::new();
        place.graph.on("POST", END, answer);
        let output = place
            .adieu("revoke tundra --everywhere --force -o json")
            .run()
            .code(status);
        let document = output.json();
        let person = &document["people"][0];
        assert_eq!(person["outcome"], outcome, "{output}");
        // What Entra still takes is not called refused.
        if status == 0 {
            assert_eq!(person["proof"], "accepted", "{output}");
            let reason = person["reason"].as_str().unwrap();
            assert!(reason.contains("still taken"), "{reason}");
        }
    }
}

#[test]
fn cloud_that_nobody_knows_gets_no_token() {
    let place = Place::new();
    let cache = place.home.read(CLI_CACHE);
    let cache = cache.replace("login.microsoftonline.com", "login.stranger.test");
    place.home.write(CLI_CACHE, cache);
    let words = "revoke azure:ana@example.test --everywhere --force";
    place.adieu(words).run().code(2);
    assert_eq!(asked(&place.graph), [""; 0]);
}
