//! The Hugging Face client, signed in with two tokens.

use adieu_testkit::Client;
use adieu_testkit::server::{Answer, Server};
use serde_json::json;

use crate::support::{Place, bearer, lines};

fn hub() -> Server {
    let server = Server::start();
    server.on_call("GET", "/api/whoami-v2", |request| match bearer(request) {
        Some(token) => {
            let name = token.trim_start_matches("hf_FAKE-");
            let token = json!({"displayName": format!("key of {name}"), "role": "write"});
            let who = json!({"type": "user", "name": name, "orgs": [],
                "auth": {"type": "access_token", "accessToken": token}});
            Answer::json(200, &who)
        }
        None => Answer::json(401, &json!({})),
    });
    server
}

fn signed_in(hf: &Client, server: &Server) -> Place {
    let place = Place::new()
        .with("HF_ENDPOINT", server.url())
        .with("HF_HUB_DISABLE_TELEMETRY", "1")
        .with("HF_HUB_DISABLE_UPDATE_CHECK", "1");
    for user in ["alice", "bob"] {
        let words = format!("auth login --token hf_FAKE-{user}");
        place.client(hf, &words).run().success();
    }
    place
}

#[test]
fn hugging_face_is_logged_out_of_one_token_in_its_own_eyes() {
    let Some(hf) = Client::find("hf") else { return };
    let server = hub();
    let place = signed_in(&hf, &server);
    let expected = lines([
        "huggingface | active token | session | ~/.cache/huggingface/token",
        "huggingface | key of alice | session | ~/.cache/huggingface/stored_tokens#key of alice/hf_token",
        "huggingface | key of bob | session | ~/.cache/huggingface/stored_tokens#key of bob/hf_token",
    ]);
    assert_eq!(place.found(), expected);
    let run = |words: &str| place.client(&hf, words).run();
    let before = place.tree();
    let words = [
        "logout",
        "--force",
        "--no-revoke",
        "huggingface:key of alice",
    ];
    place.adieu_with(&words).success();
    place.assert_only(&before, &[".cache/huggingface/stored_tokens"]);
    let list = run("auth list").success();
    assert!(
        list.stdout.contains("<not set>") && list.stdout.contains("key of bob"),
        "{list}"
    );
    assert!(run("auth whoami").success().stdout.contains("bob"));
    place.log_out_of_everything();
    assert!(!run("auth whoami").to_string().contains("bob"));
    // What its own logout leaves.
    let theirs = signed_in(&hf, &server);
    theirs.client(&hf, "auth logout").run().success();
    assert_eq!(theirs.found(), Vec::<String>::new());
}
