//! The content of a YAML file, with the place of every part.
//!
//! Names of keys match without regard to case, because Atmos's configuration library lower-cases
//! them; they are kept as written for people.

use std::collections::HashMap;
use std::fmt;

use super::variable::Variable;

/// A place in one of [`super::Configuration::sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The index of the source.
    pub source: u32,
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
    /// The first byte in the source's text.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Location {
    /// The bytes of the source's text that are meant.
    pub fn bytes(&self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub location: Location,
}

/// One value of a YAML file.
///
/// `Debug` shows the structure and no text of a scalar: it may be a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// The place where it was written.
    pub location: Location,
}

/// The kinds of values.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing, and why.
    Unset(Unset),
    /// Text, number or boolean: always kept as its text.
    Scalar(Box<str>),
    /// A value that `!env` read. It may be a secret: a repository chooses the variable.
    Variable(Box<Variable>),
    /// A list.
    Sequence(Vec<Node>),
    /// A list marked `!append`: it is added to what a lower layer says.
    Append(Vec<Node>),
    /// Keys and values.
    Mapping(Mapping),
}

/// The reason why a value counts as not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unset {
    /// Nothing, `~` or `null` was written.
    Null,
    /// `!env` of a variable that is not set and has no default.
    Variable(Box<str>),
    /// A YAML function that is never evaluated here, or a broken one; a diagnostic says so.
    Function(Box<str>),
    /// `!unset` takes away what a lower layer says.
    Removed,
}

/// Keys and values in the order of first appearance.
#[derive(Clone, Default)]
pub struct Mapping {
    entries: Vec<Entry>,
    /// From lower-case key to position; made when a large mapping is first merged into.
    index: Option<HashMap<String, usize>>,
}

/// One key with its value.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key as written.
    pub key: Box<str>,
    /// The place of the key.
    pub location: Location,
    /// Its value.
    pub value: Node,
}

/// The bytes of text that cost as much as a node.
pub(super) const TEXT_OF_A_NODE: usize = 64;

/// Tells what a text costs.
pub(super) const fn weight_of(text: &str) -> usize {
    1 + text.len() / TEXT_OF_A_NODE
}

/// From this size on a mapping is searched by hash when it is merged into.
const INDEX_FROM: usize = 16;

impl Node {
    /// Nothing, at a place.
    pub const fn null(location: Location) -> Self {
        Self {
            value: Value::Unset(Unset::Null),
            location,
        }
    }

