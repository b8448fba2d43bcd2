//! Items of kubeconfig files, and members of other YAML mappings: take some out, keep every other
//! byte.
//!
//! An item is removed with its whole lines, comments between them and behind them included;
//! comments and blank lines between items stay. Only block style can be cut by lines: where
//! something to be removed is in flow style, carries an anchor, or shares a line with something
//! else, the answer is an error and nothing is changed.

pub(crate) mod tree;

use std::collections::HashSet;
use std::ops::Range;

use super::wanted::Wanted;
use super::{EditError, line_at};
use crate::secret::Secret;
use tree::{Kind, Node};

/// The longest text that is parsed, in bytes.
pub const SIZE_LIMIT: usize = 16 * 1024 * 1024;
/// The deepest nesting that is parsed.
pub const DEPTH_LIMIT: usize = 64;

/// One item of a list of named mappings.
#[derive(Clone, Debug)]
pub struct Item {
    /// The value of `name`.
    pub name: String,
    /// The line on which the item begins, counted from 1.
    pub line: usize,
    /// Every scalar in it, in the order of the file.
    pub fields: Vec<Field>,
}

/// A scalar somewhere inside an item.
#[derive(Clone, Debug)]
pub struct Field {
    /// The keys that lead to it; positions in lists are decimal numbers.
    pub path: Vec<String>,
    /// The value; it may be a token or a key.
    pub value: Secret,
}

impl Item {
    /// The scalar at a path, such as `["context", "cluster"]`.
    pub fn get(&self, path: &[&str]) -> Option<&Secret> {
        self.fields
            .iter()
            .find(|field| field.path == path)
            .map(|field| &field.value)
    }

    /// The scalars below a path, such as `["user", "exec", "args"]`.
    pub fn below<'a>(&'a self, path: &'a [&str]) -> impl Iterator<Item = &'a Field> {
        self.fields.iter().filter(move |field| {
            field.path.len() > path.len() && field.path[..path.len()].iter().eq(path.iter())
        })
    }

    /// The list of scalars at a path, such as the arguments of a credential plugin.
    pub fn list<'a>(&'a self, path: &'a [&str]) -> Vec<&'a str> {
        self.below(path)
            .filter(|field| field.path.len() == path.len() + 1)
            .map(|field| field.value.expose())
            .collect()
    }

    /// The value of a variable in a list of `{name, value}` mappings, as in `user.exec.env`.
    pub fn variable(&self, path: &[&str], name: &str) -> Option<&Secret> {
        let entry = self.below(path).find(|field| {
            field.path.len() == path.len() + 2
                && field.path.last().is_some_and(|key| key == "name")
                && field.value.expose() == name
        })?;
        let mut value: Vec<&str> = entry.path.iter().map(String::as_str).collect();
        *value.last_mut()? = "value";
        self.get(&value)
    }
}

/// A file without some of its items or members.
#[derive(Clone)]
pub struct RemovedYaml {
    /// The new content.
    pub bytes: Vec<u8>,
    /// What was there and is gone, as it was asked for.
    pub removed: Vec<Vec<String>>,
    /// The top-level mapping has no members any more (members removed) or the lists that were
    /// named are all empty (items removed).
    pub is_empty: bool,
    /// `current-context` named a removed context and is `""` now.
    pub cleared_current_context: bool,
}

/// The named items of a list of the top-level mapping; empty if there is no such list. Items
/// without a name are left out.
pub fn items(bytes: &[u8], list: &str) -> Result<Vec<Item>, EditError> {
    let text = checked(bytes)?;
    let Some(root) = tree::parse(text)? else {
        return Ok(Vec::new());
    };
    let Some(Kind::Sequence { items, .. }) = root.get(list).map(|node| &node.kind) else {
        return Ok(Vec::new());
    };
    Ok(items
        .iter()
        .filter_map(|item| {
            let mut fields = Vec::new();
            item.scalars(&mut Vec::new(), &mut fields);
            let name = item.name()?.to_owned();
            Some(Item {
                name,
                line: item.line,
                fields,
            })
        })
        .collect())
}

/// A scalar of the top-level mapping, such as `current-context`.
pub fn scalar(bytes: &[u8], key: &str) -> Result<Option<Secret>, EditError> {
    let text = checked(bytes)?;
    let root = tree::parse(text)?;
    let value = root
        .as_ref()
        .and_then(|root| root.get(key))
        .and_then(Node::scalar);
    Ok(value.map(|value| Secret::new(value.to_owned())))
}

