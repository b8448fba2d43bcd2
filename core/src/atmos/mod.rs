//! Atmos: `atmos.yaml`, and who that lets a person be, as a value that the stages share.

pub mod config;
mod configured;
pub mod identity_graph;
mod key_stores;

pub use configured::build_identity_graph;
pub use key_stores::key_stores;
