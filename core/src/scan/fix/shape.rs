//! The lexical shape of a script for sh, bash, zsh or ksh: which quotes, parentheses, blocks and
//! here-documents are open at each place.
//!
//! A second opinion on a cut. It is read by another reader than the one of the scan, which does not
//! know what was found: what is taken out must be whole by itself, and every line that stays must
//! begin in the same place of the structure as before.
//! Source: POSIX.1-2024, "Shell Command Language", and the manuals of bash and zsh.

mod words;

use std::ops::Range;

use crate::scan::Syntax;

/// Deeper than this nothing is told apart; what is left out counts as broken.
const DEPTH: usize = 256;

/// A construct that can be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Single,
    /// `$'…'`
    Escaped,
    Double,
    Backtick,
    /// `${…}`
    Expansion,
    /// `(…)`, and `$(…)`.
    Parenthesis,
    /// `((…))`
    Arithmetic,
    /// `(…)` in arithmetic.
    Group,
    Brace,
    If,
    Loop,
    Case,
    Heredoc,
}

/// The last thing that matters for what may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    /// A command must follow: `then`, `{`, `&&`.
    Opener,
    Other,
}

/// The constructs that a place of the text stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    /// Stands for everything that is open.
    open: u64,
    /// The number of constructs that are open.
    depth: usize,
    is_quoted: bool,
}

/// The shape of a text.
pub(super) struct Shape {
    /// For each byte, and the end, where it stands.
    places: Vec<Place>,
    /// The lines, by where they begin, and the end: what was open, and what was wrong up to there.
    lines: Vec<(usize, u64)>,
}

struct Heredoc {
    delimiter: Vec<u8>,
    strips_tabs: bool,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about what was read"
)]
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    is_zsh: bool,
    shape: Shape,
    /// The constructs that are open, each with a number for it and all that is around it.
    open: Vec<(Open, u64)>,
    heredocs: Vec<Heredoc>,
    last: Last,
    /// Whether the next word begins a command.
    is_start: bool,
    /// Whether the next word is the name behind `function`.
    is_function_name: bool,
    /// Whether a command was begun that prints everything when it gets no name.
    is_bare: bool,
    /// Closed and never opened, empty blocks, commands without their arguments.
    wrong: u64,
}

impl Shape {
    pub(super) fn of(text: &[u8], syntax: Syntax) -> Self {
        let mut reader = Reader {
            text,
            at: 0,
            is_zsh: syntax == Syntax::Zsh,
            shape: Self {
                places: Vec::with_capacity(text.len() + 1),
                lines: Vec::new(),
            },
            open: Vec::new(),
            heredocs: Vec::new(),
            last: Last::Other,
            is_start: true,
            is_function_name: false,
            is_bare: false,
            wrong: 0,
        };
        reader.run();
        reader.shape
    }

    /// Whether a range begins and ends in the same place, and closes nothing that it did not open.
    pub(super) fn is_whole(&self, range: &Range<usize>) -> bool {
        let (Some(start), Some(end)) = (self.places.get(range.start), self.places.get(range.end))
        else {
            return false;
        };
        start.open == end.open
            && self.places[range.clone()]
                .iter()
                .all(|place| place.depth >= start.depth)
    }

    /// Whether a place is in quotes or in a here-document.
    pub(super) fn is_quoted(&self, at: usize) -> bool {
        self.places.get(at).is_none_or(|place| place.is_quoted)
    }

    /// Tells what each line begins in, by where it begins; the end of the text is one more.
    pub(super) fn lines(&self) -> &[(usize, u64)] {
        &self.lines
    }
}

