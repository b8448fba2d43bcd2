//! Ending tokens where they were issued, and asking whether they are still good.
//!
//! What one request does is data ([`HttpService`]); what takes more is in
//! the `api` of its system. All calls run at once, each within its own time limit.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use crate::inventory::Revocation;
use crate::io::files::Files;
use crate::io::net::{
    Address, CallError, Cancel, Ended, Http, Network, Parameters, RevocationResult, Verdict,
};
use crate::remote::{HttpService, TokenStatus, TrustedHost};
use crate::secret::Secret;
use crate::systems::aws::api::{self as aws, Portal, SignInServer};
use crate::systems::aws::profile::Profile;
use crate::systems::discovery::READ_LIMIT;
use crate::systems::salesforce::api::{self as salesforce, Addresses};
use crate::world::World;

pub use crate::systems::aws::api::Lapse;

/// How long a promise to end a token is waited for, before each question.
const CONFIRMATION_PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(300),
    Duration::from_millis(700),
    Duration::from_millis(1500),
];

/// One token to end, or to ask about.
#[derive(Debug)]
pub struct TokenRequest<Id> {
    /// Whatever the caller knows it by.
    pub id: Id,
    /// The token.
    pub secret: Secret,
    /// What else of its sign-in the server wants: the keys that sign the request.
    pub beside: Option<Secret>,
    /// How its server ends it, and where.
    pub revocation: Revocation,
    /// How it stands with time, if its session can outlive it.
    pub lapse: Lapse,
}

/// Calls servers, each token only where it may go.
#[derive(Clone, Debug)]
pub struct RevocationClient {
    network: Network,
    files: Arc<Files>,
    aws_profile: Profile,
    allowed_hosts: Vec<TrustedHost>,
}

impl RevocationClient {
    /// A caller in this world. Starts nothing.
    pub fn new(world: &World) -> Self {
        Self {
            network: Network::new(world),
            files: Arc::new(Files::new(world)),
            aws_profile: Profile::of(world),
            allowed_hosts: Vec::new(),
        }
    }

    /// Lets tokens go to these hosts although only a configuration file names them: the person was
    /// asked.
    #[must_use]
    pub fn allowing<'a>(mut self, hosts: impl IntoIterator<Item = &'a TrustedHost>) -> Self {
        self.allowed_hosts.extend(hosts.into_iter().cloned());
        self
    }

    /// Whether a token may go where this revocation leads; `Err` is what [`RevocationClient::end_all`] would
    /// answer. Touches nothing.
    ///
    /// # Errors
    ///
    /// [`CallError::NotAllowed`].
    pub fn check(&self, revocation: &Revocation) -> Result<(), CallError> {
        Target::check(revocation, &self.allowed_hosts).map(|_| ())
    }

    /// Ends all tokens, `concurrency` at once, waiting at most `limit` for each answer. The results
    /// have the order of the requests. When `cancel` is set, what has no answer yet is
    /// [`CallError::Interrupted`] at once.
    pub fn end_all<Id>(
        &self,
        requests: Vec<TokenRequest<Id>>,
        limit: Duration,
        concurrency: usize,
        cancel: &Cancel,
    ) -> Vec<(Id, RevocationResult)> {
        let network = self.network(&requests, limit, concurrency, cancel);
        self.call_all(&network, requests, &async |http, call| call.end(http).await)
    }

    /// Asks about all tokens, as [`RevocationClient::end_all`] ends them. Nothing is changed by asking. Orgs are
    /// asked elsewhere ([`salesforce::probe_all`]).
    pub fn ask_all<Id>(
        &self,
        requests: Vec<TokenRequest<Id>>,
        limit: Duration,
        concurrency: usize,
        cancel: &Cancel,
    ) -> Vec<(Id, TokenStatus)> {
        let network = self.network(&requests, limit, concurrency, cancel);
        let answers = self.call_all(&network, requests, &async |http, call| {
            Ok(call.ask(http).await)
        });
        let answers = answers
            .into_iter()
            .map(|(id, answer)| (id, answer.unwrap_or_else(TokenStatus::from)));
        answers.collect()
    }

    fn network<Id>(
        &self,
        requests: &[TokenRequest<Id>],
        limit: Duration,
        concurrency: usize,
        cancel: &Cancel,
    ) -> Network {
        let network = self
            .network
            .clone()
            .with_limit(limit)
            .with_concurrency(concurrency)
            .with_cancel(cancel.clone());
        let mut revocations = requests.iter().map(|request| &request.revocation);
        let is_of_aws = revocations.any(|way| matches!(way, Revocation::SsoPortal { .. }));
        let config = is_of_aws.then(|| self.files.read_named(&self.aws_profile.config, READ_LIMIT));
        let config = config.and_then(Result::ok).flatten();
        match config.and_then(|config| self.aws_profile.ca_bundle(&config)) {
            Some(bundle) => network.trusting("ca_bundle of the AWS profile", &bundle),
            None => network,
        }
    }

    fn call_all<Id, T>(
        &self,
        network: &Network,
        requests: Vec<TokenRequest<Id>>,
        calling: &impl AsyncFn(&Http, &Call) -> Result<T, CallError>,
    ) -> Vec<(Id, Result<T, CallError>)> {
        let (ids, calls): (Vec<_>, Vec<_>) = requests
            .into_iter()
            .map(|request| {
                let target = Target::check(&request.revocation, &self.allowed_hosts);
                let call = target.map(|target| Call {
                    secret: request.secret,
                    beside: request.beside,
                    target,
                    oidc: request.lapse.server(&self.allowed_hosts),
                    lapse: request.lapse,
                });
                (request.id, call)
            })
            .unzip();
        let results = network.run_all(calls, &async |http, call| {
            let call = call?;
            http.in_time(call.target.host(), calling(http, &call)).await
        });
        ids.into_iter().zip(results).collect()
    }
}

