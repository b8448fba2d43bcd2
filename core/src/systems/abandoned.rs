//! Copies of credentials that a killed run of adieu has left.

use crate::inventory::{Artefact, Owner, Place};
use crate::io::files::ConfinedPath;

use super::System;
use super::discovery::{DiscoveryContext, whole_file};

/// Whose they are for people: nobody's any more.
const OWNER: &str = "left by a stopped run of adieu";

/// Directories of the families of sign-ins, by a component of their paths.
const FOLDERS: [(&str, System); 14] = [
    (".kube", System::KUBERNETES),
    (".azure", System::AZURE),
    ("azure", System::AZURE),
    ("gcloud", System::GCP),
    ("gh", System::GITHUB),
    (".docker", System::DOCKER),
    (".sfdx", System::SALESFORCE),
    (".sf", System::SALESFORCE),
    (".claude", System::CLAUDE),
    (".codex", System::CODEX),
    (".gemini", System::GEMINI),
    (".copilot", System::COPILOT),
    ("opencode", System::OPENCODE),
    (".aws", System::AWS),
];

/// Directories in a home whose files are changed by a logout.
const PLACES: [&str; 11] = [
    ".kube",
    ".docker",
    ".aws",
    ".azure",
    ".sfdx",
    ".sf",
    ".claude",
    ".codex",
    ".gemini",
    ".config/gh",
    ".local/share/opencode",
];

/// Where copies may lie although nothing of their tool is left, or configured any more.
pub(crate) fn list_abandoned_places(
    discovery: &DiscoveryContext<'_>,
) -> impl Iterator<Item = ConfinedPath> {
    let home = discovery.world.home_directory();
    let below = PLACES.iter().filter_map(|place| discovery.in_home(place));
    std::iter::once(home).chain(below)
}

/// The copies as something that goes with the next logout of everything.
pub(crate) fn describe_abandoned(copies: Vec<ConfinedPath>, found: &[Artefact]) -> Vec<Artefact> {
    let describe = |copy: ConfinedPath| {
        let system = system_of(&copy, found);
        whole_file(system, &copy, Owner::orphan(OWNER), "copy of credentials")
    };
    copies.into_iter().map(describe).collect()
}

/// The family of what else lies in the same directory, else the one that the directory's path tells.
fn system_of(copy: &ConfinedPath, found: &[Artefact]) -> System {
    let directory = copy.parent();
    let beside = found.iter().find(|artefact| {
        let file = artefact.place.file();
        file.is_some_and(|file| file.parent() == directory)
            && !matches!(artefact.place, Place::Directory { .. })
    });
    if let Some(beside) = beside {
        return beside.system;
    }
    let path = copy.to_path();
    let mut names = path.iter().rev().skip(1);
    names
        .find_map(|name| {
            let is_named = |(folder, _): &&(&str, System)| name == *folder;
            FOLDERS.iter().find(is_named).map(|(_, system)| *system)
        })
        .unwrap_or(System::AWS)
}
