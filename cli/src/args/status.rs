//! What can be typed after `adieu status`.

use clap::Args;

use super::{FilterArgs, parse_seconds};

/// What to show.
#[derive(Clone, Debug, Default, Args)]
pub struct StatusArgs {
    /// Only these: an identity, provider, alias, or a system such as `aws`
    #[arg(value_name = "SELECTOR")]
    pub selectors: Vec<String>,
    /// What is left out of them.
    #[command(flatten)]
    pub filter: FilterArgs,
    /// Set the exit status: 1 if somebody is signed in or overridden, 3 if it could not be told
    #[arg(long)]
    pub check: bool,
    /// Also ask the servers whether they still accept what was found; nothing is ended by asking
    #[arg(long)]
    pub online: bool,
    /// How long to wait for each server, in seconds
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "5",
        value_parser = parse_seconds,
        requires = "online"
    )]
    pub timeout: f64,
    /// Trust this host with a token although only a configuration file names it (repeatable)
    #[arg(long, value_name = "HOST", requires = "online")]
    pub allow_endpoint: Vec<String>,
}
