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
