//! Findings of a scan: a variable at a place, never its value.

use std::ops::Range;
use std::path::PathBuf;

use super::remedy::Remedy;
use crate::inventory::AssignmentState;
use crate::names::Known;
use crate::secret::Fingerprint;

/// One assignment of a secret, or of what changes which secret is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file, absolute; `None` for the environment of this process.
    pub file: Option<PathBuf>,
    /// The first line of the assignment, counted from 1; 0 in the environment.
    pub line: usize,
    /// The number of lines that it has.
    pub lines: usize,
    /// The variable; `None` for a bearer token in a header.
    pub name: Option<String>,
    /// The kind of name.
    pub known: Known,
    /// The language that the file is in.
    pub shell: Syntax,
    /// The kind of assignment.
    pub form: Form,
    /// Whether it has effect.
    pub state: AssignmentState,
    /// The kind of value.
    pub value: ValueKind,
    /// The files that lead to this one, the first first.
    pub via: Vec<PathBuf>,
    /// The remedy.
    pub remedy: Remedy,
    /// The secrets in it, where the scan was given a key for that.
    pub secrets: Vec<Fingerprint>,
    /// The exact place in the decoded text.
    pub(crate) span: Span,
}

impl Finding {
    /// Whether a program started now would get it.
    pub fn is_active(&self) -> bool {
        self.state == AssignmentState::Active
    }

    /// Whether a tool that is started from a new shell or session gets it. What is only set in a
    /// branch or a function counts: which way a branch goes is not known before it runs. What a
    /// directory, a service or one command gets does not.
    pub(crate) fn reaches_tools(&self) -> bool {
        let has_effect = matches!(
            self.state,
            AssignmentState::Active | AssignmentState::Conditional
        );
        let is_narrow = matches!(
            self.form,
            Form::Dotenv | Form::SystemdEnvironment | Form::SystemdEnvironmentFile
        ) || matches!(
            self.shell,
            Syntax::Direnv | Syntax::Mise | Syntax::Registry | Syntax::Unit
        );
        // The editor hands on what it has itself, which is found where that is set.
        let is_handed_on = self.shell == Syntax::VsCode && self.value == ValueKind::Variable;
        has_effect && !is_narrow && !is_handed_on && !matches!(self.value, ValueKind::Empty)
    }

    /// Whether a secret can be read at the place: a literal value that is not empty.
    pub fn holds_secret(&self) -> bool {
        self.value == ValueKind::Literal && self.known.kind.is_secret()
    }
}

/// The place where an assignment stands, in bytes of the decoded text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    /// The bytes that have to go: `N=v` of `export A=1 N=v`.
    pub(crate) item: Range<usize>,
    /// The whole command or entry that it is part of.
    pub(crate) statement: Range<usize>,
    /// The number of such items in the statement. When all of them go, the statement goes.
    pub(crate) items: usize,
    /// Whether the statement is in a block that may not become empty.
    pub(crate) in_block: bool,
    /// Whether the item can be taken out by itself at all.
    pub(crate) is_fixed: bool,
    /// Whether it stands in quoted text that is a script itself: an alias, what `eval` gets.
    pub(crate) is_nested: bool,
}

impl Span {
    /// A statement that is one assignment and nothing else.
    pub(crate) const fn whole(range: Range<usize>) -> Self {
        Self {
            item: range.start..range.end,
            statement: range,
            items: 1,
            in_block: false,
            is_fixed: false,
            is_nested: false,
        }
    }

