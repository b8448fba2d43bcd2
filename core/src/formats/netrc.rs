//! `.netrc`, as curl, Python and GNU inetutils read it.
//!
//! Where they do not agree, the reading is the one that removes less: a `macdef` goes to the first
//! empty line, whatever stands in it; a `#` begins a comment only where a word of the format could
//! stand, never in a password.
//!
//! An entry is removed from its `machine` or `default` to its last value, comments in between
//! included; macros stay.

use std::ops::Range;

use super::cut;
use super::tree::{Cut, Node, Shape};

/// A word and its place.
struct Token {
    text: String,
    range: Range<usize>,
    is_quoted: bool,
}

/// An entry whose end has not been seen.
struct Entry {
    /// The machine; `None` for `default`.
    machine: Option<String>,
    range: Range<usize>,
    members: Vec<(String, Node)>,
}

#[derive(Default)]
struct Found {
    machines: Vec<(String, Node)>,
    defaults: Vec<Node>,
    macros: Vec<(String, Node)>,
}

pub(super) fn read_node(bytes: &[u8]) -> Node {
    let mut found = Found::default();
    let mut open: Option<Entry> = None;
    let mut position = super::bom_length(bytes);
    while let Some(token) = read_token(bytes, position) {
        position = token.range.end;
        if token.text.starts_with('#') && !token.is_quoted {
            position = cut::line_end(bytes, token.range.start);
            continue;
        }
        match token.text.as_str() {
            "machine" => {
                found.close(bytes, open.take());
                let Some(name) = read_token(bytes, position) else {
                    break;
                };
                position = name.range.end;
                open = Some(Entry {
                    machine: Some(name.text),
                    range: token.range.start..position,
                    members: Vec::new(),
                });
            }
            "default" => {
                found.close(bytes, open.take());
                open = Some(Entry {
                    machine: None,
                    range: token.range,
                    members: Vec::new(),
                });
            }
            "macdef" => {
                found.close(bytes, open.take());
                position = found.take_macro(bytes, &token);
            }
            word => {
                let value = value_of(bytes, word, position);
                let end = value.as_ref().map_or(position, |value| value.range.end);
                position = end;
                if let Some(entry) = &mut open {
                    entry.range.end = end;
                    let node = value.map_or_else(Node::null, |value| Node::of_text(value.text));
                    let range = find_extent(bytes, &(token.range.start..end));
                    entry
                        .members
                        .push((normalize_keyword(word).to_owned(), node.cut_at(range)));
                }
            }
        }
    }
    found.close(bytes, open);
    found.into_node()
}

/// The word behind a keyword. One that is not known may have none.
fn value_of(bytes: &[u8], keyword: &str, position: usize) -> Option<Token> {
    let value = read_token(bytes, position)?;
    let is_known = normalize_keyword(keyword) != keyword
        || matches!(
            keyword,
            "login" | "password" | "account" | "port" | "protocol"
        );
    let is_entry = !value.is_quoted
        && (matches!(value.text.as_str(), "machine" | "default" | "macdef")
            || value.text.starts_with('#'));
    (is_known || !is_entry).then_some(value)
}

/// One word for each field.
fn normalize_keyword(keyword: &str) -> &str {
    match keyword {
        "user" | "username" => "login",
        "passwd" | "secret" => "password",
        other => other,
    }
}

impl Found {
    fn close(&mut self, bytes: &[u8], entry: Option<Entry>) {
        let Some(entry) = entry else {
            return;
        };
        let mut node =
            Node::new(Shape::Map(entry.members)).cut_at(find_extent(bytes, &entry.range));
        node.is_repeated = true;
        match entry.machine {
            Some(machine) => self.machines.push((machine, node)),
            None => self.defaults.push(node),
        }
    }

    /// Takes a macro: its name, and all lines up to an empty one. Where reading goes on.
    fn take_macro(&mut self, bytes: &[u8], keyword: &Token) -> usize {
        let line_end = cut::line_end(bytes, keyword.range.end);
        let name = read_token(bytes, keyword.range.end).filter(|name| name.range.end <= line_end);
        let mut end = line_end;
        let mut position = line_end;
        while position < bytes.len() {
            let next = cut::line_end(bytes, position);
            if cut::trim_line_end(bytes, &(position..next)).is_empty() {
                position = next;
                break;
            }
            (position, end) = (next, next);
        }
        let text = String::from_utf8_lossy(&bytes[line_end..end]).into_owned();
        let range = keyword.range.start..end;
        let range = cut::own_lines(bytes, &range, None).unwrap_or(range);
        let name = name.map_or_else(String::new, |name| name.text);
        self.macros.push((name, Node::of_text(text).cut_at(range)));
        position
    }

    fn into_node(self) -> Node {
        let group = |members: Vec<(String, Node)>| {
            let mut node = Node::new(Shape::Map(members));
            node.cut = Cut::Never("entries are removed one by one");
            node
        };
        let mut members = Vec::new();
        if !self.machines.is_empty() {
            members.push(("machine".to_owned(), group(self.machines)));
        }
        for default in self.defaults {
            members.push(("default".to_owned(), default));
        }
        if !self.macros.is_empty() {
            members.push(("macdef".to_owned(), group(self.macros)));
        }
        Node::new(Shape::Map(members))
    }
}

/// What goes with some words: their lines if they have them to themselves, else the blanks that
/// keep them from their neighbours.
fn find_extent(bytes: &[u8], words: &Range<usize>) -> Range<usize> {
    if let Some(lines) = cut::own_lines(bytes, words, Some(b'#')) {
        return lines;
    }
    let after = bytes[words.end..]
        .iter()
        .take_while(|byte| cut::is_blank(**byte))
        .count();
    let next = words.end + after;
    let is_last = bytes
        .get(next)
        .is_none_or(|byte| cut::is_line_end(*byte) || *byte == b'#');
    if !is_last {
        return words.start..next;
    }
    let before = bytes[..words.start]
        .iter()
        .rev()
        .take_while(|byte| cut::is_blank(**byte))
        .count();
    words.start - before..words.end
}

/// The next word: up to white space, or in double quotes with backslashes, as curl has it.
fn read_token(bytes: &[u8], from: usize) -> Option<Token> {
    let start = from
        + bytes
            .get(from..)?
            .iter()
            .position(|byte| !byte.is_ascii_whitespace())?;
    if bytes[start] == b'"'
        && let Some(token) = read_quoted_token(bytes, start)
    {
        return Some(token);
    }
    let length = bytes[start..]
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(bytes.len() - start);
    Some(Token {
        text: String::from_utf8_lossy(&bytes[start..start + length]).into_owned(),
        range: start..start + length,
        is_quoted: false,
    })
}

/// A word in quotes; `None` if they are not closed in its line.
fn read_quoted_token(bytes: &[u8], start: usize) -> Option<Token> {
    let mut text = Vec::new();
    let mut position = start + 1;
    loop {
        match *bytes.get(position)? {
            b'"' => {
                return Some(Token {
                    text: String::from_utf8_lossy(&text).into_owned(),
                    range: start..position + 1,
                    is_quoted: true,
                });
            }
            b'\\' => {
                position += 1;
                text.push(match *bytes.get(position)? {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    other if cut::is_line_end(other) => return None,
                    other => other,
                });
            }
            byte if cut::is_line_end(byte) => return None,
            byte => text.push(byte),
        }
        position += 1;
    }
}
