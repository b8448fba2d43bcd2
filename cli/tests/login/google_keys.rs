//! `adieu revoke --deactivate-keys` of a service account of Google Cloud.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use adieu_testkit::keys::private_key;
use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{Adieu, Home, Tree};
use serde_json::json;

use crate::google;
use crate::support::asked;

const ROBOT: &str = "robot@sundial-ci.iam.gserviceaccount.com";
const ID: &str = "FAKE0000keyid0001";
const FILE: &str = ".config/gcloud/application_default_credentials.json";

fn disable() -> String {
    format!("/v1/projects/-/serviceAccounts/{ROBOT}/keys/{ID}:disable")
}

struct Place {
    home: Home,
    server: Server,
    is_disabled: Arc<AtomicBool>,
}

impl Place {
    /// A key, and Google, which refuses it once it is disabled.
    fn new() -> Self {
        let home = Home::new();
        let key = json!({"type": "service_account", "client_email": ROBOT, "private_key_id": ID, "private_key": private_key(), "token_uri": "https://oauth2.googleapis.com/token"});
        home.write(FILE, key.to_string());
        let server = Server::start();
        let is_disabled = Arc::new(AtomicBool::new(false));
        let known = is_disabled.clone();
        server.on_call("POST", "/token", move |_| {
            if known.load(Ordering::SeqCst) {
                let refused = json!({"error": "invalid_grant", "error_description": "Invalid JWT Signature."});
                return Answer::json(400, &refused);
            }
            Answer::json(200, &json!({"access_token": "FAKE-access", "expires_in": 3599, "token_type": "Bearer"}))
        });
        let known = is_disabled.clone();
        server.on_call("POST", &disable(), move |_| {
            known.store(true, Ordering::SeqCst);
            Answer::json(200, &json!({}))
        });
        Self {
            home,
            server,
            is_disabled,
        }
    }

    fn adieu(&self, words: &str) -> Adieu {
        google::adieu(&self.home, &self.server, words)
            .env("CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM", self.server.url())
    }
}

#[test]
fn key_is_disabled_by_itself_and_refused_afterwards() {
    for name in [ROBOT.to_owned(), format!("gcp:{ROBOT}")] {
        let place = Place::new();
        let words = format!("revoke {name} --deactivate-keys --force");
        let output = place.adieu(&words).run().success();
        assert!(output.stdout.contains("Google refuses it now"), "{output}");
        let expected = ["/token", &disable(), "/token"].map(|path| format!("POST {path}"));
        assert_eq!(asked(&place.server), expected);
        let request = &place.server.requests()[1];
        assert_eq!(request.header("authorization"), Some("Bearer FAKE-access"));
        let text = output.to_string();
        for secret in ["PRIVATE KEY", "FAKE-access", ID] {
            assert!(!text.contains(secret), "{text}");
        }
        let trail = place.adieu("audit show -o json").run().success();
        assert!(trail.stdout.contains("key that ends with 0001"), "{trail}");
        // It is still here, and a second run finds nothing to do.
        assert!(place.home.has(FILE));
        let again = place.adieu(&words).run().success();
        assert!(
            again.stdout.contains("does not take it any more"),
            "{again}"
        );
        assert_eq!(asked(&place.server).len(), 4);
    }
}

#[test]
fn without_a_yes_no_key_is_touched() {
    let place = Place::new();
    let before = Tree::of(place.home.root());
    let words = format!("revoke {ROBOT} --deactivate-keys");
    let output = place.adieu(&words).run().code(2);
    assert!(output.stderr.contains("nothing was changed"), "{output}");
    let asked_before = asked(&place.server).len();
    let output = place.adieu(&format!("{words} --dry-run")).run().success();
    assert!(output.stdout.contains("would be disabled"), "{output}");
    assert_eq!(asked(&place.server).len(), asked_before);
    let delete = format!("revoke {ROBOT} --delete-keys --force");
    place.adieu(&delete).run().code(2);
    let other = "revoke other@sundial-ci.iam.gserviceaccount.com --deactivate-keys --force";
    place.adieu(other).run().code(2);
    before.assert_same(&Tree::of(place.home.root()));
    assert!(!place.is_disabled.load(Ordering::SeqCst));
}

#[test]
fn key_that_may_not_end_itself_and_one_that_stays_good_are_said() {
    let words = format!("revoke {ROBOT} --deactivate-keys --force -o json");
    let denied = json!({"error": {"code": 403, "message": "Permission 'iam.serviceAccountKeys.disable' denied", "status": "PERMISSION_DENIED"}});
    for (answer, text) in [
        (Answer::json(403, &denied), "gcloud iam"),
        (Answer::status(200).body("<html>sign in</html>"), ""),
        (Answer::json(200, &json!({})), "still takes it"),
    ] {
        let place = Place::new();
        place.server.on("POST", &disable(), answer);
        let output = place.adieu(&words).run().code(1);
        let document = output.json();
        let key = &document["keys"][0];
        assert_eq!(key["outcome"], "failed", "{output}");
        assert!(key["reason"].as_str().unwrap().contains(text), "{output}");
    }
}
