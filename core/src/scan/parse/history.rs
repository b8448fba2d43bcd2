//! Typed lines: histories of bash, zsh and fish.

use std::ops::Range;

use super::super::finding::{Form, Span, Syntax, ValueKind};
use super::super::text::split_lines;
use super::posix::{Mode, parse_text};
use super::{Assignment, Event, Sink, Standing, Value};
use crate::inventory::AssignmentState;
use crate::names::{Known, NameKind};

/// Reads a history, line by line.
pub(super) fn parse(text: &[u8], sink: &mut Sink) {
    for line in split_lines(text) {
        let body = find_command(text, &line);
        let raw = &text[body.clone()];
        let before = sink.events.len();
        let mode = Mode {
            state: Some(AssignmentState::History),
            form: Some(Form::History),
            is_fixed: false,
            is_nested: false,
        };
        parse_text(text, body.clone(), Syntax::Sh, mode, sink);
        // fish has its own way to set.
        if raw.starts_with(b"set ") {
            read_fish_set(text, &body, sink);
        }
        if let Some(value) = find_bearer_token(raw) {
            sink.events.push(Event::Assign(Assignment {
                name: None,
                known: Known {
                    provider: None,
                    kind: NameKind::BearerHeader,
                },
                form: Form::History,
                standing: Standing::Fixed(AssignmentState::History),
                value: Value::literal(value),
                span: Span::whole(line.clone()),
                shown: line.clone(),
            }));
        }
        // Whatever was found, the whole line is what goes.
        for event in &mut sink.events[before..] {
            if let Event::Assign(found) = event {
                found.span = Span::whole(line.clone());
                found.shown = line.clone();
            }
        }
        sink.events
            .retain(|event| matches!(event, Event::Assign(_)));
    }
}

/// The command in a line: behind `: 1700000000:0;` of zsh, or `- cmd: ` of fish.
fn find_command(text: &[u8], line: &Range<usize>) -> Range<usize> {
    let raw = &text[line.clone()];
    if let Some(rest) = raw.strip_prefix(b"- cmd: ") {
        return line.end - rest.len()..line.end;
    }
    if let Some(rest) = raw.strip_prefix(b": ") {
        let stamp = rest
            .iter()
            .take_while(|byte| byte.is_ascii_digit() || **byte == b':')
            .count();
        if rest.get(stamp) == Some(&b';') {
            return line.start + 2 + stamp + 1..line.end;
        }
    }
    line.clone()
}

fn read_fish_set(text: &[u8], body: &Range<usize>, sink: &mut Sink) {
    let words = super::posix::split_words(text, body.clone());
    let mut rest = words[1..].iter().filter(|word| text[word.start] != b'-');
    if let (Some(name), Some(value)) = (rest.next(), rest.next()) {
        let standing = Standing::Fixed(AssignmentState::History);
        sink.line(
            &text[name.clone()],
            Form::History,
            standing,
            body.clone(),
            || super::posix::unquote_word(text, value.clone()),
        );
    }
}

/// The token in `Authorization: Bearer …`, if it stands there itself.
fn find_bearer_token(line: &[u8]) -> Option<&[u8]> {
    const HEADER: &[u8] = b"authorization: bearer ";
    let at = line
        .windows(HEADER.len())
        .position(|window| window.eq_ignore_ascii_case(HEADER))?;
    let rest = &line[at + HEADER.len()..];
    let length = rest
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"._~+/=-".contains(byte))
        .count();
    let is_literal = length >= 8 && Value::literal(&rest[..length]).kind == ValueKind::Literal;
    is_literal.then(|| &rest[..length])
}
