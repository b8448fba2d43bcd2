//! Application default credentials: what is on this machine already, asked for a token.
//!
//! Sources: Google, "AIP-4110 Application Default Credentials"; `google-auth` for Python
//! `google/auth/_default.py`.

use std::path::PathBuf;

use jiff::SignedDuration;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::account::ServiceAccount;
use super::{SCOPE, Token, error};
use crate::atmos::config::Provider;
use crate::io::net::CallError;
use crate::io::net::oauth::{ClientApp, Grant, JwtKey, SecretText};
use crate::login::aws::{SignIn, SignInError};
use crate::secret::Secret;

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

/// Why a key has brought no token.
pub(super) enum KeyFailure {
    /// It is none.
    Unusable(&'static str),
    /// Google did not give one.
    Call(CallError),
}

/// The permissions of a token.
#[derive(Clone, Copy)]
struct Wish<'a> {
    scopes: &'a str,
    is_wished: bool,
}

impl SignIn<'_> {
    /// A token of the credentials that are in effect. `is_wished`: whether these permissions were asked for,
    /// rather than configured.
    pub(super) fn default_token(
        &self,
        provider: &Provider,
        scopes: &str,
        is_wished: bool,
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
        let wish = Wish { scopes, is_wished };
        self.token_of_credentials(provider, &credentials, wish, DEPTH)
    }

    fn token_of_credentials(
        &self,
        provider: &Provider,
        credentials: &Credentials,
        wish: Wish<'_>,
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
                let mut form = vec![
                    ("grant_type", "refresh_token"),
                    ("refresh_token", token.expose()),
                ];
                // What the person agreed to is what there is: a narrower configuration is no help, a wider
                // one an error.
                if wish.is_wished {
                    form.push(("scope", wish.scopes));
                }
                self.network
                    .ask_for_tokens(&server, Some(&app), &form, token)
                    .map_err(failed)?
            }
            Credentials::ServiceAccount {
                client_email,
                private_key,
                token_uri,
            } => {
                let uri = token_uri.as_deref();
                let asked = self.ask_with_key(client_email, &private_key.0, uri, wish.scopes);
                asked.map_err(|failure| match failure {
                    KeyFailure::Unusable(why) => unusable(why),
                    KeyFailure::Call(call) => failed(call),
                })?
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
                let whole = Wish {
                    scopes: SCOPE,
                    is_wished: false,
                };
                let source =
                    self.token_of_credentials(provider, source_credentials, whole, depth - 1)?;
                let scopes: Vec<String> = wish.scopes.split(' ').map(str::to_owned).collect();
                return self.impersonate(&account.with_scopes(&scopes), &source);
            }
        };
        Ok(self.to_google_token(grant))
    }

    /// Asks for a token with the key of a service account.
    pub(super) fn ask_with_key(
        &self,
        email: &str,
        private_key: &Secret,
        token_uri: Option<&str>,
        scopes: &str,
    ) -> Result<Grant, KeyFailure> {
        let server = self.google_tokens(token_uri).map_err(KeyFailure::Call)?;
        let key = JwtKey::from_pem(private_key.expose().as_bytes())
            .map_err(|_| KeyFailure::Unusable("there is no private key in them"))?;
        let audience = token_uri.unwrap_or("https://oauth2.googleapis.com/token");
        let assertion = key.scoped_assertion(email, scopes, audience, self.world.now());
        let assertion = assertion.ok_or(KeyFailure::Unusable("nothing can be signed with them"))?;
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", assertion.expose()),
        ];
        self.network
            .ask_for_tokens(&server, None, &form, &assertion)
            .map_err(KeyFailure::Call)
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
    pub(super) fn find_default_file(&self) -> PathBuf {
        let get = |name: &str| {
            let value = self.world.environment.get(name);
            value.filter(|value| !value.trim().is_empty())
        };
        if let Some(file) = get("GOOGLE_APPLICATION_CREDENTIALS") {
            return self.world.working_directory.join(file);
        }
        self.find_gcloud_directory()
            .join("application_default_credentials.json")
    }

    /// Where gcloud keeps its own.
    pub(super) fn find_gcloud_directory(&self) -> PathBuf {
        let named = self.world.environment.get("CLOUDSDK_CONFIG");
        match named.filter(|value| !value.trim().is_empty()) {
            Some(directory) => self.world.working_directory.join(directory),
            None => self.world.home.join(".config/gcloud"),
        }
    }
}
