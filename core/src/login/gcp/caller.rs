//! Who somebody is to Google, by an access token.
//!
//! Source: Google Identity, "Validating access tokens"; asked as `google-auth-library` does, which keeps the
//! token out of the address.

use serde::Deserialize;

use super::account::ServiceAccount;
use super::error;
use super::servers::Service;
use crate::atmos::config::{Identity, IdentityKind};
use crate::login::aws::{SignIn, SignInError};
use crate::login::cloud::CloudCaller;

#[derive(Deserialize)]
struct TokenInfo {
    email: Option<String>,
    sub: Option<String>,
    azp: Option<String>,
}

impl SignIn<'_> {
    /// Asks with the token that is on disk; of a project, with one that the person's own credentials bring.
    pub(in crate::login) fn find_google_caller(
        &self,
        identity: &Identity,
    ) -> Result<Option<CloudCaller>, SignInError> {
        let token = if identity.kind == IdentityKind::GcpServiceAccount {
            let account = ServiceAccount::of_identity(identity)?;
            let stored = self.read_google(identity, &account)?;
            stored.filter(|token| token.expires_at > self.world.now())
        } else {
            Some(self.google_token(identity)?)
        };
        let Some(token) = token else {
            return Ok(None);
        };
        let failed = |call| error::to_failure("asking Google who this is".to_owned(), call);
        let address = self
            .google_address(Service::TokenInfo, None)
            .map_err(failed)?;
        let secret = &token.secret;
        let info = self.network.run(address.host(), async |http| {
            let answer = http.post_form(&address, "/tokeninfo", &[], secret).await?;
            if !answer.is_success() {
                return Err(answer.refusal(&[secret]));
            }
            answer.document::<TokenInfo>()
        });
        let info = info.map_err(failed)?;
        let configured = identity.service_account_email().map(str::to_owned);
        // Without the permission to say it, Google names no address.
        let name = info.email.or(configured).or(info.azp);
        Ok(Some(CloudCaller {
            name: name.unwrap_or_default(),
            id: info.sub,
        }))
    }
}