/// Takes items out of the lists of a kubeconfig: pairs of the list (`contexts`, `clusters`,
/// `users`) and the item's name. A list that loses all its items becomes `[]`; `current-context`
/// becomes `""` if its context goes. `None` if none of the items is there.
pub fn remove_items(
    bytes: &[u8],
    wanted: &[(&str, &str)],
) -> Result<Option<RemovedYaml>, EditError> {
    let text = checked(bytes)?;
    let Some(root) = tree::parse(text)? else {
        return Ok(None);
    };
    let mut edits = Edits::new(text);
    let mut found: HashSet<(&str, &str)> = HashSet::new();
    let mut is_empty = true;
    let lists: Vec<&str> = {
        let mut seen = HashSet::new();
        wanted
            .iter()
            .map(|(list, _)| *list)
            .filter(|list| seen.insert(*list))
            .collect()
    };
    for list in lists {
        let names: HashSet<&str> = wanted
            .iter()
            .filter(|(of, _)| *of == list)
            .map(|(_, name)| *name)
            .collect();
        let Some((key_end, node)) = root.entry(list) else {
            continue;
        };
        let Kind::Sequence { items, is_flow } = &node.kind else {
            continue;
        };
        let going: Vec<&Node> = items
            .iter()
            .filter(|item| item.name().is_some_and(|name| names.contains(name)))
            .collect();
        is_empty &= going.len() == items.len();
        if going.is_empty() {
            continue;
        }
        if *is_flow {
            return Err(not_understood(
                node.line,
                "this list is in flow style (`[…]`)",
            ));
        }
        for item in &going {
            edits.cut_item(item)?;
            if let Some(name) = item.name().and_then(|name| names.get(name)) {
                found.insert((list, name));
            }
        }
        if going.len() == items.len() {
            edits.insert_after_colon(key_end, node, " []")?;
        }
    }
    if found.is_empty() {
        return Ok(None);
    }
    let cleared_current_context = match root.get("current-context") {
        Some(node)
            if node
                .scalar()
                .is_some_and(|name| found.contains(&("contexts", name))) =>
        {
            edits.replace_scalar(node, "\"\"")?;
            true
        }
        _ => false,
    };
    let removed = wanted
        .iter()
        .filter(|pair| found.contains(*pair))
        .map(|(list, name)| vec![(*list).to_owned(), (*name).to_owned()])
        .collect();
    let bytes = edits.apply(bytes);
    Ok(Some(RemovedYaml {
        bytes,
        removed,
        is_empty,
        cleared_current_context,
    }))
}

/// Takes members out of nested mappings, by the keys from the outside in. A mapping below the top
/// level that loses all its members becomes `{}`. `None` if none of the members is there.
pub fn remove_members(
    bytes: &[u8],
    paths: &[Vec<String>],
) -> Result<Option<RemovedYaml>, EditError> {
    let text = checked(bytes)?;
    let Some(root) = tree::parse(text)? else {
        return Ok(None);
    };
    let mut edits = Edits::new(text);
    let mut marks = Marks::default();
    mark(&root, &Wanted::of(paths), &mut marks, &mut edits)?;
    if marks.gone.is_empty() {
        return Ok(None);
    }
    let removed = paths
        .iter()
        .enumerate()
        .filter(|(number, _)| marks.found.contains(number))
        .map(|(_, path)| path.clone())
        .collect();
    let is_empty = close_emptied(&root, None, &marks.gone, &mut edits)?;
    let bytes = edits.apply(bytes);
    Ok(Some(RemovedYaml {
        bytes,
        removed,
        is_empty,
        cleared_current_context: false,
    }))
}

/// What a walk for wanted members found.
#[derive(Default)]
struct Marks {
    /// The numbers of the paths that are there.
    found: HashSet<usize>,
    /// Where the keys begin that go.
    gone: HashSet<usize>,
}

/// Cuts the members that are wanted. As deep as the text, which has been limited.
fn mark(
    node: &Node,
    wanted: &Wanted,
    marks: &mut Marks,
    edits: &mut Edits<'_>,
) -> Result<(), EditError> {
    let Kind::Mapping { entries, is_flow } = &node.kind else {
        return Ok(());
    };
    for entry in entries {
        let Some(child) = wanted.below.get(&entry.key) else {
            continue;
        };
        if !child.is_end() {
            mark(&entry.value, child, marks, edits)?;
            continue;
        }
        if *is_flow {
            return Err(not_understood(
                entry.line,
                "this mapping is in flow style (`{…}`)",
            ));
        }
        marks.gone.insert(entry.key_range.start);
        collect(&entry.value, child, &mut marks.found);
        edits.cut_member(entry)?;
    }
    Ok(())
}

/// The numbers of all paths that end at this node or below it.
fn collect(node: &Node, wanted: &Wanted, found: &mut HashSet<usize>) {
    found.extend(&wanted.numbers);
    if let Kind::Mapping { entries, .. } = &node.kind
        && !wanted.below.is_empty()
    {
        for entry in entries {
            if let Some(child) = wanted.below.get(&entry.key) {
                collect(&entry.value, child, found);
            }
        }
    }
}

/// Writes `{}` where a mapping lost everything; whether this one did. As deep as the text, which
/// has been limited.
fn close_emptied(
    node: &Node,
    key_end: Option<usize>,
    gone: &HashSet<usize>,
    edits: &mut Edits<'_>,
) -> Result<bool, EditError> {
    let Kind::Mapping { entries, .. } = &node.kind else {
        return Ok(false);
    };
    let mut is_emptied = !entries.is_empty();
    for entry in entries {
        if !gone.contains(&entry.key_range.start) {
            is_emptied = false;
            close_emptied(&entry.value, Some(entry.key_range.end), gone, edits)?;
        }
    }
    if let Some(key_end) = key_end.filter(|_| is_emptied) {
        edits.insert_after_colon(key_end, node, " {}")?;
    }
    Ok(is_emptied)
}

