//! Variables that keep a tool signed in whatever a logout removed.
//!
//! Sources: AWS SDKs and Tools Reference, "Environment variables"; Azure Identity,
//! `EnvironmentCredential`; Terraform, providers `azurerm` and `google`, and backend `azurerm`; Google
//! Cloud, "How Application Default Credentials works"; GitHub CLI manual, "gh environment".

use super::discovery::{DiscoveryContext, DiscoveryScope, InventoryBuilder, Lookup};
use super::{System, ai, catalogue, salesforce, shapes};
use crate::inventory::{Override, OverrideKind};
use crate::names::{self, NameKind};
use crate::scan::Shell;

/// Variables that carry a credential, or the path of one.
const VARIABLES: [(&str, System); 40] = [
    ("AWS_ACCESS_KEY_ID", System::AWS),
    ("AWS_SECRET_ACCESS_KEY", System::AWS),
    ("AWS_SESSION_TOKEN", System::AWS),
    ("AWS_SECURITY_TOKEN", System::AWS),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", System::AWS),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", System::AWS),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", System::AWS),
    ("AWS_CREDENTIAL_FILE", System::AWS),
    ("AZURE_CLIENT_SECRET", System::AZURE),
    ("AZURE_CLIENT_CERTIFICATE_PATH", System::AZURE),
    ("AZURE_FEDERATED_TOKEN_FILE", System::AZURE),
    ("AZURE_PASSWORD", System::AZURE),
    ("AZURE_STORAGE_KEY", System::AZURE),
    ("AZURE_STORAGE_CONNECTION_STRING", System::AZURE),
    ("AZURE_STORAGE_SAS_TOKEN", System::AZURE),
    ("AZURE_DEVOPS_EXT_PAT", System::AZURE),
    ("ARM_CLIENT_SECRET", System::AZURE),
    ("ARM_CLIENT_SECRET_FILE_PATH", System::AZURE),
    ("ARM_CLIENT_CERTIFICATE", System::AZURE),
    ("ARM_CLIENT_CERTIFICATE_PATH", System::AZURE),
    ("ARM_ACCESS_KEY", System::AZURE),
    ("ARM_SAS_TOKEN", System::AZURE),
    ("ARM_OIDC_TOKEN", System::AZURE),
    ("ARM_OIDC_TOKEN_FILE_PATH", System::AZURE),
    ("ARM_OIDC_REQUEST_TOKEN", System::AZURE),
    ("IDENTITY_ENDPOINT", System::AZURE),
    ("MSI_ENDPOINT", System::AZURE),
    ("GOOGLE_APPLICATION_CREDENTIALS", System::GCP),
    ("GOOGLE_CREDENTIALS", System::GCP),
    ("GOOGLE_CLOUD_KEYFILE_JSON", System::GCP),
    ("GCLOUD_KEYFILE_JSON", System::GCP),
    ("GOOGLE_OAUTH_ACCESS_TOKEN", System::GCP),
    ("CLOUDSDK_AUTH_ACCESS_TOKEN", System::GCP),
    ("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", System::GCP),
    ("CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE", System::GCP),
    ("GH_TOKEN", System::GITHUB),
    ("GITHUB_TOKEN", System::GITHUB),
    ("GH_ENTERPRISE_TOKEN", System::GITHUB),
    ("GITHUB_ENTERPRISE_TOKEN", System::GITHUB),
    ("ATMOS_PRO_GITHUB_TOKEN", System::GITHUB),
];

/// How the variables begin that carry a key for one of AWS's services each: `…_BEDROCK`.
const AWS_BEARER_TOKEN: &str = "AWS_BEARER_TOKEN_";

/// Whose credential a variable carries or leads to.
fn owner_of(name: &str) -> Option<System> {
    let mut known = VARIABLES.iter().filter(|(known, _)| *known == name);
    let is_bearer = name.len() > AWS_BEARER_TOKEN.len() && name.starts_with(AWS_BEARER_TOKEN);
    let of_table = known.next().map(|(_, system)| *system);
    of_table.or_else(|| is_bearer.then_some(System::AWS))
}

/// What a variable does to tools when it is set in a new shell: whose credential it is, or whom it is
/// only read by ([`OverrideKind::Notice`]). None for names that no system here reads.
pub fn of_variable(name: &str) -> Vec<(System, OverrideKind)> {
    let clouds = owner_of(name).map(|system| (system, OverrideKind::Environment));
    let orgs = salesforce::TOKEN_VARIABLES
        .contains(&name)
        .then_some((System::SALESFORCE, OverrideKind::Environment));
    let mut known: Vec<(System, OverrideKind)> = clouds
        .into_iter()
        .chain(orgs)
        .chain(ai::of_variable(name))
        .chain(catalogue::of_variable(name))
        .collect();
    // Who reads it is not known here; but whoever does is signed in.
    if !known.iter().any(|(_, kind)| kind.signs_in()) && names::names_credential(name) {
        known.push((System::ANY_READER, OverrideKind::Environment));
    }
    known
}

/// Whether a variable's value is a credential, by its name and its own form: what only looks like the
/// name of one may hold anything.
pub(super) fn is_credential(name: &str, value: &str) -> bool {
    if names::is_npms(name) {
        return !value.trim().is_empty();
    }
    let Some(known) = names::classify_name(name) else {
        return false;
    };
    match known.kind {
        _ if names::is_url(name) => shapes::has_password_in_address(value),
        NameKind::Probable => {
            shapes::has_password_in_address(value) || shapes::is_credential_text(value, name)
        }
        kind => kind.is_secret() && !value.trim().is_empty(),
    }
}

/// The variables that are set.
pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let (discovery, world) = (*discovery, discovery.world);
    vec![Lookup::Known(Box::new(
        move |findings: &mut InventoryBuilder<'_>| {
            for (name, value) in world.environment.iter() {
                let name = name.to_str().unwrap_or_default();
                let value = value.to_string_lossy();
                let of_anybody = || {
                    let is_machine = discovery.reach == DiscoveryScope::Machine;
                    let is_read_by =
                        |(system, _): &(System, OverrideKind)| *system == System::ANY_READER;
                    (is_machine
                        && of_variable(name).iter().any(is_read_by)
                        && is_credential(name, &value))
                    .then_some(System::ANY_READER)
                };
                if !value.is_empty()
                    && let Some(system) = owner_of(name).or_else(of_anybody)
                {
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
