//! Members of other programs' files: select them by a pattern, take them out, keep every other
//! byte.
//!
//! A [`Format`] reads a file into one shape for all formats, a [`Document`]: maps, lists and
//! scalars. A [`Pattern`] selects members of it; each one has a [`MemberPath`] that is stable while
//! others edit the file, and a value. [`Format::remove`] cuts members out of the bytes.
//!
//! | format | shape |
//! | --- | --- |
//! | JSON (comments allowed), YAML, TOML | as it stands |
//! | INI | section → key → text; keys before the first section stand at the top |
//! | netrc | `machine` → host → `login`, `password`, …; `default` → the same; `macdef` → name → text |
//! | properties | key → text |
//! | lines | a list: of fields by name, or of texts |
//! | XML | element → its elements; attributes are `@name`, text beside them is `#text` |
//! | PEM | a list of blocks: `label`, `text` |
//! | whole file | one text |
//!
//! What belongs to a member when it is removed is said at the head of each format's module. In all
//! of them: the member's own lines if it has them to itself, with a comment behind it; comments and
//! blank lines of their own stay.
//!
//! Every removal is proved before it is returned: the new bytes are read again, and must hold
//! exactly what was there without what was to go. A member that cannot be removed so stays, with the
//! reason; the others go all the same.
//!
//! Limits: [`SIZE_LIMIT`] bytes, [`DEPTH_LIMIT`] levels, [`MEMBER_LIMIT`] members.

mod cut;
pub mod ini;
pub mod json;
mod lines;
mod netrc;
mod path;
mod pattern;
mod pem;
mod properties;
mod remove;
mod toml;
mod tree;
mod xml;
mod yaml;

pub use ini::IniDialect;
pub use lines::LineRule;
pub(crate) use lines::percent_decoded;
pub use path::{MemberPath, Step, TOKEN, hide_passwords, is_token_of_user};
pub use pattern::{Pattern, PatternError, find_captures, is_like};
pub use tree::Node;
pub use yaml::{put_named_entry, set_top_text};

use crate::io::files::EditError;
use crate::secret::Secret;
use tree::Shape;

/// The longest text that is parsed, in bytes; of JSON, [`json::SIZE_LIMIT`].
pub const SIZE_LIMIT: usize = 16 * 1024 * 1024;
/// The deepest nesting that is parsed, where the format's own limit is not lower.
pub const DEPTH_LIMIT: usize = 128;
/// The most members of one file that are looked at.
pub const MEMBER_LIMIT: usize = 1_000_000;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// JSON; comments and a comma after the last member are accepted.
    Json,
    /// YAML of one document.
    Yaml,
    /// Sections with keys, by the rules of the program that reads them.
    Ini(IniDialect),
    /// TOML 1.1.
    Toml,
    /// `~/.netrc`, as curl and Python read it.
    Netrc,
    /// Java's properties.
    Properties,
    /// A list with one element a line.
    Lines(LineRule),
    /// XML without declarations of its own entities.
    Xml,
    /// PEM blocks (`-----BEGIN …-----`) and whatever stands between them.
    Pem,
    /// A file that is one secret.
    Whole,
}

/// A file as maps, lists and scalars.
#[derive(Debug)]
pub struct Document {
    root: Node,
}

/// A member that a pattern selects.
#[derive(Debug)]
pub struct Member<'a> {
    /// Where it is.
    pub path: MemberPath,
    /// The text that each `*` of the pattern stands for, from the left.
    pub captures: Vec<String>,
    /// What it holds.
    pub value: &'a Node,
}

/// How the removal of one member ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberRemoval {
    /// It was there and is gone.
    Removed,
    /// It was not there.
    Absent,
    /// It is still there: it could not be removed without changing something else.
    Refused(EditError),
}

/// A file without some of its members.
#[derive(Clone)]
pub struct Edited {
    /// The new content.
    pub bytes: Vec<u8>,
    /// What became of each path asked for, in that order.
    pub outcomes: Vec<MemberRemoval>,
    /// Nothing is left, or only groups with nothing in them. In the line-based formats comments keep
    /// a file from being empty.
    pub is_empty: bool,
}

/// Without the content, which may hold secrets.
impl std::fmt::Debug for Edited {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Edited")
            .field("outcomes", &self.outcomes)
            .field("is_empty", &self.is_empty)
            .finish_non_exhaustive()
    }
}

impl Document {
    /// The outermost value.
    pub const fn root(&self) -> &Node {
        &self.root
    }

