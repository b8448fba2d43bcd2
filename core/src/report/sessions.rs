//! Inventory to sessions: who is signed in, and the verdict on what was looked at.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Protection;
use crate::atmos::identity_graph::IdentityGraph;
use crate::inventory::Pending;
use crate::inventory::{
    Account, Age, Artefact, Category, Exclusivity, Inventory, Override, OverrideKind, Problem,
    SameSecret, State, WrittenSecret,
};
use crate::path::{ConfinedPath, FollowedLink};
use crate::remote::TokenStatus;
use crate::secret::Fingerprint;
use crate::systems::System;

/// One sign-in that exists now, or a configured identity that is signed out.
#[derive(Clone, Debug)]
pub struct Session {
    /// The family of sign-ins.
    pub system: System,
    /// The provider as written, if there is one.
    pub provider: Option<String>,
    /// The identity as written; `None` for a provider's own session.
    pub identity: Option<String>,
    /// Whether the configuration knows it.
    pub configured: bool,
    /// The realm it was found in; `None` for systems without realms.
    pub realm: Option<String>,
    /// Names from provider to identity, as written.
    pub chain: Vec<String>,
    /// Live, expired, unknown or signed out.
    pub state: SessionState,
    /// The moment when it ends by itself: the latest of its live artefacts.
    pub expires_at: Option<Timestamp>,
    /// The moment when it was made, where that can be told ([`crate::discover::note_files`]).
    pub age: Option<Age>,
    /// The ways in which its credentials are kept.
    pub protection: BTreeSet<Protection>,
    /// Whether others on the machine may read a file with a credential of it, by its permission bits.
    pub is_readable_by_others: bool,
    /// What its tool takes before it, if there is such: a variable, a helper.
    pub preceded_by: Option<String>,
    /// The artefacts that it consists of.
    pub artefacts: Vec<Artefact>,
    /// The other providers, as written, that something in it serves as well: one portal's session, or
    /// one cache, may sign in to several.
    pub shared_with: Vec<String>,
    /// The way in which a server can end it.
    pub revocation: &'static str,
    /// The account, if it is one that its system keeps by itself.
    pub account: Option<Account>,
    /// The answer of its server, where servers were asked and there is something to ask about.
    pub answer: Option<TokenStatus>,
}

/// The state of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SessionState {
    /// It can be used now.
    Live,
    /// Something is there, but whether it can be used could not be told.
    Unknown,
    /// It is past its end.
    Expired,
    /// Nothing is there.
    SignedOut,
}

impl Session {
    /// The tokens in it that a server could accept. That one has ended is only its file's word, so its
    /// server is asked.
    pub fn usable_tokens(&self) -> impl Iterator<Item = Fingerprint> + '_ {
        let usable = self.artefacts.iter();
        usable
            .filter(|artefact| artefact.state != State::Residue)
            .filter_map(|artefact| artefact.token)
    }
}

impl SessionState {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
            Self::SignedOut => "signed-out",
        }
    }
}

/// Whether somebody is signed in, as far as was looked ([`Status::covers`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody is signed in, nothing overrides.
    Clean,
    /// Somebody is signed in.
    SignedIn,
    /// Nobody is signed in by file or keyring, but an override is.
    Overridden,
    /// Nobody was found signed in, but not everything could be looked at.
    Unknown,
}

impl Verdict {
    /// Tells what these sessions and overrides say. What could not be looked at says nothing here:
    /// [`Status::conclusion`] minds it.
    pub fn of(sessions: &[Session], leftovers: &[Artefact], overrides: &[Override]) -> Self {
        let is_live = |session: &Session| session.state == SessionState::Live;
        // A login to another service, or a good key in a backup: whoever reads the file can use it.
        let is_usable = |left: &Artefact| {
            matches!(left.tier, Category::Attached | Category::Footprint)
                && left.state == State::Live
        };
        if sessions.iter().any(is_live) || leftovers.iter().any(is_usable) {
            Self::SignedIn
        } else if overrides
            .iter()
            .any(|found| found.kind != OverrideKind::Notice)
        {
            Self::Overridden
        } else {
            Self::Clean
        }
    }

    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::SignedIn => "signed-in",
            Self::Overridden => "overridden",
            Self::Unknown => "unknown",
        }
    }
}

