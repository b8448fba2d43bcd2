//! The server's half: what is sent where, and what a failure means.

use std::time::Duration;

use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::server::{Answer, Gate, Server};
use adieu_testkit::{Home, Tree};

use crate::support::{
    APP_TOKEN, TRAIL, auth_files, document, home, names, org, point_at, refresh, with_own_app_token,
};

const REVOKE: &str = "/services/oauth2/revoke";

#[test]
fn each_token_is_posted_once_and_refresh_tokens_come_first() {
    let salesforce = Salesforce::start();
    let home = home("full-v1", &salesforce);
    with_own_app_token(&home);
    let output = org(&home, "logout --all --no-prompt --json")
        .run()
        .success();
    let mut revoked = salesforce.revoked();
    revoked.sort();
    let mut expected = vec![
        // No refresh token: an access token, and a JWT sign-in.
        "00DFX0000000003!AQ.FIXTURE.ACCESS.gamma.0000".to_owned(),
        "00DFX0000000004!AQ.FIXTURE.ACCESS.delta.0000".to_owned(),
    ];
    expected.extend(["alpha", "beta", "epsilon", "zeta"].map(refresh));
    expected.push(APP_TOKEN.to_owned());
    assert_eq!(revoked, expected);
    for request in salesforce.requests() {
        assert_eq!(
            (request.method.as_str(), request.path.as_str()),
            ("POST", REVOKE)
        );
        assert_eq!(request.query, "");
        assert_eq!(
            request.header("content-type"),
            Some("application/x-www-form-urlencoded")
        );
        assert_eq!(request.header("authorization"), None);
    }
    let document = output.json();
    for org in document["orgs"].as_array().unwrap() {
        assert_eq!(org["loggedOut"], true, "{org}");
        assert!(["revoked", "already-invalid"].contains(&org["revocation"].as_str().unwrap()));
    }
    assert_eq!(auth_files(&home), Vec::<String>::new());
}

#[test]
fn failed_revocation_keeps_the_org_with_its_names_and_fails() {
    for answer in [
        Answer::status(503)
            .header("Content-Type", "text/html")
            .body("<html>down FAKE-page</html>"),
        Answer::status(404).body("Bad_Id"),
        Answer::status(302).header("Location", "http://127.0.0.1:1/"),
        Answer::hang(),
    ] {
        let salesforce = Salesforce::start();
        let home = home("basic-v1", &salesforce);
        salesforce.server().on("POST", REVOKE, answer.clone());
        let before = Tree::of(home.root());
        let output = org(&home, "logout --target-org alpha-prod --timeout 1 --json")
            .run()
            .code(1);
        let document = output.json();
        assert_eq!(document["name"], "UnableToRevokeTokenError", "{output}");
        let message = document["message"].as_str().unwrap();
        assert!(
            message.contains("alpha@fixture.example") && message.contains(&salesforce.url()),
            "{output}"
        );
        assert!(output.stdout.contains("--no-prompt"), "{output}");
        assert!(!output.to_string().contains("FAKE-page"), "{output}");
        before.assert_only(&Tree::of(home.root()), &[TRAIL, "home/.local"]);
        assert_eq!(salesforce.revoked(), [refresh("alpha")], "{output}");
    }
}

#[test]
fn no_prompt_removes_the_org_although_the_revocation_failed() {
    for answer in [
        Answer::status(503).body("<html>down</html>"),
        Answer::hang(),
    ] {
        let salesforce = Salesforce::start();
        let home = home("basic-v1", &salesforce);
        salesforce.server().on("POST", REVOKE, answer);
        let output = org(&home, "logout -o alpha-prod -p --timeout 1 --json")
            .run()
            .success();
        assert_eq!(names(&output), ["alpha@fixture.example"]);
        let warnings = output.json()["warnings"].to_string();
        assert!(
            warnings.contains("Unable to revoke the token of alpha"),
            "{output}"
        );
        assert!(!home.has(".sfdx/alpha@fixture.example.json"));
        assert_eq!(document(&home, ".sf/config.json"), serde_json::json!({}));
        assert_eq!(
            document(&home, ".sfdx/sfdx-config.json"),
            serde_json::json!({})
        );
        assert!(!home.read(".sfdx/alias.json").contains("alpha-prod"));
    }
}

