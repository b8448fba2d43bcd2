//! The files that are read when a shell, a login session or a tool starts, and the language in
//! which they are.
//!
//! Sources: the manuals of bash, zsh, fish, tcsh, PowerShell ("about_Profiles"), nushell;
//! environment.d(5), systemd.unit(5), pam_env(8), sshd(8), launchd.plist(5); direnv, mise, tmux and
//! Visual Studio Code ("Settings").

use std::path::Path;

use super::finding::Syntax;

/// A file that something reads by itself, or a file of a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) syntax: Syntax,
    /// Whether something reads it by itself; other files are read through these first.
    pub(super) is_entry: bool,
}

/// Files of a home directory that are read by themselves.
pub(super) const FILES: [&str; 71] = [
    ".profile",
    ".bash_profile",
    ".bash_login",
    ".bashrc",
    ".bash_aliases",
    ".bash_env",
    ".bash_logout",
    ".kshrc",
    ".mkshrc",
    ".shrc",
    ".shinit",
    ".xprofile",
    ".xsessionrc",
    ".xsession",
    ".xinitrc",
    ".zshenv",
    ".zprofile",
    ".zshrc",
    ".zlogin",
    ".zlogout",
    ".config/zsh/.zshenv",
    ".config/zsh/.zprofile",
    ".config/zsh/.zshrc",
    ".config/zsh/.zlogin",
    ".cshrc",
    ".tcshrc",
    ".login",
    ".logout",
    ".config/fish/config.fish",
    ".config/fish/fish_variables",
    ".config/powershell/Microsoft.PowerShell_profile.ps1",
    ".config/powershell/profile.ps1",
    "Documents/PowerShell/Microsoft.PowerShell_profile.ps1",
    "Documents/PowerShell/profile.ps1",
    "Documents/WindowsPowerShell/Microsoft.PowerShell_profile.ps1",
    "Documents/WindowsPowerShell/profile.ps1",
    ".config/nushell/env.nu",
    ".config/nushell/config.nu",
    ".config/nushell/login.nu",
    "Library/Application Support/nushell/env.nu",
    "Library/Application Support/nushell/config.nu",
    ".pam_environment",
    ".ssh/environment",
    ".env",
    ".envrc",
    ".tmux.conf",
    ".config/tmux/tmux.conf",
    ".config/mise/config.toml",
    ".config/mise.toml",
    ".mise.toml",
    "mise.toml",
    ".config/Code/User/settings.json",
    ".config/Code - Insiders/User/settings.json",
    ".config/VSCodium/User/settings.json",
    ".config/Cursor/User/settings.json",
    ".config/Windsurf/User/settings.json",
    ".vscode-server/data/Machine/settings.json",
    "Library/Application Support/Code/User/settings.json",
    "Library/Application Support/VSCodium/User/settings.json",
    "Library/Application Support/Cursor/User/settings.json",
    "AppData/Roaming/Code/User/settings.json",
    "AppData/Roaming/VSCodium/User/settings.json",
    "AppData/Roaming/Cursor/User/settings.json",
    ".bash_history",
    ".zsh_history",
    ".zhistory",
    ".histfile",
    ".sh_history",
    ".ksh_history",
    ".history",
    ".local/share/fish/fish_history",
];

/// Directories of a home directory of which every file is read by itself.
pub(super) const DIRECTORIES: [&str; 7] = [
    ".bashrc.d",
    ".zshrc.d",
    ".config/fish/conf.d",
    ".config/fish/functions",
    ".config/environment.d",
    ".config/systemd/user",
    "Library/LaunchAgents",
];

/// The same of the whole machine.
pub(super) const SYSTEM_FILES: [&str; 18] = [
    "etc/profile",
    "etc/bash.bashrc",
    "etc/bashrc",
    "etc/environment",
    "etc/zshenv",
    "etc/zprofile",
    "etc/zshrc",
    "etc/zlogin",
    "etc/zsh/zshenv",
    "etc/zsh/zprofile",
    "etc/zsh/zshrc",
    "etc/zsh/zlogin",
    "etc/csh.cshrc",
    "etc/csh.login",
    "etc/fish/config.fish",
    "etc/tmux.conf",
    "etc/mise/config.toml",
    "etc/powershell/profile.ps1",
];

/// Directories of the whole machine.
pub(super) const SYSTEM_DIRECTORIES: [&str; 4] = [
    "etc/profile.d",
    "etc/environment.d",
    "etc/fish/conf.d",
    "etc/systemd/user",
];

/// Directories that a walk does not enter: what others wrote, and a great deal of it.
pub(super) const SKIPPED: [&str; 6] = [
    ".git",
    ".hg",
    ".svn",
    "node_modules",
    ".cache",
    "__pycache__",
];

