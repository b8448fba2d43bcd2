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

/// The content with these texts of the outermost object replaced, each by its key; every other byte
/// stays. `None` if none of them is a text there.
pub fn replace_texts(bytes: &[u8], members: &[(&str, &str)]) -> Result<Option<Vec<u8>>, EditError> {
    let text = checked(bytes)?;
    let Some(Value::Object(object)) = parse_value(text)? else {
        return Ok(None);
    };
    let start = bytes.len() - text.len();
    let mut new = bytes[..start].to_vec();
    let mut at = 0;
    for property in &object.properties {
        let name = property.name.as_str();
        let wanted = members.iter().find(|(key, _)| *key == name);
        if let (Some((_, value)), Value::StringLit(old)) = (wanted, &property.value) {
            new.extend_from_slice(&text.as_bytes()[at..old.range.start]);
            new.extend_from_slice(serde_json::Value::from(*value).to_string().as_bytes());
            at = old.range.end;
        }
    }
    new.extend_from_slice(&text.as_bytes()[at..]);
    Ok((at > 0).then_some(new))
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

/// The paths of those elements of an array whose members have these texts, and that have members of
/// these names. `keys` lead to the array; empty if it is the outermost value.
pub fn elements(
    bytes: &[u8],
    keys: &[String],
    matching: &[(String, String)],
    holding: &[String],
) -> Result<Vec<Vec<String>>, EditError> {
    let is_meant = |element: &serde_json::Value| {
        let has_text = |(key, text): &(String, String)| {
            element.get(key).and_then(serde_json::Value::as_str) == Some(text)
        };
        matching.iter().all(has_text) && holding.iter().all(|key| element.get(key).is_some())
    };
    elements_where(bytes, keys, is_meant)
}

/// The paths of a text in the array of texts that `keys` lead to.
///
/// # Errors
///
/// If the file cannot be understood.
pub fn texts(bytes: &[u8], keys: &[String], text: &str) -> Result<Vec<Vec<String>>, EditError> {
    elements_where(bytes, keys, |element| element.as_str() == Some(text))
}

fn elements_where(
    bytes: &[u8],
    keys: &[String],
    is_meant: impl Fn(&serde_json::Value) -> bool,
) -> Result<Vec<Vec<String>>, EditError> {
    let root = parse(bytes)?;
    let array = keys
        .iter()
        .try_fold(&root, |value, key| value.get(key.as_str()))
        .and_then(serde_json::Value::as_array);
    Ok(array
        .into_iter()
        .flatten()
        .enumerate()
        .filter(|(_, element)| is_meant(element))
        .map(|(position, _)| keys.iter().cloned().chain([position.to_string()]).collect())
        .collect())
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
        // The parser ends it at a carriage return alone, too.
        let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
        let length = rest.iter().position(is_end).unwrap_or(rest.len());
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
            cuts.push(extent(text, &item.range));
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
                .is_some_and(|last| comma_after(text, last.range.end).is_some());
            if let Some(comma) = comma_after(text, items[kept].range.end)
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
fn extent(text: &str, member: &Range<usize>) -> Range<usize> {
    let bytes = text.as_bytes();
    let end = comma_after(text, member.end).map_or(member.end, |comma| comma + 1);
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

/// Where the comma behind a value is, if there is one before the next value or bracket. What the
/// parser passes over is passed over: any white space of Unicode.
fn comma_after(text: &str, end: usize) -> Option<usize> {
    let mut position = end;
    loop {
        match text.get(position..)?.chars().next()? {
            ',' => return Some(position),
            '/' => position = comment_end(text.as_bytes(), position)?,
            blank if blank.is_whitespace() => position += blank.len_utf8(),
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
mod tests;