/// Everybody's state.
#[derive(Clone, Debug)]
pub struct Status {
    /// Sessions, configured ones in the order of the configuration, then the others.
    pub sessions: Vec<Session>,
    /// Leftovers beside the sign-ins: logins to other services, traces of who was signed in.
    pub leftovers: Vec<Artefact>,
    /// Variables and settings that keep tools signed in regardless.
    pub overrides: Vec<Override>,
    /// Secrets that are at several places.
    pub same_secrets: Vec<SameSecret>,
    /// Secrets in shell profiles that override nothing known here.
    pub written: Vec<WrittenSecret>,
    /// Places that could not be looked at.
    pub problems: Vec<Problem>,
    /// Sessions that earlier logouts could not end at their server, and that have not ended by
    /// themselves; none unless it was read ([`crate::pending`]).
    pub pending: Vec<Pending>,
    /// The number of places that were looked at.
    pub checked: usize,
    /// The systems that were looked at, each as a whole; nothing is said of any other.
    pub covers: Vec<System>,
    /// How many files look like sign-ins and are ignored, since a person said that they are none.
    pub ignored: usize,
    /// The links inside the home through which something was found.
    pub links: Vec<FollowedLink>,
    /// Clean, or not; see [`Status::conclusion`].
    pub verdict: Verdict,
}

impl Status {
    /// Whether secrets of other services are kept in settings, of which nobody can say whether they
    /// are still good.
    pub fn has_doubtful_secrets(&self) -> bool {
        let is_doubtful =
            |left: &Artefact| left.tier == Category::Attached && left.state == State::Unknown;
        self.leftovers.iter().any(is_doubtful)
    }

    /// What looks like a sign-in of a tool that nobody has described.
    pub fn possible(&self) -> impl Iterator<Item = &Artefact> {
        let left = self.leftovers.iter();
        left.filter(|left| left.tier == Category::Possible)
    }

    /// The answer: clean only where everything could be looked at.
    pub fn conclusion(&self) -> Verdict {
        let unsure = self
            .sessions
            .iter()
            .any(|s| s.state == SessionState::Unknown)
            || self.has_doubtful_secrets()
            || self.possible().next().is_some()
            || self.problems.iter().any(|problem| problem.hides)
            || self.pending.iter().any(Pending::is_unknown);
        let goes_on = self.pending.iter().any(Pending::can_be_used);
        match self.verdict {
            // A session that goes on is one, though no copy of it is here.
            Verdict::Clean if goes_on => Verdict::SignedIn,
            Verdict::Clean if unsure => Verdict::Unknown,
            found => found,
        }
    }

    /// 0 clean, 1 somebody is signed in or an override is active, 3 could not tell.
    pub fn check_status(&self) -> u8 {
        match self.conclusion() {
            Verdict::SignedIn | Verdict::Overridden => 1,
            Verdict::Unknown => 3,
            Verdict::Clean => 0,
        }
    }
}

/// Identity, provider, name of an orphan, its realm, account, system.
type Key = (
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    System,
);

