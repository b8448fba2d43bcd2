//! What servers said of tokens that they were asked about.

use std::collections::BTreeMap;

use adieu::remote::TokenStatus;
use adieu::report::{Asked, Report, Session, SessionState};

use super::status::format_session_name;
use crate::ui::printer::{FAINT, WARN};
use crate::ui::{Failure, Printer, format_count, to_plain_text};

/// The state as it was found, with what the server said of it.
pub(super) fn join_state_and_answer(
    state: &str,
    found: SessionState,
    answer: &TokenStatus,
) -> String {
    match (answer, found) {
        (TokenStatus::Accepted, _) => format!("{state}; accepted by its server"),
        (TokenStatus::Refused, SessionState::Live) => {
            format!("{state}; its token is refused by its server")
        }
        (TokenStatus::Refused, _) => "ended: refused by its server".to_owned(),
        (TokenStatus::Unknown { .. }, _) => format!("{state}; its server did not say"),
        (TokenStatus::NotAsked { .. }, _) => format!("{state}; no server asked"),
    }
}

/// Why there is no yes and no no: a line for each session whose server did not say, a line for each
/// reason why none was asked.
pub(super) fn not_said(sessions: &[&Session], printer: &mut Printer) -> Result<(), Failure> {
    const SHOWN: usize = 6;
    let mut not_asked: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut unknown = Vec::new();
    for session in sessions {
        match &session.answer {
            Some(TokenStatus::Unknown { why }) => unknown.push((format_session_name(session), why)),
            Some(TokenStatus::NotAsked { why }) => {
                not_asked
                    .entry(why)
                    .or_default()
                    .push(format_session_name(session));
            }
            _ => {}
        }
    }
    let says_nothing = unknown.is_empty() && not_asked.is_empty();
    for (name, why) in unknown {
        let why = to_plain_text(why);
        printer.data(&format!("{WARN}Not said{WARN:#}: {name}: {why}"))?;
    }
    for (why, mut names) in not_asked {
        let more = names.len().saturating_sub(SHOWN);
        names.truncate(SHOWN);
        if more > 0 {
            names.push(format!("{more} more"));
        }
        let names = names.join(", ");
        printer.data(&format!("{FAINT}Not asked: {names}: {why}{FAINT:#}"))?;
    }
    if !says_nothing {
        printer.data("")?;
    }
    Ok(())
}

/// What was said after a logout, on standard error.
pub(super) fn print_later_answers(report: &Report, printer: &mut Printer) {
    let asked = report.verified.iter().flat_map(|verified| &verified.asked);
    let (refused, others): (Vec<&Asked>, Vec<&Asked>) =
        asked.partition(|asked| asked.answer == TokenStatus::Refused);
    if !refused.is_empty() {
        printer.note("");
        let number = format_count(refused.len(), "ended token is", "ended tokens are");
        printer.note(&format!(
            "{number} refused by the server, as was asked afterwards"
        ));
    }
    for asked in others {
        let whom = asked.step.subject();
        let place = asked.step.location();
        match &asked.answer {
            TokenStatus::Accepted => printer.warning(
                &format!(
                    "{place} still accepts the token of {whom} although it said it had ended it"
                ),
                Some("end the session in the browser, at its account or start page"),
            ),
            TokenStatus::Unknown { why } => printer.warning(
                &format!("whether {place} refuses the token of {whom} is not known: {why}"),
                None,
            ),
            TokenStatus::NotAsked { why } => {
                printer.note(&format!(
                    "{FAINT}{whom} was not asked about: {why}{FAINT:#}"
                ));
            }
            TokenStatus::Refused => {}
        }
    }
}
