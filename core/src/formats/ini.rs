//! INI files: sections and keys.
//!
//! A key goes with its line and the lines that continue its value, as the program reads them that
//! the file is for. The header of a section stays when its last key goes. What goes with a section
//! is said in `sections`.

mod sections;

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

use super::cut::{self, Comments};
use super::path::{MemberPath, Step};
use super::tree::{Address, Cut, Node, Shape, is_same_without};
use crate::io::files::EditError;
pub use sections::{Heading, is_damaged, list_headings};
use sections::{section_name, without_sections};

/// The program whose rules hold. They differ in what ends a key, what continues a value, what is a
/// quote and what is a comment.
///
/// In all of them a line that begins with a bracket, indented or not, is a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IniDialect {
    /// Go's `ini` library and those like it (Atmos, rclone, `aws-vault`): `=` or `:`, values in
    /// backquotes or triple quotes over several lines, a backslash continues a line.
    Go,
    /// Python's `configparser` (AWS CLI, pip, twine, s3cmd): `=` or `:`, lines that are indented
    /// more than the key continue its value, keys without regard to case, no quotes.
    Python,
    /// `git config`: `[section "subsection"]` is `section.subsection`; quotes and escapes inside
    /// values, a backslash continues a line, comments behind values, sections and keys without
    /// regard to case.
    Git,
    /// MySQL's option files: `=` only, keys without a value, quotes, `#` behind a value.
    MySql,
    /// npm's `ini` (`.npmrc`, pnpm's `auth.ini`): `=` only, a key may be any text
    /// (`//host/:_authToken`), values may be JSON strings, `;` and `#` behind a value.
    Npm,
}

impl IniDialect {
    const fn delimiters(self) -> &'static [char] {
        match self {
            Self::Go | Self::Python => &['=', ':'],
            Self::Git | Self::MySql | Self::Npm => &['='],
        }
    }

    fn key(self, text: &str) -> String {
        match self {
            Self::Python => text.to_lowercase(),
            Self::Git => text.to_ascii_lowercase(),
            Self::Npm => npm_text(text),
            Self::Go | Self::MySql => text.to_owned(),
        }
    }
}

/// A key, its value and the bytes that are theirs.
struct Entry {
    key: String,
    value: Option<String>,
    /// The line after the last one of it.
    next: usize,
}

struct Lines<'a> {
    bytes: &'a [u8],
    ranges: Vec<Range<usize>>,
    dialect: IniDialect,
}

pub(super) fn read_node(bytes: &[u8], dialect: IniDialect) -> Node {
    let lines = Lines {
        bytes,
        ranges: cut::split_lines(bytes),
        dialect,
    };
    let mut top: Vec<(String, Node)> = Vec::new();
    let mut sections: Vec<Section> = Vec::new();
    let mut number = 0;
    while let Some(range) = lines.ranges.get(number) {
        let text = lines.text(number);
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            number += 1;
            continue;
        }
        let mut start = 0;
        if let Some((name, length)) = lines.header(number, trimmed) {
            sections.push(Section {
                name,
                lines: number..number + 1,
                members: Vec::new(),
            });
            start = text.len() - text.trim_start().len() + length;
            let rest = text[start..].trim_start();
            if dialect != IniDialect::Git || rest.is_empty() || rest.starts_with(['#', ';']) {
                number += 1;
                continue;
            }
        }
        let entry = lines.entry(number, &text[start..]);
        let first = number;
        number = entry.next.max(number + 1).min(lines.ranges.len());
        let end = lines.ranges[number - 1].end;
        let cut = if start == 0 {
            range.start..end
        } else {
            // Behind a header: the line itself stays.
            range.start + start..cut::trim_line_end(bytes, &(range.start..end)).end
        };
        let node = entry.value.map_or_else(Node::null, Node::of_text);
        let member = (entry.key, node.cut_at(cut));
        match sections.last_mut() {
            Some(section) => {
                section.members.push(member);
                section.lines.end = number.max(first + 1);
            }
            None => top.push(member),
        }
    }
    for section in sections {
        let range = cut::section_lines(bytes, &lines.ranges, &section.lines);
        let node = Node::new(Shape::Map(section.members)).cut_at(range);
        top.push((section.name, node));
    }
    Node::new(Shape::Map(top))
}

struct Section {
    name: String,
    lines: Range<usize>,
    members: Vec<(String, Node)>,
}

/// Cuts keys, then sections.
pub(super) fn cut_members(
    bytes: &[u8],
    dialect: IniDialect,
    root: &Node,
    gone: &BTreeSet<Address>,
) -> Result<Vec<u8>, EditError> {
    if dialect == IniDialect::Git {
        return cut::cut_members(bytes, Comments::Hash, root, gone);
    }
    let mut keys = Vec::new();
    for address in gone {
        match root.at(address).map(|node| (&node.shape, &node.cut)) {
            Some((shape, Cut::Ranges(ranges))) if !matches!(shape, Shape::Map(_)) => {
                keys.extend(ranges.iter().cloned());
            }
            _ => {}
        }
    }
    let kept = cut::remove_ranges(bytes, keys);
    let names = section_names(root, gone);
    if names.is_empty() {
        return Ok(kept);
    }
    let kept = without_sections(&kept, &names);
    if dialect == IniDialect::Go && gone.iter().all(|address| is_section(root, address)) {
        require_same_for_python(bytes, &names, &kept)?;
    }
    Ok(kept)
}

