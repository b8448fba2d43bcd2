//! `adieu catalogue ignore`: what looks like a sign-in and is none.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use adieu::discover::discover_sign_ins;
use adieu::ignored;
use adieu::inventory::{Category, Inventory, Place};
use adieu::report::IgnoredDocument;
use adieu::systems::discovery::DiscoveryScope;
use adieu::systems::{members_of_possible, name_row};

use super::context::Context;
use crate::args::Output;
use crate::ui::plain::to_json;
use crate::ui::{Failure, Printer, format_count, to_plain_text};

/// The largest file that is looked into, in bytes.
const LIMIT: u64 = 64 << 20;

/// Prints what is ignored.
pub(super) fn list(context: &Context, printer: &mut Printer) -> Result<u8, Failure> {
    let ignored = &context.adieu.ignored;
    if let Some(problem) = &ignored.problem {
        let message = format!("{}: {}", problem.location, problem.message);
        printer.warning(&message, problem.hint.as_deref());
    }
    if context.global.output == Output::Json {
        printer.raw(&to_json(&IgnoredDocument::of(ignored))?)?;
        return Ok(0);
    }
    for file in &ignored.files {
        let path = to_plain_text(&context.adieu.world.shorten(&file.path)).to_string();
        if file.members.is_empty() {
            printer.data(&path)?;
            continue;
        }
        let members: Vec<&str> = file.members.iter().map(String::as_str).collect();
        printer.data(&format!("{path}  ({})", to_plain_text(&members.join(", "))))?;
    }
    let ignored = format_count(
        ignored.files.len(),
        "place that is no sign-in",
        "places that are no sign-ins",
    );
    printer.note(&format!(
        "{ignored}; show one again with: adieu catalogue ignore --remove FILE"
    ));
    Ok(0)
}

/// Ignores a possible sign-in, until it changes.
pub(super) fn add(context: &Context, file: &Path, printer: &mut Printer) -> Result<u8, Failure> {
    let shown = to_plain_text(&file.display().to_string()).to_string();
    let path = absolute(context, file);
    let found = discover_sign_ins(&context.adieu.sources(), DiscoveryScope::Machine);
    if found.ignored.contains(&path) {
        printer.note(&format!("{shown} is ignored already"));
        return Ok(0);
    }
    if !is_possible(&found, &path) {
        let failure = Failure::usage(format!("{shown} is no possible sign-in"));
        return Err(failure.hint("see which there are: adieu status possible"));
    }
    let at_path = found
        .artefacts
        .iter()
        .map(|artefact| &artefact.place)
        .filter(|place| name_place(place).as_deref() == Some(&path));
    let rows: BTreeSet<String> = at_path.filter_map(name_row).collect();
    let members = if ignored::is_entry(&path) {
        // What is in it is not read: its name is all that is known of it.
        BTreeSet::new()
    } else if !rows.is_empty() {
        rows
    } else {
        let bytes = context.adieu.files.read_named(&path, LIMIT);
        let bytes = bytes
            .map_err(|error| Failure::failed(format!("{shown} cannot be read")).because(&error))?
            .unwrap_or_default();
        let name = path.file_name().and_then(|name| name.to_str());
        members_of_possible(name.unwrap_or_default(), &bytes).unwrap_or_default()
    };
    let (world, files) = (&context.adieu.world, &context.adieu.files);
    ignored::add(world, files, &path, &members).map_err(|error| not_written(&error))?;
    printer.note(&format!(
        "{shown} is ignored until something new in it looks like a sign-in; undo: adieu catalogue \
         ignore --remove {shown}"
    ));
    Ok(0)
}

/// Shows a possible sign-in again.
pub(super) fn remove(context: &Context, file: &Path, printer: &mut Printer) -> Result<u8, Failure> {
    let shown = to_plain_text(&file.display().to_string()).to_string();
    let path = absolute(context, file);
    let (world, files) = (&context.adieu.world, &context.adieu.files);
    let was_there = ignored::remove(world, files, &path).map_err(|error| not_written(&error))?;
    if !was_there {
        let failure = Failure::usage(format!("{shown} is not ignored"));
        return Err(failure.hint("see what is: adieu catalogue ignore"));
    }
    printer.note(&format!("{shown} is shown again"));
    Ok(0)
}

fn not_written(error: &dyn std::error::Error) -> Failure {
    Failure::failed("the list of what is ignored cannot be written").because(error)
}

fn is_possible(found: &Inventory, path: &Path) -> bool {
    found.artefacts.iter().any(|artefact| {
        artefact.tier == Category::Possible && name_place(&artefact.place).as_deref() == Some(path)
    })
}

/// What the list calls a place of a possible sign-in.
fn name_place(place: &Place) -> Option<PathBuf> {
    match place {
        Place::KeyringEntry {
            service, account, ..
        } => Some(ignored::name_entry(service, account)),
        place => Some(place.file()?.to_path()),
    }
}

/// The path from the root, without `.` and `..`; an entry of the key store as it is called.
fn absolute(context: &Context, file: &Path) -> PathBuf {
    if ignored::is_entry(file) {
        return file.to_owned();
    }
    let mut path = PathBuf::new();
    for component in context
        .adieu
        .world
        .working_directory
        .join(file)
        .components()
    {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                path.pop();
            }
            other => path.push(other),
        }
    }
    path
}