    /// The value of a key, if this is a mapping that has it; a removed one counts as absent.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_mapping()?.get(key)
    }

    /// The value at a path of keys.
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The text at a path of keys, if there is one that is not blank.
    pub fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path)?.text().filter(|text| !text.trim().is_empty())
    }

    /// The text of a scalar as it may be shown: `$NAME` for what the variable `NAME` gave.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            Value::Variable(variable) => Some(variable.shown()),
            _ => None,
        }
    }

    /// The text of a scalar, a variable's value included. It is to be compared or used, never shown.
    pub fn expose(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            Value::Variable(variable) => Some(variable.expose()),
            _ => None,
        }
    }

    /// The variable that gave the value, if one did.
    pub fn variable(&self) -> Option<&Variable> {
        match &self.value {
            Value::Variable(variable) => Some(variable),
            _ => None,
        }
    }

    /// The exposed text at a path of keys, if there is one that is not blank; see [`Node::expose`].
    pub(super) fn expose_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path)?
            .expose()
            .filter(|text| !text.trim().is_empty())
    }

    /// The truth of a scalar, as YAML 1.1 spells it.
    pub fn truth(&self) -> Option<bool> {
        let text = self.expose()?;
        let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        if is(&["true", "yes", "on", "1"]) {
            Some(true)
        } else if is(&["false", "no", "off", "0"]) {
            Some(false)
        } else {
            None
        }
    }

    /// The texts of a list of scalars; a single scalar counts as a list of one.
    pub fn texts(&self) -> Vec<&str> {
        match &self.value {
            Value::Scalar(_) | Value::Variable(_) => self.text().into_iter().collect(),
            Value::Sequence(items) | Value::Append(items) => {
                items.iter().filter_map(Self::text).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The items of a list.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::Sequence(items) | Value::Append(items) => items,
            _ => &[],
        }
    }

    /// The mapping, if it is one.
    pub fn as_mapping(&self) -> Option<&Mapping> {
        match &self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// Whether there is a value at all.
    pub fn is_set(&self) -> bool {
        !matches!(self.value, Value::Unset(_))
    }

    /// Tells what it is, in a word for messages.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Unset(_) => "nothing",
            Value::Scalar(_) | Value::Variable(_) => "text",
            Value::Sequence(_) | Value::Append(_) => "a list",
            Value::Mapping(_) => "a mapping",
        }
    }

    /// Takes the value of a key out of a mapping.
    pub(super) fn take(&mut self, key: &str) -> Option<Self> {
        let node = self.get_mut(key)?;
        let location = node.location;
        Some(std::mem::replace(node, Self::null(location)))
    }

    /// The value of a key, to be changed.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        let mut entries = self.as_mapping_mut()?.entries.iter_mut();
        let entry = entries.find(|entry| same_key(&entry.key, key))?;
        Some(&mut entry.value)
    }

    /// The mapping, if it is one, to be changed.
    pub(super) fn as_mapping_mut(&mut self) -> Option<&mut Mapping> {
        match &mut self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// Tells what a copy of it costs: one for each node, and one for each [`TEXT_OF_A_NODE`] bytes
    /// of text.
    pub(super) fn weight(&self) -> usize {
        match &self.value {
            Value::Unset(_) => 1,
            Value::Scalar(text) => weight_of(text),
            Value::Variable(variable) => weight_of(variable.expose()),
            Value::Sequence(items) | Value::Append(items) => {
                1 + items.iter().map(Self::weight).sum::<usize>()
            }
            Value::Mapping(mapping) => {
                let entries = mapping.entries.iter();
                1 + entries
                    .map(|entry| entry.key.len() / TEXT_OF_A_NODE + entry.value.weight())
                    .sum::<usize>()
            }
        }
    }
}

impl Mapping {
    /// A mapping of these entries, whose keys are known to differ.
    pub(super) const fn from_entries(entries: Vec<Entry>) -> Self {
        Self {
            entries,
            index: None,
        }
    }

    /// The value of a key; a removed one counts as absent.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries
            .iter()
            .find(|entry| same_key(&entry.key, key))
            .map(|entry| &entry.value)
            .filter(|node| node.value != Value::Unset(Unset::Removed))
    }

    /// The entries in order, without the removed ones.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !entry.is_removed())
    }

    /// The entries, given away.
    pub(super) fn into_entries(self) -> impl Iterator<Item = Entry> {
        self.entries.into_iter().filter(|entry| !entry.is_removed())
    }

    /// Drops entries whose keys are longer than `limit` bytes; `dropped` gets each.
    pub(super) fn drop_long_keys(&mut self, limit: usize, mut dropped: impl FnMut(&Entry)) {
        let before = self.entries.len();
        self.entries.retain(|entry| {
            let is_short = entry.key.len() <= limit;
            if !is_short {
                dropped(entry);
            }
            is_short
        });
        if self.entries.len() != before {
            self.index = None;
        }
    }

    /// Of entries whose keys differ in case only, keeps the last one; `repeated` gets an entry that
    /// goes and the one after it.
    pub(super) fn keep_last(&mut self, mut repeated: impl FnMut(&Entry, &Entry)) {
        let mut latest: HashMap<String, usize> = HashMap::with_capacity(self.entries.len());
        let mut goes = vec![false; self.entries.len()];
        for (at, entry) in self.entries.iter().enumerate() {
            if let Some(earlier) = latest.insert(fold_key(&entry.key), at) {
                repeated(&self.entries[earlier], entry);
                goes[earlier] = true;
            }
        }
        let mut goes = goes.into_iter();
        self.entries.retain(|_| !goes.next().unwrap_or_default());
        self.index = None;
    }

    fn position(&mut self, key: &str) -> Option<usize> {
        if self.entries.len() < INDEX_FROM {
            return self
                .entries
                .iter()
                .position(|entry| same_key(&entry.key, key));
        }
        let entries = &self.entries;
        let index = self.index.get_or_insert_with(|| {
            entries
                .iter()
                .enumerate()
                .map(|(at, entry)| (fold_key(&entry.key), at))
                .collect()
        });
        index.get(&fold_key(key)).copied()
    }

    fn push(&mut self, entry: Entry) {
        if let Some(index) = &mut self.index {
            index.insert(fold_key(&entry.key), self.entries.len());
        }
        self.entries.push(entry);
    }
}

