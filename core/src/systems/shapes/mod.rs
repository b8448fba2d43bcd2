//! The net below the catalogue: files of tools that nobody has described, which are shaped like
//! credentials. They are shown as possible sign-ins, and no logout takes one that was not asked for.
//!
//! Looked at are directories of a person's tools, by their files' names and then by what stands in
//! them; how deep and how much is limited. What the catalogue or a system knows is not theirs.

mod addresses;
mod content;
mod credentials;
mod directories;
mod judge;
mod key_store;
mod known;
mod lines;
mod names;
mod placeholders;
#[cfg(feature = "sqlite")]
mod tables;
mod text;
mod values;

use std::cell::{Cell, OnceCell};
use std::collections::BTreeSet;
use std::rc::Rc;

pub(super) use self::addresses::has_password_in_address;
pub use self::credentials::{CredentialPlace, find_credentials, is_called_like_credential};
use self::known::KnownPlaces;
pub(super) use self::placeholders::is_no_key;
use self::values::weigh_name;
use super::System;
use super::discovery::{
    DirectoryEntry, DiscoveryContext, DiscoveryScope, InventoryBuilder, Lookup, Refusals,
    build_artefact,
};
use crate::inventory::{Account, Artefact, Category, Fact, Location, Owner, Place, Problem, State};
use crate::io::files::ConfinedPath;
use content::{Shape, ShapeKind};
use directories::Root;
use names::{Reason, is_unmistakable, reason_to_look};

/// How many directories below a tool's own are entered.
const DEPTH: usize = 3;

/// The same where a tool has few directories.
const DEPTH_OF_FEW: usize = 8;

/// How many directories of one tool are few.
const FEW: usize = 200;

/// The same of a system that has code of its own: its places are known, and what lies deep is work.
const DESCRIBED_DEPTH: usize = 6;

/// How many directories below the tools' own are listed in one run.
const DIRECTORIES: usize = 10_000;

/// How many files are read in one run.
const FILES: usize = 8_000;

/// The largest file of settings that is looked into among caches and work, in bytes: one of a login is
/// small.
const SMALL: u64 = 4 << 10;

/// How many of those are looked into of one tool.
const SMALL_FILES: usize = 50;

/// The largest file of data that is looked into, in bytes.
const LARGEST_DATA: u64 = 8 << 20;

/// The largest file that is looked into, in bytes, by why it is.
const fn largest(reason: Reason) -> u64 {
    match reason {
        Reason::Name => 4 << 20,
        Reason::Settings => 1 << 20,
        Reason::Near => 64 << 10,
    }
}

/// What a run shares: what may still be looked at, and what others know of files.
struct Run {
    files: Cell<usize>,
    directories: Cell<usize>,
    known: OnceCell<KnownPlaces>,
}

/// Whose directory is looked into.
#[derive(Clone)]
struct Tool {
    /// Its name, that of the directory.
    name: String,
    /// Whether a system of its own knows what is in it, so that only what is called like a credential
    /// is looked into.
    is_described: bool,
    /// Whether the directory is called like a credential, so that what is in it may be one, whatever it is
    /// called.
    is_telling: bool,
    /// How many directories of it were entered.
    entered: Rc<Cell<usize>>,
    /// How many small settings of it were looked into where only what is unmistakable is.
    small: Rc<Cell<usize>>,
}

/// How thoroughly a directory is looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Search {
    /// By names and by content, with what is below.
    Thorough,
    /// Only what is unmistakably called like a credential, and so many directories below.
    Unmistakable(usize),
}

impl Run {
    /// What others know of files, once all of them have looked.
    fn known_places(&self, findings: &InventoryBuilder<'_>) -> &KnownPlaces {
        self.known.get_or_init(|| KnownPlaces::of(findings))
    }
}