/// Groups artefacts into sessions. With `all_configured`, configured identities and providers that
/// are signed out are listed too.
pub fn build_status(
    inventory: &Inventory,
    identity_graph: &IdentityGraph,
    all_configured: bool,
) -> Status {
    let mut groups: BTreeMap<Key, Vec<Artefact>> = BTreeMap::new();
    for artefact in inventory
        .artefacts
        .iter()
        .filter(|artefact| artefact.state != State::Residue && artefact.tier == Category::SignIn)
        // What only protects other things is no sign-in.
        .filter(|artefact| artefact.tie != Exclusivity::Last)
    {
        for key in list_keys(artefact) {
            groups.entry(key).or_default().push(artefact.clone());
        }
    }
    let mut sessions = Vec::new();
    let for_everybody = for_everybody(inventory);
    for provider in identity_graph.providers() {
        let mut found = take_of_provider(&mut groups, &provider.key);
        if let Some(shared) = for_everybody.get(&(provider.system, &provider.key)) {
            add_shared(&mut found, shared);
        }
        if found.is_empty() && all_configured {
            found.push(Vec::new());
        }
        sessions.extend(found.into_iter().map(|artefacts| {
            let first = artefacts.first();
            let system = first.map_or(provider.system, |artefact| artefact.system);
            Session {
                provider: Some(provider.written.clone()),
                chain: vec![provider.written.clone()],
                shared_with: list_other_providers(&artefacts, &provider.key, identity_graph),
                ..build_session(system, None, artefacts, inventory)
            }
        }));
    }
    let mut by_identity: BTreeMap<String, Vec<Artefact>> = BTreeMap::new();
    groups.retain(|(identity, ..), artefacts| match identity {
        Some(identity) if identity_graph.identity(identity).is_some() => {
            by_identity
                .entry(identity.clone())
                .or_default()
                .append(artefacts);
            false
        }
        _ => true,
    });
    for identity in identity_graph.identities() {
        let mut artefacts = by_identity.remove(&identity.key).unwrap_or_default();
        let root = identity_graph.root_provider(&identity.key);
        let shared = root.and_then(|root| for_everybody.get(&(identity.system, &root.key)));
        for artefact in shared.into_iter().flatten() {
            if artefacts.iter().all(|own| own.place != artefact.place) {
                artefacts.push((*artefact).clone());
            }
        }
        if artefacts.is_empty() && !all_configured {
            continue;
        }
        let name = Some(identity.written.clone());
        let session = build_session(identity.system, name, artefacts, inventory);
        let state = match session.state {
            // Nothing was found, but not everywhere could be looked.
            SessionState::SignedOut if inventory.may_hide(identity, identity_graph) => {
                SessionState::Unknown
            }
            state => state,
        };
        let chain = identity_graph.chain(&identity.key);
        sessions.push(Session {
            provider: root.map(|provider| provider.written.clone()),
            chain: chain
                .iter()
                .map(|link| identity_graph.written(link).to_owned())
                .collect(),
            state,
            ..session
        });
    }
    sessions.extend(collect_account_sessions(
        inventory,
        &mut groups,
        all_configured,
    ));
    sessions.extend(groups.into_iter().map(
        |((identity, provider, orphan, _, _, system), artefacts)| {
            let identity = orphan.or(identity);
            Session {
                configured: false,
                chain: provider.iter().chain(&identity).cloned().collect(),
                provider,
                ..build_session(system, identity, artefacts, inventory)
            }
        },
    ));
    let leftovers = collect_leftovers(inventory, &sessions);
    let verdict = Verdict::of(&sessions, &leftovers, &inventory.overrides);
    Status {
        sessions,
        leftovers,
        overrides: inventory.overrides.clone(),
        same_secrets: inventory.same_secrets(),
        written: inventory.written.clone(),
        problems: inventory.problems.clone(),
        pending: Vec::new(),
        checked: inventory.checked,
        covers: inventory.covers.clone(),
        ignored: inventory.ignored.len(),
        links: inventory.links_to(inventory.artefacts.iter().map(|found| &found.place)),
        verdict,
    }
}

/// Collects what is left beside the sign-ins; of an account that is signed out, also what a logout
/// would have taken along.
fn collect_leftovers(inventory: &Inventory, sessions: &[Session]) -> Vec<Artefact> {
    let signed_in: BTreeSet<(System, &str)> = sessions
        .iter()
        .filter(|session| session.state != SessionState::SignedOut)
        .filter_map(|session| Some((session.system, session.identity.as_deref()?)))
        .collect();
    let is_left = |artefact: &&Artefact| match artefact.tier {
        Category::Attached | Category::Footprint | Category::Possible => true,
        Category::SignIn => {
            let owner = artefact.owner.as_account();
            artefact.state == State::Residue
                && owner.is_some_and(|name| !signed_in.contains(&(artefact.system, name)))
        }
        Category::Data => false,
    };
    let left = inventory.artefacts.iter().filter(is_left);
    left.cloned().collect()
}

