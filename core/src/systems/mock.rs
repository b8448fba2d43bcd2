//! Atmos's mock kinds, which keep their state in the temporary directory.
//!
//! Source: Atmos `pkg/auth/identities/mock`.

use super::System;
use super::discovery::{DiscoveryContext, Lookup, json_object, parse_timestamp, whole_file};
use crate::inventory::Owner;
use crate::io::files::{ConfinedPath, is_plain_component};

/// `$TMPDIR/atmos-mock-<identity>.json`.
pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let discovery = *discovery;
    let root = ConfinedPath::root(discovery.world.temporary_directory.as_path());
    discovery
        .identity_graph
        .identities()
        .iter()
        .filter(|identity| matches!(identity.kind.as_str(), "mock" | "mock/aws"))
        .filter(|identity| is_plain_component(&identity.key))
        .filter_map(|identity| {
            let provider = discovery
                .identity_graph
                .root_provider(&identity.key)
                .map(|p| p.key.as_str());
            let owner = Owner::identity(&identity.key, provider);
            let file = root.join(&format!("atmos-mock-{}.json", identity.key))?;
            let found = whole_file(System::MOCK, &file, owner, "mock credentials");
            Some(Lookup::expiring(discovery, file, found, |bytes| {
                parse_timestamp(json_object(bytes)?.get("Expiration")?.as_str()?)
            }))
        })
        .collect()
}
