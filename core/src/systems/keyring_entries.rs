//! Atmos's entries in a key store: whose each is, and what it is worth.
//!
//! Source: Atmos `pkg/auth/credentials`; three schemes of key names times realms.

use super::System;
use super::discovery::{
    DiscoveryContext, DiscoveryScope, InventoryBuilder, Lookup, build_artefact,
};
use crate::inventory::{
    Artefact, Class, Exclusivity, Location, Owner, Place, Problem, Renewability, State,
    TokenUnavailable,
};
use crate::io::keyring::{AVAILABILITY_PROBE, Content, Entry, FileSettings, StoreId, StoredValue};

/// A store that a file puts where only the person may lead is said, so that nobody takes silence
/// for cleanliness.
pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let settings = &discovery.configuration.auth.keyring;
    let path = settings.path.as_deref().and_then(|path| path.to_str());
    let refusal = FileSettings {
        path,
        password_env: None,
    }
    .refusal(discovery.world);
    let Some((path, error)) = path.zip(refusal) else {
        return Vec::new();
    };
    let location = Location::key_store(format!("file keyring {path:?}"));
    vec![Lookup::Known(Box::new(move |findings| {
        findings.problem(Problem {
            location: location.clone(),
            message: error.to_string(),
            hint: error.hint().map(str::to_owned),
            hides: true,
        });
    }))]
}

/// Turns the entries of a store into artefacts.
pub fn describe_keyring_entries(
    discovery: &DiscoveryContext<'_>,
    store: &StoreId,
    entries: Vec<Entry>,
    findings: &mut InventoryBuilder<'_>,
) {
    for entry in entries {
        if entry.key.service == AVAILABILITY_PROBE {
            continue;
        }
        let owner = find_entry_owner(discovery, &entry.key.service);
        if owner.is_none() && discovery.reach == DiscoveryScope::Configured {
            add_twin_entry(discovery, store, &entry, findings);
            add_entry_elsewhere(discovery, store, &entry, findings);
            continue;
        }
        let place = Place::KeyringEntry {
            store: store.clone(),
            service: entry.key.service.clone(),
            account: entry.key.account.clone(),
            naming: entry.key.naming,
        };
        let owner = owner.unwrap_or_else(|| KeyringEntryOwner::stranger(&entry.key.service));
        let base = Artefact {
            realm: owner.realm.clone(),
            tie: if owner.is_stale {
                Exclusivity::Stale
            } else {
                Exclusivity::Own
            },
            ..build_artefact(owner.system, place, owner.owner.clone(), "keyring entry")
        };
        let found = match entry.content {
            Content::Known(secret) => {
                let stored = StoredValue::parse(&secret);
                let system = match system_of(&stored) {
                    Some(system) if !base.owner.is_configured() => system,
                    _ => base.system,
                };
                describe_stored_value(discovery, &stored, Artefact { system, ..base }, findings)
            }
            Content::Unread
            | Content::Locked
            | Content::Encrypted
            | Content::Broken(_)
            | Content::Damaged => {
                let sealed = match entry.content {
                    Content::Locked => TokenUnavailable::Locked,
                    Content::Damaged => TokenUnavailable::Damaged,
                    _ => TokenUnavailable::Encrypted,
                };
                Artefact {
                    state: State::Unknown,
                    class: owner.class,
                    sealed: Some(sealed),
                    ..base
                }
            }
        };
        findings.artefact(found);
    }
}

/// An entry of another configuration's realm, as far as it is a portal's: every realm shares the
/// portal's session, and Atmos does not sign in past an entry whose session has ended.
fn add_twin_entry(
    discovery: &DiscoveryContext<'_>,
    store: &StoreId,
    entry: &Entry,
    findings: &mut InventoryBuilder<'_>,
) {
    let service = &entry.key.service;
    if !service.starts_with("atmos_") {
        // In no realm: not an entry that Atmos reads for another configuration.
        return;
    }
    let base = |realm: Option<&str>, owner| {
        let place = Place::KeyringEntry {
            store: store.clone(),
            service: service.clone(),
            account: entry.key.account.clone(),
            naming: entry.key.naming,
        };
        Artefact {
            realm: realm.map(str::to_owned),
            ..build_artefact(System::AWS, place, owner, "portal token")
        }
    };
    if let Content::Known(secret) = &entry.content {
        let value = StoredValue::parse(secret);
        let StoredValue::PortalToken { token, .. } = &value else {
            return;
        };
        let expires_at = value.expires_at();
        let found = Artefact {
            token: Some(findings.fingerprint(token)),
            state: discovery.state_at(expires_at),
            expires_at,
            ..base(None, Owner::orphan(name_of(service)))
        };
        findings.twin(found);
        return;
    }
    if matches!(entry.content, Content::Damaged) {
        // Whether it is of another realm, or anything at all, nobody can say.
        return;
    }
    let providers = discovery.identity_graph.providers().iter();
    let of_provider = providers
        .filter(|provider| provider.holds_session_only() && provider.portal.is_some())
        .find_map(|provider| Some((provider, other_realm(service, &provider.key)?)));
    if let Some((provider, realm)) = of_provider {
        let found = Artefact {
            state: State::Unknown,
            sealed: Some(match entry.content {
                Content::Locked => TokenUnavailable::Locked,
                _ => TokenUnavailable::Encrypted,
            }),
            ..base(Some(realm), Owner::providers([&provider.key]))
        };
        findings.twin(found);
    }
}

