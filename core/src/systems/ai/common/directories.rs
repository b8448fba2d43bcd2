//! Where a tool keeps its things: its directories, the names and the permissions of what is in them.

use crate::inventory::{Location, Problem};
use crate::io::files::ConfinedPath;
use crate::systems::discovery::{DirectoryEntry, DiscoveryContext, Lookup};

/// The directory that a variable names, which is the one in use, and the usual one in the home
/// directory: what lies there is as good in a shell without the variable.
pub(in crate::systems::ai) fn list_tool_directories(
    discovery: &DiscoveryContext<'_>,
    variable: &str,
    usual: &str,
) -> Vec<ConfinedPath> {
    let named = discovery.world.environment.get(variable);
    let named = named.map(|text| discovery.below(&discovery.world.home.join(text)));
    once_each(named, discovery.in_home(usual))
}

/// A directory below the XDG data directory that is in use, and below the usual one.
pub(in crate::systems::ai) fn data_directories(
    discovery: &DiscoveryContext<'_>,
    name: &str,
) -> Vec<ConfinedPath> {
    let named = discovery.world.environment.get("XDG_DATA_HOME");
    let named = named
        .map(std::path::Path::new)
        .filter(|path| path.is_absolute())
        .and_then(|path| discovery.below(path).join(name));
    let usual = discovery.in_home(".local/share");
    once_each(named, usual.and_then(|usual| usual.join(name)))
}

/// Both, or one where they are the same.
pub(in crate::systems::ai) fn once_each(
    named: Option<ConfinedPath>,
    usual: Option<ConfinedPath>,
) -> Vec<ConfinedPath> {
    let path = named.as_ref().map(ConfinedPath::to_path);
    let usual = usual.filter(|usual| path != Some(usual.to_path()));
    named.into_iter().chain(usual).collect()
}

/// An entry whose name begins like one that is looked for. What is named after it, such as an account,
/// has a name that is text; where that cannot be, it is said, because what lies there is not known.
pub(in crate::systems::ai) fn check_entry_name<'a>(
    entry: &DirectoryEntry,
    path: &ConfinedPath,
    lookup: Lookup<'a>,
) -> Vec<Lookup<'a>> {
    if entry.raw.is_none() {
        return vec![lookup];
    }
    vec![Lookup::probe(path.clone(), |path, _, findings| {
        findings.problem(Problem {
            location: Location::of(path),
            message: "its name is not UTF-8, contents unknown".to_owned(),
            hint: Some("give it another name, and run this again".to_owned()),
            hides: true,
        });
    })]
}

/// A warning where others may read a file with secrets.
pub(in crate::systems::ai) fn build_permissions_lookup<'a>(file: &ConfinedPath) -> Lookup<'a> {
    Lookup::probe(file.clone(), |file, probe, findings| {
        let Some(mode) = probe.map(|probe| probe.mode & 0o7777) else {
            return;
        };
        if mode.trailing_zeros() >= 6 {
            return;
        }
        let location = Location::of(file);
        findings.problem(Problem {
            message: format!("others on this machine can read it (mode {mode:04o})"),
            hint: Some(format!("chmod 600 {location}")),
            location,
            hides: false,
        });
    })
}

/// The path as people read it.
pub(in crate::systems::ai) fn shorten_path(
    discovery: &DiscoveryContext<'_>,
    path: &ConfinedPath,
) -> String {
    discovery.world.shorten(&path.to_path())
}
