//! Residue: whether a secret that a logout has removed can still be read somewhere, and taking it away.
//!
//! Tools write down what they send and what they are shown: logs, transcripts, snapshots, histories,
//! pages of databases; editors keep earlier versions. A secret that no server has ended is as good there
//! as where it was. So after a removal its very value is searched for, once, in one pass over each file,
//! within a budget that is said when it is used up. No value leaves this module.
//!
//! `--residue` removes what is found: the entries of a history, elsewhere the bytes themselves, which are
//! overwritten with as many others, so that what is around them keeps its form; databases are written
//! anew. Profiles are the person's own text: they are named, and `adieu scan --fix` mends them. A file
//! that holds other sign-ins is not changed.

mod clear;
mod needles;
mod places;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use aho_corasick::{AhoCorasick, MatchKind};
use zeroize::Zeroizing;

pub use needles::{Needles, take};

use self::clear::HistoryForm;
use self::places::Root;
use crate::inventory::{Inventory, Residue, ResidueFate, ResidueKind, ResidueSearch};
use crate::io::files::{Change, ConfinedPath, DirectoryHandles, FileError, Files, LockRule};
use crate::plan::{Action, Plan};
use crate::report::{Outcome, OutcomeWord};
use crate::secret::Fingerprint;
use crate::world::World;

/// The most files that are searched in one run.
const FILES: usize = 20_000;

/// The most bytes.
const BYTES: u64 = 512 << 20;

/// The largest file that is searched, in bytes.
const SIZE: u64 = 64 << 20;

/// How every SQLite database begins.
const DATABASE: &[u8] = b"SQLite format 3\0";

/// The places that would be searched after a plan, as far as they are there.
pub fn places(world: &World, files: &Files, plan: &Plan) -> Vec<PathBuf> {
    let roots = places::roots(world, plan).into_iter();
    let is_there = |root: &Root| matches!(files.probe(&root.path), Ok(Some(_)));
    let mut places: Vec<PathBuf> = roots
        .filter(|root| root.only_beside.is_none() && is_there(root))
        .map(|root| root.path.to_path())
        .collect();
    places.dedup();
    places
}

/// What was carried out.
#[derive(Clone, Copy)]
pub struct Done<'a> {
    /// What was found before.
    pub inventory: &'a Inventory,
    /// The plan.
    pub plan: &'a Plan,
    /// How its steps ended.
    pub outcomes: &'a [Outcome],
}

/// Searches for the secrets that were removed, and takes away what is found if the plan was asked to.
pub fn search(world: &World, files: &Files, done: Done<'_>, needles: &Needles) -> ResidueSearch {
    let Some(patterns) = Patterns::of(done, needles) else {
        return ResidueSearch::default();
    };
    let mut search = Search {
        files,
        patterns,
        kept: Kept::of(done),
        seen: HashSet::new(),
        handles: DirectoryHandles::default(),
        bytes: 0,
        too_large: 0,
        unread: 0,
        databases: BTreeMap::new(),
        clears: done.plan.request.residue,
        result: ResidueSearch::default(),
    };
    search.result.places = places(world, files, done.plan);
    // What adieu writes itself holds no secret.
    let own = world.state_directory().to_path();
    let mut gaps = Vec::new();
    for root in places::roots(world, done.plan) {
        let kind = root.kind;
        let goes_on = places::walk(files, &root, &mut gaps, &mut |file, _| {
            let path = file.to_path();
            if path.starts_with(&own) || !search.seen.insert(path) {
                return true;
            }
            search.file(&file, kind)
        });
        if !goes_on {
            gaps.push(format!(
                "searching ended after {} files and {} MiB: what is beyond is not known",
                search.result.files,
                search.bytes >> 20
            ));
            break;
        }
    }
    search.databases();
    if search.too_large > 0 {
        let limit = SIZE >> 20;
        gaps.push(format!(
            "{} files of more than {limit} MiB were not searched",
            search.too_large
        ));
    }
    if search.unread > 0 {
        gaps.push(format!("{} files could not be read", search.unread));
    }
    search.result.gaps = gaps;
    search.result
}

/// The byte strings that are searched for, and what each says.
struct Patterns {
    automaton: AhoCorasick,
    /// The bytes of each pattern, and the position of its secret.
    forms: Vec<(Zeroizing<Vec<u8>>, usize)>,
    secrets: Vec<Known>,
}

/// What is known of a secret that went.
struct Known {
    fingerprint: Fingerprint,
    step: usize,
    is_live: bool,
}

