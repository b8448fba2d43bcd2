//! The catalogue: tools as data. What each keeps where, whose it is, what a logout takes.
//!
//! An entry is one TOML file in `data/catalogue/`, by the schema in [`entry`]; `build.rs` makes
//! statics of them. How a tool is looked at is in [`crate::systems`], for all of them alike.

pub mod entry;
pub mod own;

use crate::formats::{Format, IniDialect, LineRule};
use crate::io::keyring::Naming;
use crate::remote::HttpService;
use crate::system::System;
pub use entry::Confidence;

/// The largest entry that is read, in bytes.
pub const LIMIT: u64 = 1 << 20;

/// A tool.
#[derive(Debug)]
pub struct Tool {
    /// Its family of sign-ins.
    pub system: System,
    /// Its name for people.
    pub name: &'static str,
    /// Other names that people type.
    pub aliases: &'static [&'static str],
    /// Whether a person added it; else it comes with the program.
    pub is_own: bool,
    /// The kind of tool, for lists.
    pub category: &'static str,
    /// How it is known what stands here.
    pub confidence: Confidence,
    /// Releases that were looked at, pages, source files.
    pub sources: &'static [&'static str],
    /// The program and arguments that sign in.
    pub login: &'static [&'static str],
    /// The tool's own command that signs out.
    pub logout: &'static [&'static str],
    /// What the tool's own logout is known to do wrong.
    pub logout_caveat: Option<&'static str>,
    /// Variables that change who is signed in, in the order in which they win.
    pub variables: &'static [ToolVariable],
    /// Files with sign-ins.
    pub files: &'static [ToolFile],
    /// Entries of the operating system's key store.
    pub keyring: &'static [ToolKeyringItem],
    /// Servers that end its credentials, or tell whether they are good.
    pub services: &'static [&'static ToolService],
}

/// A server that ends credentials of a tool in one request, or tells in one whether they are good.
#[derive(Debug)]
pub struct ToolService {
    /// Its name in the entry.
    pub name: &'static str,
    /// The page that describes the calls, or how else they are known.
    pub documentation: &'static str,
    /// Templates for the address, where the tool recorded it with the credential.
    pub recorded: &'static [&'static str],
    /// Variables that name the address.
    pub variables: &'static [&'static str],
    /// The key beside the credential with the text that it is told.
    pub secret: Option<&'static str>,
    /// Forms of that text; none means all.
    pub tokens: &'static [&'static str],
    /// Members that have one of these texts where they are there.
    pub only_with: &'static [(&'static str, &'static [&'static str])],
    /// What the calls name besides the token: names with their templates.
    pub values: &'static [(&'static str, &'static [&'static str])],
    /// Why ending it would end more than the sign-in here.
    pub shared: Option<&'static str>,
    /// Whether the tool's own login made it, though it is of a kind that people make.
    pub is_made_by_login: bool,
    /// The key beside the credential with the access token to ask with.
    pub check_with: Option<&'static str>,
    /// The requests.
    pub http: HttpService,
}

/// Entries of the operating system's key store.
#[derive(Debug)]
pub struct ToolKeyringItem {
    /// The service; `*` stands for any text.
    pub service: &'static str,
    /// The account; `*` stands for any text.
    pub account: &'static str,
    /// How the tool's library names the two in the Secret Service.
    pub naming: Naming,
    /// What it is, in a few words.
    pub what: &'static str,
    /// What a logout does with it.
    pub class: ToolClass,
    /// Whether a person made it as a key at the vendor's.
    pub is_key: bool,
    /// Templates for the name of whose it is.
    pub identity: &'static [&'static str],
    /// The services that may end it.
    pub services: &'static [&'static ToolService],
}

/// A variable of a tool.
#[derive(Debug)]
pub struct ToolVariable {
    /// Its name.
    pub name: &'static str,
    /// Whether it signs in by itself.
    pub signs_in: bool,
}

/// A file with sign-ins.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about the file"
)]
pub struct ToolFile {
    /// Where it may be, as an entry writes it.
    pub paths: &'static [&'static str],
    /// Whether Linux and its relatives have it there.
    pub on_linux: bool,
    /// Whether macOS has it there.
    pub on_macos: bool,
    /// Whether Windows has it there.
    pub on_windows: bool,
    /// How it is written; `None` where the whole file is one credential, or a database.
    pub format: Option<Format>,
    /// The table, where it is a database.
    pub table: Option<ToolTable>,
    /// Whether a variable that is the file itself lists several.
    pub is_list: bool,
    /// Whether it is another tool's file, which says what is wrong with it.
    pub is_shared: bool,
    /// Whether it goes when nothing is left in it.
    pub goes_when_empty: bool,
    /// What in it signs in.
    pub credentials: &'static [ToolCredential],
    /// What in it says that somebody is signed in with a secret that the key store keeps.
    pub markers: &'static [ToolMarker],
    /// What in it names another file that is a credential.
    pub references: &'static [ToolReference],
}

