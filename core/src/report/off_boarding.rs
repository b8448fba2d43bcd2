//! The report of a logout on one page, for whoever hands a machine back: who, where, what was ended here
//! and at servers, the proof, and what is left to do. Made from a [`Report`] alone.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::page::{self, Page};
use super::{CredentialEnd, End, Outcome, Report, SCHEMA_VERSION};
use crate::inventory::{Place, State};
use crate::plan::Step;
use crate::remote::TokenStatus;

/// What tells a report of ours from other files; it stands near the beginning of every form.
const MARK: &str = "adieu-off-boarding-report";

/// How far into a file the mark may stand, in bytes.
const BEGINNING: usize = 512;

/// Whether a file is a report of ours, which a later one may take the place of.
pub fn is_off_boarding_report(bytes: &[u8]) -> bool {
    let beginning = &bytes[..bytes.len().min(BEGINNING)];
    beginning
        .windows(MARK.len())
        .any(|window| window == MARK.as_bytes())
}

/// Where and when a logout was done.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// The machine's name.
    pub machine: String,
    /// The person's name on it.
    pub person: String,
    /// The home directory, absolute.
    pub home: String,
    /// The moment.
    pub time: Timestamp,
    /// The command line; no secret.
    pub command: Vec<String>,
}

/// `adieu logout --report FILE.json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "off_boarding")]
pub struct OffBoardingDocument {
    /// `adieu-off-boarding-report`.
    kind: &'static str,
    schema_version: u32,
    machine: String,
    person: String,
    home: String,
    /// RFC 3339.
    time: String,
    command: Vec<String>,
    /// Whether nothing was to be changed.
    dry_run: bool,
    /// Whether it was a logout of a machine that is no longer trusted.
    incident: bool,
    exit_status: u8,
    /// What can still be used, and where to finish it: nothing if all was ended.
    open: Vec<OpenJson>,
    identities: Vec<IdentityJson>,
    /// What became of each place on this machine.
    local: Vec<LocalJson>,
    /// What servers said.
    server: Vec<ServerJson>,
    proof: ProofJson,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "open")]
struct OpenJson {
    system: &'static str,
    identity: String,
    what: String,
    why: String,
    /// What to do about it: a page, a command.
    finish: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "identity")]
struct IdentityJson {
    system: &'static str,
    identity: String,
    provider: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "local")]
struct LocalJson {
    system: &'static str,
    identity: String,
    location: String,
    /// `removed`, `absent`, `kept`, `failed`; in a dry run also `planned`.
    outcome: &'static str,
    reason: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "server")]
struct ServerJson {
    system: &'static str,
    identity: String,
    what: &'static str,
    /// As in the document of a logout.
    end: &'static str,
    /// Who said so, or who could.
    server: Option<String>,
    reason: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "proof")]
struct ProofJson {
    /// How many places were looked at again; `null` in a dry run.
    checked: Option<usize>,
    /// How many credentials were found that can still be used.
    still_live: usize,
    /// What servers answered to tokens that they had ended, where they were asked.
    asked: Vec<String>,
    /// What could not be looked at.
    unread: Vec<String>,
}