/// The groups that an artefact belongs to: that of each provider that it serves, if it is no identity's
/// or account's.
fn list_keys(artefact: &Artefact) -> Vec<Key> {
    let owner = &artefact.owner;
    let to_owned = |name: Option<&str>| name.map(str::to_owned);
    let key = |provider: Option<&String>| {
        (
            to_owned(owner.as_identity()),
            provider.cloned(),
            to_owned(owner.as_orphan()),
            // The same name in two realms is two sign-ins.
            owner.as_orphan().and(artefact.realm.clone()),
            to_owned(owner.as_account()),
            artefact.system,
        )
    };
    let is_somebodys = owner.as_identity().is_some() || owner.as_account().is_some();
    match owner.as_providers() {
        [_, _, ..] if !is_somebodys => owner.as_providers().iter().map(Some).map(key).collect(),
        providers => vec![key(providers.first())],
    }
}

/// The other providers that artefacts of a provider serve, as written, each once.
fn list_other_providers(
    artefacts: &[Artefact],
    provider: &str,
    identity_graph: &IdentityGraph,
) -> Vec<String> {
    let mut others: Vec<String> = Vec::new();
    for other in artefacts
        .iter()
        .flat_map(|found| found.owner.as_providers())
    {
        let written = identity_graph
            .provider(other)
            .map_or(other, |provider| &provider.written);
        if other != provider && !others.contains(written) {
            others.push(written.clone());
        }
    }
    others
}

/// A session for each account that has something, or for all of them.
fn collect_account_sessions(
    inventory: &Inventory,
    groups: &mut BTreeMap<Key, Vec<Artefact>>,
    signed_out_too: bool,
) -> Vec<Session> {
    let mut sessions = Vec::new();
    // What only looks like a sign-in is nobody's session.
    let known = inventory.accounts.iter();
    for account in known.filter(|account| account.system != System::POSSIBLE) {
        let name = Some(account.name.clone());
        let key = (None, None, None, None, name, account.system);
        let artefacts = groups.remove(&key).unwrap_or_default();
        let may_be_hidden = inventory.may_hide_account(account);
        if artefacts.is_empty() && !signed_out_too && !may_be_hidden {
            continue;
        }
        let chain = account.provider.iter().chain([&account.name]);
        let name = Some(account.name.clone());
        let session = build_session(account.system, name, artefacts, inventory);
        let state = match session.state {
            // Its traces were found, and where its login would be could not be looked.
            SessionState::SignedOut if may_be_hidden => SessionState::Unknown,
            state => state,
        };
        sessions.push(Session {
            provider: account.provider.clone(),
            chain: chain.cloned().collect(),
            configured: false,
            account: Some(account.clone()),
            state,
            ..session
        });
    }
    sessions
}

/// A provider's own artefacts, in groups by system.
fn take_of_provider(
    groups: &mut BTreeMap<Key, Vec<Artefact>>,
    provider: &str,
) -> Vec<Vec<Artefact>> {
    let key = |system| (None, Some(provider.to_owned()), None, None, None, system);
    System::families()
        .filter_map(|system| groups.remove(&key(system)))
        .collect()
}

/// Collects what signs in every identity behind its provider, by system and provider.
fn for_everybody(inventory: &Inventory) -> BTreeMap<(System, &String), Vec<&Artefact>> {
    let mut found: BTreeMap<_, Vec<&Artefact>> = BTreeMap::new();
    let all = inventory.artefacts.iter();
    for artefact in all.filter(|artefact| artefact.signs_in_everybody) {
        for provider in artefact.owner.as_providers() {
            let known = found.entry((artefact.system, provider)).or_default();
            known.push(artefact);
        }
    }
    found
}

