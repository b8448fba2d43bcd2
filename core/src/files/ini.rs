//! Sections of AWS credentials and config files: read them, take some out, keep every other byte.
//!
//! The shape is that of Go's `ini` library (Atmos writes with it) and of the AWS tools, which
//! mostly agree. Where they do not, the reading is the one that removes less.
//!
//! What belongs to a section when it is removed:
//!
//! - the header line and every line down to its last entry, comments in between included;
//! - comment lines that follow the last entry directly, unless they stand directly above the next
//!   header;
//! - comment lines directly above the header that Atmos wrote (`; atmos: …`);
//! - the blank lines after all that. If nothing follows them in the file, the blank lines before
//!   the section go instead, so that the file ends as if the section had never been there.
//!
//! A comment that a person wrote above the header, or after a blank line, stays: it is not known
//! to be about the section, and nothing else in the file would bring it back.

mod meaning;

use std::collections::HashSet;
use std::ops::Range;

use jiff::Timestamp;

use super::EditError;
use crate::secret::Secret;

/// One section.
#[derive(Clone, Debug)]
pub struct Section {
    /// The name, with single spaces, without quotes around a profile's name:
    /// `[ profile  "dev" ]` is `profile dev`.
    pub name: String,
    /// The header's line, counted from 1.
    pub header_line: usize,
    /// The bytes from the start of the header line to the end of the line of the last entry.
    pub range: Range<usize>,
    /// The bytes of the comment lines directly above the header, whoever wrote them.
    pub comment: Range<usize>,
    /// When the credentials end, if Atmos has noted it above the header.
    pub atmos_expiration: Option<Timestamp>,
    /// The entries in the order of the file.
    pub entries: Vec<Entry>,
}

impl Section {
    /// The value of a key; of the last one, if it is there more than once.
    pub fn get(&self, key: &str) -> Option<&Secret> {
        self.entries
            .iter()
            .rev()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
    }
}

/// One `key = value`.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key; one in a nested block is `block.key` (`s3.addressing_style`).
    pub key: String,
    /// The value without the quotes of Go's library (backquotes, triple double quotes).
    pub value: Secret,
    /// Its line, counted from 1.
    pub line: usize,
}

/// A section without its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The name, as in [`Section::name`].
    pub name: String,
    /// As in [`Section::atmos_expiration`].
    pub atmos_expiration: Option<Timestamp>,
}

/// A file without some of its sections.
#[derive(Clone)]
pub struct RemovedIni {
    /// The new content.
    pub bytes: Vec<u8>,
    /// The names of the removed sections, in the order of the file.
    pub removed: Vec<String>,
    /// How many sections are left.
    pub remaining_sections: usize,
    /// Nothing but white space is left: the file can go.
    pub leftover_is_blank: bool,
}

/// Lists the sections of a file without what is in them, so that no secret is copied out of it.
/// Takes time in proportion to its length.
pub fn headings(bytes: &[u8]) -> Vec<Heading> {
    let lines = lines(bytes);
    outlines(bytes, &lines)
        .into_iter()
        .map(|outline| Heading {
            atmos_expiration: outline.expiration(bytes, &lines),
            name: outline.name,
        })
        .collect()
}

/// Whether a file is none that a reader of such files understands, so that what it holds is not known:
/// in another encoding, with a header that is not closed, or with entries outside of all sections.
pub fn is_damaged(bytes: &[u8]) -> bool {
    let mut is_inside = false;
    let is_wrong = |line: &Line| {
        let text = &bytes[line.range.clone()];
        match line.kind {
            LineKind::Header => {
                is_inside = true;
                false
            }
            LineKind::Blank | LineKind::Comment => false,
            LineKind::Other => !is_inside || text.starts_with(b"["),
        }
    };
    bytes.contains(&0) || lines(bytes).iter().any(is_wrong)
}

/// Lists the sections of a file. Takes time in proportion to its length.
pub fn sections(bytes: &[u8]) -> Vec<Section> {
    let lines = lines(bytes);
    let mut sections = Vec::new();
    for outline in outlines(bytes, &lines) {
        let comment = outline.comment.start..outline.header;
        sections.push(Section {
            atmos_expiration: outline.expiration(bytes, &lines),
            header_line: outline.header + 1,
            range: lines[outline.header].range.start..lines[outline.last].range.end,
            comment: lines[comment.start].range.start..lines[outline.header].range.start,
            entries: entries(bytes, &lines, outline.header + 1..outline.last + 1),
            name: outline.name,
        });
    }
    sections
}

