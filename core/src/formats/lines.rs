//! Lists with one element a line. An element goes with its line.

use std::ops::Range;

use super::cut;
use super::tree::{Cut, Node, Shape};

/// How a line is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LineRule {
    /// Every line that is not blank is a text: key files, histories.
    Text,
    /// `protocol://username:password@host/path`, percent-encoded: `.git-credentials`. Fields:
    /// `protocol`, `username`, `password`, `host`, `path`.
    GitCredentials,
    /// `hostname:port:database:username:password` with `\:` and `\\`: `.pgpass`. A line that begins
    /// with `#` is a comment. Fields: `host`, `port`, `database`, `username`, `password`.
    Pgpass,
}

/// What libpq calls the fields.
const PGPASS_FIELDS: [&str; 5] = ["host", "port", "database", "username", "password"];

pub(super) fn read_node(bytes: &[u8], rule: LineRule) -> Node {
    let mut elements = Vec::new();
    for line in cut::split_lines(bytes) {
        let text = String::from_utf8_lossy(&bytes[cut::trim_line_end(bytes, &line)]);
        let element = match rule {
            LineRule::Text => {
                let text = text.trim();
                (!text.is_empty()).then(|| Node::of_text(text.to_owned()))
            }
            LineRule::GitCredentials => git_credentials(&text),
            LineRule::Pgpass => parse_pgpass_line(&text),
        };
        let is_more = rule == LineRule::Text && holds_more(&text);
        elements.extend(element.map(|mut element| {
            if is_more {
                element.cut = Cut::Never("its line holds more than this");
                return element;
            }
            of_line(element, line)
        }));
    }
    Node::new(Shape::List(elements))
}

/// Whether a line is more than one element: a group that is written in one line, or several settings.
/// Nothing of it can go without the rest.
fn holds_more(line: &str) -> bool {
    let line = line.trim().trim_end_matches([';', ',', '.']);
    // A term in braces is one, as in Erlang's configurations.
    let inner = line
        .strip_prefix('{')
        .and_then(|line| line.strip_suffix('}'));
    // What stands in quotes is a text, whatever is in it.
    let parts = inner.unwrap_or(line).split(['"', '\'']);
    parts.step_by(2).any(|part| part.contains([';', '{', '}']))
}

fn of_line(element: Node, line: Range<usize>) -> Node {
    element.cut_at(line)
}

/// As Git's `credential_from_url`: the last `@` before the path ends what stands for the user.
fn git_credentials(line: &str) -> Option<Node> {
    let (protocol, rest) = line.split_once("://")?;
    let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(host_end);
    let (user, host) = authority.rsplit_once('@')?;
    let (username, password) = match user.split_once(':') {
        Some((username, password)) => (username, Some(password)),
        None => (user, None),
    };
    let path = path.trim_start_matches('/').trim_end_matches('/');
    let fields = [
        ("protocol", Some(protocol)),
        ("username", Some(username)),
        ("password", password),
        ("host", Some(host)),
        ("path", Some(path).filter(|path| !path.is_empty())),
    ];
    Some(of_fields(fields.into_iter().filter_map(|(name, text)| {
        Some((name, percent_decoded(text?)))
    })))
}

/// The text with `%41` and the like as the bytes that they stand for.
pub(crate) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *first == b'%');
        let byte = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn parse_pgpass_line(line: &str) -> Option<Node> {
    if line.starts_with('#') || line.trim().is_empty() {
        return None;
    }
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == ':' {
            fields.push(String::new());
            continue;
        }
        let character = match character {
            '\\' => characters.next().unwrap_or('\\'),
            other => other,
        };
        if let Some(field) = fields.last_mut() {
            field.push(character);
        }
    }
    (fields.len() >= PGPASS_FIELDS.len()).then(|| of_fields(PGPASS_FIELDS.into_iter().zip(fields)))
}

fn of_fields<'a>(fields: impl Iterator<Item = (&'a str, String)>) -> Node {
    let members = fields
        .map(|(name, text)| {
            let mut node = Node::of_text(text);
            node.cut = Cut::Never("a field of a line cannot be removed without the line");
            (name.to_owned(), node)
        })
        .collect();
    Node::new(Shape::Map(members))
}
