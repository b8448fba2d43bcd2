//! Which directories are a tool's own, and which of them nobody has described.

use std::path::Path;

use crate::io::files::ConfinedPath;
use crate::systems::discovery::{DirectoryEntry, DiscoveryContext};

/// A directory that holds the directories of many tools.
#[derive(Clone)]
pub(super) struct Root {
    pub(super) directory: ConfinedPath,
    /// Whether only what begins with a dot is a tool's.
    is_home: bool,
    /// Whether tools keep there what they can have again.
    pub(super) is_cache: bool,
    /// Its way from the home, with a final `/`.
    way: String,
}

/// Directories of systems that have code of their own, by their way from the home. What is called there
/// like a credential is looked into: a copy, a backup, another tool's.
const DESCRIBED: [&str; 16] = [
    ".aws",
    ".azure",
    ".Azure",
    ".config/gcloud",
    ".sfdx",
    ".sf",
    ".claude",
    ".config/anthropic",
    ".codex",
    ".gemini",
    ".copilot",
    ".config/copilot",
    ".cursor",
    ".config/cursor",
    ".kube",
    ".local/share/opencode",
];

/// The same of directories in which everything is known.
const KNOWN: [&str; 9] = [
    ".atmos",
    ".config/atmos",
    ".local/share/atmos",
    ".cache/atmos",
    ".config/ant",
    ".aider",
    ".config/adieu",
    ".local/state/adieu",
    ".local/share/adieu",
];

/// What is no tool's own place for sign-ins: browsers, package trees, desktops, and key rings that are
/// keys and no sign-ins.
const NEVER: [&str; 55] = [
    ".cache",
    ".config",
    ".local",
    ".mozilla",
    ".thunderbird",
    "google-chrome",
    "chromium",
    "BraveSoftware",
    "microsoft-edge",
    "vivaldi",
    "opera",
    "Trash",
    "keyrings",
    "kwalletd",
    "ibus",
    ".gnupg",
    ".pki",
    ".ssh",
    ".password-store",
    ".npm",
    ".pnpm-store",
    ".yarn",
    ".rustup",
    ".nvm",
    ".pyenv",
    ".rbenv",
    ".asdf",
    ".sdkman",
    ".jenv",
    ".nodenv",
    ".volta",
    ".cpan",
    ".oh-my-zsh",
    ".zsh_sessions",
    ".themes",
    ".icons",
    ".fonts",
    "fonts",
    "icons",
    "themes",
    "node_modules",
    "site-packages",
    "__pycache__",
    "translations",
    "locale",
    "locales",
    "i18n",
    "lang",
    "l10n",
    "completions",
    "completion",
    "site-functions",
    "syntax",
    "overlay",
    ".git",
];

/// Directories of work, caches and packages: there only what is unmistakably called like a credential is
/// looked into.
const SELDOM: [&str; 44] = [
    "installs",
    "versions",
    "toolchains",
    "venvs",
    "vendor",
    "mason",
    "lazy",
    "plugins",
    "snippets",
    "storage",
    ".vim",
    ".emacs.d",
    "nvim",
    "applications",
    "packages",
    "repository",
    "pkgs",
    "envs",
    "gems",
    "specifications",
    "wrapper",
    "daemon",
    "bin",
    "lib",
    "include",
    "docs",
    "dist",
    "projects",
    "sessions",
    "archived_sessions",
    "todos",
    "file-history",
    "shell-snapshots",
    "shell_snapshots",
    "paste-cache",
    "telemetry",
    "cliextensions",
    "virtenv",
    "extensions",
    "registry",
    "cache",
    "Cache",
    "caches",
    "logs",
];

/// Directories in which a described system keeps what is done with it.
const WORK: [&str; 9] = [
    "projects",
    "sessions",
    "archived_sessions",
    "todos",
    "file-history",
    "shell-snapshots",
    "shell_snapshots",
    "paste-cache",
    "telemetry",
];

