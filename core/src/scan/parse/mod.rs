//! One reader per language. Each goes over a text once and tells what it met, in order; what that
//! comes to is decided by [`super::effect`].
//!
//! No reader runs anything, opens anything, or calls itself without a limit.

mod cmd;
mod csh;
mod dotenv;
mod editor;
mod fish;
mod history;
mod launchd;
mod lines;
mod mise;
mod nushell;
pub(super) mod posix;
mod powershell;
mod registry;

pub(super) use dotenv::list_names as dotenv_names;

use std::ops::Range;

use zeroize::Zeroizing;

use super::finding::{Form, Span, Syntax, ValueKind};
use crate::inventory::AssignmentState;
use crate::names::{self, Effect, Known, NameKind};

/// An event that a reader met.
pub(super) enum Event {
    /// A variable of interest gets a value.
    Assign(Assignment),
    /// A variable that has a value is exported.
    Export { name: String },
    /// A variable is taken away, for everything that follows.
    Unset { name: String },
    /// From here on every assignment is exported, or no longer.
    ExportAll(bool),
    /// Another file is read.
    Follow(Follow),
    /// Something runs whose outcome is not known: a word for what it is.
    Opaque { tool: String, at: usize },
}

/// An assignment to a variable of interest.
pub(super) struct Assignment {
    /// `None` for a bearer token in a header.
    pub(super) name: Option<String>,
    pub(super) known: Known,
    pub(super) form: Form,
    pub(super) standing: Standing,
    pub(super) value: Value,
    pub(super) span: Span,
    /// The unit that the line numbers count.
    pub(super) shown: Range<usize>,
}

/// The effect of an assignment where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is exported, if it is executed.
    Exported {
        /// Whether it is in a branch or function.
        conditional: bool,
    },
    /// It is assigned, and may be exported elsewhere.
    Assigned {
        /// Whether it is in a branch or function.
        conditional: bool,
    },
    /// Whatever stands around it does not matter.
    Fixed(AssignmentState),
}

/// A value: its kind, and the text as long as it is needed.
pub(super) struct Value {
    pub(super) kind: ValueKind,
    pub(super) text: Zeroizing<Vec<u8>>,
}

impl Value {
    /// A value that stands there as it is.
    pub(super) fn literal(text: &[u8]) -> Self {
        let kind = if text.is_empty() {
            ValueKind::Empty
        } else {
            ValueKind::Literal
        };
        Self {
            kind,
            text: Zeroizing::new(text.to_vec()),
        }
    }

    /// A value that comes from somewhere else.
    pub(super) fn other(kind: ValueKind) -> Self {
        Self {
            kind,
            text: Zeroizing::new(Vec::new()),
        }
    }
}

/// Another file that is read.
pub(super) struct Follow {
    /// The path with [`HOME`] and the like in it; `None` if it cannot be known.
    pub(super) target: Option<Vec<u8>>,
    pub(super) how: How,
    /// Whether a missing file is no matter.
    pub(super) optional: bool,
    /// Whether it is only read when a function is called.
    pub(super) conditional: bool,
    pub(super) at: usize,
}

/// The way in which another file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// By the same shell.
    Source,
    /// As a `.env` file.
    Dotenv,
    /// As a unit's `EnvironmentFile=`.
    EnvironmentFile,
}

/// Stands for the home directory in a target.
pub(super) const HOME: u8 = 1;
/// Stands for `$ZDOTDIR`, else the home directory.
pub(super) const ZDOTDIR: u8 = 2;
/// Stands for the configuration directory.
pub(super) const CONFIGURATION: u8 = 3;
/// Stands for the directory of the file itself.
pub(super) const HERE: u8 = 4;
/// Stands for any text within a name.
pub(super) const ANY: u8 = 5;

/// The input of a reader of a language, and where it reports.
pub(super) struct Sink {
    pub(super) events: Vec<Event>,
}

impl Sink {
    pub(super) const fn new() -> Self {
        Self { events: Vec::new() }
    }

    /// Tells of an assignment, if the name is of interest; the value is only looked at then.
    pub(super) fn assign(
        &mut self,
        name: &[u8],
        form: Form,
        standing: Standing,
        span: Span,
        shown: Range<usize>,
        value: impl FnOnce() -> Value,
    ) {
        let Some((name, known)) = find_known_name(name) else {
            return;
        };
        let value = value();
        let mut known = known;
        if names::is_url(name) && value.kind == ValueKind::Literal {
            if !has_password(&value.text) {
                return;
            }
            known.kind = NameKind::UrlWithPassword;
        }
        let is_switch = known.kind == NameKind::Switch(Effect::ProviderSwitch);
        if is_switch && value.kind == ValueKind::Literal && says_no(&value.text) {
            return;
        }
        let is_at_rest = matches!(
            standing,
            Standing::Fixed(
                AssignmentState::Commented | AssignmentState::Inert | AssignmentState::History
            )
        );
        if is_at_rest && !is_worth_reading(&value) {
            return;
        }
        self.events.push(Event::Assign(Assignment {
            name: Some(name.to_owned()),
            known,
            form,
            standing,
            value,
            span,
            shown,
        }));
    }

