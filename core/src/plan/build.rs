//! The rules of a logout: what goes, what stays, and why.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::predict::{self, Claim, Fate, Prediction};
use super::{Decision, Deed, Plan, Question, Request, Step, Target};
use crate::inventory::{
    Artefact, Class, Contents, Inventory, NamedBy, Place, Revocation, State, Tie, Token,
};
use crate::roster::{Roster, Scope, SharedLink};
use crate::secret::Fingerprint;
use crate::systems::System;

/// Turns what exists and what was asked into what would be done.
///
/// Only what exists is planned. Time grows linearly with the number of artefacts.
pub fn build(inventory: &Inventory, roster: &Roster, request: Request) -> Plan {
    let scope = match &request.target {
        Target::Identity(key) => {
            let signed_in = signed_in(inventory);
            roster.scope_of_identity(key, |identity| signed_in.contains(identity))
        }
        Target::Providers { keys, .. } | Target::System { keys, .. } => {
            roster.scope_of_providers(keys.iter().map(String::as_str))
        }
        Target::Found(_) => Scope::default(),
        Target::Configured | Target::Machine => roster.scope_of_everything(),
    };
    let planner = Planner::new(inventory, roster, &request, &scope);
    let steps = planner.steps();
    let questions = planner.questions(&steps);
    let chain = match &request.target {
        Target::Identity(key) => roster
            .chain(key)
            .iter()
            .map(|link| roster.written(link).to_owned())
            .collect(),
        _ => Vec::new(),
    };
    Plan {
        request,
        scope,
        chain,
        steps,
        questions,
    }
}

/// Identities with a session of their own: a profile or a token file. A keyring entry alone is only
/// a link that a chain went through.
fn signed_in(inventory: &Inventory) -> BTreeSet<&str> {
    inventory
        .artefacts
        .iter()
        .filter(|artefact| matches!(artefact.state, State::Live | State::Unknown))
        .filter(|artefact| {
            !matches!(
                artefact.place,
                Place::KeyringEntry { .. } | Place::Named { .. }
            )
        })
        .filter_map(|artefact| artefact.subject.identity.as_deref())
        .collect()
}

/// Why an artefact is or is not part of a logout.
enum Membership<'a> {
    /// It goes.
    In,
    /// It is a shared link of the chain: it stays, and the report says so.
    Shared(&'a SharedLink),
    /// It is a portal session that other providers use too.
    SharedPortal(Vec<&'a str>),
    /// It is not meant.
    Out,
}

struct Planner<'a> {
    inventory: &'a Inventory,
    roster: &'a Roster,
    request: &'a Request,
    scope: &'a Scope,
    /// Providers whose session copies in other tools' caches are cleared as well.
    roots: BTreeSet<&'a str>,
    /// Tokens that this logout ends at their servers.
    ending: BTreeSet<Fingerprint>,
}

impl<'a> Planner<'a> {
    fn new(
        inventory: &'a Inventory,
        roster: &'a Roster,
        request: &'a Request,
        scope: &'a Scope,
    ) -> Self {
        let roots = match &request.target {
            Target::Identity(key) => roster
                .root_provider(key)
                .map(|provider| provider.key.as_str())
                .into_iter()
                .collect(),
            _ => BTreeSet::new(),
        };
        let mut planner = Self {
            inventory,
            roster,
            request,
            scope,
            roots,
            ending: BTreeSet::new(),
        };
        planner.ending = planner.tokens_to_end();
        planner
    }

    fn steps(&self) -> Vec<Step> {
        let mut steps = self.revocations();
        let mut unsupported = BTreeMap::new();
        let mut local: Vec<Step> = Vec::new();
        for artefact in &self.inventory.artefacts {
            match self.membership(artefact) {
                Membership::In => {
                    self.note_unsupported(artefact, &mut unsupported);
                    if !matches!(artefact.place, Place::Directory { .. }) {
                        local.push(self.removal(artefact));
                    }
                }
                Membership::Shared(link) => local.extend(Self::kept(self, artefact, &shared(link))),
                Membership::SharedPortal(others) => {
                    let reason = format!("the portal's session also serves {}", list(&others));
                    local.extend(self.kept(artefact, &reason));
                }
                Membership::Out => {}
            }
        }
        steps.extend(unsupported.into_values());
        let ranks = self.ranks();
        local.sort_by_cached_key(|step| {
            let in_keyring = matches!(step.place(), Some(Place::KeyringEntry { .. }));
            let name = (step.identity.is_some(), step.subject());
            let rank = ranks.get(&name).copied().unwrap_or(usize::MAX);
            (!in_keyring, if in_keyring { rank } else { 0 })
        });
        let prediction = Prediction::of(&local, self.inventory);
        steps.append(&mut local);
        steps.extend(self.emptied_directories(prediction));
        steps
    }

