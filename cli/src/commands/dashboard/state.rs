//! What the dashboard shows, and how keys change it. Touches nothing.

use std::collections::BTreeSet;

use adieu::report::{Session, Status};
use adieu::shell::quote_word;
use adieu::systems::System;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::prompt_commands;
use crate::commands::status::format_qualified_name;

/// How many lines a page is.
const PAGE: usize = 10;

/// What a key asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Nothing but to draw again.
    Nothing,
    /// Look at the machine again.
    Look,
    /// Run these commands of adieu, each as its arguments.
    Run(Vec<Vec<String>>),
    /// Leave.
    Leave,
}

/// What tells one line from every other: the same name may be signed in to several systems and in
/// several realms, as a provider and as an identity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LineId {
    system: System,
    configured: bool,
    realm: Option<String>,
    provider: Option<String>,
    identity: Option<String>,
}

impl LineId {
    fn of(session: &Session) -> Self {
        Self {
            system: session.system,
            configured: session.configured,
            // A configured identity is one, whatever realms of its configuration it is found in.
            realm: session.realm.clone().filter(|_| !session.configured),
            provider: session.provider.clone(),
            identity: session.identity.clone(),
        }
    }
}

/// What the dashboard shows.
pub(super) struct Console {
    pub(super) status: Status,
    /// The line that the arrows are on.
    pub(super) cursor: usize,
    /// Lines that space has marked.
    pub(super) marked: BTreeSet<LineId>,
    /// What is typed at the prompt; starts with `/`.
    pub(super) typed: String,
    /// What the lines that are shown have in them.
    pub(super) filter: String,
    /// Whether what is typed goes to the filter.
    pub(super) filters: bool,
    /// The answer to the last command.
    pub(super) message: String,
    /// Whether the help is shown instead of the sessions.
    pub(super) help: bool,
}

impl Console {
    pub(super) fn new(status: Status) -> Self {
        let mut console = Self {
            status,
            cursor: 0,
            marked: BTreeSet::new(),
            typed: String::new(),
            filter: String::new(),
            filters: false,
            message: String::new(),
            help: false,
        };
        console.sort();
        console
    }

    /// Shows a newer state; marks stay on what is still there.
    pub(super) fn show(&mut self, status: Status) {
        self.status = status;
        self.sort();
        let lines: BTreeSet<LineId> = self.status.sessions.iter().map(LineId::of).collect();
        self.marked.retain(|marked| lines.contains(marked));
        self.cursor = self.cursor.min(self.last());
    }

