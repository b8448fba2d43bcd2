//! Problems of a configuration with the lines that they are about.

use std::collections::HashMap;
use std::ops::Range;

use adieu::atmos::config::{Configuration, Diagnostic, Location, Severity};
use adieu::printable::is_printable;
use adieu::world::World;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Snippet};

use crate::ui::to_plain_text;

/// How many lines are shown before and after the one that is meant.
const AROUND: usize = 1;
/// A longer piece of text is not shown: who writes such a line reads it with something else.
const LONGEST: usize = 4096;
/// How many other places of one problem are shown.
const RELATED: usize = 4;

/// Lines with colours of their own, in which every text was made safe. Only [`Renderer`] makes one.
pub(crate) struct Picture(String);

impl Picture {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Renders problems; remembers the texts that snippets are cut from.
pub(crate) struct Renderer<'a> {
    world: &'a World,
    configuration: &'a Configuration,
    texts: HashMap<u32, String>,
}

/// A piece of a source: some whole lines.
struct Window {
    text: String,
    first_line: usize,
    span: Range<usize>,
}

impl<'a> Renderer<'a> {
    pub(crate) fn new(world: &'a World, configuration: &'a Configuration) -> Self {
        Self {
            world,
            configuration,
            texts: HashMap::new(),
        }
    }

    /// One problem, without a final line end. Its texts were made safe when it was found, and the
    /// lines of the file are made safe here.
    pub(crate) fn render(&mut self, problem: &Diagnostic) -> Picture {
        let level = match problem.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = Group::with_title(level.primary_title(&problem.message).id(problem.code));
        let subject = problem.subject.as_deref();
        if let Some(location) = problem.location {
            group = self.place(group, location, AnnotationKind::Primary, subject);
        }
        for related in problem.related.iter().take(RELATED) {
            let label = Some(related.label.as_str());
            group = self.place(group, related.location, AnnotationKind::Context, label);
        }
        if problem.location.is_none()
            && let Some(subject) = subject
        {
            group = group.element(Level::NOTE.message(subject));
        }
        if let Some(hint) = &problem.hint {
            group = group.element(Level::HELP.message(hint));
        }
        Picture(annotate_snippets::Renderer::styled().render(&[group]))
    }

    fn place<'g>(
        &mut self,
        group: Group<'g>,
        location: Location,
        kind: AnnotationKind,
        label: Option<&'g str>,
    ) -> Group<'g> {
        let Some(source) = self.configuration.source(location) else {
            return group;
        };
        let path = to_plain_text(&self.world.shorten(&source.path)).into_owned();
        let text = self
            .texts
            .entry(location.source)
            .or_insert_with(|| source.shown());
        let window = source.may_be_shown().then(|| find_window(text, location));
        match window.flatten() {
            Some(window) => group.element(
                Snippet::source(window.text)
                    .line_start(window.first_line)
                    .path(path)
                    .annotation(kind.span(window.span).label(label)),
            ),
            None => group.element(
                Origin::path(path)
                    .line(location.line as usize)
                    .char_column(location.column as usize),
            ),
        }
    }
}

/// The lines around a location, unless they are too long to be shown.
fn find_window(text: &str, location: Location) -> Option<Window> {
    let Range { start, end } = location.bytes();
    let (start, end) = (
        start.min(text.len()),
        end.min(text.len()).max(start.min(text.len())),
    );
    if !text.is_char_boundary(start) || !text.is_char_boundary(end) {
        return None;
    }
    let mut from = line_start(text, start);
    let mut first_line = location.line as usize;
    for _ in 0..AROUND {
        if from > 0 && first_line > 1 {
            from = line_start(text, from - 1);
            first_line -= 1;
        }
    }
    // A value of many lines is shown by its first one.
    let own_end = line_end(text, start);
    let end = end.min(own_end);
    let mut to = own_end;
    for _ in 0..AROUND {
        if to < text.len() {
            to = line_end(text, to + 1);
        }
    }
    if to - from > LONGEST {
        (from, to, first_line) = (line_start(text, start), own_end, location.line as usize);
    }
    if to - from > LONGEST {
        return None;
    }
    Some(Window {
        text: replace_hidden_characters(text.get(from..to)?),
        first_line,
        span: start - from..end - from,
    })
}

/// Looks no further back than is shown, so that many problems in one long line cost little.
fn line_start(text: &str, at: usize) -> usize {
    let bytes = &text.as_bytes()[..at];
    let floor = at.saturating_sub(LONGEST + 1);
    bytes[floor..]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(floor, |found| floor + found + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    let bytes = &text.as_bytes()[at..];
    let length = bytes.len().min(LONGEST + 1);
    at + bytes[..length]
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(length)
}

/// The text with hidden characters replaced by harmless ones of the same length in bytes.
fn replace_hidden_characters(text: &str) -> String {
    text.chars()
        .map(
            |character| match (!is_printable(character), character.len_utf8()) {
                (false, _) => character,
                (true, _) if matches!(character, '\n' | '\t' | '\r') => character,
                (true, 1) => '?',
                (true, 2) => '·',
                (true, _) => '\u{fffd}',
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, what: &str) -> Location {
        let start = text.find(what).unwrap();
        Location {
            source: 0,
            line: u32::try_from(text[..start].matches('\n').count() + 1).unwrap(),
            column: 1,
            start: u32::try_from(start).unwrap(),
            end: u32::try_from(start + what.len()).unwrap(),
        }
    }

    #[test]
    fn window_holds_the_lines_around_and_the_span_in_them() {
        let text = "one\ntwo\nthree\nfour\nfive\n";
        let found = find_window(text, at(text, "three")).unwrap();
        assert_eq!(found.text, "two\nthree\nfour");
        assert_eq!((found.first_line, &found.text[found.span]), (2, "three"));
        let first = find_window(text, at(text, "one")).unwrap();
        assert_eq!((first.first_line, first.text.as_str()), (1, "one\ntwo"));
        let last = find_window("a\nb", at("a\nb", "b")).unwrap();
        assert_eq!((last.first_line, last.text.as_str()), (1, "a\nb"));
    }

    #[test]
    fn window_leaves_out_long_neighbours_and_long_lines() {
        let long = "x".repeat(LONGEST);
        let text = format!("{long}\nkey\n{long}");
        assert_eq!(find_window(&text, at(&text, "key")).unwrap().text, "key");
        let text = format!("a: {long}key");
        assert!(find_window(&text, at(&text, "key")).is_none());
    }

    #[test]
    fn harmless_text_keeps_its_length() {
        let odd = "a\u{1b}[2J\u{9b}\u{202e}ü";
        assert_eq!(replace_hidden_characters(odd), "a?[2J·\u{fffd}ü");
        assert_eq!(replace_hidden_characters(odd).len(), odd.len());
    }
}
