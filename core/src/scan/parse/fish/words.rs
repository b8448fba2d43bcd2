//! Words of fish: where they end, and what they stand for.

use std::ops::Range;

use crate::scan::finding::ValueKind;
use crate::scan::parse::{ANY, CONFIGURATION, HOME, Value, name_end, trim_blanks};

pub(super) fn resolve_target(word: &[u8]) -> Option<Vec<u8>> {
    let word = word
        .strip_prefix(b"\"")
        .and_then(|word| word.strip_suffix(b"\""))
        .or_else(|| {
            word.strip_prefix(b"'")
                .and_then(|word| word.strip_suffix(b"'"))
        })
        .unwrap_or(word);
    let starts: [(&[u8], u8); 4] = [
        (b"~/", HOME),
        (b"$HOME/", HOME),
        (b"$__fish_config_dir/", CONFIGURATION),
        (b"$XDG_CONFIG_HOME/", CONFIGURATION),
    ];
    for (start, marker) in starts {
        if let Some(rest) = word.strip_prefix(start) {
            let mut path = vec![marker, b'/'];
            if start == b"$__fish_config_dir/" {
                path.extend_from_slice(b"fish/");
            }
            path.extend(
                rest.iter()
                    .map(|byte| if *byte == b'*' { ANY } else { *byte }),
            );
            return is_literal(rest).then_some(path);
        }
    }
    is_literal(word).then(|| word.to_vec())
}

fn is_literal(path: &[u8]) -> bool {
    !path
        .iter()
        .any(|byte| b"$(){}\"'\\?[]<>|".contains(byte) || *byte < 32)
}

/// Finds where a word ends.
pub(super) fn skip_word(text: &[u8], start: usize, limit: usize) -> usize {
    let mut at = start;
    let mut depth = 0_usize;
    while at < limit {
        match text[at] {
            b'\\' => at += 2,
            b'\'' | b'"' => at = skip_quote(text, at, limit),
            b'(' => {
                depth += 1;
                at += 1;
            }
            b')' => {
                depth = depth.saturating_sub(1);
                at += 1;
            }
            b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' if depth == 0 => break,
            b'\r' if depth == 0 && text.get(at + 1) == Some(&b'\n') => break,
            _ => at += 1,
        }
    }
    at.min(limit)
}

fn skip_quote(text: &[u8], start: usize, limit: usize) -> usize {
    let quote = text[start];
    let mut at = start + 1;
    while at < limit {
        match text[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    limit
}

/// The value of words. In single quotes only `\'` and `\\` are escapes.
pub(super) fn unquote_word(text: &[u8], range: Range<usize>) -> Value {
    let mut out = Vec::new();
    let mut kind = None;
    let range = trim_blanks(text, range);
    let (mut at, end) = (range.start, range.end);
    let mut quote = None;
    while at < end {
        let byte = text[at];
        let next = text.get(at + 1).filter(|_| at + 1 < end).copied();
        match (quote, byte) {
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (Some(b'\''), b'\\') if matches!(next, Some(b'\'' | b'\\')) => {
                out.extend(next);
                at += 1;
            }
            (Some(b'\''), _) => out.push(byte),
            (Some(_), b'\\') if matches!(next, Some(b'"' | b'\\' | b'$')) => {
                out.extend(next);
                at += 1;
            }
            (None, b'\\') => {
                out.extend(next);
                at += 1;
            }
            (None, b'(') | (_, b'$') if byte == b'(' || next == Some(b'(') => {
                let start = if byte == b'(' { at + 1 } else { at + 2 };
                let script = text[start.min(end)..end].trim_ascii_start();
                kind = Some(if script.starts_with(b"cat ") {
                    ValueKind::File
                } else {
                    ValueKind::Command
                });
                break;
            }
            (_, b'$') if next.is_some_and(|next| next.is_ascii_alphabetic() || next == b'_') => {
                if out.is_empty() {
                    kind = Some(ValueKind::Variable);
                }
                at = name_end(text, at + 1).min(end) - 1;
            }
            _ => out.push(byte),
        }
        at += 1;
    }
    let mut value = Value::literal(&out);
    if let Some(kind) = kind {
        value.kind = kind;
    }
    value
}

pub(super) fn unescape_text(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let code = text
            .get(at..at + 4)
            .and_then(|escape| escape.strip_prefix(b"\\x"))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(code) = code {
            out.push(code);
            at += 4;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}
