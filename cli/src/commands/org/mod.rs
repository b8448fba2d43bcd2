//! `adieu org …`: the grammar of Salesforce CLI.

mod auths;
mod connection;
mod display;
mod list;
mod login;
mod logout;
mod misuse;
mod outcome;
mod pass_through;
mod reply;
mod table;
mod targets;

use std::ffi::OsString;

use adieu::discover;
use adieu::inventory::Problem;
use adieu::io::net::Cancel;
use adieu::selector::Choice;
use adieu::systems::salesforce::auth_file::AuthFile;
use adieu::systems::salesforce::orgs::Orgs;

use super::context::Context;
use crate::args::{OrgCommand, OrgListCommand, OrgLogoutArgs};
use crate::ui::{Failure, Printer};
pub(crate) use misuse::as_json as misuse_as_json;
use reply::Reply;
use targets::Names;

/// Runs a command of `adieu org`; the exit status.
pub(crate) fn run(
    context: &Context,
    command: &OrgCommand,
    typed: &[String],
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    match command {
        OrgCommand::Login { command } => {
            let reply = Reply::new(context, &command.remember().common, command.name());
            let answered = login::run(context, command, cancel, &reply, printer);
            reply.finish(answered, printer)
        }
        OrgCommand::Logout(arguments) => {
            let arguments = &logout_in_json(context, arguments);
            let reply = Reply::new(context, &arguments.common, "Logout");
            let answered = logout::run(context, arguments, typed, cancel, &reply, printer);
            reply.finish(answered, printer)
        }
        OrgCommand::List(arguments) => match &arguments.command {
            Some(OrgListCommand::Auth { common }) => {
                let reply = Reply::new(context, common, "ListAuth");
                reply.finish(auths::run(context, &reply, printer), printer)
            }
            None => {
                let reply = Reply::new(context, &arguments.common, "OrgListCommand");
                let answered = list::run(context, arguments, cancel, &reply, printer);
                reply.finish(answered, printer)
            }
        },
        OrgCommand::Display(arguments) => {
            let mut arguments = arguments.clone();
            if arguments
                .target_org
                .as_deref()
                .is_some_and(|org| is_output(context, org))
            {
                arguments.target_org = None;
                arguments.common.json = true;
            }
            let arguments = &arguments;
            let reply = Reply::new(context, &arguments.common, "OrgDisplayCommand");
            let answered = display::run(context, arguments, cancel, &reply, printer);
            reply.finish(answered, printer)
        }
        OrgCommand::Other(words) => {
            printer.hand_over();
            let topic = [OsString::from("org")];
            let words: Vec<OsString> = topic.into_iter().chain(words.iter().cloned()).collect();
            pass_through::run(&context.adieu.world, &words, cancel)
        }
    }
}

/// Whether `-o json` asks for JSON, as it does everywhere else: no org is called so.
fn is_output(context: &Context, typed: &str) -> bool {
    let is_unknown = || {
        let (orgs, problems) = discover::find_orgs(&context.adieu.sources());
        let names = Names {
            world: &context.adieu.world,
            orgs: &orgs,
            problems: &problems,
        };
        matches!(names.meant(typed), Choice::Nothing)
    };
    typed == "json" && is_unknown()
}

/// The logout with what `-o json` says. Where nothing else says which org is meant it stays an org that
/// is not there, so that the default org is not logged out of in its place.
fn logout_in_json(context: &Context, arguments: &OrgLogoutArgs) -> OrgLogoutArgs {
    let mut arguments = arguments.clone();
    let typed = &mut arguments.target_org;
    if typed.iter().any(|org| is_output(context, org)) {
        arguments.common.json = true;
        if arguments.all || typed.len() > 1 || !arguments.names.is_empty() {
            typed.retain(|org| org != "json");
        }
    }
    arguments
}

/// A problem in one line, with what to do.
fn format_problem(problem: &Problem) -> String {
    let hint = problem.hint.as_ref().map(|hint| format!(" ({hint})"));
    format!(
        "{}: {}{}",
        problem.location,
        problem.message,
        hint.unwrap_or_default()
    )
}

/// Whether the tokens of a sign-in can be decrypted.
fn is_readable(orgs: &Orgs, auth: &AuthFile) -> bool {
    let tokens = [&auth.refresh_token, &auth.access_token];
    tokens
        .into_iter()
        .flatten()
        .all(|stored| orgs.reveal(stored).is_ok())
}

/// What the lists have to say of sign-ins that cannot be read.
fn list_unreadable_orgs(orgs: &Orgs) -> Vec<String> {
    let mut warnings: Vec<String> = orgs
        .broken
        .iter()
        .map(|file| {
            let path = file.file.to_path();
            format!(
                "{}: {}; it may hold tokens all the same",
                path.display(),
                file.why
            )
        })
        .collect();
    let locked: Vec<&str> = orgs
        .found
        .iter()
        .filter(|org| !is_readable(orgs, &org.auth))
        .map(|org| org.auth.username.as_str())
        .collect();
    if !locked.is_empty() {
        warnings.push(format!(
            "the tokens of {} cannot be decrypted: no key that fits is in key.json or in the \
             system's key store",
            locked.join(", ")
        ));
    }
    warnings
}

pub(crate) use pass_through::run as pass_on;
