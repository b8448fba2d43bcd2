//! `--online`: whether Salesforce refuses the access tokens after the logout.
//!
//! Asked with access tokens only: to ask with a refresh token would open a new session.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use adieu::net::Cancel;
use adieu::net::salesforce::{ConnectedStatus, Orgs as Servers, ProbeRequest};
use adieu::systems::salesforce::orgs::Orgs;

use crate::commands::context::Context;
use crate::commands::org::connection;
use crate::commands::org::outcome::{OrgOutcome, TokenState};

/// The access tokens of orgs, in memory until they can be asked about.
pub(super) struct Kept(Vec<ProbeRequest<String>>);

impl Kept {
    /// Those of these users, as far as they can be read.
    pub(super) fn of(orgs: &Orgs, chosen: &BTreeSet<String>) -> Self {
        let found = orgs.found.iter();
        let kept = found
            .filter(|org| chosen.contains(&org.auth.username))
            .filter_map(|org| connection::without_renewal(orgs, &org.auth));
        Self(kept.collect())
    }

    /// Asks for all whose authorization ended, at once, and notes the answers.
    pub(super) fn ask(
        self,
        context: &Context,
        seconds: f64,
        cancel: &Cancel,
        outcomes: &mut BTreeMap<String, OrgOutcome>,
    ) {
        let is_ended = |request: &ProbeRequest<String>| {
            outcomes.get(&request.id).is_some_and(OrgOutcome::is_ended)
        };
        let requests = self.0.into_iter().filter(is_ended).collect();
        let servers = Servers::new(&context.world)
            .with_limit(Duration::from_secs_f64(seconds))
            .with_cancel(cancel.clone());
        for (username, status) in servers.probe_all(requests, |_, _| {}) {
            if let Some(org) = outcomes.get_mut(&username) {
                org.token = Some(match status {
                    ConnectedStatus::Connected => TokenState::StillWorks,
                    ConnectedStatus::Refused(_) => TokenState::Refused,
                    other => TokenState::Unknown(other.text()),
                });
            }
        }
    }
}
