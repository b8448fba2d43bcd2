//! The Secret Service of Linux and the BSDs: GNOME Keyring, KWallet, KeePassXC.
//!
//! Entries are those of go-keyring 0.2.8, which Atmos uses: the attributes `username` and
//! `service` and no other, the label `Password for '<user>' on '<service>'`, in the collection
//! `login` if there is one, else in the one with the alias `default`. Searches cover all
//! collections and compare these two attributes only: services add further ones (`xdg:schema`).
//!
//! The session is a plain one: the bus is a socket of the same user, and searching and deleting
//! need no secret at all.
//!
//! A desktop's bus may start the service when it is first called (D-Bus activation), as it does for
//! every client; it comes up locked, and nobody is asked.
//!
//! Not for use inside an asynchronous runtime: each call runs one of its own to its end.
//!
//! Limit: the D-Bus library frees the messages that secrets arrived in without wiping them.
//!
//! Source: freedesktop.org Secret Service API Draft 0.2.
mod address;
mod connected;
mod errors;

use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tracing::subscriber::NoSubscriber;

use self::address::session_bus;
use self::connected::Connected;
use super::{Deletion, EntryKey, Found, Keyring, KeyringError, Query, StoreId};
use crate::secret::Secret;
use crate::world::World;

/// The time that a bus, a service or a person may take unless said otherwise.
const LIMIT: Duration = Duration::from_secs(3);

/// The number of such times that all looks of a run together may take: a service that answers each
/// just in time must not keep a run for ever.
const LOOKS: u32 = 3;

/// The time by which an answer is waited for longer than the conversation itself takes: one that is
/// flooded never looks at its clock.
const GRACE: Duration = Duration::from_millis(250);

/// The time that a deletion may take on top, for each entry.
const EACH: Duration = Duration::from_millis(100);

/// The time that a person may take to answer the service's question.
const PROMPT_LIMIT: Duration = Duration::from_mins(2);

/// The Secret Service on the session bus that the environment names.
///
/// Making one touches nothing: the bus is connected to by the first call, and stays connected.
pub struct SecretServiceKeyring {
    address: Result<String, KeyringError>,
    limit: Duration,
    interactive: bool,
    live: Mutex<Option<Live>>,
    /// Set once a search got no answer in time: nobody waits for the next one.
    silent: OnceLock<KeyringError>,
    /// The time that looks have taken so far.
    spent: Mutex<Duration>,
}

/// A connection and the runtime that drives it.
struct Live {
    // Before the runtime, so that it is closed while its tasks still exist.
    connected: Connected,
    runtime: Runtime,
}

impl SecretServiceKeyring {
    /// The Secret Service that this world's environment leads to.
    pub fn new(world: &World) -> Self {
        Self {
            address: session_bus(world),
            limit: LIMIT,
            interactive: false,
            live: Mutex::new(None),
            silent: OnceLock::new(),
            spent: Mutex::new(Duration::ZERO),
        }
    }

    /// Gives each call this long instead of 3 seconds.
    #[must_use]
    pub const fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Lets reading, writing and deleting ask the person to unlock a collection; without, they
    /// fail with [`KeyringError::Locked`]. Such calls may take two minutes longer. A search never
    /// asks.
    #[must_use]
    pub const fn interactive(mut self, interactive: bool) -> Self {
        self.interactive = interactive;
        self
    }

    /// Runs one operation, connecting first if need be, all within `limit`. A connection that did
    /// not answer or broke is given up, so that the next call starts afresh.
    ///
    /// The conversation has a thread of its own: with a bus that never stops talking it does not come
    /// to look at its clock, and is left behind.
    fn run<T, F>(
        &self,
        limit: Duration,
        operation: impl FnOnce(Connected) -> F + Send + 'static,
    ) -> Result<T, KeyringError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, KeyringError>>,
    {
        let address = self.address.as_ref().map_err(Clone::clone)?.clone();
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        let before = live.take();
        let (sender, receiver) = mpsc::channel();
        let talk = move || {
            // Nobody listens any more when it took too long.
            let _ = sender.send(run_operation(before, &address, limit, operation));
        };
        thread::Builder::new()
            .name("key store".to_owned())
            .spawn(talk)
            .map_err(|error| KeyringError::other(error.to_string()))?;
        let (result, after) = receiver
            .recv_timeout(limit.saturating_add(GRACE))
            .unwrap_or((Err(KeyringError::TimedOut { after: limit }), None));
        *live = after;
        result
    }

