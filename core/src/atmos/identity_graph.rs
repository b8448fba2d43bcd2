//! The providers, identities and chains of the configuration (who exists, and via whom), as a value
//! that the stages share.

mod scope;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

pub use self::scope::{Scope, SharedLink};
use crate::selector::{self, Matches};
use crate::system::System;

/// Everybody that the configuration knows. Keys are names in lower case.
#[derive(Clone, Debug, Default)]
pub struct IdentityGraph {
    providers: Vec<ProviderEntry>,
    identities: Vec<IdentityEntry>,
    provider_index: HashMap<String, usize>,
    identity_index: HashMap<String, usize>,
    /// Identities directly behind a provider or identity, by position.
    behind_provider: HashMap<usize, Vec<usize>>,
    behind_identity: HashMap<usize, Vec<usize>>,
    /// Providers by the start page of their portal, as compared.
    by_page: HashMap<String, Vec<usize>>,
    /// The text before a `/` in the name of a provider or of an identity that stands alone.
    beginnings: HashSet<String>,
    roots: Vec<Root>,
}

/// A provider of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderEntry {
    /// The name in lower case.
    pub key: String,
    /// The name as written.
    pub written: String,
    /// The `kind` as written.
    pub kind: String,
    /// The family of sign-ins.
    pub system: System,
    /// Whether it resolves from the environment each time and never uses the keyring.
    pub ambient: bool,
    /// The portal it signs in at, for providers that may share one.
    pub portal: Option<Portal>,
    /// The page where a person ends the browser session.
    pub sign_out_page: Option<String>,
}

impl ProviderEntry {
    /// Whether its entry in a key store can only hold what signing in obtained, whatever it looks like:
    /// a portal's token, or the session of Atmos Pro.
    ///
    /// Source: Atmos `pkg/auth/credentials`, what each kind stores.
    pub fn holds_session_only(&self) -> bool {
        matches!(self.kind.as_str(), "aws/iam-identity-center" | "atmos/pro")
    }
}

/// A sign-in portal of AWS IAM Identity Center: its start page and region.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Portal {
    /// The start page, as configured.
    pub start_url: String,
    /// The region.
    pub region: String,
}

/// An identity of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityEntry {
    /// The name in lower case.
    pub key: String,
    /// The name as written.
    pub written: String,
    /// The `kind` as written.
    pub kind: String,
    /// The family of sign-ins.
    pub system: System,
    /// The provider or identity that it is obtained from.
    pub via: Via,
    /// Its alias, if it has one.
    pub alias: Option<String>,
    /// Whether it was written by auto-provisioning.
    pub provisioned: bool,
}

/// The source of an identity, as configured; the name need not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// A provider, by key.
    Provider(String),
    /// Another identity, by key.
    Identity(String),
    /// Nothing: it stands alone.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Root {
    Provider(usize),
    Identity(usize),
    Broken,
}

impl IdentityGraph {
    /// Puts everybody together; the order is kept. Time and space grow linearly.
    pub fn new(providers: Vec<ProviderEntry>, identities: Vec<IdentityEntry>) -> Self {
        let index = |keys: Vec<&String>| -> HashMap<String, usize> {
            keys.into_iter()
                .enumerate()
                .map(|(at, key)| (key.clone(), at))
                .collect()
        };
        let mut identity_graph = Self {
            provider_index: index(providers.iter().map(|p| &p.key).collect()),
            identity_index: index(identities.iter().map(|i| &i.key).collect()),
            providers,
            identities,
            ..Self::default()
        };
        for (at, provider) in identity_graph.providers.iter().enumerate() {
            if let Some(portal) = &provider.portal {
                identity_graph
                    .by_page
                    .entry(normalize_page(&portal.start_url))
                    .or_default()
                    .push(at);
            }
        }
        for at in 0..identity_graph.identities.len() {
            match &identity_graph.identities[at].via {
                Via::Provider(key) => {
                    if let Some(&provider) = identity_graph.provider_index.get(key) {
                        identity_graph
                            .behind_provider
                            .entry(provider)
                            .or_default()
                            .push(at);
                    }
                }
                Via::Identity(key) => {
                    if let Some(&identity) = identity_graph.identity_index.get(key) {
                        identity_graph
                            .behind_identity
                            .entry(identity)
                            .or_default()
                            .push(at);
                    }
                }
                Via::Nothing => {}
            }
        }
        let alone = identity_graph
            .identities
            .iter()
            .filter(|i| i.via == Via::Nothing);
        let keys = identity_graph
            .providers
            .iter()
            .map(|provider| &provider.key);
        let keys = keys.chain(alone.map(|identity| &identity.key));
        let beginnings = keys.flat_map(|key| key.match_indices('/').map(|(at, _)| &key[..at]));
        identity_graph.beginnings = beginnings.map(str::to_owned).collect();
        identity_graph.roots = identity_graph.find_roots();
        identity_graph
    }

