//! Providers: what their kinds mean by the keys of an entry.

use std::path::{Path, PathBuf};

use super::kinds::ProviderKind;
use super::model::Name;
use super::node::{Location, Node};
use super::public_text::{find_public_text, region_at};
use crate::secret::Secret;
use crate::world::World;

/// One entry of `auth.providers`.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its name.
    pub name: Name,
    /// The kind.
    pub kind: ProviderKind,
    /// `default: true`.
    pub is_default: bool,
    /// `tags`.
    pub tags: Vec<String>,
    /// The whole entry as written.
    pub settings: Node,
    /// The place of its name.
    pub location: Location,
}

impl Provider {
    /// The text at a path below the entry as it may be shown, if it is not blank.
    pub fn text(&self, path: &[&str]) -> Option<&str> {
        self.settings.text_at(path)
    }

    /// The same to be compared with what is found: the value of a variable is in it, so it is not
    /// shown.
    pub fn compared(&self, path: &[&str]) -> Option<&str> {
        self.settings.expose_at(path)
    }

    /// `start_url`: the portal of IAM Identity Center, as it may be shown.
    pub fn start_url(&self) -> Option<&str> {
        self.text(&["start_url"])
    }

    /// `start_url` to be compared with that of a token; a variable may have given it.
    pub fn portal_address(&self) -> Option<&str> {
        self.settings.expose_at(&["start_url"])
    }

    /// `url`: the SAML identity provider.
    pub fn url(&self) -> Option<&str> {
        self.text(&["url"])
    }

    /// `region`.
    pub fn region(&self) -> Option<&str> {
        region_at(&self.settings, &["region"])
    }

    /// The region or location in `spec`.
    pub fn spec_region(&self) -> Option<&str> {
        let at = |key| region_at(&self.settings, &["spec", key]);
        at("region").or_else(|| at("location"))
    }

    /// `spec.files.base_path` as written, even if it is empty or blank.
    pub fn base_path(&self) -> Option<&str> {
        let node = self.settings.at(&["spec", "files", "base_path"])?;
        find_public_text(node, |path| {
            Path::new(path).is_absolute() && Path::new(path).is_dir()
        })
    }

    /// The directory that `spec.files.base_path` names: absolute, `~` expanded, a relative one
    /// below the working directory. `None` if there is none, or if it is against the rules.
    pub fn base_directory(&self, world: &World) -> Option<PathBuf> {
        let path = self.base_path()?;
        let node = self.settings.at(&["spec", "files", "base_path"])?;
        // A variable's value that is no directory's name is not used, and its name is no path.
        let is_named = node
            .variable()
            .is_some_and(|variable| variable.shown() == path);
        (base_path_fault(path).is_none() && !is_named)
            .then(|| super::schema::resolve_absolute_path(world, path))
    }

    /// The server to use instead of the vendor's: `spec.endpoint_url`, else the older
    /// `spec.aws.resolver.url`.
    pub fn endpoint_url(&self) -> Option<&str> {
        self.text(&["spec", "endpoint_url"])
            .or_else(|| self.text(&["spec", "aws", "resolver", "url"]))
    }

    /// `spec.tenant_id` of Azure kinds.
    pub fn tenant_id(&self) -> Option<&str> {
        self.compared(&["spec", "tenant_id"])
    }

    /// `spec.client_id` of Azure kinds.
    pub fn client_id(&self) -> Option<&str> {
        self.compared(&["spec", "client_id"])
    }

    /// `spec.subscription_id` of Azure kinds.
    pub fn subscription_id(&self) -> Option<&str> {
        self.compared(&["spec", "subscription_id"])
    }

    /// `spec.cloud_environment` of Azure kinds.
    pub fn cloud_environment(&self) -> Option<&str> {
        self.text(&["spec", "cloud_environment"])
    }

    /// `spec.project_id` of Google kinds.
    pub fn project_id(&self) -> Option<&str> {
        self.text(&["spec", "project_id"])
    }

    /// `spec.base_url` of Atmos Pro.
    pub fn base_url(&self) -> Option<&str> {
        self.text(&["spec", "base_url"])
    }

    /// `spec.workspace_id` of Atmos Pro.
    pub fn workspace_id(&self) -> Option<&str> {
        self.text(&["spec", "workspace_id"])
    }

    /// `driver` of SAML.
    pub fn driver(&self) -> Option<&str> {
        self.text(&["driver"])
    }

    /// `username` of SAML.
    pub fn username(&self) -> Option<&str> {
        self.text(&["username"])
    }

    /// `password` of SAML.
    pub fn password(&self) -> Option<Secret> {
        self.settings
            .expose_at(&["password"])
            .map(|text| Secret::new(text.to_owned()))
    }

    /// `session.duration` in seconds.
    pub fn session_seconds(&self) -> Option<u64> {
        super::duration::parse_seconds(self.settings.expose_at(&["session", "duration"])?)
    }

    /// `auto_provision_identities: true`.
    pub fn provisions_identities(&self) -> bool {
        self.settings
            .get("auto_provision_identities")
            .and_then(Node::truth)
            == Some(true)
    }
}

/// Tells why a text cannot be a base path. It decides where files are removed, so it must say one
/// thing only: Atmos takes an empty one for not set, and does not expand `~name`.
pub(super) fn base_path_fault(path: &str) -> Option<&'static str> {
    let names_somebody =
        |rest: &str| !rest.is_empty() && !rest.starts_with('/') && !rest.starts_with('\\');
    if path.trim().is_empty() {
        Some("cannot be empty or whitespace")
    } else if path.contains(['\0', '\r', '\n']) {
        Some("contains invalid characters")
    } else if path.strip_prefix('~').is_some_and(names_somebody) {
        Some("starts with `~name`, but only your own `~` can be expanded")
    } else if path.split(['/', '\\']).any(|part| part == "..") {
        // Where it leads depends on links on the way.
        Some("has `..` in it, so nothing there is looked at")
    } else {
        None
    }
}
