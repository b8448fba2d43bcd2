//! The variables that let other programs use an identity: paths and names, never keys.
//!
//! Source: Atmos `pkg/auth/identities/*`, `Environment()`; recorded outputs of `atmos auth env`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::aws;
use crate::atmos::config::{self, Configuration, Identity, IdentityKind, Node, Variable};
use crate::atmos::identity_graph::IdentityGraph;
use crate::io::files::is_plain_component;
use crate::names;
use crate::world::World;

/// The variables of an identity.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Variables {
    /// Those that adieu derives, and plain ones of its own `env` list ([`is_plain`]): they may be handed
    /// to a shell.
    pub values: BTreeMap<String, VariableValue>,
    /// All others of its `env` list. A repository chooses names and values, and nearly every program
    /// has a variable that makes it run something; who hands one of these to a shell has to be asked
    /// for it.
    pub unasked: BTreeMap<String, VariableValue>,
    /// Names of its `env` list that no shell takes for the name of a variable; they are left out.
    pub unusable: Vec<String>,
}

/// The value of a variable: one text to use, and one to show.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VariableValue {
    text: String,
    /// `$NAME` if the variable `NAME` gave it; it may be a secret.
    shown: Option<String>,
}

impl VariableValue {
    /// Whether a variable of the environment gave it, which a repository chose.
    const fn is_from_environment(&self) -> bool {
        self.shown.is_some()
    }

    fn of(node: &Node) -> Option<Self> {
        Some(Self {
            text: node.expose()?.to_owned(),
            shown: node.variable().map(|variable| variable.shown().to_owned()),
        })
    }

    /// The value itself, for a shell.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The value as it may be shown.
    pub fn shown(&self) -> &str {
        self.shown.as_deref().unwrap_or(&self.text)
    }
}

impl From<&str> for VariableValue {
    fn from(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            shown: None,
        }
    }
}

/// Names only: values may be secrets.
impl std::fmt::Debug for Variables {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.values.keys()).finish()
    }
}

impl Variables {
    /// Adds a plain variable. What `!env` gave may be any secret of the person's, whatever the name that
    /// a repository gives it, and what stands for a region must look like one: without both it is only
    /// handed over where somebody asks for it.
    fn put(&mut self, name: &str, value: VariableValue) {
        let is_safe = match place_of(name) {
            Some(is_place) => !value.is_from_environment() && is_place(&value.text),
            None => !value.is_from_environment(),
        };
        let values = if is_safe {
            &mut self.values
        } else {
            &mut self.unasked
        };
        values.insert(name.to_owned(), value);
    }
}

/// How the value of a variable is made that names a region, a zone or a location.
fn place_of(name: &str) -> Option<fn(&str) -> bool> {
    let last = name.rsplit('_').next().unwrap_or_default();
    Some(match last.to_ascii_lowercase().as_str() {
        "region" => config::is_region,
        "zone" => |text| {
            let region = text.rsplit_once('-').filter(|(_, zone)| zone.len() == 1);
            region.is_some_and(|(region, _)| config::is_region(region))
        },
        "location" => is_location,
        _ => return None,
    })
}

/// Azure's locations are words, with a number or without: `westeurope`, `West US 2`.
fn is_location(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b' ';
    (3..=32).contains(&text.len()) && text.bytes().all(is_part)
}

/// Why an identity has no variables.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VariablesError {
    /// Its chain has a ring or a missing link, so its provider is not known.
    #[error(transparent)]
    Chain(#[from] config::ChainError),
    /// The name at the root of its chain cannot be the name of a directory.
    #[error("provider {provider:?} has no directory: its name is not one plain path component")]
    ProviderName {
        /// The provider as written.
        provider: String,
    },
}

/// The variables of an identity, from the configuration alone: they are the same whether somebody
/// is signed in or not.
///
/// # Errors
///
/// [`VariablesError`] if the files of the identity cannot be named.
pub fn collect_variables(
    world: &World,
    configuration: &Configuration,
    identity_graph: &IdentityGraph,
    identity: &Identity,
) -> Result<Variables, VariablesError> {
    let mut found = collect_derived_variables(world, configuration, identity_graph, identity)?;
    for (name, node) in &identity.env {
        if !is_variable_name(name) {
            found.unusable.push(name.clone());
        } else if let Some(value) = VariableValue::of(node) {
            if is_plain(name) && is_plain_value(&value.text) {
                found.put(name, value);
            } else {
                found.unasked.insert(name.clone(), value);
            }
        }
    }
    Ok(found)
}

