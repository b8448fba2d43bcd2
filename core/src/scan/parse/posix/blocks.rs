//! Blocks of a script: what opens and closes them.

use std::ops::Range;

use super::Parser;
use crate::scan::finding::Syntax;

/// Blocks deeper than this are taken for the same block: nothing depends on more.
const DEPTH: usize = 256;

/// A block of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Block {
    If,
    Loop,
    Brace,
    Function,
    Subshell,
    Case { in_pattern: bool },
}

impl Block {
    pub(super) const fn has_braces(self) -> bool {
        matches!(self, Self::Brace | Self::Function)
    }
}

impl Parser<'_> {
    /// Whether a word is a brace although it does not begin a command: zsh needs no `;` before `}`,
    /// and has `repeat 3 { … }`.
    pub(super) fn is_brace(&self, range: &Range<usize>) -> bool {
        let is_repeat = |first: &Range<usize>| self.text[first.clone()] == *b"repeat";
        self.syntax == Syntax::Zsh
            && match &self.text[range.clone()] {
                b"}" => self.blocks.iter().any(|block| block.has_braces()),
                b"{" => self.words.first().is_some_and(is_repeat),
                _ => false,
            }
    }

    /// Takes a reserved word at the start of a command; `false` if it is none.
    pub(super) fn reserved(&mut self, range: Range<usize>) -> bool {
        match &self.text[range] {
            b"if" => self.push(Block::If),
            b"do" => self.push(Block::Loop),
            b"{" => {
                let is_function = std::mem::take(&mut self.is_function_next);
                self.push(if is_function {
                    Block::Function
                } else {
                    Block::Brace
                });
            }
            b"fi" => self.pop(|block| block == Block::If),
            b"done" => self.pop(|block| block == Block::Loop),
            b"}" => self.pop(Block::has_braces),
            b"esac" => self.pop(|block| matches!(block, Block::Case { .. })),
            b"then" | b"else" | b"elif" | b"while" | b"until" | b"!" | b"time" | b"coproc" => {}
            b"always" if self.syntax == Syntax::Zsh => {}
            b"[[" => self.is_in_test = true,
            _ => return false,
        }
        self.is_function_next = false;
        true
    }

    pub(super) fn push(&mut self, block: Block) {
        if self.blocks.len() < DEPTH {
            self.blocks.push(block);
        }
    }

    /// Closes the innermost block of a kind, and what was left open in it.
    pub(super) fn pop(&mut self, is_kind: impl Fn(Block) -> bool) {
        if let Some(at) = self.blocks.iter().rposition(|block| is_kind(*block)) {
            self.blocks.truncate(at);
        }
    }

    /// Whether what stands here is executed only under some condition.
    pub(super) fn is_conditional(&self) -> bool {
        self.is_after_connector || self.is_function_body || !self.blocks.is_empty()
    }

    pub(super) fn is_in_function(&self) -> bool {
        self.is_function_body || self.blocks.contains(&Block::Function)
    }
}
