//! A logout as the command's page shows it: the chain, one line per item, the number, the note.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use adieu::inventory::{Place, Revocation, State};
use adieu::plan::{Deed, Step, Target};
use adieu::report::{Outcome, OutcomeWord, Report};
use adieu::world::World;

use crate::ui::speech::{BAD, FAINT, GOOD, HINT, STRONG, WARN};
use crate::ui::{Failure, Speech, count};

/// Prints a logout or its preview.
pub(crate) fn logout(world: &World, report: &Report, speech: &mut Speech) -> Result<(), Failure> {
    let items = Items::of(world, report);
    if report.dry_run {
        preview(report, &items, speech)?;
        problems(report, speech);
        return Ok(());
    }
    if !report.plan.steps.iter().any(ends_something) {
        already_out(report, speech)?;
    } else if speech.is_quiet() {
        one_line(report, speech)?;
    } else {
        full(report, &items, speech)?;
    }
    failures(report, speech);
    still_live(world, report, speech);
    problems(report, speech);
    if report.interrupted {
        speech.warning(
            "stopped waiting for servers; what is on this machine was removed",
            None,
        );
    }
    Ok(())
}

fn full(report: &Report, items: &Items, speech: &mut Speech) -> Result<(), Failure> {
    speech.data(&title(report))?;
    speech.data("")?;
    if !report.plan.chain.is_empty() {
        speech.data("Building authentication chain...")?;
        speech.data(&format!(
            "  {GOOD}✓{GOOD:#} Chain: {}",
            report.plan.chain.join(" → ")
        ))?;
        speech.data("")?;
    }
    speech.data(match &report.plan.request.target {
        Target::Identity(_) | Target::Found(_) => "Removing credentials...",
        Target::Providers { .. } | Target::System { .. } => {
            "Removing all credentials for provider..."
        }
        Target::Configured | Target::Machine => "Removing all credentials...",
    })?;
    for item in &items.0 {
        speech.data(&format!("  {}", item.line()))?;
    }
    speech.data("")?;
    speech.data(&conclusion(report, items))?;
    speech.data("")?;
    browser_note(report, speech)
}

fn title(report: &Report) -> String {
    match &report.plan.request.target {
        Target::Identity(key) => {
            let name = report.plan.chain.last().unwrap_or(key);
            format!("{STRONG}Logging out from identity:{STRONG:#} {name}")
        }
        Target::Found(name) => format!("{STRONG}Logging out from identity:{STRONG:#} {name}"),
        Target::Providers { label, .. } => {
            format!("{STRONG}Logging out from provider:{STRONG:#} {label}")
        }
        Target::System { system, .. } => {
            format!(
                "{STRONG}Logging out from provider:{STRONG:#} {}",
                system.id()
            )
        }
        Target::Configured | Target::Machine => {
            format!("{STRONG}Logging out from all identities...{STRONG:#}")
        }
    }
}

fn conclusion(report: &Report, items: &Items) -> String {
    let summary = &report.summary;
    let tried = items.0.iter().filter(|item| item.was_tried()).count();
    let good = items.0.iter().filter(|item| item.is_done()).count();
    if summary.failed == 0 && good == tried {
        let number = count(summary.logged_out(), "identity", "identities");
        return format!("{GOOD}Successfully logged out from {number}{GOOD:#}");
    }
    if good == 0 {
        return format!("{BAD}Logout failed ({good}/{tried} successful){BAD:#}");
    }
    format!("{WARN}Logged out with warnings ({good}/{tried} successful){WARN:#}")
}

/// The note of the page, every time. What the server was told is not called local.
fn browser_note(report: &Report, speech: &mut Speech) -> Result<(), Failure> {
    if report.summary.revoked == 0 {
        speech.data("⚠️  Note: This only removes local credentials. Your browser session")?;
        speech.data("   may still be active. Visit your identity provider to end your")?;
        speech.data("   browser session.")?;
    } else {
        speech.data("⚠️  Note: Your browser session may still be active. Visit your identity")?;
        speech.data("   provider to end your browser session.")?;
    }
    for page in pages(report) {
        speech.data(&format!("   {HINT}{page}{HINT:#}"))?;
    }
    Ok(())
}