/// The variables that adieu derives, without those of the identity's own `env` list.
pub(super) fn collect_derived_variables(
    world: &World,
    configuration: &Configuration,
    identity_graph: &IdentityGraph,
    identity: &Identity,
) -> Result<Variables, VariablesError> {
    let mut found = Variables::default();
    let mut put = |names: &[&str], value: Option<VariableValue>| {
        for name in names {
            if let Some(value) = &value {
                found.put(name, value.clone());
            }
        }
    };
    let set = |put: &mut dyn FnMut(&[&str], Option<VariableValue>),
               names: &[&str],
               value: Option<&str>| {
        put(names, value.map(VariableValue::from));
    };
    let own = |path: &[&str]| {
        let node = identity.settings.at(path)?;
        VariableValue::of(node).filter(|value| !value.text.trim().is_empty())
    };
    let key = identity.name.key.as_str();
    match identity.kind {
        IdentityKind::AwsPermissionSet
        | IdentityKind::AwsAssumeRole
        | IdentityKind::AwsAssumeRoot
        | IdentityKind::AwsUser => {
            let directory = find_aws_directory(world, configuration, identity_graph, identity)?;
            let file = |name: &str| directory.join(name).display().to_string();
            set(
                &mut put,
                &["AWS_SHARED_CREDENTIALS_FILE"],
                Some(&file("credentials")),
            );
            set(&mut put, &["AWS_CONFIG_FILE"], Some(&file("config")));
            set(&mut put, &["AWS_PROFILE"], Some(key));
            put(
                &["AWS_REGION", "AWS_DEFAULT_REGION"],
                region_value(configuration, identity_graph, identity),
            );
        }
        IdentityKind::AzureSubscription => {
            put(
                &["AZURE_SUBSCRIPTION_ID", "ARM_SUBSCRIPTION_ID"],
                own(&["principal", "subscription_id"]),
            );
            let location = region_value(configuration, identity_graph, identity);
            put(&["AZURE_LOCATION", "ARM_LOCATION"], location);
            put(
                &["AZURE_RESOURCE_GROUP"],
                own(&["principal", "resource_group"]),
            );
        }
        IdentityKind::GcpProject | IdentityKind::GcpServiceAccount => {
            let project = own(&["principal", "project_id"]).or_else(|| {
                let provider = identity_graph.root_provider(&identity.name.key)?;
                let provider = configuration.auth.provider(&provider.key)?;
                VariableValue::of(provider.settings.at(&["spec", "project_id"])?)
                    .filter(|value| !value.text.trim().is_empty())
            });
            put(
                &[
                    "GOOGLE_CLOUD_PROJECT",
                    "GCLOUD_PROJECT",
                    "CLOUDSDK_CORE_PROJECT",
                ],
                project,
            );
            if identity.kind == IdentityKind::GcpProject {
                put(
                    &["GOOGLE_CLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"],
                    region_value(configuration, identity_graph, identity),
                );
                put(
                    &["GOOGLE_CLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE"],
                    own(&["principal", "zone"]),
                );
            }
        }
        IdentityKind::Mock => set(&mut put, &["MOCK_IDENTITY", "ATMOS_IDENTITY"], Some(key)),
        IdentityKind::MockAws => {
            set(&mut put, &["MOCK_IDENTITY", "AWS_PROFILE"], Some(key));
            set(&mut put, &["AWS_CONFIG_FILE"], Some("/tmp/mock-config"));
            set(
                &mut put,
                &["AWS_SHARED_CREDENTIALS_FILE"],
                Some("/tmp/mock-credentials"),
            );
            let region = region_value(configuration, identity_graph, identity);
            put(
                &["AWS_REGION", "AWS_DEFAULT_REGION"],
                Some(region.unwrap_or_else(|| "us-east-1".into())),
            );
        }
        _ => {}
    }
    Ok(found)
}

