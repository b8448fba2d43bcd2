//! Who is signed in: a table, the overrides, the verdict.

use std::collections::BTreeMap;

use adieu::inventory::AgeSource;
use adieu::inventory::Pending;
use adieu::inventory::{Override, OverrideKind};
use adieu::report::{Session, SessionState, Status, Verdict};
use adieu::systems::System;
use adieu::world::World;
use jiff::Timestamp;

use super::expiry::{choose_colour, describe_expiry, format_time_left};
use super::follow_up::{describe_override, print_links, remove_duplicates};
use super::leftovers::{print_gathered_leftovers, print_leftovers};
use super::pending::{print_outlasting, print_pending};
use super::same_secrets::same_secrets;
use super::server_status;
use super::verdict::{format_verdict, not_covered};
use crate::ui::cell::shorten_cell;
use crate::ui::printer::{FAINT, HINT, STRONG, WARN};
use crate::ui::rows::{Row, fit_rows};
use crate::ui::{Failure, Printer, format_count, to_plain_text};

/// Prints a status; with `details`, what is known of each account too. `logout` is the command that logs
/// out of what was asked for.
pub(crate) fn print_status(
    world: &World,
    status: &Status,
    details: bool,
    logout: &str,
    printer: &mut Printer,
) -> Result<(), Failure> {
    if !printer.is_quiet() {
        print_findings(world, status, details, logout, printer)?;
    }
    // Last, so that it does not scroll away.
    Ok(printer.data(&format_verdict(status))?)
}

/// Everything that the verdict is made from.
fn print_findings(
    world: &World,
    status: &Status,
    details: bool,
    logout: &str,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let (out, present): (Vec<&Session>, Vec<&Session>) = status
        .sessions
        .iter()
        .partition(|session| session.state == SessionState::SignedOut);
    if !present.is_empty() {
        by_system(world, &present, details, printer)?;
        printer.data("")?;
    }
    print_links(world, &status.links, printer)?;
    server_status::not_said(&present, printer)?;
    if !out.is_empty() {
        printer.data(&format!("{FAINT}Signed out: {}{FAINT:#}", join_names(&out)))?;
        printer.data("")?;
    }
    // What nobody can end, and ends by itself, is counted; `adieu revoke --pending` lists it.
    let open = status.pending.iter().cloned();
    let (shown, counted): (Vec<Pending>, Vec<Pending>) =
        open.partition(|found| found.can_be_used() || found.is_unknown() || found.page.is_some());
    if !status.pending.is_empty() {
        print_pending(world, &shown, printer)?;
        print_outlasting(world, &counted, printer)?;
        printer.data("")?;
    }
    for line in same_secrets(world, status) {
        printer.data(&line)?;
    }
    print_overrides(world, status, details, printer)?;
    if details {
        print_leftovers(world, status, printer)?;
    } else {
        print_gathered_leftovers(world, status, printer)?;
    }
    for problem in remove_duplicates(&status.problems) {
        let message = format!("{}: {}", problem.location, problem.message);
        printer.warning(&message, problem.hint.as_deref());
    }
    if let Some(text) = not_covered(status) {
        printer.data(&format!("{FAINT}{text}{FAINT:#}"))?;
    }
    if status.ignored > 0 {
        let ignored = format_count(
            status.ignored,
            "possible sign-in is",
            "possible sign-ins are",
        );
        let text = format!("{ignored} ignored; see which: adieu catalogue ignore");
        printer.data(&format!("{FAINT}{text}{FAINT:#}"))?;
    }
    if status.verdict == Verdict::SignedIn {
        printer.note(&format!(
            "{HINT}hint:{HINT:#} see what a logout would remove: {logout} --dry-run"
        ));
    }
    Ok(())
}

/// How many sessions of a system are shown, where more are folded.
const SHOWN: usize = 10;

