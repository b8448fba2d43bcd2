//! `adieu status`: what start-up files set signs tools in again.

use adieu_testkit::{Adieu, Home};

use crate::support::scan;

/// The overrides that a status tells of, by name and kind, and whether everything is clean.
fn overrides(home: &Home) -> (Vec<(String, String)>, bool) {
    let status = |words: &str| {
        Adieu::new(env!("CARGO_BIN_EXE_adieu"))
            .home(home)
            .arg("status")
            .args(words.split_whitespace())
            .run()
    };
    let document = status("-o json").json();
    let overrides = document["overrides"].as_array().unwrap();
    let word = |one: &serde_json::Value, key: &str| one[key].as_str().unwrap().to_owned();
    let names = overrides
        .iter()
        .map(|one| (word(one, "name"), word(one, "kind")))
        .collect();
    (names, status("--check").status == Some(0))
}

#[test]
fn a_wrapper_function_counts_like_an_alias() {
    for text in [
        "alias amp='AMP_API_KEY=FAKE-one amp'\n",
        "amp() { AMP_API_KEY=FAKE-one command amp \"$@\"; }\n",
        "function amp {\n  env AMP_API_KEY=FAKE-one amp \"$@\"\n}\n",
    ] {
        let home = Home::new();
        home.write(".bashrc", text);
        let (names, is_clean) = overrides(&home);
        let expected = [("AMP_API_KEY".to_owned(), "profile".to_owned())];
        assert_eq!(names, expected, "{text}");
        assert!(!is_clean);
    }
}

#[test]
fn variables_of_a_tool_count_although_nobody_signed_in_to_it() {
    for name in [
        "COPILOT_GITHUB_TOKEN",
        "COPILOT_PROVIDER_API_KEY",
        "COPILOT_PROVIDER_BEARER_TOKEN",
        "CODEX_ACCESS_TOKEN",
        "CURSOR_AUTH_TOKEN",
        "OPENCODE_AUTH_CONTENT",
    ] {
        let home = Home::new();
        home.write(".bashrc", format!("export {name}=FAKE-one\n"));
        let (names, is_clean) = overrides(&home);
        assert_eq!(names, [(name.to_owned(), "profile".to_owned())]);
        assert!(!is_clean, "{name}");
        scan(&home, "").run().code(1);
    }
}

#[test]
fn a_federation_rule_counts_together_with_its_organization() {
    let home = Home::new();
    home.write(".bashrc", "export ANTHROPIC_FEDERATION_RULE_ID=FAKE-rule\n");
    assert_eq!(overrides(&home), (Vec::new(), true));
    home.write(
        ".profile",
        "export ANTHROPIC_ORGANIZATION_ID=FAKE-organization\n",
    );
    let (names, is_clean) = overrides(&home);
    let expected = [(
        "ANTHROPIC_FEDERATION_RULE_ID".to_owned(),
        "profile".to_owned(),
    )];
    assert_eq!(names, expected);
    assert!(!is_clean);
}