/// Adds what a provider's own file signs in to the group of its system, whoever it was written for.
fn add_shared(groups: &mut Vec<Vec<Artefact>>, shared: &[&Artefact]) {
    for artefact in shared {
        let is_own = |group: &&mut Vec<Artefact>| {
            let mut own = group.iter();
            own.any(|own| own.system == artefact.system)
        };
        match groups.iter_mut().find(is_own) {
            Some(group) if group.iter().any(|own| own.place == artefact.place) => {}
            Some(group) => group.push((*artefact).clone()),
            None => groups.push(vec![(*artefact).clone()]),
        }
    }
}

fn build_session(
    system: System,
    identity: Option<String>,
    artefacts: Vec<Artefact>,
    inventory: &Inventory,
) -> Session {
    let state = judge_state(&artefacts);
    let expires_at = artefacts
        .iter()
        .filter(|artefact| state != SessionState::Live || artefact.state == State::Live)
        .filter_map(|artefact| artefact.expires_at)
        .max();
    let revocation = describe_revocation(&artefacts, inventory);
    let answer = choose_answer(state, &artefacts, inventory);
    let credentials = || {
        artefacts
            .iter()
            .filter(|found| found.state != State::Residue)
    };
    let is_open = |found: &Artefact| {
        let path = found.place.file().map(ConfinedPath::to_path);
        let facts = path.and_then(|path| inventory.files.get(&path));
        facts.is_some_and(|facts| facts.is_readable_by_others)
            && Protection::of(found) == Protection::PlainFile
    };
    let mut first = inventory.overrides.iter();
    let first = first.find(|found| found.system == system && found.kind.comes_first());
    Session {
        age: inventory.age_of(credentials()),
        protection: credentials().map(Protection::of).collect(),
        is_readable_by_others: credentials().any(is_open),
        preceded_by: first.map(|found| found.name.clone()),
        system,
        provider: None,
        identity,
        configured: true,
        realm: artefacts.iter().find_map(|artefact| artefact.realm.clone()),
        chain: Vec::new(),
        state,
        expires_at,
        artefacts,
        shared_with: Vec::new(),
        revocation,
        account: None,
        answer,
    }
}

/// The answer that counts for a session with several tokens: one that is accepted is enough to use
/// it, and one of which nothing is known may be.
fn choose_answer(
    state: SessionState,
    artefacts: &[Artefact],
    inventory: &Inventory,
) -> Option<TokenStatus> {
    let answers = inventory.answers.as_ref()?;
    let rank = |answer: &&TokenStatus| match answer {
        TokenStatus::Accepted => 0,
        TokenStatus::Unknown { .. } => 1,
        TokenStatus::Refused => 2,
        TokenStatus::NotAsked { .. } => 3,
    };
    let tokens = artefacts.iter().filter_map(|artefact| artefact.token);
    let found = tokens
        .filter_map(|token| answers.get(&token))
        .min_by_key(rank);
    let is_usable = matches!(state, SessionState::Live | SessionState::Unknown);
    let is_ai = artefacts
        .iter()
        .any(|artefact| artefact.system.info().is_ai);
    let why = if is_ai {
        TokenStatus::NO_CALL
    } else {
        "nothing in it is a token that its server can be asked about"
    };
    found
        .cloned()
        .or_else(|| is_usable.then_some(TokenStatus::NotAsked { why }))
}

fn judge_state(artefacts: &[Artefact]) -> SessionState {
    artefacts
        .iter()
        .map(|artefact| match artefact.state {
            State::Live => SessionState::Live,
            State::Unknown => SessionState::Unknown,
            State::Expired => SessionState::Expired,
            State::Residue => SessionState::SignedOut,
        })
        .min()
        .unwrap_or(SessionState::SignedOut)
}

fn describe_revocation(artefacts: &[Artefact], inventory: &Inventory) -> &'static str {
    let remote = artefacts
        .iter()
        .filter_map(|artefact| artefact.token)
        .filter_map(|token| inventory.tokens.get(&token))
        .any(|token| token.revocation.can_end());
    if remote {
        "remote"
    } else if artefacts.iter().any(|a| {
        a.system.info().ends_at_its_providers_page || a.system.info().account_page.is_some()
    }) {
        "manual"
    } else {
        "none"
    }
}
