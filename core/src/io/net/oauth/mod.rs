//! OAuth 2.0, for whichever server: authorization code with PKCE, refresh, JWT bearer, device. Ending a
//! token (RFC 7009) is [`HttpCall::revocation`](crate::remote::HttpCall::revocation).
//!
//! Where a server departs from the RFCs is said by its [`Server`]. Written here rather than taken from
//! the crate `oauth2`: that has no JWT bearer grant, cannot leave out `code_challenge_method` or send
//! Salesforce's device grant, wants a token type where Salesforce gives none, and leaves sending, bounding
//! and wiping to the caller, which is most of what stands here.
//!
//! Sources: RFC 6749, RFC 7523, RFC 7636, RFC 8628.

mod jwt;
#[cfg(test)]
mod tests;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use url::Url;

pub use jwt::{JwtKey, KEY_FILE_LIMIT, NotAPrivateKey};

use super::{Address, Answer, CallError, Http, Network, sanitize_message};
use crate::secret::Secret;

/// Longest and shortest time between two questions whether a device was approved.
const POLL_INTERVAL: (u64, u64) = (1, 60);

/// An authorization server, and where it departs from the RFCs.
#[derive(Clone, Debug)]
pub struct Server {
    /// The place where tokens are asked for.
    pub tokens: Address,
    /// The place where a browser is sent, if that is another host.
    pub pages: Option<Address>,
    /// The paths below them.
    pub paths: Paths,
    /// More of the browser's query, such as `prompt`.
    pub query: &'static [(&'static str, &'static str)],
    /// Whether it wants to be told that the challenge is SHA-256 (RFC 7636), or knows nothing else.
    pub names_challenge_method: bool,
    /// The form in which it is asked for a sign-in on another device.
    pub device: DeviceGrant,
    /// More fields of every request for tokens.
    pub token_fields: &'static [(&'static str, &'static str)],
}

/// Paths of an authorization server.
#[derive(Clone, Copy, Debug)]
pub struct Paths {
    /// For the browser.
    pub authorize: &'static str,
    /// For tokens.
    pub token: &'static str,
    /// For codes of other devices.
    pub device: &'static str,
}

/// The form in which a server is asked for a sign-in on another device.
#[derive(Clone, Copy, Debug)]
pub struct DeviceGrant {
    /// The fields that are sent besides client and scopes.
    pub begin: &'static [(&'static str, &'static str)],
    /// The name of the grant.
    pub grant_type: &'static str,
    /// The name of the code.
    pub code: &'static str,
}

impl DeviceGrant {
    /// As RFC 8628 has it.
    pub const STANDARD: Self = Self {
        begin: &[],
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        code: "device_code",
    };
}

impl Server {
    /// One that keeps to the RFCs.
    pub const fn standard(tokens: Address, paths: Paths) -> Self {
        Self {
            tokens,
            pages: None,
            paths,
            query: &[],
            names_challenge_method: true,
            device: DeviceGrant::STANDARD,
            token_fields: &[],
        }
    }
}

/// A registered client.
#[derive(Clone, Debug)]
pub struct ClientApp {
    /// Its id; Salesforce calls it consumer key.
    pub id: String,
    /// Its secret; `None` for apps that have none.
    pub secret: Option<Secret>,
}

/// The tokens that a server issued.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The access token.
    pub access_token: Secret,
    /// The refresh token, which after a refresh replaces the one before if there is one.
    pub refresh_token: Option<Secret>,
    /// The time that the access token lasts, in seconds, if the server says so.
    pub lifetime: Option<i64>,
    /// The place where the token counts, if the server says so (Salesforce: the org).
    pub instance_url: Option<String>,
    /// What the server says of the person, as a JSON Web Token that nobody here has checked.
    pub id_token: Option<Secret>,
    /// What Entra says of the account, in Base64.
    pub client_info: Option<String>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretText,
    refresh_token: Option<SecretText>,
    expires_in: Option<i64>,
    instance_url: Option<String>,
    id_token: Option<SecretText>,
    client_info: Option<String>,
}

/// A secret in a document: no copy of it stays behind unwiped.
pub(crate) struct SecretText(pub(crate) Secret);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}

/// The proof that whoever asks for the tokens is who began the sign-in.
#[derive(Clone, Debug)]
pub struct Verifier(Secret);

