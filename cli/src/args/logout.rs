//! What can be typed after `adieu logout` and `adieu revoke`.

use std::path::PathBuf;

use clap::Args;

use super::{ASK, FilterArgs, parse_seconds};

/// Who is meant.
#[derive(Clone, Debug, Default, Args)]
pub struct TargetArgs {
    /// What to log out of: identities, providers, accounts, systems, AWS profiles, hosts of portals; without
    /// one, a menu
    #[arg(value_name = "IDENTITY", conflicts_with_all = ["provider", "all", "tags", "all_realms"])]
    pub identities: Vec<String>,
    /// The identity to log out of; without a value, a menu [env: ATMOS_IDENTITY, IDENTITY]
    #[arg(
        short = 'i',
        long = "identity",
        value_name = "NAME",
        num_args = 0..=1,
        default_missing_value = ASK,
        conflicts_with_all = ["identities", "provider", "all", "tags", "all_realms"]
    )]
    pub chosen: Option<String>,
    /// Log out of a provider and all identities through it; also a system: `--provider aws`
    #[arg(long, value_name = "NAME", conflicts_with_all = ["all", "tags", "all_realms"])]
    pub provider: Option<String>,
    /// Log out of the providers that have any of these tags
    #[arg(long, alias = "tag", value_name = "TAG", value_delimiter = ',', conflicts_with_all = ["all", "all_realms"])]
    pub tags: Vec<String>,
    /// Log out of everything
    #[arg(long)]
    pub all: bool,
    /// Log out of everything in every realm, configured or not
    #[arg(long, conflicts_with = "all")]
    pub all_realms: bool,
}

/// How servers are told, and what is done about what they do not end.
#[derive(Clone, Debug, Default, Args)]
pub struct ServerArgs {
    /// Answer the questions with yes (never the one about a foreign server)
    #[arg(long, alias = "yes")]
    pub force: bool,
    /// Show what would be removed, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Afterwards ask the servers whether they refuse what they ended
    #[arg(long, conflicts_with = "dry_run")]
    pub online: bool,
    /// Do not renew a session whose access token has ended in order to end it
    #[arg(long)]
    pub no_refresh: bool,
    /// Also remove logins to other services that an AI tool keeps (MCP servers, plugins)
    #[arg(long)]
    pub mcp: bool,
    /// How long to wait for each server, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = parse_seconds)]
    pub timeout: f64,
    /// Trust this host with a token although only a configuration file names it (repeatable)
    #[arg(long, value_name = "HOST")]
    pub allow_endpoint: Vec<String>,
    /// Exit with 3 when something could not be removed, although something was
    #[arg(long)]
    pub strict: bool,
}

