//! What Atmos put into the Azure CLI's own files, beside the CLI's own sessions.
//!
//! Copies of Atmos's tokens go from `msal_token_cache.json`; the client assertions of `azure/oidc`
//! from `service_principal_entries.json`; and a subscription of a configured provider from
//! `azureProfile.json`, unless the CLI has a session of its own in that tenant, which then uses it.
//!
//! Source: Atmos `pkg/auth/cloud/azure`; Azure CLI `azure/cli/core/_profile.py`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    DiscoveryContext, InventoryBuilder, Lookup, Owner, System, build_artefact, json_object,
};
use crate::formats::{MemberPath, Step, json};
use crate::inventory::{Artefact, Location, Place, Problem, State, Unread};
use crate::io::files::ConfinedPath;
use crate::secret::Secret;

/// The CLI's files, in the order in which one explains the next.
pub(super) fn list_lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let has_azure = discovery
        .identity_graph
        .providers()
        .iter()
        .any(|provider| provider.system == System::AZURE);
    let mut lookups = Vec::new();
    if has_azure {
        lookups.push(build_users_lookup(discovery));
    }
    lookups.push(build_credentials_lookup(
        discovery,
        ".azure/msal_token_cache.json",
        token_cache,
        |_| true,
    ));
    if has_azure {
        lookups.push(build_credentials_lookup(
            discovery,
            ".azure/service_principal_entries.json",
            service_principals,
            |kind| kind == OIDC,
        ));
        lookups.push(build_settings_lookup(
            discovery,
            ".azure/azureProfile.json",
            read_subscriptions,
        ));
    }
    lookups.into_iter().flatten().collect()
}

/// The kind of provider whose client assertions the CLI gets.
const OIDC: &str = "azure/oidc";

/// Reads one of the CLI's files; `None` if it is not what the CLI writes.
type Reader =
    fn(&DiscoveryContext<'_>, &ConfinedPath, &[u8], &mut InventoryBuilder<'_>) -> Option<()>;

fn build_settings_lookup<'a>(
    discovery: DiscoveryContext<'a>,
    path: &str,
    read: Reader,
) -> Option<Lookup<'a>> {
    let file = discovery.in_home(path)?;
    Some(Lookup::read(file, move |file, bytes, findings| {
        if read(&discovery, file, bytes, findings).is_none() {
            not_understood(file, findings);
        }
    }))
}

/// Who has signed in with the Azure CLI itself: it lists subscriptions by their names, which no other sign-in
/// knows.
fn build_users_lookup(discovery: DiscoveryContext<'_>) -> Option<Lookup<'_>> {
    let file = discovery.in_home(".azure/azureProfile.json")?;
    Some(Lookup::attempt(file, |_, bytes, findings| {
        let profile = bytes.ok().and_then(|bytes| json::parse(bytes).ok());
        // Then anybody may have signed in with az.
        findings.notes.azure_cli_unknown |= profile.is_none();
        let list = profile
            .as_ref()
            .and_then(|profile| profile.get("subscriptions"));
        for entry in list.and_then(Value::as_array).into_iter().flatten() {
            let user = entry.get("user").and_then(|user| find_text(user, "name"));
            if let Some(user) = user.filter(|_| find_text(entry, "name") != find_text(entry, "id"))
            {
                let users = &mut findings.notes.azure_cli_users;
                users.insert(user.to_lowercase());
            }
        }
    }))
}

/// A file in which providers of such a kind may have a part of their sign-in.
fn build_credentials_lookup<'a>(
    discovery: DiscoveryContext<'a>,
    path: &str,
    read: Reader,
    is_concerned: fn(&str) -> bool,
) -> Option<Lookup<'a>> {
    let file = discovery.in_home(path)?;
    Some(Lookup::attempt(file, move |file, bytes, findings| {
        let is_read = match bytes {
            Ok(bytes) => {
                let read = read(&discovery, file, bytes, findings);
                if read.is_none() {
                    not_understood(file, findings);
                }
                read.is_some()
            }
            Err(_) => false,
        };
        if is_read {
            return;
        }
        // Without it nobody can take Atmos's part out of it, and without Atmos's own files nobody could
        // tell later which that was.
        let location = Location::of(file);
        let providers = discovery.identity_graph.providers().iter();
        let azure = providers.filter(|provider| provider.system == System::AZURE);
        for provider in azure.filter(|provider| is_concerned(&provider.kind)) {
            findings.unread(&location, Unread::Provider(provider.key.clone()));
        }
    }))
}

/// A credential of an MSAL cache.
pub(super) struct Entry {
    section: String,
    key: String,
    pub(super) secret: Secret,
    account: Option<String>,
    tenant: Option<String>,
}

