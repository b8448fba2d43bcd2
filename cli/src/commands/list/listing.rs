//! What is listed: the configuration's entries with their states, and what else is signed in.

use std::collections::{HashMap, HashSet};

use adieu::atmos::config::{Auth, Configuration, Identity, Provider};
use adieu::atmos::identity_graph::IdentityGraph;
use adieu::inventory::{Artefact, State};
use adieu::report::{Session, SessionState, Status, Verdict};
use jiff::Timestamp;

use super::super::context::Context;
use super::super::identity::is_ambient;
use super::super::select::{add_known_names, find_nearest_name};
use crate::args::ListArgs;
use crate::ui::{Failure, to_plain_text};

/// How an entry stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    pub(crate) state: SessionState,
    pub(crate) expires_at: Option<Timestamp>,
    /// It takes its credentials from the environment each time; there is nothing to sign in to.
    pub(crate) is_ambient: bool,
}

impl Standing {
    const NOTHING: Self = Self {
        state: SessionState::SignedOut,
        expires_at: None,
        is_ambient: false,
    };
}

/// A provider of the list.
pub(crate) struct ListedProvider<'a> {
    pub(crate) entry: &'a Provider,
    pub(crate) standing: Standing,
    /// Whether it was asked for, and is not only there because of an identity behind it.
    pub(crate) is_meant: bool,
}

/// An identity of the list.
pub(crate) struct ListedIdentity<'a> {
    pub(crate) entry: &'a Identity,
    pub(crate) standing: Standing,
    /// Whether it was asked for, and is not only there because of an identity behind it.
    pub(crate) is_meant: bool,
}

/// All that is listed, in the order of the configuration.
pub(crate) struct Listing<'a> {
    pub(crate) identity_graph: &'a IdentityGraph,
    pub(crate) providers: Vec<ListedProvider<'a>>,
    pub(crate) identities: Vec<ListedIdentity<'a>>,
    /// Sessions that no configuration knows.
    pub(crate) others: Vec<Session>,
    /// Whether providers were asked for at all.
    pub(crate) with_providers: bool,
    /// Whether identities were asked for at all.
    pub(crate) with_identities: bool,
}

/// The states of everybody, by key.
pub(super) struct Standings {
    providers: HashMap<String, Standing>,
    identities: HashMap<String, Standing>,
}

impl Standings {
    pub(super) fn of(context: &Context, status: &Status) -> Self {
        let mut by_provider: HashMap<&str, Vec<&Artefact>> = HashMap::new();
        let mut identities = HashMap::new();
        for session in status.sessions.iter().filter(|session| session.configured) {
            match &session.identity {
                Some(name) => {
                    let standing = Standing {
                        state: session.state,
                        expires_at: session.expires_at,
                        is_ambient: false,
                    };
                    identities.insert(name.to_lowercase(), standing);
                }
                // A portal's session may serve several providers.
                None => {
                    for artefact in &session.artefacts {
                        for provider in artefact.owner.as_providers() {
                            by_provider.entry(provider).or_default().push(artefact);
                        }
                    }
                }
            }
        }
        for identity in &context.adieu.configuration.auth.identities {
            let standing = identities
                .entry(identity.name.key.clone())
                .or_insert(Standing::NOTHING);
            if standing.state == SessionState::SignedOut && is_ambient(context, identity) {
                standing.state = SessionState::Unknown;
                standing.is_ambient = true;
            }
        }
        let providers = by_provider
            .into_iter()
            .map(|(provider, artefacts)| (provider.to_owned(), find_best_standing(&artefacts)))
            .collect();
        Self {
            providers,
            identities,
        }
    }
}

/// The best that any of the artefacts gives.
fn find_best_standing(artefacts: &[&Artefact]) -> Standing {
    let word = |artefact: &Artefact| match artefact.state {
        State::Live => SessionState::Live,
        State::Unknown => SessionState::Unknown,
        State::Expired => SessionState::Expired,
        State::Residue => SessionState::SignedOut,
    };
    let state = artefacts
        .iter()
        .map(|artefact| word(artefact))
        .min()
        .unwrap_or(SessionState::SignedOut);
    let expires_at = artefacts
        .iter()
        .filter(|artefact| word(artefact) == state)
        .filter_map(|artefact| artefact.expires_at)
        .max();
    Standing {
        state,
        expires_at,
        is_ambient: false,
    }
}

