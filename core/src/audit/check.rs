//! Whether a trail is whole.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::head::{self, Head};
use super::witness::Witness;
use super::{AuditError, BEGINNING, READ_LIMIT, Record, hash_line, locate_trail, number_lines};
use crate::io::files::Files;
use crate::report::SCHEMA_VERSION;
use crate::world::World;

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
    /// When runs began that have no record yet: they go on, or were stopped before their end. RFC 3339.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unfinished: Vec<String>,
    /// Whether a record says that a head of the trail was kept beside it.
    #[serde(skip)]
    pub(super) keeps_head: bool,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// The record carries the hash of the line before it, but not the number that follows.
    WrongSequence,
    /// The last records are gone: the trail is shorter than it was once.
    TailCut,
    /// The last record that was noted beside the trail is another one now.
    TailReplaced,
    /// There were records, and the file holds none.
    Emptied,
    /// There were records, and there is no file.
    Deleted,
    /// What is noted beside the trail of its end is gone, so that it is not known whether records are
    /// missing there.
    HeadMissing,
}

impl fmt::Display for FaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::CutOff => "cut off while it was written; the chain goes on after it",
            Self::NotARecord => "not a record",
            Self::BrokenChain => "it does not carry the hash of the line before it",
            Self::WrongSequence => "its number does not follow that of the record before it",
            Self::TailCut => "the trail was longer once: its last records are gone",
            Self::TailReplaced => "the last record that was noted is another one now",
            Self::Emptied => "there were records, and all of them are gone",
            Self::Deleted => "there were records, and the file is gone",
            Self::HeadMissing => {
                "the note of the trail's end beside it is gone, so records may be missing after this"
            }
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
pub fn verify_trail(world: &World, files: &Files) -> Result<Check, AuditError> {
    let bytes = files.read(&locate_trail(world), READ_LIMIT)?;
    let head = head::read(world, files)?;
    let mut check = check_with(bytes.as_deref(), head.as_ref());
    // One that is damaged was kept, whatever is left of the trail.
    let missing = head::check_presence(world, files)?.map(|problem| Fault { line: 0, problem });
    let witnessed = Witness::of(world).recall().disagrees(bytes.as_deref());
    let line = last_line(bytes.as_deref());
    let witnessed = witnessed.map(|problem| Fault { line, problem });
    for fault in missing.into_iter().chain(witnessed) {
        if check
            .faults
            .iter()
            .all(|known| known.problem != fault.problem)
        {
            check.faults.push(fault);
        }
    }
    Ok(check)
}

/// Checks the bytes of a trail (`None`: there is no file) against the head that was kept of it.
pub fn check_with(bytes: Option<&[u8]>, head: Option<&Head>) -> Check {
    let mut check = check_trail(bytes.unwrap_or_default());
    let line = last_line(bytes);
    let problem = match head {
        Some(head) => head.disagrees(bytes),
        None if check.keeps_head => Some(FaultKind::HeadMissing),
        None => None,
    };
    let noticed = head.into_iter().flat_map(|head| &head.noticed);
    let problems = noticed.map(|noticed| noticed.problem).chain(problem);
    check
        .faults
        .extend(problems.map(|problem| Fault { line, problem }));
    if let Some(head) = head {
        check.unfinished = head.begun.iter().map(|begun| begun.time.clone()).collect();
    }
    check
}

/// The number of the last line that holds something, 0 if there is none.
fn last_line(bytes: Option<&[u8]>) -> usize {
    bytes.map_or(0, |bytes| {
        number_lines(bytes)
            .map(|(number, _)| number)
            .last()
            .unwrap_or(0)
    })
}

/// Checks the bytes of a trail.
pub fn check_trail(bytes: &[u8]) -> Check {
    let mut faults = Vec::new();
    let mut expected = BEGINNING.to_owned();
    let mut records = 0;
    let mut last: Option<Timestamp> = None;
    let mut unread: Option<usize> = None;
    let (mut sequence, mut keeps_head) = (0_u64, false);
    for number in blank_lines(bytes) {
        let problem = FaultKind::NotARecord;
        faults.push(Fault {
            line: number,
            problem,
        });
    }
    for (number, line) in number_lines(bytes) {
        match serde_json::from_slice::<Record>(line) {
            Ok(record) => {
                let holds = record.previous == expected;
                // After a line that was cut off they were counted anew.
                let follows = record.sequence == sequence.saturating_add(1)
                    || (unread.is_some() && record.sequence == 1);
                sequence = record.sequence;
                keeps_head |= record.began.is_some();
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
                if holds && !follows {
                    faults.push(Fault {
                        line: number,
                        problem: FaultKind::WrongSequence,
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
        expected = hash_line(line);
    }
    if let Some(line) = unread {
        // What a run that was killed leaves of a record begins like one.
        let begins = number_lines(bytes)
            .last()
            .is_some_and(|(_, line)| line.starts_with(b"{"));
        let whole = bytes.last() == Some(&b'\n') || !begins;
        let problem = if whole {
            FaultKind::NotARecord
        } else {
            FaultKind::CutOff
        };
        faults.push(Fault { line, problem });
    }
    faults.sort_by_key(|fault| fault.line);
    Check {
        schema_version: SCHEMA_VERSION,
        records,
        last: last.map(|time| time.to_string()),
        faults,
        unfinished: Vec::new(),
        keeps_head,
    }
}

/// Lines with nothing in them, which nobody here writes; a line end at the end begins none.
fn blank_lines(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let lines = (1..).zip(bytes.split(|byte| *byte == b'\n'));
    let is_blank = |(_, line): &(usize, &[u8])| line.is_empty();
    let has_any = !bytes.is_empty();
    lines
        .filter(is_blank)
        .map(|(number, _)| number)
        .filter(move |_| has_any)
}
