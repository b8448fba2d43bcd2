//! Tools that are only data: their files are looked for, read and described by the entries of
//! [`crate::catalogue`], all in the same way.
//!
//! Each directory is listed once for all tools, and only what is there is looked into.

mod calls;
mod key_store;
mod members;
mod naming;
mod one_file;
mod places;
mod references;

pub(super) use self::one_file::find_members;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::System;
use super::ai::build_wins_fact;
use super::discovery::{
    DirectoryEntry, DiscoveryContext, DiscoveryScope, InventoryBuilder, Lookup,
};
use crate::catalogue::{self, Tool, ToolFile};
use crate::inventory::{Account, Location, Override, OverrideKind, Problem};
use crate::io::files::ConfinedPath;
use crate::scan::Shell;
use places::{Places, Wanted};

/// A file of a tool that was found, with what the wildcards of its path stand for.
#[derive(Clone)]
struct FoundFile {
    tool: &'static Tool,
    file: &'static ToolFile,
    captures: Vec<String>,
    /// Whether only a variable leads there, which a project may have set.
    is_unvouched: bool,
}

/// Everything to look at: files, then variables, then what both mean together.
pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    // These sign-ins are nobody's in `atmos.yaml`.
    if discovery.reach != DiscoveryScope::Machine {
        return Vec::new();
    }
    let discovery = *discovery;
    let mut places = Places::default();
    for tool in discovery.tools() {
        for file in tool.files {
            places.add(&discovery, tool, file);
        }
    }
    let below = places.below.into_values();
    let named = places.named.into_values();
    below
        .map(|(root, wanted)| look_into(discovery, root, wanted))
        .chain(named.flat_map(|(file, found)| members::list_lookups(discovery, file, found)))
        .chain([git_files(discovery), references::build_lookup(discovery)])
        .chain(key_store::lookups(discovery))
        .chain([Lookup::say(move |findings| {
            members::link_parts_of_accounts(findings);
            key_store::say_what_is_out_of_reach(findings);
            add_variables(&discovery, findings);
            say_who_wins(findings);
        })])
        .collect()
}

/// Reads files that Git's settings name as the usual ones of these entries: stores of passwords, and
/// further settings.
fn git_files(discovery: DiscoveryContext<'_>) -> Lookup<'_> {
    Lookup::next(move |findings| {
        let stores = std::mem::take(&mut findings.notes.git_stores);
        let settings = std::mem::take(&mut findings.notes.git_settings);
        let named = [("git", stores), ("git-config", settings)];
        let lookups = named.into_iter().flat_map(|(id, paths)| {
            let tool = System::parse(id).and_then(catalogue::tool_of);
            let file = tool.and_then(|tool| Some((tool, tool.files.first()?)));
            file.into_iter().flat_map(move |(tool, file)| {
                let paths = paths.clone().into_iter();
                paths.flat_map(move |path| {
                    let found = FoundFile {
                        tool,
                        file,
                        captures: Vec::new(),
                        is_unvouched: false,
                    };
                    members::list_lookups(discovery, discovery.below(&path), vec![found])
                })
            })
        });
        lookups.collect()
    })
}

/// Lists a directory, and goes on where something of it is wanted.
fn look_into(
    discovery: DiscoveryContext<'_>,
    directory: ConfinedPath,
    wanted: Vec<Wanted>,
) -> Lookup<'_> {
    Lookup::listed(directory, None, move |directory, entries| {
        let by_name: HashMap<&str, &DirectoryEntry> = entries
            .iter()
            .map(|entry| (entry.name.as_str(), entry))
            .collect();
        let mut files: BTreeMap<&str, (&DirectoryEntry, Vec<FoundFile>)> = BTreeMap::new();
        let mut directories: BTreeMap<&str, Vec<Wanted>> = BTreeMap::new();
        for wanted in &wanted {
            for (entry, next) in wanted.step(entries, &by_name, discovery.world.user.id) {
                match next {
                    // Of a socket that only has a fitting name nothing needs to be said.
                    places::Next::File(found)
                        if !entry.is_directory
                            && (!entry.is_special || found.captures.is_empty()) =>
                    {
                        files
                            .entry(&entry.name)
                            .or_insert_with(|| (entry, Vec::new()))
                            .1
                            .push(found);
                    }
                    places::Next::Directory(wanted) if entry.may_be_directory() => {
                        directories.entry(&entry.name).or_default().push(wanted);
                    }
                    _ => {}
                }
            }
        }
        let files = files.into_values().filter_map(|(entry, found)| {
            let path = entry.path_in(directory)?;
            Some(members::list_lookups(discovery, path, found))
        });
        let directories = directories.into_iter().filter_map(|(name, wanted)| {
            Some(vec![look_into(discovery, directory.join(name)?, wanted)])
        });
        files.chain(directories).flatten().collect()
    })
}

