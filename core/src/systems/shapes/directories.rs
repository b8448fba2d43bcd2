//! Which directories are a tool's own, and which of them nobody has described.

use std::collections::HashSet;

use crate::io::files::ConfinedPath;
use crate::systems::discovery::DiscoveryContext;
use crate::world::OperatingSystem;

/// A directory that holds the directories of many tools.
#[derive(Clone)]
pub(super) struct Root {
    pub(super) directory: ConfinedPath,
    /// Whether files of tools stand in it too.
    pub(super) has_files: bool,
    /// Whether only what begins with a dot is a tool's.
    is_home: bool,
    /// Its way from the home, with a final `/`.
    way: String,
}

/// Directories of systems that have code of their own, and of adieu itself: by their way from the home.
const DESCRIBED: [&str; 24] = [
    ".aws",
    ".azure",
    ".Azure",
    ".config/gcloud",
    ".atmos",
    ".config/atmos",
    ".local/share/atmos",
    ".cache/atmos",
    ".sfdx",
    ".sf",
    ".claude",
    ".claude.json",
    ".config/anthropic",
    ".config/ant",
    ".codex",
    ".gemini",
    ".copilot",
    ".config/copilot",
    ".cursor",
    ".config/cursor",
    ".local/share/opencode",
    ".aider",
    ".kube",
    ".config/adieu",
];

/// What is no tool's own place for sign-ins: caches, browsers, package trees, desktops, startup files
/// and histories, which the scan reads, and key rings that are keys and no sign-ins.
const LEFT_OUT: [&str; 66] = [
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
    ".deno",
    ".gradle",
    ".m2",
    ".ivy2",
    ".sbt",
    ".nuget",
    ".dotnet",
    ".conda",
    ".julia",
    ".cpan",
    ".gem",
    ".bundle",
    ".vscode",
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
    /// Names in it that a system or the catalogue describes.
    pub(super) fn described(&self, discovery: &DiscoveryContext<'_>) -> HashSet<&'static str> {
        let below = |place: &'static str| {
            let way = place.strip_prefix(self.way.as_str())?;
            way.split('/').next()
        };
        let paths = discovery
            .tools()
            .flat_map(|tool| tool.files)
            .flat_map(|file| file.paths);
        let of_catalogue = paths.filter_map(|path| {
            let (first, rest) = path.split_once('/')?;
            // Many tools share the directory of one library: what is in it is each tool's own.
            if rest.starts_with("configstore/") || rest.starts_with(".config/configstore/") {
                return None;
            }
            let base = match first {
                "~" => return below(rest),
                "$XDG_CONFIG_HOME" => ".config/",
                "$XDG_DATA_HOME" => ".local/share/",
                "$XDG_STATE_HOME" => ".local/state/",
                "$APPDATA" => "AppData/Roaming/",
                "$LOCALAPPDATA" => "AppData/Local/",
                _ => return None,
            };
            (base == self.way).then(|| rest.split('/').next()).flatten()
        });
        let of_systems = DESCRIBED.iter().filter_map(|place| below(place));
        of_catalogue.chain(of_systems).collect()
    }

    /// Whether an entry of it is no tool's, or one that others describe.
    pub(super) fn is_known(&self, name: &str, described: &HashSet<&str>) -> bool {
        (self.is_home && !name.starts_with('.')) || is_left_out(name) || described.contains(name)
    }
}

/// The directories of a person that tools keep theirs in.
pub(super) fn roots(discovery: &DiscoveryContext<'_>) -> Vec<Root> {
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
                has_files: below.is_empty() || *below == ".config",
                is_home: below.is_empty(),
                way,
            })
        })
        .collect()
}
