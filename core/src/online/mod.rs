//! Asking servers about what was found: whether they still accept it. A stage of its own, because
//! discovery never uses the network; it runs only when a person asks for it (`--online`).
//!
//! Nothing is ended by it. One thing is written: an org's renewed access token (`orgs`). After a
//! logout not even that: then only what was ended is asked about.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::systems::salesforce::{OrgAccessToken, OrgAnswer, OrgChecker};

use crate::inventory::{Inventory, Revocation, State, Token};
use crate::io::files::Files;
use crate::io::net::{CONCURRENCY, CallError, Cancel};
use crate::plan::{Action, Plan, Step};
use crate::remote::{TokenStatus, TrustedHost};
use crate::report::{Asked, Outcome, OutcomeWord};
use crate::secret::Fingerprint;
use crate::servers::{Lapse, RevocationClient, TokenRequest};
use crate::system::System;
use crate::systems::salesforce::api::ConnectedStatus;
use crate::systems::salesforce::orgs::{Org, Orgs};
use crate::world::World;

/// What Salesforce says of a sign-in that has ended when a new access token is asked for. Anything
/// else can be an app's or a server's fault.
///
/// Source: Salesforce Help, "OAuth 2.0 Error Codes".
const ENDED: [&str; 4] = [
    "invalid_grant",
    "invalid_token",
    "inactive_user",
    "inactive_org",
];

/// What asking works with.
pub struct TokenChecker<'a> {
    /// The machine.
    pub world: &'a World,
    /// The door to the disk, for what a renewal brings.
    pub files: &'a Files,
    /// How long each answer is waited for.
    pub time_limit: Duration,
    /// Hosts that may get a token although only a configuration file names them.
    pub allowed_hosts: &'a [TrustedHost],
    /// Set when the person stops the waiting.
    pub cancel: &'a Cancel,
}

impl TokenChecker<'_> {
    /// What orgs are asked with.
    const fn orgs(&self) -> OrgChecker<'_> {
        OrgChecker {
            world: self.world,
            files: self.files,
            time_limit: self.time_limit,
            cancel: self.cancel,
        }
    }

    /// Asks about these tokens and notes the answers: what a server refuses is not live any more,
    /// whatever stands in a file. `orgs` are those of the same look. What could not be stored comes
    /// back, in sentences.
    pub fn ask(
        &self,
        inventory: &mut Inventory,
        orgs: &Orgs,
        wanted: &BTreeSet<Fingerprint>,
    ) -> Vec<String> {
        let wanted = inventory
            .tokens
            .iter()
            .filter(|(fingerprint, _)| wanted.contains(fingerprint));
        let (of_orgs, others): (Vec<_>, Vec<_>) =
            wanted.partition(|(_, token)| token.system == System::SALESFORCE);
        let (answers, not_stored) = std::thread::scope(|scope| {
            let by_orgs = scope.spawn(|| self.ask_about_orgs(orgs, &of_orgs, inventory));
            let mut answers = self.ask_about_tokens(&others, false);
            doubt_answers(&mut answers, inventory);
            let (by_orgs, not_stored) = by_orgs.join().unwrap_or_default();
            (answers.into_iter().chain(by_orgs).collect(), not_stored)
        });
        note_answers(inventory, answers);
        not_stored
    }

    /// Asks whether what a logout ended is refused now. Orgs are asked with `access_tokens`, which
    /// were taken before: to ask with a refresh token would open a new session.
    pub fn ask_again(
        &self,
        inventory: &Inventory,
        plan: &Plan,
        outcomes: &[Outcome],
        access_tokens: Vec<OrgAccessToken>,
    ) -> Vec<Asked> {
        let ended: Vec<(&Step, &Fingerprint, &Token)> = plan
            .steps
            .iter()
            .zip(outcomes)
            .filter(|(_, outcome)| outcome.word == OutcomeWord::Revoked)
            .filter_map(|(step, _)| match &step.deed {
                Action::Revoke { token, .. } => Some((step, token, inventory.tokens.get(token)?)),
                _ => None,
            })
            .collect();
        let (of_orgs, others): (Vec<_>, Vec<_>) = ended
            .iter()
            .partition(|(step, ..)| step.system == System::SALESFORCE);
        let tokens: Vec<_> = others.iter().map(|(_, id, token)| (*id, *token)).collect();
        let answers: BTreeMap<_, _> = self.ask_about_tokens(&tokens, true).into_iter().collect();
        let users: BTreeSet<&str> = of_orgs
            .iter()
            .filter_map(|(.., token)| token.account.as_deref())
            .collect();
        let access_tokens = access_tokens
            .into_iter()
            .filter(|token| users.contains(token.username()));
        let statuses = self.orgs().ask_access_tokens(access_tokens.collect());
        let answer = |token: &Token, id: &Fingerprint| match answers.get(id) {
            Some(answer) => answer.clone(),
            None => match token.account.as_ref().and_then(|user| statuses.get(user)) {
                Some(status) => TokenStatus::from(status),
                None => TokenStatus::NotAsked {
                    why: "there was no access token to ask with",
                },
            },
        };
        let asked = ended.iter().map(|(step, id, token)| Asked {
            step: (*step).clone(),
            answer: answer(token, id),
        });
        asked.collect()
    }

    /// `is_afterwards`: their sessions were ended, so that a no to a token is a no to its session.
    fn ask_about_tokens(
        &self,
        tokens: &[(&Fingerprint, &Token)],
        is_afterwards: bool,
    ) -> Vec<(Fingerprint, TokenStatus)> {
        let mut answers = Vec::new();
        let mut requests = Vec::new();
        for (fingerprint, token) in tokens {
            match build_request(**fingerprint, token, self.allowed_hosts, is_afterwards) {
                Ok(request) => requests.push(request),
                Err(why) => answers.push((**fingerprint, TokenStatus::NotAsked { why })),
            }
        }
        let caller = RevocationClient::new(self.world).allowing(self.allowed_hosts);
        let asked = caller.ask_all(requests, self.time_limit, CONCURRENCY, self.cancel);
        answers.extend(asked);
        answers
    }

    fn ask_about_orgs(
        &self,
        orgs: &Orgs,
        tokens: &[(&Fingerprint, &Token)],
        inventory: &Inventory,
    ) -> (Vec<(Fingerprint, TokenStatus)>, Vec<String>) {
        // One token may be in the files of several, each with a server of its own.
        let of_token = |fingerprint: &Fingerprint| {
            let accounts = inventory.signed_in_by.get(fingerprint);
            accounts
                .into_iter()
                .flatten()
                .map(|(_, name)| name.as_str())
        };
        let wanted: BTreeSet<&str> = tokens
            .iter()
            .flat_map(|(fingerprint, _)| of_token(fingerprint))
            .collect();
        let which: Vec<&Org> = orgs
            .found
            .iter()
            .filter(|org| wanted.contains(org.auth.username.as_str()))
            .collect();
        let found = self.orgs().ask_orgs(orgs, &which);
        let answers = tokens.iter().filter_map(|(fingerprint, _)| {
            let answers = of_token(fingerprint).filter_map(|name| found.answers.get(name));
            let answer = answers.map(TokenStatus::from).min_by_key(rank_answer)?;
            Some((**fingerprint, answer))
        });
        (answers.collect(), found.not_stored)
    }
}

