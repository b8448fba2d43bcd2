//! The net below the catalogue: files of tools that nobody has described, which are shaped like
//! credentials. They are shown as possible sign-ins, and no logout takes one that was not asked for.
//!
//! Looked at are directories of a person's tools, by their files' names and then by what stands in
//! them; how deep and how much is limited. What the catalogue or a system knows is not theirs.

mod content;
mod directories;

use std::cell::Cell;
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

/// How many entries of one directory are looked at: a tool has not so many files with sign-ins.
const ENTRIES: usize = 200;

/// How many files are read in one run.
const FILES: usize = 500;

/// The largest file that is looked into, in bytes.
const SIZE: u64 = 256 << 10;

/// Everything to look at. `is_known` says of a directory of a tool, by its way from the home, whether
/// somebody else describes it.
pub(super) fn lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    if discovery.reach != DiscoveryScope::Machine {
        return Vec::new();
    }
    let discovery = *discovery;
    let budget = Rc::new(Cell::new(FILES));
    directories::roots(&discovery)
        .into_iter()
        .map(|root| look_into_root(discovery, root, Rc::clone(&budget)))
        .collect()
}

/// Looks at the directories and files of tools in a directory that holds many of them.
fn look_into_root(
    discovery: DiscoveryContext<'_>,
    root: Root,
    budget: Rc<Cell<usize>>,
) -> Lookup<'_> {
    Lookup::listed(root.directory.clone(), None, move |directory, entries| {
        if entries.is_empty() {
            return Vec::new();
        }
        let described = root.described();
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
                lookups.extend(look_at(discovery, entry, path, tool, &budget));
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
    budget: Rc<Cell<usize>>,
) -> Lookup<'_> {
    Lookup::listed(directory, None, move |directory, entries| {
        let mut lookups = Vec::new();
        for entry in entries.iter().take(ENTRIES) {
            let Some(path) = entry.path_in(directory) else {
                continue;
            };
            if entry.is_directory {
                let goes_on = depth < DEPTH && !directories::is_left_out(&entry.name);
                if goes_on {
                    let budget = Rc::clone(&budget);
                    lookups.push(look_into(discovery, path, tool.clone(), depth + 1, budget));
                }
            } else if content::may_hold_sign_in(&entry.name) {
                lookups.extend(look_at(discovery, entry, path, tool.clone(), &budget));
            }
        }
        lookups
    })
}

/// Looks into one file, if it is small enough and the run may still read.
fn look_at<'a>(
    discovery: DiscoveryContext<'a>,
    entry: &DirectoryEntry,
    path: ConfinedPath,
    tool: String,
    budget: &Rc<Cell<usize>>,
) -> Option<Lookup<'a>> {
    if entry.is_link {
        return None;
    }
    let budget = Rc::clone(budget);
    let name = entry.name.clone();
    Some(Lookup::next(move |findings| {
        let (name, tool) = (name.clone(), tool.clone());
        match budget.get() {
            0 => return Vec::new(),
            1 => findings.problem(Problem {
                location: Location::of(&path),
                message: format!(
                    "it is one of more than {FILES} files that may hold sign-ins of unknown tools, \
                     and it and those after it were not looked into"
                ),
                hint: Some("see which directory has so many, and move it away".to_owned()),
                hides: true,
            }),
            _ => {}
        }
        budget.set(budget.get() - 1);
        if budget.get() == 0 {
            return Vec::new();
        }
        vec![Lookup::small(
            path.clone(),
            SIZE,
            move |path, bytes, findings| {
                // Who knows the file has said what is in it.
                if findings.has_credential_in(path) {
                    return;
                }
                if let Some(why) = content::shape_of(&name, bytes) {
                    add(&discovery, path, &tool, why, findings);
                }
            },
        )]
    }))
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
