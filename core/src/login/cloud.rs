//! Signing in as an identity of Azure or Google Cloud, by the kind of the identity: what
//! [`SignIn::keys_of`](super::aws::SignIn::keys_of) is for AWS.

use jiff::Timestamp;

use super::aws::{SignIn, SignInError};
use crate::atmos::config::{Identity, IdentityKind};
use crate::secret::Secret;

/// A sign-in to a cloud whose tools work with access tokens.
#[derive(Clone, Debug)]
pub struct CloudSession {
    /// The token for the cloud's own interface.
    pub access_token: Secret,
    /// Its end.
    pub expires_at: Timestamp,
    /// The subscription or project.
    pub account: Option<String>,
    /// Who that is to the cloud: a name, for people only.
    pub user: Option<String>,
}

/// An access token for a service of a cloud.
#[derive(Clone, Debug)]
pub struct CloudToken {
    /// Its text.
    pub secret: Secret,
    /// Its end.
    pub expires_at: Timestamp,
}

/// Whether an identity is one of these clouds'.
pub const fn is_of_cloud(kind: &IdentityKind) -> bool {
    matches!(
        kind,
        IdentityKind::AzureSubscription
            | IdentityKind::GcpServiceAccount
            | IdentityKind::GcpProject
    )
}

/// Whether tools find such an identity in files, which have to be written before they are run. For a Google
/// project they use what is there already.
pub const fn needs_files(kind: &IdentityKind) -> bool {
    is_of_cloud(kind) && !matches!(kind, IdentityKind::GcpProject)
}

impl SignIn<'_> {
    /// A token with these permissions; without any, for the cloud's own interface. What lasts is used.
    ///
    /// # Errors
    ///
    /// As [`SignIn::cloud_session_of`].
    pub fn cloud_token_of(
        &self,
        identity: &Identity,
        scopes: &[String],
    ) -> Result<CloudToken, SignInError> {
        if identity.kind != IdentityKind::AzureSubscription {
            return self.google_or_none(identity, scopes);
        }
        let token = self.azure_token_of(identity, scopes)?;
        Ok(CloudToken {
            secret: token.secret,
            expires_at: token.expires_at,
        })
    }

    /// A token for the clusters of a cloud: AKS has a service of its own for them, GKE takes any.
    ///
    /// # Errors
    ///
    /// As [`SignIn::cloud_session_of`].
    pub fn cluster_token_of(&self, identity: &Identity) -> Result<CloudToken, SignInError> {
        if identity.kind != IdentityKind::AzureSubscription {
            return self.google_or_none(identity, &[]);
        }
        let token = self.aks_token_of(identity)?;
        Ok(CloudToken {
            secret: token.secret,
            expires_at: token.expires_at,
        })
    }

    fn google_or_none(
        &self,
        identity: &Identity,
        scopes: &[String],
    ) -> Result<CloudToken, SignInError> {
        if is_of_cloud(&identity.kind) {
            return self.google_token_of(identity, scopes);
        }
        Err(SignInError::NotAws {
            identity: identity.name.written.clone(),
            kind: identity.kind.id().to_owned(),
        })
    }

    /// Makes sure that an identity is signed in, and hands out its session. What lasts is used.
    ///
    /// # Errors
    ///
    /// [`SignInError`]; [`SignInError::NeedsPerson`] where only a person can go on and
    /// [`SignIn::may_ask`] is not set.
    pub fn cloud_session_of(&self, identity: &Identity) -> Result<CloudSession, SignInError> {
        match identity.kind {
            IdentityKind::AzureSubscription => self.azure_session_of(identity),
            IdentityKind::GcpServiceAccount | IdentityKind::GcpProject => {
                self.google_session_of(identity)
            }
            _ => Err(SignInError::NotAws {
                identity: identity.name.written.clone(),
                kind: identity.kind.id().to_owned(),
            }),
        }
    }
}
