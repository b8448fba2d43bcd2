//! Directories that shell profiles hand to a tool, by a minimal reading: `NAME=value` wherever it
//! stands (an alias, an export, a function). The audit of profiles reads them properly; here only
//! places to look at are wanted, and one too many does no harm.

use std::path::PathBuf;

use crate::io::files::ConfinedPath;
use crate::systems::discovery::{DiscoveryContext, Lookup};
use crate::world::World;

/// Variables that name a directory of a tool's.
const VARIABLES: [&str; 4] = [
    "CLAUDE_CONFIG_DIR",
    "CODEX_HOME",
    "GEMINI_CLI_HOME",
    "COPILOT_HOME",
];

/// Profiles that are read, in the home directory.
const PROFILES: [&str; 9] = [
    ".bashrc",
    ".bash_aliases",
    ".bash_profile",
    ".profile",
    ".zshrc",
    ".zshenv",
    ".zprofile",
    ".aliases",
    ".config/fish/config.fish",
];

/// The most values that one file is believed to have.
const MOST: usize = 16;

/// Notes what the profiles give the variables.
pub(super) fn list_lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let home = discovery.world.home_directory();
    let files = PROFILES.iter().filter_map(|name| home.descend(name));
    let read = |file| {
        Lookup::shared(file, move |_, bytes, findings| {
            let text = String::from_utf8_lossy(bytes);
            let named = &mut findings.notes.ai.named;
            for variable in VARIABLES {
                let paths = parse_directories(discovery.world, &text, variable);
                named.entry(variable).or_default().extend(paths);
            }
        })
    };
    files.map(read).collect()
}

/// The directories of a tool that are known by themselves, and those that profiles give `variable`,
/// each once. `inside` is what the tool's own directory is called in those.
pub(super) fn list_directory_lookups<'a>(
    discovery: DiscoveryContext<'a>,
    variable: &'static str,
    known: Vec<ConfinedPath>,
    inside: Option<&'static str>,
    look: impl Fn(ConfinedPath) -> Lookup<'a> + 'a,
) -> Vec<Lookup<'a>> {
    let look = std::rc::Rc::new(look);
    let mut lookups: Vec<Lookup<'a>> = known.iter().cloned().map(|path| look(path)).collect();
    lookups.push(Lookup::next(move |findings| {
        let named = findings.notes.ai.named.get(variable);
        let mut seen: Vec<PathBuf> = known.iter().map(ConfinedPath::to_path).collect();
        let mut lookups = Vec::new();
        for path in named.into_iter().flatten() {
            let path = discovery.below(path);
            let path = match inside {
                Some(name) => path.join(name),
                None => Some(path),
            };
            let Some(path) = path.filter(|path| !seen.contains(&path.to_path())) else {
                continue;
            };
            seen.push(path.to_path());
            lookups.push(look(path));
        }
        lookups
    }));
    lookups
}

/// The absolute paths that a profile gives a variable; `~`, `$HOME` and `${HOME}` are understood,
/// anything else that has to be worked out is not.
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
    let rest = ["~/", "$HOME/", "${HOME}/"]
        .iter()
        .find_map(|home| text.strip_prefix(home));
    let path = rest.map_or_else(|| PathBuf::from(text), |rest| world.home.join(rest));
    let is_plain = !text.contains('`') && !rest.unwrap_or(text).contains('$');
    (path.is_absolute() && is_plain).then_some(path)
}
