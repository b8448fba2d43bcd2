//! `adieu org logout`: as Salesforce CLI's, but the authorization ends at Salesforce too.

mod job;
mod messages;

use adieu::discover;
use adieu::inventory::Problem;
use adieu::io::net::Cancel;
use adieu::systems::salesforce::orgs::Orgs;
use serde_json::{Map, json};

use super::format_problem;
use super::reply::{ClientError, Reply, Stop};
use super::targets::Names;
use crate::args::OrgLogoutArgs;
use crate::commands::context::Context;
use crate::ui::Printer;
use crate::ui::prompt::Answer;
use job::Job;

/// Runs the command; the exit status.
pub(super) fn run(
    context: &Context,
    arguments: &OrgLogoutArgs,
    typed: &[String],
    cancel: &Cancel,
    reply: &Reply,
    printer: &mut Printer,
) -> Result<u8, Stop> {
    let (orgs, problems) = discover::find_orgs(&context.adieu.sources());
    let names = Names {
        world: &context.adieu.world,
        orgs: &orgs,
        problems: &problems,
    };
    let is_app = arguments.client_app.is_some();
    if is_app && arguments.target_org.is_empty() && arguments.names.is_empty() {
        return Err(ClientError::usage(
            "All of the following must be provided when using --client-app: --target-org",
        )
        .into());
    }
    let can_ask = printer.can_prompt() && !arguments.no_prompt && !reply.is_json;
    let mut chosen = names.choose(arguments, reply, can_ask)?;
    if let Some(app) = &arguments.client_app {
        check_app(&orgs, &chosen, app)?;
    }
    if chosen.is_empty() {
        return nothing_found(&orgs, &problems, reply, printer);
    }
    if can_ask && !arguments.dry_run && !is_app {
        let Some(agreed) = names.confirm(chosen, arguments, printer)? else {
            printer.data("No orgs selected for logout.")?;
            return Ok(0);
        };
        chosen = agreed;
    }
    if !is_app {
        let children = names.children_of(&chosen);
        let asks = can_ask && !arguments.dry_run && !arguments.with_children;
        let answer = match asks {
            true => Names::confirm_children(&children, printer)?,
            false if arguments.with_children => Answer::Yes,
            false => Answer::No,
        };
        match answer {
            Answer::Yes => chosen.extend(children),
            Answer::No => {}
            Answer::Leave => {
                printer.data("No orgs selected for logout.")?;
                return Ok(0);
            }
        }
    }
    let job = Job {
        context,
        arguments,
        typed,
        cancel,
        reply,
        orgs: &orgs,
        can_ask,
        unseen: problems
            .iter()
            .find(|problem| arguments.all && problem.hides),
        chosen: chosen.into_iter().collect(),
    };
    job.run(printer)
}

/// Nobody is signed in, or what is there cannot be seen.
fn nothing_found(
    orgs: &Orgs,
    problems: &[Problem],
    reply: &Reply,
    printer: &mut Printer,
) -> Result<u8, Stop> {
    let hidden: Vec<&Problem> = problems.iter().filter(|problem| problem.hides).collect();
    if let Some(problem) = hidden.first() {
        let mut error = ClientError::new(
            "OrgsUnreadableError",
            format!(
                "Whether orgs are signed in cannot be told: {}: {}",
                problem.location, problem.message
            ),
        );
        if let Some(hint) = &problem.hint {
            error = error.action(hint.clone());
        }
        return Err(error.into());
    }
    let mut warnings: Vec<String> = problems.iter().map(format_problem).collect();
    let dangling: Vec<&str> = orgs.aliases.iter().map(|(alias, _)| alias).collect();
    if !dangling.is_empty() {
        warnings.push(format!(
            "Aliases without an org are left: {}",
            dangling.join(", ")
        ));
    }
    reply.warn(&warnings, printer);
    if reply.is_json {
        reply.succeed(0, json!([]), &warnings, Map::new(), printer)?;
    } else {
        printer.data("No orgs found to log out of.")?;
    }
    Ok(0)
}

/// Whether the one org has that app.
fn check_app(orgs: &Orgs, chosen: &[String], app: &str) -> Result<(), Stop> {
    let [user] = chosen else {
        return Err(ClientError::usage("--client-app needs exactly one --target-org").into());
    };
    let org = orgs.found.iter().find(|org| org.auth.username == *user);
    let apps = org
        .map(|org| org.auth.client_apps.as_slice())
        .unwrap_or_default();
    if apps.is_empty() {
        return Err(ClientError::new(
            "NoLinkedAppsError",
            format!("{user} doesn't have any linked client apps."),
        )
        .into());
    }
    if !apps.iter().any(|found| found.name == app) {
        return Err(ClientError::new(
            "InvalidClientAppError",
            format!("{user} doesn't have a linked client app named \"{app}\"."),
        )
        .into());
    }
    Ok(())
}
