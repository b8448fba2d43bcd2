//! Java's properties, as `java.util.Properties.load` reads them: comments with `#` and `!`, `=`, `:`
//! or white space behind the key, escapes, and a backslash that continues a line. A property goes
//! with all its lines.

use super::cut;
use super::tree::{Node, Shape};

pub(super) fn read_node(bytes: &[u8]) -> Node {
    let lines = cut::split_lines(bytes);
    let mut members = Vec::new();
    let mut number = 0;
    while let Some(line) = lines.get(number) {
        let first = number;
        number += 1;
        let mut logical = text_of_line(bytes, &bytes[cut::trim_line_end(bytes, line)]);
        if logical.is_empty() || logical.starts_with(['#', '!']) {
            continue;
        }
        while ends_with_escape(&logical) {
            logical.pop();
            let Some(line) = lines.get(number) else {
                break;
            };
            logical.push_str(&text_of_line(
                bytes,
                &bytes[cut::trim_line_end(bytes, line)],
            ));
            number += 1;
        }
        let (key, value) = split_property(&logical);
        let range = lines[first].start..lines[number - 1].end;
        members.push((
            unescape_text(key),
            Node::of_text(unescape_text(value)).cut_at(range),
        ));
    }
    Node::new(Shape::Map(members))
}

/// A line without the white space before it: UTF-8, or Latin-1 if the file is not UTF-8.
fn text_of_line(file: &[u8], line: &[u8]) -> String {
    let text = match std::str::from_utf8(line) {
        Ok(text) if std::str::from_utf8(file).is_ok() => text.to_owned(),
        _ => line.iter().map(|byte| char::from(*byte)).collect(),
    };
    text.trim_start_matches(is_space).to_owned()
}

const fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\u{c}')
}

fn ends_with_escape(text: &str) -> bool {
    text.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// The key and the value, still escaped.
fn split_property(line: &str) -> (&str, &str) {
    let mut is_escaped = false;
    let end = line
        .find(|character| {
            let is_end = !is_escaped && (matches!(character, '=' | ':') || is_space(character));
            is_escaped = character == '\\' && !is_escaped;
            is_end
        })
        .unwrap_or(line.len());
    let value = line[end..].trim_start_matches(is_space);
    let value = value.strip_prefix(['=', ':']).unwrap_or(value);
    (&line[..end], value.trim_start_matches(is_space))
}

fn unescape_text(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            result.push(character);
            continue;
        }
        match rest.next() {
            Some('n') => result.push('\n'),
            Some('r') => result.push('\r'),
            Some('t') => result.push('\t'),
            Some('f') => result.push('\u{c}'),
            Some('u') => {
                let digits: String = rest.clone().take(4).collect();
                let unit = u32::from_str_radix(&digits, 16).ok();
                // Half of a pair of surrogates is no character by itself.
                match unit.filter(|_| digits.len() == 4).and_then(char::from_u32) {
                    Some(character) => {
                        result.push(character);
                        rest.nth(3);
                    }
                    None => result.push('u'),
                }
            }
            Some(other) => result.push(other),
            None => {}
        }
    }
    result
}