impl Verifier {
    /// A verifier from 48 random bytes: 64 characters, of the 43 to 128 that are allowed.
    pub fn new(random: &[u8; 48]) -> Self {
        Self(Secret::new(URL_SAFE_NO_PAD.encode(random)))
    }

    /// The proof itself, for whoever exchanges the code.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Tells what the browser carries of it.
    pub(crate) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.expose().as_bytes()))
    }
}

/// A sign-in in a browser that was begun.
#[derive(Clone, Debug)]
pub struct WebRequest {
    /// The place where the person signs in.
    pub server: Server,
    /// The app.
    pub app: ClientApp,
    /// The scopes that are asked for, separated by spaces.
    pub scopes: String,
    /// The place where the browser is sent afterwards.
    pub redirect_uri: String,
    /// The state that the browser must bring back.
    pub state: String,
    /// Never leaves this machine before the code is exchanged.
    pub verifier: Verifier,
}

impl WebRequest {
    /// The address for the browser.
    pub fn authorize_url(&self) -> Url {
        let server = &self.server;
        let pages = server.pages.as_ref().unwrap_or(&server.tokens);
        let mut url = pages.shown(server.paths.authorize);
        let mut query = url.query_pairs_mut();
        query
            .extend_pairs(server.query)
            .append_pair("state", &self.state)
            .append_pair("scope", &self.scopes)
            .append_pair("code_challenge", &self.verifier.challenge())
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.app.id)
            .append_pair("redirect_uri", &self.redirect_uri);
        if server.names_challenge_method {
            query.append_pair("code_challenge_method", "S256");
        }
        drop(query);
        url
    }
}

/// The parts of a request for a new access token with a refresh token.
#[derive(Clone, Debug)]
pub struct RefreshRequest {
    /// The place where tokens are asked for.
    pub server: Server,
    /// The app.
    pub app: ClientApp,
    /// The refresh token.
    pub refresh_token: Secret,
}

/// A sign-in on another device that was begun.
#[derive(Debug)]
pub struct DeviceRequest {
    server: Server,
    app: ClientApp,
    code: Secret,
    /// The code that the person types there.
    pub user_code: String,
    /// The page where the person types it.
    pub verification_uri: String,
    /// The time to wait before each question.
    pub interval: Duration,
    /// How long the code lasts, if the server says so.
    pub lifetime: Option<Duration>,
}

impl DeviceRequest {
    /// Leaves more time between two questions, as the server wished.
    pub fn slow_down(&mut self) {
        self.interval += Duration::from_secs(5);
    }
}

#[derive(Deserialize)]
struct DeviceAnswer {
    device_code: SecretText,
    user_code: String,
    #[serde(alias = "verification_url")]
    verification_uri: String,
    interval: Option<u64>,
    expires_in: Option<u64>,
}

/// Whether a person has approved a device.
#[derive(Debug)]
pub enum DevicePoll {
    /// Yes.
    Granted(Grant),
    /// Not yet.
    Pending,
    /// Not yet, and the questions come too often.
    SlowDown,
}

