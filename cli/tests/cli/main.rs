//! Runs the program as a person does, in made-up homes.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod atmos_flags;
#[cfg(unix)]
mod closed_output;
#[cfg(unix)]
mod completions;
mod env;
mod errors;
mod every_command;
mod folder;
mod list;
mod masks;
mod printable;
#[cfg(unix)]
mod screens;
mod status;
mod support;
mod unreadable_places;
mod validate;
mod whoami;