fn is_section(root: &Node, address: &[usize]) -> bool {
    root.at(address).is_some_and(Node::is_map)
}

fn section_names<'n>(root: &'n Node, gone: &BTreeSet<Address>) -> HashSet<&'n str> {
    let members: Vec<(&str, &Node)> = root.members().collect();
    let at_the_top = gone.iter().filter_map(|address| match address[..] {
        [at] => members.get(at),
        _ => None,
    });
    at_the_top
        .filter(|(_, node)| node.is_map())
        .map(|(name, _)| *name)
        .collect()
}

/// Refuses a removal after which other sections would say something else to the AWS tools: they read
/// the same files as Atmos, line by line, and know no value that goes on behind a header.
fn require_same_for_python(
    bytes: &[u8],
    names: &HashSet<&str>,
    kept: &[u8],
) -> Result<(), EditError> {
    let before = read_node(bytes, IniDialect::Python);
    let members = before.members().enumerate();
    let gone = members
        .filter(|(_, (name, node))| node.is_map() && names.contains(name))
        .map(|(at, _)| Address::from([at]));
    if is_same_without(
        &before,
        &gone.collect(),
        &read_node(kept, IniDialect::Python),
    ) {
        return Ok(());
    }
    let headings = list_headings(bytes);
    let heading = headings.iter().find(|it| names.contains(it.name.as_str()));
    Err(build_joined_section_error(
        heading.map_or(1, |heading| heading.line),
    ))
}

/// Why a section that a path names is not there for the program that reads the file so, although
/// it is for one that reads line by line: a value takes it in.
pub(super) fn explain_missing_section(
    bytes: &[u8],
    dialect: IniDialect,
    path: &MemberPath,
) -> Option<EditError> {
    let (IniDialect::Go, Step::Key(name) | Step::Section(name)) = (dialect, path.steps().first()?)
    else {
        return None;
    };
    let mut headings = list_headings(bytes).into_iter();
    let heading = headings.find(|heading| heading.name == *name)?;
    Some(build_joined_section_error(heading.line))
}

fn build_joined_section_error(line: usize) -> EditError {
    EditError::NotUnderstood {
        line,
        problem:
            "a quote or a backslash at the end of a line joins this section to another, so that \
             the rest would change its meaning"
                .to_owned(),
    }
}

/// `[section]`, `[section "sub\"section"]` or `[section.subsection]`.
fn git_header(trimmed: &str) -> Option<(String, usize)> {
    let inside = trimmed.strip_prefix('[')?;
    let end = inside.find(|c: char| c == ']' || c == '"' || c.is_whitespace())?;
    let mut name = inside[..end].to_ascii_lowercase();
    let rest = inside[end..].trim_start();
    let Some(quoted) = rest.strip_prefix('"') else {
        let after = rest.strip_prefix(']')?;
        return Some((name, trimmed.len() - after.len()));
    };
    name.push('.');
    let mut characters = quoted.char_indices();
    loop {
        match characters.next()? {
            (at, '"') => {
                let after = quoted[at + 1..].trim_start().strip_prefix(']')?;
                return Some((name, trimmed.len() - after.len()));
            }
            (_, '\\') => name.push(characters.next()?.1),
            (_, other) => name.push(other),
        }
    }
}

