//! The variables that let other programs use an identity: paths and names, never keys.
//!
//! Source: Atmos `pkg/auth/identities/*`, `Environment()`; recorded outputs of `atmos auth env`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::aws;
use crate::config::{self, Configuration, Identity, IdentityKind};
use crate::files::is_plain_component;
use crate::roster::Roster;
use crate::world::World;

/// The variables of an identity.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Variables {
    /// Values by name. Those of the identity's own `env` list may be secrets.
    pub values: BTreeMap<String, String>,
    /// Names of its `env` list that no shell takes for the name of a variable; they are left out.
    pub unusable: Vec<String>,
    /// Names of its `env` list that make other programs run code ([`runs_code`]). They are among the
    /// values; who hands them to a shell has to be asked for each of them.
    pub running_code: Vec<String>,
}

/// Names only: values may be secrets.
impl std::fmt::Debug for Variables {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.values.keys()).finish()
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
pub fn variables(
    world: &World,
    configuration: &Configuration,
    roster: &Roster,
    identity: &Identity,
) -> Result<Variables, VariablesError> {
    let mut found = Variables::default();
    let mut set = |names: &[&str], value: Option<&str>| {
        for name in names {
            if let Some(value) = value {
                found.values.insert((*name).to_owned(), value.to_owned());
            }
        }
    };
    let key = identity.name.key.as_str();
    match identity.kind {
        IdentityKind::AwsPermissionSet
        | IdentityKind::AwsAssumeRole
        | IdentityKind::AwsAssumeRoot
        | IdentityKind::AwsUser => {
            let directory = aws_directory(world, configuration, roster, identity)?;
            let file = |name: &str| directory.join(name).display().to_string();
            set(&["AWS_SHARED_CREDENTIALS_FILE"], Some(&file("credentials")));
            set(&["AWS_CONFIG_FILE"], Some(&file("config")));
            set(&["AWS_PROFILE"], Some(key));
            set(
                &["AWS_REGION", "AWS_DEFAULT_REGION"],
                region(configuration, roster, identity),
            );
        }
        IdentityKind::AzureSubscription => {
            set(
                &["AZURE_SUBSCRIPTION_ID", "ARM_SUBSCRIPTION_ID"],
                identity.subscription_id(),
            );
            let location = region(configuration, roster, identity);
            set(&["AZURE_LOCATION", "ARM_LOCATION"], location);
            set(
                &["AZURE_RESOURCE_GROUP"],
                identity.text(&["principal", "resource_group"]),
            );
        }
        IdentityKind::GcpProject | IdentityKind::GcpServiceAccount => {
            let project = project(configuration, roster, identity);
            set(
                &[
                    "GOOGLE_CLOUD_PROJECT",
                    "GCLOUD_PROJECT",
                    "CLOUDSDK_CORE_PROJECT",
                ],
                project,
            );
            if identity.kind == IdentityKind::GcpProject {
                set(
                    &["GOOGLE_CLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"],
                    region(configuration, roster, identity),
                );
                set(
                    &["GOOGLE_CLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE"],
                    identity.text(&["principal", "zone"]),
                );
            }
        }
        IdentityKind::Mock => set(&["MOCK_IDENTITY", "ATMOS_IDENTITY"], Some(key)),
        IdentityKind::MockAws => {
            set(&["MOCK_IDENTITY", "AWS_PROFILE"], Some(key));
            set(&["AWS_CONFIG_FILE"], Some("/tmp/mock-config"));
            set(
                &["AWS_SHARED_CREDENTIALS_FILE"],
                Some("/tmp/mock-credentials"),
            );
            let region = region(configuration, roster, identity).unwrap_or("us-east-1");
            set(&["AWS_REGION", "AWS_DEFAULT_REGION"], Some(region));
        }
        _ => {}
    }
    for (name, value) in &identity.env {
        if is_variable_name(name) {
            if runs_code(name) {
                found.running_code.push(name.clone());
            }
            found.values.insert(name.clone(), value.clone());
        } else {
            found.unusable.push(name.clone());
        }
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

/// Whether setting a variable of this name makes shells and other programs run code, or other code
/// than before. A repository's `atmos.yaml` that could set one in the person's shell would run what
/// it likes there.
///
/// Sources: ld.so(8), dyld(1), bash(1), zsh(1), git(1), and the manuals of Node.js, Python, Perl,
/// Ruby and the Java launcher.
pub fn runs_code(name: &str) -> bool {
    const BEGINNINGS: [&str; 5] = ["LD_", "DYLD_", "BASH_FUNC_", "GIT_CONFIG", "PS"];
    const NAMES: [&str; 46] = [
        "BASHOPTS",
        "BASH_ENV",
        "BROWSER",
        "CDPATH",
        "CLASSPATH",
        "EDITOR",
        "ENV",
        "FPATH",
        "GIT_ASKPASS",
        "GIT_EDITOR",
        "GIT_EXEC_PATH",
        "GIT_EXTERNAL_DIFF",
        "GIT_PAGER",
        "GIT_PROXY_COMMAND",
        "GIT_SEQUENCE_EDITOR",
        "GIT_SSH",
        "GIT_SSH_COMMAND",
        "GIT_TEMPLATE_DIR",
        "HOME",
        "IFS",
        "JAVA_TOOL_OPTIONS",
        "JDK_JAVA_OPTIONS",
        "LESSCLOSE",
        "LESSOPEN",
        "MANPAGER",
        "NODE_OPTIONS",
        "NODE_PATH",
        "PAGER",
        "PATH",
        "PERL5DB",
        "PERL5LIB",
        "PERL5OPT",
        "PROMPT_COMMAND",
        "PYTHONHOME",
        "PYTHONPATH",
        "PYTHONSTARTUP",
        "RUBYLIB",
        "RUBYOPT",
        "SHELL",
        "SHELLOPTS",
        "SSH_ASKPASS",
        "SUDO_ASKPASS",
        "VISUAL",
        "XDG_CONFIG_HOME",
        "ZDOTDIR",
        "_JAVA_OPTIONS",
    ];
    let name = name.to_ascii_uppercase();
    // `PS1` and its like, which shells expand, but not every name that begins so.
    let is_prompt = name.len() == 3 && name.ends_with(|last: char| last.is_ascii_digit());
    NAMES.binary_search(&name.as_str()).is_ok()
        || BEGINNINGS
            .iter()
            .any(|begin| name.starts_with(begin) && (*begin != "PS" || is_prompt))
}

/// The directory that Atmos writes the AWS files of a chain into.
fn aws_directory(
    world: &World,
    configuration: &Configuration,
    roster: &Roster,
    identity: &Identity,
) -> Result<PathBuf, VariablesError> {
    let chain = config::chain(&configuration.auth, &identity.name.key)?;
    // A provider that is not configured is still named by the chain.
    let folder = aws::folder(roster, &identity.name.key);
    let folder = folder.or_else(|| chain.provider()).unwrap_or_default();
    if !folder.split('/').all(is_plain_component) {
        return Err(VariablesError::ProviderName {
            provider: roster.written(folder).to_owned(),
        });
    }
    let realm = config::realm(world, configuration);
    Ok(world
        .atmos_config_root()
        .join(realm.value)
        .join("aws")
        .join(folder))
}

/// The region (Azure: location) of an identity: its own, else that of the nearest link of its chain
/// that has one.
pub fn region<'a>(
    configuration: &'a Configuration,
    roster: &Roster,
    identity: &'a Identity,
) -> Option<&'a str> {
    let auth = &configuration.auth;
    // Root first; the identity itself is the last.
    let chain = roster.chain(&identity.name.key);
    let of_identities = chain.iter().rev().find_map(|link| {
        let link = auth.identity(link)?;
        match link.kind {
            IdentityKind::AwsUser => link.credentials_region(),
            IdentityKind::AzureSubscription => link.text(&["principal", "location"]),
            _ => link.principal_region(),
        }
    });
    of_identities.or_else(|| {
        let provider = auth.provider(&roster.root_provider(&identity.name.key)?.key)?;
        provider
            .region()
            .or_else(|| provider.text(&["spec", "region"]))
            .or_else(|| provider.text(&["spec", "location"]))
    })
}

/// The Google project of an identity: its own, else its provider's.
pub fn project<'a>(
    configuration: &'a Configuration,
    roster: &Roster,
    identity: &'a Identity,
) -> Option<&'a str> {
    identity.project_id().or_else(|| {
        let provider = roster.root_provider(&identity.name.key)?;
        configuration.auth.provider(&provider.key)?.project_id()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_run_code_are_told_from_others() {
        for name in [
            "PATH",
            "path",
            "LD_PRELOAD",
            "BASH_ENV",
            "PS1",
            "NODE_OPTIONS",
            "_JAVA_OPTIONS",
            "GIT_CONFIG_COUNT",
            "ZDOTDIR",
            "ENV",
        ] {
            assert!(runs_code(name), "{name}");
        }
        for name in [
            "AWS_REGION",
            "PSQL_HOST",
            "PSX",
            "TF_VAR_path",
            "ENVIRONMENT",
            "MY_PATH",
        ] {
            assert!(!runs_code(name), "{name}");
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
