//! Tokens of an identity for a service that is named: from the cache as long as they last, else with the
//! refresh token, or the workload's own.

use super::target::{Target, is_identifier};
use super::{Token, msal, to_token};
use crate::atmos::config::{Identity, ProviderKind, resolve_chain};
use crate::login::aws::{SPARE, SignIn, SignInError};

impl SignIn<'_> {
    /// A token for these permissions; without any, for Azure's own interface.
    pub(in crate::login) fn azure_token_of(
        &self,
        identity: &Identity,
        scopes: &[String],
    ) -> Result<Token, SignInError> {
        resolve_chain(&self.configuration.auth, &identity.name.key)?;
        let target = Target::of(self, identity)?;
        let own = target.cloud.arm_scope();
        let scopes = match scopes {
            [] => own.clone(),
            scopes => scopes.join(" "),
        };
        if scopes.eq_ignore_ascii_case(&own) {
            let session = self.azure_session_of(identity)?;
            return Ok(Token {
                secret: session.access_token,
                scope: scopes,
                expires_at: session.expires_at,
            });
        }
        if target.provider.kind == ProviderKind::AzureCli {
            return self.token_of_azure_cli(&target, &scopes);
        }
        if let Some(token) = self.find_access_token(&target, &scopes)? {
            return Ok(token);
        }
        // Whoever is signed in, or signs in now, has most of them.
        self.azure_session_of(identity)?;
        if let Some(token) = self.find_access_token(&target, &scopes)? {
            return Ok(token);
        }
        if target.provider.kind == ProviderKind::AzureOidc {
            return self.workload_token_for(&target, &scopes);
        }
        self.renew_for(&target, scopes)
    }

    /// The token for the service that AKS's clusters ask for.
    pub(in crate::login) fn aks_token_of(&self, identity: &Identity) -> Result<Token, SignInError> {
        let [.., aks] = Target::of(self, identity)?.cloud.other_scopes();
        self.azure_token_of(identity, &[aks])
    }

    /// What the cache has for these permissions, as long as it lasts.
    fn find_access_token(
        &self,
        target: &Target<'_>,
        scopes: &str,
    ) -> Result<Option<Token>, SignInError> {
        let Some(stored) = self.read_azure(target)?.filter(|_| !self.force) else {
            return Ok(None);
        };
        let token = self.find_in_cache(target, |cache| {
            msal::find_access_token(cache, target, &stored.tenant, scopes)
        })?;
        let now = self.world.now();
        Ok(token.filter(|token| token.expires_at > now + SPARE))
    }

    fn renew_for(&self, target: &Target<'_>, scopes: String) -> Result<Token, SignInError> {
        let signed_out = || SignInError::NeedsPerson {
            what: format!("\"{}\"", target.provider.name.written),
        };
        let stored = self.read_azure(target)?.ok_or_else(signed_out)?;
        let found = self.find_refresh_token(target, &stored.tenant)?;
        let found = found.ok_or_else(signed_out)?;
        let server = target.server(self)?;
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", found.expose()),
            ("scope", scopes.as_str()),
        ];
        let app = target.app();
        let grant = self
            .network
            .ask_for_tokens(&server, Some(&app), &form, &found)
            .map_err(|source| target.failure(source))?;
        let now = self.world.now();
        let token = to_token(scopes, grant, now);
        let tenant = stored.tenant.as_str();
        let is_kept = is_identifier(tenant)
            && self.edit_cache(|cache| {
                msal::put_access_token(cache, target, tenant, &found, &token, now)
            })?;
        // Somebody signed out while the server was asked.
        if is_kept {
            Ok(token)
        } else {
            Err(signed_out())
        }
    }
}
