//! How systems describe what discovery shall look at, and how they tell what was found.
//!
//! A system hands out [`Lookup`]s: a directory to list or a file to read, each with a pure function
//! that turns what was read into artefacts in a [`InventoryBuilder`]. Discovery does the reading.

mod builder;
mod context;
mod lookup;
mod notes;

pub use builder::{InventoryBuilder, build_artefact, whole_file};
pub use context::{DiscoveryContext, DiscoveryScope, in_realm};
pub use lookup::{DirectoryEntry, Entries, Lookup, Refusals, RemoveIfEmpty, Rows};

pub use notes::{
    ClientRegistration, LoginProfile, MarkedLogin, NamedCredential, Notes, PartOfAccount, SsoRole,
};

use jiff::Timestamp;

/// The largest file that is read, in bytes.
pub const READ_LIMIT: u64 = 64 << 20;

/// Reads a time as RFC 3339, or with a numeric offset or zone name as other clients write it; what
/// cannot be understood counts as no end.
pub fn parse_timestamp(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        text.strip_suffix("UTC")
            .and_then(|bare| format!("{}Z", bare.trim()).parse().ok())
    })
}

/// A JSON document that is an object, within a depth that cannot exhaust the stack.
pub fn json_object(bytes: &[u8]) -> Option<serde_json::Map<String, serde_json::Value>> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match serde_json::from_slice(text).ok()? {
        serde_json::Value::Object(object) => Some(object),
        _ => None,
    }
}