/// Where browser sessions are ended.
fn pages(report: &Report) -> Vec<String> {
    let mut pages: Vec<String> = report
        .plan
        .steps
        .iter()
        .filter_map(|step| match &step.deed {
            Deed::Revoke {
                revocation: Revocation::SsoPortal { start_url, .. },
                ..
            } => start_url.clone(),
            Deed::Unsupported { page } => page.clone(),
            _ => None,
        })
        .collect();
    pages.sort();
    pages.dedup();
    pages
}

/// The announcement's one-line forms.
fn one_line(report: &Report, speech: &mut Speech) -> Result<(), Failure> {
    let summary = &report.summary;
    if summary.failed > 0 {
        let message = format!(
            "Logged out with warnings: {} removed, {} revoked, {} failed",
            summary.removed, summary.revoked, summary.failed
        );
        return Ok(speech.data(&format!("{WARN}✗{WARN:#} {message}"))?);
    }
    let identities = count(summary.identities, "identity", "identities");
    let text = match &report.plan.request.target {
        Target::Identity(key) => {
            let name = report.plan.chain.last().unwrap_or(key);
            format!("Successfully logged out of identity '{name}'")
        }
        Target::Found(name) => format!("Successfully logged out of identity '{name}'"),
        Target::System { system, .. } => {
            let noun = if summary.identities == 1 {
                "identity"
            } else {
                "identities"
            };
            format!(
                "Successfully logged out of {} {} {noun}",
                summary.identities,
                system.title()
            )
        }
        Target::Providers { label, .. } => {
            format!("Successfully logged out of {identities} of provider '{label}'")
        }
        Target::Configured | Target::Machine => format!(
            "Successfully logged out of {identities} across {}",
            count(providers(report), "provider", "providers")
        ),
    };
    Ok(speech.data(&format!("{GOOD}✓{GOOD:#} {text}"))?)
}

/// How many providers the ended credentials came from, their own or an identity's.
fn providers(report: &Report) -> usize {
    let ended = report.lines().filter(|(step, outcome)| {
        step.state != State::Residue && outcome.is_some_and(|outcome| outcome.word.did_something())
    });
    let names: BTreeSet<&str> = ended
        .filter_map(|(step, _)| step.provider.as_deref())
        .collect();
    names.len()
}

fn already_out(report: &Report, speech: &mut Speech) -> Result<(), Failure> {
    let who = match &report.plan.request.target {
        Target::Identity(key) => {
            format!(
                "Identity '{}' is already logged out.",
                report.plan.chain.last().unwrap_or(key)
            )
        }
        Target::Found(name) => format!("Identity '{name}' is already logged out."),
        Target::Providers { label, .. } => format!("Provider '{label}' is already logged out."),
        Target::System { system, .. } => {
            format!("Everything of {} is already logged out.", system.title())
        }
        Target::Configured | Target::Machine => "All identities are already logged out.".to_owned(),
    };
    speech.data(&who)?;
    let kept = |step: &Step| step.place().is_some() && !step.acts();
    if let Some(text) = left_empty(report) {
        speech.talk(&format!("{text} removed."))?;
    }
    if report.plan.steps.iter().any(kept) {
        speech.talk("No session was found in keyring or file storage; this is kept:")?;
        for (step, _) in report.lines().filter(|(step, _)| kept(step)) {
            speech.talk(&format!(
                "  • {}: {} ({})",
                what(step),
                step.subject(),
                step.reason
            ))?;
        }
    } else {
        speech.talk("No credentials found in keyring or file storage.")?;
    }
    Ok(())
}

/// Whether a step is more than tidying up.
fn ends_something(step: &Step) -> bool {
    step.acts() && !matches!(step.place(), Some(Place::Directory { .. }))
}

/// Directories that an earlier run left empty, where they are all there is to do.
fn left_empty(report: &Report) -> Option<String> {
    let removed = report
        .lines()
        .filter(|(_, outcome)| outcome.is_some_and(|outcome| outcome.word == OutcomeWord::Removed));
    let number = removed.count();
    (number > 0).then(|| {
        let verb = if number == 1 { "was" } else { "were" };
        let directories = count(number, "directory", "directories");
        format!("{directories} that an earlier logout had left empty {verb}")
    })
}

