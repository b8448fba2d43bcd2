//! The words of a script: which of them open and close blocks.

use super::{Last, Open, Reader};

impl Reader<'_> {
    /// Steps over plain bytes, or into what begins here; then a whole plain word is looked at.
    pub(super) fn word(&mut self) {
        let start = self.at;
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>' => {
                    break;
                }
                b'\\' => self.step(2),
                b'\'' | b'"' | b'`' | b'$' => {
                    self.argument(start);
                    return self.quote(byte);
                }
                _ => self.step(1),
            }
        }
        // A word that goes on behind a quote is no keyword.
        let is_behind_quote = start > 0 && b"'\"`})".contains(&self.text[start - 1]);
        let word = &self.text[start..self.at];
        if is_behind_quote || !self.keyword(word) {
            self.argument(start);
        }
    }

    fn quote(&mut self, byte: u8) {
        match (byte, self.peek(1)) {
            (b'\'', _) => self.enter(Open::Single, 1),
            (b'"', _) => self.enter(Open::Double, 1),
            (b'$', Some(b'\'')) => self.enter(Open::Escaped, 2),
            _ if self.substitution() => {}
            // `$#` begins no comment.
            (_, Some(b'#')) => self.step(2),
            _ => {
                let name = self.text[self.at + 1..].iter();
                let name = name.take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_');
                let length = name.count();
                self.step(1 + length);
            }
        }
    }

    /// A word that is no keyword.
    fn argument(&mut self, start: usize) {
        const PRINT_ALL: [&[u8]; 7] = [
            b"export",
            b"declare",
            b"typeset",
            b"readonly",
            b"local",
            b"integer",
            b"float",
        ];
        let word = &self.text[start..self.at];
        if self.is_start {
            self.is_bare = PRINT_ALL.contains(&word);
            self.is_function_name = word == b"function";
            // An assignment may be followed by the command that it is for.
            let is_modifier = matches!(word, b"command" | b"builtin" | b"noglob" | b"nocorrect");
            self.is_start = is_modifier || word.contains(&b'=');
        } else if std::mem::take(&mut self.is_function_name) {
            // The body follows.
            self.is_start = true;
            self.last = Last::Opener;
            return;
        } else if self.is_name(word) {
            self.is_bare = false;
        }
        if matches!(word, b"]]") {
            self.is_start = true;
        }
        self.last = Last::Other;
    }

    /// Whether a word names something: what an expansion comes to may be nothing.
    fn is_name(&self, word: &[u8]) -> bool {
        match word.first() {
            Some(first) => first.is_ascii_alphabetic() || *first == b'_',
            None => match self.peek(0) {
                Some(b'"') => !matches!(self.peek(1), Some(b'$' | b'`' | b'"')),
                Some(b'\'') => self.peek(1) != Some(b'\''),
                _ => false,
            },
        }
    }

    /// Takes a word that opens or closes a block; `false` if it is none.
    fn keyword(&mut self, word: &[u8]) -> bool {
        let is_brace = self.is_zsh && matches!(word, b"{" | b"}");
        if !self.is_start && !is_brace {
            return false;
        }
        match word {
            b"if" => self.open_block(Open::If),
            b"do" => self.open_block(Open::Loop),
            b"{" => self.open_block(Open::Brace),
            b"case" => {
                self.push(Open::Case);
                self.is_start = false;
                self.last = Last::Other;
            }
            b"fi" => self.close_block(Open::If),
            b"done" => self.close_block(Open::Loop),
            b"}" => self.close_block(Open::Brace),
            b"esac" => {
                self.last = Last::Other;
                self.close_block(Open::Case);
            }
            b"then" | b"else" | b"elif" => {
                if self.last == Last::Opener {
                    self.wrong += 1;
                }
                self.last = Last::Opener;
            }
            b"while" | b"until" | b"!" | b"time" => self.last = Last::Opener,
            _ => return false,
        }
        true
    }

    fn open_block(&mut self, open: Open) {
        self.end_command();
        self.push(open);
        self.last = Last::Opener;
    }

    fn close_block(&mut self, open: Open) {
        self.end_command();
        if self.last == Last::Opener {
            self.wrong += 1;
        }
        self.last = Last::Other;
        // Not beyond the substitution that this stands in.
        let blocks = self.open.iter().rev().take_while(|(open, _)| {
            matches!(open, Open::Brace | Open::If | Open::Loop | Open::Case)
        });
        let depth = blocks.take_while(|(inner, _)| *inner != open).count();
        let at = self.open.len().checked_sub(depth + 1);
        match at.filter(|at| self.open[*at].0 == open) {
            Some(at) => {
                if depth > 0 {
                    self.wrong += 1;
                }
                self.open.truncate(at);
            }
            None => self.wrong += 1,
        }
        // What may follow is a separator or a redirection.
        self.is_start = true;
    }
}
