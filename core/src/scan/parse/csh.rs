//! csh and tcsh.

use std::ops::Range;

use super::super::finding::{Form, Span};
use super::super::text::split_lines;
use super::posix::{split_words, unquote_word};
use super::{Event, Follow, HOME, How, Sink, Standing, trim_blanks};
use crate::inventory::AssignmentState;

/// Reads a script, line by line.
pub(super) fn parse(text: &[u8], sink: &mut Sink) {
    let mut depth = 0_usize;
    for line in split_lines(text) {
        let mut range = trim_blanks(text, line);
        let mut is_comment = false;
        while range.start < range.end && matches!(text[range.start], b'#' | b' ') {
            is_comment = true;
            range.start += 1;
        }
        let words: Vec<Range<usize>> = split_words(text, range.clone());
        if is_comment {
            let standing = Standing::Fixed(AssignmentState::Commented);
            read_setenv(text, &words, standing, false, sink);
            continue;
        }
        let Some(first) = words.first() else { continue };
        match &text[first.clone()] {
            b"if"
                if words
                    .last()
                    .is_some_and(|last| &text[last.clone()] == b"then") =>
            {
                depth += 1;
            }
            b"foreach" | b"while" | b"switch" => depth += 1,
            b"endif" | b"end" | b"endsw" => depth = depth.saturating_sub(1),
            b"source" => read_source(text, &words, depth > 0, sink),
            b"unsetenv" if depth == 0 => {
                for word in &words[1..] {
                    sink.unset(&text[word.clone()]);
                }
            }
            b"if" => {
                // `if (…) setenv NAME value`
                let verb = words
                    .iter()
                    .position(|word| &text[word.clone()] == b"setenv");
                if let Some(verb) = verb {
                    let standing = Standing::Exported { conditional: true };
                    read_setenv(text, &words[verb..], standing, true, sink);
                }
            }
            _ => {
                let conditional = depth > 0;
                let standing = Standing::Exported { conditional };
                read_setenv(text, &words, standing, false, sink);
            }
        }
    }
}

fn read_setenv(
    text: &[u8],
    words: &[Range<usize>],
    standing: Standing,
    is_fixed: bool,
    sink: &mut Sink,
) {
    let [verb, name, rest @ ..] = words else {
        return;
    };
    if &text[verb.clone()] != b"setenv" {
        return;
    }
    let value = rest.first().map_or(name.end..name.end, Clone::clone);
    let range = verb.start..value.end;
    let span = Span {
        is_fixed,
        ..Span::whole(range.clone())
    };
    let name = &text[name.clone()];
    sink.assign(name, Form::Setenv, standing, span, range, || {
        unquote_word(text, value)
    });
}

fn read_source(text: &[u8], words: &[Range<usize>], optional: bool, sink: &mut Sink) {
    let Some(word) = words[1..].iter().find(|word| text[word.start] != b'-') else {
        return;
    };
    let path = &text[super::posix::strip_quotes(text, word.clone())];
    let target = if let Some(rest) = path
        .strip_prefix(b"~/")
        .or_else(|| path.strip_prefix(b"$HOME/"))
    {
        [&[HOME, b'/'], rest].concat()
    } else {
        path.to_vec()
    };
    let is_known = !target.iter().any(|byte| b"$`*?[\"'".contains(byte));
    sink.events.push(Event::Follow(Follow {
        target: is_known.then_some(target),
        how: How::Source,
        optional,
        conditional: false,
        at: words[0].start,
    }));
}
