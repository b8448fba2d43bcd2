//! The trail: one record per logout, appended to a file of JSON lines, each carrying the hash of the
//! line before it. No record holds a secret.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::files::{EditError, FileError, Files, RootedPath};
use crate::report::{Report, SCHEMA_VERSION};
use crate::world::World;

/// The largest trail that is read, in bytes.
const READ_LIMIT: u64 = 1 << 30;

/// The `previous` of the first record.
const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One logout.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "audit_record")]
pub struct Record {
    /// The version of this form.
    pub schema_version: u32,
    /// The number of the record, from 1.
    pub sequence: u64,
    /// When the logout ended; RFC 3339.
    pub time: String,
    /// The login name of the person.
    pub user: String,
    /// The machine.
    pub host: String,
    /// The home directory that was meant.
    pub home: String,
    /// The command line, without the program's path. It cannot hold a secret: none is ever an
    /// argument.
    pub command: Vec<String>,
    /// Each step and how it ended.
    pub steps: Vec<RecordedStep>,
    /// What is still live afterwards, as places.
    pub still_live: Vec<String>,
    /// The exit status.
    pub exit_status: u8,
    /// SHA-256 of the line before, in lower-case hexadecimal; zeros in the first record.
    pub previous: String,
}

/// One step of a logout.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "audit_step")]
pub struct RecordedStep {
    /// `revoke`, `remove` or `edit`.
    pub action: String,
    /// The kind of place, or `server`.
    pub kind: String,
    /// Where.
    pub location: String,
    /// Whose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// Whose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The family of sign-ins.
    pub system: String,
    /// How it ended.
    pub outcome: String,
    /// Why, where that needs a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `adieu audit show -o json`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "audit_show")]
pub struct Records {
    /// The version of this form.
    pub schema_version: u32,
    /// The records, oldest first.
    pub records: Vec<Record>,
}

impl From<Vec<Record>> for Records {
    fn from(records: Vec<Record>) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            records,
        }
    }
}

/// Why the trail could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The file could not be read or written.
    #[error("the audit trail could not be used")]
    File(#[from] FileError),
}

/// Where the trail is: `$XDG_STATE_HOME/adieu/audit.jsonl`, else below `~/.local/state`.
pub fn trail(world: &World) -> RootedPath {
    let directory = world.state_root();
    let below_home = directory
        .strip_prefix(&world.home)
        .ok()
        .and_then(|relative| RootedPath::new(world.home.as_path(), relative));
    let directory = below_home.unwrap_or_else(|| RootedPath::root(directory));
    directory.join("audit.jsonl").unwrap_or(directory)
}

/// Appends the record of a logout.
pub fn append(
    world: &World,
    files: &Files,
    report: &Report,
    command: &[String],
) -> Result<(), AuditError> {
    let steps = recorded(report);
    let still_live = report
        .verified
        .iter()
        .flat_map(|verified| &verified.still_live)
        .map(|found| found.step.location())
        .collect();
    let mut record = Record {
        schema_version: SCHEMA_VERSION,
        sequence: 1,
        time: world.now().to_string(),
        user: world.user.name.clone(),
        host: world.host.clone(),
        home: world.home.display().to_string(),
        command: command.to_vec(),
        steps,
        still_live,
        exit_status: report.exit_status,
        previous: BEGINNING.to_owned(),
    };
    files.append_line(&trail(world), &mut |last| {
        if let Some(line) = last {
            record.previous = hash(line);
            record.sequence = sequence_of(line).map_or(1, |number| number + 1);
        }
        serde_json::to_vec(&record).map_err(|error| EditError::Refused(error.to_string()))
    })?;
    Ok(())
}

fn recorded(report: &Report) -> Vec<RecordedStep> {
    report
        .lines()
        .map(|(step, outcome)| RecordedStep {
            action: step.action().to_owned(),
            kind: step.kind().to_owned(),
            location: step.location(),
            identity: step.identity.clone().or_else(|| step.orphan.clone()),
            provider: step.provider.clone(),
            system: step.system.id().to_owned(),
            outcome: outcome
                .map_or("planned", |outcome| outcome.word.word())
                .to_owned(),
            reason: outcome.and_then(|outcome| outcome.detail.clone()),
        })
        .collect()
}

fn hash(line: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(line)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[derive(Deserialize)]
struct Numbered {
    sequence: u64,
}

fn sequence_of(line: &[u8]) -> Option<u64> {
    serde_json::from_slice::<Numbered>(line)
        .ok()
        .map(|record| record.sequence)
}

/// The records of the trail, oldest first; a line that is no record is left out (see [`verify`]).
pub fn records(world: &World, files: &Files) -> Result<Vec<Record>, AuditError> {
    let bytes = files.read(&trail(world), READ_LIMIT)?.unwrap_or_default();
    Ok(lines(&bytes)
        .filter_map(|(_, line)| serde_json::from_slice(line).ok())
        .collect())
}

/// The lines with their numbers, from 1; an empty one is none, as for whoever appends.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    (1..)
        .zip(bytes.split(|byte| *byte == b'\n'))
        .filter(|(_, line)| !line.is_empty())
}

/// What checking the trail found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "audit_check")]
pub struct Check {
    /// The version of this form.
    pub schema_version: u32,
    /// How many records there are.
    pub records: usize,
    /// The time of the last one.
    pub last: Option<String>,
    /// What is wrong, in the order of the file; nothing if the chain is whole.
    pub faults: Vec<Fault>,
}

