//! Real clients sign in, adieu logs them out, and the clients say what is left: one file for each.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests make files, start programs, and panic when they cannot"
)]

mod cargo;
mod clouds;
mod containers;
mod entra;
mod gh;
mod git;
mod huggingface;
mod key_store;
mod kubectl;
mod npm;
mod portal;
mod python;
mod sign_in;
mod support;
