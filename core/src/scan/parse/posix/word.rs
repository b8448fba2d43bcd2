//! Words of a POSIX shell: where they end, and what they come to.

use std::ops::Range;

use zeroize::Zeroizing;

use super::super::super::finding::ValueKind;
use super::super::{ANY, CONFIGURATION, HERE, HOME, Value, ZDOTDIR, is_name};

/// Finds where a word ends that begins at `start`, and whether every quote in it does.
#[expect(
    clippy::match_same_arms,
    reason = "the order of the arms is their meaning"
)]
pub(super) fn skip_word(text: &[u8], start: usize, limit: usize) -> (usize, bool) {
    let mut at = start;
    while at < limit {
        match text[at] {
            b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b')' => break,
            b'\r' if at + 1 >= limit || text[at + 1] == b'\n' => break,
            b'\\' => at += 2,
            b'<' | b'>' if at + 1 < limit && text[at + 1] == b'(' => {
                let (end, is_closed) = skip_nested(text, at + 1, limit);
                if !is_closed {
                    return (limit, false);
                }
                at = end;
            }
            b'<' | b'>' => break,
            // An array (`path+=(…)`) or a pattern of zsh belongs to the word; `name()` does not.
            b'(' if at > start && !is_function(text, start, at, limit) => {
                let (end, is_closed) = skip_nested(text, at, limit);
                if !is_closed {
                    return (limit, false);
                }
                at = end;
            }
            b'(' => break,
            b'\'' | b'"' | b'`' | b'$' => {
                let (end, is_closed) = skip_quote(text, at, limit);
                if !is_closed {
                    return (limit, false);
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    (at.min(limit), true)
}

/// Whether `(` begins the empty parentheses of a function's definition.
fn is_function(text: &[u8], start: usize, at: usize, limit: usize) -> bool {
    let is_plain = text[start..at]
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(byte));
    is_plain
        && text[at + 1..limit]
            .iter()
            .find(|byte| **byte != b' ')
            .is_some_and(|byte| *byte == b')')
}

/// Steps over one quoted part or expansion.
fn skip_quote(text: &[u8], at: usize, limit: usize) -> (usize, bool) {
    match (text[at], text.get(at + 1).filter(|_| at + 1 < limit)) {
        (b'\'', _) => skip_single(text, at + 1, limit, false),
        (b'$', Some(b'\'')) => skip_single(text, at + 2, limit, true),
        (b'$', Some(b'(' | b'{')) => skip_nested(text, at + 1, limit),
        (b'$', _) => (at + 1, true),
        _ => skip_nested(text, at, limit),
    }
}

/// To behind the closing `'`.
fn skip_single(text: &[u8], start: usize, limit: usize, escapes: bool) -> (usize, bool) {
    let mut at = start;
    while at < limit {
        match text[at] {
            b'\\' if escapes => at += 2,
            b'\'' => return (at + 1, true),
            _ => at += 1,
        }
    }
    (limit, false)
}

/// From an opening `"`, `` ` ``, `(` or `{` to behind its end, whatever is nested in it.
fn skip_nested(text: &[u8], start: usize, limit: usize) -> (usize, bool) {
    let closing = |byte: u8| match byte {
        b'(' => b')',
        b'{' => b'}',
        other => other,
    };
    let mut open = vec![closing(text[start])];
    let mut at = start + 1;
    while at < limit {
        let Some(end) = open.last().copied() else {
            return (at, true);
        };
        let byte = text[at];
        let next = text.get(at + 1).filter(|_| at + 1 < limit).copied();
        at += 1;
        if byte == b'\\' {
            at += 1;
        } else if byte == end {
            open.pop();
        } else if end == b'`' {
            // Everything up to the next one.
        } else if byte == b'$' && matches!(next, Some(b'(' | b'{')) {
            open.push(closing(text[at]));
            at += 1;
        } else if byte == b'"' || byte == b'`' {
            open.push(byte);
        } else if end != b'"' && byte == b'\'' {
            let (behind, is_closed) = skip_single(text, at, limit, false);
            if !is_closed {
                return (limit, false);
            }
            at = behind;
        } else if end == b')' && byte == b'(' {
            open.push(b')');
        }
    }
    (at.min(limit), open.is_empty())
}

/// A word while it is put together.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about what was read"
)]
struct Parts {
    text: Zeroizing<Vec<u8>>,
    has_variable: bool,
    has_command: bool,
    has_file: bool,
    starts_with_expansion: bool,
}

impl Parts {
    fn expansion(&mut self) {
        if self.text.is_empty() {
            self.starts_with_expansion = true;
        }
    }

    fn command(&mut self, script: &[u8]) {
        self.expansion();
        let script = script.trim_ascii();
        if script.starts_with(b"<") || script.starts_with(b"cat ") {
            self.has_file = true;
        } else {
            self.has_command = true;
        }
    }
}

/// The value that a word comes to, or from where it comes.
pub(in crate::scan::parse) fn unquote_word(text: &[u8], range: Range<usize>) -> Value {
    unquoted_behind(text, range, None)
}

/// The same for text that begins within a quote.
pub(super) fn unquoted_behind(text: &[u8], range: Range<usize>, quote: Option<u8>) -> Value {
    let mut parts = Parts::default();
    let (mut at, end) = (range.start, range.end);
    let mut is_quoted = quote == Some(b'"');
    if quote == Some(b'\'') {
        let (behind, is_closed) = skip_single(text, at, end, false);
        let last = behind - usize::from(is_closed);
        parts.text.extend_from_slice(&text[at..last]);
        at = behind;
    }
    while at < end {
        match text[at] {
            b'"' => {
                is_quoted = !is_quoted;
                at += 1;
            }
            b'\'' if !is_quoted => {
                let (behind, is_closed) = skip_single(text, at + 1, end, false);
                let last = behind - usize::from(is_closed);
                parts.text.extend_from_slice(&text[at + 1..last]);
                at = behind;
            }
            b'\\' => {
                at = read_backslash(text, at, end, is_quoted, &mut parts.text);
            }
            b'$' => at = read_dollar(text, at, end, is_quoted, &mut parts),
            b'`' => {
                let (behind, _) = skip_nested(text, at, end);
                parts.command(&text[at + 1..(behind - 1).max(at + 1)]);
                at = behind;
            }
            byte => {
                parts.text.push(byte);
                at += 1;
            }
        }
    }
    let kind = if parts.has_command {
        ValueKind::Command
    } else if parts.has_file {
        ValueKind::File
    } else if parts.has_variable && (parts.starts_with_expansion || parts.text.is_empty()) {
        ValueKind::Variable
    } else if parts.text.is_empty() {
        ValueKind::Empty
    } else {
        ValueKind::Literal
    };
    Value {
        kind,
        text: parts.text,
    }
}

fn read_backslash(text: &[u8], at: usize, end: usize, is_quoted: bool, out: &mut Vec<u8>) -> usize {
    let Some(next) = text.get(at + 1).filter(|_| at + 1 < end) else {
        out.push(b'\\');
        return at + 1;
    };
    match next {
        b'\n' => {}
        b'\r' if text.get(at + 2) == Some(&b'\n') && at + 2 < end => return at + 3,
        b'$' | b'`' | b'"' | b'\\' => out.push(*next),
        other if is_quoted => out.extend([b'\\', *other]),
        other => out.push(*other),
    }
    at + 2
}

fn read_dollar(text: &[u8], at: usize, end: usize, is_quoted: bool, parts: &mut Parts) -> usize {
    match text.get(at + 1).filter(|_| at + 1 < end) {
        Some(b'\'') if !is_quoted => {
            let (behind, is_closed) = skip_single(text, at + 2, end, true);
            let last = behind - usize::from(is_closed);
            c_escapes(&text[at + 2..last.max(at + 2)], &mut parts.text);
            behind
        }
        Some(b'(') => {
            let (behind, _) = skip_nested(text, at + 1, end);
            let script = &text[at + 2..(behind - 1).max(at + 2)];
            if script.starts_with(b"(") {
                parts.expansion();
                parts.has_variable = true;
            } else {
                parts.command(script);
            }
            behind
        }
        Some(b'{') => {
            parts.expansion();
            parts.has_variable = true;
            skip_nested(text, at + 1, end).0
        }
        Some(next) if next.is_ascii_alphanumeric() || b"_@*#?!$-".contains(next) => {
            parts.expansion();
            parts.has_variable = true;
            let name = super::super::name_end(text, at + 1).min(end);
            name.max(at + 2)
        }
        // `$"…"` is a translated text.
        Some(b'"') if !is_quoted => at + 1,
        _ => {
            parts.text.push(b'$');
            at + 1
        }
    }
}

/// The escapes of `$'…'`.
fn c_escapes(text: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'\\' || at + 1 == text.len() {
            out.push(text[at]);
            at += 1;
            continue;
        }
        let kind = text[at + 1];
        at += 2;
        let digits = |most: usize, radix: u32| {
            text[at..]
                .iter()
                .take(most)
                .take_while(|byte| char::from(**byte).is_digit(radix))
                .count()
        };
        let number = |length: usize, radix: u32| {
            std::str::from_utf8(&text[at..at + length])
                .ok()
                .and_then(|digits| u32::from_str_radix(digits, radix).ok())
        };
        match kind {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'e' | b'E' => out.push(27),
            b'f' => out.push(12),
            b'v' => out.push(11),
            b'x' => {
                let length = digits(2, 16);
                out.extend(number(length, 16).and_then(|code| u8::try_from(code).ok()));
                at += length;
            }
            b'u' | b'U' => {
                let length = digits(if kind == b'u' { 4 } else { 8 }, 16);
                if let Some(character) = number(length, 16).and_then(char::from_u32) {
                    out.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                at += length;
            }
            b'0'..=b'7' => {
                at -= 1;
                let length = {
                    let rest = &text[at..];
                    rest.iter()
                        .take(3)
                        .take_while(|byte| matches!(byte, b'0'..=b'7'))
                        .count()
                };
                let octal = std::str::from_utf8(&text[at..at + length]).ok();
                let code = octal.and_then(|digits| u32::from_str_radix(digits, 8).ok());
                out.extend(code.map(|code| code.to_le_bytes()[0]));
                at += length;
            }
            other => out.push(other),
        }
    }
}

/// `"NAME=value"`, `"NAME"=value` and the like.
pub(super) struct Quoted {
    pub(super) name: Vec<u8>,
    pub(super) value: Range<usize>,
    /// The quote that is open where the value begins.
    pub(super) quote: Option<u8>,
}

pub(super) fn quoted_assignment(text: &[u8], word: &Range<usize>) -> Option<Quoted> {
    let (mut name, mut quote) = (Vec::new(), None);
    for at in word.clone() {
        match (text[at], quote) {
            (b'\'' | b'"', None) => quote = Some(text[at]),
            (byte, Some(open)) if byte == open => quote = None,
            (b'=', _) => {
                let value = at + 1..word.end;
                return is_name(&name).then_some(Quoted { name, value, quote });
            }
            // `NAME+=value`
            (b'+', _) if text[at + 1..word.end].starts_with(b"=") => {}
            (byte, _) if byte.is_ascii_alphanumeric() || byte == b'_' => name.push(byte),
            _ => return None,
        }
    }
    None
}

/// The text within the quotes of a word that is one quoted part; else the word.
pub(in crate::scan::parse) fn strip_quotes(text: &[u8], range: Range<usize>) -> Range<usize> {
    let word = &text[range.clone()];
    match (word.first(), word.last()) {
        (Some(first @ (b'\'' | b'"')), Some(last)) if word.len() >= 2 && first == last => {
            range.start + 1..range.end - 1
        }
        _ => range,
    }
}

/// The path that a word names, with markers for the directories that are known; `None` if it cannot
/// be known.
pub(super) fn resolve_target(text: &[u8], range: Range<usize>) -> Option<Vec<u8>> {
    const KNOWN: [(&[u8], u8); 13] = [
        (b"${ZDOTDIR:-$HOME}", ZDOTDIR),
        (b"${ZDOTDIR:-${HOME}}", ZDOTDIR),
        (b"${ZDOTDIR:-~}", ZDOTDIR),
        (b"${ZDOTDIR}", ZDOTDIR),
        (b"$ZDOTDIR", ZDOTDIR),
        (b"${XDG_CONFIG_HOME:-$HOME/.config}", CONFIGURATION),
        (b"${XDG_CONFIG_HOME:-${HOME}/.config}", CONFIGURATION),
        (b"${XDG_CONFIG_HOME:-~/.config}", CONFIGURATION),
        (b"${XDG_CONFIG_HOME}", CONFIGURATION),
        (b"$XDG_CONFIG_HOME", CONFIGURATION),
        (b"${HOME}", HOME),
        (b"$HOME", HOME),
        (b"${0:A:h}", HERE),
    ];
    let mut found = Vec::new();
    let (mut at, end) = (range.start, range.end);
    let mut is_quoted = false;
    while at < end {
        match text[at] {
            b'"' => {
                is_quoted = !is_quoted;
                at += 1;
            }
            b'\'' if !is_quoted => {
                let (behind, is_closed) = skip_single(text, at + 1, end, false);
                found.extend_from_slice(&text[at + 1..behind - usize::from(is_closed)]);
                at = behind;
            }
            b'\\' => at = read_backslash(text, at, end, is_quoted, &mut found),
            b'$' => {
                let rest = &text[at..end];
                let (known, marker) = KNOWN.iter().find(|(known, _)| {
                    rest.strip_prefix(*known).is_some_and(|behind| {
                        known.ends_with(b"}")
                            || behind
                                .first()
                                .is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
                    })
                })?;
                found.push(*marker);
                at += known.len();
            }
            b'~' if found.is_empty() && at == range.start => {
                let next = text.get(at + 1).filter(|_| at + 1 < end);
                if next.is_some_and(|byte| *byte != b'/') {
                    return None;
                }
                found.push(HOME);
                at += 1;
            }
            b'*' if !is_quoted => {
                found.push(ANY);
                at += 1;
            }
            b'`' | b'<' | b'>' | b'(' | b')' => return None,
            b'?' | b'[' | b'{' if !is_quoted => return None,
            // The qualifiers of zsh's globs were taken with the parentheses above.
            byte if byte < 32 => return None,
            byte => {
                found.push(byte);
                at += 1;
            }
        }
    }
    Some(found).filter(|path| !path.is_empty())
}
