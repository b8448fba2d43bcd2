//! Registry sign-ins that integrations left in Docker's configuration.
//!
//! Source: Atmos `pkg/auth/cloud/docker`; Docker CLI `cli/config/configfile`.

use serde_json::Value;

use super::System;
use super::survey::{Lookup, Survey, artefact, json_object};
use crate::config::{Integration, IntegrationKind};
use crate::inventory::{Place, Problem, Subject};

/// `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`.
pub(super) fn lookups<'a>(survey: &Survey<'a>) -> Vec<Lookup<'a>> {
    let hosts: Vec<(String, Subject)> = survey
        .configuration
        .auth
        .integrations
        .iter()
        .filter_map(|integration| {
            Some((host(integration)?, super::linked(survey, &integration.via)?))
        })
        .collect();
    if hosts.is_empty() {
        return Vec::new();
    }
    let directory = survey.world.environment.get("DOCKER_CONFIG").map_or_else(
        || survey.in_home(".docker"),
        |path| Some(survey.below(&survey.world.working_directory.join(path))),
    );
    let Some(file) = directory.and_then(|directory| directory.join("config.json")) else {
        return Vec::new();
    };
    vec![Lookup::read(file, move |file, bytes, findings| {
        let Some(object) = json_object(bytes) else {
            findings.problem(Problem {
                location: file.to_path().display().to_string(),
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
        for (host, subject) in &hosts {
            if auths.contains_key(host) {
                let place = Place::JsonMember {
                    file: file.clone(),
                    keys: vec!["auths".to_owned(), host.clone()],
                };
                findings.artefact(artefact(
                    System::Docker,
                    place,
                    subject.clone(),
                    "container registry sign-in",
                ));
            }
        }
    })]
}

/// The registry's host.
fn host(integration: &Integration) -> Option<String> {
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
