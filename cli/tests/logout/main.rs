//! The whole of a logout with the real program, on made-up and on recorded homes.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests make files, start programs, and panic when they cannot"
)]

mod aws_cli;
mod choosing;
mod preview;
mod recorded;
mod revocation;
mod rows;
mod service;
mod story;
mod support;
mod terminal;
mod trail;
