//! Signing in as an identity of Azure or Google Cloud, by the kind of the identity: what
//! [`SignIn::keys_of`](super::aws::SignIn::keys_of) is for AWS.

use jiff::Timestamp;

use super::aws::{SignIn, SignInError};
use crate::atmos::config::{Configuration, Identity, IdentityKind};
use crate::atmos::identity_graph::IdentityGraph;
use crate::io::net::CallError;
use crate::secret::Secret;
use crate::systems::find_google_project;

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

/// Who somebody is to a cloud. Text of a server: to be made printable before it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudCaller {
    /// The name at the sign-in; of an app its id.
    pub name: String,
    /// The account's id.
    pub id: Option<String>,
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

    /// Asks a cloud whose the token of an identity is. Nobody signs in: `None` where there is no token to ask with.
    ///
    /// # Errors
    ///
    /// [`SignInError::Call`]; [`is_token_refused`] tells whether the cloud does not take it.
    pub fn find_cloud_caller(
        &self,
        identity: &Identity,
    ) -> Result<Option<CloudCaller>, SignInError> {
        if identity.kind == IdentityKind::AzureSubscription {
            return self.find_azure_caller(identity);
        }
        self.find_google_caller(identity)
    }

    /// Who an identity is by its own token, which nobody is asked about; `None` where it says nothing.
    pub fn read_cloud_caller(&self, identity: &Identity) -> Option<CloudCaller> {
        let is_azure = identity.kind == IdentityKind::AzureSubscription;
        is_azure.then(|| self.read_azure_caller(identity)).flatten()
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

/// The page of Azure's portal, or of Google Cloud's console, for the subscription or project of an identity; `None`
/// of another cloud's. There is no secret in it: the browser's own sign-in decides.
///
/// # Errors
///
/// Why there is none, as the end of a sentence.
pub fn portal_page(
    configuration: &Configuration,
    identity_graph: &IdentityGraph,
    identity: &Identity,
    destination: Option<&str>,
) -> Result<Option<String>, &'static str> {
    let is_plain = |text: &str| {
        let is_of_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:/".contains(&byte);
        !text.is_empty() && text.bytes().all(is_of_one) && !text.contains("..")
    };
    if destination.is_some_and(|text| !is_plain(text) || text.contains(':')) {
        return Err("--destination is a service of this cloud, as its addresses have it");
    }
    if identity.kind == IdentityKind::AzureSubscription {
        return super::azure::portal_page(configuration, identity, destination).map(Some);
    }
    if !is_of_cloud(&identity.kind) {
        return Ok(None);
    }
    let project = find_google_project(configuration, identity_graph, identity);
    let project = project.filter(|project| is_plain(project));
    let project = project.ok_or("no project is configured for it")?;
    let service = destination.unwrap_or("home/dashboard");
    let service = service.trim_matches('/');
    Ok(Some(format!(
        "https://console.cloud.google.com/{service}?project={project}"
    )))
}

/// Whether a cloud says, in its own words, that it does not take a token.
pub fn is_token_refused(error: &SignInError) -> bool {
    /// Microsoft's for tokens that have ended or were revoked, and OAuth's.
    const CODES: [&str; 5] = [
        "InvalidAuthenticationToken",
        "ExpiredAuthenticationToken",
        "InvalidAuthenticationTokenTenant",
        "invalid_token",
        "invalid_grant",
    ];
    let SignInError::Call { source, .. } = error else {
        return false;
    };
    matches!(&**source, CallError::Refused { status: 400 | 401, code, .. } if CODES.contains(&code.as_str()))
}