/// Takes out every section of one of these names; `None` if there is none. One pass, however many
/// names.
///
/// # Errors
///
/// If what stays would say something else without them: a value that is not closed goes on over
/// several lines for some readers.
#[expect(
    clippy::implicit_hasher,
    reason = "callers collect names into a set; none needs another hasher"
)]
pub fn remove_sections(
    bytes: &[u8],
    names: &HashSet<&str>,
) -> Result<Option<RemovedIni>, EditError> {
    let lines = lines(bytes);
    let outlines = outlines(bytes, &lines);
    let mut is_gone = vec![false; lines.len()];
    let mut removed = Vec::new();
    for (position, outline) in outlines.iter().enumerate() {
        if !names.contains(outline.name.as_str()) {
            continue;
        }
        removed.push(outline.name.clone());
        for line in outline.comment.clone() {
            is_gone[line] |= is_atmos_comment(&bytes[lines[line].range.clone()]);
        }
        let next = outlines
            .get(position + 1)
            .map_or(lines.len(), |next| next.comment.start);
        is_gone[outline.header..=outline.last].fill(true);
        for line in outline.last + 1..next {
            if lines[line].kind != LineKind::Blank {
                break;
            }
            is_gone[line] = true;
        }
    }
    if removed.is_empty() {
        return Ok(None);
    }
    trim_end(&lines, &mut is_gone);
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(&bytes[..bom_length(bytes)]);
    for (line, _) in lines.iter().zip(&is_gone).filter(|(_, is_gone)| !**is_gone) {
        kept.extend_from_slice(&bytes[line.range.clone()]);
    }
    let leftover_is_blank = kept[bom_length(&kept)..]
        .iter()
        .all(u8::is_ascii_whitespace);
    let remaining_sections = outlines.len() - removed.len();
    let edited = RemovedIni {
        bytes: kept,
        removed,
        remaining_sections,
        leftover_is_blank,
    };
    meaning::require_same(bytes, names, &edited)?;
    Ok(Some(edited))
}

/// If the end of the file was removed, so are the blank lines that had led to it.
fn trim_end(lines: &[Line], is_gone: &mut [bool]) {
    if is_gone.last() != Some(&true) {
        return;
    }
    for (line, is_gone) in lines.iter().zip(is_gone).rev() {
        if !*is_gone && line.kind != LineKind::Blank {
            return;
        }
        *is_gone = true;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LineKind {
    Blank,
    Comment,
    Header,
    Other,
}

struct Line {
    /// With its line end.
    range: Range<usize>,
    kind: LineKind,
}

fn bom_length(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    }
}

fn lines(bytes: &[u8]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = bom_length(bytes);
    while start < bytes.len() {
        let end = start + line_length(&bytes[start..]);
        lines.push(Line {
            range: start..end,
            kind: kind_of(bytes[start..end].trim_ascii()),
        });
        start = end;
    }
    lines
}

/// The length of the first line, its end included: a line feed, a carriage return, or both. Go's
/// library knows no line that ends with a carriage return alone, Python's does; taken as an end, a
/// section ends before the next header in either reading.
fn line_length(bytes: &[u8]) -> usize {
    match bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
        Some(end) if bytes[end..].starts_with(b"\r\n") => end + 2,
        Some(end) => end + 1,
        None => bytes.len(),
    }
}

fn kind_of(trimmed: &[u8]) -> LineKind {
    match trimmed.first() {
        None => LineKind::Blank,
        Some(b'#' | b';') => LineKind::Comment,
        Some(b'[') if section_name(trimmed).is_some() => LineKind::Header,
        Some(_) => LineKind::Other,
    }
}

/// The name in a header line that may have a comment behind it.
pub(crate) fn section_name(trimmed: &[u8]) -> Option<String> {
    let inside = trimmed.strip_prefix(b"[")?;
    let end = inside.iter().position(|byte| *byte == b']')?;
    let text = String::from_utf8_lossy(&inside[..end]);
    let mut name = String::with_capacity(text.len());
    for word in text.split_ascii_whitespace() {
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(word);
    }
    Some(match name.split_once(' ') {
        Some((kind, rest)) => format!("{kind} {}", without_quotes(rest)),
        None => name,
    })
}

fn without_quotes(text: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text)
}

/// Where a section is, in line numbers counted from 0.
struct Outline {
    name: String,
    /// The comment lines directly above the header.
    comment: Range<usize>,
    header: usize,
    /// The last line that is the section's own.
    last: usize,
}

impl Outline {
    /// What Atmos has noted above the header.
    fn expiration(&self, bytes: &[u8], lines: &[Line]) -> Option<Timestamp> {
        let mut above = lines[self.comment.start..self.header].iter().rev();
        above.find_map(|line| expiration(&bytes[line.range.clone()]))
    }
}

