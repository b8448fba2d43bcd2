//! Where sections begin and end, line by line, and how they are taken out.
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

use std::collections::HashSet;
use std::ops::Range;

use jiff::Timestamp;

use crate::formats::cut;

/// A section without its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The name, with single spaces, without quotes around a profile's name:
    /// `[ profile  "dev" ]` is `profile dev`.
    pub name: String,
    /// The header's line, counted from 1.
    pub line: usize,
    /// When the credentials end, if Atmos has noted it above the header.
    pub atmos_expiration: Option<Timestamp>,
}

/// Lists the sections of a file without what is in them, so that no secret is copied out of it.
/// Takes time in proportion to its length.
pub fn list_headings(bytes: &[u8]) -> Vec<Heading> {
    let lines = classify_lines(bytes);
    outline_sections(bytes, &lines)
        .into_iter()
        .map(|outline| Heading {
            atmos_expiration: outline.expiration(bytes, &lines),
            line: outline.header + 1,
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
    bytes.contains(&0) || classify_lines(bytes).iter().any(is_wrong)
}

/// Takes out every section of one of these names, in one pass, however many names.
pub(super) fn without_sections(bytes: &[u8], names: &HashSet<&str>) -> Vec<u8> {
    let lines = classify_lines(bytes);
    let outlines = outline_sections(bytes, &lines);
    let mut is_gone = vec![false; lines.len()];
    for (position, outline) in outlines.iter().enumerate() {
        if !names.contains(outline.name.as_str()) {
            continue;
        }
        for line in outline.comment.clone() {
            is_gone[line] |= atmos_comment(&bytes[lines[line].range.clone()]).is_some();
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
    trim_end(&lines, &mut is_gone);
    let gone = lines.iter().zip(is_gone).filter(|(_, is_gone)| *is_gone);
    cut::remove_ranges(bytes, gone.map(|(line, _)| line.range.clone()).collect())
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

fn classify_lines(bytes: &[u8]) -> Vec<Line> {
    let kind = |line: &Range<usize>| kind_of(bytes[line.clone()].trim_ascii());
    let lines = cut::split_lines(bytes).into_iter();
    lines
        .map(|range| Line {
            kind: kind(&range),
            range,
        })
        .collect()
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
pub(super) fn section_name(trimmed: &[u8]) -> Option<String> {
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
        above.find_map(|line| parse_expiration(&bytes[line.range.clone()]))
    }
}

fn outline_sections(bytes: &[u8], lines: &[Line]) -> Vec<Outline> {
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

/// What stands behind `; atmos:`.
fn atmos_comment(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii();
    let text = line
        .strip_prefix(b";")
        .or_else(|| line.strip_prefix(b"#"))?;
    text.trim_ascii_start().strip_prefix(b"atmos:")
}

/// `; atmos: expiration=2026-09-01T10:00:00Z`
fn parse_expiration(line: &[u8]) -> Option<Timestamp> {
    let text = atmos_comment(line)?
        .trim_ascii_start()
        .strip_prefix(b"expiration=")?;
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}
