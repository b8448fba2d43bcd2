//! Byte ranges: whole lines, members between commas, and a text without them.

use std::collections::BTreeSet;
use std::ops::Range;

use super::not_understood;
use super::tree::{Address, Cut, Node};
use crate::io::files::EditError;

/// Cuts members by what their nodes know.
pub(super) fn cut_members(
    bytes: &[u8],
    comments: Comments,
    root: &Node,
    gone: &BTreeSet<Address>,
) -> Result<Vec<u8>, EditError> {
    let mut cuts = Vec::new();
    // Members between brackets depend on their neighbours.
    let mut bracketed: BTreeSet<&[usize]> = BTreeSet::new();
    for address in gone {
        let Some((_, parent)) = address.split_last() else {
            continue;
        };
        match root.at(address).map(|node| &node.cut) {
            Some(Cut::Ranges(ranges)) => cuts.extend(ranges.iter().cloned()),
            Some(Cut::Item(_)) => {
                bracketed.insert(parent);
            }
            Some(Cut::Never(why)) => return Err(not_understood(b"", (*why).to_owned())),
            Some(Cut::Elsewhere) | None => {}
        }
    }
    for parent in bracketed {
        let Some(node) = root.at(parent) else {
            continue;
        };
        let (Some(brackets), Ok(text)) = (&node.range, std::str::from_utf8(bytes)) else {
            continue;
        };
        let mut items = Vec::new();
        for (position, child) in node.children().enumerate() {
            if let Cut::Item(range) = &child.cut {
                let address: Address = parent.iter().copied().chain([position]).collect();
                items.push((range.clone(), gone.contains(&address)));
            }
        }
        cut_between_commas(text, comments, brackets, &items, &mut cuts);
    }
    Ok(remove_ranges(bytes, cuts))
}

/// The bytes without these ranges, which may overlap and be in any order.
pub(super) fn remove_ranges(bytes: &[u8], cuts: Vec<Range<usize>>) -> Vec<u8> {
    let replacements = cuts.into_iter().map(|cut| (cut, "")).collect();
    replace_ranges(bytes, replacements)
}

/// The bytes with these ranges replaced. A text at the start of a longer range is written before
/// what follows it.
pub(super) fn replace_ranges(bytes: &[u8], mut edits: Vec<(Range<usize>, &str)>) -> Vec<u8> {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut kept = Vec::with_capacity(bytes.len());
    let mut position = 0;
    for (range, text) in edits {
        if range.start > position {
            kept.extend_from_slice(&bytes[position..range.start]);
        }
        kept.extend_from_slice(text.as_bytes());
        position = position.max(range.end);
    }
    kept.extend_from_slice(&bytes[position.min(bytes.len())..]);
    kept
}

/// The ranges of the lines after a byte order mark, each with its line end: a line feed, a carriage
/// return, or both.
pub(super) fn split_lines(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = super::bom_length(bytes);
    while start < bytes.len() {
        let end = line_end(bytes, start);
        lines.push(start..end);
        start = end;
    }
    lines
}

/// The range of a line without its line end.
pub(super) fn trim_line_end(bytes: &[u8], line: &Range<usize>) -> Range<usize> {
    let mut end = line.end;
    while end > line.start && is_line_end(bytes[end - 1]) {
        end -= 1;
    }
    line.start..end
}

pub(super) const fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Where the line of this byte begins.
pub(super) fn line_start(bytes: &[u8], position: usize) -> usize {
    let start = bytes[..position]
        .iter()
        .rposition(|byte| is_line_end(*byte))
        .map_or(0, |end| end + 1);
    start.max(super::bom_length(bytes)).min(position)
}

/// Where the line of this byte ends, its line end included.
pub(super) fn line_end(bytes: &[u8], position: usize) -> usize {
    match bytes[position..].iter().position(|byte| is_line_end(*byte)) {
        Some(end) if bytes[position + end..].starts_with(b"\r\n") => position + end + 2,
        Some(end) => position + end + 1,
        None => bytes.len(),
    }
}

/// The whole lines of a range, if nothing else is on them but a comment behind it that begins with
/// this byte.
pub(super) fn own_lines(
    bytes: &[u8],
    range: &Range<usize>,
    comment: Option<u8>,
) -> Option<Range<usize>> {
    let start = line_start(bytes, range.start);
    if !bytes[start..range.start].iter().all(|byte| is_blank(*byte)) {
        return None;
    }
    if range.end > range.start && is_line_end(bytes[range.end - 1]) {
        return Some(start..range.end);
    }
    let end = line_end(bytes, range.end);
    let rest = bytes[range.end..end].trim_ascii();
    let is_alone = rest.is_empty() || (comment.is_some() && rest.first().copied() == comment);
    is_alone.then_some(start..end)
}

/// How comments are written where members stand between commas.
#[derive(Clone, Copy)]
pub(super) enum Comments {
    /// `# …`
    Hash,
    /// `// …` and `/* … */`
    Slashes,
}