    /// The members that a pattern selects, in the order of the file.
    pub fn select(&self, pattern: &Pattern) -> Vec<Member<'_>> {
        pattern.select(&self.root)
    }

    /// The first member at a path.
    pub fn get(&self, path: &MemberPath) -> Option<&Node> {
        let found = path.resolve(&self.root).ok()?;
        self.root.at(found.first()?)
    }

    /// The text at a path, such as a token.
    pub fn text(&self, path: &MemberPath) -> Option<&Secret> {
        self.get(path)?.text()
    }
}

impl Format {
    const fn size_limit(self) -> usize {
        match self {
            Self::Json => json::SIZE_LIMIT,
            _ => SIZE_LIMIT,
        }
    }

    /// Reads a file. Nothing of it is in an error but the line.
    pub fn read(self, bytes: &[u8]) -> Result<Document, EditError> {
        let limit = self.size_limit();
        if bytes.len() > limit {
            return Err(EditError::TooLarge { limit });
        }
        let root = match self {
            Self::Json => json::read_node(bytes)?,
            Self::Yaml => yaml::read_node(text_of(bytes)?)?,
            Self::Ini(dialect) => ini::read_node(bytes, dialect),
            Self::Toml => toml::read_node(text_of(bytes)?)?,
            Self::Netrc => netrc::read_node(bytes),
            Self::Properties => properties::read_node(bytes),
            Self::Lines(rule) => lines::read_node(bytes, rule),
            Self::Xml => xml::read_node(text_of(bytes)?)?,
            Self::Pem => pem::read_node(bytes),
            Self::Whole => read_whole_secret(bytes),
        };
        // A scalar is deeper than the brackets around it.
        root.check_limits(MEMBER_LIMIT, DEPTH_LIMIT + 1)?;
        Ok(Document { root })
    }

    /// Takes the members at these paths out. Of a key that a file has twice, both go. The empty path
    /// names the content of a whole file, and in other formats nothing.
    ///
    /// # Errors
    ///
    /// If the file cannot be read; what cannot be removed from it is in [`Edited::outcomes`].
    pub fn remove(self, bytes: &[u8], paths: &[MemberPath]) -> Result<Edited, EditError> {
        remove::remove_members(self, bytes, paths)
    }

    /// The file with other texts at these paths, in formats with quotes; every other byte stays.
    /// `None` if there is no text at any of them.
    pub fn replace_texts(
        self,
        bytes: &[u8],
        texts: &[(MemberPath, &str)],
    ) -> Result<Option<Vec<u8>>, EditError> {
        let mut root = self.read(bytes)?.root;
        let mut edits = Vec::new();
        for (path, text) in texts {
            for address in path.resolve(&root)? {
                if let Some(node) = root.at_mut(&address)
                    && matches!(node.shape, Shape::Text(_))
                    && let Some(range) = node.range.clone()
                {
                    // Quotes and escapes of JSON are those of YAML and TOML as well.
                    edits.push((range, serde_json::Value::from(*text).to_string()));
                    node.shape = Shape::Text(Secret::new((*text).to_owned()));
                }
            }
        }
        if edits.is_empty() {
            return Ok(None);
        }
        let written = edits.iter().map(|(at, text)| (at.clone(), text.as_str()));
        let bytes = cut::replace_ranges(bytes, written.collect());
        let after = self.read(&bytes).map_err(|_| not_provable())?;
        if !tree::is_same_without(&root, &std::collections::BTreeSet::new(), &after.root) {
            return Err(not_provable());
        }
        Ok(Some(bytes))
    }
}

fn not_provable() -> EditError {
    EditError::Refused("this cannot be changed without changing something else".to_owned())
}

/// The content of a file that is one secret, without the white space around it.
fn read_whole_secret(bytes: &[u8]) -> Node {
    let text = String::from_utf8_lossy(&bytes[bom_length(bytes)..]);
    match text.trim() {
        "" => Node::null(),
        text => Node::of_text(text.to_owned()),
    }
}

/// The length of a byte order mark.
fn bom_length(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    }
}

/// The text with its byte order mark: places in it are places in the bytes.
fn text_of(bytes: &[u8]) -> Result<&str, EditError> {
    std::str::from_utf8(bytes).map_err(|error| {
        not_understood(
            &bytes[..error.valid_up_to()],
            "these bytes are not UTF-8".to_owned(),
        )
    })
}

fn not_understood(before: &[u8], problem: String) -> EditError {
    EditError::NotUnderstood {
        line: before.split(|byte| *byte == b'\n').count(),
        problem,
    }
}

#[cfg(test)]
mod tests;
