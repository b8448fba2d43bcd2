//! GitHub installation tokens that Atmos Pro hands out (`github/sts` integrations).
//!
//! Source: Atmos `pkg/auth/integrations/github`.

use std::borrow::Cow;

use serde_json::Value;

use super::System;
use super::discovery::{
    DiscoveryContext, DiscoveryScope, InventoryBuilder, Lookup, RemoveIfEmpty, json_object,
    parse_timestamp, whole_file,
};
use crate::inventory::{Artefact, Owner, Revocation, State};
use crate::io::files::ConfinedPath;
use crate::remote::call::{Method, Text};
use crate::remote::{
    Answers, Authorization, Body, Content, Endpoint, EndpointSource, HttpCall, HttpService,
};
use crate::secret::Secret;

/// `{data}/auth/github-sts/{realm}/<integration>/{state.json,git.config}`.
pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let discovery = *discovery;
    let root = discovery.below(&discovery.world.atmos_data_root());
    let root = root.without_links_below();
    let Some(directory) = root.descend("auth/github-sts") else {
        return Vec::new();
    };
    vec![Lookup::each(directory, None, move |entry, path| {
        if !entry.may_be_directory() {
            return None;
        }
        if discovery.realms.contains(&entry.name) || discovery.reach == DiscoveryScope::Machine {
            return Some(build_realm_lookup(discovery, path, entry.name.clone()));
        }
        // The empty realm has no directory of its own.
        find_owner(&discovery, &entry.name)?;
        build_integration_lookup(discovery, path, &entry.name, "")
    })]
}

fn build_realm_lookup(
    discovery: DiscoveryContext<'_>,
    directory: ConfinedPath,
    realm: String,
) -> Lookup<'_> {
    let tidy = RemoveIfEmpty::in_realm(System::GITHUB, realm.clone());
    Lookup::each(directory, tidy, move |entry, path| {
        entry
            .may_be_directory()
            .then(|| build_integration_lookup(discovery, path, &entry.name, &realm))
            .flatten()
    })
}

/// Whose an integration's tokens are.
fn find_owner(discovery: &DiscoveryContext<'_>, name: &str) -> Option<Owner> {
    let key = name.to_lowercase();
    let found = discovery
        .configuration
        .auth
        .integrations
        .iter()
        .find(|i| i.name.key == key)?;
    super::find_linked_owner(discovery, &found.via)
}

fn build_integration_lookup<'a>(
    discovery: DiscoveryContext<'a>,
    directory: ConfinedPath,
    name: &str,
    realm: &str,
) -> Option<Lookup<'a>> {
    let own = find_owner(&discovery, name).filter(|_| discovery.is_own_realm(Some(realm)));
    let owner = match own {
        Some(owner) => owner,
        None if discovery.reach == DiscoveryScope::Machine => Owner::orphan(name),
        None => return None,
    };
    let realm = Some(realm.to_owned());
    let tidy = RemoveIfEmpty {
        realm: realm.clone(),
        names_strangers: true,
        ..RemoveIfEmpty::of(System::GITHUB, owner.clone())
    };
    Some(Lookup::listed(
        directory,
        tidy,
        move |directory, entries| {
            let is_there = |name: &str| entries.iter().any(|entry| entry.name == name);
            let names = ["state.json", "git.config"].into_iter();
            names
                .filter(|name| is_there(name))
                .filter_map(|name| {
                    let file = directory.join(name)?;
                    // `git.config` repeats the tokens of the state file, if there is one.
                    let repeats = name == "git.config" && is_there("state.json");
                    let base = Artefact {
                        realm: realm.clone(),
                        state: if repeats { State::Residue } else { State::Live },
                        ..whole_file(System::GITHUB, &file, owner.clone(), "GitHub tokens")
                    };
                    Some(Lookup::read(file, move |_, bytes, findings| {
                        read_tokens(&discovery, bytes, base.clone(), findings);
                    }))
                })
                .collect()
        },
    ))
}

/// GitHub's own REST interface.
const API: &str = "https://api.github.com";

/// What GitHub says of a token that it does not know. A 401 of anything that stands between proves
/// nothing.
const UNKNOWN: &[Text] = &[Cow::Borrowed("Bad credentials")];

