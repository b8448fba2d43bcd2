//! What can be typed: flags and their help texts, nothing else.

mod completions;
mod deferred;
mod examples;
mod org;
mod other_grammar;
mod parse;
mod salesforce;
mod terminal;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

pub use completions::completions;
pub use deferred::{Deferred, Nested};
pub use org::{
    Browser, OrgCommand, OrgCommon, OrgDisplayArgs, OrgListArgs, OrgListCommand, OrgLoginCommand,
    OrgLoginCommon, OrgLoginDeviceArgs, OrgLoginJwtArgs, OrgLoginTokenArgs, OrgLoginUrlArgs,
    OrgLoginWebArgs, OrgLogoutArgs,
};

pub use other_grammar::as_adieu_reads_it;
pub use parse::parse;
pub use salesforce::{as_salesforce_reads_it, flags_of_file, take_flags_directory};
pub use terminal::TerminalFlags;

/// The whole command line as clap knows it; completions, man pages and reference come from here.
pub fn command() -> clap::Command {
    Cli::command()
}

/// What `-i` without a value stands for: ask.
pub const ASK: &str = "\u{0}ask";

/// Log out of everything on this machine, at the server and on disk, and prove it.
#[derive(Debug, Parser)]
#[command(
    name = "adieu",
    version,
    about = "End every sign-in on this machine, at the server and on disk, and prove it",
    long_about = None,
    propagate_version = true
)]
#[command(after_help = examples::PROGRAM)]
pub struct Cli {
    /// Flags that every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do; without a command: the dashboard on a terminal, status otherwise.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags that every command takes.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Use this configuration file instead of searching (repeatable, the later the stronger)
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Vec<PathBuf>,
    /// Use the configuration of this directory instead of searching (repeatable)
    #[arg(long, global = true, value_name = "DIR")]
    pub config_path: Vec<PathBuf>,
    /// Where stacks and imports start
    #[arg(long, global = true, value_name = "DIR")]
    pub base_path: Option<PathBuf>,
    /// Apply these configuration profiles (comma list, repeatable)
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Vec<String>,
    /// Work in this directory
    #[arg(short = 'C', long, global = true, value_name = "DIR")]
    pub chdir: Option<PathBuf>,
    /// Look at this home directory instead of one's own, without this shell's variables
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Follow no symbolic link, not even one of your own to a place in your home
    #[arg(long, global = true)]
    pub no_links: bool,
    /// How to print
    #[arg(short, long, global = true, value_enum, default_value_t = Output::Human)]
    pub output: Output,
    /// Print one line only, or only the data
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// What to log on standard error: Trace, Debug, Info, Warning or Off
    #[arg(long, global = true, value_name = "LEVEL")]
    pub logs_level: Option<String>,
    /// Print without colour
    #[arg(long, global = true)]
    pub no_color: bool,
    /// What Atmos takes too.
    #[command(flatten)]
    pub terminal: TerminalFlags,
}

impl Global {
    /// The flags again, as words of a command line; without those of the output's form.
    pub(crate) fn words(&self) -> Vec<OsString> {
        let mut words: Vec<OsString> = Vec::new();
        let mut add = |flag: &str, value: &OsStr| words.extend([flag.into(), value.to_owned()]);
        for file in &self.config {
            add("--config", file.as_os_str());
        }
        for directory in &self.config_path {
            add("--config-path", directory.as_os_str());
        }
        for profile in &self.profile {
            add("--profile", OsStr::new(profile));
        }
        let paths = [
            ("--base-path", &self.base_path),
            ("--chdir", &self.chdir),
            ("--home", &self.home),
        ];
        for (flag, path) in paths {
            if let Some(path) = path {
                add(flag, path.as_os_str());
            }
        }
        if let Some(level) = &self.logs_level {
            add("--logs-level", OsStr::new(level));
        }
        if self.no_links {
            words.push("--no-links".into());
        }
        if self.no_color {
            words.push("--no-color".into());
        }
        if self.terminal.force_color {
            words.push("--force-color".into());
        }
        if let Some(file) = &self.terminal.logs_file {
            words.extend(["--logs-file".into(), file.as_os_str().to_owned()]);
        }
        words
    }
}

