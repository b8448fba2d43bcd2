//! Signs in to AWS as a person does: portals, roles, and what is left of it afterwards.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod chain;
mod errors;
mod portal;
mod support;
#[cfg(unix)]
mod terminal;