fn preview(report: &Report, items: &Items, speech: &mut Speech) -> Result<(), Failure> {
    speech.data(&format!(
        "{STRONG}Dry run mode:{STRONG:#} No credentials will be removed"
    ))?;
    speech.data("")?;
    if items.0.is_empty() {
        speech
            .data("Nothing would be removed: no credentials found in keyring or file storage.")?;
        if report.plan.steps.iter().any(Step::acts) {
            speech.data("Directories that an earlier logout left empty would go.")?;
        }
        return Ok(());
    }
    speech.data(&match &report.plan.request.target {
        Target::Identity(key) => {
            let name = report.plan.chain.last().unwrap_or(key);
            format!("Would remove from identity: {name}")
        }
        Target::Found(name) => format!("Would remove from identity: {name}"),
        Target::Providers { label, .. } => format!("Would remove from provider: {label}"),
        Target::System { system, .. } => format!("Would remove from provider: {}", system.id()),
        Target::Configured | Target::Machine => "Would remove:".to_owned(),
    })?;
    let (kept, gone): (Vec<&Item>, Vec<&Item>) = items
        .0
        .iter()
        .partition(|item| item.word == Some(OutcomeWord::Kept));
    for item in &gone {
        speech.data(&format!("  • {}", item.text()))?;
    }
    if !kept.is_empty() {
        speech.data("")?;
        speech.data("Would keep:")?;
        for item in &kept {
            speech.data(&format!("  • {}", item.text()))?;
        }
    }
    speech.data("")?;
    let number = count(report.summary.logged_out(), "identity", "identities");
    Ok(speech.data(&format!("{number} would be logged out"))?)
}

fn failures(report: &Report, speech: &mut Speech) {
    let failed: Vec<(&Step, &Outcome)> = report
        .lines()
        .filter_map(|(step, outcome)| Some((step, outcome?)))
        .filter(|(_, outcome)| {
            matches!(outcome.word, OutcomeWord::Failed | OutcomeWord::Absent)
                && outcome.detail.is_some()
        })
        .collect();
    if failed.is_empty() {
        return;
    }
    speech.note("");
    speech.note("Errors encountered:");
    let mut said: BTreeSet<String> = BTreeSet::new();
    for (step, outcome) in failed {
        let detail = match (outcome.word, step.place()) {
            (OutcomeWord::Absent, Some(Place::KeyringEntry { .. })) => {
                "credential not found in keyring".to_owned()
            }
            _ => outcome.detail.clone().unwrap_or_default(),
        };
        let line = format!("  • {}: {detail}", step.subject());
        if said.contains(&line) {
            continue;
        }
        speech.note(&line);
        if let Some(hint) = &outcome.hint {
            speech.note(&format!("    {HINT}hint:{HINT:#} {hint}"));
        }
        said.insert(line);
    }
}

fn still_live(world: &World, report: &Report, speech: &mut Speech) {
    let Some(verified) = &report.verified else {
        return;
    };
    if !verified.still_live.is_empty() {
        speech.note("");
        let number = count(
            verified.still_live.len(),
            "credential is",
            "credentials are",
        );
        speech.note(&format!(
            "{WARN}Still live:{WARN:#} {number} left, as was looked up afterwards"
        ));
        for found in &verified.still_live {
            let place = found
                .step
                .place()
                .map(|place| show(world, place))
                .unwrap_or_default();
            speech.note(&format!(
                "  • {} of {} in {place}",
                found.step.what,
                found.step.subject()
            ));
            speech.note(&format!("    {FAINT}{}{FAINT:#}", found.step.reason));
            speech.note(&format!("    {HINT}hint:{HINT:#} {}", found.remedy));
        }
    }
    for found in &verified.overrides {
        let message = format!(
            "{} in the environment keeps {} signed in",
            found.name,
            found.system.title()
        );
        speech.warning(&message, Some(&found.remedy));
    }
}

fn problems(report: &Report, speech: &mut Speech) {
    for problem in &report.problems {
        let message = format!("{}: {}", problem.location, problem.message);
        speech.warning(&message, problem.hint.as_deref());
    }
}

fn show(world: &World, place: &Place) -> String {
    match place {
        Place::KeyringEntry { service, .. } => format!("the keyring ({service})"),
        _ => place
            .path()
            .map(|path| world.shorten(&path))
            .unwrap_or_default(),
    }
}

fn what(step: &Step) -> &'static str {
    match step.place() {
        Some(Place::KeyringEntry { .. }) => "Keyring",
        _ => "Files",
    }
}

/// One line of a report: steps that belong together.
struct Item {
    label: String,
    word: Option<OutcomeWord>,
    detail: Option<String>,
}

