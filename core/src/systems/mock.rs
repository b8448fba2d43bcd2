//! Atmos's mock kinds, which keep their state in the temporary directory.
//!
//! Source: Atmos `pkg/auth/identities/mock`.

use super::System;
use super::survey::{Findings, Lookup, Survey, artefact, json_object, timestamp};
use crate::files::{RootedPath, is_plain_component};
use crate::inventory::{Artefact, Place, Subject};

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
            let subject = Subject::identity(&identity.key, provider);
            let file = root.join(&format!("atmos-mock-{}.json", identity.key))?;
            let place = Place::File { file: file.clone() };
            Some(Lookup::File {
                file,
                read: Box::new(move |bytes: &[u8], findings: &mut Findings<'_>| {
                    let expires_at = json_object(bytes)
                        .and_then(|object| timestamp(object.get("Expiration")?.as_str()?));
                    findings.artefact(Artefact {
                        state: survey.state_at(expires_at),
                        expires_at,
                        ..artefact(
                            System::Mock,
                            place.clone(),
                            subject.clone(),
                            "mock credentials",
                        )
                    });
                }),
            })
        })
        .collect()
}
