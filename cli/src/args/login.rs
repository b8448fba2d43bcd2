//! What can be typed after `adieu login` and `adieu switch`.

use std::path::PathBuf;

use clap::Args;

use super::{ASK, parse_seconds};

/// Where to sign in, and how.
#[derive(Clone, Debug, Default, Args)]
pub struct LoginArgs {
    /// An identity or provider of atmos.yaml, a session or profile of the AWS CLI, or a tool: claude,
    /// codex, copilot, cursor, opencode or amp [default: the default identity]
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// The identity; without a value, a menu [env: ATMOS_IDENTITY, IDENTITY] [default: the default
    /// identity]
    #[arg(
        short = 'i',
        long = "identity",
        value_name = "NAME",
        num_args = 0..=1,
        default_missing_value = ASK,
        conflicts_with_all = ["name", "provider", "all", "tags"]
    )]
    pub chosen: Option<String>,
    /// Sign in at a provider only
    #[arg(short, long, value_name = "NAME", conflicts_with_all = ["name", "all", "tags"])]
    pub provider: Option<String>,
    /// Sign in as every identity
    #[arg(long, conflicts_with_all = ["name", "tags"])]
    pub all: bool,
    /// Sign in as the identities that have any of these tags
    #[arg(
        long,
        alias = "tag",
        value_name = "TAG",
        value_delimiter = ',',
        conflicts_with = "name"
    )]
    pub tags: Vec<String>,
    /// Sign in anew although somebody is signed in; with a tool, although a variable or setting comes
    /// before the login
    #[arg(long)]
    pub force: bool,
    /// How the person is asked.
    #[command(flatten)]
    pub way: WayArgs,
    /// Words for the tool's own login command
    #[arg(last = true, value_name = "WORD")]
    pub words: Vec<String>,
}

/// How a person signs in.
#[derive(Clone, Debug, Default, Args)]
pub struct WayArgs {
    /// Confirm a code in any browser; what is done without asking over SSH, without a display and in CI
    #[arg(long, alias = "device-code")]
    pub device: bool,
    /// Open this browser instead of $BROWSER or the system's own
    #[arg(long, value_name = "PROGRAM", conflicts_with = "no_browser")]
    pub browser: Option<String>,
    /// Only print the address
    #[arg(long)]
    pub no_browser: bool,
    /// The port that the browser comes back to [default: any that is free]
    #[arg(
        long,
        value_name = "PORT",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub callback_port: u16,
    /// How long to wait for the person, in seconds
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub timeout: Option<f64>,
    /// Sign in to AWS itself in a browser: as an `aws/user` that has keys too, or for a profile of the
    /// AWS CLI, as `aws login` does
    #[arg(long)]
    pub webflow: bool,
    /// What the identity provider answered, for `aws/saml`; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub saml_response_file: Option<PathBuf>,
    /// Trust this host with a token although only a configuration file names it (repeatable)
    #[arg(long, value_name = "HOST")]
    pub allow_endpoint: Vec<String>,
}

/// Whose account to change, and how.
#[derive(Clone, Debug, Args)]
pub struct SwitchArgs {
    /// The tool, or `tool:account` where it has several
    #[arg(value_name = "TOOL")]
    pub tool: String,
    /// Fail unless this is signed in afterwards
    #[arg(long, value_name = "EMAIL")]
    pub expect: Option<String>,
    /// Switch although a variable or setting comes before the login
    #[arg(long)]
    pub force: bool,
    /// Do not ask any server to end the old session
    #[arg(long)]
    pub no_revoke: bool,
    /// How long to wait for the server, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = parse_seconds)]
    pub timeout: f64,
    /// Words for the tool's own login command
    #[arg(last = true, value_name = "WORD")]
    pub words: Vec<String>,
}
