//! Property lists of launchd, in XML.
//!
//! A scanner of tags, not an XML reader: entities are not resolved and nothing is looked up.

use std::ops::Range;

use super::super::finding::Syntax;
use super::super::finding::{Form, Span};
use super::posix::{Mode, parse_text};
use super::{Sink, Standing, Value, find_bytes};
use crate::inventory::AssignmentState;

const EXPORTED: Standing = Standing::Exported { conditional: false };

/// Containers deeper than this are not told apart.
const DEPTH: usize = 64;

/// A dictionary or array that is open.
struct Container {
    /// Whether it is the dictionary `EnvironmentVariables`.
    is_environment: bool,
    /// The key that stands before the next value.
    key: Option<(Range<usize>, usize)>,
    /// The strings of an array so far.
    strings: Vec<Range<usize>>,
}

impl Container {
    const fn new(is_environment: bool) -> Self {
        Self {
            is_environment,
            key: None,
            strings: Vec::new(),
        }
    }
}

/// Reads a property list.
pub(super) fn parse(text: &[u8], sink: &mut Sink) {
    let mut open = vec![Container::new(false)];
    let mut at = 0;
    while let Some(start) = text[at..].iter().position(|byte| *byte == b'<') {
        let tag = at + start;
        if text[tag..].starts_with(b"<!--") {
            let length = find_bytes(&text[tag..], b"-->");
            at = length.map_or(text.len(), |length| tag + length + 3);
            continue;
        }
        let Some(length) = text[tag..].iter().position(|byte| *byte == b'>') else {
            return;
        };
        let body = tag + length + 1;
        at = body;
        match &text[tag..body] {
            b"<dict>" | b"<array>" => {
                let is_environment = open
                    .last_mut()
                    .and_then(|container| container.key.take())
                    .is_some_and(|(key, _)| &text[key] == b"EnvironmentVariables");
                if open.len() < DEPTH {
                    open.push(Container::new(
                        is_environment && &text[tag..body] == b"<dict>",
                    ));
                }
            }
            b"</dict>" if open.len() > 1 => {
                open.pop();
            }
            b"</array>" => {
                if open.len() > 1
                    && let Some(array) = open.pop()
                {
                    read_arguments(text, &array.strings, sink);
                }
            }
            b"<key>" | b"<string>" => {
                let end = text[body..]
                    .iter()
                    .position(|byte| *byte == b'<')
                    .map_or(text.len(), |length| body + length);
                let closing = text[end..].iter().position(|byte| *byte == b'>');
                let behind = closing.map_or(text.len(), |length| end + length + 1);
                at = behind;
                if let Some(container) = open.last_mut() {
                    if &text[tag..body] == b"<key>" {
                        container.key = Some((body..end, tag));
                    } else {
                        read_string(text, container, body..end, behind, sink);
                    }
                }
            }
            _ => {}
        }
    }
}

fn read_string(
    text: &[u8],
    container: &mut Container,
    value: Range<usize>,
    behind: usize,
    sink: &mut Sink,
) {
    if let (Some((name, start)), true) = (container.key.take(), container.is_environment) {
        let range = start..behind;
        let form = Form::LaunchdEnvironment;
        sink.line(&text[name], form, EXPORTED, range, || {
            Value::literal(&text[value])
        });
    } else {
        container.strings.push(value);
    }
}

/// `launchctl setenv NAME value`, as words or as a script for a shell.
fn read_arguments(text: &[u8], strings: &[Range<usize>], sink: &mut Sink) {
    for (at, verb) in strings.iter().enumerate() {
        if &text[verb.clone()] == b"setenv"
            && let [name, value, ..] = &strings[at + 1..]
        {
            let range = name.start..value.end;
            sink.assign(
                &text[name.clone()],
                Form::LaunchctlSetenv,
                EXPORTED,
                Span::fixed(range.clone()),
                range,
                || Value::literal(&text[value.clone()]),
            );
        }
        if find_bytes(&text[verb.clone()], b"launchctl setenv").is_some() {
            let mode = Mode {
                state: Some(AssignmentState::Active),
                form: Some(Form::LaunchctlSetenv),
                is_fixed: true,
                is_nested: false,
            };
            parse_text(text, verb.clone(), Syntax::Sh, mode, sink);
        }
    }
}
