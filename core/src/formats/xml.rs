//! XML, read by `quick-xml`. An element is a map of its attributes and elements, or its text if it
//! has nothing else. Namespaces are not looked at; names stand as they are written.
//!
//! An element goes with its lines if it has them to itself. A document that declares entities is
//! refused: what its text means could stand elsewhere.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesRef, Event};

use super::tree::{Cut, Node, Shape};
use super::{DEPTH_LIMIT, bom_length, cut, not_understood};
use crate::io::files::EditError;

/// An element whose end has not been seen.
struct Open {
    name: String,
    start: usize,
    members: Vec<(String, Node)>,
    text: String,
}

pub(super) fn read_node(text: &str) -> Result<Node, EditError> {
    let base = bom_length(text.as_bytes());
    let bytes = text.as_bytes();
    // The reader passes over a byte order mark without counting it: behind the first there may be none.
    if bom_length(&bytes[base..]) > 0 {
        let message = "this is not XML".to_owned();
        return Err(not_understood(&bytes[..base], message));
    }
    let mut reader = Reader::from_str(&text[base..]);
    let mut open: Vec<Open> = Vec::new();
    let mut top: Vec<(String, Node)> = Vec::new();
    let position = |reader: &Reader<&[u8]>| {
        let read = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        base.saturating_add(read).min(text.len())
    };
    loop {
        let start = position(&reader);
        let event = reader
            .read_event()
            .map_err(|_| not_understood(&bytes[..start], "this is not XML".to_owned()))?;
        let range = start..position(&reader);
        match event {
            Event::Start(_) | Event::Empty(_) => {
                let is_whole = matches!(event, Event::Empty(_));
                let element = read_start_tag(text, &range)?;
                if is_whole {
                    close_element(bytes, element, range.end, &mut open, &mut top);
                } else if open.len() >= DEPTH_LIMIT - 2 {
                    return Err(EditError::TooDeep { limit: DEPTH_LIMIT });
                } else {
                    open.push(element);
                }
            }
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    close_element(bytes, element, range.end, &mut open, &mut top);
                }
            }
            Event::Text(_) | Event::CData(_) => {
                if let Some(element) = open.last_mut() {
                    let content = &text[range];
                    let inside = content
                        .strip_prefix("<![CDATA[")
                        .and_then(|content| content.strip_suffix("]]>"));
                    element.text.push_str(inside.unwrap_or(content));
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&resolve_reference(&reference));
                }
            }
            Event::DocType(_) if text[range.clone()].contains('[') => {
                return Err(not_understood(
                    &bytes[..start],
                    "this document declares entities of its own".to_owned(),
                ));
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => break,
        }
    }
    if let Some(element) = open.pop() {
        return Err(not_understood(
            &bytes[..element.start],
            "this element has no end".to_owned(),
        ));
    }
    Ok(Node::new(Shape::Map(top)))
}

fn resolve_reference(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.to_string();
    }
    let written = format!("&{};", reference.xml10_content());
    match unescape(&written) {
        Ok(text) => text.into_owned(),
        Err(_) => written,
    }
}

/// The name and the attributes of a start tag.
fn read_start_tag(text: &str, tag: &Range<usize>) -> Result<Open, EditError> {
    let failed = |at: usize| {
        let before = &text.as_bytes()[..at.min(text.len())];
        not_understood(before, "this is not a start tag".to_owned())
    };
    let inside = text[tag.clone()].trim_start_matches('<');
    let inside = inside.trim_end_matches('>').trim_end_matches('/');
    let name_end = inside
        .find(|c: char| c.is_ascii_whitespace())
        .unwrap_or(inside.len());
    let mut members = Vec::new();
    let mut position = name_end;
    loop {
        let rest = &inside[position..];
        let key = rest.trim_ascii_start();
        if key.is_empty() {
            break;
        }
        let from = tag.start + 1 + position;
        let failed = || failed(from);
        let (name, value) = key.split_once('=').ok_or_else(failed)?;
        let name = name.trim_ascii_end();
        let value = value.trim_ascii_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let quote = quote.ok_or_else(failed)?;
        let length = value[1..].find(quote).ok_or_else(failed)?;
        let content = &value[1..=length];
        let after = &value[length + 2..];
        position = inside.len() - after.len();
        let content =
            unescape(content).map_or_else(|_| content.to_owned(), std::borrow::Cow::into_owned);
        let node = Node::of_text(content).cut_at(from..tag.start + 1 + position);
        members.push((format!("@{name}"), node));
    }
    Ok(Open {
        name: inside[..name_end].to_owned(),
        start: tag.start,
        members,
        text: String::new(),
    })
}

/// Puts a finished element where it belongs.
fn close_element(
    bytes: &[u8],
    element: Open,
    end: usize,
    open: &mut [Open],
    top: &mut Vec<(String, Node)>,
) {
    let Open {
        name,
        start,
        mut members,
        text,
    } = element;
    let text = text.trim();
    let shape = if text.is_empty() {
        Shape::Map(members)
    } else {
        let mut node = Node::of_text(text.to_owned());
        if members.is_empty() {
            node.shape
        } else {
            node.cut = Cut::Never("the text of an element cannot be removed without the element");
            members.push(("#text".to_owned(), node));
            Shape::Map(members)
        }
    };
    let range = start..end;
    let range = cut::own_lines(bytes, &range, None).unwrap_or(range);
    let mut node = Node::new(shape).cut_at(range);
    node.is_repeated = true;
    match open.last_mut() {
        Some(parent) => parent.members.push((name, node)),
        None => top.push((name, node)),
    }
}
