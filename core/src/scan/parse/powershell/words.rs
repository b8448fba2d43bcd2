//! Words of PowerShell: names of variables, arguments, and what a text stands for.

use std::ops::Range;

use crate::scan::finding::ValueKind;
use crate::scan::parse::{HERE, HOME, Value, name_end, trim_blanks};

pub(super) fn has_prefix(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(word))
}

/// The name in `$env:NAME` or `${env:NAME}` at the start, and where it ends.
pub(super) fn environment_variable(
    text: &[u8],
    range: &Range<usize>,
) -> Option<(Range<usize>, usize)> {
    let raw = &text[range.clone()];
    let (start, is_braced) = if has_prefix(raw, b"$env:") {
        (range.start + 5, false)
    } else if has_prefix(raw, b"${env:") {
        (range.start + 6, true)
    } else {
        return None;
    };
    let end = name_end(text, start).min(range.end);
    if is_braced && text.get(end) != Some(&b'}') {
        return None;
    }
    Some((start..end, end + usize::from(is_braced)))
}

/// Finds where the arguments begin.
pub(super) fn set_environment_variable(raw: &[u8]) -> Option<usize> {
    const CALLS: [&[u8]; 2] = [
        b"[environment]::setenvironmentvariable(",
        b"[system.environment]::setenvironmentvariable(",
    ];
    CALLS
        .iter()
        .find(|call| has_prefix(raw, call))
        .map(|call| call.len())
}

/// The name in `Env:NAME`, `Env:\NAME`, `'Env:NAME'`.
pub(super) fn provider_path(word: &[u8]) -> Option<&[u8]> {
    let word = word
        .strip_prefix(b"'")
        .or_else(|| word.strip_prefix(b"\""))
        .unwrap_or(word);
    let rest = has_prefix(word, b"env:").then(|| &word[4..])?;
    let rest = rest
        .strip_prefix(b"\\")
        .or_else(|| rest.strip_prefix(b"/"))
        .unwrap_or(rest);
    let end = name_end(rest, 0);
    (end > 0).then(|| &rest[..end])
}

/// The arguments of a call, without blanks around them.
pub(super) fn arguments_of(text: &[u8], range: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut at, mut start, mut depth) = (range.start, range.start, 0_usize);
    let mut quote = None;
    while at < range.end {
        match (quote, text[at]) {
            (None, b'\'' | b'"') => quote = Some(text[at]),
            (Some(b'"'), b'`') => at += 1,
            (Some(open), byte) if open == byte => quote = None,
            (None, b'(') => depth += 1,
            (None, b')') if depth == 0 => break,
            (None, b')') => depth -= 1,
            (None, b',') if depth == 0 => {
                parts.push(trim_blanks(text, start..at));
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(trim_blanks(text, start..at.min(range.end).max(start)));
    parts
}

/// Words by blanks, quotes minded.
pub(super) fn split_words(text: &[u8], range: &Range<usize>) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = range.start;
    while at < range.end {
        if text[at].is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let start = at;
        let mut quote = None;
        while at < range.end && (quote.is_some() || !text[at].is_ascii_whitespace()) {
            match (quote, text[at]) {
                (None, b'\'' | b'"') => quote = Some(text[at]),
                (Some(open), byte) if open == byte => quote = None,
                _ => {}
            }
            at += 1;
        }
        words.push(start..at);
    }
    words
}

/// The value of an expression; `None` for `$null`.
pub(super) fn classify_value(raw: &[u8]) -> Option<Value> {
    if has_prefix(raw, b"$null") {
        return None;
    }
    Some(match raw.first() {
        Some(b'\'') => Value::literal(&unquote_single(raw)),
        Some(b'"') => unquote_double(raw),
        Some(b'(' | b'$') if raw.starts_with(b"(") || raw.starts_with(b"$(") => {
            let script = raw.trim_ascii_start();
            let script = script.strip_prefix(b"$").unwrap_or(script);
            let command = script[1..].trim_ascii_start();
            let reads = [&b"get-content "[..], b"gc ", b"cat ", b"type "];
            Value::other(if reads.iter().any(|word| has_prefix(command, word)) {
                ValueKind::File
            } else {
                ValueKind::Command
            })
        }
        Some(b'$') => Value::other(ValueKind::Variable),
        Some(_) if has_prefix(raw, b"get-content ") => Value::other(ValueKind::File),
        _ => Value::literal(raw),
    })
}

pub(super) fn unquote_single(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 1;
    while at < raw.len() {
        if raw[at] == b'\'' {
            if raw.get(at + 1) != Some(&b'\'') {
                break;
            }
            at += 1;
        }
        out.push(raw[at]);
        at += 1;
    }
    out
}

pub(super) fn unquote_double(raw: &[u8]) -> Value {
    let mut out = Vec::new();
    let mut at = 1;
    let mut has_variable = false;
    while at < raw.len() && raw[at] != b'"' {
        match raw[at] {
            b'`' if at + 1 < raw.len() => {
                at += 1;
                out.push(raw[at]);
            }
            b'$' if out.is_empty()
                && raw
                    .get(at + 1)
                    .is_some_and(|byte| byte.is_ascii_alphabetic() || b"_({".contains(byte)) =>
            {
                has_variable = true;
            }
            byte => out.push(byte),
        }
        at += 1;
    }
    let mut value = Value::literal(&out);
    if has_variable {
        value.kind = ValueKind::Variable;
    }
    value
}

pub(super) fn resolve_target(path: &[u8]) -> Option<Vec<u8>> {
    let quote = |byte: &u8| matches!(byte, b'"' | b'\'');
    let path = match (path.first(), path.last()) {
        (Some(first), Some(last)) if quote(first) && first == last && path.len() > 1 => {
            &path[1..path.len() - 1]
        }
        _ => path,
    };
    let starts_with: [(&[u8], u8); 5] = [
        (b"$HOME", HOME),
        (b"$env:HOME", HOME),
        (b"$env:USERPROFILE", HOME),
        (b"$PSScriptRoot", HERE),
        (b"~", HOME),
    ];
    let mut found = Vec::new();
    let mut rest = path;
    for (start, marker) in starts_with {
        if has_prefix(path, start) {
            found.push(marker);
            rest = &path[start.len()..];
            break;
        }
    }
    let is_known = !rest
        .iter()
        .any(|byte| b"$()*?\"'`~".contains(byte) || *byte < 32);
    found.extend(
        rest.iter()
            .map(|byte| if *byte == b'\\' { b'/' } else { *byte }),
    );
    (is_known && !found.is_empty()).then_some(found)
}
