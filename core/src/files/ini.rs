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

use std::collections::HashSet;
use std::ops::Range;

use jiff::Timestamp;

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

/// Lists the sections of a file. Takes time in proportion to its length.
pub fn sections(bytes: &[u8]) -> Vec<Section> {
    let lines = lines(bytes);
    let mut sections = Vec::new();
    for outline in outlines(bytes, &lines) {
        let text = |line: &Line| &bytes[line.range.clone()];
        let comment = outline.comment.start..outline.header;
        sections.push(Section {
            atmos_expiration: lines[comment.clone()]
                .iter()
                .rev()
                .find_map(|l| expiration(text(l))),
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
#[expect(
    clippy::implicit_hasher,
    reason = "callers collect names into a set; none needs another hasher"
)]
pub fn remove_sections(bytes: &[u8], names: &HashSet<&str>) -> Option<RemovedIni> {
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
        return None;
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
    Some(RemovedIni {
        bytes: kept,
        removed,
        remaining_sections,
        leftover_is_blank,
    })
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
    let mut start = bom_length(bytes);
    bytes[start..]
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| {
            let range = start..start + line.len();
            start = range.end;
            Line {
                range,
                kind: kind_of(line.trim_ascii()),
            }
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
fn section_name(trimmed: &[u8]) -> Option<String> {
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ATMOS: &str = "\
; atmos: expiration=2026-11-21T09:06:11Z
[ledger-admin]
aws_access_key_id     = FAKE-key-3
aws_secret_access_key = FAKE-secret-3
aws_session_token     = FAKE-token-3

; atmos: expiration=2026-11-21T09:06:12Z
[ledger-readonly]
aws_access_key_id     = FAKE-key-4
aws_secret_access_key = `FAKE;secret#4`

; atmos: expiration=2026-11-21T09:06:13Z
[ledger-deployer]
aws_access_key_id     = FAKE-key-5
";

    fn names_of<'a>(names: &[&'a str]) -> HashSet<&'a str> {
        names.iter().copied().collect()
    }

    fn remove(text: &str, names: &[&str]) -> String {
        let removed = remove_sections(text.as_bytes(), &names_of(names));
        removed.map_or_else(
            || "unchanged".to_owned(),
            |removed| String::from_utf8_lossy(&removed.bytes).into_owned(),
        )
    }

    #[test]
    fn sections_of_a_file_of_atmos_are_read() {
        let sections = sections(ATMOS.as_bytes());
        let names: Vec<_> = sections
            .iter()
            .map(|section| section.name.as_str())
            .collect();
        assert_eq!(
            names,
            ["ledger-admin", "ledger-readonly", "ledger-deployer"]
        );
        let second = &sections[1];
        assert_eq!(second.header_line, 8);
        assert_eq!(second.atmos_expiration, "2026-11-21T09:06:12Z".parse().ok());
        assert_eq!(
            second.get("aws_secret_access_key").unwrap().expose(),
            "FAKE;secret#4"
        );
        assert_eq!(second.entries[0].line, 9);
        assert_eq!(
            &ATMOS[second.comment.clone()],
            "; atmos: expiration=2026-11-21T09:06:12Z\n"
        );
        assert!(ATMOS[second.range.clone()].starts_with("[ledger-readonly]\n"));
        assert!(ATMOS[second.range.clone()].ends_with("4`\n"));
        assert!(!format!("{sections:?}").contains("FAKE-"));
    }

    #[test]
    fn removing_a_section_leaves_what_atmos_would_have_written_without_it() {
        let parts: Vec<&str> = ATMOS.split("\n\n").collect();
        let [first, second, third] = parts[..] else {
            panic!("three sections")
        };
        assert_eq!(
            remove(ATMOS, &["ledger-admin"]),
            format!("{second}\n\n{third}")
        );
        assert_eq!(
            remove(ATMOS, &["ledger-readonly"]),
            format!("{first}\n\n{third}")
        );
        assert_eq!(
            remove(ATMOS, &["ledger-deployer"]),
            format!("{first}\n\n{second}\n")
        );
        assert_eq!(
            remove(ATMOS, &["ledger-admin", "ledger-deployer"]),
            format!("{second}\n")
        );
        let all = ["ledger-admin", "ledger-readonly", "ledger-deployer"]
            .into_iter()
            .collect();
        let removed = remove_sections(ATMOS.as_bytes(), &all).unwrap();
        assert!(removed.leftover_is_blank && removed.bytes.is_empty());
        assert_eq!((removed.remaining_sections, removed.removed.len()), (0, 3));
        assert_eq!(remove(ATMOS, &["ledger", ""]), "unchanged");
    }

    #[test]
    fn odd_shapes_are_removed_to_the_line() {
        let cases: &[(&str, &str, &str)] = &[
            (
                "hand-written comment stays",
                "# mine\n; atmos: x=1\n[a]\nk=v\n",
                "# mine\n",
            ),
            (
                "comment of the next stays",
                "[a]\nk=v\n# about b\n[b]\nk=w\n",
                "# about b\n[b]\nk=w\n",
            ),
            (
                "comment after the entries goes",
                "[a]\nk=v\n# old = x\n\n[b]\n",
                "[b]\n",
            ),
            (
                "free comment stays",
                "[a]\nk=v\n\n# free\n\n[b]\n",
                "# free\n\n[b]\n",
            ),
            ("crlf", "[a]\r\nk=v\r\n\r\n[b]\r\nk=w\r\n", "[b]\r\nk=w\r\n"),
            ("no last newline", "[b]\nk=w\n\n[a]\nk=v", "[b]\nk=w\n"),
            ("kept end without newline", "[a]\nk=v\n[b]\nk=w", "[b]\nk=w"),
            ("bom", "\u{feff}[a]\nk=v\n[b]\n", "\u{feff}[b]\n"),
            ("spacing", "[b]\n[ a ] ; note\nk=v\n[c]\n", "[b]\n[c]\n"),
            ("twice", "[a]\nk=v\n\n[b]\n\n[a]\nk=w\n", "[b]\n"),
            ("nested", "[a]\ns3 =\n  x = y\n\n  z = w\n[b]\n", "[b]\n"),
            (
                "entries before any header",
                "k = v\n\n[a]\nx=y\n",
                "k = v\n",
            ),
            ("empty section", "[a]\n[b]\n", "[b]\n"),
            ("section only", "[a]", ""),
            ("comment under the header", "[a]\n# note\n\n[b]\n", "[b]\n"),
            (
                "unclosed header is no header",
                "[b]\nk=v\n[a\n",
                "unchanged",
            ),
        ];
        for (case, before, after) in cases {
            assert_eq!(remove(before, &["a"]), *after, "{case}");
        }
    }

    #[test]
    fn bytes_that_are_not_unicode_stay_as_they_are() {
        let bytes = b"[b]\nname = \xff\xfe\n[a]\nk = v\n[c]\n\xc3\x28 = x\n";
        let removed = remove_sections(bytes, &names_of(&["a"])).unwrap();
        assert_eq!(removed.bytes, b"[b]\nname = \xff\xfe\n[c]\n\xc3\x28 = x\n");
    }

    #[test]
    fn names_are_read_as_the_aws_tools_read_them() {
        let names = |text: &str| {
            sections(text.as_bytes())
                .into_iter()
                .map(|section| section.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names("[profile  \"my dev\"]\n[\tdefault ]\n"),
            ["profile my dev", "default"]
        );
        assert_eq!(
            names("  [sso-session corp] # note ]\n"),
            ["sso-session corp"]
        );
    }

    #[test]
    fn nested_and_quoted_values_are_read() {
        let text = "[a]\ns3 =\n  max = 5\nregion: us-east-1\n\
                    long = \"\"\"one\n[not-a-key\ntwo\"\"\"\nopen = `never\n[b]\n  x = 1\n  y = 2\n";
        let sections = sections(text.as_bytes());
        let shown: Vec<(&str, &str)> = sections[0]
            .entries
            .iter()
            .map(|e| (e.key.as_str(), e.value.expose()))
            .collect();
        assert_eq!(
            shown,
            [
                ("s3", ""),
                ("s3.max", "5"),
                ("region", "us-east-1"),
                ("long", "one\n[not-a-key\ntwo"),
                ("open", "`never"),
            ]
        );
        assert_eq!(sections[1].get("y").unwrap().expose(), "2");
    }

    #[test]
    fn ten_thousand_sections_go_in_one_pass() {
        let name = |number: usize| format!("profile-{number}");
        let sections: Vec<String> = (0..10_000)
            .map(|number| format!("[{}]\nk = v\n\n", name(number)))
            .collect();
        let text = sections.concat();
        let names: Vec<String> = (0..10_000)
            .filter(|number| number % 2 == 0)
            .map(name)
            .collect();
        let removed = remove_sections(
            text.as_bytes(),
            &names.iter().map(String::as_str).collect::<HashSet<_>>(),
        )
        .unwrap();
        assert_eq!(
            (removed.removed.len(), removed.remaining_sections),
            (5000, 5000)
        );
    }

    fn any_line() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "[a]",
            "[b]",
            "[ c ] ; x",
            "# mine",
            "; atmos: expiration=x",
            "",
            "  ",
            "k = v",
            "  nested = x",
            "s3 =",
            "[open",
            "q = \"\"\"",
            "x\r",
            "\r",
        ])
    }

    proptest! {
        #[test]
        fn removal_is_the_input_without_whole_lines_and_neighbours_stay(
            lines in prop::collection::vec(any_line(), 0..24),
            has_last_newline: bool,
        ) {
            let mut text = lines.join("\n");
            if has_last_newline {
                text.push('\n');
            }
            let before = sections(text.as_bytes());
            let Some(removed) = remove_sections(text.as_bytes(), &names_of(&["a"])) else {
                prop_assert!(before.iter().all(|section| section.name != "a"));
                return Ok(());
            };
            let after = String::from_utf8_lossy(&removed.bytes).into_owned();
            let mut rest = text.split_inclusive('\n');
            for line in after.split_inclusive('\n') {
                prop_assert!(rest.any(|candidate| candidate == line), "{line:?} is not from the input");
            }
            let kept: Vec<_> = before.iter().filter(|section| section.name != "a").collect();
            let now = sections(after.as_bytes());
            prop_assert_eq!(kept.len(), now.len());
            prop_assert_eq!(removed.remaining_sections, now.len());
            for (old, new) in kept.iter().zip(&now) {
                // A comment that had been above the removed section may follow.
                prop_assert!(after[new.range.clone()].starts_with(&text[old.range.clone()]));
            }
            prop_assert!(remove_sections(after.as_bytes(), &names_of(&["a"])).is_none());
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = sections(&bytes);
            let _ = remove_sections(&bytes, &names_of(&["a"]));
        }
    }
}
