//! Getting tokens: authorization code with PKCE, refresh, JWT bearer, device.
//!
//! Written here rather than taken from the crate `oauth2`, because the service departs from what
//! that crate sends and accepts: no `code_challenge_method`, `response_type=device_code` and
//! `grant_type=device`, no token type with a revocation, errors of a revocation in a form. What
//! would be left for the crate are two forms.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::http::{Answer, Http};
use super::jwt::{self, JwtKey};
use super::{OrgError, Origin};
use crate::net::printable;
use crate::secret::Secret;

const TOKEN_PATH: &str = "/services/oauth2/token";
const AUTHORIZE_PATH: &str = "/services/oauth2/authorize";

/// The connected app of the real client, which has no secret.
pub const DEFAULT_CLIENT_ID: &str = "PlatformCLI";

/// What is asked for when nothing else is said.
pub const DEFAULT_SCOPES: &str = "refresh_token api web";

/// Longest and shortest time between two questions whether a device was approved.
const POLL_INTERVAL: (u64, u64) = (1, 60);

/// A connected app.
#[derive(Clone, Debug)]
pub struct ClientApp {
    /// Its consumer key.
    pub id: String,
    /// Its consumer secret; `None` for apps that have none.
    pub secret: Option<Secret>,
}

impl Default for ClientApp {
    fn default() -> Self {
        Self {
            id: DEFAULT_CLIENT_ID.to_owned(),
            secret: None,
        }
    }
}

/// The tokens that a server issued.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The access token. The server does not say how long it lives.
    pub access_token: Secret,
    /// The refresh token, which after a refresh replaces the one before if there is one.
    pub refresh_token: Option<Secret>,
    /// Where the org answers, as the server says.
    pub instance_url: Option<String>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretText,
    refresh_token: Option<SecretText>,
    instance_url: Option<String>,
}

/// A secret in a document: no copy of it stays behind unwiped.
struct SecretText(Secret);

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

    /// What the browser carries of it.
    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.expose().as_bytes()))
    }
}

/// A sign-in in a browser that was begun.
#[derive(Clone, Debug)]
pub struct WebRequest {
    /// Where the person signs in.
    pub login: Origin,
    /// The app.
    pub app: ClientApp,
    /// What is asked for, separated by spaces.
    pub scopes: String,
    /// Where the browser is sent afterwards.
    pub redirect_uri: String,
    /// What the browser must bring back.
    pub state: String,
    /// Never leaves this machine before the code is exchanged.
    pub verifier: Verifier,
}

impl WebRequest {
    /// The address for the browser. No `code_challenge_method` is sent: the service knows SHA-256
    /// only.
    pub fn authorize_url(&self) -> Url {
        let mut url = self.login.shown(AUTHORIZE_PATH);
        url.query_pairs_mut()
            .append_pair("state", &self.state)
            .append_pair("prompt", "login")
            .append_pair("scope", &self.scopes)
            .append_pair("code_challenge", &self.verifier.challenge())
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.app.id)
            .append_pair("redirect_uri", &self.redirect_uri);
        url
    }
}

/// What is needed to ask for a new access token with a refresh token.
#[derive(Clone, Debug)]
pub struct RefreshRequest {
    /// Where tokens are asked for.
    pub login: Origin,
    /// The app.
    pub app: ClientApp,
    /// The refresh token.
    pub refresh_token: Secret,
}

/// What is needed to ask for an access token with a private key.
#[derive(Clone, Debug)]
pub struct JwtRequest {
    /// Where tokens are asked for. No other host is asked.
    pub login: Origin,
    /// The app's consumer key.
    pub client_id: String,
    /// Who signs in.
    pub username: String,
    /// The private key that belongs to the app's certificate.
    pub key: JwtKey,
    /// The audience, if the person named one (`SF_AUDIENCE_URL`).
    pub audience: Option<String>,
    /// The present time.
    pub now: jiff::Timestamp,
}

/// A sign-in on another device that was begun.
#[derive(Debug)]
pub struct DeviceRequest {
    login: Origin,
    app: ClientApp,
    code: Secret,
    /// What the person types there.
    pub user_code: String,
    /// Where the person types it.
    pub verification_uri: String,
    /// How long to wait before each question.
    pub interval: Duration,
}

impl DeviceRequest {
    pub(super) const fn login(&self) -> &Origin {
        &self.login
    }

    /// Leaves more time between two questions, as the server wished.
    pub fn slow_down(&mut self) {
        self.interval += Duration::from_secs(5);
    }
}

#[derive(Deserialize)]
struct DeviceAnswer {
    device_code: SecretText,
    user_code: String,
    verification_uri: String,
    interval: Option<u64>,
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

fn with_app<'a>(form: &mut Vec<(&'static str, &'a str)>, app: &'a ClientApp) {
    form.push(("client_id", &app.id));
    if let Some(secret) = &app.secret {
        form.push(("client_secret", secret.expose()));
    }
}

