//! JSON: read and cut by [`crate::files::json`].

use std::collections::BTreeSet;

use serde_json::Value;

use super::tree::{Address, Node, Shape};
use crate::files::{EditError, json};
use crate::secret::Secret;

pub(super) fn read(bytes: &[u8]) -> Result<Node, EditError> {
    json::parse(bytes).map(convert)
}

/// As deep as the text, which has been limited.
fn convert(value: Value) -> Node {
    Node::new(match value {
        Value::Null => Shape::Null,
        Value::Bool(boolean) => Shape::Boolean(boolean),
        Value::Number(number) => Shape::Other(number.to_string()),
        Value::String(text) => Shape::Text(Secret::new(text)),
        Value::Array(elements) => Shape::List(elements.into_iter().map(convert).collect()),
        Value::Object(members) => Shape::Map(
            members
                .into_iter()
                .map(|(key, value)| (key, convert(value)))
                .collect(),
        ),
    })
}

pub(super) fn cut(
    bytes: &[u8],
    root: &Node,
    gone: &BTreeSet<Address>,
) -> Result<Vec<u8>, EditError> {
    let paths: Vec<Vec<String>> = gone.iter().map(|address| keys(root, address)).collect();
    let edited = json::remove_members(bytes, &paths)?;
    Ok(edited.map_or_else(|| bytes.to_vec(), |edited| edited.bytes))
}

/// The keys that lead to a node; positions in arrays are decimal numbers.
fn keys(root: &Node, address: &[usize]) -> Vec<String> {
    let mut node = Some(root);
    let mut keys = Vec::with_capacity(address.len());
    for at in address {
        keys.push(match node.map(|node| &node.shape) {
            Some(Shape::Map(members)) => members
                .get(*at)
                .map_or_else(String::new, |(key, _)| key.clone()),
            _ => at.to_string(),
        });
        node = node.and_then(|node| node.child(*at));
    }
    keys
}
