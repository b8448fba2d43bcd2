//! Salesforce CLI: what its files hold and mean, and what of them a logout concerns. Nothing here
//! reads or writes.
//!
//! Sources: the real client `@salesforce/cli` 2.146.3 and its library sfdx-core 9.1.1, whose files,
//! requests and answers are recorded in `tests/fixtures/salesforce`.
//!
//! The words: S is `~/.sfdx` (auth files, aliases, key, older settings), F is `~/.sf` (settings), P
//! the project directory, which has an `.sf` and an `.sfdx` of its own.

pub mod aliases;
pub mod api;
pub mod auth_file;
pub mod crypto;
mod describe;
pub mod key;
pub mod login;
mod lookups;
mod online;
pub mod orgs;
pub mod redact;
mod residue;
pub mod settings;

pub(super) use describe::TOKEN_VARIABLES;
pub(super) use lookups::list_lookups;
pub(crate) use lookups::list_reading_lookups;
pub use online::{OrgAccessToken, OrgAnswer, OrgAnswers, OrgChecker};

use super::FileRules;
use crate::formats::Step;
use crate::inventory::Place;
use crate::io::files::LockRule;

/// S: auth files, aliases, key and the older settings; relative to the home directory.
pub const STATE_DIRECTORY: &str = ".sfdx";

/// F: the present settings; relative to the home directory, or to a project's.
pub const SETTINGS_DIRECTORY: &str = ".sf";

/// The file whose directory is a project.
pub const PROJECT_FILE: &str = "sfdx-project.json";

/// Most bytes of one of these files that are read; real ones have a few thousand.
pub const FILE_LIMIT: u64 = 4 << 20;

/// How its files are changed: under the locks of the real client, and left as it leaves them. An org
/// is found again by its own file only.
pub(super) fn file_rules(name: &str, place: &Place) -> FileRules {
    FileRules {
        // The list of an org's users.
        goes_when_empty: matches!(
            place,
            Place::Member { path, .. } if matches!(path.steps().last(), Some(Step::Text(_)))
        ),
        groups: &[auth_file::CLIENT_APPS],
        // A setting may name an org by its alias.
        explains_others: name == aliases::FILE,
        names_accounts: true,
        ..FileRules::locked(LockRule::Directory)
    }
}

/// Two-space indent and no final newline, as the real client writes everything but aliases and
/// key.
pub(crate) fn format_document(document: &serde_json::Map<String, serde_json::Value>) -> Vec<u8> {
    // Texts are the only keys, so this cannot fail; an empty object is what a failure would mean.
    serde_json::to_vec_pretty(document).unwrap_or_else(|_| b"{}".to_vec())
}

/// A whole file as one JSON object; the line of the mistake if it is none.
pub(crate) fn parse_object(
    bytes: &[u8],
) -> Result<serde_json::Map<String, serde_json::Value>, NotAnObject> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|error| NotAnObject { line: error.line() })
}

/// A file that should be one JSON object is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not a JSON object (line {line})")]
pub struct NotAnObject {
    /// The line where that shows, counted from 1.
    pub line: usize,
}
