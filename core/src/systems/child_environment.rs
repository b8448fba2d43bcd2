//! What a command that is run as an identity finds in its environment: what is set for it, and what is
//! taken away, because programs would take it in place of the identity.
//!
//! Source: Atmos `pkg/auth/identities/*`, `PrepareEnvironment()`; botocore `configprovider.py` and
//! `credentials.py`, whose variables come before the files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::variables::{
    VariablesError, collect_derived_variables, find_google_directory, find_region,
};
use crate::atmos::config::{Configuration, Identity, IdentityKind, is_region};
use crate::atmos::identity_graph::IdentityGraph;
use crate::world::World;

/// The difference between the environment of adieu and that of a command that it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChildEnvironment {
    /// What is set: paths and names, no secret.
    pub set: BTreeMap<String, String>,
    /// What is taken away.
    pub removed: Vec<&'static str>,
    /// A file whose first line is an access token, and the variable that it belongs into.
    pub token: Option<(&'static str, PathBuf)>,
}

/// What is taken in place of a profile by one of AWS's tools or another: keys, roles, and the name of
/// another profile, which the AWS CLI and boto3 look at first.
const AWS_RIVALS: [&str; 13] = [
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_CREDENTIAL_FILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_EXPIRATION",
    "AWS_SESSION_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
];

/// What Terraform and Azure's libraries take in place of the signed-in Azure CLI.
const AZURE_RIVALS: [&str; 22] = [
    "ARM_ACCESS_KEY",
    "ARM_CLIENT_CERTIFICATE",
    "ARM_CLIENT_CERTIFICATE_PASSWORD",
    "ARM_CLIENT_CERTIFICATE_PATH",
    "ARM_CLIENT_ID",
    "ARM_CLIENT_SECRET",
    "ARM_OIDC_REQUEST_TOKEN",
    "ARM_OIDC_REQUEST_URL",
    "ARM_OIDC_TOKEN",
    "ARM_OIDC_TOKEN_FILE_PATH",
    "ARM_SAS_TOKEN",
    "ARM_USE_CLI",
    "ARM_USE_MSI",
    "ARM_USE_OIDC",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_PASSWORD",
    "AZURE_TENANT_ID",
    "AZURE_USERNAME",
];

/// What Google's libraries and Terraform take in place of the service account.
const GOOGLE_RIVALS: [&str; 6] = [
    "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE",
    "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
    "GCLOUD_KEYFILE_JSON",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_CREDENTIALS",
    "GOOGLE_OAUTH_ACCESS_TOKEN",
];

/// The environment of a command that is run as an identity. A repository's own list of variables
/// (`env`) is no part of it, as for Atmos.
///
/// # Errors
///
/// [`VariablesError`] if the files of the identity cannot be named.
pub fn derive_child_environment(
    world: &World,
    configuration: &Configuration,
    identity_graph: &IdentityGraph,
    identity: &Identity,
) -> Result<ChildEnvironment, VariablesError> {
    let variables =
        collect_derived_variables(world, configuration, identity_graph, identity)?.values;
    let values = variables.into_iter();
    let mut child = ChildEnvironment {
        set: values
            .map(|(name, value)| (name, value.expose().to_owned()))
            .collect(),
        ..ChildEnvironment::default()
    };
    let set = &mut child.set;
    let mut put = |name: &str, value: &str| {
        set.insert(name.to_owned(), value.to_owned());
    };
    match identity.kind {
        IdentityKind::AwsPermissionSet
        | IdentityKind::AwsAssumeRole
        | IdentityKind::AwsAssumeRoot
        | IdentityKind::AwsUser
        | IdentityKind::MockAws => {
            put("AWS_SDK_LOAD_CONFIG", "1");
            put("AWS_EC2_METADATA_DISABLED", "true");
            child.removed = AWS_RIVALS.to_vec();
        }
        IdentityKind::AwsAmbient => {
            let region = find_region(configuration, identity_graph, identity);
            if let Some(region) = region.filter(|region| is_region(region)) {
                put("AWS_REGION", region);
                put("AWS_DEFAULT_REGION", region);
            }
        }
        IdentityKind::AzureSubscription => {
            put_azure(configuration, identity_graph, identity, &mut put);
            let is_set = |name: &&str| !child.set.contains_key(*name);
            child.removed = AZURE_RIVALS.into_iter().filter(is_set).collect();
        }
        IdentityKind::GcpServiceAccount => {
            let directory = find_google_directory(world, configuration, identity_graph, identity)?;
            let key = identity.name.key.as_str();
            let at = |parts: [&str; 2]| {
                parts
                    .iter()
                    .fold(directory.clone(), |path, part| path.join(part))
            };
            let shown = |path: &Path| path.display().to_string();
            put("CLOUDSDK_CONFIG", &shown(&at(["config", key])));
            put("CLOUDSDK_ACTIVE_CONFIG_NAME", "config_atmos");
            child.removed = GOOGLE_RIVALS.to_vec();
            child.token = Some((
                "GOOGLE_OAUTH_ACCESS_TOKEN",
                at(["adc", key]).join("access_token"),
            ));
        }
        _ => {}
    }
    Ok(child)
}

/// The environment of a command that is run as a profile of the AWS CLI, in the person's own settings.
pub fn derive_profile_environment(name: &str, region: Option<&str>) -> ChildEnvironment {
    let mut child = ChildEnvironment {
        removed: AWS_RIVALS.to_vec(),
        ..ChildEnvironment::default()
    };
    let region = region.filter(|region| is_region(region));
    for (variable, value) in [
        ("AWS_PROFILE", Some(name)),
        ("AWS_REGION", region),
        ("AWS_DEFAULT_REGION", region),
        ("AWS_SDK_LOAD_CONFIG", Some("1")),
    ] {
        if let Some(value) = value {
            child.set.insert(variable.to_owned(), value.to_owned());
        }
    }
    child
}

/// By what Terraform and Azure's libraries sign in: the token of a workload where the provider is one,
/// else the Azure CLI.
fn put_azure(
    configuration: &Configuration,
    identity_graph: &IdentityGraph,
    identity: &Identity,
    put: &mut impl FnMut(&str, &str),
) {
    let root = identity_graph.root_provider(&identity.name.key);
    let provider = root.and_then(|root| configuration.auth.provider(&root.key));
    let is_workload = root.is_some_and(|root| root.kind == "azure/oidc");
    if is_workload {
        put("ARM_USE_OIDC", "true");
        let client = provider.and_then(|provider| provider.client_id());
        let tenant = provider.and_then(|provider| provider.tenant_id());
        for (names, value) in [
            (["ARM_CLIENT_ID", "AZURE_CLIENT_ID"], client),
            (["ARM_TENANT_ID", "AZURE_TENANT_ID"], tenant),
        ] {
            for name in names {
                if let Some(value) = value {
                    put(name, value);
                }
            }
        }
    } else {
        put("ARM_USE_CLI", "true");
    }
    let cloud = provider.and_then(|provider| provider.cloud_environment());
    if let Some(cloud @ ("usgovernment" | "china")) = cloud {
        put("ARM_ENVIRONMENT", cloud);
        put("AZURE_ENVIRONMENT", cloud);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rivals_are_sorted_and_none_is_set() {
        for rivals in [&AWS_RIVALS[..], &AZURE_RIVALS, &GOOGLE_RIVALS] {
            assert!(rivals.is_sorted());
        }
    }
}
