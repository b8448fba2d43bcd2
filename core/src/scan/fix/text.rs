//! A text without some of its assignments: which bytes go, and what comes in their place.

use std::collections::BTreeMap;
use std::ops::Range;

use zeroize::Zeroizing;

use super::Fix;
use crate::inventory::AssignmentState;
use crate::scan::{Finding, Form, Syntax, line_end, line_start};

/// The new text, and what came of each finding.
pub(super) struct Made<'f> {
    pub(super) text: Zeroizing<Vec<u8>>,
    /// The parts of the old text, in its order.
    pub(super) changes: Vec<Change>,
    /// Items that are out, and whether other items of the same command stay.
    pub(super) done: Vec<(&'f Finding, bool)>,
    /// Items that could not be taken out.
    pub(super) left: Vec<&'f Finding>,
}

/// Bytes that went, and how many came in their place.
pub(super) struct Change {
    pub(super) range: Range<usize>,
    pub(super) instead: usize,
}

/// Bytes that go, and what comes in their place.
struct Cut {
    range: Range<usize>,
    instead: Vec<u8>,
}

impl Cut {
    const fn remove(range: Range<usize>) -> Self {
        Self {
            range,
            instead: Vec::new(),
        }
    }
}

/// Takes findings of one file out of its text.
pub(super) fn remove_findings<'f>(text: &[u8], findings: &[&'f Finding], fix: Fix) -> Made<'f> {
    let mut statements: BTreeMap<(usize, usize), Vec<&'f Finding>> = BTreeMap::new();
    for finding in findings {
        let statement = &finding.span.statement;
        let key = (statement.start, statement.end);
        statements.entry(key).or_default().push(finding);
    }
    let mut cuts: Vec<Cut> = Vec::new();
    let (mut done, mut left) = (Vec::new(), Vec::new());
    for members in statements.into_values() {
        let first = members[0];
        let is_whole = members.len() >= first.span.items;
        let made = if is_whole {
            cut_statement(text, first, fix)
        } else {
            cut_items(text, &members, fix)
        };
        match made {
            Some(made) => {
                cuts.extend(made);
                done.extend(members.iter().map(|finding| (*finding, !is_whole)));
            }
            None => left.extend(members),
        }
    }
    done.sort_by_key(|(finding, _)| finding.span.item.start);
    let (new, changes) = apply_cuts(text, cuts);
    Made {
        text: Zeroizing::new(new),
        changes,
        done,
        left,
    }
}

fn apply_cuts(text: &[u8], mut cuts: Vec<Cut>) -> (Vec<u8>, Vec<Change>) {
    // At one place what is put in comes before what is taken out.
    cuts.sort_by_key(|cut| (cut.range.start, cut.range.end));
    let mut new = Vec::with_capacity(text.len());
    let mut changes: Vec<Change> = Vec::with_capacity(cuts.len());
    let mut at = 0;
    for cut in cuts {
        if cut.range.start < at {
            // Two findings of one line: it is gone already.
            at = at.max(cut.range.end);
            if let Some(last) = changes.last_mut() {
                last.range.end = at;
            }
            continue;
        }
        new.extend_from_slice(&text[at..cut.range.start]);
        new.extend_from_slice(&cut.instead);
        at = cut.range.end;
        changes.push(Change {
            range: cut.range,
            instead: cut.instead.len(),
        });
    }
    new.extend_from_slice(&text[at..]);
    (new, changes)
}

/// The whole statement goes, or becomes a comment.
fn cut_statement(text: &[u8], finding: &Finding, fix: Fix) -> Option<Vec<Cut>> {
    let statement = finding.span.statement.clone();
    if finding.state == AssignmentState::History {
        return Some(vec![Cut::remove(history_entry(text, &statement))]);
    }
    if finding.state == AssignmentState::Commented {
        return Some(vec![Cut::remove(find_comment_extent(text, &statement))]);
    }
    let statement = match finding.shell {
        Syntax::VsCode => with_comma(text, statement),
        _ => statement,
    };
    let start = line_start(text, statement.start);
    let end = line_end(text, statement.end.max(statement.start));
    let before = &text[start..statement.start];
    let after = &text[statement.end.min(end)..end];
    let marker = find_comment_marker(finding.shell);
    let is_comment_after = after.trim_ascii_start().starts_with(marker.trim_ascii());
    let is_alone = is_blank(before) && (is_blank(after) || is_comment_after);
    let stands_in_block = is_second(text, start, finding.shell)
        || needs_command(finding.shell)
            && (finding.span.in_block
                || block_ends(text, statement.end)
                || is_short_body(text, start, finding.shell));
    match fix {
        Fix::Remove if is_alone && !stands_in_block && is_blank(after) => {
            Some(vec![Cut::remove(start..behind_line(text, end))])
        }
        Fix::Remove if is_alone && !stands_in_block => {
            let blanks = after.len() - after.trim_ascii_start().len();
            Some(vec![Cut::remove(statement.start..statement.end + blanks)])
        }
        Fix::Remove => Some(vec![Cut {
            range: statement,
            instead: find_null_command(finding.shell).to_vec(),
        }]),
        Fix::Comment if is_alone => {
            let mut cuts = Vec::new();
            if stands_in_block {
                let instead = [
                    before,
                    find_null_command(finding.shell),
                    line_ending(text, end),
                ]
                .concat();
                let range = start..start;
                cuts.push(Cut { range, instead });
            }
            let lines = scan_lines(text, start..end);
            cuts.extend(lines.into_iter().map(|at| Cut {
                range: at..at,
                instead: marker.to_vec(),
            }));
            // Both go to the same place when there is one line.
            Some(merge_cuts(cuts))
        }
        Fix::Comment if finding.shell == Syntax::VsCode => None,
        Fix::Comment => {
            let kept = comment_line(text, finding.shell, &statement, start, end, b"");
            Some(vec![
                kept,
                Cut {
                    range: statement,
                    instead: find_null_command(finding.shell).to_vec(),
                },
            ])
        }
    }
}

