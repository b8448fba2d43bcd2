//! Whether a file is shaped like a credential: by its name, then by what stands in it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::judge::{Judge, tells_of_key_store};
use super::names::{
    Reason, is_certain, is_certain_binary, is_identifier, is_key_store, is_unmistakable,
    names_password,
};
use super::text::{
    has_bare_secret, has_cookies, has_told_secret, has_told_secret_in_bytes, is_private_key,
    is_user_with_password,
};
use super::values::{
    LONGEST, SHORTEST, Weight, has_prefix_of_token, is_credential_text, is_web_token,
};
use crate::formats::{Format, IniDialect, MemberPath};
use crate::names::looks_secret;

/// What makes a file look like a credential.
#[derive(Debug)]
pub(super) struct Shape {
    /// In a few words.
    pub(super) why: &'static str,
    /// The members that do, where the file is of a format.
    pub(super) members: Option<(Format, Vec<MemberPath>)>,
    /// What about it looks so.
    pub(super) kind: ShapeKind,
}

/// What about a file looks like a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShapeKind {
    /// The whole of it, or members.
    File,
    /// A line of a text that no format reads.
    Line,
    /// That it says that the operating system's key store has one.
    Marker,
}

impl Shape {
    const fn of_file(why: &'static str) -> Self {
        Self {
            why,
            members: None,
            kind: ShapeKind::File,
        }
    }

    const fn of_line() -> Self {
        Self {
            why: "a line that is made like a credential",
            members: None,
            kind: ShapeKind::Line,
        }
    }

    /// The kinds of what looks like a credential: the names of the members, else what the whole is.
    pub(super) fn kinds(&self) -> BTreeSet<String> {
        match &self.members {
            Some((_, paths)) => paths.iter().map(MemberPath::shown_name).collect(),
            None => BTreeSet::from([self.why.to_owned()]),
        }
    }
}

/// What makes a file's content look like a credential; `None` if nothing does. What stands at the
/// `known` members has been said by whoever knows the file.
pub(super) fn shape_of(
    name: &str,
    bytes: &[u8],
    reason: Reason,
    known: &[MemberPath],
    known_formats: &[Format],
) -> Option<Shape> {
    if known.is_empty() && is_key_store(name) && !bytes.is_empty() {
        return Some(Shape::of_file("a store of keys"));
    }
    let Some(text) = text_of(bytes) else {
        return (known.is_empty()).then(|| shape_of_bytes(name, bytes, reason))?;
    };
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    if known.is_empty() && is_private_key(text) {
        return Some(Shape::of_file("a private key"));
    }
    let lower = name.to_ascii_lowercase();
    let is_certain = is_certain(name);
    let is_bare = known.is_empty()
        && text.len() <= LONGEST
        && !text.contains(char::is_whitespace)
        && !text.contains(['{', '<', '(', '[']);
    if is_bare {
        // Settings that are one word are none.
        let is_credential = if is_certain && !lower.contains("session") {
            is_credential_text(text, Weight::Secret)
                || (is_unmistakable(name) && is_credential_text(text, Weight::Sure))
        } else {
            // Many are the identifiers of an installation.
            text.len() >= SHORTEST
                && looks_secret(text)
                && (reason == Reason::Name || is_web_token(text) || has_prefix_of_token(text))
                && !is_identifier(name)
        };
        if is_credential {
            return Some(Shape::of_file("a bare token"));
        }
    }
    let judge = Judge {
        reason,
        is_certain: is_unmistakable(name) || is_certain,
    };
    let (mut is_understood, mut is_marker) = (false, false);
    // Whoever describes a file knows how it is written.
    let formats = if known_formats.is_empty() {
        list_formats(&lower, text)
    } else {
        known_formats
    };
    for format in formats {
        let Ok(document) = format.read(text.as_bytes()) else {
            continue;
        };
        is_understood = true;
        is_marker |= known.is_empty() && tells_of_key_store(document.root());
        if let Some(paths) = judge.find_members(&document, known) {
            return Some(Shape {
                why: "a member that is called and made like a credential",
                members: (!paths.is_empty()).then_some((*format, paths)),
                kind: ShapeKind::File,
            });
        }
    }
    if !known.is_empty() {
        return None;
    }
    if is_marker {
        return Some(Shape {
            kind: ShapeKind::Marker,
            ..Shape::of_file("it says that the key store has its login")
        });
    }
    // Each line may be a document.
    if !is_understood && text.starts_with('{') {
        let mut lines = text
            .lines()
            .filter_map(|line| Format::Json.read(line.as_bytes()).ok());
        if lines.any(|document| judge.holds_credential(document.root())) {
            return Some(Shape::of_line());
        }
    }
    let is_markup = text.starts_with('<');
    let has_format = [".json", ".yaml", ".yml", ".toml"]
        .iter()
        .any(|end| lower.ends_with(end));
    if is_understood && has_format {
        return None;
    }
    if names_password(&lower) && is_user_with_password(text) {
        return Some(Shape::of_file("a person and a password"));
    }
    if has_cookies(text) {
        return Some(Shape::of_file("cookies"));
    }
    // Languages of configuration that no format reads: a word for a secret, and behind it a secret.
    let is_told = has_told_secret(text, is_markup, reason == Reason::Near);
    let is_bare_in = is_unmistakable(name) && !lower.contains("session") && has_bare_secret(text);
    (is_told || is_bare_in).then(Shape::of_line)
}

/// The same of what is no text.
fn shape_of_bytes(name: &str, bytes: &[u8], reason: Reason) -> Option<Shape> {
    if is_certain_binary(name) {
        return Some(Shape::of_file("no text, and called like a credential"));
    }
    (reason != Reason::Near && has_told_secret_in_bytes(bytes))
        .then(|| Shape::of_file("a secret by its name, in what is no text"))
}

/// The text of a file: UTF-8, UTF-16 as editors of Windows write it, or Latin-1; `None` if it is none.
pub(super) fn text_of(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let wide = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks().0.iter().map(|pair| read(*pair)).collect();
        String::from_utf16(&units).ok().map(Cow::Owned)
    };
    let narrow = |bytes: &[u8]| {
        let is_control = |byte: &u8| *byte < 0x20 && !b"\t\n\r\x0c\x1b".contains(byte);
        let is_text = !bytes
            .iter()
            .any(|byte| is_control(byte) || (0x7f..0xa0).contains(byte));
        is_text.then(|| Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()))
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).ok().map(Cow::Borrowed),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Some(Cow::Borrowed(text)),
            Err(_) => narrow(bytes),
        },
    }
    .filter(|text| !text.contains('\0'))
}

/// The formats that a file may be in, the likeliest first. A file of lines with `=` is TOML as seldom as
/// it is YAML.
fn list_formats(lower: &str, text: &str) -> &'static [Format] {
    match lower.rsplit_once('.').map(|(_, end)| end) {
        Some("json" | "json5" | "jsonc") => &[Format::Json],
        Some("yaml" | "yml") => &[Format::Yaml],
        Some("toml") => &[Format::Toml],
        Some("xml") => &[Format::Xml],
        _ if text.starts_with('<') => &[Format::Xml],
        _ if text.starts_with(['{', '[']) => {
            &[Format::Json, Format::Toml, Format::Ini(IniDialect::Go)]
        }
        _ => &[Format::Toml, Format::Ini(IniDialect::Go), Format::Yaml],
    }
}

#[cfg(test)]
mod tests;
