//! What a logout covers: identities, providers, and the links of a chain that stay because others use
//! them.

use std::collections::BTreeSet;

use super::{CHAIN_LENGTH, IdentityGraph, Root, Via, find_by_name};

/// The identities and providers that a logout covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Identities, by key.
    pub identities: BTreeSet<String>,
    /// Providers, by key.
    pub providers: BTreeSet<String>,
    /// Links of the chain that stay because others use them.
    pub shared: Vec<SharedLink>,
}

/// A link of a chain that others use too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedLink {
    /// The provider or identity, by key.
    pub key: String,
    /// Whether it is a provider.
    pub is_provider: bool,
    /// The identities that also use it, as written, sorted; none if it is only kept because somebody
    /// is signed in to it for its own sake.
    pub sharers: Vec<String>,
}

impl IdentityGraph {
    /// Tells what the logout of one identity covers: it, and the links of its chain that nobody
    /// else uses. The first link that others use stays, and all above it.
    ///
    /// An identity in between that somebody has signed in to for its own sake (`is_signed_in`) is
    /// such another user: other identities stay usable.
    pub fn scope_of_identity(&self, identity: &str, is_signed_in: impl Fn(&str) -> bool) -> Scope {
        self.scope_of_identities(&[identity], is_signed_in)
    }

    /// What several logouts of identities cover together: a link goes when everybody who uses it does,
    /// in whatever order they are named.
    pub fn scope_of_identities(
        &self,
        identities: &[&str],
        is_signed_in: impl Fn(&str) -> bool,
    ) -> Scope {
        let mut scope = Scope::default();
        loop {
            let before = scope.identities.len() + scope.providers.len();
            let mut next = Scope {
                shared: Vec::new(),
                ..scope
            };
            for identity in identities {
                self.widen_by_identity(identity, &is_signed_in, &mut next);
            }
            scope = next;
            // Whoever is named later may have been the last to use a link.
            if identities.len() < 2 || scope.identities.len() + scope.providers.len() == before {
                return scope;
            }
        }
    }

    /// Adds an identity, and the links of its chain that nobody uses outside of the scope.
    fn widen_by_identity(
        &self,
        identity: &str,
        is_signed_in: &impl Fn(&str) -> bool,
        scope: &mut Scope,
    ) {
        let Some(start) = find_by_name(&self.identity_index, identity) else {
            return;
        };
        if !self.only_used_within(self.behind_identity.get(&start), scope) {
            // Somebody is reached through it, so somebody uses every link above it too.
            scope.identities.insert(self.identities[start].key.clone());
            self.note_shared_links(start, scope);
            return;
        }
        let mut next = Some(start);
        let mut walked = BTreeSet::new();
        while let Some(at) = next {
            let entry = &self.identities[at];
            scope.identities.insert(entry.key.clone());
            if !walked.insert(at) {
                break;
            }
            next = None;
            match &entry.via {
                Via::Identity(key) => {
                    let Some(&parent) = self.identity_index.get(key) else {
                        break;
                    };
                    let unused = self.only_used_within(self.behind_identity.get(&parent), scope);
                    if unused && !is_signed_in(key) {
                        next = Some(parent);
                    } else {
                        self.note_shared_links(at, scope);
                    }
                }
                Via::Provider(key) => {
                    let Some(&provider) = self.provider_index.get(key) else {
                        break;
                    };
                    if self.only_used_within(self.behind_provider.get(&provider), scope) {
                        scope.providers.insert(key.clone());
                    } else {
                        self.note_shared_links(at, scope);
                    }
                }
                Via::Nothing => {}
            }
        }
    }

    fn only_used_within(&self, users: Option<&Vec<usize>>, scope: &Scope) -> bool {
        users.is_none_or(|users| {
            users
                .iter()
                .all(|&user| scope.identities.contains(&self.identities[user].key))
        })
    }

    /// Names every link above an identity that stays, with the other identities that use it.
    fn note_shared_links(&self, from: usize, scope: &mut Scope) {
        let mut at = from;
        let mut seen = BTreeSet::from([from]);
        // Each link has everybody behind it as a user.
        while scope.shared.len() < CHAIN_LENGTH {
            match &self.identities[at].via {
                Via::Identity(key) => {
                    let Some(&parent) = self.identity_index.get(key) else {
                        return;
                    };
                    if !seen.insert(parent) {
                        return;
                    }
                    let mut users = self.reaching(&Root::Identity(parent));
                    users.insert(parent);
                    scope
                        .shared
                        .push(self.shared_link(key, false, &users, scope));
                    at = parent;
                }
                Via::Provider(key) => {
                    let Some(&provider) = self.provider_index.get(key) else {
                        return;
                    };
                    let users = self.reaching(&Root::Provider(provider));
                    scope
                        .shared
                        .push(self.shared_link(key, true, &users, scope));
                    return;
                }
                Via::Nothing => return,
            }
        }
    }

    fn shared_link(
        &self,
        key: &str,
        is_provider: bool,
        users: &BTreeSet<usize>,
        scope: &Scope,
    ) -> SharedLink {
        let mut sharers: Vec<String> = users
            .iter()
            .map(|&user| &self.identities[user])
            .filter(|user| !scope.identities.contains(&user.key) && user.key != key)
            .map(|user| user.written.clone())
            .collect();
        sharers.sort();
        SharedLink {
            key: key.to_owned(),
            is_provider,
            sharers,
        }
    }

    /// All identities behind a provider or identity, directly or not.
    fn reaching(&self, start: &Root) -> BTreeSet<usize> {
        let first = match start {
            Root::Provider(at) => self.behind_provider.get(at),
            Root::Identity(at) => self.behind_identity.get(at),
            Root::Broken => None,
        };
        let mut found = BTreeSet::new();
        let mut waiting: Vec<usize> = first.cloned().unwrap_or_default();
        while let Some(at) = waiting.pop() {
            if found.insert(at) {
                waiting.extend(self.behind_identity.get(&at).into_iter().flatten());
            }
        }
        found
    }

    /// Whether an identity and everybody behind it are covered.
    pub fn is_all_behind(&self, identity: &str, scope: &Scope) -> bool {
        let Some(root) = find_by_name(&self.identity_index, identity) else {
            return false;
        };
        let mut all = self.reaching(&Root::Identity(root));
        all.insert(root);
        all.iter()
            .all(|&at| scope.identities.contains(&self.identities[at].key))
    }

    /// Tells what the logout of providers covers: them and all identities through them.
    pub fn scope_of_providers<'a>(&self, providers: impl IntoIterator<Item = &'a str>) -> Scope {
        let mut scope = Scope::default();
        let wanted: BTreeSet<usize> = providers
            .into_iter()
            .filter_map(|key| find_by_name(&self.provider_index, key))
            .collect();
        scope
            .providers
            .extend(wanted.iter().map(|&at| self.providers[at].key.clone()));
        for (root, identity) in self.roots.iter().zip(&self.identities) {
            if matches!(root, Root::Provider(at) if wanted.contains(at)) {
                scope.identities.insert(identity.key.clone());
            }
        }
        scope
    }

    /// Everything that the configuration knows.
    pub fn scope_of_everything(&self) -> Scope {
        Scope {
            identities: self
                .identities
                .iter()
                .map(|identity| identity.key.clone())
                .collect(),
            providers: self
                .providers
                .iter()
                .map(|provider| provider.key.clone())
                .collect(),
            shared: Vec::new(),
        }
    }
}