#[expect(
    clippy::unnecessary_wraps,
    reason = "an arm among others of which one is none"
)]
const fn build_entry_kind(syntax: Syntax) -> Option<Kind> {
    Some(Kind {
        syntax,
        is_entry: true,
    })
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "an arm among others of which one is none"
)]
const fn build_other_kind(syntax: Syntax) -> Option<Kind> {
    Some(Kind {
        syntax,
        is_entry: false,
    })
}

/// Tells what a file is, by its name and the directories that it is in; `None` if it is of no
/// interest.
pub(super) fn find_kind(path: &Path) -> Option<Kind> {
    let name = path.file_name()?.to_str()?;
    let mut above = path
        .parent()
        .into_iter()
        .flat_map(Path::components)
        .rev()
        .filter_map(|component| component.as_os_str().to_str());
    let (parent, grandparent) = (
        above.next().unwrap_or_default(),
        above.next().unwrap_or_default(),
    );
    by_name(name, parent)
        .or_else(|| by_directory(name, parent, grandparent))
        .or_else(|| by_form(name))
}

fn by_name(name: &str, parent: &str) -> Option<Kind> {
    match name {
        ".bashrc" | ".bash_profile" | ".bash_login" | ".bash_logout" | ".bash_aliases"
        | ".bash_env" | "bash.bashrc" | "bashrc" => build_entry_kind(Syntax::Bash),
        ".profile" | ".xprofile" | ".xsessionrc" | ".xsession" | ".xinitrc" | ".shrc"
        | ".shinit" => build_entry_kind(Syntax::Sh),
        "profile" if parent == "etc" => build_entry_kind(Syntax::Sh),
        ".kshrc" | ".mkshrc" => build_entry_kind(Syntax::Ksh),
        ".zshenv" | ".zprofile" | ".zshrc" | ".zlogin" | ".zlogout" | "zshenv" | "zprofile"
        | "zshrc" | "zlogin" => build_entry_kind(Syntax::Zsh),
        ".login" | ".cshrc" | ".tcshrc" | ".logout" | "csh.cshrc" | "csh.login" => {
            build_entry_kind(Syntax::Csh)
        }
        "config.fish" => build_entry_kind(Syntax::Fish),
        "fish_variables" => build_entry_kind(Syntax::FishUniversal),
        "Microsoft.PowerShell_profile.ps1" | "Microsoft.VSCode_profile.ps1" | "profile.ps1" => {
            build_entry_kind(Syntax::PowerShell)
        }
        "env.nu" | "config.nu" | "login.nu" => build_entry_kind(Syntax::Nushell),
        ".pam_environment" => build_entry_kind(Syntax::Pam),
        "environment" if parent == "etc" => build_entry_kind(Syntax::Pam),
        "environment" if parent == ".ssh" => build_entry_kind(Syntax::Ssh),
        ".envrc" => build_entry_kind(Syntax::Direnv),
        ".env" => build_entry_kind(Syntax::Dotenv),
        ".tmux.conf" | "tmux.conf" => build_entry_kind(Syntax::Tmux),
        ".mise.toml" | "mise.toml" => build_entry_kind(Syntax::Mise),
        "config.toml" if parent == "mise" => build_entry_kind(Syntax::Mise),
        "settings.json" if matches!(parent, "User" | ".vscode" | "Machine") => {
            build_entry_kind(Syntax::VsCode)
        }
        ".bash_history" | ".zsh_history" | ".zhistory" | ".histfile" | ".sh_history"
        | ".ksh_history" | ".history" | "fish_history" => build_entry_kind(Syntax::History),
        _ => None,
    }
}

fn by_directory(name: &str, parent: &str, grandparent: &str) -> Option<Kind> {
    let ends = |end: &str| name.ends_with(end);
    match parent {
        "environment.d" if ends(".conf") => build_entry_kind(Syntax::EnvironmentD),
        "conf.d" | "functions" if ends(".fish") => build_entry_kind(Syntax::Fish),
        "LaunchAgents" | "LaunchDaemons" if ends(".plist") => build_entry_kind(Syntax::Launchd),
        ".bashrc.d" => build_entry_kind(Syntax::Bash),
        ".zshrc.d" => build_entry_kind(Syntax::Zsh),
        "profile.d" if ends(".sh") => build_entry_kind(Syntax::Sh),
        "profile.d" if ends(".csh") => build_entry_kind(Syntax::Csh),
        _ if parent.ends_with(".service.d") && ends(".conf") => build_entry_kind(Syntax::Unit),
        "user" | "system" if grandparent == "systemd" && ends(".service") => {
            build_entry_kind(Syntax::Unit)
        }
        _ => None,
    }
}

