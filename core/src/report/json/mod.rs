//! The JSON renderings, as wire types: what others rely on. Their schema is published.
//!
//! Here is what several documents have: the version, artefacts, overrides, problems, links, answers
//! of servers, and how a place is written as one text. Each document has a file of its own.

mod logout;
mod pending;
mod status;

pub use logout::{LogoutDocument, to_logout_json};
pub use pending::{PendingDocument, to_pending_json};
pub use status::{StatusDocument, to_status_json};

use schemars::JsonSchema;
use serde::Serialize;

use crate::formats::Format;
use crate::inventory::{Artefact, Override, Place, Problem};
use crate::path::FollowedLink;
use crate::plan::{Action, Step};
use crate::remote::TokenStatus;

/// The version of every JSON document; it changes when a member changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "link")]
struct LinkJson {
    /// The link, absolute.
    link: String,
    /// What it leads to, absolute, without a link on the way.
    target: String,
}

/// What a server said of a token or of keys.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "server_answer")]
pub struct ServerAnswerJson {
    /// `accepted`, `refused`, `unknown` or `not-asked`.
    answer: &'static str,
    /// Why there is no yes and no no.
    reason: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "artefact")]
struct ArtefactJson {
    /// `keyring`, `ini-section`, `json-member`, `yaml-item`, `sqlite-row`, `file` or `directory`; in
    /// files of other formats `ini-key`, `toml-member`, `xml-element`, `netrc-entry`, `property`,
    /// `line`, `pem-block` or `content`.
    kind: &'static str,
    /// An absolute path, with what is meant in it behind `#`; or the entry's name in a keyring.
    location: String,
    /// `session` or `stored`.
    class: &'static str,
    /// What it is, in a few words.
    what: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "override")]
struct OverrideJson {
    /// `env`, `profile`, `helper`, `settings`, `fallback`, `process`, or `notice` for what signs nobody
    /// in.
    kind: &'static str,
    name: String,
    /// `environment`, or a file; of a profile with the line behind a colon.
    location: String,
    system: &'static str,
    remedy: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "problem")]
pub(super) struct ProblemJson {
    location: String,
    message: String,
    hint: Option<String>,
    /// Whether there could be more to find behind it.
    hides: bool,
}

impl From<&TokenStatus> for ServerAnswerJson {
    fn from(answer: &TokenStatus) -> Self {
        Self {
            answer: answer.word(),
            reason: answer.reason().map(str::to_owned),
        }
    }
}

fn to_artefact_json(artefact: &Artefact) -> ArtefactJson {
    ArtefactJson {
        kind: artefact.place.kind(),
        location: artefact.place.location(),
        class: artefact.class.word(),
        what: artefact.what,
    }
}

fn override_json(found: &Override) -> OverrideJson {
    OverrideJson {
        kind: found.kind.word(),
        name: found.name.clone(),
        location: found.location.clone(),
        system: found.system.id(),
        remedy: found.remedy.clone(),
    }
}

fn to_link_json(followed: &FollowedLink) -> LinkJson {
    LinkJson {
        link: followed.link.display().to_string(),
        target: followed.target.display().to_string(),
    }
}

pub(super) fn to_problem_json(problem: &Problem) -> ProblemJson {
    ProblemJson {
        location: problem.location.to_string(),
        message: problem.message.clone(),
        hint: problem.hint.clone(),
        hides: problem.hides,
    }
}

impl Place {
    /// The place as one text: an absolute path, with what is meant in it behind `#`; or the name of
    /// a keyring entry.
    pub fn location(&self) -> String {
        let path = self
            .path()
            .map(|path| path.display().to_string())
            .unwrap_or_default();
        match self {
            Self::KeyringEntry { service, .. } => service.clone(),
            Self::Member {
                format,
                path: member,
                ..
            } => {
                let words: Vec<String> = member.words().collect();
                match (format, words.join("/")) {
                    (Format::Whole, _) => path,
                    (Format::Json, words) => format!("{path}#/{words}"),
                    (_, words) => format!("{path}#{words}"),
                }
            }
            Self::SqliteRow {
                table,
                column,
                value,
                ..
            } => {
                format!("{path}#{table}.{column}={value}")
            }
            Self::File { .. } | Self::Stranger { .. } => path,
            Self::Named { .. } | Self::Tree { .. } | Self::Directory { .. } => format!("{path}/"),
        }
    }
}

impl Step {
    /// The kind in JSON: that of the place, or `server`.
    pub fn kind(&self) -> &'static str {
        match &self.deed {
            Action::Remove(place) => place.kind(),
            Action::Revoke { .. } | Action::Unsupported { .. } => "server",
        }
    }

    /// Where it happens, as one text.
    pub fn location(&self) -> String {
        match &self.deed {
            Action::Remove(place) => place.location(),
            Action::Revoke { revocation, .. } => revocation.endpoint().shown(),
            Action::Unsupported { page } => page.clone().unwrap_or_default(),
        }
    }
}
