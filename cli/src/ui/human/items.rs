//! The lines of a logout report: steps that belong together are one line.

mod files;

use std::collections::BTreeMap;

use adieu::inventory::{Place, Problem, Revocation};
use adieu::io::files::ConfinedPath;
use adieu::plan::{Action, Step, Target};
use adieu::report::{Outcome, OutcomeWord, Report, StillLive};
use adieu::systems::System;
use adieu::world::World;

use self::files::Files;
use super::follow_up::remove_duplicates;
use crate::ui::printer::{BAD, GOOD};
use crate::ui::{format_count, to_plain_text};

/// The group of a report that a line stands in. Each line stands in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// Ended at its server, or to be ended there.
    Server,
    /// Deleted here, or to be deleted.
    Here,
    /// Stays here on purpose.
    Kept,
    /// Nothing that was done ends it at its server.
    Valid,
}

/// One line of a report: steps that belong together.
pub(super) struct Item {
    pub(super) group: Group,
    label: String,
    pub(super) word: Option<OutcomeWord>,
    detail: Option<String>,
    /// What to do about it.
    pub(super) remedies: Vec<String>,
    /// How many steps say the same.
    times: usize,
    /// The system of what no server ended.
    system: Option<System>,
}

impl Item {
    fn new(group: Group, label: String, word: Option<OutcomeWord>) -> Self {
        Self {
            group,
            label,
            word,
            detail: None,
            remedies: Vec::new(),
            times: 1,
            system: None,
        }
    }

    const fn of_system(mut self, system: System) -> Self {
        self.system = Some(system);
        self
    }

    fn because(mut self, detail: Option<String>) -> Self {
        self.detail = detail;
        self
    }

    fn remedied(mut self, remedy: Option<&str>) -> Self {
        let is_known = |remedy: &&str| self.remedies.iter().any(|known| known == remedy);
        if let Some(remedy) = remedy.filter(|remedy| !is_known(remedy)) {
            self.remedies.push(remedy.to_owned());
        }
        self
    }

    fn is_done(&self) -> bool {
        self.word.is_some_and(OutcomeWord::did_something)
    }

    fn was_tried(&self) -> bool {
        !matches!(
            self.word,
            Some(OutcomeWord::Kept | OutcomeWord::Unsupported)
        )
    }

