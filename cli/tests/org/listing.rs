//! Lists and display beside what the real client printed for the same state.

use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{Home, Tree};
use serde_json::{Map, Value, json};

use crate::support::{document, fixtures, home, org, refresh};

const URL: &str = "http://127.0.0.1:17170";

fn expected(name: &str) -> String {
    std::fs::read_to_string(fixtures().join("expected").join(name)).unwrap()
}

/// Without what differs on purpose (no placeholder for a token, nothing of a Dev Hub's records, the
/// linked app's secrets) or from run to run.
fn comparable(org: &Value, url: &str) -> Map<String, Value> {
    let mut org = org.as_object().unwrap().clone();
    for key in [
        "accessToken",
        "lastUsed",
        "attributes",
        "createdDate",
        "edition",
        "instanceApiVersionLastRetrieved",
    ] {
        org.remove(key);
    }
    if let Some(Value::Object(apps)) = org.get_mut("clientApps") {
        for app in apps.values_mut() {
            let app = app.as_object_mut().unwrap();
            for key in ["clientSecret", "accessToken", "refreshToken"] {
                app.remove(key);
            }
        }
    }
    for value in org.values_mut() {
        if let Some(text) = value.as_str() {
            let text = text
                .replace(url, "SERVER")
                .replace("https://localhost:17443", "SERVER");
            *value = text.into();
        }
    }
    org
}

fn group(result: &Value, name: &str, url: &str) -> Vec<Map<String, Value>> {
    let orgs = result[name].as_array().unwrap().iter();
    let mut orgs: Vec<_> = orgs.map(|org| comparable(org, url)).collect();
    orgs.sort_by_key(|org| org["username"].as_str().unwrap().to_owned());
    orgs
}

#[test]
fn list_is_that_of_the_real_client() {
    for (set, name) in [
        ("basic-v1", "basic"),
        ("basic-v2", "basic"),
        ("full-v1", "full"),
    ] {
        let salesforce = Salesforce::start();
        let home = home(set, &salesforce);
        let output = org(&home, "list").run().success();
        assert_eq!(
            output.stdout.trim(),
            expected(&format!("list.{name}.txt")).trim(),
            "{set}"
        );
        let theirs: Value = serde_json::from_str(&expected(&format!("list.{name}.json"))).unwrap();
        let output = org(&home, "list --json").run().success();
        let ours = output.json();
        assert_eq!(ours["status"], 0);
        for kind in [
            "other",
            "sandboxes",
            "nonScratchOrgs",
            "devHubs",
            "scratchOrgs",
        ] {
            assert_eq!(
                group(&ours["result"], kind, &salesforce.url()),
                group(&theirs["result"], kind, URL),
                "{set} {kind}"
            );
        }
        assert!(!output.stdout.contains("FIXTURE.REFRESH"), "{output}");
        assert!(!output.stdout.contains("FIXTURE.ACCESS"), "{output}");
        assert!(!output.stdout.contains("FIXTURE.CLIENT.SECRET"), "{output}");
    }
}

#[test]
fn skipped_status_asks_nobody_and_lists_scratch_orgs_too() {
    let salesforce = Salesforce::start();
    let home = home("full-v1", &salesforce);
    let output = org(&home, "list --skip-connection-status --json --verbose")
        .run()
        .success();
    assert_eq!(salesforce.requests().len(), 0);
    let result = &output.json()["result"];
    // Better: the real client hides them when it cannot ask their Dev Hub.
    assert_eq!(result["scratchOrgs"][0]["status"], "Unknown");
    assert_eq!(result["nonScratchOrgs"][0].get("connectedStatus"), None);
    let table = org(&home, "list --verbose --skip-connection-status")
        .run()
        .success();
    assert!(table.stdout.contains("│ Instance Url") && table.stdout.contains("│ Dev Hub Id"));
}

#[test]
fn expired_scratch_org_is_listed_only_with_all() {
    let salesforce = Salesforce::start();
    let home = home("full-v1", &salesforce);
    let file = ".sfdx/epsilon@fixture.example.json";
    let mut epsilon = document(&home, file);
    epsilon["expirationDate"] = "2026-11-20".into();
    home.write(file, epsilon.to_string());
    let listed = |words: &str| {
        let output = org(&home, words).run().success();
        output.json()["result"]["scratchOrgs"]
            .as_array()
            .unwrap()
            .clone()
    };
    assert_eq!(listed("list --json"), Vec::<Value>::new());
    let all = listed("list --all --json");
    assert_eq!(all[0]["status"], "Expired");
    assert_eq!(all[0]["isExpired"], true);
    // What is over is not asked about, at either end.
    let output = org(&home, "logout -o eps-scratch --json").run().success();
    assert_eq!(output.json()["orgs"][0]["revocation"], "revoked");
}