/// How to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people
    #[default]
    Human,
    /// For programs; see `adieu schema`
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show who is signed in, what overrides it, and what was looked at
    #[command(after_help = examples::STATUS)]
    Status(Deferred<StatusArgs>),
    /// Log out: remove session data, end sessions at the server, look again
    #[command(after_help = examples::LOGOUT)]
    Logout(Deferred<LogoutArgs>),
    /// Sign in to an AI tool with its own client, unless something would win over the login
    #[command(after_help = examples::LOGIN)]
    Login(Deferred<LoginArgs>),
    /// Change the account of an AI tool: log out, sign in with its own client, look who it is
    #[command(after_help = examples::SWITCH)]
    Switch(Deferred<SwitchArgs>),
    /// End sessions at the server; what could not be ended is kept, to be tried again
    #[command(after_help = examples::REVOKE)]
    Revoke(Deferred<RevokeArgs>),
    /// Show providers, identities and sessions as a tree, a table, a graph or data
    #[command(after_help = examples::LIST)]
    List(Deferred<ListArgs>),
    /// Show one identity and whether it is signed in; exit 1 if it is not, 3 if it cannot be told
    #[command(after_help = examples::WHOAMI)]
    Whoami(Deferred<WhoamiArgs>),
    /// Show all problems of the configuration, each with its place; exit 2 if there is an error, 3 if a file is left out
    #[command(after_help = examples::VALIDATE)]
    Validate(Deferred<ValidateArgs>),
    /// Print the variables that let other programs use an identity, or take them away again
    #[command(after_help = examples::ENV)]
    Env(Deferred<EnvArgs>),
    /// Open the dashboard: who is signed in, and a prompt for what to do about it
    #[command(after_help = examples::CONSOLE)]
    Console,
    /// Find secrets left in shell profiles, environment files and histories; values are never shown
    #[command(after_help = examples::SCAN)]
    Scan(Deferred<ScanArgs>),
    /// Show or check the audit trail
    #[command(after_help = examples::AUDIT)]
    Audit(Deferred<Nested<AuditCommand>>),
    /// Show the tools that adieu knows as data, or check an entry for one more
    #[command(after_help = examples::CATALOGUE)]
    Catalogue(Deferred<Nested<CatalogueCommand>>),
    /// The commands of `atmos auth`, for what atmos.yaml configures
    #[command(after_help = examples::AUTH)]
    Auth(Deferred<Nested<AuthCommand>>),
    /// The commands of `sf org`, for Salesforce orgs
    #[command(after_help = examples::ORG)]
    Org(Deferred<Nested<OrgCommand>>),
    /// Commands of Salesforce CLI that adieu has none of, which the real client runs
    #[command(name = "sf", hide = true, disable_help_flag = true)]
    Salesforce {
        /// What to run
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<OsString>,
    },
    /// Print the completion script of a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(after_help = examples::MAN)]
    Man,
    /// Print the JSON schema of a command's output
    #[command(after_help = examples::SCHEMA)]
    Schema {
        /// Which output
        #[arg(value_enum)]
        document: SchemaDocument,
    },
}

/// The commands of `atmos auth`.
#[derive(Debug, Subcommand)]
pub enum AuthCommand {
    /// Log out of what atmos.yaml configures
    #[command(after_help = examples::LOGOUT)]
    Logout(LogoutArgs),
    /// Show who is signed in, of what atmos.yaml configures
    #[command(after_help = examples::STATUS)]
    Status(StatusArgs),
    /// Show the configured providers and identities as a tree, a table, a graph or data
    #[command(after_help = examples::LIST)]
    List(ListArgs),
    /// Show one identity and whether it is signed in; exit 1 if it is not, 3 if it cannot be told
    #[command(after_help = examples::WHOAMI)]
    Whoami(WhoamiArgs),
    /// Show all problems of the configuration, each with its place; exit 2 if there is an error, 3 if a file is left out
    #[command(after_help = examples::VALIDATE)]
    Validate(ValidateArgs),
    /// Print the variables that let other programs use an identity, or take them away again
    #[command(after_help = examples::ENV)]
    Env(EnvArgs),
    /// What only Atmos itself does
    #[command(
        name = "login",
        aliases = ["exec", "shell", "console", "user", "ecr-login", "eks-kubeconfig"],
        hide = true,
        disable_help_flag = true
    )]
    NotHere {
        /// Its words
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<OsString>,
    },
}