    /// The sessions that are shown: all, or those that the filter leaves.
    pub(super) fn shown(&self) -> Vec<&Session> {
        let wanted = self.filter.to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&wanted);
        let is_shown = |session: &&Session| {
            wanted.is_empty()
                || has(&build_session_selector(session))
                || has(session.system.id())
                || session.chain.iter().any(|link| has(link))
        };
        self.status.sessions.iter().filter(is_shown).collect()
    }

    /// The last line that is shown.
    fn last(&self) -> usize {
        self.shown().len().saturating_sub(1)
    }

    /// What can be used stands first.
    fn sort(&mut self) {
        self.status.sessions.sort_by_key(|session| session.state);
    }

    /// Answers the last command.
    pub(super) fn say(&mut self, message: String) {
        self.message = message;
    }

    /// Text that was pasted goes to the prompt, as one line.
    pub(super) fn paste(&mut self, text: &str) {
        let line = text.lines().next().unwrap_or_default();
        self.typed.extend(line.chars().filter(|c| !c.is_control()));
    }

    /// What a key does.
    pub(super) fn key(&mut self, key: KeyEvent) -> Action {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if self.filters && !control && self.edit_filter(key.code) {
            return Action::Nothing;
        }
        let is_free = self.typed.is_empty() && !control;
        match key.code {
            KeyCode::Char('c' | 'd') if control => return Action::Leave,
            KeyCode::Char('l') if control => return Action::Look,
            KeyCode::Char('u') if control => self.typed.clear(),
            KeyCode::Up => self.cursor = self.cursor.saturating_sub(1),
            KeyCode::Down => self.go_down(),
            KeyCode::Char('k') if is_free => self.cursor = self.cursor.saturating_sub(1),
            KeyCode::Char('j') if is_free => self.go_down(),
            KeyCode::Char('f') if is_free => self.filters = true,
            KeyCode::Char('a') if is_free => self.mark_all(),
            KeyCode::PageUp => self.cursor = self.cursor.saturating_sub(PAGE),
            KeyCode::Char('b') if control => self.cursor = self.cursor.saturating_sub(PAGE),
            KeyCode::PageDown => self.cursor = (self.cursor + PAGE).min(self.last()),
            KeyCode::Char('f') if control => self.cursor = (self.cursor + PAGE).min(self.last()),
            KeyCode::Home => self.cursor = 0,
            KeyCode::Char('g') if is_free => self.cursor = 0,
            KeyCode::End => self.cursor = self.last(),
            KeyCode::Char('G') if is_free => self.cursor = self.last(),
            KeyCode::Char(' ') if self.typed.is_empty() => self.mark(),
            KeyCode::Char('q') if self.typed.is_empty() => return Action::Leave,
            KeyCode::Char('?') if self.typed.is_empty() => self.help = !self.help,
            KeyCode::Char(character) if !control => self.typed.push(character),
            KeyCode::Backspace => {
                self.typed.pop();
            }
            KeyCode::Tab => self.complete(),
            KeyCode::Esc => self.back_out(),
            KeyCode::Enter => return self.enter(),
            _ => {}
        }
        Action::Nothing
    }

    fn go_down(&mut self) {
        self.cursor = (self.cursor + 1).min(self.last());
    }

    /// What a key does to the filter; false if it is none of the filter's.
    fn edit_filter(&mut self, key: KeyCode) -> bool {
        match key {
            KeyCode::Char(character) => self.filter.push(character),
            KeyCode::Backspace => {
                self.filter.pop();
            }
            KeyCode::Enter => self.filters = false,
            KeyCode::Esc => {
                self.filters = false;
                self.filter.clear();
            }
            _ => return false,
        }
        self.cursor = self.cursor.min(self.last());
        true
    }

    /// Marks every line that is shown, or none if all are marked.
    fn mark_all(&mut self) {
        let lines: BTreeSet<LineId> = self.shown().into_iter().map(LineId::of).collect();
        if lines.is_subset(&self.marked) {
            self.marked.retain(|line| !lines.contains(line));
        } else {
            self.marked.extend(lines);
        }
    }

    fn mark(&mut self) {
        let Some(line) = self
            .shown()
            .get(self.cursor)
            .map(|session| LineId::of(session))
        else {
            return;
        };
        if !self.marked.remove(&line) {
            self.marked.insert(line);
        }
        self.go_down();
    }

    /// Whether space has marked the line of a session.
    pub(super) fn is_marked(&self, session: &Session) -> bool {
        self.marked.contains(&LineId::of(session))
    }

    fn complete(&mut self) {
        if let Some(text) = prompt_commands::find_common_start(&self.completions()) {
            self.typed = text;
        }
    }

    /// What the typed text could become.
    pub(super) fn completions(&self) -> Vec<String> {
        if !self.typed.starts_with('/') {
            return Vec::new();
        }
        let names = self.status.sessions.iter().map(build_session_selector);
        let names: Vec<String> = names.map(|name| quote_word(&name)).collect();
        prompt_commands::list_completions(&self.typed, &names)
    }

    fn back_out(&mut self) {
        if self.typed.is_empty() && !self.help {
            if self.filter.is_empty() {
                self.marked.clear();
            }
            self.filter.clear();
        }
        self.typed.clear();
        self.help = false;
        self.message.clear();
    }

    fn enter(&mut self) -> Action {
        if self.typed.is_empty() {
            let shown = self.shown();
            return shown.get(self.cursor).map_or(Action::Nothing, |session| {
                Action::Run(vec![with_name(
                    "status",
                    &[],
                    &build_session_selector(session),
                )])
            });
        }
        let typed = std::mem::take(&mut self.typed);
        self.message.clear();
        self.help = false;
        let mut parts = prompt_commands::split_words(&typed).into_iter();
        let command = parts.next().unwrap_or_default();
        let rest: Vec<String> = parts.collect();
        match command.as_str() {
            "/quit" | "/exit" => Action::Leave,
            "/help" => {
                self.help = true;
                Action::Nothing
            }
            "/status" if rest.is_empty() => Action::Look,
            "/logout" => self.logout(rest),
            "/login" | "/switch" => self.one_command(&command[1..], rest),
            "/audit" if rest.is_empty() => {
                Action::Run(vec![vec!["audit".to_owned(), "show".to_owned()]])
            }
            "/status" | "/scan" | "/audit" => Action::Run(vec![
                [command[1..].to_owned()].into_iter().chain(rest).collect(),
            ]),
            _ => {
                self.message = format!("{command} is no command here; /help shows them all");
                Action::Nothing
            }
        }
    }

    /// Of what is named, else of what is marked, else of the line that the arrows are on.
    fn logout(&mut self, rest: Vec<String>) -> Action {
        let (flags, names): (Vec<String>, Vec<String>) =
            rest.into_iter().partition(|word| word.starts_with("--"));
        let everything = flags.iter().any(|flag| flag == "--all");
        if everything {
            return Action::Run(vec![
                ["logout".to_owned()].into_iter().chain(flags).collect(),
            ]);
        }
        if !names.is_empty() {
            let commands = names.iter().map(|name| with_name("logout", &flags, name));
            return Action::Run(commands.collect());
        }
        let marked: Vec<&Session> = if self.marked.is_empty() {
            self.shown().get(self.cursor).copied().into_iter().collect()
        } else {
            let is_marked = |session: &&Session| self.is_marked(session);
            self.status.sessions.iter().filter(is_marked).collect()
        };
        if marked.is_empty() {
            "Nothing is signed in, so there is nothing to log out of".clone_into(&mut self.message);
            return Action::Nothing;
        }
        Action::Run(
            marked
                .iter()
                .map(|session| build_logout_command(session, &flags))
                .collect(),
        )
    }

    /// A command that needs one name: what is typed, else the line that the arrows are on.
    fn one_command(&self, command: &str, rest: Vec<String>) -> Action {
        if !rest.is_empty() {
            let words = [command.to_owned()].into_iter().chain(rest);
            return Action::Run(vec![words.collect()]);
        }
        let shown = self.shown();
        shown.get(self.cursor).map_or(Action::Nothing, |session| {
            let name = match &session.account {
                // The vendor's client asks who it shall be.
                Some(account) => account.system.id().to_owned(),
                None => build_session_selector(session),
            };
            Action::Run(vec![with_name(command, &[], &name)])
        })
    }
}

