//! Inventory to sessions: artefacts in groups, each with its state, its end and the answer of its server.

use std::collections::{BTreeMap, BTreeSet};

use super::{Protection, Session, SessionState, Status, Verdict};
use crate::atmos::identity_graph::IdentityGraph;
use crate::inventory::{Artefact, Category, Exclusivity, Inventory, State};
use crate::path::ConfinedPath;
use crate::remote::TokenStatus;
use crate::systems::System;

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
    // What has no end of its own goes on when the keys beside it have ended.
    let is_endless = |artefact: &Artefact| {
        let token = artefact
            .token
            .and_then(|token| inventory.tokens.get(&token));
        let has_no_end = token.is_some_and(|token| token.expires_at.is_none());
        artefact.state == State::Live && artefact.expires_at.is_none() && has_no_end
    };
    let is_endless = state == SessionState::Live && artefacts.iter().any(is_endless);
    let expires_at = artefacts
        .iter()
        .filter(|_| !is_endless)
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
