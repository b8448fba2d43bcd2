//! What earlier logouts could not end at its server.

use adieu::inventory::{Pending, PendingState};
use adieu::shell::quote_word;
use adieu::world::World;

use super::expiry::{describe_expiry, format_time_left};
use crate::ui::printer::{FAINT, HINT, STRONG, WARN};
use crate::ui::{Failure, Printer, format_count, to_plain_text};

/// How many are shown; the JSON has all.
const SHOWN: usize = 20;

/// The group, with what a person can do about each.
pub(crate) fn print_pending(
    world: &World,
    entries: &[Pending],
    printer: &mut Printer,
) -> Result<(), Failure> {
    if entries.is_empty() {
        return Ok(());
    }
    printer.data(&format!("{STRONG}Not ended at their servers{STRONG:#}"))?;
    // What may still be used comes first.
    let (open, manual): (Vec<&Pending>, Vec<&Pending>) =
        entries.iter().partition(|found| found.can_be_used());
    for found in open.iter().chain(&manual).take(SHOWN) {
        let style = if found.can_be_used() { WARN } else { FAINT };
        let line = format!(
            "{} of {} ({})",
            found.what,
            found.subject(),
            found.system.title()
        );
        printer.data(&format!(
            "  {style}•{style:#} {}  {FAINT}{}{FAINT:#}",
            to_plain_text(&line),
            to_plain_text(&describe_state(world, found)),
        ))?;
        let name = quote_word(found.subject());
        let remedy = match &found.page {
            Some(page) => format!("finish at {page}, then: adieu revoke --forget {name}"),
            None => format!("when it has ended: adieu revoke --forget {name}"),
        };
        printer.data(&format!(
            "    {HINT}hint:{HINT:#} {}",
            to_plain_text(&remedy)
        ))?;
    }
    if entries.len() > SHOWN {
        let more = entries.len() - SHOWN;
        printer.data(&format!("  {FAINT}… and {more} more{FAINT:#}"))?;
    }
    Ok(())
}

/// How many removed credentials no call and no page can end, and when the last of them ends by itself.
pub(crate) fn print_outlasting(
    world: &World,
    entries: &[Pending],
    printer: &mut Printer,
) -> Result<(), Failure> {
    if entries.is_empty() {
        return Ok(());
    }
    let ends: Option<Vec<_>> = entries.iter().map(|found| found.expires_at).collect();
    let last = ends.and_then(|ends| ends.into_iter().max());
    let end = last.map_or_else(
        || "no expiry known".to_owned(),
        |at| {
            format!(
                "the last one expires in {}",
                format_time_left(world.now(), at)
            )
        },
    );
    let text = format!(
        "{} removed here may be good at {} until {} ({end}): adieu revoke --pending",
        format_count(entries.len(), "credential", "credentials"),
        if entries.len() == 1 {
            "its server"
        } else {
            "their servers"
        },
        if entries.len() == 1 {
            "it expires"
        } else {
            "they expire"
        },
    );
    printer.data(&format!("{FAINT}{text}{FAINT:#}"))?;
    Ok(())
}

fn describe_state(world: &World, found: &Pending) -> String {
    let since = found.since.strftime("%Y-%m-%d %H:%M UTC");
    let why = match (found.state, &found.why) {
        (PendingState::BeingEnded, _) => {
            "adieu was stopped before it could tell whether its server ended it".to_owned()
        }
        (PendingState::NotEnded, Some(why)) => why.clone(),
        (PendingState::NotEnded, None) => "its server did not end it".to_owned(),
        (PendingState::Unread, _) => {
            "it could not be read, so whether its session goes on is not known".to_owned()
        }
        (PendingState::NoServerCall, _) if found.page.is_some() => {
            "only a person can end it there".to_owned()
        }
        (PendingState::NoServerCall, _) => "no call can end it early".to_owned(),
    };
    let end = describe_expiry(world.now(), found.expires_at);
    format!("removed here {since}; {why}; {end}")
}
