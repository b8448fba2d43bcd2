//! Where is searched: histories, profiles, the directories of the tools whose secrets went, and those in
//! which other tools write down what they were shown.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::inventory::{Place, ResidueKind};
use crate::io::files::{ConfinedPath, EntryKind, Files};
use crate::plan::Plan;
use crate::scan::{history_files, profile_files};
use crate::world::World;

/// Histories beside those of shells.
///
/// Sources: the manuals of less, Python (`site`), psql, mysql, sqlite3, redis-cli, mongosh, node, irb, vim,
/// nushell, atuin and PowerShell (`PSReadLine`).
const HISTORIES: [&str; 24] = [
    ".local/share/powershell/PSReadLine/ConsoleHost_history.txt",
    "AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt",
    ".lesshst",
    ".local/state/lesshst",
    ".local/state/less/history",
    ".python_history",
    ".local/state/python_history",
    ".psql_history",
    ".mysql_history",
    ".mariadb_history",
    ".sqlite_history",
    ".rediscli_history",
    ".mongosh/mongosh_repl_history",
    ".dbshell",
    ".node_repl_history",
    ".irb_history",
    ".local/share/irb/history",
    ".bash_sessions",
    ".zsh_sessions",
    ".viminfo",
    ".config/nushell/history.txt",
    ".config/nushell/history.sqlite3",
    ".local/share/atuin/history.db",
    ".local/share/zsh/history",
];

/// Directories in which tools write down what they were shown or what they did: a secret of any tool gets
/// there.
const ROOMS: [&str; 26] = [
    ".aws/cli/history",
    ".azure/logs",
    ".azure/commands",
    ".azure/telemetry",
    ".config/gcloud/logs",
    ".npm/_logs",
    ".claude",
    ".cache/claude-cli-nodejs",
    ".codex",
    ".gemini",
    ".copilot",
    ".cursor/projects",
    ".cursor/chats",
    ".local/share/opencode",
    ".local/share/amp",
    ".aider.chat.history.md",
    ".aider.input.history",
    ".config/Code/logs",
    ".config/Code/User/History",
    ".config/Cursor/logs",
    ".config/Cursor/User/History",
    ".local/state/nvim",
    ".local/share/nvim/swap",
    ".vim/swap",
    ".vim/undo",
    ".emacs.d/auto-save-list",
];

/// Directories that hold the directories of many tools.
const BASES: [&str; 9] = [
    ".config",
    ".local/share",
    ".local/state",
    ".cache",
    "Library/Application Support",
    "Library/Caches",
    "Library/Logs",
    "AppData/Roaming",
    "AppData/Local",
];

/// Directories that are not entered: what others published and a great deal of it, and what is no record.
const LEFT_OUT: [&str; 13] = [
    // Nothing is written down there but sign-ins, those of other configurations too.
    "atmos",
    "node_modules",
    ".git",
    "site-packages",
    "registry",
    "extensions",
    "Cache",
    "CachedData",
    "GPUCache",
    "Code Cache",
    "_cacache",
    "_npx",
    "plugins",
];

/// How many directories may lie in each other.
const DEPTH: usize = 8;

/// A place to search.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Root {
    pub(super) path: ConfinedPath,
    pub(super) kind: ResidueKind,
    /// Only what is called after a file in it: an earlier version of that.
    pub(super) only_beside: Option<String>,
}

