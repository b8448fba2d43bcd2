//! `adieu org …`: the grammar of Salesforce CLI.

mod logout;
mod outcome;
mod passing;
mod reply;
mod targets;

use adieu::net::Cancel;

use super::context::Context;
use crate::args::OrgCommand;
use crate::ui::{Failure, Speech};
use reply::Reply;

/// Runs a command of `adieu org`; the exit status.
pub(crate) fn run(
    context: &Context,
    command: &OrgCommand,
    typed: &[String],
    cancel: &Cancel,
    speech: &mut Speech,
) -> Result<u8, Failure> {
    match command {
        OrgCommand::Logout(arguments) => {
            let reply = Reply::new(context, &arguments.common, "Logout");
            let answered = logout::run(context, arguments, typed, cancel, &reply, speech);
            reply.finish(answered, speech)
        }
        OrgCommand::List(_) | OrgCommand::Display(_) => Ok(0),
        OrgCommand::Other(words) => passing::run("org", words),
    }
}

pub(crate) use passing::run as pass_on;
