//! Where the files of a tool may be: from the paths of its entry to directories of this machine.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

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

/// What stands in a path for the person's user id.
const USER_ID: &str = "{uid}";

/// A file that is looked for below a directory.
#[derive(Clone)]
pub(super) struct Wanted {
    /// The rest of the way, the file last: first this, then `rest`.
    prefix: &'static str,
    rest: &'static str,
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
    /// The next component of the way, and what is left behind it.
    fn split(&self) -> (&'static str, &'static str, &'static str) {
        if self.prefix.is_empty() {
            let (first, rest) = self.rest.split_once('/').unwrap_or((self.rest, ""));
            return (first, "", rest);
        }
        let (first, prefix) = self.prefix.split_once('/').unwrap_or((self.prefix, ""));
        (first, prefix, self.rest)
    }

    /// The entries of a directory that the next component names, with what they lead to.
    pub(super) fn step<'e>(
        &self,
        entries: &'e [DirectoryEntry],
        by_name: &HashMap<&str, &'e DirectoryEntry>,
        user_id: Option<u32>,
    ) -> Vec<(&'e DirectoryEntry, Next)> {
        let (first, prefix, rest) = self.split();
        let with_user;
        let first = match user_id {
            Some(id) if first.contains(USER_ID) => {
                with_user = first.replace(USER_ID, &id.to_string());
                with_user.as_str()
            }
            None if first.contains(USER_ID) => return Vec::new(),
            _ => first,
        };
        let next = |capture: Option<String>| {
            let mut found = self.found.clone();
            found.captures.extend(capture);
            if prefix.is_empty() && rest.is_empty() {
                Next::File(found)
            } else {
                Next::Directory(Self {
                    prefix,
                    rest,
                    found,
                })
            }
        };
        if !first.contains('*') {
            let entry = by_name.get(first).copied();
            return entry.map(|entry| (entry, next(None))).into_iter().collect();
        }
        entries
            .iter()
            .filter_map(|entry| Some((entry, next(Some(match_component(first, &entry.name)?)))))
            .collect()
    }
}

/// What the `*` of a component stands for, if the name fits.
fn match_component(component: &str, name: &str) -> Option<String> {
    let (before, after) = component.split_once('*')?;
    let inner = name.strip_prefix(before)?.strip_suffix(after)?;
    // Neither `.` nor `..`, and no file that only begins in the same way.
    Some(inner.to_owned()).filter(|inner| !inner.is_empty())
}

/// A directory where paths begin.
#[derive(Clone)]
struct Beginning {
    root: ConfinedPath,
    /// The way from there that comes before the path.
    prefix: &'static str,
    /// Whether only a variable leads there, which a project may have set, or others write there.
    is_unvouched: bool,
}

/// Where paths begin that are written with one variable, or with `~`.
fn list_base_directories(discovery: &DiscoveryContext<'_>, first: &str) -> Vec<Beginning> {
    let home = |prefix: &'static str| Beginning {
        root: discovery.below(&discovery.world.home),
        prefix,
        is_unvouched: false,
    };
    let Some(variable) = first.strip_prefix('$') else {
        return vec![home("")];
    };
    if variable == "TMPDIR" {
        // Everybody writes there.
        return vec![Beginning {
            root: discovery.in_project(&discovery.world.temporary_directory),
            prefix: "",
            is_unvouched: true,
        }];
    }
    let mut usual = BASE_DIRECTORIES.iter().chain(&WINDOWS_DIRECTORIES);
    let usual = usual.find(|(name, _)| *name == variable);
    let usual = usual.map(|(_, way)| *way);
    let value = discovery.world.environment.get(variable);
    let named = value.and_then(|value| directory_of(discovery, variable, value));
    // The same directory is looked into once, by its usual way.
    let is_usual =
        |named: &PathBuf| usual.is_some_and(|way| *named == discovery.world.home.join(way));
    let named = named.filter(|named| !is_usual(named));
    let named = named.map(|named| Beginning {
        root: discovery.below(&named),
        prefix: "",
        // A base directory is moved for all of a person's tools, and by no project.
        is_unvouched: usual.is_none() || !named.starts_with(&discovery.world.home),
    });
    let usual = usual.map(home);
    named.into_iter().chain(usual).collect()
}