    /// Tells what is left of the time that all looks of a run may take together.
    fn time_to_look(&self) -> Duration {
        let spent = *self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        self.limit.min((self.limit * LOOKS).saturating_sub(spent))
    }

    /// The time limit of calls that may wait for the person.
    fn patient_limit(&self) -> Duration {
        if self.interactive {
            self.limit + PROMPT_LIMIT
        } else {
            self.limit
        }
    }
}

impl fmt::Debug for SecretServiceKeyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SecretServiceKeyring")
            .field("address", &self.address)
            .field("limit", &self.limit)
            .field("interactive", &self.interactive)
            .finish_non_exhaustive()
    }
}

impl Keyring for SecretServiceKeyring {
    fn id(&self) -> StoreId {
        StoreId::System
    }

    fn title(&self) -> &'static str {
        "Secret Service"
    }

    fn search(&self, query: &Query) -> Result<Found, KeyringError> {
        if let Some(error) = self.silent.get() {
            return Err(error.clone());
        }
        let limit = self.time_to_look();
        let start = Instant::now();
        let query = query.clone();
        let found = self.run(
            limit,
            |connected| async move { connected.search(&query).await },
        );
        *self.spent.lock().unwrap_or_else(PoisonError::into_inner) += start.elapsed();
        if let Err(error @ KeyringError::TimedOut { .. }) = &found {
            // Already set only by a search that ran at the same time and met the same silence.
            let _ = self.silent.set(error.clone());
        }
        found
    }

    fn delete(&self, keys: &[EntryKey]) -> Vec<Result<Deletion, KeyringError>> {
        let mut given_up: Option<KeyringError> = None;
        let count = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        let together = (self.limit * LOOKS).saturating_add(EACH.saturating_mul(count));
        let start = Instant::now();
        let mut delete = |key: &EntryKey| {
            if let Some(error) = &given_up {
                return Err(error.clone());
            }
            let interactive = self.interactive;
            // Whoever may be asked takes the time that it takes.
            let limit = if interactive {
                self.patient_limit()
            } else {
                self.limit.min(together.saturating_sub(start.elapsed()))
            };
            let key = key.clone();
            let result = self.run(limit, move |connected| async move {
                connected.delete(&key, interactive).await
            });
            // Who did not answer once, or whose question was closed once, is not asked again.
            given_up = result
                .as_ref()
                .err()
                .filter(|error| is_final(error))
                .cloned();
            result
        };
        keys.iter().map(&mut delete).collect()
    }

    fn read(&self, key: &EntryKey) -> Result<Option<Secret>, KeyringError> {
        let interactive = self.interactive;
        let key = key.clone();
        self.run(self.patient_limit(), move |connected| async move {
            connected.read(&key, interactive).await
        })
    }

    fn write(&self, key: &EntryKey, secret: &Secret) -> Result<(), KeyringError> {
        let interactive = self.interactive;
        let (key, secret) = (key.clone(), secret.clone());
        self.run(self.patient_limit(), move |connected| async move {
            connected.write(&key, &secret, interactive).await
        })
    }
}

/// One operation on a connection, and the connection if it is still good for the next.
fn run_operation<T, F>(
    live: Option<Live>,
    address: &str,
    limit: Duration,
    operation: impl FnOnce(Connected) -> F,
) -> (Result<T, KeyringError>, Option<Live>)
where
    F: Future<Output = Result<T, KeyringError>>,
{
    let (connected, runtime) = match live {
        Some(Live { connected, runtime }) => (Some(connected), runtime),
        None => match build_runtime() {
            Ok(runtime) => (None, runtime),
            Err(error) => return (Err(error), None),
        },
    };
    // The libraries below log messages at their finest level.
    let outcome = tracing::subscriber::with_default(NoSubscriber::new(), || {
        runtime.block_on(async {
            tokio::time::timeout(limit, async {
                let connected = match connected {
                    Some(connected) => connected,
                    None => Connected::open(address).await?,
                };
                Ok((operation(connected.clone()).await, connected))
            })
            .await
            .unwrap_or(Err(KeyringError::TimedOut { after: limit }))
        })
    });
    match outcome {
        Ok((result, connected)) => (result, Some(Live { connected, runtime })),
        Err(error) => {
            runtime.shutdown_background();
            (Err(error), None)
        }
    }
}

/// Whether the next entry would meet the same obstacle.
const fn is_final(error: &KeyringError) -> bool {
    matches!(
        error,
        KeyringError::TimedOut { .. } | KeyringError::NotAvailable { .. } | KeyringError::Dismissed
    )
}

fn build_runtime() -> Result<Runtime, KeyringError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| KeyringError::other(error.to_string()))
}
