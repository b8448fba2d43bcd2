//! JSON. Comments and a comma after the last member are accepted, as editors' settings files have
//! them.
//!
//! What belongs to a member when it is removed:
//!
//! - if it has its lines to itself: these lines, with a comment behind it;
//! - otherwise: the member, its comma and the white space up to the next one;
//! - if it was the last one: the comma of the one before it.
//!
//! Comments on lines of their own stay. An object or array in which nothing but white space is
//! left becomes `{}` or `[]`.

use jsonc_parser::ast::Value;
use jsonc_parser::common::{Range, Ranged as _};
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use super::cut::{Comments, comment_end};
use super::tree::{Cut, Node, Shape};
use super::{DEPTH_LIMIT, bom_length, not_understood, text_of};
use crate::io::files::EditError;
use crate::secret::Secret;

/// The longest text that is parsed, in bytes: chats and caches are kept in such files, too.
pub const SIZE_LIMIT: usize = 64 * 1024 * 1024;

/// Reads a text with comments as a value, for discovery. An empty text is `null`.
pub fn parse(bytes: &[u8]) -> Result<serde_json::Value, EditError> {
    let text = check_text(bytes)?;
    Ok(parse_value(text)?.map_or(serde_json::Value::Null, to_value))
}

/// As deep as the text is nested, which has been limited.
fn to_value(parsed: Value<'_>) -> serde_json::Value {
    match parsed {
        Value::StringLit(text) => text.value.into_owned().into(),
        Value::NumberLit(number) => serde_json::from_str(number.value).unwrap_or_default(),
        Value::BooleanLit(boolean) => boolean.value.into(),
        Value::NullKeyword(_) => serde_json::Value::Null,
        Value::Array(array) => array.elements.into_iter().map(to_value).collect(),
        Value::Object(object) => object
            .properties
            .into_iter()
            .map(|property| (property.name.into_string(), to_value(property.value)))
            .collect(),
    }
}

pub(super) fn read_node(bytes: &[u8]) -> Result<Node, EditError> {
    let text = check_text(bytes)?;
    let base = bytes.len() - text.len();
    Ok(parse_value(text)?.map_or_else(Node::null, |value| to_node(value, base)))
}

/// As deep as the text is nested, which has been limited. `base` is the length of what stands
/// before the text.
fn to_node(value: Value<'_>, base: usize) -> Node {
    let place = |range: Range| base + range.start..base + range.end;
    let range = place(value.range());
    let item = |value: Value<'_>, range: Range| Node {
        cut: Cut::Item(place(range)),
        ..to_node(value, base)
    };
    let shape = match value {
        Value::StringLit(text) => Shape::Text(Secret::new(text.value.into_owned())),
        Value::NumberLit(number) => Shape::Other(number.value.to_owned()),
        Value::BooleanLit(boolean) => Shape::Boolean(boolean.value),
        Value::NullKeyword(_) => Shape::Null,
        Value::Array(array) => {
            let elements = array.elements.into_iter();
            Shape::List(
                elements
                    .map(|element| {
                        let range = element.range();
                        item(element, range)
                    })
                    .collect(),
            )
        }
        Value::Object(object) => {
            let properties = object.properties.into_iter();
            Shape::Map(
                properties
                    .map(|property| {
                        let value = item(property.value, property.range);
                        (property.name.into_string(), value)
                    })
                    .collect(),
            )
        }
    };
    Node {
        range: Some(range),
        ..Node::new(shape)
    }
}

/// The text without a byte order mark, if it is of a size and depth that the parser may see.
fn check_text(bytes: &[u8]) -> Result<&str, EditError> {
    if bytes.len() > SIZE_LIMIT {
        return Err(EditError::TooLarge { limit: SIZE_LIMIT });
    }
    let text = &text_of(bytes)?[bom_length(bytes)..];
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
            b'/' => {
                let end = comment_end(bytes, position, Comments::Slashes);
                position = end.unwrap_or(position + 1);
            }
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
            let before = &text.as_bytes()[..error.range().start.min(text.len())];
            // The kind only: the message may quote the text.
            not_understood(before, "this is not JSON".to_owned())
        })
}

/// The text with an object below the keys of `path`, and in it a member of that name and value, where one
/// is given. Every other byte stays, comments too.
///
/// # Errors
///
/// If it is no JSON, or something else than an object stands on the way.
pub fn set_member(
    bytes: &[u8],
    path: &[&str],
    member: Option<(&str, &str)>,
) -> Result<Vec<u8>, EditError> {
    use jsonc_parser::cst::{CstInputValue, CstRootNode};
    let text = check_text(bytes)?;
    let text = if text.trim().is_empty() { "{}\n" } else { text };
    let root = CstRootNode::parse(text, &ParseOptions::default())
        .map_err(|_| EditError::Refused("it is no JSON".to_owned()))?;
    let not_object = || EditError::Refused(format!("{} is no object in it", path.join(".")));
    let mut object = root.object_value().ok_or_else(not_object)?;
    for key in path {
        object = object.object_value_or_create(key).ok_or_else(not_object)?;
    }
    if let Some((name, value)) = member {
        let value = CstInputValue::String(value.to_owned());
        match object.get(name) {
            Some(member) => member.set_value(value),
            None => drop(object.append(name, value)),
        }
    }
    let mut edited = bytes[..bytes.len() - check_text(bytes)?.len()].to_vec();
    edited.extend_from_slice(root.to_string().as_bytes());
    Ok(edited)
}
