//! Which variables `--unset` takes out of the calling shell.
//!
//! After a logout the variables of `adieu env` still stand in the shell that evaluated it, and name
//! files that are gone. But a shell may also hold an `AWS_PROFILE` or `AWS_REGION` of its owner's,
//! which is none of our business. So, unless `--all-variables` is given, only what is set here *and*
//! points at the identities meant is taken away:
//!
//! - the AWS variables go together: if the profile is one of the identities (or no profile is set),
//!   and a file variable names a file of theirs. When no identity is named, any file below Atmos's
//!   own directory counts, so that what an older configuration set goes too;
//! - anything else, if it has the very value that `adieu env` gives it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use adieu::atmos::config::Identity;
use adieu::systems::{VariableValue, collect_variables};
use adieu::world::Environment;

use super::super::context::Context;
use super::super::identity;
use super::derive_variables;
use crate::ui::{Failure, Printer};

const FILES: [&str; 2] = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"];
const PROFILE: &str = "AWS_PROFILE";
const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
const IDENTITY: &str = "ATMOS_IDENTITY";

/// The names to take away, sorted. `name` is empty for all configured identities.
pub(super) fn list_names(
    context: &Context,
    name: &str,
    all: bool,
    printer: &mut Printer,
) -> Result<Vec<String>, Failure> {
    let meant = Meant::of(context, name)?;
    if all {
        return Ok(meant.known().into_iter().collect());
    }
    let names: Vec<String> = meant
        .present(&context.adieu.world.environment)
        .into_iter()
        .collect();
    if names.is_empty() && !printer.is_quiet() {
        printer.note("No variable that is set here points at what is configured.");
    }
    Ok(names)
}

/// The identities meant, by what `adieu env` prints for them.
struct Meant {
    /// Their names, which are their profiles too.
    keys: BTreeSet<String>,
    /// Every value that a variable can have.
    values: BTreeMap<String, BTreeSet<String>>,
    /// Where Atmos keeps its files, if any file there is meant.
    below: Option<PathBuf>,
}

impl Meant {
    fn of(context: &Context, name: &str) -> Result<Self, Failure> {
        let mut meant = Self {
            keys: BTreeSet::new(),
            values: BTreeMap::new(),
            below: name
                .is_empty()
                .then(|| context.adieu.world.atmos_config_root()),
        };
        if !name.is_empty() {
            let identity = identity::find_by_name(context, name)?;
            let found = derive_variables(context, identity)?;
            meant.add(identity, found.values);
            return Ok(meant);
        }
        for identity in &context.adieu.configuration.auth.identities {
            // One with a broken chain has no files of its own; its name is still known.
            let key = &identity.name.key;
            let identity_graph = &context.adieu.identity_graph;
            if identity_graph.root_provider(key).is_none()
                && identity_graph.root_identity(key).is_none()
            {
                meant.add(identity, BTreeMap::new());
                continue;
            }
            let found = collect_variables(
                &context.adieu.world,
                &context.adieu.configuration,
                &context.adieu.identity_graph,
                identity,
            );
            meant.add(identity, found.unwrap_or_default().values);
        }
        Ok(meant)
    }

    /// What a repository chose the name of is none of this: it could name `PATH`.
    fn add(&mut self, identity: &Identity, values: BTreeMap<String, VariableValue>) {
        self.keys.insert(identity.name.key.clone());
        for (name, value) in values {
            let value = value.expose().to_owned();
            self.values.entry(name).or_default().insert(value);
        }
    }

    /// All names, whatever is set.
    fn known(&self) -> BTreeSet<String> {
        FILES
            .iter()
            .chain(&[PROFILE, IDENTITY])
            .chain(&REGIONS)
            .map(|name| (*name).to_owned())
            .chain(self.values.keys().cloned())
            .collect()
    }

