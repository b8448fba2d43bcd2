//! Credentials in one file that a person asks about, whatever tool it is of.

use super::content::{Shape, ShapeKind, shape_of, text_of};
use super::names::{Reason, is_unmistakable};
use super::text::has_told_secret;
use crate::formats::{Format, MemberPath, Node};
use crate::systems::catalogue::find_members;

/// A credential in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialInFile {
    /// Where in the file.
    pub place: CredentialPlace,
    /// The line, counted from 1; that of the file's begin where it is no text.
    pub line: usize,
}

/// Where in a file a credential is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialPlace {
    /// The member with this path, as people read it, and of this name.
    Member {
        /// The path.
        path: String,
        /// Its last key.
        name: String,
    },
    /// A line of a text that no format reads.
    Line,
    /// The whole of it, which is what these words say.
    File(&'static str),
}

/// Whether a file among many is looked into: one that is called like a credential.
pub fn is_called_like_credential(name: &str) -> bool {
    is_unmistakable(name)
}

/// What in a file looks like a credential, in the order of its lines: what the tools that call a file so
/// keep there, and what nobody has described.
pub fn find_credentials(name: &str, bytes: &[u8]) -> Vec<CredentialInFile> {
    let text = text_of(bytes).unwrap_or_default();
    let described = find_members(name, bytes).into_iter();
    let described = described.map(|(format, path)| describe_member(&text, format, &path));
    let (single, groups): (Vec<_>, Vec<_>) = described.partition(|(_, lines)| lines.len() < 2);
    let mut found: Vec<CredentialInFile> = single.into_iter().map(|(found, _)| found).collect();
    let shape = shape_of(name, bytes, Reason::Name, &[], &[]);
    let others = match shape {
        None => Vec::new(),
        Some(Shape {
            members: Some((format, members)),
            ..
        }) => members
            .iter()
            .map(|path| describe_member(&text, format, path).0)
            .collect(),
        // Whoever describes the file knows better.
        Some(_) if !(found.is_empty() && groups.is_empty()) => Vec::new(),
        Some(shape) => match shape.kind {
            ShapeKind::Line => list_lines(&text),
            ShapeKind::File => vec![CredentialInFile {
                place: CredentialPlace::File(shape.why),
                line: 1,
            }],
            ShapeKind::Marker => Vec::new(),
        },
    };
    for other in others {
        if !found.iter().any(|known| known.line == other.line) {
            found.push(other);
        }
    }
    // Of a group that is a credential it is known which of its members is the secret, or it is all.
    for (group, lines) in groups {
        if !found.iter().any(|known| lines.contains(&known.line)) {
            found.push(group);
        }
    }
    found.sort_by_key(|found| found.line);
    found
}

/// A member, with the lines of the texts in it, the last of which is the secret's.
fn describe_member(
    text: &str,
    format: Format,
    path: &MemberPath,
) -> (CredentialInFile, Vec<usize>) {
    let document = format.read(text.as_bytes()).ok();
    let value = document.as_ref().and_then(|document| document.get(path));
    let mut lines = Vec::new();
    if let Some(value) = value {
        list_lines_of(text, value, &mut lines);
    }
    let found = CredentialInFile {
        line: lines.last().copied().unwrap_or(1),
        place: CredentialPlace::Member {
            name: path.name().to_owned(),
            path: path.to_string(),
        },
    };
    (found, lines)
}

/// The lines where the texts in a value begin.
fn list_lines_of(text: &str, value: &Node, lines: &mut Vec<usize>) {
    // What is escaped in the file is found by its first line.
    let first = value.scalar().and_then(|text| text.lines().next());
    if let Some(first) = first.filter(|first| !first.is_empty())
        && let Some(at) = text.find(first)
    {
        lines.push(text[..at].matches('\n').count() + 1);
    }
    for (_, member) in value.members() {
        list_lines_of(text, member, lines);
    }
    for element in value.elements() {
        list_lines_of(text, element, lines);
    }
}

/// The lines that are made like a credential; the first line if that is only told by the whole.
fn list_lines(text: &str) -> Vec<CredentialInFile> {
    let lines = text.lines().enumerate();
    let told = lines.filter(|(_, line)| has_told_secret(line, false, false));
    let mut found: Vec<CredentialInFile> = told
        .map(|(number, _)| CredentialInFile {
            place: CredentialPlace::Line,
            line: number + 1,
        })
        .collect();
    if found.is_empty() {
        found.push(CredentialInFile {
            place: CredentialPlace::Line,
            line: 1,
        });
    }
    found
}
