//! Atmos's mock kinds, which keep their state in the temporary directory.
//!
//! Source: Atmos `pkg/auth/identities/mock`.

use super::System;
use super::survey::{Lookup, Survey, json_object, timestamp, whole_file};
use crate::files::{RootedPath, is_plain_component};
use crate::inventory::Owner;

/// `$TMPDIR/atmos-mock-<identity>.json`.
pub(super) fn lookups<'a>(survey: &Survey<'a>) -> Vec<Lookup<'a>> {
    let survey = *survey;
    let root = RootedPath::root(survey.world.temporary_directory.as_path());
    survey
        .roster
        .identities()
        .iter()
        .filter(|identity| matches!(identity.kind.as_str(), "mock" | "mock/aws"))
        .filter(|identity| is_plain_component(&identity.key))
        .filter_map(|identity| {
            let provider = survey
                .roster
                .root_provider(&identity.key)
                .map(|p| p.key.as_str());
            let owner = Owner::identity(&identity.key, provider);
            let file = root.join(&format!("atmos-mock-{}.json", identity.key))?;
            let found = whole_file(System::MOCK, &file, owner, "mock credentials");
            Some(Lookup::expiring(survey, file, found, |bytes| {
                timestamp(json_object(bytes)?.get("Expiration")?.as_str()?)
            }))
        })
        .collect()
}
