//! What can be typed after `adieu audit`, `catalogue` and `schema`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::examples;

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
    /// `adieu console`
    Console,
    /// `adieu revoke --deactivate-keys` and `--delete-keys`
    RetiredKeys,
    /// `adieu revoke --everywhere`
    Everywhere,
    /// `adieu revoke --revoke-role-sessions`
    RoleDenial,
    /// `adieu token`
    Token,
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
    /// `adieu login` to AWS
    AwsLogin,
    /// `adieu login` to a tool, and `adieu switch`
    Login,
    /// `adieu logout --report FILE.json`
    Report,
    /// `adieu completions` and `adieu man`
    Text,
    /// Any command that has nothing to show
    Done,
}
