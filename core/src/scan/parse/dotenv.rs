//! `.env` files. There are many readers of them; this one accepts what any of the common ones does.

use std::ops::Range;

use super::super::finding::{Form, ValueKind};
use super::super::text::line_end;
use super::{Sink, Standing, Value, trim_blanks};
use crate::inventory::AssignmentState;

/// Reads a file.
pub(super) fn parse(text: &[u8], form: Form, sink: &mut Sink) {
    let mut at = 0;
    while at < text.len() {
        let end = line_end(text, at);
        let line = trim_blanks(text, at..end);
        let read = if text.get(line.start) == Some(&b'#') {
            let mut start = line.start;
            while start < line.end && matches!(text[start], b'#' | b' ' | b'\t') {
                start += 1;
            }
            let standing = Standing::Fixed(AssignmentState::Commented);
            read_entry(text, start..line.end, line.end, form, standing, sink);
            line.end
        } else {
            let standing = Standing::Exported { conditional: false };
            read_entry(text, line.clone(), text.len(), form, standing, sink)
        };
        let behind = line_end(text, read.max(end));
        at = behind + 1;
        while at < text.len() && text[at - 1] != b'\n' {
            at += 1;
        }
    }
}

/// The names in a file that get a value, whether they are of interest or not.
pub(in crate::scan) fn list_names(text: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let line = trim_blanks(text, at..line_end(text, at));
        let mut end = line.end;
        if let Some(entry) = read_assignment(text, line, text.len()) {
            end = entry.end.max(end);
            if !entry.value.is_empty() {
                names.push(String::from_utf8_lossy(&text[entry.name]).into_owned());
            }
        }
        at = line_end(text, end.max(at)) + 1;
    }
    names
}

/// One `NAME=value`.
struct Assignment {
    name: Range<usize>,
    /// Without its quotes.
    value: Range<usize>,
    quote: Option<u8>,
    end: usize,
}

/// Reads one entry; where it ends.
fn read_entry(
    text: &[u8],
    line: Range<usize>,
    limit: usize,
    form: Form,
    standing: Standing,
    sink: &mut Sink,
) -> usize {
    let start = line.start;
    let Some(found) = read_assignment(text, line.clone(), limit) else {
        return line.end;
    };
    let Assignment {
        name,
        value,
        quote,
        end,
    } = found;
    sink.line(&text[name], form, standing, start..end, || {
        classify_value(&text[value], quote)
    });
    end
}

fn read_assignment(text: &[u8], line: Range<usize>, limit: usize) -> Option<Assignment> {
    let mut start = line.start;
    for word in [&b"export "[..], b"set "] {
        if text[start..line.end].starts_with(word) {
            start = trim_blanks(text, start + word.len()..line.end).start;
        }
    }
    let name = start
        + text[start..line.end]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte))
            .count();
    let blanks = text[name..line.end]
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let separator = name + blanks;
    let is_assignment = match text.get(separator).filter(|_| separator < line.end) {
        Some(b'=') => true,
        // `NAME: value`, but not a URL or a sentence in a comment.
        Some(b':') => blanks == 0 && text.get(separator + 1) == Some(&b' '),
        _ => false,
    };
    if !is_assignment || name == start {
        return None;
    }
    let value = trim_blanks(text, separator + 1..line.end);
    let (value, end, quote) = read_value(text, value, limit);
    Some(Assignment {
        name: start..name,
        value,
        quote,
        end,
    })
}

/// The value's own range, where the entry ends, and the quote around it.
fn read_value(text: &[u8], line: Range<usize>, limit: usize) -> (Range<usize>, usize, Option<u8>) {
    if let Some(quote @ (b'"' | b'\'' | b'`')) = text.get(line.start).filter(|_| !line.is_empty()) {
        let mut at = line.start + 1;
        while at < limit {
            match text[at] {
                b'\\' if *quote == b'"' => at += 2,
                byte if byte == *quote => return (line.start + 1..at, at + 1, Some(*quote)),
                _ => at += 1,
            }
        }
    }
    let mut end = line.start;
    while end < line.end {
        let is_comment =
            text[end] == b'#' && end > line.start && matches!(text[end - 1], b' ' | b'\t');
        if is_comment {
            break;
        }
        end += 1;
    }
    let value = trim_blanks(text, line.start..end);
    let end = value.end.max(line.start);
    (value, end, None)
}

fn classify_value(text: &[u8], quote: Option<u8>) -> Value {
    if quote != Some(b'\'') {
        if text.starts_with(b"$(") {
            return Value::other(ValueKind::Command);
        }
        let is_variable = text.first() == Some(&b'$')
            && text
                .get(1)
                .is_some_and(|byte| byte.is_ascii_alphabetic() || b"_{".contains(byte));
        if is_variable {
            return Value::other(ValueKind::Variable);
        }
    }
    Value::literal(text)
}
