//! What can be typed after `adieu org login`.
//!
//! No token and no auth URL is ever typed as a word of the command line: others on the machine see
//! those.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{OrgCommon, examples};

/// The ways to sign in to an org.
#[derive(Debug, Subcommand)]
pub enum OrgLoginCommand {
    /// Sign in with a browser
    #[command(after_help = examples::ORG_LOGIN)]
    Web(OrgLoginWebArgs),
    /// Sign in with a private key, without a person: for scripts and pipelines
    #[command(after_help = examples::ORG_LOGIN)]
    Jwt(OrgLoginJwtArgs),
    /// Sign in with an access token from $SF_ACCESS_TOKEN, standard input or a question
    #[command(after_help = examples::ORG_LOGIN)]
    AccessToken(OrgLoginTokenArgs),
    /// Sign in with an SFDX auth URL from a file or standard input
    #[command(after_help = examples::ORG_LOGIN)]
    SfdxUrl(OrgLoginUrlArgs),
    /// Sign in on another device, where the connected app allows it
    #[command(after_help = examples::ORG_LOGIN)]
    Device(OrgLoginDeviceArgs),
}

impl OrgLoginCommand {
    /// What the real client calls it in its answers.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Web(_) => "LoginWeb",
            Self::Jwt(_) => "LoginJwt",
            Self::AccessToken(_) => "LoginAccessToken",
            Self::SfdxUrl(_) => "LoginSfdxUrl",
            Self::Device(_) => "LoginDevice",
        }
    }

    /// What all of them take.
    pub(crate) const fn remember(&self) -> &OrgLoginCommon {
        match self {
            Self::Web(arguments) => &arguments.remember,
            Self::Jwt(arguments) => &arguments.remember,
            Self::AccessToken(arguments) => &arguments.remember,
            Self::SfdxUrl(arguments) => &arguments.remember,
            Self::Device(arguments) => &arguments.remember,
        }
    }
}

/// Flags of every sign-in.
#[derive(Clone, Debug, Default, Args)]
pub struct OrgLoginCommon {
    /// A short name for the org
    #[arg(short, long, value_name = "ALIAS", alias = "setalias")]
    pub alias: Option<String>,
    /// Make it the default org: of the project, or of the home directory outside one
    #[arg(short, long, alias = "setdefaultusername")]
    pub set_default: bool,
    /// Make it the default Dev Hub
    #[arg(
        short = 'd',
        long,
        alias = "setdefaultdevhubusername",
        alias = "setdefaultdevhub",
        short_alias = 'v'
    )]
    pub set_default_dev_hub: bool,
    /// Ask nothing
    #[arg(short = 'p', long, alias = "noprompt")]
    pub no_prompt: bool,
    /// How long to wait for each answer of the server, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = crate::args::parse_seconds)]
    pub timeout: f64,
    /// What all commands of `sf org` take
    #[command(flatten)]
    pub common: OrgCommon,
}

/// How to sign in with a browser.
#[derive(Clone, Debug, Default, Args)]
pub struct OrgLoginWebArgs {
    /// Where to sign in [default: that of the project, else login.salesforce.com]
    #[arg(
        short = 'r',
        long,
        value_name = "URL",
        alias = "instanceurl",
        short_alias = 'l'
    )]
    pub instance_url: Option<String>,
    /// The connected app; its secret is asked for, or taken from $SFDX_CLIENT_SECRET
    #[arg(short = 'i', long, value_name = "ID", alias = "clientid")]
    pub client_id: Option<String>,
    /// What to ask for, separated by spaces [default: refresh_token api web]
    #[arg(long, value_name = "SCOPES")]
    pub scopes: Option<String>,
    /// Only print the address, for a browser on another machine
    #[arg(long)]
    pub no_browser: bool,
    /// The browser to open [default: the system's]
    #[arg(short = 'b', long, value_enum, conflicts_with = "no_browser")]
    pub browser: Option<Browser>,
    /// What all sign-ins take
    #[command(flatten)]
    pub remember: OrgLoginCommon,
}

/// The browsers that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Browser {
    /// Google Chrome
    Chrome,
    /// Microsoft Edge
    Edge,
    /// Firefox
    Firefox,
}

/// How to sign in with a private key.
#[derive(Clone, Debug, Default, Args)]
pub struct OrgLoginJwtArgs {
    /// Who signs in
    #[arg(short = 'o', long, value_name = "USERNAME", short_alias = 'u')]
    pub username: String,
    /// The private key that belongs to the app's certificate, PEM; it is referred to, not copied
    #[arg(
        short = 'f',
        long,
        value_name = "FILE",
        alias = "keyfile",
        alias = "jwtkeyfile"
    )]
    pub jwt_key_file: PathBuf,
    /// The connected app
    #[arg(short = 'i', long, value_name = "ID", alias = "clientid")]
    pub client_id: String,
    /// Where to sign in [default: that of the project, else login.salesforce.com]
    #[arg(
        short = 'r',
        long,
        value_name = "URL",
        alias = "instanceurl",
        short_alias = 'l'
    )]
    pub instance_url: Option<String>,
    /// What all sign-ins take
    #[command(flatten)]
    pub remember: OrgLoginCommon,
}

/// How to sign in with an access token.
#[derive(Clone, Debug, Default, Args)]
pub struct OrgLoginTokenArgs {
    /// The org's own address
    #[arg(
        short = 'r',
        long,
        value_name = "URL",
        alias = "instanceurl",
        short_alias = 'l'
    )]
    pub instance_url: String,
    /// What all sign-ins take
    #[command(flatten)]
    pub remember: OrgLoginCommon,
}

/// How to sign in with an SFDX auth URL.
#[derive(Clone, Debug, Default, Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("source").required(true).args(["sfdx_url_file", "sfdx_url_stdin"]))]
pub struct OrgLoginUrlArgs {
    /// The file with the URL, as text or as the JSON of `sf org display`
    #[arg(short = 'f', long, value_name = "FILE", alias = "sfdxurlfile")]
    pub sfdx_url_file: Option<PathBuf>,
    /// Read the URL from standard input
    #[arg(
        short = 'u',
        long,
        value_name = "-",
        num_args = 0..=1,
        default_missing_value = "-",
        alias = "sfdxurlstdin"
    )]
    pub sfdx_url_stdin: Option<String>,
    /// What all sign-ins take
    #[command(flatten)]
    pub remember: OrgLoginCommon,
}

/// How to sign in on another device.
#[derive(Clone, Debug, Default, Args)]
pub struct OrgLoginDeviceArgs {
    /// Where to sign in [default: that of the project, else login.salesforce.com]
    #[arg(
        short = 'r',
        long,
        value_name = "URL",
        alias = "instanceurl",
        short_alias = 'l'
    )]
    pub instance_url: Option<String>,
    /// The connected app, which has to allow the device flow; its secret is asked for, or taken
    /// from $SFDX_CLIENT_SECRET
    #[arg(short = 'i', long, value_name = "ID", alias = "clientid")]
    pub client_id: Option<String>,
    /// What to ask for, separated by spaces [default: refresh_token api web]
    #[arg(long, value_name = "SCOPES")]
    pub scopes: Option<String>,
    /// What all sign-ins take
    #[command(flatten)]
    pub remember: OrgLoginCommon,
}