#[test]
fn unreachable_org_is_kept_and_the_others_go() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let closed = Server::start().url();
    let beta = home.read(".sfdx/beta@fixture.example.json");
    home.write(
        ".sfdx/beta@fixture.example.json",
        beta.replace(&salesforce.url(), &closed),
    );
    let output = org(&home, "logout --all").run().code(1);
    assert_eq!(auth_files(&home), ["beta@fixture.example.json"], "{output}");
    assert_eq!(
        document(&home, ".sfdx/alias.json"),
        serde_json::json!({"orgs": {"beta-dev": "beta@fixture.example"}}),
        "{output}"
    );
    assert_eq!(
        output.stdout,
        "Successfully logged out of orgs: alpha@fixture.example\ngamma@fixture.example\n"
    );
    assert!(
        output
            .stderr
            .contains("Unable to revoke the token of beta@fixture.example")
    );
    // The key stays as long as somebody needs it.
    assert!(home.has(".sfdx/key.json"));
    let forced = org(&home, "logout --all --no-prompt").run().success();
    assert_eq!(auth_files(&home), Vec::<String>::new(), "{forced}");
    assert!(forced.stderr.contains("may still work there"), "{forced}");
}

#[test]
fn login_host_that_does_not_know_a_token_says_nothing_of_an_org_out_of_reach() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let file = ".sfdx/beta@fixture.example.json";
    let mut beta = document(&home, file);
    beta["instanceUrl"] = Server::start().url().into();
    home.write(file, beta.to_string());
    salesforce.server().on(
        "POST",
        REVOKE,
        Answer::status(400).body("error=invalid_token"),
    );
    let output = org(&home, "logout -o beta-dev --json").run().code(1);
    assert_eq!(salesforce.revoked(), [refresh("beta")], "{output}");
    assert!(home.has(file), "{output}");
    let forced = org(&home, "logout -o beta-dev --no-prompt --json")
        .run()
        .success();
    assert_eq!(forced.json()["orgs"][0]["revocation"], "failed", "{forced}");
}

#[test]
fn page_for_people_ends_no_org() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let page = Answer::status(200).body("<!DOCTYPE html><html><body>Maintenance</body></html>");
    salesforce.server().on("POST", REVOKE, page);
    let output = org(&home, "logout -o beta-dev").run().code(1);
    assert!(output.stderr.contains("a page for people"), "{output}");
    assert!(home.has(".sfdx/beta@fixture.example.json"), "{output}");
}

#[test]
fn token_that_salesforce_does_not_know_counts_as_ended() {
    for error in ["invalid_token", "unsupported_token_type"] {
        let salesforce = Salesforce::start();
        let home = home("basic-v1", &salesforce);
        let body = format!("error={error}&error_description=FAKE%20words");
        salesforce.server().on(
            "POST",
            REVOKE,
            Answer::status(400)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(body),
        );
        let output = org(&home, "logout -o beta-dev --json").run().success();
        let document = output.json();
        assert_eq!(
            document["orgs"][0]["revocation"], "already-invalid",
            "{output}"
        );
        assert!(!home.has(".sfdx/beta@fixture.example.json"));
    }
}

#[test]
fn an_org_that_moved_is_asked_at_its_login_host_once() {
    let (salesforce, login) = (Salesforce::start(), Salesforce::start());
    let home = home("basic-v1", &salesforce);
    salesforce.server().on(
        "POST",
        REVOKE,
        Answer::status(400).body("error=invalid_token"),
    );
    let file = ".sfdx/beta@fixture.example.json";
    let mut beta = document(&home, file);
    beta["loginUrl"] = login.url().into();
    home.write(file, beta.to_string());
    org(&home, "logout -o beta-dev").run().success();
    assert_eq!(salesforce.revoked(), [refresh("beta")]);
    assert_eq!(login.revoked(), [refresh("beta")]);
}

