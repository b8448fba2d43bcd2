//! Exports of the Windows registry: the environment keys.

use super::super::finding::Form;
use super::super::text::split_lines;
use super::{Sink, Standing, Value, trim_blanks};
use crate::inventory::AssignmentState;

/// Reads an export.
pub(super) fn parse(text: &[u8], sink: &mut Sink) {
    let mut form = None;
    for line in split_lines(text) {
        let mut range = trim_blanks(text, line);
        if text.get(range.start) == Some(&b'[') {
            form = of_key(&text[range]);
            continue;
        }
        let mut standing = Standing::Exported { conditional: false };
        while range.start < range.end && matches!(text[range.start], b';' | b' ') {
            standing = Standing::Fixed(AssignmentState::Commented);
            range.start += 1;
        }
        let Some(form) = form else { continue };
        let Some(rest) = text[range.clone()].strip_prefix(b"\"") else {
            continue;
        };
        let Some(length) = rest.iter().position(|byte| *byte == b'"') else {
            continue;
        };
        let (name, data) = (&rest[..length], &rest[length + 1..]);
        let Some(data) = data.strip_prefix(b"=") else {
            continue;
        };
        if data == b"-" {
            continue;
        }
        let value = data
            .strip_prefix(b"\"")
            .and_then(|data| data.strip_suffix(b"\""))
            .unwrap_or(data);
        sink.line(name, form, standing, range.clone(), || {
            Value::literal(value)
        });
    }
}

fn of_key(line: &[u8]) -> Option<Form> {
    let key = line.to_ascii_lowercase();
    if key == b"[hkey_current_user\\environment]" || key.starts_with(b"[hkey_users\\") {
        key.ends_with(b"\\environment]")
            .then_some(Form::RegistryUser)
    } else {
        key.ends_with(b"\\session manager\\environment]")
            .then_some(Form::RegistryMachine)
    }
}
