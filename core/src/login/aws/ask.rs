//! Asking a person to sign in at a portal: with a browser that comes back to this machine, or with a
//! code that is confirmed on any other.
//!
//! Source: AWS SSO OIDC API Reference; requests of the AWS CLI 2.36.7.

use std::time::{Duration, Instant};

use aws_sdk_ssooidc::operation::create_token::CreateTokenError;
use jiff::{SignedDuration, Timestamp};

use super::client::build_oidc;
use super::person::{Wait, WayToAsk};
use super::session_files::{GrantKind, LIMIT, Registration, Session, registration_file};
use super::target::PortalTarget;
use super::{SignIn, SignInError};
use crate::io::files::{Change, LockRule};
use crate::io::net::callback::{Callback, CallbackError};
use crate::io::net::oauth::Verifier;
use crate::io::net::{Address, CallError, sanitize_message, sdk_failure};
use crate::secret::Secret;

/// Where the browser comes back to. The port is not part of what is registered.
const REDIRECT_PATH: &str = "/oauth/callback";
const REGISTERED_REDIRECT: &str = "http://127.0.0.1/oauth/callback";

/// Our clients' name, as administrators see it.
const CLIENT_NAME: &str = "adieu";

/// How long it is waited for a browser, unless told otherwise; the AWS CLI waits as long.
const BROWSER_PATIENCE: Duration = Duration::from_mins(10);

/// Longest time for which a code is waited for, whatever its server says.
const LONGEST_CODE: u64 = 60 * 60;

/// Longest and shortest time between two questions whether a code was confirmed.
const INTERVAL: (u64, u64) = (1, 60);

/// Longest wait after answers that did not come.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A registration that ends sooner than this is made anew, so that it can renew what it is given.
const REGISTRATION_SPARE: SignedDuration = SignedDuration::from_hours(24);

/// What is known of a code after a question.
enum Poll {
    Granted(Session),
    Pending,
    SlowDown,
    /// No answer, or none that says anything of the code.
    Silence,
}