/// Takes one of what is left; `false` if nothing is. That the last was taken is said once.
fn take_from_budget(
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
pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    if discovery.reach != DiscoveryScope::Machine {
        return Vec::new();
    }
    let discovery = *discovery;
    let run = Rc::new(Run {
        files: Cell::new(FILES),
        directories: Cell::new(DIRECTORIES),
        known: OnceCell::new(),
    });
    directories::list_roots(&discovery)
        .into_iter()
        .map(|root| look_into_root(discovery, root, Rc::clone(&run)))
        .chain([key_store::build_lookup(discovery)])
        .collect()
}

/// Looks at the directories and files of tools in a directory that holds many of them.
fn look_into_root(discovery: DiscoveryContext<'_>, root: Root, run: Rc<Run>) -> Lookup<'_> {
    Lookup::listed(root.directory.clone(), None, move |directory, entries| {
        let mut lookups = Vec::new();
        for entry in entries {
            let Some(path) = entry.path_in(directory) else {
                continue;
            };
            if root.is_known(&entry.name) {
                continue;
            }
            let tool = Tool {
                name: entry.name.trim_start_matches('.').to_owned(),
                is_described: root.is_described(&entry.name),
                is_telling: is_unmistakable(&entry.name),
                entered: Rc::default(),
                small: Rc::default(),
            };
            let search = if root.is_cache || directories::is_seldom_used(&entry.name) {
                Search::Unmistakable(1)
            } else {
                Search::Thorough
            };
            let run = Rc::clone(&run);
            if entry.is_directory {
                lookups.push(look_into(discovery, path, tool, (0, search), run));
            } else {
                // A file that stands alone is named after its tool: `.toolrc`, `.tool.json`.
                lookups.extend(look_at(discovery, entry, path, tool, (0, search), run));
            }
        }
        lookups
    })
}

/// Looks at the files of one tool, so many directories below its own.
fn look_into(
    discovery: DiscoveryContext<'_>,
    directory: ConfinedPath,
    tool: Tool,
    (depth, search): (usize, Search),
    run: Rc<Run>,
) -> Lookup<'_> {
    Lookup::next(move |findings| {
        if run.known_places(findings).is_tree(&directory) {
            return Vec::new();
        }
        if !take_from_budget(&run.directories, &directory, "directories", findings) {
            return Vec::new();
        }
        tool.entered.set(tool.entered.get() + 1);
        let (tool, run) = (tool.clone(), Rc::clone(&run));
        let deepest = match tool.is_described {
            true => DESCRIBED_DEPTH,
            false if tool.entered.get() <= FEW => DEPTH_OF_FEW,
            false => DEPTH,
        };
        let listed = Lookup::listed(directory.clone(), None, move |directory, entries| {
            let mut lookups = Vec::new();
            // Below a tool's own directory, programs and packages are none of its settings.
            let is_tree = depth > 0 && directories::is_tree(entries);
            let search = match search {
                _ if is_tree => Search::Unmistakable(0),
                search => search,
            };
            for entry in entries {
                let Some(path) = entry.path_in(directory) else {
                    continue;
                };
                let (tool, run) = (tool.clone(), Rc::clone(&run));
                if !entry.is_directory {
                    lookups.extend(look_at(discovery, entry, path, tool, (depth, search), run));
                } else if depth < deepest
                    && let Some(search) = search_below(&tool, &entry.name, search)
                {
                    let tool = Tool {
                        is_telling: tool.is_telling || is_unmistakable(&entry.name),
                        ..tool
                    };
                    lookups.push(look_into(discovery, path, tool, (depth + 1, search), run));
                }
            }
            lookups
        });
        vec![listed]
    })
}

