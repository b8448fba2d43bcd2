//! What is kept beside the trail: how long it was and what its last record was, and which runs have
//! begun. The chain alone does not show that its end is missing.

use serde::{Deserialize, Serialize};

use super::check::check_trail;
use super::{AuditError, FaultKind, READ_LIMIT, RecordedStep, hash_line, locate_trail};
use crate::io::files::{
    Author, Change, ConfinedPath, EditError, EntryKind, Fate, FileError, Files, LockRule,
};
use crate::report::SCHEMA_VERSION;
use crate::world::World;

/// The largest head that is read, in bytes.
const LIMIT: u64 = 64 << 20;
/// The most faults that are remembered, and runs that began.
const MOST: usize = 64;

/// The end of the trail, as it was when it was written last.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Head {
    schema_version: u32,
    /// How long the trail is, in bytes.
    pub(super) length: u64,
    /// SHA-256 of its last line.
    pub(super) hash: String,
    /// Runs that have begun and have no record yet.
    #[serde(default)]
    pub(super) begun: Vec<Begun>,
    /// What was wrong with the end of the trail when something was appended.
    #[serde(default)]
    pub(super) noticed: Vec<Noticed>,
}

/// A fault that appending has covered up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Noticed {
    time: String,
    pub(super) problem: FaultKind,
}

/// A run that has begun.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Begun {
    process: String,
    pub(super) time: String,
    pub(super) user: String,
    pub(super) uid: Option<u32>,
    pub(super) command: Vec<String>,
    pub(super) steps: Vec<RecordedStep>,
    pub(super) left_out: u64,
}

impl Begun {
    /// This process, with what it is about to do.
    pub(super) fn new(
        time: String,
        user: String,
        uid: Option<u32>,
        command: Vec<String>,
        (steps, left_out): (Vec<RecordedStep>, u64),
    ) -> Self {
        let process = Author::own().to_string();
        Self {
            process,
            time,
            user,
            uid,
            command,
            steps,
            left_out,
        }
    }

    fn author(&self) -> Option<Author> {
        Author::parse(&self.process)
    }
}

impl Head {
    /// The head of a trail of so many bytes whose last line has this hash.
    pub(super) fn of_end(length: u64, hash: String) -> Self {
        Self {
            length,
            hash,
            ..Self::default()
        }
    }

    /// What does not agree with a trail; `None` if it is the one that was left, or has grown since.
    pub(super) fn disagrees(&self, bytes: Option<&[u8]>) -> Option<FaultKind> {
        if self.length == 0 {
            return None;
        }
        let Some(bytes) = bytes else {
            return Some(FaultKind::Deleted);
        };
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Some(FaultKind::Emptied);
        }
        let known = usize::try_from(self.length).ok();
        let Some(known) = known.and_then(|length| bytes.get(..length)) else {
            return Some(FaultKind::TailCut);
        };
        let mut lines = known.rsplit(|byte| *byte == b'\n');
        let last = lines.find(|line| !line.is_empty()).unwrap_or_default();
        let is_same = known.ends_with(b"\n") && hash_line(last) == self.hash;
        (!is_same).then_some(FaultKind::TailReplaced)
    }

    /// Takes out the runs whose processes are gone.
    pub(super) fn take_stopped(&mut self) -> Vec<Begun> {
        let is_gone = |begun: &mut Begun| {
            begun
                .author()
                .is_none_or(|author| author.fate() == Fate::Gone)
        };
        self.begun.extract_if(.., is_gone).collect()
    }

    /// Takes out this process's own.
    pub(super) fn take_own(&mut self) -> Option<Begun> {
        let own = Author::own();
        let at = self
            .begun
            .iter()
            .position(|begun| begun.author() == Some(own))?;
        Some(self.begun.remove(at))
    }

    /// Remembers what is wrong with the trail before something is appended to it.
    pub(super) fn notice(&mut self, time: String, problem: FaultKind) {
        self.noticed.push(Noticed { time, problem });
        let surplus = self.noticed.len().saturating_sub(MOST);
        self.noticed.drain(..surplus);
    }
}

/// Where it is: beside the trail.
fn locate_head(world: &World) -> ConfinedPath {
    let trail = locate_trail(world);
    let beside = trail
        .parent()
        .and_then(|directory| directory.join("audit.head.json"));
    beside.unwrap_or(trail)
}

/// The head; `None` if there is none, or none that can be understood.
pub(super) fn read(world: &World, files: &Files) -> Result<Option<Head>, AuditError> {
    let bytes = files.read(&locate_head(world), LIMIT)?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// Whether a head was kept of this trail, and is gone or cannot be understood: what is appended now would
/// cover up that records are missing.
pub(super) fn check_presence(
    world: &World,
    files: &Files,
) -> Result<Option<FaultKind>, AuditError> {
    let kept = if let Some(bytes) = files.read(&locate_head(world), LIMIT)? {
        serde_json::from_slice::<Head>(&bytes).is_err()
    } else {
        let bytes = files.read(&locate_trail(world), READ_LIMIT)?;
        bytes.is_some_and(|bytes| check_trail(&bytes).keeps_head)
    };
    Ok(kept.then_some(FaultKind::HeadMissing))
}

/// Changes the head as it is at that moment, so that runs at the same time do not undo each other's.
pub(super) fn update_locked<T>(
    world: &World,
    files: &Files,
    mut change: impl FnMut(&mut Head) -> T,
) -> Result<Option<T>, AuditError> {
    let mut result = None;
    files.edit_or_create(&locate_head(world), LockRule::None, LIMIT, &mut |bytes| {
        let mut head: Head = bytes
            .and_then(|bytes| serde_json::from_slice(bytes).ok())
            .unwrap_or_default();
        result = Some(change(&mut head));
        head.schema_version = SCHEMA_VERSION;
        let surplus = head.begun.len().saturating_sub(MOST);
        head.begun.drain(..surplus);
        let bytes =
            serde_json::to_vec(&head).map_err(|error| EditError::Refused(error.to_string()))?;
        Ok(Change::Replace(bytes))
    })?;
    Ok(result)
}

/// What is wrong with the trail, if its last line is not the one that was noted.
pub(super) fn find_fault(
    world: &World,
    files: &Files,
    head: &Head,
    last: Option<&[u8]>,
) -> Option<FaultKind> {
    if head.length == 0 || last.is_some_and(|last| hash_line(last) == head.hash) {
        return None;
    }
    let bytes = files.read(&locate_trail(world), READ_LIMIT).ok()?;
    head.disagrees(bytes.as_deref())
}

/// Refuses to note anything beside a trail that nothing can be appended to.
pub(super) fn require_usable(world: &World, files: &Files) -> Result<(), AuditError> {
    let path = || locate_trail(world).to_path();
    match files.probe(&locate_trail(world))?.map(|probe| probe.kind) {
        None | Some(EntryKind::File) => Ok(()),
        Some(EntryKind::Symlink) => Err(FileError::symlink(path()).into()),
        Some(EntryKind::Directory | EntryKind::Other) => {
            Err(FileError::NotAFile { path: path() }.into())
        }
    }
}
