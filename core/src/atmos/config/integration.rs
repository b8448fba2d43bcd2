//! Integrations: what a sign-in also writes, into Docker's, Kubernetes' and Git's configuration.

use super::kinds::IntegrationKind;
use super::model::{Name, Via};
use super::node::{Location, Node};

/// One entry of `auth.integrations`.
#[derive(Clone, Debug)]
pub struct Integration {
    /// Its name.
    pub name: Name,
    /// The kind.
    pub kind: IntegrationKind,
    /// The identity or provider whose credentials it uses.
    pub via: Via,
    /// The whole entry as written.
    pub settings: Node,
    /// The place of its name.
    pub location: Location,
}

impl Integration {
    /// The text at a path below the entry, if it is not blank. A variable may have given it: it is
    /// compared with what is found, and not shown.
    pub fn text(&self, path: &[&str]) -> Option<&str> {
        self.settings.expose_at(path)
    }

    fn cluster(&self, key: &str) -> Option<&str> {
        self.text(&["spec", "cluster", key])
    }

    fn registry(&self, key: &str) -> Option<&str> {
        self.text(&["spec", "registry", key])
    }

    /// `spec.cluster.name`.
    pub fn cluster_name(&self) -> Option<&str> {
        self.cluster("name")
    }

    /// `spec.cluster.region` (EKS).
    pub fn cluster_region(&self) -> Option<&str> {
        self.cluster("region")
    }

    /// `spec.cluster.resource_group` (AKS).
    pub fn cluster_resource_group(&self) -> Option<&str> {
        self.cluster("resource_group")
    }

    /// `spec.cluster.subscription_id` (AKS).
    pub fn cluster_subscription(&self) -> Option<&str> {
        self.cluster("subscription_id")
    }

    /// `spec.cluster.project_id` (GKE).
    pub fn cluster_project(&self) -> Option<&str> {
        self.cluster("project_id")
    }

    /// `spec.cluster.location` (GKE).
    pub fn cluster_location(&self) -> Option<&str> {
        self.cluster("location")
    }

    /// `spec.cluster.kubeconfig.path` as written.
    pub fn kubeconfig_path(&self) -> Option<&str> {
        self.text(&["spec", "cluster", "kubeconfig", "path"])
    }

    /// `spec.registry.account_id` (ECR).
    pub fn registry_account(&self) -> Option<&str> {
        self.registry("account_id")
    }

    /// `spec.registry.region` (ECR).
    pub fn registry_region(&self) -> Option<&str> {
        self.registry("region")
    }

    /// `spec.registry.name` (ACR).
    pub fn registry_name(&self) -> Option<&str> {
        self.registry("name")
    }

    /// `spec.git_config_mode` (GitHub): `env` or `file`.
    pub fn git_config_mode(&self) -> Option<&str> {
        self.text(&["spec", "git_config_mode"])
    }
}
