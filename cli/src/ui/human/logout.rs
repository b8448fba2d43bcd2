//! A logout as the command's page shows it: the chain, one line per item, the number, the note.

use std::collections::BTreeSet;

use adieu::inventory::{Place, Revocation, State};
use adieu::plan::{Action, Decision, Filter, KeepReason, Step, Target};
use adieu::report::{CredentialEnd, End, Outcome, OutcomeWord, Report};
use adieu::world::World;

use super::aftermath::{login_again, rotate};
use super::follow_up::{print_links, warn_of_failures, warn_of_overrides, warn_of_problems};
use super::items::{Group, Item, Items};
use super::residue;
use super::server_status;
use crate::ui::printer::{BAD, GOOD, HINT, STRONG, WARN};
use crate::ui::{Failure, Printer, format_count};

/// Prints a logout or its preview.
pub(crate) fn print_logout(
    world: &World,
    report: &Report,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let items = Items::of(world, report, printer.is_verbose());
    if report.dry_run {
        print_preview(world, report, &items, printer)?;
        warn_of_problems(report, printer);
        return Ok(());
    }
    let is_out = !report.plan.steps.iter().any(ends_something);
    if is_out && !report.plan.keeps_something_whole() {
        already_out(report, &items, printer)?;
    } else if printer.is_quiet() {
        one_line(report, &items, printer)?;
    } else {
        print_full_report(world, report, &items, printer)?;
    }
    warn_of_failures(world, report, printer);
    server_status::print_later_answers(report, printer);
    if printer.is_quiet() {
        count_left(report, printer);
    }
    warn_of_overrides(world, report, printer);
    warn_of_problems(report, printer);
    if report.interrupted {
        let rest = if report.lines().any(waits_for_its_server) {
            "what they had not ended is kept"
        } else {
            "what is on this machine was removed"
        };
        printer.warning(&format!("stopped waiting for servers; {rest}"), None);
    }
    Ok(())
}

/// Whether something stayed because its server had not ended it.
fn waits_for_its_server((step, outcome): (&Step, Option<&Outcome>)) -> bool {
    step.decision.waits() && outcome.is_some_and(|outcome| outcome.word == OutcomeWord::Kept)
}

fn print_full_report(
    world: &World,
    report: &Report,
    items: &Items,
    printer: &mut Printer,
) -> Result<(), Failure> {
    printer.data(&format_title(report))?;
    printer.data("")?;
    rotate(report, printer)?;
    if !report.plan.chain.is_empty() {
        printer.data("Building authentication chain...")?;
        printer.data(&format!(
            "  {GOOD}✓{GOOD:#} Chain: {}",
            report.plan.chain.join(" → ")
        ))?;
        printer.data("")?;
    }
    let here = match &report.plan.request.target {
        Target::Identity(_) | Target::Found(_) | Target::Accounts { .. } | Target::Several(_) => {
            "Removing credentials..."
        }
        Target::Providers { .. } | Target::System { .. } => {
            "Removing all credentials for provider..."
        }
        Target::Configured | Target::Machine => "Removing all credentials...",
    };
    let mut said = BTreeSet::new();
    for (group, title) in [
        (Group::Server, "Ending sessions at the server..."),
        (Group::Here, here),
        (Group::Kept, KEPT),
        (Group::Valid, "May still be valid:"),
    ] {
        print_group(title, &items.of_group(group), &mut said, printer)?;
    }
    if let Some(verified) = &report.verified {
        residue::residue(world, &verified.residue, printer)?;
    }
    print_links(world, &report.plan.links, printer)?;
    login_again(report, printer)?;
    printer.data(&format_conclusion(report, items))?;
    printer.data("")?;
    browser_note(report, items, printer)
}

/// The title of what stays here.
const KEPT: &str = "Kept:";

/// A group with its title, each line once; lines with the same remedy share it. `said` has the remedies
/// of the groups above.
fn print_group<'i>(
    title: &str,
    items: &[&'i Item],
    said: &mut BTreeSet<&'i str>,
    printer: &mut Printer,
) -> Result<(), Failure> {
    if items.is_empty() {
        return Ok(());
    }
    printer.data(title)?;
    for (at, item) in items.iter().enumerate() {
        printer.data(&format!("  {}", item.line()))?;
        let next = items.get(at + 1).map(|next| &next.remedies);
        if next != Some(&item.remedies) {
            for remedy in &item.remedies {
                if said.insert(remedy) {
                    printer.data(&format!("    {HINT}hint:{HINT:#} {remedy}"))?;
                }
            }
        }
    }
    Ok(printer.data("")?)
}

