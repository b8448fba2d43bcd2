//! `adieu login TOOL`: the tool's own client signs in, at the same terminal, of any tool that has one. Everything else that can be
//! signed in to is AWS's, in `aws`.

pub(super) mod aws;
pub(super) mod browser;
mod document;
pub(super) mod person;

use std::ffi::OsString;

use adieu::discover::{add_profiles, discover_sign_ins};
use adieu::inventory::{Inventory, Override};
use adieu::io::net::Cancel;
use adieu::io::programs::{self, Ended, Program};
use adieu::report::{Session, SessionState, SignInDocument, build_status};
use adieu::systems::System;
use adieu::systems::discovery::DiscoveryScope;

use super::Scope;
use super::context::Context;
use crate::args::{LoginArgs, Output};
use crate::ui::plain::to_json;
use crate::ui::{Failure, Printer, human, to_plain_text};

/// Runs the command; the exit status.
pub(crate) fn run(
    context: &Context,
    arguments: &LoginArgs,
    scope: Scope,
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let Some(name) = find_typed_tool(context, arguments, scope) else {
        return aws::run(context, arguments, scope, cancel, printer);
    };
    let tool = System::parse(name).filter(|system| system.info().is_tool);
    let system = tool.map_or_else(|| find_tool(name), Ok)?;
    let program = find_client(context, system, &arguments.words)?;
    let before = look_at_machine(context);
    require_effect(context, system, &before, arguments.force, printer)?;
    let is_document = context.global.output == Output::Json;
    attend_client(&program, system, is_document, cancel)?;
    let after = signed_in(context, system);
    if after.is_empty() {
        return Err(not_signed_in(system));
    }
    if is_document {
        printer.raw(&to_json(&SignInDocument::new(system, &after))?)?;
        return Ok(0);
    }
    for session in &after {
        printer.data(&format!("Signed in: {}", format_account(session)))?;
    }
    Ok(0)
}

/// The name that was typed, if it is that of a tool, or of an org's kind, which has a sign-in of its own.
fn find_typed_tool<'a>(
    context: &Context,
    arguments: &'a LoginArgs,
    scope: Scope,
) -> Option<&'a str> {
    let name = arguments.name.as_deref()?;
    let system = System::parse(name)?;
    let is_own = system.info().is_ai || system == System::SALESFORCE;
    // A tool of the catalogue is asked last: its name is an everyday word, and may be a profile's.
    let is_tool = is_own || (system.info().is_tool && !aws::is_name_of_cli(context, name));
    let is_configured = context.adieu.configuration.auth.identity(name).is_some();
    (scope == Scope::Machine && is_tool && !is_configured).then_some(name)
}

/// What is there before a login, with what shell profiles set: the next shell has it too.
pub(super) fn look_at_machine(context: &Context) -> Inventory {
    let sources = context.adieu.sources();
    let mut inventory = discover_sign_ins(&sources, DiscoveryScope::Machine);
    add_profiles(&sources, DiscoveryScope::Machine, &mut inventory);
    inventory
}

/// The AI tool of that name.
pub(super) fn find_tool(name: &str) -> Result<System, Failure> {
    let found = System::parse(name).filter(|system| system.info().is_ai);
    found.ok_or_else(|| {
        if System::parse(name) == Some(System::SALESFORCE) {
            return Failure::usage("orgs have a sign-in of their own")
                .hint("see the ways with: adieu org login --help");
        }
        let tools: Vec<&str> = System::all()
            .filter(|system| system.info().is_ai && system.info().vendor_login.is_ok())
            .map(System::id)
            .collect();
        Failure::usage(format!("unknown tool \"{name}\""))
            .hint(format!("use one of {}", tools.join(", ")))
    })
}