impl Network {
    /// Exchanges the code that a browser brought for tokens.
    ///
    /// # Errors
    ///
    /// [`CallError`].
    pub fn exchange_code(&self, request: &WebRequest, code: &Secret) -> Result<Grant, CallError> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", request.redirect_uri.as_str()),
            ("code_verifier", request.verifier.0.expose()),
        ];
        self.run(request.server.tokens.host(), async |http| {
            ask_for_grant(http, &request.server, Some(&request.app), &form, code).await
        })
    }

    /// A new access token for a refresh token; the answer may hold another refresh token, which
    /// then replaces the one that was used.
    ///
    /// # Errors
    ///
    /// [`CallError`].
    pub fn refresh(&self, request: &RefreshRequest) -> Result<Grant, CallError> {
        self.run(request.server.tokens.host(), async |http| {
            refresh_grant(http, request).await
        })
    }

    /// Asks for tokens with another grant, or with more fields than the usual ones; `secret` is what
    /// they are asked for with.
    ///
    /// # Errors
    ///
    /// [`CallError`].
    pub(crate) fn ask_for_tokens(
        &self,
        server: &Server,
        app: Option<&ClientApp>,
        form: &[(&str, &str)],
        secret: &Secret,
    ) -> Result<Grant, CallError> {
        self.run(server.tokens.host(), async |http| {
            ask_for_grant(http, server, app, form, secret).await
        })
    }

    /// Begins a sign-in on another device.
    ///
    /// # Errors
    ///
    /// [`CallError`].
    pub fn begin_device(
        &self,
        server: &Server,
        app: &ClientApp,
        scopes: &str,
    ) -> Result<DeviceRequest, CallError> {
        let answer = self.run(server.tokens.host(), async |http| {
            let mut form = vec![("scope", scopes)];
            form.extend(server.device.begin);
            with_app(&mut form, app);
            http.post(&server.tokens, server.paths.device, &form).await
        })?;
        if !answer.is_success() {
            return Err(answer.refusal(&[]));
        }
        let device: DeviceAnswer = answer.document()?;
        // It is shown, and perhaps opened.
        if Address::parse(&device.verification_uri).is_err() {
            return Err(
                answer.not_understood("the page to approve the device is not an https address")
            );
        }
        let (least, most) = POLL_INTERVAL;
        Ok(DeviceRequest {
            server: server.clone(),
            app: app.clone(),
            code: device.device_code.0,
            user_code: sanitize_message(&device.user_code, &[]),
            verification_uri: sanitize_message(&device.verification_uri, &[]),
            interval: Duration::from_secs(device.interval.unwrap_or(5).clamp(least, most)),
            lifetime: device.expires_in.map(Duration::from_secs),
        })
    }

    /// Asks, after the interval of the request, whether the person has approved the device.
    ///
    /// # Errors
    ///
    /// [`CallError`].
    pub fn poll_device(&self, request: &DeviceRequest) -> Result<DevicePoll, CallError> {
        self.pause(request.interval)?;
        let grant = request.server.device;
        let form = [
            ("grant_type", grant.grant_type),
            (grant.code, request.code.expose()),
        ];
        let granted = self.run(request.server.tokens.host(), async |http| {
            let app = Some(&request.app);
            ask_for_grant(http, &request.server, app, &form, &request.code).await
        });
        match granted {
            Ok(grant) => Ok(DevicePoll::Granted(grant)),
            Err(CallError::Refused { code, .. }) if code == "authorization_pending" => {
                Ok(DevicePoll::Pending)
            }
            Err(CallError::Refused { code, .. }) if code == "slow_down" => Ok(DevicePoll::SlowDown),
            Err(error) => Err(error),
        }
    }
}

pub(crate) async fn refresh_grant(
    http: &Http,
    request: &RefreshRequest,
) -> Result<Grant, CallError> {
    let token = &request.refresh_token;
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token.expose()),
    ];
    ask_for_grant(http, &request.server, Some(&request.app), &form, token).await
}

/// Asks for an access token with an assertion that a private key has signed.
pub(crate) async fn jwt_bearer(
    http: &Http,
    server: &Server,
    assertion: &Secret,
) -> Result<Grant, CallError> {
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", assertion.expose()),
    ];
    ask_for_grant(http, server, None, &form, assertion).await
}

fn with_app<'a>(form: &mut Vec<(&'a str, &'a str)>, app: &'a ClientApp) {
    form.push(("client_id", &app.id));
    if let Some(secret) = &app.secret {
        form.push(("client_secret", secret.expose()));
    }
}

pub(crate) async fn ask_for_grant(
    http: &Http,
    server: &Server,
    app: Option<&ClientApp>,
    form: &[(&str, &str)],
    secret: &Secret,
) -> Result<Grant, CallError> {
    let mut form = form.to_vec();
    if let Some(app) = app {
        with_app(&mut form, app);
    }
    form.extend(server.token_fields);
    let answer = http.post(&server.tokens, server.paths.token, &form).await?;
    if answer.is_success() {
        read_grant(&answer)
    } else {
        Err(answer.refusal(&[secret]))
    }
}

fn read_grant(answer: &Answer) -> Result<Grant, CallError> {
    let tokens: TokenAnswer = answer.document()?;
    let is_token = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    let refresh_token = tokens.refresh_token.map(|SecretText(token)| token);
    let are_tokens = is_token(tokens.access_token.0.expose())
        && refresh_token
            .as_ref()
            .is_none_or(|token| is_token(token.expose()));
    if !are_tokens {
        return Err(answer.not_understood("the tokens have characters that no token has"));
    }
    Ok(Grant {
        access_token: tokens.access_token.0,
        refresh_token,
        lifetime: tokens.expires_in,
        instance_url: tokens.instance_url,
        id_token: tokens.id_token.map(|SecretText(token)| token),
        client_info: tokens.client_info,
    })
}
