//! AI clients with the real program: who is signed in, what a logout takes, what stays, and how an
//! account is changed.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests make files, start programs, say what they leave out, and panic when they cannot"
)]

mod client;
mod directories;
mod further_forms;
mod keyring;
mod life_cycle;
mod odd_files;
mod overrides;
mod profiles;
mod real;
mod recipes;
mod status;
mod support;
mod switching;
mod system_calls;
mod unreadable_credentials;
mod whole;
