//! Members of other programs' JSON files: take some out, keep every other byte.
//!
//! Comments and a comma after the last member are accepted, as editors' settings files have them.
//! What belongs to a member when it is removed:
//!
//! - if it has its lines to itself: these lines, with a comment behind it;
//! - otherwise: the member, its comma and the white space up to the next one;
//! - if it was the last one: the comma of the one before it.
//!
//! Comments on lines of their own stay. An object or array in which nothing but white space is
//! left becomes `{}` or `[]`.

use std::collections::HashSet;
use std::ops::Range;

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use super::wanted::Wanted;
use super::{EditError, line_at};

/// The longest text that is parsed, in bytes.
pub const SIZE_LIMIT: usize = 64 * 1024 * 1024;
/// The deepest nesting that is parsed.
pub const DEPTH_LIMIT: usize = 128;

/// A file without some of its members.
#[derive(Clone)]
pub struct RemovedJson {
    /// The new content.
    pub bytes: Vec<u8>,
    /// The paths that were there and are gone, in the order in which they were asked for.
    pub removed: Vec<Vec<String>>,
    /// The outermost object or array has no members any more.
    pub is_empty: bool,
}

/// Takes out the members at these paths in one pass; `None` if none of them is there. A path is
/// the keys from the outside in; in an array, the element's position counted from 0. Of a key that
/// an object has twice, both go.
pub fn remove_members(
    bytes: &[u8],
    paths: &[Vec<String>],
) -> Result<Option<RemovedJson>, EditError> {
    let text = checked(bytes)?;
    let Some(root) = parse_value(text)? else {
        return Ok(None);
    };
    let wanted = Wanted::of(paths);
    let mut found = HashSet::new();
    let mut cuts = Vec::new();
    mark(text, &root, &wanted, &mut found, &mut cuts);
    if cuts.is_empty() {
        return Ok(None);
    }
    let start = bytes.len() - text.len();
    let mut kept = bytes[..start].to_vec();
    kept.extend_from_slice(without(text, cuts).as_bytes());
    let is_empty = items(&root)
        .iter()
        .enumerate()
        .all(|(position, item)| wanted_of(&wanted, item, position).is_some_and(Wanted::is_end));
    let removed = paths
        .iter()
        .enumerate()
        .filter(|(number, _)| found.contains(number))
        .map(|(_, path)| path.clone())
        .collect();
    Ok(Some(RemovedJson {
        bytes: kept,
        removed,
        is_empty,
    }))
}

/// The keys of the object at a path (empty: the outermost one); `None` if there is no object.
pub fn members(bytes: &[u8], path: &[&str]) -> Result<Option<Vec<String>>, EditError> {
    let text = checked(bytes)?;
    let mut value = parse_value(text)?;
    for key in path {
        value = match value {
            Some(Value::Object(object)) => object
                .properties
                .into_iter()
                .rev()
                .find(|property| property.name.as_str() == *key)
                .map(|property| property.value),
            _ => None,
        };
    }
    Ok(match value {
        Some(Value::Object(object)) => Some(
            object
                .properties
                .into_iter()
                .map(|p| p.name.into_string())
                .collect(),
        ),
        _ => None,
    })
}

/// Reads a text with comments as a value, for discovery. An empty text is `null`.
pub fn parse(bytes: &[u8]) -> Result<serde_json::Value, EditError> {
    let text = checked(bytes)?;
    Ok(parse_value(text)?.map_or(serde_json::Value::Null, convert))
}

/// As deep as the text is nested, which has been limited.
fn convert(value: Value<'_>) -> serde_json::Value {
    match value {
        Value::StringLit(text) => text.value.into_owned().into(),
        Value::NumberLit(number) => serde_json::from_str(number.value).unwrap_or_default(),
        Value::BooleanLit(boolean) => boolean.value.into(),
        Value::NullKeyword(_) => serde_json::Value::Null,
        Value::Array(array) => array.elements.into_iter().map(convert).collect(),
        Value::Object(object) => object
            .properties
            .into_iter()
            .map(|property| (property.name.into_string(), convert(property.value)))
            .collect(),
    }
}

