//! What must never happen, tried on the real program: design, section 6.
//!
//! Every test makes a home, lets the program loose in it, and says what may have changed.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests make files, start programs, and panic or say so when they cannot"
)]

mod bus;
mod concurrent_writers;
mod hostile;
mod hostile_places;
mod killed;
mod killed_stores;
mod links;
mod mounted_home;
mod permissions;
mod random_homes;
mod resources;
mod secrets;
mod servers;
mod signals;
mod support;
mod trail;
mod whose;