/// Whether every shell takes it for the name of a variable.
pub fn is_variable_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Variables that say which account, project, region or stack is meant, and nothing else.
const PLAIN: [&str; 43] = [
    "ARM_ENVIRONMENT",
    "ARM_LOCATION",
    "ARM_SUBSCRIPTION_ID",
    "ARM_TENANT_ID",
    "ATMOS_COMPONENT",
    "ATMOS_IDENTITY",
    "ATMOS_STACK",
    "AWS_ACCOUNT_ID",
    "AWS_DEFAULT_OUTPUT",
    "AWS_DEFAULT_PROFILE",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_REGION",
    "AZURE_DEFAULTS_GROUP",
    "AZURE_DEFAULTS_LOCATION",
    "AZURE_LOCATION",
    "AZURE_RESOURCE_GROUP",
    "AZURE_SUBSCRIPTION_ID",
    "AZURE_TENANT_ID",
    "CLOUDSDK_COMPUTE_REGION",
    "CLOUDSDK_COMPUTE_ZONE",
    "CLOUDSDK_CORE_PROJECT",
    "ENVIRONMENT",
    "GCLOUD_PROJECT",
    "GCP_PROJECT",
    "GOOGLE_CLOUD_PROJECT",
    "GOOGLE_CLOUD_QUOTA_PROJECT",
    "GOOGLE_CLOUD_REGION",
    "GOOGLE_CLOUD_ZONE",
    "GOOGLE_PROJECT",
    "GOOGLE_REGION",
    "GOOGLE_ZONE",
    "MOCK_IDENTITY",
    "NAMESPACE",
    "STACK",
    "STAGE",
    "TENANT",
    "TF_VAR_environment",
    "TF_VAR_namespace",
    "TF_VAR_project",
    "TF_VAR_region",
    "TF_VAR_stage",
    "TF_VAR_tenant",
];

/// The longest plain value, in bytes.
const PLAIN_LENGTH: usize = 256;

/// Whether a repository may choose the value of a variable of this name in the person's shell: it
/// names an account, project, region or stack. Everything else can steer a program: which file it
/// reads, which server it asks, what it runs.
pub fn is_plain(name: &str) -> bool {
    PLAIN.binary_search(&name).is_ok()
}

/// Whether a value is made as names are: nothing in it means anything to a shell.
fn is_plain_value(value: &str) -> bool {
    value.len() <= PLAIN_LENGTH
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-/:@+,".contains(&byte))
}

/// The directory that Atmos writes the AWS files of a chain into.
///
/// # Errors
///
/// [`VariablesError`] if the chain is broken, or its root has a name that is no directory's.
pub fn find_aws_directory(
    world: &World,
    configuration: &Configuration,
    identity_graph: &IdentityGraph,
    identity: &Identity,
) -> Result<PathBuf, VariablesError> {
    let key = &identity.name.key;
    let chain;
    let folder = if let Some(folder) = aws::find_folder_name(identity_graph, key) {
        folder
    } else {
        // Followed link by link only where that is needed: chains can be long, and many.
        chain = config::resolve_chain(&configuration.auth, key)?;
        chain.provider().unwrap_or_default()
    };
    realm_directory(world, configuration, identity_graph, "aws", folder)
}

/// The directory that Atmos writes the Google files of a chain into.
///
/// # Errors
///
/// [`VariablesError`] if the chain is broken, or its root has a name that is no directory's.
pub fn find_google_directory(
    world: &World,
    configuration: &Configuration,
    identity_graph: &IdentityGraph,
    identity: &Identity,
) -> Result<PathBuf, VariablesError> {
    let chain = config::resolve_chain(&configuration.auth, &identity.name.key)?;
    let folder = chain.provider().unwrap_or_default();
    realm_directory(world, configuration, identity_graph, "gcp", folder)
}

/// A directory of a provider in the realm of the configuration.
fn realm_directory(
    world: &World,
    configuration: &Configuration,
    identity_graph: &IdentityGraph,
    cloud: &str,
    folder: &str,
) -> Result<PathBuf, VariablesError> {
    if !folder.split('/').all(is_plain_component) {
        return Err(VariablesError::ProviderName {
            provider: identity_graph.written(folder).to_owned(),
        });
    }
    let realm = config::resolve_realm(world, configuration);
    Ok(world
        .atmos_config_root()
        .join(realm.value)
        .join(cloud)
        .join(folder))
}