/// Files of a language, and files that are named after one that is read by itself.
fn by_form(name: &str) -> Option<Kind> {
    if let Some(kind) = by_beginning(name) {
        return Some(kind);
    }
    match name.rsplit_once('.')?.1 {
        "sh" => build_other_kind(Syntax::Sh),
        "bash" => build_other_kind(Syntax::Bash),
        "zsh" => build_other_kind(Syntax::Zsh),
        "ksh" => build_other_kind(Syntax::Ksh),
        "fish" => build_other_kind(Syntax::Fish),
        "csh" | "tcsh" => build_other_kind(Syntax::Csh),
        "ps1" | "psm1" => build_other_kind(Syntax::PowerShell),
        "cmd" | "bat" => build_other_kind(Syntax::Cmd),
        "reg" => build_other_kind(Syntax::Registry),
        "nu" => build_other_kind(Syntax::Nushell),
        "env" => build_other_kind(Syntax::Dotenv),
        "service" => build_other_kind(Syntax::Unit),
        "code-workspace" => build_other_kind(Syntax::VsCode),
        _ => None,
    }
}

fn by_beginning(name: &str) -> Option<Kind> {
    const BEGINNINGS: [(&str, Syntax); 8] = [
        (".env.", Syntax::Dotenv),
        (".envrc.", Syntax::Direnv),
        (".bashrc", Syntax::Bash),
        (".bash_", Syntax::Bash),
        (".zshrc", Syntax::Zsh),
        (".zshenv", Syntax::Zsh),
        (".profile", Syntax::Sh),
        (".cshrc", Syntax::Csh),
    ];
    const CUSTOMARY: [&str; 9] = [
        ".aliases",
        ".exports",
        ".extra",
        ".functions",
        ".path",
        ".secrets",
        ".tokens",
        ".localrc",
        ".keys",
    ];
    if CUSTOMARY.contains(&name) {
        return build_other_kind(Syntax::Sh);
    }
    BEGINNINGS
        .iter()
        .find(|(beginning, _)| name.starts_with(beginning))
        .and_then(|(_, syntax)| build_other_kind(*syntax))
}

/// Tells what a file is called that another one reads: a hidden file is of the kind of its reader,
/// any other of the kind that its name says.
pub(super) fn find_label(path: &Path, reader: Syntax) -> Syntax {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    if name == ".env" || name.starts_with(".env.") {
        return Syntax::Dotenv;
    }
    if name.starts_with('.') {
        return reader;
    }
    by_form(name).map_or(reader, |kind| kind.syntax)
}

/// The language that the first line of a script names.
pub(super) fn of_first_line(text: &[u8]) -> Option<Syntax> {
    let line = text.split(|byte| *byte == b'\n').next()?;
    let line = std::str::from_utf8(line.strip_prefix(b"#!")?).ok()?;
    let program = line
        .split_whitespace()
        .map(|word| word.rsplit('/').next().unwrap_or(word))
        .find(|word| *word != "env" && !word.starts_with('-'))?;
    Some(match program {
        "sh" | "dash" | "ash" => Syntax::Sh,
        "bash" => Syntax::Bash,
        "zsh" => Syntax::Zsh,
        "ksh" | "mksh" => Syntax::Ksh,
        "fish" => Syntax::Fish,
        "csh" | "tcsh" => Syntax::Csh,
        "pwsh" => Syntax::PowerShell,
        "nu" => Syntax::Nushell,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_the_lists_is_read_by_itself() {
        for file in FILES.iter().chain(&SYSTEM_FILES) {
            let kind = find_kind(Path::new(file)).unwrap_or_else(|| panic!("{file}"));
            assert!(kind.is_entry, "{file}");
        }
    }

    #[test]
    fn names_tell_the_language() {
        let syntax = |path| find_kind(Path::new(path)).map(|kind| kind.syntax);
        assert_eq!(syntax("x/.env.local"), Some(Syntax::Dotenv));
        assert_eq!(syntax("x/.envrc"), Some(Syntax::Direnv));
        assert_eq!(syntax("x/.zshrc.local"), Some(Syntax::Zsh));
        assert_eq!(syntax("user/settings.json"), None);
        assert_eq!(syntax("README.md"), None);
        assert_eq!(
            of_first_line(b"#!/usr/bin/env -S bash -e\n"),
            Some(Syntax::Bash)
        );
        assert_eq!(of_first_line(b"#!/usr/bin/python3\n"), None);
    }
}