/// The sessions below the names of their systems, the good ones first; long groups are folded.
fn by_system(
    world: &World,
    sessions: &[&Session],
    details: bool,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let mut groups: BTreeMap<System, Vec<&Session>> = BTreeMap::new();
    for session in sessions {
        groups.entry(session.system).or_default().push(session);
    }
    let is_whole = details || printer.is_verbose();
    let mut shown: Vec<&Session> = Vec::new();
    let mut more: BTreeMap<System, usize> = BTreeMap::new();
    for (system, group) in &mut groups {
        group.sort_by_key(|session| session.state);
        // One line that says that there is one more takes as much room as the one.
        let room = if is_whole || group.len() <= SHOWN + 1 {
            group.len()
        } else {
            SHOWN
        };
        shown.extend(group.iter().take(room));
        more.insert(*system, group.len() - room);
    }
    let table = format_table(world, &shown, printer.columns());
    let mut last = None;
    let mut rows = table.iter().zip(&shown).peekable();
    while let Some((lines, session)) = rows.next() {
        if last != Some(session.system) {
            printer.data(&heading(session))?;
        }
        last = Some(session.system);
        for line in lines {
            printer.data(line)?;
        }
        if details {
            print_facts(world, session, printer)?;
        }
        let is_last = rows
            .peek()
            .is_none_or(|(_, next)| next.system != session.system);
        let more = more.get(&session.system).copied().unwrap_or_default();
        if is_last && more > 0 {
            let text = format!("… and {more} more (--verbose shows them)");
            printer.data(&format!("    {FAINT}{text}{FAINT:#}"))?;
        }
    }
    Ok(())
}

/// The name of a system, with its name in selectors, and what its tool takes before its sign-ins.
fn heading(session: &Session) -> String {
    let (title, id) = (session.system.title(), session.system.id());
    let id = if title.eq_ignore_ascii_case(id) {
        String::new()
    } else {
        format!(" {FAINT}({id}){FAINT:#}")
    };
    let first = session
        .preceded_by
        .as_ref()
        .map_or_else(String::new, |name| {
            format!("  {WARN}{} comes first{WARN:#}", to_plain_text(name))
        });
    format!("{STRONG}{title}{STRONG:#}{id}{first}")
}

/// What stands before the sign-ins. Notices are details.
fn print_overrides(
    world: &World,
    status: &Status,
    details: bool,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let (notices, overrides): (Vec<&Override>, Vec<&Override>) = status
        .overrides
        .iter()
        .partition(|found| found.kind == OverrideKind::Notice);
    let notices = if details { notices } else { Vec::new() };
    for (title, found) in [("Overrides", overrides), ("Worth knowing", notices)] {
        if found.is_empty() {
            continue;
        }
        printer.data(&format!("{STRONG}{title}{STRONG:#}"))?;
        for found in found {
            let sentence = describe_override(world, found);
            let remedy = to_plain_text(&found.remedy);
            printer.data(&format!("  {WARN}•{WARN:#} {sentence}"))?;
            printer.data(&format!("    {HINT}hint:{HINT:#} {remedy}"))?;
        }
        printer.data("")?;
    }
    Ok(())
}

/// What is known of an account, a line each; facts of one kind in one line.
fn print_facts(world: &World, session: &Session, printer: &mut Printer) -> Result<(), Failure> {
    let Some(account) = &session.account else {
        return Ok(());
    };
    let mut lines: Vec<(&str, String)> = Vec::new();
    for fact in &account.facts {
        match lines.iter_mut().find(|(label, _)| *label == fact.label) {
            Some((_, value)) => *value = format!("{value}; {}", fact.value),
            None => lines.push((fact.label, fact.value.clone())),
        }
    }
    if let Some(at) = session.expires_at {
        let left = if at <= world.now() {
            "expired".to_owned()
        } else {
            format!("in {}", format_time_left(world.now(), at))
        };
        let at = at.strftime("%Y-%m-%d %H:%M UTC");
        lines.push(("expires", format!("{at} ({left})")));
    }
    for (label, value) in lines {
        let value = to_plain_text(&value);
        printer.data(&format!("      {FAINT}{label:<12}{FAINT:#}  {value}"))?;
    }
    Ok(())
}

