//! The trail: one record per logout, appended to a file of JSON lines, each carrying the hash of the
//! line before it. No record holds a secret.

mod check;
mod head;
mod witness;

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use self::check::{Check, Fault, FaultKind, check_trail, check_with, verify_trail};
pub use self::head::{Begun, Head};

use self::witness::Witness;
use crate::inventory::Pending;
use crate::io::files::{ConfinedPath, EditError, FileError, Files};
use crate::plan::Plan;
use crate::report::{Report, SCHEMA_VERSION};
use crate::world::World;

/// The largest trail that is read, in bytes.
const READ_LIMIT: u64 = 1 << 30;

/// The most bytes of one text in a record; what is longer is cut, and ends with `…`.
const TEXT_LIMIT: usize = 1024;
/// The most words of a command line in a record.
const WORD_LIMIT: usize = 256;
/// The most bytes of the steps of a record, and of its list of what is still live.
const LIST_LIMIT: usize = 4 << 20;
/// The exit status in the record of a run that never came to its end, as a shell tells it.
const KILLED: u8 = 137;

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
    /// The login name of the person, as the environment tells it.
    pub user: String,
    /// The user id that the program ran with, where there are such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// The machine.
    pub host: String,
    /// The home directory that was meant.
    pub home: String,
    /// The command line, without the program's path. It cannot hold a secret: none is ever an
    /// argument.
    pub command: Vec<String>,
    /// When the first change was about to be made; RFC 3339. Records of older versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<String>,
    /// The run was stopped before its end (killed, or the machine went down): what became of its steps
    /// is not known.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unfinished: bool,
    /// Each step and how it ended.
    pub steps: Vec<RecordedStep>,
    /// How many more steps and places there were than one record holds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
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
    /// `revoke`, `remove` or `edit`; `forget` where a person said that it ended; `deactivate` or `delete` of a
    /// key at AWS, `deny` of a role's sessions.
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
pub fn locate_trail(world: &World) -> ConfinedPath {
    let directory = world.state_directory();
    directory.join("audit.jsonl").unwrap_or(directory)
}

/// Who runs a logout, and how.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The command line, without the program's path.
    pub command: &'a [String],
    /// The user id that the program runs with, where there are such.
    pub uid: Option<u32>,
}

/// Notes that a logout begins, before its first change; a run that is killed is seen by that. Of
/// earlier ones that never ended, each gets its record.
pub fn note_beginning(
    world: &World,
    files: &Files,
    plan: &Plan,
    run: Run<'_>,
) -> Result<(), AuditError> {
    head::require_usable(world, files)?;
    if let Some(problem) = head::check_presence(world, files)? {
        head::update_locked(world, files, |head| {
            head.notice(world.now().to_string(), problem);
        })?;
    }
    // Under the lock of the head: a run that ends meanwhile has taken itself out before it is gone.
    let stopped = head::update_locked(world, files, Head::take_stopped)?;
    for begun in stopped.unwrap_or_default() {
        add_record(world, files, build_unfinished_record(world, begun))?;
    }
    let mut left_out = 0;
    let steps = plan
        .steps
        .iter()
        .filter(|step| step.acts())
        .map(|step| RecordedStep {
            action: step.action().to_owned(),
            kind: step.kind().to_owned(),
            location: shorten_text(&step.location()),
            identity: step.identity.as_deref().map(shorten_text),
            provider: step.provider.as_deref().map(shorten_text),
            system: step.system.id().to_owned(),
            outcome: "unknown".to_owned(),
            reason: None,
        });
    let steps = within_limit(steps, &mut left_out);
    let time = world.now().to_string();
    let user = shorten_text(&world.user.name);
    let begun = Begun::new(
        time,
        user,
        run.uid,
        shorten_words(run.command),
        (steps, left_out),
    );
    head::update_locked(world, files, |head| head.begun.push(begun.clone()))?;
    Ok(())
}

