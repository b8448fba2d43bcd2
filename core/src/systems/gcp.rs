//! Google Cloud: what Atmos writes for impersonated service accounts.
//!
//! Source: Atmos `pkg/auth/cloud/gcp/files.go`.

use serde_json::Value;

use super::System;
use super::discovery::{
    DiscoveryContext, DiscoveryScope, Lookup, RemoveIfEmpty, in_realm, json_object,
    parse_timestamp, whole_file,
};
use crate::inventory::{Artefact, Class, Owner, State};
use crate::io::files::ConfinedPath;

/// Everything of Google Cloud that a logout should look at.
pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let discovery = *discovery;
    let root = discovery.below(&discovery.world.atmos_config_root());
    discovery.each_realm(root, "gcp", move |root, name| {
        build_realm_lookup(discovery, root, name)
    })
}

/// `{base}/{realm}/gcp/<provider>`.
fn build_realm_lookup<'a>(
    discovery: DiscoveryContext<'a>,
    root: &ConfinedPath,
    realm: &str,
) -> Option<Lookup<'a>> {
    let directory = in_realm(root, realm, "gcp")?;
    let realm = Some(realm.to_owned());
    let tidy = RemoveIfEmpty::in_realm(System::GCP, realm.clone());
    Some(Lookup::each(directory, tidy, move |entry, path| {
        let identity_graph = discovery.identity_graph;
        let is_looked_at = entry.may_be_directory()
            && (discovery.reach == DiscoveryScope::Machine
                || identity_graph.provider(&entry.name).is_some()
                || identity_graph.standalone(&entry.name).is_some());
        is_looked_at.then(|| build_provider_lookup(discovery, path, &entry.name, realm.clone()))
    }))
}

fn build_provider_lookup<'a>(
    discovery: DiscoveryContext<'a>,
    directory: ConfinedPath,
    name: &str,
    realm: Option<String>,
) -> Lookup<'a> {
    let context = Context {
        discovery,
        provider: name.to_lowercase(),
        realm: realm.clone(),
    };
    let tidy = RemoveIfEmpty {
        realm,
        names_strangers: true,
        ..RemoveIfEmpty::of(System::GCP, context.directory_owner().unwrap_or_default())
    };
    Lookup::each(directory, tidy, move |entry, path| {
        match entry.name.as_str() {
            "adc" => Some(context.identities(path, &[CREDENTIALS, ACCESS_TOKEN])),
            "config" => Some(context.identities(path, &[PROPERTIES])),
            name => context.lock(&path, name),
        }
    })
}

// What Atmos writes for an identity.
const CREDENTIALS: &str = "application_default_credentials.json";
const ACCESS_TOKEN: &str = "access_token";
const PROPERTIES: &str = "properties";

#[derive(Clone)]
struct Context<'a> {
    discovery: DiscoveryContext<'a>,
    provider: String,
    realm: Option<String>,
}

impl<'a> Context<'a> {
    fn configured_provider(&self) -> Option<&'a str> {
        let is_own = self.discovery.is_own_realm(self.realm.as_deref());
        let provider = self.discovery.identity_graph.provider(&self.provider)?;
        is_own.then_some(provider.key.as_str())
    }

    /// Whose the directory is in the configuration: a provider's, or that of the chains that start at
    /// an identity.
    fn directory_owner(&self) -> Option<Owner> {
        if let Some(provider) = self.configured_provider() {
            return Some(Owner::providers([provider]));
        }
        let root = self.discovery.identity_graph.standalone(&self.provider)?;
        let is_own = self.discovery.is_own_realm(self.realm.as_deref());
        is_own.then(|| Owner::root(&root.key))
    }

    fn entry_owner(&self, identity: &str) -> Option<Owner> {
        let owner = self.directory_owner();
        let is_own = self.discovery.is_own_realm(self.realm.as_deref());
        match self
            .discovery
            .identity_graph
            .identity(identity)
            .filter(|_| is_own)
        {
            Some(entry) => Some(Owner::identity(&entry.key, self.configured_provider())),
            None if owner.is_some() || self.discovery.reach != DiscoveryScope::Configured => {
                Some(owner.unwrap_or_default().into_orphan(identity))
            }
            None => None,
        }
    }

    /// One directory per identity.
    fn identities(&self, directory: ConfinedPath, files: &'static [&'static str]) -> Lookup<'a> {
        let context = self.clone();
        let tidy = RemoveIfEmpty {
            realm: self.realm.clone(),
            names_strangers: true,
            ..RemoveIfEmpty::of(System::GCP, self.directory_owner().unwrap_or_default())
        };
        Lookup::each(directory, tidy, move |entry, path| {
            let owner = context.entry_owner(&entry.name)?;
            entry
                .may_be_directory()
                .then(|| context.files(path, owner, files))
        })
    }

    fn files(
        &self,
        directory: ConfinedPath,
        owner: Owner,
        files: &'static [&'static str],
    ) -> Lookup<'a> {
        let context = self.clone();
        let tidy = RemoveIfEmpty {
            realm: self.realm.clone(),
            names_strangers: true,
            ..RemoveIfEmpty::of(System::GCP, owner.clone())
        };
        Lookup::named(directory, tidy, files, move |name, file| {
            context.file(name, file, owner.clone())
        })
    }

    fn file(&self, name: &str, file: ConfinedPath, owner: Owner) -> Lookup<'a> {
        let found = |what| Artefact {
            realm: self.realm.clone(),
            ..whole_file(System::GCP, &file, owner, what)
        };
        let credential = match name {
            PROPERTIES => {
                return Lookup::found(Artefact {
                    state: State::Residue,
                    ..found("gcloud settings")
                });
            }
            ACCESS_TOKEN => found("Google access token"),
            _ => found("Google credentials"),
        };
        let discovery = self.discovery;
        Lookup::read(file, move |_, bytes, findings| {
            let found = discovery.until(credential.clone(), parse_expiry(bytes));
            let object = json_object(bytes).unwrap_or_default();
            let has = |key: &str| {
                let value = object.get(key).and_then(Value::as_str);
                value.is_some_and(|text| !text.trim().is_empty())
            };
            findings.artefact(if has("private_key") {
                // Atmos writes none: a person put it there.
                Artefact {
                    class: Class::Stored,
                    what: "key of a service account",
                    ..discovery.until(found, None)
                }
            } else if has("refresh_token") {
                // It makes new access tokens long after the one beside it has ended.
                discovery.until(found, None)
            } else {
                found
            });
        })
    }

    /// `<identity>.identity.lock`.
    fn lock(&self, file: &ConfinedPath, name: &str) -> Option<Lookup<'a>> {
        let owner = self.entry_owner(name.strip_suffix(".identity.lock")?)?;
        Some(Lookup::found(Artefact {
            state: State::Residue,
            realm: self.realm.clone(),
            ..whole_file(System::GCP, file, owner, "lock file")
        }))
    }
}

/// The end of an access token: `token_expiry` of the JSON form, or the second line of the other.
fn parse_expiry(bytes: &[u8]) -> Option<jiff::Timestamp> {
    if let Some(object) = json_object(bytes) {
        return parse_timestamp(object.get("token_expiry")?.as_str()?);
    }
    parse_timestamp(std::str::from_utf8(bytes).ok()?.lines().nth(1)?)
}