    /// Roots are spread outwards from providers and standalone identities, so a ring or a missing
    /// link simply never gets one.
    fn find_roots(&self) -> Vec<Root> {
        let mut roots = vec![Root::Broken; self.identities.len()];
        let mut waiting: Vec<(usize, Root)> = Vec::new();
        for (&provider, identities) in &self.behind_provider {
            waiting.extend(identities.iter().map(|&at| (at, Root::Provider(provider))));
        }
        let alone = |(_, entry): &(usize, &IdentityEntry)| entry.via == Via::Nothing;
        waiting.extend(
            self.identities
                .iter()
                .enumerate()
                .filter(alone)
                .map(|(at, _)| (at, Root::Identity(at))),
        );
        while let Some((at, root)) = waiting.pop() {
            roots[at] = root;
            if let Some(next) = self.behind_identity.get(&at) {
                waiting.extend(next.iter().map(|&identity| (identity, root)));
            }
        }
        roots
    }

    /// All providers, in the order of the configuration.
    pub fn providers(&self) -> &[ProviderEntry] {
        &self.providers
    }

    /// All identities, in the order of the configuration.
    pub fn identities(&self) -> &[IdentityEntry] {
        &self.identities
    }

    /// The provider of that name, whatever its case.
    pub fn provider(&self, name: &str) -> Option<&ProviderEntry> {
        let at = find_by_name(&self.provider_index, name)?;
        self.providers.get(at)
    }

    /// Whether chains lead to a provider of that name, which is not configured; to any, if a chain
    /// breaks off before it names one.
    pub fn is_missing_provider(&self, name: &str) -> bool {
        let broken = self.roots.iter().zip(&self.identities);
        broken
            .filter(|(root, _)| **root == Root::Broken)
            .any(|(_, identity)| match &identity.via {
                Via::Provider(key) => *key == name.to_lowercase(),
                Via::Identity(key) => self.identity(key).is_none(),
                Via::Nothing => false,
            })
    }

    /// The identity of that name, whatever its case.
    pub fn identity(&self, name: &str) -> Option<&IdentityEntry> {
        let at = find_by_name(&self.identity_index, name)?;
        self.identities.get(at)
    }

    /// The identities that a selector means: by name or by alias. An alias that is another identity's
    /// name stands for that identity, as it does for Atmos.
    pub fn identities_called(&self, typed: &str) -> Matches<&IdentityEntry> {
        selector::find_matches(typed, &self.identities, |entry| {
            let is_name = |alias: &&String| {
                let named = self.identity(alias);
                named.is_some_and(|named| named.written == **alias || named.key == **alias)
            };
            let alias = entry.alias.as_ref().filter(|alias| !is_name(alias));
            std::iter::once(&entry.written)
                .chain(alias)
                .map(|name| Cow::Borrowed(name.as_str()))
                .collect()
        })
    }

    /// The name as written in the configuration, or the key itself.
    pub fn written<'a>(&'a self, key: &'a str) -> &'a str {
        self.identity(key)
            .map(|identity| identity.written.as_str())
            .or_else(|| self.provider(key).map(|provider| provider.written.as_str()))
            .unwrap_or(key)
    }

