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
mod crowd;
mod ground;
mod hostile;
mod hostile_places;
mod killed;
mod killed_stores;
mod resources;
mod rights;
mod secrets;
mod servers;
mod signals;
mod trail;
mod whose;
mod wide;
