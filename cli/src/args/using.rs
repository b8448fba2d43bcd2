//! What can be typed after the commands that use an identity: `exec`, `shell`, `credential-process`, `console`, `token`.

use std::ffi::OsString;

use std::time::Duration;

use clap::Args;

use super::ASK;

/// Whose sign-in is used.
#[derive(Clone, Debug, Default, Args)]
pub struct IdentityArgs {
    /// The identity, or a profile of the AWS CLI; without a value, a menu [env: ATMOS_IDENTITY, IDENTITY] [default: the default
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
    /// The identity, or a profile of the AWS CLI
    #[arg(value_name = "IDENTITY")]
    pub identity: String,
    /// Print the keys although standard output is a terminal
    #[arg(long)]
    pub print: bool,
}

/// Whose console to open, and how.
#[derive(Clone, Debug, Default, Args)]
pub struct ConsoleArgs {
    /// The identity, as with `-i`, or a profile of the AWS CLI
    #[arg(value_name = "IDENTITY", conflicts_with = "chosen")]
    pub named: Option<String>,
    /// Whose sign-in is used.
    #[command(flatten)]
    pub identity: IdentityArgs,
    /// The page: an address of the console, or the name of a service such as `s3`
    #[arg(long, value_name = "PAGE")]
    pub destination: Option<String>,
    /// How long the console may be used, such as `1h` (from 15m to 12h); of roles that came by way of
    /// another role, AWS decides
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub duration: Option<Duration>,
    /// Who is said to have opened it
    #[arg(long, value_name = "NAME", default_value = "adieu")]
    pub issuer: String,
    /// Print the address, and open no browser; whoever has it first is signed in
    #[arg(long, visible_alias = "no-open")]
    pub print_only: bool,
    /// Open it in a browser profile of the identity's own
    #[arg(long)]
    pub isolated: bool,
    /// Sign the browser out of the console first, where it says so
    #[arg(long)]
    pub logout_first: bool,
}

/// Whose token to print.
#[derive(Clone, Debug, Default, Args)]
pub struct TokenArgs {
    /// An identity of Azure or Google Cloud, or `azure` or `gcp` for the one there is; with `--sso` a provider, an
    /// identity, or an `sso-session` or profile of the AWS CLI [env: ATMOS_IDENTITY, IDENTITY] [default: the
    /// default identity]
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// The access token of its portal (IAM Identity Center)
    #[arg(long, conflicts_with_all = ["resource", "scopes", "google_executable"])]
    pub sso: bool,
    /// Azure: the service that the token is for, as `az account get-access-token` takes it [default: Azure's own
    /// interface]
    #[arg(long, value_name = "URI", conflicts_with = "scopes")]
    pub resource: Option<String>,
    /// The permissions that the token is for, with commas between
    #[arg(long, value_name = "SCOPE", value_delimiter = ',')]
    pub scopes: Vec<String>,
    /// Print what Google's libraries read of a `credential_source` of kind `executable`: the token of an Azure
    /// identity, which Google exchanges
    #[arg(long)]
    pub google_executable: bool,
    /// Print the token although standard output is a terminal
    #[arg(long)]
    pub print: bool,
    /// Trust this host with the token although only a configuration file names it (repeatable)
    #[arg(long, value_name = "HOST")]
    pub allow_endpoint: Vec<String>,
}

/// Whose token kubectl gets.
#[derive(Clone, Debug, Default, Args)]
pub struct KubeCredentialArgs {
    /// An identity of Azure or Google Cloud, or `azure` or `gcp` for the one there is [env: ATMOS_IDENTITY,
    /// IDENTITY] [default: the default identity]
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Print the token although standard output is a terminal
    #[arg(long)]
    pub print: bool,
    /// Trust this host with the token although only a configuration file names it (repeatable)
    #[arg(long, value_name = "HOST")]
    pub allow_endpoint: Vec<String>,
}

/// A time as people and Atmos write it: `1h`, `90m`, `1h30m`, `3600`.
fn parse_duration(text: &str) -> Result<Duration, String> {
    let seconds = adieu::atmos::config::duration_seconds(text);
    let seconds = seconds.ok_or_else(|| "a time such as 1h, 90m or 3600".to_owned())?;
    Ok(Duration::from_secs(seconds))
}
