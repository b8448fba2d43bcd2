//! The person at the terminal, for a sign-in to AWS.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::time::Duration;

use adieu::io::net::Cancel;
use adieu::io::net::callback::{PasteBack, PasteError};
use adieu::login::aws::{Person, Question, Unanswered, Wait, WayToAsk};
use adieu::secret::Secret;
use adieu::world::World;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use ratatui::crossterm::event::{self, Event, KeyCode};

use super::browser;
use crate::args::WayArgs;
use crate::process;
use crate::ui::human::Progress;
use crate::ui::{Failure, Printer, prompt};

/// Longest address that is drawn: a larger picture fits no terminal.
const LONGEST_DRAWN: usize = 120;

/// Most bytes of a pasted line, and of a piped answer.
const LIMIT: u64 = 1 << 20;

/// How long a pipe may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// After so long without the browser it is said what may be wrong.
const HELP_AFTER: Duration = Duration::from_mins(1);

/// The person at the terminal.
pub(in crate::commands) struct TerminalPerson<'a> {
    world: &'a World,
    way: &'a WayArgs,
    cancel: &'a Cancel,
    printer: RefCell<&'a mut Printer>,
    progress: RefCell<Option<Progress>>,
    first_wait: Cell<Option<Duration>>,
    was_helped: Cell<bool>,
    is_device: Cell<bool>,
    /// The page that is open: keys are listened to.
    open_page: RefCell<Option<OpenPage>>,
}

/// A page that is waited for.
#[derive(Clone)]
struct OpenPage {
    /// Its address.
    url: String,
    /// What is copied on request: the code that is typed there, else the address.
    copied: (&'static str, String),
    /// What takes the wish for another way to sign in.
    other_way: Option<PasteBack>,
}

impl<'a> TerminalPerson<'a> {
    pub(in crate::commands) fn new(
        world: &'a World,
        way: &'a WayArgs,
        cancel: &'a Cancel,
        printer: &'a mut Printer,
    ) -> Self {
        Self {
            world,
            way,
            cancel,
            printer: RefCell::new(printer),
            progress: RefCell::new(None),
            first_wait: Cell::new(None),
            was_helped: Cell::new(false),
            is_device: Cell::new(false),
            open_page: RefCell::new(None),
        }
    }

    fn note_line(&self, line: &str) {
        self.printer.borrow_mut().note(line);
    }

    /// An address, alone on its line and in one piece: it is copied.
    fn note_address(&self, url: &str) {
        self.printer.borrow_mut().note_unbroken(url);
    }

    fn draw(&self, url: &str) {
        let mut printer = self.printer.borrow_mut();
        if !printer.can_move() || printer.is_quiet() || url.len() > LONGEST_DRAWN {
            return;
        }
        let Ok(code) = QrCode::new(url.as_bytes()) else {
            return;
        };
        let picture = code.render::<Dense1x2>().build();
        for line in picture.lines() {
            printer.note_unbroken(line);
        }
    }

    fn open(&self, url: &str) {
        if self.way.no_browser {
            return;
        }
        if let Err(why) = browser::open_page(self.world, url, self.way.browser.as_deref()) {
            self.note_line(&format!("No browser was opened: {why}."));
        }
    }
}

impl Person for TerminalPerson<'_> {
    fn show(&self, name: &str, way: &WayToAsk) {
        self.first_wait.set(None);
        self.was_helped.set(false);
        self.is_device.set(matches!(way, WayToAsk::Device { .. }));
        match way {
            WayToAsk::Browser {
                url,
                paste_back,
                has_other_way,
            } => {
                self.note_line(&format!("Sign in at \"{name}\" in a browser:"));
                self.note_address(url);
                self.open(url);
                if self.way.no_browser && self.printer.borrow().can_prompt() {
                    self.note_line(
                        "If the browser cannot come back to this machine, paste the address of \
                         its last page here.",
                    );
                    offer_lines(paste_back.clone());
                } else if self.printer.borrow().can_prompt() {
                    let other = if *has_other_way {
                        ", d and Enter confirms a code on any machine instead"
                    } else {
                        ""
                    };
                    self.note_line(&format!(
                        "Enter opens the browser again, c and Enter copies the address{other}."
                    ));
                    *self.open_page.borrow_mut() = Some(OpenPage {
                        url: url.clone(),
                        copied: ("address", url.clone()),
                        other_way: has_other_way.then(|| paste_back.clone()),
                    });
                }
            }
            WayToAsk::Device { url, page, code } => {
                self.note_line(&format!("Sign in at \"{name}\" in any browser:"));
                self.note_address(url);
                self.draw(url);
                self.note_line(&format!("and confirm the code {code}, or type it at"));
                self.note_address(page);
                if browser::has_browser(self.world) || self.way.browser.is_some() {
                    self.open(url);
                }
                if self.printer.borrow().can_prompt() {
                    self.note_line("c and Enter copies the code.");
                    *self.open_page.borrow_mut() = Some(OpenPage {
                        url: url.clone(),
                        copied: ("code", code.clone()),
                        other_way: None,
                    });
                }
            }
            WayToAsk::Code { url } => {
                self.note_line(&format!("Sign in as \"{name}\" in any browser:"));
                self.note_address(url);
                self.open(url);
            }
        }
    }

