//! Kinds of speech: data on standard output, everything else on standard error.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

use super::plain::{is_odd, plain};

/// The two streams of a command, and how they are dressed.
pub(crate) struct Speech {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    quiet: bool,
    unicode: bool,
    can_prompt: bool,
    can_draw: bool,
    colour: bool,
    has_data: bool,
}

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
pub(crate) const HINT: Style = AnsiColor::Cyan.on_default();
pub(crate) const STRONG: Style = Style::new().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();

impl Speech {
    /// Speaks on the process's streams, with colour where they show it.
    pub(crate) fn of_process(no_color: bool, quiet: bool, environment: Surroundings) -> Self {
        let choice = |is_terminal: bool| match (no_color, is_terminal) {
            (true, _) => anstream::ColorChoice::Never,
            (false, _) => anstream::ColorChoice::Auto,
        };
        let (out, err) = (io::stdout(), io::stderr());
        let can_prompt = io::stdin().is_terminal() && err.is_terminal() && !environment.is_ci;
        let (out_choice, err_choice) = (choice(out.is_terminal()), choice(err.is_terminal()));
        let shows_colour = AutoStream::choice(&out) != anstream::ColorChoice::Never;
        Self {
            can_draw: can_prompt && out.is_terminal(),
            colour: !no_color && shows_colour,
            out: Box::new(AutoStream::new(out, out_choice)),
            err: Box::new(AutoStream::new(err, err_choice)),
            quiet,
            unicode: environment.unicode,
            can_prompt,
            has_data: false,
        }
    }

    /// Whether anything was written to standard output.
    pub(crate) const fn has_data(&self) -> bool {
        self.has_data
    }

    /// Whether a question can be asked.
    pub(crate) const fn can_prompt(&self) -> bool {
        self.can_prompt
    }

    /// Whether the whole screen can be drawn on.
    pub(crate) const fn can_draw(&self) -> bool {
        self.can_draw
    }

    /// Whether colour is wanted and shown.
    pub(crate) const fn has_colour(&self) -> bool {
        self.colour
    }

    /// Whether only one line is wanted.
    pub(crate) const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// A line of data, shown safely. A reader that has gone away is no error of ours.
    pub(crate) fn data(&mut self, line: &str) -> io::Result<()> {
        self.has_data = true;
        let line = self.plain_marks(&dressed(line));
        writeln!(self.out, "{line}")
    }

    /// Lines that a renderer has dressed and made safe.
    pub(crate) fn picture(&mut self, lines: &str) -> io::Result<()> {
        self.has_data = true;
        let lines = self.plain_marks(lines);
        writeln!(self.out, "{lines}")
    }

    /// A line of data for programs, byte for byte.
    pub(crate) fn raw(&mut self, line: &str) -> io::Result<()> {
        self.has_data = true;
        writeln!(self.out, "{line}")
    }

    /// A line of data, unless only one line is wanted.
    pub(crate) fn talk(&mut self, line: &str) -> io::Result<()> {
        if self.quiet { Ok(()) } else { self.data(line) }
    }

    /// A line to be read, beside the data, shown safely.
    pub(crate) fn note(&mut self, line: &str) {
        let line = self.plain_marks(&dressed(line));
        // There is nowhere to complain when standard error is gone.
        let _ = writeln!(self.err, "{line}");
    }

    /// A warning, with what to do about it.
    pub(crate) fn warning(&mut self, message: &str, hint: Option<&str>) {
        self.note(&format!("{WARN}warning:{WARN:#} {message}"));
        if let Some(hint) = hint {
            self.note(&format!("  {HINT}hint:{HINT:#} {hint}"));
        }
    }

    /// Writes everything out.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.out.flush()?;
        self.err.flush()
    }

    /// Marks that every terminal can show, where it does not show Unicode.
    fn plain_marks(&self, line: &str) -> String {
        if self.unicode {
            return line.to_owned();
        }
        line.replace('✓', "ok")
            .replace('✗', "x")
            .replace('•', "-")
            .replace('→', "->")
            .replace("⚠️ ", "!")
            .replace('●', "*")
            .replace('❯', ">")
            .replace("✅", "ok:")
            .replace("❌", "x")
            .replace("└──", "`--")
            .replace("├──", "|--")
            .replace('│', "|")
    }
}

/// The line with odd characters written out ([`plain`]): names from files and servers may be in it.
/// Only the colours of this program stay.
fn dressed(line: &str) -> Cow<'_, str> {
    if !line.contains(is_odd) {
        return Cow::Borrowed(line);
    }
    let mut shown = String::with_capacity(line.len() + 16);
    let mut rest = line;
    while let Some(at) = rest.find('\u{1b}') {
        let (before, escape) = rest.split_at(at);
        shown.push_str(&plain(before));
        let length = style_length(escape);
        let (sequence, after) = escape.split_at(length.unwrap_or(1));
        if length.is_some() {
            shown.push_str(sequence);
        } else {
            shown.push_str(&plain(sequence));
        }
        rest = after;
    }
    shown.push_str(&plain(rest));
    Cow::Owned(shown)
}

/// The length of the style of ours that a text begins with.
fn style_length(text: &str) -> Option<usize> {
    // Green, red, yellow, cyan, bold, dimmed, and the end of each.
    const STYLES: [&str; 7] = [
        "\u{1b}[32m",
        "\u{1b}[31m",
        "\u{1b}[33m",
        "\u{1b}[36m",
        "\u{1b}[1m",
        "\u{1b}[2m",
        "\u{1b}[0m",
    ];
    STYLES
        .iter()
        .find(|style| text.starts_with(**style))
        .map(|style| style.len())
}

/// What of the environment decides how to speak.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings {
    /// Whether nobody is there to answer.
    pub(crate) is_ci: bool,
    /// Whether the terminal shows Unicode.
    pub(crate) unicode: bool,
}

/// `1 identity`, `3 identities`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_styles_stay_and_everything_else_is_written_out() {
        for style in [GOOD, BAD, WARN, HINT, STRONG, FAINT] {
            let line = format!("{style}✓{style:#} dev");
            assert_eq!(dressed(&line), line);
        }
        assert_eq!(
            dressed(&format!(
                "{BAD}a\u{1b}[2Jb{BAD:#}\r\nc\u{1b}]0;x\u{7}\u{1b}[8m\u{202e}"
            )),
            format!(
                "{BAD}a\\u{{1b}}[2Jb{BAD:#}\\u{{d}}\\u{{a}}c\\u{{1b}}]0;x\\u{{7}}\\u{{1b}}[8m\\u{{202e}}"
            )
        );
    }

    #[test]
    fn numbers_agree_with_their_nouns() {
        assert_eq!(count(0, "identity", "identities"), "0 identities");
        assert_eq!(count(1, "identity", "identities"), "1 identity");
        assert_eq!(count(2, "identity", "identities"), "2 identities");
    }
}
