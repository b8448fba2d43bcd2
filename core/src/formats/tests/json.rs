//! Members of JSON files: neighbours stay byte for byte.

use super::*;
use crate::formats::json::parse;
use proptest::prelude::*;
use serde_json::Value;

/// Keys with bars between them; `1/3` is the first of three elements.
fn path(keys: &str) -> MemberPath {
    let position = |key: &str| {
        let (number, count) = key.split_once('/')?;
        Some(Step::Position {
            index: number.parse::<usize>().ok()? - 1,
            count: count.parse().ok()?,
        })
    };
    let step = |key: &str| position(key).unwrap_or_else(|| Step::Key(key.to_owned()));
    MemberPath::new(keys.split('|').map(step).collect())
}

fn remove(text: &str, paths: &[&str]) -> String {
    let paths: Vec<_> = paths.iter().map(|keys| path(keys)).collect();
    without(Format::Json, text, &paths)
}

#[test]
fn members_are_removed_and_neighbours_stay_byte_for_byte() {
    let cases: &[(&str, &str, &[&str], &str)] = &[
        (
            "first",
            "{\n  \"a\": 1,\n  \"b\": 2\n}\n",
            &["a"],
            "{\n  \"b\": 2\n}\n",
        ),
        (
            "last",
            "{\n  \"a\": 1,\n  \"b\": 2\n}\n",
            &["b"],
            "{\n  \"a\": 1\n}\n",
        ),
        ("only", "{\n  \"a\": 1\n}\n", &["a"], "{}\n"),
        ("all", "{\n\t\"a\": 1,\n\t\"b\": [\n]\n}", &["a", "b"], "{}"),
        (
            "crlf and tabs",
            "{\r\n\t\"a\": 1,\r\n\t\"b\": 2\r\n}\r\n",
            &["b"],
            "{\r\n\t\"a\": 1\r\n}\r\n",
        ),
        ("inline first", "{\"a\": 1, \"b\": 2}", &["a"], "{\"b\": 2}"),
        ("inline last", "{\"a\": 1, \"b\": 2}", &["b"], "{\"a\": 1}"),
        (
            "inline middle",
            "{\"a\":1,\"b\":2,\"c\":3}",
            &["b"],
            "{\"a\":1,\"c\":3}",
        ),
        (
            "inline two last",
            "{\"a\":1, \"b\":2, \"c\":3}",
            &["c", "b"],
            "{\"a\":1}",
        ),
        (
            "inline padded",
            "{ \"a\": 1, \"b\": 2 }",
            &["b"],
            "{ \"a\": 1 }",
        ),
        ("inline only", "{ \"a\": 1 }", &["a"], "{}"),
        (
            "white space that JSON does not know",
            "{\"a\": {}\u{c}\u{b}\u{a0},\n \t}\t",
            &["a"],
            "{}\t",
        ),
        (
            "a comment that a carriage return ends",
            "{\"a\": 1 //x\r ,\"b\": 2}",
            &["a"],
            "{\"b\": 2}",
        ),
        (
            "the same between others",
            "{\"a\": 1\u{b}, \"b\": 2\u{2003},\"c\": 3}",
            &["b"],
            "{\"a\": 1\u{b}, \"c\": 3}",
        ),
        (
            "comma at the end",
            "{\n  \"a\": 1,\n  \"b\": 2,\n}",
            &["b"],
            "{\n  \"a\": 1,\n}",
        ),
        (
            "comments",
            "{\n  // one\n  \"a\": 1, // about a\n  /* two */\n  \"b\": 2 // about b\n}",
            &["b"],
            "{\n  // one\n  \"a\": 1 // about a\n  /* two */\n}",
        ),
        (
            "comment before the comma",
            "{\n  \"a\": 1 /* x */ ,\n  \"b\": 2\n}",
            &["b"],
            "{\n  \"a\": 1 /* x */ \n}",
        ),
        (
            "comment stays in an empty object",
            "{\n  // one\n  \"a\": 1\n}",
            &["a"],
            "{\n  // one\n}",
        ),
        (
            "dots and slashes in keys",
            "{\"auths\": {\"https://r.example.test/v1/\": {}, \"x.y\": {}}}",
            &["auths|https://r.example.test/v1/"],
            "{\"auths\": {\"x.y\": {}}}",
        ),
        (
            "escaped key",
            "{\"\\u0061\": 1, \"b\": 2}",
            &["a"],
            "{\"b\": 2}",
        ),
        (
            "twice",
            "{\"a\": 1, \"b\": 2, \"a\": 3}",
            &["a"],
            "{\"b\": 2}",
        ),
        (
            "array",
            "[\n  1,\n  2,\n  3\n]",
            &["1/3", "3/3"],
            "[\n  2\n]",
        ),
        (
            "below and above",
            "{\"a\": {\"x\": 1}, \"b\": 2}",
            &["a|x", "a"],
            "{\"b\": 2}",
        ),
        (
            "absent",
            "{\"a\": {\"x\": 1}}",
            &["b", "a|y", "a|x|z"],
            "unchanged",
        ),
        (
            "braces in strings",
            "{\"a\": \"}{,\\\"\", \"b\": 2}",
            &["a"],
            "{\"b\": 2}",
        ),
        (
            "byte order mark",
            "\u{feff}{\"a\": 1}",
            &["a"],
            "\u{feff}{}",
        ),
        ("empty", "", &["a"], "unchanged"),
        ("not an object", "3", &["a"], "unchanged"),
        (
            "nested lines",
            "{\n  \"o\": {\n    \"a\": {\n      \"x\": 1\n    },\n    \"b\": 2\n  }\n}",
            &["o|a"],
            "{\n  \"o\": {\n    \"b\": 2\n  }\n}",
        ),
        (
            "mixed lines",
            "{\"a\": 1, \"b\": 2,\n \"c\": 3}",
            &["b"],
            "{\"a\": 1,\n \"c\": 3}",
        ),
    ];
    for (case, before, paths, after) in cases {
        assert_eq!(remove(before, paths), *after, "{case}");
    }
}

