//! `adieu status --online` and `adieu logout --online`: what Salesforce says of orgs.

use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::{Home, Output};

use crate::support::{adieu, document, home};

const BETA: &str = "beta@fixture.example";

fn status(home: &Home) -> Output {
    adieu(home)
        .args("status --online salesforce -o json".split_whitespace())
        .run()
        .success()
}

/// State and answer of an org.
fn of(output: &Output, username: &str) -> (String, String) {
    let document = output.json();
    let sessions = document["sessions"].as_array().unwrap();
    let session = sessions
        .iter()
        .find(|session| session["identity"] == username);
    let session = session.unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    (text(&session["state"]), text(&session["server"]["answer"]))
}

fn pair(state: &str, answer: &str) -> (String, String) {
    (state.to_owned(), answer.to_owned())
}

#[test]
fn orgs_are_asked_and_an_ended_access_token_is_renewed_and_stored() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let file = format!(".sfdx/{BETA}.json");
    assert_eq!(of(&status(&home), BETA), pair("live", "accepted"));
    let before = document(&home, &file)["accessToken"].clone();
    salesforce.expire("beta");
    assert_eq!(of(&status(&home), BETA), pair("live", "accepted"));
    assert_ne!(document(&home, &file)["accessToken"], before);
    salesforce.expire("beta").kill_refresh("beta");
    assert_eq!(of(&status(&home), BETA), pair("expired", "refused"));
    salesforce.down();
    assert_eq!(of(&status(&home), "alpha@fixture.example").1, "unknown");
}

#[test]
fn logout_of_an_org_by_the_common_command_asks_whether_its_token_is_refused() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let words = format!("logout {BETA} --online -o json");
    let output = adieu(&home).args(words.split_whitespace()).run().success();
    let asked = output.json()["verified"]["asked"].clone();
    assert_eq!(asked[0]["identity"], BETA, "{output}");
    assert_eq!(asked[0]["answer"], "refused", "{output}");
    assert_eq!(asked.as_array().unwrap().len(), 1);
}