/// An installation access token can end itself, and list what it is for: one repository is asked for.
/// 404 could also be another kind of token, or an address that is not the interface's.
///
/// Source: GitHub REST API, "Revoke an installation access token", "List repositories accessible to
/// the app installation".
pub static INSTALLATION: HttpService = HttpService {
    address: Cow::Borrowed(API),
    end: Some(build_call(Method::Delete, "/installation/token", ENDED)),
    ask: Some(build_call(
        Method::Get,
        "/installation/repositories?per_page=1",
        LISTED,
    )),
    is_confirmed_by_asking: false,
    needs_access_token: None,
    what: "GitHub token",
    effect: "ends the installation token",
    page: None,
    is_own: true,
};

const ENDED: &[Answers] = &[Answers::new(204, Content::Anything)];
const LISTED: &[Answers] = &[Answers::new(200, Content::Object)];

const fn build_call(method: Method, path: &'static str, yes: &'static [Answers]) -> HttpCall {
    const HEADERS: &[(Text, Text)] = &[
        (
            Cow::Borrowed("accept"),
            Cow::Borrowed("application/vnd.github+json"),
        ),
        (
            Cow::Borrowed("x-github-api-version"),
            Cow::Borrowed("2022-11-28"),
        ),
    ];
    const NO_SUCH_TOKEN: &[Answers] = &[Answers::new(401, Content::Errors(Cow::Borrowed(UNKNOWN)))];
    HttpCall {
        method,
        path: Cow::Borrowed(path),
        authorization: Authorization::Bearer,
        body: Body::None,
        headers: Cow::Borrowed(HEADERS),
        yes: Cow::Borrowed(yes),
        unknown: Cow::Borrowed(NO_SUCH_TOKEN),
    }
}

/// Every token in the state file is one to end. An artefact carries one token; the others ride
/// along as artefacts at the same place.
fn read_tokens(
    discovery: &DiscoveryContext<'_>,
    bytes: &[u8],
    base: Artefact,
    findings: &mut InventoryBuilder<'_>,
) {
    let mut found = Vec::new();
    if let Some(object) = json_object(bytes) {
        collect_tokens(Value::Object(object), 0, &mut found);
    }
    if found.is_empty() {
        // `git.config` repeats the tokens in another form.
        findings.artefact(base);
        return;
    }
    for (secret, expires_at) in found {
        let state = discovery.state_at(expires_at);
        let revocation = Revocation::Http {
            service: &INSTALLATION,
            endpoint: find_api_endpoint(discovery),
            recorded: Vec::new(),
        };
        let providers = &base.owner.as_providers();
        let token = findings.token(secret, System::GITHUB, revocation, expires_at, providers);
        findings.artefact(Artefact {
            state,
            expires_at,
            // That it has expired is only the file's word, so its server is told and asked all the same.
            token: Some(token),
            ..base.clone()
        });
    }
}

/// Where GitHub's API answers: `GITHUB_API_URL`, which GitHub Actions sets (Enterprise Server has
/// another one), else the public one.
///
/// Source: GitHub Docs, "Variables reference".
fn find_api_endpoint(discovery: &DiscoveryContext<'_>) -> Endpoint {
    let named = discovery.world.environment.get("GITHUB_API_URL");
    let url = named.unwrap_or(API).trim().trim_end_matches('/');
    Endpoint {
        url: url.to_owned(),
        named_by: if url == API {
            EndpointSource::Vendor
        } else {
            EndpointSource::Environment
        },
    }
}

/// Objects with a `token`, at any depth that such a file can have.
fn collect_tokens(value: Value, depth: usize, found: &mut Vec<(Secret, Option<jiff::Timestamp>)>) {
    const DEEPEST: usize = 8;
    if depth > DEEPEST {
        return;
    }
    match value {
        Value::Object(mut object) => {
            let expires_at = ["expires_at", "expiresAt", "expiration"]
                .iter()
                .find_map(|key| object.get(*key)?.as_str().and_then(parse_timestamp));
            if let Some(Value::String(text)) = object.remove("token") {
                found.push((Secret::new(text), expires_at));
            }
            object
                .into_iter()
                .for_each(|(_, inner)| collect_tokens(inner, depth + 1, found));
        }
        Value::Array(items) => {
            for inner in items {
                collect_tokens(inner, depth + 1, found);
            }
        }
        _ => {}
    }
}
