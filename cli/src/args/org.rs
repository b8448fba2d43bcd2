//! What can be typed after `adieu org`: the grammar of Salesforce CLI, so that `alias sf=adieu`
//! works.

mod login;

use std::ffi::OsString;

use clap::{Args, Subcommand};

use super::{Output, examples};

pub use login::{
    Browser, OrgLoginCommand, OrgLoginCommon, OrgLoginDeviceArgs, OrgLoginJwtArgs,
    OrgLoginTokenArgs, OrgLoginUrlArgs, OrgLoginWebArgs,
};

/// The commands of `sf org` that adieu has itself.
#[derive(Debug, Subcommand)]
pub enum OrgCommand {
    /// Sign in to an org, into the files that Salesforce CLI reads too
    #[command(after_help = examples::ORG_LOGIN)]
    Login {
        /// How
        #[command(subcommand)]
        command: OrgLoginCommand,
    },
    /// Log out of orgs: end the authorization at Salesforce, remove it here, look again
    #[command(after_help = examples::ORG_LOGOUT)]
    Logout(OrgLogoutArgs),
    /// Show the orgs that are signed in, and whether they still answer
    #[command(after_help = examples::ORG_LIST)]
    List(OrgListArgs),
    /// Show one org
    #[command(after_help = examples::ORG_DISPLAY)]
    Display(OrgDisplayArgs),
    /// Any other command of `sf org`, which the real client runs
    #[command(external_subcommand)]
    Other(Vec<OsString>),
}

/// Flags of every command of `sf org`.
#[derive(Clone, Debug, Default, Args)]
pub struct OrgCommon {
    /// Print JSON as Salesforce CLI does; asks nothing
    #[arg(long)]
    pub json: bool,
    /// How to print; `json` is the same as --json
    // The global flag without its letter, which means the target here.
    #[arg(long, value_enum, default_value_t = Output::Human, help_heading = "Global options")]
    pub output: Output,
    /// Accepted and ignored, as by Salesforce CLI
    #[arg(long, hide = true, value_name = "LEVEL")]
    pub loglevel: Option<String>,
}

/// What to log out of.
#[derive(Clone, Debug, Default, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that a person gives or not"
)]
pub struct OrgLogoutArgs {
    /// User name or alias of an org (repeatable)
    #[arg(
        short = 'o',
        long,
        value_name = "ORG",
        alias = "targetusername",
        short_alias = 'u'
    )]
    pub target_org: Vec<String>,
    /// The same without the flag
    #[arg(value_name = "ORG")]
    pub names: Vec<String>,
    /// Log out of all orgs
    #[arg(short = 'a', long)]
    pub all: bool,
    /// Ask nothing, and remove an org here even if Salesforce could not be told
    // What other commands call it, in their hints too.
    #[arg(short = 'p', long, aliases = ["noprompt", "force"])]
    pub no_prompt: bool,
    /// Only unlink this client app of the org
    #[arg(short = 'c', long, value_name = "NAME")]
    pub client_app: Option<String>,
    /// Also log out of the scratch orgs and sandboxes that were made from these orgs
    #[arg(long, conflicts_with = "client_app")]
    pub with_children: bool,
    /// Afterwards ask Salesforce whether it refuses the access tokens now
    #[arg(long, conflicts_with_all = ["no_revoke", "dry_run"])]
    pub online: bool,
    /// Show what would be ended and removed, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Also delete the encryption key, if no org is left that needs it
    #[arg(long)]
    pub keychain: bool,
    /// Do not ask Salesforce to end anything; remove only what is here
    #[arg(long)]
    pub no_revoke: bool,
    /// How long to wait for each server, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = super::parse_seconds)]
    pub timeout: f64,
    /// What all commands of `sf org` take
    #[command(flatten)]
    pub common: OrgCommon,
}

/// Which orgs to list.
#[derive(Clone, Debug, Default, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct OrgListArgs {
    /// Another list
    #[command(subcommand)]
    pub command: Option<OrgListCommand>,
    /// Also expired scratch orgs
    #[arg(long)]
    pub all: bool,
    /// More columns
    #[arg(long)]
    pub verbose: bool,
    /// Do not ask any server
    #[arg(long)]
    pub skip_connection_status: bool,
    /// How long to wait for each server, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = super::parse_seconds)]
    pub timeout: f64,
    /// What all commands of `sf org` take
    #[command(flatten)]
    pub common: OrgCommon,
}

/// Other lists.
#[derive(Clone, Debug, Subcommand)]
pub enum OrgListCommand {
    /// Show what is signed in, from the files alone
    #[command(after_help = examples::ORG_LIST)]
    Auth {
        /// What all commands of `sf org` take
        #[command(flatten)]
        common: OrgCommon,
    },
}

/// Which org to show.
#[derive(Clone, Debug, Default, Args)]
pub struct OrgDisplayArgs {
    /// User name or alias of the org [default: the default org]
    #[arg(
        short = 'o',
        long,
        value_name = "ORG",
        alias = "targetusername",
        short_alias = 'u'
    )]
    pub target_org: Option<String>,
    /// Also show linked client apps
    #[arg(long)]
    pub verbose: bool,
    /// How long to wait for the server, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = super::parse_seconds)]
    pub timeout: f64,
    /// What all commands of `sf org` take
    #[command(flatten)]
    pub common: OrgCommon,
}
