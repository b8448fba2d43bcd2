//! Beside the real Salesforce CLI, which `cargo xtask setup --with salesforce` brings: what adieu
//! wrote it must read, use and end, and the other way round. Nothing but loopback is asked.

mod ours;
mod support;
mod theirs;
