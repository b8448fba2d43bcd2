//! Sign-ins of the same names that belong to other configurations: they are not meant, but whoever
//! logs out should know of them.

use std::collections::BTreeMap;

use super::build::list;
use super::{Plan, Target};
use crate::inventory::{Artefact, Problem, State};

/// What is signed in under the names of a plan in realms that are not this configuration's own, in one
/// sentence. The artefacts are of those realms. `None` if there is nothing, and where everything on
/// the machine is meant anyway.
pub fn in_other_realms(artefacts: &[Artefact], plan: &Plan) -> Option<Problem> {
    let scope = &plan.scope;
    let has_names = matches!(
        plan.request.target,
        Target::Identity(_)
            | Target::Providers { .. }
            | Target::Configured
            | Target::System {
                everywhere: false,
                ..
            }
    );
    has_names.then_some(())?;
    said_of_other_realms(artefacts, |key| {
        scope.identities.contains(key) || scope.providers.contains(key)
    })
}

/// The sentence about those who are meant, by key.
pub fn said_of_other_realms(
    artefacts: &[Artefact],
    is_meant: impl Fn(&str) -> bool,
) -> Option<Problem> {
    let mut found: BTreeMap<(&str, &str), String> = BTreeMap::new();
    let live = artefacts
        .iter()
        .filter(|artefact| artefact.state == State::Live);
    for artefact in live {
        let (Some(name), Some(realm)) = (&artefact.owner.as_orphan(), &artefact.realm) else {
            continue;
        };
        if is_meant(&name.to_lowercase()) {
            let place = artefact.place.path().unwrap_or_default();
            let place = place.display().to_string();
            found.entry((name, realm)).or_insert(place);
        }
    }
    let mut found = found.into_iter();
    let ((name, realm), location) = found.next()?;
    let mut message = format!(
        "'{name}' is signed in here, in the realm '{realm}', which is another configuration's"
    );
    let more: Vec<String> = found
        .map(|((name, realm), _)| format!("'{name}' in '{realm}'"))
        .collect();
    if !more.is_empty() {
        let verb = if more.len() == 1 { "is" } else { "are" };
        let more: Vec<&str> = more.iter().map(String::as_str).collect();
        message = format!("{message}; so {verb} {}", list(&more));
    }
    Some(Problem {
        location,
        message,
        hint: Some("every realm is covered by: adieu logout --all".to_owned()),
        hides: false,
    })
}
