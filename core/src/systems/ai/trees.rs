//! Directories of a tool's own, as far as what is in them is the tool's: by the names that it gives
//! its files. One in which everything is the tool's goes as a whole; else what is the tool's goes
//! piece by piece, and what somebody else put there stays.
//!
//! Only the directory itself is listed, so that looking costs the same however much is in it: a
//! directory in it that has a name of the tool's is the tool's with everything below.
//!
//! A directory for which no names are listed here is the tool's with everything in it, by what its
//! vendor says of it:
//!
//! - Claude Code empties `paste-cache`, `image-cache`, `file-history`, `shell-snapshots`, `debug` and
//!   `session-env` by itself, and calls them and `usage-data` and `feedback-bundles` application data
//!   (documentation, "Explore the .claude directory"); `~/.cache/claude-cli-nodejs` is its cache.
//! - Gemini CLI's `tmp` is its directory for temporary files, which it cleans (Gemini CLI
//!   `packages/core/src/config/storage.ts`).
//! - opencode's `storage` is a store with one file for each key (opencode
//!   `packages/opencode/src/storage/storage.ts`).

use std::rc::Rc;

use super::common::{build_file_place, build_tree_place};
use crate::inventory::Place;
use crate::io::files::ConfinedPath;
use crate::systems::System;
use crate::systems::discovery::{DirectoryEntry, InventoryBuilder, Lookup};

/// Names of a tool's own in a directory: `*` stands for any characters, `%` for a UUID; a slash at the
/// end says that it is a directory.
type Names = &'static [&'static str];

/// Tools, their directories, and the names of what they write there.
const LISTED: [(System, &str, Names); 9] = [
    // A directory for each project, named by its path with other characters than letters and digits
    // replaced. Source: the vendor's documentation of the directory.
    (System::CLAUDE, "projects", &["-*/", "*--*/"]),
    // Source: observation.
    (
        System::CLAUDE,
        "telemetry",
        &["1p_*.json", "*_failed_events*.json"],
    ),
    // A directory for each year. Source: Codex `codex-rs/rollout/src/recorder.rs`.
    (
        System::CODEX,
        "sessions",
        &["20*/", "rollout-*.jsonl", "rollout-*.json"],
    ),
    // Source: Codex `codex-rs/tui/src/lib.rs`.
    (System::CODEX, "log", &["*.log"]),
    // A repository for each project. Source: Gemini CLI `packages/core/src/services/gitService.ts`.
    (System::GEMINI, "history", &["*/"]),
    // Source of both: observation.
    (System::COPILOT, "logs", &["*.log", ".copilot-log.lock"]),
    (
        System::COPILOT,
        "session-state",
        &[
            "%/",
            "%.jsonl",
            "session_*.json",
            ".session-operation-locks",
            ".session-operation-locks/",
        ],
    ),
    (System::OPENCODE, "log", &["*.log"]),
    // A repository for each project. Source: opencode `packages/opencode/src/snapshot/index.ts`.
    (System::OPENCODE, "snapshot", &["*/"]),
];

/// What is done with a place that is the tool's.
pub(super) type Add<'a> = Rc<dyn Fn(Place, &mut InventoryBuilder<'_>) + 'a>;

