//! The `auth` section as types: who exists, and via whom.
//!
//! An entry keeps its mapping as written ([`Node`]); what a kind means by its keys is read through
//! accessors. So nothing is lost, and a wrong value in one entry harms no other.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::names;
use crate::secret::Secret;
use crate::world::World;

use super::Integration;
use super::kinds::{IdentityKind, ProviderKind};
use super::node::{Location, Node, Spanned, fold_key};

/// The `auth` section of all layers together.
#[derive(Debug, Default)]
pub struct Auth {
    /// `realm` as written; it may be invalid, see [`super::resolve_realm`].
    pub realm: Option<Spanned<String>>,
    /// The variable that gave `realm`, if one did.
    pub(super) realm_variable: Option<String>,
    /// The store in which Atmos keeps credentials.
    pub keyring: KeyringSettings,
    /// `console.isolated`: whether the console opens in a browser profile of the identity's own.
    pub console_isolated: bool,
    /// `logs.level` as written.
    pub log_level: Option<Spanned<String>>,
    /// `logs.file` as written.
    pub log_file: Option<Spanned<String>>,
    /// The providers in the order of first appearance.
    pub providers: Vec<Provider>,
    /// The identities in the order of first appearance; provisioned ones follow.
    pub identities: Vec<Identity>,
    /// The integrations in the order of first appearance.
    pub integrations: Vec<Integration>,
    pub(super) provider_index: HashMap<String, usize>,
    pub(super) identity_index: HashMap<String, usize>,
}

impl Auth {
    /// The provider of that name, whatever its case.
    pub fn provider(&self, name: &str) -> Option<&Provider> {
        find_by_name(&self.provider_index, name).and_then(|at| self.providers.get(at))
    }

    /// The identity of that name, whatever its case.
    pub fn identity(&self, name: &str) -> Option<&Identity> {
        find_by_name(&self.identity_index, name).and_then(|at| self.identities.get(at))
    }

    /// The identities marked `default: true`.
    pub fn default_identities(&self) -> impl Iterator<Item = &Identity> {
        self.identities
            .iter()
            .filter(|identity| identity.is_default)
    }
}

fn find_by_name(index: &HashMap<String, usize>, name: &str) -> Option<usize> {
    index
        .get(name)
        .or_else(|| index.get(&fold_key(name)))
        .copied()
}

/// The name of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// As written, for people.
    pub written: String,
    /// In lower case: what Atmos uses for keys and paths, and what names are compared by.
    pub key: String,
}

impl Name {
    /// A name from its written form.
    pub fn new(written: impl Into<String>) -> Self {
        let written = written.into();
        Self {
            key: fold_key(&written),
            written,
        }
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.written)
    }
}

/// The store in which Atmos keeps credentials; the variables that override it are already applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyringSettings {
    /// The kind of store.
    pub kind: KeyringKind,
    /// The directory of the file store, if one is named (`keyring.spec.path` or
    /// `ATMOS_KEYRING_FILE_PATH`): absolute, with `~` expanded.
    pub path: Option<PathBuf>,
    /// The place where Atmos itself looks for the paths that begin with `~`, which to it is a name
    /// like any other: below the working directory.
    pub literal_paths: Vec<PathBuf>,
    /// The variable that holds the file store's password, if one is named.
    pub password_env: Option<String>,
}

/// The stores of Atmos.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyringKind {
    /// The operating system's.
    #[default]
    System,
    /// Encrypted files.
    File,
    /// The process's own; nothing outlives it.
    Memory,
}

impl KeyringKind {
    /// The store of that name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "system" => Some(Self::System),
            "file" => Some(Self::File),
            "memory" => Some(Self::Memory),
            _ => None,
        }
    }
}

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

/// The text of a node for use *and* show: a variable's value only if it has a form that a secret has
/// not, and the variable's name is not a secret's.
pub(super) fn find_public_text(node: &Node, is_public: impl Fn(&str) -> bool) -> Option<&str> {
    let Some(variable) = node.variable() else {
        return node.text();
    };
    node.expose()
        .filter(|value| !names::is_secret(variable.name()) && is_public(value))
        .or_else(|| node.text())
}

fn region_at<'a>(settings: &'a Node, path: &[&str]) -> Option<&'a str> {
    find_public_text(settings.at(path)?, is_region).filter(|text| !text.trim().is_empty())
}