/// Some items of a statement go; the others stay.
#[expect(
    clippy::unnecessary_wraps,
    reason = "the other way of cutting can fail"
)]
fn cut_items(text: &[u8], members: &[&Finding], fix: Fix) -> Option<Vec<Cut>> {
    let mut cuts = Vec::new();
    for finding in members {
        let item = finding.span.item.clone();
        if finding.state == AssignmentState::Commented || finding.state == AssignmentState::History
        {
            let statement = &finding.span.statement;
            cuts.push(Cut::remove(find_comment_extent(text, statement)));
            continue;
        }
        if fix == Fix::Comment {
            let keyword: &[u8] = match finding.form {
                Form::Export | Form::Declare => b"export ",
                Form::SystemdEnvironment => b"Environment=",
                _ => b"",
            };
            let statement = finding.span.statement.start;
            let start = line_start(text, statement);
            let end = line_end(text, statement);
            cuts.push(comment_line(
                text,
                finding.shell,
                &item,
                start,
                end,
                keyword,
            ));
        }
        cuts.push(Cut::remove(with_blanks(text, item)));
    }
    Some(merge_cuts(cuts))
}

/// Cuts that put something in at the same place become one.
fn merge_cuts(cuts: Vec<Cut>) -> Vec<Cut> {
    let mut inserted: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
    let mut all = Vec::new();
    for cut in cuts {
        if cut.range.is_empty() {
            let text = inserted.entry(cut.range.start).or_default();
            text.extend(cut.instead);
        } else {
            all.push(cut);
        }
    }
    all.extend(inserted.into_iter().map(|(at, instead)| Cut {
        range: at..at,
        instead,
    }));
    all
}

/// A line of comment, to stand before the line that a statement begins in.
fn comment_line(
    text: &[u8],
    shell: Syntax,
    range: &Range<usize>,
    start: usize,
    end: usize,
    keyword: &[u8],
) -> Cut {
    let marker = find_comment_marker(shell);
    let indent: Vec<u8> = text[start..]
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .copied()
        .collect();
    let mut instead = [&indent[..], marker, keyword].concat();
    for byte in &text[range.clone()] {
        instead.push(*byte);
        if *byte == b'\n' {
            instead.extend_from_slice(marker);
        }
    }
    instead.extend_from_slice(line_ending(text, end));
    Cut {
        range: start..start,
        instead,
    }
}

/// The item with the blanks before it, or those after it if it comes first.
fn with_blanks(text: &[u8], item: Range<usize>) -> Range<usize> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let mut start = item.start;
    while start > 0 && is_blank(&text[start - 1]) {
        start -= 1;
    }
    let begins_line = start == 0 || text[start - 1] == b'\n';
    if start < item.start && !begins_line {
        return start..item.end;
    }
    let after = text[item.end..].iter().take_while(|byte| is_blank(byte));
    item.start..item.end + after.count()
}

/// A member of JSON with the comma that separates it.
fn with_comma(text: &[u8], member: Range<usize>) -> Range<usize> {
    let after = &text[member.end..];
    let blanks = after.len() - after.trim_ascii_start().len();
    if after.get(blanks) == Some(&b',') {
        return member.start..member.end + blanks + 1;
    }
    let before = text[..member.start].trim_ascii_end();
    if before.last() == Some(&b',') {
        // What stands between may be a line end, which stays.
        let gap = &text[before.len()..member.start];
        if !gap.contains(&b'\n') {
            return before.len() - 1..member.end;
        }
    }
    member
}

