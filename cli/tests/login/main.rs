//! Signs in to the clouds as a person does: portals, roles, and what is left of it afterwards.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod azure;
#[cfg(unix)]
mod azure_cli;
mod chain;
mod cloud_callers;
mod errors;
mod everywhere;
mod google;
mod google_keys;
mod portal;
mod support;
#[cfg(unix)]
mod terminal;
mod tokens;