impl OffBoardingDocument {
    /// The report of a logout.
    pub fn new(report: &Report, circumstances: &Circumstances) -> Self {
        let mut identities: Vec<IdentityJson> = Vec::new();
        for found in &report.credentials {
            let identity = IdentityJson {
                system: found.system.id(),
                identity: name_of(found),
                provider: found.provider.clone(),
            };
            if !identities.contains(&identity) {
                identities.push(identity);
            }
        }
        let local = report.lines().filter(|(step, _)| step.place().is_some());
        let verified = report.verified.as_ref();
        Self {
            kind: MARK,
            schema_version: SCHEMA_VERSION,
            machine: circumstances.machine.clone(),
            person: circumstances.person.clone(),
            home: circumstances.home.clone(),
            time: circumstances.time.to_string(),
            command: circumstances.command.clone(),
            dry_run: report.dry_run,
            incident: report.plan.request.incident,
            exit_status: report.exit_status,
            open: open(report),
            identities,
            local: local.map(|(step, outcome)| place(step, outcome)).collect(),
            server: report.credentials.iter().map(server).collect(),
            proof: ProofJson {
                checked: verified.map(|verified| verified.checked),
                still_live: verified.map_or(0, |verified| verified.still_live.len()),
                asked: verified
                    .into_iter()
                    .flat_map(|verified| &verified.asked)
                    .map(|asked| {
                        let answer = match &asked.answer {
                            TokenStatus::Accepted => "still accepts",
                            TokenStatus::Refused => "refuses",
                            TokenStatus::Unknown { .. } | TokenStatus::NotAsked { .. } => {
                                "did not say whether it accepts"
                            }
                        };
                        let (what, who) = (asked.step.what, asked.step.subject());
                        format!("{} {answer} the {what} of {who}", asked.step.location())
                    })
                    .collect(),
                unread: report
                    .unread()
                    .iter()
                    .map(|problem| format!("{}: {}", problem.location, problem.message))
                    .collect(),
            },
        }
    }

    /// The page in Markdown.
    pub fn markdown(&self) -> String {
        page::markdown(&self.page())
    }

    /// The page in HTML, self-contained and without a script.
    pub fn html(&self) -> String {
        page::html(&self.page())
    }

    fn page(&self) -> Page {
        let title = format!("Signed out: {} on {}", self.person, self.machine);
        let mut page = Page::new(MARK, &title);
        if self.dry_run {
            page.text("This is a dry run: nothing was changed.");
        }
        if self.incident {
            page.text("The machine was taken for compromised: stored keys were included.");
        }
        page.table(
            "",
            &["", ""],
            [
                ["Machine", &self.machine],
                ["Person", &self.person],
                ["Home", &self.home],
                ["Time", &self.time],
                ["Command", &self.command.join(" ")],
                ["Exit status", &self.exit_status.to_string()],
            ]
            .map(|row| row.map(str::to_owned).to_vec())
            .to_vec(),
        );
        let heading = if self.incident {
            "Rotate these now"
        } else {
            "What is left to do"
        };
        let rows = self.open.iter().map(|found| {
            let finish = found.finish.clone().unwrap_or_default();
            vec![
                named(found.system, &found.identity),
                found.what.clone(),
                found.why.clone(),
                finish,
            ]
        });
        let rows: Vec<Vec<String>> = rows.collect();
        if rows.is_empty() {
            page.section(heading);
            page.text("Nothing: no credential that was seen can still be used.");
        } else {
            page.table(heading, &["Who", "What", "Why", "Where to finish"], rows);
        }
        let identities = self.identities.iter().map(|found| {
            vec![
                found.system.to_owned(),
                found.identity.clone(),
                found.provider.clone().unwrap_or_default(),
            ]
        });
        page.table(
            "Identities",
            &["System", "Identity", "Provider"],
            identities.collect(),
        );
        let local = self.local.iter().map(|found| {
            vec![
                named(found.system, &found.identity),
                found.location.clone(),
                found.outcome.to_owned(),
                found.reason.clone(),
            ]
        });
        page.table(
            "On this machine",
            &["Who", "Place", "Outcome", "Reason"],
            local.collect(),
        );
        let server = self.server.iter().map(|found| {
            vec![
                named(found.system, &found.identity),
                found.what.to_owned(),
                found.end.to_owned(),
                found.server.clone().unwrap_or_default(),
                found.reason.clone().unwrap_or_default(),
            ]
        });
        page.table(
            "At servers",
            &["Who", "What", "End", "Server", "Reason"],
            server.collect(),
        );
        page.section("Proof");
        match self.proof.checked {
            Some(checked) => {
                let left = match self.proof.still_live {
                    0 => "nothing that can still be used was found".to_owned(),
                    1 => "1 credential was found that can still be used".to_owned(),
                    number => format!("{number} credentials were found that can still be used"),
                };
                page.text(&format!("{checked} places were looked at again: {left}."));
            }
            None => page.text("Nothing was looked at again: nothing was changed."),
        }
        for line in self.proof.asked.iter().chain(&self.proof.unread) {
            page.item(line);
        }
        page
    }
}

