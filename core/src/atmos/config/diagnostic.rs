//! Diagnostics: what is wrong with a configuration, and where.

use std::borrow::Cow;

use super::node::Location;
use crate::printable::to_printable;

/// The code of the problem that a profile which was asked for does not exist.
pub const UNKNOWN_PROFILE: &str = "profile";

/// The severity of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It cannot work as it is meant; the part is left out or taken as not set.
    Error,
    /// It works, but probably not as meant.
    Warning,
}

impl Severity {
    /// The word in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A second place that belongs to a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The place.
    pub location: Location,
    /// A label for what is there, in a few words.
    pub label: String,
}

/// One problem of a configuration. It never contains a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The severity.
    pub severity: Severity,
    /// The rule's stable name, for scripts.
    pub code: &'static str,
    /// The problem, as one sentence without a full stop.
    pub message: String,
    /// The place, if it is in a file that was read.
    pub location: Option<Location>,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// Whom it is about, for example `identity 'x'`.
    pub subject: Option<String>,
    /// Advice: what to do.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// An error.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message.into())
    }

    /// A warning.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message.into())
    }

    fn new(severity: Severity, code: &'static str, message: String) -> Self {
        Self {
            severity,
            code,
            message: to_plain_text(message),
            location: None,
            related: Vec::new(),
            subject: None,
            hint: None,
        }
    }

    /// The same, with its place.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// The same, with one more place.
    #[must_use]
    pub fn and_at(mut self, location: Location, label: impl Into<String>) -> Self {
        self.related.push(Related {
            location,
            label: to_plain_text(label.into()),
        });
        self
    }

    /// The same, with whom it is about.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(to_plain_text(subject.into()));
        self
    }

    /// The same, with what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(to_plain_text(hint.into()));
        self
    }
}

/// A text for a terminal: names in files may hold what cannot be seen, or megabytes.
fn to_plain_text(text: String) -> String {
    const LONGEST: usize = 1000;
    let cut = text.char_indices().nth(LONGEST).map(|(at, _)| at);
    let mut shown = match to_printable(text.get(..cut.unwrap_or(text.len())).unwrap_or_default()) {
        Cow::Borrowed(_) if cut.is_none() => return text,
        shown => shown.into_owned(),
    };
    if cut.is_some() {
        shown.push('…');
    }
    shown
}

/// Collects problems, up to a number that nobody reads to the end.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Diagnostic>);

impl Problems {
    const LIMIT: usize = 1000;

    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        // That something was not read is never left out.
        if self.0.len() < Self::LIMIT || diagnostic.code == "limit" {
            self.0.push(diagnostic);
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }

    pub(super) const fn from(list: Vec<Diagnostic>) -> Self {
        Self(list)
    }

    pub(super) fn into_vec(self) -> Vec<Diagnostic> {
        self.0
    }
}
