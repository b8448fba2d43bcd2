//! Limits of the memory that one load of a configuration may take.

/// The most values that all files of one load may have, copies made for aliases included.
const NODE_LIMIT: usize = 1_000_000;
/// The most values of these that may be copies made for aliases and anchors.
const COPY_LIMIT: usize = 250_000;

/// The number of values that one load may still keep. Not every file alone: a repository can bring
/// thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeBudget {
    nodes: usize,
    copies: usize,
}

impl NodeBudget {
    /// Makes the budget of one load.
    pub(super) const fn new() -> Self {
        Self {
            nodes: NODE_LIMIT,
            copies: COPY_LIMIT,
        }
    }

    /// Takes what new values cost; `None` if it is more than there is.
    pub(super) fn spend(&mut self, nodes: usize) -> Option<()> {
        self.nodes = self.nodes.checked_sub(nodes)?;
        Some(())
    }

    /// Takes what copies cost.
    pub(super) fn copy(&mut self, nodes: usize) -> Option<()> {
        self.copies = self.copies.checked_sub(nodes)?;
        self.spend(nodes)
    }
}
