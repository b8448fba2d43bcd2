//! SARIF, the schema, and lines for shells.

use adieu_testkit::Home;
use serde_json::Value;

use crate::support::{assert_says_no_secret, fixture, scan, scan_all};

/// What the SARIF 2.1.0 schema asks of what we write.
fn check_sarif(log: &Value) {
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().contains("sarif-2.1.0"));
    let runs = log["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1);
    let driver = &runs[0]["tool"]["driver"];
    assert_eq!(driver["name"], "adieu");
    let rules = driver["rules"].as_array().unwrap();
    for rule in rules {
        assert!(rule["id"].is_string() && rule["shortDescription"]["text"].is_string());
    }
    let results = runs[0]["results"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(result["message"]["text"].is_string());
        for location in result["locations"].as_array().into_iter().flatten() {
            let place = &location["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            assert!(uri.starts_with("file://") && !uri.contains(' '), "{uri}");
            let line = |name: &str| place["region"][name].as_u64().unwrap();
            assert!(line("startLine") >= 1 && line("endLine") >= line("startLine"));
        }
    }
    for invocation in runs[0]["invocations"].as_array().unwrap() {
        assert!(invocation["executionSuccessful"].is_boolean());
    }
}

#[test]
fn sarif_is_valid_and_has_every_finding() {
    let home = fixture();
    let output = scan_all(&home, "--format sarif").run().code(1);
    assert_says_no_secret(&output);
    let log = output.json();
    check_sarif(&log);
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 105);
    check_sarif(&scan(&Home::new(), "--format sarif").run().success().json());
}

#[test]
fn sarif_escapes_paths() {
    let home = Home::new();
    home.write("a b/%ü.env", "HF_TOKEN=FAKE-one\n");
    let log = scan_all(&home, "--format sarif").run().code(1).json();
    check_sarif(&log);
    let uri = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    let uri = uri["artifactLocation"]["uri"].as_str().unwrap();
    assert!(uri.ends_with("/a%20b/%25%C3%BC.env"), "{uri}");
}

#[test]
fn json_has_a_published_schema() {
    let home = Home::new();
    let schema = adieu_testkit::Adieu::new(env!("CARGO_BIN_EXE_adieu"))
        .home(&home)
        .args(["schema", "scan"])
        .run()
        .success()
        .json();
    let required = schema["required"].as_array().unwrap();
    let document = scan_all(&fixture(), "-o json").run().code(1).json();
    for name in required {
        assert!(!document[name.as_str().unwrap()].is_null(), "{name}");
    }
    let finding = &document["findings"][0];
    for name in [
        "file", "line", "name", "provider", "shell", "form", "state", "via", "remedy",
    ] {
        assert!(finding.get(name).is_some(), "{name}");
    }
}
