//! Which directories are a tool's own, and which of them nobody has described.

use crate::io::files::ConfinedPath;
use crate::systems::discovery::DiscoveryContext;
use crate::world::OperatingSystem;

/// A directory that holds the directories of many tools.
#[derive(Clone)]
pub(super) struct Root {
    pub(super) directory: ConfinedPath,
    /// Whether only what begins with a dot is a tool's.
    is_home: bool,
    /// Its way from the home, with a final `/`.
    way: String,
}

/// Directories of systems that have code of their own, by their way from the home. What is called there
/// like a credential is looked into: a copy, a backup, another tool's.
const DESCRIBED: [&str; 15] = [
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
];

/// The same of directories in which everything is known.
const KNOWN: [&str; 11] = [
    ".atmos",
    ".config/atmos",
    ".local/share/atmos",
    ".cache/atmos",
    ".claude.json",
    ".config/ant",
    ".local/share/opencode",
    ".aider",
    ".config/adieu",
    ".local/state/adieu",
    ".local/share/adieu",
];

/// What is no tool's own place for sign-ins: caches, browsers, package trees, desktops, startup files
/// and histories, which the scan reads, and key rings that are keys and no sign-ins.
const LEFT_OUT: [&str; 78] = [
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
    ".vscode-server",
    ".oh-my-zsh",
    ".zsh_sessions",
    ".vim",
    ".emacs.d",
    "nvim",
    ".themes",
    ".icons",
    ".fonts",
    "fonts",
    "icons",
    "themes",
    "applications",
    "node_modules",
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
    "site-packages",
    "extensions",
    "registry",
    "cache",
    "Cache",
    "caches",
    "logs",
    ".git",
    "locale",
];

/// Whether nothing is looked for in a directory of this name.
pub(super) fn is_left_out(name: &str) -> bool {
    LEFT_OUT.contains(&name)
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

/// The directories of a person that tools keep theirs in.
pub(super) fn list_roots(discovery: &DiscoveryContext<'_>) -> Vec<Root> {
    let below: &[&str] = match discovery.world.operating_system {
        OperatingSystem::Linux => &["", ".config", ".local/share", ".local/state"],
        OperatingSystem::MacOs => &[
            "",
            ".config",
            ".local/share",
            "Library/Application Support",
            "Library/Preferences",
        ],
        OperatingSystem::Windows => &["", ".config", "AppData/Roaming", "AppData/Local"],
    };
    let home = discovery.world.home_directory();
    below
        .iter()
        .filter_map(|below| {
            let directory = match *below {
                "" => home.clone(),
                below => home.descend(below)?,
            };
            let way = match *below {
                "" => String::new(),
                below => format!("{below}/"),
            };
            Some(Root {
                directory,
                is_home: below.is_empty(),
                way,
            })
        })
        .collect()
}