async fn ask(
    http: &Http,
    login: &Origin,
    form: &[(&'static str, &str)],
    secrets: &[&Secret],
) -> Result<Grant, OrgError> {
    let answer = http.post(login, TOKEN_PATH, form).await?;
    if answer.is_success() {
        grant(&answer)
    } else {
        Err(answer.refusal(secrets))
    }
}

fn grant(answer: &Answer) -> Result<Grant, OrgError> {
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
        instance_url: tokens.instance_url,
    })
}

pub(super) async fn exchange_code(
    http: &Http,
    request: &WebRequest,
    code: &Secret,
) -> Result<Grant, OrgError> {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code.expose()),
        ("redirect_uri", request.redirect_uri.as_str()),
        ("code_verifier", request.verifier.0.expose()),
    ];
    with_app(&mut form, &request.app);
    ask(http, &request.login, &form, &[code]).await
}

pub(super) async fn refresh(http: &Http, request: &RefreshRequest) -> Result<Grant, OrgError> {
    let mut form = vec![
        ("grant_type", "refresh_token"),
        ("refresh_token", request.refresh_token.expose()),
    ];
    with_app(&mut form, &request.app);
    ask(http, &request.login, &form, &[&request.refresh_token]).await
}

/// Tries each audience in turn, as long as the server answers that the grant is not valid.
pub(super) async fn jwt_bearer(http: &Http, request: &JwtRequest) -> Result<Grant, OrgError> {
    let mut first = None;
    for audience in jwt::audiences(&request.login, request.audience.as_deref()) {
        let Some(assertion) = jwt::assertion(request, &audience) else {
            return Err(OrgError::NotAllowed {
                host: request.login.host().to_owned(),
                why: "the private key cannot sign",
            });
        };
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", assertion.expose()),
        ];
        match ask(http, &request.login, &form, &[&assertion]).await {
            Ok(grant) => return Ok(grant),
            Err(error) if is_invalid_grant(&error) => first = Some(telling(first, error)),
            Err(error) => return Err(error),
        }
    }
    Err(first.unwrap_or(OrgError::Interrupted))
}

fn is_invalid_grant(error: &OrgError) -> bool {
    matches!(error, OrgError::Refused { code, .. } if code == "invalid_grant")
}

/// Of two refusals the one that says more than that the audience was wrong.
fn telling(first: Option<OrgError>, error: OrgError) -> OrgError {
    let is_of_audience = |error: &OrgError| {
        matches!(error, OrgError::Refused { description, .. }
            if description.to_ascii_lowercase().contains("audience"))
    };
    match first {
        Some(first) if !is_of_audience(&first) => first,
        _ => error,
    }
}

pub(super) async fn begin_device(
    http: &Http,
    login: &Origin,
    app: &ClientApp,
    scopes: &str,
) -> Result<DeviceRequest, OrgError> {
    let mut form = vec![("response_type", "device_code"), ("scope", scopes)];
    with_app(&mut form, app);
    let answer = http.post(login, TOKEN_PATH, &form).await?;
    if !answer.is_success() {
        return Err(answer.refusal(&[]));
    }
    let device: DeviceAnswer = answer.document()?;
    let page = Url::parse(&device.verification_uri).ok();
    // It is shown, and perhaps opened.
    let is_page = page.is_some_and(|page| Origin::parse(page.as_str()).is_ok());
    if !is_page {
        return Err(answer.not_understood("the page to approve the device is not an https address"));
    }
    let (least, most) = POLL_INTERVAL;
    Ok(DeviceRequest {
        login: login.clone(),
        app: app.clone(),
        code: device.device_code.0,
        user_code: printable(&device.user_code, None),
        verification_uri: printable(&device.verification_uri, None),
        interval: Duration::from_secs(device.interval.unwrap_or(5).clamp(least, most)),
    })
}

pub(super) async fn poll_device(
    http: &Http,
    request: &DeviceRequest,
) -> Result<DevicePoll, OrgError> {
    let mut form = vec![("grant_type", "device"), ("code", request.code.expose())];
    with_app(&mut form, &request.app);
    match ask(http, &request.login, &form, &[&request.code]).await {
        Ok(grant) => Ok(DevicePoll::Granted(grant)),
        Err(OrgError::Refused { code, .. }) if code == "authorization_pending" => {
            Ok(DevicePoll::Pending)
        }
        Err(OrgError::Refused { code, .. }) if code == "slow_down" => Ok(DevicePoll::SlowDown),
        Err(error) => Err(error),
    }
}
