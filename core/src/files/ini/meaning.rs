//! Whether a file still says the same of what stays, as each of its readers understands it.
//!
//! The AWS tools (Python's `configparser`) read line by line. Go's library, which Atmos uses, lets a
//! value go on over several lines: between backquotes or triple double quotes, or after a backslash
//! at the end of a line. Such a value can hold what looks like a header, and one that is not closed
//! takes in whatever follows it. So taking a section out may change what another one says, or end a
//! file's being readable; then it is not done.
//!
//! Source: `gopkg.in/ini.v1` 1.67, `parser.go`: `readValue`, `readMultilines`, `readContinuationLines`.

use std::collections::HashSet;

use super::{RemovedIni, Section, line_length, section_name, sections};
use crate::files::EditError;
use crate::secret::Secret;

/// One entry: section, key, value.
type Said = (String, String, Secret);

/// Refuses a removal after which another section would say something else.
pub(super) fn require_same(
    bytes: &[u8],
    names: &HashSet<&str>,
    edited: &RemovedIni,
) -> Result<(), EditError> {
    let kept = sections(bytes)
        .into_iter()
        .filter(|section| !names.contains(section.name.as_str()));
    let after = sections(&edited.bytes);
    let changed = kept
        .zip(after.iter().map(Some).chain(std::iter::repeat(None)))
        .find(|(before, after)| after.is_none_or(|after| !is_same(before, after)));
    if let Some((section, _)) = changed {
        return Err(ambiguous(section.header_line));
    }
    let Some(mut before) = read_as_go(bytes) else {
        return Ok(());
    };
    before.retain(|(section, _, _)| !names.contains(section.as_str()));
    let is_same = read_as_go(&edited.bytes).is_some_and(|after| {
        let pairs = || before.iter().zip(&after);
        before.len() == after.len() && pairs().all(|(one, other)| says_same(one, other))
    });
    if is_same {
        return Ok(());
    }
    let line = sections(bytes)
        .iter()
        .find(|section| names.contains(section.name.as_str()))
        .map_or(1, |section| section.header_line);
    Err(ambiguous(line))
}

fn ambiguous(line: usize) -> EditError {
    EditError::NotUnderstood {
        line,
        problem:
            "a quote or a backslash at the end of a line joins this section to another, so that \
                  the rest would change its meaning"
                .to_owned(),
    }
}

fn is_same(one: &Section, other: &Section) -> bool {
    let pairs = || one.entries.iter().zip(&other.entries);
    one.name == other.name
        && one.entries.len() == other.entries.len()
        && pairs()
            .all(|(one, other)| one.key == other.key && one.value.expose() == other.value.expose())
}

fn says_same(one: &Said, other: &Said) -> bool {
    (&one.0, &one.1, one.2.expose()) == (&other.0, &other.1, other.2.expose())
}

/// The entries as Go's library reads them; `None` where it gives up.
fn read_as_go(bytes: &[u8]) -> Option<Vec<Said>> {
    let bytes = &bytes[super::bom_length(bytes)..];
    let mut said = Vec::new();
    let mut section = String::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let line = next_line(&mut rest);
        let trimmed = line.trim_ascii();
        match trimmed.first() {
            None | Some(b'#' | b';') => continue,
            Some(b'[') => {
                section = section_name(trimmed)?;
                continue;
            }
            Some(_) => {}
        }
        let position = trimmed
            .iter()
            .position(|byte| matches!(byte, b'=' | b':'))?;
        let key = String::from_utf8_lossy(trimmed[..position].trim_ascii()).into_owned();
        let value = value_as_go(&trimmed[position + 1..], &mut rest)?;
        said.push((section.clone(), key, Secret::new(value)));
    }
    Some(said)
}

/// A value that begins here and may go on in the lines that follow.
fn value_as_go(start: &[u8], rest: &mut &[u8]) -> Option<String> {
    let start = start.trim_ascii_start();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let quote: Option<&[u8]> = if start.len() > 3 && start.starts_with(b"\"\"\"") {
        Some(b"\"\"\"")
    } else if start.starts_with(b"`") {
        Some(b"`")
    } else {
        None
    };
    if let Some(quote) = quote {
        let first = &start[quote.len()..];
        if let Some(end) = last_position(first, quote) {
            return Some(text(&first[..end]));
        }
        let mut value = text(first);
        loop {
            if rest.is_empty() {
                return None;
            }
            value.push('\n');
            let line = next_line(rest);
            if let Some(end) = last_position(line, quote) {
                value.push_str(&text(&line[..end]));
                return Some(value);
            }
            value.push_str(&text(line));
        }
    }
    let mut value = text(start);
    while let Some(joined) = value.strip_suffix('\\') {
        value = joined.to_owned();
        if rest.is_empty() {
            break;
        }
        let line = next_line(rest).trim_ascii();
        if line.is_empty() {
            break;
        }
        value.push_str(&text(line));
    }
    Some(value)
}

/// Takes the first line off, without its end.
fn next_line<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let (line, after) = rest.split_at(line_length(rest));
    *rest = after;
    let end = line
        .iter()
        .rposition(|byte| !matches!(byte, b'\n' | b'\r'))
        .map_or(0, |last| last + 1);
    &line[..end]
}

fn last_position(line: &[u8], quote: &[u8]) -> Option<usize> {
    line.windows(quote.len())
        .rposition(|window| window == quote)
}
