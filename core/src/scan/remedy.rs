//! Remedies for a finding, in three parts: this shell, the place, the provider.

use super::finding::{Form, Syntax, ValueKind};
use crate::inventory::AssignmentState;
use crate::names::{Known, NameKind, revocation_page};
use crate::world::World;

/// The shells for which a line can be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// sh, bash, ksh.
    Posix,
    /// Z shell; the same lines.
    Zsh,
    /// Fish.
    Fish,
    /// C shell.
    Csh,
    /// PowerShell.
    PowerShell,
    /// The Windows command prompt.
    Cmd,
    /// Nushell.
    Nushell,
}

impl Shell {
    /// The shell that a program's path stands for (`$SHELL`).
    pub fn of_program(path: &str) -> Option<Self> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        Some(match name.strip_suffix(".exe").unwrap_or(name) {
            "sh" | "bash" | "dash" | "ash" | "ksh" | "mksh" | "rbash" => Self::Posix,
            "zsh" => Self::Zsh,
            "fish" => Self::Fish,
            "csh" | "tcsh" => Self::Csh,
            "pwsh" | "powershell" => Self::PowerShell,
            "cmd" => Self::Cmd,
            "nu" => Self::Nushell,
            _ => return None,
        })
    }

    /// The shell of a world's person, as far as `$SHELL` tells; else one like sh.
    pub fn of_world(world: &World) -> Self {
        let program = world.environment.get("SHELL");
        program.and_then(Self::of_program).unwrap_or(Self::Posix)
    }

    /// The line that takes a variable out of the running shell.
    pub fn unset(self, name: &str) -> String {
        match self {
            Self::Posix | Self::Zsh => format!("unset {name}"),
            Self::Fish => format!("set -e {name}"),
            Self::Csh => format!("unsetenv {name}"),
            Self::PowerShell => format!("Remove-Item Env:{name}"),
            Self::Cmd => format!("set {name}="),
            Self::Nushell => format!("hide-env {name}"),
        }
    }
}

/// The remedy for a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remedy {
    /// The line that takes it out of a running shell; `None` where nothing is set.
    pub shell: Option<String>,
    /// The command that takes it out of a store beside the file: fish's universal variables, the
    /// registry, launchd, systemd, tmux. Running programs keep their copy.
    pub store: Option<String>,
    /// The remedy at the place itself.
    pub place: String,
    /// The page where it can be revoked; `None` where it is no secret, or no page is known.
    pub revoke: Option<&'static str>,
}

impl Remedy {
    /// The remedy for an assignment that is read by `syntax`.
    pub(super) fn new(
        name: Option<&str>,
        known: Known,
        syntax: Syntax,
        form: Form,
        state: AssignmentState,
        value: ValueKind,
    ) -> Self {
        let is_set = matches!(
            state,
            AssignmentState::Active | AssignmentState::Conditional | AssignmentState::ShellOnly
        );
        let shell = shell_of(syntax);
        Self {
            shell: name
                .filter(|_| is_set && !is_switched_off(form))
                .map(|name| shell.unset(name)),
            store: name
                .filter(|_| is_set)
                .and_then(|name| build_store_command(name, form)),
            place: describe_place_remedy(known, state, value),
            revoke: known
                .provider
                .filter(|_| known.kind.is_secret() && value == ValueKind::Literal)
                .and_then(revocation_page),
        }
    }

    /// The remedy for a credential in a tool's own file.
    pub(super) fn of_credential(known: Known) -> Self {
        Self {
            shell: None,
            store: None,
            place:
                "sign out of the tool that keeps it (`adieu status`), or take it out of the file"
                    .to_owned(),
            revoke: known.provider.and_then(revocation_page),
        }
    }

    /// The remedy for a variable that is set in this process.
    pub(super) fn of_environment(name: &str, known: Known, value: ValueKind) -> Self {
        let all = Self::new(
            Some(name),
            known,
            Syntax::Environment,
            Form::Environment,
            AssignmentState::Active,
            value,
        );
        Self {
            place: "find the file that sets it with `adieu scan`".to_owned(),
            ..all
        }
    }

    /// The whole remedy as one sentence.
    pub fn sentence(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        if let Some(line) = &self.shell {
            parts.push(format!("run `{line}`"));
        }
        if let Some(line) = &self.store {
            parts.push(format!("run `{line}`"));
        }
        parts.push(self.place.clone());
        if let Some(page) = self.revoke {
            parts.push(format!("revoke it at {page}"));
        }
        parts.join("; ")
    }
}

/// Forms that do not set anything in the shell that reads them.
const fn is_switched_off(form: Form) -> bool {
    matches!(form, Form::Alias | Form::Inline | Form::History)
}

const fn shell_of(syntax: Syntax) -> Shell {
    match syntax {
        Syntax::Fish | Syntax::FishUniversal => Shell::Fish,
        Syntax::Csh => Shell::Csh,
        Syntax::PowerShell => Shell::PowerShell,
        Syntax::Cmd | Syntax::Registry => Shell::Cmd,
        Syntax::Nushell => Shell::Nushell,
        Syntax::Zsh => Shell::Zsh,
        _ => Shell::Posix,
    }
}

fn build_store_command(name: &str, form: Form) -> Option<String> {
    Some(match form {
        Form::FishSetUniversal | Form::FishUniversalFile => format!("set -Ue {name}"),
        Form::PsSetenvUser => {
            format!("[Environment]::SetEnvironmentVariable('{name}', $null, 'User')")
        }
        Form::PsSetenvMachine => {
            format!("[Environment]::SetEnvironmentVariable('{name}', $null, 'Machine')")
        }
        Form::Setx | Form::RegistryUser => format!("reg delete HKCU\\Environment /F /V {name}"),
        Form::SetxMachine | Form::RegistryMachine => format!(
            "reg delete \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session \
             Manager\\Environment\" /F /V {name}"
        ),
        Form::LaunchctlSetenv | Form::LaunchdEnvironment => format!("launchctl unsetenv {name}"),
        Form::EnvironmentD | Form::SystemdEnvironment | Form::SystemdEnvironmentFile => {
            format!("systemctl --user unset-environment {name}")
        }
        Form::TmuxSetEnvironment => format!("tmux set-environment -gu {name}"),
        _ => return None,
    })
}

fn describe_place_remedy(known: Known, state: AssignmentState, value: ValueKind) -> String {
    match (known.kind, state, value) {
        (_, AssignmentState::History, _) => "take the line out of the history",
        (NameKind::Switch(_), ..) => "take the line out of the file, unless it is meant",
        (NameKind::PointerToFile, ..) => {
            "take the line out of the file; see what the file that it names holds"
        }
        (_, _, ValueKind::Command | ValueKind::File | ValueKind::Variable) => {
            "take the line out of the file; the secret itself is kept elsewhere"
        }
        (_, _, ValueKind::Empty) => {
            "take the line out of the file: an empty variable still counts as set for some programs"
        }
        (_, AssignmentState::Commented | AssignmentState::Inert, _) => {
            "take the secret out of the file: it has no effect, but can be read"
        }
        _ => "take the assignment out of the file",
    }
    .to_owned()
}
