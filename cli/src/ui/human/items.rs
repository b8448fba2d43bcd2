//! The lines of a logout report: steps that belong together are one line.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use adieu::inventory::{Place, Problem, Revocation, State};
use adieu::io::files::ConfinedPath;
use adieu::plan::{Action, Decision, KeepReason, Step, Target};
use adieu::report::{Outcome, OutcomeWord, Report};
use adieu::world::World;

use super::follow_up::once;
use crate::ui::printer::{BAD, GOOD};
use crate::ui::{count, plain};

/// One line of a report: steps that belong together.
pub(super) struct Item {
    label: String,
    pub(super) word: Option<OutcomeWord>,
    detail: Option<String>,
}

impl Item {
    pub(super) fn is_done(&self) -> bool {
        self.word.is_some_and(OutcomeWord::did_something)
    }

    pub(super) fn was_tried(&self) -> bool {
        !matches!(
            self.word,
            Some(OutcomeWord::Kept | OutcomeWord::Unsupported)
        )
    }

    pub(super) fn text(&self) -> String {
        match &self.detail {
            Some(detail) => format!("{} ({detail})", self.label),
            None => self.label.clone(),
        }
    }

    pub(super) fn line(&self) -> String {
        let mark = match self.word {
            Some(OutcomeWord::Revoked | OutcomeWord::Removed) => format!("{GOOD}✓{GOOD:#}"),
            Some(OutcomeWord::Failed | OutcomeWord::Absent) => format!("{BAD}✗{BAD:#}"),
            _ => "•".to_owned(),
        };
        format!("{mark} {}", self.text())
    }
}

/// The lines of a report, in the plan's order.
pub(super) struct Items(pub(super) Vec<Item>);

impl Items {
    pub(super) fn of(world: &World, report: &Report) -> Self {
        let mut items = Vec::new();
        let mut files = Files::default();
        for (step, outcome) in report.lines() {
            match step.place() {
                None => items.push(server(step, outcome, report.dry_run)),
                Some(Place::KeyringEntry { .. }) => items.push(keyring(report, step, outcome)),
                Some(Place::Directory { directory, .. }) => {
                    files.directory(directory.to_path(), outcome);
                }
                Some(place @ (Place::Stranger { .. } | Place::Named { .. })) => {
                    files.named.push(named(world, place, outcome));
                }
                Some(Place::Tree { directory }) => {
                    files.trees.push(tree(world, directory, step, outcome));
                }
                Some(place) => files.add(place, step, outcome),
            }
        }
        if !report.dry_run {
            items.extend(report.plan.missing.iter().map(|name| missing(name)));
        }
        items.extend(files.items(world));
        if !report.dry_run {
            items.extend(once(report.unread()).map(|problem| unread(world, problem)));
        }
        Self(items)
    }
}

/// A credential that was to be deleted and is not there.
fn missing(name: &str) -> Item {
    Item {
        label: format!("Keyring: {name}"),
        word: Some(OutcomeWord::Absent),
        detail: Some("not found - already logged out".to_owned()),
    }
}

/// A place that may hold more of those who are meant.
fn unread(world: &World, problem: &Problem) -> Item {
    let location = match problem.location.as_path() {
        Some(path) => world.shorten(path),
        None => problem.location.to_string(),
    };
    let location = plain(&location).into_owned();
    // Some messages begin with the place.
    let message = &problem.message;
    let message = message
        .strip_prefix(problem.location.as_str())
        .unwrap_or(message);
    let kind = if problem.hides_a_file() {
        "Files: "
    } else {
        ""
    };
    Item {
        label: format!("{kind}{location}"),
        word: Some(OutcomeWord::Failed),
        detail: Some(message.trim_start().to_owned()),
    }
}

/// Whose sign-in ends with it, though they were not named.
fn served(step: &Step) -> Option<String> {
    match &step.deed {
        Action::Revoke { served, .. } if !served.is_empty() => {
            let verb = if step.owner.is_native() {
                "signed in"
            } else {
                "served"
            };
            Some(format!("it also {verb} {}", served.join(", ")))
        }
        _ => None,
    }
}

/// The server of a portal's session, which may be another one than the vendor's.
fn asked_place(step: &Step) -> Option<String> {
    let Action::Revoke { revocation, .. } = &step.deed else {
        return None;
    };
    let is_portal = matches!(revocation, Revocation::SsoPortal { .. });
    is_portal.then(|| format!(" at {}", plain(&revocation.endpoint().host())))
}

