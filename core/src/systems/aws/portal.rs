//! Sessions of AWS IAM Identity Center portals: Atmos's session files and the AWS CLI's.
//!
//! Sources: Atmos `pkg/auth/providers/aws/sso_session.go`; AWS CLI `awscli/customizations/sso`.

use sha1::{Digest as _, Sha1};

use super::endpoint::portal_endpoint;
use super::session::{Kind, Session, find_product};
use crate::atmos::identity_graph::Portal;
use crate::inventory::{
    Artefact, Class, Exclusivity, Location, Owner, Place, Problem, Renewability, Revocation, State,
    TokenUnavailable,
};
use crate::io::files::ConfinedPath;
use crate::systems::System;
use crate::systems::discovery::{
    ClientRegistration, DiscoveryContext, DiscoveryScope, InventoryBuilder, Lookup, RemoveIfEmpty,
    build_artefact, whole_file,
};

pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let cache = discovery.below(&discovery.world.atmos_cache_root());
    let cache = cache.without_links_below();
    let mut lookups: Vec<Lookup<'a>> = cache
        .join("aws-sso")
        .map(|directory| session_directories(*discovery, directory))
        .into_iter()
        .collect();
    lookups.extend(
        cache
            .join("auth")
            .map(|directory| build_provisioned_lookup(*discovery, directory)),
    );
    lookups.extend(
        discovery
            .in_home(".aws/sso/cache")
            .map(|directory| cli_tokens(*discovery, directory)),
    );
    lookups
}