/// What is said in place of the groups where one line is wanted.
fn count_left(report: &Report, printer: &mut Printer) {
    let verified = report.verified.as_ref();
    let number = verified.map_or(0, |verified| verified.still_live.len());
    if number > 0 {
        let left = format_count(number, "credential may", "credentials may");
        let hint = "run it again without --quiet to see which";
        printer.warning(&format!("{left} still be valid"), Some(hint));
    }
}

fn format_title(report: &Report) -> String {
    let subject = &report.plan.subject;
    match &report.plan.request.target {
        Target::Identity(_) | Target::Found(_) | Target::Accounts { .. } => {
            format!("{STRONG}Logging out from identity:{STRONG:#} {subject}")
        }
        Target::Providers { .. } | Target::System { .. } => {
            format!("{STRONG}Logging out from provider:{STRONG:#} {subject}")
        }
        Target::Several(_) => format!("{STRONG}Logging out from:{STRONG:#} {subject}"),
        Target::Configured | Target::Machine => {
            format!("{STRONG}Logging out from all identities...{STRONG:#}")
        }
    }
}

/// What is said where only settings, lists and the like were left to remove.
const NOBODY_LEFT: &str = "Nobody was signed in any more; what was left behind is removed";

/// What is said where nothing was ended, and a sign-in of those who were meant stays.
fn describe_kept(report: &Report) -> Option<String> {
    let kept = report.credentials.iter();
    let number = kept.filter(|found| found.is_kept_and_good()).count();
    let noun = format_count(number, "credential is kept", "credentials are kept");
    (number > 0).then(|| format!("Not logged out: {noun} that may still be used"))
}

fn format_conclusion(report: &Report, items: &Items) -> String {
    describe_shortfall(report, items).unwrap_or_else(|| {
        if report.summary.logged_out() == 0 && !report.summary.ended_something() {
            return match describe_kept(report) {
                Some(kept) => format!("{WARN}{kept}{WARN:#}"),
                None => format!("{GOOD}{NOBODY_LEFT}{GOOD:#}"),
            };
        }
        let number = format_count(report.summary.logged_out(), "identity", "identities");
        format!("{GOOD}Successfully logged out from {number}{GOOD:#}")
    })
}

/// What is said in place of a success: how many lines of how many are as they should be.
fn describe_shortfall(report: &Report, items: &Items) -> Option<String> {
    let summary = &report.summary;
    let (tried, good) = (items.tried(), items.done());
    if summary.failed == 0 && good == tried {
        return None;
    }
    // A settings section that went is no logout.
    if good == 0 || (summary.failed > 0 && !summary.ended_something()) {
        return Some(format!(
            "{BAD}Logout failed ({good}/{tried} successful){BAD:#}"
        ));
    }
    Some(format!(
        "{WARN}Logged out with warnings ({good}/{tried} successful){WARN:#}"
    ))
}

/// The note of the page, every time. What the server was told is not called local.
fn browser_note(report: &Report, items: &Items, printer: &mut Printer) -> Result<(), Failure> {
    if report.summary.revoked == 0 {
        printer.data("⚠️  Note: This only removes local credentials. Your browser session")?;
        printer.data("   may still be active. Visit your identity provider to end your")?;
        printer.data("   browser session.")?;
    } else {
        printer.data("⚠️  Note: Your browser session may still be active. Visit your identity")?;
        printer.data("   provider to end your browser session.")?;
    }
    for page in list_pages(report, items) {
        printer.data(&format!("   {HINT}{page}{HINT:#}"))?;
    }
    Ok(())
}

/// Where browser sessions are ended, and what no line says where to finish.
fn list_pages(report: &Report, items: &Items) -> Vec<String> {
    let calls = report.plan.steps.iter();
    let portals = calls.filter_map(|step| match &step.deed {
        Action::Revoke {
            revocation: revocation @ Revocation::SsoPortal { .. },
            ..
        } => revocation.page(),
        _ => None,
    });
    let unended = report.credentials.iter();
    let unended = unended.filter_map(|found| found.end.page().map(str::to_owned));
    let mut pages: Vec<String> = portals.chain(unended).collect();
    pages.sort();
    pages.dedup();
    let hinted = items.of_group(Group::Valid);
    let hinted = hinted.iter().flat_map(|item| &item.remedies);
    let failed = report.lines().filter_map(|(_, outcome)| outcome);
    let failed = failed.filter(|outcome| outcome.word == OutcomeWord::Failed);
    let errors: Vec<&str> = failed
        .filter_map(|outcome| outcome.hint.as_deref())
        .collect();
    pages.retain(|page| {
        !hinted.clone().any(|hint| hint.contains(page))
            && !errors.iter().any(|hint| hint.contains(page))
    });
    pages
}