/// How thoroughly a directory in one is looked through; `None` if it is not.
fn search_below(tool: &Tool, name: &str, above: Search) -> Option<Search> {
    if directories::is_left_out(name) {
        return None;
    }
    let is_seldom_used = directories::is_seldom_used(name);
    match above {
        // What lies there is the work that is done with it.
        Search::Thorough if tool.is_described && directories::is_work(name) => None,
        Search::Thorough if is_seldom_used => Some(Search::Unmistakable(1)),
        Search::Thorough => Some(Search::Thorough),
        Search::Unmistakable(left) if is_unmistakable(name) => Some(Search::Unmistakable(left)),
        Search::Unmistakable(left) => left.checked_sub(1).map(Search::Unmistakable),
    }
}

/// Looks into one file, if its name says so, it is small enough and the run may still read. A link that
/// is not followed is said, since nobody knows what it leads to.
fn look_at<'a>(
    discovery: DiscoveryContext<'a>,
    entry: &DirectoryEntry,
    path: ConfinedPath,
    tool: Tool,
    (depth, search): (usize, Search),
    run: Rc<Run>,
) -> Option<Lookup<'a>> {
    if entry.is_special {
        return None;
    }
    let is_small = search != Search::Thorough && !is_unmistakable(&entry.name);
    if is_small {
        let looked = tool.small.get();
        if !names::is_settings(&entry.name) || looked == SMALL_FILES {
            return None;
        }
        tool.small.set(looked + 1);
    }
    let reason = match reason_to_look(&entry.name, &tool.name, depth)? {
        _ if tool.is_telling => Reason::Name,
        reason => reason,
    };
    let limit = match is_small {
        true => SMALL,
        false if names::is_data(&entry.name) => LARGEST_DATA,
        false => largest(reason),
    };
    if tool.is_described && reason != Reason::Name {
        return None;
    }
    let name = entry.name.clone();
    let refusals = if is_unmistakable(&name) {
        Refusals::OwnFilesAndSize
    } else {
        Refusals::OwnFiles
    };
    Some(Lookup::next(move |findings| {
        let known = run.known_places(findings).of_file(&path);
        if known.is_whole || !take_from_budget(&run.files, &path, "files", findings) {
            return Vec::new();
        }
        // Of what somebody describes, the rest is settings.
        let reason = if tool.is_described || known.is_described {
            Reason::Settings
        } else {
            reason
        };
        let (name, tool) = (name.clone(), tool.name.clone());
        let tables = (!known.is_described && names::is_data(&name))
            .then(|| look_into_tables(discovery, path.clone(), tool.clone()))
            .flatten();
        let file = Lookup::small_or_refused(
            path.clone(),
            limit,
            refusals,
            move |path: &ConfinedPath, bytes: &[u8], findings: &mut InventoryBuilder<'_>| {
                // Its tables have told more.
                if findings.has_credential_in(path) && known.members.is_empty() {
                    return;
                }
                let shape = content::shape_of(&name, bytes, reason, &known.members, &known.formats);
                let Some(shape) = shape else {
                    return;
                };
                // What else is in a file that others describe is nobody's to delete.
                if known.is_described && shape.members.is_none() {
                    if shape.kind == ShapeKind::Line {
                        say_untold(path, findings);
                    }
                    return;
                }
                // What that store has is listed by itself.
                if shape.kind == ShapeKind::Marker && findings.notes.is_key_store_listed {
                    return;
                }
                if discovery.ignored.covers(&path.to_path(), || shape.kinds()) {
                    findings.ignored(path.to_path());
                } else {
                    add_possible_sign_in(
                        &discovery,
                        path,
                        &tool,
                        shape,
                        known.is_described,
                        findings,
                    );
                }
            },
        );
        tables.into_iter().chain([file]).collect()
    }))
}

