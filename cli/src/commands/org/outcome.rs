//! What became of each org: the server's half and this machine's.

use std::collections::BTreeMap;

use adieu::inventory::{Place, State};
use adieu::plan::{Action, Step};
use adieu::remote::TokenStatus;
use adieu::report::{Outcome, OutcomeWord, Report};
use serde_json::{Value, json};

use crate::ui::to_plain_text;

/// What became of one org.
#[derive(Debug, Default)]
pub(super) struct OrgOutcome {
    /// How each authorization ended: where, and how.
    pub(super) ended: Vec<(String, Ending)>,
    /// What was removed.
    pub(super) removed: Vec<String>,
    /// What is still here, and why.
    pub(super) left: Vec<(String, String)>,
    /// Whether the sign-in itself is gone from here, or would be.
    pub(super) is_gone: bool,
    /// Whether its tokens could not be read, so that Salesforce could not be told.
    pub(super) is_unreadable: bool,
    /// Whether something could not be removed (not: waits for a server).
    pub(super) has_local_failure: bool,
    /// Whether its access token is refused now, where that was asked.
    pub(super) token: Option<TokenStatus>,
}

/// How an authorization ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Salesforce ended it.
    Revoked,
    /// Salesforce did not know it any more.
    AlreadyEnded,
    /// It goes on; why.
    Failed(String),
    /// Nothing was done yet.
    Planned,
}

impl OrgOutcome {
    /// Why the first authorization that goes on could not be ended, and where.
    pub(super) fn failure(&self) -> Option<(&str, &str)> {
        self.ended.iter().find_map(|(place, ending)| match ending {
            Ending::Failed(why) => Some((place.as_str(), why.as_str())),
            _ => None,
        })
    }

    /// Why all of it is kept here although no server said no: a part of it cannot be read.
    pub(super) fn kept_unread(&self) -> Option<&str> {
        let is_kept = !self.is_gone && !self.has_local_failure && self.failure().is_none();
        let (_, why) = self.left.first().filter(|_| is_kept)?;
        Some(why)
    }

    /// Whether its access token was accepted after all.
    pub(super) fn still_works(&self) -> bool {
        self.token == Some(TokenStatus::Accepted)
    }

    /// The word for the server's half.
    fn word(&self) -> &'static str {
        let has = |wanted: fn(&Ending) -> bool| self.ended.iter().any(|(_, ending)| wanted(ending));
        if has(|ending| matches!(ending, Ending::Failed(_))) {
            "failed"
        } else if self.is_unreadable {
            "impossible"
        } else if self.kept_unread().is_some() {
            "not-asked"
        } else if self.ended.is_empty() {
            "nothing-to-revoke"
        } else if has(|ending| *ending == Ending::Planned) {
            "planned"
        } else if has(|ending| *ending == Ending::Revoked) {
            "revoked"
        } else {
            "already-invalid"
        }
    }

    /// As JSON, beside what the real client says.
    pub(super) fn document(&self, username: &str) -> Value {
        let left: Vec<Value> = self
            .left
            .iter()
            .map(|(location, why)| json!({"location": location, "reason": why}))
            .collect();
        json!({
            "username": username,
            "revocation": self.word(),
            "reason": self.failure().map(|(_, why)| why),
            "server": self.ended.first().map(|(place, _)| place),
            "loggedOut": self.is_gone,
            "accessToken": self.token.as_ref().map(TokenStatus::word),
            "removed": self.removed,
            "left": left,
        })
    }

    /// In one line, for people.
    pub(super) fn line(&self, username: &str) -> String {
        let server = match (self.word(), self.failure(), self.ended.first()) {
            (_, Some((place, why)), _) => format!("not ended at {place}: {why}"),
            ("impossible", ..) => "not ended at Salesforce: its tokens cannot be read".to_owned(),
            ("not-asked", ..) => "not ended at Salesforce, which was not told of it".to_owned(),
            ("nothing-to-revoke", ..) => "nothing to end at Salesforce".to_owned(),
            ("already-invalid", _, Some((place, _))) => {
                format!("{place} does not know the sign-in any more")
            }
            ("planned", _, Some((place, _))) => format!("would be ended at {place}"),
            (_, _, Some((place, _))) => format!("authorization ended at {place}"),
            (word, None, None) => word.to_owned(),
        };
        let here = match (self.removed.len(), self.left.first()) {
            (0, None) => String::new(),
            (0, Some((_, why))) => format!("; kept here: {why}"),
            (number, None) => format!("; {} removed here", format_entry_count(number)),
            (number, Some((_, why))) => {
                format!(
                    "; {} removed here, the rest kept: {why}",
                    format_entry_count(number)
                )
            }
        };
        let token = match &self.token {
            Some(TokenStatus::Refused) => "; its token is refused now",
            Some(TokenStatus::Accepted) => "; its token is still accepted",
            _ => "",
        };
        format!("{}: {server}{token}{here}", to_plain_text(username))
    }
}

