//! Why a sign-in did not come about, by the names that the real client gives it.

use std::borrow::Cow;
use std::error::Error as _;

use adieu::io::net::CallError;
use adieu::io::net::callback::CallbackError;
use adieu::systems::salesforce::login::LoginError;

use crate::args::OrgLoginCommand;
use crate::commands::org::reply::{ClientError, Stop};
use crate::ui::Failure;

/// How somebody signs in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    Web,
    Jwt,
    AccessToken,
    SfdxUrl,
    Device,
}

impl Way {
    pub(super) const fn of(command: &OrgLoginCommand) -> Self {
        match command {
            OrgLoginCommand::Web(_) => Self::Web,
            OrgLoginCommand::Jwt(_) => Self::Jwt,
            OrgLoginCommand::AccessToken(_) => Self::AccessToken,
            OrgLoginCommand::SfdxUrl(_) => Self::SfdxUrl,
            OrgLoginCommand::Device(_) => Self::Device,
        }
    }

    /// What the real client calls a server's refusal.
    const fn refusal(self) -> &'static str {
        match self {
            Self::Web => "AuthCodeExchangeError",
            Self::Jwt => "JwtGrantError",
            Self::AccessToken => "AuthCodeUsernameRetrievalError",
            Self::SfdxUrl => "RefreshTokenAuthError",
            Self::Device => "DeviceAuthError",
        }
    }

    /// The end of a sign-in that failed.
    pub(super) fn stop(self, error: &LoginError) -> Stop {
        let is_interrupted = matches!(
            error,
            LoginError::Org(CallError::Interrupted)
                | LoginError::Callback(CallbackError::Interrupted)
        );
        if is_interrupted {
            return Failure::interrupted().into();
        }
        let name: Cow<'static, str> = match error {
            LoginError::Org(_) => self.refusal().into(),
            LoginError::Callback(CallbackError::Declined { code, .. }) => code.clone().into(),
            LoginError::Callback(CallbackError::TimedOut { .. }) => "AuthTimeoutError".into(),
            LoginError::Callback(_) => "PortInUseError".into(),
            LoginError::AuthUrl(_) => "INVALID_SFDX_AUTH_URL".into(),
            LoginError::AccessToken(_) => "InvalidAccessTokenError".into(),
            LoginError::KeyFile(_)
            | LoginError::NoKeyFile { .. }
            | LoginError::PrivateKey { .. } => "JwtKeyFileError".into(),
            LoginError::KeyGone { .. } | LoginError::KeyUnreachable(_) => "AuthKeyError".into(),
            _ => "LoginFailedError".into(),
        };
        let mut message = error.to_string();
        let mut next = error.source();
        while let Some(cause) = next {
            message.push_str(": ");
            message.push_str(&cause.to_string());
            next = cause.source();
        }
        let failed = ClientError::new(name, message);
        match error.hint() {
            Some(hint) => failed.action(hint),
            None => failed,
        }
        .into()
    }
}