/// A place that a token may go to.
#[derive(Debug)]
enum Target {
    Http {
        service: &'static HttpService,
        address: Address,
        recorded: Vec<(String, String)>,
    },
    Portal(Portal),
    SignIn(SignInServer),
    Salesforce(Addresses),
}

impl Target {
    /// The place that a revocation leads to, or why the token may not go there.
    fn check(revocation: &Revocation, allowed: &[TrustedHost]) -> Result<Self, CallError> {
        Ok(match revocation {
            Revocation::Http {
                service,
                endpoint,
                recorded,
            } => Self::Http {
                service,
                address: Address::check(endpoint, [&*service.address], allowed)?,
                recorded: recorded.clone(),
            },
            Revocation::SsoPortal {
                region,
                is_region_guessed,
                endpoint,
                ..
            } => Self::Portal(Portal::check(
                endpoint,
                region,
                *is_region_guessed,
                allowed,
            )?),
            Revocation::AwsSignIn { region, endpoint } => {
                Self::SignIn(SignInServer::check(endpoint, region, allowed)?)
            }
            Revocation::Salesforce { endpoint, second } => {
                Self::Salesforce(Addresses::check(endpoint, second.as_ref(), allowed)?)
            }
            Revocation::Client { endpoint, .. } => {
                return Err(CallError::NotAllowed {
                    host: endpoint.host(),
                    why: "only the vendor's own client may send it",
                });
            }
        })
    }

    fn host(&self) -> &str {
        match self {
            Self::Http { address, .. } => address.host(),
            Self::Portal(portal) => portal.host(),
            Self::SignIn(server) => server.host(),
            Self::Salesforce(addresses) => addresses.host(),
        }
    }
}

/// One request that may be sent.
struct Call {
    secret: Secret,
    beside: Option<Secret>,
    target: Target,
    lapse: Lapse,
    /// Where its session may be renewed, or why not.
    oidc: Option<Result<Address, String>>,
}

impl Call {
    async fn end(&self, http: &Http) -> RevocationResult {
        match &self.target {
            Target::Http {
                service,
                address,
                recorded,
            } => self.end_by_request(http, service, address, recorded).await,
            Target::Portal(portal) => {
                let oidc = self.oidc.as_ref();
                aws::end_session(http, &self.secret, portal, &self.lapse, oidc).await
            }
            Target::SignIn(server) => server.end(http, &self.secret, self.beside.as_ref()).await,
            Target::Salesforce(addresses) => {
                salesforce::end_token(http, &self.secret, addresses).await
            }
        }
    }

    async fn ask(&self, http: &Http) -> TokenStatus {
        match &self.target {
            Target::Http {
                service: HttpService {
                    ask: Some(call), ..
                },
                address,
                recorded,
            } => Verdict::answer(http.verdict(call, address, self.with(recorded)).await),
            Target::Portal(portal) => {
                aws::ask_token_status(http, &self.secret, portal, &self.lapse).await
            }
            Target::SignIn(server) => {
                let keys = self.beside.as_ref();
                Verdict::answer(server.ask(http, &self.secret, keys).await)
            }
            Target::Http { .. } | Target::Salesforce(_) => TokenStatus::NotAsked {
                why: TokenStatus::NO_CALL,
            },
        }
    }

    /// Ends the token by one request. Where its answer only promises, the token's own is waited for.
    async fn end_by_request(
        &self,
        http: &Http,
        service: &HttpService,
        address: &Address,
        recorded: &[(String, String)],
    ) -> RevocationResult {
        let host = || address.host().to_owned();
        let Some(end) = &service.end else {
            return Err(CallError::NotAllowed {
                host: host(),
                why: "no call that ends it is known",
            });
        };
        let ended = http.verdict(end, address, self.with(recorded)).await;
        let Some(ask) = service
            .ask
            .as_ref()
            .filter(|_| service.is_confirmed_by_asking)
        else {
            return ended.map(Ended::from);
        };
        match ended {
            // Who is sent on to a page after a logout is told no more than that.
            Ok(Verdict::Yes) | Err(CallError::Redirected { .. }) => {}
            other => return other.map(Ended::from),
        }
        for pause in CONFIRMATION_PAUSES {
            tokio::time::sleep(pause).await;
            if http.verdict(ask, address, self.with(recorded)).await? == Verdict::Unknown {
                return Ok(Ended::Now);
            }
        }
        Err(CallError::NotConfirmed { host: host() })
    }

    const fn with<'a>(&'a self, recorded: &'a [(String, String)]) -> Parameters<'a> {
        Parameters {
            token: &self.secret,
            recorded,
        }
    }
}
