//! Salesforce orgs: getting, checking and ending tokens.
//!
//! [`Orgs`] is the door, but for ending, which is [`super::Caller`]'s. Its methods wait for the answers of one org, or of many at once, on a
//! current-thread runtime that lives only as long as the call. Everything that a server says is
//! bounded in size and time; no redirect is followed; tokens go to https and to this machine only.
//!
//! Sources: Salesforce Help, "OAuth Authorization Flows" and "Revoke OAuth Tokens"; what the real
//! client sends and the service answers, recorded in `tests/fixtures/salesforce/http`.

mod error;
mod grant;
mod http;
mod jwt;
mod origin;
mod probe;
mod revoke;
#[cfg(test)]
mod tests;
mod user;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tracing::subscriber::NoSubscriber;

pub use error::OrgError;
pub use grant::{
    ClientApp, DEFAULT_CLIENT_ID, DEFAULT_SCOPES, DevicePoll, DeviceRequest, Grant, JwtRequest,
    RefreshRequest, Verifier, WebRequest,
};
pub(super) use http::Http;
pub use jwt::{JwtKey, KEY_FILE_LIMIT, NotAPrivateKey};
pub use origin::{Origin, PRODUCTION, SANDBOX};
pub use probe::{ConnectedStatus, ProbeRequest, Renewal};
pub(super) use revoke::{Addresses, end};
pub use user::{OrgDetails, Organization, User};

use self::probe::{Look, Looked};
use super::cancel::{Cancel, Raced, race};
use super::proxy::ProxySettings;
use crate::secret::Secret;
use crate::world::World;

/// How long an org may take unless said otherwise.
pub const LIMIT: Duration = Duration::from_secs(10);

/// How many orgs are asked at once.
const CONCURRENCY: usize = 64;

/// The door to orgs. Making one starts nothing.
#[derive(Clone)]
pub struct Orgs {
    proxy: ProxySettings,
    limit: Duration,
    cancel: Cancel,
}

impl fmt::Debug for Orgs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Orgs")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

impl Orgs {
    /// The orgs as this world reaches them.
    pub fn new(world: &World) -> Self {
        Self {
            proxy: ProxySettings::of(world),
            limit: LIMIT,
            cancel: Cancel::new(),
        }
    }

    /// Gives each org this long instead of 10 seconds; half of it to connect.
    #[must_use]
    pub const fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Lets the person stop the waiting.
    #[must_use]
    pub fn with_cancel(mut self, cancel: Cancel) -> Self {
        self.cancel = cancel;
        self
    }

    /// What stops the waiting.
    pub const fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// Looks at sign-ins, all at once, renewing access tokens that have ended. `renewed` gets each
    /// new token *before* it is used: it must be stored then, because a refresh token that came
    /// with it has replaced the stored one. The answers have the order of the requests.
    pub fn probe_all<Id>(
        &self,
        requests: Vec<ProbeRequest<Id>>,
        mut renewed: impl FnMut(&Id, &Grant),
    ) -> Vec<(Id, ConnectedStatus)> {
        let mut answers = Vec::with_capacity(requests.len());
        let mut looks = Vec::new();
        for request in requests {
            answers.push((request.id, ConnectedStatus::NoAnswer(OrgError::Interrupted)));
            looks.push(Look {
                instance_url: request.instance_url,
                api_version: request.api_version,
                access_token: request.access_token,
                renewal: request.renewal,
            });
        }
        let limit = self.limit;
        let calls = looks.iter().cloned().enumerate().collect();
        self.run_all(
            calls,
            move |http, look: Look| async move {
                let looked = tokio::time::timeout(limit, look.run(&http)).await;
                looked.unwrap_or_else(|_| {
                    let error = late(Some(&look.instance_url), limit);
                    Looked::Status(ConnectedStatus::NoAnswer(error))
                })
            },
            |index, looked| match looked {
                Looked::Status(status) => {
                    answers[index].1 = status;
                    None
                }
                Looked::Renewed(grant) => {
                    renewed(&answers[index].0, &grant);
                    let again = Look {
                        access_token: grant.access_token,
                        // Once is enough: a new token that is refused stays refused.
                        renewal: Renewal::None,
                        ..looks[index].clone()
                    };
                    Some(again)
                }
            },
        );
        answers
    }

    /// Exchanges the code that a browser brought for tokens.
    ///
    /// # Errors
    ///
    /// [`OrgError`].
    pub fn exchange_code(&self, request: &WebRequest, code: &Secret) -> Result<Grant, OrgError> {
        self.run(&request.login, async |http| {
            grant::exchange_code(http, request, code).await
        })
    }

    /// A new access token for a refresh token; the answer may hold another refresh token, which
    /// then replaces the one that was used.
    ///
    /// # Errors
    ///
    /// [`OrgError`].
    pub fn refresh(&self, request: &RefreshRequest) -> Result<Grant, OrgError> {
        self.run(&request.login, async |http| {
            grant::refresh(http, request).await
        })
    }