#[test]
fn a_token_goes_to_no_host_in_the_clear_and_to_no_disguised_one() {
    for address in [
        "http://org.fixture.example",
        "https://login.salesforce.com@evil.example/",
        "file:///etc/passwd",
        "no address",
    ] {
        let salesforce = Salesforce::start();
        let home = home("basic-v1", &salesforce);
        point_at(&home, &salesforce.url());
        let file = ".sfdx/beta@fixture.example.json";
        let mut beta = document(&home, file);
        beta["instanceUrl"] = address.into();
        beta["loginUrl"] = address.into();
        home.write(file, beta.to_string());
        let output = org(&home, "logout -o beta-dev --timeout 2").run().code(1);
        assert!(home.has(file), "{output}");
        assert!(output.stderr.contains("not sent"), "{address}: {output}");
    }
}

#[test]
fn fifty_orgs_are_ended_in_few_rounds_and_each_file_is_written_once() {
    let salesforce = Salesforce::start();
    let home = Home::from_fixture(crate::support::fixtures().join("basic-v1"));
    point_at(&home, &salesforce.url());
    let beta = document(&home, ".sfdx/beta@fixture.example.json");
    let mut aliases = serde_json::Map::new();
    for number in 0..50 {
        let user = format!("user{number:02}@fixture.example");
        let mut org = beta.clone();
        org["username"] = user.as_str().into();
        org["refreshToken"] = format!("FAKE.REFRESH.{number}").into();
        home.write(format!(".sfdx/{user}.json"), org.to_string());
        aliases.insert(format!("alias-{number}"), user.into());
    }
    for name in ["alpha", "beta", "gamma"] {
        std::fs::remove_file(home.join(format!(".sfdx/{name}@fixture.example.json"))).unwrap();
    }
    let aliases = serde_json::json!({ "orgs": aliases });
    home.write(".sfdx/alias.json", aliases.to_string());
    // Nothing is answered before all fifty have asked: one round.
    salesforce.gate(&Gate::new(50, 50));
    let start = std::time::Instant::now();
    let output = org(&home, "logout --all").run().success();
    let took = start.elapsed();
    assert_eq!(salesforce.revoked().len(), 50, "{output}");
    assert_eq!(auth_files(&home), Vec::<String>::new(), "{output}");
    assert_eq!(
        document(&home, ".sfdx/alias.json"),
        serde_json::json!({"orgs": {}})
    );
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[test]
fn no_secret_is_in_any_output() {
    let salesforce = Salesforce::start();
    for words in [
        "logout --all --dry-run",
        "logout --all --dry-run --json",
        "logout --all -p --json",
        "logout --all -p",
    ] {
        let home = home("full-v1", &salesforce);
        salesforce.server().on(
            "POST",
            REVOKE,
            Answer::status(500).body("echo 5Aep861FIXTURE.REFRESH.alpha.0001"),
        );
        let output = org(&home, words).run();
        let text = output.to_string();
        for secret in ["FIXTURE.REFRESH", "FIXTURE.ACCESS", "8ebd0437a2c5aacf"] {
            assert!(!text.contains(secret), "{secret}\n{text}");
        }
        let trail = Tree::of(home.root());
        assert_eq!(
            trail.files_with("FIXTURE.REFRESH"),
            Vec::<&std::path::Path>::new()
        );
    }
}

#[test]
fn dry_run_shows_the_plan_and_changes_and_sends_nothing() {
    let salesforce = Salesforce::start();
    let home = home("full-v1", &salesforce);
    let before = Tree::of(home.root());
    let output = org(&home, "logout --all --dry-run --json").run().success();
    let document = output.json();
    assert_eq!(document["dryRun"], true);
    assert_eq!(names(&output).len(), 6);
    assert!(output.stdout.contains("zeta-sbx"), "{output}");
    org(&home, "logout --all --dry-run").run().success();
    before.assert_same(&Tree::of(home.root()));
    assert_eq!(salesforce.requests().len(), 0);
}

#[test]
fn the_logout_of_the_house_keeps_the_same_rule() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    salesforce.server().on("POST", REVOKE, Answer::status(503));
    let adieu = |words: &str| {
        crate::support::adieu(&home)
            .args(words.split_whitespace())
            .run()
    };
    adieu("logout alpha-prod").code(1);
    assert!(home.has(".sfdx/alpha@fixture.example.json"));
    adieu("logout alpha-prod --force").code(0);
    assert!(!home.has(".sfdx/alpha@fixture.example.json"));
    let status = adieu("status salesforce -o json");
    let sessions = status.json()["sessions"].as_array().unwrap().clone();
    let of_beta = |session: &&serde_json::Value| session["identity"] == "beta@fixture.example";
    let beta = sessions.iter().find(of_beta).unwrap();
    assert_eq!(beta["aliases"], serde_json::json!(["beta-dev"]));
    assert_eq!(beta["details"]["kind"], "web");
    assert_eq!(beta["revocation"], "remote");
    adieu("logout --provider salesforce --force").code(0);
    assert_eq!(auth_files(&home), Vec::<String>::new());
    // The key protects nothing any more, and is named only.
    assert!(home.has(".sfdx/key.json"));
    adieu("logout --provider salesforce --keychain --force").code(0);
    assert!(!home.has(".sfdx/key.json"));
}