/// A place where the chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "audit_fault")]
pub struct Fault {
    /// The line in the file, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: FaultKind,
}

/// The ways in which a chain can be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The line is no record. A machine that stopped while it wrote leaves a cut-off line; the
    /// record after it carries that line's hash, so the chain itself is whole.
    CutOff,
    /// The line is no record, and the next one does not carry its hash.
    NotARecord,
    /// The record does not carry the hash of the line before it: a line was changed, added or
    /// removed.
    BrokenChain,
}

impl fmt::Display for FaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::CutOff => "cut off while it was written; the chain goes on after it",
            Self::NotARecord => "not a record",
            Self::BrokenChain => "it does not carry the hash of the line before it",
        })
    }
}

impl Check {
    /// Whether nothing was changed, added or removed. A line cut off by a crash is no such thing.
    pub fn is_whole(&self) -> bool {
        self.faults
            .iter()
            .all(|fault| fault.problem == FaultKind::CutOff)
    }
}

/// Checks the chain from its beginning.
pub fn verify(world: &World, files: &Files) -> Result<Check, AuditError> {
    let bytes = files.read(&trail(world), READ_LIMIT)?.unwrap_or_default();
    Ok(check(&bytes))
}

/// Checks the bytes of a trail.
pub fn check(bytes: &[u8]) -> Check {
    let mut faults = Vec::new();
    let mut expected = BEGINNING.to_owned();
    let mut records = 0;
    let mut last: Option<Timestamp> = None;
    let mut unread: Option<usize> = None;
    for (number, line) in lines(bytes) {
        match serde_json::from_slice::<Record>(line) {
            Ok(record) => {
                let holds = record.previous == expected;
                if let Some(line) = unread.take() {
                    let problem = if holds {
                        FaultKind::CutOff
                    } else {
                        FaultKind::NotARecord
                    };
                    faults.push(Fault { line, problem });
                }
                if !holds {
                    faults.push(Fault {
                        line: number,
                        problem: FaultKind::BrokenChain,
                    });
                }
                records += 1;
                last = record.time.parse().ok().or(last);
            }
            Err(_) => {
                if let Some(line) = unread.replace(number) {
                    faults.push(Fault {
                        line,
                        problem: FaultKind::NotARecord,
                    });
                }
            }
        }
        expected = hash(line);
    }
    if let Some(line) = unread {
        let whole = bytes.last() == Some(&b'\n');
        let problem = if whole {
            FaultKind::NotARecord
        } else {
            FaultKind::CutOff
        };
        faults.push(Fault { line, problem });
    }
    Check {
        schema_version: SCHEMA_VERSION,
        records,
        last: last.map(|time| time.to_string()),
        faults,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(previous: &str, sequence: u64) -> String {
        let record = Record {
            schema_version: 1,
            sequence,
            time: "2026-11-21T08:30:00Z".to_owned(),
            user: "ana".to_owned(),
            host: "desk".to_owned(),
            home: "/home/ana".to_owned(),
            command: vec!["logout".to_owned(), "--all".to_owned()],
            steps: vec![],
            still_live: vec![],
            exit_status: 0,
            previous: previous.to_owned(),
        };
        serde_json::to_string(&record).unwrap()
    }

    fn chain(length: u64) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for sequence in 1..=length {
            let previous = lines
                .last()
                .map_or(BEGINNING.to_owned(), |l| hash(l.as_bytes()));
            lines.push(record(&previous, sequence));
        }
        lines
    }

    fn faults(lines: &[String]) -> Vec<(usize, FaultKind)> {
        let text = format!(
            "{}
",
            lines.join(
                "
"
            )
        );
        check(text.as_bytes())
            .faults
            .iter()
            .map(|fault| (fault.line, fault.problem))
            .collect()
    }

    #[test]
    fn a_whole_chain_has_no_faults() {
        assert_eq!(faults(&chain(3)), []);
        assert_eq!(faults(&[]), []);
    }

    #[test]
    fn a_missing_changed_or_added_line_is_found() {
        let mut missing = chain(3);
        missing.remove(1);
        assert_eq!(faults(&missing), [(2, FaultKind::BrokenChain)]);
        let mut changed = chain(3);
        changed[1] = changed[1].replace("ana", "bob");
        assert_eq!(faults(&changed), [(3, FaultKind::BrokenChain)]);
        let mut headless = chain(3);
        headless.remove(0);
        assert_eq!(faults(&headless), [(1, FaultKind::BrokenChain)]);
    }

    #[test]
    fn an_empty_line_breaks_nothing_and_counts_as_a_line_of_the_file() {
        let mut lines = chain(3);
        lines.insert(1, String::new());
        lines.push(String::new());
        assert_eq!(faults(&lines), []);
        lines[2] = lines[2].replace("ana", "bob");
        assert_eq!(faults(&lines), [(4, FaultKind::BrokenChain)]);
    }

    #[test]
    fn a_cut_off_line_is_told_from_a_forged_one() {
        let mut lines = chain(1);
        lines.push("{\"schema_ver".to_owned());
        lines.push(record(&hash(lines[1].as_bytes()), 2));
        assert_eq!(faults(&lines), [(2, FaultKind::CutOff)]);
        lines[2] = record(&hash(lines[0].as_bytes()), 2);
        assert_eq!(
            faults(&lines),
            [(2, FaultKind::NotARecord), (3, FaultKind::BrokenChain)]
        );
    }
}