impl Patterns {
    /// Those secrets that went; `None` if none did.
    fn of(done: Done<'_>, needles: &Needles) -> Option<Self> {
        let ended: BTreeSet<Fingerprint> = done
            .plan
            .steps
            .iter()
            .zip(done.outcomes)
            .filter_map(|(step, outcome)| match &step.deed {
                Action::Revoke { token, .. } if outcome.word == OutcomeWord::Revoked => {
                    Some(*token)
                }
                _ => None,
            })
            .collect();
        let mut forms = Vec::new();
        let mut secrets = Vec::new();
        for needle in &needles.0 {
            let word = |at: &usize| done.outcomes.get(*at).map(|outcome| outcome.word);
            let went =
                |at: &&usize| matches!(word(at), Some(OutcomeWord::Removed | OutcomeWord::Revoked));
            let mut removals = needle.steps.iter().filter(went);
            let Some(step) = removals.next() else {
                continue;
            };
            let of_this = needles::forms(&needle.secret).into_iter();
            forms.extend(of_this.map(|form| (form, secrets.len())));
            secrets.push(Known {
                fingerprint: needle.fingerprint,
                step: *step,
                is_live: !needle.is_over && !ended.contains(&needle.fingerprint),
            });
        }
        if secrets.is_empty() {
            return None;
        }
        let bytes = forms.iter().map(|(form, _)| form.as_slice());
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(bytes)
            .ok()?;
        Some(Self {
            automaton,
            forms,
            secrets,
        })
    }

    /// Where one of these secrets stands, and which.
    fn find(
        &self,
        bytes: &[u8],
        is_meant: &dyn Fn(&Fingerprint) -> bool,
    ) -> Vec<(Range<usize>, usize)> {
        let found = self.automaton.find_iter(bytes);
        found
            .map(|hit| (hit.range(), self.forms[hit.pattern().as_usize()].1))
            .filter(|(_, secret)| is_meant(&self.secrets[*secret].fingerprint))
            .collect()
    }
}

/// Files that still hold sign-ins, with the secrets that are known of these.
struct Kept(BTreeMap<PathBuf, BTreeSet<Fingerprint>>);

impl Kept {
    fn of(done: Done<'_>) -> Self {
        let steps = done.plan.steps.iter().zip(done.outcomes);
        let gone = steps.filter(|(_, outcome)| {
            matches!(outcome.word, OutcomeWord::Removed | OutcomeWord::Absent)
        });
        let gone: BTreeSet<_> = gone.filter_map(|(step, _)| step.place()).collect();
        let mut kept: BTreeMap<PathBuf, BTreeSet<Fingerprint>> = BTreeMap::new();
        let found = done.inventory.artefacts.iter();
        for artefact in found.filter(|found| found.is_credential() && !gone.contains(&found.place))
        {
            if let Some(path) = artefact.place.path() {
                kept.entry(path).or_default().extend(&artefact.secrets);
            }
        }
        Self(kept)
    }

    fn has(&self, file: &Path) -> bool {
        self.0.contains_key(file)
    }

    /// Whether a sign-in that stays in a file is this secret.
    fn holds(&self, file: &Path, secret: &Fingerprint) -> bool {
        self.0
            .get(file)
            .is_some_and(|secrets| secrets.contains(secret))
    }
}

struct Search<'a> {
    files: &'a Files,
    patterns: Patterns,
    kept: Kept,
    seen: HashSet<PathBuf>,
    handles: DirectoryHandles,
    bytes: u64,
    too_large: usize,
    unread: usize,
    /// Databases with hits in them or in their logs, each with the secrets.
    databases: BTreeMap<PathBuf, (ConfinedPath, BTreeSet<usize>, usize)>,
    clears: bool,
    result: ResidueSearch,
}