/// Adds the variables that are set: those that sign a tool in, and where it is in use, those that
/// change how.
fn add_variables(discovery: &DiscoveryContext<'_>, findings: &mut InventoryBuilder<'_>) {
    let used: BTreeSet<System> = findings
        .accounts()
        .iter()
        .map(|account| account.system)
        .collect();
    for (name, value) in discovery.world.environment.iter() {
        let name = name.to_str().unwrap_or_default();
        if value.is_empty() {
            continue;
        }
        let of_own = catalogue::with_variable(discovery.own_tools.iter().copied(), name);
        // npm reads its own in any case.
        let read_as = if name.starts_with("npm_config_") {
            Cow::Owned(name.to_ascii_uppercase())
        } else {
            Cow::Borrowed(name)
        };
        for (tool, rank) in catalogue::tools_of_variable(&read_as).chain(of_own) {
            let signs_in = tool.variables[rank].signs_in;
            if !signs_in && !used.contains(&tool.system) {
                continue;
            }
            findings.overriding(Override {
                kind: if signs_in {
                    OverrideKind::Environment
                } else {
                    OverrideKind::Notice
                },
                name: name.to_owned(),
                location: "environment".to_owned(),
                system: tool.system,
                remedy: Shell::of_world(discovery.world).unset(name),
            });
        }
    }
}

/// Puts the variables of each tool in the order in which they win, and says of each account whether
/// it is the one that is used.
fn say_who_wins(findings: &mut InventoryBuilder<'_>) {
    let overridden = findings.overrides().iter().map(|found| found.system);
    let signed_in = findings.accounts().iter().map(|account| account.system);
    let systems: BTreeSet<System> = overridden
        .chain(signed_in)
        .filter(|system| system.info().is_tool)
        .collect();
    for system in systems {
        let Some(tool) = catalogue::tool_of(system) else {
            continue;
        };
        let names: Vec<&str> = tool
            .variables
            .iter()
            .filter(|variable| variable.signs_in)
            .map(|variable| variable.name)
            .collect();
        if names.is_empty() {
            continue;
        }
        findings.rank_overrides(system, &names);
        let fact = build_wins_fact(system, names, findings);
        let accounts: Vec<Account> = findings
            .accounts()
            .iter()
            .filter(|account| account.system == system)
            .map(|account| Account {
                facts: vec![fact.clone()],
                ..account.clone()
            })
            .collect();
        for account in accounts {
            findings.account(account);
        }
    }
}

/// What a variable does to the tools of the catalogue when it is set in a new shell.
pub(super) fn of_variable(name: &str) -> impl Iterator<Item = (System, OverrideKind)> + use<> {
    let of_own = catalogue::with_variable(catalogue::own::known(), name);
    let of_own: Vec<(&'static Tool, usize)> = of_own.collect();
    catalogue::tools_of_variable(name)
        .chain(of_own)
        .map(|(tool, rank)| {
            let kind = if tool.variables[rank].signs_in {
                OverrideKind::Environment
            } else {
                OverrideKind::Notice
            };
            (tool.system, kind)
        })
}

/// Whether a file of a tool goes when nothing is left in it.
pub(super) fn goes_when_empty(system: System, file: &ConfinedPath) -> bool {
    let Some(tool) = catalogue::tool_of(system) else {
        return false;
    };
    let Some(name) = file.file_name() else {
        return false;
    };
    let mut files = tool.files.iter().filter(|file| file.goes_when_empty);
    files.any(|file| {
        let mut paths = file.paths.iter();
        paths.any(|path| path.rsplit('/').next() == Some(name))
    })
}

/// That a file is not what the tool writes, so that nobody takes it for one without sign-ins.
fn not_understood(tool: &Tool, file: &ConfinedPath) -> Problem {
    Problem {
        location: Location::of(file),
        message: format!(
            "it is not in a form that {} writes, so sign-ins in it are not known",
            tool.name
        ),
        hint: Some("look into it, and remove it if nothing in it is needed".to_owned()),
        hides: true,
    }
}
