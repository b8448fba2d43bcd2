//! Every logout that the real client was recorded with: the same words, the same state afterwards,
//! field by field. Where adieu leaves less behind, the test says so.

use std::collections::BTreeMap;
use std::path::Path;

use adieu_testkit::Home;
use adieu_testkit::salesforce::Salesforce;
use serde_json::Value;

use crate::support::{APP_TOKEN, fixtures, home, names, org, with_own_app_token};

/// What is in `.sfdx` and `.sf`, as JSON by path.
fn state(root: &Path) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for folder in [".sfdx", ".sf"] {
        let Ok(entries) = std::fs::read_dir(root.join(folder)) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(path.is_file(), "{}", path.display());
            let text = std::fs::read_to_string(&path).unwrap();
            found.insert(
                format!("{folder}/{name}"),
                serde_json::from_str(&text).unwrap(),
            );
        }
    }
    found
}

/// The addresses of the recording, put back.
fn with_recorded_addresses(state: BTreeMap<String, Value>, url: &str) -> BTreeMap<String, Value> {
    let mut state = state;
    for value in state.values_mut() {
        if let Some(object) = value.as_object_mut() {
            for key in ["instanceUrl", "loginUrl"] {
                if let Some(text) = object.get(key).and_then(Value::as_str) {
                    let text = text.replace(url, "SERVER");
                    object.insert(key.to_owned(), text.into());
                }
            }
        }
    }
    state
}

fn recorded_state(folder: &Path) -> BTreeMap<String, Value> {
    let state = with_recorded_addresses(state(folder), "http://127.0.0.1:17170");
    with_recorded_addresses(state, "https://localhost:17443")
}

struct Recorded {
    set: String,
    words: Vec<String>,
    status: i32,
    after: BTreeMap<String, Value>,
    stdout: String,
}

fn recorded(scenario: &str) -> Recorded {
    let folder = fixtures().join("after-logout").join(scenario);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let run: Value = serde_json::from_str(&read("run.json")).unwrap();
    let words = run["argv"].as_array().unwrap();
    Recorded {
        set: run["fixture"].as_str().unwrap().to_owned(),
        words: words[1..]
            .iter()
            .map(|word| word.as_str().unwrap().to_owned())
            .collect(),
        status: i32::try_from(run["exit_code"].as_i64().unwrap()).unwrap(),
        after: recorded_state(&folder.join("home")),
        stdout: read("stdout.txt"),
    }
}

/// The words of the recording, and the state that they leave.
fn run(recorded: &Recorded) -> (Home, Salesforce, adieu_testkit::Output) {
    let salesforce = Salesforce::start();
    let home = home(&recorded.set, &salesforce);
    let words = recorded.words[1..].join(" ");
    let output = org(&home, &words).run();
    (home, salesforce, output)
}

fn after(home: &Home, salesforce: &Salesforce) -> BTreeMap<String, Value> {
    with_recorded_addresses(state(&home.path()), &salesforce.url())
}

#[test]
fn state_after_each_recorded_logout_is_that_of_the_real_client() {
    for scenario in [
        "all-human",
        "all-json",
        "client-app",
        "default-noprompt",
        "not-found-json",
        "one-alias-human",
        "one-alias-json",
        "one-username-json",
    ] {
        let mut recorded = recorded(scenario);
        if scenario.starts_with("all-") {
            // Better: what said where the sandbox belongs goes with the sandbox.
            let gone = recorded
                .after
                .remove(".sfdx/00DFX0000000006AAA.sandbox.json");
            assert!(gone.is_some(), "{scenario}");
        }
        let (home, salesforce, output) = run(&recorded);
        assert_eq!(output.status, Some(recorded.status), "{scenario}\n{output}");
        assert_eq!(
            after(&home, &salesforce),
            recorded.after,
            "{scenario}\n{output}"
        );
        if scenario.ends_with("-human") || scenario == "default-noprompt" {
            assert_eq!(output.stdout, recorded.stdout, "{scenario}");
        }
    }
}

#[test]
fn envelopes_are_those_of_the_real_client() {
    for scenario in [
        "all-json",
        "client-app",
        "not-found-json",
        "one-alias-json",
        "one-username-json",
    ] {
        let recorded = recorded(scenario);
        let (_home, _salesforce, output) = run(&recorded);
        let theirs: Value = serde_json::from_str(&recorded.stdout).unwrap();
        let ours = output.json();
        for (key, value) in theirs.as_object().unwrap() {
            match key.as_str() {
                // Their order is not stable.
                "result" => {
                    let mut sorted: Vec<&str> = value
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|name| name.as_str().unwrap())
                        .collect();
                    sorted.sort_unstable();
                    assert_eq!(names(&output), sorted, "{scenario}");
                }
                // Better: there is more to warn of.
                "warnings" => {
                    let ours = ours["warnings"].as_array().unwrap();
                    for warning in value.as_array().unwrap() {
                        assert!(ours.contains(warning), "{scenario}\n{output}");
                    }
                }
                key => assert_eq!(ours[key], *value, "{scenario} {key}\n{output}"),
            }
        }
    }
}

