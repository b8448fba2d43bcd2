//! Tools that are only data: each entry of the catalogue against a home as the tool leaves it.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "tests make files, start programs, and panic when they cannot"
)]

mod helpers;
mod ignored;
mod own;
mod places;
mod recorded;
mod states;

mod support;
mod unseen;
mod variables;