    pub(super) fn text(&self) -> String {
        let times = if self.times > 1 {
            format!(" ×{}", self.times)
        } else {
            String::new()
        };
        match &self.detail {
            Some(detail) => format!("{}{times} ({detail})", self.label),
            None => format!("{}{times}", self.label),
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

    fn says_the_same(&self, other: &Self) -> bool {
        self.group == other.group
            && self.word == other.word
            && self.label == other.label
            && self.detail == other.detail
            && self.remedies == other.remedies
    }
}

/// The lines of a report, in the plan's order.
pub(super) struct Items(Vec<Item>);

impl Items {
    /// With `is_verbose`, none is folded.
    pub(super) fn of(world: &World, report: &Report, is_verbose: bool) -> Self {
        let remedies = Remedies::of(report);
        let mut items = Vec::new();
        let mut files = Files::default();
        for (step, outcome) in report.lines() {
            // What failed has its cause and its remedy among the errors.
            let remedy = remedies.of_step(step).filter(|_| has_no_error(outcome));
            match step.place() {
                None => {
                    items.push(build_server_item(step, outcome, report.dry_run).remedied(remedy));
                }
                Some(Place::KeyringEntry { .. }) => {
                    items.push(build_keyring_item(report, step, outcome).remedied(remedy));
                }
                Some(Place::Directory { directory, .. }) => {
                    files.directory(directory.to_path(), outcome);
                }
                Some(place @ (Place::Stranger { .. } | Place::Named { .. })) => {
                    files
                        .named
                        .push(build_named_item(world, place, outcome).remedied(remedy));
                }
                Some(Place::Tree { directory }) => {
                    let item = build_tree_item(world, directory, step, outcome);
                    files.trees.push(item.remedied(remedy));
                }
                Some(place) => files.add(place, step, outcome, remedy),
            }
        }
        if !report.dry_run {
            items.extend(
                report
                    .plan
                    .missing
                    .iter()
                    .map(|name| build_missing_item(name)),
            );
        }
        items.extend(files.items(world));
        if !report.dry_run {
            items.extend(
                remove_duplicates(report.unread())
                    .map(|problem| build_unread_item(world, report, problem)),
            );
        }
        items.extend(
            remedies
                .unsaid(report)
                .map(|found| build_left_item(world, found)),
        );
        let mut lines: Vec<Item> = Vec::new();
        for item in items {
            match lines.iter_mut().find(|line| line.says_the_same(&item)) {
                Some(line) => line.times += 1,
                None => lines.push(item),
            }
        }
        if !is_verbose {
            fold_valid(&mut lines);
        }
        Self(lines)
    }

    /// The lines of a group.
    pub(super) fn of_group(&self, group: Group) -> Vec<&Item> {
        let items = self.0.iter();
        items.filter(|item| item.group == group).collect()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many steps were tried, as people count them.
    pub(super) fn tried(&self) -> usize {
        let tried = self.0.iter().filter(|item| item.was_tried());
        tried.map(|item| item.times).sum()
    }

    /// How many of these did something.
    pub(super) fn done(&self) -> usize {
        let done = self.0.iter().filter(|item| item.is_done());
        done.map(|item| item.times).sum()
    }
}

/// The most lines of what no server ended that are shown one by one.
const VALID_SHOWN: usize = 8;

/// Makes one line of each system of what no server ended, where there are many.
fn fold_valid(lines: &mut Vec<Item>) {
    let is_valid = |item: &&Item| item.group == Group::Valid && item.system.is_some();
    if lines.iter().filter(is_valid).count() <= VALID_SHOWN {
        return;
    }
    let (valid, rest): (Vec<Item>, Vec<Item>) = std::mem::take(lines)
        .into_iter()
        .partition(|item| is_valid(&item));
    *lines = rest;
    let mut by_system: BTreeMap<Option<System>, Vec<Item>> = BTreeMap::new();
    for item in valid {
        by_system.entry(item.system).or_default().push(item);
    }
    for (system, mut items) in by_system {
        let (Some(system), Some(first)) = (system, items.first()) else {
            continue;
        };
        if items.len() == 1 {
            lines.append(&mut items);
            continue;
        }
        let number: usize = items.iter().map(|item| item.times).sum();
        let label = format!(
            "{}: {}",
            system.title(),
            format_count(number, "credential", "credentials")
        );
        let is_same = items.iter().all(|item| item.detail == first.detail);
        let detail = first.detail.clone().filter(|_| is_same);
        let detail = detail.unwrap_or_else(|| "--verbose shows each".to_owned());
        let mut folded = Item::new(Group::Valid, label, first.word).because(Some(detail));
        for remedy in items.iter().flat_map(|item| &item.remedies) {
            folded = folded.remedied(Some(remedy));
        }
        lines.push(folded);
    }
}

const fn has_no_error(outcome: Option<&Outcome>) -> bool {
    match outcome {
        Some(outcome) => !matches!(outcome.word, OutcomeWord::Failed | OutcomeWord::Absent),
        None => true,
    }
}

/// What looking again found, by what it is about.
pub(super) struct Remedies<'r>(&'r [StillLive]);

impl<'r> Remedies<'r> {
    pub(super) fn of(report: &'r Report) -> Self {
        let verified = report.verified.as_ref();
        Self(verified.map_or(&[], |verified| verified.still_live.as_slice()))
    }

    /// What to do about what a step has left.
    pub(super) fn of_step(&self, step: &Step) -> Option<&'r str> {
        let mut found = self.0.iter().filter(|found| is_about(found, step));
        found.next().map(|found| found.remedy.as_str())
    }

    /// What no line says: it was not there before, or it came back.
    fn unsaid(&self, report: &Report) -> impl Iterator<Item = &'r StillLive> {
        let stays = |(step, outcome): &(&Step, Option<&Outcome>)| {
            let word = outcome.map(|outcome| outcome.word);
            (step.place().is_none() || !word.is_some_and(OutcomeWord::did_something))
                && word != Some(OutcomeWord::Absent)
        };
        let said: Vec<&Step> = report.lines().filter(stays).map(|(step, _)| step).collect();
        let is_said = move |found: &StillLive| said.iter().any(|step| is_about(found, step));
        self.0.iter().filter(move |found| !is_said(found))
    }
}

fn is_about(found: &StillLive, step: &Step) -> bool {
    match (found.step.place(), step.place()) {
        (Some(left), Some(place)) => left == place,
        (None, None) => found.step.deed == step.deed && found.step.subject() == step.subject(),
        _ => false,
    }
}

/// What was found by looking again.
fn build_left_item(world: &World, found: &StillLive) -> Item {
    let step = &found.step;
    let place = step.place().map_or_else(String::new, |place| {
        format!(" in {}", shown_place(world, place))
    });
    let label = format!("{} of {}{place}", step.what, step.subject());
    Item::new(Group::Valid, label, None)
        .because(Some(step.reason.clone()).filter(|reason| !reason.is_empty()))
        .remedied(Some(&found.remedy))
}

/// A place, for people.
fn shown_place(world: &World, place: &Place) -> String {
    match place {
        Place::KeyringEntry { service, .. } => format!("the keyring ({service})"),
        _ => place
            .path()
            .map(|path| world.shorten(&path))
            .unwrap_or_default(),
    }
}