    fn wait(&self, wait: Wait) {
        self.heed_keys();
        let seconds = wait.left.as_secs();
        let text = format!(
            "Waiting for the sign-in, {}:{:02} left … Ctrl-C stops the waiting",
            seconds / 60,
            seconds % 60
        );
        let mut progress = self.progress.borrow_mut();
        if let Some(progress) = &*progress {
            progress.say(&text);
        } else {
            let printer = self.printer.borrow();
            *progress = Some(Progress::waiting(&text, &printer));
        }
        let first = self.first_wait.get().unwrap_or(wait.left);
        self.first_wait.set(Some(first));
        let waited = first.saturating_sub(wait.left);
        if waited >= HELP_AFTER && !self.was_helped.replace(true) && !self.is_device.get() {
            drop(progress.take());
            drop(progress);
            self.note_line(
                "The browser has not come back. If it cannot reach this machine (SSH, WSL, a \
                 container), stop this and use --device.",
            );
        }
    }

    fn end_wait(&self) {
        self.open_page.borrow_mut().take();
        drop(self.progress.borrow_mut().take());
    }

    fn ask(&self, question: Question<'_>) -> Result<Secret, Unanswered> {
        if let Question::SamlResponse { page, .. } = question {
            return self.read_saml_response(page);
        }
        let printer = self.printer.borrow();
        if !printer.can_prompt() {
            return Err(Unanswered::Nobody(printer.why_unasked().to_owned()));
        }
        drop(printer);
        let text = match question {
            Question::MfaCode { identity, device } => {
                format!("MFA code of {device} for \"{identity}\":")
            }
            Question::AccessKeyId { identity } => format!("Access key ID of \"{identity}\":"),
            Question::SecretAccessKey { identity } => {
                format!("Secret access key of \"{identity}\":")
            }
            Question::PastedCode => "The code that the page shows:".to_owned(),
            Question::SamlResponse { .. } => String::new(),
        };
        prompt::ask_secret(&text).map_err(|failure| to_unanswered(&failure))
    }

    fn note(&self, message: &str) {
        self.printer.borrow_mut().warning(message, None);
    }

    fn has_browser(&self) -> bool {
        let way = self.way;
        let is_wished = way.browser.is_some() || way.no_browser || way.callback_port != 0;
        !way.device && (is_wished || browser::has_browser(self.world))
    }

    fn saml_response_file(&self) -> Option<PathBuf> {
        self.way.saml_response_file.clone()
    }
}

impl TerminalPerson<'_> {
    /// Does what the keys say that were pressed since the last time; a line at a time, as the terminal
    /// hands them over.
    fn heed_keys(&self) {
        let Some(page) = self.open_page.borrow().clone() else {
            return;
        };
        let (mut is_other_way, mut is_copied) = (false, false);
        while matches!(event::poll(Duration::ZERO), Ok(true)) {
            let Ok(Event::Key(key)) = event::read() else {
                continue;
            };
            match key.code {
                KeyCode::Char('d' | 'D') => is_other_way = true,
                KeyCode::Char('c' | 'C') => is_copied = true,
                // The line's end, which some terminals hand over as the letter that makes it.
                KeyCode::Enter | KeyCode::Char('j' | 'J') => {
                    match &page.other_way {
                        Some(other_way) if is_other_way => {
                            self.open_page.borrow_mut().take();
                            return other_way.choose_other_way();
                        }
                        _ if is_copied => self.copy(&page.copied),
                        _ => self.open(&page.url),
                    }
                    (is_other_way, is_copied) = (false, false);
                }
                _ => {}
            }
        }
    }

    fn copy(&self, (what, text): &(&str, String)) {
        Printer::hand_to_clipboard(text);
        self.note_line(&format!(
            "The {what} was handed to the terminal's clipboard."
        ));
    }

    fn read_saml_response(&self, page: &str) -> Result<Secret, Unanswered> {
        let Some(file) = &self.way.saml_response_file else {
            return Err(Unanswered::Nobody(format!(
                "--saml-response-file was not given: sign in at {page}, and hand over what it \
                 answers"
            )));
        };
        let nobody = |why: String| Unanswered::Nobody(why);
        if file.as_os_str() == "-" {
            let piped = process::read_pipe(LIMIT, PATIENCE, self.cancel);
            return piped
                .and_then(Secret::from_utf8)
                .ok_or_else(|| nobody("standard input brings no text".to_owned()));
        }
        let files = adieu::io::files::Files::new(self.world);
        let path = self.world.working_directory.join(file);
        let bytes = files
            .read_named(&path, LIMIT)
            .map_err(|error| nobody(error.to_string()))?;
        bytes
            .and_then(|bytes| Secret::from_text(bytes).ok())
            .ok_or_else(|| nobody("there is no text in the file".to_owned()))
    }
}

fn to_unanswered(failure: &Failure) -> Unanswered {
    if failure.exit_status() == 130 {
        return Unanswered::Interrupted;
    }
    Unanswered::Nobody(failure.to_string())
}

/// Takes lines that the person pastes, until one is the address that is waited for.
fn offer_lines(paste: PasteBack) {
    process::each_line(LIMIT, move |line| {
        if line.trim().is_empty() {
            return true;
        }
        match paste.offer(line) {
            Ok(()) | Err(PasteError::TooLate) => false,
            Err(error) => {
                process::say_beside(&format!("{error}; paste the whole address"));
                true
            }
        }
    });
}
