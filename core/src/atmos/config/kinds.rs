//! The kinds of providers, identities and integrations that Atmos knows.
//!
//! Source: reference of Atmos's `pkg/auth` at its release of August 2026.

use crate::system::System;

macro_rules! kinds {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $id:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* $variant,)*
            /// A kind that Atmos does not implement, as written.
            Unknown(String),
            /// No kind is written.
            Missing,
        }

        impl $name {
            /// The names of all kinds that exist.
            pub const KNOWN: &'static [&'static str] = &[$($id),*];

            /// The kind of that name; exact, as in Atmos.
            pub fn parse(name: Option<&str>) -> Self {
                match name {
                    $(Some($id) => Self::$variant,)*
                    Some(other) if !other.trim().is_empty() => Self::Unknown(other.to_owned()),
                    _ => Self::Missing,
                }
            }

            /// The name as it is written; empty if there is none.
            pub fn id(&self) -> &str {
                match self {
                    $(Self::$variant => $id,)*
                    Self::Unknown(name) => name,
                    Self::Missing => "",
                }
            }

            /// Whether Atmos implements it.
            pub const fn is_known(&self) -> bool {
                !matches!(self, Self::Unknown(_) | Self::Missing)
            }

            /// The family that it belongs to, as far as its name tells.
            pub fn system(&self) -> Option<System> {
                find_system(self.id())
            }
        }
    };
}

kinds! {
    /// The kind of a provider.
    ProviderKind {
        /// AWS IAM Identity Center (SSO).
        AwsIdentityCenter = "aws/iam-identity-center",
        /// SAML sign-in to AWS.
        AwsSaml = "aws/saml",
        /// The Azure CLI's own sign-in.
        AzureCli = "azure/cli",
        /// Azure with a code typed into a browser.
        AzureDeviceCode = "azure/device-code",
        /// Azure through the browser.
        AzureInteractive = "azure/interactive",
        /// Azure with a federated token.
        AzureOidc = "azure/oidc",
        /// The token of a GitHub workflow.
        GithubOidc = "github/oidc",
        /// Atmos Pro.
        AtmosPro = "atmos/pro",
        /// Google's application default credentials.
        GcpAdc = "gcp/adc",
        /// Google's workload identity federation.
        GcpWorkloadIdentityFederation = "gcp/workload-identity-federation",
        /// For tests, without a network.
        Mock = "mock",
        /// For tests, with AWS files.
        MockAws = "mock/aws",
    }
}

kinds! {
    /// The kind of an identity.
    IdentityKind {
        /// A permission set of IAM Identity Center.
        AwsPermissionSet = "aws/permission-set",
        /// An assumed IAM role.
        AwsAssumeRole = "aws/assume-role",
        /// A root session on a member account.
        AwsAssumeRoot = "aws/assume-root",
        /// An IAM user with long-lived keys or a browser sign-in.
        AwsUser = "aws/user",
        /// Whatever AWS credentials the environment has.
        AwsAmbient = "aws/ambient",
        /// Whatever credentials the environment has.
        Ambient = "ambient",
        /// An Azure subscription.
        AzureSubscription = "azure/subscription",
        /// An impersonated Google service account.
        GcpServiceAccount = "gcp/service-account",
        /// A Google project.
        GcpProject = "gcp/project",
        /// An Atmos Pro session.
        AtmosPro = "atmos/pro",
        /// An emulator of AWS.
        AwsEmulator = "aws/emulator",
        /// An emulator of Google Cloud.
        GcpEmulator = "gcp/emulator",
        /// An emulator of Azure.
        AzureEmulator = "azure/emulator",
        /// A local Kubernetes.
        KubernetesEmulator = "kubernetes/emulator",
        /// For tests, without a network.
        Mock = "mock",
        /// For tests, with AWS files.
        MockAws = "mock/aws",
    }
}

kinds! {
    /// The kind of an integration.
    IntegrationKind {
        /// A private registry of AWS.
        AwsEcr = "aws/ecr",
        /// The public registry of AWS.
        AwsEcrPublic = "aws/ecr-public",
        /// A Kubernetes cluster of AWS.
        AwsEks = "aws/eks",
        /// A registry of Azure.
        AzureAcr = "azure/acr",
        /// A Kubernetes cluster of Azure.
        AzureAks = "azure/aks",
        /// A Kubernetes cluster of Google.
        GcpGke = "gcp/gke",
        /// GitHub tokens through Atmos Pro.
        GithubSts = "github/sts",
    }
}

fn find_system(kind: &str) -> Option<System> {
    match kind.split('/').next()? {
        "aws" => Some(System::AWS),
        "azure" => Some(System::AZURE),
        "gcp" => Some(System::GCP),
        "github" => Some(System::GITHUB),
        "kubernetes" => Some(System::KUBERNETES),
        "atmos" => Some(System::ATMOS_PRO),
        "mock" => Some(System::MOCK),
        _ => None,
    }
}

impl ProviderKind {
    /// Whether it takes its credentials from the environment each time. Atmos never reads its
    /// keyring for these, and clears it on every logout.
    pub const fn is_ambient(&self) -> bool {
        matches!(
            self,
            Self::GcpAdc
                | Self::AzureCli
                | Self::AzureOidc
                | Self::GithubOidc
                | Self::GcpWorkloadIdentityFederation
        )
    }
}

impl IdentityKind {
    /// Whether it is the root of its chain, without a `via`.
    pub const fn is_standalone(&self) -> bool {
        matches!(self, Self::AwsUser) || self.forbids_via()
    }

    /// Whether a `via` is a mistake.
    pub const fn forbids_via(&self) -> bool {
        matches!(self, Self::AwsAmbient | Self::Ambient) || self.is_emulator()
    }

    /// Whether it stands for an emulator component.
    pub const fn is_emulator(&self) -> bool {
        matches!(
            self,
            Self::AwsEmulator | Self::GcpEmulator | Self::AzureEmulator | Self::KubernetesEmulator
        )
    }
}
