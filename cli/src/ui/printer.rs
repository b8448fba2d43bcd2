//! The printer: data on standard output, everything else on standard error.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::sync::OnceLock;

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::human::Picture;
use super::plain::{Exact, is_shown, to_plain_text};
use super::wrap::wrap_line;
use crate::process;

/// The two streams of a command, and how they are dressed.
pub(crate) struct Printer {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    quiet: bool,
    is_verbose: bool,
    /// Whether the data is a document: then lines for people go to standard error.
    is_document: bool,
    unicode: bool,
    can_prompt: bool,
    /// Why no question can be asked.
    unasked: &'static str,
    can_draw: bool,
    can_move: bool,
    colour: bool,
    has_data: bool,
    is_unheard: bool,
    /// How wide the terminal is that the data goes to, and that everything else goes to; nothing that
    /// goes elsewhere is broken into lines.
    columns: [Option<usize>; 2],
}

/// A style of this program, written into a line as a mark that nobody else can write: it holds a
/// number that is drawn anew for every run. What looks like a colour in a name stays what it looks
/// like; the marks become colours when the line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Paint(Look);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Green,
    Red,
    Yellow,
    Cyan,
    Bold,
    Dimmed,
}

impl Look {
    const ALL: [Self; 6] = [
        Self::Green,
        Self::Red,
        Self::Yellow,
        Self::Cyan,
        Self::Bold,
        Self::Dimmed,
    ];

    const fn style(self) -> Style {
        match self {
            Self::Green => AnsiColor::Green.on_default(),
            Self::Red => AnsiColor::Red.on_default(),
            Self::Yellow => AnsiColor::Yellow.on_default(),
            Self::Cyan => AnsiColor::Cyan.on_default(),
            Self::Bold => Style::new().bold(),
            Self::Dimmed => Style::new().dimmed(),
        }
    }
}

pub(crate) const GOOD: Paint = Paint(Look::Green);
pub(crate) const BAD: Paint = Paint(Look::Red);
pub(crate) const WARN: Paint = Paint(Look::Yellow);
pub(crate) const HINT: Paint = Paint(Look::Cyan);
pub(crate) const STRONG: Paint = Paint(Look::Bold);
pub(crate) const FAINT: Paint = Paint(Look::Dimmed);

/// What begins every mark of this run; `None` where the machine has no random numbers, and so no
/// colours can be told from forged ones.
fn get_mark_prefix() -> Option<&'static str> {
    static MARK: OnceLock<Option<String>> = OnceLock::new();
    MARK.get_or_init(|| {
        let number = process::random_number()?;
        Some(format!("\u{1b}{number:032x}"))
    })
    .as_deref()
}

/// The mark of the style, or with `#` that of its end.
impl fmt::Display for Paint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(mark) = get_mark_prefix() else {
            return Ok(());
        };
        match (
            formatter.alternate(),
            Look::ALL.iter().position(|look| *look == self.0),
        ) {
            (false, Some(at)) => write!(formatter, "{mark}{at}"),
            _ => write!(formatter, "{mark}."),
        }
    }
}

