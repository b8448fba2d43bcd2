//! What people read: logout reports as on the command's page, status, questions, progress.

mod aftermath;
mod diagnostic;
mod expiry;
mod follow_up;
mod items;
mod leftovers;
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
pub(crate) use expiry::format_time_left;
pub(crate) use follow_up::describe_override;
pub(crate) use list::{format_table as list_table, format_tree as list_tree};
pub(crate) use logout::print_logout;
pub(crate) use pending::print_pending;
pub(crate) use question::build_wording;
pub(crate) use same_secrets::same_secrets;
pub(crate) use scan::{mending_question, print_changes, print_fix_preview, print_scan};
pub(crate) use status::{
    describe_state, format_places, format_session_name as session_name, print_status,
};
pub(crate) use verdict::{describe_verdict, is_safe, not_covered};
pub(crate) use whoami::print_identity;

use std::time::Duration;

use adieu::plan::{Action, Plan};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Printer, format_count, to_plain_text};

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
                format_count(calls, "session", "sessions")
            ),
            printer,
        )
    }

    /// Shows that servers are asked about so many tokens.
    pub(crate) fn asking(tokens: usize, printer: &Printer) -> Self {
        if tokens == 0 {
            return Self(None);
        }
        let tokens = format_count(tokens, "token", "tokens");
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
        bar.set_message(to_plain_text(message).into_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(Some(bar))
    }

    /// Says something else in its place.
    pub(crate) fn say(&self, message: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(to_plain_text(message).into_owned());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.0.take() {
            bar.finish_and_clear();
        }
    }
}
