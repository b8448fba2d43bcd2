//! Collections while they are read, and what becomes of a mapping's entries once it is complete.

use std::collections::hash_map::Entry as Slot;
use std::collections::{HashMap, HashSet};

use super::node::{Entry, Location, Node, Value};

/// Mappings up to this size are searched one by one.
const SMALL: usize = 12;

/// A collection that is being read.
pub(super) enum Frame {
    Sequence {
        items: Vec<Node>,
        appends: bool,
        location: Location,
        anchor: usize,
    },
    Mapping {
        open: OpenMapping,
        location: Location,
        anchor: usize,
    },
}

/// A mapping that is being read.
#[derive(Default)]
pub(super) struct OpenMapping {
    pub(super) entries: Vec<Entry>,
    pub(super) key: Pending,
    pub(super) merged: Vec<Node>,
}

/// The key whose value comes next.
#[derive(Default)]
pub(super) enum Pending {
    /// A key comes next.
    #[default]
    None,
    Key(Box<str>, Location),
    /// `<<`: the value's entries are taken over.
    Merge,
    /// The key was not a text; the value is dropped.
    Dropped,
}

/// Pairs of positions with the same key: an earlier one and the next one.
pub(super) fn find_repeated_keys(entries: &[Entry]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    if entries.len() <= SMALL {
        for (again, entry) in entries.iter().enumerate() {
            let earlier = entries[..again]
                .iter()
                .rposition(|other| other.key == entry.key);
            pairs.extend(earlier.map(|first| (first, again)));
        }
        return pairs;
    }
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
    for (again, entry) in entries.iter().enumerate() {
        match seen.entry(&entry.key) {
            Slot::Occupied(mut slot) => pairs.push((slot.insert(again), again)),
            Slot::Vacant(slot) => {
                slot.insert(again);
            }
        }
    }
    pairs
}

/// Adds the entries of merged mappings (`<<`); own keys win, then those of earlier mappings.
pub(super) fn merge_entries(mut entries: Vec<Entry>, merged: Vec<Node>) -> Vec<Entry> {
    if merged.is_empty() {
        return entries;
    }
    let mut keys: HashSet<Box<str>> = entries.iter().map(|entry| entry.key.clone()).collect();
    let mut add = |node: Node| {
        if let Value::Mapping(mapping) = node.value {
            for entry in mapping.into_entries() {
                if keys.insert(entry.key.clone()) {
                    entries.push(entry);
                }
            }
        }
    };
    for node in merged {
        match node.value {
            Value::Sequence(items) => items.into_iter().for_each(&mut add),
            _ => add(node),
        }
    }
    entries
}

/// Tells how deep a node is nested; bounded by the limit that it was built under.
pub(super) fn measure_height(node: &Node) -> usize {
    match &node.value {
        Value::Unset(_) | Value::Scalar(_) | Value::Variable(_) => 0,
        Value::Sequence(items) | Value::Append(items) => {
            1 + items.iter().map(measure_height).max().unwrap_or_default()
        }
        Value::Mapping(mapping) => {
            1 + mapping
                .iter()
                .map(|entry| measure_height(&entry.value))
                .max()
                .unwrap_or_default()
        }
    }
}
