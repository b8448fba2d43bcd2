//! Azure: what Atmos keeps below `~/.azure/atmos`, and what it copied into the Azure CLI's files.
//!
//! Source: Atmos `pkg/auth/cloud/azure`; MSAL's unified cache format.

use std::collections::BTreeSet;

use serde_json::Value;

mod cli;

use super::System;
use super::discovery::{
    DiscoveryContext, DiscoveryScope, InventoryBuilder, Lookup, RemoveIfEmpty, build_artefact,
    json_object, parse_timestamp, whole_file,
};
use crate::inventory::{Artefact, Owner, State};
use crate::io::files::ConfinedPath;
use crate::secret::Secret;

/// Everything of Azure that a logout should look at.
pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let discovery = *discovery;
    let mut lookups = Vec::new();
    lookups.extend(
        discovery
            .in_home(".azure/atmos")
            .map(|directory| build_realms_lookup(discovery, directory.without_links_below())),
    );
    let cache = discovery.below(&discovery.world.atmos_cache_root());
    lookups.extend(
        cache
            .join("azure-device-code")
            .map(|directory| old_tokens(discovery, directory)),
    );
    // After Atmos's own files: they say which secrets in the CLI's cache are Atmos's copies.
    lookups.extend(cli::list_lookups(discovery));
    lookups
}

/// What Atmos writes for each realm apart.
pub(super) fn lookups_in_other_realms<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let directory = discovery.in_home(".azure/atmos");
    let discovery = *discovery;
    let lookups =
        directory.map(|directory| build_realms_lookup(discovery, directory.without_links_below()));
    lookups.into_iter().collect()
}

/// `~/.azure/atmos/{realm}/<provider>/credentials.json`; without a realm one directory less.
fn build_realms_lookup(discovery: DiscoveryContext<'_>, directory: ConfinedPath) -> Lookup<'_> {
    let tidy = RemoveIfEmpty {
        realm: Some(String::new()),
        ..RemoveIfEmpty::shared(System::AZURE)
    };
    Lookup::each(directory, tidy, move |entry, path| {
        let is_own = || discovery.realms.contains(&entry.name) || is_azure(&discovery, &entry.name);
        let is_meant = match discovery.reach {
            DiscoveryScope::Machine => true,
            DiscoveryScope::Configured => is_own(),
            DiscoveryScope::OtherRealms => !is_own(),
        };
        (entry.may_be_directory() && is_meant)
            .then(|| realm_or_provider(discovery, path, &entry.name))
    })
}

fn is_azure(discovery: &DiscoveryContext<'_>, name: &str) -> bool {
    discovery
        .identity_graph
        .provider(name)
        .is_some_and(|provider| provider.system == System::AZURE)
}

/// The file in which Azure's libraries keep tokens, Atmos's copy of it included.
pub(super) const TOKEN_CACHE: &str = "msal_token_cache.json";

/// The file of a provider.
const CREDENTIALS: &str = "credentials.json";

/// What Atmos locks while it writes; it leaves both behind.
const CACHE_LOCK: &str = "msal_token_cache.json.lock";
const CREDENTIALS_LOCK: &str = "credentials.json.lock";

/// A directory that is a realm's, or without a realm a provider's, or both: what lies in it tells.
fn realm_or_provider<'a>(
    discovery: DiscoveryContext<'a>,
    directory: ConfinedPath,
    name: &str,
) -> Lookup<'a> {
    let is_realm = discovery.realms.iter().any(|realm| realm == name);
    let tidy = if is_azure(&discovery, name) && !is_realm {
        tidy_of_provider(&discovery, name, "")
    } else {
        RemoveIfEmpty {
            locks: vec![CACHE_LOCK, CREDENTIALS_LOCK],
            names_strangers: false,
            ..RemoveIfEmpty::in_realm(System::AZURE, name.to_owned())
        }
    };
    let name = name.to_owned();
    Lookup::each(directory, tidy, move |entry, path| {
        if entry.name == TOKEN_CACHE {
            return Some(msal_cache(discovery, path, &name));
        }
        if entry.name == CREDENTIALS {
            return Some(credentials_file(discovery, path, &name, ""));
        }
        let is_looked_at = entry.may_be_directory()
            && (is_azure(&discovery, &entry.name) || discovery.reach == DiscoveryScope::Machine);
        is_looked_at.then(|| build_provider_lookup(discovery, path, &entry.name, &name))
    })
}