/// An entry of another configuration's under a name of this one's: `atmos_<realm>_<name>`. Where the
/// realm ends nobody knows for sure, so the longest of these names is taken.
fn add_entry_elsewhere(
    discovery: &DiscoveryContext<'_>,
    store: &StoreId,
    entry: &Entry,
    findings: &mut InventoryBuilder<'_>,
) {
    let Some(text) = entry.key.service.strip_prefix("atmos_") else {
        return;
    };
    let identity_graph = discovery.identity_graph;
    let providers = identity_graph.providers().iter().map(|entry| &entry.key);
    let names = providers.chain(identity_graph.identities().iter().map(|entry| &entry.key));
    let realm_before = |name: &str| {
        let at = text.len().checked_sub(name.len())?;
        let (realm, end) = text.split_at_checked(at)?;
        let realm = realm.strip_suffix('_')?;
        (!realm.is_empty() && end.eq_ignore_ascii_case(name)).then_some(realm)
    };
    let fitting = names.filter_map(|name| Some((name, realm_before(name)?)));
    let Some((name, realm)) = fitting.max_by_key(|(name, _)| name.len()) else {
        return;
    };
    let expires_at = match &entry.content {
        Content::Known(secret) => StoredValue::parse(secret).expires_at(),
        _ => None,
    };
    let place = Place::KeyringEntry {
        store: store.clone(),
        service: entry.key.service.clone(),
        account: entry.key.account.clone(),
        naming: entry.key.naming,
    };
    findings.elsewhere(Artefact {
        realm: Some(realm.to_owned()),
        state: match &entry.content {
            Content::Known(_) => discovery.state_at(expires_at),
            _ => State::Unknown,
        },
        expires_at,
        ..build_artefact(System::ATMOS, place, Owner::orphan(name), "keyring entry")
    });
}

/// The realm of a provider's entry, if it is one that Atmos derives from a directory: of any other
/// text in between nobody knows where the name begins.
fn other_realm<'a>(service: &'a str, provider: &str) -> Option<&'a str> {
    let realm = service
        .strip_prefix("atmos_")?
        .strip_suffix(provider)?
        .strip_suffix('_')?;
    let is_derived = realm.len() == 16 && realm.bytes().all(|b| b.is_ascii_hexdigit());
    is_derived.then_some(realm)
}

fn name_of(service: &str) -> &str {
    service.strip_prefix("atmos_").unwrap_or(service)
}

/// The configured provider or identity that an entry was written for.
struct KeyringEntryOwner {
    owner: Owner,
    realm: Option<String>,
    system: System,
    /// What an entry of this owner is, when it cannot be read.
    class: Class,
    /// Whether the owner resolves from the environment and never reads its entry.
    is_stale: bool,
}

impl KeyringEntryOwner {
    fn stranger(service: &str) -> Self {
        Self {
            owner: Owner::orphan(name_of(service)),
            realm: None,
            system: System::ATMOS,
            class: Class::Stored,
            is_stale: false,
        }
    }
}

/// Names cannot be taken apart for sure, so each realm is tried against configured names: the
/// effective realm first, the oldest scheme last.
fn find_entry_owner(discovery: &DiscoveryContext<'_>, service: &str) -> Option<KeyringEntryOwner> {
    let with_realm = discovery
        .realms
        .iter()
        .filter(|realm| !realm.is_empty())
        .filter_map(|realm| {
            let alias = service
                .strip_prefix("atmos_")?
                .strip_prefix(realm.as_str())?;
            Some((alias.strip_prefix('_')?, Some(realm.clone())))
        });
    let without = service
        .strip_prefix("atmos_")
        .map(|alias| (alias, Some(String::new())));
    with_realm
        .chain(without)
        .chain([(service, None)])
        .find_map(|(alias, realm)| find_owner_by_alias(discovery, alias, realm))
}