    /// One that nobody can take out without guessing.
    pub(crate) const fn fixed(range: Range<usize>) -> Self {
        Self {
            is_fixed: true,
            ..Self::whole(range)
        }
    }
}

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$meaning:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$meaning])* $variant,)* }

        impl $name {
            /// The word in reports.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

words! {
    /// The kind of value that is assigned.
    ValueKind {
        /// The value stands there.
        Literal = "literal",
        /// Nothing; some programs take a set but empty variable for set.
        Empty = "empty",
        /// The value of another variable.
        Variable = "variable",
        /// The output of a command.
        Command = "command",
        /// The content of a file.
        File = "file",
    }
}

words! {
    /// The language of a file.
    Syntax {
        /// POSIX shell.
        Sh = "sh",
        /// Bash.
        Bash = "bash",
        /// Z shell.
        Zsh = "zsh",
        /// Korn shell.
        Ksh = "ksh",
        /// Fish.
        Fish = "fish",
        /// Fish's own file of universal variables.
        FishUniversal = "fish-universal",
        /// C shell and tcsh.
        Csh = "csh",
        /// PowerShell.
        PowerShell = "powershell",
        /// The Windows command prompt.
        Cmd = "cmd",
        /// An export of the Windows registry.
        Registry = "reg",
        /// Nushell.
        Nushell = "nushell",
        /// The environment of systemd's user manager.
        EnvironmentD = "environment.d",
        /// A systemd unit.
        Unit = "systemd-unit",
        /// `pam_env`: `.pam_environment` and `/etc/environment`.
        Pam = "pam",
        /// A property list of macOS's launchd.
        Launchd = "launchd",
        /// direnv's `.envrc`.
        Direnv = "direnv",
        /// `.env` files.
        Dotenv = "dotenv",
        /// Settings of Visual Studio Code and its relatives.
        VsCode = "vscode",
        /// tmux.
        Tmux = "tmux",
        /// mise.
        Mise = "mise",
        /// `~/.ssh/environment`.
        Ssh = "ssh",
        /// A line that was typed into a shell.
        History = "history",
        /// A file that a tool keeps credentials in.
        Credentials = "credentials",
        /// The environment of this process.
        Environment = "environment",
    }
}

words! {
    /// The way in which a variable is assigned.
    Form {
        /// `export N=v`.
        Export = "export",
        /// `N=v`, exported further down.
        AssignThenExport = "assign-then-export",
        /// `N=v`.
        Assign = "assign",
        /// `declare -x N=v` and its like.
        Declare = "declare",
        /// `: ${N:=v}`.
        DefaultExpansion = "default-expansion",
        /// `N=v` under `set -a`.
        Allexport = "allexport",
        /// `N=v command`.
        Inline = "inline",
        /// In an alias.
        Alias = "alias",
        /// fish `set`.
        FishSet = "fish-set",
        /// fish `set -U`.
        FishSetUniversal = "fish-set-universal",
        /// A line of `fish_variables`.
        FishUniversalFile = "fish-universal-file",
        /// csh `setenv`.
        Setenv = "setenv",
        /// `$env:N = v`.
        PsEnv = "ps-env",
        /// `Set-Item Env:N v`.
        PsSetItem = "ps-set-item",
        /// `SetEnvironmentVariable` for the process.
        PsSetenvProcess = "ps-setenv-process",
        /// `SetEnvironmentVariable` for the user.
        PsSetenvUser = "ps-setenv-user",
        /// `SetEnvironmentVariable` for the machine.
        PsSetenvMachine = "ps-setenv-machine",
        /// `setx N v`.
        Setx = "setx",
        /// `setx N v /M`.
        SetxMachine = "setx-machine",
        /// `set N=v`.
        CmdSet = "cmd-set",
        /// A value of `HKEY_CURRENT_USER\Environment`.
        RegistryUser = "registry-user",
        /// A value of the machine's environment key.
        RegistryMachine = "registry-machine",
        /// `$env.N = v`.
        NuEnv = "nu-env",
        /// `load-env { N: v }`.
        NuLoadEnv = "nu-load-env",
        /// A line of `environment.d`.
        EnvironmentD = "environment.d",
        /// `Environment=` of a unit.
        SystemdEnvironment = "systemd-environment",
        /// A line of a unit's `EnvironmentFile=`.
        SystemdEnvironmentFile = "systemd-environmentfile",
        /// A line for `pam_env`.
        PamEnv = "pam-env",
        /// `launchctl setenv`.
        LaunchctlSetenv = "launchctl-setenv",
        /// `EnvironmentVariables` of a launchd job.
        LaunchdEnvironment = "launchd-environment",
        /// A line of a `.env` file.
        Dotenv = "dotenv",
        /// `terminal.integrated.env.*`.
        VsCodeTerminalEnv = "vscode-terminal-env",
        /// The settings of an extension.
        VsCodeExtensionEnv = "vscode-extension-env",
        /// tmux `set-environment`.
        TmuxSetEnvironment = "tmux-set-environment",
        /// `[env]` of mise.
        MiseEnv = "mise-env",
        /// A line of `~/.ssh/environment`.
        SshEnvironment = "ssh-environment",
        /// Typed into a shell.
        History = "history",
        /// A member of a document.
        Member = "member",
        /// A line of a text in no known form.
        Line = "line",
        /// The whole file.
        WholeFile = "whole-file",
        /// Set in this process.
        Environment = "environment",
    }
}

impl Syntax {
    /// Whether the file is read by a POSIX-like shell.
    pub(crate) const fn is_posix(self) -> bool {
        matches!(
            self,
            Self::Sh | Self::Bash | Self::Zsh | Self::Ksh | Self::Direnv
        )
    }
}
