//! Variables that keep a tool signed in whatever a logout removed.
//!
//! Sources: AWS SDKs and Tools Reference, "Environment variables"; Azure Identity,
//! `EnvironmentCredential`; Google Cloud, "How Application Default Credentials works"; GitHub CLI
//! manual, "gh environment".

use super::survey::{Findings, Lookup, Survey};
use super::{System, ai, salesforce};
use crate::inventory::{Override, OverrideKind};
use crate::scan::Shell;

/// Variables that carry a credential, or the path of one.
const VARIABLES: [(&str, System); 17] = [
    ("AWS_ACCESS_KEY_ID", System::AWS),
    ("AWS_SECRET_ACCESS_KEY", System::AWS),
    ("AWS_SESSION_TOKEN", System::AWS),
    ("AWS_SECURITY_TOKEN", System::AWS),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", System::AWS),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", System::AWS),
    ("AWS_BEARER_TOKEN_BEDROCK", System::AWS),
    ("AZURE_CLIENT_SECRET", System::AZURE),
    ("AZURE_CLIENT_CERTIFICATE_PATH", System::AZURE),
    ("AZURE_FEDERATED_TOKEN_FILE", System::AZURE),
    ("ARM_CLIENT_SECRET", System::AZURE),
    ("GOOGLE_APPLICATION_CREDENTIALS", System::GCP),
    ("GOOGLE_OAUTH_ACCESS_TOKEN", System::GCP),
    ("CLOUDSDK_AUTH_ACCESS_TOKEN", System::GCP),
    ("GH_TOKEN", System::GITHUB),
    ("GITHUB_TOKEN", System::GITHUB),
    ("ATMOS_PRO_GITHUB_TOKEN", System::GITHUB),
];

/// What a variable does to tools when it is set in a new shell: whose credential it is, or whom it is
/// only read by ([`OverrideKind::Notice`]). None for names that no system here reads.
pub fn of_variable(name: &str) -> Vec<(System, OverrideKind)> {
    let clouds = VARIABLES
        .iter()
        .filter(|(known, _)| *known == name)
        .map(|(_, system)| (*system, OverrideKind::Environment));
    let orgs = salesforce::TOKEN_VARIABLES
        .contains(&name)
        .then_some((System::SALESFORCE, OverrideKind::Environment));
    clouds.chain(orgs).chain(ai::of_variable(name)).collect()
}

/// The variables that are set.
pub(super) fn lookups<'a>(survey: &Survey<'a>) -> Vec<Lookup<'a>> {
    let world = survey.world;
    vec![Lookup::Known(Box::new(
        move |findings: &mut Findings<'_>| {
            for (name, system) in VARIABLES {
                if world.environment.get(name).is_some() {
                    findings.overriding(Override {
                        kind: OverrideKind::Environment,
                        name: name.to_owned(),
                        location: "environment".to_owned(),
                        system,
                        remedy: Shell::of_world(world).unset(name),
                    });
                }
            }
        },
    ))]
}
