//! Which org a name means: the exact spelling, else the only one ignoring case, else none.

use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::{Home, Tree};

use crate::support::{TRAIL, adieu, auth_files, document, home, names, org};

const ALIASES: &str = r#"{"orgs":{"Dev":"alpha@fixture.example","dev":"beta@fixture.example","Gamma":"gamma@fixture.example"}}"#;

fn with_aliases(salesforce: &Salesforce) -> Home {
    let home = home("basic-v1", salesforce);
    home.write(".sfdx/alias.json", ALIASES);
    home
}

#[test]
fn exact_spelling_wins_and_the_only_one_ignoring_case_is_meant() {
    for (words, expected) in [
        ("-o Dev", &["alpha@fixture.example"][..]),
        ("-o dev", &["beta@fixture.example"]),
        ("-o GAMMA", &["gamma@fixture.example"]),
        ("-o Alpha@Fixture.Example", &["alpha@fixture.example"]),
        (
            "-o Dev -o dev",
            &["alpha@fixture.example", "beta@fixture.example"],
        ),
        ("gamma", &["gamma@fixture.example"]),
    ] {
        let salesforce = Salesforce::start();
        let home = with_aliases(&salesforce);
        let output = org(&home, &format!("logout --json {words}"))
            .run()
            .success();
        assert_eq!(names(&output), expected, "{words}: {output}");
        assert_eq!(auth_files(&home).len(), 3 - expected.len(), "{words}");
    }
}

#[test]
fn ambiguous_name_touches_nothing_and_lists_what_it_may_mean() {
    let salesforce = Salesforce::start();
    let home = with_aliases(&salesforce);
    // A second file of a user whose name differs in case only, as a login by another spelling makes.
    let gamma = home.read(".sfdx/gamma@fixture.example.json");
    home.write(".sfdx/Gamma@fixture.example.json", gamma);
    let before = Tree::of(home.root());
    for words in [
        "org logout -o DEV -p",
        "org logout -o DEV",
        "org logout -o Dev -o DEV",
        "org logout DEV",
        "org logout -o GAMMA@fixture.example",
        "org display -o DEV",
    ] {
        let output = adieu(&home).args(words.split(' ')).run().code(1);
        let said = output.to_string();
        assert!(said.contains("AmbiguousTargetOrgError"), "{words}: {said}");
        assert!(said.contains("@fixture.example"), "{words}: {said}");
    }
    for words in ["logout DEV", "status DEV"] {
        let output = adieu(&home).args(words.split(' ')).run().code(2);
        for name in [
            "salesforce:alpha@fixture.example",
            "salesforce:beta@fixture.example",
        ] {
            assert!(output.stderr.contains(name), "{words}: {output}");
        }
    }
    before.assert_only(&Tree::of(home.root()), &[TRAIL, "home/.local"]);
    assert_eq!(salesforce.requests_to("/services/oauth2/revoke").len(), 0);
    // The qualified name that was listed is taken.
    adieu(&home)
        .args(["logout", "salesforce:beta@fixture.example"])
        .run()
        .success();
    let left = document(&home, ".sfdx/alias.json");
    assert_eq!(left["orgs"]["Dev"], "alpha@fixture.example");
    assert_eq!(left["orgs"]["dev"], serde_json::Value::Null);
}

#[test]
fn default_is_taken_only_as_it_is_spelled() {
    let salesforce = Salesforce::start();
    let home = with_aliases(&salesforce);
    home.write(".sf/config.json", r#"{"target-org":"DEV"}"#);
    home.write(".sfdx/sfdx-config.json", "{}");
    let output = org(&home, "logout -p --json").run();
    assert_eq!(auth_files(&home).len(), 3, "{output}");
}
