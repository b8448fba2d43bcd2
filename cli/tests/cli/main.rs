//! Runs the program as a person does, in made-up homes.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod env;
mod errors;
mod folder;
mod list;
mod status;
mod support;
mod unseen;
mod validate;
mod whoami;
