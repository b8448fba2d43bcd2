//! Directories that shell profiles hand to a tool, by a minimal reading: `NAME=value` wherever it
//! stands (an alias, an export, a function). The audit of profiles reads them properly; here only
//! places to look at are wanted, and one too many does no harm.

use std::path::PathBuf;

use crate::world::World;

/// Profiles that are read, in the home directory.
pub(super) const PROFILES: [&str; 9] = [
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

/// The absolute paths that a profile gives a variable; `~`, `$HOME` and `${HOME}` are understood,
/// anything else that has to be worked out is not.
pub(super) fn directories(world: &World, text: &str, variable: &str) -> Vec<PathBuf> {
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
            found.extend(word(value).and_then(|word| expanded(world, word)));
            if found.len() >= MOST {
                return found;
            }
        }
    }
    found
}

/// The first word of a text, without its quotes.
fn word(text: &str) -> Option<&str> {
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

fn expanded(world: &World, text: &str) -> Option<PathBuf> {
    let rest = ["~/", "$HOME/", "${HOME}/"]
        .iter()
        .find_map(|home| text.strip_prefix(home));
    let path = rest.map_or_else(|| PathBuf::from(text), |rest| world.home.join(rest));
    let is_plain = !text.contains('`') && !rest.unwrap_or(text).contains('$');
    (path.is_absolute() && is_plain).then_some(path)
}
