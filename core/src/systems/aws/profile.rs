//! The profile of the AWS CLI that the person's environment chooses.

use std::path::PathBuf;

use super::cli_cache::{PROFILES, find_value};
use crate::world::World;

/// A profile and the file that it stands in.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) config: PathBuf,
    name: String,
}

impl Profile {
    /// The one that is in effect.
    pub(crate) fn of(world: &World) -> Self {
        let get = |name: &str| world.environment.get(name);
        let config = get("AWS_CONFIG_FILE").unwrap_or("~/.aws/config");
        let name = get("AWS_PROFILE").or_else(|| get("AWS_DEFAULT_PROFILE"));
        Self {
            config: world.working_directory.join(world.expand_path(config)),
            name: name.unwrap_or("default").to_owned(),
        }
    }

    /// The file of certificates that it names.
    ///
    /// Source: AWS CLI User Guide, "Configuration and credential file settings", `ca_bundle`.
    pub(crate) fn ca_bundle(&self, config: &[u8]) -> Option<String> {
        let document = PROFILES.read(config).ok()?;
        let is_meant = |name: &str| match name.strip_prefix("profile ") {
            Some(name) => name.trim() == self.name,
            None => name == self.name && name == "default",
        };
        let sections = document.root().members();
        let mut meant = sections.filter(|(name, _)| is_meant(name));
        let named = meant.find_map(|(_, section)| find_value(section, "ca_bundle"))?;
        Some(named.trim().to_owned()).filter(|path| !path.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundle_is_that_of_the_profile_in_effect() {
        let config = b"[default]\nca_bundle = /a.pem\n[profile work]\nregion = x\nca_bundle=/b.pem\n[work]\nca_bundle = /c.pem\n";
        for (name, bundle) in [
            ("default", Some("/a.pem")),
            ("work", Some("/b.pem")),
            ("x", None),
        ] {
            let profile = Profile {
                config: PathBuf::new(),
                name: name.to_owned(),
            };
            assert_eq!(profile.ca_bundle(config).as_deref(), bundle);
        }
    }
}
