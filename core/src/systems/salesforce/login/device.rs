//! Signing in on another device, where the connected app allows it (the real client's own does not
//! any more).

use crate::io::net::oauth::{ClientApp, DevicePoll, DeviceRequest};
use crate::io::net::{Address, CallError, Network};
use crate::systems::salesforce::api::build_server;

use super::session::{Granted, Means, complete_sign_in};
use super::{LoginContext, LoginError, Remember, SignedIn};

/// How often the server is asked at most.
const POLLS: usize = 100;

/// A sign-in on another device that waits for the person.
#[derive(Debug)]
pub struct DeviceSignIn {
    request: DeviceRequest,
    login: Address,
    app: ClientApp,
}

impl DeviceSignIn {
    /// Asks the server for a code for the person.
    ///
    /// # Errors
    ///
    /// [`LoginError::Org`].
    pub fn begin(
        network: &Network,
        login: Address,
        app: ClientApp,
        scopes: &str,
    ) -> Result<Self, LoginError> {
        let request = network.begin_device(&build_server(login.clone()), &app, scopes)?;
        Ok(Self {
            request,
            login,
            app,
        })
    }

    /// What the person types on the other device.
    pub fn user_code(&self) -> &str {
        &self.request.user_code
    }

    /// Where the person types it.
    pub fn verification_uri(&self) -> &str {
        &self.request.verification_uri
    }

    /// Waits for the person, and stores the sign-in.
    ///
    /// # Errors
    ///
    /// [`LoginError`].
    pub fn finish(
        mut self,
        context: &LoginContext<'_>,
        remember: &Remember,
    ) -> Result<SignedIn, LoginError> {
        for _ in 0..POLLS {
            match context.network.poll_device(&self.request)? {
                DevicePoll::Pending => {}
                DevicePoll::SlowDown => self.request.slow_down(),
                DevicePoll::Granted(grant) => {
                    let granted = Granted {
                        grant,
                        login_url: self.login.text_with_slash().to_owned(),
                        login: self.login,
                        means: Means::App(self.app),
                        expected: None,
                        notes: Vec::new(),
                    };
                    return complete_sign_in(context, granted, remember);
                }
            }
        }
        Err(CallError::TimedOut {
            host: self.login.host().to_owned(),
            after: self.request.interval * 100,
        }
        .into())
    }
}
