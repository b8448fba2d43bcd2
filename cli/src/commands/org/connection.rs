//! Whether sign-ins still work, in the real client's words.

use std::collections::BTreeMap;
use std::time::Duration;

use adieu::io::net::Cancel;
use adieu::systems::salesforce::api::ConnectedStatus;
use adieu::systems::salesforce::orgs::{Org, Orgs};
use adieu::systems::salesforce::{OrgAnswer, OrgChecker};

use crate::commands::context::Context;

/// What the real client calls a sign-in whose tokens cannot be decrypted.
pub(super) const UNREADABLE: &str = "AuthDecryptError";

/// How an org answered.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// The real client's words.
    pub(super) text: String,
    /// Whether the token is good.
    pub(super) is_connected: bool,
    /// Whether a renewal was refused.
    pub(super) is_refresh_failure: bool,
}

impl Answer {
    fn of(answer: &OrgAnswer) -> Self {
        let (text, status) = match answer {
            OrgAnswer::Status(status) => (status.text(), Some(status)),
            OrgAnswer::Unreadable => (UNREADABLE.to_owned(), None),
        };
        Self {
            text,
            is_connected: status == Some(&ConnectedStatus::Connected),
            is_refresh_failure: matches!(status, Some(ConnectedStatus::RefreshFailed(_))),
        }
    }
}

/// Asks these orgs, each within so many seconds, renewing access tokens that have ended; the answers by user name. What could not
/// be stored is added to `warnings`.
pub(super) fn ask_orgs(
    context: &Context,
    orgs: &Orgs,
    which: &[&Org],
    seconds: f64,
    cancel: &Cancel,
    warnings: &mut Vec<String>,
) -> BTreeMap<String, Answer> {
    let checker = OrgChecker {
        world: &context.adieu.world,
        files: &context.adieu.files,
        time_limit: Duration::from_secs_f64(seconds),
        cancel,
    };
    let found = checker.ask_orgs(orgs, which);
    warnings.extend(found.not_stored);
    let answers = found.answers.iter();
    answers
        .map(|(username, answer)| (username.clone(), Answer::of(answer)))
        .collect()
}
