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
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::runtime::Runtime;
use tracing::subscriber::NoSubscriber;

use self::address::session_bus;
use self::connected::Connected;
use super::{Deletion, EntryKey, Found, Keyring, KeyringError, Query, StoreId};
use crate::secret::Secret;
use crate::world::World;

/// How long a bus, a service or a person may take unless said otherwise.
const LIMIT: Duration = Duration::from_secs(3);

/// How long a person may take to answer the service's question.
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
    fn run<T, F>(
        &self,
        limit: Duration,
        operation: impl FnOnce(Connected) -> F,
    ) -> Result<T, KeyringError>
    where
        F: Future<Output = Result<T, KeyringError>>,
    {
        let address = self.address.as_ref().map_err(Clone::clone)?;
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        let runtime = match live.take() {
            Some(Live { connected, runtime }) => Ok((Some(connected), runtime)),
            None => runtime().map(|runtime| (None, runtime)),
        };
        let (connected, runtime) = runtime?;
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
            Ok((result, connected)) => {
                *live = Some(Live { connected, runtime });
                result
            }
            Err(error) => {
                runtime.shutdown_background();
                Err(error)
            }
        }
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
        let found = self.run(self.limit, |connected| async move {
            connected.search(query).await
        });
        if let Err(error @ KeyringError::TimedOut { .. }) = &found {
            // Already set only by a search that ran at the same time and met the same silence.
            let _ = self.silent.set(error.clone());
        }
        found
    }

    fn delete(&self, keys: &[EntryKey]) -> Vec<Result<Deletion, KeyringError>> {
        let mut given_up: Option<KeyringError> = None;
        let mut delete = |key: &EntryKey| {
            if let Some(error) = &given_up {
                return Err(error.clone());
            }
            let interactive = self.interactive;
            let result = self.run(self.patient_limit(), |connected| async move {
                connected.delete(key, interactive).await
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
        self.run(self.patient_limit(), |connected| async move {
            connected.read(key, interactive).await
        })
    }

    fn write(&self, key: &EntryKey, secret: &Secret) -> Result<(), KeyringError> {
        let interactive = self.interactive;
        self.run(self.patient_limit(), |connected| async move {
            connected.write(key, secret, interactive).await
        })
    }
}

/// Whether the next entry would meet the same obstacle.
const fn is_final(error: &KeyringError) -> bool {
    matches!(
        error,
        KeyringError::TimedOut { .. } | KeyringError::NotAvailable { .. } | KeyringError::Dismissed
    )
}

fn runtime() -> Result<Runtime, KeyringError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| KeyringError::other(error.to_string()))
}
