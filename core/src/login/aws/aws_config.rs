//! What `~/.aws/config` says: sessions of portals, profiles, and where services answer.
//!
//! Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files",
//! "Service-specific endpoints".

use crate::formats::{Document, Format, IniDialect, Node};
use crate::io::files::{ConfinedPath, FileError, Files};
use crate::systems::discovery::READ_LIMIT;
use crate::world::World;

use super::atmos_files::place;

/// How the AWS CLI reads its profiles.
pub(super) const PROFILES: Format = Format::Ini(IniDialect::Python);

/// The settings file of the AWS tools, and the profile in effect.
pub(super) struct AwsConfig {
    document: Option<Document>,
    profile: String,
}

impl AwsConfig {
    /// Reads it, for a profile or the one in effect; a file that is not there or cannot be understood has
    /// nothing in it.
    pub(super) fn read(
        world: &World,
        files: &Files,
        profile: Option<&str>,
    ) -> Result<Self, FileError> {
        let get = |name: &str| world.environment.get(name);
        let bytes = match Self::file(world) {
            Some(file) => files.read(&file, READ_LIMIT)?,
            None => None,
        };
        let in_effect = || get("AWS_PROFILE").or_else(|| get("AWS_DEFAULT_PROFILE"));
        let profile = profile.or_else(in_effect);
        Ok(Self {
            document: bytes.and_then(|bytes| PROFILES.read(&bytes).ok()),
            profile: profile.unwrap_or("default").to_owned(),
        })
    }

    /// The file.
    pub(super) fn file(world: &World) -> Option<ConfinedPath> {
        let named = world.environment.get("AWS_CONFIG_FILE");
        let path = world.expand_path(named.unwrap_or("~/.aws/config"));
        place(world, &world.working_directory.join(path))
    }

    fn sections(&self) -> impl Iterator<Item = (&str, &Node)> {
        let document = self.document.iter();
        document.flat_map(|document| document.root().members())
    }

    /// The section of a profile.
    pub(super) fn profile(&self, name: &str) -> Option<Section<'_>> {
        let mut sections = self.sections();
        let found = sections.find(|(section, _)| profile_of_section(section) == Some(name));
        found.map(|(_, node)| Section(node))
    }

    /// The section of a portal's session.
    pub(super) fn session(&self, name: &str) -> Option<Section<'_>> {
        let mut sessions = self.sessions();
        let found = sessions.find(|(session, _)| *session == name);
        found.map(|(_, section)| section)
    }

    /// The sessions of portals, by name.
    pub(super) fn sessions(&self) -> impl Iterator<Item = (&str, Section<'_>)> {
        self.sections().filter_map(|(section, node)| {
            let name = section.strip_prefix("sso-session ")?;
            Some((name.trim(), Section(node)))
        })
    }

    /// The names of the profiles.
    pub(super) fn profiles(&self) -> impl Iterator<Item = &str> {
        self.sections()
            .filter_map(|(section, _)| profile_of_section(section))
    }

    /// The address that the profile in effect names for a service, by the service's name in `services`.
    pub(super) fn endpoint_url(&self, service: &str) -> Option<String> {
        let profile = self.profile(&self.profile)?;
        let of_service = || {
            let name = profile.text("services")?;
            let title = format!("services {name}");
            let mut sections = self.sections();
            let (_, section) = sections.find(|(section, _)| *section == title)?;
            let nested = Section(section).text(service)?;
            nested.lines().find_map(|line| {
                let (key, value) = line.split_once('=')?;
                (key.trim() == "endpoint_url").then(|| value.trim().to_owned())
            })
        };
        of_service()
            .or_else(|| profile.text("endpoint_url"))
            .filter(|url| !url.is_empty())
    }

    /// Whether a setting of the profile in effect is on.
    pub(super) fn is_on(&self, key: &str) -> bool {
        let profile = self.profile(&self.profile);
        let value = profile.and_then(|profile| profile.text(key));
        value.is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// A setting of the profile in effect.
    pub(super) fn setting(&self, key: &str) -> Option<String> {
        self.profile(&self.profile)?.text(key)
    }
}

/// The profile that a section is of; a name with blanks is in quotes.
fn profile_of_section(section: &str) -> Option<&str> {
    if section == "default" {
        return Some(section);
    }
    let name = section.strip_prefix("profile")?;
    let name = name.strip_prefix([' ', '\t'])?.trim();
    let quoted = ['"', '\''].iter().find_map(|quote| {
        let name = name.strip_prefix(*quote)?.strip_suffix(*quote)?;
        (!name.contains(*quote)).then_some(name)
    });
    Some(quoted.unwrap_or(name))
}

/// One section.
#[derive(Clone, Copy)]
pub(super) struct Section<'a>(&'a Node);

impl<'a> Section<'a> {
    /// A section of another file of profiles.
    pub(super) const fn new(node: &'a Node) -> Self {
        Self(node)
    }

    /// The value of a key, if it is not blank.
    pub(super) fn text(self, key: &str) -> Option<String> {
        let value = self.0.get(key)?.text()?.expose().trim().to_owned();
        Some(value).filter(|value| !value.is_empty())
    }
}
