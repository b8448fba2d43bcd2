//! Sign-ins of the same names that belong to other configurations: they are not meant, but whoever
//! logs out should know of them.

use std::collections::BTreeMap;

use super::build::join_names;
use super::{Plan, Target};
use crate::inventory::{Artefact, Location, Place, Problem, State};

/// Tells what is signed in under the names of a plan in realms that are not this configuration's
/// own, in one sentence. The artefacts are of those realms. `None` if there is nothing, and where
/// everything on the machine is meant anyway.
pub fn in_other_realms(artefacts: &[Artefact], plan: &Plan) -> Option<Problem> {
    let scope = &plan.scope;
    let mut parts = plan.request.target.parts().iter();
    let has_names = parts.all(|part| {
        matches!(
            part,
            Target::Identity(_)
                | Target::Providers { .. }
                | Target::Configured
                | Target::System {
                    everywhere: false,
                    ..
                }
        )
    });
    has_names.then_some(())?;
    // A copy of a token that ends goes from there too.
    let goes = |artefact: &Artefact| {
        let mut steps = plan.steps.iter().filter(|step| step.acts());
        steps.any(|step| step.place() == Some(&artefact.place))
    };
    let staying = artefacts.iter().filter(|artefact| !goes(artefact));
    said_of_other_realms(staying, |key| {
        scope.identities.contains(key) || scope.providers.contains(key)
    })
}

/// The sentence about those who are meant, by key.
pub fn said_of_other_realms<'a>(
    artefacts: impl IntoIterator<Item = &'a Artefact>,
    is_meant: impl Fn(&str) -> bool,
) -> Option<Problem> {
    let mut found: BTreeMap<(&str, &str), (String, bool)> = BTreeMap::new();
    // Whether the content of a key store that could not be read is still good, nobody knows.
    let may_be_live = artefacts
        .into_iter()
        .filter(|artefact| match artefact.state {
            State::Live => true,
            State::Unknown => matches!(artefact.place, Place::KeyringEntry { .. }),
            State::Expired | State::Residue => false,
        });
    for artefact in may_be_live {
        let (Some(name), Some(realm)) = (artefact.owner.as_orphan(), &artefact.realm) else {
            continue;
        };
        if is_meant(&name.to_lowercase()) {
            let path = artefact.place.path();
            let place = path.map_or_else(
                || artefact.place.location(),
                |path| path.display().to_string(),
            );
            let is_live = artefact.state == State::Live;
            let known = found.entry((name, realm)).or_insert((place, is_live));
            known.1 |= is_live;
        }
    }
    let mut found = found.into_iter();
    let ((name, realm), (location, mut is_live)) = found.next()?;
    let verb = if is_live { "is" } else { "may be" };
    let mut message = format!(
        "'{name}' {verb} signed in here, in the realm '{realm}', which is another configuration's"
    );
    let more: Vec<String> = found
        .map(|((name, realm), (_, is_also_live))| {
            is_live &= is_also_live;
            format!("'{name}' in '{realm}'")
        })
        .collect();
    if !more.is_empty() {
        let verb = match more.len() {
            _ if !is_live => "may be",
            1 => "is",
            _ => "are",
        };
        let more: Vec<&str> = more.iter().map(String::as_str).collect();
        message = format!("{message}; so {verb} {}", join_names(&more));
    }
    Some(Problem {
        location: Location::named(location),
        message,
        hint: Some("every realm is covered by: adieu logout --all".to_owned()),
        hides: false,
    })
}