    /// The names that are set here and point at the identities meant.
    fn present(&self, environment: &Environment) -> BTreeSet<String> {
        let is_aws = self.is_aws(environment);
        self.known()
            .into_iter()
            .filter(|name| match (name.as_str(), environment.get(name)) {
                (_, None) => false,
                (IDENTITY, Some(value)) => self.keys.contains(&value.to_lowercase()),
                (name, Some(value)) if FILES.contains(&name) => is_aws && self.is_file(name, value),
                (PROFILE, Some(_)) => is_aws,
                (name, Some(value)) if REGIONS.contains(&name) => {
                    is_aws && (self.below.is_some() || self.has(name, value))
                }
                (name, Some(value)) => self.has(name, value),
            })
            .collect()
    }

    /// Whether the AWS variables of the shell are those of an identity that is meant.
    fn is_aws(&self, environment: &Environment) -> bool {
        let is_profile = environment.get(PROFILE).is_none_or(|profile| {
            self.below.is_some() || self.keys.contains(&profile.to_lowercase())
        });
        is_profile
            && FILES.iter().any(|name| {
                let value = environment.get(name);
                value.is_some_and(|value| self.is_file(name, value))
            })
    }

    fn is_file(&self, name: &str, value: &str) -> bool {
        let path = Path::new(value);
        let leads_out = path.components().any(|part| part == Component::ParentDir);
        let is_below = self
            .below
            .as_ref()
            .is_some_and(|root| path.starts_with(root) && !leads_out);
        is_below || self.has(name, value)
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.values
            .get(name)
            .is_some_and(|values| values.contains(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(below: Option<&str>) -> Meant {
        let mut values: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, value) in [
            ("AWS_CONFIG_FILE", "/a/acme/aws/sso/config"),
            ("AWS_PROFILE", "dev"),
            ("AWS_REGION", "us-east-1"),
            ("DB_HOST", "db.example"),
        ] {
            values
                .entry(name.to_owned())
                .or_default()
                .insert(value.to_owned());
        }
        Meant {
            keys: BTreeSet::from(["dev".to_owned()]),
            values,
            below: below.map(PathBuf::from),
        }
    }

    fn present(meant: &Meant, environment: &[(&str, &str)]) -> Vec<String> {
        let environment = environment.iter().copied().collect();
        meant.present(&environment).into_iter().collect()
    }

    #[test]
    fn variables_of_the_owner_stay() {
        let own = [
            ("AWS_PROFILE", "work"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_CONFIG_FILE", "/home/ana/.aws/config"),
            ("DB_HOST", "localhost"),
            ("ATMOS_IDENTITY", "somebody"),
        ];
        for below in [None, Some("/a")] {
            assert_eq!(present(&meant(below), &own), Vec::<String>::new());
        }
        // The region alone says nothing about whose it is.
        assert!(present(&meant(None), &[("AWS_REGION", "us-east-1")]).is_empty());
    }

    #[test]
    fn variables_that_point_at_the_identity_go_together() {
        let set = [
            ("ATMOS_IDENTITY", "Dev"),
            ("AWS_CONFIG_FILE", "/a/acme/aws/sso/config"),
            ("AWS_PROFILE", "dev"),
            ("AWS_REGION", "us-east-1"),
            ("DB_HOST", "db.example"),
        ];
        assert_eq!(present(&meant(None), &set).len(), 5);
    }

    #[test]
    fn shell_of_another_identity_of_the_same_provider_stays() {
        let set = [
            ("AWS_CONFIG_FILE", "/a/acme/aws/sso/config"),
            ("AWS_PROFILE", "ops"),
            ("AWS_REGION", "us-east-1"),
        ];
        assert!(present(&meant(None), &set).is_empty());
        assert_eq!(present(&meant(Some("/a")), &set).len(), 3);
    }

    #[test]
    fn files_below_the_directory_of_atmos_count_when_all_are_meant() {
        let set = [
            ("AWS_CONFIG_FILE", "/a/old/aws/gone/config"),
            ("AWS_PROFILE", "gone"),
        ];
        assert_eq!(present(&meant(Some("/a")), &set).len(), 2);
        let out = [("AWS_CONFIG_FILE", "/a/../b/config")];
        assert!(present(&meant(Some("/a")), &out).is_empty());
    }
}