    /// The simplest case: a line that is one assignment.
    pub(super) fn line(
        &mut self,
        name: &[u8],
        form: Form,
        standing: Standing,
        range: Range<usize>,
        value: impl FnOnce() -> Value,
    ) {
        self.assign(
            name,
            form,
            standing,
            Span::whole(range.clone()),
            range,
            value,
        );
    }

    pub(super) fn export(&mut self, name: &[u8]) {
        if let Some((name, _)) = find_known_name(name) {
            self.events.push(Event::Export {
                name: name.to_owned(),
            });
        }
    }

    pub(super) fn unset(&mut self, name: &[u8]) {
        if let Some((name, _)) = find_known_name(name) {
            self.events.push(Event::Unset {
                name: name.to_owned(),
            });
        }
    }
}

/// The name as text, and what is known of it.
fn find_known_name(name: &[u8]) -> Option<(&str, Known)> {
    let name = std::str::from_utf8(name).ok()?;
    Some((name, names::classify_name(name)?))
}

/// Whether a switch is turned off: that changes nothing.
fn says_no(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let words: [&[u8]; 4] = [b"0", b"false", b"no", b"off"];
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether text that has no effect holds a secret, rather than the place for one.
fn is_worth_reading(value: &Value) -> bool {
    const PLACEHOLDERS: [&[u8]; 4] = [b"<", b"your", b"xxx", b"..."];
    let starts = |start: &&[u8]| {
        value
            .text
            .get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start))
    };
    value.kind == ValueKind::Literal
        && value.text.iter().any(u8::is_ascii_alphanumeric)
        && !PLACEHOLDERS.iter().any(starts)
}

/// Whether a URL has a password part that is not empty: `scheme://user:password@host`.
fn has_password(url: &[u8]) -> bool {
    let Some(at) = find_bytes(url, b"://") else {
        return false;
    };
    let rest = &url[at + 3..];
    let authority = rest
        .split(|byte| matches!(byte, b'/' | b'?' | b'#'))
        .next()
        .unwrap_or_default();
    let Some(end) = authority.iter().rposition(|byte| *byte == b'@') else {
        return false;
    };
    let user = &authority[..end];
    user.iter()
        .position(|byte| *byte == b':')
        .is_some_and(|colon| colon + 1 < user.len())
}

/// Finds where a text stands in another.
pub(super) fn find_bytes(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// Whether bytes are a variable's name.
pub(super) fn is_name(name: &[u8]) -> bool {
    name.first()
        .is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
        && name
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// The range without blanks at both ends.
pub(super) fn trim_blanks(text: &[u8], range: Range<usize>) -> Range<usize> {
    let (mut start, mut end) = (range.start, range.end);
    while start < end && text[start].is_ascii_whitespace() {
        start += 1;
    }
    while end > start && text[end - 1].is_ascii_whitespace() {
        end -= 1;
    }
    start..end
}

/// The end of a name that begins at a place.
pub(super) fn name_end(text: &[u8], start: usize) -> usize {
    let mut end = start;
    while text
        .get(end)
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    {
        end += 1;
    }
    end
}

/// Reads a text in a language.
pub(super) fn parse_events(text: &[u8], syntax: Syntax, form: Option<Form>) -> Vec<Event> {
    let mut sink = Sink::new();
    match syntax {
        Syntax::Sh | Syntax::Bash | Syntax::Zsh | Syntax::Ksh | Syntax::Direnv => {
            posix::parse(text, syntax, &mut sink);
        }
        Syntax::Fish => fish::parse(text, &mut sink),
        Syntax::FishUniversal => fish::parse_universal(text, &mut sink),
        Syntax::Csh => csh::parse(text, &mut sink),
        Syntax::PowerShell => powershell::parse(text, &mut sink),
        Syntax::Cmd => cmd::parse(text, &mut sink),
        Syntax::Registry => registry::parse(text, &mut sink),
        Syntax::Nushell => nushell::parse(text, &mut sink),
        Syntax::EnvironmentD => lines::environment_d(text, &mut sink),
        Syntax::Unit => lines::parse_unit(text, &mut sink),
        Syntax::Pam => lines::parse_pam(text, &mut sink),
        Syntax::Ssh => lines::parse_ssh(text, &mut sink),
        Syntax::Tmux => lines::parse_tmux(text, &mut sink),
        Syntax::Launchd => launchd::parse(text, &mut sink),
        Syntax::Dotenv => dotenv::parse(text, form.unwrap_or(Form::Dotenv), &mut sink),
        Syntax::VsCode => editor::parse(text, &mut sink),
        Syntax::Mise => mise::parse(text, &mut sink),
        Syntax::History => history::parse(text, &mut sink),
        Syntax::Credentials | Syntax::Environment => {}
    }
    sink.events
}