#[test]
fn line_ends_of_carriage_returns_are_line_ends() {
    let text = "{\r  \"a\": 1, // x\r  \"b\": 2,\r  \"c\": 3\r}\r";
    assert_eq!(remove(text, &["a"]), text.replace("  \"a\": 1, // x\r", ""));
    assert_eq!(remove(text, &["c"]), text.replace(",\r  \"c\": 3", ""));
}

#[test]
fn what_was_removed_is_told() {
    use MemberRemoval::{Absent, Removed};
    let paths = [path("a|x"), path("none"), path("a")];
    let text = b"{\"a\": {\"x\": 1}, \"b\": 2}";
    let edited = Format::Json.remove(text, &paths).unwrap();
    assert_eq!(edited.outcomes, [Removed, Absent, Removed]);
    assert!(!edited.is_empty);
    let edited = Format::Json.remove(text, &[path("a"), path("b")]).unwrap();
    assert!(edited.is_empty);
    // A group with nothing in it is nothing.
    let edited = Format::Json
        .remove(text, &[path("a|x"), path("b")])
        .unwrap();
    assert!(edited.is_empty && edited.bytes == b"{\"a\": {}}");
}

#[test]
fn broken_deep_or_foreign_text_is_an_error_and_never_quoted() {
    let error = Format::Json
        .remove(b"{\n\"a\": FAKE-secret}", &[path("a")])
        .unwrap_err();
    assert!(
        matches!(error, EditError::NotUnderstood { line: 2, .. }),
        "{error:?}"
    );
    assert!(!error.to_string().contains("FAKE"));
    let error = Format::Json.read(b"{\"a\": \xff}").unwrap_err();
    assert!(
        matches!(error, EditError::NotUnderstood { .. }),
        "{error:?}"
    );
    for deep in ["[".repeat(100_000), "{\"a\":".repeat(100_000)] {
        let error = parse(deep.as_bytes()).unwrap_err();
        assert!(matches!(error, EditError::TooDeep { .. }), "{error:?}");
    }
    let deepest = format!("{}1{}", "[".repeat(DEPTH_LIMIT), "]".repeat(DEPTH_LIMIT));
    assert!(Format::Json.read(deepest.as_bytes()).is_ok());
    let strings = format!("\"{}\"", "[".repeat(1000));
    assert!(parse(strings.as_bytes()).is_ok());
}

#[test]
fn members_and_values_are_read_past_comments() {
    let text = b"\xef\xbb\xbf{ // c\n \"a\": {\"x\": 1, \"y.z\": [true, null, 1.5]},\n}";
    let document = Format::Json.read(text).unwrap();
    let keys: Vec<&str> = document
        .root()
        .get("a")
        .unwrap()
        .members()
        .map(|(key, _)| key)
        .collect();
    assert_eq!(keys, ["x", "y.z"]);
    assert_eq!(document.get(&path("a|x")).unwrap().scalar(), Some("1"));
    assert!(document.get(&path("b")).is_none());
    let value = parse(text).unwrap();
    assert_eq!(
        value,
        serde_json::json!({"a": {"x": 1, "y.z": [true, null, 1.5]}})
    );
    assert_eq!(parse(b"").unwrap(), Value::Null);
}

#[test]
fn texts_are_replaced_where_they_stand() {
    let text = b"\xef\xbb\xbf{\"a\" : \"FAKE-1\" , // x\r\n\"b\":1,\"c\":{\"a\":\"y\"}}";
    let texts = [
        (path("a"), "FAKE\"2\n"),
        (path("b"), "z"),
        (path("none"), "z"),
    ];
    let edited = Format::Json.replace_texts(text, &texts).unwrap().unwrap();
    let expected = "\u{feff}{\"a\" : \"FAKE\\\"2\\n\" , // x\r\n\"b\":1,\"c\":{\"a\":\"y\"}}";
    assert_eq!(String::from_utf8(edited).unwrap(), expected);
    assert!(
        Format::Json
            .replace_texts(text, &texts[1..])
            .unwrap()
            .is_none()
    );
}

