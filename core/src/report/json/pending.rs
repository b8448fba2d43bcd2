//! The document of `adieu revoke --pending`: sessions that go on at their servers without a copy here.

use schemars::JsonSchema;
use serde::Serialize;

use super::SCHEMA_VERSION;
use crate::inventory::Pending;

/// `adieu revoke --pending -o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "pending")]
pub struct PendingDocument {
    schema_version: u32,
    pending: Vec<PendingJson>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "pending_session")]
pub(super) struct PendingJson {
    system: &'static str,
    identity: Option<String>,
    provider: Option<String>,
    what: String,
    /// `not-ended`: its server has a call for it; `being-ended`: a run was stopped before it wrote down
    /// what came of it; `no-server-call`: only a person can end it there; `unread`: what was removed could
    /// not be read, so whether a session goes on is not known.
    state: &'static str,
    /// The host that can end it.
    server: Option<String>,
    /// Why it was not ended.
    reason: Option<String>,
    /// Where a person can end it.
    page: Option<String>,
    /// When its last copy was removed here; RFC 3339.
    since: String,
    /// When it ends by itself, if that is known; RFC 3339.
    expires_at: Option<String>,
}

/// The JSON form of what is remembered.
pub fn to_pending_json(entries: &[Pending]) -> PendingDocument {
    PendingDocument {
        schema_version: SCHEMA_VERSION,
        pending: entries.iter().map(pending_session).collect(),
    }
}

pub(super) fn pending_session(found: &Pending) -> PendingJson {
    PendingJson {
        system: found.system.id(),
        identity: found.identity.clone(),
        provider: found.provider.clone(),
        what: found.what.clone(),
        state: found.state.word(),
        server: found.host.clone(),
        reason: found.why.clone(),
        page: found.page.clone(),
        since: found.since.to_string(),
        expires_at: found.expires_at.map(|at| at.to_string()),
    }
}