impl AuthCommand {
    /// The same command of adieu; `None` for what adieu does not do.
    pub(crate) fn into_command(self) -> Option<Command> {
        Some(match self {
            Self::Logout(arguments) => Command::Logout(Deferred(arguments)),
            Self::Status(arguments) => Command::Status(Deferred(arguments)),
            Self::List(arguments) => Command::List(Deferred(arguments)),
            Self::Whoami(arguments) => Command::Whoami(Deferred(arguments)),
            Self::Validate(arguments) => Command::Validate(Deferred(arguments)),
            Self::Env(arguments) => Command::Env(Deferred(arguments)),
            Self::NotHere { .. } => return None,
        })
    }
}

/// What to list, and how.
#[derive(Clone, Debug, Default, Args)]
pub struct ListArgs {
    /// Only these: an identity, provider, alias, or a system such as `aws`
    #[arg(value_name = "SELECTOR")]
    pub selectors: Vec<String>,
    /// The form of the list [default: tree]
    #[arg(short, long, value_enum)]
    pub format: Option<ListFormat>,
    /// Only providers; with a value (`--providers=a,b`), only these
    #[arg(
        long,
        value_name = "NAME",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        value_delimiter = ',',
        conflicts_with = "identities"
    )]
    pub providers: Option<Vec<String>>,
    /// Only identities; with a value (`--identities=a,b`), only these
    #[arg(
        long,
        value_name = "NAME",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        value_delimiter = ','
    )]
    pub identities: Option<Vec<String>>,
    /// Only what has any of these tags
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub tags: Vec<String>,
}

/// The forms of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// Providers with the identities behind them
    #[default]
    Tree,
    /// Two tables
    Table,
    /// `adieu list`: the sessions, as `-o json`; `adieu auth list`: the configuration, as Atmos
    /// prints it, secrets hidden
    Json,
    /// The same as YAML
    Yaml,
    /// A Mermaid graph in a Markdown page
    #[value(alias = "md")]
    Markdown,
    /// A graph for Graphviz
    #[value(alias = "dot")]
    Graphviz,
    /// A graph for Mermaid
    Mermaid,
}

/// Whom to show.
#[derive(Clone, Debug, Default, Args)]
pub struct WhoamiArgs {
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
    Env,
    /// For the file that `$GITHUB_ENV` names
    Github,
    /// An object
    Json,
}

/// What to show.
#[derive(Clone, Debug, Default, Args)]
pub struct StatusArgs {
    /// Only these: an identity, provider, alias, or a system such as `aws`
    #[arg(value_name = "SELECTOR")]
    pub selectors: Vec<String>,
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
        value_parser = seconds,
        requires = "online"
    )]
    pub timeout: f64,
    /// Trust this host with a token although only a configuration file names it (repeatable)
    #[arg(long, value_name = "HOST", requires = "online")]
    pub allow_endpoint: Vec<String>,
}

/// Where to sign in, and how.
#[derive(Clone, Debug, Args)]
pub struct LoginArgs {
    /// The tool: claude, codex, copilot, cursor, opencode or amp
    #[arg(value_name = "TOOL")]
    pub tool: String,
    /// Sign in although a variable or setting comes before the login
    #[arg(long)]
    pub force: bool,
    /// Words for the tool's own login command
    #[arg(last = true, value_name = "WORD")]
    pub words: Vec<String>,
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
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub timeout: f64,
    /// Words for the tool's own login command
    #[arg(last = true, value_name = "WORD")]
    pub words: Vec<String>,
}

/// What to log out of, and how.
#[derive(Clone, Debug, Default, Args)]
pub struct LogoutArgs {
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
    #[arg(long, value_name = "TAG", value_delimiter = ',', conflicts_with_all = ["all", "all_realms"])]
    pub tags: Vec<String>,
    /// Log out of everything
    #[arg(long)]
    pub all: bool,
    /// Log out of everything in every realm, configured or not
    #[arg(long, conflicts_with = "all")]
    pub all_realms: bool,
    /// Also delete credentials from the keychain; asks first
    #[arg(long)]
    pub keychain: bool,
    /// Answer the questions with yes (never the one about a foreign server)
    #[arg(long)]
    pub force: bool,
    /// Show what would be removed, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask any server to end a session
    #[arg(long, conflicts_with = "keep_unrevoked")]
    pub no_revoke: bool,
    /// Afterwards ask the servers whether they refuse what they ended
    #[arg(long, conflicts_with_all = ["no_revoke", "dry_run"])]
    pub online: bool,
    /// Do not renew a session whose access token has ended in order to end it
    #[arg(long)]
    pub no_refresh: bool,
    /// Keep what the server could not be told to end; otherwise what signing in wrote goes all the same
    #[arg(long)]
    pub keep_unrevoked: bool,
    /// Also remove logins to other services that an AI tool keeps (MCP servers, plugins)
    #[arg(long)]
    pub mcp: bool,
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
    /// How long to wait for each server, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub timeout: f64,
    /// Trust this host with a token although only a configuration file names it (repeatable)
    #[arg(long, value_name = "HOST")]
    pub allow_endpoint: Vec<String>,
    /// Exit with 3 when something could not be removed, although something was
    #[arg(long)]
    pub strict: bool,
}