fn not_understood(line: usize, problem: &str) -> EditError {
    EditError::NotUnderstood {
        line,
        problem: problem.to_owned(),
    }
}

/// The text without a byte order mark, if it is of a size that the parser may see.
fn checked(bytes: &[u8]) -> Result<&str, EditError> {
    if bytes.len() > SIZE_LIMIT {
        return Err(EditError::TooLarge { limit: SIZE_LIMIT });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = line_at(&bytes[..error.valid_up_to()]);
        not_understood(line, "these bytes are not UTF-8")
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Replacements of byte ranges, made together at the end.
struct Edits<'a> {
    text: &'a str,
    replacements: Vec<(Range<usize>, &'static str)>,
}

impl<'a> Edits<'a> {
    const fn new(text: &'a str) -> Self {
        Self {
            text,
            replacements: Vec::new(),
        }
    }

    /// Removes the lines of an item of a block sequence, from its dash on.
    fn cut_item(&mut self, item: &Node) -> Result<(), EditError> {
        let before = self.text[..item.range.start].trim_end();
        let dash = before.strip_suffix('-').ok_or_else(|| {
            not_understood(
                item.line,
                "this item has something between its dash and its content",
            )
        })?;
        self.cut_lines(dash.len(), item)
    }

    /// Removes the lines of a member of a block mapping.
    fn cut_member(&mut self, entry: &tree::Entry) -> Result<(), EditError> {
        let mut whole = entry.key_range.clone();
        if let Some(content) = entry.value.content_end {
            whole.end = whole.end.max(content);
        }
        if entry.value.has_anchor {
            return Err(not_understood(entry.line, "this member carries an anchor"));
        }
        self.cut_range(&whole, entry.line)
    }

    fn cut_lines(&mut self, start: usize, node: &Node) -> Result<(), EditError> {
        if node.has_anchor {
            return Err(not_understood(node.line, "this item carries an anchor"));
        }
        let end = node.content_end.unwrap_or(node.range.start).max(start);
        self.cut_range(&(start..end), node.line)
    }

    /// Removes whole lines, if nothing else is on them.
    fn cut_range(&mut self, range: &Range<usize>, line: usize) -> Result<(), EditError> {
        let bytes = self.text.as_bytes();
        let line_start = bytes[..range.start]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        if !self.text[line_start..range.start].trim().is_empty() {
            return Err(not_understood(
                line,
                "something else begins on the same line",
            ));
        }
        // A block scalar ends at the start of the next line.
        let line_end = if range.end > range.start && bytes[range.end - 1] == b'\n' {
            range.end
        } else {
            bytes[range.end..]
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(bytes.len(), |length| range.end + length + 1)
        };
        let rest = self.text[range.end..line_end]
            .trim_start()
            .trim_start_matches(':')
            .trim();
        if !rest.is_empty() && !rest.starts_with('#') {
            return Err(not_understood(line, "something else ends on the same line"));
        }
        self.replacements.push((line_start..line_end, ""));
        Ok(())
    }

    /// Writes an empty collection behind the colon of a key whose block collection is gone.
    fn insert_after_colon(
        &mut self,
        key_end: usize,
        node: &Node,
        text: &'static str,
    ) -> Result<(), EditError> {
        let rest = &self.text[key_end..];
        let colon = rest.len() - rest.trim_start().len();
        if !rest[colon..].starts_with(':') {
            return Err(not_understood(node.line, "this key has no colon behind it"));
        }
        let position = key_end + colon + 1;
        let behind = self.text[position..]
            .lines()
            .next()
            .unwrap_or_default()
            .trim();
        if !behind.is_empty() && !behind.starts_with('#') {
            return Err(not_understood(node.line, "this key has a tag or an anchor"));
        }
        self.replacements.push((position..position, text));
        Ok(())
    }

    fn replace_scalar(&mut self, node: &Node, text: &'static str) -> Result<(), EditError> {
        if node.has_anchor || self.text[node.range.clone()].contains('\n') {
            return Err(not_understood(
                node.line,
                "this value cannot be replaced in its line",
            ));
        }
        self.replacements.push((node.range.clone(), text));
        Ok(())
    }

    /// The original bytes (with a byte order mark, if there is one) with all replacements made.
    fn apply(mut self, original: &[u8]) -> Vec<u8> {
        self.replacements
            .sort_unstable_by_key(|(range, _)| (range.start, range.end));
        let mut result = original[..original.len() - self.text.len()].to_vec();
        let mut position = 0;
        for (range, text) in self.replacements {
            if range.start < position {
                continue;
            }
            result.extend_from_slice(&self.text.as_bytes()[position..range.start]);
            result.extend_from_slice(text.as_bytes());
            position = range.end;
        }
        result.extend_from_slice(&self.text.as_bytes()[position..]);
        result
    }
}

#[cfg(test)]
mod tests;
