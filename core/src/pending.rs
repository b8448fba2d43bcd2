//! Sessions that were not ended at their servers, remembered without their secrets until they end.
//!
//! A logout takes the last copy of a token away whether or not its server could be told, so the next
//! look would find nothing. What may go on is written down beside the audit trail (`pending.json`,
//! mode 0600): before the first removal as being ended, settled when the servers have answered or
//! had their time. A run that is killed in between leaves the entries, and [`read_entries`] shows them.
//!
//! An entry holds no secret. It knows its token by a keyed hash (HMAC-SHA-256; the key is random and
//! lies in the same file), so that a later run that ends the same token drops the entry. It goes too
//! when the token's own end has passed, and when the person says so ([`forget_entries`]). What should have ended
//! before it was remembered, by a clock that may be wrong, stays for a day.
//!
//! The file is bounded ([`MOST`] entries, the oldest go first), locked while it is changed, and what
//! cannot be understood in it is left out, and said.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::inventory::{Class, Inventory, Location, Pending, PendingState, Place, Problem};
use crate::io::files::{Change, ConfinedPath, EditError, FileError, Files, LockRule};
use crate::plan::{Plan, Step};
use crate::report::{CredentialEnd, End, Outcome, Report, SCHEMA_VERSION, credential_ends};
use crate::secret::{Fingerprint, MarkKey};
use crate::system::System;
use crate::world::World;

/// The file, in adieu's own state directory.
const FILE: &str = "pending.json";

/// The largest file that is read, in bytes.
const LIMIT: u64 = 1 << 20;

/// The most entries that are kept.
pub const MOST: usize = 500;

/// How long a token is remembered that should have ended by itself, and that its server did not say
/// that it does not know: clocks and time zones are off by less.
const DOUBT: SignedDuration = SignedDuration::from_hours(24);

/// The longest text of an entry, in characters.
const LONGEST: usize = 300;

/// What is remembered.
#[derive(Debug, Default)]
pub struct Remembered {
    /// The entries that have not ended, oldest first.
    pub entries: Vec<Pending>,
    /// Why they are not all of them, if they are not.
    pub problem: Option<Problem>,
}

/// The form on disk.
#[derive(Serialize, Deserialize)]
struct Stored {
    schema_version: u32,
    key: String,
    /// Each for itself, so that one that is broken takes no other along.
    entries: Vec<serde_json::Value>,
}

/// An entry on disk.
#[derive(Serialize, Deserialize)]
struct StoredEntry {
    system: String,
    identity: Option<String>,
    provider: Option<String>,
    what: String,
    host: Option<String>,
    page: Option<String>,
    state: PendingState,
    why: Option<String>,
    /// RFC 3339, as all times.
    since: String,
    expires_at: Option<String>,
    #[serde(default)]
    is_session: bool,
    mark: String,
}

/// Everything in the file, and the key of its marks.
struct Book {
    key: MarkKey,
    entries: Vec<Pending>,
    is_whole: bool,
}

/// The marks of all tokens of a run: with them what was not ended is remembered after the tokens
/// themselves have left the memory.
#[derive(Debug)]
pub struct Marks {
    key: MarkKey,
    of_tokens: BTreeMap<Fingerprint, String>,
}

impl Marks {
    /// Marks the tokens of an inventory with the key of the file, a new one if there is none.
    pub fn take(world: &World, files: &Files, inventory: &Inventory) -> Self {
        // A file that cannot be read is said by whoever changes it.
        let bytes = files.read(&find_file(world), LIMIT).ok().flatten();
        let key = bytes.map_or_else(
            || MarkKey::new(world.entropy.bytes()),
            |bytes| Book::parse(&bytes, world).key,
        );
        let tokens = inventory.tokens.iter();
        let of_tokens = tokens.map(|(found, token)| (*found, token.secret.mark(&key)));
        Self {
            of_tokens: of_tokens.collect(),
            key,
        }
    }

    /// The mark of a credential: of its token, else of what and where it is.
    fn of(&self, found: &CredentialEnd) -> String {
        if let Some(mark) = found.token.and_then(|token| self.of_tokens.get(&token)) {
            return mark.clone();
        }
        let place = found.places.first().map(Place::location);
        let whose = [found.identity.as_deref(), found.provider.as_deref()];
        let whose = whose.map(Option::unwrap_or_default).join("\n");
        let place = place.unwrap_or_default();
        let text = [found.system.id(), &whose, found.what, &place].join("\n");
        self.key.mark(text.as_bytes())
    }

