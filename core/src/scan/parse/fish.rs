//! fish: `config.fish`, `conf.d`, functions, and the file of universal variables.

mod words;

use std::ops::Range;

use self::words::{resolve_target, skip_word, unescape_text, unquote_word};

use super::super::finding::{Form, Span};
use super::{Event, Follow, How, Sink, Standing, Value, find_bytes};
use super::{is_name, name_end};
use crate::inventory::AssignmentState;

/// Reads a script.
pub(super) fn parse(text: &[u8], sink: &mut Sink) {
    Parser::new(text, 0..text.len(), None, sink).run();
}

/// Reads `fish_variables`: `SETUVAR [--export] NAME:VALUE`, bytes as `\xHH`.
///
/// Source: fish-shell, `src/env_universal_common.rs`, version 3.0 of the format.
pub(super) fn parse_universal(text: &[u8], sink: &mut Sink) {
    for range in super::super::text::split_lines(text) {
        let Some(rest) = text[range.clone()].strip_prefix(b"SETUVAR ") else {
            continue;
        };
        let mut start = range.end - rest.len();
        let mut is_exported = false;
        while text[start..range.end].starts_with(b"--") {
            let option = &text[start..range.end];
            let length = option.iter().position(|byte| *byte == b' ');
            is_exported |= option.starts_with(b"--export");
            start += length.map_or(option.len(), |length| length + 1);
        }
        let end = name_end(text, start);
        if text.get(end) != Some(&b':') || end >= range.end {
            continue;
        }
        let standing = if is_exported {
            Standing::Exported { conditional: false }
        } else {
            Standing::Fixed(AssignmentState::ShellOnly)
        };
        let value = end + 1..range.end;
        sink.line(
            &text[start..end],
            Form::FishUniversalFile,
            standing,
            range,
            || Value::literal(&unescape_text(&text[value])),
        );
    }
}

struct Parser<'a> {
    text: &'a [u8],
    end: usize,
    position: usize,
    state: Option<AssignmentState>,
    sink: &'a mut Sink,
    /// The number of blocks that are open, and how many of them are functions or `if`s.
    blocks: Vec<bool>,
    words: Vec<Range<usize>>,
    is_after_connector: bool,
}

impl<'a> Parser<'a> {
    fn new(
        text: &'a [u8],
        range: Range<usize>,
        state: Option<AssignmentState>,
        sink: &'a mut Sink,
    ) -> Self {
        Self {
            text,
            end: range.end,
            position: range.start,
            state,
            sink,
            blocks: Vec::new(),
            words: Vec::new(),
            is_after_connector: false,
        }
    }

    fn run(&mut self) {
        while self.position < self.end {
            let next = self.text.get(self.position + 1).copied();
            match self.text[self.position] {
                b' ' | b'\t' | b'\r' => self.position += 1,
                b'\\' if next == Some(b'\n') => self.position += 2,
                b'\n' | b';' => {
                    self.finish();
                    self.is_after_connector = false;
                    self.position += 1;
                }
                b'&' | b'|' => {
                    let is_connector = next == Some(self.text[self.position]);
                    self.finish();
                    self.is_after_connector = is_connector;
                    self.position += if is_connector { 2 } else { 1 };
                }
                b'#' => self.comment(),
                _ => {
                    let start = self.position;
                    self.position = skip_word(self.text, start, self.end).max(start + 1);
                    self.words.push(start..self.position);
                }
            }
        }
        self.finish();
    }

    fn comment(&mut self) {
        let rest = &self.text[self.position..self.end];
        let length = rest.iter().position(|byte| *byte == b'\n');
        let end = self.position + length.unwrap_or(rest.len());
        if self.state.is_none() {
            let mut start = self.position;
            while start < end && matches!(self.text[start], b'#' | b' ' | b'\t') {
                start += 1;
            }
            Parser::new(
                self.text,
                start..end,
                Some(AssignmentState::Commented),
                self.sink,
            )
            .run();
        }
        self.position = end;
    }

