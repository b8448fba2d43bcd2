//! `adieu list`: providers, identities and sessions, in many forms.

mod dump;
mod graph;
mod listing;

use adieu::discover::{add_profiles, discover_sign_ins, note_files};
use adieu::report::{SCHEMA_VERSION, SessionState, build_status, status_json};
use adieu::systems::discovery::DiscoveryScope;

use super::Scope;
use super::context::Context;
use super::pending::add_pending;
use super::status::Wanted;
use crate::args::{ListArgs, ListFormat, Output};
use crate::ui::plain::{Exact, to_json};
use crate::ui::{Failure, Printer, format_count, human, to_plain_text};
pub(crate) use dump::redact_scalar;
pub(crate) use listing::{ListedIdentity, ListedProvider, Listing, Standing};

/// Runs the command; the exit status.
pub(crate) fn run(
    context: &Context,
    arguments: &ListArgs,
    scope: Scope,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let format = resolve_format(context, arguments)?;
    let auth = &context.adieu.configuration.auth;
    if scope == Scope::Configured && auth.providers.is_empty() && auth.identities.is_empty() {
        return nothing_configured(context, format, printer);
    }
    context.warn_of_configuration(printer);
    let reach = match scope {
        Scope::Machine => DiscoveryScope::Machine,
        Scope::Configured => DiscoveryScope::Configured,
    };
    let sources = context.adieu.sources();
    let mut inventory = discover_sign_ins(&sources, reach);
    add_profiles(&sources, reach, &mut inventory);
    note_files(&sources, &mut inventory);
    let mut found = build_status(&inventory, &context.adieu.identity_graph, true);
    add_pending(context, scope, &inventory, &mut found);
    let standings = listing::Standings::of(context, &found);
    let wanted = Wanted {
        selectors: &arguments.selectors,
        filter: &arguments.filter,
    };
    wanted.leave(context, &inventory, &mut found)?;
    let listing = Listing::new(
        context,
        &context.adieu.configuration,
        arguments,
        &standings,
        &mut found,
    )?;
    for problem in &found.problems {
        let message = format!(
            "{}: {}",
            to_plain_text(problem.location.as_str()),
            to_plain_text(&problem.message)
        );
        printer.warning(&message, problem.hint.as_deref());
    }
    if printer.is_quiet() && matches!(format, ListFormat::Tree | ListFormat::Table) {
        let live = found.sessions.iter();
        let live = live.filter(|session| session.state == SessionState::Live);
        printer.data(&format!(
            "{}, {}, {}",
            format_count(auth.providers.len(), "provider", "providers"),
            format_count(auth.identities.len(), "identity", "identities"),
            format_count(live.count(), "live session", "live sessions"),
        ))?;
        return Ok(0);
    }
    // What `-o json` asks for is the status; the configuration is a form of its own.
    let is_status = scope == Scope::Machine || context.global.output == Output::Json;
    let same = human::same_secrets(&context.adieu.world, &found);
    match format {
        ListFormat::Json if is_status => printer.raw(&to_json(&status_json(&found))?)?,
        ListFormat::Yaml if is_status => {
            printer.raw(&Exact::quoted(dump::to_yaml(&status_json(&found))?))?;
        }
        ListFormat::Json => printer.raw(&to_json(&dump::build_document(&listing))?)?,
        ListFormat::Yaml => printer.raw(&Exact::quoted(dump::to_yaml(&dump::build_document(
            &listing,
        ))?))?,
        ListFormat::Graphviz => printer.raw(&Exact::quoted(graph::to_graphviz(&listing)))?,
        ListFormat::Mermaid => printer.raw(&Exact::quoted(graph::to_mermaid(&listing)))?,
        ListFormat::Markdown => printer.raw(&Exact::quoted(graph::to_markdown(&listing)))?,
        ListFormat::Tree => {
            print_lines(human::list_tree(&context.adieu.world, &listing), printer)?;
            print_lines(same, printer)?;
        }
        ListFormat::Table => {
            let columns = printer.columns();
            print_lines(
                human::list_table(&context.adieu.world, &listing, columns),
                printer,
            )?;
            print_lines(same, printer)?;
        }
    }
    Ok(0)
}

fn print_lines(lines: Vec<String>, printer: &mut Printer) -> Result<(), Failure> {
    for line in lines {
        printer.data(&line)?;
    }
    Ok(())
}

/// The form that was asked for; `-o json` asks for one too.
fn resolve_format(context: &Context, arguments: &ListArgs) -> Result<ListFormat, Failure> {
    match (context.global.output, arguments.format) {
        (Output::Json, None | Some(ListFormat::Json)) => Ok(ListFormat::Json),
        (Output::Json, Some(_)) => Err(Failure::usage(
            "--output json and another --format contradict each other",
        )
        .hint("Leave one of them out.")),
        (Output::Human, format) => Ok(format.unwrap_or_default()),
    }
}

/// What is said where there is nothing to list.
pub(super) const NOTHING_CONFIGURED: &str = "No providers or identities configured";

/// An empty list is a list too, as for Atmos; a configuration that is not there, or could not be read,
/// is none.
fn nothing_configured(
    context: &Context,
    format: ListFormat,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    const EVERYWHERE: &str = "See what is signed in on this machine all the same: adieu list";
    if let Some(gap) = context.adieu.configuration.gaps.first() {
        return Err(Failure::usage("the configuration could not be read")
            .detail(gap.to_string())
            .hint("See what is wrong with it: adieu validate")
            .hint(EVERYWHERE));
    }
    if !context.adieu.configuration.found {
        let hint = "Change into the directory of the configuration, or name it with --config FILE.";
        return Err(Failure::usage("no atmos.yaml was found")
            .hint(hint)
            .hint(EVERYWHERE));
    }
    let is_status = context.global.output == Output::Json;
    match format {
        ListFormat::Json | ListFormat::Yaml if is_status => {
            let sources = context.adieu.sources();
            let inventory = discover_sign_ins(&sources, DiscoveryScope::Configured);
            printer.raw(&to_json(&status_json(&build_status(
                &inventory,
                &context.adieu.identity_graph,
                true,
            )))?)?;
        }
        ListFormat::Json => printer.raw(&to_json(&build_empty_document())?)?,
        ListFormat::Yaml => printer.raw(&Exact::quoted(dump::to_yaml(&build_empty_document())?))?,
        _ => printer.data(NOTHING_CONFIGURED)?,
    }
    printer.note("Add providers and identities below `auth` of atmos.yaml.");
    printer.note(EVERYWHERE);
    Ok(0)
}

/// What Atmos prints of a configuration without anybody in it.
fn build_empty_document() -> serde_json::Value {
    serde_json::json!({"schema_version": SCHEMA_VERSION, "identities": {}, "providers": {}})
}
