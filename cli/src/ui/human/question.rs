//! The questions before a logout.

use adieu::plan::Question;
use adieu::world::World;

use crate::ui::{Failure, Speech};

type Choose = fn(&str, Vec<String>) -> Result<Option<usize>, Failure>;

/// Asks one question; whether the answer was yes. Backing out is a no.
pub(crate) fn ask(
    question: &Question,
    _world: &World,
    speech: &mut Speech,
    choose: Choose,
) -> Result<bool, Failure> {
    let (title, yes, no) = match question {
        Question::DeleteKeychain { subject, entries } => {
            speech.note(&format!("Delete keychain credentials for {subject}?"));
            speech.note("");
            speech.note("This will permanently remove:");
            speech.note("  • IAM user access keys");
            speech.note("  • Service account credentials");
            speech.note("  • Provider credentials");
            if !entries.is_empty() {
                speech.note("");
                speech.note(&format!("Entries: {}", entries.join(", ")));
            }
            speech.note("");
            speech.note("Session data will also be cleared.");
            speech.note("");
            (
                "(--force answers this)",
                "Yes, delete credentials",
                "No, keep credentials",
            )
        }
        Question::Unconfigured { names } => {
            speech.note("These are signed in, but not configured in atmos.yaml:");
            for name in names {
                speech.note(&format!("  • {name}"));
            }
            speech.note("");
            (
                "End these too? (--force answers this)",
                "Yes, end everything",
                "No, change nothing",
            )
        }
        Question::PurgeData { subject } => {
            speech.note(&format!(
                "History, transcripts and file copies of {subject} will be deleted for good."
            ));
            speech.note("");
            (
                "Delete them? (--force answers this)",
                "No, keep them and change nothing",
                "Yes, delete them",
            )
        }
        Question::SharedToken { subject, why, .. } => {
            speech.note(&format!("{subject} can be ended at the server, but {why}."));
            speech.note("");
            (
                "End it at the server? (--force answers this)",
                "No, only remove it here",
                "Yes, end it everywhere",
            )
        }
        Question::Endpoint { host } => {
            speech.note(&format!(
                "A configuration file names {host} as the server of a portal."
            ));
            speech.note("To end the session, its token would be sent there.");
            speech.note("");
            (
                "Send it? (--allow-endpoint answers this)",
                "No, do not send the token",
                "Yes, I trust this host",
            )
        }
    };
    let options = vec![yes.to_owned(), no.to_owned()];
    let choice = choose(title, options)?;
    Ok(match question {
        // The safe answer stands first.
        Question::Endpoint { .. } | Question::SharedToken { .. } | Question::PurgeData { .. } => {
            choice == Some(1)
        }
        _ => choice == Some(0),
    })
}
