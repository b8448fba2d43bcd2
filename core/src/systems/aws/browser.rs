//! What browser sign-ins of Atmos leave: refresh tokens of `aws/user`, cookies of SAML.
//!
//! Sources: Atmos `pkg/auth/identities/aws/webflow.go`; saml2aws' browser driver.

use crate::inventory::{Artefact, Owner};
use crate::io::files::ConfinedPath;
use crate::systems::System;
use crate::systems::discovery::{
    DiscoveryContext, DiscoveryScope, Lookup, RemoveIfEmpty, json_object, parse_timestamp,
    whole_file,
};

pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let mut lookups: Vec<Lookup<'a>> = build_webflow_lookup(discovery).into_iter().collect();
    lookups.extend(
        discovery
            .in_home(".aws/saml2aws")
            .map(|directory| saml_state(*discovery, directory)),
    );
    lookups
}

/// `{cache}/aws-webflow/<identity>-{realm}/refresh.json`; an identity with a `/` in its name has a
/// directory of its own in between.
pub(super) fn build_webflow_lookup<'a>(discovery: &DiscoveryContext<'a>) -> Option<Lookup<'a>> {
    let cache = discovery.below(&discovery.world.atmos_cache_root());
    let cache = cache.without_links_below();
    let directory = cache.join("aws-webflow")?;
    Some(directory_of_webflow(
        *discovery,
        directory,
        String::new(),
        0,
    ))
}

fn directory_of_webflow(
    discovery: DiscoveryContext<'_>,
    directory: ConfinedPath,
    name: String,
    depth: usize,
) -> Lookup<'_> {
    const DEEPEST: usize = 4;
    Lookup::each(
        directory,
        RemoveIfEmpty::shared(System::AWS),
        move |entry, path| {
            if entry.may_be_directory() && depth < DEEPEST {
                let inner = if name.is_empty() {
                    entry.name.clone()
                } else {
                    format!("{name}/{}", entry.name)
                };
                return Some(directory_of_webflow(discovery, path, inner, depth + 1));
            }
            (entry.name == "refresh.json")
                .then(|| refresh_token(discovery, path, &name))
                .flatten()
        },
    )
}

fn refresh_token<'a>(
    discovery: DiscoveryContext<'a>,
    file: ConfinedPath,
    name: &str,
) -> Option<Lookup<'a>> {
    let (owner, realm) = find_owner(&discovery, name)?;
    let found = Artefact {
        realm,
        ..whole_file(System::AWS, &file, owner, "AWS browser sign-in")
    };
    Some(Lookup::expiring(discovery, file, found, |bytes| {
        parse_timestamp(json_object(bytes)?.get("expiresAt")?.as_str()?)
    }))
}

/// The name ends with the realm; both parts may contain `-`, so configured names are compared.
fn find_owner(discovery: &DiscoveryContext<'_>, name: &str) -> Option<(Owner, Option<String>)> {
    if discovery.reach == DiscoveryScope::OtherRealms {
        let mut parts = name.match_indices('-');
        return parts.find_map(|(at, _)| {
            let (identity, realm) = (&name[..at], &name[at + 1..]);
            let entry = discovery.identity_graph.identity(identity)?;
            let is_other = !realm.is_empty() && !discovery.realms.iter().any(|own| own == realm);
            is_other.then(|| (Owner::orphan(&entry.key), Some(realm.to_owned())))
        });
    }
    let candidates = discovery.realms.iter().filter_map(|realm| {
        let identity = if realm.is_empty() {
            name.strip_suffix('-').unwrap_or(name)
        } else {
            name.strip_suffix(realm.as_str())?.strip_suffix('-')?
        };
        let entry = discovery.identity_graph.identity(identity)?;
        let provider = discovery
            .identity_graph
            .root_provider(&entry.key)
            .map(|p| p.key.as_str());
        Some((Owner::identity(&entry.key, provider), Some(realm.clone())))
    });
    let known = candidates.into_iter().next();
    known.or_else(|| {
        (discovery.reach == DiscoveryScope::Machine).then(|| (Owner::orphan(name), None))
    })
}

/// `~/.aws/saml2aws/storageState.json`: cookies of the identity provider, one file for all.
fn saml_state(discovery: DiscoveryContext<'_>, directory: ConfinedPath) -> Lookup<'_> {
    const NAME: &str = "storageState.json";
    let saml: Vec<String> = discovery
        .identity_graph
        .providers()
        .iter()
        .filter(|provider| provider.kind == "aws/saml")
        .map(|provider| provider.key.clone())
        .collect();
    let owner = match (saml.is_empty(), discovery.reach) {
        (false, _) => Some(Owner::providers(&saml)),
        (true, DiscoveryScope::Machine) => Some(Owner::orphan("saml2aws")),
        (true, _) => None,
    };
    let tidy = RemoveIfEmpty::of(System::AWS, Owner::providers(&saml));
    Lookup::each(directory, tidy, move |entry, file| {
        let owner = owner.clone().filter(|_| entry.name == NAME)?;
        let what = "identity provider's cookies";
        Some(Lookup::found(whole_file(System::AWS, &file, owner, what)))
    })
}