/// Entries by which the tree of a package or program is known.
const OF_TREES: [&str; 8] = [
    "node_modules",
    "__pycache__",
    "go.mod",
    "package.json",
    "pyvenv.cfg",
    "Cargo.toml",
    "setup.py",
    ".git",
];

/// Whether a directory with these entries is the tree of a package or program.
pub(super) fn is_tree(entries: &[DirectoryEntry]) -> bool {
    entries
        .iter()
        .any(|entry| OF_TREES.contains(&entry.name.as_str()))
}

/// Whether a described system keeps in a directory of this name what is done with it.
pub(super) fn is_work(name: &str) -> bool {
    WORK.contains(&name)
}

/// Directories of keys that programs make for themselves at their first run.
const OF_PROGRAMS: [&str; 3] = ["x509stores", "insecure_private_keys", ".tilt-dev"];

/// Whether nothing is looked for in a directory of this name. Locks have tokens that say whose they are.
pub(super) fn is_left_out(name: &str) -> bool {
    NEVER.contains(&name)
        || OF_PROGRAMS.contains(&name)
        || name == "locks"
        || name.rsplit_once('.').is_some_and(|(_, end)| end == "lock")
}

/// Whether a directory of this name is one of work, caches or packages.
pub(super) fn is_seldom_used(name: &str) -> bool {
    SELDOM.contains(&name)
}

impl Root {
    /// Whether an entry of it is no tool's, or one of which everything is known.
    pub(super) fn is_known(&self, name: &str) -> bool {
        (self.is_home && !name.starts_with('.'))
            || is_left_out(name)
            || self.is_one_of(name, &KNOWN)
    }

    /// Whether an entry of it is the directory of a system that has code of its own.
    pub(super) fn is_described(&self, name: &str) -> bool {
        self.is_one_of(name, &DESCRIBED)
    }

    fn is_one_of(&self, name: &str, places: &[&str]) -> bool {
        let mut ways = places
            .iter()
            .filter_map(|place| place.strip_prefix(self.way.as_str()));
        ways.any(|way| way == name)
    }
}

/// Where tools keep theirs, from the home: the variable that moves it, and whether it is for caches.
const BASES: [(&str, Option<&str>, bool); 9] = [
    ("", None, false),
    (".config", Some("XDG_CONFIG_HOME"), false),
    (".local/share", Some("XDG_DATA_HOME"), false),
    (".local/state", Some("XDG_STATE_HOME"), false),
    (".cache", Some("XDG_CACHE_HOME"), true),
    // A home that was brought along from another system has these too.
    ("Library/Application Support", None, false),
    ("Library/Preferences", None, false),
    ("AppData/Roaming", Some("APPDATA"), false),
    ("AppData/Local", Some("LOCALAPPDATA"), false),
];

/// The directories of a person that tools keep theirs in: the usual ones, and those that variables name.
pub(super) fn list_roots(discovery: &DiscoveryContext<'_>) -> Vec<Root> {
    let world = discovery.world;
    let home = world.home_directory();
    let mut roots: Vec<Root> = Vec::new();
    for (below, variable, is_cache) in BASES {
        let usual = if below.is_empty() {
            Some(home.clone())
        } else {
            home.descend(below)
        };
        let named = variable
            .and_then(|variable| world.environment.get(variable))
            .map(Path::new)
            // Relative ones are ignored by the specification.
            .filter(|path| path.is_absolute())
            .map(|path| discovery.below(path));
        for directory in usual.into_iter().chain(named) {
            let path = directory.to_path();
            if roots.iter().any(|root| root.directory.to_path() == path) {
                continue;
            }
            roots.push(Root {
                directory,
                is_home: below.is_empty(),
                is_cache,
                way: if below.is_empty() {
                    String::new()
                } else {
                    format!("{below}/")
                },
            });
        }
    }
    roots
}