fn join_names(sessions: &[&Session]) -> String {
    const SHOWN: usize = 12;
    let mut names: Vec<&str> = sessions
        .iter()
        .filter_map(|session| session.identity.as_deref().or(session.provider.as_deref()))
        .collect();
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    let list = names.join(", ");
    if more == 0 {
        list
    } else {
        format!("{list} and {more} more")
    }
}

/// Left-aligned columns: mark, name, state, where and how; the lines of each session.
fn format_table(world: &World, sessions: &[&Session], columns: Option<usize>) -> Vec<Vec<String>> {
    let now = world.now();
    let rows = sessions.iter().map(|session| {
        let cells = [
            shorten_cell(&format_session_name(session)).into_owned(),
            describe_state(session, now),
        ];
        let places = format_places(world, session);
        let kept = how_it_is_kept(session, now);
        let rest = match (places.is_empty(), kept.is_empty()) {
            (_, true) => places,
            (true, false) => kept,
            (false, false) => format!("{places} ({kept})"),
        };
        Row {
            mark: choose_colour(session.state, session.expires_at, now),
            cells: cells.map(|cell| to_plain_text(&cell).into_owned()).to_vec(),
            rest: to_plain_text(&rest).into_owned(),
            paint: Some(FAINT),
        }
    });
    fit_rows(&rows.collect::<Vec<_>>(), columns)
}

/// How its credentials are kept, whether others can read them, and how old it is.
pub(crate) fn how_it_is_kept(session: &Session, now: Timestamp) -> String {
    let mut words: Vec<String> = session
        .protection
        .iter()
        .map(|kind| kind.words().to_owned())
        .collect();
    if session.is_readable_by_others {
        words.push("readable by others".to_owned());
    }
    // A clock that was wrong says nothing.
    if let Some(age) = session.age.filter(|age| age.since <= now) {
        let long = format_time_left(age.since, now);
        words.push(match age.source {
            AgeSource::Written => format!("signed in {long} ago"),
            AgeSource::Modified => format!("changed {long} ago"),
        });
    }
    words.join(", ")
}

/// Who is signed in, in words.
pub(crate) fn format_session_name(session: &Session) -> String {
    let name = session.chain.join(" → ");
    let name = if name.is_empty() {
        session.system.title().to_owned()
    } else {
        name
    };
    if let Some(account) = &session.account {
        return match account.aliases.as_slice() {
            [] => to_plain_text(&account.name).into_owned(),
            aliases => {
                to_plain_text(&format!("{} ({})", account.name, aliases.join(", "))).into_owned()
            }
        };
    }
    if !session.configured {
        return format!("{name} (not in atmos.yaml)");
    }
    match session.shared_with.as_slice() {
        [] => name,
        others => format!("{name} (shared with {})", to_plain_text(&others.join(", "))),
    }
}

/// Its state, when it ends, and what its server said.
pub(crate) fn describe_state(session: &Session, now: Timestamp) -> String {
    let state = state_here(session, now);
    match &session.answer {
        None => state,
        Some(answer) => server_status::join_state_and_answer(&state, session.state, answer),
    }
}

fn state_here(session: &Session, now: Timestamp) -> String {
    match (session.state, session.expires_at) {
        (SessionState::Live, at) => format!("live, {}", describe_expiry(now, at)),
        (SessionState::Expired, Some(at)) => format!("expired {}", at.strftime("%Y-%m-%d")),
        (state, _) => state.word().to_owned(),
    }
}

/// Where it is, in short.
pub(crate) fn format_places(world: &World, session: &Session) -> String {
    let mut places: Vec<String> = session
        .artefacts
        .iter()
        .map(|artefact| {
            artefact
                .place
                .path()
                .map_or_else(|| "keyring".to_owned(), |path| world.shorten(&path))
        })
        .collect();
    places.sort();
    places.dedup();
    match places.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}
