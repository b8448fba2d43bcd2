//! Workloads: a token that somebody else issued is exchanged for one of Azure's.
//!
//! Sources: Atmos `pkg/auth/providers/azure/oidc.go`; Microsoft, "Access token request with a federated
//! credential".

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::target::Target;
use super::{SignedIn, Token, check_tenant, to_token};
use crate::io::net::CallError;
use crate::io::net::oauth::{Grant, Server};
use crate::login::aws::{SignIn, SignInError};
use crate::secret::Secret;

/// The audience that Entra expects, unless the provider says otherwise.
const AUDIENCE: &str = "api://AzureADTokenExchange";

/// The largest file of a token that is read, in bytes.
const LIMIT: u64 = 64 << 10;

/// A token that was exchanged.
#[derive(Clone, Debug)]
pub(super) struct Assertion {
    pub(super) token: Secret,
    /// The file that it lies in, if it is from one.
    pub(super) file: Option<PathBuf>,
}

impl SignIn<'_> {
    /// Signs in with the token of the workload that this runs in.
    pub(super) fn sign_in_workload(&self, target: &Target<'_>) -> Result<SignedIn, SignInError> {
        let assertion = self.find_assertion(target)?;
        let server = target.server(self)?;
        let ask = |scope: &str| self.exchange_assertion(target, &server, &assertion, scope);
        let scope = target.cloud.arm_scope();
        let grant = ask(&scope).map_err(|source| target.failure(source))?;
        let tenant = check_tenant(target, &grant)?;
        let now = self.world.now();
        let [graph, key_vault, aks] = target.cloud.other_scopes();
        let other = |scope: String| {
            let grant = ask(&scope).ok()?;
            Some(to_token(scope, grant, now))
        };
        Ok(SignedIn {
            arm: to_token(scope, grant, now),
            others: [other(graph), other(key_vault), other(aks)],
            refresh_token: None,
            renewed: None,
            account: None,
            tenant,
            assertion: Some(assertion),
        })
    }

    /// A token for these permissions alone.
    pub(super) fn workload_token_for(
        &self,
        target: &Target<'_>,
        scopes: &str,
    ) -> Result<Token, SignInError> {
        let assertion = self.find_assertion(target)?;
        let server = target.server(self)?;
        let grant = self.exchange_assertion(target, &server, &assertion, scopes);
        let grant = grant.map_err(|source| target.failure(source))?;
        check_tenant(target, &grant)?;
        Ok(to_token(scopes.to_owned(), grant, self.world.now()))
    }

    fn exchange_assertion(
        &self,
        target: &Target<'_>,
        server: &Server,
        assertion: &Assertion,
        scopes: &str,
    ) -> Result<Grant, CallError> {
        let form = [
            ("grant_type", "client_credentials"),
            ("scope", scopes),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", assertion.token.expose()),
        ];
        self.network
            .ask_for_tokens(server, Some(&target.app()), &form, &assertion.token)
    }

    /// The token, from the configured file, else the one that the environment names, else GitHub.
    fn find_assertion(&self, target: &Target<'_>) -> Result<Assertion, SignInError> {
        let configured = target.provider.compared(&["spec", "token_file_path"]);
        let named = self.world.environment.get("AZURE_FEDERATED_TOKEN_FILE");
        let Some(file) = configured.or(named).filter(|file| !file.trim().is_empty()) else {
            let audience = target.provider.compared(&["spec", "audience"]);
            let token = self.workflow_token(target.provider, audience.unwrap_or(AUDIENCE))?;
            return Ok(Assertion { token, file: None });
        };
        let path = self.world.working_directory.join(file);
        let unusable = |why: &str| SignInError::Unusable {
            what: format!(
                "the token file of provider \"{}\"",
                target.provider.name.written
            ),
            why: why.to_owned(),
        };
        let bytes = self.files.read_named(&path, LIMIT)?.map(Zeroizing::new);
        let bytes = bytes.ok_or_else(|| unusable("it is not there"))?;
        let text = std::str::from_utf8(&bytes)
            .map(str::trim)
            .unwrap_or_default();
        // Whatever else a project names must not be sent anywhere.
        let token = Secret::new(text.to_owned());
        if text.split('.').count() != 3 || super::read_claims(&token).is_none() {
            return Err(unusable("there is no JSON Web Token in it"));
        }
        Ok(Assertion {
            token,
            file: Some(path),
        })
    }
}
