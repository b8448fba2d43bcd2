//! Text that may be used *and* shown, though a variable gave it.

use super::node::Node;
use crate::names;

/// The text of a node for use *and* show: a variable's value only if it has a form that a secret has
/// not, and the variable's name is not a secret's.
pub(super) fn find_public_text(node: &Node, is_public: impl Fn(&str) -> bool) -> Option<&str> {
    let Some(variable) = node.variable() else {
        return node.text();
    };
    node.expose()
        .filter(|value| !names::is_secret(variable.name()) && is_public(value))
        .or_else(|| node.text())
}

pub(super) fn region_at<'a>(settings: &'a Node, path: &[&str]) -> Option<&'a str> {
    find_public_text(settings.at(path)?, is_region).filter(|text| !text.trim().is_empty())
}

/// Whether a text is made as the names of regions are: `eu-west-3`, `us-gov-east-1`, `europe-west4`.
pub fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_word = |part: &str| {
        (2..=12).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    let number = text.rsplit('-').next().unwrap_or_default();
    let number = number.trim_start_matches(|first: char| first.is_ascii_lowercase());
    let has_number =
        (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 24 && has_number && text.contains('-') && parts.next().is_some_and(is_word)
}