/// `{cache}/aws-sso`: `sessions/<sha1>.json`, and `<provider>/token.json` of earlier releases.
fn session_directories(discovery: DiscoveryContext<'_>, directory: ConfinedPath) -> Lookup<'_> {
    Lookup::each(
        directory,
        RemoveIfEmpty::shared(System::AWS),
        move |entry, path| {
            entry
                .may_be_directory()
                .then(|| session_files(discovery, path))
        },
    )
}

fn session_files(discovery: DiscoveryContext<'_>, directory: ConfinedPath) -> Lookup<'_> {
    Lookup::each(
        directory,
        RemoveIfEmpty::shared(System::AWS),
        move |entry, file| {
            entry.is_json_file().then(|| {
                Lookup::read(file, move |file, bytes, findings| {
                    session_file(&discovery, file, bytes, findings);
                })
            })
        },
    )
}

/// The name of a portal's session file.
pub(super) fn session_file_name(portal: &Portal) -> String {
    let digest = Sha1::digest(format!("{}|{}", portal.start_url, portal.region));
    format!("{}.json", to_hexadecimal(&digest))
}

pub(super) fn to_hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn session_file(
    discovery: &DiscoveryContext<'_>,
    file: &ConfinedPath,
    bytes: &[u8],
    findings: &mut InventoryBuilder<'_>,
) {
    let session = Session::parse(bytes);
    let owner = session_owner(discovery, session.as_ref(), file);
    if owner.as_orphan().is_some() && discovery.reach == DiscoveryScope::Configured {
        return;
    }
    report_session(
        discovery,
        file,
        session,
        owner,
        Exclusivity::Own,
        "portal session",
        findings,
    );
}

/// Whose a session is: the providers of its portal. A broken file is known by its name.
fn session_owner(
    discovery: &DiscoveryContext<'_>,
    session: Option<&Session>,
    file: &ConfinedPath,
) -> Owner {
    let by_content = session
        .and_then(|session| Some((session.start_url.as_deref()?, session.region.as_deref()?)))
        .map(|(start_url, region)| {
            discovery
                .identity_graph
                .providers_at(start_url, Some(region))
        })
        .unwrap_or_default();
    let providers = if by_content.is_empty() {
        by_name(discovery, file)
    } else {
        by_content
    };
    if providers.is_empty() {
        let name = session.and_then(|session| session.start_url.clone());
        return Owner::orphan(name.unwrap_or_else(|| "unknown portal".to_owned()));
    }
    Owner::providers(providers)
}

fn by_name(discovery: &DiscoveryContext<'_>, file: &ConfinedPath) -> Vec<String> {
    let name = file.file_name().unwrap_or_default();
    let parent = file
        .parent()
        .and_then(|parent| parent.file_name().map(str::to_lowercase));
    discovery
        .identity_graph
        .providers()
        .iter()
        .filter(|provider| {
            let portal = provider.portal.as_ref();
            portal.is_some_and(|portal| session_file_name(portal) == name)
                || (name == "token.json" && parent.as_ref() == Some(&provider.key))
        })
        .map(|provider| provider.key.clone())
        .collect()
}

fn report_session(
    discovery: &DiscoveryContext<'_>,
    file: &ConfinedPath,
    session: Option<Session>,
    owner: Owner,
    tie: Exclusivity,
    what: &'static str,
    findings: &mut InventoryBuilder<'_>,
) {
    let base = Artefact {
        tie,
        ..whole_file(System::AWS, file, owner, what)
    };
    let Some(session) = session else {
        findings.artefact(Artefact {
            state: State::Unknown,
            ..base
        });
        return;
    };
    let configured = configured_endpoint(discovery, &base.owner);
    let renewal = session.renewal(discovery, configured);
    let is_over =
        session.access_token.is_none() || discovery.state_at(session.expires_at) == State::Expired;
    let state = match (&renewal, is_over) {
        // A refresh token makes a new access token long after the old one has ended.
        (_, false) | (Renewability::With(_), true) => State::Live,
        (Renewability::Not(_), true) => State::Unknown,
        (Renewability::No, true) => State::Expired,
    };
    let sealed = match &session.region {
        None => Some(TokenUnavailable::NoRegion),
        Some(_) if !session.has_region() => Some(TokenUnavailable::BadRegion),
        Some(_) => None,
    };
    let secret = match (&session.access_token, &renewal) {
        (Some(token), _) => Some(token.clone()),
        (None, Renewability::With(renewal)) => Some(renewal.refresh_token.clone()),
        (None, _) => None,
    };
    let has_secret = secret.is_some();
    let token = secret.and_then(|secret| {
        let start_url = session.start_url.as_deref();
        let region = session.region.as_deref()?;
        let revocation = build_revocation(discovery, &base.owner, start_url, region, false)?;
        let providers = &base.owner.as_providers();
        let token = findings.token(
            secret,
            System::AWS,
            revocation,
            session.expires_at,
            providers,
        );
        findings.lapse(token, is_over, renewal.clone());
        Some(token)
    });
    if let Some(client) = session.client_id {
        let known = findings.notes.client_ids.entry(client).or_default();
        known.extend(base.owner.as_providers().iter().cloned());
    }
    if let Some(page) = base.owner.as_orphan() {
        findings.notes.portal_pages.insert(page.to_owned());
    }
    findings.artefact(Artefact {
        state,
        expires_at: session
            .expires_at
            .filter(|_| !is_over || state == State::Expired)
            // Of what no server is told, only this says when it ends.
            .filter(|_| token.is_some() || !renewal.outlives_its_token()),
        class: Class::Session,
        sealed: sealed
            .or_else(|| (!has_secret).then_some(TokenUnavailable::NoToken))
            .filter(|_| state != State::Expired || sealed.is_some()),
        token,
        ..base
    });
}

/// The endpoint that a configuration names for somebody's portal.
fn configured_endpoint<'a>(discovery: &DiscoveryContext<'a>, owner: &Owner) -> Option<&'a str> {
    let mut providers = owner.as_providers().iter();
    let configuration = discovery.configuration;
    providers.find_map(|key| configuration.auth.provider(key)?.endpoint_url())
}

