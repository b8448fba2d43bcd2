//! Signing in to Google Cloud as the identities of `atmos.yaml`: with the person's application default
//! credentials, or with the token of a workload; then, where it is one, as a service account.
//!
//! The first of these leaves nothing: what it uses is there already, and is only asked for a token. A
//! service account's token is kept where Atmos keeps it.
//!
//! Sources: Atmos `pkg/auth/providers/gcp`, `pkg/auth/identities/gcp`; Google, "AIP-4110 Application
//! Default Credentials", "AIP-4117 External accounts", "IAM Service Account Credentials API".

mod account;
mod caller;
mod default_credentials;
mod error;
mod files;
mod keys;
mod servers;
mod workload;

use jiff::{SignedDuration, Timestamp};

pub use self::keys::{ServiceAccountKey, is_key_refused};

use self::account::ServiceAccount;
use super::aws::{SPARE, SignIn, SignInError};
use super::cloud::{CloudSession, CloudToken};
use crate::atmos::config::{Identity, IdentityKind, Provider, ProviderKind, resolve_chain};
use crate::secret::Secret;
use crate::systems::find_google_project;

/// What is asked for, unless the configuration says otherwise.
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// A token of Google's.
#[derive(Clone, Debug)]
struct Token {
    secret: Secret,
    expires_at: Timestamp,
}

impl SignIn<'_> {
    /// Makes sure that an identity of Google Cloud is signed in.
    pub(super) fn google_session_of(
        &self,
        identity: &Identity,
    ) -> Result<CloudSession, SignInError> {
        resolve_chain(&self.configuration.auth, &identity.name.key)?;
        let token = self.google_token(identity)?;
        let project = find_google_project(self.configuration, self.identity_graph, identity);
        let email = identity.service_account_email();
        Ok(CloudSession {
            access_token: token.secret,
            expires_at: token.expires_at,
            account: project.map(str::to_owned),
            user: email.map(str::to_owned),
        })
    }

    fn google_token(&self, identity: &Identity) -> Result<Token, SignInError> {
        if identity.kind != IdentityKind::GcpServiceAccount {
            return self.token_before(identity, &[]);
        }
        let account = ServiceAccount::of_identity(identity)?;
        let now = self.world.now();
        // A token that never lasts long need not have long left.
        let spare = SignedDuration::try_from(SPARE).unwrap_or_default();
        let spare = spare.min(account.lifetime / 2);
        let stored = self.read_google(identity, &account)?;
        if let Some(token) = stored.filter(|token| !self.force && token.expires_at > now + spare) {
            return Ok(token);
        }
        let source = self.token_before(identity, &[])?;
        let token = self.impersonate(&account, &source)?;
        self.keep_google(identity, &account, &token)?;
        Ok(token)
    }

    /// A token with these permissions; without any, with those of the configuration. Narrower ones are kept
    /// nowhere.
    pub(in crate::login) fn google_token_of(
        &self,
        identity: &Identity,
        scopes: &[String],
    ) -> Result<CloudToken, SignInError> {
        resolve_chain(&self.configuration.auth, &identity.name.key)?;
        let token = match (scopes, &identity.kind) {
            ([], _) => self.google_token(identity)?,
            (scopes, IdentityKind::GcpServiceAccount) => {
                let account = ServiceAccount::of_identity(identity)?.with_scopes(scopes);
                let source = self.token_before(identity, &[])?;
                self.impersonate(&account, &source)?
            }
            (scopes, _) => {
                let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
                self.token_before(identity, &scopes)?
            }
        };
        Ok(CloudToken {
            secret: token.secret,
            expires_at: token.expires_at,
        })
    }

    /// The token of what an identity's chain has before it.
    fn token_before(&self, identity: &Identity, scopes: &[&str]) -> Result<Token, SignInError> {
        let auth = &self.configuration.auth;
        if let Some(name) = identity.via.identity() {
            let before = auth.identity(&name.key);
            // The chain is resolved: it ends, and all of it is there.
            return match before {
                Some(before) => self.google_token(before),
                None => Err(lacks(identity, "`via.identity` names no identity")),
            };
        }
        let provider = identity.via.provider();
        let provider = provider.and_then(|name| auth.provider(&name.key));
        let provider =
            provider.ok_or_else(|| lacks(identity, "`via` names nothing to sign in with"))?;
        self.token_of_provider(provider, scopes)
    }

    fn token_of_provider(
        &self,
        provider: &Provider,
        scopes: &[&str],
    ) -> Result<Token, SignInError> {
        let configured = provider.settings.at(&["spec", "scopes"]);
        let mut all: Vec<&str> = configured.map(|node| node.texts()).unwrap_or_default();
        // What was asked for is all that is asked for.
        if !scopes.is_empty() {
            all = scopes.to_vec();
        }
        if all.is_empty() {
            all.push(SCOPE);
        }
        match provider.kind {
            ProviderKind::GcpAdc => {
                self.default_token(provider, &all.join(" "), !scopes.is_empty())
            }
            ProviderKind::GcpWorkloadIdentityFederation => {
                self.workload_token(provider, &all.join(" "))
            }
            _ => Err(SignInError::NotAws {
                identity: provider.name.written.clone(),
                kind: provider.kind.id().to_owned(),
            }),
        }
    }
}

fn lacks(identity: &Identity, problem: &str) -> SignInError {
    SignInError::Configuration {
        entry: format!("identity \"{}\"", identity.name.written),
        problem: problem.to_owned(),
    }
}
