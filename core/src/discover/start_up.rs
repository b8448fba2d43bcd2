//! Directories and files that start-up files give to variables: where the tools of the next shell keep
//! things, whether this process has those variables or not.
//!
//! A minimal reading: `NAME=value` and fish's `set -gx NAME value`. The audit of start-up files reads
//! them properly; here only places to look at are wanted, and one too many does no harm.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::catalogue::Tool;
use crate::io::files::Files;
use crate::scan::read_start_up_files;
use crate::systems::DIRECTORY_VARIABLES;
use crate::world::World;

/// Start-up files that are read, in the home directory, in the order in which a shell reads them.
const START_UP_FILES: [&str; 11] = [
    ".profile",
    ".bash_profile",
    ".bashrc",
    ".bash_aliases",
    ".aliases",
    ".zshenv",
    ".zprofile",
    ".zshrc",
    ".config/fish/config.fish",
    ".pam_environment",
    ".config/environment.d/50-local.conf",
];

/// The base directories of many tools; what else says where something is stands in the catalogue's entries.
const BASES: [&str; 4] = [
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_CACHE_HOME",
];

/// The most values that one file is believed to give one variable.
const MOST: usize = 16;

/// What start-up files give to variables.
pub(super) struct StartUpFiles {
    /// Every directory that one of [`DIRECTORY_VARIABLES`] is given, in an alias or a function too.
    pub(super) directories: BTreeMap<&'static str, Vec<PathBuf>>,
    /// Places that this process's environment does not name, by the variables that will.
    pub(super) places: Vec<(String, String)>,
}

impl StartUpFiles {
    /// Reads them. What cannot be read is said by the audit of start-up files.
    pub(super) fn read<'t>(
        world: &World,
        files: &Files,
        tools: impl Iterator<Item = &'t Tool>,
    ) -> Self {
        let texts = read_start_up_files(files, world, &START_UP_FILES);
        let mut found = Self {
            directories: BTreeMap::new(),
            places: Vec::new(),
        };
        if texts.is_empty() {
            return found;
        }
        for variable in DIRECTORY_VARIABLES {
            let directories = texts
                .iter()
                .flat_map(|text| parse_directories(world, text, variable));
            found.directories.insert(variable, directories.collect());
        }
        let paths = tools
            .flat_map(|tool| tool.files)
            .flat_map(|file| file.paths);
        let of_catalogue = paths.filter_map(|path| {
            let (first, _) = path.strip_prefix('$')?.split_once('/').unzip();
            first.or_else(|| path.strip_prefix('$'))
        });
        let names: BTreeSet<&str> = of_catalogue.chain(BASES).collect();
        let given = texts.iter().flat_map(|text| text.lines());
        for line in given {
            let Some((name, value)) = parse_assignment(line) else {
                continue;
            };
            if !names.contains(name) || world.environment.contains(name) {
                continue;
            }
            let Some(value) = expand_paths(world, value) else {
                continue;
            };
            // The last one counts.
            found.places.retain(|(known, _)| known != name);
            found.places.push((name.to_owned(), value));
        }
        found
    }
}

/// The name and the value of a line that does nothing but set a variable.
fn parse_assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    if let Some(rest) = line
        .strip_prefix("set ")
        .or_else(|| line.strip_prefix("setenv "))
    {
        let mut words = rest
            .split_whitespace()
            .skip_while(|word| word.starts_with('-'));
        let name = words.next()?;
        let at = rest.find(name)? + name.len();
        return Some((name, find_first_word(&rest[at..])?));
    }
    let line = line.strip_prefix("export ").map_or(line, str::trim_start);
    let (name, value) = line.split_once('=')?;
    // PAM's own: `NAME DEFAULT=value`.
    let name = name.strip_suffix(" DEFAULT").map_or(name, str::trim_end);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let word = find_first_word(value)?;
    let behind = value[value.find(word)? + word.len()..].trim_start_matches(['"', '\'']);
    let ends = behind.trim_start();
    // `NAME=value command` is for that command alone.
    let is_alone = ends.is_empty() || ends.starts_with(['#', ';', '&', '|']);
    (name.chars().all(is_name) && is_alone).then_some((name, word))
}

/// A value with one or several paths, absolute; `None` if anything else has to be worked out.
fn expand_paths(world: &World, value: &str) -> Option<String> {
    let paths = value.split(':').map(|part| expand_path(world, part));
    let paths: Option<Vec<String>> = paths
        .map(|path| path?.into_os_string().into_string().ok())
        .collect();
    Some(paths?.join(":"))
}

/// The absolute paths that a start-up file gives a variable; `~`, `$HOME` and `${HOME}` are
/// understood, anything else that has to be worked out is not.
fn parse_directories(world: &World, text: &str, variable: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with('#') {
            continue;
        }
        for (at, _) in line.match_indices(variable) {
            let rest = &line[at + variable.len()..];
            // fish: `set -gx NAME value`.
            let Some(value) = rest.strip_prefix('=').or_else(|| rest.strip_prefix(' ')) else {
                continue;
            };
            found.extend(find_first_word(value).and_then(|word| expand_path(world, word)));
            if found.len() >= MOST {
                return found;
            }
        }
    }
    found
}

/// The first word of a text, without its quotes.
fn find_first_word(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let quoted = text.strip_prefix('"').or_else(|| text.strip_prefix('\''));
    let word = match quoted {
        Some(rest) => rest.split(['"', '\'']).next()?,
        None => text
            .split(|c: char| c.is_whitespace() || "\"';&|)".contains(c))
            .next()?,
    };
    (!word.is_empty()).then_some(word)
}

fn expand_path(world: &World, text: &str) -> Option<PathBuf> {
    let rest = ["~/", "$HOME/", "${HOME}/", "@{HOME}/"]
        .iter()
        .find_map(|home| text.strip_prefix(home));
    let path = rest.map_or_else(|| PathBuf::from(text), |rest| world.home.join(rest));
    let is_plain = !text.contains('`') && !rest.unwrap_or(text).contains('$');
    (path.is_absolute() && is_plain).then_some(path)
}