/// The credentials of an MSAL cache.
pub(super) fn list_entries(cache: Map<String, Value>) -> Vec<Entry> {
    let mut found = Vec::new();
    for (section, members) in cache {
        if !matches!(section.as_str(), "AccessToken" | "RefreshToken" | "IdToken") {
            continue;
        }
        let Value::Object(members) = members else {
            continue;
        };
        for (key, member) in members {
            let Value::Object(mut member) = member else {
                continue;
            };
            let Some(Value::String(secret)) = member.remove("secret") else {
                continue;
            };
            let text = |key: &str| Some(member.get(key)?.as_str()?.to_lowercase());
            let account = text("home_account_id");
            // A refresh token is good for every tenant; the account's own says where it was issued.
            let home = || Some(account.as_deref()?.split_once('.')?.1.to_owned());
            found.push(Entry {
                tenant: text("realm")
                    .filter(|realm| !realm.is_empty())
                    .or_else(home),
                section: section.clone(),
                key,
                secret: Secret::new(secret),
                account,
            });
        }
    }
    found
}

/// Entries with the very secrets of Atmos's files. Everything else is the CLI's own session; an
/// account that is left without any token goes too.
fn token_cache(
    _: &DiscoveryContext<'_>,
    file: &ConfinedPath,
    bytes: &[u8],
    findings: &mut InventoryBuilder<'_>,
) -> Option<()> {
    let cache = json_object(bytes)?;
    let accounts = list_accounts(&cache);
    let brought = list_brought(&cache, findings);
    let (mut copied, mut own) = (BTreeMap::<String, Owner>::new(), BTreeSet::new());
    for entry in list_entries(cache) {
        let secret = findings.fingerprint(&entry.secret);
        let copied_from = findings.notes.azure_secrets.get(&secret).cloned();
        let account = entry.account.as_ref();
        let owner = copied_from.or_else(|| brought.get(account?).cloned());
        let Some(owner) = owner else {
            findings.notes.azure_cli_tenants.extend(entry.tenant);
            own.extend(entry.account);
            continue;
        };
        if let Some(account) = entry.account {
            let known = copied.entry(account).or_insert_with(|| owner.clone());
            if *known != owner {
                // What several use goes with the last of them.
                *known = Owner::providers(all_providers(known, &owner));
            }
        }
        let place = Place::json(file, MemberPath::of_keys([entry.section, entry.key]));
        let what = "copy in the Azure CLI's cache";
        findings.artefact(build_artefact(System::AZURE, place, owner, what));
    }
    for (key, account) in accounts {
        if let Some(owner) = copied.get(&account).filter(|_| !own.contains(&account)) {
            let place = Place::json(file, MemberPath::of_keys(["Account", &key]));
            findings.artefact(Artefact {
                state: State::Residue,
                ..build_artefact(
                    System::AZURE,
                    place,
                    owner.clone(),
                    "account without tokens",
                )
            });
        }
    }
    Some(())
}

/// The accounts that are there by a sign-in of a provider alone, with whose they are.
fn list_brought(
    cache: &Map<String, Value>,
    findings: &InventoryBuilder<'_>,
) -> BTreeMap<String, Owner> {
    let notes = &findings.notes;
    if notes.azure_cli_unknown {
        return BTreeMap::new();
    }
    let members = cache.get("Account").and_then(Value::as_object);
    let accounts = members.into_iter().flat_map(Map::values);
    let own: BTreeSet<String> = accounts
        .filter(|account| {
            let user = find_text(account, "username").unwrap_or_default();
            notes.azure_cli_users.contains(&user.to_lowercase())
        })
        .filter_map(|account| Some(find_text(account, "home_account_id")?.to_lowercase()))
        .collect();
    let brought = notes.azure_accounts.iter();
    let brought = brought.filter(|(account, _)| !own.contains(*account));
    brought
        .map(|(account, owner)| (account.clone(), owner.clone()))
        .collect()
}

fn all_providers(first: &Owner, second: &Owner) -> BTreeSet<String> {
    let all = first.as_providers().iter().chain(second.as_providers());
    all.cloned().collect()
}

/// The accounts of a cache: key and home account.
fn list_accounts(cache: &Map<String, Value>) -> Vec<(String, String)> {
    let members = cache.get("Account").and_then(Value::as_object);
    members
        .into_iter()
        .flatten()
        .filter_map(|(key, account)| {
            let home = account.get("home_account_id")?.as_str()?;
            Some((key.clone(), home.to_lowercase()))
        })
        .collect()
}