/// What to end at servers, and what is remembered of that.
#[derive(Clone, Debug, Default, Args)]
pub struct RevokeArgs {
    /// Whose sessions to end: as for `adieu logout`; without one, a menu
    #[arg(value_name = "IDENTITY", conflicts_with_all = ["provider", "all", "tags", "all_realms"])]
    pub identities: Vec<String>,
    /// The identity; without a value, a menu [env: ATMOS_IDENTITY, IDENTITY]
    #[arg(
        short = 'i',
        long = "identity",
        value_name = "NAME",
        num_args = 0..=1,
        default_missing_value = ASK,
        conflicts_with_all = ["identities", "provider", "all", "tags", "all_realms"]
    )]
    pub chosen: Option<String>,
    /// End the sessions of a provider, and of all identities through it; also a system
    #[arg(long, value_name = "NAME", conflicts_with_all = ["all", "tags", "all_realms"])]
    pub provider: Option<String>,
    /// End the sessions of the providers that have any of these tags
    #[arg(long, value_name = "TAG", value_delimiter = ',', conflicts_with_all = ["all", "all_realms"])]
    pub tags: Vec<String>,
    /// End all sessions
    #[arg(long)]
    pub all: bool,
    /// End all sessions in every realm, configured or not
    #[arg(long, conflicts_with = "all")]
    pub all_realms: bool,
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
    /// Answer the questions with yes (never the one about a foreign server)
    #[arg(long)]
    pub force: bool,
    /// Show what would be ended, and end nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Afterwards ask the servers whether they refuse what they ended
    #[arg(long, conflicts_with = "dry_run")]
    pub online: bool,
    /// Do not renew a session whose access token has ended in order to end it
    #[arg(long)]
    pub no_refresh: bool,
    /// Also end logins to other services that an AI tool keeps (MCP servers, plugins)
    #[arg(long)]
    pub mcp: bool,
    /// How long to wait for each server, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub timeout: f64,
    /// Trust this host with a token although only a configuration file names it (repeatable)
    #[arg(long, value_name = "HOST")]
    pub allow_endpoint: Vec<String>,
    /// Exit with 3 when something could not be ended, although something was
    #[arg(long)]
    pub strict: bool,
}

impl RevokeArgs {
    /// The same as a logout that keeps what its server has not ended.
    pub(crate) fn as_logout(&self) -> LogoutArgs {
        LogoutArgs {
            identities: self.identities.clone(),
            chosen: self.chosen.clone(),
            provider: self.provider.clone(),
            tags: self.tags.clone(),
            all: self.all,
            all_realms: self.all_realms,
            keep_unrevoked: true,
            force: self.force,
            dry_run: self.dry_run,
            online: self.online,
            no_refresh: self.no_refresh,
            mcp: self.mcp,
            timeout: self.timeout,
            allow_endpoint: self.allow_endpoint.clone(),
            strict: self.strict,
            ..LogoutArgs::default()
        }
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number > 0.0 && number <= 600.0 => Ok(number),
        _ => Err("a number of seconds above 0, up to 600".to_owned()),
    }
}