#[test]
fn ended_sign_ins_have_the_words_of_the_real_client() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    salesforce
        .expire("beta")
        .kill_refresh("beta")
        .expire("gamma");
    let output = org(&home, "list").run().success();
    assert_eq!(
        output.stdout.trim(),
        expected("list-revoked.basic.txt").trim()
    );
    let shown = org(&home, "display -o beta-dev --json").run().success();
    let theirs: Value = serde_json::from_str(&expected("display-revoked-beta.basic.json")).unwrap();
    assert_eq!(
        comparable(&shown.json()["result"], &salesforce.url()),
        comparable(&theirs["result"], URL)
    );
    assert_eq!(
        shown.json()["warnings"][0],
        "unable to refresh auth for org"
    );
}

#[test]
fn renewed_tokens_are_stored_and_so_is_a_replaced_refresh_token() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    salesforce.rotating().expire("beta");
    let before = document(&home, ".sfdx/beta@fixture.example.json");
    let output = org(&home, "display -o beta-dev --json").run().success();
    assert_eq!(
        output.json()["result"]["connectedStatus"],
        "Connected",
        "{output}"
    );
    let after = document(&home, ".sfdx/beta@fixture.example.json");
    assert_ne!(before["refreshToken"], after["refreshToken"]);
    assert_eq!(before["orgEdition"], after["orgEdition"]);
    // The new one is what a logout ends.
    assert_ne!(salesforce.refresh_token("beta"), refresh("beta"));
    org(&home, "logout -o beta-dev").run().success();
    assert_eq!(salesforce.revoked(), ["5Aep861FIXTURE.REFRESH.beta.0002"]);
}

#[test]
fn orgs_that_cannot_be_reached_or_hang_do_not_hold_up_the_others() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let hanging = Server::start();
    hanging.on("GET", "/services/data/v67.0", Answer::hang());
    for (user, url) in [("beta", Server::start().url()), ("gamma", hanging.url())] {
        let file = format!(".sfdx/{user}@fixture.example.json");
        let text = home.read(&file).replace(&salesforce.url(), &url);
        home.write(&file, text);
    }
    let start = std::time::Instant::now();
    let output = org(&home, "list --json --timeout 1").run().success();
    assert!(start.elapsed() < std::time::Duration::from_secs(8));
    let orgs = output.json()["result"]["nonScratchOrgs"]
        .as_array()
        .unwrap()
        .clone();
    let status = |user: &str| {
        let of = |org: &&Value| org["username"] == format!("{user}@fixture.example");
        orgs.iter().find(of).unwrap()["connectedStatus"].clone()
    };
    assert_eq!(status("alpha"), "Connected");
    assert_eq!(
        (status("beta"), status("gamma")),
        (json!("fetch failed"), json!("fetch failed"))
    );
}

#[test]
fn list_of_sign_ins_is_that_of_the_real_client_and_asks_nobody() {
    for (set, name) in [("basic-v2", "basic-v2"), ("full-v1", "full")] {
        let salesforce = Salesforce::start();
        let home = home(set, &salesforce);
        let output = org(&home, "list auth --json").run().success();
        let theirs: Value =
            serde_json::from_str(&expected(&format!("list-auth.{name}.json"))).unwrap();
        let ours = json!({ "all": output.json()["result"] });
        let theirs = json!({ "all": theirs["result"] });
        assert_eq!(
            group(&ours, "all", &salesforce.url()),
            group(&theirs, "all", URL),
            "{set}"
        );
        assert_eq!(salesforce.requests().len(), 0);
    }
    let salesforce = Salesforce::start();
    let home = home("full-v1", &salesforce);
    let output = org(&home, "list auth").run().success();
    assert!(
        output.stdout.starts_with("authenticated orgs\n┌"),
        "{output}"
    );
}

