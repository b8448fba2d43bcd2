//! What earlier logouts could not end at its server: shown with a status, listed by `adieu revoke
//! --pending`, dropped by `adieu revoke --forget NAME`.

use adieu::inventory::Inventory;
use adieu::inventory::Pending;
use adieu::io::net::Cancel;
use adieu::pending;
use adieu::report::{Status, pending_json};

use super::context::Context;
use super::{Scope, logout, revoke_everywhere, revoke_keys, revoke_role};
use crate::args::{Output, RevokeArgs};
use crate::ui::plain::to_json;
use crate::ui::{Failure, Printer, format_count, human, to_plain_text};

/// Runs `adieu revoke`; the exit status.
pub(crate) fn run(
    context: &Context,
    arguments: &RevokeArgs,
    scope: Scope,
    typed: &[String],
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    if let Some(name) = &arguments.forget {
        return forget_entries(context, name, typed, printer);
    }
    if arguments.pending {
        return print_remembered(context, printer);
    }
    if arguments.everywhere {
        return revoke_everywhere::run(context, arguments, typed, cancel, printer);
    }
    if arguments.deactivate_keys || arguments.delete_keys {
        return revoke_keys::run(context, arguments, typed, cancel, printer);
    }
    if arguments.revoke_role_sessions {
        return revoke_role::run(context, arguments, typed, cancel, printer);
    }
    logout::run_revocation(
        context,
        &arguments.as_logout(),
        scope,
        typed,
        cancel,
        printer,
    )
}

/// Adds what is remembered to a status; of a narrower scope what `atmos.yaml` knows.
pub(super) fn add_pending(
    context: &Context,
    scope: Scope,
    inventory: &Inventory,
    status: &mut Status,
) {
    let remembered = pending::read_entries(&context.adieu.world, &context.adieu.files, inventory);
    status.pending = remembered.entries;
    if scope == Scope::Configured {
        let identity_graph = &context.adieu.identity_graph;
        status.pending.retain(|found| {
            let provider = found.provider.as_deref();
            let identity = found.identity.as_deref();
            provider.is_some_and(|name| identity_graph.provider(name).is_some())
                || identity.is_some_and(|name| identity_graph.identity(name).is_some())
        });
    }
    status.problems.extend(remembered.problem);
}

fn print_remembered(context: &Context, printer: &mut Printer) -> Result<u8, Failure> {
    let remembered = pending::read_entries(
        &context.adieu.world,
        &context.adieu.files,
        &Inventory::default(),
    );
    if let Some(problem) = &remembered.problem {
        let message = format!("{}: {}", problem.location, problem.message);
        printer.warning(&message, problem.hint.as_deref());
    }
    // Of what could not be read, nobody knows whether something is remembered.
    let is_known = remembered.problem.is_none();
    if is_known || !remembered.entries.is_empty() || context.global.output == Output::Json {
        print_entries(context, &remembered.entries, printer)?;
    }
    Ok(if is_known { 0 } else { 3 })
}

fn print_entries(
    context: &Context,
    entries: &[Pending],
    printer: &mut Printer,
) -> Result<(), Failure> {
    if context.global.output == Output::Json {
        return Ok(printer.raw(&to_json(&pending_json(entries))?)?);
    }
    if entries.is_empty() {
        return Ok(printer.data("Nothing is remembered that was not ended at its server.")?);
    }
    if printer.is_quiet() {
        let number = format_count(entries.len(), "session is", "sessions are");
        return Ok(printer.data(&format!("{number} not ended at their servers"))?);
    }
    human::print_pending(&context.adieu.world, entries, printer)
}

fn forget_entries(
    context: &Context,
    name: &str,
    typed: &[String],
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let dropped = pending::forget_entries(&context.adieu.world, &context.adieu.files, name)
        .map_err(|error| {
            Failure::failed("what is remembered could not be changed").because(&error)
        })?;
    if dropped.is_empty() {
        let remembered = pending::read_entries(
            &context.adieu.world,
            &context.adieu.files,
            &Inventory::default(),
        );
        let mut failure =
            Failure::usage(format!("nothing that is remembered is called \"{name}\""));
        for found in &remembered.entries {
            let line = format!("  • {}:{}", found.system.id(), found.subject());
            failure = failure.detail(to_plain_text(&line));
        }
        return Err(failure.hint("see all: adieu revoke --pending"));
    }
    let status = logout::record_forgotten(context, &dropped, typed, printer);
    if context.global.output == Output::Json {
        printer.raw(&to_json(&pending_json(&dropped))?)?;
        return Ok(status);
    }
    let number = format_count(dropped.len(), "session", "sessions");
    printer.data(&format!("Forgotten: {number}. No server was asked."))?;
    for found in &dropped {
        let line = format!("  • {} of {}", found.what, found.subject());
        printer.talk(&to_plain_text(&line))?;
    }
    Ok(status)
}
