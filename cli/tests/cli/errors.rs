//! What a program that asked for JSON gets when a command cannot be carried out.

use adieu_testkit::{Home, Output, schema};
use insta::assert_snapshot;

use crate::support::{adieu, home_with, signed_in};

fn schema_of(home: &Home, document: &str) -> serde_json::Value {
    adieu(home).args(["schema", document]).run().json()
}

/// One document, as its schema says, with the exit status of the process.
#[track_caller]
fn error_of(home: &Home, output: &Output, status: i32) -> serde_json::Value {
    let document = output.json();
    assert_eq!(
        schema::violations(&schema_of(home, "error"), &document),
        [""; 0]
    );
    assert_eq!(document["exit_status"], status, "{output}");
    let message = document["error"]["message"].as_str().unwrap();
    assert!(output.stderr.contains(message), "{output}");
    document["error"].clone()
}

#[test]
fn error_of_an_unknown_identity_is_a_document_too() {
    let home = signed_in();
    let output = adieu(&home)
        .args(["logout", "nobody", "-o", "json"])
        .run()
        .code(2);
    let error = error_of(&home, &output, 2);
    assert!(error["message"].as_str().unwrap().contains("nobody"));
    assert!(!error["hints"].as_array().unwrap().is_empty(), "{error}");
}

#[test]
fn question_that_nobody_can_answer_is_a_document_too() {
    let home = signed_in();
    for words in ["auth logout", "auth logout ledger-admin --keychain"] {
        let output = adieu(&home)
            .args(words.split_whitespace())
            .args(["--output", "json"])
            .run()
            .code(2);
        error_of(&home, &output, 2);
    }
}

#[test]
fn wrong_words_are_a_document_too() {
    let home = signed_in();
    for asking in [&["-o", "json"][..], &["--output=json"], &["-ojson"]] {
        let output = adieu(&home)
            .args(["logout", "--timeout", "0"])
            .args(asking)
            .run()
            .code(2);
        assert_eq!(
            error_of(&home, &output, 2)["message"],
            "invalid value '0' for '--timeout <SECONDS>': a number of seconds above 0, up to 600"
        );
    }
    let help = adieu(&home).args(["logout", "-o", "json", "--help"]).run();
    assert!(help.success().stdout.contains("Usage"));
    let people = adieu(&home).args(["logout", "--timeout", "0"]).run();
    assert_eq!(people.code(2).stdout, "");
}

#[test]
fn places_that_are_not_there_are_a_document_too() {
    let home = home_with("01-sso-chain.yaml");
    let output = adieu(&home)
        .args(["-C", "nowhere", "status", "-o", "json"])
        .run()
        .code(2);
    error_of(&home, &output, 2);
}

#[test]
fn trail_without_records_is_one_document() {
    let home = Home::new();
    let document = adieu(&home)
        .args(["audit", "show", "-o", "json"])
        .run()
        .success()
        .json();
    assert_eq!(document["records"], serde_json::json!([]));
    assert_eq!(document["schema_version"], 1);
}

#[test]
fn value_that_no_variable_can_hold_is_not_blamed_on_the_format() {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  identities:\n    keys:\n      kind: aws/user\n      env: [{ key: ODD, value: \"a\\0b\" }]\n",
    );
    let output = adieu(&home)
        .args(["env", "-i", "keys", "--format", "bash"])
        .args(["--allow-variable", "ODD"])
        .run();
    assert_snapshot!(output.stderr, @r"
    Error: the value of ODD has a NUL character, which no variable can hold

    Change the value in atmos.yaml.
    ");
}