impl Item {
    fn is_done(&self) -> bool {
        self.word.is_some_and(OutcomeWord::did_something)
    }

    fn was_tried(&self) -> bool {
        !matches!(
            self.word,
            Some(OutcomeWord::Kept | OutcomeWord::Unsupported)
        )
    }

    fn text(&self) -> String {
        match &self.detail {
            Some(detail) => format!("{} ({detail})", self.label),
            None => self.label.clone(),
        }
    }

    fn line(&self) -> String {
        let mark = match self.word {
            Some(OutcomeWord::Revoked | OutcomeWord::Removed) => format!("{GOOD}✓{GOOD:#}"),
            Some(OutcomeWord::Failed | OutcomeWord::Absent) => format!("{BAD}✗{BAD:#}"),
            _ => "•".to_owned(),
        };
        format!("{mark} {}", self.text())
    }
}

/// The lines of a report, in the plan's order.
struct Items(Vec<Item>);

impl Items {
    fn of(world: &World, report: &Report) -> Self {
        let mut items = Vec::new();
        let mut files = Files::default();
        for (step, outcome) in report.lines() {
            match step.place() {
                None => items.push(server(step, outcome)),
                Some(Place::KeyringEntry { .. }) => items.push(keyring(report, step, outcome)),
                Some(Place::Directory { directory, .. }) => {
                    files.directory(directory.to_path(), outcome);
                }
                Some(place) => files.add(place, step, outcome),
            }
        }
        items.extend(files.items(world));
        Self(items)
    }
}

fn server(step: &Step, outcome: Option<&Outcome>) -> Item {
    let detail = outcome.and_then(|outcome| {
        let hint = outcome
            .hint
            .as_deref()
            .filter(|_| outcome.word == OutcomeWord::Unsupported);
        let detail = outcome.detail.clone()?;
        Some(hint.map_or_else(|| detail.clone(), |hint| format!("{detail}; {hint}")))
    });
    let verb = match outcome.map(|outcome| outcome.word) {
        Some(OutcomeWord::Unsupported) => "cannot be ended early",
        Some(OutcomeWord::Failed) => "not ended",
        None => "would be ended",
        _ => "ended",
    };
    Item {
        label: format!("Server: {} of {} {verb}", step.what, step.subject()),
        word: outcome.map(|outcome| outcome.word),
        detail,
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

/// Steps on files, gathered by file; a directory that went as a whole stands for its files.
#[derive(Default)]
struct Files {
    by_file: BTreeMap<(PathBuf, u8), FileItem>,
    directories: Vec<(PathBuf, Option<Outcome>)>,
}

struct FileItem {
    word: Option<OutcomeWord>,
    detail: Option<String>,
    parts: Vec<String>,
    whole: bool,
}

impl Files {
    fn directory(&mut self, path: PathBuf, outcome: Option<&Outcome>) {
        self.directories.push((path, outcome.cloned()));
    }

    fn add(&mut self, place: &Place, step: &Step, outcome: Option<&Outcome>) {
        let Some(path) = place.path() else { return };
        let word = outcome.map(|outcome| outcome.word);
        let item = self
            .by_file
            .entry((path, word.map_or(0, |word| word as u8 + 1)))
            .or_insert_with(|| FileItem {
                word,
                detail: outcome.and_then(|outcome| outcome.detail.clone()),
                parts: Vec::new(),
                whole: false,
            });
        match place {
            Place::IniSection { .. } => item.parts.push(format!("profile {}", step.subject())),
            Place::JsonMember { keys, .. } => {
                item.parts.push(keys.last().cloned().unwrap_or_default());
            }
            Place::JsonElement { matching, .. } => {
                let value = matching.first().map(|(_, value)| value.clone());
                item.parts.push(value.unwrap_or_default());
            }
            Place::YamlItem { name, .. } => item.parts.push(name.clone()),
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
        for ((path, _), item) in &self.by_file {
            let done = item.word.is_none_or(OutcomeWord::did_something);
            let parent = path.parent().filter(|parent| done && gone.contains(parent));
            let (label, detail) = match parent {
                Some(parent) => (
                    format!("{}/{}", world.shorten(parent), xdg(world, parent)),
                    None,
                ),
                None => (world.shorten(path), item.describe()),
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
        lines.into_values().collect()
    }
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
