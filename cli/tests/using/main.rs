//! Runs what uses a sign-in as a person does: commands, shells and programs that ask for keys.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod aws;
mod console;
mod credential_process;
mod exec;
mod moto;
mod profiles;
mod real_clients;
mod revoke;
mod riding;
#[cfg(unix)]
mod shell;
mod stores;
mod support;
mod token;
mod whoami;
