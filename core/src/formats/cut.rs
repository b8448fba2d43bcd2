//! Byte ranges: whole lines, members between commas, and a text without them.

use std::collections::BTreeSet;
use std::ops::Range;

use super::not_understood;
use super::tree::{Address, Cut, Node};
use crate::files::EditError;

/// Cuts members by what their nodes know.
pub(super) fn cut(
    bytes: &[u8],
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
        let Some(brackets) = &node.brackets else {
            continue;
        };
        let mut items = Vec::new();
        for (position, child) in node.children().enumerate() {
            if let Cut::Item(range) = &child.cut {
                let address: Address = parent.iter().copied().chain([position]).collect();
                items.push((range.clone(), gone.contains(&address)));
            }
        }
        cut_between_commas(bytes, brackets, &items, &mut cuts);
    }
    Ok(without(bytes, cuts))
}

/// The bytes without these ranges, which may overlap and be in any order.
pub(super) fn without(bytes: &[u8], cuts: Vec<Range<usize>>) -> Vec<u8> {
    let replacements = cuts.into_iter().map(|cut| (cut, "")).collect();
    replace(bytes, replacements)
}

/// The bytes with these ranges replaced. A text at the start of a longer range is written before
/// what follows it.
pub(super) fn replace(bytes: &[u8], mut edits: Vec<(Range<usize>, &str)>) -> Vec<u8> {
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
pub(super) fn lines(bytes: &[u8]) -> Vec<Range<usize>> {
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
pub(super) fn content(bytes: &[u8], line: &Range<usize>) -> Range<usize> {
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

/// Cuts members that stand between brackets with commas, with their lines if they have them to
/// themselves; the comma of the last one that stays goes with what followed it.
pub(super) fn cut_between_commas(
    bytes: &[u8],
    brackets: &Range<usize>,
    items: &[(Range<usize>, bool)],
    cuts: &mut Vec<Range<usize>>,
) {
    let first = cuts.len();
    let mut last_kept = None;
    for (number, (item, is_gone)) in items.iter().enumerate() {
        if !is_gone {
            last_kept = Some(number);
            continue;
        }
        let comma = comma_after(bytes, item.end);
        let end = comma.map_or(item.end, |comma| comma + 1);
        cuts.push(match own_lines(bytes, &(item.start..end), Some(b'#')) {
            Some(lines) => lines,
            None if comma.is_some() => item.start..skip_blanks(bytes, end),
            None => item.start..end,
        });
    }
    let Some(kept) = last_kept else {
        let inside = brackets.start + 1..brackets.end - 1;
        if without(&bytes[inside.clone()], shifted(&cuts[first..], &inside))
            .iter()
            .all(u8::is_ascii_whitespace)
        {
            cuts.push(inside);
        }
        return;
    };
    let had_comma = items
        .last()
        .is_some_and(|(last, _)| comma_after(bytes, last.end).is_some());
    let (Some((next, _)), false) = (items.get(kept + 1), had_comma) else {
        return;
    };
    if let Some(comma) = comma_after(bytes, items[kept].0.end) {
        let is_inline = bytes[comma + 1..next.start]
            .iter()
            .all(|byte| is_blank(*byte));
        cuts.push(comma..if is_inline { next.start } else { comma + 1 });
    }
}

fn shifted(cuts: &[Range<usize>], inside: &Range<usize>) -> Vec<Range<usize>> {
    let clamp = |at: usize| at.clamp(inside.start, inside.end) - inside.start;
    cuts.iter()
        .map(|cut| clamp(cut.start)..clamp(cut.end))
        .collect()
}

fn skip_blanks(bytes: &[u8], from: usize) -> usize {
    let length = bytes[from..]
        .iter()
        .take_while(|byte| is_blank(**byte))
        .count();
    from + length
}

/// Where the comma behind a value is, if there is one before the next value or bracket.
fn comma_after(bytes: &[u8], mut position: usize) -> Option<usize> {
    loop {
        match bytes.get(position)? {
            b',' => return Some(position),
            b'#' => position = line_end(bytes, position),
            byte if byte.is_ascii_whitespace() => position += 1,
            _ => return None,
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
