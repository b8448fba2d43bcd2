//! Servers, of whatever vendor: where a token may go, requests and their answers, and the parts of OAuth.
//!
//! One current-thread runtime, started only when there is something to call, and gone when
//! `Network::run` or `Network::run_all` returns. All calls of a run are made at once, each within
//! its own time limit.
//!
//! - Where a token may go is decided by [`Address::check`], once for each request, and again by nobody:
//!   no redirect is followed.
//! - TLS is verified against the platform's roots, and those that the person's environment names.
//! - What may be repeated is sent once more to a server that is busy (429, 503), if there is time.
//! - Plain HTTP goes to loopback only, and never
//!   through a proxy.
//! - `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` (or in lower case) of the world's environment are
//!   honoured for https.
//! - The libraries below log requests, headers included, at their finest level; while they run,
//!   nothing of theirs reaches the log.

mod address;
mod call;
pub mod callback;
mod cancel;
mod error;
mod hand_over;
mod http;
pub mod oauth;
mod proxy;
mod sdk;
mod server_time;
mod trust;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use tracing::subscriber::NoSubscriber;

pub use address::Address;
pub use call::{Ended, RevocationResult};
pub(crate) use call::{Parameters, Verdict};
pub use cancel::Cancel;
pub use error::CallError;
pub use hand_over::HandOver;
pub(crate) use http::{Answer, Http, with_body};
pub(crate) use sdk::{SdkTransport, configure_sdk, sdk_failure};
pub use server_time::ServerTime;

use self::cancel::{Raced, wait_for_first};
use self::proxy::ProxySettings;
use self::trust::Trust;
use crate::secret::Secret;
use crate::world::World;

/// The time that a conversation may take unless said otherwise.
pub const LIMIT: Duration = Duration::from_secs(10);

/// The number of conversations that are under way at once unless said otherwise: a few servers that
/// do not answer cost one time limit, not one for each handful.
pub const CONCURRENCY: usize = 64;

/// Longest text of a server that is shown, in characters.
const LONGEST_MESSAGE: usize = 200;

/// The way to servers. Making one starts nothing.
#[derive(Clone, Debug)]
pub struct Network {
    proxy: ProxySettings,
    trust: Trust,
    limit: Duration,
    concurrency: usize,
    cancel: Cancel,
    time: ServerTime,
}

impl Network {
    /// The servers as this world reaches them.
    pub fn new(world: &World) -> Self {
        Self {
            proxy: ProxySettings::of(world),
            trust: Trust::of(world),
            limit: LIMIT,
            concurrency: CONCURRENCY,
            cancel: Cancel::new(),
            time: ServerTime::default(),
        }
    }

    /// Gives each conversation this long instead of 10 seconds; half of it to connect.
    #[must_use]
    pub const fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Lets so many conversations be under way at once.
    #[must_use]
    pub fn with_concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency.max(1);
        self
    }

    /// Trusts the certificates in a file too; `named_by` says who names it.
    #[must_use]
    pub(crate) fn trusting(mut self, named_by: &'static str, file: &str) -> Self {
        self.trust.add(named_by, file);
        self
    }

    /// Lets the person stop the waiting.
    #[must_use]
    pub fn with_cancel(mut self, cancel: Cancel) -> Self {
        self.cancel = cancel;
        self
    }

    /// Returns what stops the waiting.
    pub const fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// What the servers say that the time is.
    pub const fn server_time(&self) -> &ServerTime {
        &self.time
    }

    /// One conversation with one host, within the time limit.
    pub(crate) fn run<T>(
        &self,
        host: &str,
        conversation: impl AsyncFnOnce(&Http) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        let answers = self.run_all(vec![conversation], &async |http, conversation| {
            http.in_time(host, conversation(http)).await
        });
        answers
            .into_iter()
            .next()
            .unwrap_or(Err(CallError::Interrupted))
    }

    /// Many conversations at once; the answers have the order of the calls. When the waiting is
    /// stopped, what has no answer yet is [`CallError::Interrupted`] at once.
    pub(crate) fn run_all<Call, T>(
        &self,
        calls: Vec<Call>,
        conversation: &impl AsyncFn(&Http, Call) -> Result<T, CallError>,
    ) -> Vec<Result<T, CallError>> {
        let mut answers: Vec<_> = calls.iter().map(|_| Err(CallError::Interrupted)).collect();
        if calls.is_empty() || self.cancel.is_set() {
            return answers;
        }
        let time = self.time.clone();
        let http = Http::new(self.proxy.clone(), self.trust.clone(), self.limit, time);
        let all = async {
            let calls = calls.into_iter().enumerate().map(|(index, call)| {
                let answer = AssertUnwindSafe(conversation(&http, call)).catch_unwind();
                answer.map(move |answer| (index, answer))
            });
            let mut running = stream::iter(calls).buffer_unordered(self.concurrency);
            while let Raced::First(Some((index, answer))) =
                wait_for_first(running.next(), self.cancel.wait()).await
            {
                // A conversation that panicked says nothing, and stays "interrupted".
                if let Ok(answer) = answer {
                    answers[index] = answer;
                }
            }
        };
        if let Err(error) = block_on_runtime(all) {
            let error = CallError::Unreachable {
                host: String::new(),
                why: format!("the network cannot be used: {error}"),
            };
            for answer in &mut answers {
                *answer = Err(error.clone());
            }
        }
        answers
    }

    /// Waits, unless the person stops the waiting.
    ///
    /// # Errors
    ///
    /// [`CallError::Interrupted`].
    pub(crate) fn pause(&self, time: Duration) -> Result<(), CallError> {
        match block_on_runtime(async { tokio::time::timeout(time, self.cancel.wait()).await }) {
            // The time is over, and nobody stopped the waiting.
            Ok(Err(_)) => Ok(()),
            Ok(Ok(())) | Err(_) => Err(CallError::Interrupted),
        }
    }
}

/// Runs to the end on a runtime of its own.
fn block_on_runtime<T>(future: impl Future<Output = T>) -> std::io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let value = tracing::subscriber::with_default(NoSubscriber::new(), || runtime.block_on(future));
    // A name look-up that still runs cannot be interrupted, but need not be waited for.
    runtime.shutdown_background();
    Ok(value)
}

/// Text from outside, fit for a terminal and without secrets, should a server echo one.
pub(crate) fn sanitize_message(text: &str, secrets: &[&Secret]) -> String {
    if secrets.iter().any(|secret| has_echo(text, secret)) {
        return String::new();
    }
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST_MESSAGE)
        .collect()
}

/// Whether a text repeats a secret, or a part of it. Letters and digits are looked for by themselves:
/// encodings of addresses, forms and JSON change what stands between them.
fn has_echo(text: &str, secret: &Secret) -> bool {
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
fn find_innermost_cause(error: &(dyn std::error::Error + 'static)) -> String {
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

#[cfg(test)]
mod tests;
