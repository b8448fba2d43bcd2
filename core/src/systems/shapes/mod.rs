//! The net below the catalogue: files of tools that nobody has described, which are shaped like
//! credentials. They are shown as possible sign-ins, and no logout takes one that was not asked for.
//!
//! Looked at are directories of a person's tools, by their files' names and then by what stands in
//! them; how deep and how much is limited. What the catalogue or a system knows is not theirs.

mod content;
mod directories;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::System;
use super::discovery::{
    DirectoryEntry, DiscoveryContext, DiscoveryScope, InventoryBuilder, Lookup, artefact,
};
use crate::inventory::{Account, Artefact, Category, Fact, Location, Owner, Place, Problem, State};
use crate::io::files::ConfinedPath;
use directories::Root;

/// How many directories below a tool's own are entered.
const DEPTH: usize = 2;

/// How many directories below the tools' own are listed in one run.
const DIRECTORIES: usize = 2000;

/// How many files are read in one run.
const FILES: usize = 500;

/// The largest file that is looked into, in bytes.
const SIZE: u64 = 256 << 10;

/// What may still be looked at in this run.
struct Budget {
    files: Cell<usize>,
    directories: Cell<usize>,
}

/// Takes one of what is left; `false` if nothing is. That the last was taken is said once.
fn take(
    left: &Cell<usize>,
    place: &ConfinedPath,
    what: &str,
    findings: &mut InventoryBuilder<'_>,
) -> bool {
    let Some(rest) = left.get().checked_sub(1) else {
        return false;
    };
    left.set(rest);
    if rest == 0 {
        findings.problem(Problem {
            location: Location::of(place),
            message: format!(
                "there are more {what} of unknown tools than are looked into, so sign-ins in it and in \
                 those after it are not known"
            ),
            hint: Some("see which directory has so many, and move it away".to_owned()),
            hides: true,
        });
    }
    rest > 0
}

/// Everything to look at.
pub(super) fn lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    if discovery.reach != DiscoveryScope::Machine {
        return Vec::new();
    }
    let discovery = *discovery;
    let budget = Rc::new(Budget {
        files: Cell::new(FILES),
        directories: Cell::new(DIRECTORIES),
    });
    directories::roots(&discovery)
        .into_iter()
        .map(|root| look_into_root(discovery, root, Rc::clone(&budget)))
        .collect()
}

/// Looks at the directories and files of tools in a directory that holds many of them.
fn look_into_root(discovery: DiscoveryContext<'_>, root: Root, budget: Rc<Budget>) -> Lookup<'_> {
    Lookup::listed(root.directory.clone(), None, move |directory, entries| {
        if entries.is_empty() {
            return Vec::new();
        }
        let described = root.described(&discovery);
        let mut lookups = Vec::new();
        for entry in entries {
            let Some(path) = entry.path_in(directory) else {
                continue;
            };
            if root.is_known(&entry.name, &described) {
                continue;
            }
            let tool = entry.name.trim_start_matches('.').to_owned();
            if entry.is_directory {
                lookups.push(look_into(discovery, path, tool, 0, Rc::clone(&budget)));
            } else if root.has_files && content::may_hold_sign_in(&entry.name) {
                // A file that stands alone is named after its tool: `.toolrc`, `.tool.json`.
                lookups.push(look_at(discovery, entry, path, tool, Rc::clone(&budget)));
            }
        }
        lookups
    })
}

/// Looks at the files of one tool.
fn look_into(
    discovery: DiscoveryContext<'_>,
    directory: ConfinedPath,
    tool: String,
    depth: usize,
    budget: Rc<Budget>,
) -> Lookup<'_> {
    Lookup::next(move |findings| {
        if !take(&budget.directories, &directory, "directories", findings) {
            return Vec::new();
        }
        let (tool, budget) = (tool.clone(), Rc::clone(&budget));
        let listed = Lookup::listed(directory.clone(), None, move |directory, entries| {
            let mut lookups = Vec::new();
            for entry in entries {
                let Some(path) = entry.path_in(directory) else {
                    continue;
                };
                let (tool, budget) = (tool.clone(), Rc::clone(&budget));
                if !entry.is_directory {
                    let is_candidate = content::may_hold_sign_in(&entry.name);
                    lookups.extend(
                        is_candidate.then(|| look_at(discovery, entry, path, tool, budget)),
                    );
                } else if depth < DEPTH && !directories::is_left_out(&entry.name) {
                    lookups.push(look_into(discovery, path, tool, depth + 1, budget));
                }
            }
            lookups
        });
        vec![listed]
    })
}

/// Looks into one file, if it is small enough and the run may still read. A link that is not followed
/// is said, since nobody knows what it leads to.
fn look_at<'a>(
    discovery: DiscoveryContext<'a>,
    entry: &DirectoryEntry,
    path: ConfinedPath,
    tool: String,
    budget: Rc<Budget>,
) -> Lookup<'a> {
    let name = entry.name.clone();
    Lookup::next(move |findings| {
        if !take(&budget.files, &path, "files", findings) {
            return Vec::new();
        }
        let (name, tool) = (name.clone(), tool.clone());
        vec![Lookup::small(
            path.clone(),
            SIZE,
            move |path, bytes, findings| {
                // Who knows the file has said what is in it.
                if findings.has_credential_in(path) {
                    return;
                }
                let Some(shape) = content::shape_of(&name, bytes) else {
                    return;
                };
                let members = || shape.members.clone();
                if discovery.ignored.covers(&path.to_path(), members) {
                    findings.ignored(path.to_path());
                } else {
                    add(&discovery, path, &tool, shape.why, findings);
                }
            },
        )]
    })
}

/// The kinds of members that make a file look like a sign-in; `None` if it does not.
pub fn members_of_possible(name: &str, bytes: &[u8]) -> Option<BTreeSet<String>> {
    content::shape_of(name, bytes).map(|shape| shape.members)
}

fn add(
    discovery: &DiscoveryContext<'_>,
    path: &ConfinedPath,
    tool: &str,
    why: &'static str,
    findings: &mut InventoryBuilder<'_>,
) {
    findings.account(Account {
        system: System::POSSIBLE,
        name: tool.to_owned(),
        aliases: Vec::new(),
        provider: None,
        facts: vec![
            Fact::new("source", discovery.world.shorten(&path.to_path())),
            Fact::new("method", why),
        ],
    });
    let place = Place::File { file: path.clone() };
    findings.artefact(Artefact {
        state: State::Unknown,
        tier: Category::Possible,
        ..artefact(
            System::POSSIBLE,
            place,
            Owner::account(tool),
            "possible sign-in",
        )
    });
}