/// Whether a text is made as the names of regions are: `eu-west-3`, `us-gov-east-1`, `europe-west4`.
pub fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_word = |part: &str| {
        (2..=12).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    let number = text.rsplit('-').next().unwrap_or_default();
    let number = number.trim_start_matches(|first: char| first.is_ascii_lowercase());
    let has_number =
        (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 24 && has_number && text.contains('-') && parts.next().is_some_and(is_word)
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

/// Whom an identity or integration gets its credentials from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Via {
    /// Nobody is named.
    #[default]
    None,
    /// A provider.
    Provider(Name),
    /// Another identity.
    Identity(Name),
    /// Both are named, which is a mistake; the provider counts.
    Both {
        /// `via.provider`.
        provider: Name,
        /// `via.identity`.
        identity: Name,
    },
}

impl Via {
    /// The provider, if one is named.
    pub const fn provider(&self) -> Option<&Name> {
        match self {
            Self::Provider(provider) | Self::Both { provider, .. } => Some(provider),
            _ => None,
        }
    }

    /// The identity that counts: not the one beside a provider.
    pub const fn identity(&self) -> Option<&Name> {
        match self {
            Self::Identity(identity) => Some(identity),
            _ => None,
        }
    }
}

/// One entry of `auth.identities`.
#[derive(Clone)]
pub struct Identity {
    /// Its name.
    pub name: Name,
    /// The kind.
    pub kind: IdentityKind,
    /// Whom it gets its credentials from.
    pub via: Via,
    /// `default: true`.
    pub is_default: bool,
    /// `required: true`.
    pub required: bool,
    /// `alias`: shown in lists, not a name to sign in with.
    pub alias: Option<String>,
    /// `env`: variables for commands run as this identity.
    pub env: Vec<(String, Node)>,
    /// `tags`.
    pub tags: Vec<String>,
    /// The whole entry as written.
    pub settings: Node,
    /// The place of its name.
    pub location: Location,
    /// Whether Atmos wrote it after asking the portal, and no person.
    pub provisioned: bool,
}

/// Without `env`: its values may be secrets.
impl std::fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Identity")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("via", &self.via)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Identity {
    /// The text at a path below the entry as it may be shown, if it is not blank.
    pub fn text(&self, path: &[&str]) -> Option<&str> {
        self.settings.text_at(path)
    }

    /// The same to be compared with what is found: the value of a variable is in it, so it is not
    /// shown.
    pub fn compared(&self, path: &[&str]) -> Option<&str> {
        self.settings.expose_at(path)
    }

    /// `principal.region`.
    pub fn principal_region(&self) -> Option<&str> {
        region_at(&self.settings, &["principal", "region"])
    }

    /// `credentials.region` of an IAM user.
    pub fn credentials_region(&self) -> Option<&str> {
        region_at(&self.settings, &["credentials", "region"])
    }

    /// `principal.account.id`.
    pub fn account_id(&self) -> Option<&str> {
        self.text(&["principal", "account", "id"])
    }

    /// `principal.account.name`.
    pub fn account_name(&self) -> Option<&str> {
        self.text(&["principal", "account", "name"])
    }

    /// `principal.name`: the permission set.
    pub fn permission_set(&self) -> Option<&str> {
        self.text(&["principal", "name"])
    }

    /// `principal.assume_role`: the ARN of the role.
    pub fn assume_role(&self) -> Option<&str> {
        self.text(&["principal", "assume_role"])
    }

    /// `principal.target_principal`: the account of a root session.
    pub fn target_principal(&self) -> Option<&str> {
        self.text(&["principal", "target_principal"])
    }

    /// `principal.task_policy_arn` of a root session.
    pub fn task_policy_arn(&self) -> Option<&str> {
        self.text(&["principal", "task_policy_arn"])
    }

    /// `principal.service_account_email`.
    pub fn service_account_email(&self) -> Option<&str> {
        self.text(&["principal", "service_account_email"])
    }

    /// `principal.project_id`.
    pub fn project_id(&self) -> Option<&str> {
        self.text(&["principal", "project_id"])
    }

    /// `principal.subscription_id`.
    pub fn subscription_id(&self) -> Option<&str> {
        self.text(&["principal", "subscription_id"])
    }

    /// `emulator`: the component of an emulator identity.
    pub fn emulator(&self) -> Option<&str> {
        self.text(&["emulator"])
    }

    /// `credentials.access_key_id` of an IAM user.
    pub fn access_key_id(&self) -> Option<&str> {
        self.text(&["credentials", "access_key_id"])
    }

    /// `credentials.secret_access_key` of an IAM user.
    pub fn secret_access_key(&self) -> Option<Secret> {
        self.settings
            .expose_at(&["credentials", "secret_access_key"])
            .map(|text| Secret::new(text.to_owned()))
    }

    /// `credentials.mfa_arn` of an IAM user.
    pub fn mfa_arn(&self) -> Option<&str> {
        self.text(&["credentials", "mfa_arn"])
    }

    /// The server to use instead of the vendor's: `spec.endpoint_url`, else the older
    /// `credentials.aws.resolver.url`.
    pub fn endpoint_url(&self) -> Option<&str> {
        self.text(&["spec", "endpoint_url"])
            .or_else(|| self.text(&["credentials", "aws", "resolver", "url"]))
    }
}
