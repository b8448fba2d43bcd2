//! Registry sign-ins that integrations left in Docker's configuration.
//!
//! Source: Atmos `pkg/auth/cloud/docker`; Docker CLI `cli/config/configfile`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::System;
use super::discovery::{DiscoveryContext, Lookup, build_artefact, json_object};
use super::helpers::registry_helper;
use crate::atmos::config::{Integration, IntegrationKind};
use crate::formats::MemberPath;
use crate::inventory::{Location, Owner, Place, Problem};
use crate::io::files::ConfinedPath;

/// `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`.
pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let mut users: BTreeMap<String, Vec<Owner>> = BTreeMap::new();
    for integration in &discovery.configuration.auth.integrations {
        let host = build_registry_host(integration);
        if let Some((host, user)) = host.zip(super::find_linked_owner(discovery, &integration.via))
        {
            users.entry(host).or_default().push(user);
        }
    }
    if users.is_empty() {
        return Vec::new();
    }
    // There is one sign-in for each registry, whoever signs in to it.
    let hosts: Vec<(String, Vec<Owner>)> = users
        .into_iter()
        .map(|(host, users)| (host, super::of_all(users)))
        .collect();
    let directory = discovery
        .world
        .environment
        .get("DOCKER_CONFIG")
        .map_or_else(
            || discovery.in_home(".docker"),
            |path| Some(discovery.below(&discovery.world.working_directory.join(path))),
        );
    let Some(file) = directory.and_then(|directory| directory.join("config.json")) else {
        return Vec::new();
    };
    vec![Lookup::read(file, move |file, bytes, findings| {
        let Some(object) = json_object(bytes) else {
            findings.problem(Problem {
                location: Location::of(file),
                message: "it is not a JSON object, so registry sign-ins in it are not known"
                    .to_owned(),
                hint: Some("sign out with: docker logout".to_owned()),
                hides: true,
            });
            return;
        };
        let Some(Value::Object(auths)) = object.get("auths") else {
            return;
        };
        for (host, owners) in &hosts {
            let Some(entry) = auths.get(host) else {
                continue;
            };
            if let Some(helper) = registry_helper(&object, host, entry) {
                findings.problem(kept_by_helper(file, host, helper));
            }
            for owner in owners {
                let place = Place::json(file, MemberPath::of_keys(["auths", host]));
                findings.artefact(build_artefact(
                    System::DOCKER,
                    place,
                    owner.clone(),
                    "container registry sign-in",
                ));
            }
        }
    })]
}

/// What a credential helper keeps is not looked at: it is a program that the file names.
fn kept_by_helper(file: &ConfinedPath, host: &str, helper: &str) -> Problem {
    Problem {
        location: Location::of(file),
        message: format!(
            "the password for {host} is not in it but with the credential helper `{helper}`, which \
             is not asked"
        ),
        hint: Some(format!("sign out with: docker logout {host}")),
        hides: true,
    }
}

/// The registry's host.
fn build_registry_host(integration: &Integration) -> Option<String> {
    match integration.kind {
        IntegrationKind::AwsEcr => {
            let (account, region) = integration
                .registry_account()
                .zip(integration.registry_region())?;
            let suffix = if region.starts_with("cn-") {
                "amazonaws.com.cn"
            } else {
                "amazonaws.com"
            };
            Some(format!("{account}.dkr.ecr.{region}.{suffix}"))
        }
        IntegrationKind::AwsEcrPublic => Some("public.ecr.aws".to_owned()),
        IntegrationKind::AzureAcr => integration
            .registry_name()
            .map(|name| format!("{name}.azurecr.io")),
        _ => None,
    }
}
