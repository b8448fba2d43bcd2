//! How YAML itself is read: places, anchors, functions, mistakes.

use super::super::{Node, Unset, Value};
use super::*;

#[test]
fn load_keeps_the_place_of_every_part() {
    let text = "auth:\n  providers:\n    ü-sso: {kind: aws/saml, region: x}\n";
    let (configuration, problems) = read(text);
    let provider = &configuration.auth.providers[0];
    assert_eq!((provider.location.line, provider.location.column), (3, 5));
    assert_eq!(&text[provider.location.bytes()], "ü-sso");
    let region = provider.settings.get("region").unwrap().location;
    assert_eq!((region.line, region.column), (3, 37));
    assert_eq!(&text[region.bytes()], "x");
    assert_eq!(
        lines(&problems),
        ["3 required provider 'ü-sso': `url` is required"]
    );
    let place = problems[0].location.unwrap();
    assert_eq!((place.line, place.column), (3, 5));
    let file = &configuration.sources[place.source as usize].path;
    assert!(file.ends_with("work/atmos.yaml"));
}

#[test]
fn load_anchors_and_merge_keys_work() {
    let (configuration, problems) = read(
        "x-base: &base {kind: mock, tags: [a]}\n\
         auth:\n  providers:\n    one: {<<: *base}\n    two: {<<: [*base], tags: [b]}\n    three: *base\n",
    );
    assert_eq!(lines(&problems), Vec::<String>::new());
    let tags: Vec<_> = configuration
        .auth
        .providers
        .iter()
        .map(|provider| provider.tags.join(""))
        .collect();
    assert_eq!(tags, ["a", "b", "a"]);
}

#[test]
fn load_duplicate_key_reports_both_places_and_keeps_the_last() {
    let (configuration, problems) =
        read("auth:\n  providers:\n    one: {kind: mock}\n    one: {kind: mock/aws}\n");
    assert_eq!(
        lines(&problems),
        ["4 duplicate-key -: `one` is written twice; the last one counts"]
    );
    assert_eq!(problems[0].related[0].location.line, 3);
    assert_eq!(configuration.auth.providers.len(), 1);
    assert_eq!(
        configuration.auth.provider("one").unwrap().kind.id(),
        "mock/aws"
    );
    let (_, problems) = read("auth:\n  providers:\n    One: {kind: mock}\n    oNE: {kind: mock}\n");
    assert_eq!(problems[0].code, "duplicate-name");
}

#[test]
fn load_functions_are_never_run_and_count_as_not_set() {
    let (configuration, problems) = read(
        "auth:\n  realm: !exec touch pwned\n  providers:\n    one:\n      kind: aws/saml\n      \
         url: !include /etc/passwd\n      region: !repo-root\ncomponents: {a: !exec id}\n",
    );
    assert_eq!(
        lines(&problems),
        [
            "2 function -: `!exec` is never evaluated here: the value counts as not set",
            "6 function -: `!include` is never evaluated here: the value counts as not set",
            "7 function -: `!repo-root` is never evaluated here: the value counts as not set",
        ]
    );
    assert_eq!(configuration.auth.realm, None);
    assert_eq!(configuration.auth.providers[0].url(), None);
}

#[test]
fn load_env_missing_variable_warns_only_for_required_fields() {
    let text = "auth:\n  providers:\n    one:\n      kind: aws/saml\n      url: !env URL\n      \
                region: !env REGION us-east-1\n      username: !env NAME\n";
    let (_, problems) = read(text);
    assert_eq!(
        lines(&problems),
        ["5 variable provider 'one': `url` needs the variable URL, which is not set"]
    );
    assert_eq!(problems[0].severity, super::super::Severity::Warning);
    let (configuration, problems) = read_with(text, &[("URL", "https://idp.example/x")]);
    assert_eq!(lines(&problems), Vec::<String>::new());
    let provider = &configuration.auth.providers[0];
    assert_eq!(provider.url(), Some("$URL"), "as it may be shown");
    assert_eq!(provider.compared(&["url"]), Some("https://idp.example/x"));
    assert_eq!(configuration.auth.providers[0].region(), Some("us-east-1"));
}