fn not_understood(file: &ConfinedPath, findings: &mut InventoryBuilder<'_>) {
    findings.notes.azure_cli_unknown = true;
    findings.problem(Problem {
        location: Location::of(file),
        message: "it is not what the Azure CLI writes, so Atmos's part of it was not looked for"
            .to_owned(),
        hint: Some("sign out with: az account clear".to_owned()),
        hides: true,
    });
}

/// A text member, for comparison.
fn find_text<'a>(element: &'a Value, key: &str) -> Option<&'a str> {
    element.get(key)?.as_str()
}

/// Client assertions of configured `azure/oidc` providers; other service principals are the CLI's.
fn service_principals(
    discovery: &DiscoveryContext<'_>,
    file: &ConfinedPath,
    bytes: &[u8],
    findings: &mut InventoryBuilder<'_>,
) -> Option<()> {
    let Ok(Value::Array(elements)) = json::parse(bytes) else {
        return None;
    };
    for element in &elements {
        let (Some(client), Some(tenant)) = (
            find_text(element, "client_id"),
            find_text(element, "tenant"),
        ) else {
            continue;
        };
        let provider = discovery
            .configuration
            .auth
            .providers
            .iter()
            .find(|provider| {
                let is = |configured: Option<&str>, found: &str| {
                    configured.is_some_and(|value| value.eq_ignore_ascii_case(found))
                };
                provider.kind.id() == OIDC
                    && is(provider.client_id(), client)
                    && is(provider.tenant_id(), tenant)
            });
        let Some(provider) = provider.filter(|_| element.get("client_assertion").is_some()) else {
            findings
                .notes
                .azure_cli_tenants
                .insert(tenant.to_lowercase());
            continue;
        };
        let matching = [("client_id", client), ("tenant", tenant)];
        let path = MemberPath::new(vec![Step::Element {
            matching: matching
                .map(|(key, text)| (key.to_owned(), text.to_owned()))
                .into(),
            holding: vec!["client_assertion".to_owned()],
        }]);
        let place = Place::json(file, path);
        let owner = Owner::providers([&provider.name.key]);
        let what = "service principal in the Azure CLI";
        findings.artefact(build_artefact(System::AZURE, place, owner, what));
    }
    Some(())
}

/// Subscriptions that a configured provider or identity names.
fn read_subscriptions(
    discovery: &DiscoveryContext<'_>,
    file: &ConfinedPath,
    bytes: &[u8],
    findings: &mut InventoryBuilder<'_>,
) -> Option<()> {
    const LIST: &str = "subscriptions";
    let root = json::parse(bytes).ok()?;
    if findings.notes.azure_cli_unknown {
        return Some(());
    }
    let known = configured_subscriptions(discovery);
    for element in root
        .get(LIST)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let (Some(id), Some(tenant)) = (find_text(element, "id"), find_text(element, "tenantId"))
        else {
            continue;
        };
        let key = (id.to_lowercase(), tenant.to_lowercase());
        let Some((_, _, owner)) = known.iter().find(|(i, t, _)| *i == key.0 && *t == key.1) else {
            continue;
        };
        if findings.notes.azure_cli_tenants.contains(&key.1) {
            continue;
        }
        let path = MemberPath::of_keys([LIST]).element([("id", id), ("tenantId", tenant)]);
        let place = Place::json(file, path);
        findings.artefact(Artefact {
            state: State::Residue,
            ..build_artefact(
                System::AZURE,
                place,
                owner.clone(),
                "subscription in the Azure CLI",
            )
        });
    }
    Some(())
}

/// Subscription and tenant in lower case, with whose they are.
fn configured_subscriptions(discovery: &DiscoveryContext<'_>) -> Vec<(String, String, Owner)> {
    let auth = &discovery.configuration.auth;
    let mut known = Vec::new();
    for provider in &auth.providers {
        // With `azure/cli` the profile is the CLI's own and only read.
        if provider.kind.id() == "azure/cli" {
            continue;
        }
        if let Some((id, tenant)) = provider.subscription_id().zip(provider.tenant_id()) {
            let owner = Owner::providers([&provider.name.key]);
            known.push((id.to_lowercase(), tenant.to_lowercase(), owner));
        }
    }
    for identity in &auth.identities {
        let root = discovery.identity_graph.root_provider(&identity.name.key);
        let Some(root) = root.filter(|entry| entry.kind != "azure/cli") else {
            continue;
        };
        let tenant = auth.provider(&root.key).and_then(|entry| entry.tenant_id());
        if let Some((id, tenant)) = identity
            .compared(&["principal", "subscription_id"])
            .zip(tenant)
        {
            let owner = Owner::identity(&identity.name.key, Some(&root.key));
            known.push((id.to_lowercase(), tenant.to_lowercase(), owner));
        }
    }
    known
}
