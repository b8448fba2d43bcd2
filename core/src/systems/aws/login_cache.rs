//! What `aws login` of the AWS CLI leaves: a file for each principal, with keys of the moment and what renews
//! them for twelve hours.
//!
//! Sources: AWS CLI 2.36.7 `awscli/customizations/login`; files that it wrote.

use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::api::is_revocable;
use super::endpoint::sign_in_endpoint;
use super::portal::to_hexadecimal;
use crate::formats::{Format, MemberPath};
use crate::inventory::{
    Account, Artefact, Fact, Owner, Place, Revocation, State, TokenUnavailable,
};
use crate::io::files::ConfinedPath;
use crate::secret::Secret;
use crate::systems::System;
use crate::systems::discovery::{
    DiscoveryContext, DiscoveryScope, InventoryBuilder, LoginProfile, Lookup, parse_timestamp,
    whole_file,
};

/// The name of a sign-in that no profile uses.
const NAMELESS: &str = "aws login";

/// A file, as far as it says whether the sign-in can be ended.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    access_token: Option<serde_json::Value>,
    refresh_token: Option<String>,
}

pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    if discovery.reach != DiscoveryScope::Machine {
        return Vec::new();
    }
    let discovery = *discovery;
    let usual = discovery.in_home(".aws/login/cache");
    let directories = discovery.at_both("AWS_LOGIN_CACHE_DIRECTORY", usual);
    directories
        .into_iter()
        .map(|directory| {
            Lookup::listed(directory, None, move |directory, entries| {
                let files = entries.iter().filter(|entry| entry.is_json_file());
                let files = files.filter_map(|entry| entry.path_in(directory));
                files
                    .map(|file| {
                        Lookup::read(file, move |file, bytes, findings| {
                            add_sign_in(&discovery, file, bytes, findings);
                        })
                    })
                    .collect()
            })
        })
        .collect()
}

fn add_sign_in(
    discovery: &DiscoveryContext<'_>,
    file: &ConfinedPath,
    bytes: &[u8],
    findings: &mut InventoryBuilder<'_>,
) {
    let name = file.file_name().unwrap_or_default();
    let profiles = findings.notes.login_profiles.iter();
    let profiles: Vec<LoginProfile> = profiles
        .filter(|profile| file_name(&profile.session) == name)
        .cloned()
        .collect();
    let account = describe_account(discovery, file, &profiles);
    let found = whole_file(
        System::AWS,
        file,
        Owner::account(&account.name),
        "browser sign-in",
    );
    let Ok(kept) = serde_json::from_slice::<Kept>(bytes) else {
        findings.account(account);
        findings.artefact(Artefact {
            state: State::Unknown,
            ..found
        });
        return;
    };
    let ends = kept.access_token.as_ref().and_then(find_end);
    let has_keys = kept.access_token.is_some();
    let refresh_token = kept.refresh_token.filter(|token| !token.is_empty());
    if has_keys || refresh_token.is_some() {
        findings.account(account.clone());
    }
    let Some(refresh_token) = refresh_token.map(Secret::new) else {
        if has_keys {
            findings.artefact(discovery.until(found, ends));
        }
        return;
    };
    let found = Artefact {
        // It renews the keys long after their own end.
        state: State::Live,
        ..found
    };
    let is_signed = ends.is_some_and(|end| end > discovery.world.now());
    let region = profiles.iter().find_map(|profile| profile.region.clone());
    let region = region.or_else(|| {
        let get = |name: &str| discovery.world.environment.get(name).map(str::to_owned);
        get("AWS_REGION").or_else(|| get("AWS_DEFAULT_REGION"))
    });
    let endpoint = region
        .as_deref()
        .and_then(|region| sign_in_endpoint(discovery.world, region));
    let sealed = match &region {
        // No call is known that ends it, wherever its server is.
        _ if !is_revocable(&refresh_token) => None,
        _ if !is_signed => Some(TokenUnavailable::NoToken),
        None => Some(TokenUnavailable::NoRegion),
        Some(_) if endpoint.is_none() => Some(TokenUnavailable::BadRegion),
        Some(_) => None,
    };
    let is_told = sealed.is_none() && is_revocable(&refresh_token);
    let token = region
        .zip(endpoint)
        .filter(|_| is_told)
        .map(|(region, endpoint)| {
            let revocation = Revocation::AwsSignIn { region, endpoint };
            let token = findings.account_token(refresh_token, &account, revocation, None, None);
            let keys = kept.access_token.map(|keys| Secret::new(keys.to_string()));
            if let Some(keys) = keys {
                findings.ask_with(token, keys);
            }
            token
        });
    // The server ends what renews the keys, and not the keys.
    if is_signed {
        let keys = Artefact {
            what: "AWS credentials",
            place: Place::Member {
                format: Format::Json,
                file: file.clone(),
                path: MemberPath::of_keys(["accessToken"]),
            },
            // As long as the token is there, they can sign for it.
            waits_for: token.into_iter().collect(),
            ..found.clone()
        };
        findings.artefact(discovery.until(keys, ends));
    }
    findings.artefact(Artefact {
        token,
        sealed,
        ..found
    });
}

/// Who is signed in: the profiles that use it tell.
fn describe_account(
    discovery: &DiscoveryContext<'_>,
    file: &ConfinedPath,
    profiles: &[LoginProfile],
) -> Account {
    let mut names = profiles
        .iter()
        .map(|profile| format!("profile {}", profile.name));
    let mut facts = vec![
        Fact::new("method", "browser sign-in"),
        Fact::new("source", discovery.world.shorten(&file.to_path())),
    ];
    facts.extend(
        profiles
            .first()
            .map(|profile| Fact::new("arn", profile.session.clone())),
    );
    Account {
        system: System::AWS,
        name: names.next().unwrap_or_else(|| NAMELESS.to_owned()),
        aliases: names.collect(),
        provider: Some("AWS Sign-In".to_owned()),
        facts,
    }
}

/// The name of a principal's file: the SHA-256 of its ARN.
fn file_name(session: &str) -> String {
    format!("{}.json", to_hexadecimal(&Sha256::digest(session)))
}

/// When the keys end.
fn find_end(keys: &serde_json::Value) -> Option<Timestamp> {
    parse_timestamp(keys.get("expiresAt")?.as_str()?)
}
