//! The profiles of the AWS tools, of `~/.aws/config` and `~/.aws/credentials` together: where each gets its
//! keys.
//!
//! Source: botocore `credentials.py` (`create_credential_resolver`, `AssumeRoleProvider`, `SSOProvider`);
//! AWS SDKs and Tools Reference Guide, "Standardized credential providers".

use std::path::PathBuf;

use super::atmos_files::place;
use super::aws_config::{AwsConfig, PROFILES, Section};
use super::target::PortalTarget;
use super::{RoleKeys, SignInError};
use crate::formats::Document;
use crate::io::files::{FileError, Files};
use crate::systems::discovery::READ_LIMIT;
use crate::world::World;

/// Both files of profiles.
pub(super) struct Profiles {
    config: AwsConfig,
    credentials: Option<Document>,
    credentials_path: PathBuf,
}

/// Where a profile gets its keys.
#[derive(Debug)]
pub(super) enum Source {
    /// A role, assumed with something.
    Role(ProfileRole, With),
    /// A role of a portal.
    Portal(ProfilePortal),
    /// Keys that stand in a file.
    Keys(RoleKeys),
    /// A sign-in in a browser, as by `aws login`.
    Login,
    /// A program that prints keys.
    Process(String),
}

/// A role that a profile names.
#[derive(Debug)]
pub(super) struct ProfileRole {
    pub(super) arn: String,
    pub(super) external_id: Option<String>,
    pub(super) mfa_serial: Option<String>,
    pub(super) seconds: Option<u64>,
    pub(super) session_name: Option<String>,
}

/// What a profile's role is assumed with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum With {
    /// Another profile's keys, or the same one's own.
    Profile(String),
    /// The keys of the environment's variables.
    Environment,
    /// The keys of this machine's instance.
    Instance,
    /// The keys of this container.
    Container,
    /// The token in a file.
    TokenFile(PathBuf),
}

/// A role of a portal that a profile names.
#[derive(Debug)]
pub(super) struct ProfilePortal {
    pub(super) portal: PortalTarget,
    pub(super) account: String,
    pub(super) role: String,
}

impl Profiles {
    /// Reads both files; what is not there or cannot be understood has nothing in it.
    pub(super) fn read(world: &World, files: &Files) -> Result<Self, FileError> {
        let named = world.environment.get("AWS_SHARED_CREDENTIALS_FILE");
        let path = world.expand_path(named.unwrap_or("~/.aws/credentials"));
        let path = world.working_directory.join(path);
        let bytes = match place(world, &path) {
            Some(file) => files.read(&file, READ_LIMIT)?,
            None => None,
        };
        Ok(Self {
            config: AwsConfig::read(world, files, None)?,
            credentials: bytes.and_then(|bytes| PROFILES.read(&bytes).ok()),
            credentials_path: path,
        })
    }

