//! What is left of removed secrets elsewhere, and what was done about it.

use adieu::inventory::{ResidueFate, ResidueSearch};
use adieu::report::Report;
use adieu::world::World;

use crate::ui::printer::{FAINT, GOOD};
use crate::ui::{Failure, Printer, format_count, to_plain_text};

/// How many places are named.
const SHOWN: usize = 12;

/// Says what the search found that no other line says: what went, what is dead, what was not searched.
pub(super) fn residue(
    world: &World,
    search: &ResidueSearch,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let removed = search.found.iter();
    let removed: Vec<_> = removed
        .filter(|found| found.fate == ResidueFate::Removed)
        .collect();
    if !removed.is_empty() {
        printer.data("Removing what was left of it elsewhere...")?;
        for found in removed.iter().take(SHOWN) {
            let file = world.shorten(&found.file.to_path());
            let times = if found.times > 1 {
                format!(" ×{}", found.times)
            } else {
                String::new()
            };
            printer.data(&format!(
                "  {GOOD}✓{GOOD:#} {}{times} ({})",
                to_plain_text(&file),
                found.kind.what()
            ))?;
        }
        if removed.len() > SHOWN {
            printer.data(&format!("  … and {} more", removed.len() - SHOWN))?;
        }
        printer.data("")?;
    }
    let dead = search.found.iter();
    let dead = dead.filter(|found| !found.is_live && found.fate != ResidueFate::Removed);
    let number = dead.count();
    if number > 0 {
        let places = format_count(number, "file holds", "files hold");
        let text = format!("{places} copies of what has ended; --residue removes such too");
        printer.data(&format!("{FAINT}{text}{FAINT:#}"))?;
        printer.data("")?;
    }
    for gap in &search.gaps {
        printer.warning(&to_plain_text(gap), None);
    }
    Ok(())
}

/// Says where a dry run's logout would search.
pub(super) fn places(world: &World, report: &Report, printer: &mut Printer) -> Result<(), Failure> {
    let acts = report.plan.steps.iter().any(adieu::plan::Step::acts);
    if !acts || !report.plan.request.residue || report.search_places.is_empty() {
        return Ok(());
    }
    printer.data("Would search for what is removed, and remove it there too:")?;
    for place in report.search_places.iter().take(SHOWN) {
        printer.data(&format!("  • {}", to_plain_text(&world.shorten(place))))?;
    }
    if report.search_places.len() > SHOWN {
        let more = report.search_places.len() - SHOWN;
        printer.data(&format!("  … and {more} more"))?;
    }
    Ok(printer.data("")?)
}
