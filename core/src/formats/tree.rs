//! One shape for all formats: maps, lists and scalars that know what to cut.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::io::files::EditError;
use crate::secret::Secret;

/// The positions, counted from 0, that lead from the root to a node.
pub(super) type Address = Vec<usize>;

/// A value in a file.
#[derive(Debug)]
pub struct Node {
    pub(super) shape: Shape,
    pub(super) cut: Cut,
    /// Several of them may stand under one key, and are told apart by what they hold (elements of
    /// XML, machines of netrc).
    pub(super) is_repeated: bool,
    /// Where the value itself stands, with its brackets or quotes, in formats that put such around
    /// values.
    pub(super) range: Option<Range<usize>>,
}

#[derive(Debug)]
pub(super) enum Shape {
    Text(Secret),
    /// A number, date or the like, as it is written.
    Other(String),
    Boolean(bool),
    Null,
    Map(Vec<(String, Node)>),
    List(Vec<Node>),
}

/// What goes when a member is removed.
#[derive(Debug)]
pub(super) enum Cut {
    /// The format's module knows.
    Elsewhere,
    /// These bytes.
    Ranges(Vec<Range<usize>>),
    /// These bytes, and a comma: one member between brackets.
    Item(Range<usize>),
    /// It cannot be removed by itself.
    Never(&'static str),
}

impl Cut {
    /// One range of bytes.
    pub(super) fn of(range: Range<usize>) -> Self {
        Self::Ranges(Vec::from([range]))
    }
}

impl Node {
    pub(super) const fn new(shape: Shape) -> Self {
        Self {
            shape,
            cut: Cut::Elsewhere,
            is_repeated: false,
            range: None,
        }
    }

    pub(super) fn of_text(text: String) -> Self {
        Self::new(Shape::Text(Secret::new(text)))
    }

    pub(super) const fn null() -> Self {
        Self::new(Shape::Null)
    }

    #[must_use]
    pub(super) fn cut_at(self, range: Range<usize>) -> Self {
        Self {
            cut: Cut::of(range),
            ..self
        }
    }

    /// The text, if it is one.
    pub const fn text(&self) -> Option<&Secret> {
        match &self.shape {
            Shape::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A number, date or truth value as it is written, or the text; none of them if it is a map, a
    /// list or nothing.
    pub fn scalar(&self) -> Option<&str> {
        match &self.shape {
            Shape::Text(text) => Some(text.expose()),
            Shape::Other(text) => Some(text),
            Shape::Boolean(true) => Some("true"),
            Shape::Boolean(false) => Some("false"),
            Shape::Null | Shape::Map(_) | Shape::List(_) => None,
        }
    }

    /// Whether it is there and says nothing: `null`, or a key without a value.
    pub const fn is_null(&self) -> bool {
        matches!(self.shape, Shape::Null)
    }

    /// The member of a map; the last one, if the key is there more than once.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.members()
            .rev()
            .find(|(name, _)| *name == key)
            .map(|(_, member)| member)
    }

    /// The members of a map, in the order of the file; none for anything else.
    pub fn members(&self) -> impl DoubleEndedIterator<Item = (&str, &Self)> {
        let members = match &self.shape {
            Shape::Map(members) => members.as_slice(),
            _ => &[],
        };
        members.iter().map(|(key, member)| (key.as_str(), member))
    }

    /// The elements of a list; none for anything else.
    pub fn elements(&self) -> &[Self] {
        match &self.shape {
            Shape::List(elements) => elements,
            _ => &[],
        }
    }

    /// The members of a map or the elements of a list.
    pub(super) fn children(&self) -> Box<dyn DoubleEndedIterator<Item = &Self> + '_> {
        match &self.shape {
            Shape::Map(members) => Box::new(members.iter().map(|(_, member)| member)),
            Shape::List(elements) => Box::new(elements.iter()),
            _ => Box::new(std::iter::empty()),
        }
    }

    pub(super) fn has_members(&self) -> bool {
        self.children().next().is_some()
    }

    pub(super) fn child(&self, at: usize) -> Option<&Self> {
        match &self.shape {
            Shape::Map(members) => members.get(at).map(|(_, member)| member),
            Shape::List(elements) => elements.get(at),
            _ => None,
        }
    }

    /// All texts in it, at any depth, with their keys; those in lists have the key of the list.
    pub fn texts(&self) -> Vec<(&str, &Self)> {
        let mut found = Vec::new();
        self.collect_texts("", &mut found);
        found
    }

    /// As deep as the document, which has been limited.
    fn collect_texts<'n>(&'n self, key: &'n str, found: &mut Vec<(&'n str, &'n Self)>) {
        if self.text().is_some() {
            found.push((key, self));
        }
        for (key, member) in self.members() {
            member.collect_texts(key, found);
        }
        for element in self.elements() {
            element.collect_texts(key, found);
        }
    }

