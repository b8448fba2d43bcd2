//! Members taken out of a file: as many of those asked for as can go.

use std::collections::BTreeSet;

use super::cut::{self, Comments};
use super::tree::{self, Address, Node, Shape, holds_something};
use super::{
    Edited, Format, MemberPath, MemberRemoval, bom_length, ini, not_provable, path, text_of, yaml,
};
use crate::io::files::EditError;

/// The most bytes that are read again to find out which of several members cannot go.
const WORK_LIMIT: usize = 64 * 1024 * 1024;

/// A member that is there: the number of its path, and the nodes.
type Found = (usize, Vec<Address>);

pub(super) fn remove_members(
    format: Format,
    bytes: &[u8],
    paths: &[MemberPath],
) -> Result<Edited, EditError> {
    let before = format.read(bytes)?.root;
    let mut outcomes = Vec::with_capacity(paths.len());
    let mut found: Vec<Found> = Vec::new();
    for (path, nodes) in paths.iter().zip(path::resolve_all(&before, paths)) {
        let can_go = |node: &Address| format == Format::Whole || !node.is_empty();
        outcomes.push(match nodes {
            Err(error) => MemberRemoval::Refused(error),
            Ok(nodes) if nodes.iter().any(can_go) => {
                let nodes = nodes.into_iter().filter(can_go);
                found.push((outcomes.len(), nodes.collect()));
                MemberRemoval::Removed
            }
            Ok(_) => match format {
                Format::Ini(dialect) => ini::explain_missing_section(bytes, dialect, path),
                _ => None,
            }
            .map_or(MemberRemoval::Absent, MemberRemoval::Refused),
        });
    }
    let mut removal = Removal {
        format,
        bytes,
        before: &before,
        gone: BTreeSet::new(),
        kept: None,
        attempts: (WORK_LIMIT / bytes.len().max(1)).clamp(4, 1000),
        refused: Vec::new(),
    };
    removal.take(&found);
    for (number, error) in removal.refused {
        outcomes[number] = MemberRemoval::Refused(error);
    }
    let is_empty = removal
        .kept
        .as_ref()
        .is_some_and(|(bytes, root)| is_empty(format, bytes, root));
    Ok(Edited {
        bytes: removal
            .kept
            .map_or_else(|| bytes.to_vec(), |(kept, _)| kept),
        outcomes,
        is_empty,
    })
}

/// Whether nothing is left that anybody would look for.
fn is_empty(format: Format, bytes: &[u8], root: &Node) -> bool {
    match format {
        Format::Json | Format::Yaml | Format::Xml => {
            matches!(root.shape, Shape::Null) || !holds_something(root)
        }
        _ => bytes[bom_length(bytes)..]
            .iter()
            .all(u8::is_ascii_whitespace),
    }
}

struct Removal<'a> {
    format: Format,
    bytes: &'a [u8],
    before: &'a Node,
    /// What goes, as far as it is known.
    gone: BTreeSet<Address>,
    /// The file without it, and what that says.
    kept: Option<(Vec<u8>, Node)>,
    /// How many more times the file may be read.
    attempts: usize,
    /// The numbers of the paths that cannot go, and why.
    refused: Vec<(usize, EditError)>,
}

impl Removal<'_> {
    /// Takes these members out with those that go already. If that is refused, each half is tried by
    /// itself: one member that has to stay keeps no other.
    fn take(&mut self, found: &[Found]) {
        if found.is_empty() {
            return;
        }
        let mut gone = self.gone.clone();
        gone.extend(found.iter().flat_map(|(_, nodes)| nodes).cloned());
        tree::keep_outermost(&mut gone);
        self.attempts = self.attempts.saturating_sub(1);
        match remove_nodes(self.format, self.bytes, self.before, &gone) {
            Ok(kept) => {
                self.gone = gone;
                self.kept = Some(kept);
            }
            Err(error) => match found {
                [(number, _)] => self.refused.push((*number, error)),
                _ if self.attempts == 0 => {
                    let numbers = found.iter().map(|(number, _)| *number);
                    self.refused
                        .extend(numbers.map(|number| (number, error.clone())));
                }
                _ => {
                    let (first, second) = found.split_at(found.len() / 2);
                    self.take(first);
                    self.take(second);
                }
            },
        }
    }
}

/// The file without these nodes, and what it says; proved to be the same but for them.
fn remove_nodes(
    format: Format,
    bytes: &[u8],
    before: &Node,
    gone: &BTreeSet<Address>,
) -> Result<(Vec<u8>, Node), EditError> {
    let kept = match format {
        Format::Whole => return Ok((Vec::new(), Node::null())),
        Format::Json => cut::cut_members(bytes, Comments::Slashes, before, gone)?,
        Format::Yaml => yaml::cut_members(bytes, text_of(bytes)?, gone)?,
        Format::Ini(dialect) => ini::cut_members(bytes, dialect, before, gone)?,
        _ => cut::cut_members(bytes, Comments::Hash, before, gone)?,
    };
    let after = format.read(&kept).map_err(|_| not_provable())?;
    if !tree::is_same_without(before, gone, &after.root) {
        return Err(not_provable());
    }
    Ok((kept, after.root))
}