fn named(system: &str, identity: &str) -> String {
    if identity.is_empty() {
        system.to_owned()
    } else {
        format!("{system}: {identity}")
    }
}

fn name_of(found: &CredentialEnd) -> String {
    let name = found.identity.as_ref().or(found.provider.as_ref());
    name.cloned().unwrap_or_default()
}

fn place(step: &Step, outcome: Option<&Outcome>) -> LocalJson {
    LocalJson {
        system: step.system.id(),
        identity: step.subject().to_owned(),
        location: step.location(),
        outcome: outcome.map_or("planned", |outcome| outcome.word.word()),
        reason: outcome
            .and_then(|outcome| outcome.detail.clone())
            .unwrap_or_else(|| step.reason.clone()),
    }
}

fn server(found: &CredentialEnd) -> ServerJson {
    ServerJson {
        system: found.system.id(),
        identity: name_of(found),
        what: found.what,
        end: found.end.word(),
        server: found.server().map(str::to_owned),
        reason: found.end.reason().map(str::to_owned),
    }
}

/// What can still be used: what no server ended, what stays here, and what looking again found.
fn open(report: &Report) -> Vec<OpenJson> {
    let mut open: Vec<OpenJson> = report
        .rotate()
        .map(|found| OpenJson {
            system: found.system.id(),
            identity: name_of(found),
            what: found.what.to_owned(),
            why: match &found.end {
                End::NoServerCall { .. } => "no server call ends it".to_owned(),
                end => end
                    .reason()
                    .unwrap_or("its server did not end it")
                    .to_owned(),
            },
            finish: found.end.page().map(str::to_owned).or_else(|| {
                let step = report.remedy_at(&found.places);
                step.map(str::to_owned)
            }),
        })
        .collect();
    let verified = report.verified.iter();
    for left in verified.clone().flat_map(|verified| &verified.still_live) {
        let step = &left.step;
        let is_known = |found: &&CredentialEnd| match step.place() {
            Some(place) => found.places.contains(place),
            None => found.system == step.system && name_of(found) == step.subject(),
        };
        if report.rotate().any(|found| is_known(&found)) || step.state == State::Residue {
            continue;
        }
        open.push(OpenJson {
            system: step.system.id(),
            identity: step.subject().to_owned(),
            what: format!(
                "{} {}",
                step.what,
                step.place().map(Place::location).unwrap_or_default()
            )
            .trim_end()
            .to_owned(),
            why: step.reason.clone(),
            finish: Some(left.remedy.clone()),
        });
    }
    for found in verified.flat_map(|verified| &verified.overrides) {
        if found.kind.signs_in() {
            open.push(OpenJson {
                system: found.system.id(),
                identity: String::new(),
                what: found.name.clone(),
                why: format!("it is set in {}, and signs the tool in", found.location),
                finish: Some(found.remedy.clone()),
            });
        }
    }
    open
}

impl Report {
    /// The credentials that may still be accepted by a server, here or copied elsewhere: what a person has
    /// to end or replace.
    pub fn rotate(&self) -> impl Iterator<Item = &CredentialEnd> {
        self.credentials.iter().filter(|found| {
            matches!(
                found.end,
                End::NotEnded { .. } | End::NoServerCall { .. } | End::Kept { .. }
            )
        })
    }

    /// What looking again advises about one of these places.
    fn remedy_at(&self, places: &[Place]) -> Option<&str> {
        let mut live = self
            .verified
            .iter()
            .flat_map(|verified| &verified.still_live);
        let found = live.find(|left| {
            left.step
                .place()
                .is_some_and(|place| places.contains(place))
        });
        found.map(|found| found.remedy.as_str())
    }
}
