//! What the tests of adieu share: made-up homes, a snapshot of everything in them, and a way to
//! run the program with nothing of the real machine showing through.
//!
//! A test makes a [`Home`], takes a [`Tree`] of it, runs [`Adieu`] in it, takes the tree again and
//! says what may have changed. Everything that is wrong with the set-up itself is a panic: a test
//! that cannot be set up has failed.
//!
//! The crate does not depend on `adieu`, so that the library's own unit tests can use it.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    clippy::disallowed_methods,
    reason = "this crate is only ever part of a test: it makes files, starts the program, and \
              panics when it cannot"
)]

pub mod atmos;
pub mod browser;
pub mod client;
pub mod clouds;
pub mod command;
pub mod home;
pub mod keys;
pub mod processor;
pub mod salesforce;
pub mod schema;
pub mod server;
#[cfg(unix)]
pub mod session_bus;
pub mod tree;
pub mod vendor;

pub use atmos::{AwsSession, PortalSession};
pub use client::Client;
pub use clouds::Clouds;
pub use command::{Adieu, Output};
pub use home::{Home, derived_realm};
pub use processor::processor_time;
pub use tree::{Changes, Tree};

/// The time at which the recorded states of a real Atmos were live, and which the program takes for
/// the present in tests.
pub const CLOCK: &str = "2026-11-21T08:30:00Z";

/// The machine's name in tests.
pub const HOST: &str = "desk";

/// The person's login name in tests.
pub const USER: &str = "ana";
