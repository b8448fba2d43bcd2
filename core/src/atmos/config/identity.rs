//! Identities: what their kinds mean by the keys of an entry.

use super::kinds::IdentityKind;
use super::model::{Name, Via};
use super::node::{Location, Node};
use super::public_text::region_at;
use crate::secret::Secret;

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