#[test]
fn several_targets_work_where_the_real_client_refuses_them() {
    let recorded = recorded("repeated-target");
    let (home, salesforce, output) = run(&recorded);
    assert_eq!(recorded.status, 1);
    assert_eq!(output.status, Some(0), "{output}");
    assert_eq!(
        names(&output),
        ["beta@fixture.example", "gamma@fixture.example"]
    );
    let after = after(&home, &salesforce);
    assert!(after.contains_key(".sfdx/alpha@fixture.example.json"));
    assert!(!after.contains_key(".sfdx/beta@fixture.example.json"));
    assert_eq!(
        after[".sfdx/alias.json"],
        serde_json::json!({"orgs": {"alpha-prod": "alpha@fixture.example"}})
    );
}

#[test]
fn second_logout_of_the_same_name_is_the_real_clients_error() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    org(&home, "logout --target-org beta-dev --no-prompt")
        .run()
        .success();
    let again = org(&home, "logout --target-org beta-dev --json")
        .run()
        .code(1);
    let document = again.json();
    assert_eq!(document["name"], "NoAuthFoundForTargetOrgError");
    assert_eq!(
        document["message"],
        "No authenticated org found with the beta-dev username or alias."
    );
    let human = org(&home, "logout -o beta@fixture.example").run().code(1);
    assert!(
        human
            .stderr
            .contains("Error (NoAuthFoundForTargetOrgError)"),
        "{human}"
    );
}

#[test]
fn errors_of_flags_are_those_of_the_real_client() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    for (words, status, name, text) in [
        (
            "logout --all -o beta-dev --json",
            2,
            "Error",
            "--target-org=beta-dev cannot also be provided when using --all",
        ),
        (
            "logout -c app --json",
            2,
            "Error",
            "All of the following must be provided when using --client-app: --target-org",
        ),
        (
            "logout -o alpha-prod -c app --json",
            1,
            "NoLinkedAppsError",
            "alpha@fixture.example doesn't have any linked client apps.",
        ),
    ] {
        let output = org(&home, words).run().code(status);
        assert_eq!(output.json()["name"], name, "{output}");
        assert_eq!(output.json()["message"], text, "{output}");
        assert_eq!(output.json()["status"], status, "{output}");
    }
    home.write(".sf/config.json", "{}");
    home.write(".sfdx/sfdx-config.json", "{}");
    for (words, name, flag) in [
        (
            "logout -p --json",
            "NoOrgSpecifiedWithNoPromptError",
            "--no-prompt",
        ),
        ("logout --json", "NoOrgSpecifiedWithJsonError", "--json"),
    ] {
        let output = org(&home, words).run().code(1);
        assert_eq!(output.json()["name"], name, "{output}");
        let message = output.json()["message"].as_str().unwrap().to_owned();
        assert!(
            message.ends_with(&format!("using the {flag} flag.")),
            "{message}"
        );
    }
    assert_eq!(salesforce.revoked(), Vec::<String>::new());
}

#[test]
fn unknown_name_among_known_ones_changes_nothing() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let before = adieu_testkit::Tree::of(home.root());
    let output = org(&home, "logout -o alpha-prod -o beta-dve -p --json")
        .run()
        .code(1);
    assert_eq!(output.json()["actions"][0], "Did you mean \"beta-dev\"?");
    before.assert_same(&adieu_testkit::Tree::of(home.root()));
    assert_eq!(salesforce.requests().len(), 0);
}

#[test]
fn client_app_is_unlinked_by_alias_and_ended_at_salesforce() {
    let salesforce = Salesforce::start();
    let home = home("full-v1", &salesforce);
    with_own_app_token(&home);
    let output = org(&home, "logout -o alpha-prod -c agentapp")
        .run()
        .success();
    assert_eq!(
        output.stdout,
        "Successfully logged out of \"agentapp\" client app for user alpha@fixture.example.\n"
    );
    assert_eq!(salesforce.revoked(), [APP_TOKEN]);
    let alpha = crate::support::document(&home, ".sfdx/alpha@fixture.example.json");
    assert!(alpha.get("clientApps").is_none() && alpha.get("refreshToken").is_some());
    assert!(home.read(".sfdx/alias.json").contains("alpha-prod"));
}

#[test]
fn token_that_the_user_has_too_does_not_end_with_the_app() {
    let salesforce = Salesforce::start();
    let home = home("full-v1", &salesforce);
    org(&home, "logout -o alpha-prod -c agentapp")
        .run()
        .success();
    assert_eq!(salesforce.revoked(), Vec::<String>::new());
}