    /// An access token for a private key.
    ///
    /// # Errors
    ///
    /// [`OrgError`].
    pub fn jwt_bearer(&self, request: &JwtRequest) -> Result<Grant, OrgError> {
        self.run(&request.login, async |http| {
            grant::jwt_bearer(http, request).await
        })
    }

    /// Begins a sign-in on another device.
    ///
    /// # Errors
    ///
    /// [`OrgError`].
    pub fn begin_device(
        &self,
        login: &Origin,
        app: &ClientApp,
        scopes: &str,
    ) -> Result<DeviceRequest, OrgError> {
        self.run(login, async |http| {
            grant::begin_device(http, login, app, scopes).await
        })
    }

    /// Asks, after the interval of the request, whether the person has approved the device.
    ///
    /// # Errors
    ///
    /// [`OrgError`].
    pub fn poll_device(&self, request: &DeviceRequest) -> Result<DevicePoll, OrgError> {
        let interval = request.interval;
        match self.block(async { tokio::time::timeout(interval, self.cancel.wait()).await }) {
            // The time is over, and nobody stopped the waiting.
            Some(Err(_)) => {}
            Some(Ok(())) | None => return Err(OrgError::Interrupted),
        }
        self.run(request.login(), async |http| {
            grant::poll_device(http, request).await
        })
    }

    /// Who an access token belongs to.
    ///
    /// # Errors
    ///
    /// [`OrgError`].
    pub fn user(&self, instance: &Origin, token: &Secret) -> Result<User, OrgError> {
        self.run(instance, async |http| {
            user::user(http, instance, token).await
        })
    }

    /// What an org says of itself; what it does not say in time stays unknown.
    pub fn details(&self, instance: &Origin, token: &Secret) -> OrgDetails {
        let details = self.run(instance, async |http| {
            Ok(user::details(http, instance, token).await)
        });
        details.unwrap_or_default()
    }

    /// One conversation with one host, within the time limit.
    fn run<T>(
        &self,
        origin: &Origin,
        conversation: impl AsyncFnOnce(&Http) -> Result<T, OrgError>,
    ) -> Result<T, OrgError> {
        if self.cancel.is_set() {
            return Err(OrgError::Interrupted);
        }
        let http = Http::new(self.proxy.clone(), self.limit);
        let bounded = async {
            let answer = tokio::time::timeout(self.limit, conversation(&http));
            match race(answer, self.cancel.wait()).await {
                Raced::First(Ok(answer)) => answer,
                Raced::First(Err(_)) => Err(OrgError::TimedOut {
                    host: origin.host().to_owned(),
                    after: self.limit,
                }),
                Raced::Second(()) => Err(OrgError::Interrupted),
            }
        };
        self.block(bounded).unwrap_or(Err(OrgError::Unreachable {
            host: origin.host().to_owned(),
            why: "the network cannot be used".to_owned(),
        }))
    }

    /// Many conversations at once. `next` gets each answer, and may say how to go on.
    fn run_all<Call, Answer, Running>(
        &self,
        calls: Vec<(usize, Call)>,
        conversation: impl Fn(Arc<Http>, Call) -> Running,
        mut next: impl FnMut(usize, Answer) -> Option<Call>,
    ) where
        Call: Send + 'static,
        Answer: Send + 'static,
        Running: Future<Output = Answer> + Send + 'static,
    {
        if calls.is_empty() || self.cancel.is_set() {
            return;
        }
        let http = Arc::new(Http::new(self.proxy.clone(), self.limit));
        let all = async {
            let mut waiting = calls;
            waiting.reverse();
            let mut running = JoinSet::new();
            loop {
                while running.len() < CONCURRENCY {
                    let Some((index, call)) = waiting.pop() else {
                        break;
                    };
                    let answer = conversation(Arc::clone(&http), call);
                    running.spawn(async move { (index, answer.await) });
                }
                match race(running.join_next(), self.cancel.wait()).await {
                    Raced::First(Some(Ok((index, answer)))) => {
                        waiting.extend(next(index, answer).map(|call| (index, call)));
                    }
                    // A conversation that panicked says nothing, and stays "interrupted".
                    Raced::First(Some(Err(_))) => {}
                    Raced::First(None) | Raced::Second(()) => return,
                }
            }
        };
        let _done = self.block(all);
    }

    /// Runs to the end on a runtime of its own; `None` if there can be none.
    #[expect(
        clippy::unused_self,
        reason = "nothing else may start a runtime for orgs"
    )]
    fn block<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .ok()?;
        // The libraries below log requests, headers included, at their finest level.
        let value =
            tracing::subscriber::with_default(NoSubscriber::new(), || runtime.block_on(future));
        // A name look-up that still runs cannot be interrupted, but need not be waited for.
        runtime.shutdown_background();
        Some(value)
    }
}

fn late(address: Option<&str>, after: Duration) -> OrgError {
    let origin = address.and_then(|address| Origin::parse(address).ok());
    OrgError::TimedOut {
        host: origin.map_or_else(String::new, |origin| origin.host().to_owned()),
        after,
    }
}