/// Appends the record of a logout.
pub fn append_logout(
    world: &World,
    files: &Files,
    report: &Report,
    run: Run<'_>,
) -> Result<(), AuditError> {
    let head = head::read(world, files).ok().flatten();
    let began = head
        .and_then(|mut head| head.take_own())
        .map(|begun| begun.time);
    let mut left_out = 0;
    let steps = within_limit(list_recorded_steps(report), &mut left_out);
    let still_live = report
        .verified
        .iter()
        .flat_map(|verified| &verified.still_live)
        .map(|found| shorten_text(&found.step.location()));
    let still_live = within_limit(still_live, &mut left_out);
    let record = Record {
        steps,
        left_out,
        still_live,
        exit_status: report.exit_status,
        ..build_finished_record(world, run, began)
    };
    add_record(world, files, record)
}

/// Appends the record of what a person told adieu to forget: no server was asked.
pub fn append_forgotten(
    world: &World,
    files: &Files,
    forgotten: &[Pending],
    run: Run<'_>,
) -> Result<(), AuditError> {
    let mut left_out = 0;
    let steps = forgotten.iter().map(|found| RecordedStep {
        action: "forget".to_owned(),
        kind: "server".to_owned(),
        location: shorten_text(
            found
                .host
                .as_deref()
                .or(found.page.as_deref())
                .unwrap_or_default(),
        ),
        identity: found.identity.as_deref().map(shorten_text),
        provider: found.provider.as_deref().map(shorten_text),
        system: found.system.id().to_owned(),
        outcome: "forgotten".to_owned(),
        reason: Some("no server was asked".to_owned()),
    });
    let steps = within_limit(steps, &mut left_out);
    let record = Record {
        steps,
        left_out,
        ..build_finished_record(world, run, None)
    };
    add_record(world, files, record)
}

/// Appends the record of what was done at a server by itself, beside a logout.
pub fn append_deeds(
    world: &World,
    files: &Files,
    steps: Vec<RecordedStep>,
    exit_status: u8,
    run: Run<'_>,
) -> Result<(), AuditError> {
    let mut left_out = 0;
    let steps = within_limit(steps.into_iter(), &mut left_out);
    let record = Record {
        steps,
        left_out,
        exit_status,
        ..build_finished_record(world, run, None)
    };
    add_record(world, files, record)
}

/// The record of a run that came to its end, with nothing in it.
fn build_finished_record(world: &World, run: Run<'_>, began: Option<String>) -> Record {
    let time = world.now().to_string();
    Record {
        schema_version: SCHEMA_VERSION,
        sequence: 1,
        began: began.or_else(|| Some(time.clone())),
        time,
        user: shorten_text(&world.user.name),
        uid: run.uid,
        host: shorten_text(&world.host),
        home: shorten_text(&world.home.display().to_string()),
        command: shorten_words(run.command),
        unfinished: false,
        steps: Vec::new(),
        left_out: 0,
        still_live: Vec::new(),
        exit_status: 0,
        previous: BEGINNING.to_owned(),
    }
}