    /// The provider at the root of an identity's chain, if it has one.
    pub fn root_provider(&self, identity: &str) -> Option<&ProviderEntry> {
        match self.root(identity)? {
            Root::Provider(at) => self.providers.get(at),
            Root::Identity(_) | Root::Broken => None,
        }
    }

    /// The standalone identity at the root of an identity's chain, if it has one.
    pub fn root_identity(&self, identity: &str) -> Option<&IdentityEntry> {
        match self.root(identity)? {
            Root::Identity(at) => self.identities.get(at),
            Root::Provider(_) | Root::Broken => None,
        }
    }

    /// The identity of that name, if it stands alone: chains start at it as others do at a provider,
    /// and Atmos keeps the files of those behind it under its name.
    pub fn standalone(&self, name: &str) -> Option<&IdentityEntry> {
        self.identity(name)
            .filter(|identity| identity.via == Via::Nothing)
    }

    /// Whether the name of a provider, or of an identity that stands alone, goes on with a `/` after
    /// this one: in a path such a name is several directories.
    pub fn begins_a_name(&self, name: &str) -> bool {
        self.beginnings.contains(name)
    }

    fn root(&self, identity: &str) -> Option<Root> {
        self.roots
            .get(find_by_name(&self.identity_index, identity)?)
            .copied()
    }

    /// The chain of an identity as keys, root first. With a ring or a missing link it is what can be
    /// followed from the identity. Of a chain of more than `CHAIN_LENGTH` links the root and the ones
    /// next to the identity are told, with [`LEFT_OUT`] between them: written out for each of its
    /// links, a long chain would cost its length twice over.
    pub fn chain(&self, identity: &str) -> Vec<String> {
        let mut links = Vec::new();
        let mut seen = BTreeSet::new();
        let mut next = self.identity(identity);
        while let Some(entry) = next {
            if !seen.insert(entry.key.as_str()) {
                break;
            }
            if links.len() == CHAIN_LENGTH {
                links.push(LEFT_OUT.to_owned());
                let root = match self.root(identity) {
                    Some(Root::Provider(at)) => self.providers.get(at).map(|root| &root.key),
                    Some(Root::Identity(at)) => self.identities.get(at).map(|root| &root.key),
                    Some(Root::Broken) | None => None,
                };
                links.extend(root.cloned());
                break;
            }
            links.push(entry.key.clone());
            next = match &entry.via {
                Via::Identity(key) => self.identity(key),
                Via::Provider(key) => {
                    links.extend(self.provider(key).map(|provider| provider.key.clone()));
                    None
                }
                Via::Nothing => None,
            };
        }
        links.reverse();
        links
    }

    /// The providers whose portal has this start page (a final `/` or `/#/` aside), by key; if a
    /// region is told, those in it. A start page is one portal's in whatever region it is used, so
    /// where none is in that region, all are meant.
    pub fn providers_at(&self, start_url: &str, region: Option<&str>) -> Vec<String> {
        let at_page = self
            .by_page
            .get(&normalize_page(start_url))
            .into_iter()
            .flatten();
        let at_page: Vec<&ProviderEntry> =
            at_page.filter_map(|&at| self.providers.get(at)).collect();
        let is_there = |provider: &&&ProviderEntry| {
            let portal = provider.portal.as_ref();
            portal.is_some_and(|portal| region.is_none_or(|region| region == portal.region))
        };
        let key = |provider: &&ProviderEntry| provider.key.clone();
        let there: Vec<String> = at_page.iter().filter(is_there).map(key).collect();
        if there.is_empty() {
            return at_page.iter().map(key).collect();
        }
        there
    }
}

/// The most identities of a chain that are told.
const CHAIN_LENGTH: usize = 16;
/// Stands in a chain for the links that are left out.
pub const LEFT_OUT: &str = "…";

/// A start page as it is compared.
fn normalize_page(url: &str) -> String {
    url.trim().trim_end_matches(['/', '#']).to_ascii_lowercase()
}

fn find_by_name(index: &HashMap<String, usize>, name: &str) -> Option<usize> {
    index
        .get(name)
        .or_else(|| index.get(&name.to_lowercase()))
        .copied()
}

#[cfg(test)]
mod tests;