/// Every place that may be searched after a plan, the likeliest first.
pub(super) fn roots(world: &World, plan: &Plan) -> Vec<Root> {
    let home = world.home_directory();
    let in_home = |relative: &str| home.descend(relative);
    let mut roots: Vec<Root> = Vec::new();
    let mut known: BTreeSet<(PathBuf, Option<String>)> = BTreeSet::new();
    let mut add = |path: Option<ConfinedPath>, kind, only_beside: Option<String>| {
        if let Some(path) = path
            && known.insert((path.to_path(), only_beside.clone()))
        {
            roots.push(Root {
                path,
                kind,
                only_beside,
            });
        }
    };
    for file in history_files().chain(HISTORIES) {
        add(in_home(file), ResidueKind::History, None);
    }
    let named = [("HISTFILE", ""), ("ZDOTDIR", ".zsh_history")];
    for (variable, name) in named {
        let value = world.environment.get(variable);
        let path = value.map(|value| world.working_directory.join(value).join(name));
        let below = path
            .as_deref()
            .and_then(|path| path.strip_prefix(&world.home).ok());
        let below = below
            .and_then(Path::to_str)
            .map(|way| way.trim_end_matches('/'));
        add(below.and_then(in_home), ResidueKind::History, None);
    }
    for file in profile_files() {
        add(in_home(file), ResidueKind::Profile, None);
    }
    let acting = plan.steps.iter().filter(|step| step.acts());
    let removed: Vec<&ConfinedPath> = acting
        .filter_map(|step| step.place().and_then(Place::file))
        .collect();
    for file in &removed {
        let name = file.file_name().map(str::to_owned);
        add(file.parent(), ResidueKind::Backup, name);
    }
    for file in removed {
        for way in rooms(world, &file.to_path()) {
            add(in_home(&way), ResidueKind::Log, None);
        }
    }
    for room in ROOMS {
        add(in_home(room), ResidueKind::Log, None);
    }
    roots
}

/// The directories of the tool that a file belongs to, by their ways from the home: its own, and those of
/// the same name where other kinds of data go.
fn rooms(world: &World, file: &Path) -> Vec<String> {
    let Ok(way) = file.strip_prefix(&world.home) else {
        return Vec::new();
    };
    let Some(way) = way.to_str() else {
        return Vec::new();
    };
    let base = BASES.iter().find(|base| {
        let rest = way.strip_prefix(**base);
        rest.is_some_and(|rest| rest.starts_with('/'))
    });
    let (base, rest) = match base {
        Some(base) => (Some(*base), &way[base.len() + 1..]),
        None => (None, way),
    };
    let Some((tool, _)) = rest.split_once('/') else {
        return Vec::new();
    };
    let is_tool = base.is_some() || tool.starts_with('.');
    if !is_tool || LEFT_OUT.contains(&tool.trim_start_matches('.')) {
        return Vec::new();
    }
    let own = base.map_or_else(|| tool.to_owned(), |base| format!("{base}/{tool}"));
    let name = tool.trim_start_matches('.');
    let others = BASES.iter().map(|base| format!("{base}/{name}"));
    let in_home = std::iter::once(format!(".{name}"));
    std::iter::once(own).chain(in_home).chain(others).collect()
}

/// Whether a name is that of an earlier or unsaved version of a file.
///
/// Sources: the manuals of vim ("swap-file", "backup"), Emacs ("Backup Names", "Auto Save Files"), nano,
/// GNU patch, dpkg.
pub(super) fn is_version_of(name: &str, of: &str) -> bool {
    const ENDS: [&str; 14] = [
        "~", ".bak", ".backup", ".orig", ".old", ".save", ".swp", ".swo", ".swn", ".tmp", ".un~",
        ".rej", ".copy", ".prev",
    ];
    if name == of {
        return false;
    }
    let bare = name.trim_start_matches('.');
    let of_bare = of.trim_start_matches('.');
    if bare == format!("#{of}#") || bare == format!("#{of_bare}#") || name == format!("#{of}#") {
        return true;
    }
    let Some(rest) = bare.strip_prefix(of_bare) else {
        // `config.bak.json` of `config.json`.
        let (stem, end) = of_bare.rsplit_once('.').unwrap_or((of_bare, ""));
        let inner = bare
            .strip_prefix(stem)
            .and_then(|rest| rest.strip_suffix(end));
        return !end.is_empty()
            && inner.is_some_and(|inner| ENDS.contains(&inner.trim_end_matches('.')));
    };
    let rest = rest.to_ascii_lowercase();
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    ENDS.iter().any(|end| {
        rest.strip_prefix(end).is_some_and(|more| {
            // `.bak.1`, `.bak-20261130`, `.backup.2026…`
            more.is_empty() || is_number(more.trim_matches(['.', '-', '_', '~']))
        })
    }) || rest.strip_prefix(['.', '-', '_']).is_some_and(is_number)
        || (rest.starts_with(".~") && rest.ends_with('~'))
}

