//! What can be typed after `adieu list`.

use clap::{Args, ValueEnum};

use super::FilterArgs;

/// What to list, and how.
#[derive(Clone, Debug, Default, Args)]
pub struct ListArgs {
    /// Only these: an identity, provider, alias, or a system such as `aws`
    #[arg(value_name = "SELECTOR")]
    pub selectors: Vec<String>,
    /// What is left out of them.
    #[command(flatten)]
    pub filter: FilterArgs,
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
    #[arg(long, alias = "tag", value_name = "TAG", value_delimiter = ',')]
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