impl<'a> Listing<'a> {
    /// What the arguments leave. `status` holds what the selectors left, and loses what the other
    /// arguments leave out. `shown` is the configuration as it may be shown.
    pub(super) fn new(
        context: &'a Context,
        shown: &'a Configuration,
        arguments: &ListArgs,
        standings: &Standings,
        status: &mut Status,
    ) -> Result<Self, Failure> {
        let wanted = Wanted::of(context, arguments, status)?;
        status.sessions.retain(|session| wanted.holds(session));
        status.verdict = Verdict::of(&status.sessions, &status.leftovers, &status.overrides);
        let auth = &shown.auth;
        let of = |standings: &HashMap<String, Standing>, key: &str| {
            standings.get(key).copied().unwrap_or(Standing::NOTHING)
        };
        let mut providers: Vec<ListedProvider<'a>> = auth
            .providers
            .iter()
            .map(|entry| ListedProvider {
                entry,
                standing: of(&standings.providers, &entry.name.key),
                is_meant: wanted.providers.contains(&entry.name.key),
            })
            .collect();
        let mut identities: Vec<ListedIdentity<'a>> = auth
            .identities
            .iter()
            .map(|entry| ListedIdentity {
                entry,
                standing: of(&standings.identities, &entry.name.key),
                is_meant: wanted.identities.contains(&entry.name.key),
            })
            .collect();
        let links = links_of(&context.adieu.identity_graph, &wanted.identities);
        providers.retain(|listed| listed.is_meant || links.contains(&listed.entry.name.key));
        identities.retain(|listed| listed.is_meant || links.contains(&listed.entry.name.key));
        Ok(Self {
            identity_graph: &context.adieu.identity_graph,
            providers,
            identities,
            others: status
                .sessions
                .iter()
                .filter(|session| !session.configured)
                .cloned()
                .collect(),
            with_providers: arguments.identities.is_none(),
            with_identities: arguments.providers.is_none(),
        })
    }
}

/// Everybody on the way from the roots to these identities; each link is walked once.
fn links_of(identity_graph: &IdentityGraph, identities: &HashSet<String>) -> HashSet<String> {
    use adieu::atmos::identity_graph::Via;

    let mut links = HashSet::new();
    for identity in identities {
        let mut next = identity_graph.identity(identity);
        while let Some(entry) = next {
            next = match &entry.via {
                Via::Identity(key) if links.insert(key.clone()) => identity_graph.identity(key),
                Via::Provider(key) => {
                    links.insert(key.clone());
                    None
                }
                _ => None,
            };
        }
    }
    links
}

/// What the arguments leave, by key.
struct Wanted {
    providers: HashSet<String>,
    identities: HashSet<String>,
    with_others: bool,
}

