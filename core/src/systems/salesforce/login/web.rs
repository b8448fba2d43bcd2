//! Signing in with a browser: authorization code with PKCE.

use std::time::Duration;

use crate::io::net::Address;
use crate::io::net::callback::{Callback, PasteBack};
use crate::io::net::oauth::{ClientApp, Verifier, WebRequest};
use crate::secret::Secret;
use crate::systems::salesforce::api::{DEFAULT_SCOPES, build_server, default_app};
use crate::systems::salesforce::crypto::to_hex;
use crate::world::World;

use super::session::{Granted, Means, complete_sign_in};
use super::{LoginContext, LoginError, Remember, SignedIn};

/// Where the browser is sent. Connected apps name it, so it cannot be chosen freely.
const REDIRECT_PATH: &str = "/OauthRedirect";

/// The port that the real client's own app names.
pub(super) const PORT: u16 = 1717;

/// How long the person may take, unless told otherwise.
const PATIENCE: Duration = Duration::from_mins(2);

/// How to sign in with a browser.
#[derive(Clone, Debug)]
pub struct WebOptions {
    /// Where.
    pub login: Address,
    /// The connected app.
    pub app: ClientApp,
    /// What is asked for, separated by spaces.
    pub scopes: String,
    /// The port that the browser comes back to; 0 for any. See
    /// [`callback_port`](super::callback_port).
    pub port: u16,
    /// How long the person may take.
    pub limit: Duration,
}

impl WebOptions {
    /// With the real client's app, scopes (`SFDX_AUTH_SCOPES`) and time limit
    /// (`SF_WEB_OAUTH_SERVER_TIMEOUT`).
    pub fn new(world: &World, login: Address) -> Self {
        let scopes = world.environment.get("SFDX_AUTH_SCOPES");
        let limit = world.environment.get("SF_WEB_OAUTH_SERVER_TIMEOUT");
        let limit = limit.and_then(|limit| limit.parse().ok());
        Self {
            login,
            app: default_app(),
            scopes: scopes.unwrap_or(DEFAULT_SCOPES).to_owned(),
            port: PORT,
            limit: limit.map_or(PATIENCE, Duration::from_millis),
        }
    }
}

/// A sign-in with a browser that waits for the person.
#[derive(Debug)]
pub struct WebSignIn {
    request: WebRequest,
    callback: Callback,
    limit: Duration,
}

impl WebSignIn {
    /// Listens for the browser, and makes the address for it.
    ///
    /// # Errors
    ///
    /// [`LoginError::Callback`] if the port is not free.
    pub fn begin(world: &World, options: WebOptions) -> Result<Self, LoginError> {
        let state = to_hex(&world.entropy.bytes()[..16]);
        let callback = Callback::bind(options.port, REDIRECT_PATH, Secret::new(state.clone()))?;
        let mut random = zeroize::Zeroizing::new([0; 48]);
        random[..32].copy_from_slice(&world.entropy.bytes());
        random[32..].copy_from_slice(&world.entropy.bytes()[..16]);
        let request = WebRequest {
            server: build_server(options.login),
            app: options.app,
            scopes: options.scopes,
            redirect_uri: callback.redirect_uri(),
            state,
            verifier: Verifier::new(&random),
        };
        Ok(Self {
            request,
            callback,
            limit: options.limit,
        })
    }

    /// The address to show, and to open in a browser. It is of use in this sign-in only.
    pub fn url(&self) -> String {
        self.request.authorize_url().into()
    }

    /// The other way in, for browsers that cannot reach this machine.
    pub fn paste_back(&self) -> PasteBack {
        self.callback.paste_back()
    }

    /// Waits for the person, and stores the sign-in.
    ///
    /// # Errors
    ///
    /// [`LoginError`].
    pub fn finish(
        self,
        context: &LoginContext<'_>,
        remember: &Remember,
    ) -> Result<SignedIn, LoginError> {
        let code = self.callback.wait(self.limit, context.network.cancel())?;
        let grant = context.network.exchange_code(&self.request, &code)?;
        let WebRequest { server, app, .. } = self.request;
        let login = server.tokens;
        let granted = Granted {
            grant,
            login_url: login.text_with_slash().to_owned(),
            login,
            means: Means::App(app),
            expected: None,
            notes: Vec::new(),
        };
        complete_sign_in(context, granted, remember)
    }
}