fn find_owner_by_alias(
    discovery: &DiscoveryContext<'_>,
    alias: &str,
    realm: Option<String>,
) -> Option<KeyringEntryOwner> {
    if let Some(provider) = discovery.identity_graph.provider(alias) {
        return Some(KeyringEntryOwner {
            owner: Owner::providers([&provider.key]),
            realm,
            system: provider.system,
            class: Class::Session,
            is_stale: provider.ambient,
        });
    }
    let identity = discovery.identity_graph.identity(alias)?;
    let root = discovery.identity_graph.root_provider(&identity.key);
    Some(KeyringEntryOwner {
        owner: Owner::identity(&identity.key, root.map(|provider| provider.key.as_str())),
        realm,
        system: identity.system,
        class: match identity.kind.as_str() {
            // Atmos keeps the keys that it found in the environment, and only long-lived ones.
            "aws/user" | "aws/ambient" => Class::Stored,
            _ => Class::Session,
        },
        is_stale: root.is_some_and(|provider| provider.ambient),
    })
}

/// The family of sign-ins that an entry's own content tells.
const fn system_of(value: &StoredValue) -> Option<System> {
    match value {
        StoredValue::PortalToken { .. }
        | StoredValue::AwsSession { .. }
        | StoredValue::AwsKeys { .. } => Some(System::AWS),
        StoredValue::Gcp { .. } => Some(System::GCP),
        // Only GitHub hands these out to Atmos.
        StoredValue::Oidc => Some(System::GITHUB),
        StoredValue::AtmosPro { .. } => Some(System::ATMOS_PRO),
        StoredValue::Mock { .. } => Some(System::MOCK),
        StoredValue::Unknown => None,
    }
}

/// Whether an entry of theirs can only hold what signing in wrote.
fn is_session_only(discovery: &DiscoveryContext<'_>, owner: &Owner) -> bool {
    let mut providers = owner.as_providers().iter();
    let holds_session = |key: &String| {
        let provider = discovery.identity_graph.provider(key);
        provider.is_some_and(|provider| provider.holds_session_only() && provider.portal.is_some())
    };
    owner.as_identity().is_none() && providers.any(holds_session)
}

fn describe_stored_value(
    discovery: &DiscoveryContext<'_>,
    value: &StoredValue,
    base: Artefact,
    findings: &mut InventoryBuilder<'_>,
) -> Artefact {
    let expires_at = value.expires_at();
    let session = |what| Artefact {
        what,
        class: Class::Session,
        state: discovery.state_at(expires_at),
        expires_at,
        ..base.clone()
    };
    match value {
        StoredValue::PortalToken { token, region, .. } => {
            let portal = base
                .owner
                .as_providers()
                .iter()
                .find_map(|key| discovery.identity_graph.provider(key)?.portal.as_ref());
            let is_guessed = region.is_none();
            let region = region
                .as_deref()
                .or(portal.map(|portal| portal.region.as_str()));
            // As it may be shown: a variable may have given it.
            let auth = &discovery.configuration.auth;
            let mut providers = base.owner.as_providers().iter();
            let page = providers.find_map(|key| auth.provider(key)?.start_url());
            let revocation = region.and_then(|region| {
                super::aws::build_revocation(discovery, &base.owner, page, region, is_guessed)
            });
            let providers = base.owner.as_providers();
            let artefact = session("portal token");
            let is_over = artefact.state == State::Expired;
            let token = revocation.map(|revocation| {
                let token = findings.token(
                    token.clone(),
                    System::AWS,
                    revocation,
                    expires_at,
                    providers,
                );
                findings.lapse(token, is_over, Renewability::No);
                token
            });
            Artefact {
                token,
                sealed: match (token, region) {
                    (Some(_), _) => None,
                    (None, Some(_)) => Some(TokenUnavailable::BadRegion),
                    (None, None) => Some(TokenUnavailable::NoRegion),
                },
                system: System::AWS,
                ..artefact
            }
        }
        StoredValue::AwsSession { .. } => session("temporary AWS keys"),
        StoredValue::AwsKeys { .. } => Artefact {
            what: "long-lived AWS keys",
            class: Class::Stored,
            state: State::Live,
            tie: Exclusivity::Own,
            ..base
        },
        StoredValue::Gcp { .. } => session("Google access token"),
        StoredValue::Oidc => session("OpenID Connect token"),
        StoredValue::AtmosPro { .. } => session("Atmos Pro session"),
        StoredValue::Mock { .. } => session("mock credentials"),
        // Whatever it is: nothing but a session is ever kept there.
        StoredValue::Unknown if is_session_only(discovery, &base.owner) => Artefact {
            state: State::Unknown,
            class: Class::Session,
            sealed: Some(TokenUnavailable::Broken),
            ..base
        },
        StoredValue::Unknown => Artefact {
            state: State::Unknown,
            class: Class::Stored,
            ..base
        },
    }
}