    /// The order of keyring entries, by whether it is an identity's and its name: along the chain,
    /// else providers and then identities as they are configured.
    fn ranks(&self) -> HashMap<(bool, &'a str), usize> {
        let roster = self.roster;
        let providers = roster.providers().iter();
        let providers = providers.map(|entry| (false, entry.written.as_str()));
        let identities = roster.identities().iter();
        let identities = identities.map(|entry| (true, entry.written.as_str()));
        let mut ranks: HashMap<(bool, &str), usize> = providers
            .chain(identities)
            .enumerate()
            .map(|(at, name)| (name, at))
            .collect();
        if let Target::Identity(key) = &self.request.target {
            let everybody = ranks.len();
            for (at, link) in roster.chain(key).iter().enumerate() {
                if let Some(entry) = roster.identity(link) {
                    // Behind the provider, which is the chain's beginning.
                    ranks.insert((true, entry.written.as_str()), everybody + at);
                }
            }
        }
        ranks
    }

    fn membership(&self, artefact: &'a Artefact) -> Membership<'a> {
        let subject = &artefact.subject;
        if self.request.target == Target::Machine {
            return Membership::In;
        }
        if let Target::Found(name) = &self.request.target {
            let found = subject.orphan.as_deref();
            let is_meant = found.is_some_and(|orphan| orphan.eq_ignore_ascii_case(name));
            return if is_meant {
                Membership::In
            } else {
                Membership::Out
            };
        }
        if matches!(artefact.place, Place::Directory { .. }) {
            // Whether a directory goes depends only on what is left in it.
            return Membership::Out;
        }
        if let Some(identity) = &subject.identity {
            let in_keyring = matches!(artefact.place, Place::KeyringEntry { .. });
            return match self.scope.identities.contains(identity) {
                true => Membership::In,
                false if in_keyring => self.shared_link(artefact, identity),
                false => Membership::Out,
            };
        }
        let served = &subject.providers;
        let covered = |key: &&String| self.scope.providers.contains(*key);
        match &self.request.target {
            Target::Identity(_) => {
                if subject.orphan.is_some() {
                    return Membership::Out;
                }
                if artefact.tie == Tie::ForeignCopy
                    && served.iter().any(|key| self.roots.contains(key.as_str()))
                {
                    return Membership::In;
                }
                if self.is_profiles_file(artefact) {
                    // Its profiles go one by one: it may hold those of other configurations.
                    return Membership::Out;
                }
                if !served.is_empty() && served.iter().all(|key| covered(&key)) {
                    return Membership::In;
                }
                let others: Vec<&str> = served
                    .iter()
                    .filter(|key| !covered(key))
                    .map(|key| self.roster.written(key))
                    .collect();
                if served.iter().any(|key| covered(&key)) {
                    return Membership::SharedPortal(others);
                }
                served
                    .iter()
                    .find(|key| self.roots.contains(key.as_str()))
                    .map_or(Membership::Out, |key| self.shared_link(artefact, key))
            }
            _ if served.iter().any(|key| covered(&key)) => Membership::In,
            _ => Membership::Out,
        }
    }

    /// Whether it is a file with profiles in it, as a whole.
    fn is_profiles_file(&self, artefact: &Artefact) -> bool {
        let Place::File { file } = &artefact.place else {
            return false;
        };
        matches!(
            self.inventory.contents.get(file),
            Some(Contents::Sections(1..))
        )
    }

    /// A link of the chain that stays is named only where a credential is: settings and directories
    /// of a shared link are nobody's news.
    fn shared_link(&self, artefact: &Artefact, key: &str) -> Membership<'a> {
        if artefact.state == State::Residue {
            return Membership::Out;
        }
        self.scope
            .shared
            .iter()
            .find(|link| link.key == key)
            .map_or(Membership::Out, Membership::Shared)
    }

