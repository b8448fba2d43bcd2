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

use adieu::inventory::Problem;
use adieu::io::net::Cancel;
use adieu::systems::salesforce::auth_file::AuthFile;
use adieu::systems::salesforce::orgs::Orgs;

use super::context::Context;
use crate::args::{OrgCommand, OrgListCommand};
use crate::ui::{Failure, Printer};
pub(crate) use misuse::as_json as misuse_as_json;
use reply::Reply;

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
            let reply = Reply::new(context, &arguments.common, "OrgDisplayCommand");
            let answered = display::run(context, arguments, cancel, &reply, printer);
            reply.finish(answered, printer)
        }
        OrgCommand::Other(words) => {
            let topic = [OsString::from("org")];
            let words: Vec<OsString> = topic.into_iter().chain(words.iter().cloned()).collect();
            pass_through::run(&context.adieu.world, &words, cancel)
        }
    }
}

/// A problem in one line, with what to do.
fn said(problem: &Problem) -> String {
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
fn unreadable(orgs: &Orgs) -> Vec<String> {
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
