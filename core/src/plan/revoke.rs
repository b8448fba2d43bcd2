//! Endings at servers: the tokens that end, and the sessions that no server call of ours can end.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::build::{Planner, join_names};
use super::selection::Selection;
use super::{Action, Decision, KeepReason, Step, Target};
use crate::inventory::{
    Artefact, Category, Class, Exclusivity, Fact, Place, Renewability, Revocation, State, Token,
    TokenUnavailable, is_page,
};
use crate::secret::Fingerprint;
use crate::systems::System;

/// Sessions that cannot be ended, by system, owner and kind.
type Notes = BTreeMap<(System, Option<String>, &'static str), Step>;

impl Planner<'_> {
    /// Tokens of artefacts that go, whether or not they have ended: that is only their files' word, and
    /// their servers may know better. A session that others sign in with ends only when all of them are
    /// covered, when a provider was asked for by name, or when no copy of it would be left to them.
    pub(super) fn tokens_to_end(&self) -> BTreeSet<Fingerprint> {
        // An account is nobody's but its own, so its tokens are nobody else's.
        let others = self.tokens_beside_the_app();
        let artefacts = self.inventory.artefacts.iter();
        // What stays here as a person's own must go on working.
        let is_stored = |artefact: &Artefact| {
            artefact.owner.is_native() && artefact.class == Class::Stored && !self.request.keychain
        };
        let mut staying: BTreeSet<Fingerprint> = artefacts
            .filter(|artefact| self.stays_whole(artefact).is_some() || is_stored(artefact))
            .filter_map(|artefact| artefact.token)
            .collect();
        staying.extend(self.tokens_left_out());
        self.inventory
            .artefacts
            .iter()
            .filter(|artefact| matches!(self.membership(artefact), Selection::In))
            .filter_map(|artefact| Some((artefact, artefact.token?)))
            .filter(|(_, fingerprint)| {
                !others.contains(fingerprint) && !staying.contains(fingerprint)
            })
            .filter(|(artefact, fingerprint)| {
                self.inventory.tokens.get(fingerprint).is_some_and(|token| {
                    if !token.revocation.can_end() {
                        return false;
                    }
                    let mut served = token.providers.iter();
                    !self.is_meant_by_name(artefact)
                        || served.all(|key| self.scope.providers.contains(key))
                        || self.remaining_keeper(*fingerprint, token).is_none()
                })
            })
            .map(|(_, fingerprint)| fingerprint)
            .collect()
    }

    /// Tells who keeps a token, or may keep it, when this logout has taken its copies. A session
    /// that nobody can use here afterwards is thrown away if it is not ended.
    fn remaining_keeper(&self, fingerprint: Fingerprint, token: &Token) -> Option<String> {
        let stays = |artefact: &&Artefact| {
            !matches!(self.membership(artefact), Selection::In)
                || (artefact.owner.is_native()
                    && artefact.class == Class::Stored
                    && !self.request.keychain)
        };
        let holds = |artefact: &&Artefact| artefact.token == Some(fingerprint);
        // What signs in somebody behind the same provider, and could not be looked into.
        let may_hold = |artefact: &&Artefact| {
            let mut served = artefact.owner.as_providers().iter();
            artefact.state == State::Unknown
                && artefact.token.is_none()
                && artefact.owner.as_identity().is_none()
                && served.any(|key| token.providers.contains(key))
        };
        let artefacts = || self.inventory.artefacts.iter().filter(stays);
        if artefacts().any(|artefact| holds(&artefact)) {
            return Some("another sign-in keeps it".to_owned());
        }
        let twins = &self.inventory.twins;
        if let Some(twin) = twins.iter().find(holds) {
            let entry = twin.place.location();
            return Some(format!("{entry}, another configuration's, keeps it"));
        }
        let unread = artefacts().chain(twins).find(may_hold);
        if unread.is_some() {
            return Some("what could not be read may keep it for others".to_owned());
        }
        let problems = self.inventory.problems.iter();
        let mut hiding = problems.filter(|problem| problem.hides && self.may_hold_theirs(problem));
        hiding
            .next()
            .map(|problem| format!("{} could not be read and may keep it", problem.location))
    }

    /// Collects, where only a client app is unlinked, the tokens of everything else, which must not
    /// end with it.
    fn tokens_beside_the_app(&self) -> BTreeSet<Fingerprint> {
        if self.request.client_app.is_none() {
            return BTreeSet::new();
        }
        let artefacts = self.inventory.artefacts.iter();
        artefacts
            .filter(|artefact| !matches!(self.membership(artefact), Selection::In))
            .filter_map(|artefact| artefact.token)
            .collect()
    }

    pub(super) fn revocations(&self) -> Vec<Step> {
        let asked = if self.request.revoke {
            &self.ending
        } else {
            &self.unasked
        };
        let good = self.tokens_not_over();
        let mut steps: Vec<Step> = asked
            .iter()
            .filter_map(|fingerprint| {
                let token = self.inventory.tokens.get(fingerprint)?;
                let is_good = good.contains(fingerprint) && !is_worthless(token);
                if !self.request.revoke && !is_good {
                    return None;
                }
                let state = if is_good { State::Live } else { State::Expired };
                Some(Step {
                    state,
                    ..self.revocation(*fingerprint, token)
                })
            })
            .collect();
        // Fingerprints differ from run to run; what is shown must not.
        steps.sort_by_cached_key(|step| (step.system, step.subject().to_owned()));
        steps
    }

    /// Tokens of which not every copy says that it has ended by itself, or that can be renewed.
    fn tokens_not_over(&self) -> BTreeSet<Fingerprint> {
        let artefacts = self.inventory.artefacts.iter();
        let good = artefacts.filter(|artefact| artefact.state != State::Expired);
        let good = good.filter_map(|artefact| artefact.token);
        let renewable = self.inventory.tokens.iter();
        let renewable = renewable.filter(|(_, token)| token.renewal.outlives_its_token());
        good.chain(renewable.map(|(fingerprint, _)| *fingerprint))
            .collect()
    }

    /// Other accounts that a token signs in.
    fn other_accounts(&self, fingerprint: Fingerprint, token: &Token) -> Vec<String> {
        let accounts = self.inventory.signed_in_by.get(&fingerprint);
        let names = accounts.into_iter().flatten().map(|(_, name)| name);
        names
            .filter(|name| token.account.as_ref() != Some(name))
            .cloned()
            .collect()
    }

    fn revocation(&self, fingerprint: Fingerprint, token: &Token) -> Step {
        let provider = token
            .providers
            .first()
            .map(|key| self.identity_graph.written(key).to_owned())
            .or_else(|| self.host_of(token));
        let served: Vec<String> = token
            .providers
            .iter()
            .filter(|key| {
                !self.scope.providers.contains(*key) && !self.roots.contains(key.as_str())
            })
            .map(|key| self.identity_graph.written(key).to_owned())
            .chain(self.other_accounts(fingerprint, token))
            .collect();
        let orphan = match &token.revocation {
            Revocation::SsoPortal { start_url, .. } if provider.is_none() => start_url.clone(),
            _ => None,
        };
        let allowed = &self.request.allow_endpoints;
        let revocation = token.revocation.clone().settled(allowed);
        let mut reason = revocation.effect();
        if !self.request.revoke {
            reason = match (&token.renewal, token.expires_at) {
                (Renewability::With(_), _) => "--no-revoke; its session can be renewed".to_owned(),
                (Renewability::No, Some(at)) => {
                    format!("--no-revoke; a copy would stay good until {at}")
                }
                (Renewability::Not(_), _) => {
                    "--no-revoke; when its session ends is not known".to_owned()
                }
                (Renewability::No, None) => "--no-revoke; a copy would stay good".to_owned(),
            };
        } else if is_worthless(token) {
            // A file's word for an end, by this machine's clock, is none of the server's.
            reason = format!("{reason}; it should have ended by itself");
        } else if let Some(shared) = token.shared {
            reason = format!("{reason}; {shared}");
        }
        if self.request.revoke {
            let hosts = token.elsewhere.iter();
            let hosts: BTreeSet<String> = hosts.map(|other| other.endpoint().host()).collect();
            if !hosts.is_empty() {
                let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
                let hosts = join_names(&hosts);
                reason = format!("{reason}; {hosts} may know it too, and is asked as well");
            }
            if !served.is_empty() {
                let served: Vec<&str> = served.iter().map(String::as_str).collect();
                let served = join_names(&served);
                reason = match token.account {
                    Some(_) => format!("{reason}; it also signs in {served}"),
                    None => format!("{reason}; it also served {served}"),
                };
            }
        }
        Step {
            deed: Action::Revoke {
                token: fingerprint,
                revocation,
                served,
            },
            decision: if self.request.revoke {
                Decision::Go
            } else {
                Decision::Keep(KeepReason::NotAsked)
            },
            owner: token.owner(),
            identity: token.account.clone(),
            provider,
            orphan,
            realm: None,
            system: token.system,
            class: Class::Session,
            state: State::Live,
            what: token.revocation.what(),
            reason,
            about: BTreeSet::new(),
        }
    }

    /// Whether an artefact that goes is another tool's copy of a token that is kept nowhere else.
    fn is_only_here(&self, artefact: &Artefact) -> bool {
        let is_kept = |token| self.kept_by_owners.contains(token);
        artefact.tie == Exclusivity::ForeignCopy && !artefact.token.as_ref().is_some_and(is_kept)
    }

    /// Finds where a person can end what an account holds: at its vendor, or at the org that its
    /// own file names.
    pub(super) fn page(&self, artefact: &Artefact) -> Option<String> {
        let of_vendor = || artefact.page().map(str::to_owned);
        let name = artefact.owner.as_account();
        let account = name.and_then(|name| self.accounts.get(&(artefact.system, name)));
        let facts = account.into_iter().flat_map(|account| &account.facts);
        let mut instances = facts.filter(|fact| fact.label == Fact::INSTANCE);
        let instance = instances.find(|fact| is_page(&fact.value));
        match instance {
            Some(fact) if artefact.system == System::SALESFORCE => {
                Some(Revocation::org_page(&fact.value))
            }
            _ => of_vendor(),
        }
    }

    fn host_of(&self, token: &Token) -> Option<String> {
        let account = self
            .accounts
            .get(&(token.system, token.account.as_deref()?))?;
        account.provider.clone()
    }

    /// A session that its server could end, if it could be told which: it goes on without a copy here.
    fn note_sealed(&self, artefact: &Artefact, notes: &mut Notes) {
        let goes = !matches!(self.decide(artefact).0, Decision::Keep(_));
        let Some(sealed) = artefact.sealed.filter(|_| goes && self.request.revoke) else {
            return;
        };
        let provider = artefact.owner.first_provider();
        let entry = provider.and_then(|key| self.identity_graph.provider(key));
        let is_native = artefact.owner.as_orphan().is_some()
            && matches!(artefact.place, Place::File { .. })
            && artefact.system == System::AWS;
        let is_portals = entry.is_some_and(|entry| entry.portal.is_some());
        if artefact.owner.as_identity().is_some() || !(is_portals || is_native) {
            return;
        }
        // The session that was found beside it ends. Whether it held the same token, nobody saw.
        let is_unread = matches!(
            sealed,
            TokenUnavailable::Locked | TokenUnavailable::Encrypted | TokenUnavailable::KeyMissing
        );
        let is_beside_another = is_unread
            && self.ending.iter().any(|token| {
                let token = self.inventory.tokens.get(token);
                token.is_some_and(|token| provider.is_some_and(|key| token.serves(key)))
            });
        if is_beside_another {
            let what = "token in an unread key store entry";
            let key = (artefact.system, provider.map(str::to_owned), what);
            let note = notes.entry(key).or_insert_with(|| Step {
                deed: Action::Unsupported { page: None },
                provider: entry.map(|entry| entry.written.clone()),
                what,
                reason: "if it is another one than the token that was found beside it".to_owned(),
                ..self.step(
                    artefact,
                    Decision::Keep(KeepReason::NoServerCall),
                    String::new(),
                )
            });
            note.about.insert((artefact.place.clone(), artefact.what));
            return;
        }
        let why = explain_silence(sealed);
        let what = "portal session";
        let orphan = artefact.owner.as_orphan();
        let key = (
            artefact.system,
            provider.or(orphan).map(str::to_owned),
            what,
        );
        let note = notes.entry(key).or_insert_with(|| Step {
            deed: Action::Unsupported {
                page: entry
                    .and_then(|entry| entry.sign_out_page.clone())
                    .or_else(|| orphan.filter(|page| is_page(page)).map(str::to_owned)),
            },
            provider: entry.map(|entry| entry.written.clone()),
            what,
            reason: format!("its server was not told: {why}"),
            ..self.step(
                artefact,
                Decision::Keep(KeepReason::TokenUnavailable),
                String::new(),
            )
        });
        note.about.insert((artefact.place.clone(), artefact.what));
    }

    /// A sign-in of an account that goes although its server could not be told.
    fn note_untold(&self, artefact: &Artefact, notes: &mut Notes) {
        let is_kept = matches!(self.decide(artefact).0, Decision::Keep(_));
        if is_kept || !self.request.revoke || artefact.state == State::Residue {
            return;
        }
        let account = artefact.owner.as_account();
        let why = artefact
            .sealed
            .map_or("its token could not be read", explain_silence);
        let key = (artefact.system, account.map(str::to_owned), artefact.what);
        notes.entry(key).or_insert_with(|| Step {
            deed: Action::Unsupported {
                page: self.page(artefact),
            },
            reason: format!("its server was not told: {why}"),
            ..self.step(
                artefact,
                Decision::Keep(KeepReason::TokenUnavailable),
                String::new(),
            )
        });
    }

    /// Live sessions that no server call of ours can end: said once per provider and kind.
    pub(super) fn note_unsupported(&self, artefact: &Artefact, notes: &mut Notes) {
        if matches!(artefact.place, Place::Stranger { .. }) {
            return;
        }
        let mut served = artefact.owner.as_providers().iter();
        let is_whole = served.all(|key| self.scope.providers.contains(key));
        if artefact.sealed.is_some() && is_whole && !artefact.owner.is_native() {
            return self.note_sealed(artefact, notes);
        }
        if artefact.sealed.is_some() && artefact.owner.is_native() {
            return self.note_untold(artefact, notes);
        }
        let is_ended = artefact
            .token
            .is_some_and(|token| self.ending.contains(&token));
        // A portal's session that others use goes on by design, and so does a copy of it. But a token
        // of one's own does not, nor one that only another tool keeps here.
        let token = artefact.token;
        let token = token.and_then(|token| self.inventory.tokens.get(&token));
        let token = token.filter(|token| token.revocation.can_end());
        let is_own = token.is_some_and(|token| token.revocation.is_own());
        let is_shared = token.is_some()
            && (is_own || self.is_only_here(artefact))
            && !is_ended
            && !matches!(self.decide(artefact).0, Decision::Keep(_));
        let local_only = (token.is_some() && !is_shared)
            || artefact.state != State::Live
            || artefact.class != Class::Session
            || artefact.system.info().is_local_only
            || artefact.tier != Category::SignIn;
        if local_only || !self.request.revoke {
            return;
        }
        let owner = &artefact.owner;
        let provider = owner.first_provider();
        let account = owner.as_account().map(str::to_owned);
        let key = (
            artefact.system,
            owner.first_name().map(str::to_owned),
            artefact.what,
        );
        let expires_at = token.map_or(artefact.expires_at, Token::session_ends_at);
        let mut reason = unsupported_reason(expires_at);
        if is_shared {
            let keeper = artefact
                .token
                .zip(token)
                .and_then(|(fingerprint, token)| self.remaining_keeper(fingerprint, token));
            let keeper = keeper.unwrap_or_else(|| "its provider serves others".to_owned());
            reason = format!("{keeper}, so it was not ended; {reason}");
        }
        let others = owner.as_providers().iter();
        let others = others.filter(|key| !self.scope.providers.contains(*key));
        let others: Vec<&str> = others.map(|key| self.identity_graph.written(key)).collect();
        let goes = !matches!(self.decide(artefact).0, Decision::Keep(_));
        // What one identity has of its provider serves nobody else.
        let is_providers = owner.is_configured() && owner.as_identity().is_none();
        if goes && is_providers && !others.is_empty() && !is_shared {
            reason = format!("{reason}; it also served {}", join_names(&others));
        }
        let decision = Decision::Keep(if is_shared {
            KeepReason::TokenUnavailable
        } else {
            KeepReason::NoServerCall
        });
        let page = Some(artefact.system)
            .filter(|system| is_shared || system.info().ends_at_its_providers_page)
            .and(provider)
            .and_then(|key| self.identity_graph.provider(key))
            .and_then(|entry| entry.sign_out_page.clone())
            .or_else(|| self.page(artefact));
        let note = notes.entry(key).or_insert_with(|| Step {
            deed: Action::Unsupported { page },
            decision: decision.clone(),
            identity: match &self.request.target {
                Target::Identity(key) => Some(self.identity_graph.written(key).to_owned()),
                _ if provider.is_some() => account,
                _ => account.or_else(|| {
                    let identity = owner.as_identity();
                    identity.map(|key| self.identity_graph.written(key).to_owned())
                }),
            },
            provider: provider.map(|key| self.identity_graph.written(key).to_owned()),
            realm: artefact.realm.clone(),
            reason: reason.clone(),
            ..self.step(artefact, decision.clone(), String::new())
        });
        if note.reason < reason {
            note.reason = reason;
        }
        note.about.insert((artefact.place.clone(), artefact.what));
    }
}

/// Why the server of a sign-in that goes is not told of it, as the end of a sentence.
const fn explain_silence(sealed: TokenUnavailable) -> &'static str {
    match sealed {
        TokenUnavailable::Locked
        | TokenUnavailable::Encrypted
        | TokenUnavailable::KeyMissing
        | TokenUnavailable::Broken
        | TokenUnavailable::Damaged
        | TokenUnavailable::Immovable => "its token could not be read",
        TokenUnavailable::NoToken => "the token has expired, but the session can be renewed",
        TokenUnavailable::NoRegion => "no region is recorded with its token",
        TokenUnavailable::BadRegion => "what is recorded as its region is none of AWS",
    }
}

/// Whether a token has ended, as far as can be told here, and nothing renews it.
fn is_worthless(token: &Token) -> bool {
    token.is_over && !token.renewal.outlives_its_token()
}

fn unsupported_reason(expires_at: Option<Timestamp>) -> String {
    expires_at.map_or_else(
        || "a copy would stay good".to_owned(),
        |at| format!("a copy would stay good until {at}"),
    )
}