/// The tool's own client with its login command.
pub(super) fn find_client(
    context: &Context,
    system: System,
    words: &[String],
) -> Result<Program, Failure> {
    let login = system.info().vendor_login.map_err(|how| {
        let title = system.title();
        Failure::usage(format!("{title} has no login command")).hint(how)
    })?;
    let world = &context.adieu.world;
    let found = login
        .programs
        .iter()
        .find_map(|name| programs::find_in_path(world, name));
    let path = found.ok_or_else(|| {
        let names = login.programs.join(" or ");
        Failure::failed(format!("{names} is not installed, or not in PATH"))
            .hint("nothing was changed; install it, or sign in where it is")
    })?;
    Ok(Program {
        path,
        arguments: login
            .arguments
            .iter()
            .map(OsString::from)
            .chain(words.iter().map(OsString::from))
            .collect(),
        environment: world
            .environment
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        directory: world.working_directory.clone(),
    })
}

/// A login that something else comes before would change nothing.
pub(super) fn require_effect(
    context: &Context,
    system: System,
    inventory: &Inventory,
    force: bool,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let first: Vec<&Override> = inventory
        .overrides
        .iter()
        .filter(|found| found.system == system && found.kind.comes_first())
        .collect();
    if first.is_empty() {
        return Ok(());
    }
    if force {
        for found in first {
            printer.warning(
                &human::describe_override(&context.adieu.world, found),
                Some(&found.remedy),
            );
        }
        return Ok(());
    }
    let mut failure = Failure::failed(format!(
        "a new login of {} would not be used: something else comes first",
        system.title()
    ));
    for found in first {
        let sentence = human::describe_override(&context.adieu.world, found);
        failure = failure.detail(format!("  • {sentence}: {}", to_plain_text(&found.remedy)));
    }
    Err(failure.hint("nothing was changed; take these away first, or use --force"))
}

/// Runs the client for as long as it takes; it ends when this program is told to.
pub(super) fn attend_client(
    program: &Program,
    system: System,
    is_document: bool,
    cancel: &Cancel,
) -> Result<(), Failure> {
    let title = system.title();
    cancel.begin_work();
    let why = match programs::attend(program, is_document, cancel) {
        Ended::Exited(0) => return Ok(()),
        Ended::Exited(status) => format!("its client ended with status {status}"),
        Ended::NotStarted(why) => format!("its client could not be started: {why}"),
        Ended::Killed | Ended::TimedOut | Ended::Interrupted => "its client was stopped".to_owned(),
    };
    let message = format!("the login of {title} was not finished: {why}");
    let failure = if cancel.is_set() {
        Failure::stopped(message)
    } else {
        Failure::failed(message)
    };
    Err(failure.hint(format!(
        "see what is signed in: adieu status {}",
        system.id()
    )))
}

/// Who is signed in to a tool now.
pub(super) fn signed_in(context: &Context, system: System) -> Vec<Session> {
    let inventory = discover_sign_ins(&context.adieu.sources(), DiscoveryScope::Machine);
    let found = build_status(&inventory, &context.adieu.identity_graph, false);
    let is_live =
        |session: &Session| session.system == system && session.state == SessionState::Live;
    found.sessions.into_iter().filter(is_live).collect()
}

pub(super) fn not_signed_in(system: System) -> Failure {
    let title = system.title();
    Failure::failed(format!("{title}: nobody is signed in after the login"))
        .hint(format!("see what was found: adieu status {}", system.id()))
}

/// Name, organisation and plan in one line.
pub(super) fn format_account(session: &Session) -> String {
    let name = session.identity.as_deref().unwrap_or_default();
    let facts = session.account.iter().flat_map(|account| &account.facts);
    let known: Vec<&str> = facts
        .filter(|fact| matches!(fact.label, "organisation" | "plan"))
        .map(|fact| fact.value.as_str())
        .collect();
    let text = if known.is_empty() {
        name.to_owned()
    } else {
        format!("{name} ({})", known.join(", "))
    };
    to_plain_text(&text).into_owned()
}