/// A table of a database, a credential a row.
#[derive(Clone, Copy, Debug)]
pub struct ToolTable {
    /// Its name.
    pub name: &'static str,
    /// The column that tells its rows apart, then those that follow.
    pub columns: &'static [&'static str],
    /// Whether a JSON document follows.
    pub has_document: bool,
    /// Whether an access token and its end follow.
    pub has_access_token: bool,
}

/// A member that names another file which is a credential.
#[derive(Debug)]
pub struct ToolReference {
    /// The pattern that selects it.
    pub select: &'static str,
    /// What the file is, in a few words.
    pub what: &'static str,
    /// Templates for the name of whose it is.
    pub identity: &'static [&'static str],
}

/// A member that says that somebody is signed in, while the secret is in the operating system's key
/// store.
#[derive(Debug)]
pub struct ToolMarker {
    /// The pattern that selects it.
    pub select: &'static str,
    /// Texts with wildcards, one of which it must be; none means any.
    pub when: &'static [&'static str],
    /// The keys in it or beside it that hold the secret itself.
    pub without: &'static [&'static str],
    /// Templates for the name of whose it is.
    pub identity: &'static [&'static str],
    /// Whether it counts only where this machine has a key store.
    pub is_hint: bool,
}

/// A kind of credential in a file.
#[derive(Debug)]
pub struct ToolCredential {
    /// The pattern that selects it.
    pub select: &'static str,
    /// What it is, in a few words.
    pub what: &'static str,
    /// What a logout does with it.
    pub class: ToolClass,
    /// Whether a person made it as a key at the vendor's.
    pub is_key: bool,
    /// Templates for the name of whose it is.
    pub identity: &'static [&'static str],
    /// Templates for where it comes from.
    pub provider: &'static [&'static str],
    /// The key beside it that says when it ends, or `jwt`.
    pub expires: Option<&'static str>,
    /// The key beside it with what renews it.
    pub renewed_by: Option<&'static str>,
    /// Whether nobody can say what form it is of.
    pub is_unknown: bool,
    /// Names by `identity` that are no sign-ins.
    pub except: &'static [&'static str],
    /// Texts with wildcards that are no credentials.
    pub ignore: &'static [&'static str],
    /// The services that may end it.
    pub services: &'static [&'static ToolService],
    /// Whether it ends with the token of the same account that was found before.
    pub ends_with_account: bool,
}

/// What a logout does with a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToolClass {
    /// It goes.
    Session,
    /// It stays without `--keychain`.
    Stored,
    /// It is only reported.
    Key,
    /// It is a login to another service, and goes with those.
    Linked,
    /// It is no credential, and goes with the sign-in.
    Along,
    /// It is no credential, and goes with a complete removal.
    Footprint,
}

impl ToolClass {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Stored => "stored",
            Self::Key => "key",
            Self::Linked => "linked",
            Self::Along => "along",
            Self::Footprint => "footprint",
        }
    }
}

impl Confidence {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Source => "source",
            Self::Documented => "documented",
            Self::Reported => "reported",
        }
    }
}

include!(concat!(env!("OUT_DIR"), "/catalogue_tools.rs"));

mod services {
    use std::borrow::Cow;

    use crate::catalogue::ToolService;
    use crate::remote::call::{Method, Text};
    use crate::remote::{Answers, Authorization, Body, Content, HttpCall, HttpService, Member};

    include!(concat!(env!("OUT_DIR"), "/catalogue_services.rs"));
}

/// Every tool, in the order of their ids.
pub fn list_tools() -> &'static [Tool] {
    &TOOLS
}

/// The tool of a family of sign-ins.
pub fn tool_of(system: System) -> Option<&'static Tool> {
    let built_in = TOOLS.iter().find(|tool| tool.system == system);
    built_in.or_else(|| {
        let mut known = own::known().into_iter();
        known.find(|tool| std::ptr::eq(tool.system.info(), system.info()))
    })
}

/// The tools that read a variable, each with its rank among the variables of that tool.
pub fn tools_of_variable(name: &str) -> impl Iterator<Item = (&'static Tool, usize)> + use<> {
    let first = VARIABLES.partition_point(|(known, ..)| *known < name);
    let count = VARIABLES[first..].partition_point(|(known, ..)| *known == name);
    let found = VARIABLES[first..first + count].iter();
    found.map(|(_, tool, rank)| (&TOOLS[*tool], *rank))
}

/// Of these tools the ones that read a variable, each with its rank among the variables of that tool.
pub fn with_variable(
    tools: impl IntoIterator<Item = &'static Tool>,
    name: &str,
) -> impl Iterator<Item = (&'static Tool, usize)> {
    tools.into_iter().filter_map(move |tool| {
        let mut variables = tool.variables.iter();
        Some((tool, variables.position(|variable| variable.name == name)?))
    })
}

#[cfg(test)]
mod tests;