impl Lines<'_> {
    /// The name of a section and the length of its header, if this line is one.
    fn header(&self, number: usize, trimmed: &str) -> Option<(String, usize)> {
        if self.dialect == IniDialect::Git {
            return git_header(trimmed);
        }
        let line = self.bytes[self.ranges[number].clone()].trim_ascii();
        Some((section_name(line)?, trimmed.len()))
    }

    /// The text of a line without its end. Bytes that are not UTF-8 count for one character each,
    /// so that places in the text are places in the bytes.
    fn text(&self, number: usize) -> String {
        let bytes = &self.bytes[cut::trim_line_end(self.bytes, &self.ranges[number])];
        match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes
                .iter()
                .map(|byte| {
                    if byte.is_ascii() {
                        char::from(*byte)
                    } else {
                        '?'
                    }
                })
                .collect(),
        }
    }

    /// The entry that begins in this line with this text.
    fn entry(&self, number: usize, text: &str) -> Entry {
        if self.dialect == IniDialect::Git {
            return self.git_entry(number, text);
        }
        let Some((key, value)) = text.split_once(self.dialect.delimiters()) else {
            return Entry {
                key: self.dialect.key(text.trim()),
                value: None,
                next: number + 1,
            };
        };
        let key = self.dialect.key(key.trim());
        let value = value.trim();
        let (value, next) = match self.dialect {
            IniDialect::Go => self.go_value(number, value),
            IniDialect::Python => self.indented_value(number, value),
            IniDialect::MySql => (mysql_text(value), number + 1),
            IniDialect::Npm => (npm_text(value), number + 1),
            IniDialect::Git => (value.to_owned(), number + 1),
        };
        Entry {
            key,
            value: Some(value),
            next,
        }
    }

    fn go_value(&self, number: usize, value: &str) -> (String, usize) {
        for quote in ["\"\"\"", "`"] {
            let Some(rest) = value.strip_prefix(quote) else {
                continue;
            };
            // As Go's library does, the last quote of a line ends the value.
            if let Some(end) = rest.rfind(quote) {
                return (rest[..end].to_owned(), number + 1);
            }
            let mut text = format!("{rest}\n");
            for next in number + 1..self.ranges.len() {
                let line = self.text(next);
                if let Some(end) = line.rfind(quote) {
                    text.push_str(&line[..end]);
                    return (text, next + 1);
                }
                text.push_str(&line);
                text.push('\n');
            }
            // Never closed: then it was no quote.
            return (value.to_owned(), number + 1);
        }
        let mut text = value.to_owned();
        let mut next = number + 1;
        while text.ends_with('\\') && next < self.ranges.len() {
            text.pop();
            let line = self.text(next);
            text.push_str(line.trim());
            next += 1;
            if line.trim().is_empty() {
                break;
            }
        }
        for quote in ['"', '\''] {
            let inside = text
                .strip_prefix(quote)
                .and_then(|text| text.strip_suffix(quote));
            if let Some(inside) = inside {
                return (inside.to_owned(), next);
            }
        }
        (text, next)
    }

    /// Lines that are indented more than the key; blank lines and comments between them as well.
    fn indented_value(&self, number: usize, value: &str) -> (String, usize) {
        let indent = |text: &str| text.len() - text.trim_start().len();
        let of_key = indent(&self.text(number));
        let mut text = value.to_owned();
        let mut end = number + 1;
        for next in number + 1..self.ranges.len() {
            let line = self.text(next);
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
                continue;
            }
            if indent(&line) <= of_key || self.header(next, trimmed).is_some() {
                break;
            }
            text.push('\n');
            text.push_str(trimmed);
            end = next + 1;
        }
        (text, end)
    }

    fn git_entry(&self, number: usize, text: &str) -> Entry {
        let name_end = text
            .find(['=', '#', ';'])
            .filter(|at| text[*at..].starts_with('='))
            .unwrap_or(text.len());
        let key = IniDialect::Git.key(text[..name_end].trim());
        let Some(rest) = text.get(name_end + 1..) else {
            let key = key
                .split(['#', ';'])
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned();
            return Entry {
                key,
                value: None,
                next: number + 1,
            };
        };
        let mut value = String::new();
        // White space at the end counts only inside quotes.
        let mut length = 0;
        let mut is_quoted = false;
        let mut line = rest.trim_start().to_owned();
        let mut next = number + 1;
        'lines: loop {
            let mut characters = line.chars();
            let mut continues = false;
            while let Some(character) = characters.next() {
                match character {
                    '"' => {
                        is_quoted = !is_quoted;
                        length = value.len();
                        continue;
                    }
                    '#' | ';' if !is_quoted => break 'lines,
                    '\\' => match characters.next() {
                        None => continues = true,
                        Some('n') => value.push('\n'),
                        Some('t') => value.push('\t'),
                        Some('b') => value.push('\u{8}'),
                        Some(other) => value.push(other),
                    },
                    other => value.push(other),
                }
                if is_quoted || !character.is_whitespace() {
                    length = value.len();
                }
            }
            if !continues || next >= self.ranges.len() {
                break;
            }
            line = self.text(next);
            next += 1;
        }
        value.truncate(length);
        Entry {
            key,
            value: Some(value),
            next,
        }
    }
}

/// A value of MySQL's: quotes around it, escapes in it, `#` behind it.
fn mysql_text(value: &str) -> String {
    let mut text = String::new();
    let mut quote = None;
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match (character, quote) {
            ('\\', _) => text.push(match characters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('b') => '\u{8}',
                Some('s') => ' ',
                Some(other) => other,
                None => '\\',
            }),
            ('"' | '\'', None) => quote = Some(character),
            (other, Some(open)) if other == open => quote = None,
            ('#', None) => break,
            (other, _) => text.push(other),
        }
    }
    text.trim().to_owned()
}

/// A key or value of npm's: a JSON string, a text in single quotes, or up to `;` or `#`.
fn npm_text(value: &str) -> String {
    let value = value.trim();
    let inside = value
        .strip_prefix('\'')
        .and_then(|value| value.strip_suffix('\''));
    let is_quoted = inside.is_some() || (value.starts_with('"') && value.ends_with('"'));
    if is_quoted {
        let value = inside.unwrap_or(value);
        return serde_json::from_str(value).unwrap_or_else(|_| value.to_owned());
    }
    let mut text = String::new();
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some(next @ ('\\' | ';' | '#')) => text.push(next),
                Some(next) => text.extend(['\\', next]),
                None => text.push('\\'),
            },
            ';' | '#' => break,
            other => text.push(other),
        }
    }
    text.trim().to_owned()
}
