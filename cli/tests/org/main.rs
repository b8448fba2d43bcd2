//! `adieu org …` with the real program, on homes that the real Salesforce CLI wrote.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests make files, start programs, say what they leave out, and panic when they cannot"
)]

mod broken;
mod document;
mod files;
mod key_store;
mod killed;
mod listing;
mod login;
mod online;
mod pass_through;
mod real;
mod recorded;
mod revocation;
mod running;
mod selectors;
mod sharing;
mod support;
mod terminal;
mod whole;