    /// The names of all profiles, each once.
    pub(super) fn names(&self) -> Vec<String> {
        let of_credentials = self.credentials.iter();
        let of_credentials = of_credentials.flat_map(|document| document.root().members());
        let mut names: Vec<String> = Vec::new();
        let all = self
            .config
            .profiles()
            .chain(of_credentials.map(|(section, _)| section));
        for name in all {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// Whether there is such a profile.
    pub(super) fn has(&self, name: &str) -> bool {
        self.config.profile(name).is_some() || self.in_credentials(name).is_some()
    }

    fn in_credentials(&self, name: &str) -> Option<Section<'_>> {
        let document = self.credentials.as_ref()?;
        document.root().get(name).map(Section::new)
    }

    /// A setting of a profile. What stands in the credentials file counts more.
    pub(super) fn text(&self, name: &str, key: &str) -> Option<String> {
        let own = self
            .in_credentials(name)
            .and_then(|section| section.text(key));
        own.or_else(|| self.config.profile(name)?.text(key))
    }

    /// The keys that the credentials file has for a profile, and where that is, for people.
    pub(super) fn keys_in_credentials(
        &self,
        world: &World,
        name: &str,
    ) -> Option<(String, RoleKeys)> {
        let keys = read_keys(self.in_credentials(name)?)?;
        let file = world.shorten(&self.credentials_path);
        let region = self.text(name, "region");
        Some((
            format!("{file}, profile {name}"),
            RoleKeys { region, ..keys },
        ))
    }

    /// Where a profile gets its keys. `has_role` is whether its role counts: to those that are assumed
    /// with its keys, its own role does not, where it has keys too.
    pub(super) fn source_of(
        &self,
        world: &World,
        name: &str,
        has_role: bool,
    ) -> Result<Source, SignInError> {
        let broken = |problem: &str| SignInError::Configuration {
            entry: format!("profile \"{name}\" in ~/.aws/config"),
            problem: problem.to_owned(),
        };
        if !self.has(name) {
            return Err(broken("there is no such profile"));
        }
        let text = |key: &str| self.text(name, key);
        let token_file = text("web_identity_token_file");
        let role = text("role_arn").map(|arn| ProfileRole {
            arn,
            external_id: text("external_id"),
            mfa_serial: text("mfa_serial"),
            seconds: text("duration_seconds").and_then(|seconds| seconds.parse().ok()),
            session_name: text("role_session_name"),
        });
        match (role, token_file) {
            (Some(role), Some(file)) => {
                let file = world.working_directory.join(world.expand_path(&file));
                return Ok(Source::Role(role, With::TokenFile(file)));
            }
            (Some(role), None) if has_role => {
                let with = match (text("source_profile"), text("credential_source")) {
                    (Some(_), Some(_)) => {
                        return Err(broken(
                            "it has both `source_profile` and `credential_source`",
                        ));
                    }
                    (None, None) => {
                        return Err(broken(
                            "it has `role_arn`, and neither `source_profile` nor \
                             `credential_source`",
                        ));
                    }
                    (Some(source), None) => With::Profile(source),
                    (None, Some(source)) => match source.as_str() {
                        "Environment" => With::Environment,
                        "Ec2InstanceMetadata" => With::Instance,
                        "EcsContainer" => With::Container,
                        _ => {
                            return Err(broken(
                                "`credential_source` is none of Environment, \
                                 Ec2InstanceMetadata and EcsContainer",
                            ));
                        }
                    },
                };
                return Ok(Source::Role(role, with));
            }
            _ => {}
        }
        if let Some(portal) = self.portal_of(name)? {
            return Ok(Source::Portal(portal));
        }
        if let Some((_, keys)) = self.keys_in_credentials(world, name) {
            return Ok(Source::Keys(keys));
        }
        if text("login_session").is_some() {
            return Ok(Source::Login);
        }
        if let Some(command) = text("credential_process") {
            return Ok(Source::Process(command));
        }
        let keys = self.config.profile(name).and_then(read_keys);
        keys.map(Source::Keys)
            .ok_or_else(|| broken("it has no keys, and says of nobody who has"))
    }

    /// The role of a portal that a profile names, if it names one.
    fn portal_of(&self, name: &str) -> Result<Option<ProfilePortal>, SignInError> {
        let text = |key: &str| self.text(name, key);
        if text("sso_session").is_none() && text("sso_start_url").is_none() {
            return Ok(None);
        }
        let broken = |problem: String| SignInError::Configuration {
            entry: format!("profile \"{name}\" in ~/.aws/config"),
            problem,
        };
        let (Some(account), Some(role)) = (text("sso_account_id"), text("sso_role_name")) else {
            // A session alone is for programs that want its token; the other form is for keys only.
            if text("sso_session").is_some() {
                return Ok(None);
            }
            return Err(broken(
                "it has `sso_start_url`, and lacks `sso_account_id` or `sso_role_name`".to_owned(),
            ));
        };
        let portal = PortalTarget::of_profile(name, &self.config)
            .unwrap_or_else(|| Err(broken("its portal is not in ~/.aws/config".to_owned())))?;
        Ok(Some(ProfilePortal {
            portal,
            account,
            role,
        }))
    }
}

/// The keys that stand in a section.
fn read_keys(section: Section<'_>) -> Option<RoleKeys> {
    RoleKeys::of_answer(
        &section.text("aws_access_key_id")?,
        &section.text("aws_secret_access_key")?,
        section.text("aws_session_token").as_deref(),
        None,
    )
}
