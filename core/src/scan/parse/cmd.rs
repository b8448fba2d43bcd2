//! Batch files of the Windows command prompt.

use std::ops::Range;

use super::super::finding::{Form, Span, ValueKind};
use super::super::text::split_lines;
use super::{Sink, Standing, Value, trim_blanks};
use crate::inventory::AssignmentState;

/// Reads a script, line by line.
pub(super) fn parse(text: &[u8], sink: &mut Sink) {
    let mut depth = 0_usize;
    for line in split_lines(text) {
        let mut range = trim_blanks(text, line);
        while range.start < range.end && matches!(text[range.start], b'@' | b' ') {
            range.start += 1;
        }
        let raw = &text[range.clone()];
        if let Some(length) = measure_comment_marker(raw) {
            let inner = trim_blanks(text, range.start + length..range.end);
            read_statement(
                text,
                inner,
                Standing::Fixed(AssignmentState::Commented),
                sink,
            );
            continue;
        }
        let is_branch = has_prefix(raw, b"if ") || has_prefix(raw, b"for ");
        let conditional = depth > 0 || is_branch;
        let inner = if is_branch {
            find_inner_command(text, &range)
        } else {
            Some(range.clone())
        };
        if let Some(inner) = inner {
            read_statement(text, inner, Standing::Exported { conditional }, sink);
        }
        if raw.last() == Some(&b'(') {
            depth += 1;
        } else if raw.first() == Some(&b')') {
            depth = depth.saturating_sub(1);
        }
    }
}

fn has_prefix(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(word))
}

fn measure_comment_marker(line: &[u8]) -> Option<usize> {
    if has_prefix(line, b"rem ") {
        Some(4)
    } else {
        line.starts_with(b"::").then_some(2)
    }
}

/// The command in `if … set NAME=value`.
fn find_inner_command(text: &[u8], range: &Range<usize>) -> Option<Range<usize>> {
    let raw = &text[range.clone()];
    let at = (0..raw.len()).find(|at| {
        let rest = &raw[*at..];
        has_prefix(rest, b" set ") || has_prefix(rest, b" setx ")
    })?;
    Some(range.start + at + 1..range.end)
}

fn read_statement(text: &[u8], range: Range<usize>, standing: Standing, sink: &mut Sink) {
    let raw = &text[range.clone()];
    let span = Span {
        in_block: standing == Standing::Exported { conditional: true },
        ..Span::whole(range.clone())
    };
    if has_prefix(raw, b"setx ") {
        let words = split_words(text, range.start + 5..range.end);
        let is_machine = words
            .iter()
            .any(|word| text[word.clone()].eq_ignore_ascii_case(b"/m"));
        let plain: Vec<&Range<usize>> = words
            .iter()
            .filter(|word| text[word.start] != b'/')
            .collect();
        let [name, value, ..] = plain.as_slice() else {
            return;
        };
        let form = if is_machine {
            Form::SetxMachine
        } else {
            Form::Setx
        };
        let value = super::posix::strip_quotes(text, (*value).clone());
        let name = &text[super::posix::strip_quotes(text, (*name).clone())];
        sink.assign(name, form, standing, span, range.clone(), || {
            classify_value(&text[value])
        });
    } else if has_prefix(raw, b"set ") {
        let inner = trim_blanks(text, range.start + 4..range.end);
        let inner = match text[inner.clone()].strip_prefix(b"\"") {
            Some(rest) => {
                let length = rest.iter().rposition(|byte| *byte == b'"');
                let start = inner.start + 1;
                start..start + length.unwrap_or(rest.len())
            }
            None => inner,
        };
        let Some(equals) = text[inner.clone()].iter().position(|byte| *byte == b'=') else {
            return;
        };
        let (name, value) = (
            inner.start..inner.start + equals,
            inner.start + equals + 1..inner.end,
        );
        if value.is_empty() {
            // `set NAME=` takes the variable away.
            if standing == (Standing::Exported { conditional: false }) {
                sink.unset(&text[name]);
            }
            return;
        }
        let form = Form::CmdSet;
        sink.assign(&text[name], form, standing, span, range.clone(), || {
            classify_value(&text[value])
        });
    }
}

fn classify_value(value: &[u8]) -> Value {
    let is_variable =
        value.len() > 2 && value.first() == Some(&b'%') && value.last() == Some(&b'%');
    if is_variable {
        Value::other(ValueKind::Variable)
    } else {
        Value::literal(value)
    }
}

/// Words by blanks; only `"` quotes.
fn split_words(text: &[u8], range: Range<usize>) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = range.start;
    while at < range.end {
        if text[at].is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let start = at;
        let mut is_quoted = false;
        while at < range.end && (is_quoted || !text[at].is_ascii_whitespace()) {
            is_quoted ^= text[at] == b'"';
            at += 1;
        }
        words.push(start..at);
    }
    words
}