    fn entry(&self, found: &CredentialEnd, state: PendingState, now: Timestamp) -> Pending {
        let cut = |text: &str| text.chars().take(LONGEST).collect::<String>();
        Pending {
            system: found.system,
            identity: found.identity.as_deref().map(cut),
            provider: found.provider.as_deref().map(cut),
            what: found.what.to_owned(),
            host: found.host.as_deref().map(cut),
            page: found.end.page().map(cut),
            state,
            why: found.end.reason().map(cut),
            since: now,
            expires_at: found.expires_at,
            is_session: found.class == Class::Session,
            mark: self.of(found),
        }
    }
}

impl Book {
    fn new(key: MarkKey) -> Self {
        Self {
            key,
            entries: Vec::new(),
            is_whole: true,
        }
    }

    /// What can be understood of a file, without what has ended by now.
    fn parse(bytes: &[u8], world: &World) -> Self {
        let stored = serde_json::from_slice::<Stored>(bytes).ok();
        let known = stored.and_then(|stored| Some((MarkKey::parse(&stored.key)?, stored.entries)));
        let Some((key, values)) = known else {
            return Self {
                is_whole: false,
                ..Self::new(MarkKey::new(world.entropy.bytes()))
            };
        };
        let number = values.len();
        let entries: Vec<Pending> = values.into_iter().filter_map(parse_entry).collect();
        let is_whole = entries.len() == number;
        let now = world.now();
        let goes_on = |found: &Pending| match found.expires_at {
            Some(at) if at <= found.since => now < found.since + DOUBT,
            Some(at) => at > now,
            None => true,
        };
        Self {
            key,
            entries: entries.into_iter().filter(goes_on).collect(),
            is_whole,
        }
    }