/// The text without a byte order mark, if it is of a size and depth that the parser may see.
fn checked(bytes: &[u8]) -> Result<&str, EditError> {
    if bytes.len() > SIZE_LIMIT {
        return Err(EditError::TooLarge { limit: SIZE_LIMIT });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| EditError::NotUnderstood {
        line: line_at(&bytes[..error.valid_up_to()]),
        problem: "these bytes are not UTF-8".to_owned(),
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    check_depth(text.as_bytes())?;
    Ok(text)
}

/// The parser is recursive, so brackets are counted before it sees the text.
fn check_depth(bytes: &[u8]) -> Result<(), EditError> {
    let mut depth = 0_usize;
    let mut position = 0;
    while let Some(byte) = bytes.get(position) {
        match byte {
            b'"' => position = string_end(bytes, position),
            b'/' => position = comment_end(bytes, position).unwrap_or(position + 1),
            b'{' | b'[' => {
                depth += 1;
                if depth > DEPTH_LIMIT {
                    return Err(EditError::TooDeep { limit: DEPTH_LIMIT });
                }
                position += 1;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                position += 1;
            }
            _ => position += 1,
        }
    }
    Ok(())
}

/// The position behind the string that begins here.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut position = start + 1;
    while let Some(byte) = bytes.get(position) {
        match byte {
            b'\\' => position += 2,
            b'"' => return position + 1,
            _ => position += 1,
        }
    }
    bytes.len()
}

/// The position behind the comment that begins here (before the line end of a line comment).
fn comment_end(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = bytes.get(start..)?;
    if rest.starts_with(b"//") {
        let length = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(rest.len());
        let length = length - usize::from(rest[..length].ends_with(b"\r"));
        return Some(start + length);
    }
    let inside = rest.strip_prefix(b"/*")?;
    let length = inside.windows(2).position(|pair| pair == b"*/");
    Some(length.map_or(bytes.len(), |length| start + 2 + length + 2))
}

fn parse_value(text: &str) -> Result<Option<Value<'_>>, EditError> {
    let collect = CollectOptions {
        comments: CommentCollectionStrategy::Off,
        tokens: false,
    };
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    parse_to_ast(text, &collect, &options)
        .map(|result| result.value)
        .map_err(|error| {
            EditError::NotUnderstood {
                line: line_at(&text.as_bytes()[..error.range().start.min(text.len())]),
                // The kind only: the message may quote the text.
                problem: "this is not JSON".to_owned(),
            }
        })
}

/// What is wanted of a member, by its key or by its position in an array.
fn wanted_of<'a>(wanted: &'a Wanted, item: &Item<'_>, position: usize) -> Option<&'a Wanted> {
    match &item.key {
        Some(key) => wanted.below.get(key),
        None => wanted.below.get(position.to_string().as_str()),
    }
}

/// The numbers of all paths that end at this value or below it.
fn collect(value: &Value<'_>, wanted: &Wanted, found: &mut HashSet<usize>) {
    found.extend(&wanted.numbers);
    if wanted.below.is_empty() {
        return;
    }
    for (position, item) in items(value).iter().enumerate() {
        if let Some(child) = wanted_of(wanted, item, position) {
            collect(item.value, child, found);
        }
    }
}

/// A member of an object or an element of an array.
struct Item<'a> {
    key: Option<String>,
    range: Range<usize>,
    value: &'a Value<'a>,
}