fn server(step: &Step, outcome: Option<&Outcome>, is_preview: bool) -> Item {
    let detail = outcome.and_then(|outcome| {
        let hint = outcome
            .hint
            .as_deref()
            .filter(|_| outcome.word == OutcomeWord::Unsupported);
        let detail = outcome.detail.clone()?;
        Some(hint.map_or_else(|| detail.clone(), |hint| format!("{detail}; {hint}")))
    });
    let is_sealed = step.decision == Decision::Keep(KeepReason::TokenUnavailable);
    let (verb, ends) = match outcome.map(|outcome| outcome.word) {
        Some(OutcomeWord::Unsupported) if is_sealed => ("not ended", false),
        Some(OutcomeWord::Unsupported) => ("cannot be ended early", false),
        Some(OutcomeWord::Failed) if is_preview => ("would not be ended", false),
        Some(OutcomeWord::Failed | OutcomeWord::Kept) => ("not ended", false),
        None => ("would be ended", true),
        _ => ("ended", true),
    };
    let served = served(step).filter(|_| ends);
    let place = asked_place(step).filter(|_| ends);
    let said: Vec<String> = detail.into_iter().chain(served).collect();
    Item {
        label: format!(
            "Server: {} of {} {verb}{}",
            step.what,
            step.subject(),
            place.unwrap_or_default()
        ),
        word: outcome.map(|outcome| outcome.word),
        detail: (!said.is_empty()).then(|| said.join("; ")),
    }
}

fn keyring(report: &Report, step: &Step, outcome: Option<&Outcome>) -> Item {
    let via = match (&report.plan.request.target, &step.identity, &step.provider) {
        (Target::Providers { .. } | Target::System { .. }, Some(_), Some(provider)) => {
            format!(" (via {provider})")
        }
        _ => String::new(),
    };
    let detail = match outcome.map(|outcome| outcome.word) {
        Some(OutcomeWord::Kept) => outcome
            .and_then(|outcome| outcome.detail.clone())
            .map(|why| format!("kept: {why}")),
        Some(OutcomeWord::Failed | OutcomeWord::Absent) => {
            outcome.and_then(|outcome| outcome.detail.clone())
        }
        _ => None,
    };
    Item {
        label: format!("Keyring: {}{via}", step.subject()),
        word: outcome.map(|outcome| outcome.word),
        detail,
    }
}

/// What is only named: somebody else's.
fn named(world: &World, place: &Place, outcome: Option<&Outcome>) -> Item {
    let path = place.path().unwrap_or_default();
    let path = plain(&world.shorten(&path)).into_owned();
    let slash = if matches!(place, Place::Named { .. }) {
        "/"
    } else {
        ""
    };
    Item {
        label: format!("Files: {path}{slash}"),
        word: outcome.map(|outcome| outcome.word),
        detail: outcome
            .and_then(|outcome| outcome.detail.clone())
            .map(|why| format!("kept: {why}")),
    }
}

/// A directory of a tool's own that goes with everything in it.
fn tree(world: &World, directory: &ConfinedPath, step: &Step, outcome: Option<&Outcome>) -> Item {
    let detail = outcome.and_then(|outcome| outcome.detail.clone());
    Item {
        label: format!("Files: {}/", world.shorten(&directory.to_path())),
        word: outcome.map(|outcome| outcome.word),
        detail: Some(detail.unwrap_or_else(|| step.what.to_owned())),
    }
}

/// Steps on files, gathered by file; a directory that went as a whole stands for its files.
#[derive(Default)]
struct Files<'a> {
    by_file: BTreeMap<(&'a ConfinedPath, u8), FileItem>,
    directories: Vec<(PathBuf, Option<Outcome>)>,
    trees: Vec<Item>,
    named: Vec<Item>,
}

struct FileItem {
    word: Option<OutcomeWord>,
    detail: Option<String>,
    parts: Vec<String>,
    whole: bool,
}

impl<'a> Files<'a> {
    fn directory(&mut self, path: PathBuf, outcome: Option<&Outcome>) {
        self.directories.push((path, outcome.cloned()));
    }

