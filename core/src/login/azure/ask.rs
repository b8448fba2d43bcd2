//! Asking a person to sign in to Azure: with a code that is confirmed in any browser, or in a browser that
//! comes back to this machine.

use std::time::{Duration, Instant};

use super::error::read_number;
use super::target::Target;
use crate::io::net::CallError;
use crate::io::net::callback::{Callback, CallbackError};
use crate::io::net::oauth::{DevicePoll, Grant, WebRequest};
use crate::login::aws::{SignIn, SignInError, Wait, WayToAsk};
use crate::secret::Secret;

/// How long it is waited for a browser, unless told otherwise; the Azure CLI waits as long.
const BROWSER_PATIENCE: Duration = Duration::from_mins(10);

/// How long a code lasts whose server does not say it, and longest time for which it is waited for.
const CODE_LIFE: Duration = Duration::from_mins(15);
const LONGEST_CODE: Duration = Duration::from_hours(1);

/// What is asked for besides the permission itself: a refresh token, and who it is.
const PERSONAL_SCOPES: &str = "offline_access openid profile";

impl SignIn<'_> {
    /// With a code that the person confirms in any browser.
    pub(super) fn ask_azure_by_code(&self, target: &Target<'_>) -> Result<Grant, SignInError> {
        let server = target.server(self)?;
        let scopes = format!("{} {PERSONAL_SCOPES}", target.cloud.arm_scope());
        let begun = self.network.begin_device(&server, &target.app(), &scopes);
        let mut begun = begun.map_err(|source| target.failure(source))?;
        let page = begun.verification_uri.clone();
        self.person.show(
            &target.provider.name.written,
            &WayToAsk::Device {
                url: page.clone(),
                page,
                code: begun.user_code.clone(),
            },
        );
        let lifetime = begun.lifetime.filter(|life| !life.is_zero());
        let lifetime = lifetime.unwrap_or(CODE_LIFE).min(LONGEST_CODE);
        let limit = self.wishes.patience;
        let limit = limit.map_or(lifetime, |own| own.min(lifetime));
        let start = Instant::now();
        let result = loop {
            let left = limit.saturating_sub(start.elapsed());
            self.person.wait(Wait { left });
            if left.is_zero() {
                break Err(SignInError::CodeExpired);
            }
            match self.network.poll_device(&begun) {
                Ok(DevicePoll::Granted(grant)) => break Ok(grant),
                Ok(DevicePoll::SlowDown) => begun.slow_down(),
                Ok(DevicePoll::Pending)
                | Err(CallError::Unreachable { .. } | CallError::TimedOut { .. }) => {}
                Err(CallError::Refused { status, .. }) if status == 429 || status >= 500 => {}
                Err(error) => break Err(judge_refusal(target, error)),
            }
        };
        self.person.end_wait();
        result
    }

    /// With a browser on this machine: authorization code with PKCE. Where none can come back, with a
    /// code.
    pub(super) fn ask_azure_in_browser(&self, target: &Target<'_>) -> Result<Grant, SignInError> {
        if !self.person.has_browser() {
            return self.ask_azure_by_code(target);
        }
        let server = target.server(self)?;
        let state = self.random_text();
        let port = self.wishes.callback_port;
        let callback = Callback::bind(port, "/", Secret::new(state.clone()))?;
        let request = WebRequest {
            server,
            app: target.app(),
            scopes: format!("{} {PERSONAL_SCOPES}", target.cloud.arm_scope()),
            // The Azure CLI's client is registered for this, with any port and no path.
            redirect_uri: callback.redirect_uri().trim_end_matches('/').to_owned(),
            state,
            verifier: self.new_verifier(),
        };
        let way = WayToAsk::Browser {
            url: request.authorize_url().into(),
            paste_back: callback.paste_back(),
            has_other_way: true,
        };
        self.person.show(&target.provider.name.written, &way);
        let limit = self.wishes.patience.unwrap_or(BROWSER_PATIENCE);
        let tell = &|left| self.person.wait(Wait { left });
        let code = callback.wait_telling(limit, self.network.cancel(), tell);
        self.person.end_wait();
        let code = match code {
            Err(CallbackError::OtherWay) => return self.ask_azure_by_code(target),
            code => code?,
        };
        let grant = self.network.exchange_code(&request, &code);
        grant.map_err(|source| target.failure(source))
    }
}

/// The end of a code without a token.
fn judge_refusal(target: &Target<'_>, error: CallError) -> SignInError {
    let CallError::Refused {
        code, description, ..
    } = &error
    else {
        return target.failure(error);
    };
    match code.as_str() {
        "expired_token" | "code_expired" => SignInError::CodeExpired,
        "authorization_declined" | "access_denied"
            if read_number(description).is_none_or(|number| number == 70018) =>
        {
            SignInError::Denied {
                why: description.clone(),
            }
        }
        _ => target.failure(error),
    }
}
