//! sh, bash, zsh, ksh and direnv.
//!
//! Not a shell: words, quotes, here-documents, comments and blocks are told apart, and the few
//! commands that set, export or take away variables, or read other files, are understood. Nothing
//! is evaluated.

mod blocks;
mod commands;
mod programs;
mod word;

use std::collections::HashMap;
use std::ops::Range;

use super::super::finding::{Form, Syntax};
use super::Sink;
use crate::inventory::AssignmentState;
use blocks::Block;
use word::skip_word;
pub(super) use word::{strip_quotes, unquote_word};

/// The mode in which a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode {
    /// The effect of every assignment, in text that is not a script.
    pub(super) state: Option<AssignmentState>,
    /// The form to tell, in text that is not a script.
    pub(super) form: Option<Form>,
    /// Whether assignments cannot be taken out of the text.
    pub(super) is_fixed: bool,
    /// Whether the text stands in quotes and is a script for all that.
    pub(super) is_nested: bool,
}

const SCRIPT: Mode = Mode {
    state: None,
    form: None,
    is_fixed: false,
    is_nested: false,
};

struct Heredoc {
    delimiter: Vec<u8>,
    strips_tabs: bool,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about what was read"
)]
struct Parser<'a> {
    text: &'a [u8],
    /// The place where reading stops; the text may go on after it.
    end: usize,
    position: usize,
    syntax: Syntax,
    mode: Mode,
    sink: &'a mut Sink,
    blocks: Vec<Block>,
    words: Vec<Range<usize>>,
    heredocs: Vec<Heredoc>,
    /// The only value of a loop's variable.
    loops: HashMap<Vec<u8>, Range<usize>>,
    is_after_connector: bool,
    is_function_next: bool,
    /// Whether the command is the whole body of a function, as zsh has it.
    is_function_body: bool,
    is_in_test: bool,
    /// A quote that never ends was met: from then on quotes end with their line.
    is_lenient: bool,
    /// The end of the line that is being read, as far as it is known.
    known_line_end: usize,
}

/// Reads a script.
pub(super) fn parse(text: &[u8], syntax: Syntax, sink: &mut Sink) {
    Parser::new(text, 0..text.len(), syntax, SCRIPT, sink).run();
}

/// Reads text that looks like a script but is none: a comment, a here-document, an alias.
pub(super) fn parse_text(
    text: &[u8],
    range: Range<usize>,
    syntax: Syntax,
    mode: Mode,
    sink: &mut Sink,
) {
    let body = &text[range.clone()];
    let could_assign =
        body.contains(&b'=') || super::find_bytes(body, b"launchctl setenv").is_some();
    if could_assign {
        Parser::new(text, range, syntax, mode, sink).run();
    }
}

/// The words of a range, quotes and escaped line ends minded; nothing ends a word but blanks.
pub(super) fn split_words(text: &[u8], range: Range<usize>) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = range.start;
    while at < range.end {
        match text[at] {
            byte if byte.is_ascii_whitespace() => at += 1,
            b'\\' if text.get(at + 1) == Some(&b'\n') => at += 2,
            _ => {
                let (end, _) = skip_word(text, at, range.end);
                let end = end.max(at + 1);
                words.push(at..end);
                at = end;
            }
        }
    }
    words
}