/// Where to look for secrets, and what to do with them.
#[derive(Clone, Debug, Default, Args)]
pub struct ScanArgs {
    /// Files and directories to look at [default: the profiles of the home directory and of /etc]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How to print; `eval` prints the lines that take what is set here out of the calling shell
    #[arg(short, long, value_enum)]
    pub format: Option<ScanFormat>,
    /// The shell that `--format eval` prints for [default: that of $SHELL]
    #[arg(long, value_enum)]
    pub shell: Option<ScanShell>,
    /// Only these variables (comma list, repeatable)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub name: Vec<String>,
    /// Also look at the environment of this shell
    #[arg(long)]
    pub environment: bool,
    /// Take what was found out of the files; shows what would change, and asks first
    #[arg(long, value_enum)]
    pub fix: Option<ScanFix>,
    /// With `--fix`: answer the question with yes
    #[arg(long, visible_alias = "yes", requires = "fix")]
    pub force: bool,
    /// With `--fix`: show what would change, and change nothing
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
}

/// The forms of what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScanFormat {
    /// For people
    Human,
    /// For programs; see `adieu schema scan`
    Json,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// Lines that the calling shell is to evaluate
    Eval,
}

/// The shells that lines can be printed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScanShell {
    /// bash, sh, ksh
    Bash,
    /// Z shell
    Zsh,
    /// fish
    Fish,
    /// csh, tcsh
    Csh,
    /// PowerShell
    Powershell,
    /// The Windows command prompt
    Cmd,
    /// Nushell
    Nushell,
}

/// What becomes of what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScanFix {
    /// It becomes a comment; the secret stays in the file
    Comment,
    /// It goes
    Remove,
}

/// What to do with the trail.
#[derive(Clone, Debug, Subcommand)]
pub enum AuditCommand {
    /// Print the records, oldest first
    #[command(after_help = examples::AUDIT)]
    Show {
        /// Only the last N records
        #[arg(short = 'n', long, value_name = "N")]
        last: Option<usize>,
    },
    /// Check that no record was changed, added, removed or cut off; who can write both of its files can
    /// make them agree
    #[command(after_help = examples::AUDIT)]
    Verify,
}

/// What to do with the catalogue.
#[derive(Clone, Debug, Subcommand)]
pub enum CatalogueCommand {
    /// Print all tools, by their kind
    #[command(after_help = examples::CATALOGUE)]
    List,
    /// Print what is known of one tool: where it keeps sign-ins, what a logout takes
    #[command(after_help = examples::CATALOGUE)]
    Show {
        /// The tool, such as `gh`
        name: String,
    },
    /// Check a file with an entry; exit 2 if there is something wrong with it
    #[command(after_help = examples::CATALOGUE)]
    Check {
        /// The file, in TOML
        file: PathBuf,
    },
    /// Say that a possible sign-in is none, until it changes; without a file, print what is ignored
    #[command(after_help = examples::CATALOGUE)]
    Ignore {
        /// The file that is no sign-in
        file: Option<PathBuf>,
        /// Show it again
        #[arg(long, requires = "file")]
        remove: bool,
    },
}

/// The JSON documents with a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaDocument {
    /// `adieu status` and `adieu list`
    Status,
    /// `adieu logout`
    Logout,
    /// One line of the audit trail
    AuditRecord,
    /// `adieu audit verify`
    AuditCheck,
    /// `adieu audit show`
    AuditShow,
    /// Any command that could not be carried out
    Error,
    /// `adieu auth list --format json`
    AuthList,
    /// `adieu whoami`
    Whoami,
    /// `adieu validate`
    Validate,
    /// `adieu env --format json`
    Env,
    /// `adieu scan --format json`
    Scan,
    /// `adieu catalogue list` and `show`
    Catalogue,
    /// `adieu catalogue ignore`
    Ignored,
    /// `adieu revoke --pending`
    Pending,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn identity_flag_takes_an_optional_value() {
        let chosen = |arguments: &[&str]| {
            let cli = Cli::try_parse_from(["adieu"].iter().chain(arguments)).unwrap();
            match cli.command {
                Some(Command::Logout(logout)) => logout.0.chosen,
                _ => None,
            }
        };
        assert_eq!(chosen(&["logout", "-i", "dev"]).as_deref(), Some("dev"));
        assert_eq!(chosen(&["logout", "-i=dev"]).as_deref(), Some("dev"));
        assert_eq!(
            chosen(&["logout", "--identity", "dev"]).as_deref(),
            Some("dev")
        );
        assert_eq!(chosen(&["logout", "-i"]).as_deref(), Some(ASK));
        assert_eq!(chosen(&["logout", "-i", "--dry-run"]).as_deref(), Some(ASK));
    }
}