impl Wanted {
    fn of(context: &Context, arguments: &ListArgs, status: &Status) -> Result<Self, Failure> {
        let auth = &context.adieu.configuration.auth;
        let named_providers = check_names(
            context,
            arguments.providers.as_deref(),
            "provider",
            auth.providers.iter().map(|provider| &provider.name.written),
        )?;
        let named_identities = check_names(
            context,
            arguments.identities.as_deref(),
            "identity",
            auth.identities
                .iter()
                .map(|identity| &identity.name.written),
        )?;
        check_tags(context, &arguments.tags)?;
        let tagged = |tags: &[String]| {
            arguments.tags.is_empty() || tags.iter().any(|tag| arguments.tags.contains(tag))
        };
        let is_selected = |key: &str, of_identity: bool| {
            (arguments.selectors.is_empty() && arguments.filter.is_none())
                || status.sessions.iter().any(|session| {
                    let name = match (&session.identity, of_identity) {
                        (Some(identity), true) => Some(identity),
                        (None, false) => session.provider.as_ref(),
                        _ => None,
                    };
                    session.configured && name.is_some_and(|name| name.to_lowercase() == key)
                })
        };
        let providers = auth.providers.iter().filter(|provider| {
            arguments.identities.is_none()
                && named_providers.allow(&provider.name.key)
                && tagged(&provider.tags)
                && is_selected(&provider.name.key, false)
        });
        let identities = auth.identities.iter().filter(|identity| {
            arguments.providers.is_none()
                && named_identities.allow(&identity.name.key)
                && tagged(&identity.tags)
                && is_selected(&identity.name.key, true)
        });
        Ok(Self {
            providers: providers
                .map(|provider| provider.name.key.clone())
                .collect(),
            identities: identities
                .map(|identity| identity.name.key.clone())
                .collect(),
            with_others: arguments.providers.is_none()
                && arguments.identities.is_none()
                && arguments.tags.is_empty(),
        })
    }

    fn holds(&self, session: &Session) -> bool {
        match (session.configured, &session.identity, &session.provider) {
            (true, Some(identity), _) => self.identities.contains(&identity.to_lowercase()),
            (true, None, Some(provider)) => self.providers.contains(&provider.to_lowercase()),
            (false, ..) | (true, None, None) => self.with_others,
        }
    }
}

/// The names of `--providers=a,b` in lower case; none for all.
struct Named(HashSet<String>);

impl Named {
    fn allow(&self, key: &str) -> bool {
        self.0.is_empty() || self.0.contains(key)
    }
}

fn check_names<'n>(
    context: &Context,
    given: Option<&[String]>,
    what: &str,
    known: impl Iterator<Item = &'n String>,
) -> Result<Named, Failure> {
    let wanted: HashSet<String> = given
        .unwrap_or_default()
        .iter()
        .filter(|name| !name.is_empty())
        .map(|name| name.to_lowercase())
        .collect();
    if wanted.is_empty() {
        return Ok(Named(wanted));
    }
    let known: Vec<String> = known.map(|name| to_plain_text(name).into_owned()).collect();
    let keys: HashSet<String> = known.iter().map(|name| name.to_lowercase()).collect();
    let mut missing: Vec<&String> = wanted.difference(&keys).collect();
    missing.sort();
    let Some(first) = missing.first() else {
        return Ok(Named(wanted));
    };
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    let failure = Failure::usage(format!("{what} not found: \"{}\"", to_plain_text(first)));
    let failure = add_known_names(context, failure, "Available:", &names);
    Err(match find_nearest_name(first, &names) {
        Some(nearest) => failure.hint(format!("Did you mean '{nearest}'?")),
        None => failure,
    })
}

fn is_a_tag(auth: &Auth, tag: &String) -> bool {
    let providers = auth.providers.iter().map(|provider| &provider.tags);
    let identities = auth.identities.iter().map(|identity| &identity.tags);
    providers.chain(identities).any(|tags| tags.contains(tag))
}

fn check_tags(context: &Context, tags: &[String]) -> Result<(), Failure> {
    let configuration = &context.adieu.configuration;
    if tags.iter().all(|tag| is_a_tag(&configuration.auth, tag)) {
        return Ok(());
    }
    let auth = &configuration.auth;
    let mut known: Vec<String> = auth
        .providers
        .iter()
        .map(|provider| &provider.tags)
        .chain(auth.identities.iter().map(|identity| &identity.tags))
        .flatten()
        .map(|tag| to_plain_text(tag).into_owned())
        .collect();
    known.sort_unstable();
    known.dedup();
    match tags.iter().find(|tag| !known.contains(*tag)) {
        None => Ok(()),
        Some(unknown) => {
            let names: Vec<&str> = known.iter().map(String::as_str).collect();
            let message = format!("nothing has the tag \"{}\"", to_plain_text(unknown));
            Err(add_known_names(
                context,
                Failure::usage(message),
                "Available tags:",
                &names,
            ))
        }
    }
}