/// Of several answers about one token that one counts which leaves the most open.
const fn rank_answer(answer: &TokenStatus) -> u8 {
    match answer {
        TokenStatus::Accepted => 0,
        TokenStatus::Unknown { .. } => 1,
        TokenStatus::NotAsked { .. } => 2,
        TokenStatus::Refused => 3,
    }
}

/// A token that another one was asked about for may be good although the other one is refused.
fn doubt_answers(answers: &mut [(Fingerprint, TokenStatus)], inventory: &Inventory) {
    for (fingerprint, answer) in answers {
        let token = inventory.tokens.get(fingerprint);
        let is_other = token.is_some_and(|token| {
            let other = token.asked_with.as_ref();
            let is_signed = matches!(token.revocation, Revocation::AwsSignIn { .. });
            !is_signed && other.is_some_and(|other| other.expose() != token.secret.expose())
        });
        if is_other && *answer == TokenStatus::Refused {
            *answer = TokenStatus::Unknown {
                why: "its access token is refused, its refresh token may still be good".to_owned(),
            };
        }
    }
}

/// How to ask about a token, or why it cannot be asked about.
fn build_request(
    fingerprint: Fingerprint,
    token: &Token,
    allowed: &[TrustedHost],
    is_afterwards: bool,
) -> Result<TokenRequest<Fingerprint>, &'static str> {
    let secret = match &token.revocation {
        Revocation::Http { service, .. } if service.ask.is_none() => {
            return Err(TokenStatus::NO_CALL);
        }
        Revocation::Http { service, .. } => match service.needs_access_token {
            Some(why) => token.asked_with.as_ref().ok_or(why)?,
            None => &token.secret,
        },
        Revocation::SsoPortal { .. } | Revocation::AwsSignIn { .. } => &token.secret,
        Revocation::Client { .. } => return Err(TokenStatus::NO_CALL),
        Revocation::Salesforce { .. } => return Err("it is not among the orgs that could be read"),
    };
    Ok(TokenRequest {
        id: fingerprint,
        secret: secret.clone(),
        beside: token.asked_with.clone(),
        revocation: token.revocation.clone().settled(allowed),
        lapse: if is_afterwards {
            Lapse::default()
        } else {
            Lapse {
                is_over: token.is_over,
                renewal: token.renewal.clone(),
                ..Lapse::default()
            }
        },
    })
}

fn note_answers(inventory: &mut Inventory, answers: BTreeMap<Fingerprint, TokenStatus>) {
    for artefact in &mut inventory.artefacts {
        let answer = artefact.token.and_then(|token| answers.get(&token));
        match (answer, artefact.state) {
            (Some(TokenStatus::Refused), State::Live | State::Unknown) => {
                artefact.state = State::Expired;
            }
            // Its own clock is what counts.
            (Some(TokenStatus::Accepted), State::Unknown | State::Expired) => {
                artefact.state = State::Live;
            }
            _ => {}
        }
    }
    inventory.answers = Some(answers);
}

impl From<&OrgAnswer> for TokenStatus {
    fn from(answer: &OrgAnswer) -> Self {
        match answer {
            OrgAnswer::Status(status) => status.into(),
            OrgAnswer::Unreadable => Self::NotAsked {
                why: "its tokens cannot be decrypted",
            },
        }
    }
}

impl From<&ConnectedStatus> for TokenStatus {
    fn from(status: &ConnectedStatus) -> Self {
        match status {
            ConnectedStatus::Connected => Self::Accepted,
            ConnectedStatus::Refused(_) => Self::Refused,
            ConnectedStatus::RefreshFailed(CallError::Refused { code, .. })
                if ENDED.contains(&code.as_str()) =>
            {
                Self::Refused
            }
            other => Self::Unknown { why: other.text() },
        }
    }
}