#[test]
fn load_broken_text_keeps_what_stands_before() {
    let (configuration, problems) = read(
        "auth:\n  providers:\n    one: {kind: mock}\n  identities:\n    a: {kind: mock, via: {provider: one}}\n    \
         b: {kind: mock, via: {provider: later}}\n    c:\n      kind: [mock\n    d: }\n",
    );
    assert_eq!(problems.len(), 1, "{:?}", lines(&problems));
    assert_eq!(problems[0].code, "syntax");
    let names: Vec<_> = configuration
        .auth
        .identities
        .iter()
        .map(|identity| identity.name.key.as_str())
        .collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn load_second_document_is_left_out_with_a_warning() {
    let (configuration, problems) = read(
        "auth: {providers: {one: {kind: mock}}}\n---\nauth: {providers: {two: {kind: mock}}}\n",
    );
    assert_eq!(problems[0].code, "documents");
    assert!(configuration.auth.provider("one").is_some());
    assert!(configuration.auth.provider("two").is_none());
}

#[test]
fn load_wrong_shapes_are_reported_and_harm_nothing_else() {
    for (text, expected) in [
        (
            "- a\n",
            "1 mapping -: the file must be a mapping, not a list",
        ),
        (
            "auth: [a]\n",
            "1 mapping -: `auth` must be a mapping, not a list",
        ),
        (
            "auth: {providers: x}\n",
            "1 mapping -: `auth.providers` must be a mapping, not text",
        ),
        (
            "auth: {providers: {a: x, b: {kind: mock}}}\n",
            "1 mapping provider 'a': its entry must be a mapping, not text",
        ),
        (
            "auth: {? [a] : b, realm: fine}\n",
            "1 key -: a key must be a text; this entry is left out",
        ),
        (
            "auth: {providers: {a: {kind: [mock]}}}\n",
            "1 text provider 'a': `kind` must be a text, not a list",
        ),
    ] {
        assert_eq!(lines(&read(text).1), [expected], "{text}");
    }
    let (configuration, _) = read("auth: {providers: {a: x, b: {kind: mock}}}\n");
    assert_eq!(configuration.auth.providers.len(), 2);
}

#[test]
fn load_empty_files_and_byte_order_marks_are_fine() {
    for text in [
        "",
        "\n",
        "# only a comment\n",
        "---\n",
        "auth:\n",
        "auth: {identities: }\n",
    ] {
        assert_eq!(lines(&read(text).1), Vec::<String>::new(), "{text:?}");
    }
    let (configuration, problems) = read("\u{feff}auth:\n  realm: fine\n");
    assert_eq!(lines(&problems), Vec::<String>::new());
    assert_eq!(configuration.auth.realm.unwrap().value, "fine");
}

#[test]
fn load_text_that_is_not_utf8_is_reported_and_used() {
    let (configuration, problems) = read(b"# caf\xe9\nauth:\n  realm: fine\n");
    assert_eq!(lines(&problems), ["1 encoding -: the file is not UTF-8"]);
    assert_eq!(problems[0].location.unwrap().column, 6);
    assert_eq!(configuration.auth.realm.unwrap().value, "fine");
}

#[test]
fn shown_source_and_debug_hide_secrets() {
    let text = "auth:\n  identities:\n    a:\n      kind: aws/user\n      credentials: {region: r, \
                secret_access_key: FAKE-first}\n    b: {kind: aws/user, credentials: \
                {secret_access_key: |\n      FAKE-second}}\n  x: {password: 'FAKE-third'\n";
    let (configuration, problems) = read(text);
    let shown = configuration.sources[0].shown();
    assert!(!shown.contains("FAKE-"), "{shown}");
    assert_eq!(shown.len(), text.len());
    assert!(shown.contains("region: r"));
    let printed = format!("{configuration:?} {problems:?}");
    assert!(!printed.contains("FAKE-"), "{printed}");
    let (configuration, _) =
        read("auth: {identities: {a: {kind: aws/user, credentials: {secret_access_key: FAKE-x}}}}");
    let with_variables = "env: {ATMOS_KEYRING_PASSWORD: FAKE-a}\nauth: {identities: {a: {kind: aws/user, \
                          env: [{key: K, value: FAKE-b}]}}}\n";
    let (other, _) = read(with_variables);
    let printed = format!("{other:?} {}", other.sources[0].shown());
    assert!(!printed.contains("FAKE-"), "{printed}");
    let secret = configuration.auth.identities[0]
        .secret_access_key()
        .unwrap();
    assert_eq!(secret.expose(), "FAKE-x");
}

#[test]
fn node_texts_and_truth_read_as_atmos_does() {
    let node = |text: &str| Node {
        value: Value::Scalar(text.into()),
        location: super::super::Location::default(),
    };
    assert_eq!(node("Yes").truth(), Some(true));
    assert_eq!(node("off").truth(), Some(false));
    assert_eq!(node("maybe").truth(), None);
    assert_eq!(node("one").texts(), ["one"]);
    let unset = Node {
        value: Value::Unset(Unset::Null),
        location: node("").location,
    };
    assert_eq!(unset.texts(), Vec::<&str>::new());
}

#[test]
fn diagnostics_never_carry_control_characters() {
    let (_, problems) = read("auth: {providers: {\"a\\e[2J\\u202e\": {kind: \"x\\a\"}}}");
    let shown = format!(
        "{} {}",
        problems[1].message,
        problems[1].subject.as_ref().unwrap()
    );
    assert!(
        shown.contains("\\u{1b}[2J") && shown.contains("\\u{202e}"),
        "{shown}"
    );
    assert!(!shown.contains('\u{7}'));
}
