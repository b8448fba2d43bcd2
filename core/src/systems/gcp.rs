//! Google Cloud: what Atmos writes for impersonated service accounts.
//!
//! Source: Atmos `pkg/auth/cloud/gcp/files.go`.

use serde_json::{Map, Value};

use super::System;
use super::ai::GOOGLE;
use super::discovery::{
    DiscoveryContext, DiscoveryScope, InventoryBuilder, Lookup, RemoveIfEmpty, in_realm,
    json_object, parse_timestamp, whole_file,
};
use crate::inventory::{Artefact, Class, Owner, Revocation, State};
use crate::io::files::ConfinedPath;
use crate::remote::{Endpoint, EndpointSource};
use crate::secret::{Fingerprint, Secret};

/// Everything of Google Cloud that a logout should look at.
pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let discovery = *discovery;
    let root = discovery.below(&discovery.world.atmos_config_root());
    // Before Atmos's own files: what the person has besides is only used by them.
    let mut lookups = build_default_lookups(discovery);
    lookups.extend(discovery.each_realm(root, "gcp", move |root, name| {
        build_realm_lookup(discovery, root, name)
    }));
    lookups
}

/// The files that Google's libraries take, of which the catalogue says what becomes of them.
fn build_default_lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let world = discovery.world;
    let named = |name: &str| {
        let value = world.environment.get(name)?;
        (!value.trim().is_empty()).then(|| world.working_directory.join(value))
    };
    let directories = [
        named("CLOUDSDK_CONFIG"),
        Some(world.home.join(".config/gcloud")),
    ];
    let files = directories.into_iter().flatten();
    let files = files.map(|directory| directory.join(CREDENTIALS));
    let files = files.chain(named("GOOGLE_APPLICATION_CREDENTIALS"));
    let lookup = |file: std::path::PathBuf| {
        Lookup::attempt(discovery.below(&file), |_, bytes, findings| {
            let object = bytes.ok().and_then(json_object).unwrap_or_default();
            let source = object.get("source_credentials");
            let tokens = [
                object.get("refresh_token"),
                source.and_then(|of| of.get("refresh_token")),
            ];
            for token in tokens.into_iter().flatten().filter_map(Value::as_str) {
                let token = findings.fingerprint(&Secret::new(token.to_owned()));
                findings.notes.google_tokens.insert(token);
            }
        })
    };
    files.map(lookup).collect()
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
            let mut object = json_object(bytes).unwrap_or_default();
            let has = |key: &str| {
                let value = object.get(key).and_then(Value::as_str);
                value.is_some_and(|text| !text.trim().is_empty())
            };
            let found = if has("private_key") {
                // Atmos writes none: a person put it there.
                Artefact {
                    class: Class::Stored,
                    what: "key of a service account",
                    ..discovery.until(found, None)
                }
            } else if has("refresh_token") {
                let providers = found.owner.as_providers().to_vec();
                let is_good = found.state == State::Live && found.expires_at.is_some();
                let token = note_grant(&mut object, is_good, &providers, findings);
                Artefact {
                    token,
                    // It makes new access tokens long after the one beside it has ended.
                    ..discovery.until(found, None)
                }
            } else {
                found
            };
            findings.artefact(found);
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

/// Notes how Google ends what a person agreed to in a browser. Tokens of service accounts and workloads
/// end by themselves: there is nothing that it could end.
fn note_grant(
    object: &mut Map<String, Value>,
    is_access_good: bool,
    providers: &[String],
    findings: &mut InventoryBuilder<'_>,
) -> Option<Fingerprint> {
    let mut secret = |key: &str| match object.remove(key) {
        Some(Value::String(text)) if !text.trim().is_empty() => Some(Secret::new(text)),
        _ => None,
    };
    let (token, access_token) = (secret("refresh_token")?, secret("access_token"));
    let revocation = Revocation::Http {
        service: &GOOGLE,
        endpoint: Endpoint {
            url: GOOGLE.address.to_string(),
            named_by: EndpointSource::Vendor,
        },
        recorded: Vec::new(),
    };
    let fingerprint = findings.fingerprint(&token);
    // It is ended with the person's own sign-in, and not with this one.
    if findings.notes.google_tokens.contains(&fingerprint) {
        return Some(fingerprint);
    }
    let token = findings.token(token, System::GCP, revocation, None, providers);
    if let Some(access_token) = access_token.filter(|_| is_access_good) {
        findings.ask_with(token, access_token);
    }
    Some(token)
}

/// The end of an access token: `token_expiry` of the JSON form, or the second line of the other.
fn parse_expiry(bytes: &[u8]) -> Option<jiff::Timestamp> {
    if let Some(object) = json_object(bytes) {
        return parse_timestamp(object.get("token_expiry")?.as_str()?);
    }
    parse_timestamp(std::str::from_utf8(bytes).ok()?.lines().nth(1)?)
}
