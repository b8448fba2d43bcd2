//! Ages: when a sign-in began.

use jiff::Timestamp;

/// The moment when a credential was made, as far as can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    /// The moment.
    pub since: Timestamp,
    /// What tells it.
    pub source: AgeSource,
}

/// What tells an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgeSource {
    /// A member of its own file, such as `issued_at`.
    Written,
    /// The time when its file was changed last.
    Modified,
}

impl AgeSource {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Modified => "modified",
        }
    }

    /// What tells the age, for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Written => "its own date",
            Self::Modified => "the date of its file",
        }
    }
}

/// What is known of a file with a credential in it beside its content.
#[derive(Clone, Debug, Default)]
pub struct FileFacts {
    /// The time when it was changed last.
    pub modified: Option<Timestamp>,
    /// Whether others on the machine may read it, by its permission bits.
    pub is_readable_by_others: bool,
}

impl Age {
    /// The later of two.
    #[must_use]
    pub fn later(one: Self, other: Self) -> Self {
        if one.since < other.since { other } else { one }
    }
}