    /// The line of the file, counted from 1, on which the value begins, in formats with quotes.
    pub fn line(&self, file: &[u8]) -> Option<usize> {
        let before = file.get(..self.range.as_ref()?.start)?;
        Some(before.split(|byte| *byte == b'\n').count())
    }

    /// Whether it is a map or a list, and nothing is in it.
    pub fn is_empty(&self) -> bool {
        matches!(self.shape, Shape::Map(_) | Shape::List(_)) && !self.has_members()
    }

    pub(super) const fn is_map(&self) -> bool {
        matches!(self.shape, Shape::Map(_))
    }

    pub(super) fn at_mut(&mut self, address: &[usize]) -> Option<&mut Self> {
        address
            .iter()
            .try_fold(self, |node, at| match &mut node.shape {
                Shape::Map(members) => members.get_mut(*at).map(|(_, member)| member),
                Shape::List(elements) => elements.get_mut(*at),
                _ => None,
            })
    }

    pub(super) fn at(&self, address: &[usize]) -> Option<&Self> {
        address.iter().try_fold(self, |node, at| node.child(*at))
    }

    /// Refuses a tree that is too large or too deep for what walks it.
    pub(super) fn check_limits(&self, members: usize, depth: usize) -> Result<(), EditError> {
        let mut left = members;
        self.count(&mut left, depth, depth).and_then(|()| {
            if left == 0 {
                return Err(EditError::Refused(format!(
                    "it has more than {members} members"
                )));
            }
            Ok(())
        })
    }

    fn count(&self, left: &mut usize, depth: usize, limit: usize) -> Result<(), EditError> {
        if depth == 0 {
            return Err(EditError::TooDeep { limit });
        }
        for child in self.children() {
            *left = left.saturating_sub(1);
            child.count(left, depth - 1, limit)?;
        }
        Ok(())
    }
}

/// Drops the addresses that lie below another one.
pub(super) fn keep_outermost(gone: &mut BTreeSet<Address>) {
    let mut last: Option<Address> = None;
    gone.retain(|address| {
        // Sorted: what lies below an address follows it directly.
        if last.as_ref().is_some_and(|last| address.starts_with(last)) {
            return false;
        }
        last = Some(address.clone());
        true
    });
}

/// Whether what is left is what was there without the members at these addresses. Maps and lists
/// that hold nothing are passed over: some formats cannot write them.
pub(super) fn is_same_without(before: &Node, gone: &BTreeSet<Address>, after: &Node) -> bool {
    is_same(before, &mut Address::new(), gone, after)
}

fn is_same(before: &Node, at: &mut Address, gone: &BTreeSet<Address>, after: &Node) -> bool {
    match (&before.shape, &after.shape) {
        (Shape::Text(before), Shape::Text(after)) => before.expose() == after.expose(),
        (Shape::Other(before), Shape::Other(after)) => before == after,
        (Shape::Boolean(before), Shape::Boolean(after)) => before == after,
        (Shape::Null, Shape::Null) => true,
        (Shape::Map(members), _) => {
            let mut left = after.members().filter(|(_, node)| holds_something(node));
            for (position, (key, node)) in members.iter().enumerate() {
                at.push(position);
                let stays = stays_with_something(node, at, gone);
                let is_equal = !stays
                    || left
                        .next()
                        .is_some_and(|(name, other)| name == key && is_same(node, at, gone, other));
                at.pop();
                if !is_equal {
                    return false;
                }
            }
            left.next().is_none() && !matches!(after.shape, Shape::List(_) | Shape::Text(_))
        }
        (Shape::List(elements), _) => {
            let mut left = after.elements().iter().filter(|node| holds_something(node));
            for (position, node) in elements.iter().enumerate() {
                at.push(position);
                let stays = stays_with_something(node, at, gone);
                let is_equal = !stays
                    || left
                        .next()
                        .is_some_and(|other| is_same(node, at, gone, other));
                at.pop();
                if !is_equal {
                    return false;
                }
            }
            left.next().is_none() && !matches!(after.shape, Shape::Map(_) | Shape::Text(_))
        }
        _ => false,
    }
}

/// Whether a scalar is in it.
pub(super) fn holds_something(node: &Node) -> bool {
    match &node.shape {
        Shape::Map(_) | Shape::List(_) => node.children().any(holds_something),
        _ => true,
    }
}

/// The same of what is left of it.
fn stays_with_something(node: &Node, at: &mut Address, gone: &BTreeSet<Address>) -> bool {
    if gone.contains(at) {
        return false;
    }
    if !matches!(node.shape, Shape::Map(_) | Shape::List(_)) {
        return true;
    }
    for (position, child) in node.children().enumerate() {
        at.push(position);
        let stays = stays_with_something(child, at, gone);
        at.pop();
        if stays {
            return true;
        }
    }
    false
}
