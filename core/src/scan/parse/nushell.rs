//! Nushell.

use std::ops::Range;

use super::super::finding::{Form, Span, ValueKind};
use super::super::text::split_lines;
use super::{Event, Follow, HOME, How, Sink, Standing, Value, name_end, trim_blanks};
use crate::inventory::AssignmentState;

/// Reads a script, line by line.
pub(super) fn parse(text: &[u8], sink: &mut Sink) {
    let mut depth = 0_usize;
    for line in split_lines(text) {
        let mut range = trim_blanks(text, line);
        let mut standing = Standing::Exported {
            conditional: depth > 0,
        };
        while range.start < range.end && matches!(text[range.start], b'#' | b' ') {
            standing = Standing::Fixed(AssignmentState::Commented);
            range.start += 1;
        }
        read_statement(text, range.clone(), standing, sink);
        if standing != Standing::Fixed(AssignmentState::Commented) {
            depth = count_braces(&text[range], depth);
        }
    }
}

/// The depth behind a line; braces in strings do not count.
fn count_braces(line: &[u8], mut depth: usize) -> usize {
    let mut quote = None;
    for byte in line {
        match (quote, *byte) {
            (None, b'"' | b'\'' | b'`') => quote = Some(*byte),
            (Some(open), byte) if open == byte => quote = None,
            (None, b'#') => break,
            (None, b'{') => depth += 1,
            (None, b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    depth
}

fn read_statement(text: &[u8], range: Range<usize>, standing: Standing, sink: &mut Sink) {
    let raw = &text[range.clone()];
    let start = |word: &[u8]| raw.starts_with(word).then_some(range.start + word.len());
    if let Some(name) = start(b"$env.").or_else(|| start(b"let-env ")) {
        let end = name_end(text, name);
        let rest = trim_blanks(text, end.min(range.end)..range.end);
        if !rest.is_empty() && text[rest.start] == b'=' {
            let value = trim_blanks(text, rest.start + 1..range.end);
            sink.line(&text[name..end], Form::NuEnv, standing, range, || {
                classify_value(text, value)
            });
        }
    } else if let Some(at) = start(b"load-env ") {
        read_record(text, at..range.end, &range, standing, sink);
    } else if let Some(name) = start(b"hide-env ") {
        if standing == (Standing::Exported { conditional: false }) {
            sink.unset(&text[name..name_end(text, name)]);
        }
    } else if let Some(path) = start(b"source ").or_else(|| start(b"source-env "))
        && matches!(standing, Standing::Exported { .. })
    {
        let path = trim_blanks(text, path..range.end);
        sink.events.push(Event::Follow(Follow {
            target: resolve_target(&text[path]),
            how: How::Source,
            optional: false,
            conditional: false,
            at: range.start,
        }));
    }
}

/// The members of `{ NAME: value, … }` on one line.
fn read_record(
    text: &[u8],
    range: Range<usize>,
    statement: &Range<usize>,
    standing: Standing,
    sink: &mut Sink,
) {
    let mut at = range.start;
    let mut members = Vec::new();
    while at < range.end {
        if !text[at].is_ascii_alphabetic() && text[at] != b'_' {
            at += 1;
            continue;
        }
        let end = name_end(text, at);
        let rest = trim_blanks(text, end..range.end);
        if rest.is_empty() || text[rest.start] != b':' {
            at = end.max(at + 1);
            continue;
        }
        let value = trim_blanks(text, rest.start + 1..range.end);
        let value = value.start..value_end(text, &value);
        members.push((at..end, value.clone()));
        at = value.end.max(end + 1);
    }
    let items = members.len();
    for (name, value) in members {
        let item = name.start..value.end;
        let span = Span {
            item: item.clone(),
            statement: statement.clone(),
            items,
            in_block: false,
            is_fixed: items > 1,
            is_nested: false,
        };
        let name = &text[name];
        sink.assign(name, Form::NuLoadEnv, standing, span, item, || {
            classify_value(text, value)
        });
    }
}

fn value_end(text: &[u8], range: &Range<usize>) -> usize {
    if let Some(quote @ (b'"' | b'\'' | b'`')) = text.get(range.start) {
        let rest = &text[range.start + 1..range.end];
        let length = rest.iter().position(|byte| byte == quote);
        length.map_or(range.end, |length| range.start + length + 2)
    } else {
        let rest = &text[range.clone()];
        let length = rest.iter().position(|byte| matches!(byte, b',' | b'}'));
        range.start + length.unwrap_or(rest.len())
    }
}

fn classify_value(text: &[u8], range: Range<usize>) -> Value {
    let raw = &text[range];
    match raw.first() {
        Some(b'(') => {
            let reads = raw[1..].trim_ascii_start().starts_with(b"open ");
            Value::other(if reads {
                ValueKind::File
            } else {
                ValueKind::Command
            })
        }
        Some(b'$') if raw.get(1).is_some_and(u8::is_ascii_alphabetic) => {
            Value::other(ValueKind::Variable)
        }
        Some(quote @ (b'"' | b'\'' | b'`')) => {
            let rest = &raw[1..];
            let length = rest.iter().position(|byte| byte == quote);
            Value::literal(&rest[..length.unwrap_or(rest.len())])
        }
        _ => Value::literal(raw),
    }
}

fn resolve_target(path: &[u8]) -> Option<Vec<u8>> {
    let path = path
        .strip_prefix(b"\"")
        .and_then(|path| path.strip_suffix(b"\""))
        .unwrap_or(path);
    let path = match path.strip_prefix(b"~/") {
        Some(rest) => [&[HOME, b'/'], rest].concat(),
        None => path.to_vec(),
    };
    let is_known = !path.iter().any(|byte| b"$()*?\"'".contains(byte));
    (is_known && !path.is_empty()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_in_strings_do_not_count() {
        assert_eq!(count_braces(b"def x [] { '{' # {", 0), 1);
        assert_eq!(count_braces(b"}}", 1), 0);
    }
}
