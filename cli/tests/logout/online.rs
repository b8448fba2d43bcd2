//! `--online`: what the servers say, of what is signed in and of what was logged out of.

use adieu_testkit::server::{Answer, Server, unauthorized};
use adieu_testkit::{Home, Output, Tree};
use serde_json::{Value, json};

use crate::support::{adieu, auth, page, with_portal};

const ACCOUNTS: &str = "/assignment/accounts";
const TOKEN: &str = "not-an-access-token-00002";

fn status(home: &Home, portal: &Server, words: &str) -> Output {
    let words = format!("status {words}");
    let command = adieu(home).args(words.split_whitespace());
    with_portal(command, portal).run()
}

/// State and answer of the provider's own session.
fn portal_session(output: &Output) -> (Value, Value) {
    let document = output.json();
    let sessions = document["sessions"].as_array().unwrap();
    let session = sessions
        .iter()
        .find(|session| session["provider"] == "aws-sso" && session["identity"].is_null());
    let session = session.unwrap();
    (session["state"].clone(), session["server"].clone())
}

fn paths(portal: &Server) -> Vec<String> {
    let requests = portal.requests();
    requests
        .iter()
        .map(|request| request.path.clone())
        .collect()
}

#[test]
fn portal_is_asked_once_for_a_token_and_only_with_the_flag() {
    let (home, portal) = (page(), Server::aws_portal());
    let before = Tree::of(home.path());
    let output = status(&home, &portal, "-o json");
    assert_eq!(portal_session(&output), (json!("live"), Value::Null));
    assert!(portal.requests().is_empty());
    let output = status(&home, &portal, "--online -o json");
    let accepted = json!({"answer": "accepted", "reason": null});
    assert_eq!(portal_session(&output), (json!("live"), accepted));
    assert_eq!(paths(&portal), [ACCOUNTS], "once, however many copies");
    assert!(!output.to_string().contains(TOKEN), "{output}");
    assert_eq!(Tree::of(home.path()), before, "asking changes nothing");
}

#[test]
fn token_that_the_portal_refuses_may_still_be_renewed_and_what_needs_no_portal_is_live() {
    let (home, portal) = (page(), Server::aws_portal());
    portal.on("GET", ACCOUNTS, unauthorized());
    let output = status(&home, &portal, "--online -o json");
    let why = "its access token is refused, its refresh token may still be good";
    let not_known = json!({"answer": "unknown", "reason": why});
    assert_eq!(portal_session(&output), (json!("live"), not_known));
    let document = output.json();
    let role = document["sessions"].as_array().unwrap().iter();
    let mut role = role.filter(|session| session["identity"] == "prod-admin");
    let role = role.next().unwrap();
    assert_eq!(role["state"], "live", "temporary keys live on their own");
    assert_eq!(role["server"]["answer"], "not-asked");
    let output = status(&home, &portal, "--online aws-sso");
    assert!(output.stdout.contains("its server did not say"), "{output}");
    assert!(output.stdout.contains("Not asked: "), "{output}");
}

#[test]
fn verdict_follows_the_servers_answer() {
    let (home, portal) = (Home::new(), Server::aws_portal());
    home.atmos_yaml(
        "auth:\n  realm: acme\n  providers:\n    aws-sso:\n      kind: aws/iam-identity-center\n      \
         region: eu-central-1\n      start_url: https://mycompany.awsapps.com/start\n",
    );
    let file = home.aws_cli_portal_session(&crate::support::portal(), None);
    // A refresh token beside it might make another one.
    let mut token: Value = serde_json::from_str(&home.read(&file)).unwrap();
    token.as_object_mut().unwrap().remove("refreshToken");
    home.write(&file, token.to_string());
    status(&home, &portal, "--check --online aws-sso").code(1);
    portal.on("GET", ACCOUNTS, unauthorized());
    status(&home, &portal, "--check aws-sso").code(1);
    let output = status(&home, &portal, "--check --online aws-sso").code(0);
    assert!(output.stdout.contains("● Clean"), "{output}");
    portal.on("GET", ACCOUNTS, Answer::status(500));
    let output = status(&home, &portal, "--check --online aws-sso").code(1);
    assert!(output.stdout.contains("its server did not say"), "{output}");
    assert!(
        output
            .stdout
            .contains("Not said: aws-sso: the server answered 500"),
        "{output}"
    );
}

#[test]
fn silent_portal_costs_its_time_once_and_is_said() {
    let (home, portal) = (page(), Server::aws_portal());
    portal.on("GET", ACCOUNTS, Answer::hang());
    let start = std::time::Instant::now();
    let output = status(&home, &portal, "--online --timeout 1 -o json");
    assert!(start.elapsed() < std::time::Duration::from_secs(10));
    let (state, server) = portal_session(&output);
    assert_eq!(
        (state, &server["answer"]),
        (json!("live"), &json!("unknown"))
    );
    assert_eq!(server["reason"], "the server did not answer within 1.0 s");
}

#[test]
fn token_does_not_go_to_a_host_that_only_a_file_names() {
    let home = page();
    let yaml = home.work().join("atmos.yaml");
    let text = std::fs::read_to_string(&yaml).unwrap();
    let foreign = "start_url: https://mycompany.awsapps.com/start\n      spec:\n        \
                   endpoint_url: https://portal.evil.example";
    let own = "start_url: https://mycompany.awsapps.com/start";
    std::fs::write(&yaml, text.replacen(own, foreign, 1)).unwrap();
    let command = adieu(&home).args("status --online aws-sso -o json".split_whitespace());
    let output = command
        .env("ATMOS_KEYRING_PASSWORD", crate::support::PASSWORD)
        .run();
    let (_, server) = portal_session(&output);
    assert_eq!(
        server["reason"],
        "not sent to portal.evil.example: only a configuration file names it"
    );
}

#[test]
fn logout_asks_afterwards_whether_the_token_is_refused() {
    let (home, portal) = (page(), Server::aws_portal());
    let output = with_portal(
        auth(&home, "logout --provider aws-sso --online -o json"),
        &portal,
    )
    .run()
    .success();
    let asked = output.json()["verified"]["asked"].clone();
    assert_eq!(asked.as_array().unwrap().len(), 1, "{asked}");
    assert_eq!(asked[0]["answer"], "refused");
    assert_eq!(asked[0]["location"], portal.url());
    assert_eq!(paths(&portal), ["/logout", ACCOUNTS]);

    let (home, portal) = (page(), Server::aws_portal());
    let output = with_portal(auth(&home, "logout --provider aws-sso --online"), &portal)
        .run()
        .success();
    let said = "1 ended token is refused by the server, as was asked afterwards";
    assert!(output.stderr.contains(said), "{output}");
}

#[test]
fn server_that_accepts_what_it_ended_makes_the_logout_fail() {
    let (home, portal) = (page(), Server::aws_portal());
    portal.on(
        "GET",
        ACCOUNTS,
        Answer::json(200, &json!({"accountList": []})),
    );
    let output = with_portal(auth(&home, "logout --provider aws-sso --online"), &portal)
        .run()
        .code(1);
    assert!(
        output.stderr.contains("still accepts the token of aws-sso"),
        "{output}"
    );
    let (home, portal) = (page(), Server::aws_portal());
    portal.on("GET", ACCOUNTS, Answer::status(503));
    let output = with_portal(auth(&home, "logout --provider aws-sso --online"), &portal)
        .run()
        .success();
    assert!(output.stderr.contains("is not known"), "{output}");
}
