//! The proof has no holes: for each kind of credential, what the report says when its server ended it,
//! refused, was silent, was not asked, could not be asked, in all three renderings (human, JSON, audit
//! line), and what the next `status` remembers of it.
//!
//! The table is a `match` over every kind of revocation and every system: a new one does not compile
//! without its rows.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests make files, and panic when they cannot"
)]

mod catalogue;
mod kinds;
mod pending;
mod revocation_kind;
mod seeds;
mod systems;
mod table;
