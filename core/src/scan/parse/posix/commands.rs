//! The commands that set, export or take away variables, or read other files.

use std::ops::Range;

use super::super::super::finding::{Form, Span, Syntax};
use super::super::{Event, Follow, How, Standing, is_name, name_end};
use super::word::{
    Quoted, quoted_assignment, resolve_target, strip_quotes, unquote_word, unquoted_behind,
};
use super::{Mode, Parser, parse_text};
use crate::inventory::AssignmentState;

/// One item of a command that assigns.
pub(super) struct Item {
    pub(super) word: Range<usize>,
    pub(super) statement: Range<usize>,
    /// The number of items that the command has; when all go, the command goes.
    pub(super) items: usize,
    pub(super) is_first: bool,
}

impl Parser<'_> {
    pub(super) fn command(&mut self, words: &[Range<usize>]) {
        let assignments = words
            .iter()
            .take_while(|word| self.assigned(word).is_some())
            .count();
        if assignments == words.len() {
            self.assignments(words, Form::Assign, None);
            return;
        }
        if assignments > 0 {
            self.inline(words, assignments);
        }
        let mut rest = &words[assignments..];
        while rest.len() > 1 && matches!(self.raw(&rest[0]), b"command" | b"builtin" | b"nocorrect")
        {
            rest = &rest[1..];
        }
        self.known_command(rest);
    }

    pub(super) fn raw(&self, word: &Range<usize>) -> &[u8] {
        &self.text[word.clone()]
    }

    /// The end of the name in a word `NAME=…` or `NAME+=…`.
    pub(super) fn assigned(&self, word: &Range<usize>) -> Option<usize> {
        let end = name_end(self.text, word.start).min(word.end);
        if !is_name(&self.text[word.start..end]) {
            return None;
        }
        let rest = &self.text[end..word.end];
        (rest.starts_with(b"=") || rest.starts_with(b"+=")).then_some(end)
    }

    pub(super) fn standing(&self, is_exported: bool) -> Standing {
        let conditional = self.is_conditional();
        match self.mode.state {
            Some(state) => Standing::Fixed(state),
            None if is_exported => Standing::Exported { conditional },
            None => Standing::Assigned { conditional },
        }
    }

    pub(super) fn span(&self, item: &Item) -> (Span, Range<usize>) {
        let start = if item.is_first {
            item.statement.start
        } else {
            item.word.start
        };
        let span = Span {
            item: item.word.clone(),
            statement: item.statement.clone(),
            items: item.items,
            in_block: self.is_conditional(),
            is_fixed: self.mode.is_fixed,
            is_nested: self.mode.is_nested,
        };
        (span, start..item.word.end)
    }

    /// Tells of a word that assigns, quoted as a whole or not.
    pub(super) fn assign(&mut self, item: &Item, form: Form, standing: Standing) {
        let (span, shown) = self.span(item);
        let form = self.mode.form.unwrap_or(form);
        let (text, word) = (self.text, item.word.clone());
        if let Some(end) = self.assigned(&word) {
            let name = &text[word.start..end];
            let value = end + if text[end] == b'+' { 2 } else { 1 };
            let read = || unquote_word(text, value..word.end);
            self.sink.assign(name, form, standing, span, shown, read);
            return;
        }
        if let Some(Quoted { name, value, quote }) = quoted_assignment(text, &word) {
            let read = || unquoted_behind(text, value, quote);
            self.sink.assign(&name, form, standing, span, shown, read);
        }
    }

    fn assignments(&mut self, words: &[Range<usize>], form: Form, statement: Option<usize>) {
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            return;
        };
        let statement = statement.unwrap_or(first.start)..last.end;
        for (at, word) in words.iter().enumerate() {
            let item = Item {
                word: word.clone(),
                statement: statement.clone(),
                items: words.len(),
                is_first: at == 0,
            };
            self.assign(&item, form, self.standing(form != Form::Assign));
        }
    }

    /// `NAME=value command`, and `env NAME=value command`.
    pub(super) fn inline(&mut self, words: &[Range<usize>], assignments: usize) {
        let (first, last) = (&words[0], &words[words.len() - 1]);
        // A function is called like an alias: whoever calls it gets the secret.
        let state = self.mode.state.unwrap_or(if self.is_in_function() {
            AssignmentState::Conditional
        } else {
            AssignmentState::CommandOnly
        });
        for word in &words[..assignments] {
            let item = Item {
                word: word.clone(),
                statement: first.start..last.end,
                items: usize::MAX,
                is_first: false,
            };
            self.assign(&item, Form::Inline, Standing::Fixed(state));
        }
    }

    fn known_command(&mut self, words: &[Range<usize>]) {
        let Some((command, arguments)) = words.split_first() else {
            return;
        };
        // A backslash before the name only passes by an alias.
        let name = self.raw(command);
        match name.strip_prefix(b"\\").unwrap_or(name) {
            b"export" => self.export(command.start, arguments),
            b"declare" | b"typeset" | b"local" | b"readonly" | b"integer" => {
                self.declare(command.start, arguments);
            }
            b"unset" => self.unset(arguments),
            b"set" | b"setopt" | b"unsetopt" => self.set(command, arguments),
            b"." | b"source" => self.source(command, arguments, false),
            b":" | b"true" => self.defaults(command.start, arguments),
            b"alias" => self.alias(arguments),
            b"eval" => self.eval(arguments),
            b"env" => self.environment_command(arguments),
            b"printf" if arguments.len() > 2 && self.raw(&arguments[0]) == b"-v" => {
                self.print_into_variable(command.start, arguments);
            }
            b"launchctl" => self.launchctl(command.start, arguments),
            b"for" | b"select" => self.loop_header(arguments),
            b"source_env" | b"source_env_if_exists" | b"dotenv" | b"dotenv_if_exists"
                if self.syntax == Syntax::Direnv =>
            {
                self.direnv(command, arguments);
            }
            name => {
                let prints = matches!(name, b"echo" | b"printf" | b"print");
                self.other(arguments, prints);
            }
        }
    }

    fn export(&mut self, start: usize, arguments: &[Range<usize>]) {
        let (options, names) = self.options(arguments);
        if options.contains(&b'f') {
            return;
        }
        if options.contains(&b'n') {
            self.unexport(names);
            return self.assignments(names, Form::Assign, Some(start));
        }
        self.export_names(names);
        self.assignments(names, Form::Export, Some(start));
    }

    /// `export -n`: what has a value keeps it, or gets one, for the shell alone.
    fn unexport(&mut self, names: &[Range<usize>]) {
        if self.mode.state.is_some() || self.is_conditional() {
            return;
        }
        for word in names {
            let word = strip_quotes(self.text, word.clone());
            let end = name_end(self.text, word.start).min(word.end);
            if end == word.end || self.text[end] == b'=' {
                self.sink.unset(&self.text[word.start..end]);
            }
        }
    }

    fn export_names(&mut self, names: &[Range<usize>]) {
        if self.mode.state.is_some() {
            return;
        }
        for word in names {
            let name = &self.text[strip_quotes(self.text, word.clone())];
            if is_name(name) {
                self.sink.export(name);
            }
        }
    }

    fn declare(&mut self, start: usize, arguments: &[Range<usize>]) {
        let (options, names) = self.options(arguments);
        if options.contains(&b'f') {
            return;
        }
        if options.contains(&b'x') {
            self.export_names(names);
            self.assignments(names, Form::Declare, Some(start));
        } else {
            self.assignments(names, Form::Assign, Some(start));
        }
    }

    /// The letters of the options before the names, and the names.
    fn options<'w>(&self, arguments: &'w [Range<usize>]) -> (Vec<u8>, &'w [Range<usize>]) {
        let mut letters = Vec::new();
        for (at, word) in arguments.iter().enumerate() {
            match self.raw(word) {
                b"--" => return (letters, &arguments[at + 1..]),
                option if option.len() > 1 && option[0] == b'-' => {
                    letters.extend_from_slice(&option[1..]);
                }
                // `declare +x` is of no interest: it ends no secret at rest.
                option if option.len() > 1 && option[0] == b'+' => {}
                _ => return (letters, &arguments[at..]),
            }
        }
        (letters, &[])
    }

    fn unset(&mut self, arguments: &[Range<usize>]) {
        if self.mode.state.is_some() || self.is_conditional() {
            return;
        }
        let (options, names) = self.options(arguments);
        if options.contains(&b'f') {
            return;
        }
        for word in names {
            self.sink.unset(&self.text[word.clone()]);
        }
    }

    fn set(&mut self, command: &Range<usize>, arguments: &[Range<usize>]) {
        if self.mode.state.is_some() {
            return;
        }
        let words: Vec<&[u8]> = arguments.iter().map(|word| self.raw(word)).collect();
        let on = match (self.raw(command), words.as_slice()) {
            (b"set", [b"-o", b"allexport", ..]) => true,
            (b"set", [b"+o", b"allexport", ..]) => false,
            (b"set", [option, ..]) if option.contains(&b'a') && option.starts_with(b"-") => true,
            (b"set", [option, ..]) if option.contains(&b'a') && option.starts_with(b"+") => false,
            (b"setopt", names) if names.iter().any(|name| is_allexport(name)) => true,
            (b"unsetopt", names) if names.iter().any(|name| is_allexport(name)) => false,
            _ => return,
        };
        self.sink.events.push(Event::ExportAll(on));
    }

    fn source(&mut self, command: &Range<usize>, arguments: &[Range<usize>], optional: bool) {
        let Some(word) = arguments.first() else {
            return;
        };
        if self.mode.state.is_some() {
            return;
        }
        let raw = self.raw(word);
        if raw.starts_with(b"<(") || raw.starts_with(b"=(") {
            let tool = find_tool_name(&raw[2..]);
            let at = command.start;
            self.sink.events.push(Event::Opaque { tool, at });
            return;
        }
        let target = match loop_variable(raw).and_then(|name| self.loops.get(name)) {
            Some(glob) => resolve_target(self.text, glob.clone()),
            None => resolve_target(self.text, word.clone()),
        };
        self.follow(target, How::Source, optional, command.start);
    }

    fn follow(&mut self, target: Option<Vec<u8>>, how: How, optional: bool, at: usize) {
        let conditional = self.is_in_function();
        let optional = optional || self.is_conditional();
        self.sink.events.push(Event::Follow(Follow {
            target,
            how,
            optional,
            conditional,
            at,
        }));
    }

    fn direnv(&mut self, command: &Range<usize>, arguments: &[Range<usize>]) {
        if self.mode.state.is_some() {
            return;
        }
        let name = self.raw(command);
        let optional = name.ends_with(b"_if_exists");
        if name.starts_with(b"source_env") {
            return self.source(command, arguments, optional);
        }
        let target = match arguments.first() {
            Some(word) => resolve_target(self.text, word.clone()),
            None => Some(b".env".to_vec()),
        };
        self.follow(target, How::Dotenv, optional, command.start);
    }

    /// `: ${NAME:=value}`
    fn defaults(&mut self, start: usize, arguments: &[Range<usize>]) {
        let behind = arguments.last().map_or(start, |last| last.end);
        for whole in arguments {
            let word = strip_quotes(self.text, whole.clone());
            let text = self.text;
            let Some(body) = text[word.clone()]
                .strip_prefix(b"${")
                .filter(|body| body.ends_with(b"}"))
            else {
                continue;
            };
            let body = word.start + 2..word.start + 1 + body.len();
            let end = name_end(text, body.start);
            let operator = match &text[end..body.end] {
                rest if rest.starts_with(b":=") => 2,
                rest if rest.starts_with(b"=") => 1,
                _ => continue,
            };
            let item = Item {
                // With its quotes.
                word: whole.clone(),
                statement: start..behind,
                items: arguments.len(),
                is_first: false,
            };
            let (span, shown) = self.span(&item);
            let standing = self.standing(false);
            let form = self.mode.form.unwrap_or(Form::DefaultExpansion);
            let name = &text[body.start..end];
            self.sink.assign(name, form, standing, span, shown, || {
                unquote_word(text, end + operator..body.end)
            });
        }
    }

    fn alias(&mut self, arguments: &[Range<usize>]) {
        for word in arguments {
            let Some(equals) = self.raw(word).iter().position(|byte| *byte == b'=') else {
                continue;
            };
            let value = word.start + equals + 1..word.end;
            let body = strip_quotes(self.text, value);
            let state = if self.is_conditional() {
                AssignmentState::Conditional
            } else {
                AssignmentState::Active
            };
            self.text_with(
                body,
                self.mode.state.unwrap_or(state),
                Some(Form::Alias),
                false,
            );
        }
    }

    fn text_with(
        &mut self,
        body: Range<usize>,
        state: AssignmentState,
        form: Option<Form>,
        is_fixed: bool,
    ) {
        // Escapes within the quotes would move places.
        let is_fixed = is_fixed || self.mode.is_fixed || self.text[body.clone()].contains(&b'\\');
        let mode = Mode {
            state: Some(state),
            form,
            is_fixed,
            is_nested: true,
        };
        parse_text(self.text, body, self.syntax, mode, self.sink);
    }

    fn eval(&mut self, arguments: &[Range<usize>]) {
        for word in arguments {
            let body = strip_quotes(self.text, word.clone());
            let raw = &self.text[body.clone()];
            let script = raw.strip_prefix(b"$(").or_else(|| raw.strip_prefix(b"`"));
            if let Some(script) = script {
                if self.mode.state.is_none() {
                    let (tool, at) = (find_tool_name(script), word.start);
                    self.sink.events.push(Event::Opaque { tool, at });
                }
            } else if self.mode.state.is_none() {
                let state = if self.is_conditional() {
                    AssignmentState::Conditional
                } else {
                    AssignmentState::Active
                };
                // One command of several words: none can go by itself.
                self.text_with(body, state, None, arguments.len() > 1);
            }
        }
    }

    fn loop_header(&mut self, words: &[Range<usize>]) {
        if let [name, keyword, value] = words
            && self.raw(keyword) == b"in"
        {
            self.loops.insert(self.raw(name).to_vec(), value.clone());
        }
    }
}

fn is_allexport(name: &[u8]) -> bool {
    let plain: Vec<u8> = name
        .iter()
        .filter(|byte| **byte != b'_')
        .map(u8::to_ascii_lowercase)
        .collect();
    plain == b"allexport"
}

/// The name in `$name`, `"$name"` or `"${name}"`.
fn loop_variable(word: &[u8]) -> Option<&[u8]> {
    let word = word
        .strip_prefix(b"\"")
        .map_or(word, |rest| rest.strip_suffix(b"\"").unwrap_or(rest));
    let name = word.strip_prefix(b"$")?;
    let name = name
        .strip_prefix(b"{")
        .and_then(|name| name.strip_suffix(b"}"))
        .unwrap_or(name);
    is_name(name).then_some(name)
}

/// The first word of a command, if it is a plain name: what follows may be anything.
fn find_tool_name(script: &[u8]) -> String {
    let word: Vec<u8> = script
        .trim_ascii_start()
        .iter()
        .take(40)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(byte))
        .copied()
        .collect();
    let name = String::from_utf8_lossy(&word);
    name.rsplit('/').next().unwrap_or_default().to_owned()
}
