//! What a logout could not do: errors, what is still live, what could not be looked at. All of it
//! goes to standard error.

use std::collections::BTreeSet;
use std::path::Path;

use adieu::inventory::{Override, OverrideKind, Place, Problem};
use adieu::path::FollowedLink;
use adieu::plan::{Step, Target};
use adieu::report::{Outcome, OutcomeWord, Report};
use adieu::systems::System;
use adieu::world::World;

use super::items::Remedies;
use crate::ui::printer::{FAINT, HINT};
use crate::ui::{Failure, Printer, to_plain_text};

pub(super) fn warn_of_failures(world: &World, report: &Report, printer: &mut Printer) {
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
    let remedies = Remedies::of(report);
    let mut said: BTreeSet<String> = BTreeSet::new();
    for (step, outcome) in failed {
        let is_failed = outcome.word == OutcomeWord::Failed;
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
        let remedy = remedies.of_step(step).filter(|_| is_failed);
        if let Some(hint) = outcome.hint.as_deref().or(remedy) {
            printer.note(&format!("    {HINT}hint:{HINT:#} {hint}"));
        }
        said.insert(line);
    }
    for name in missing {
        printer.note(&format!("  • {name}: credential not found in keyring"));
    }
}

/// What keeps a tool signed in although it was logged out.
pub(super) fn warn_of_overrides(world: &World, report: &Report, printer: &mut Printer) {
    let verified = report.verified.iter();
    let found = verified.flat_map(|verified| &verified.overrides);
    for found in found.filter(|found| is_news(report, found)) {
        printer.warning(&describe_override(world, found), Some(&found.remedy));
    }
}

/// What an override of another tool says is no news after the logout of one AI tool; a notice is
/// none after any.
fn is_news(report: &Report, found: &Override) -> bool {
    let target = &report.plan.request.target;
    let is_of_tools = target.parts().iter().all(|part| match part {
        Target::System { system, .. } => system.info().is_ai,
        Target::Accounts { .. } => true,
        _ => false,
    });
    let is_meant = |system: System| !is_of_tools || target.systems().any(|meant| meant == system);
    let is_login = found.remedy.starts_with("adieu logout");
    (found.kind != OverrideKind::Notice || is_login) && is_meant(found.system)
}

/// What an override does, in one sentence.
pub(crate) fn describe_override(world: &World, found: &Override) -> String {
    let title = found.system.title();
    let name = to_plain_text(&found.name);
    let place = match found.location.as_str() {
        "environment" => "the environment".to_owned(),
        path => to_plain_text(&world.shorten(Path::new(path))).into_owned(),
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
pub(super) fn remove_duplicates<'p>(
    problems: impl IntoIterator<Item = &'p Problem>,
) -> impl Iterator<Item = &'p Problem> {
    let mut said = BTreeSet::new();
    problems
        .into_iter()
        .filter(move |problem| said.insert((&problem.location, &problem.message, &problem.hint)))
}

pub(super) fn warn_of_problems(report: &Report, printer: &mut Printer) {
    for problem in remove_duplicates(report.problems.iter().chain(&report.elsewhere)) {
        let message = format!("{}: {}", problem.location, problem.message);
        printer.warning(&message, problem.hint.as_deref());
    }
}

/// The links inside the home that were followed: what is said of a place is done behind them.
pub(super) fn print_links(
    world: &World,
    links: &[FollowedLink],
    printer: &mut Printer,
) -> Result<(), Failure> {
    for followed in links {
        let (link, target) = (&followed.link, &followed.target);
        let text = format!(
            "{} is a link to {}, and is followed",
            world.shorten(link),
            world.shorten(target)
        );
        printer.data(&format!("  {FAINT}{}{FAINT:#}", to_plain_text(&text)))?;
    }
    if !links.is_empty() {
        printer.data("")?;
    }
    Ok(())
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
        let said: Vec<_> = remove_duplicates(&problems)
            .map(|problem| (problem.location.as_str(), problem.message.as_str()))
            .collect();
        assert_eq!(
            said,
            [("~", "denied"), ("~/a", "denied"), ("~", "too large")]
        );
    }
}
