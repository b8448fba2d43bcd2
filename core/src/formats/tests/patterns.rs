use super::*;

const TEXT: &str = r#"{
  "apiKey@https://one.example.test": "FAKE-1",
  "apiKey@https://two.example.test": "FAKE-2",
  "oauth": {"access": "FAKE-3", "expires": 5, "on": true, "none": null},
  "a.b": {"c*d": "FAKE-4"},
  "users": [
    {"name": "ana", "token": "FAKE-5"},
    {"name": "ben", "token": "FAKE-6", "env": [{"name": "X_TOKEN", "value": "FAKE-7"}, {"name": "HOME", "value": "h"}]},
    {"token": "FAKE-8"}
  ],
  "twins": [{"token": "FAKE-9"}, {"token": "FAKE-10"}],
  "approved": ["one", "two"]
}"#;

#[test]
fn patterns_select_by_keys_wildcards_and_what_elements_hold() {
    let cases: &[(&str, &[&str])] = &[
        ("apiKey@*", &["FAKE-1", "FAKE-2"]),
        ("\"apiKey@*.example.test\"", &["FAKE-1", "FAKE-2"]),
        ("\"apiKey@*two.example.test\"", &["FAKE-2"]),
        ("oauth.{access,expires,on}", &["FAKE-3", "5", "true"]),
        ("oauth.*", &["FAKE-3", "5", "true", "-"]),
        ("oauth.acc", &[]),
        ("oauth.access.more", &[]),
        ("\"a.b\".\"c\\*d\"", &["FAKE-4"]),
        ("a\\.b.*", &["FAKE-4"]),
        ("users[].token", &["FAKE-5", "FAKE-6", "FAKE-8"]),
        ("users[name=ben].token", &["FAKE-6"]),
        ("users[name=*n].token", &["FAKE-6"]),
        ("users[name={ana,ben},env].token", &["FAKE-6"]),
        ("users[#3].token", &["FAKE-8"]),
        ("users.token", &[]),
        ("oauth[].access", &[]),
        ("users[].env[name=*TOKEN*].value", &["FAKE-7"]),
        ("approved[=t*]", &["two"]),
        (
            "**.token",
            &["FAKE-5", "FAKE-6", "FAKE-8", "FAKE-9", "FAKE-10"],
        ),
        ("users.**.value", &["FAKE-7", "h"]),
        ("", &["-"]),
    ];
    for (pattern, expected) in cases {
        assert_eq!(texts(Format::Json, TEXT, pattern), *expected, "{pattern}");
    }
}

#[test]
fn wildcards_are_captured_from_the_left() {
    let document = Format::Json.read(TEXT.as_bytes()).unwrap();
    let captures = |pattern: &str| {
        let pattern: Pattern = pattern.parse().unwrap();
        let members = document.select(&pattern);
        let captures: Vec<Vec<String>> = members.into_iter().map(|m| m.captures).collect();
        captures
    };
    assert_eq!(
        captures("\"{apiKey,token}@*://*.example.test\""),
        [["https", "one"], ["https", "two"]]
    );
    assert_eq!(captures("users[name=*].env[name=*_TOKEN]"), [["ben", "X"]]);
}

#[test]
fn paths_hold_no_secret_and_hold_while_others_edit() {
    let cases: &[(&str, &[&str])] = &[
        (
            "users[].token",
            &[
                "users[name=ana].token",
                "users[name=ben].token",
                "users[#3].token",
            ],
        ),
        ("users[env]", &["users[name=ben,env]"]),
        ("twins[token=FAKE*]", &["twins[#1]", "twins[#2]"]),
        ("users[token=*8]", &["users[#3]"]),
        ("approved[=two]", &["approved[=two]"]),
        ("approved[]", &["approved[#1]", "approved[#2]"]),
        ("\"a.b\".*", &["\"a.b\".\"c\\*d\""]),
    ];
    for (pattern, expected) in cases {
        let paths = select(Format::Json, TEXT, &[pattern]);
        let shown: Vec<String> = paths.iter().map(ToString::to_string).collect();
        assert_eq!(shown, *expected, "{pattern}");
        // What is shown selects the same.
        for (path, shown) in paths.iter().zip(&shown) {
            assert_eq!(
                select(Format::Json, TEXT, &[shown]),
                std::slice::from_ref(path)
            );
        }
    }
    let path = select(Format::Json, TEXT, &["users[name=ben].token"]);
    let moved = TEXT.replace("{\"name\": \"ana\", \"token\": \"FAKE-5\"},\n", "");
    let edited = Format::Json.remove(moved.as_bytes(), &path).unwrap();
    assert_eq!(edited.outcomes, [MemberRemoval::Removed]);
    assert!(!String::from_utf8(edited.bytes).unwrap().contains("FAKE-6"));
}

#[test]
fn an_address_with_a_password_tells_no_elements_apart() {
    let text =
        r#"[{"url": "https://ana:FAKE@one.example.test/"}, {"url": "https://two.example.test/"}]"#;
    let shown: Vec<String> = select(Format::Json, text, &["[]"])
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(shown, ["[#1]", "[url=\"https://two.example.test/\"]"]);
}

#[test]
fn a_position_in_a_list_that_changed_is_refused() {
    let path = select(Format::Json, TEXT, &["twins[#2].token"]);
    let changed = TEXT.replace("{\"token\": \"FAKE-9\"}, ", "");
    let edited = Format::Json.remove(changed.as_bytes(), &path).unwrap();
    assert!(matches!(
        edited.outcomes.as_slice(),
        [MemberRemoval::Refused(EditError::Refused(_))]
    ));
    let emptied = TEXT.replace("{\"token\": \"FAKE-9\"}, {\"token\": \"FAKE-10\"}", "");
    let edited = Format::Json.remove(emptied.as_bytes(), &path).unwrap();
    assert_eq!(edited.outcomes, [MemberRemoval::Absent]);
    assert_eq!(edited.bytes, emptied.as_bytes());
}

#[test]
fn what_is_no_pattern_says_where() {
    let cases = [
        (".a", 1),
        ("a..b", 3),
        ("a.", 3),
        ("a[b", 4),
        ("a]", 3),
        ("\"a", 3),
        ("a{b", 4),
        ("a}", 3),
        ("[*=x]", 3),
        ("[#0]", 4),
        ("**.a.**", 8),
        ("a\\", 3),
        ("a[]b", 4),
    ];
    for (text, position) in cases {
        let error = text.parse::<Pattern>().unwrap_err();
        assert_eq!(error.position, position, "{text}: {error}");
    }
    assert!("a".repeat(2000).parse::<Pattern>().is_err());
    assert!("{a,b,c,d}".repeat(9).parse::<Pattern>().is_err());
}

#[test]
fn nothing_secret_is_shown() {
    let document = Format::Json.read(TEXT.as_bytes()).unwrap();
    assert!(!format!("{document:?}").contains("FAKE-1"));
    let paths = select(Format::Json, TEXT, &["approved"]);
    let edited = Format::Json.remove(TEXT.as_bytes(), &paths).unwrap();
    assert!(!format!("{edited:?}").contains("FAKE-1"));
    let broken = "{\"token\": FAKE-1}";
    let error = Format::Json.read(broken.as_bytes()).unwrap_err();
    assert!(!format!("{error:?}").contains("FAKE-1"));
    let broken = "token = FAKE-1";
    let error = Format::Toml.read(broken.as_bytes()).unwrap_err();
    assert!(!format!("{error:?} {error}").contains("FAKE-1"));
}