    /// Tokens of artefacts that go. A portal's session ends only when all who use it are covered, or
    /// when a provider was asked for by name.
    fn tokens_to_end(&self) -> BTreeSet<Fingerprint> {
        if !self.request.revoke {
            return BTreeSet::new();
        }
        let by_name = matches!(self.request.target, Target::Identity(_) | Target::Found(_));
        self.inventory
            .artefacts
            .iter()
            .filter(|artefact| artefact.state != State::Expired)
            .filter(|artefact| matches!(self.membership(artefact), Membership::In))
            .filter_map(|artefact| artefact.token)
            .filter(|fingerprint| {
                self.inventory.tokens.get(fingerprint).is_some_and(|token| {
                    !by_name
                        || token
                            .providers
                            .iter()
                            .all(|key| self.scope.providers.contains(key))
                })
            })
            .collect()
    }

    fn revocations(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = self
            .ending
            .iter()
            .filter_map(|fingerprint| {
                let token = self.inventory.tokens.get(fingerprint)?;
                Some(self.revocation(*fingerprint, token))
            })
            .collect();
        // Fingerprints differ from run to run; what is shown must not.
        steps.sort_by_cached_key(|step| (step.system, step.subject().to_owned()));
        steps
    }

    fn revocation(&self, fingerprint: Fingerprint, token: &Token) -> Step {
        let provider = token
            .providers
            .first()
            .map(|key| self.roster.written(key).to_owned());
        let others: Vec<&str> = token
            .providers
            .iter()
            .filter(|key| !self.scope.providers.contains(*key))
            .map(|key| self.roster.written(key))
            .collect();
        let orphan = match &token.revocation {
            Revocation::SsoPortal { start_url, .. } if provider.is_none() => start_url.clone(),
            _ => None,
        };
        let mut reason = match &token.revocation {
            Revocation::SsoPortal { region, .. } => format!("ends the portal session in {region}"),
            Revocation::GithubInstallation { .. } => "ends the installation token".to_owned(),
        };
        if !others.is_empty() {
            reason = format!("{reason}; it also served {}", list(&others));
        }
        Step {
            deed: Deed::Revoke {
                token: fingerprint,
                revocation: token.revocation.clone(),
            },
            decision: Decision::Go,
            identity: None,
            provider,
            orphan,
            realm: None,
            system: token.system,
            class: Class::Session,
            state: State::Live,
            what: match token.revocation {
                Revocation::SsoPortal { .. } => "portal session",
                Revocation::GithubInstallation { .. } => "GitHub token",
            },
            reason,
        }
    }

