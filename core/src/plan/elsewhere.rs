//! Sign-ins of the same names that belong to other configurations: they are not meant, but whoever
//! reads "already logged out" should know of them.

use std::collections::BTreeMap;

use super::{Plan, Target};
use crate::inventory::{Inventory, Problem, State};

/// What is signed in under the names of a plan in realms that are not this configuration's own. The
/// inventory must be of the whole machine. Empty where everything on the machine is meant anyway.
pub fn in_other_realms(inventory: &Inventory, plan: &Plan, own: &[String]) -> Vec<Problem> {
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
    let mut found: BTreeMap<(String, &str), String> = BTreeMap::new();
    let live = inventory
        .artefacts
        .iter()
        .filter(|artefact| has_names && artefact.state == State::Live);
    for artefact in live {
        let (Some(name), Some(realm)) = (&artefact.subject.orphan, &artefact.realm) else {
            continue;
        };
        let key = name.to_lowercase();
        let is_meant = plan.scope.identities.contains(&key) || plan.scope.providers.contains(&key);
        if is_meant && !own.contains(realm) {
            let place = artefact.place.path().unwrap_or_default();
            let place = place.display().to_string();
            found.entry((name.clone(), realm)).or_insert(place);
        }
    }
    found
        .into_iter()
        .map(|((name, realm), location)| Problem {
            location,
            message: format!(
                "'{name}' is signed in here, in the realm '{realm}', which is another \
                 configuration's"
            ),
            hint: Some("every realm is covered by: adieu logout --all".to_owned()),
            hides: false,
        })
        .collect()
}
