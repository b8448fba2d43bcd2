//! Kinds of speech: data on standard output, everything else on standard error.

use std::io::{self, IsTerminal as _, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

/// The two streams of a command, and how they are dressed.
pub(crate) struct Speech {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    quiet: bool,
    unicode: bool,
    can_prompt: bool,
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
        Self {
            out: Box::new(AutoStream::new(out, out_choice)),
            err: Box::new(AutoStream::new(err, err_choice)),
            quiet,
            unicode: environment.unicode,
            can_prompt,
        }
    }

    /// Whether a question can be asked.
    pub(crate) const fn can_prompt(&self) -> bool {
        self.can_prompt
    }

    /// Whether only one line is wanted.
    pub(crate) const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// A line of data. A reader that has gone away is no error of ours.
    pub(crate) fn data(&mut self, line: &str) -> io::Result<()> {
        let line = self.plain_marks(line);
        writeln!(self.out, "{line}")
    }

    /// A line of data for programs, byte for byte.
    pub(crate) fn raw(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")
    }

    /// A line of data, unless only one line is wanted.
    pub(crate) fn talk(&mut self, line: &str) -> io::Result<()> {
        if self.quiet { Ok(()) } else { self.data(line) }
    }

    /// Something to be read, beside the data.
    pub(crate) fn note(&mut self, line: &str) {
        let line = self.plain_marks(line);
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
    fn numbers_agree_with_their_nouns() {
        assert_eq!(count(0, "identity", "identities"), "0 identities");
        assert_eq!(count(1, "identity", "identities"), "1 identity");
        assert_eq!(count(2, "identity", "identities"), "2 identities");
    }
}