/// The line of a history, with the time stamp that bash writes before it.
fn history_entry(text: &[u8], line: &Range<usize>) -> Range<usize> {
    let start = line_start(text, line.start);
    let end = behind_line(text, line_end(text, line.end));
    if start == 0 {
        return start..end;
    }
    let above = line_start(text, start - 1);
    let stamp = text[above..start].trim_ascii();
    let is_stamp = stamp
        .strip_prefix(b"#")
        .is_some_and(|digits| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit));
    if is_stamp { above..end } else { start..end }
}

/// Tells what goes of a comment: its line, if it has one for itself.
fn find_comment_extent(text: &[u8], statement: &Range<usize>) -> Range<usize> {
    let start = line_start(text, statement.start);
    let end = line_end(text, statement.end);
    let line = text[start..end].trim_ascii();
    let lower: Vec<u8> = line.iter().take(4).map(u8::to_ascii_lowercase).collect();
    let begins = [&b"#"[..], b";", b"::", b"rem ", b"//"];
    let is_line = begins.iter().any(|marker| lower.starts_with(marker));
    let is_alone =
        is_blank(&text[start..statement.start]) && is_blank(&text[statement.end.min(end)..end]);
    if is_line || is_alone {
        start..behind_line(text, end)
    } else {
        statement.clone()
    }
}

fn is_blank(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_whitespace)
}

/// Behind the line end that follows `end`.
fn behind_line(text: &[u8], end: usize) -> usize {
    let rest = &text[end..];
    if rest.starts_with(b"\r\n") {
        end + 2
    } else {
        end + usize::from(rest.starts_with(b"\n"))
    }
}

/// The line end that a line has.
fn line_ending(text: &[u8], end: usize) -> &'static [u8] {
    if text[end..].starts_with(b"\r\n") {
        b"\r\n"
    } else {
        b"\n"
    }
}

/// Finds where the lines of a range begin.
fn scan_lines(text: &[u8], range: Range<usize>) -> Vec<usize> {
    let inner = text[range.clone()].iter().enumerate();
    let breaks = inner.filter(|(_, byte)| **byte == b'\n');
    std::iter::once(range.start)
        .chain(breaks.map(|(at, _)| range.start + at + 1))
        .collect()
}

/// Tells what begins a comment.
const fn find_comment_marker(shell: Syntax) -> &'static [u8] {
    match shell {
        Syntax::Cmd => b"rem ",
        Syntax::VsCode => b"// ",
        Syntax::Registry => b"; ",
        _ => b"# ",
    }
}

/// Tells what stands where a command was and does nothing.
const fn find_null_command(shell: Syntax) -> &'static [u8] {
    match shell {
        Syntax::Sh | Syntax::Bash | Syntax::Zsh | Syntax::Ksh | Syntax::Direnv | Syntax::Dotenv => {
            b":"
        }
        Syntax::Fish => b"true",
        Syntax::Cmd => b"rem",
        _ => b"",
    }
}

/// Whether a block of the language may not be empty.
const fn needs_command(shell: Syntax) -> bool {
    shell.is_posix() || matches!(shell, Syntax::Dotenv | Syntax::Cmd)
}

/// Whether the line before ends with an operator of fish that needs one more command.
fn is_second(text: &[u8], start: usize, shell: Syntax) -> bool {
    let above = text[..start].trim_ascii_end();
    shell == Syntax::Fish && (above.ends_with(b"&&") || above.ends_with(b"|"))
}

/// Whether the line before is the header of a loop or branch that may have one command for a body,
/// as zsh has it: `for name (words)`.
fn is_short_body(text: &[u8], start: usize, shell: Syntax) -> bool {
    if shell != Syntax::Zsh {
        return false;
    }
    let above = text[..start].trim_ascii_end();
    let above = above[line_start(above, above.len())..].trim_ascii_start();
    let is_header = above.ends_with(b")") || above.ends_with(b"]]");
    let word = above.split(|byte| !byte.is_ascii_alphabetic()).next();
    let words: [&[u8]; 6] = [b"for", b"foreach", b"while", b"until", b"if", b"repeat"];
    is_header && word.is_some_and(|word| words.contains(&word))
}

/// Whether the next thing that is no comment closes a block, which may not be left empty.
fn block_ends(text: &[u8], from: usize) -> bool {
    const CLOSERS: [&[u8]; 9] = [
        b"}", b"fi", b"done", b"esac", b"else", b"elif", b"then", b"do", b"end",
    ];
    let mut at = from;
    while let Some(byte) = text.get(at) {
        match byte {
            b')' => return true,
            b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' => at += 1,
            b'#' => at = line_end(text, at),
            _ => break,
        }
    }
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || b";&|)<>".contains(byte);
    CLOSERS.iter().any(|closer| {
        text[at..]
            .strip_prefix(*closer)
            .is_some_and(|rest| rest.first().is_none_or(is_end))
    })
}