/// The group of a step on this machine.
fn local_group(outcome: Option<&Outcome>) -> Group {
    match outcome.map(|outcome| outcome.word) {
        Some(OutcomeWord::Kept | OutcomeWord::Unsupported) => Group::Kept,
        _ => Group::Here,
    }
}

/// A credential that was to be deleted and is not there.
fn build_missing_item(name: &str) -> Item {
    let label = format!("Keyring: {name}");
    Item::new(Group::Here, label, Some(OutcomeWord::Absent))
        .because(Some("not found - already logged out".to_owned()))
}

/// A place that may hold more of those who are meant. Where a warning says why, the line does not.
fn build_unread_item(world: &World, report: &Report, problem: &Problem) -> Item {
    let location = match problem.location.as_path() {
        Some(path) => world.shorten(path),
        None => problem.location.to_string(),
    };
    let location = to_plain_text(&location).into_owned();
    let is_said = report
        .problems
        .iter()
        .any(|said| (&said.location, &said.message) == (&problem.location, &problem.message));
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
    let label = format!("{kind}{location}");
    Item::new(Group::Here, label, Some(OutcomeWord::Failed))
        .because((!is_said).then(|| message.trim_start().to_owned()))
}

/// Whose sign-in ends with it, though they were not named.
fn describe_served(step: &Step) -> Option<String> {
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

/// The server of a sign-in to AWS, which is the region's, or another one than the vendor's.
fn asked_place(step: &Step) -> Option<String> {
    let Action::Revoke { revocation, .. } = &step.deed else {
        return None;
    };
    let is_of_region = matches!(
        revocation,
        Revocation::SsoPortal { .. } | Revocation::AwsSignIn { .. }
    );
    is_of_region.then(|| format!(" at {}", to_plain_text(&revocation.endpoint().host())))
}

fn build_server_item(step: &Step, outcome: Option<&Outcome>, is_preview: bool) -> Item {
    let word = outcome.map(|outcome| outcome.word);
    let ends = matches!(
        word,
        None | Some(OutcomeWord::Revoked | OutcomeWord::Absent)
    );
    let group = if ends { Group::Server } else { Group::Valid };
    let place = asked_place(step).filter(|_| ends).unwrap_or_default();
    let label = format!("{} of {}{place}", step.what, step.subject());
    // Why a call failed is said among the errors, which a preview has none of.
    let explains = is_preview || word != Some(OutcomeWord::Failed);
    let detail = outcome.and_then(|outcome| outcome.detail.clone());
    let served = describe_served(step).filter(|_| ends);
    let said: Vec<String> = detail
        .filter(|_| explains)
        .into_iter()
        .chain(served)
        .collect();
    let hint = outcome.and_then(|outcome| outcome.hint.as_deref());
    Item::new(group, label, word)
        .of_system(step.system)
        .because((!said.is_empty()).then(|| said.join("; ")))
        .remedied(hint.filter(|_| explains && !ends))
}

fn build_keyring_item(report: &Report, step: &Step, outcome: Option<&Outcome>) -> Item {
    let is_wide = |part: &Target| matches!(part, Target::Providers { .. } | Target::System { .. });
    let is_wide = report.plan.request.target.parts().iter().any(is_wide);
    let via = match (&step.identity, &step.provider) {
        (Some(_), Some(provider)) if is_wide => {
            format!(" (via {provider})")
        }
        _ => String::new(),
    };
    let word = outcome.map(|outcome| outcome.word);
    let explains = match word {
        Some(OutcomeWord::Kept | OutcomeWord::Absent) => true,
        Some(OutcomeWord::Failed) => report.dry_run,
        _ => false,
    };
    let detail = outcome.and_then(|outcome| outcome.detail.clone());
    let label = format!("Keyring: {}{via}", step.subject());
    Item::new(local_group(outcome), label, word).because(detail.filter(|_| explains))
}

/// What is only named: somebody else's.
fn build_named_item(world: &World, place: &Place, outcome: Option<&Outcome>) -> Item {
    let path = place.path().unwrap_or_default();
    let path = to_plain_text(&world.shorten(&path)).into_owned();
    let slash = if matches!(place, Place::Named { .. }) {
        "/"
    } else {
        ""
    };
    let ended = outcome.map(|outcome| outcome.word);
    Item::new(local_group(outcome), format!("Files: {path}{slash}"), ended)
        .because(outcome.and_then(|outcome| outcome.detail.clone()))
}

/// A directory of a tool's own that goes with everything in it.
fn build_tree_item(
    world: &World,
    directory: &ConfinedPath,
    step: &Step,
    outcome: Option<&Outcome>,
) -> Item {
    let ended = outcome.map(|outcome| outcome.word);
    let detail = outcome.and_then(|outcome| outcome.detail.clone());
    let label = format!("Files: {}/", world.shorten(&directory.to_path()));
    Item::new(local_group(outcome), label, ended)
        .because(Some(detail.unwrap_or_else(|| step.what.to_owned())))
}