/// One number of two, different for most.
const fn mix_numbers(one: u64, other: u64) -> u64 {
    (one ^ other.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .rotate_left(23)
        .wrapping_mul(0xbf58_476d_1ce4_e5b9)
        .wrapping_add(1)
}

impl Reader<'_> {
    fn run(&mut self) {
        self.line();
        while self.at < self.text.len() {
            match self.open.last().map(|(open, _)| *open) {
                Some(Open::Single) => self.until(b'\'', false),
                Some(Open::Escaped) => self.until(b'\'', true),
                Some(Open::Double) => self.double(),
                Some(Open::Backtick) => self.until(b'`', true),
                Some(Open::Expansion) => self.expansion(),
                Some(Open::Arithmetic) => self.arithmetic(2),
                Some(Open::Group) => self.arithmetic(1),
                _ => self.code(),
            }
        }
        self.end_command();
        self.shape.places.push(self.place());
        self.line();
    }

    fn place(&self) -> Place {
        Place {
            open: self.open.last().map_or(0, |(_, sum)| *sum),
            depth: self.open.len(),
            is_quoted: self.open.iter().any(|(open, _)| {
                matches!(
                    open,
                    Open::Single | Open::Escaped | Open::Double | Open::Heredoc | Open::Backtick
                )
            }),
        }
    }

    /// Notes how a line begins.
    fn line(&mut self) {
        let within = u64::from(self.is_start)
            | u64::from(self.last == Last::Opener) << 1
            | u64::from(!self.heredocs.is_empty()) << 2;
        let sum = mix_numbers(mix_numbers(self.place().open, self.wrong), within);
        self.shape.lines.push((self.at, sum));
    }

    /// Goes on over some bytes, which all stand in the same place.
    fn step(&mut self, count: usize) {
        let place = self.place();
        for _ in 0..count {
            if self.at >= self.text.len() {
                return;
            }
            self.shape.places.push(place);
            self.at += 1;
            if self.text[self.at - 1] == b'\n' {
                self.line();
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn push(&mut self, open: Open) {
        if self.open.len() >= DEPTH {
            self.wrong += 1;
            return;
        }
        let around = self.place().open;
        self.open.push((open, mix_numbers(around, open as u64 + 1)));
    }

    /// Opens something, and steps over what opens it.
    fn enter(&mut self, open: Open, length: usize) {
        self.step(length);
        self.push(open);
    }

    /// Steps over what closes the innermost, and closes it.
    fn leave(&mut self, length: usize) {
        self.step(length);
        self.open.pop();
    }

    fn until(&mut self, end: u8, escapes: bool) {
        match self.peek(0) {
            Some(b'\\') if escapes => self.step(2),
            Some(byte) if byte == end => self.leave(1),
            _ => self.step(1),
        }
    }

    /// `$(`, `${`, `$((` and the backtick, which are the same in and out of quotes.
    fn substitution(&mut self) -> bool {
        match (self.peek(0), self.peek(1), self.peek(2)) {
            (Some(b'$'), Some(b'('), Some(b'(')) => self.enter(Open::Arithmetic, 3),
            (Some(b'$'), Some(b'('), _) => {
                self.enter(Open::Parenthesis, 2);
                self.is_start = true;
                self.last = Last::Other;
            }
            (Some(b'$'), Some(b'{'), _) => self.enter(Open::Expansion, 2),
            (Some(b'`'), ..) => self.enter(Open::Backtick, 1),
            _ => return false,
        }
        true
    }

    fn double(&mut self) {
        match self.peek(0) {
            Some(b'\\') => self.step(2),
            Some(b'"') => self.leave(1),
            _ if self.substitution() => {}
            _ => self.step(1),
        }
    }

    fn expansion(&mut self) {
        let is_in_quotes = self.open.iter().any(|(open, _)| *open == Open::Double);
        match self.peek(0) {
            Some(b'\\') => self.step(2),
            Some(b'}') => self.leave(1),
            Some(b'"') => self.enter(Open::Double, 1),
            Some(b'\'') if !is_in_quotes => self.enter(Open::Single, 1),
            _ if self.substitution() => {}
            _ => self.step(1),
        }
    }

    /// Arithmetic that ends with one parenthesis or two.
    fn arithmetic(&mut self, closing: usize) {
        match (self.peek(0), self.peek(1)) {
            (Some(b')'), Some(b')')) if closing == 2 => {
                self.leave(2);
                self.is_start = true;
            }
            (Some(b')'), _) if closing == 1 => self.leave(1),
            (Some(b'('), _) => self.enter(Open::Group, 1),
            (Some(b'\\'), _) => self.step(2),
            (Some(b'"'), _) => self.enter(Open::Double, 1),
            _ if self.substitution() => {}
            _ => self.step(1),
        }
    }

    fn code(&mut self) {
        let Some(byte) = self.peek(0) else {
            return;
        };
        match byte {
            b' ' | b'\t' | b'\r' => self.step(1),
            b'\\' if self.peek(1) == Some(b'\n') => self.step(2),
            b'\n' => self.newline(),
            b'#' if self.begins_comment() => {
                let rest = &self.text[self.at..];
                let length = rest.iter().position(|byte| *byte == b'\n');
                self.step(length.unwrap_or(rest.len()));
            }
            b';' | b'&' | b'|' => self.separator(byte),
            b'(' => self.parenthesis(),
            b')' => self.close_parenthesis(),
            b'<' | b'>' => self.redirection(),
            _ => self.word(),
        }
    }

    fn begins_comment(&self) -> bool {
        let before = self.at.checked_sub(1).map(|at| self.text[at]);
        match before {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b')') => true,
            // A flag of a pattern in zsh.
            Some(b'(') => !self.is_zsh,
            _ => false,
        }
    }

    fn newline(&mut self) {
        self.end_command();
        self.step(1);
        let heredocs = std::mem::take(&mut self.heredocs);
        if !heredocs.is_empty() {
            self.push(Open::Heredoc);
        }
        for (at, heredoc) in heredocs.iter().enumerate() {
            let is_closed = self.heredoc(heredoc);
            if !is_closed {
                return;
            }
            if at + 1 == heredocs.len() {
                self.open.pop();
                // The line behind it begins outside.
                if self
                    .shape
                    .lines
                    .pop_if(|(start, _)| *start == self.at)
                    .is_some()
                {
                    self.line();
                }
            }
        }
    }

    /// Steps over the text up to its delimiter, with it; whether it is there.
    fn heredoc(&mut self, heredoc: &Heredoc) -> bool {
        while self.at < self.text.len() {
            let rest = &self.text[self.at..];
            let length = rest.iter().position(|byte| *byte == b'\n');
            let mut line = &rest[..length.unwrap_or(rest.len())];
            let whole = length.map_or(rest.len(), |length| length + 1);
            if heredoc.strips_tabs {
                let tabs = line.iter().take_while(|byte| **byte == b'\t').count();
                line = &line[tabs..];
            }
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let is_end = line == heredoc.delimiter;
            self.step(whole);
            if is_end {
                return true;
            }
        }
        false
    }

    fn end_command(&mut self) {
        if std::mem::take(&mut self.is_bare) {
            self.wrong += 1;
        }
        self.is_function_name = false;
        self.is_start = true;
    }

    fn separator(&mut self, byte: u8) {
        // `&>file` and `>&2` are redirections.
        if byte == b'&' && self.peek(1) == Some(b'>') {
            self.step(1);
            return;
        }
        self.end_command();
        let is_double = self.peek(1) == Some(byte);
        let connects = byte == b'|' || (byte == b'&' && is_double);
        if self.last == Last::Opener {
            self.wrong += 1;
        }
        self.last = if connects { Last::Opener } else { Last::Other };
        self.step(if is_double { 2 } else { 1 });
    }

    fn parenthesis(&mut self) {
        if self.peek(1) == Some(b'(') {
            self.enter(Open::Arithmetic, 2);
            return;
        }
        // `NAME=(…)` is a list of words: no block, and it may be empty.
        if self.at > 0 && self.text[self.at - 1] == b'=' {
            self.last = Last::Other;
            self.is_start = false;
            self.enter(Open::Parenthesis, 1);
            return;
        }
        let blanks = self.text[self.at + 1..].iter();
        let blanks = blanks.take_while(|byte| **byte == b' ').count();
        if self.peek(1 + blanks) == Some(b')') {
            // The header of a function: its body must follow.
            self.step(2 + blanks);
            self.is_bare = false;
            self.is_start = true;
            self.last = Last::Opener;
            return;
        }
        // A list of words behind `in` is no block either.
        self.last = if self.is_start {
            Last::Opener
        } else {
            Last::Other
        };
        self.enter(Open::Parenthesis, 1);
    }

    fn close_parenthesis(&mut self) {
        let innermost = self
            .open
            .iter()
            .rposition(|(open, _)| !matches!(open, Open::Brace | Open::If | Open::Loop));
        self.end_command();
        match innermost.map(|at| (at, self.open[at].0)) {
            Some((at, Open::Parenthesis)) => {
                if at + 1 < self.open.len() || self.last == Last::Opener {
                    self.wrong += 1;
                }
                self.step(1);
                self.open.truncate(at);
            }
            // The end of a pattern.
            Some((_, Open::Case)) => self.step(1),
            _ => {
                self.wrong += 1;
                self.step(1);
            }
        }
        let is_in_word = matches!(
            self.open.last(),
            Some((Open::Double | Open::Expansion | Open::Arithmetic, _))
        );
        self.is_start = !is_in_word;
        self.last = Last::Other;
    }

    fn redirection(&mut self) {
        if self.peek(1) == Some(b'(') {
            self.enter(Open::Parenthesis, 2);
            self.is_start = true;
            self.last = Last::Opener;
            return;
        }
        let rest = &self.text[self.at..];
        if rest.starts_with(b"<<<") || !rest.starts_with(b"<<") {
            let length = rest.iter().take_while(|byte| b"<>&|".contains(byte));
            let length = length.count();
            self.step(length);
            return;
        }
        let strips_tabs = self.peek(2) == Some(b'-');
        self.step(if strips_tabs { 3 } else { 2 });
        while matches!(self.peek(0), Some(b' ' | b'\t')) {
            self.step(1);
        }
        let delimiter = self.delimiter();
        if !delimiter.is_empty() {
            self.heredocs.push(Heredoc {
                delimiter,
                strips_tabs,
            });
        }
    }

    fn delimiter(&mut self) -> Vec<u8> {
        let mut delimiter = Vec::new();
        let mut quote = None;
        while let Some(byte) = self.peek(0) {
            match (byte, quote) {
                (b'\n', _) => break,
                (byte, Some(open)) if byte == open => quote = None,
                (b'\'' | b'"', None) => quote = Some(byte),
                (b'\\', None) => {}
                (b' ' | b'\t' | b'\r' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')', None) => {
                    break;
                }
                (byte, _) => delimiter.push(byte),
            }
            self.step(1);
        }
        delimiter
    }
}
