//! The lines of files: steps on one file are one line, and a directory that went as a whole stands for
//! its files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use adieu::inventory::{Place, State};
use adieu::io::files::ConfinedPath;
use adieu::plan::Step;
use adieu::report::{Outcome, OutcomeWord};
use adieu::world::World;

use super::{Group, Item, local_group};
use crate::ui::format_count;

/// Steps on files, gathered by file; a directory that went as a whole stands for its files.
#[derive(Default)]
pub(super) struct Files<'a> {
    by_file: BTreeMap<(&'a ConfinedPath, u8), FileItem>,
    directories: Vec<(PathBuf, Option<Outcome>)>,
    pub(super) trees: Vec<Item>,
    pub(super) named: Vec<Item>,
}

struct FileItem {
    word: Option<OutcomeWord>,
    detail: Option<String>,
    parts: Vec<String>,
    whole: bool,
    remedies: Vec<String>,
}

impl<'a> Files<'a> {
    pub(super) fn directory(&mut self, path: PathBuf, outcome: Option<&Outcome>) {
        self.directories.push((path, outcome.cloned()));
    }

    pub(super) fn add(
        &mut self,
        place: &'a Place,
        step: &Step,
        outcome: Option<&Outcome>,
        remedy: Option<&str>,
    ) {
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
                remedies: Vec::new(),
            });
        if let Some(remedy) = remedy.filter(|remedy| !item.remedies.iter().any(|r| r == remedy)) {
            item.remedies.push(remedy.to_owned());
        }
        match place {
            Place::Member { .. } if place.section().is_some() => {
                item.parts.push(format!("profile {}", step.subject()));
            }
            Place::Member { path, .. } => item.parts.push(match path.shown_name() {
                // A line of many is told by its number.
                name if name.is_empty() => path.words().last().unwrap_or_default(),
                name => name,
            }),
            Place::SqliteRow { value, .. } => item.parts.push(value.clone()),
            _ => item.whole = true,
        }
        if step.state == State::Residue && item.detail.is_none() && word == Some(OutcomeWord::Kept)
        {
            item.detail = outcome.and_then(|outcome| outcome.detail.clone());
        }
    }

    pub(super) fn items(self, world: &World) -> Vec<Item> {
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
                    format!(
                        "{}/{}",
                        world.shorten(parent),
                        format_xdg_mark(world, parent)
                    ),
                    None,
                ),
                None => (world.shorten(&path), item.describe()),
            };
            lines
                .entry(format!("{label}{}", detail.as_deref().unwrap_or_default()))
                .or_insert_with(|| Item {
                    remedies: item.remedies.clone(),
                    ..Item::new(item.group(), format!("Files: {label}"), item.word).because(detail)
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
                let detail = outcome.detail.clone();
                let group = local_group(Some(outcome));
                lines.insert(
                    format!("{label}kept"),
                    Item::new(group, format!("Files: {label}"), Some(outcome.word)).because(detail),
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
    const fn group(&self) -> Group {
        match self.word {
            Some(OutcomeWord::Kept | OutcomeWord::Unsupported) => Group::Kept,
            _ => Group::Here,
        }
    }

    fn describe(&self) -> Option<String> {
        const NAMED: usize = 4;
        let mut parts = self.parts.clone();
        parts.dedup();
        let parts = match parts.len() {
            0 => None,
            _ if self.whole => None,
            number if number <= NAMED => Some(parts.join(", ")),
            number => Some(format_count(number, "part", "parts")),
        };
        // Why something failed stands beside it, as the command's page has it: `(permission denied)`.
        match (parts, self.detail.as_ref()) {
            (Some(parts), Some(detail)) => Some(format!("{parts}; {detail}")),
            (Some(parts), None) => Some(parts),
            (None, detail) => detail.cloned(),
        }
    }
}

/// The mark of the page behind paths in Atmos's default directory.
fn format_xdg_mark(world: &World, path: &Path) -> &'static str {
    if path.starts_with(world.atmos_config_root()) {
        " (XDG-compliant)"
    } else {
        ""
    }
}