/// How a portal's session is ended. The token's own region decides the host.
pub(in crate::systems) fn build_revocation(
    discovery: &DiscoveryContext<'_>,
    owner: &Owner,
    start_url: Option<&str>,
    region: &str,
    is_region_guessed: bool,
) -> Option<Revocation> {
    let configured = configured_endpoint(discovery, owner);
    let (endpoint, instead) = portal_endpoint(discovery.world, configured, region)?;
    Some(Revocation::SsoPortal {
        endpoint,
        instead,
        region: region.to_owned(),
        is_region_guessed,
        start_url: start_url.map(str::to_owned),
    })
}

/// `{cache}/auth/<provider>/provisioned-identities.yaml`.
fn build_provisioned_lookup(
    discovery: DiscoveryContext<'_>,
    directory: ConfinedPath,
) -> Lookup<'_> {
    Lookup::each(
        directory,
        RemoveIfEmpty::shared(System::AWS),
        move |entry, path| {
            let owner = discovery.owner(&entry.name.to_lowercase())?;
            entry
                .may_be_directory()
                .then(|| provisioned_of(path, owner))
        },
    )
}

fn provisioned_of<'a>(directory: ConfinedPath, owner: Owner) -> Lookup<'a> {
    const NAMES: &[&str] = &["provisioned-identities.yaml"];
    let tidy = RemoveIfEmpty {
        tie: Exclusivity::Provider,
        ..RemoveIfEmpty::of(System::AWS, owner.clone())
    };
    Lookup::named(directory, tidy, NAMES, move |_, file| {
        Lookup::found(Artefact {
            state: State::Residue,
            // Who is in it is not known any more without it.
            tie: Exclusivity::Provider,
            ..whole_file(System::AWS, &file, owner.clone(), "provisioned identities")
        })
    })
}

