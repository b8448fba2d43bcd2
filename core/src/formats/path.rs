//! Where a member is, in words that hold while others edit the file.

use std::fmt;

use super::tree::{Address, Node, Shape};
use crate::files::EditError;

/// The way from the outermost value to a member. No secret is ever in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberPath(Vec<Step>);

/// One step of a [`MemberPath`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// The member of a map.
    Key(String),
    /// The elements of a list, or of those members of one key that may be repeated, by what they
    /// hold.
    Element {
        /// Members with the text that each must have.
        matching: Vec<(String, String)>,
        /// Members that must be there, whatever they hold.
        holding: Vec<String>,
    },
    /// The elements of a list that are this text.
    Text(String),
    /// The element of a list, or of the members of one key, that nothing tells from the others. If
    /// there are more or fewer of them by then, which one is meant is not known any more.
    Position {
        /// Counted from 0.
        index: usize,
        /// How many there were.
        count: usize,
    },
}

impl MemberPath {
    /// The path of these steps.
    pub const fn new(steps: Vec<Step>) -> Self {
        Self(steps)
    }

    /// The path of these keys.
    pub fn of_keys<K: Into<String>>(keys: impl IntoIterator<Item = K>) -> Self {
        Self(keys.into_iter().map(|key| Step::Key(key.into())).collect())
    }

    /// The steps from the outside in.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The path of a member below this one.
    #[must_use]
    pub fn join(&self, key: &str) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Key(key.to_owned()));
        Self(steps)
    }

    /// All nodes that it names.
    pub(super) fn resolve(&self, root: &Node) -> Result<Vec<Address>, EditError> {
        let mut found = Vec::new();
        resolve(root, &self.0, &mut Vec::new(), &mut found)?;
        Ok(found)
    }
}

fn resolve(
    node: &Node,
    steps: &[Step],
    at: &mut Address,
    found: &mut Vec<Address>,
) -> Result<(), EditError> {
    let Some((step, rest)) = steps.split_first() else {
        found.push(at.clone());
        return Ok(());
    };
    match (step, &node.shape) {
        (Step::Key(key), Shape::Map(members)) => {
            let named: Vec<(usize, &Node)> = members
                .iter()
                .enumerate()
                .filter(|(_, (name, _))| name == key)
                .map(|(position, (_, member))| (position, member))
                .collect();
            let are_repeated = named.iter().all(|(_, member)| member.is_repeated);
            let (named, rest) = match rest.split_first() {
                Some((Step::Position { index, count }, rest)) if are_repeated => {
                    (pick(&named, *index, *count)?, rest)
                }
                Some((Step::Element { matching, holding }, rest)) if are_repeated => {
                    let fits = |(_, member): &(usize, &Node)| is_meant(member, matching, holding);
                    (named.into_iter().filter(fits).collect(), rest)
                }
                _ => (named, rest),
            };
            for (position, member) in named {
                at.push(position);
                resolve(member, rest, at, found)?;
                at.pop();
            }
        }
        (Step::Element { .. } | Step::Text(_) | Step::Position { .. }, Shape::List(elements)) => {
            let all: Vec<(usize, &Node)> = elements.iter().enumerate().collect();
            let meant = match step {
                Step::Position { index, count } => pick(&all, *index, *count)?,
                Step::Element { matching, holding } => all
                    .into_iter()
                    .filter(|(_, element)| is_meant(element, matching, holding))
                    .collect(),
                Step::Text(text) => all
                    .into_iter()
                    .filter(|(_, element)| {
                        element.text().is_some_and(|found| found.expose() == text)
                    })
                    .collect(),
                Step::Key(_) => Vec::new(),
            };
            for (position, element) in meant {
                at.push(position);
                resolve(element, rest, at, found)?;
                at.pop();
            }
        }
        _ => {}
    }
    Ok(())
}

/// The one at a position. None of them is left: then it is gone, whichever it was.
fn pick<'a>(
    all: &[(usize, &'a Node)],
    index: usize,
    count: usize,
) -> Result<Vec<(usize, &'a Node)>, EditError> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    if all.len() != count {
        return Err(EditError::Refused(
            "the list was changed by another program meanwhile".to_owned(),
        ));
    }
    Ok(all.get(index).into_iter().copied().collect())
}

/// Whether an element has members with these texts, and members of these names.
pub(super) fn is_meant(element: &Node, matching: &[(String, String)], holding: &[String]) -> bool {
    let has_text = |(key, text): &(String, String)| {
        element
            .members()
            .any(|(name, member)| name == key && member.scalar() == Some(text))
    };
    matching.iter().all(has_text) && holding.iter().all(|key| element.get(key).is_some())
}

/// As a pattern that selects exactly this.
impl fmt::Display for MemberPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) => {
                    if number > 0 {
                        formatter.write_str(".")?;
                    }
                    write_word(formatter, key)?;
                }
                Step::Element { matching, holding } => {
                    formatter.write_str("[")?;
                    let mut separator = "";
                    for (key, text) in matching {
                        formatter.write_str(separator)?;
                        write_word(formatter, key)?;
                        formatter.write_str("=")?;
                        write_word(formatter, text)?;
                        separator = ",";
                    }
                    for key in holding {
                        formatter.write_str(separator)?;
                        write_word(formatter, key)?;
                        separator = ",";
                    }
                    formatter.write_str("]")?;
                }
                Step::Text(text) => {
                    formatter.write_str("[=")?;
                    write_word(formatter, text)?;
                    formatter.write_str("]")?;
                }
                Step::Position { index, .. } => write!(formatter, "[#{}]", index + 1)?,
            }
        }
        Ok(())
    }
}

/// A key or text, in quotes if it could be read as something else.
fn write_word(formatter: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let is_plain = !text.is_empty()
        && text
            .chars()
            .all(|c| !c.is_control() && !" .[]{}*,=\"\\#".contains(c));
    if is_plain {
        return formatter.write_str(text);
    }
    formatter.write_str("\"")?;
    for character in text.chars() {
        if "\"\\*{}".contains(character) {
            formatter.write_str("\\")?;
        }
        if character.is_control() {
            write!(formatter, "{}", character.escape_default())?;
        } else {
            write!(formatter, "{character}")?;
        }
    }
    formatter.write_str("\"")
}
