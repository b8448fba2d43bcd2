//! What the tests of adieu share.

pub mod server;
#[cfg(unix)]
pub mod session_bus;