/// Looks into the tables of a file, if it is a database.
#[cfg(feature = "sqlite")]
#[expect(clippy::unnecessary_wraps, reason = "builds without SQLite have none")]
fn look_into_tables(
    discovery: DiscoveryContext<'_>,
    path: ConfinedPath,
    tool: String,
) -> Option<Lookup<'_>> {
    let why = "a row that is called and made like a credential";
    Some(Lookup::Tables {
        database: path.clone(),
        found: Box::new(move |found, findings| {
            let found = match found {
                Ok(found) => found,
                // The look at the file itself says the rest: that it may not be read, or is a link.
                Err(error) if tables::is_unreadable(&error) => {
                    return findings.problem(Problem {
                        location: Location::of(&path),
                        message: error.to_string(),
                        hint: Some(
                            "close the program that uses it, or look into it by hand".to_owned(),
                        ),
                        hides: true,
                    });
                }
                Err(_) => return,
            };
            let places = tables::find_places(&path, &found);
            if places.is_empty() {
                return;
            }
            let rows = || places.iter().filter_map(name_row).collect();
            if discovery.ignored.covers(&path.to_path(), rows) {
                return findings.ignored(path.to_path());
            }
            let source = discovery.world.shorten(&path.to_path());
            for place in places {
                add_possible_place(place, &tool, source.clone(), why, findings);
            }
        }),
    })
}

/// The name under which a row is ignored: its table and what tells it from the others. `None` for what is
/// no row.
pub fn name_row(place: &Place) -> Option<String> {
    match place {
        Place::SqliteRow {
            table,
            column,
            value,
            ..
        } => Some(format!("{table}.{column}={value}")),
        _ => None,
    }
}

/// Nothing: this build reads no databases.
#[cfg(not(feature = "sqlite"))]
fn look_into_tables(_: DiscoveryContext<'_>, _: ConfinedPath, _: String) -> Option<Lookup<'_>> {
    None
}

/// Says that a file that others describe holds something like a credential which nobody does.
fn say_untold(path: &ConfinedPath, findings: &mut InventoryBuilder<'_>) {
    let location = Location::of(path);
    if findings.has_problem_at(&location) {
        return;
    }
    findings.problem(Problem {
        location,
        message: "a line in it is made like a credential, and is none that is known there"
            .to_owned(),
        hint: Some("look into it, and take the line out if it is one".to_owned()),
        hides: true,
    });
}

/// Whether what stands under a name that says so has the form of a credential.
pub(super) fn is_credential_text(text: &str, name: &str) -> bool {
    values::is_credential_text(text, weigh_name(name))
}

/// The kinds of members that make a file look like a sign-in; `None` if it does not.
pub fn members_of_possible(name: &str, bytes: &[u8]) -> Option<BTreeSet<String>> {
    content::shape_of(name, bytes, Reason::Name, &[], &[]).map(|shape| shape.kinds())
}

/// Adds a possible sign-in. Of a file that others keep settings in only the members are meant.
fn add_possible_sign_in(
    discovery: &DiscoveryContext<'_>,
    path: &ConfinedPath,
    tool: &str,
    shape: Shape,
    is_shared: bool,
    findings: &mut InventoryBuilder<'_>,
) {
    let source = discovery.world.shorten(&path.to_path());
    match shape.members {
        Some((format, members)) if is_shared => {
            for member in members {
                let place = Place::Member {
                    format,
                    file: path.clone(),
                    path: member,
                };
                add_possible_place(place, tool, source.clone(), shape.why, findings);
            }
        }
        _ => {
            let place = Place::File { file: path.clone() };
            add_possible_place(place, tool, source, shape.why, findings);
        }
    }
}

/// Adds one place of a possible sign-in, under the tool's name.
fn add_possible_place(
    place: Place,
    tool: &str,
    source: String,
    why: &'static str,
    findings: &mut InventoryBuilder<'_>,
) {
    findings.account(Account {
        system: System::POSSIBLE,
        name: tool.to_owned(),
        aliases: Vec::new(),
        provider: None,
        facts: vec![Fact::new("source", source), Fact::new("method", why)],
    });
    findings.artefact(Artefact {
        state: State::Unknown,
        tier: Category::Possible,
        ..build_artefact(
            System::POSSIBLE,
            place,
            Owner::account(tool),
            "possible sign-in",
        )
    });
}