/// The position behind the comment that begins here: before the line end, if the line ends it.
pub(super) fn comment_end(bytes: &[u8], start: usize, comments: Comments) -> Option<usize> {
    let rest = bytes.get(start..)?;
    let (of_line, of_block): (&[u8], Option<&[u8]>) = match comments {
        Comments::Hash => (b"#", None),
        Comments::Slashes => (b"//", Some(b"/*")),
    };
    if rest.starts_with(of_line) {
        let length = rest.iter().position(|byte| is_line_end(*byte));
        return Some(start + length.unwrap_or(rest.len()));
    }
    let inside = rest.strip_prefix(of_block?)?;
    let length = inside.windows(2).position(|pair| pair == b"*/");
    Some(length.map_or(bytes.len(), |length| start + 2 + length + 2))
}

/// Cuts members that stand between brackets with commas; the comma of the last one that stays goes
/// with what followed it. Brackets in which nothing but white space is left are closed.
pub(super) fn cut_between_commas(
    text: &str,
    comments: Comments,
    brackets: &Range<usize>,
    items: &[(Range<usize>, bool)],
    cuts: &mut Vec<Range<usize>>,
) {
    let inside = brackets.start + 1..brackets.end - 1;
    let first = cuts.len();
    let mut last_kept = None;
    for (number, (item, is_gone)) in items.iter().enumerate() {
        if *is_gone {
            cuts.push(find_extent(text, comments, inside.start, item));
        } else {
            last_kept = Some(number);
        }
    }
    let Some(kept) = last_kept else {
        let mut position = inside.start;
        let mut is_blank = true;
        for cut in &cuts[first..] {
            is_blank &= text[position..cut.start.max(position)].trim().is_empty();
            position = cut.end;
        }
        if is_blank && text[position.min(inside.end)..inside.end].trim().is_empty() {
            cuts.push(inside);
        }
        return;
    };
    let had_comma = items
        .last()
        .is_some_and(|(last, _)| comma_after(text, last.end, comments).is_some());
    let (Some((next, _)), false) = (items.get(kept + 1), had_comma) else {
        return;
    };
    if let Some(comma) = comma_after(text, items[kept].0.end, comments) {
        // What stood between the comma and a member on the same line goes, too.
        let is_inline = text[comma + 1..next.start].bytes().all(is_blank);
        cuts.push(comma..if is_inline { next.start } else { comma + 1 });
    }
}

/// The bytes that go with a member: its lines if it has them to itself, with a comment behind it;
/// else the member and its comma with the blanks behind it.
fn find_extent(
    text: &str,
    comments: Comments,
    inside: usize,
    member: &Range<usize>,
) -> Range<usize> {
    let bytes = text.as_bytes();
    let end = comma_after(text, member.end, comments).map_or(member.end, |comma| comma + 1);
    let blanks = bytes[..member.start].iter().rev();
    let start = member.start - blanks.take_while(|byte| is_blank(**byte)).count();
    let starts_line = start == 0 || is_line_end(bytes[start - 1]);
    let after_blanks = skip_blanks(bytes, end);
    let mut after = after_blanks;
    while let Some(comment) = comment_end(bytes, after, comments) {
        if bytes[after..comment].iter().any(|byte| is_line_end(*byte)) {
            break;
        }
        after = skip_blanks(bytes, comment);
    }
    let ends_line = bytes.get(after).is_some_and(|byte| is_line_end(*byte));
    match ends_line {
        true if starts_line => start..line_end(bytes, after),
        // The last thing on a line that other members share.
        true if after == after_blanks => start..end,
        _ if end > member.end => member.start..after_blanks,
        _ => start.max(inside)..end,
    }
}

fn skip_blanks(bytes: &[u8], from: usize) -> usize {
    let length = bytes[from..]
        .iter()
        .take_while(|byte| is_blank(**byte))
        .count();
    from + length
}

/// Where the comma behind a value is, if there is one before the next value or bracket. White space
/// is whatever Unicode says it is: parsers of JSON pass over it.
fn comma_after(text: &str, end: usize, comments: Comments) -> Option<usize> {
    let mut position = end;
    loop {
        match text.get(position..)?.chars().next()? {
            ',' => return Some(position),
            blank if blank.is_whitespace() => position += blank.len_utf8(),
            _ => position = comment_end(text.as_bytes(), position, comments)?,
        }
    }
}

/// The lines of a section that begins on one line and has its last own content on another, with the
/// blank lines after it; if nothing follows them, those before it as well.
pub(super) fn section_lines(
    bytes: &[u8],
    lines: &[Range<usize>],
    own: &Range<usize>,
) -> Range<usize> {
    let is_empty = |line: &Range<usize>| bytes[line.clone()].trim_ascii().is_empty();
    let (mut first, mut end) = (own.start, own.end);
    while lines.get(end).is_some_and(is_empty) {
        end += 1;
    }
    if end == lines.len() {
        while first > 0 && is_empty(&lines[first - 1]) {
            first -= 1;
        }
    }
    lines[first].start..lines[end - 1].end
}
