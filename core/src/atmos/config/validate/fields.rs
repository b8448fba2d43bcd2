//! Checks that all kinds of entries share.

use crate::atmos::config::diagnostic::{Diagnostic, Problems};
use crate::atmos::config::node::{Location, Node, Unset, Value};
use crate::atmos::config::{duration_seconds, validate::kind_hint};

/// An entry that is being checked.
pub(super) struct Entry<'a> {
    /// Whom messages are about: `identity 'x'`.
    pub(super) subject: String,
    pub(super) settings: &'a Node,
    /// The place of its name.
    pub(super) location: Location,
    pub(super) problems: &'a mut Problems,
}

/// The kind of value at a path.
enum Found<'a> {
    /// As it is, and as it may be shown.
    Text(&'a str, &'a str, Location),
    Blank(Location),
    /// A variable that is not set.
    Variable(&'a str, Location),
    /// A function that is not evaluated; a diagnostic says so already.
    Function,
    /// A list or a mapping where a text belongs.
    Wrong(&'static str, Location),
    Absent,
}

impl Entry<'_> {
    pub(super) fn error(&mut self, code: &'static str, message: impl Into<String>, at: Location) {
        self.push(Diagnostic::error(code, message).at(at));
    }

    pub(super) fn warn(&mut self, code: &'static str, message: impl Into<String>, at: Location) {
        self.push(Diagnostic::warning(code, message).at(at));
    }

    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.problems.push(diagnostic.about(self.subject.clone()));
    }

    /// Whether the entry can be looked at; if not, the reader of the schema has said why.
    pub(super) fn is_mapping(&self) -> bool {
        self.settings.as_mapping().is_some() || !self.settings.is_set()
    }

    fn find(&self, path: &[&str]) -> Found<'_> {
        let mut node = self.settings;
        for key in path {
            match node.get(key) {
                Some(next) => node = next,
                None if matches!(node.value, Value::Unset(Unset::Function(_))) => {
                    return Found::Function;
                }
                None => return Found::Absent,
            }
        }
        let location = node.location;
        if let (Some(text), Some(shown)) = (node.expose(), node.text()) {
            return if text.trim().is_empty() {
                Found::Blank(location)
            } else {
                Found::Text(text, shown, location)
            };
        }
        match &node.value {
            Value::Unset(Unset::Variable(name)) => Found::Variable(name, location),
            Value::Unset(Unset::Function(_)) => Found::Function,
            Value::Unset(Unset::Removed) => Found::Absent,
            Value::Unset(Unset::Null) => Found::Blank(location),
            _ => Found::Wrong(node.kind(), location),
        }
    }

    /// The text at a path, with its place. It is to be judged, not shown: a variable may have given it.
    pub(super) fn text(&self, path: &[&str]) -> Option<(&str, Location)> {
        match self.find(path) {
            Found::Text(text, _, location) => Some((text, location)),
            _ => None,
        }
    }

    /// The beginning of the text at a path as it may be shown.
    fn shown(&self, path: &[&str]) -> String {
        match self.find(path) {
            Found::Text(_, shown, _) => shown.chars().take(40).collect(),
            _ => String::new(),
        }
    }

    /// The place of the value at a path, else the entry's own.
    pub(super) fn place(&self, path: &[&str]) -> Location {
        self.settings
            .at(path)
            .map_or(self.location, |node| node.location)
    }

    /// Reports a text that is missing, blank, or no text at all.
    pub(super) fn require(&mut self, path: &[&str]) {
        self.require_one(&[path]);
    }

    /// Warns if a text is not there that a variable may give where it is needed, in CI.
    pub(super) fn expect_or_variable(&mut self, path: &[&str], variable: &str) {
        let at = match self.find(path) {
            Found::Absent => self.settings.location,
            Found::Blank(at) => at,
            _ => return self.require(path),
        };
        let name = path.join(".");
        let message = format!("`{name}` is not set, so {variable} has to be set at sign-in");
        self.push(
            Diagnostic::warning("required", message)
                .at(at)
                .hint(format!("set `{name}`, or {variable} where Atmos runs")),
        );
    }

    /// Reports if none of the texts is there; the first path is the one to write.
    pub(super) fn require_one(&mut self, paths: &[&[&str]]) {
        let name = paths.first().map(|path| path.join(".")).unwrap_or_default();
        let mut problem = None;
        for path in paths {
            let found = match self.find(path) {
                Found::Text(..) | Found::Function => return,
                Found::Absent => continue,
                Found::Blank(at) => {
                    Diagnostic::error("required", format!("`{}` is empty", path.join("."))).at(at)
                }
                Found::Variable(variable, at) => Diagnostic::warning(
                    "variable",
                    format!(
                        "`{}` needs the variable {variable}, which is not set",
                        path.join(".")
                    ),
                )
                .at(at)
                .hint(format!(
                    "set {variable}, or add a default: `!env {variable} \"default\"`"
                )),
                Found::Wrong(kind, at) => Diagnostic::error(
                    "text",
                    format!("`{}` must be a text, not {kind}", path.join(".")),
                )
                .at(at),
            };
            problem.get_or_insert(found);
        }
        let or: Vec<String> = paths
            .iter()
            .map(|path| format!("`{}`", path.join(".")))
            .collect();
        self.push(problem.unwrap_or_else(|| {
            let what = if paths.len() > 1 {
                or.join(" or ")
            } else {
                format!("`{name}`")
            };
            Diagnostic::error("required", format!("{what} is required")).at(self.location)
        }));
    }

    /// Checks `kind`; false if it is missing or unknown, and the rest cannot be judged.
    pub(super) fn kind(&mut self, what: &str, is_known: bool, known: &[&str]) -> bool {
        if is_known {
            return true;
        }
        match self.find(&["kind"]) {
            Found::Text(_, kind, at) => {
                let shown: String = kind.chars().take(80).collect();
                let problem =
                    Diagnostic::error("kind", format!("unsupported {what} kind `{shown}`"))
                        .at(at)
                        .hint(kind_hint(kind, known));
                self.push(problem);
            }
            Found::Absent => {
                let at = self.location;
                self.error("kind", format!("{what} kind is required"), at);
            }
            _ => self.require(&["kind"]),
        }
        false
    }

    /// Checks a duration and that it lies within the limits of the service, in seconds.
    pub(super) fn duration(&mut self, path: &[&str], least: u64, most: u64) {
        let Some((text, at)) = self.text(path) else {
            return;
        };
        let name = path.join(".");
        match duration_seconds(text) {
            None => {
                let shown = self.shown(path);
                self.push(
                    Diagnostic::error("duration", format!("`{name}` is no duration: `{shown}`"))
                        .at(at)
                        .hint("write for example `8h`, `30m`, `1d`, or seconds"),
                );
            }
            Some(seconds) if !(least..=most).contains(&seconds) => {
                let message = format!(
                    "`{name}` is {seconds} seconds, but the service takes {least} to {most}"
                );
                self.warn("duration", message, at);
            }
            Some(_) => {}
        }
    }

    /// Checks that a text is one of a few words.
    pub(super) fn one_of(&mut self, code: &'static str, path: &[&str], words: &[&str]) {
        let Some((text, at)) = self.text(path) else {
            return;
        };
        if !words.contains(&text) {
            let shown = self.shown(path);
            let message = format!("unknown `{}`: `{shown}`", path.join("."));
            self.push(
                Diagnostic::error(code, message)
                    .at(at)
                    .hint(format!("use one of: {}", words.join(", "))),
            );
        }
    }
}