/// Where the files of the tools may be.
#[derive(Default)]
pub(super) struct Places {
    /// Directories, each with what is looked for below it.
    pub(super) below: BTreeMap<PathBuf, (ConfinedPath, Vec<Wanted>)>,
    /// Files that a variable names, each with who keeps sign-ins in it.
    pub(super) named: BTreeMap<PathBuf, (ConfinedPath, Vec<FoundFile>)>,
    beginnings: HashMap<&'static str, Vec<Beginning>>,
}

impl Places {
    /// Adds the places of a tool's file.
    pub(super) fn add(
        &mut self,
        discovery: &DiscoveryContext<'_>,
        tool: &'static Tool,
        file: &'static ToolFile,
    ) {
        let is_here = match discovery.world.operating_system {
            OperatingSystem::Windows => file.on_windows,
            OperatingSystem::MacOs => file.on_macos,
            OperatingSystem::Linux => file.on_linux,
        };
        if !is_here {
            return;
        }
        let found = |is_unvouched| FoundFile {
            tool,
            file,
            captures: Vec::new(),
            is_unvouched,
        };
        for path in file.paths {
            let Some((first, rest)) = path.split_once('/') else {
                let variable = path.trim_start_matches('$');
                self.add_named(discovery, variable, file.is_list, &|| found(true));
                continue;
            };
            let beginnings = self
                .beginnings
                .entry(first)
                .or_insert_with(|| list_base_directories(discovery, first));
            for beginning in beginnings {
                let wanted = Wanted {
                    prefix: beginning.prefix,
                    rest,
                    found: found(beginning.is_unvouched),
                };
                let known = self.below.entry(beginning.root.to_path());
                known
                    .or_insert_with(|| (beginning.root.clone(), Vec::new()))
                    .1
                    .push(wanted);
            }
        }
    }

    /// Adds the file itself that a variable names, or each of those that it lists.
    fn add_named(
        &mut self,
        discovery: &DiscoveryContext<'_>,
        variable: &str,
        is_list: bool,
        found: &dyn Fn() -> FoundFile,
    ) {
        let environment = &discovery.world.environment;
        // npm reads its own in any case, and writes of them in lower case.
        let lower = || {
            let is_npms = variable.starts_with("NPM_CONFIG_");
            is_npms.then(|| environment.get(&variable.to_ascii_lowercase()))?
        };
        let Some(value) = environment.get(variable).or_else(lower) else {
            return;
        };
        let separator = match discovery.world.operating_system {
            OperatingSystem::Windows => ';',
            OperatingSystem::MacOs | OperatingSystem::Linux => ':',
        };
        let listed = value.split(|c| is_list && c == separator);
        for named in listed.filter_map(without_kind) {
            // From where the tool would be started; a repository may be there, so no link is followed.
            let named = discovery.world.expand_path(named);
            let path = discovery.world.working_directory.join(&named);
            // A file outside of the home lies in a directory that is trusted as it is.
            let name = path.file_name().and_then(|name| name.to_str());
            let parent = path.parent().zip(name);
            let Some((parent, name)) = parent else {
                continue;
            };
            let directory = if named.is_absolute() {
                discovery.below(parent)
            } else {
                discovery.in_project(parent)
            };
            let Some(file) = directory.join(name) else {
                continue;
            };
            let known = self.named.entry(path);
            known.or_insert_with(|| (file, Vec::new())).1.push(found());
        }
    }
}

/// The path in a value such as `FILE:/tmp/krb5cc_1000`; `None` if it says that it is of another kind
/// (`KEYRING:persistent:1000`), or nothing.
fn without_kind(value: &str) -> Option<&str> {
    let path = match value.split_once(':') {
        Some(("FILE", path)) => path,
        // One letter is a drive.
        Some((kind, _)) if kind.len() > 1 && kind.bytes().all(|byte| byte.is_ascii_uppercase()) => {
            return None;
        }
        _ => value,
    };
    (!path.is_empty()).then_some(path)
}

/// The directory that a variable names: absolute for base directories, which are ignored else, and
/// from the home for a tool's own.
fn directory_of(discovery: &DiscoveryContext<'_>, variable: &str, value: &str) -> Option<PathBuf> {
    let is_base = BASE_DIRECTORIES.iter().any(|(name, _)| *name == variable);
    // A tool's own may be written as its shell reads it.
    let path = if is_base {
        PathBuf::from(value)
    } else {
        discovery.world.expand_path(value)
    };
    if value.is_empty() || (is_base && !path.is_absolute()) {
        return None;
    }
    Some(discovery.world.home.join(path))
}