    /// Live sessions that no server call of ours can end: said once per provider and kind.
    fn note_unsupported(
        &self,
        artefact: &Artefact,
        notes: &mut BTreeMap<(System, Option<String>, &'static str), Step>,
    ) {
        let local_only = artefact.token.is_some()
            || artefact.state != State::Live
            || artefact.class != Class::Session
            || matches!(
                artefact.system,
                System::Mock | System::Docker | System::Kubernetes
            );
        if local_only || !self.request.revoke {
            return;
        }
        let provider = artefact.subject.providers.first().cloned();
        let key = (artefact.system, provider.clone(), artefact.what);
        let reason = unsupported_reason(artefact.expires_at);
        let page = Some(artefact.system)
            .filter(|system| matches!(system, System::Azure | System::Gcp))
            .and(provider.as_deref())
            .and_then(|key| self.roster.provider(key))
            .and_then(|entry| entry.sign_out_page.clone());
        let note = notes.entry(key).or_insert_with(|| Step {
            deed: Deed::Unsupported { page },
            decision: Decision::Keep,
            identity: match &self.request.target {
                Target::Identity(key) => Some(self.roster.written(key).to_owned()),
                _ => None,
            },
            provider: provider
                .as_deref()
                .map(|key| self.roster.written(key).to_owned()),
            realm: artefact.realm.clone(),
            reason: reason.clone(),
            ..self.step(artefact, Decision::Keep, String::new())
        });
        if note.reason < reason {
            note.reason = reason;
        }
    }

    fn removal(&self, artefact: &Artefact) -> Step {
        let (decision, reason) = self.decide(artefact);
        self.step(artefact, decision, reason)
    }

    fn decide(&self, artefact: &Artefact) -> (Decision, String) {
        if matches!(artefact.place, Place::Named { .. }) {
            let reason = "a browser's own directory; it may still be signed in";
            return (Decision::Keep, reason.to_owned());
        }
        let in_keyring = matches!(artefact.place, Place::KeyringEntry { .. });
        if self.request.keychain && (in_keyring || artefact.class == Class::Stored) {
            return (
                Decision::Go,
                "--keychain deletes stored credentials".to_owned(),
            );
        }
        if artefact.class == Class::Stored {
            let reason = "long-lived credentials stay; --keychain deletes them";
            return (Decision::Keep, reason.to_owned());
        }
        let ending = artefact.token.filter(|token| self.ending.contains(token));
        if in_keyring {
            return Self::decide_session_in_keyring(artefact, ending);
        }
        match ending {
            Some(token) if self.request.keep_unrevoked => (
                Decision::IfRevoked(token),
                "goes once the server has ended it".to_owned(),
            ),
            _ => (Decision::Go, format!("{} of a session", artefact.what)),
        }
    }

    /// The keyring is kept by default; a token that is worthless afterwards goes all the same.
    fn decide_session_in_keyring(
        artefact: &Artefact,
        ending: Option<Fingerprint>,
    ) -> (Decision, String) {
        match (artefact.state, ending) {
            (State::Expired, _) => (Decision::Go, "expired, so it is worthless".to_owned()),
            (_, Some(token)) => (
                Decision::IfRevoked(token),
                "worthless once the server has ended it".to_owned(),
            ),
            (State::Unknown, None) => (
                Decision::Keep,
                "its content could not be read; --keychain deletes it unread".to_owned(),
            ),
            _ if artefact.tie == Tie::Stale => (
                Decision::Go,
                "left over; the provider never reads it".to_owned(),
            ),
            _ => (
                Decision::Keep,
                "the keyring is kept by default; --keychain deletes it".to_owned(),
            ),
        }
    }

    fn kept(&self, artefact: &Artefact, reason: &str) -> Option<Step> {
        (artefact.state != State::Residue)
            .then(|| self.step(artefact, Decision::Keep, reason.to_owned()))
    }

    fn step(&self, artefact: &Artefact, decision: Decision, reason: String) -> Step {
        let written = |key: &String| self.roster.written(key).to_owned();
        Step {
            deed: Deed::Remove(artefact.place.clone()),
            decision,
            identity: artefact.subject.identity.as_ref().map(written),
            provider: artefact.subject.providers.first().map(written),
            orphan: artefact.subject.orphan.clone(),
            realm: artefact.realm.clone(),
            system: artefact.system,
            class: artefact.class,
            state: artefact.state,
            what: artefact.what,
            reason,
        }
    }

    /// Directories that this plan leaves empty go too, innermost first.
    fn emptied_directories(&self, mut prediction: Prediction<'a>) -> Vec<Step> {
        let mut directories: Vec<&Artefact> = self
            .inventory
            .artefacts
            .iter()
            .filter(|artefact| matches!(artefact.place, Place::Directory { .. }))
            .collect();
        directories.sort_by_key(|artefact| std::cmp::Reverse(predict::depth(&artefact.place)));
        directories
            .into_iter()
            .filter_map(
                |artefact| match prediction.fate(&artefact.place, self.claim(artefact)) {
                    Fate::Goes => {
                        Some(self.step(artefact, Decision::Go, "nothing is left in it".to_owned()))
                    }
                    Fate::Stays(left) => {
                        let left: Vec<&str> = left.iter().map(String::as_str).collect();
                        let reason = format!("{} in it is not Atmos's", list(&left));
                        Some(self.step(artefact, Decision::Keep, reason))
                    }
                    Fate::NotMeant => None,
                },
            )
            .collect()
    }

    /// What this logout may do with a directory that it takes nothing out of.
    fn claim(&self, directory: &Artefact) -> Claim {
        match self.claim_to_own(directory) {
            claim if directory.tie == Tie::Own => claim,
            Claim::Whole => Claim::Foreign,
            _ => Claim::Nothing,
        }
    }

    fn claim_to_own(&self, directory: &Artefact) -> Claim {
        let served = &directory.subject.providers;
        let in_scope = |key: &String| self.scope.providers.contains(key);
        match &self.request.target {
            Target::Configured | Target::Machine => Claim::Whole,
            Target::Found(_) => Claim::Nothing,
            _ if !served.is_empty() && served.iter().all(in_scope) => Claim::Whole,
            // A run that was stopped between files and directories is finished by the next one.
            _ if directory.realm.is_some()
                && served
                    .iter()
                    .all(|key| in_scope(key) || self.roots.contains(key.as_str())) =>
            {
                Claim::IfEmpty
            }
            _ => Claim::Nothing,
        }
    }

    fn questions(&self, steps: &[Step]) -> Vec<Question> {
        let mut questions = Vec::new();
        let acts = steps.iter().any(Step::acts);
        if self.request.keychain && acts {
            let entries: BTreeSet<&str> = steps
                .iter()
                .filter(|step| step.acts())
                .filter(|step| matches!(step.place(), Some(Place::KeyringEntry { .. })))
                .map(Step::subject)
                .collect();
            questions.push(Question::DeleteKeychain {
                subject: self.subject(),
                entries: entries.into_iter().map(str::to_owned).collect(),
            });
        }
        if self.request.target == Target::Machine {
            let names: BTreeSet<&str> = steps
                .iter()
                .filter(|step| step.acts() && step.state != State::Residue)
                .filter_map(|step| step.orphan.as_deref())
                .collect();
            if !names.is_empty() {
                let names = names.into_iter().map(str::to_owned).collect();
                questions.push(Question::Unconfigured { names });
            }
        }
        questions.extend(self.endpoint_questions(steps));
        questions
    }

    fn endpoint_questions(&self, steps: &[Step]) -> Vec<Question> {
        let hosts: BTreeSet<String> = steps
            .iter()
            .filter_map(|step| match &step.deed {
                Deed::Revoke { revocation, .. } => Some(revocation.endpoint()),
                _ => None,
            })
            .filter(|endpoint| endpoint.named_by == NamedBy::Configuration)
            .map(crate::inventory::Endpoint::host)
            .filter(|host| {
                !self
                    .request
                    .allow_endpoints
                    .iter()
                    .any(|h| h.eq_ignore_ascii_case(host))
            })
            .collect();
        hosts
            .into_iter()
            .map(|host| Question::Endpoint { host })
            .collect()
    }

    fn subject(&self) -> String {
        match &self.request.target {
            Target::Identity(key) => self.roster.written(key).to_owned(),
            Target::Found(name) => name.clone(),
            Target::Providers { label, .. } => label.clone(),
            Target::System { system, .. } => system.id().to_owned(),
            Target::Configured | Target::Machine => "all identities".to_owned(),
        }
    }
}

fn unsupported_reason(expires_at: Option<Timestamp>) -> String {
    expires_at.map_or_else(
        || "a copy would stay good".to_owned(),
        |at| format!("a copy would stay good until {at}"),
    )
}

fn shared(link: &SharedLink) -> String {
    let names: Vec<&str> = link.sharers.iter().map(String::as_str).collect();
    format!("also used by {}", list(&names))
}

/// `a, b and c`; more than four names are counted.
fn list(names: &[&str]) -> String {
    match names {
        [] => "others".to_owned(),
        [one] => (*one).to_owned(),
        [first, second] => format!("{first} and {second}"),
        [a, b, c] => format!("{a}, {b} and {c}"),
        [a, b, c, d] => format!("{a}, {b}, {c} and {d}"),
        [a, b, c, rest @ ..] => format!("{a}, {b}, {c} and {} more", rest.len()),
    }
}

#[cfg(test)]
mod tests;