/// The region (Azure: location) of an identity: its own, else that of the nearest link of its chain
/// that has one.
pub fn find_region<'a>(
    configuration: &'a Configuration,
    identity_graph: &IdentityGraph,
    identity: &'a Identity,
) -> Option<&'a str> {
    let auth = &configuration.auth;
    // Root first; the identity itself is the last.
    let chain = identity_graph.chain(&identity.name.key);
    let of_identities = chain.iter().rev().find_map(|link| {
        let link = auth.identity(link)?;
        match link.kind {
            IdentityKind::AwsUser => link.credentials_region(),
            IdentityKind::AzureSubscription => link.text(&["principal", "location"]),
            _ => link.principal_region(),
        }
    });
    of_identities.or_else(|| {
        let provider = auth.provider(&identity_graph.root_provider(&identity.name.key)?.key)?;
        provider.region().or_else(|| provider.spec_region())
    })
}

/// The same as a value for a shell. What a variable gave is handed over if it is made as regions are,
/// and the variable's name is no secret's.
fn region_value(
    configuration: &Configuration,
    identity_graph: &IdentityGraph,
    identity: &Identity,
) -> Option<VariableValue> {
    let auth = &configuration.auth;
    let at = |settings: &Node, path: &[&str]| {
        let node = settings.at(path)?;
        let mut value = VariableValue::of(node).filter(|value| !value.text.trim().is_empty())?;
        let is_open = |variable: &Variable| !names::is_secret(variable.name());
        if node.variable().is_some_and(is_open) && config::is_region(&value.text) {
            value.shown = None;
        }
        Some(value)
    };
    let chain = identity_graph.chain(&identity.name.key);
    let of_identities = chain.iter().rev().find_map(|link| {
        let link = auth.identity(link)?;
        let path = match link.kind {
            IdentityKind::AwsUser => ["credentials", "region"],
            IdentityKind::AzureSubscription => ["principal", "location"],
            _ => ["principal", "region"],
        };
        at(&link.settings, &path)
    });
    of_identities.or_else(|| {
        let provider = auth.provider(&identity_graph.root_provider(&identity.name.key)?.key)?;
        let paths: [&[&str]; 3] = [&["region"], &["spec", "region"], &["spec", "location"]];
        paths
            .into_iter()
            .find_map(|path| at(&provider.settings, path))
    })
}

/// The Google project of an identity: its own, else its provider's.
pub fn find_google_project<'a>(
    configuration: &'a Configuration,
    identity_graph: &IdentityGraph,
    identity: &'a Identity,
) -> Option<&'a str> {
    identity.project_id().or_else(|| {
        let provider = identity_graph.root_provider(&identity.name.key)?;
        configuration.auth.provider(&provider.key)?.project_id()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_variables_are_a_list_and_their_values_are_names() {
        assert!(PLAIN.is_sorted());
        for name in [
            "AWS_REGION",
            "STAGE",
            "TF_VAR_stage",
            "GOOGLE_CLOUD_PROJECT",
        ] {
            assert!(is_plain(name), "{name}");
        }
        for name in [
            "PATH",
            "path",
            "aws_region",
            "AWS_CONFIG_FILE",
            "TF_VAR_x",
            "GIT_DIR",
            "PS1",
            "",
        ] {
            assert!(!is_plain(name), "{name}");
        }
        for value in ["eu-west-3", "", "acme/prod.eu:1"] {
            assert!(is_plain_value(value), "{value}");
        }
        for value in [
            "a b",
            "$(x)",
            "`x`",
            "a\nb",
            "a;b",
            "~",
            "a=b",
            &"x".repeat(PLAIN_LENGTH + 1),
        ] {
            assert!(!is_plain_value(value), "{value}");
        }
    }

    #[test]
    fn names_of_variables_are_told_from_other_text() {
        for good in ["A", "_", "AWS_REGION", "a1"] {
            assert!(is_variable_name(good), "{good}");
        }
        for bad in ["", "1A", "A-B", "A B", "A=B", "Ä", "A\n", "A;B", "$(x)"] {
            assert!(!is_variable_name(bad), "{bad:?}");
        }
    }
}
