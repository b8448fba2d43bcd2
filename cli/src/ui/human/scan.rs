//! What a scan found, file by file, and what to do about it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use adieu::inventory::{AssignmentState, Location};
use adieu::scan::fix::{Fix, FixPlan, Left};
use adieu::scan::{Finding, Scan, ValueKind};
use adieu::world::World;

use super::follow_up::remove_duplicates;
use crate::questions::Confirmation;
use crate::ui::cell::shorten_cell as shortened_cell;
use crate::ui::printer::{BAD, FAINT, GOOD, HINT, STRONG, WARN};
use crate::ui::prompt::Wording;
use crate::ui::rows::{Row, fit_rows};
use crate::ui::{Failure, Printer, fold_text, format_count, to_plain_text};

/// Prints what was found. A quiet scan that found nothing says nothing. `paths` are the words that named
/// what was looked at, for the hints.
pub(crate) fn print_scan(
    world: &World,
    found: &Scan,
    paths: &[String],
    printer: &mut Printer,
) -> Result<(), Failure> {
    let hidden = found
        .problems
        .iter()
        .filter(|problem| problem.hides)
        .count();
    if printer.is_quiet() {
        if !found.findings.is_empty() || hidden > 0 {
            printer.data(&format_verdict(found, hidden))?;
        }
        return Ok(());
    }
    print_findings(world, found, printer)?;
    print_advice(found, paths, printer)?;
    warn_of_problems(world, found, printer);
    if !found.findings.is_empty() {
        printer.data("")?;
    }
    // Last, so that it does not scroll away.
    Ok(printer.data(&format_verdict(found, hidden))?)
}

fn format_verdict(found: &Scan, hidden: usize) -> String {
    let secrets = found
        .findings
        .iter()
        .filter(|finding| finding.known.kind.is_secret())
        .count();
    let others = found.findings.len() - secrets;
    let places: BTreeSet<_> = found.findings.iter().map(|finding| &finding.file).collect();
    let places = format_count(places.len(), "place", "places");
    match (secrets, others) {
        (0, 0) if hidden > 0 => format!(
            "{WARN}●{WARN:#} {STRONG}Could not tell{STRONG:#}: nothing was found, but {} could not \
             be read",
            format_count(hidden, "place", "places")
        ),
        (0, 0) => format!(
            "{GOOD}●{GOOD:#} {STRONG}Clean{STRONG:#}: no secret in {}",
            format_count(found.files_read, "file", "files")
        ),
        (0, others) => format!(
            "{WARN}●{WARN:#} {STRONG}Found{STRONG:#}: no secret, but {} in {places}",
            format_switch_count(others)
        ),
        (secrets, 0) => format!(
            "{BAD}●{BAD:#} {STRONG}Found{STRONG:#}: {} in {places}",
            format_count(secrets, "secret", "secrets")
        ),
        (secrets, others) => format!(
            "{BAD}●{BAD:#} {STRONG}Found{STRONG:#}: {} and {} in {places}",
            format_count(secrets, "secret", "secrets"),
            format_switch_count(others)
        ),
    }
}

fn format_switch_count(number: usize) -> String {
    format_count(
        number,
        "variable that changes or names a credential",
        "variables that change or name a credential",
    )
}

fn print_findings(world: &World, found: &Scan, printer: &mut Printer) -> Result<(), Failure> {
    let rows: Vec<Row> = found.findings.iter().map(build_row).collect();
    let lines = fit_rows(&rows, printer.columns());
    let mut last = None;
    for (finding, lines) in found.findings.iter().zip(lines) {
        if last != Some(&finding.file) {
            if last.is_some() {
                printer.data("")?;
            }
            last = Some(&finding.file);
            printer.data(&format!(
                "{STRONG}{}{STRONG:#}",
                format_heading(world, finding)
            ))?;
        }
        for line in lines {
            printer.data(&line)?;
        }
    }
    Ok(())
}

fn build_row(finding: &Finding) -> Row {
    let line = if finding.line == 0 {
        String::new()
    } else {
        finding.line.to_string()
    };
    let name = format_name(finding);
    let name = shortened_cell(&to_plain_text(&name)).into_owned();
    Row {
        mark: match finding.state {
            AssignmentState::Active | AssignmentState::Conditional => BAD,
            _ => WARN,
        },
        cells: vec![
            format!("{line:>4}  {name}"),
            to_plain_text(&format_provider(finding)).into_owned(),
        ],
        rest: describe_state(finding),
        paint: None,
    }
}