/// The announcement's one-line forms.
fn one_line(report: &Report, items: &Items, printer: &mut Printer) -> Result<(), Failure> {
    let summary = &report.summary;
    if let Some(shortfall) = describe_shortfall(report, items) {
        return Ok(printer.data(&format!("{WARN}✗{WARN:#} {shortfall}"))?);
    }
    let identities = format_count(summary.identities, "identity", "identities");
    if summary.logged_out() == 0 && !summary.ended_something() {
        return Ok(printer.data(&match describe_kept(report) {
            Some(kept) => format!("{WARN}✗{WARN:#} {kept}"),
            None => format!("{GOOD}✓{GOOD:#} {NOBODY_LEFT}"),
        })?);
    }
    let text = match &report.plan.request.target {
        Target::Identity(_) | Target::Found(_) | Target::Accounts { .. } => {
            format!(
                "Successfully logged out of identity '{}'",
                report.plan.subject
            )
        }
        Target::Several(_) => format!("Successfully logged out of {}", report.plan.subject),
        Target::System { system, .. } if summary.identities == 0 => {
            format!("Successfully logged out of {}", system.title())
        }
        Target::Providers { label, .. } if summary.identities == 0 => {
            format!("Successfully logged out of provider '{label}'")
        }
        Target::System { system, .. } => {
            let noun = if summary.identities == 1 {
                "identity"
            } else {
                "identities"
            };
            format!(
                "Successfully logged out of {} {} {noun}",
                summary.identities,
                system.title()
            )
        }
        Target::Providers { label, .. } => {
            format!("Successfully logged out of {identities} of provider '{label}'")
        }
        Target::Configured | Target::Machine => format!(
            "Successfully logged out of {identities} across {}",
            format_count(count_providers(report), "provider", "providers")
        ),
    };
    Ok(printer.data(&format!("{GOOD}✓{GOOD:#} {text}"))?)
}

/// How many providers the ended credentials came from, their own or an identity's.
fn count_providers(report: &Report) -> usize {
    let ended = report.lines().filter(|(step, outcome)| {
        step.state != State::Residue && outcome.is_some_and(|outcome| outcome.word.did_something())
    });
    let names: BTreeSet<&str> = ended
        .filter_map(|(step, _)| step.provider.as_deref())
        .collect();
    names.len()
}

/// Whether a step is about a credential that is kept and good.
fn still_signs_in(step: &Step) -> bool {
    let is_kept = matches!(&step.decision, Decision::Keep(reason)
        if !matches!(reason, KeepReason::Keyring | KeepReason::Shared | KeepReason::Browser | KeepReason::Attached));
    is_kept && step.place().is_some() && step.state == State::Live
}

fn already_out(report: &Report, items: &Items, printer: &mut Printer) -> Result<(), Failure> {
    let subject = &report.plan.subject;
    let (who, verb) = match &report.plan.request.target {
        Target::Identity(_) | Target::Found(_) | Target::Accounts { .. } => {
            (format!("Identity '{subject}'"), "is")
        }
        Target::Providers { .. } => (format!("Provider '{subject}'"), "is"),
        Target::System { system, .. } => (format!("Everything of {}", system.title()), "is"),
        Target::Several(_) => (subject.clone(), "are"),
        Target::Configured | Target::Machine => ("All identities".to_owned(), "are"),
    };
    let is_unsure = !report.unread().is_empty();
    let is_open = |found: &CredentialEnd| matches!(found.end, End::NotEnded { .. });
    let is_anothers = |step: &Step| step.decision == Decision::Keep(KeepReason::Anothers);
    printer.data(&if report.plan.steps.iter().any(is_anothers) {
        format!("{who} has nothing of its own to log out of, and stays signed in by another's.")
    } else if report.credentials.iter().any(is_open) {
        format!("{who}: nothing was ended, and not everything has ended at its server.")
    } else if report.plan.leaves_something_out() {
        format!(
            "{who}: {}; nothing was changed.",
            left_out(&report.plan.request.filter)
        )
    } else if report.plan.steps.iter().any(still_signs_in) {
        format!("{who}: nothing was there that a logout takes; what is kept still signs in.")
    } else if is_unsure {
        format!("{who}: nothing was found to log out of, but not everything could be read.")
    } else {
        format!("{who} {verb} already logged out.")
    })?;
    if let Some(text) = left_empty(report) {
        printer.talk(&format!("{text} removed."))?;
    }
    let (kept, valid) = (items.of_group(Group::Kept), items.of_group(Group::Valid));
    if kept.is_empty() && valid.is_empty() {
        if !is_unsure && report.elsewhere.is_empty() {
            printer.talk("No credentials found in keyring or file storage.")?;
        }
    } else if !printer.is_quiet() {
        printer.data("")?;
        let mut said = BTreeSet::new();
        print_group(KEPT, &kept, &mut said, printer)?;
        print_group("May still be valid:", &valid, &mut said, printer)?;
    }
    Ok(())
}