#[test]
fn ten_thousand_members_go_in_one_pass() {
    let member = |number: usize| format!("  \"m{number}\": {{\"k\": [1, 2]}}");
    let text = |numbers: &[usize]| {
        let members: Vec<_> = numbers.iter().map(|number| member(*number)).collect();
        format!("{{\n{}\n}}\n", members.join(",\n"))
    };
    let (odd, even): (Vec<_>, Vec<_>) = (0..20_000).partition(|number| number % 2 == 1);
    let all: Vec<_> = (0..20_000).collect();
    let paths: Vec<_> = odd
        .iter()
        .map(|number| path(&format!("m{number}")))
        .collect();
    assert!(without(Format::Json, &text(&all), &paths) == text(&even));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i32>().prop_map(Into::into),
        "[a-c{},\"/ ]{0,6}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::vec(("[a-d]", inner), 0..5)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn expected(mut value: Value, path: &[String]) -> Value {
    if let Some((last, way)) = path.split_last() {
        let mut at = Some(&mut value);
        for key in way {
            at = at
                .and_then(|value| value.as_object_mut())
                .and_then(|o| o.get_mut(key));
        }
        if let Some(object) = at.and_then(|value| value.as_object_mut()) {
            object.shift_remove(last);
        }
    }
    value
}

/// Writes a value with blanks, line ends and comments between all tokens.
fn render(value: &Value, trivia: &mut dyn FnMut() -> &'static str, text: &mut String) {
    text.push_str(trivia());
    match value {
        Value::Array(elements) => {
            text.push('[');
            for (position, element) in elements.iter().enumerate() {
                text.push_str(if position > 0 { "," } else { "" });
                render(element, trivia, text);
            }
            text.extend([trivia(), "]"]);
        }
        Value::Object(members) => {
            text.push('{');
            for (position, (key, member)) in members.iter().enumerate() {
                text.push_str(if position > 0 { "," } else { "" });
                text.extend([trivia(), "\"", key, "\"", trivia(), ":"]);
                render(member, trivia, text);
            }
            text.extend([trivia(), "}"]);
        }
        scalar => text.push_str(&scalar.to_string()),
    }
    text.push_str(trivia());
}

proptest! {
    #[test]
    fn removal_leaves_the_same_value_without_the_member(
        value in any_json(),
        path in prop::collection::vec("[a-d]", 1..3),
        is_pretty: bool,
        is_crlf: bool,
    ) {
        let mut text = if is_pretty {
            serde_json::to_string_pretty(&value).unwrap()
        } else {
            serde_json::to_string(&value).unwrap()
        };
        if is_crlf {
            text = text.replace('\n', "\r\n");
        }
        let now = Format::Json.remove(text.as_bytes(), &[MemberPath::of_keys(path.clone())]).unwrap().bytes;
        let want = expected(value, &path);
        let parsed: Value = serde_json::from_slice(&now).unwrap();
        prop_assert_eq!(&parsed, &want);
        if is_pretty {
            // In a file that a program wrote, nothing of the removed member's layout is left.
            let mut layout = serde_json::to_string_pretty(&want).unwrap();
            if is_crlf {
                layout = layout.replace('\n', "\r\n");
            }
            prop_assert_eq!(String::from_utf8(now).unwrap(), layout);
        }
    }

    #[test]
    fn removal_between_comments_leaves_the_same_value_without_the_member(
        value in any_json(),
        path in prop::collection::vec("[a-d]", 1..3),
        choices in prop::collection::vec(0..8_usize, 1..64),
    ) {
        let pieces = ["", " ", "\n", "/*,}\"*/", "//x,{\"\n", "\r\n", "\t", " // c\r\n"];
        let mut position = 0;
        let mut text = String::new();
        render(&value, &mut || { position += 1; pieces[choices[position % choices.len()]] }, &mut text);
        let now = Format::Json.remove(text.as_bytes(), &[MemberPath::of_keys(path.clone())]).unwrap().bytes;
        let parsed = parse(&now);
        prop_assert!(parsed.is_ok(), "{:?} -> {:?}", text, String::from_utf8_lossy(&now));
        prop_assert_eq!(parsed.unwrap(), expected(value, &path), "{:?}", text);
    }

    #[test]
    fn any_text_is_read_without_panic(text in "[\\[\\]{}\",:/* \n\r\\\\a1]{0,40}") {
        let _ = Format::Json.remove(text.as_bytes(), &[path("a"), path("1/1"), path("a|a")]);
        let _ = parse(text.as_bytes());
    }
}

/// The depth is counted before the parser sees the text, and must see brackets where it does.
#[test]
fn brackets_behind_a_comment_that_a_carriage_return_ends_are_counted() {
    let text = format!("//\r{}", "[".repeat(100_000));
    assert!(matches!(
        Format::Json.read(text.as_bytes()),
        Err(EditError::TooDeep { .. })
    ));
}
