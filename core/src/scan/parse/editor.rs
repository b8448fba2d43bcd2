//! Settings of Visual Studio Code and its relatives: JSON with comments and trailing commas.
//!
//! A scanner of tokens with a stack of its own, so that depth costs nothing, and so that comments
//! can be read in the same way.

use std::ops::Range;

use super::super::finding::{Form, Span, ValueKind};
use super::{Sink, Standing, Value, find_bytes};
use crate::inventory::AssignmentState;

/// Objects and arrays deeper than this are not told apart.
const DEPTH: usize = 128;

/// Reads a file of settings.
pub(super) fn parse(text: &[u8], sink: &mut Sink) {
    let top = Container::new(None, 0);
    scan_tokens(text, 0..text.len(), top, None, sink);
}

/// An object or array that is open.
#[derive(Clone)]
struct Container {
    /// Whether its members are variables, and of which form.
    form: Option<Form>,
    start: usize,
    key: Option<Range<usize>>,
    /// `"name": "X"` and `"value": "…"` of an object in a list.
    name: Option<Range<usize>>,
    value: Option<Range<usize>>,
}

impl Container {
    const fn new(form: Option<Form>, start: usize) -> Self {
        Self {
            form,
            start,
            key: None,
            name: None,
            value: None,
        }
    }
}

fn form_of(key: &[u8]) -> Option<Form> {
    if key.starts_with(b"terminal.integrated.env.") {
        Some(Form::VsCodeTerminalEnv)
    } else if key.ends_with(b".environmentVariables") {
        Some(Form::VsCodeExtensionEnv)
    } else {
        None
    }
}

fn scan_tokens(
    text: &[u8],
    range: Range<usize>,
    top: Container,
    state: Option<AssignmentState>,
    sink: &mut Sink,
) {
    let standing = state.map_or(Standing::Exported { conditional: false }, Standing::Fixed);
    let mut open = vec![top];
    let mut at = range.start;
    while at < range.end {
        let rest = &text[at..range.end];
        match rest[0] {
            b'/' if rest.starts_with(b"//") || rest.starts_with(b"/*") => {
                let is_line = rest[1] == b'/';
                let ending: &[u8] = if is_line { b"\n" } else { b"*/" };
                let length = find_bytes(&rest[2..], ending).map_or(rest.len() - 2, |length| length);
                if let (None, Some(container)) = (state, open.last()) {
                    let inner = at + 2..at + 2 + length;
                    let context = Container::new(container.form, inner.start);
                    scan_tokens(text, inner, context, Some(AssignmentState::Commented), sink);
                }
                at += 2 + length + ending.len();
            }
            b'"' => {
                let end = string_end(text, at, range.end);
                let body = at + 1..(end - 1).max(at + 1);
                if let Some(container) = open.last_mut() {
                    read_string(text, container, body, at, end, standing, sink);
                }
                at = end;
            }
            b'{' | b'[' => {
                let form = open.last_mut().and_then(|container| {
                    let key = container.key.take();
                    key.and_then(|key| form_of(&text[key])).or(container.form)
                });
                if open.len() < DEPTH {
                    open.push(Container::new(form, at));
                }
                at += 1;
            }
            b'}' | b']' => {
                if open.len() > 1
                    && let Some(closed) = open.pop()
                {
                    read_pair(text, &closed, at + 1, standing, sink);
                }
                at += 1;
            }
            b',' => {
                if let Some(container) = open.last_mut() {
                    container.key = None;
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
}

fn read_string(
    text: &[u8],
    container: &mut Container,
    body: Range<usize>,
    start: usize,
    end: usize,
    standing: Standing,
    sink: &mut Sink,
) {
    let Some(key) = container.key.take() else {
        container.key = Some(body);
        return;
    };
    let Some(form) = container.form else { return };
    match &text[key.clone()] {
        b"name" => container.name = Some(body),
        b"value" => container.value = Some(body),
        name => {
            let range = key.start - 1..end;
            debug_assert!(start < end);
            sink.line(name, form, standing, range, || value_of(&text[body]));
        }
    }
}

/// The object `{ "name": …, "value": … }`.
fn read_pair(text: &[u8], object: &Container, end: usize, standing: Standing, sink: &mut Sink) {
    let (Some(form), Some(name), Some(value)) = (object.form, &object.name, &object.value) else {
        return;
    };
    let range = object.start..end;
    sink.assign(
        &text[name.clone()],
        form,
        standing,
        Span::whole(range),
        name.start..value.end,
        || value_of(&text[value.clone()]),
    );
}

/// A text, or a reference of the editor's to what is kept elsewhere: `${env:NAME}`.
fn value_of(text: &[u8]) -> Value {
    let inner = text
        .strip_prefix(b"${")
        .and_then(|inner| inner.strip_suffix(b"}"));
    let kinds: [&[u8]; 4] = [b"env:", b"config:", b"command:", b"input:"];
    match inner {
        Some(inner) if kinds.iter().any(|kind| inner.starts_with(kind)) => {
            Value::other(ValueKind::Variable)
        }
        _ => Value::literal(text),
    }
}

/// Behind the closing quote; a string ends with its line at the latest.
fn string_end(text: &[u8], start: usize, limit: usize) -> usize {
    let mut at = start + 1;
    while at < limit {
        match text[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            b'\n' => return at,
            _ => at += 1,
        }
    }
    limit
}