/// Appends a record, and notes beside the trail what its end is now.
fn add_record(world: &World, files: &Files, mut record: Record) -> Result<(), AuditError> {
    let missing = head::check_presence(world, files).ok().flatten();
    let known = head::read(world, files).ok().flatten().unwrap_or_default();
    let mut witness = Witness::of(world);
    let witnessed = witness.recall();
    let mut last_hash = String::new();
    let mut fault = None;
    let time = record.time.clone();
    let appended = files.append_line(&locate_trail(world), &mut |last| {
        // Once something is appended, nobody can see any more that the end was cut off before.
        fault = head::find_fault(world, files, &known, last)
            .or_else(|| head::find_fault(world, files, &witnessed, last));
        if let Some(line) = last {
            record.previous = hash_line(line);
            record.sequence = sequence_of(line).map_or(1, |number| number.saturating_add(1));
        }
        let line =
            serde_json::to_vec(&record).map_err(|error| EditError::Refused(error.to_string()))?;
        last_hash = hash_line(&line);
        Ok(line)
    })?;
    if appended.is_new && fault == Some(FaultKind::Emptied) {
        fault = Some(FaultKind::Deleted);
    }
    let fault = fault.or(missing);
    let head = head::update_locked(world, files, |head| {
        // Another run may have appended after this one, and noted it already.
        if fault.is_some() || appended.length >= head.length {
            head.length = appended.length;
            head.hash.clone_from(&last_hash);
        }
        if let Some(problem) = fault {
            head.notice(time.clone(), problem);
        }
        if !record.unfinished {
            head.take_own();
        }
        head.clone()
    })?;
    if let Some(head) = head {
        witness.note(&head);
    }
    Ok(())
}

fn build_unfinished_record(world: &World, begun: Begun) -> Record {
    Record {
        schema_version: SCHEMA_VERSION,
        sequence: 1,
        time: begun.time.clone(),
        user: begun.user,
        uid: begun.uid,
        host: shorten_text(&world.host),
        home: shorten_text(&world.home.display().to_string()),
        command: begun.command,
        began: Some(begun.time),
        unfinished: true,
        steps: begun.steps,
        left_out: begun.left_out,
        still_live: Vec::new(),
        exit_status: KILLED,
        previous: BEGINNING.to_owned(),
    }
}

/// A text that fits, cut at a character.
fn shorten_text(text: &str) -> String {
    if text.len() <= TEXT_LIMIT {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(TEXT_LIMIT)])
}

fn shorten_words(command: &[String]) -> Vec<String> {
    command
        .iter()
        .take(WORD_LIMIT)
        .map(|word| shorten_text(word))
        .collect()
}

/// As many as fit; the number of the others is added.
fn within_limit<T: Serialize>(all: impl Iterator<Item = T>, left_out: &mut u64) -> Vec<T> {
    let mut room = LIST_LIMIT;
    let mut kept = Vec::new();
    for one in all {
        let length = serde_json::to_vec(&one).map_or(LIST_LIMIT, |bytes| bytes.len());
        if length > room {
            *left_out += 1;
            continue;
        }
        room -= length;
        kept.push(one);
    }
    kept
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands references")]
const fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands references")]
const fn is_zero(value: &u64) -> bool {
    *value == 0
}

fn list_recorded_steps(report: &Report) -> impl Iterator<Item = RecordedStep> {
    report.lines().map(|(step, outcome)| RecordedStep {
        action: step.action().to_owned(),
        kind: step.kind().to_owned(),
        location: shorten_text(&step.location()),
        identity: step
            .identity
            .as_deref()
            .or(step.orphan.as_deref())
            .map(shorten_text),
        provider: step.provider.as_deref().map(shorten_text),
        system: step.system.id().to_owned(),
        outcome: outcome
            .map_or("planned", |outcome| outcome.word.word())
            .to_owned(),
        reason: outcome.and_then(|outcome| outcome.detail.as_deref().map(shorten_text)),
    })
}

fn hash_line(line: &[u8]) -> String {
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

/// The records of the trail, oldest first; a line that is no record is left out (see [`verify_trail`]).
pub fn read_records(world: &World, files: &Files) -> Result<Vec<Record>, AuditError> {
    let bytes = files
        .read(&locate_trail(world), READ_LIMIT)?
        .unwrap_or_default();
    Ok(number_lines(&bytes)
        .filter_map(|(_, line)| serde_json::from_slice(line).ok())
        .collect())
}

/// The lines with their numbers, from 1; an empty one is none, as for whoever appends.
fn number_lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    (1..)
        .zip(bytes.split(|byte| *byte == b'\n'))
        .filter(|(_, line)| !line.is_empty())
}

#[cfg(test)]
mod tests;
