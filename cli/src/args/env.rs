//! What can be typed after `adieu env`, `whoami` and `validate`: what `atmos.yaml` says of one identity.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::IdentityArgs;

/// Whom to show.
#[derive(Clone, Debug, Default, Args)]
pub struct WhoamiArgs {
    /// The identity, as with `-i`, or a profile of the AWS CLI
    #[arg(value_name = "NAME", conflicts_with = "chosen")]
    pub named: Option<String>,
    /// Who is shown.
    #[command(flatten)]
    pub identity: IdentityArgs,
    /// Tell from what is on disk, and ask the cloud nothing
    #[arg(long)]
    pub offline: bool,
    /// Trust this host with the keys although only a configuration file names it (repeatable)
    #[arg(long, value_name = "HOST")]
    pub allow_endpoint: Vec<String>,
}

/// How to validate.
#[derive(Clone, Debug, Default, Args)]
pub struct ValidateArgs {
    /// Also show what was read and what was found in it, as `--verbose`
    #[arg(short = 'v')]
    pub in_detail: bool,
}

/// Which variables to print, and how.
#[derive(Clone, Debug, Default, Args)]
pub struct EnvArgs {
    /// Whose variables.
    #[command(flatten)]
    pub identity: IdentityArgs,
    /// For which shell or file [env: ATMOS_AUTH_ENV_FORMAT] [default: bash]
    #[arg(short, long, value_enum)]
    pub format: Option<EnvFormat>,
    /// Append to this file instead of printing, also as `-o FILE`; `github` appends to $GITHUB_ENV by
    /// itself [env: ATMOS_AUTH_ENV_OUTPUT_FILE]
    #[arg(long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
    /// Take away the variables of this identity, or of all configured ones, that are set here and
    /// point at them
    #[arg(
        long,
        value_name = "NAME",
        num_args = 0..=1,
        default_missing_value = "",
        conflicts_with = "chosen"
    )]
    pub unset: Option<String>,
    /// Let atmos.yaml choose this variable too, although it may steer other programs, such as PATH
    /// (repeatable)
    #[arg(long, value_name = "NAME")]
    pub allow_variable: Vec<String>,
    /// Sign in first, if the identity is not signed in
    #[arg(long, conflicts_with = "unset")]
    pub login: bool,
    /// With `--unset`: take away all of these variables, set or not, wherever they point
    #[arg(long, requires = "unset")]
    pub all_variables: bool,
}

/// The forms of variables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum EnvFormat {
    /// `export NAME=value`, for bash, zsh and their like
    #[default]
    Bash,
    /// `set -gx NAME value`
    Fish,
    /// `$Env:NAME = 'value'`
    Powershell,
    /// `NAME=value`, quoted where needed
    Dotenv,
    /// `NAME=value`, never quoted
    #[value(alias = "env-no-export")]
    Env,
    /// `set "NAME=value"`, for cmd.exe
    WindowsCmd,
    /// The keys themselves, as `adieu credential-process` prints them
    Process,
    /// For the file that `$GITHUB_ENV` names
    Github,
    /// An object
    Json,
}
