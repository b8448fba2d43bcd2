//! What people read: logout reports as on the command's page, status, questions, progress.

mod aftermath;
mod diagnostic;
mod expiry;
mod follow_up;
mod items;
mod list;
mod logout;
mod pending;
mod question;
mod residue;
mod same_secrets;
mod scan;
mod server_status;
mod status;
mod verdict;
mod whoami;

pub(crate) use diagnostic::{Picture, Renderer};
pub(crate) use follow_up::sentence;
pub(crate) use list::{table as list_table, tree as list_tree};
pub(crate) use logout::logout;
pub(crate) use pending::pending;
pub(crate) use question::wording;
pub(crate) use same_secrets::same_secrets;
pub(crate) use scan::{mended, mending_question, preview, scan};
pub(crate) use status::{name as session_name, places, state, status};
pub(crate) use verdict::{answer, is_safe, not_covered};
pub(crate) use whoami::whoami;

use std::time::Duration;

use adieu::plan::{Action, Plan};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Printer, count, plain};

/// A spinner while servers are asked, on a terminal only.
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    /// Shows that something goes on, if the plan has to wait for a server.
    pub(crate) fn start(plan: &Plan, printer: &Printer) -> Self {
        let calls = plan
            .steps
            .iter()
            .filter(|step| step.acts() && matches!(step.deed, Action::Revoke { .. }))
            .count();
        if calls == 0 || !printer.can_prompt() || printer.is_quiet() {
            return Self(None);
        }
        Self::waiting(
            &format!(
                "Ending {} at the server … Ctrl-C stops the waiting",
                count(calls, "session", "sessions")
            ),
            printer,
        )
    }

    /// Shows that servers are asked about so many tokens.
    pub(crate) fn asking(tokens: usize, printer: &Printer) -> Self {
        if tokens == 0 {
            return Self(None);
        }
        let tokens = count(tokens, "token", "tokens");
        let message = format!("Asking the servers about {tokens} … Ctrl-C stops the waiting");
        Self::waiting(&message, printer)
    }

    /// Shows what is waited for.
    pub(crate) fn waiting(message: &str, printer: &Printer) -> Self {
        if !printer.can_prompt() || printer.is_quiet() {
            return Self(None);
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.set_message(plain(message).into_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(Some(bar))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.0.take() {
            bar.finish_and_clear();
        }
    }
}