impl SignIn<'_> {
    /// Asks a person to sign in at a portal.
    pub(super) fn ask_for_session(&self, portal: &PortalTarget) -> Result<Session, SignInError> {
        // As the AWS CLI's own setting will have it; a port that was named is one for the browser.
        let config = self.aws_config()?;
        let wishes_code = config.is_on("sso_use_device_code") && self.wishes.callback_port == 0;
        let kind = if self.person.has_browser() && !wishes_code {
            GrantKind::Code
        } else {
            GrantKind::Device
        };
        let address = self.oidc_address(portal)?;
        let registration = self.find_registration(portal, &address, kind)?;
        match self.ask_with(portal, &address, kind, &registration) {
            // The server has forgotten the client: once more with a new one.
            Err(error) if is_of_client(&error) => {
                let registration = self.register(portal, &address, kind)?;
                self.ask_with(portal, &address, kind, &registration)
            }
            Err(SignInError::Callback(CallbackError::OtherWay)) => {
                let kind = GrantKind::Device;
                let registration = self.find_registration(portal, &address, kind)?;
                self.ask_with(portal, &address, kind, &registration)
            }
            result => result,
        }
    }

    fn ask_with(
        &self,
        portal: &PortalTarget,
        address: &Address,
        kind: GrantKind,
        registration: &Registration,
    ) -> Result<Session, SignInError> {
        let session = match kind {
            GrantKind::Code => self.ask_in_browser(portal, address, registration),
            GrantKind::Device => self.ask_by_code(portal, address, registration),
        };
        self.person.end_wait();
        if let Some(clock) = self.explain_clock().filter(|_| session.is_ok()) {
            self.person.note(&clock);
        }
        Ok(Session {
            registration: Some(registration.clone()),
            ..session?
        })
    }

    /// Our registration at a portal, if it lasts, else a new one.
    fn find_registration(
        &self,
        portal: &PortalTarget,
        address: &Address,
        kind: GrantKind,
    ) -> Result<Registration, SignInError> {
        if let Some(file) = registration_file(self.world, portal, kind)
            && let Some(bytes) = self.files.read(&file, LIMIT)?
            && let Some(known) = Registration::parse(&bytes)
            && known.expires_at > self.world.now() + REGISTRATION_SPARE
        {
            return Ok(known);
        }
        self.register(portal, address, kind)
    }

    fn register(
        &self,
        portal: &PortalTarget,
        address: &Address,
        kind: GrantKind,
    ) -> Result<Registration, SignInError> {
        let grants = kind.grants().map(str::to_owned).to_vec();
        let answer = self.network.run(address.host(), async |http| {
            let client = build_oidc(http, address, &portal.region);
            let mut request = client
                .register_client()
                .client_name(CLIENT_NAME)
                .client_type("public")
                .set_scopes(Some(portal.scopes.clone()))
                .set_grant_types(Some(grants));
            if kind == GrantKind::Code {
                request = request
                    .redirect_uris(REGISTERED_REDIRECT)
                    .issuer_url(&portal.start_url);
            }
            let answer = request.send().await;
            answer.map_err(|error| sdk_failure(address, &error, &[]))
        });
        let answer = answer.map_err(|source| self.oidc_failure(portal, source))?;
        let is_text = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        let id = answer.client_id().filter(is_text);
        let secret = answer.client_secret().filter(is_text);
        let Some((id, secret)) = id.zip(secret) else {
            return Err(self.not_understood(portal, address, "there is no client in it"));
        };
        let end = Timestamp::from_second(answer.client_secret_expires_at());
        let registration = Registration {
            client_id: id.to_owned(),
            client_secret: Secret::new(secret.to_owned()),
            expires_at: end.unwrap_or(self.world.now()),
        };
        if let Some(file) = registration_file(self.world, portal, kind) {
            let bytes = registration.render(portal, kind);
            let change = &mut |_: Option<&[u8]>| Ok(Change::Replace(bytes.clone()));
            self.files
                .edit_or_create(&file, LockRule::None, LIMIT, change)?;
        }
        Ok(registration)
    }

    /// With a browser on this machine: authorization code with PKCE.
    fn ask_in_browser(
        &self,
        portal: &PortalTarget,
        address: &Address,
        registration: &Registration,
    ) -> Result<Session, SignInError> {
        let state = self.random_text();
        let callback = Callback::bind(
            self.wishes.callback_port,
            REDIRECT_PATH,
            Secret::new(state.clone()),
        )?;
        let redirect_uri = callback.redirect_uri_by_address();
        let verifier = self.new_verifier();
        let mut url = address.shown("/authorize");
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &registration.client_id)
            .append_pair("redirect_uri", &redirect_uri)
            .append_pair("state", &state)
            .append_pair("code_challenge_method", "S256")
            .append_pair("scopes", &portal.scopes.join(" "))
            .append_pair("code_challenge", &verifier.challenge());
        let way = WayToAsk::Browser {
            url: url.into(),
            paste_back: callback.paste_back(),
            has_other_way: true,
        };
        self.person.show(&portal.name, &way);
        let limit = self.wishes.patience.unwrap_or(BROWSER_PATIENCE);
        let tell = &|left| self.person.wait(Wait { left });
        let code = callback.wait_telling(limit, self.network.cancel(), tell)?;
        let secrets = [&code, &registration.client_secret];
        let answer = self.network.run(address.host(), async |http| {
            let client = build_oidc(http, address, &portal.region);
            let request = client
                .create_token()
                .grant_type("authorization_code")
                .client_id(&registration.client_id)
                .client_secret(registration.client_secret.expose())
                .redirect_uri(redirect_uri)
                .code_verifier(verifier.expose())
                .code(code.expose());
            let answer = request.send().await;
            answer.map_err(|error| sdk_failure(address, &error, &secrets))
        });
        let answer = answer.map_err(|source| self.oidc_failure(portal, source))?;
        self.to_session(
            portal,
            address,
            answer.access_token(),
            answer.refresh_token(),
            answer.expires_in(),
        )
    }

    /// With a code that the person confirms in any browser.
    fn ask_by_code(
        &self,
        portal: &PortalTarget,
        address: &Address,
        registration: &Registration,
    ) -> Result<Session, SignInError> {
        let secret = &registration.client_secret;
        let begun = self.network.run(address.host(), async |http| {
            let client = build_oidc(http, address, &portal.region);
            let request = client
                .start_device_authorization()
                .client_id(&registration.client_id)
                .client_secret(secret.expose())
                .start_url(&portal.start_url);
            let answer = request.send().await;
            answer.map_err(|error| sdk_failure(address, &error, &[secret]))
        });
        let begun = begun.map_err(|source| self.oidc_failure(portal, source))?;
        let page = begun.verification_uri().unwrap_or_default();
        let whole = begun.verification_uri_complete().unwrap_or(page);
        let device_code = begun.device_code().map(str::to_owned).map(Secret::new);
        let Some(device_code) = device_code.filter(|code| !code.expose().is_empty()) else {
            return Err(self.not_understood(portal, address, "there is no code in it"));
        };
        // They are shown, and perhaps opened.
        if [page, whole]
            .iter()
            .any(|page| Address::parse(page).is_err())
        {
            let problem = "the page to confirm the code is not an https address";
            return Err(self.not_understood(portal, address, problem));
        }
        self.person.show(
            &portal.name,
            &WayToAsk::Device {
                url: sanitize_page(whole),
                page: sanitize_page(page),
                code: sanitize_message(begun.user_code().unwrap_or_default(), &[]),
            },
        );
        let seconds = u64::try_from(begun.expires_in()).unwrap_or_default();
        let seconds = match seconds {
            0 => 600,
            seconds => seconds.min(LONGEST_CODE),
        };
        let lifetime = Duration::from_secs(seconds);
        let limit = self
            .wishes
            .patience
            .map_or(lifetime, |own| own.min(lifetime));
        let interval = u64::try_from(begun.interval()).unwrap_or_default();
        let (least, most) = INTERVAL;
        let interval = match interval {
            0 => 5,
            interval => interval.clamp(least, most),
        };
        self.poll(
            portal,
            address,
            registration,
            &device_code,
            (limit, Duration::from_secs(interval)),
        )
    }

    fn poll(
        &self,
        portal: &PortalTarget,
        address: &Address,
        registration: &Registration,
        device_code: &Secret,
        (limit, mut interval): (Duration, Duration),
    ) -> Result<Session, SignInError> {
        let start = Instant::now();
        // Once at once: the person may have confirmed it before.
        let mut pause = Duration::ZERO;
        loop {
            let left = limit.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Err(SignInError::CodeExpired);
            }
            self.pause(pause.min(left), limit, start)?;
            pause = match self.ask_whether_confirmed(portal, address, registration, device_code)? {
                Poll::Granted(session) => return Ok(session),
                Poll::Pending => interval,
                Poll::SlowDown => {
                    interval += Duration::from_secs(5);
                    interval
                }
                Poll::Silence => (pause * 2).min(LONGEST_PAUSE).max(interval),
            };
        }
    }

    /// Waits, and says each second how long it is still waited.
    fn pause(&self, pause: Duration, limit: Duration, start: Instant) -> Result<(), SignInError> {
        const STEP: Duration = Duration::from_secs(1);
        let end = start.elapsed() + pause;
        loop {
            let elapsed = start.elapsed();
            let left = limit.saturating_sub(elapsed);
            self.person.wait(Wait { left });
            let rest = end.saturating_sub(elapsed);
            if rest.is_zero() {
                return Ok(());
            }
            let pause = self.network.pause(rest.min(STEP));
            pause.map_err(|_| SignInError::Interrupted)?;
        }
    }

    fn ask_whether_confirmed(
        &self,
        portal: &PortalTarget,
        address: &Address,
        registration: &Registration,
        device_code: &Secret,
    ) -> Result<Poll, SignInError> {
        let secrets = [device_code, &registration.client_secret];
        let answer = self.network.run(address.host(), async |http| {
            let client = build_oidc(http, address, &portal.region);
            let [grant, _] = GrantKind::Device.grants();
            let request = client
                .create_token()
                .grant_type(grant)
                .client_id(&registration.client_id)
                .client_secret(registration.client_secret.expose())
                .device_code(device_code.expose());
            // What the code's state is, is an answer too.
            Ok(request.send().await.map_err(|error| {
                let failure = sdk_failure(address, &error, &secrets);
                (error.into_service_error(), failure)
            }))
        });
        let (known, failure) = match answer {
            Ok(Ok(answer)) => {
                let session = self.to_session(
                    portal,
                    address,
                    answer.access_token(),
                    answer.refresh_token(),
                    answer.expires_in(),
                )?;
                return Ok(Poll::Granted(session));
            }
            Ok(Err((known, failure))) => (Some(known), failure),
            Err(failure) => (None, failure),
        };
        match known {
            Some(CreateTokenError::AuthorizationPendingException(_)) => return Ok(Poll::Pending),
            Some(CreateTokenError::SlowDownException(_)) => return Ok(Poll::SlowDown),
            Some(CreateTokenError::ExpiredTokenException(_)) => {
                return Err(SignInError::CodeExpired);
            }
            Some(CreateTokenError::AccessDeniedException(_)) => {
                let CallError::Refused { description, .. } = failure else {
                    return Err(self.oidc_failure(portal, failure));
                };
                return Err(SignInError::Denied { why: description });
            }
            _ => {}
        }
        match failure {
            CallError::Interrupted => Err(SignInError::Interrupted),
            CallError::Unreachable { .. } | CallError::TimedOut { .. } => Ok(Poll::Silence),
            CallError::Refused { status, .. } if status == 429 || status >= 500 => {
                Ok(Poll::Silence)
            }
            failure => Err(self.oidc_failure(portal, failure)),
        }
    }

    fn not_understood(
        &self,
        portal: &PortalTarget,
        address: &Address,
        problem: &'static str,
    ) -> SignInError {
        let source = CallError::NotUnderstood {
            host: address.host().to_owned(),
            status: 200,
            problem,
        };
        self.oidc_failure(portal, source)
    }

    /// A text that nobody can guess.
    pub(super) fn random_text(&self) -> String {
        use std::fmt::Write as _;
        let bytes = self.world.entropy.bytes();
        bytes[..16].iter().fold(String::new(), |mut text, byte| {
            // Writing to a text cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// A proof for a sign-in in a browser.
    pub(super) fn new_verifier(&self) -> Verifier {
        let mut random = zeroize::Zeroizing::new([0; 48]);
        random[..32].copy_from_slice(&self.world.entropy.bytes());
        random[32..].copy_from_slice(&self.world.entropy.bytes()[..16]);
        Verifier::new(&random)
    }
}

/// An address as it may be shown and opened: its own text, which is ASCII without blanks.
fn sanitize_page(page: &str) -> String {
    let parsed = url::Url::parse(page.trim());
    parsed.map_or_else(|_| String::new(), String::from)
}

/// Whether a server does not know the client any more.
fn is_of_client(error: &SignInError) -> bool {
    let SignInError::Call { source, .. } = error else {
        return false;
    };
    let codes = ["InvalidClientException", "UnauthorizedClientException"];
    matches!(&**source, CallError::Refused { code, .. } if codes.contains(&code.as_str()))
}
