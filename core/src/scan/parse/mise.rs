//! mise: the `[env]` table of its TOML.

use super::super::finding::Form;
use super::super::text::split_lines;
use super::{Sink, Standing, Value, name_end, trim_blanks};
use crate::inventory::AssignmentState;

/// Reads the lines of the table. A value of several lines is told with its first.
pub(super) fn parse(text: &[u8], sink: &mut Sink) {
    let mut is_env = false;
    for line in split_lines(text) {
        let mut range = trim_blanks(text, line);
        let mut standing = Standing::Exported { conditional: false };
        while range.start < range.end && matches!(text[range.start], b'#' | b' ') {
            standing = Standing::Fixed(AssignmentState::Commented);
            range.start += 1;
        }
        let raw = &text[range.clone()];
        if raw.starts_with(b"[") {
            if standing != Standing::Fixed(AssignmentState::Commented) {
                is_env = raw.starts_with(b"[env]");
            }
            continue;
        }
        let start = if raw.starts_with(b"env.") {
            range.start + 4
        } else if is_env {
            range.start
        } else {
            continue;
        };
        let end = name_end(text, start);
        let rest = trim_blanks(text, end.min(range.end)..range.end);
        if text.get(rest.start) != Some(&b'=') || rest.is_empty() {
            continue;
        }
        let value = trim_blanks(text, rest.start + 1..range.end);
        let value = strip_quotes(&text[value]);
        sink.line(&text[start..end], Form::MiseEnv, standing, range, || {
            Value::literal(value)
        });
    }
}

/// Tells what stands in the quotes; without quotes, all of it.
fn strip_quotes(value: &[u8]) -> &[u8] {
    match value.first() {
        Some(quote @ (b'"' | b'\'')) => {
            let rest = &value[1..];
            let length = rest.iter().position(|byte| byte == quote);
            &rest[..length.unwrap_or(rest.len())]
        }
        _ => value,
    }
}