fn format_heading(world: &World, finding: &Finding) -> String {
    let Some(file) = &finding.file else {
        return "the environment of this shell".to_owned();
    };
    let mut text = world.shorten(file);
    if !finding.via.is_empty() {
        let via: Vec<String> = finding.via.iter().map(|path| world.shorten(path)).collect();
        text.push_str("  (read by ");
        text.push_str(&via.join(" → "));
        text.push(')');
    }
    text
}

fn format_name(finding: &Finding) -> String {
    finding
        .name
        .clone()
        .unwrap_or_else(|| "(bearer token)".to_owned())
}

fn format_provider(finding: &Finding) -> String {
    finding.known.provider.unwrap_or("probably").to_owned()
}

fn describe_state(finding: &Finding) -> String {
    let state = match finding.state {
        AssignmentState::Active => "active",
        AssignmentState::Cancelled => "taken back further down, still readable",
        AssignmentState::Commented => "in a comment, still readable",
        AssignmentState::Inert => "in a text, still readable",
        AssignmentState::Conditional => "active under a condition",
        AssignmentState::CommandOnly => "for one command, still readable",
        AssignmentState::ShellOnly => "not exported, still readable",
        AssignmentState::History => "in a history",
    };
    match finding.value {
        ValueKind::Literal => state.to_owned(),
        ValueKind::Empty => format!("{state}, empty"),
        ValueKind::Variable => format!("{state}, from another variable"),
        ValueKind::Command => format!("{state}, from a command"),
        ValueKind::File => format!("{state}, from a file"),
    }
}

/// How many columns stand before what is to be done about a part.
const PARTS: usize = 14;

/// The three parts: this shell, the place, the provider.
fn print_advice(found: &Scan, paths: &[String], printer: &mut Printer) -> Result<(), Failure> {
    if found.findings.is_empty() {
        return Ok(());
    }
    printer.data("")?;
    printer.data(&format!("{STRONG}What to do{STRONG:#}"))?;
    let columns = printer.columns();
    let mut say = |part: &str, text: &str| -> Result<(), Failure> {
        // The texts stand in a column of their own.
        let lines = columns.map_or_else(
            || vec![text.to_owned()],
            |columns| fold_text(text, columns.saturating_sub(PARTS).max(20)),
        );
        for (at, line) in lines.iter().enumerate() {
            let part = if at == 0 { part } else { "" };
            printer.data(&format!("  {part:<11} {line}"))?;
        }
        Ok(())
    };
    say(
        "this shell",
        "eval \"$(adieu scan --format eval)\"; shells and programs that run already keep their copy",
    )?;
    let stores: BTreeSet<&String> = found
        .findings
        .iter()
        .filter_map(|finding| finding.remedy.store.as_ref())
        .collect();
    for store in stores {
        say("", store)?;
    }
    let scanning = [&["adieu scan".to_owned()], paths].concat().join(" ");
    say(
        "the files",
        &format!("{scanning} --fix remove, or --fix comment, which leaves the secrets in them"),
    )?;
    let mut pages: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for finding in &found.findings {
        if let (Some(page), Some(name)) = (finding.remedy.revoke, &finding.name) {
            pages.entry(page).or_default().insert(name);
        }
    }
    for (at, (page, names)) in pages.iter().enumerate() {
        let part = if at == 0 { "revoke" } else { "" };
        let names: Vec<&str> = names.iter().copied().collect();
        say(part, &format!("{}: {page}", names.join(", ")))?;
    }
    Ok(())
}

/// Whether a note is about the system's own files, which nobody but the administrator changes: they read
/// others by names that they make up, on every machine. The JSON has it.
fn is_systems_own(world: &World, location: &Location) -> bool {
    location.file().is_some_and(|file| {
        let is_of_system = file.starts_with("/etc") || file.starts_with("/usr");
        is_of_system && !file.starts_with(&world.home)
    })
}

fn warn_of_problems(world: &World, found: &Scan, printer: &mut Printer) {
    let (hidden, notes): (Vec<_>, Vec<_>) =
        remove_duplicates(&found.problems).partition(|problem| problem.hides);
    let notes: Vec<_> = notes
        .into_iter()
        .filter(|problem| !is_systems_own(world, &problem.location))
        .collect();
    if !notes.is_empty() {
        printer.note("");
    }
    for problem in notes {
        printer.note(&format!(
            "{FAINT}{}: {}{FAINT:#}",
            problem.location, problem.message
        ));
    }
    for problem in hidden {
        let message = if problem.message.contains(problem.location.as_str()) {
            problem.message.clone()
        } else {
            format!("{}: {}", problem.location, problem.message)
        };
        printer.warning(&message, problem.hint.as_deref());
    }
}