/// A provider's directory in a realm.
fn build_provider_lookup<'a>(
    discovery: DiscoveryContext<'a>,
    directory: ConfinedPath,
    name: &str,
    realm: &str,
) -> Lookup<'a> {
    let tidy = tidy_of_provider(&discovery, name, realm);
    let (name, realm) = (name.to_owned(), realm.to_owned());
    Lookup::named(directory, tidy, &[CREDENTIALS], move |_, file| {
        credentials_file(discovery, file, &name, &realm)
    })
}

fn tidy_of_provider(discovery: &DiscoveryContext<'_>, name: &str, realm: &str) -> RemoveIfEmpty {
    RemoveIfEmpty {
        realm: Some(realm.to_owned()),
        locks: vec![CREDENTIALS_LOCK],
        names_strangers: true,
        ..RemoveIfEmpty::of(System::AZURE, provider_owner(discovery, name, realm))
    }
}

fn provider_owner(discovery: &DiscoveryContext<'_>, provider: &str, realm: &str) -> Owner {
    let is_own = discovery.is_own_realm(Some(realm));
    match discovery
        .identity_graph
        .provider(provider)
        .filter(|_| is_own)
    {
        Some(provider) => Owner::providers([&provider.key]),
        None => Owner::orphan(provider),
    }
}

fn credentials_file<'a>(
    discovery: DiscoveryContext<'a>,
    file: ConfinedPath,
    provider: &str,
    realm: &str,
) -> Lookup<'a> {
    let owner = provider_owner(&discovery, provider, realm);
    let base = Artefact {
        realm: Some(realm.to_owned()),
        // Atmos takes it for any identity of the provider.
        signs_in_everybody: !owner.as_providers().is_empty(),
        ..whole_file(System::AZURE, &file, owner, "Azure tokens")
    };
    Lookup::read(file, move |_, bytes, findings| {
        read_credentials(&discovery, bytes, base.clone(), findings);
    })
}

/// The member of a provider's file that names the account which only its sign-in brought to the Azure CLI; Atmos
/// passes over it.
pub(crate) const BROUGHT_ACCOUNT: &str = "adieu_azure_cli_account";

/// The tokens in a provider's file, with what says when each ends.
const TOKENS: [(&str, &str); 4] = [
    ("access_token", "expiration"),
    ("graph_api_token", "graph_api_expiration"),
    ("key_vault_token", "key_vault_expiration"),
    ("aks_token", "aks_token_expiration"),
];

fn read_credentials(
    discovery: &DiscoveryContext<'_>,
    bytes: &[u8],
    base: Artefact,
    findings: &mut InventoryBuilder<'_>,
) {
    let Some(mut object) = json_object(bytes) else {
        findings.artefact(Artefact {
            state: State::Unknown,
            ..base
        });
        return;
    };
    let base = Artefact {
        owner: written_for(discovery, base.owner, text_of(&object, "subscription_id")),
        ..base
    };
    if let Some(account) = text_of(&object, BROUGHT_ACCOUNT) {
        let providers = base.owner.as_providers().to_vec();
        let known = findings.notes.azure_accounts.entry(account.to_lowercase());
        let known = known.or_insert_with(|| Owner::providers(&providers));
        // What several brought goes with the last of them.
        let all = known.as_providers().iter().chain(&providers).cloned();
        *known = Owner::providers(all.collect::<BTreeSet<String>>());
    }
    // The Azure CLI handed these out, so what it keeps of them is its own.
    let provider = base.owner.first_provider();
    let provider = provider.and_then(|key| discovery.identity_graph.provider(key));
    let is_of_cli = text_of(&object, "auth_method") == Some("cli")
        || provider.is_some_and(|provider| provider.kind == "azure/cli");
    let mut ends = Vec::new();
    for (token, end) in TOKENS {
        let end = text_of(&object, end).and_then(parse_timestamp);
        if let Some(Value::String(text)) = object.remove(token)
            && !text.is_empty()
        {
            ends.push(end);
            let secret = findings.fingerprint(&Secret::new(text));
            if !is_of_cli {
                let known = &mut findings.notes.azure_secrets;
                known.insert(secret, base.owner.clone());
            }
        }
    }
    if ends.is_empty() {
        findings.artefact(Artefact {
            state: State::Residue,
            ..base
        });
        return;
    }
    // It is of use until the last of its tokens has ended; one without an end never does.
    let is_endless = ends.iter().any(Option::is_none);
    let last = ends.into_iter().flatten().max().filter(|_| !is_endless);
    findings.artefact(discovery.until(base, last));
}

