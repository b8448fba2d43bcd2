//! What keeps tools signed in whatever a logout removes.

use std::path::PathBuf;

use crate::system::System;

/// Something that keeps a tool signed in after a logout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// `env`, `profile` or `helper`.
    pub kind: OverrideKind,
    /// The variable or key.
    pub name: String,
    /// Where it is set: `environment`, or a file and line.
    pub location: String,
    /// The system that it keeps signed in.
    pub system: System,
    /// What takes it away.
    pub remedy: String,
}

/// A secret that somebody wrote into a profile or an environment file: whoever reads the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenSecret {
    /// The variable; `None` for a bearer token in a header.
    pub name: Option<String>,
    /// The file, absolute.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
    /// Whether it has effect.
    pub state: AssignmentState,
}

/// Whether an assignment that stands in a file has effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AssignmentState {
    /// In effect in a new shell.
    Active,
    /// Set, and unset again later in the same file.
    Cancelled,
    /// In a comment; still a readable secret on disk.
    Commented,
    /// Text that is not executed; still readable.
    Inert,
    /// Inside a function or branch.
    Conditional,
    /// Applies to one command.
    CommandOnly,
    /// Assigned, but not exported.
    ShellOnly,
    /// In a history file.
    History,
}

impl AssignmentState {
    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Cancelled => "cancelled",
            Self::Commented => "commented",
            Self::Inert => "inert",
            Self::Conditional => "conditional",
            Self::CommandOnly => "command-only",
            Self::ShellOnly => "shell-only",
            Self::History => "history",
        }
    }
}

/// The kinds of overrides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverrideKind {
    /// An environment variable of the calling shell.
    Environment,
    /// A line in a shell profile.
    Profile,
    /// A helper program that hands out credentials.
    Helper,
    /// A tool's settings file.
    Settings,
    /// Another login that the tool uses when it has none of its own.
    Fallback,
    /// A program that runs and has a token in its memory.
    Process,
    /// Something that signs nobody in by itself, but changes who is asked or what is sent.
    Notice,
}

impl OverrideKind {
    /// Whether a tool is signed in by it whenever it starts.
    pub const fn signs_in(self) -> bool {
        !matches!(self, Self::Process | Self::Notice)
    }

    /// Whether it comes before a login of the tool's own, so that such a login changes nothing.
    pub const fn comes_first(self) -> bool {
        self.signs_in() && !matches!(self, Self::Fallback)
    }

    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Environment => "env",
            Self::Profile => "profile",
            Self::Helper => "helper",
            Self::Settings => "settings",
            Self::Fallback => "fallback",
            Self::Process => "process",
            Self::Notice => "notice",
        }
    }
}
