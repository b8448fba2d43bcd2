//! Chains: provider → identity → … → identity.

use std::collections::HashSet;

use super::identity::Identity;
use super::model::Auth;

/// From the root to an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The links, the root first and the identity itself last.
    pub links: Vec<Link>,
}

/// One link of a chain, by its lower-case name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// A provider: only the first link can be one.
    Provider(String),
    /// An identity.
    Identity(String),
}

impl Link {
    /// The lower-case name.
    pub fn key(&self) -> &str {
        match self {
            Self::Provider(key) | Self::Identity(key) => key,
        }
    }
}

impl Chain {
    /// The provider at the root, if there is one.
    pub fn provider(&self) -> Option<&str> {
        match self.links.first() {
            Some(Link::Provider(key)) => Some(key),
            _ => None,
        }
    }

    /// The identities, the one nearest to the root first.
    pub fn identities(&self) -> impl Iterator<Item = &str> {
        self.links.iter().filter_map(|link| match link {
            Link::Identity(key) => Some(key.as_str()),
            Link::Provider(_) => None,
        })
    }

    /// The names as written, for people: `sso → admin → deployer`.
    pub fn describe(&self, auth: &Auth) -> String {
        let names = self.links.iter().map(|link| match link {
            Link::Provider(key) => auth.provider(key).map_or(key.as_str(), |p| &p.name.written),
            Link::Identity(key) => auth.identity(key).map_or(key.as_str(), |i| &i.name.written),
        });
        names.collect::<Vec<_>>().join(" → ")
    }
}

/// The reason why an identity has no chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// There is no such identity.
    #[error("identity '{name}' is not configured")]
    Unknown {
        /// The name that was asked for.
        name: String,
    },
    /// The chain comes back to itself.
    #[error("identity '{identity}' has no root: {}", .ring.join(" → "))]
    Cycle {
        /// The identity that was asked for.
        identity: String,
        /// The ring as written, the first name repeated at the end.
        ring: Vec<String>,
    },
    /// A link names a provider that is not configured.
    #[error("identity '{identity}' refers to provider '{provider}', which does not exist")]
    MissingProvider {
        /// The identity with the broken link.
        identity: String,
        /// The missing provider as written.
        provider: String,
    },
    /// A link names an identity that is not configured.
    #[error("identity '{identity}' refers to identity '{missing}', which does not exist")]
    MissingIdentity {
        /// The identity with the broken link.
        identity: String,
        /// The missing identity as written.
        missing: String,
    },
    /// A link needs a `via` and has none.
    #[error("identity '{identity}' has no `via.provider` or `via.identity`")]
    NoVia {
        /// The identity without a `via`.
        identity: String,
    },
}

/// The chain of an identity, found by its name whatever its case.
///
/// A standalone identity is its own root. Where both `via` keys are set, the provider counts, as in
/// Atmos.
///
/// # Errors
///
/// [`ChainError`] says which link is missing or which ring there is.
pub fn resolve_chain(auth: &Auth, identity: &str) -> Result<Chain, ChainError> {
    let start = auth.identity(identity).ok_or_else(|| ChainError::Unknown {
        name: identity.to_owned(),
    })?;
    let mut links = Vec::new();
    let mut seen = HashSet::new();
    let mut current = start;
    loop {
        if !seen.insert(current.name.key.as_str()) {
            let ring = trace_ring(auth, current);
            return Err(ChainError::Cycle {
                identity: start.name.written.clone(),
                ring,
            });
        }
        links.push(Link::Identity(current.name.key.clone()));
        if current.kind.is_standalone() {
            break;
        }
        if let Some(name) = current.via.provider() {
            let provider = auth
                .provider(&name.key)
                .ok_or_else(|| ChainError::MissingProvider {
                    identity: current.name.written.clone(),
                    provider: name.written.clone(),
                })?;
            links.push(Link::Provider(provider.name.key.clone()));
            break;
        }
        let name = current.via.identity().ok_or_else(|| ChainError::NoVia {
            identity: current.name.written.clone(),
        })?;
        current = auth
            .identity(&name.key)
            .ok_or_else(|| ChainError::MissingIdentity {
                identity: current.name.written.clone(),
                missing: name.written.clone(),
            })?;
    }
    links.reverse();
    Ok(Chain { links })
}

/// The identity that an identity gets its credentials from, if the link is whole.
pub(super) fn find_upstream<'a>(auth: &'a Auth, identity: &Identity) -> Option<&'a Identity> {
    if identity.kind.is_standalone() {
        return None;
    }
    auth.identity(&identity.via.identity()?.key)
}

/// The ring that an identity stands in, as written, closed by its own name.
pub(super) fn trace_ring(auth: &Auth, member: &Identity) -> Vec<String> {
    let mut names = vec![member.name.written.clone()];
    let mut current = find_upstream(auth, member);
    while let Some(identity) = current {
        names.push(identity.name.written.clone());
        if identity.name.key == member.name.key || names.len() > auth.identities.len() + 1 {
            break;
        }
        current = find_upstream(auth, identity);
    }
    names
}
