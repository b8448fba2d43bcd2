//! Servers: ending tokens where they were issued, and asking whether they are still good.
//!
//! One current-thread runtime, started only when there is something to call, and gone when
//! [`Caller::end_all`] or [`Caller::ask_all`] returns. All calls run at once, each within its own time limit, and none is
//! repeated.
//!
//! - Where a token may go is decided by the module `endpoint`, once for each request, and again by nobody:
//!   no redirect is followed.
//! - TLS is verified against the platform's roots. Plain HTTP goes to loopback only, and never
//!   through a proxy.
//! - `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` (or in lower case) of the world's environment are
//!   honoured for https.
//! - The libraries below log requests, headers included, at their finest level; while they run,
//!   nothing of theirs reaches the log.

pub mod callback;
mod cancel;
mod client;
mod endpoint;
mod forms;
mod github;
mod oidc;
mod portal;
mod proxy;
pub mod salesforce;
mod session;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tracing::subscriber::NoSubscriber;

pub use cancel::Cancel;
pub use endpoint::{
    GITHUB_API, GOOGLE_OAUTH, OPENAI_OAUTH, default_oidc_endpoint, default_portal_endpoint,
};
pub use oidc::RenewedTokens;
pub use session::Lapse;

use self::cancel::{Raced, race};
use self::endpoint::{Place, Target};
use self::proxy::ProxySettings;
use crate::inventory::{Renewability, Revocation, ServerAnswer, TrustedHost};
use crate::secret::Secret;
use crate::world::World;

/// Longest text of a server that is shown, in characters.
const LONGEST_MESSAGE: usize = 200;

/// One token to end, or to ask about.
#[derive(Debug)]
pub struct TokenRequest<Id> {
    /// Whatever the caller knows it by.
    pub id: Id,
    /// The token.
    pub secret: Secret,
    /// How its server ends it, and where.
    pub revocation: Revocation,
    /// How it stands with time, if its session can outlive it.
    pub lapse: Lapse,
}

/// What a server, or the lack of one, made of a request to end a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndResult {
    /// The server ended it.
    Revoked,
    /// Another server of the token's ended it than the one that was asked first.
    RevokedElsewhere {
        /// The host that answered.
        host: String,
    },
    /// The server does not know it any more, which is as good.
    AlreadyEnded,
    /// The server answered something else.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The server's words, fit for a terminal; may be empty.
        message: String,
    },
    /// The access token has ended, its session goes on, and could not be renewed to be ended.
    Stale {
        /// Why not, as the end of a sentence.
        why: String,
    },
    /// There was no answer that could be understood.
    Unreachable {
        /// Why.
        why: String,
    },
    /// There was no answer in time.
    TimedOut {
        /// How long was waited.
        after: Duration,
    },
    /// The person stopped the waiting. The server may have ended it all the same.
    Interrupted,
    /// Nothing was sent, because the token may not go there.
    NotAllowed {
        /// The host, as far as there is one.
        host: String,
        /// Why not.
        why: &'static str,
    },
}

/// Calls servers, each token only where it may go.
#[derive(Clone, Debug)]
pub struct Caller {
    proxy: ProxySettings,
    allowed_hosts: Vec<TrustedHost>,
}

