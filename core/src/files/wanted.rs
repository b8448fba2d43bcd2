//! The paths of members that are to be removed, as a tree, so that one walk finds all of them.

use std::collections::HashMap;

/// A node of the tree: the members asked for below one member.
#[derive(Default)]
pub(super) struct Wanted {
    /// The positions, in the caller's list, of the paths that end here.
    pub(super) numbers: Vec<usize>,
    pub(super) below: HashMap<String, Self>,
}

impl Wanted {
    /// The tree of these paths. An empty path names nothing that can be removed.
    pub(super) fn of(paths: &[Vec<String>]) -> Self {
        let mut root = Self::default();
        for (number, path) in paths
            .iter()
            .enumerate()
            .filter(|(_, path)| !path.is_empty())
        {
            let mut node = &mut root;
            for key in path {
                node = node.below.entry(key.clone()).or_default();
            }
            node.numbers.push(number);
        }
        root
    }

    /// Whether the member itself is to go, not only something below it.
    pub(super) const fn is_end(&self) -> bool {
        !self.numbers.is_empty()
    }
}
