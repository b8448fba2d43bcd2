//! What can be typed: flags and their help texts, nothing else.

mod aws;
mod commands;
mod completions;
mod deferred;
mod env;
mod examples;
mod filter;
mod global;
mod list;
mod login;
mod logout;
mod manual;
mod org;
mod other_grammar;
mod parse;
mod salesforce;
mod scan;
mod status;
mod terminal;
mod trail;
mod using;

use clap::{CommandFactory as _, Parser};

pub use aws::{
    AwsCommand, EcrCommand, EcrLoginArgs, EksCommand, EksTokenArgs, ProfilesArgs,
    UpdateKubeconfigArgs, UserCommand, UserConfigureArgs,
};
pub use commands::{AuthCommand, Command};
pub use completions::build_completions;
pub use deferred::{Deferred, Nested};
pub use env::{EnvArgs, EnvFormat, ValidateArgs, WhoamiArgs};
pub use filter::{FilterArgs, TypedAge};
pub use global::{Global, Output};
pub use list::{ListArgs, ListFormat};
pub use login::{LoginArgs, SwitchArgs, WayArgs};
pub use logout::{LogoutArgs, RevokeArgs, ServerArgs, TargetArgs};
pub use manual::build_manual;
pub(crate) use manual::build_manual_of;
pub use org::{
    Browser, OrgCommand, OrgCommon, OrgDisplayArgs, OrgListArgs, OrgListCommand, OrgLoginCommand,
    OrgLoginCommon, OrgLoginDeviceArgs, OrgLoginJwtArgs, OrgLoginTokenArgs, OrgLoginUrlArgs,
    OrgLoginWebArgs, OrgLogoutArgs,
};
pub use other_grammar::as_adieu_reads_it;
pub use parse::parse_command_line;
pub use salesforce::{as_salesforce_reads_it, flags_of_file, take_flags_directory};
pub use scan::{ScanArgs, ScanFix, ScanFormat, ScanShell};
pub use status::StatusArgs;
pub use terminal::TerminalFlags;
pub use trail::{AuditCommand, CatalogueCommand, SchemaDocument};
pub use using::{
    ConsoleArgs, CredentialProcessArgs, ExecArgs, IdentityArgs, KubeCredentialArgs, ShellArgs,
    TokenArgs,
};

/// The whole command line as clap knows it; completions, man pages and reference come from here.
pub fn build_command() -> clap::Command {
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

fn parse_seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number > 0.0 && number <= 600.0 => Ok(number),
        _ => Err("a number of seconds above 0, up to 600".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        build_command().debug_assert();
    }

    #[test]
    fn identity_flag_takes_an_optional_value() {
        let chosen = |arguments: &[&str]| {
            let cli = Cli::try_parse_from(["adieu"].iter().chain(arguments)).unwrap();
            match cli.command {
                Some(Command::Logout(logout)) => logout.0.target.chosen,
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
