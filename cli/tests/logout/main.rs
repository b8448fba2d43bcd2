//! The whole of a logout with the real program, on made-up and on recorded homes.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests make files, start programs, panic when they cannot, and say what they leave out"
)]

mod aws_cli;
mod copies;
mod dashboard;
mod google;
mod incident;
mod integrations;
mod left_out;
mod neighbours;
mod odd_names;
mod online;
mod portal;
mod preview;
mod questions;
mod realm_names;
mod realms;
mod recorded;
mod report_file;
mod residue;
mod revocation;
mod roots;
mod rows;
mod selectors;
mod service;
mod shared;
mod stays;
mod story;
mod support;
mod terminal;
mod trail;
mod unended_sessions;
mod whole;
