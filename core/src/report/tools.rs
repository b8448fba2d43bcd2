//! `adieu catalogue`: the tools that adieu knows as data.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::SCHEMA_VERSION;
use crate::catalogue::{Tool, ToolClass};

/// `adieu catalogue list` and `show`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CatalogueDocument {
    schema_version: u32,
    /// The tools, by their ids.
    tools: Vec<ToolDocument>,
}

/// A tool.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ToolDocument {
    /// The name in selectors.
    id: &'static str,
    /// The name for people.
    name: &'static str,
    /// Other names that people type.
    aliases: &'static [&'static str],
    /// The kind of tool.
    category: &'static str,
    /// How it is known: `observed`, `source`, `documented` or `reported`.
    confidence: &'static str,
    /// Releases that were looked at, pages, source files.
    sources: &'static [&'static str],
    /// Where a person can end its sign-ins.
    page: Option<&'static str>,
    /// The tool's own command that signs in.
    login: &'static [&'static str],
    /// The tool's own command that signs out.
    logout: &'static [&'static str],
    /// What the tool's own logout is known to do wrong.
    logout_caveat: Option<&'static str>,
    /// Variables that sign in, the strongest first.
    variables: Vec<&'static str>,
    /// Where its sign-ins are.
    files: Vec<ToolFileDocument>,
}

/// A file of a tool.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ToolFileDocument {
    /// Where it may be; a variable stands for the directory that it names.
    paths: &'static [&'static str],
    /// What in it signs in.
    credentials: Vec<ToolCredentialDocument>,
}

/// A kind of credential in a file.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ToolCredentialDocument {
    /// What it is.
    what: &'static str,
    /// `session`, `stored`, `key`, `linked`, `along` or `footprint`.
    class: &'static str,
    /// The pattern that selects it; empty for a whole file.
    select: &'static str,
}

impl CatalogueDocument {
    /// The document of these tools.
    pub fn of<'t>(tools: impl IntoIterator<Item = &'t Tool>) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            tools: tools.into_iter().map(ToolDocument::of).collect(),
        }
    }
}

impl ToolDocument {
    fn of(tool: &Tool) -> Self {
        let credentials = |file: &crate::catalogue::ToolFile| {
            let credentials = file.credentials.iter();
            credentials
                .map(|credential| ToolCredentialDocument {
                    what: credential.what,
                    class: credential.class.word(),
                    select: credential.select,
                })
                .collect()
        };
        let signs_in = tool.variables.iter().filter(|variable| variable.signs_in);
        Self {
            id: tool.system.id(),
            name: tool.name,
            aliases: tool.aliases,
            category: tool.category,
            confidence: tool.confidence.word(),
            sources: tool.sources,
            page: tool.system.info().account_page,
            login: tool.login,
            logout: tool.logout,
            logout_caveat: tool.logout_caveat,
            variables: signs_in.map(|variable| variable.name).collect(),
            files: tool
                .files
                .iter()
                .map(|file| ToolFileDocument {
                    paths: file.paths,
                    credentials: credentials(file),
                })
                .collect(),
        }
    }
}

/// What a logout does with a tool's credentials, in a few words.
pub fn describe_removal(tool: &Tool) -> &'static str {
    let credentials = tool.files.iter().flat_map(|file| file.credentials);
    let classes: BTreeSet<&str> = credentials
        .map(|credential| credential.class.word())
        .collect();
    let has = |class: ToolClass| classes.contains(class.word());
    match (
        has(ToolClass::Session),
        has(ToolClass::Stored),
        has(ToolClass::Key),
    ) {
        (false, false, true) => "named, never removed",
        (true, true, _) => "sign-ins go; stored credentials with --keychain",
        (true, false, _) => "goes",
        (false, true, _) => "goes with --keychain",
        (false, false, false) => "variables only",
    }
}