/// The files of a place, a directory's with everything below it; `false` once `take` wants no more.
pub(super) fn walk(
    files: &Files,
    root: &Root,
    gaps: &mut Vec<String>,
    take: &mut dyn FnMut(ConfinedPath, &Files) -> bool,
) -> bool {
    let listed = match files.probe(&root.path) {
        Ok(Some(found)) if found.kind == EntryKind::File => {
            return take(root.path.clone(), files);
        }
        Ok(Some(found)) if found.kind == EntryKind::Directory => root.path.clone(),
        _ => return true,
    };
    let mut waiting = vec![(listed, 0)];
    while let Some((directory, depth)) = waiting.pop() {
        let entries = match files.list(&directory) {
            Ok(entries) => entries.unwrap_or_default(),
            Err(error) => {
                gaps.push(format!("{}: {error}", directory.to_path().display()));
                continue;
            }
        };
        for entry in entries {
            let name = entry.raw.as_deref().unwrap_or(OsStr::new(&entry.name));
            let Some(path) = directory.entry(name) else {
                continue;
            };
            let goes_on = match (entry.kind, &root.only_beside) {
                (EntryKind::File, Some(of)) => !is_version_of(&entry.name, of) || take(path, files),
                (EntryKind::File, None) => take(path, files),
                (EntryKind::Directory, None) => {
                    if depth < DEPTH && !LEFT_OUT.contains(&entry.name.as_str()) {
                        waiting.push((path, depth + 1));
                    }
                    true
                }
                _ => true,
            };
            if !goes_on {
                return false;
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_versions_are_known_by_their_names() {
        for (name, of) in [
            ("config.json~", "config.json"),
            ("config.json.bak", "config.json"),
            ("config.json.bak.1", "config.json"),
            ("config.json.BAK", "config.json"),
            ("config.json.bak-20261130", "config.json"),
            ("config.bak.json", "config.json"),
            ("config.json.orig", "config.json"),
            ("config.json.1", "config.json"),
            (".config.json.swp", "config.json"),
            (".netrc.swp", ".netrc"),
            (".netrc~", ".netrc"),
            ("#config.json#", "config.json"),
            ("#.netrc#", ".netrc"),
            ("credentials.old", "credentials"),
            ("credentials.~1~", "credentials"),
        ] {
            assert!(is_version_of(name, of), "{name}");
        }
        for (name, of) in [
            ("config.json", "config.json"),
            ("config.json.lock", "config.json"),
            ("config.jsonc", "config.json"),
            ("credentials.db", "credentials"),
            ("other.bak", "config.json"),
        ] {
            assert!(!is_version_of(name, of), "{name}");
        }
    }

    #[test]
    fn tools_have_rooms_of_their_own_and_of_their_name() {
        let world = World::fixed("/home/ana", jiff::Timestamp::UNIX_EPOCH);
        let rooms = |file: &str| rooms(&world, Path::new(file));
        assert!(rooms("/home/ana/.config/gh/hosts.yml").starts_with(&[".config/gh".to_owned()]));
        let of_gh = rooms("/home/ana/.config/gh/hosts.yml");
        assert!(of_gh.contains(&".local/state/gh".to_owned()));
        assert_eq!(rooms("/home/ana/.codex/auth.json")[0], ".codex");
        for file in [
            "/home/ana/.netrc",
            "/home/ana/.config/token",
            "/home/ana/work/x/.env",
            "/srv/x/y",
        ] {
            assert!(rooms(file).is_empty(), "{file}");
        }
    }
}
