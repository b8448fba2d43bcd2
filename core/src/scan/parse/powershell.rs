//! PowerShell.

mod words;

use std::ops::Range;

use self::words::{
    arguments_of, classify_value, environment_variable, provider_path, resolve_target,
    set_environment_variable, split_words,
};

use super::super::finding::{Form, Span};
use super::{Event, Follow, How, Sink, Standing, Value, find_bytes, trim_blanks};
use crate::inventory::AssignmentState;

/// The longest name that is looked for in `${…}`.
const NAME: usize = 200;

/// Reads a script.
pub(super) fn parse(text: &[u8], sink: &mut Sink) {
    Parser {
        text,
        end: text.len(),
        position: 0,
        state: None,
        depth: 0,
        start: 0,
        sink,
    }
    .run();
}

struct Parser<'a> {
    text: &'a [u8],
    end: usize,
    position: usize,
    state: Option<AssignmentState>,
    /// The number of blocks that are open.
    depth: usize,
    /// The place where the statement began.
    start: usize,
    sink: &'a mut Sink,
}

impl Parser<'_> {
    fn run(&mut self) {
        self.start = self.position;
        let mut parentheses = 0_usize;
        while self.position < self.end {
            let rest = &self.text[self.position..self.end];
            match rest[0] {
                b'`' => self.position += 2,
                b'\'' | b'"' => self.string(),
                b'@' if rest.starts_with(b"@'") || rest.starts_with(b"@\"") => self.here_string(),
                b'<' if rest.starts_with(b"<#") => self.comment(b"#>", 2),
                b'#' if self.is_word_start() => self.comment(b"\n", 1),
                b'$' if rest.starts_with(b"${") => {
                    // No name is longer, and the rest is not searched again and again.
                    let length = rest.iter().take(NAME).position(|byte| *byte == b'}');
                    self.position += length.map_or(2, |length| length + 1);
                }
                b'(' => {
                    parentheses += 1;
                    self.position += 1;
                }
                b')' => {
                    parentheses = parentheses.saturating_sub(1);
                    self.position += 1;
                }
                b'{' | b'}' => {
                    self.finish();
                    parentheses = 0;
                    self.depth = if rest[0] == b'{' {
                        self.depth + 1
                    } else {
                        self.depth.saturating_sub(1)
                    };
                    self.position += 1;
                    self.start = self.position;
                }
                b'\n' | b';' if parentheses == 0 => {
                    self.finish();
                    self.position += 1;
                    self.start = self.position;
                }
                _ => self.position += 1,
            }
        }
        self.position = self.end;
        self.finish();
    }

    fn is_word_start(&self) -> bool {
        self.position == 0
            || self.text[self.position - 1].is_ascii_whitespace()
            || b";({".contains(&self.text[self.position - 1])
    }

    /// To behind a quoted text; in double quotes a backtick escapes.
    fn string(&mut self) {
        let quote = self.text[self.position];
        self.position += 1;
        while self.position < self.end {
            match self.text[self.position] {
                b'`' if quote == b'"' => self.position += 2,
                byte if byte == quote => {
                    self.position += 1;
                    return;
                }
                _ => self.position += 1,
            }
        }
    }

    /// `@'` … `'@`: text.
    fn here_string(&mut self) {
        let body = self.position + 2;
        let ending: &[u8] = if self.text[self.position + 1] == b'\'' {
            b"\n'@"
        } else {
            b"\n\"@"
        };
        let rest = &self.text[body.min(self.end)..self.end];
        let length = find_bytes(rest, ending).unwrap_or(rest.len());
        self.text_of(body..body + length, AssignmentState::Inert);
        self.position = (body + length + ending.len()).min(self.end);
    }

    fn comment(&mut self, ending: &[u8], opening: usize) {
        self.finish();
        let body = self.position + opening;
        let rest = &self.text[body.min(self.end)..self.end];
        let length = find_bytes(rest, ending).unwrap_or(rest.len());
        let mut start = body;
        while start < body + length && matches!(self.text[start], b'#' | b' ') {
            start += 1;
        }
        self.text_of(start..body + length, AssignmentState::Commented);
        // The line end behind a comment ends the statement too.
        let behind = if ending == b"\n" { 0 } else { ending.len() };
        self.position = (body + length + behind).min(self.end);
        self.start = self.position;
    }

    fn text_of(&mut self, range: Range<usize>, state: AssignmentState) {
        if self.state.is_some() || range.start >= self.end {
            return;
        }
        for line in super::super::text::split_lines(&self.text[range.clone()]) {
            let (start, end) = (range.start + line.start, range.start + line.end);
            let line = trim_blanks(self.text, start..end);
            let mut inner = Parser {
                text: self.text,
                end: line.end,
                position: line.start,
                state: Some(state),
                depth: 0,
                start: line.start,
                sink: self.sink,
            };
            inner.run();
        }
    }

    fn standing(&self) -> Standing {
        match self.state {
            Some(state) => Standing::Fixed(state),
            None => Standing::Exported {
                conditional: self.depth > 0,
            },
        }
    }

    fn finish(&mut self) {
        let end = self.position.min(self.end);
        let range = trim_blanks(self.text, self.start.min(end)..end);
        self.start = end;
        if !range.is_empty() {
            self.statement(range);
        }
    }

    fn assign(&mut self, name: &[u8], form: Form, range: Range<usize>, value: Value) {
        let is_inert = self.state == Some(AssignmentState::Inert);
        let span = Span {
            is_fixed: is_inert,
            is_nested: false,
            ..Span::whole(range.clone())
        };
        let standing = self.standing();
        self.sink
            .assign(name, form, standing, span, range, || value);
    }

    fn unset(&mut self, name: &[u8]) {
        if self.state.is_none() && self.depth == 0 {
            self.sink.unset(name);
        }
    }

    fn statement(&mut self, range: Range<usize>) {
        let text = self.text;
        let raw = &text[range.clone()];
        if let Some((name, rest)) = environment_variable(text, &range) {
            let rest = trim_blanks(text, rest..range.end);
            if text[rest.clone()].starts_with(b"=") {
                let value = classify_value(&text[trim_blanks(text, rest.start + 1..rest.end)]);
                match value {
                    Some(value) => self.assign(&text[name], Form::PsEnv, range, value),
                    None => self.unset(&text[name]),
                }
            }
        } else if let Some(arguments) = set_environment_variable(raw) {
            let start = range.start + arguments;
            self.call(start..range.end, range);
        } else if let Some(path) = raw.strip_prefix(b". ") {
            if self.state.is_none() {
                self.sink.events.push(Event::Follow(Follow {
                    target: resolve_target(path.trim_ascii()),
                    how: How::Source,
                    optional: self.depth > 0,
                    conditional: false,
                    at: range.start,
                }));
            }
        } else {
            self.item_command(range);
        }
    }

    /// The arguments of `SetEnvironmentVariable(name, value, scope)`.
    fn call(&mut self, arguments: Range<usize>, range: Range<usize>) {
        let text = self.text;
        let parts = arguments_of(text, arguments);
        let [name, value, rest @ ..] = parts.as_slice() else {
            return;
        };
        let Some(name) = classify_value(&text[name.clone()]) else {
            return;
        };
        let scope = rest
            .first()
            .map(|scope| text[scope.clone()].to_ascii_lowercase());
        let has = |word: &[u8]| {
            scope
                .as_ref()
                .is_some_and(|scope| find_bytes(scope, word).is_some())
        };
        let form = if has(b"machine") {
            Form::PsSetenvMachine
        } else if has(b"user") {
            Form::PsSetenvUser
        } else {
            Form::PsSetenvProcess
        };
        match classify_value(&text[value.clone()]) {
            Some(value) => self.assign(&name.text, form, range, value),
            None => self.unset(&name.text),
        }
    }

    /// `Set-Item Env:NAME value`, `Remove-Item Env:NAME`.
    fn item_command(&mut self, range: Range<usize>) {
        let text = self.text;
        let words = split_words(text, &range);
        let Some((command, arguments)) = words.split_first() else {
            return;
        };
        let command = text[command.clone()].to_ascii_lowercase();
        let sets = matches!(
            command.as_slice(),
            b"set-item" | b"new-item" | b"si" | b"ni" | b"set-content" | b"sc"
        );
        let removes = matches!(
            command.as_slice(),
            b"remove-item" | b"ri" | b"rm" | b"del" | b"clear-item"
        );
        if !sets && !removes {
            return;
        }
        let mut name = None;
        let mut value = None;
        let mut is_value_next = false;
        for word in arguments {
            let raw = &text[word.clone()];
            if raw.eq_ignore_ascii_case(b"-value") {
                is_value_next = true;
            } else if raw.starts_with(b"|") {
                break;
            } else if is_value_next {
                value = Some(word.clone());
                break;
            } else if let Some(found) = provider_path(raw) {
                name = Some(found.to_vec());
            } else if name.is_some() && !raw.starts_with(b"-") && value.is_none() {
                value = Some(word.clone());
            }
        }
        match (name, value) {
            (Some(name), _) if removes => self.unset(&name),
            (Some(name), Some(value)) => {
                if let Some(value) = classify_value(&text[value]) {
                    self.assign(&name, Form::PsSetItem, range, value);
                }
            }
            _ => {}
        }
    }
}
