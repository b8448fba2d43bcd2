//! `adieu catalogue`: the tools that adieu knows as data.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::SCHEMA_VERSION;
use crate::catalogue::{Tool, ToolClass, ToolService};
use crate::ignored::Ignored;

/// `adieu catalogue list` and `show`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CatalogueDocument {
    schema_version: u32,
    /// The tools, by their ids.
    tools: Vec<ToolDocument>,
}

/// `adieu catalogue ignore`
#[derive(Debug, Serialize, JsonSchema)]
pub struct IgnoredDocument {
    schema_version: u32,
    /// Files that look like sign-ins and are none.
    ignored: Vec<IgnoredFileDocument>,
}

/// A file that looks like a sign-in and is none.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct IgnoredFileDocument {
    /// Its path, absolute; `keyring:SERVICE/ACCOUNT` for an entry of the key store.
    path: String,
    /// The kinds of members that made it look like one; with a new one it is shown again.
    members: BTreeSet<String>,
}

impl IgnoredDocument {
    /// The document of this list.
    pub fn of(ignored: &Ignored) -> Self {
        let files = ignored.files.iter().map(|file| IgnoredFileDocument {
            path: file.path.display().to_string(),
            members: file.members.clone(),
        });
        Self {
            schema_version: SCHEMA_VERSION,
            ignored: files.collect(),
        }
    }
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
    /// Servers that are told, or asked.
    servers: Vec<ToolServerDocument>,
    /// Whether a person added it; else it comes with the program.
    own: bool,
}

/// A server that is told that a sign-in ends, or asked about it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ToolServerDocument {
    /// Its host; `null` where that is recorded with each sign-in, or a variable names it.
    host: Option<String>,
    /// What ends there, or is asked about.
    what: &'static str,
    /// Whether a logout ends it there.
    ends: bool,
    /// Whether `status --online` asks there.
    asks: bool,
    /// Why a person is asked before it is ended; `null` if none is.
    asked_first: Option<&'static str>,
    /// The page that describes the calls, or how else they are known.
    documentation: &'static str,
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
            servers: tool
                .services
                .iter()
                .map(|service| ToolServerDocument::of(service))
                .collect(),
            own: tool.is_own,
        }
    }
}

impl ToolServerDocument {
    fn of(service: &'static ToolService) -> Self {
        Self {
            host: host_of(service).map(str::to_owned),
            what: service.http.what,
            ends: service.http.end.is_some(),
            asks: service.http.ask.is_some(),
            asked_first: service.shared,
            documentation: service.documentation,
        }
    }
}

/// The host of a service that has the same one for everybody.
fn host_of(service: &ToolService) -> Option<&str> {
    let is_fixed = service.recorded.is_empty() && service.variables.is_empty();
    let address = service.http.address.strip_prefix("https://")?;
    is_fixed.then_some(address.split('/').next()?)
}

/// What the servers of a tool are told and asked, in a few words.
pub fn describe_servers(tool: &Tool) -> String {
    let named = |is_meant: &dyn Fn(&ToolService) -> bool| {
        let services = tool.services.iter().filter(|service| is_meant(service));
        let hosts = services.map(|service| host_of(service).unwrap_or("the recorded server"));
        let hosts: BTreeSet<&str> = hosts.collect();
        hosts.into_iter().collect::<Vec<_>>().join(", ")
    };
    let ends = named(&|service| service.http.end.is_some());
    let asks = named(&|service| service.http.end.is_none() && service.http.ask.is_some());
    match (ends.as_str(), asks.as_str()) {
        ("", "") => "nothing".to_owned(),
        (ends, "") => format!("told: {ends}"),
        ("", asks) => format!("asked only: {asks}"),
        (ends, asks) => format!("told: {ends}; asked only: {asks}"),
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