impl<'a> Parser<'a> {
    fn new(
        text: &'a [u8],
        range: Range<usize>,
        syntax: Syntax,
        mode: Mode,
        sink: &'a mut Sink,
    ) -> Self {
        Self {
            text,
            end: range.end,
            position: range.start,
            syntax,
            mode,
            sink,
            blocks: Vec::new(),
            words: Vec::new(),
            heredocs: Vec::new(),
            loops: HashMap::new(),
            is_after_connector: false,
            is_function_next: false,
            is_function_body: false,
            is_in_test: false,
            is_lenient: false,
            known_line_end: 0,
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        let at = self.position + ahead;
        if at < self.end {
            Some(self.text[at])
        } else {
            None
        }
    }

    #[expect(
        clippy::match_same_arms,
        reason = "the order of the arms is their meaning"
    )]
    fn run(&mut self) {
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t' => self.position += 1,
                b'\r' if matches!(self.peek(1), None | Some(b'\n')) => self.position += 1,
                b'\\' if self.peek(1) == Some(b'\n') => self.position += 2,
                b'\\' if self.peek(1) == Some(b'\r') && self.peek(2) == Some(b'\n') => {
                    self.position += 3;
                }
                b'\n' => self.newline(),
                b'#' => self.comment(),
                b';' | b'&' | b'|' if !self.is_in_test => self.separator(byte),
                b'(' | b')' if !self.is_in_test => self.parenthesis(byte),
                b'<' | b'>' if self.peek(1) != Some(b'(') && !self.is_in_test => {
                    self.redirection();
                }
                b';' | b'&' | b'|' | b'(' | b')' => self.position += 1,
                _ => self.word(),
            }
        }
        self.finish();
    }

    fn newline(&mut self) {
        let had_words = !self.words.is_empty();
        self.finish();
        if had_words {
            self.is_after_connector = false;
        }
        self.is_in_test = false;
        self.position += 1;
        for heredoc in std::mem::take(&mut self.heredocs) {
            self.heredoc(&heredoc);
        }
    }

    fn line_end(&mut self) -> usize {
        // Asked for each word: the line must not be searched each time.
        if self.position < self.known_line_end {
            return self.known_line_end;
        }
        let rest = &self.text[self.position..self.end];
        let length = rest.iter().position(|byte| *byte == b'\n');
        self.known_line_end = self.position + length.unwrap_or(rest.len());
        self.known_line_end
    }

    fn comment(&mut self) {
        let end = self.line_end();
        if self.mode.state.is_none() {
            let mut start = self.position;
            while start < end && matches!(self.text[start], b'#' | b' ' | b'\t') {
                start += 1;
            }
            self.text_of(start..end, AssignmentState::Commented, false);
        }
        self.position = end;
    }

    /// Reads text inside of the script that has another standing.
    fn text_of(&mut self, range: Range<usize>, state: AssignmentState, is_fixed: bool) {
        let mode = Mode {
            state: Some(state),
            form: None,
            is_fixed,
            is_nested: false,
        };
        parse_text(self.text, range, self.syntax, mode, self.sink);
    }

    fn separator(&mut self, byte: u8) {
        let start = self.position;
        while self.peek(0).is_some_and(|next| b";&|".contains(&next)) && self.position < start + 3 {
            self.position += 1;
        }
        let operator = &self.text[start..self.position];
        // `&>file` and `>&2` are redirections.
        if byte == b'&' && self.peek(0) == Some(b'>') {
            return;
        }
        let is_connector = operator.starts_with(b"&&") || operator.starts_with(b"||");
        self.finish();
        self.is_after_connector = is_connector || (self.is_after_connector && byte == b'|');
        if byte == b';'
            && operator.len() > 1
            && let Some(Block::Case { in_pattern }) = self.blocks.last_mut()
        {
            *in_pattern = true;
        }
    }

    fn parenthesis(&mut self, byte: u8) {
        self.position += 1;
        if byte == b'(' {
            // Without a name: an anonymous function of zsh, or `function name ()`.
            if self.words.len() <= 1 && self.is_empty_parentheses() {
                self.words.clear();
                self.is_function_next = true;
            } else if self.words.is_empty() {
                let block = if std::mem::take(&mut self.is_function_next) {
                    Block::Function
                } else {
                    Block::Subshell
                };
                if !self.is_in_pattern() {
                    self.push(block);
                }
            }
            return;
        }
        if let Some(Block::Case { in_pattern }) = self.blocks.last_mut()
            && *in_pattern
        {
            *in_pattern = false;
            self.words.clear();
            return;
        }
        self.finish();
        if matches!(self.blocks.last(), Some(Block::Subshell | Block::Function)) {
            self.blocks.pop();
        }
    }

    /// Whether `)` follows; it is taken then.
    fn is_empty_parentheses(&mut self) -> bool {
        let mut at = self.position;
        while at < self.end && matches!(self.text[at], b' ' | b'\t') {
            at += 1;
        }
        let is_closed = at < self.end && self.text[at] == b')';
        if is_closed {
            self.position = at + 1;
        }
        is_closed
    }

    fn redirection(&mut self) {
        let start = self.position;
        while self.peek(0).is_some_and(|byte| b"<>&|-".contains(&byte)) {
            // `<(` behind `<` begins a word: `done < <(tool)`.
            if self.position > start && self.peek(1) == Some(b'(') {
                break;
            }
            self.position += 1;
        }
        let operator = &self.text[start..self.position];
        let is_heredoc = operator == b"<<" || operator == b"<<-";
        let is_herestring = operator == b"<<<";
        while matches!(self.peek(0), Some(b' ' | b'\t')) {
            self.position += 1;
        }
        if self.peek(0).is_none_or(|byte| byte == b'\n') {
            return;
        }
        let strips_tabs = operator == b"<<-";
        let word = self.read_word();
        if is_heredoc {
            self.heredocs.push(Heredoc {
                delimiter: unquote_word(self.text, word).text.to_vec(),
                strips_tabs,
            });
        } else if is_herestring && self.mode.state.is_none() {
            self.text_of(strip_quotes(self.text, word), AssignmentState::Inert, true);
        }
    }

    fn heredoc(&mut self, heredoc: &Heredoc) {
        while self.position < self.end {
            let start = self.position;
            let end = self.line_end();
            self.position = (end + 1).min(self.end);
            let mut line = &self.text[start..end];
            line = line.strip_suffix(b"\r").unwrap_or(line);
            if heredoc.strips_tabs {
                let tabs = line.iter().take_while(|byte| **byte == b'\t').count();
                line = &line[tabs..];
            }
            if line == heredoc.delimiter {
                return;
            }
            if self.mode.state.is_none() {
                self.text_of(start..end, AssignmentState::Inert, true);
            }
        }
    }

    fn read_word(&mut self) -> Range<usize> {
        let start = self.position;
        let limit = if self.is_lenient {
            self.line_end()
        } else {
            self.end
        };
        let (end, is_closed) = skip_word(self.text, start, limit);
        if is_closed || self.is_lenient {
            self.position = end.max(start + 1);
        } else {
            self.is_lenient = true;
            let limit = self.line_end();
            let (end, _) = skip_word(self.text, start, limit);
            self.position = end.max(start + 1);
        }
        start..self.position
    }

    fn word(&mut self) {
        let range = self.read_word();
        if self.is_in_pattern() {
            if &self.text[range.clone()] == b"esac" {
                self.pop(|block| matches!(block, Block::Case { .. }));
            } else {
                self.words.push(range);
            }
            return;
        }
        if self.is_in_test {
            if &self.text[range] == b"]]" {
                self.is_in_test = false;
            }
            return;
        }
        if self.words.is_empty() {
            if self.reserved(range.clone()) {
                return;
            }
            self.is_function_body |= std::mem::take(&mut self.is_function_next);
        } else if self.is_brace(&range) {
            self.finish();
            self.reserved(range);
            return;
        } else if self.names_function(&range) {
            return;
        }
        let is_case = self.words.len() == 2
            && &self.text[self.words[0].clone()] == b"case"
            && &self.text[range.clone()] == b"in";
        if is_case {
            self.words.clear();
            self.push(Block::Case { in_pattern: true });
            return;
        }
        self.words.push(range);
    }

    fn is_in_pattern(&self) -> bool {
        self.blocks.last() == Some(&Block::Case { in_pattern: true })
    }

    /// Takes the name behind `function`; the body follows, in braces or not.
    fn names_function(&mut self, range: &Range<usize>) -> bool {
        let is_header =
            matches!(&self.words[..], [only] if self.text[only.clone()] == *b"function");
        if !is_header {
            return false;
        }
        self.words.clear();
        self.is_function_body = false;
        self.is_function_next = true;
        // zsh's anonymous function has no name.
        if self.text[range.clone()] == *b"{" {
            self.reserved(range.clone());
        }
        true
    }

    fn finish(&mut self) {
        let words = std::mem::take(&mut self.words);
        if !words.is_empty() && !self.is_in_pattern() {
            self.command(&words);
        }
        if !words.is_empty() {
            self.is_function_body = false;
        }
        // The buffer is used again.
        self.words = words;
        self.words.clear();
    }
}