fn format_entry_count(number: usize) -> String {
    crate::ui::format_count(number, "entry", "entries")
}

/// By user name. Time is linear in the steps.
pub(super) fn by_org(report: &Report) -> BTreeMap<String, OrgOutcome> {
    let mut orgs: BTreeMap<String, OrgOutcome> = BTreeMap::new();
    for (step, outcome) in report.lines() {
        // One call may end the sign-ins of several.
        let others = match &step.deed {
            Action::Revoke { served, .. } => served.as_slice(),
            _ => &[],
        };
        for username in step.identity.iter().chain(others) {
            add_outcome(orgs.entry(username.clone()).or_default(), step, outcome);
        }
    }
    for asked in report.verified.iter().flat_map(|verified| &verified.asked) {
        let username = asked.step.identity.as_ref();
        if let Some(org) = username.and_then(|username| orgs.get_mut(username)) {
            org.token = Some(asked.answer.clone());
        }
    }
    orgs
}

fn add_outcome(org: &mut OrgOutcome, step: &Step, outcome: Option<&Outcome>) {
    let word = outcome.map(|outcome| outcome.word);
    let detail = || {
        let detail = outcome.and_then(|outcome| outcome.detail.clone());
        detail.unwrap_or_else(|| step.reason.clone())
    };
    match &step.deed {
        Action::Revoke { .. } => {
            let answer = outcome.and_then(|outcome| outcome.answer.as_ref());
            let ending = match (word, answer) {
                (None, _) => Ending::Planned,
                (Some(OutcomeWord::Revoked), Some(answer)) if answer.had_ended => {
                    Ending::AlreadyEnded
                }
                (Some(OutcomeWord::Revoked), Some(_)) => Ending::Revoked,
                (Some(_), _) => Ending::Failed(detail()),
            };
            // Nobody is named for an end but the server that said so.
            let place = match (&ending, answer) {
                (Ending::Revoked, Some(answer)) => {
                    find_answering_address(&step.location(), &answer.by)
                }
                _ => step.location(),
            };
            org.ended.push((place, ending));
        }
        Action::Unsupported { .. } => {}
        Action::Remove(place) => {
            let is_sign_in = matches!(place, Place::File { .. }) && step.state != State::Residue;
            let is_gone = matches!(
                word,
                None | Some(OutcomeWord::Removed | OutcomeWord::Absent)
            ) && step.acts();
            org.is_gone |= is_sign_in && is_gone;
            org.is_unreadable |= is_sign_in && step.state == State::Unknown;
            org.has_local_failure |= word == Some(OutcomeWord::Failed);
            match word {
                None if step.acts() => org.removed.push(place.location()),
                Some(OutcomeWord::Removed) => org.removed.push(place.location()),
                Some(OutcomeWord::Absent) => {}
                _ => org.left.push((place.location(), detail())),
            }
        }
    }
}

/// The address that was asked first, or the host that answered in its place.
fn find_answering_address(asked: &str, answered: &str) -> String {
    let is_asked = asked.split_once("://").is_some_and(|(_, rest)| {
        let host = rest.split('/').next().unwrap_or_default();
        host == answered || host.split(':').next() == Some(answered)
    });
    if is_asked {
        asked.to_owned()
    } else {
        answered.to_owned()
    }
}

/// What a second run made of the same orgs replaces what the first one could not do.
pub(super) fn merge_outcomes(
    first: &mut BTreeMap<String, OrgOutcome>,
    second: BTreeMap<String, OrgOutcome>,
) {
    for (username, again) in second {
        let org = first.entry(username).or_default();
        org.removed.extend(again.removed);
        org.left = again.left;
        org.is_gone |= again.is_gone;
        org.has_local_failure = again.has_local_failure;
    }
}