#[test]
fn display_is_that_of_the_real_client() {
    for (set, words, name) in [
        ("basic-v1", "display --json", "display-default.basic.json"),
        (
            "basic-v1",
            "display --verbose -o beta-dev --json",
            "display-verbose-beta.basic.json",
        ),
        (
            "full-v1",
            "display -o eps-scratch --json",
            "display-scratch.full.json",
        ),
    ] {
        let salesforce = Salesforce::start();
        let home = home(set, &salesforce);
        let output = org(&home, words).run().success();
        let theirs: Value = serde_json::from_str(&expected(name)).unwrap();
        let mut theirs = comparable(&theirs["result"], URL);
        theirs.remove("sfdxAuthUrl");
        assert_eq!(
            comparable(&output.json()["result"], &salesforce.url()),
            theirs,
            "{name}"
        );
        assert!(!output.to_string().contains("FIXTURE.REFRESH"));
    }
}

#[test]
fn org_that_is_not_there_is_the_real_clients_error() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let output = org(&home, "display --target-org nope --json").run().code(2);
    let mut theirs: Value = serde_json::from_str(&expected("display-unknown.basic.json")).unwrap();
    // Better: nothing is suggested that is not close.
    theirs.as_object_mut().unwrap().remove("actions");
    assert_eq!(output.json(), theirs);
    let near = org(&home, "display -o beta-dve").run().code(2);
    assert!(near.stderr.contains("Did you mean \"beta-dev\"?"), "{near}");
    home.write(".sf/config.json", "{}")
        .write(".sfdx/sfdx-config.json", "{}");
    let none = org(&home, "display --json").run().code(1);
    assert_eq!(none.json()["name"], "NoDefaultEnvError");
}

#[test]
fn loose_mode_of_the_key_is_said_by_every_list() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let key = home.read(".sfdx/key.json");
    home.write_with_mode(".sfdx/key.json", key, 0o644);
    for words in [
        "list --json",
        "list auth --json",
        "display -o beta-dev --json",
    ] {
        let output = org(&home, words).run().success();
        let warnings = output.json()["warnings"].to_string();
        assert!(warnings.contains("its mode is 0644"), "{words}: {output}");
    }
    let listed = org(&home, "list").run().success();
    assert!(listed.stdout.contains("alpha-prod"), "{listed}");
}

#[test]
fn reading_makes_nothing() {
    let empty = Home::new();
    let before = Tree::of(empty.root());
    let output = org(&empty, "list").run().success();
    assert!(output.stdout.starts_with("No Orgs found.\n"), "{output}");
    let auths = org(&empty, "list auth --json").run().success();
    assert_eq!(auths.json()["result"], json!([]));
    before.assert_same(&Tree::of(empty.root()));

    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    std::fs::remove_file(home.join(".sfdx/key.json")).unwrap();
    let before = Tree::of(home.root());
    let output = org(&home, "list --json").run().success();
    let first = &output.json()["result"]["nonScratchOrgs"][0];
    assert_eq!(first["connectedStatus"], "AuthDecryptError");
    assert!(
        output.json()["warnings"]
            .to_string()
            .contains("cannot be decrypted")
    );
    let auths = org(&home, "list auth --json").run().success();
    assert_eq!(auths.json()["result"][0]["oauthMethod"], "unknown");
    let display = org(&home, "display -o beta-dev --json").run().code(2);
    assert_eq!(display.json()["name"], "AuthDecryptError");
    before.assert_same(&Tree::of(home.root()));
    assert_eq!(salesforce.requests().len(), 0);
}

#[test]
fn wrong_words_with_json_are_an_error_in_json() {
    let home = Home::new();
    for (words, command, part) in [
        ("list --bogus --json", "OrgListCommand", "--bogus"),
        ("login jwt --json", "LoginJwt", "--client-id"),
        ("logout --json --target-org", "Logout", "--target-org"),
    ] {
        let output = org(&home, words).run().code(2);
        let document = output.json();
        assert_eq!(document["status"], 2, "{words}");
        assert_eq!(document["name"], "Error", "{words}");
        assert_eq!(document["commandName"], command, "{words}");
        let message = document["message"].as_str().unwrap();
        assert!(message.contains(part), "{message}");
        assert!(!message.contains("Usage:"), "{message}");
    }
    let told = org(&home, "list --bogus").run().code(2);
    assert!(told.stderr.starts_with("error: "), "{told}");
}