impl Caller {
    /// A caller in this world. Starts nothing.
    pub fn new(world: &World) -> Self {
        Self {
            proxy: ProxySettings::of(world),
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

    /// Whether a token may go where this revocation leads; `Err` is what [`Caller::end_all`] would
    /// answer. Touches nothing.
    ///
    /// # Errors
    ///
    /// [`EndResult::NotAllowed`].
    pub fn check(&self, revocation: &Revocation) -> Result<(), EndResult> {
        Target::of(revocation, &self.allowed_hosts).map(|_| ())
    }

    /// Ends all tokens, `concurrency` at once, waiting at most `limit` for each answer. The results
    /// have the order of the requests. When `cancel` is set, what has no answer yet is
    /// [`EndResult::Interrupted`] at once.
    pub fn end_all<Id>(
        &self,
        requests: Vec<TokenRequest<Id>>,
        limit: Duration,
        concurrency: usize,
        cancel: &Cancel,
    ) -> Vec<(Id, EndResult)> {
        let bounds = Bounds {
            limit,
            concurrency,
            cancel,
        };
        self.call_all(requests, &bounds, Call::end)
    }

    /// Asks about all tokens, as [`Caller::end_all`] ends them. Nothing is changed by asking.
    /// Salesforce is asked elsewhere ([`salesforce::Orgs::probe_all`]).
    pub fn ask_all<Id>(
        &self,
        requests: Vec<TokenRequest<Id>>,
        limit: Duration,
        concurrency: usize,
        cancel: &Cancel,
    ) -> Vec<(Id, ServerAnswer)> {
        let bounds = Bounds {
            limit,
            concurrency,
            cancel,
        };
        self.call_all(requests, &bounds, Call::ask)
    }

    fn call_all<Id, Answer, Calling>(
        &self,
        requests: Vec<TokenRequest<Id>>,
        bounds: &Bounds<'_>,
        calling: fn(Call, Arc<Clients>) -> Calling,
    ) -> Vec<(Id, Answer)>
    where
        Answer: From<EndResult> + Send + 'static,
        Calling: Future<Output = Answer> + Send + 'static,
    {
        let mut results = Vec::with_capacity(requests.len());
        let mut calls = Vec::new();
        for (index, request) in requests.into_iter().enumerate() {
            let result = match Target::of(&request.revocation, &self.allowed_hosts) {
                Ok(target) => {
                    let oidc = match &request.lapse.renewal {
                        Renewability::With(renewal) => Some(
                            Place::of_oidc(renewal, &self.allowed_hosts)
                                .map_err(|refusal| format!("it could not be renewed: {refusal}")),
                        ),
                        _ => None,
                    };
                    let call = Call {
                        secret: request.secret,
                        target,
                        lapse: request.lapse,
                        oidc,
                    };
                    calls.push((index, call));
                    EndResult::Interrupted
                }
                Err(not_allowed) => not_allowed,
            };
            results.push((request.id, result.into()));
        }
        if !calls.is_empty() && !bounds.cancel.is_set() {
            for (index, result) in self.run(calls, bounds, calling) {
                results[index].1 = result;
            }
        }
        results
    }

    fn run<Answer, Calling>(
        &self,
        calls: Vec<(usize, Call)>,
        bounds: &Bounds<'_>,
        calling: fn(Call, Arc<Clients>) -> Calling,
    ) -> Vec<(usize, Answer)>
    where
        Answer: From<EndResult> + Send + 'static,
        Calling: Future<Output = Answer> + Send + 'static,
    {
        let built = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = match built {
            Ok(runtime) => runtime,
            Err(error) => {
                let result = unreachable(&error.to_string());
                let results = calls
                    .iter()
                    .map(|(index, _)| (*index, result.clone().into()));
                return results.collect();
            }
        };
        let results = tracing::subscriber::with_default(NoSubscriber::new(), || {
            runtime.block_on(self.run_all(calls, bounds, calling))
        });
        // A name look-up that still runs cannot be interrupted, but need not be waited for.
        runtime.shutdown_background();
        results
    }

    async fn run_all<Answer, Calling>(
        &self,
        calls: Vec<(usize, Call)>,
        bounds: &Bounds<'_>,
        calling: fn(Call, Arc<Clients>) -> Calling,
    ) -> Vec<(usize, Answer)>
    where
        Answer: From<EndResult> + Send + 'static,
        Calling: Future<Output = Answer> + Send + 'static,
    {
        let limit = bounds.limit;
        let clients = Arc::new(Clients::new(&self.proxy, limit));
        let mut waiting = calls.into_iter();
        let mut running = JoinSet::new();
        let mut results = Vec::new();
        loop {
            while running.len() < bounds.concurrency.max(1) {
                let Some((index, call)) = waiting.next() else {
                    break;
                };
                let answer = calling(call, Arc::clone(&clients));
                running.spawn(async move {
                    let answer = tokio::time::timeout(limit, answer).await;
                    let late = |_| EndResult::TimedOut { after: limit }.into();
                    (index, answer.unwrap_or_else(late))
                });
            }
            match race(running.join_next(), bounds.cancel.wait()).await {
                // A call that panicked says nothing, and stays "interrupted".
                Raced::First(Some(finished)) => results.extend(finished.ok()),
                Raced::First(None) | Raced::Second(()) => return results,
            }
        }
    }
}

/// How long answers are waited for.
struct Bounds<'a> {
    limit: Duration,
    concurrency: usize,
    cancel: &'a Cancel,
}

/// One request that may be sent.
struct Call {
    secret: Secret,
    target: Target,
    lapse: Lapse,
    oidc: Option<Result<Place, String>>,
}

impl Call {
    async fn end(self, clients: Arc<Clients>) -> EndResult {
        match &self.target {
            Target::Portal(place) => {
                let oidc = self.oidc.as_ref();
                session::end(&clients, &self.secret, place, &self.lapse, oidc).await
            }
            Target::Github { url, direct } => clients.github.end(&self.secret, url, *direct).await,
            Target::Google { url, direct } => {
                clients.forms.google(&self.secret, url, *direct).await
            }
            Target::OpenAi {
                url,
                direct,
                client_id,
            } => {
                let forms = &clients.forms;
                forms.openai(&self.secret, client_id, url, *direct).await
            }
            Target::Salesforce(addresses) => {
                salesforce::end(&clients.orgs, &self.secret, addresses).await
            }
        }
    }

