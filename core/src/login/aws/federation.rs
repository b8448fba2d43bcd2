//! The token of a GitHub workflow, which AWS takes for a role's keys, and other clouds for their tokens.
//!
//! Source: GitHub documentation, "OpenID Connect reference"; Atmos `pkg/auth/providers/github/oidc.go`.

use serde::Deserialize;

use super::{SignIn, SignInError};
use crate::atmos::config::Provider;
use crate::io::net::oauth::SecretText;
use crate::io::net::{Address, CallError};
use crate::secret::Secret;

#[derive(Deserialize)]
struct Issued {
    value: SecretText,
}

impl SignIn<'_> {
    /// The token of the workflow that this runs in.
    pub(super) fn github_token(&self, provider: &Provider) -> Result<Secret, SignInError> {
        let audience = provider.compared(&["spec", "audience"]);
        self.workflow_token(provider, audience.unwrap_or("sts.amazonaws.com"))
    }

    /// The same for an audience.
    pub(in crate::login) fn workflow_token(
        &self,
        provider: &Provider,
        audience: &str,
    ) -> Result<Secret, SignInError> {
        let get = |name: &str| self.world.environment.get(name);
        if let Some(token) = get("ACTIONS_ID_TOKEN") {
            return Ok(Secret::new(token.to_owned()));
        }
        let asked = get("ACTIONS_ID_TOKEN_REQUEST_URL").zip(get("ACTIONS_ID_TOKEN_REQUEST_TOKEN"));
        let Some((url, token)) = asked else {
            return Err(SignInError::Unusable {
                what: format!("provider \"{}\"", provider.name.written),
                why: "this is no GitHub workflow with the permission `id-token: write`".to_owned(),
            });
        };
        let token = Secret::new(token.to_owned());
        let issued = self.ask_for_token(url, &token, audience);
        issued.map_err(|source| SignInError::Call {
            what: format!(
                "getting the workflow's token for \"{}\"",
                provider.name.written
            ),
            source: Box::new(source),
            hint: Some("check the workflow's permission `id-token: write`".to_owned()),
        })
    }

    fn ask_for_token(
        &self,
        url: &str,
        token: &Secret,
        audience: &str,
    ) -> Result<Secret, CallError> {
        let address = Address::parse(url)?.origin();
        let parsed = url::Url::parse(url.trim()).ok();
        let mut parsed = parsed.ok_or_else(|| CallError::NotAllowed {
            host: address.host().to_owned(),
            why: "the address cannot be understood",
        })?;
        parsed.query_pairs_mut().append_pair("audience", audience);
        let query = parsed.query().unwrap_or_default();
        let path = format!("{}?{query}", parsed.path());
        self.network.run(address.host(), async |http| {
            let answer = http.get(&address, &path, token).await?;
            if !answer.is_success() {
                return Err(answer.refusal(&[token]));
            }
            let issued: Issued = answer.document()?;
            Ok(issued.value.0)
        })
    }
}
