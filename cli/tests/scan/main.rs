//! `adieu scan` as a person runs it, in made-up homes.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod environment;
mod findings;
mod fix;
mod formats;
#[cfg(unix)]
mod shells;
mod support;
#[cfg(unix)]
mod terminal;