    async fn ask(self, clients: Arc<Clients>) -> ServerAnswer {
        match &self.target {
            Target::Portal(place) => session::ask(&clients, &self.secret, place, &self.lapse).await,
            Target::Github { url, direct } => clients.github.ask(&self.secret, url, *direct).await,
            Target::Google { url, direct } => {
                clients.forms.ask_google(&self.secret, url, *direct).await
            }
            Target::OpenAi { .. } | Target::Salesforce(_) => ServerAnswer::NotAsked {
                why: ServerAnswer::NO_CALL,
            },
        }
    }
}

/// The clients, which share connections and certificates among all calls of a run.
struct Clients {
    portal: portal::Portal,
    oidc: oidc::Oidc,
    github: github::Github,
    forms: forms::Forms,
    orgs: salesforce::Http,
}

impl Clients {
    fn new(proxy: &ProxySettings, limit: Duration) -> Self {
        Self {
            portal: portal::Portal::new(proxy.clone()),
            oidc: oidc::Oidc::new(proxy.clone()),
            github: github::Github::new(proxy.clone()),
            forms: forms::Forms::new(proxy.clone()),
            orgs: salesforce::Http::new(proxy.clone(), limit),
        }
    }
}

impl From<EndResult> for ServerAnswer {
    fn from(result: EndResult) -> Self {
        match result {
            EndResult::AlreadyEnded => Self::Refused,
            other => Self::Unknown {
                why: other.to_string(),
            },
        }
    }
}

fn unreachable(why: &str) -> EndResult {
    EndResult::Unreachable {
        why: printable(why, None),
    }
}

/// Text from outside, fit for a terminal and without the secret, should a server echo it.
fn printable(text: &str, secret: Option<&Secret>) -> String {
    if secret.is_some_and(|secret| echoes(text, secret)) {
        return String::new();
    }
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST_MESSAGE)
        .collect()
}

/// Whether a text repeats a secret, or a part of it. Letters and digits are looked for by themselves:
/// encodings of addresses, forms and JSON change what stands between them.
fn echoes(text: &str, secret: &Secret) -> bool {
    /// Shorter parts stand in texts by chance.
    const PART: usize = 8;
    let secret = secret.expose();
    let is_plain = |c: char| c.is_ascii_alphanumeric();
    let parts = secret
        .split(|c| !is_plain(c))
        .filter(|part| part.len() >= PART);
    let mut windows = parts.flat_map(|part| {
        let starts = 0..=part.len() - PART;
        starts.map(|start| &part[start..start + PART])
    });
    (!secret.is_empty() && text.contains(secret)) || windows.any(|window| text.contains(window))
}

/// The innermost cause: the outer ones only say that the call failed.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    // Chains are short; the bound is against one that is not.
    for _ in 0..32 {
        match innermost.source() {
            Some(source) => innermost = source,
            None => break,
        }
    }
    innermost.to_string()
}

impl fmt::Display for EndResult {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Revoked => formatter.write_str("ended"),
            Self::RevokedElsewhere { host } => write!(formatter, "ended at {host}"),
            Self::AlreadyEnded => formatter.write_str("had ended already"),
            Self::Refused { status, message } if message.is_empty() => {
                write!(formatter, "the server answered {status}")
            }
            Self::Refused { status, message } => {
                write!(formatter, "the server answered {status}: {message}")
            }
            Self::Stale { why } => write!(formatter, "the access token has ended, and {why}"),
            Self::Unreachable { why } => write!(formatter, "the server cannot be reached: {why}"),
            Self::TimedOut { after } => {
                write!(
                    formatter,
                    "the server did not answer within {:.1} s",
                    after.as_secs_f64()
                )
            }
            Self::Interrupted => formatter.write_str("interrupted before the server answered"),
            Self::NotAllowed { host, why } if host.is_empty() => {
                write!(formatter, "not sent: {why}")
            }
            Self::NotAllowed { host, why } => write!(formatter, "not sent to {host}: {why}"),
        }
    }
}
