//! The configuration as it may be shown: what a variable gave is replaced by the variable's name.
//!
//! A repository chooses the variables that `!env` reads, and what is in one may be a secret.

use std::collections::HashMap;

use super::schema::{self, Named};
use super::{
    Auth, Configuration, Entry, Identity, IdentityKind, Mapping, Name, Node, Provider,
    ProviderKind, Source, Value, Via,
};
use crate::world::Environment;

impl Configuration {
    /// A copy whose providers and identities have `$NAME` where the variable `NAME` gave the value;
    /// `None` if no variable gave any. Names of kinds, truths, and `via` of who exists are no secrets
    /// and stay. The copy is for showing only: it has no sources and no diagnostics.
    pub fn shown(&self, environment: &Environment) -> Option<Self> {
        let given = Given::new(&self.sources, environment);
        let auth = &self.auth;
        let providers = auth.providers.iter().map(|entry| &entry.settings);
        let identities = auth.identities.iter().map(|entry| &entry.settings);
        if !providers.chain(identities).any(|node| given.is_in(node)) {
            return None;
        }
        Some(Self {
            directory: self.directory.clone(),
            base_path: self.base_path.clone(),
            profiles: self.profiles.clone(),
            realm_text: self.realm_text.clone(),
            other_directories: self.other_directories.clone(),
            variables: self.variables.clone(),
            found: self.found,
            auth: Auth {
                realm: auth.realm.clone(),
                providers: auth
                    .providers
                    .iter()
                    .map(|entry| given.provider(entry))
                    .collect(),
                identities: auth
                    .identities
                    .iter()
                    .map(|entry| given.identity(entry, auth))
                    .collect(),
                provider_index: auth.provider_index.clone(),
                identity_index: auth.identity_index.clone(),
                ..Auth::default()
            },
            ..Self::default()
        })
    }

    /// The variable that gave `auth.realm`, if one did. The realm is a directory's name, too, so it
    /// stays in the copy of [`Configuration::shown`].
    pub fn realm_variable<'a>(&'a self, environment: &'a Environment) -> Option<&'a str> {
        let realm = self.auth.realm.as_ref()?;
        let node = Node {
            value: Value::Scalar(realm.value.as_str().into()),
            location: realm.location,
        };
        Given::new(&self.sources, environment).variable(&node)
    }
}

/// What variables may have given.
struct Given<'a> {
    sources: &'a [Source],
    /// Names of variables by their values.
    names: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> Given<'a> {
    fn new(sources: &'a [Source], environment: &'a Environment) -> Self {
        let mut names: HashMap<&str, Vec<&str>> = HashMap::new();
        for (name, value) in environment.iter() {
            if let (Some(name), Some(value)) = (name.to_str(), value.to_str()) {
                names.entry(value).or_default().push(name);
            }
        }
        Self { sources, names }
    }

    /// The variable that gave a scalar. Whatever is not written where it stands, and is what a
    /// variable holds, was given by it: a tag can be written in many ways, and a value in one only.
    fn variable(&self, node: &Node) -> Option<&'a str> {
        let text = node.text().filter(|text| !text.is_empty())?;
        let names = self.names.get(text)?;
        if node.truth().is_some() {
            return None;
        }
        let source = self.sources.get(node.location.source as usize);
        let written = source
            .and_then(|source| source.text.get(node.location.bytes()))
            .unwrap_or_default();
        if written.trim().trim_matches(['"', '\'']) == text {
            return None;
        }
        let called = names.iter().find(|name| written.contains(**name));
        called.or_else(|| names.first()).copied()
    }

    fn is_in(&self, node: &Node) -> bool {
        match &node.value {
            Value::Unset(_) => false,
            Value::Scalar(_) => self.variable(node).is_some(),
            Value::Sequence(items) | Value::Append(items) => {
                items.iter().any(|item| self.is_in(item))
            }
            Value::Mapping(mapping) => mapping.iter().any(|entry| self.is_in(&entry.value)),
        }
    }

    /// The parser's limit of depth bounds the recursion.
    fn node(&self, node: &Node) -> Node {
        let list = |items: &[Node]| items.iter().map(|item| self.node(item)).collect();
        let value = match &node.value {
            Value::Scalar(_) => match self.variable(node) {
                Some(name) => Value::Scalar(format!("${name}").into()),
                None => node.value.clone(),
            },
            Value::Sequence(items) => Value::Sequence(list(items)),
            Value::Append(items) => Value::Append(list(items)),
            Value::Mapping(mapping) => {
                let entries = mapping.iter().map(|entry| Entry {
                    value: self.node(&entry.value),
                    ..entry.clone()
                });
                Value::Mapping(Mapping::from_entries(entries.collect()))
            }
            Value::Unset(_) => node.value.clone(),
        };
        Node {
            value,
            location: node.location,
        }
    }

    fn named(&self, name: &Name, settings: &Node) -> Named {
        Named {
            name: name.clone(),
            location: settings.location,
            settings: self.node(settings),
        }
    }

    fn provider(&self, entry: &Provider) -> Provider {
        let shown = schema::provider(self.named(&entry.name, &entry.settings));
        Provider {
            kind: match &entry.kind {
                ProviderKind::Unknown(_) => shown.kind,
                known => known.clone(),
            },
            location: entry.location,
            ..shown
        }
    }

    fn identity(&self, entry: &Identity, auth: &Auth) -> Identity {
        let shown = schema::identity(self.named(&entry.name, &entry.settings), u32::MAX);
        let is_somebody = match &entry.via {
            Via::None => true,
            Via::Provider(provider) => auth.provider(&provider.key).is_some(),
            Via::Identity(identity) => auth.identity(&identity.key).is_some(),
            Via::Both { provider, identity } => {
                auth.provider(&provider.key).is_some() && auth.identity(&identity.key).is_some()
            }
        };
        Identity {
            kind: match &entry.kind {
                IdentityKind::Unknown(_) => shown.kind,
                known => known.clone(),
            },
            via: if is_somebody {
                entry.via.clone()
            } else {
                shown.via
            },
            location: entry.location,
            provisioned: entry.provisioned,
            ..shown
        }
    }
}