/// What is said where everything that is signed in was left out.
fn left_out(filter: &Filter) -> String {
    match &filter.older_than {
        _ if filter.only_expired => "nothing of it has expired".to_owned(),
        Some(age) => format!("nothing of it is older than {}", age.typed),
        None => "all of it was left out".to_owned(),
    }
}

/// Whether a step is more than tidying up.
fn ends_something(step: &Step) -> bool {
    step.acts() && !matches!(step.place(), Some(Place::Directory { .. }))
}

/// Directories that an earlier run left empty, where they are all there is to do.
fn left_empty(report: &Report) -> Option<String> {
    let removed = report
        .lines()
        .filter(|(_, outcome)| outcome.is_some_and(|outcome| outcome.word == OutcomeWord::Removed));
    let number = removed.count();
    (number > 0).then(|| {
        let verb = if number == 1 { "was" } else { "were" };
        let directories = format_count(number, "directory", "directories");
        format!("{directories} that an earlier logout had left empty {verb}")
    })
}

fn print_preview(
    world: &World,
    report: &Report,
    items: &Items,
    printer: &mut Printer,
) -> Result<(), Failure> {
    if !printer.is_quiet() {
        printer.data(&format!(
            "{STRONG}Dry run mode:{STRONG:#} No credentials will be removed"
        ))?;
        printer.data("")?;
    }
    if items.is_empty() {
        let reason = if !report.unread().is_empty() {
            ", but not everything could be read"
        } else if report.elsewhere.is_empty() {
            ": no credentials found in keyring or file storage"
        } else {
            ""
        };
        printer.data(&format!("Nothing would be removed{reason}."))?;
        if report.plan.steps.iter().any(Step::acts) {
            printer.data("Directories that an earlier logout left empty would go.")?;
        }
        return Ok(());
    }
    let gone = items.of_group(Group::Here);
    let subject = &report.plan.subject;
    let from = match &report.plan.request.target {
        Target::Identity(_) | Target::Found(_) | Target::Accounts { .. } => {
            format!(" from identity: {subject}")
        }
        Target::Providers { .. } | Target::System { .. } => format!(" from provider: {subject}"),
        Target::Several(_) => format!(" from: {subject}"),
        Target::Configured | Target::Machine if gone.is_empty() => ".".to_owned(),
        Target::Configured | Target::Machine => ":".to_owned(),
    };
    let number = format_count(report.summary.logged_out(), "identity", "identities");
    let conclusion = format!("{number} would be logged out");
    if printer.is_quiet() {
        return Ok(printer.data(&conclusion)?);
    }
    let here = if gone.is_empty() {
        format!("Nothing would be removed{from}")
    } else {
        format!("Would remove{from}")
    };
    rotate(report, printer)?;
    let mut said = BTreeSet::new();
    for (group, title) in [
        (Group::Server, "Would end at the server:"),
        (Group::Here, &here),
        (Group::Kept, "Would keep:"),
        (Group::Valid, "Would stay valid:"),
    ] {
        let items = items.of_group(group);
        if group == Group::Here && items.is_empty() {
            printer.data(title)?;
            printer.data("")?;
        }
        print_group(title, &items, &mut said, printer)?;
    }
    residue::places(world, report, printer)?;
    print_links(world, &report.plan.links, printer)?;
    login_again(report, printer)?;
    Ok(printer.data(&conclusion)?)
}