/// What to log out of, and how.
#[derive(Clone, Debug, Default, Args)]
pub struct LogoutArgs {
    /// Who is meant.
    #[command(flatten)]
    pub target: TargetArgs,
    /// What is left out of them.
    #[command(flatten)]
    pub filter: FilterArgs,
    /// Also delete credentials from the keychain; asks first
    #[arg(long)]
    pub keychain: bool,
    /// How servers are told.
    #[command(flatten)]
    pub server: ServerArgs,
    /// Do not ask any server to end a session
    #[arg(long, conflicts_with_all = ["keep_unrevoked", "online"])]
    pub no_revoke: bool,
    /// Keep what the server could not be told to end; otherwise what signing in wrote goes all the same
    #[arg(long)]
    pub keep_unrevoked: bool,
    /// Also remove the traces of who was signed in: backups, ids, caches
    #[arg(long)]
    pub complete: bool,
    /// Remove files that only look like sign-ins, of tools that adieu does not know: of NAME, or all; asks first
    #[arg(long, conflicts_with_all = ["all", "provider"])]
    pub possible: bool,
    /// Also remove an AI tool's history and transcripts; asks first
    #[arg(long)]
    pub purge_data: bool,
    /// Also remove what is left of the removed secrets in histories, logs, transcripts, backups and databases;
    /// asks first
    #[arg(long)]
    pub residue: bool,
    /// With `--all`, for a machine that is no longer trusted: stored keys too, servers first; asks once, and
    /// says what has to be rotated
    #[arg(long, requires = "all", conflicts_with_all = ["no_revoke", "keep_unrevoked", "possible"])]
    pub incident: bool,
    /// Write what was done into this file too, on one page: `.md`, `.html` or `.json`
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// What to end at servers, and what is remembered of that.
#[derive(Clone, Debug, Default, Args)]
#[command(
    mut_arg("identities", |arg| arg.help("Whose sessions to end: as for `adieu logout`; without one, a menu")),
    mut_arg("chosen", |arg| {
        arg.help("The identity; without a value, a menu [env: ATMOS_IDENTITY, IDENTITY]")
    }),
    mut_arg("provider", |arg| {
        arg.help("End the sessions of a provider, and of all identities through it; also a system")
    }),
    mut_arg("tags", |arg| arg.help("End the sessions of the providers that have any of these tags")),
    mut_arg("all", |arg| arg.help("End all sessions")),
    mut_arg("all_realms", |arg| arg.help("End all sessions in every realm, configured or not")),
    mut_arg("dry_run", |arg| arg.help("Show what would be ended, and end nothing")),
    mut_arg("mcp", |arg| {
        arg.help("Also end logins to other services that an AI tool keeps (MCP servers, plugins)")
    }),
    mut_arg("strict", |arg| {
        arg.help("Exit with 3 when something could not be ended, although something was")
    })
)]
pub struct RevokeArgs {
    /// Who is meant.
    #[command(flatten)]
    pub target: TargetArgs,
    /// What is left out of them.
    #[command(flatten)]
    pub filter: FilterArgs,
    /// List what earlier logouts could not end at its server; nothing is ended by it
    #[arg(long, conflicts_with_all = ["identities", "chosen", "provider", "tags", "all", "all_realms"])]
    pub pending: bool,
    /// No longer remember that this was not ended at its server: an identity, a provider, a system,
    /// `system:name`, or `all`; no server is asked
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with_all = ["pending", "identities", "chosen", "provider", "tags", "all", "all_realms"]
    )]
    pub forget: Option<String>,
    /// Set long-lived keys of IAM users inactive at AWS, and prove it: of an identity of kind aws/user, or of a
    /// profile of ~/.aws/credentials; says when each was used last, and asks first. Google Cloud: disable the keys
    /// of a service account that are kept here, by its name
    #[arg(long, conflicts_with_all = ["pending", "forget", "delete_keys", "revoke_role_sessions"])]
    pub deactivate_keys: bool,
    /// The same, but delete them for good
    #[arg(long, conflicts_with_all = ["pending", "forget", "revoke_role_sessions"])]
    pub delete_keys: bool,
    /// Deny everything to sessions of a role that began before now, whoever began them; shows the policy, and
    /// asks first
    #[arg(long, conflicts_with_all = ["pending", "forget"])]
    pub revoke_role_sessions: bool,
    /// With `--revoke-role-sessions`: the identity that may change the role, if it is another one
    #[arg(long, value_name = "NAME", requires = "revoke_role_sessions")]
    pub by: Option<String>,
    /// Microsoft Entra: end every sign-in of a person, on all devices, in all browsers and apps, and prove it for
    /// the one here: of an identity of Azure, or of a name of the Azure CLI (`az account list`); asks first
    #[arg(long, conflicts_with_all = ["pending", "forget", "deactivate_keys", "delete_keys", "revoke_role_sessions"])]
    pub everywhere: bool,
    /// How servers are told.
    #[command(flatten)]
    pub server: ServerArgs,
}

impl RevokeArgs {
    /// The same as a logout that keeps what its server has not ended.
    pub(crate) fn as_logout(&self) -> LogoutArgs {
        LogoutArgs {
            target: self.target.clone(),
            filter: self.filter.clone(),
            server: self.server.clone(),
            keep_unrevoked: true,
            ..LogoutArgs::default()
        }
    }
}
