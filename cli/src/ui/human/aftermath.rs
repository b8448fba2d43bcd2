//! What a logout leaves to a person: what has to be rotated, and what signs in again.

use std::collections::{BTreeMap, BTreeSet};

use adieu::plan::Target;
use adieu::report::{End, Report};

use crate::ui::printer::{HINT, STRONG, WARN};
use crate::ui::{Failure, Printer};

/// The credentials that no server ended, first of all where the machine is no longer trusted: with the pages
/// where a person can end them.
pub(super) fn rotate(report: &Report, printer: &mut Printer) -> Result<(), Failure> {
    if !report.plan.request.incident {
        return Ok(());
    }
    let lines: BTreeSet<String> = report
        .rotate()
        .map(|found| {
            let name = found.identity.as_ref().or(found.provider.as_ref());
            let name = name.map_or("", String::as_str);
            let text = format!("{} of {name} ({})", found.what, found.system.title());
            match (found.end.page(), &found.end) {
                (Some(page), _) => format!("{text}: {page}"),
                (None, End::NotEnded { why, .. } | End::Kept { why, .. }) => {
                    format!("{text}: {why}")
                }
                _ => text,
            }
        })
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    printer.data(&format!("{STRONG}Rotate these now{STRONG:#}"))?;
    for line in lines {
        printer.data(&format!("  {WARN}•{WARN:#} {line}"))?;
    }
    Ok(printer.data("")?)
}

/// The commands that sign in again, after the logout of a whole machine.
pub(super) fn login_again(report: &Report, printer: &mut Printer) -> Result<(), Failure> {
    const SHOWN: usize = 8;
    if !report
        .plan
        .request
        .target
        .parts()
        .contains(&Target::Machine)
    {
        return Ok(());
    }
    let mut commands: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for found in report.login_again() {
        commands
            .entry(found.command)
            .or_default()
            .push(found.system.title());
    }
    if commands.is_empty() {
        return Ok(());
    }
    printer.data("To sign in again:")?;
    let shown = if printer.is_verbose() || commands.len() <= SHOWN + 1 {
        commands.len()
    } else {
        SHOWN
    };
    for (command, systems) in commands.iter().take(shown) {
        let systems = systems.join(", ");
        printer.data(&format!("  • {systems}: {HINT}{command}{HINT:#}"))?;
    }
    if commands.len() > shown {
        let more = commands.len() - shown;
        printer.data(&format!("  … and {more} more (--verbose shows them)"))?;
    }
    Ok(printer.data("")?)
}
