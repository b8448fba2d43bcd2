//! Stopping to wait.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use tokio::sync::Notify;

/// Set once, from any thread, to stop waiting for servers. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<State>);

#[derive(Debug, Default)]
struct State {
    is_set: AtomicBool,
    is_working: AtomicBool,
    notify: Notify,
}

impl Cancel {
    /// One that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the waiting, now and later. Not for use inside a signal handler.
    pub fn set(&self) {
        self.0.is_set.store(true, Ordering::SeqCst);
        self.0.notify.notify_waiters();
    }

    /// From now on, whoever is interrupted has something to bring to its end.
    pub fn begin_work(&self) {
        self.0.is_working.store(true, Ordering::SeqCst);
    }

    /// Says that what was begun has come to its end.
    pub fn end_work(&self) {
        self.0.is_working.store(false, Ordering::SeqCst);
    }

    /// Whether there is something to bring to its end.
    pub fn has_begun_work(&self) -> bool {
        self.0.is_working.load(Ordering::SeqCst)
    }

    /// Whether it is set.
    pub fn is_set(&self) -> bool {
        self.0.is_set.load(Ordering::SeqCst)
    }

    /// Ends when it is set.
    pub(super) async fn wait(&self) {
        let mut notified = pin!(self.0.notify.notified());
        // Registered before the look, so that setting it in between is not missed.
        notified.as_mut().enable();
        if !self.is_set() {
            notified.await;
        }
    }
}

/// The one of two that ended first.
pub(super) enum Raced<A, B> {
    First(A),
    Second(B),
}

/// Waits for the first of two to end and drops the other.
pub(super) async fn wait_for_first<A, B>(
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> Raced<A, B> {
    let mut first = pin!(first);
    let mut second = pin!(second);
    std::future::poll_fn(move |context| {
        if let Poll::Ready(value) = first.as_mut().poll(context) {
            return Poll::Ready(Raced::First(value));
        }
        second.as_mut().poll(context).map(Raced::Second)
    })
    .await
}