impl Entry {
    fn is_removed(&self) -> bool {
        self.value.value == Value::Unset(Unset::Removed)
    }
}

/// Lays `over` on `base`: mappings are merged key by key, anything else is replaced, a list marked
/// `!append` is added, and an empty value changes nothing.
pub(super) fn merge_nodes(base: &mut Node, over: Node) {
    match (&mut base.value, over.value) {
        (_, Value::Unset(Unset::Null)) => {}
        (Value::Mapping(below), Value::Mapping(above)) => merge_mappings(below, above),
        (Value::Sequence(below) | Value::Append(below), Value::Append(above)) => {
            below.extend(above);
        }
        (slot, value) => {
            *slot = value;
            base.location = over.location;
        }
    }
}

fn merge_mappings(below: &mut Mapping, above: Mapping) {
    for entry in above.entries {
        match below.position(&entry.key) {
            Some(at) => {
                let slot = &mut below.entries[at];
                let replaces = !matches!(
                    (&slot.value.value, &entry.value.value),
                    (Value::Mapping(_), Value::Mapping(_)) | (_, Value::Unset(Unset::Null))
                );
                if replaces {
                    slot.location = entry.location;
                }
                merge_nodes(&mut slot.value, entry.value);
            }
            None => below.push(entry),
        }
    }
}

/// Lays a mapping of entries below `root.section.key`: what is there already wins, what is not
/// comes after it.
pub(super) fn underlay_mapping(root: &mut Node, section: &str, key: &str, below: Node) {
    let Value::Mapping(sections) = &mut root.value else {
        return;
    };
    let Some(at) = sections.position(section) else {
        return;
    };
    let Value::Mapping(keys) = &mut sections.entries[at].value.value else {
        return;
    };
    let Value::Mapping(added) = below.value else {
        return;
    };
    let existing = keys.position(key).map(|at| &mut keys.entries[at].value);
    let Some(existing) = existing else {
        let value = Node {
            value: Value::Mapping(added),
            location: below.location,
        };
        keys.push(Entry {
            key: key.into(),
            location: below.location,
            value,
        });
        return;
    };
    match &mut existing.value {
        Value::Mapping(above) => {
            for entry in added.entries {
                match above.position(&entry.key) {
                    Some(at) => {
                        let over = std::mem::replace(&mut above.entries[at].value, entry.value);
                        merge_nodes(&mut above.entries[at].value, over);
                    }
                    None => above.push(entry),
                }
            }
        }
        Value::Unset(Unset::Null) => existing.value = Value::Mapping(added),
        _ => {}
    }
}

impl PartialEq for Mapping {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl Eq for Mapping {}

/// The form in which keys are compared.
pub(super) fn fold_key(key: &str) -> String {
    if key.is_ascii() {
        key.to_ascii_lowercase()
    } else {
        key.to_lowercase()
    }
}

/// Whether two keys are the same to Atmos.
pub(super) fn same_key(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
        || (!(left.is_ascii() && right.is_ascii()) && left.to_lowercase() == right.to_lowercase())
}

impl fmt::Debug for Node {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Value::Unset(why) => why.fmt(formatter),
            Value::Scalar(_) => formatter.write_str("(text)"),
            Value::Variable(variable) => formatter.write_str(variable.shown()),
            Value::Sequence(items) | Value::Append(items) => {
                formatter.debug_list().entries(items).finish()
            }
            Value::Mapping(mapping) => formatter
                .debug_map()
                .entries(mapping.iter().map(|entry| (&entry.key, &entry.value)))
                .finish(),
        }
    }
}
