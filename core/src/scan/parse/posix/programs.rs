//! Commands that are given assignments as words, and programs that set variables elsewhere.

use std::ops::Range;

use super::super::super::finding::{Form, Span};
use super::super::{Standing, find_bytes, name_end};
use super::Parser;
use super::commands::Item;
use super::word::{quoted_assignment, strip_quotes, unquote_word};
use crate::inventory::AssignmentState;

impl Parser<'_> {
    pub(super) fn environment_command(&mut self, arguments: &[Range<usize>]) {
        const WITH_VALUE: [&[u8]; 4] = [b"-u", b"-C", b"--unset", b"--chdir"];
        let mut words = arguments;
        while let Some((option, rest)) = words.split_first()
            && self.raw(option).starts_with(b"-")
        {
            let takes_next = WITH_VALUE.contains(&self.raw(option));
            words = &rest[usize::from(takes_next).min(rest.len())..];
        }
        let is_assignment = |word: &&Range<usize>| {
            self.assigned(word).is_some() || quoted_assignment(self.text, word).is_some()
        };
        let assignments = words.iter().take_while(is_assignment).count();
        if assignments > 0 {
            self.inline(words, assignments);
        }
    }

    /// `printf -v NAME format value`
    pub(super) fn print_into_variable(&mut self, start: usize, arguments: &[Range<usize>]) {
        let [_, name, .., value] = arguments else {
            return;
        };
        let span = Span {
            in_block: self.is_conditional(),
            is_fixed: self.mode.is_fixed,
            is_nested: self.mode.is_nested,
            ..Span::whole(start..value.end)
        };
        let form = self.mode.form.unwrap_or(Form::Assign);
        let standing = self.standing(false);
        let (text, shown) = (self.text, start..value.end);
        let name = &text[strip_quotes(text, name.clone())];
        let read = || unquote_word(text, value.clone());
        self.sink.assign(name, form, standing, span, shown, read);
    }

    /// `launchctl setenv NAME value`
    pub(super) fn launchctl(&mut self, start: usize, arguments: &[Range<usize>]) {
        let [verb, name, value, ..] = arguments else {
            return;
        };
        if self.raw(verb) != b"setenv" {
            return;
        }
        let range = start..value.end;
        let text = self.text;
        let standing = self.standing(true);
        let span = Span {
            in_block: self.is_conditional(),
            is_fixed: self.mode.is_fixed,
            is_nested: self.mode.is_nested,
            ..Span::whole(range.clone())
        };
        let form = Form::LaunchctlSetenv;
        let name = &text[name.clone()];
        self.sink.assign(name, form, standing, span, range, || {
            unquote_word(text, value.clone())
        });
    }

    /// Any other command: secrets among its words are readable, and some reach it.
    pub(super) fn other(&mut self, arguments: &[Range<usize>], prints: bool) {
        if self.mode.state.is_some() {
            return;
        }
        for word in arguments {
            if find_bytes(self.raw(word), b"=").is_none() {
                continue;
            }
            if self.assigned(word).is_some() {
                let state = if prints {
                    AssignmentState::Inert
                } else {
                    AssignmentState::CommandOnly
                };
                let item = Item {
                    word: word.clone(),
                    statement: word.clone(),
                    items: usize::MAX,
                    is_first: false,
                };
                let (mut span, shown) = self.span(&item);
                span.is_fixed = true;
                let (text, end) = (self.text, name_end(self.text, word.start));
                let standing = Standing::Fixed(state);
                let value = || unquote_word(text, end + 1..word.end);
                let name = &text[word.start..end];
                let form = Form::Inline;
                self.sink.assign(name, form, standing, span, shown, value);
                continue;
            }
            let body = strip_quotes(self.text, word.clone());
            if body != *word {
                self.text_of(body, AssignmentState::Inert, true);
            }
        }
    }
}
