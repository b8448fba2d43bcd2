//! What is left beside the sign-ins: traces, files of unknown tools, secrets in profiles.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use adieu::ignored::name_entry;
use adieu::inventory::{Artefact, Category, Place, State, WrittenSecret};
use adieu::report::Status;
use adieu::systems::System;
use adieu::world::World;

use crate::ui::printer::{FAINT, HINT, STRONG, WARN};
use crate::ui::{Failure, Printer, format_count, to_plain_text};

/// What is left, a line for each system and what takes it away.
pub(super) fn print_gathered_leftovers(
    world: &World,
    status: &Status,
    printer: &mut Printer,
) -> Result<(), Failure> {
    if status.leftovers.is_empty() && status.written.is_empty() {
        return Ok(());
    }
    printer.data(&format!("{STRONG}Leftovers{STRONG:#}"))?;
    let mut lines: BTreeMap<(System, u8), usize> = BTreeMap::new();
    for left in &status.leftovers {
        let kind = match left.tier {
            Category::SignIn => 0,
            Category::Attached => 1,
            Category::Footprint | Category::Data => 2,
            Category::Possible => 3,
        };
        *lines.entry((left.system, kind)).or_default() += 1;
    }
    for ((system, kind), number) in lines {
        let (style, what, flag) = match kind {
            0 => (FAINT, format_count(number, "remainder", "remainders"), ""),
            1 => (
                WARN,
                format_count(
                    number,
                    "login to another service",
                    "logins to other services",
                ),
                " --mcp",
            ),
            3 => (
                WARN,
                format_count(number, "of an unknown tool", "of unknown tools"),
                " --possible",
            ),
            _ => (
                FAINT,
                format_count(
                    number,
                    "trace of who was signed in",
                    "traces of who was signed in",
                ),
                " --complete",
            ),
        };
        printer.data(&format!(
            "  {style}•{style:#} {}: {what}  {HINT}adieu logout {}{HINT:#}",
            system.title(),
            match flag {
                " --possible" => "--possible".to_owned(),
                flag => format!("{}{flag}", system.id()),
            },
        ))?;
        if kind == 3 {
            print_possible_files(world, status, printer)?;
        }
    }
    print_written_secrets(world, &status.written, printer)?;
    Ok(printer.data("")?)
}

/// The files of possible sign-ins, so that a person can tell what they are.
fn print_possible_files(
    world: &World,
    status: &Status,
    printer: &mut Printer,
) -> Result<(), Failure> {
    const SHOWN: usize = 6;
    let places = status.possible().filter_map(|left| match &left.place {
        Place::KeyringEntry {
            service, account, ..
        } => Some(name_entry(service, account)),
        place => place.path(),
    });
    let files: BTreeSet<PathBuf> = places.collect();
    for file in files.iter().take(SHOWN) {
        printer.data(&format!("      {}", to_plain_text(&world.shorten(file))))?;
    }
    if files.len() > SHOWN {
        let more = files.len() - SHOWN;
        printer.data(&format!("      {FAINT}… and {more} more{FAINT:#}"))?;
    }
    let hint = "no sign-in? adieu catalogue ignore FILE";
    Ok(printer.data(&format!("      {HINT}{hint}{HINT:#}"))?)
}

/// What is left beside the sign-ins: no session, but not nothing either.
pub(super) fn print_leftovers(
    world: &World,
    status: &Status,
    printer: &mut Printer,
) -> Result<(), Failure> {
    const SHOWN: usize = 12;
    if status.leftovers.is_empty() && status.written.is_empty() {
        return Ok(());
    }
    printer.data(&format!("{STRONG}Leftovers{STRONG:#}"))?;
    let lines = group_leftovers(&status.leftovers);
    for (left, number) in lines.iter().take(SHOWN) {
        let (style, remedy) = match left.tier {
            Category::Attached => (WARN, "goes with logout --mcp"),
            Category::Possible => (WARN, "goes with logout --possible"),
            Category::SignIn => (FAINT, "goes with logout"),
            _ if left.state != State::Residue => (WARN, "goes with logout --complete"),
            _ => (FAINT, "goes with logout --complete"),
        };
        let place = left
            .place
            .path()
            .map_or_else(|| left.place.location(), |path| world.shorten(&path));
        printer.data(&format!(
            "  {style}•{style:#} {}{} of {}  {FAINT}{}{FAINT:#}  {HINT}{remedy}{HINT:#}",
            left.what,
            format_times(*number),
            to_plain_text(left.owner.as_account().unwrap_or(left.system.title())),
            to_plain_text(&place),
        ))?;
    }
    if lines.len() > SHOWN {
        let more = lines.len() - SHOWN;
        printer.data(&format!("  {FAINT}… and {more} more{FAINT:#}"))?;
    }
    print_written_secrets(world, &status.written, printer)?;
    Ok(printer.data("")?)
}

/// Secrets in profiles, a line for each file.
fn print_written_secrets(
    world: &World,
    found: &[WrittenSecret],
    printer: &mut Printer,
) -> Result<(), Failure> {
    const SHOWN: usize = 6;
    let mut files: BTreeMap<&Path, Vec<String>> = BTreeMap::new();
    for secret in found {
        let name = secret.name.as_deref().unwrap_or("a bearer token");
        let text = format!("{} line {}", to_plain_text(name), secret.line);
        files.entry(&secret.file).or_default().push(text);
    }
    for (file, mut names) in files {
        let number = format_count(names.len(), "secret", "secrets");
        let more = names.len().saturating_sub(SHOWN);
        names.truncate(SHOWN);
        if more > 0 {
            names.push(format!("and {more} more"));
        }
        let file = world.shorten(file);
        let names = names.join(", ");
        printer.data(&format!(
            "  {WARN}•{WARN:#} {number} in {}  {FAINT}{names}{FAINT:#}  {HINT}adieu scan{HINT:#}",
            to_plain_text(&file),
        ))?;
    }
    Ok(())
}

/// Leftovers of one kind and owner in one directory or file, each with how many there are.
fn group_leftovers(leftovers: &[Artefact]) -> Vec<(&Artefact, usize)> {
    let mut lines: Vec<(&Artefact, usize)> = Vec::new();
    let mut known: HashMap<(&str, Category, Option<&str>, PathBuf), usize> = HashMap::new();
    for left in leftovers {
        let path = left.place.path().unwrap_or_default();
        let place = match left.place {
            Place::File { .. } => path.parent().map(Path::to_owned).unwrap_or_default(),
            _ => path,
        };
        let key = (left.what, left.tier, left.owner.as_account(), place);
        if let Some(at) = known.get(&key) {
            lines[*at].1 += 1;
        } else {
            known.insert(key, lines.len());
            lines.push((left, 1));
        }
    }
    lines
}

fn format_times(number: usize) -> String {
    if number == 1 {
        String::new()
    } else {
        format!(" (×{number})")
    }
}