/// The name by which the commands know a session, and no other one.
pub(super) fn build_session_selector(session: &Session) -> String {
    match (&session.account, &session.identity, &session.provider) {
        (None, Some(_), _) if !session.configured => format_qualified_name(session),
        (Some(account), ..) => format!("{}:{}", account.system.id(), account.name),
        (None, Some(identity), _) => identity.clone(),
        (None, None, Some(provider)) => provider.clone(),
        (None, None, None) => session.system.id().to_owned(),
    }
}

fn build_logout_command(session: &Session, flags: &[String]) -> Vec<String> {
    match (&session.identity, &session.provider) {
        (None, Some(provider)) => {
            let flag = format!("--provider={provider}");
            let words = ["logout".to_owned()].into_iter();
            words.chain(flags.iter().cloned()).chain([flag]).collect()
        }
        _ => with_name("logout", flags, &build_session_selector(session)),
    }
}

/// A command with a name that cannot be taken for a flag.
fn with_name(command: &str, flags: &[String], name: &str) -> Vec<String> {
    let guard = name.starts_with('-').then(|| "--".to_owned());
    [command.to_owned()]
        .into_iter()
        .chain(flags.iter().cloned())
        .chain(guard)
        .chain([name.to_owned()])
        .collect()
}

#[cfg(test)]
pub(super) mod tests;
