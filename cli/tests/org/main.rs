//! `adieu org …` with the real program, on homes that the real Salesforce CLI wrote.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests make files, start programs, and panic when they cannot"
)]

mod broken;
mod files;
mod listing;
mod login;
mod recorded;
mod revocation;
mod running;
mod support;
mod terminal;
