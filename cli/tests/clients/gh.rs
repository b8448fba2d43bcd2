//! GitHub CLI, signed in at two hosts with a token from its input.

use adieu_testkit::Client;
use adieu_testkit::server::{Answer, Server};
use adieu_testkit::vendor::Vendor;
use serde_json::json;

use crate::support::{Place, bearer, lines};

/// GitHub and a company's own server behind one proxy: a token's person is what follows `FAKE-`.
fn github() -> Server {
    let server = Server::start();
    server.otherwise(|request| {
        let Some(token) = bearer(request) else {
            return Answer::json(401, &json!({"message": "Bad credentials"}));
        };
        let login = token.trim_start_matches("FAKE-");
        let answer = if request.path.ends_with("graphql") {
            json!({"data": {"viewer": {"login": login}}})
        } else {
            json!({"login": login})
        };
        Answer::json(200, &answer).header("X-Oauth-Scopes", "repo, read:org, gist")
    });
    server
}

fn signed_in(gh: &Client, vendor: &Vendor) -> Place {
    let mut place = Place::new();
    for (name, value) in vendor.environment(&place.home) {
        place = place.with(&name, value);
    }
    place
        .home
        .write(".config/gh/config.yml", "git_protocol: https\n");
    for (host, token) in [
        ("github.com", "FAKE-alice"),
        ("ghe.example.test", "FAKE-carol"),
    ] {
        let words = format!("auth login --with-token --hostname {host}");
        let login = place.client(gh, &words).stdin(format!("{token}\n"));
        login.run().success();
    }
    place
}

#[test]
fn gh_is_logged_out_of_one_host_in_its_own_eyes() {
    let Some(gh) = Client::find("gh") else { return };
    let server = github();
    let vendor = Vendor::before(&server);
    let place = signed_in(&gh, &vendor);
    let expected = lines([
        "gh | github.com | session | ~/.config/gh/hosts.yml#github.com/oauth_token",
        "gh | ghe.example.test | session | ~/.config/gh/hosts.yml#ghe.example.test/oauth_token",
    ]);
    assert_eq!(place.found(), expected);
    let token = |host: &str| {
        let words = format!("auth token --hostname {host}");
        place.client(&gh, &words).run()
    };
    assert_eq!(token("github.com").success().stdout, "FAKE-alice\n");
    let before = place.tree();
    place.log_out("gh:github.com");
    place.assert_only(&before, &[".config/gh/hosts.yml"]);
    token("github.com").code(1);
    assert_eq!(token("ghe.example.test").success().stdout, "FAKE-carol\n");
    let status = place.client(&gh, "auth status --hostname ghe.example.test");
    // Now and then its connection is closed before the answer.
    let mut tries = (0..5).map(|_| status.run());
    let status = tries
        .find(|status| status.status == Some(0))
        .unwrap_or_else(|| status.run().success());
    assert!(status.to_string().contains("as carol"), "{status}");
    place.log_out_of_everything();
    token("ghe.example.test").code(1);
    place.client(&gh, "auth status").run().code(1);
}

#[test]
fn what_the_logout_of_gh_takes_is_taken() {
    let Some(gh) = Client::find("gh") else { return };
    let server = github();
    let vendor = Vendor::before(&server);
    let theirs = signed_in(&gh, &vendor);
    theirs
        .client(&gh, "auth logout --hostname github.com")
        .run()
        .success();
    let ours = signed_in(&gh, &vendor);
    ours.log_out("gh:github.com");
    assert_eq!(ours.found(), theirs.found());
    assert_eq!(ours.files_with_secrets(), theirs.files_with_secrets());
    let words = "auth logout --hostname ghe.example.test";
    theirs.client(&gh, words).run().success();
    // Nothing that a sign-in wrote is taken for one.
    assert_eq!(theirs.found(), Vec::<String>::new());
    theirs.adieu("status --check").success();
}
