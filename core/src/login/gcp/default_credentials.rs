//! Application default credentials: what is on this machine already, asked for a token.
//!
//! Sources: Google, "AIP-4110 Application Default Credentials"; `google-auth` for Python
//! `google/auth/_default.py`.

use std::path::PathBuf;

use jiff::SignedDuration;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::account::ServiceAccount;
use super::{Token, error};
use crate::atmos::config::Provider;
use crate::io::net::oauth::{ClientApp, Grant, JwtKey, SecretText};
use crate::login::aws::{SignIn, SignInError};

/// The largest file that is read, in bytes.
const LIMIT: u64 = 1 << 20;

/// The lifetime of a token whose server does not say it, and longest that is believed, in seconds.
const LIFETIME: i64 = 60 * 60;
const LONGEST_LIFETIME: i64 = 12 * LIFETIME;

/// How deep credentials may name others to begin with.
const DEPTH: usize = 4;

/// A file of credentials.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Credentials {
    AuthorizedUser {
        client_id: String,
        client_secret: SecretText,
        refresh_token: SecretText,
        token_uri: Option<String>,
    },
    ServiceAccount {
        client_email: String,
        private_key: SecretText,
        token_uri: Option<String>,
    },
    ImpersonatedServiceAccount {
        service_account_impersonation_url: String,
        source_credentials: Box<Self>,
    },
}

impl SignIn<'_> {
    /// A token of the credentials that are in effect.
    pub(super) fn default_token(
        &self,
        provider: &Provider,
        scopes: &str,
    ) -> Result<Token, SignInError> {
        let file = self.find_default_file();
        let unusable = |why: &str| SignInError::Unusable {
            what: format!(
                "{} of provider \"{}\"",
                file.display(),
                provider.name.written
            ),
            why: why.to_owned(),
        };
        let bytes = self.files.read_named(&file, LIMIT)?.map(Zeroizing::new);
        let Some(bytes) = bytes else {
            return Err(unusable(
                "it is not there; sign in with: gcloud auth application-default login",
            ));
        };
        let credentials: Credentials = serde_json::from_slice(&bytes)
            .map_err(|_| unusable("it holds no credentials of a person or of a service account"))?;
        self.token_of_credentials(provider, &credentials, scopes, DEPTH)
    }

    fn token_of_credentials(
        &self,
        provider: &Provider,
        credentials: &Credentials,
        scopes: &str,
        depth: usize,
    ) -> Result<Token, SignInError> {
        let failed =
            |call| error::to_failure(format!("signing in to \"{}\"", provider.name.written), call);
        let unusable = |why: &str| SignInError::Unusable {
            what: format!("the credentials of provider \"{}\"", provider.name.written),
            why: why.to_owned(),
        };
        let grant = match credentials {
            Credentials::AuthorizedUser {
                client_id,
                client_secret,
                refresh_token,
                token_uri,
            } => {
                let server = self.google_tokens(token_uri.as_deref()).map_err(failed)?;
                let app = ClientApp {
                    id: client_id.clone(),
                    secret: Some(client_secret.0.clone()),
                };
                let token = &refresh_token.0;
                // What the person agreed to is what there is: a narrower wish is no help, a wider one an
                // error.
                let form = [
                    ("grant_type", "refresh_token"),
                    ("refresh_token", token.expose()),
                ];
                self.network
                    .ask_for_tokens(&server, Some(&app), &form, token)
                    .map_err(failed)?
            }
            Credentials::ServiceAccount {
                client_email,
                private_key,
                token_uri,
            } => {
                let server = self.google_tokens(token_uri.as_deref()).map_err(failed)?;
                let key = JwtKey::from_pem(private_key.0.expose().as_bytes())
                    .map_err(|_| unusable("there is no private key in them"))?;
                let audience = "https://oauth2.googleapis.com/token";
                let audience = token_uri.as_deref().unwrap_or(audience);
                let assertion =
                    key.scoped_assertion(client_email, scopes, audience, self.world.now());
                let assertion =
                    assertion.ok_or_else(|| unusable("nothing can be signed with them"))?;
                let form = [
                    ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                    ("assertion", assertion.expose()),
                ];
                self.network
                    .ask_for_tokens(&server, None, &form, &assertion)
                    .map_err(failed)?
            }
            Credentials::ImpersonatedServiceAccount {
                service_account_impersonation_url: url,
                source_credentials,
            } => {
                // Who it is, whatever server the address names: the token goes to Google's only.
                let email = url.rsplit('/').next().unwrap_or_default();
                let email = email.strip_suffix(":generateAccessToken");
                let account = email.and_then(ServiceAccount::new);
                let account = account
                    .filter(|_| depth > 0)
                    .ok_or_else(|| unusable("they name no service account"))?;
                let source =
                    self.token_of_credentials(provider, source_credentials, scopes, depth - 1)?;
                return self.impersonate(&account, &source);
            }
        };
        Ok(self.to_google_token(grant))
    }

    pub(super) fn to_google_token(&self, grant: Grant) -> Token {
        let now = self.world.now();
        let seconds = grant.lifetime.unwrap_or(LIFETIME);
        let life = SignedDuration::from_secs(seconds.clamp(0, LONGEST_LIFETIME));
        Token {
            secret: grant.access_token,
            expires_at: now.checked_add(life).unwrap_or(now),
        }
    }

    /// The file that Google's libraries would take.
    fn find_default_file(&self) -> PathBuf {
        let get = |name: &str| {
            let value = self.world.environment.get(name);
            value.filter(|value| !value.trim().is_empty())
        };
        if let Some(file) = get("GOOGLE_APPLICATION_CREDENTIALS") {
            return self.world.working_directory.join(file);
        }
        let directory = match get("CLOUDSDK_CONFIG") {
            Some(directory) => self.world.working_directory.join(directory),
            None => self.world.home.join(".config/gcloud"),
        };
        directory.join("application_default_credentials.json")
    }
}