/// What a change would do, with the values left out.
pub(crate) fn print_fix_preview(
    world: &World,
    found: &Scan,
    fix_plan: &FixPlan,
    fix: Fix,
    printer: &mut Printer,
) -> Result<(), Failure> {
    if found.findings.is_empty() {
        return print_scan(world, found, &[], printer);
    }
    for edit in &fix_plan.files {
        printer.talk(&format!("{STRONG}{}{STRONG:#}", world.shorten(&edit.path)))?;
        for one in &edit.edits {
            let name = one.name.as_deref().unwrap_or("(bearer token)");
            let rest = if one.is_part {
                "  (the rest of its line stays)"
            } else {
                ""
            };
            let line = one.line;
            printer.talk(&format!("  {BAD}- {line:>4}  {name}=***{BAD:#}{rest}"))?;
            if fix == Fix::Comment {
                printer.talk(&format!("  {GOOD}+       # {name}=***{GOOD:#}"))?;
            }
        }
    }
    for left in &fix_plan.left {
        warn_of_unchanged(world, left, printer);
    }
    let probable = found
        .findings
        .iter()
        .filter(|f| f.known.provider.is_none() && f.name.is_some());
    let names: BTreeSet<&str> = probable
        .filter(|finding| !is_planned(finding, fix_plan))
        .filter_map(|finding| finding.name.as_deref())
        .collect();
    if !names.is_empty() {
        let names: Vec<&str> = names.into_iter().collect();
        let names = names.join(",");
        printer.note(&format!(
            "{FAINT}not changed, because the names only look like secrets: {names}{FAINT:#}"
        ));
        printer.note(&format!("  {HINT}hint:{HINT:#} --name {names}"));
    }
    if fix == Fix::Comment && !fix_plan.files.is_empty() {
        printer.warning(
            "a comment keeps the secret in the file, where it can still be read",
            Some("use --fix remove, and revoke it at its provider"),
        );
    }
    Ok(())
}

fn is_planned(finding: &Finding, fix_plan: &FixPlan) -> bool {
    let place = (finding.line, &finding.name);
    let in_edits = fix_plan.files.iter().any(|edit| {
        Some(&edit.path) == finding.file.as_ref()
            && edit.edits.iter().any(|one| (one.line, &one.name) == place)
    });
    in_edits
        || fix_plan
            .left
            .iter()
            .any(|left| left.file == finding.file && (left.line, &left.name) == place)
}

fn warn_of_unchanged(world: &World, left: &Left, printer: &mut Printer) {
    let name = left.name.as_deref().unwrap_or("a bearer token");
    let place = left.file.as_deref().map_or_else(
        || "the environment".to_owned(),
        |file| format!("{}:{}", shorten_path(world, file), left.line),
    );
    let message = format!("{place}: {name} stays: {}", left.reason);
    printer.warning(&message, left.hint.as_deref());
}

fn shorten_path(world: &World, path: &Path) -> String {
    world.shorten(path)
}

/// Whether to change the files that were shown.
pub(crate) fn mending_question(fix_plan: &FixPlan) -> Wording {
    Wording {
        asks: Confirmation::FileChanges,
        about: vec![String::new()],
        question: format!(
            "Change {}? (--force answers this)",
            format_count(fix_plan.files.len(), "file", "files")
        ),
        no: None,
    }
}

/// What was changed, and what is left.
pub(crate) fn print_changes(
    world: &World,
    fix_plan: &FixPlan,
    outcomes: &[Result<(), String>],
    after: &Scan,
    fix: Fix,
    paths: &[String],
    printer: &mut Printer,
) -> Result<(), Failure> {
    let what_became = match fix {
        Fix::Comment => "made a comment",
        Fix::Remove => "removed",
    };
    printer.talk("")?;
    for (edit, outcome) in fix_plan.files.iter().zip(outcomes) {
        let place = world.shorten(&edit.path);
        match outcome {
            Ok(()) => {
                let number = format_count(edit.edits.len(), "assignment", "assignments");
                printer.talk(&format!("{GOOD}✓{GOOD:#} {place}: {number} {what_became}"))?;
            }
            Err(reason) => printer.note(&format!("{BAD}✗{BAD:#} {place}: {reason}")),
        }
    }
    printer.talk("")?;
    printer.talk("Looking again:")?;
    print_scan(world, after, paths, printer)
}
