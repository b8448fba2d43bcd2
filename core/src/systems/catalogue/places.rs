//! Where the files of a tool may be: from the paths of its entry to directories of this machine.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::FoundFile;
use crate::catalogue::{Tool, ToolFile};
use crate::io::files::ConfinedPath;
use crate::systems::discovery::{DirectoryEntry, DiscoveryContext};
use crate::world::OperatingSystem;

/// The base directories that have a usual place where their variable is not set.
///
/// Source: XDG Base Directory Specification 0.8.
const BASE_DIRECTORIES: [(&str, &str); 4] = [
    ("XDG_CONFIG_HOME", ".config"),
    ("XDG_DATA_HOME", ".local/share"),
    ("XDG_STATE_HOME", ".local/state"),
    ("XDG_CACHE_HOME", ".cache"),
];

/// The same of Windows.
const WINDOWS_DIRECTORIES: [(&str, &str); 3] = [
    ("APPDATA", "AppData/Roaming"),
    ("LOCALAPPDATA", "AppData/Local"),
    ("USERPROFILE", ""),
];

/// A file that is looked for below a directory.
#[derive(Clone)]
pub(super) struct Wanted {
    /// The rest of the way, the file last.
    components: Vec<String>,
    found: FoundFile,
}

/// What a name in a directory leads to.
pub(super) enum Next {
    /// It is the file.
    File(FoundFile),
    /// It is on the way to it.
    Directory(Wanted),
}

impl Wanted {
    /// The entries of a directory that the next component names, with what they lead to.
    pub(super) fn step<'e>(
        &self,
        entries: &'e [DirectoryEntry],
        by_name: &HashMap<&str, &'e DirectoryEntry>,
    ) -> Vec<(&'e DirectoryEntry, Next)> {
        let Some((first, rest)) = self.components.split_first() else {
            return Vec::new();
        };
        if !first.contains('*') {
            let entry = by_name.get(first.as_str()).copied();
            return entry
                .map(|entry| (entry, self.next(rest, None)))
                .into_iter()
                .collect();
        }
        entries
            .iter()
            .filter_map(|entry| Some((entry, self.next(rest, Some(capture(first, &entry.name)?)))))
            .collect()
    }

    fn next(&self, rest: &[String], capture: Option<String>) -> Next {
        let mut found = self.found.clone();
        found.captures.extend(capture);
        if rest.is_empty() {
            Next::File(found)
        } else {
            Next::Directory(Self {
                components: rest.to_vec(),
                found,
            })
        }
    }
}

/// What the `*` of a component stands for, if the name fits.
fn capture(component: &str, name: &str) -> Option<String> {
    let (before, after) = component.split_once('*')?;
    let inner = name.strip_prefix(before)?.strip_suffix(after)?;
    // Neither `.` nor `..`, and no file that only begins in the same way.
    Some(inner.to_owned()).filter(|inner| !inner.is_empty())
}

/// The directories that a file of a tool is looked for in, each with the way from there.
pub(super) fn places(
    discovery: &DiscoveryContext<'_>,
    tool: &'static Tool,
    file: &'static ToolFile,
) -> Vec<(ConfinedPath, Wanted)> {
    let is_here = match discovery.world.operating_system {
        OperatingSystem::Windows => file.on_windows,
        OperatingSystem::MacOs => file.on_macos,
        OperatingSystem::Linux => file.on_linux,
    };
    if !is_here {
        return Vec::new();
    }
    let mut found: Vec<(ConfinedPath, Wanted)> = Vec::new();
    for path in file.paths {
        let mut components = path.split('/');
        let first = components.next().unwrap_or_default();
        let rest: Vec<String> = components.map(str::to_owned).collect();
        let mut add = |root: ConfinedPath, components: Vec<String>| {
            let is_known = |(known, wanted): &(ConfinedPath, Wanted)| {
                known.to_path() == root.to_path() && wanted.components == components
            };
            if !components.is_empty() && !found.iter().any(is_known) {
                let found_file = FoundFile {
                    tool,
                    file,
                    captures: Vec::new(),
                };
                let wanted = Wanted {
                    components,
                    found: found_file,
                };
                found.push((root, wanted));
            }
        };
        let home = || discovery.world.home_directory();
        let Some(variable) = first.strip_prefix('$') else {
            add(home(), rest);
            continue;
        };
        let value = discovery.world.environment.get(variable);
        if rest.is_empty() {
            // The files themselves, as `KUBECONFIG` lists them.
            let separator = match discovery.world.operating_system {
                OperatingSystem::Windows => ';',
                OperatingSystem::MacOs | OperatingSystem::Linux => ':',
            };
            for named in value.into_iter().flat_map(|value| value.split(separator)) {
                if named.is_empty() {
                    continue;
                }
                let named = discovery.world.home.join(named);
                let name = named.file_name().and_then(|name| name.to_str());
                if let Some((parent, name)) = named.parent().zip(name) {
                    add(discovery.below(parent), vec![name.to_owned()]);
                }
            }
            continue;
        }
        let directory = value.map(|value| directory_of(discovery, variable, value));
        if let Some(directory) = directory.flatten() {
            add(discovery.below(&directory), rest.clone());
        }
        let mut usual = BASE_DIRECTORIES.iter().chain(&WINDOWS_DIRECTORIES);
        if let Some((_, usual)) = usual.find(|(name, _)| *name == variable) {
            let way = usual.split('/').filter(|part| !part.is_empty());
            add(home(), way.map(str::to_owned).chain(rest).collect());
        }
    }
    found
}

/// The directory that a variable names: absolute for base directories, which are ignored else, and
/// from the home for a tool's own.
fn directory_of(discovery: &DiscoveryContext<'_>, variable: &str, value: &str) -> Option<PathBuf> {
    let is_base = BASE_DIRECTORIES.iter().any(|(name, _)| *name == variable);
    let path = Path::new(value);
    if value.is_empty() || (is_base && !path.is_absolute()) {
        return None;
    }
    Some(discovery.world.home.join(path))
}