    fn add(&mut self, place: &'a Place, step: &Step, outcome: Option<&Outcome>) {
        let Some(file) = place.file() else { return };
        let word = outcome.map(|outcome| outcome.word);
        let item = self
            .by_file
            .entry((file, word.map_or(0, |word| word as u8 + 1)))
            .or_insert_with(|| FileItem {
                word,
                detail: outcome.and_then(|outcome| outcome.detail.clone()),
                parts: Vec::new(),
                whole: false,
            });
        match place {
            Place::Member { .. } if place.section().is_some() => {
                item.parts.push(format!("profile {}", step.subject()));
            }
            Place::Member { path, .. } => item.parts.push(path.name().to_owned()),
            Place::SqliteRow { value, .. } => item.parts.push(value.clone()),
            _ => item.whole = true,
        }
        if step.state == State::Residue && item.detail.is_none() && word == Some(OutcomeWord::Kept)
        {
            item.detail = outcome.and_then(|outcome| outcome.detail.clone());
        }
    }

    fn items(self, world: &World) -> Vec<Item> {
        let gone: BTreeSet<&Path> = self
            .directories
            .iter()
            .filter(|(_, outcome)| {
                outcome
                    .as_ref()
                    .is_none_or(|outcome| outcome.word == OutcomeWord::Removed)
            })
            .map(|(path, _)| path.as_path())
            .collect();
        let mut lines: BTreeMap<String, Item> = BTreeMap::new();
        for ((file, _), item) in &self.by_file {
            let path = file.to_path();
            let done = item.word.is_none_or(OutcomeWord::did_something);
            let parent = path.parent().filter(|parent| done && gone.contains(parent));
            let (label, detail) = match parent {
                Some(parent) => (
                    format!("{}/{}", world.shorten(parent), xdg(world, parent)),
                    None,
                ),
                None => (world.shorten(&path), item.describe()),
            };
            lines
                .entry(format!("{label}{}", detail.as_deref().unwrap_or_default()))
                .or_insert_with(|| Item {
                    label: format!("Files: {label}"),
                    word: item.word,
                    detail,
                });
        }
        for (path, outcome) in &self.directories {
            let kept = outcome
                .as_ref()
                .filter(|outcome| outcome.word != OutcomeWord::Removed);
            let label = format!("{}/", world.shorten(path));
            // What is in it says so itself, and those above it say nothing new.
            let is_explained = self.by_file.iter().any(|((file, _), item)| {
                item.word == Some(OutcomeWord::Failed) && file.to_path().starts_with(path)
            }) || kept_below(&self.directories, path);
            if is_explained {
                continue;
            }
            if let Some(outcome) = kept.filter(|outcome| outcome.detail.is_some()) {
                lines.insert(
                    format!("{label}kept"),
                    Item {
                        label: format!("Files: {label}"),
                        word: Some(outcome.word),
                        detail: outcome.detail.clone(),
                    },
                );
            }
        }
        let files = lines.into_values().chain(self.trees);
        files.chain(self.named).collect()
    }
}

/// Whether a directory below stays, and says why.
fn kept_below(directories: &[(PathBuf, Option<Outcome>)], path: &Path) -> bool {
    directories.iter().any(|(other, outcome)| {
        let stays = outcome.as_ref().is_some_and(|outcome| {
            outcome.word != OutcomeWord::Removed && outcome.detail.is_some()
        });
        stays && other != path && other.starts_with(path)
    })
}

impl FileItem {
    fn describe(&self) -> Option<String> {
        const NAMED: usize = 4;
        let mut parts = self.parts.clone();
        parts.dedup();
        let parts = match parts.len() {
            0 => None,
            _ if self.whole => None,
            number if number <= NAMED => Some(parts.join(", ")),
            number => Some(count(number, "part", "parts")),
        };
        let kept = self
            .word
            .filter(|word| *word == OutcomeWord::Kept)
            .map(|_| "kept: ");
        match (parts, &self.detail) {
            (Some(parts), Some(detail)) => {
                Some(format!("{parts}; {}{detail}", kept.unwrap_or_default()))
            }
            (Some(parts), None) => Some(parts),
            (None, Some(detail)) => Some(format!("{}{detail}", kept.unwrap_or_default())),
            (None, None) => None,
        }
    }
}

/// The mark of the page behind paths in Atmos's default directory.
fn xdg(world: &World, path: &Path) -> &'static str {
    if path.starts_with(world.atmos_config_root()) {
        " (XDG-compliant)"
    } else {
        ""
    }
}