fn text_of<'a>(object: &'a serde_json::Map<String, Value>, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str)
}

/// Whose a provider's file is: the identity's that signed in last, which its subscription tells if
/// no other identity of the provider has the same; else the provider's.
fn written_for(
    discovery: &DiscoveryContext<'_>,
    owner: Owner,
    subscription: Option<&str>,
) -> Owner {
    let (Some(provider), Some(subscription)) = (owner.first_provider(), subscription) else {
        return owner;
    };
    let identities = discovery.configuration.auth.identities.iter();
    let mut candidates = identities.filter(|identity| {
        let root = discovery.identity_graph.root_provider(&identity.name.key);
        let own = identity.subscription_id();
        own.is_some_and(|own| own.eq_ignore_ascii_case(subscription))
            && root.is_some_and(|root| root.key == *provider)
    });
    match (candidates.next(), candidates.next()) {
        (Some(only), None) => Owner::identity(&only.name.key, Some(provider)),
        _ => owner,
    }
}

/// Atmos's own MSAL cache of a realm: all device-code and browser providers share it.
fn msal_cache<'a>(discovery: DiscoveryContext<'a>, file: ConfinedPath, realm: &str) -> Lookup<'a> {
    let owner = find_cache_owner(&discovery).filter(|_| discovery.is_own_realm(Some(realm)));
    if owner.is_none() && discovery.reach == DiscoveryScope::Configured {
        // No provider of this configuration can have written it, so that no logout of it takes it.
        return Lookup::say(|_| {});
    }
    let owner = owner.unwrap_or_else(|| Owner::orphan("Azure token cache"));
    let found = Artefact {
        realm: Some(realm.to_owned()),
        ..whole_file(System::AZURE, &file, owner, "Azure token cache")
    };
    Lookup::read(file, move |_, bytes, findings| {
        for secret in json_object(bytes).into_iter().flat_map(list_secrets) {
            let secret = findings.fingerprint(&secret);
            let known = findings.notes.azure_secrets.entry(secret);
            known.or_insert_with(|| found.owner.clone());
        }
        findings.artefact(found.clone());
    })
}

/// The providers that share Atmos's MSAL cache; where none of them writes it now, those of Azure whose
/// kind was another one when it was written.
fn find_cache_owner(discovery: &DiscoveryContext<'_>) -> Option<Owner> {
    let azure = discovery.identity_graph.providers().iter();
    let azure = azure.filter(|provider| provider.system == System::AZURE);
    let (mut writers, others): (Vec<_>, Vec<_>) = azure.partition(|provider| {
        matches!(
            provider.kind.as_str(),
            "azure/device-code" | "azure/interactive"
        )
    });
    if writers.is_empty() {
        writers = others;
    }
    let keys = writers.iter().map(|provider| provider.key.as_str());
    (!writers.is_empty()).then(|| Owner::providers(keys))
}

/// Every secret in an MSAL cache.
fn list_secrets(cache: serde_json::Map<String, Value>) -> Vec<Secret> {
    cli::list_entries(cache)
        .into_iter()
        .map(|entry| entry.secret)
        .collect()
}

/// `{cache}/azure-device-code/<provider>/token.json` of earlier releases.
fn old_tokens(discovery: DiscoveryContext<'_>, directory: ConfinedPath) -> Lookup<'_> {
    let shared = RemoveIfEmpty::shared(System::AZURE);
    Lookup::each(directory, shared, move |entry, directory| {
        let owner = discovery.owner(&entry.name)?;
        entry.may_be_directory().then(|| {
            let tidy = RemoveIfEmpty {
                locks: vec!["token.json.lock"],
                ..RemoveIfEmpty::of(System::AZURE, owner.clone())
            };
            Lookup::named(directory, tidy, &["token.json"], move |_, file| {
                let owner = owner.clone();
                Lookup::found(whole_file(System::AZURE, &file, owner, "Azure tokens"))
            })
        })
    })
}