    fn raw(&self, word: &Range<usize>) -> &'a [u8] {
        &self.text[word.clone()]
    }

    fn finish(&mut self) {
        let words = std::mem::take(&mut self.words);
        let mut rest = words.as_slice();
        while let Some((first, after)) = rest.split_first() {
            match self.raw(first) {
                b"and" | b"or" => self.is_after_connector = true,
                b"not" | b"command" | b"builtin" | b"!" => {}
                b"else" => {
                    // The `if` behind it opens no block of its own.
                    let is_if = after.first().is_some_and(|word| self.raw(word) == b"if");
                    rest = &after[usize::from(is_if)..];
                    continue;
                }
                // What stands behind these on the same line is their condition.
                b"if" | b"while" => self.open(false),
                _ => break,
            }
            rest = after;
        }
        if let Some((command, arguments)) = rest.split_first() {
            self.command(command, arguments);
        }
        self.words = words;
        self.words.clear();
    }

    fn open(&mut self, is_function: bool) {
        if self.blocks.len() < 256 {
            self.blocks.push(is_function);
        }
    }

    fn is_conditional(&self) -> bool {
        self.is_after_connector || !self.blocks.is_empty()
    }

    fn command(&mut self, command: &Range<usize>, arguments: &[Range<usize>]) {
        match self.raw(command) {
            b"for" | b"switch" | b"begin" => self.open(false),
            b"function" => self.open(true),
            b"end" => {
                self.blocks.pop();
            }
            b"set" => self.set(command, arguments),
            b"export" => self.export(command, arguments),
            b"source" | b"." => self.source(command, arguments),
            b"alias" | b"abbr" | b"echo" | b"env" => self.texts(arguments),
            _ => self.inline(command, arguments),
        }
    }

    fn standing(&self, is_exported: bool) -> Standing {
        let conditional = self.is_conditional();
        match self.state {
            Some(state) => Standing::Fixed(state),
            None if is_exported => Standing::Exported { conditional },
            None => Standing::Assigned { conditional },
        }
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span {
            in_block: self.is_conditional(),
            ..Span::whole(range)
        }
    }

    fn set(&mut self, command: &Range<usize>, arguments: &[Range<usize>]) {
        let mut exported = false;
        let (mut erases, mut universal, mut other) = (false, false, false);
        let mut rest = arguments;
        while let Some((word, after)) = rest.split_first() {
            match self.raw(word) {
                b"--" => {
                    rest = after;
                    break;
                }
                b"--export" => exported = true,
                b"--erase" => erases = true,
                b"--universal" => universal = true,
                b"--query" | b"--names" | b"--show" => other = true,
                long if long.starts_with(b"--") => {}
                short if short.len() > 1 && short[0] == b'-' => {
                    exported |= short.contains(&b'x');
                    erases |= short.contains(&b'e');
                    universal |= short.contains(&b'U');
                    other |= short.iter().any(|letter| b"qnS".contains(letter));
                }
                _ => break,
            }
            rest = after;
        }
        let Some((name, values)) = rest.split_first() else {
            return;
        };
        if other {
            return;
        }
        if erases {
            if self.state.is_none() && !self.is_conditional() {
                for word in rest {
                    self.sink.unset(self.raw(word));
                }
            }
            return;
        }
        if values.is_empty() && self.state.is_some() {
            return;
        }
        let end = values.last().map_or(name.end, |value| value.end);
        let range = command.start..end;
        let form = if universal {
            Form::FishSetUniversal
        } else {
            Form::FishSet
        };
        if values.is_empty() && exported {
            // `set -x NAME` without a value sets it to nothing.
            self.sink.export(self.raw(name));
        }
        let text = self.text;
        let standing = self.standing(exported);
        let span = self.span(range.clone());
        self.sink
            .assign(self.raw(name), form, standing, span, range, || {
                match (values.first(), values.last()) {
                    (Some(first), Some(last)) => unquote_word(text, first.start..last.end),
                    _ => Value::literal(b""),
                }
            });
    }

    /// `export NAME=value`, which fish has for those who come from other shells.
    fn export(&mut self, command: &Range<usize>, arguments: &[Range<usize>]) {
        for word in arguments {
            let end = name_end(self.text, word.start).min(word.end);
            if self.text.get(end) != Some(&b'=') || end >= word.end {
                self.sink.export(self.raw(word));
                continue;
            }
            let text = self.text;
            let standing = self.standing(true);
            let span = Span {
                item: word.clone(),
                statement: command.start..arguments.last().map_or(word.end, |last| last.end),
                items: arguments.len(),
                in_block: self.is_conditional(),
                is_fixed: false,
                is_nested: false,
            };
            let name = &text[word.start..end];
            let shown = word.clone();
            self.sink
                .assign(name, Form::Export, standing, span, shown, || {
                    unquote_word(text, end + 1..word.end)
                });
        }
    }

    /// `NAME=value command`
    fn inline(&mut self, command: &Range<usize>, arguments: &[Range<usize>]) {
        let end = name_end(self.text, command.start).min(command.end);
        let is_assignment =
            is_name(&self.text[command.start..end]) && end < command.end && self.text[end] == b'=';
        if !is_assignment || arguments.is_empty() {
            return;
        }
        let state = self.state.unwrap_or(AssignmentState::CommandOnly);
        let text = self.text;
        let span = Span {
            items: usize::MAX,
            ..self.span(command.clone())
        };
        self.sink.assign(
            &text[command.start..end],
            Form::Inline,
            Standing::Fixed(state),
            span,
            command.clone(),
            || unquote_word(text, end + 1..command.end),
        );
    }

    /// Texts in the words of a command.
    fn texts(&mut self, arguments: &[Range<usize>]) {
        if self.state.is_some() {
            return;
        }
        for word in arguments {
            let raw = self.raw(word);
            let Some(at) = find_bytes(raw, b"=") else {
                continue;
            };
            let start = raw[..at]
                .iter()
                .rposition(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
                .map_or(0, |before| before + 1);
            let range = word.start + start..word.end;
            let value = word.start + at + 1..word.end;
            let text = self.text;
            self.sink.assign(
                &raw[start..at],
                Form::Inline,
                Standing::Fixed(AssignmentState::Inert),
                Span::fixed(range.clone()),
                range,
                || unquote_word(text, value),
            );
        }
    }

    fn source(&mut self, command: &Range<usize>, arguments: &[Range<usize>]) {
        let Some(word) = arguments.first() else {
            return;
        };
        if self.state.is_some() {
            return;
        }
        self.sink.events.push(Event::Follow(Follow {
            target: resolve_target(self.raw(word)),
            how: How::Source,
            optional: self.is_conditional(),
            conditional: self.blocks.contains(&true),
            at: command.start,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn universal_escapes_are_bytes() {
        assert_eq!(unescape_text(b"a\\x2db\\xzz"), b"a-b\\xzz");
    }
}
