//! `adieu scan` as a person runs it, in made-up homes.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests make files, start programs, panic when they cannot, and say what they leave out"
)]

mod environment;
mod findings;
mod fix;
mod formats;
mod names;
#[cfg(unix)]
mod shells;
mod status;
#[cfg(unix)]
mod structure;
mod support;
#[cfg(unix)]
mod terminal;
mod unreadable;
