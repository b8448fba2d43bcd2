//! What can be typed after the commands that use an identity: `exec`, `shell`, `credential-process`.

use std::ffi::OsString;

use clap::Args;

use super::ASK;

/// Whose sign-in is used.
#[derive(Clone, Debug, Default, Args)]
pub struct IdentityArgs {
    /// The identity; without a value, a menu [env: ATMOS_IDENTITY, IDENTITY] [default: the default
    /// identity]
    #[arg(
        short = 'i',
        long = "identity",
        value_name = "NAME",
        num_args = 0..=1,
        default_missing_value = ASK
    )]
    pub chosen: Option<String>,
}

/// What to run.
#[derive(Clone, Debug, Default, Args)]
pub struct ExecArgs {
    /// Whose sign-in is used.
    #[command(flatten)]
    pub identity: IdentityArgs,
    /// The command with its arguments
    #[arg(value_name = "COMMAND", trailing_var_arg = true)]
    pub words: Vec<OsString>,
}

/// Which shell to start, and what comes after it.
#[derive(Clone, Debug, Default, Args)]
pub struct ShellArgs {
    /// Whose sign-in is used.
    #[command(flatten)]
    pub identity: IdentityArgs,
    /// The shell [env: ATMOS_SHELL, SHELL] [default: bash, sh]
    #[arg(long, value_name = "PROGRAM")]
    pub shell: Option<OsString>,
    /// Log out of the identity when the shell has ended
    #[arg(long)]
    pub logout_on_exit: bool,
    /// Arguments of the shell
    #[arg(value_name = "WORD", last = true)]
    pub words: Vec<OsString>,
}

/// Whose keys to print.
#[derive(Clone, Debug, Default, Args)]
pub struct CredentialProcessArgs {
    /// The identity
    #[arg(value_name = "IDENTITY")]
    pub identity: String,
    /// Print the keys although standard output is a terminal
    #[arg(long)]
    pub print: bool,
}