fn outlines(bytes: &[u8], lines: &[Line]) -> Vec<Outline> {
    let mut outlines: Vec<Outline> = Vec::new();
    // The start of the comment lines that end directly above the present line.
    let mut comment = 0;
    // Whether comments still follow the last entry directly.
    let mut is_attached = false;
    for (number, line) in lines.iter().enumerate() {
        match line.kind {
            LineKind::Header => {
                let name = section_name(bytes[line.range.clone()].trim_ascii()).unwrap_or_default();
                if let Some(previous) = outlines.last_mut() {
                    // Comments above this header are not the last section's.
                    previous.last = previous.last.min(comment.max(previous.header + 1) - 1);
                }
                outlines.push(Outline {
                    name,
                    comment: comment..number,
                    header: number,
                    last: number,
                });
            }
            LineKind::Comment | LineKind::Blank | LineKind::Other => {
                is_attached =
                    line.kind == LineKind::Other || (line.kind == LineKind::Comment && is_attached);
                if let Some(section) = outlines.last_mut().filter(|_| is_attached) {
                    section.last = number;
                }
            }
        }
        if line.kind == LineKind::Header {
            is_attached = true;
        }
        if line.kind != LineKind::Comment {
            comment = number + 1;
        }
    }
    outlines
}

/// `; atmos: …`
fn is_atmos_comment(line: &[u8]) -> bool {
    atmos_comment(line).is_some()
}

fn atmos_comment(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii();
    let text = line
        .strip_prefix(b";")
        .or_else(|| line.strip_prefix(b"#"))?;
    text.trim_ascii_start().strip_prefix(b"atmos:")
}

/// `; atmos: expiration=2026-09-01T10:00:00Z`
fn expiration(line: &[u8]) -> Option<Timestamp> {
    let text = atmos_comment(line)?
        .trim_ascii_start()
        .strip_prefix(b"expiration=")?;
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

/// A value that began with a quote that has not been closed yet.
struct Quoted {
    key: String,
    line: usize,
    text: String,
    quote: &'static str,
}

fn entries(bytes: &[u8], lines: &[Line], numbers: Range<usize>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    // The indentation and key of the entry that a nested block would belong to.
    let mut block: Option<(usize, String)> = None;
    let mut open: Option<Quoted> = None;
    for number in numbers {
        let line = &lines[number];
        let text = String::from_utf8_lossy(&bytes[line.range.clone()]);
        if let Some(mut quoted) = open.take() {
            if let Some(end) = text.find(quoted.quote) {
                quoted.text.push_str(&text[..end]);
                entries.push(Entry {
                    key: quoted.key,
                    value: Secret::new(quoted.text),
                    line: quoted.line,
                });
            } else {
                quoted.text.push_str(&text);
                open = Some(quoted);
            }
            continue;
        }
        if line.kind != LineKind::Other {
            continue;
        }
        let indent = text.len() - text.trim_start().len();
        let Some((key, value)) = split_entry(&text) else {
            continue;
        };
        let key = match &block {
            Some((outer, name)) if indent > *outer => format!("{name}.{key}"),
            _ => {
                block = value.is_empty().then(|| (indent, key.to_owned()));
                key.to_owned()
            }
        };
        match unquote(value) {
            Ok(value) => {
                let value = Secret::new(value.to_owned());
                entries.push(Entry {
                    key,
                    value,
                    line: number + 1,
                });
            }
            Err((quote, rest)) => {
                let text = format!("{rest}\n");
                open = Some(Quoted {
                    key,
                    line: number + 1,
                    text,
                    quote,
                });
            }
        }
    }
    // Never closed: then it was no quote.
    if let Some(Quoted {
        key,
        line,
        text,
        quote,
    }) = open
    {
        let first = text.lines().next().unwrap_or_default();
        entries.push(Entry {
            key,
            value: Secret::new(format!("{quote}{first}")),
            line,
        });
    }
    entries
}

fn split_entry(text: &str) -> Option<(&str, &str)> {
    let position = text.find(['=', ':'])?;
    let key = text[..position].trim();
    (!key.is_empty()).then(|| (key, text[position + 1..].trim()))
}

/// The value without Go's quotes; the quote and what follows it, if it is not closed in this line.
fn unquote(value: &str) -> Result<&str, (&'static str, &str)> {
    for quote in ["\"\"\"", "`"] {
        if let Some(rest) = value.strip_prefix(quote) {
            return match rest.find(quote) {
                Some(end) => Ok(&rest[..end]),
                None => Err((quote, rest)),
            };
        }
    }
    Ok(value)
}

#[cfg(test)]
mod tests;