impl Printer {
    /// Speaks on the process's streams, with colour where they show it.
    pub(crate) fn of_process(manner: Manner, environment: Surroundings) -> Self {
        let choice = if manner.no_color {
            anstream::ColorChoice::Never
        } else if manner.force_color {
            anstream::ColorChoice::Always
        } else {
            anstream::ColorChoice::Auto
        };
        let (out, err) = (io::stdout(), io::stderr());
        let has_people = io::stdin().is_terminal() && err.is_terminal() && !environment.is_ci;
        let can_prompt = manner.asks && has_people;
        let unasked = if !io::stdin().is_terminal() {
            "stdin is not a terminal"
        } else if !err.is_terminal() {
            "stderr is not a terminal"
        } else if environment.is_ci {
            "CI is set"
        } else {
            "questions are switched off"
        };
        let shows_colour =
            manner.force_color || AutoStream::choice(&out) != anstream::ColorChoice::Never;
        Self {
            columns: process::measure_columns(),
            can_draw: can_prompt && out.is_terminal() && !environment.is_dumb,
            can_move: err.is_terminal() && !environment.is_dumb,
            colour: !manner.no_color && shows_colour,
            out: Box::new(AutoStream::new(out, choice)),
            err: Box::new(AutoStream::new(err, choice)),
            quiet: manner.quiet,
            is_verbose: manner.is_verbose,
            is_document: manner.is_document,
            unicode: environment.unicode,
            can_prompt,
            unasked,
            has_data: false,
            is_unheard: false,
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

    /// Why a question cannot be asked, where it cannot: `stdin is not a terminal`.
    pub(crate) const fn why_unasked(&self) -> &'static str {
        self.unasked
    }

    /// Whether the whole screen can be drawn on.
    pub(crate) const fn can_draw(&self) -> bool {
        self.can_draw
    }

    /// Whether what was written can be gone back to and replaced.
    pub(crate) const fn can_move(&self) -> bool {
        self.can_move
    }

    /// Whether colour is wanted and shown.
    pub(crate) const fn has_colour(&self) -> bool {
        self.colour
    }

    /// Whether only one line is wanted.
    pub(crate) const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether long lists are wanted whole.
    pub(crate) const fn is_verbose(&self) -> bool {
        self.is_verbose
    }

    /// How many columns the terminal has that the data goes to; `None` if it goes elsewhere.
    pub(crate) const fn columns(&self) -> Option<usize> {
        self.columns[0]
    }

    /// Notes that another program has answered in this one's place.
    pub(crate) const fn hand_over(&mut self) {
        self.has_data = true;
    }

    /// A line of data, shown safely, in as many lines as it needs. Beside a document it is no data.
    pub(crate) fn data(&mut self, line: &str) -> io::Result<()> {
        if self.is_document {
            self.note(line);
            return Ok(());
        }
        self.has_data = true;
        let line = self.plain_marks(&apply_colours(line));
        for line in fit_line(line, self.columns[0]) {
            self.tell(&line)?;
        }
        Ok(())
    }

    /// A line of data that fits as it is, or is not to be broken.
    pub(crate) fn unbroken(&mut self, line: &str) -> io::Result<()> {
        if self.is_document {
            self.note_unbroken(line);
            return Ok(());
        }
        self.has_data = true;
        let line = self.plain_marks(&apply_colours(line));
        self.tell(&line)
    }

    /// Lines that a renderer has dressed and made safe.
    pub(crate) fn picture(&mut self, lines: &Picture) -> io::Result<()> {
        self.has_data = true;
        let lines = self.plain_marks(lines.as_str());
        self.tell(&lines)
    }

    /// A line of data for programs, byte for byte.
    pub(crate) fn raw(&mut self, line: &Exact) -> io::Result<()> {
        self.has_data = true;
        self.tell(line.as_str())
    }

    /// Writes a line of data. Whoever reads may have had enough (`| head -1`): what is left to say is
    /// not said then, and what was found out is the exit status all the same.
    fn tell(&mut self, line: &str) -> io::Result<()> {
        if self.is_unheard {
            return Ok(());
        }
        let written = writeln!(self.out, "{line}");
        self.heard(written)
    }

    /// The result without the reader who has gone away, which is no error of ours.
    fn heard(&mut self, written: io::Result<()>) -> io::Result<()> {
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_unheard = true;
                Ok(())
            }
            other => other,
        }
    }

    /// A line of data, unless only one line is wanted.
    pub(crate) fn talk(&mut self, line: &str) -> io::Result<()> {
        if self.quiet { Ok(()) } else { self.data(line) }
    }

    /// A line to be read, beside the data, shown safely.
    pub(crate) fn note(&mut self, line: &str) {
        let line = self.plain_marks(&apply_colours(line));
        for line in fit_line(line, self.columns[1]) {
            // There is nowhere to complain when standard error is gone.
            let _ = writeln!(self.err, "{line}");
        }
    }

    /// A line to be read as it is, beside the data: for logs.
    pub(crate) fn note_unbroken(&mut self, line: &str) {
        let line = self.plain_marks(&apply_colours(line));
        let _ = writeln!(self.err, "{line}");
    }

    /// Hands a text to the clipboard of the terminal, which may be on another machine. Whether it takes it is
    /// its own setting.
    ///
    /// Source: xterm, "Control Sequences", `OSC 52`.
    pub(crate) fn hand_to_clipboard(text: &str) {
        let encoded = STANDARD.encode(text);
        // Not through the stream that takes colours out: this is no colour.
        let _ = write!(io::stderr(), "\u{1b}]52;c;{encoded}\u{7}");
    }

    /// Lines to be read while the terminal hands over single keys, shown safely.
    pub(crate) fn note_in_raw_mode(&mut self, lines: &[String]) -> io::Result<()> {
        for line in lines {
            let line = self.plain_marks(&apply_colours(line));
            // Nobody turns a line end into the start of a line now.
            write!(self.err, "{line}\r\n")?;
        }
        self.err.flush()
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
        let written = self.out.flush();
        self.heard(written)?;
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

/// The line as one or more that fit.
fn fit_line(line: String, columns: Option<usize>) -> Vec<String> {
    match columns {
        Some(columns) => wrap_line(&line, columns),
        None => vec![line],
    }
}

/// The line as it is written: this program's marks become colours, and of everything else only what can
/// be seen stays ([`plain`]).
fn apply_colours(line: &str) -> Cow<'_, str> {
    if is_shown(line) {
        return Cow::Borrowed(line);
    }
    let Some(mark) = get_mark_prefix() else {
        return to_plain_text(line);
    };
    let mut parts = line.split(mark);
    let mut shown = to_plain_text(parts.next().unwrap_or_default()).into_owned();
    for part in parts {
        let mut rest = part.chars();
        let look = rest.next().and_then(|digit| digit.to_digit(10));
        match look.and_then(|at| Look::ALL.get(at as usize)) {
            Some(look) => shown.push_str(&look.style().render().to_string()),
            None => shown.push_str(&anstyle::Reset.render().to_string()),
        }
        shown.push_str(&to_plain_text(rest.as_str()));
    }
    Cow::Owned(shown)
}

