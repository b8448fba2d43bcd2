//! The variables that let other programs use an identity: paths and names, never keys.
//!
//! Source: Atmos `pkg/auth/identities/*`, `Environment()`; recorded outputs of `atmos auth env`.

mod plain;

pub use plain::{is_plain, is_variable_name};

use std::collections::BTreeMap;
use std::path::PathBuf;

use self::plain::{is_plain_value, place_of};
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