fn items<'a>(value: &'a Value<'a>) -> Vec<Item<'a>> {
    let range = |range: jsonc_parser::common::Range| range.start..range.end;
    match value {
        Value::Object(object) => object
            .properties
            .iter()
            .map(|property| Item {
                key: Some(property.name.as_str().to_owned()),
                range: range(property.range),
                value: &property.value,
            })
            .collect(),
        Value::Array(array) => array
            .elements
            .iter()
            .map(|element| Item {
                key: None,
                range: range(element.range()),
                value: element,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Collects the byte ranges that go. Recursion is as deep as the text, which has been limited.
fn mark(
    text: &str,
    value: &Value<'_>,
    wanted: &Wanted,
    found: &mut HashSet<usize>,
    cuts: &mut Vec<Range<usize>>,
) {
    if wanted.below.is_empty() {
        return;
    }
    let items = items(value);
    let mut goes = Vec::with_capacity(items.len());
    for (position, item) in items.iter().enumerate() {
        let child = wanted_of(wanted, item, position);
        match child {
            Some(child) if child.is_end() => collect(item.value, child, found),
            Some(child) => mark(text, item.value, child, found, cuts),
            None => {}
        }
        goes.push(child.is_some_and(Wanted::is_end));
    }
    if goes.contains(&true) {
        let whole = value.range();
        cut_items(text, whole.start..whole.end, &items, &goes, cuts);
    }
}

fn cut_items(
    text: &str,
    whole: Range<usize>,
    items: &[Item<'_>],
    goes: &[bool],
    cuts: &mut Vec<Range<usize>>,
) {
    let first = cuts.len();
    let mut last_kept = None;
    for (number, item) in items.iter().enumerate() {
        if goes[number] {
            cuts.push(extent(text.as_bytes(), &item.range));
        } else {
            last_kept = Some(number);
        }
    }
    match last_kept {
        None => {
            let inside = whole.start + 1..whole.end - 1;
            let mut position = inside.start;
            let mut is_blank = true;
            for cut in &cuts[first..] {
                is_blank &= text[position..cut.start.max(position)].trim().is_empty();
                position = cut.end;
            }
            is_blank &= text[position.min(inside.end)..inside.end].trim().is_empty();
            if is_blank {
                cuts.truncate(first);
                cuts.push(inside);
            }
        }
        // The last one went: the comma before it has to go, unless it had one itself.
        Some(kept) if kept + 1 < items.len() => {
            let had_comma = items
                .last()
                .is_some_and(|last| comma_after(text.as_bytes(), last.range.end).is_some());
            if let Some(comma) = comma_after(text.as_bytes(), items[kept].range.end)
                && !had_comma
            {
                cuts.push(comma..comma + 1);
                // What stood between the comma and an inline member.
                let next = &items[kept + 1].range;
                if text[comma + 1..next.start]
                    .bytes()
                    .all(|b| b == b' ' || b == b'\t')
                {
                    cuts.push(comma..next.start);
                }
            }
        }
        Some(_) => {}
    }
}

/// The bytes that go with a member: its lines if it has them to itself, else the member and its
/// comma with the blanks behind it.
fn extent(bytes: &[u8], member: &Range<usize>) -> Range<usize> {
    let end = comma_after(bytes, member.end).map_or(member.end, |comma| comma + 1);
    let is_blank = |byte: &u8| *byte == b' ' || *byte == b'\t';
    let blanks_before = bytes[..member.start]
        .iter()
        .rev()
        .take_while(|byte| is_blank(byte))
        .count();
    let line_start = member.start - blanks_before;
    let starts_line = line_start == 0 || bytes[line_start - 1] == b'\n';
    let skip = |from: usize| {
        from + bytes[from..]
            .iter()
            .take_while(|byte| is_blank(byte))
            .count()
    };
    let after_blanks = skip(end);
    // Comments behind it on the same line.
    let mut after = after_blanks;
    while let Some(comment) = comment_end(bytes, after) {
        if bytes[after..comment].contains(&b'\n') {
            break;
        }
        after = skip(comment);
    }
    let line_end = if bytes[after..].starts_with(b"\r\n") {
        Some(after + 2)
    } else {
        bytes[after..].starts_with(b"\n").then_some(after + 1)
    };
    match line_end {
        Some(line_end) if starts_line => line_start..line_end,
        // The last thing on a line that other members share.
        Some(_) if after == after_blanks => line_start..end,
        _ if end > member.end => member.start..after_blanks,
        _ => line_start.max(1)..end,
    }
}

/// Where the comma behind a value is, if there is one before the next value or bracket.
fn comma_after(bytes: &[u8], end: usize) -> Option<usize> {
    let mut position = end;
    loop {
        match bytes.get(position)? {
            b',' => return Some(position),
            b'/' => position = comment_end(bytes, position)?,
            byte if byte.is_ascii_whitespace() => position += 1,
            _ => return None,
        }
    }
}

/// The text without these ranges, which may overlap and be in any order.
fn without(text: &str, mut cuts: Vec<Range<usize>>) -> String {
    cuts.sort_unstable_by_key(|cut| (cut.start, cut.end));
    let mut kept = String::with_capacity(text.len());
    let mut position = 0;
    for cut in cuts {
        if cut.start > position {
            kept.push_str(&text[position..cut.start]);
        }
        position = position.max(cut.end);
    }
    kept.push_str(&text[position..]);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn path(keys: &str) -> Vec<String> {
        keys.split('|').map(str::to_owned).collect()
    }

    fn remove(text: &str, paths: &[&str]) -> String {
        let paths: Vec<_> = paths.iter().map(|keys| path(keys)).collect();
        match remove_members(text.as_bytes(), &paths).unwrap() {
            Some(removed) => String::from_utf8(removed.bytes).unwrap(),
            None => "unchanged".to_owned(),
        }
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
            ("array", "[\n  1,\n  2,\n  3\n]", &["0", "2"], "[\n  2\n]"),
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
    fn what_was_removed_is_told() {
        let paths = [path("a|x"), path("none"), path("a")];
        let removed = remove_members(b"{\"a\": {\"x\": 1}}", &paths)
            .unwrap()
            .unwrap();
        assert_eq!(removed.removed, [path("a|x"), path("a")]);
        assert!(removed.is_empty);
        let removed = remove_members(b"{\"a\": {\"x\": 1}}", &paths[..1])
            .unwrap()
            .unwrap();
        assert!(!removed.is_empty);
    }

    #[test]
    fn broken_deep_or_foreign_text_is_an_error_and_never_quoted() {
        let error = remove_members(b"{\n\"a\": FAKE-secret}", &[path("a")])
            .err()
            .unwrap();
        assert!(
            matches!(error, EditError::NotUnderstood { line: 2, .. }),
            "{error:?}"
        );
        assert!(!error.to_string().contains("FAKE"));
        let error = members(b"{\"a\": \xff}", &[]).unwrap_err();
        assert!(
            matches!(error, EditError::NotUnderstood { .. }),
            "{error:?}"
        );
        for deep in ["[".repeat(100_000), "{\"a\":".repeat(100_000)] {
            let error = parse(deep.as_bytes()).unwrap_err();
            assert!(matches!(error, EditError::TooDeep { .. }), "{error:?}");
        }
        let strings = format!("\"{}\"", "[".repeat(1000));
        assert!(parse(strings.as_bytes()).is_ok());
    }

    #[test]
    fn members_and_values_are_read_past_comments() {
        let text = b"\xef\xbb\xbf{ // c\n \"a\": {\"x\": 1, \"y.z\": [true, null, 1.5]},\n}";
        assert_eq!(members(text, &["a"]).unwrap().unwrap(), ["x", "y.z"]);
        assert_eq!(members(text, &["a", "x"]).unwrap(), None);
        assert_eq!(members(text, &["b"]).unwrap(), None);
        let value = parse(text).unwrap();
        assert_eq!(
            value,
            serde_json::json!({"a": {"x": 1, "y.z": [true, null, 1.5]}})
        );
        assert_eq!(parse(b"").unwrap(), serde_json::Value::Null);
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
            .map(|number| vec![format!("m{number}")])
            .collect();
        let removed = remove_members(text(&all).as_bytes(), &paths)
            .unwrap()
            .unwrap();
        assert!(removed.bytes == text(&even).as_bytes());
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
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

    fn expected(mut value: serde_json::Value, path: &[String]) -> serde_json::Value {
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
            let removed = remove_members(text.as_bytes(), std::slice::from_ref(&path)).unwrap();
            let now = removed.map_or(text.clone().into_bytes(), |removed| removed.bytes);
            let want = expected(value, &path);
            let parsed: serde_json::Value = serde_json::from_slice(&now).unwrap();
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
        fn any_text_is_read_without_panic(text in "[\\[\\]{}\",:/* \n\r\\\\a1]{0,40}") {
            let _ = remove_members(text.as_bytes(), &[path("a"), path("0"), path("a|a")]);
            let _ = members(text.as_bytes(), &["a"]);
            let _ = parse(text.as_bytes());
        }
    }
}