    fn bytes(&self) -> Result<Vec<u8>, EditError> {
        let refused = |error: serde_json::Error| EditError::Refused(error.to_string());
        let entries = self.entries.iter().map(to_stored_entry);
        let entries: Result<Vec<_>, _> = entries.map(serde_json::to_value).collect();
        let stored = Stored {
            schema_version: SCHEMA_VERSION,
            key: self.key.text(),
            entries: entries.map_err(refused)?,
        };
        let mut bytes = serde_json::to_vec_pretty(&stored).map_err(refused)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Puts an entry in the place of the one with its mark, if there is one.
    fn put(&mut self, entry: Pending) {
        self.entries.retain(|known| known.mark != entry.mark);
        self.entries.push(entry);
        let surplus = self.entries.len().saturating_sub(MOST);
        // What nobody can end here is missed least.
        for _ in 0..surplus {
            let is_least = |found: &Pending| !found.can_be_used();
            let at = self.entries.iter().position(is_least).unwrap_or(0);
            self.entries.remove(at);
        }
    }
}

fn parse_entry(value: serde_json::Value) -> Option<Pending> {
    let stored: StoredEntry = serde_json::from_value(value).ok()?;
    Some(Pending {
        system: System::parse(&stored.system)?,
        identity: stored.identity,
        provider: stored.provider,
        what: stored.what,
        host: stored.host,
        page: stored.page.filter(|page| crate::inventory::is_page(page)),
        state: stored.state,
        why: stored.why,
        since: stored.since.parse().ok()?,
        expires_at: match stored.expires_at {
            Some(text) => Some(text.parse().ok()?),
            None => None,
        },
        is_session: stored.is_session,
        mark: stored.mark,
    })
}

fn to_stored_entry(entry: &Pending) -> StoredEntry {
    StoredEntry {
        system: entry.system.id().to_owned(),
        identity: entry.identity.clone(),
        provider: entry.provider.clone(),
        what: entry.what.clone(),
        host: entry.host.clone(),
        page: entry.page.clone(),
        state: entry.state,
        why: entry.why.clone(),
        since: entry.since.to_string(),
        expires_at: entry.expires_at.map(|at| at.to_string()),
        is_session: entry.is_session,
        mark: entry.mark.clone(),
    }
}

/// Where it is: `$XDG_STATE_HOME/adieu/pending.json`, else below `~/.local/state`.
pub fn find_file(world: &World) -> ConfinedPath {
    let directory = world.state_directory();
    directory.join(FILE).unwrap_or(directory)
}

/// What is remembered, apart from tokens that the inventory still holds: those are listed as what they
/// are.
pub fn read_entries(world: &World, files: &Files, inventory: &Inventory) -> Remembered {
    let place = find_file(world);
    let problem = |message: String| Problem {
        location: Location::of(&place),
        message,
        hint: Some("look at it, and remove it if nothing in it is needed".to_owned()),
        hides: true,
    };
    let book = match files.read(&place, LIMIT) {
        Ok(None) => return Remembered::default(),
        Ok(Some(bytes)) => Book::parse(&bytes, world),
        Err(error) => {
            let message =
                format!("what earlier logouts could not end at its server is not known: {error}");
            return Remembered {
                entries: Vec::new(),
                problem: Some(problem(message)),
            };
        }
    };
    let tokens = inventory.tokens.values();
    let here: BTreeSet<String> = tokens.map(|token| token.secret.mark(&book.key)).collect();
    let problem = (!book.is_whole).then(|| {
        let message = "not all of it can be understood, so what earlier logouts could not end at its \
                       server is not known";
        problem(message.to_owned())
    });
    let mut entries = book.entries;
    entries.retain(|entry| !here.contains(&entry.mark));
    Remembered { entries, problem }
}

/// Writes down what a plan is about to end or to leave behind, before anything is removed.
pub fn record_plan(
    world: &World,
    files: &Files,
    inventory: &Inventory,
    plan: &Plan,
    marks: &Marks,
) -> Result<(), FileError> {
    let foregone: Vec<Option<Outcome>> = plan.steps.iter().map(Step::foregone).collect();
    let ends = credential_ends(inventory, plan, &foregone);
    let leaving: Vec<(CredentialEnd, PendingState)> = ends
        .into_iter()
        .filter(|found| !found.is_here)
        .filter_map(|found| {
            let state = match found.end {
                End::Planned | End::NotEnded { .. } => PendingState::BeingEnded,
                End::NoServerCall { .. } => PendingState::NoServerCall,
                End::Ended { .. } | End::LocalOnly | End::Kept { .. } | End::Expired => {
                    return None;
                }
            };
            Some((found, state))
        })
        .collect();
    if leaving.is_empty() {
        return Ok(());
    }
    change_file(world, files, &marks.key, &mut |book| {
        for (found, state) in &leaving {
            book.put(marks.entry(found, *state, world.now()));
        }
    })
}

/// Settles what [`record_plan`] wrote: what its server ended is dropped, and what it did not end is kept with
/// the reason.
pub fn settle_entries(
    world: &World,
    files: &Files,
    marks: &Marks,
    report: &Report,
) -> Result<(), FileError> {
    let is_there = files.probe(&find_file(world))?.is_some();
    let goes_on = |found: &CredentialEnd| found.goes_on_elsewhere();
    if !is_there && !report.credentials.iter().any(goes_on) {
        return Ok(());
    }
    change_file(world, files, &marks.key, &mut |book| {
        for found in &report.credentials {
            let mark = marks.of(found);
            let state = match found.end {
                End::NotEnded { .. } if found.was_never_read() => PendingState::Unread,
                End::NotEnded { .. } => PendingState::NotEnded,
                _ => PendingState::NoServerCall,
            };
            if found.goes_on_elsewhere() {
                book.put(marks.entry(found, state, world.now()));
            } else {
                book.entries.retain(|known| known.mark != mark);
            }
        }
    })
}

/// Drops the entries of that name; what was dropped. `all` means every one.
pub fn forget_entries(world: &World, files: &Files, name: &str) -> Result<Vec<Pending>, FileError> {
    let mut dropped = Vec::new();
    if files.probe(&find_file(world))?.is_none() {
        return Ok(dropped);
    }
    change_file(
        world,
        files,
        &MarkKey::new(world.entropy.bytes()),
        &mut |book| {
            let is_meant = |entry: &Pending| name == "all" || entry.is_called(name);
            let all = std::mem::take(&mut book.entries);
            (dropped, book.entries) = all.into_iter().partition(is_meant);
        },
    )?;
    Ok(dropped)
}

/// Changes the file under its lock; a new one gets this key. One without entries goes.
fn change_file(
    world: &World,
    files: &Files,
    key: &MarkKey,
    edit: &mut dyn FnMut(&mut Book),
) -> Result<(), FileError> {
    files.edit_or_create(&find_file(world), LockRule::None, LIMIT, &mut |bytes| {
        let mut book = match bytes {
            Some(bytes) => Book::parse(bytes, world),
            None => Book::new(key.clone()),
        };
        edit(&mut book);
        if !book.entries.is_empty() {
            return book.bytes().map(Change::Replace);
        }
        Ok(match bytes {
            Some(_) => Change::Remove,
            None => Change::Keep,
        })
    })?;
    Ok(())
}

#[cfg(test)]
mod tests;