#[test]
fn online_logout_asks_whether_tokens_are_refused_and_says_which_are_not() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let output = org(&home, "logout -o beta-dev --online --json")
        .run()
        .success();
    assert_eq!(
        output.json()["orgs"][0]["accessToken"],
        "refused",
        "{output}"
    );
    let asked = salesforce.requests();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1].path, "/services/data/v67.0");

    // A server that says yes to both: nobody else would notice.
    let welcome = Answer::json(200, &serde_json::json!({}));
    salesforce
        .server()
        .on("GET", "/services/data/v67.0", welcome);
    let output = org(&home, "logout -o alpha-prod --online --json")
        .run()
        .code(1);
    let document = output.json();
    assert_eq!(document["name"], "TokenStillWorksError", "{output}");
    assert_eq!(document["orgs"][0]["accessToken"], "accepted");
    assert!(!home.has(".sfdx/alpha@fixture.example.json"));

    salesforce.hang("GET", "/services/data/v67.0");
    let output = org(&home, "logout --all --online --timeout 1 --json")
        .run()
        .success();
    assert_eq!(
        output.json()["orgs"][0]["accessToken"],
        "unknown",
        "{output}"
    );
    assert!(
        output.json()["warnings"]
            .to_string()
            .contains("could not be asked")
    );
}

#[test]
fn interrupted_logout_keeps_what_was_not_ended_unless_told_otherwise() {
    for (flag, is_left) in [("", true), ("--no-prompt", false)] {
        let salesforce = Salesforce::start();
        let home = home("basic-v1", &salesforce);
        salesforce.hang("POST", REVOKE);
        let logout = org(&home, &format!("logout -o beta-dev --timeout 60 {flag}"));
        let running = crate::running::Running::start(&logout);
        let end = std::time::Instant::now() + Duration::from_secs(20);
        while salesforce.requests().is_empty() && std::time::Instant::now() < end {
            std::thread::sleep(Duration::from_millis(10));
        }
        let id = running.id().to_string();
        std::process::Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap();
        let ended = running.end();
        assert_eq!(ended.status, Some(130), "{ended:?}");
        assert_eq!(
            home.has(".sfdx/beta@fixture.example.json"),
            is_left,
            "{ended:?}"
        );
    }
}
