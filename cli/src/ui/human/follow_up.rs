//! What a logout could not do: errors, what is still live, what could not be looked at. All of it
//! goes to standard error.

use std::collections::BTreeSet;
use std::path::Path;

use adieu::inventory::{Override, OverrideKind, Place, Problem};
use adieu::plan::{Step, Target};
use adieu::report::{Outcome, OutcomeWord, Report};
use adieu::systems::System;
use adieu::world::World;

use crate::ui::printer::{FAINT, HINT, WARN};
use crate::ui::{Printer, count, plain};

pub(super) fn failures(world: &World, report: &Report, printer: &mut Printer) {
    let failed: Vec<(&Step, &Outcome)> = report
        .lines()
        .filter_map(|(step, outcome)| Some((step, outcome?)))
        .filter(|(_, outcome)| {
            matches!(outcome.word, OutcomeWord::Failed | OutcomeWord::Absent)
                && outcome.detail.is_some()
        })
        .collect();
    let missing = &report.plan.missing;
    if failed.is_empty() && missing.is_empty() {
        return;
    }
    printer.note("");
    printer.note("Errors encountered:");
    let mut said: BTreeSet<String> = BTreeSet::new();
    for (step, outcome) in failed {
        let detail = match (outcome.word, step.place()) {
            (OutcomeWord::Absent, Some(Place::KeyringEntry { .. })) => {
                "credential not found in keyring".to_owned()
            }
            (_, Some(place)) if place.path().is_some() => {
                let path = place.path().unwrap_or_default();
                let detail = outcome.detail.as_deref().unwrap_or_default();
                let path = world.shorten(&path);
                // Most causes name the place themselves.
                if detail.contains('/') {
                    detail.to_owned()
                } else {
                    format!("{path}: {detail}")
                }
            }
            _ => outcome.detail.clone().unwrap_or_default(),
        };
        let line = format!("  • {}: {detail}", step.subject());
        if said.contains(&line) {
            continue;
        }
        printer.note(&line);
        if let Some(hint) = &outcome.hint {
            printer.note(&format!("    {HINT}hint:{HINT:#} {hint}"));
        }
        said.insert(line);
    }
    for name in missing {
        printer.note(&format!("  • {name}: credential not found in keyring"));
    }
}

pub(super) fn still_live(world: &World, report: &Report, printer: &mut Printer) {
    let Some(verified) = &report.verified else {
        return;
    };
    if !verified.still_live.is_empty() {
        printer.note("");
        let number = count(
            verified.still_live.len(),
            "credential is",
            "credentials are",
        );
        printer.note(&format!(
            "{WARN}Still live:{WARN:#} {number} left, as was looked up afterwards"
        ));
        for found in &verified.still_live {
            let place = found.step.place().map_or_else(
                || "at its server".to_owned(),
                |place| format!("in {}", show(world, place)),
            );
            printer.note(&format!(
                "  • {} of {} {place}",
                found.step.what,
                found.step.subject()
            ));
            printer.note(&format!("    {FAINT}{}{FAINT:#}", found.step.reason));
            printer.note(&format!("    {HINT}hint:{HINT:#} {}", found.remedy));
        }
    }
    for found in verified
        .overrides
        .iter()
        .filter(|found| is_news(report, found))
    {
        printer.warning(&sentence(world, found), Some(&found.remedy));
    }
}

/// What an override of another tool says is no news after the logout of one AI tool; a notice is
/// none after any.
fn is_news(report: &Report, found: &Override) -> bool {
    let is_meant = |system: System| match &report.plan.request.target {
        Target::System { system: meant, .. } if meant.info().is_ai => *meant == system,
        Target::Accounts { accounts, .. } => accounts.iter().any(|(meant, _)| *meant == system),
        _ => true,
    };
    let is_login = found.remedy.starts_with("adieu logout");
    (found.kind != OverrideKind::Notice || is_login) && is_meant(found.system)
}

/// What an override does, in one sentence.
pub(crate) fn sentence(world: &World, found: &Override) -> String {
    let title = found.system.title();
    let name = plain(&found.name);
    let place = match found.location.as_str() {
        "environment" => "the environment".to_owned(),
        path => plain(&world.shorten(Path::new(path))).into_owned(),
    };
    match found.kind {
        OverrideKind::Process => {
            format!("{name} of {title} in {place} keeps its token until it ends")
        }
        OverrideKind::Notice => format!("{name} in {place} is read by {title}"),
        _ => format!("{name} in {place} keeps {title} signed in"),
    }
}

/// The problems, each said once: one cause can stand in the way of many places.
pub(super) fn once<'p>(
    problems: impl IntoIterator<Item = &'p Problem>,
) -> impl Iterator<Item = &'p Problem> {
    let mut said = BTreeSet::new();
    problems
        .into_iter()
        .filter(move |problem| said.insert((&problem.location, &problem.message, &problem.hint)))
}

pub(super) fn problems(report: &Report, printer: &mut Printer) {
    for problem in once(report.problems.iter().chain(&report.elsewhere)) {
        let message = format!("{}: {}", problem.location, problem.message);
        printer.warning(&message, problem.hint.as_deref());
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

pub(super) fn what(step: &Step) -> &'static str {
    match step.place() {
        Some(Place::KeyringEntry { .. }) => "Keyring",
        _ => "Files",
    }
}

#[cfg(test)]
mod tests {
    use adieu::inventory::Location;

    use super::*;

    #[test]
    fn a_problem_is_said_once_for_each_place_and_cause() {
        let problem = |location: &str, message: &str| Problem {
            location: Location::named(location),
            message: message.to_owned(),
            hint: None,
            hides: true,
        };
        let problems = [
            problem("~", "denied"),
            problem("~", "denied"),
            problem("~/a", "denied"),
            problem("~", "too large"),
            problem("~", "denied"),
        ];
        let said: Vec<_> = once(&problems)
            .map(|problem| (problem.location.as_str(), problem.message.as_str()))
            .collect();
        assert_eq!(
            said,
            [("~", "denied"), ("~/a", "denied"), ("~", "too large")]
        );
    }
}
