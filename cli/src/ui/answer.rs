//! A few answers below a question, and the keys that choose one.

use std::io;
use std::time::Duration;

use ratatui::crossterm::cursor::MoveToPreviousLine;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{self, Clear, ClearType};

use super::plain::measure_width;
use super::printer::{HINT, STRONG};
use super::{Printer, to_plain_text};

/// How long after a key more of the same word may come. A person needs longer for the next key; a
/// paste, or a line that was typed ahead, does not.
const TOGETHER: Duration = Duration::from_millis(30);

/// What a key means below a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Letter(char),
    Enter,
    Escape,
    Up,
    Down,
    Interrupt,
    /// Nothing.
    Other,
}

/// The answers, with a mark on one of them; the last one has it at first.
pub(super) struct Rows {
    question: String,
    answers: Vec<String>,
    at: usize,
    _raw: Raw,
}

impl Rows {
    /// Shows them. Keys are read one by one from now on.
    pub(super) fn show(
        question: &str,
        answers: Vec<String>,
        printer: &mut Printer,
    ) -> io::Result<Self> {
        let shown = Self {
            question: question.to_owned(),
            at: answers.len() - 1,
            answers,
            _raw: Raw::start()?,
        };
        printer.note_in_raw_mode(&shown.lines())?;
        Ok(shown)
    }

    /// The row with the mark.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) fn go_up(&mut self, printer: &mut Printer) -> io::Result<()> {
        self.go_to(self.at.saturating_sub(1), printer)
    }

    pub(super) fn go_down(&mut self, printer: &mut Printer) -> io::Result<()> {
        self.go_to((self.at + 1).min(self.answers.len() - 1), printer)
    }

    fn go_to(&mut self, row: usize, printer: &mut Printer) -> io::Result<()> {
        self.at = row;
        self.wipe(printer)?;
        printer.note_in_raw_mode(&self.lines())
    }

    /// Leaves the question with its answer on one line.
    pub(super) fn close(self, row: usize, printer: &mut Printer) -> io::Result<()> {
        self.wipe(printer)?;
        let answer = self.answers.get(row).map_or("", String::as_str);
        let answer = answer.rsplit_once(" (").map_or(answer, |(text, _)| text);
        let question = &self.question;
        printer.note_in_raw_mode(&[format!("{HINT}?{HINT:#} {question} {answer}")])
    }

    fn lines(&self) -> Vec<String> {
        let question = &self.question;
        let mut lines = vec![format!("{HINT}?{HINT:#} {STRONG}{question}{STRONG:#}")];
        for (at, row) in self.answers.iter().enumerate() {
            lines.push(if at == self.at {
                format!("{HINT}❯ {row}{HINT:#}")
            } else {
                format!("  {row}")
            });
        }
        lines
    }

    /// Takes the question and its answers off the screen, where it can be gone back on.
    fn wipe(&self, printer: &mut Printer) -> io::Result<()> {
        if !printer.can_move() {
            return Ok(());
        }
        let (columns, _) = terminal::size()?;
        let columns = usize::from(columns.max(1));
        let question = measure_width(&to_plain_text(&self.question)) + 2;
        let rows = self.answers.iter().map(|row| measure_width(row) + 2);
        let lines: usize = rows
            .chain([question])
            .map(|width| width.div_ceil(columns).max(1))
            .sum();
        let lines = u16::try_from(lines).unwrap_or(u16::MAX);
        execute!(
            io::stderr(),
            MoveToPreviousLine(lines),
            Clear(ClearType::FromCursorDown)
        )
    }

    /// The next key.
    pub(super) fn key() -> io::Result<Key> {
        loop {
            match event::read()? {
                Event::Key(key) if key.kind != KeyEventKind::Release => {
                    return Ok(interpret_key(key));
                }
                // A text is no answer.
                Event::Paste(_) => return Ok(Key::Escape),
                _ => {}
            }
        }
    }

    /// Whether a letter stands for itself: nothing came together with it but, perhaps, the rest of its
    /// word and Enter. Text that is pasted, or was typed for something else, is no answer.
    pub(super) fn is_alone(rest: &str) -> io::Result<bool> {
        let mut word = String::new();
        let mut has_ended = false;
        while event::poll(TOGETHER)? {
            match event::read()? {
                Event::Key(key) if key.kind != KeyEventKind::Release => match interpret_key(key) {
                    Key::Letter(letter) if !has_ended => word.push(letter.to_ascii_lowercase()),
                    Key::Enter if !has_ended => has_ended = true,
                    _ => return Ok(false),
                },
                _ => {}
            }
        }
        Ok(word.is_empty() || word == rest)
    }
}

fn interpret_key(key: KeyEvent) -> Key {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('c') if control => Key::Interrupt,
        KeyCode::Char('d') if control => Key::Escape,
        _ if control || key.modifiers.contains(KeyModifiers::ALT) => Key::Other,
        KeyCode::Char(letter) if letter != ' ' => Key::Letter(letter),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        KeyCode::Up | KeyCode::Left | KeyCode::BackTab => Key::Up,
        KeyCode::Down | KeyCode::Right | KeyCode::Tab => Key::Down,
        _ => Key::Other,
    }
}

/// Forgets keys that were read and not asked for yet.
pub(super) fn forget_keys() -> io::Result<()> {
    let _raw = Raw::start()?;
    while event::poll(Duration::ZERO)? {
        event::read()?;
    }
    Ok(())
}

/// Keys come one by one, not as lines, while it lives.
struct Raw;

impl Raw {
    fn start() -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        Ok(Self)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // There is nothing to be done about a terminal that is gone.
        let _ = terminal::disable_raw_mode();
    }
}