impl Search<'_> {
    /// Searches one file; `false` if the budget is used up.
    fn file(&mut self, file: &ConfinedPath, kind: ResidueKind) -> bool {
        if self.result.files >= FILES || self.bytes >= BYTES {
            return false;
        }
        let read = self.files.read_shared_along(&mut self.handles, file, SIZE);
        let bytes = match read {
            Ok(Some(bytes)) => Zeroizing::new(bytes),
            Ok(None) => return true,
            Err(FileError::TooLarge { .. }) => {
                self.too_large += 1;
                return true;
            }
            Err(_) => {
                self.unread += 1;
                return true;
            }
        };
        self.result.files += 1;
        self.bytes += bytes.len() as u64;
        let path = file.to_path();
        let hits = self
            .patterns
            .find(&bytes, &|secret| !self.kept.holds(&path, secret));
        if hits.is_empty() {
            return true;
        }
        if let Some(database) = database_of(file, &bytes) {
            let known = self.databases.entry(database.to_path());
            let (_, secrets, times) = known.or_insert_with(|| (database, BTreeSet::new(), 0));
            secrets.extend(hits.iter().map(|(_, secret)| *secret));
            *times += hits.len();
            return true;
        }
        let is_text = !bytes.contains(&0);
        let before = &bytes[..hits[0].0.start];
        let line = before.split(|byte| *byte == b'\n').count();
        let secrets = hits.iter().map(|(_, secret)| *secret).collect();
        let fate = if self.clears {
            self.clear(file, kind)
        } else {
            ResidueFate::Left
        };
        self.note(
            file,
            is_text.then_some(line),
            hits.len(),
            kind,
            &secrets,
            fate,
        );
        true
    }

    fn note(
        &mut self,
        file: &ConfinedPath,
        line: Option<usize>,
        times: usize,
        kind: ResidueKind,
        secrets: &BTreeSet<usize>,
        fate: ResidueFate,
    ) {
        let known = || secrets.iter().map(|secret| &self.patterns.secrets[*secret]);
        // Whose it is, is said of one that is still good, if there is such.
        let Some(first) = known()
            .find(|known| known.is_live)
            .or_else(|| known().next())
        else {
            return;
        };
        let step = first.step;
        self.result.found.push(Residue {
            file: file.clone(),
            line,
            times,
            kind,
            step,
            secrets: known().map(|known| known.fingerprint).collect(),
            is_live: known().any(|known| known.is_live),
            fate,
        });
    }

    /// Takes the secrets out of a file, and looks again.
    fn clear(&self, file: &ConfinedPath, kind: ResidueKind) -> ResidueFate {
        let path = file.to_path();
        if kind == ResidueKind::Profile {
            return ResidueFate::Left;
        }
        if self.kept.has(&path) {
            return ResidueFate::Failed("it still holds other sign-ins".to_owned());
        }
        let ranges = |bytes: &[u8]| -> Vec<Range<usize>> {
            let hits = self.patterns.find(bytes, &|_| true);
            hits.into_iter().map(|(range, _)| range).collect()
        };
        let edited = self.files.edit(file, LockRule::None, SIZE, &mut |bytes| {
            let hits = ranges(bytes);
            if hits.is_empty() {
                return Ok(Change::Keep);
            }
            Ok(Change::Replace(if kind == ResidueKind::History {
                clear::without_entries(bytes, &hits, HistoryForm::of(&path))
            } else {
                clear::overwritten(bytes, &hits)
            }))
        });
        if let Err(error) = edited {
            return ResidueFate::Failed(error.to_string());
        }
        match self.files.read(file, SIZE) {
            Ok(bytes) => {
                let bytes = Zeroizing::new(bytes.unwrap_or_default());
                if ranges(&bytes).is_empty() {
                    ResidueFate::Removed
                } else {
                    ResidueFate::Failed("it was written again meanwhile".to_owned())
                }
            }
            Err(error) => ResidueFate::Failed(error.to_string()),
        }
    }

    /// Says what is in databases; what a row holds of a sign-in that stays is that one's.
    fn databases(&mut self) {
        for (path, (database, secrets, times)) in std::mem::take(&mut self.databases) {
            let forms = self.patterns.forms.iter();
            let forms = forms.filter(|(_, secret)| secrets.contains(secret));
            let needles: Vec<&[u8]> = forms.map(|(form, _)| form.as_slice()).collect();
            let fate = database_fate(
                self.files,
                &database,
                &needles,
                self.kept.has(&path),
                self.clears,
            );
            if let Some(fate) = fate {
                self.note(
                    &database,
                    None,
                    times,
                    ResidueKind::Database,
                    &secrets,
                    fate,
                );
            }
        }
    }
}

/// What becomes of byte strings in a database; `None` if they are a row's that stays.
#[cfg(feature = "sqlite")]
fn database_fate(
    files: &Files,
    database: &ConfinedPath,
    needles: &[&[u8]],
    has_others: bool,
    clears: bool,
) -> Option<ResidueFate> {
    if has_others && !files.are_in_no_row(database, needles).unwrap_or(true) {
        return None;
    }
    if !clears {
        return Some(ResidueFate::Left);
    }
    Some(match files.scrub(database, needles, !has_others) {
        Ok(Some(true) | None) => ResidueFate::Removed,
        Ok(Some(false)) => {
            ResidueFate::Failed("its bytes are still there: another program may use it".to_owned())
        }
        Err(error) => ResidueFate::Failed(error.to_string()),
    })
}

#[cfg(not(feature = "sqlite"))]
fn database_fate(
    _: &Files,
    _: &ConfinedPath,
    _: &[&[u8]],
    _: bool,
    _: bool,
) -> Option<ResidueFate> {
    Some(ResidueFate::Failed(
        "this build cannot edit databases".to_owned(),
    ))
}

/// The database that a file is, or is the log of.
fn database_of(file: &ConfinedPath, bytes: &[u8]) -> Option<ConfinedPath> {
    if bytes.starts_with(DATABASE) {
        return Some(file.clone());
    }
    let name = file.file_name()?;
    let of = ["-wal", "-journal"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))?;
    file.parent()?.join(of)
}
