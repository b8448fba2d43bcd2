//! `adieu catalogue list`, `show` and `check`: the tools that adieu knows as data.

use std::path::Path;

use adieu::catalogue::{self, LIMIT, Tool, own};
use adieu::report::{CatalogueDocument, describe_removal, describe_servers};
use adieu::system::System;

use super::context::Context;
use super::select::find_nearest_name;
use crate::args::{CatalogueCommand, Output};
use crate::ui::plain::to_json;
use crate::ui::{Failure, Printer, format_count};

/// Runs the command; the exit status.
pub(crate) fn run(
    context: &Context,
    command: &CatalogueCommand,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    match command {
        CatalogueCommand::List => print_tools(context, printer),
        CatalogueCommand::Show { name } => print_tool(context, name, printer),
        CatalogueCommand::Check { file } => check_entry(context, file, printer),
        CatalogueCommand::Ignore { file: None, .. } => super::ignore::list(context, printer),
        CatalogueCommand::Ignore {
            file: Some(file),
            remove: true,
        } => super::ignore::remove(context, file, printer),
        CatalogueCommand::Ignore {
            file: Some(file), ..
        } => super::ignore::add(context, file, printer),
    }
}

fn print_tools(context: &Context, printer: &mut Printer) -> Result<u8, Failure> {
    let tools: Vec<&Tool> = tools(context).collect();
    say_what_is_left_out(context, printer);
    if context.global.output == Output::Json {
        printer.raw(&to_json(&CatalogueDocument::of(tools))?)?;
        return Ok(0);
    }
    let mut categories: Vec<&str> = tools.iter().map(|tool| tool.category).collect();
    categories.sort_unstable();
    categories.dedup();
    let width = tools.iter().map(|tool| tool.system.id().len()).max();
    let width = width.unwrap_or_default();
    for category in categories {
        printer.data(category)?;
        for tool in tools.iter().filter(|tool| tool.category == category) {
            let id = tool.system.id();
            let own = if tool.is_own { " (your own)" } else { "" };
            printer.data(&format!("  {id:width$}  {}{own}", tool.name))?;
        }
    }
    printer.note(&format!(
        "{}; see one with: adieu catalogue show NAME",
        format_count(tools.len(), "tool", "tools")
    ));
    Ok(0)
}

/// Warns of entries of the person's own that could not be used.
fn say_what_is_left_out(context: &Context, printer: &mut Printer) {
    for problem in &context.adieu.own_catalogue.problems {
        let message = format!("{}: {}", problem.location, problem.message);
        printer.warning(&message, problem.hint.as_deref());
    }
}

/// The tools that come with the program, and those that the person added.
fn tools(context: &Context) -> impl Iterator<Item = &'static Tool> {
    let added = context.adieu.own_catalogue.tools.iter().copied();
    catalogue::list_tools().iter().chain(added)
}

fn print_tool(context: &Context, name: &str, printer: &mut Printer) -> Result<u8, Failure> {
    let Some(tool) = System::parse(name).and_then(catalogue::tool_of) else {
        let names: Vec<&str> = tools(context).map(|tool| tool.system.id()).collect();
        let failure = Failure::usage(format!("\"{name}\" is no tool of the catalogue"));
        return Err(match find_nearest_name(name, &names) {
            Some(nearest) => failure.hint(format!("Did you mean '{nearest}'?")),
            None => failure.hint("see all of them with: adieu catalogue list"),
        });
    };
    if context.global.output == Output::Json {
        printer.raw(&to_json(&CatalogueDocument::of([tool]))?)?;
        return Ok(0);
    }
    for (label, text) in describe_tool(tool) {
        printer.data(&format!("{label:<12} {text}"))?;
    }
    Ok(0)
}

/// What is known of a tool, a line each.
fn describe_tool(tool: &Tool) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        (
            "name",
            format!(
                "{} ({}){}",
                tool.name,
                tool.system.id(),
                if tool.is_own { ", your own" } else { "" }
            ),
        ),
        ("kind", tool.category.to_owned()),
        (
            "known from",
            format!("{} ({})", tool.sources.join("; "), tool.confidence.word()),
        ),
        ("logout", describe_removal(tool).to_owned()),
        ("servers", describe_servers(tool)),
    ];
    for service in tool.services {
        if let Some(why) = service.shared {
            lines.push(("", format!("  asks first: {why}")));
        }
        lines.push(("", format!("  {}", service.documentation)));
    }
    for file in tool.files {
        for path in file.paths {
            lines.push(("looks at", (*path).to_owned()));
        }
        for credential in file.credentials {
            let select = match credential.select {
                "" => String::new(),
                select => format!(": {select}"),
            };
            let class = credential.class.word();
            lines.push(("", format!("  {} ({class}){select}", credential.what)));
        }
    }
    for variable in tool.variables.iter().filter(|variable| variable.signs_in) {
        lines.push(("variable", variable.name.to_owned()));
    }
    if !tool.login.is_empty() {
        lines.push(("signs in", tool.login.join(" ")));
    }
    if !tool.logout.is_empty() {
        lines.push(("signs out", tool.logout.join(" ")));
    }
    if let Some(caveat) = tool.logout_caveat {
        lines.push(("", format!("  {caveat}")));
    }
    if let Some(page) = tool.system.info().account_page {
        lines.push(("page", page.to_owned()));
    }
    lines
}

fn check_entry(context: &Context, file: &Path, printer: &mut Printer) -> Result<u8, Failure> {
    let shown = file.display();
    let path = context.adieu.world.working_directory.join(file);
    let bytes = context.adieu.files.read_named(&path, LIMIT);
    let bytes = bytes
        .map_err(|error| Failure::failed(format!("{shown} cannot be read")).because(&error))?
        .ok_or_else(|| Failure::usage(format!("{shown} does not exist")))?;
    let text = String::from_utf8(bytes)
        .map_err(|error| Failure::usage(format!("{shown} is no text")).because(&error))?;
    let entry = own::check(&text).map_err(|problem| {
        Failure::usage(format!("{shown} is no entry of the catalogue: {problem}"))
    })?;
    if context.global.output == Output::Human {
        printer.data(&format!(
            "{shown} is an entry: {} ({}), {}",
            entry.name,
            entry.id,
            format_count(entry.file.len(), "file", "files")
        ))?;
    }
    Ok(0)
}
