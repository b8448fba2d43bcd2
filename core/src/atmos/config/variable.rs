//! A value that `!env` read, as a type.

use crate::secret::Secret;

/// The value of a variable of the environment that a file asks for with `!env`.
///
/// There is no way to show it: every text that is made of a node has the variable's name in its
/// place, and only [`crate::atmos::config::Node::expose`] gives the value, to be compared or used.
#[derive(Clone)]
pub struct Variable {
    /// `$NAME`.
    shown: Box<str>,
    value: Secret,
}

impl Variable {
    pub(super) fn new(name: &str, value: &str) -> Self {
        Self {
            shown: format!("${name}").into(),
            value: Secret::new(value.to_owned()),
        }
    }

    /// `$NAME`, to be shown in the place of the value.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The value, to be compared or used, never shown.
    pub(super) fn expose(&self) -> &str {
        self.value.expose()
    }

    /// The variable's name.
    pub fn name(&self) -> &str {
        self.shown.get(1..).unwrap_or_default()
    }
}

impl PartialEq for Variable {
    fn eq(&self, other: &Self) -> bool {
        self.shown == other.shown && self.value.expose() == other.value.expose()
    }
}

impl Eq for Variable {}