/// `~/.aws/sso/cache`: tokens of the AWS CLI and of other tools, and their client registrations.
fn cli_tokens(discovery: DiscoveryContext<'_>, directory: ConfinedPath) -> Lookup<'_> {
    Lookup::listed(directory, None, move |directory, entries| {
        let tokens = entries.iter().filter(|entry| entry.is_json_file());
        tokens
            .filter_map(|entry| entry.path_in(directory))
            .map(|file| {
                Lookup::read(file, move |file, bytes, findings| {
                    cli_token(&discovery, file, bytes, findings);
                })
            })
            // Only when all tokens are known is it known whose the registrations are.
            .chain([Lookup::say(move |findings| {
                for registration in std::mem::take(&mut findings.notes.registrations) {
                    client_registration(&discovery, &registration, findings);
                }
            })])
            .collect()
    })
}

fn cli_token(
    discovery: &DiscoveryContext<'_>,
    file: &ConfinedPath,
    bytes: &[u8],
    findings: &mut InventoryBuilder<'_>,
) {
    let Some(session) = Session::parse(bytes) else {
        findings.problem(Problem {
            location: Location::of(file),
            message: "not a JSON object, so it is unknown whose token it holds".to_owned(),
            hint: None,
            hides: discovery.reach == DiscoveryScope::Machine,
        });
        return;
    };
    match session.kind() {
        Kind::Portal => {}
        Kind::Registration => {
            findings.notes.registrations.push(ClientRegistration {
                file: file.clone(),
                client_id: session.client_id,
                start_url: session.start_url,
                expires_at: session.expires_at,
            });
            return;
        }
        Kind::Other => return other_product(discovery, file, &session, findings),
        Kind::Nothing => return,
    }
    let providers = session
        .start_url
        .as_deref()
        .map(|url| {
            discovery
                .identity_graph
                .providers_at(url, session.region.as_deref())
        })
        .unwrap_or_default();
    let Some(owner) = choose_owner(discovery, providers, || {
        session
            .start_url
            .clone()
            .unwrap_or_else(|| "unknown portal".to_owned())
    }) else {
        return;
    };
    let what = "AWS CLI portal token";
    report_session(
        discovery,
        file,
        Some(session),
        owner,
        Exclusivity::ForeignCopy,
        what,
        findings,
    );
}

/// The sign-in of another product that the catalogue describes: Kiro's.
const DESCRIBED: &str = "kiro-auth-token.json";

/// A sign-in that names no portal. It may be good somewhere, but its 401 at a portal would prove nothing,
/// and it is not AWS's to remove: it is shown, and stays.
fn other_product(
    discovery: &DiscoveryContext<'_>,
    file: &ConfinedPath,
    session: &Session,
    findings: &mut InventoryBuilder<'_>,
) {
    if let Some(hash) = &session.client_hash {
        findings.notes.foreign_clients.insert(hash.clone());
    }
    if discovery.reach == DiscoveryScope::Configured {
        return;
    }
    let name = file.file_name().unwrap_or_default();
    // An entry of the catalogue knows it, and logs it out.
    if name == DESCRIBED {
        return;
    }
    let (whose, what) = match find_product(name) {
        Some(product) => (product.to_owned(), "sign-in of another product"),
        None => (name.to_string(), "sign-in of unknown form"),
    };
    findings.artefact(Artefact {
        state: match session.refresh_token {
            Some(_) => State::Live,
            None => discovery.state_at(session.expires_at),
        },
        expires_at: session
            .expires_at
            .filter(|_| session.refresh_token.is_none()),
        ..build_artefact(
            System::AWS,
            Place::Stranger { path: file.clone() },
            Owner::orphan(whose),
            what,
        )
    });
}

/// The providers, else an orphan if the whole machine is looked at.
fn choose_owner(
    discovery: &DiscoveryContext<'_>,
    providers: Vec<String>,
    orphan: impl FnOnce() -> String,
) -> Option<Owner> {
    if !providers.is_empty() {
        return Some(Owner::providers(providers));
    }
    (discovery.reach == DiscoveryScope::Machine).then(|| Owner::orphan(orphan()))
}

/// A client registration is worthless by itself, but it renews tokens: it goes with its portal's.
fn client_registration(
    discovery: &DiscoveryContext<'_>,
    registration: &ClientRegistration,
    findings: &mut InventoryBuilder<'_>,
) {
    let name = registration.file.file_name().unwrap_or_default();
    let stem = name.strip_suffix(".json").unwrap_or(name);
    if find_product(name).is_some() || findings.notes.foreign_clients.contains(stem) {
        if discovery.reach == DiscoveryScope::Machine {
            let path = registration.file.clone();
            findings.artefact(Artefact {
                state: State::Residue,
                ..build_artefact(
                    System::AWS,
                    Place::Stranger { path },
                    Owner::orphan(find_product(name).unwrap_or(stem)),
                    "client registration of another product",
                )
            });
        }
        return;
    }
    let by_page = registration
        .start_url
        .as_deref()
        .map(|url| discovery.identity_graph.providers_at(url, None));
    let by_client = registration
        .client_id
        .as_ref()
        .and_then(|id| findings.notes.client_ids.get(id));
    let providers = by_page
        .filter(|providers| !providers.is_empty())
        .or_else(|| by_client.cloned())
        .unwrap_or_default();
    let what = "AWS CLI client registration";
    let Some(owner) = choose_owner(discovery, providers, || what.to_owned()) else {
        return;
    };
    findings.artefact(Artefact {
        state: State::Residue,
        expires_at: registration.expires_at,
        tie: Exclusivity::ForeignCopy,
        ..whole_file(System::AWS, &registration.file, owner, what)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_file_names_are_what_a_running_atmos_wrote() {
        let portal = |start_url: &str, region: &str| Portal {
            start_url: start_url.to_owned(),
            region: region.to_owned(),
        };
        assert_eq!(
            session_file_name(&portal(
                "https://meridian.awsapps.com/start",
                "eu-central-1"
            )),
            "9a97e268d778e022b3df9ed3d603030292662474.json"
        );
        assert_eq!(
            session_file_name(&portal("https://harbor.awsapps.com/start", "us-west-2")),
            "5e262d397ef2808f5ef482720c9ab1cc24cc3980.json"
        );
    }
}
