//! Which directories are a tool's own, and which of them nobody has described.

use std::collections::BTreeSet;

use crate::catalogue;
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
    /// Names in it that a system or the catalogue describes.
    known: BTreeSet<String>,
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
    /// Whether an entry of it is no tool's, or one that others describe.
    pub(super) fn is_known(&self, name: &str) -> bool {
        (self.is_home && !name.starts_with('.')) || is_left_out(name) || self.known.contains(name)
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
    let ways = known_ways();
    below
        .iter()
        .filter_map(|below| {
            let directory = match *below {
                "" => home.clone(),
                below => home.descend(below)?,
            };
            let prefix = match *below {
                "" => String::new(),
                below => format!("{below}/"),
            };
            let known = ways
                .iter()
                .filter_map(|way| way.strip_prefix(&prefix)?.split('/').next())
                .map(str::to_owned)
                .collect();
            Some(Root {
                directory,
                has_files: below.is_empty() || *below == ".config",
                is_home: below.is_empty(),
                known,
            })
        })
        .collect()
}

/// The places that are described, by their way from the home.
fn known_ways() -> Vec<String> {
    let paths = catalogue::tools()
        .iter()
        .flat_map(|tool| tool.files)
        .flat_map(|file| file.paths);
    let of_catalogue = paths.filter_map(|path| {
        let (first, rest) = path.split_once('/')?;
        Some(match first {
            "~" => rest.to_owned(),
            "$XDG_CONFIG_HOME" => format!(".config/{rest}"),
            "$XDG_DATA_HOME" => format!(".local/share/{rest}"),
            "$XDG_STATE_HOME" => format!(".local/state/{rest}"),
            "$APPDATA" => format!("AppData/Roaming/{rest}"),
            "$LOCALAPPDATA" => format!("AppData/Local/{rest}"),
            _ => return None,
        })
    });
    // Many tools share a directory of one library's: what is in it is each tool's own.
    let of_catalogue = of_catalogue.filter(|way| !way.starts_with(".config/configstore/"));
    let described = DESCRIBED.iter().map(|way| (*way).to_owned());
    of_catalogue.chain(described).collect()
}
