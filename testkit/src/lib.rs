//! What the tests of adieu share.

#[cfg(unix)]
pub mod session_bus;
