//! Signing in: a stage that acts. It asks a server for tokens, by way of [`crate::io::net`], and writes
//! them where the tool that they are for keeps its own, by way of [`crate::io::files`] and
//! [`crate::io::keyring`].
//!
//! A sign-in never prints and never opens a browser: what the person must see is handed to the
//! caller before anything waits for the person. Where a browser comes back to this machine, that is
//! [`crate::io::net::callback`], for every system alike.

pub mod aws;
pub mod azure;
pub mod cloud;
pub mod gcp;