/// How it is to speak, as the person wants it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// Whether only one line is wanted.
    pub(crate) quiet: bool,
    /// Whether long lists are wanted whole.
    pub(crate) is_verbose: bool,
    /// Whether standard output is for a document alone.
    pub(crate) is_document: bool,
    pub(crate) no_color: bool,
    /// Whether colour is wanted wherever it goes.
    pub(crate) force_color: bool,
    /// Whether questions are wanted.
    pub(crate) asks: bool,
}

impl Manner {
    /// For what is said before the command line was understood.
    pub(crate) const PLAIN: Self = Self {
        quiet: false,
        is_verbose: false,
        is_document: false,
        no_color: true,
        force_color: false,
        asks: false,
    };
}

/// What of the environment decides how to speak.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings {
    /// Whether nobody is there to answer.
    pub(crate) is_ci: bool,
    /// Whether the terminal shows Unicode.
    pub(crate) unicode: bool,
    /// Whether the terminal only takes one line after the other.
    pub(crate) is_dumb: bool,
}

/// `1 identity`, `3 identities`.
pub(crate) fn format_count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_styles_are_colours_and_nobody_elses() {
        for (paint, code) in [
            (GOOD, "32"),
            (BAD, "31"),
            (WARN, "33"),
            (HINT, "36"),
            (STRONG, "1"),
            (FAINT, "2"),
        ] {
            assert_eq!(
                apply_colours(&format!("{paint}✓{paint:#} dev")),
                format!("\u{1b}[{code}m✓\u{1b}[0m dev")
            );
            let forged = format!("\u{1b}[{code}m✓ done\u{1b}[0m");
            assert_eq!(
                apply_colours(&forged),
                format!("\\u{{1b}}[{code}m✓ done\\u{{1b}}[0m")
            );
        }
        assert_eq!(
            apply_colours(&format!(
                "{BAD}a\u{1b}[2Jb{BAD:#}\r\nc\u{1b}]0;x\u{7}\u{200b}\u{202e}"
            )),
            "\u{1b}[31ma\\u{1b}[2Jb\u{1b}[0m\\u{d}\\u{a}c\\u{1b}]0;x\\u{7}\\u{200b}\\u{202e}"
        );
    }

    #[test]
    fn numbers_agree_with_their_nouns() {
        assert_eq!(format_count(0, "identity", "identities"), "0 identities");
        assert_eq!(format_count(1, "identity", "identities"), "1 identity");
        assert_eq!(format_count(2, "identity", "identities"), "2 identities");
    }
}