/// A directory of that name in a tool's own directory: `add` gets it as a whole, or what of it is the
/// tool's.
pub(super) fn build_lookup<'a>(
    system: System,
    entry: &DirectoryEntry,
    path: &ConfinedPath,
    add: Add<'a>,
) -> Lookup<'a> {
    let name = entry.name.as_str();
    let mut listed = LISTED.iter();
    let Some((_, _, names)) = listed.find(|(of, known, _)| *of == system && *known == name) else {
        let path = path.clone();
        return Lookup::say(move |findings| add(build_tree_place(&path), findings));
    };
    let names: Names = names;
    // A link in it is no file that the tool wrote there, wherever it leads.
    let path = path.clone().without_links_below();
    Lookup::listed(path, None, move |path, entries| {
        let (own, others): (Vec<_>, Vec<_>) =
            entries.iter().partition(|entry| is_own(names, entry));
        let places: Vec<Place> = if others.is_empty() {
            vec![build_tree_place(path)]
        } else {
            let place = |entry: &&DirectoryEntry| {
                let path = entry.path_in(path)?;
                Some(if entry.is_directory {
                    build_tree_place(&path)
                } else {
                    build_file_place(&path)
                })
            };
            own.iter().filter_map(place).collect()
        };
        let strangers: Vec<Place> = others
            .iter()
            .filter_map(|entry| {
                let path = entry.path_in(path)?;
                Some(Place::Stranger { path })
            })
            .collect();
        let add = Rc::clone(&add);
        vec![Lookup::say(move |findings| {
            for place in places.iter().chain(&strangers) {
                add(place.clone(), findings);
            }
        })]
    })
}

fn is_own(names: Names, entry: &DirectoryEntry) -> bool {
    // A name that is not UTF-8 is none of the tool's.
    let is_text = entry.raw.is_none() && !entry.name.contains(char::REPLACEMENT_CHARACTER);
    if entry.is_link || !is_text {
        return false;
    }
    names.iter().any(|name| {
        let directory = name.strip_suffix('/');
        directory.is_some() == entry.is_directory
            && is_pattern_match(directory.unwrap_or(name), &entry.name)
    })
}

/// Whether a name is one that a pattern stands for.
fn is_pattern_match(pattern: &str, name: &str) -> bool {
    if let Some(rest) = pattern.strip_prefix('%') {
        return name.strip_suffix(rest).is_some_and(is_uuid);
    }
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut left) = name.strip_prefix(first) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return left.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return left.ends_with(part);
        }
        let Some(at) = left.find(part) else {
            return false;
        };
        left = &left[at + part.len()..];
    }
    true
}

fn is_uuid(name: &str) -> bool {
    let groups: Vec<&str> = name.split('-').collect();
    let is_hexadecimal = |group: &&str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]) && groups.iter().all(is_hexadecimal)
}

#[cfg(test)]
mod tests {
    use super::{Names, is_own, is_pattern_match};
    use crate::systems::discovery::DirectoryEntry;

    const UUID: &str = "00000000-0000-4000-8000-00000000cafe";

    #[test]
    fn names_fit_their_patterns() {
        for (pattern, name) in [
            ("*", "anything"),
            ("*.jsonl", "a.jsonl"),
            ("1p_failed_events*.json", "1p_failed_events.fake.json"),
            ("rollout-*.jsonl", "rollout-2026.jsonl"),
            ("%", UUID),
            ("memory", "memory"),
        ] {
            assert!(is_pattern_match(pattern, name), "{pattern} {name}");
        }
        let longer = format!("{UUID}0");
        for (pattern, name) in [
            ("*.jsonl", "a.json"),
            ("memory", "memory2"),
            ("ab*ba", "aba"),
            ("%", longer.as_str()),
            ("%.jsonl", "notes.jsonl"),
        ] {
            assert!(!is_pattern_match(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn entries_are_told_apart() {
        const NAMES: Names = &["*.jsonl", "-*/", "%/"];
        let is_own = |name: &str, is_directory: bool, is_link: bool| {
            let name = name.to_owned();
            let entry = DirectoryEntry {
                is_special: false,
                name,
                raw: None,
                is_directory,
                is_link,
            };
            is_own(NAMES, &entry)
        };
        assert!(is_own("a.jsonl", false, false));
        assert!(is_own("-home-user-repo", true, false));
        assert!(is_own(UUID, true, false));
        assert!(!is_own("notes.txt", false, false));
        assert!(!is_own("notes", true, false));
        assert!(!is_own("-notes", false, false));
        assert!(!is_own("a.jsonl", true, false));
        assert!(!is_own("a.jsonl", false, true));
        assert!(!is_own("\u{fffd}.jsonl", false, false));
    }
}
