//! Who is signed in: a table, the overrides, the verdict.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use adieu::inventory::Pending;
use adieu::inventory::{Artefact, Category, Override, OverrideKind, Place, State, WrittenSecret};
use adieu::report::{Session, SessionState, Status, Verdict};
use adieu::systems::System;
use adieu::world::World;
use jiff::Timestamp;

use super::follow_up::{once, sentence};
use super::pending::{outlasting, pending};
use super::server_status;
use super::verdict::{not_covered, verdict};
use crate::ui::cell::shortened;
use crate::ui::plain::{padded, width};
use crate::ui::printer::{BAD, FAINT, HINT, STRONG, WARN};
use crate::ui::{Failure, Printer, count, plain};

/// Prints a status; with `details`, what is known of each account too.
pub(crate) fn status(
    world: &World,
    status: &Status,
    details: bool,
    printer: &mut Printer,
) -> Result<(), Failure> {
    printer.data(&verdict(status))?;
    if let Some(text) = not_covered(status) {
        printer.data(&format!("  {FAINT}{text}{FAINT:#}"))?;
    }
    if printer.is_quiet() {
        return Ok(());
    }
    let (out, present): (Vec<&Session>, Vec<&Session>) = status
        .sessions
        .iter()
        .partition(|session| session.state == SessionState::SignedOut);
    if !present.is_empty() {
        printer.data("")?;
        for (line, session) in table(world, &present).iter().zip(&present) {
            printer.data(line)?;
            if details {
                facts(world, session, printer)?;
            }
        }
    }
    server_status::not_said(&present, printer)?;
    if !out.is_empty() {
        printer.data("")?;
        printer.data(&format!("{FAINT}Signed out: {}{FAINT:#}", names(&out)))?;
    }
    // What nobody can end, and ends by itself, is counted; `adieu revoke --pending` lists it.
    let open = status.pending.iter().cloned();
    let (shown, counted): (Vec<Pending>, Vec<Pending>) =
        open.partition(|found| found.can_be_used() || found.is_unknown() || found.page.is_some());
    if !status.pending.is_empty() {
        printer.data("")?;
        pending(world, &shown, printer)?;
        outlasting(world, &counted, printer)?;
    }
    overrides(world, status, details, printer)?;
    if details {
        leftovers(world, status, printer)?;
    } else {
        gathered_leftovers(world, status, printer)?;
    }
    for problem in once(&status.problems) {
        let message = format!("{}: {}", problem.location, problem.message);
        printer.warning(&message, problem.hint.as_deref());
    }
    if status.verdict == Verdict::SignedIn {
        printer.note("");
        let systems: BTreeSet<&str> = present.iter().map(|found| found.system.id()).collect();
        let target = match systems.into_iter().collect::<Vec<_>>().as_slice() {
            [one] if details && present.iter().all(|found| found.account.is_some()) => {
                (*one).to_owned()
            }
            [one] if details => format!("--provider {one}"),
            _ => "--all".to_owned(),
        };
        printer.note(&format!(
            "{HINT}hint:{HINT:#} see what a logout would remove: adieu logout {target} --dry-run"
        ));
    }
    Ok(())
}

/// What stands before the sign-ins. Notices are details.
fn overrides(
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
        printer.data("")?;
        printer.data(&format!("{STRONG}{title}{STRONG:#}"))?;
        for found in found {
            let sentence = sentence(world, found);
            let remedy = plain(&found.remedy);
            printer.data(&format!("  {WARN}•{WARN:#} {sentence}"))?;
            printer.data(&format!("    {HINT}{remedy}{HINT:#}"))?;
        }
    }
    Ok(())
}

/// What is known of an account, a line each; facts of one kind in one line.
fn facts(world: &World, session: &Session, printer: &mut Printer) -> Result<(), Failure> {
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
            "past".to_owned()
        } else {
            format!("in {}", until(world.now(), at))
        };
        let at = at.strftime("%Y-%m-%d %H:%M UTC");
        lines.push(("ends", format!("{at} ({left})")));
    }
    for (label, value) in lines {
        let value = plain(&value);
        printer.data(&format!("      {FAINT}{label:<12}{FAINT:#}  {value}"))?;
    }
    Ok(())
}

/// What is left, a line for each system and what takes it away.
fn gathered_leftovers(
    world: &World,
    status: &Status,
    printer: &mut Printer,
) -> Result<(), Failure> {
    if status.leftovers.is_empty() && status.written.is_empty() {
        return Ok(());
    }
    printer.data("")?;
    printer.data(&format!("{STRONG}Leftovers{STRONG:#}"))?;
    let mut lines: BTreeMap<(System, u8), usize> = BTreeMap::new();
    for left in &status.leftovers {
        let kind = match left.tier {
            Category::SignIn => 0,
            Category::Attached => 1,
            Category::Footprint | Category::Data => 2,
            Category::Possible => 3,
        };
        *lines.entry((left.system, kind)).or_default() += 1;
    }
    for ((system, kind), number) in lines {
        let (style, what, flag) = match kind {
            0 => (FAINT, count(number, "remainder", "remainders"), ""),
            1 => (
                WARN,
                count(
                    number,
                    "login to another service",
                    "logins to other services",
                ),
                " --mcp",
            ),
            3 => (
                WARN,
                count(number, "file of an unknown tool", "files of unknown tools"),
                " --possible",
            ),
            _ => (
                FAINT,
                count(
                    number,
                    "trace of who was signed in",
                    "traces of who was signed in",
                ),
                " --complete",
            ),
        };
        printer.data(&format!(
            "  {style}•{style:#} {}: {what}  {HINT}adieu logout {}{HINT:#}",
            system.title(),
            match flag {
                " --possible" => "--possible".to_owned(),
                flag => format!("{}{flag}", system.id()),
            },
        ))?;
    }
    written(world, &status.written, printer)
}

/// What is left beside the sign-ins: no session, but not nothing either.
fn leftovers(world: &World, status: &Status, printer: &mut Printer) -> Result<(), Failure> {
    const SHOWN: usize = 12;
    if status.leftovers.is_empty() && status.written.is_empty() {
        return Ok(());
    }
    printer.data("")?;
    printer.data(&format!("{STRONG}Leftovers{STRONG:#}"))?;
    let lines = gathered(&status.leftovers);
    for (left, number) in lines.iter().take(SHOWN) {
        let (style, remedy) = match left.tier {
            Category::Attached => (WARN, "goes with logout --mcp"),
            Category::Possible => (WARN, "goes with logout --possible"),
            Category::SignIn => (FAINT, "goes with logout"),
            _ if left.state != State::Residue => (WARN, "goes with logout --complete"),
            _ => (FAINT, "goes with logout --complete"),
        };
        let place = left
            .place
            .path()
            .map_or_else(|| left.place.location(), |path| world.shorten(&path));
        printer.data(&format!(
            "  {style}•{style:#} {}{} of {}  {FAINT}{}{FAINT:#}  {HINT}{remedy}{HINT:#}",
            left.what,
            times(*number),
            plain(left.owner.as_account().unwrap_or(left.system.title())),
            plain(&place),
        ))?;
    }
    if lines.len() > SHOWN {
        let more = lines.len() - SHOWN;
        printer.data(&format!("  {FAINT}… and {more} more{FAINT:#}"))?;
    }
    written(world, &status.written, printer)
}

/// Secrets in profiles, a line for each file.
fn written(world: &World, found: &[WrittenSecret], printer: &mut Printer) -> Result<(), Failure> {
    const SHOWN: usize = 6;
    let mut files: BTreeMap<&Path, Vec<String>> = BTreeMap::new();
    for secret in found {
        let name = secret.name.as_deref().unwrap_or("a bearer token");
        let text = format!("{} line {}", plain(name), secret.line);
        files.entry(&secret.file).or_default().push(text);
    }
    for (file, mut names) in files {
        let number = count(names.len(), "secret", "secrets");
        let more = names.len().saturating_sub(SHOWN);
        names.truncate(SHOWN);
        if more > 0 {
            names.push(format!("and {more} more"));
        }
        let file = world.shorten(file);
        let names = names.join(", ");
        printer.data(&format!(
            "  {WARN}•{WARN:#} {number} in {}  {FAINT}{names}{FAINT:#}  {HINT}adieu scan{HINT:#}",
            plain(&file),
        ))?;
    }
    Ok(())
}

/// Leftovers of one kind and owner in one directory or file, each with how many there are.
fn gathered(leftovers: &[Artefact]) -> Vec<(&Artefact, usize)> {
    let mut lines: Vec<(&Artefact, usize)> = Vec::new();
    let mut known: HashMap<(&str, Category, Option<&str>, PathBuf), usize> = HashMap::new();
    for left in leftovers {
        let path = left.place.path().unwrap_or_default();
        let place = match left.place {
            Place::File { .. } => path.parent().map(Path::to_owned).unwrap_or_default(),
            _ => path,
        };
        let key = (left.what, left.tier, left.owner.as_account(), place);
        if let Some(at) = known.get(&key) {
            lines[*at].1 += 1;
        } else {
            known.insert(key, lines.len());
            lines.push((left, 1));
        }
    }
    lines
}

fn times(number: usize) -> String {
    if number == 1 {
        String::new()
    } else {
        format!(" (×{number})")
    }
}

fn names(sessions: &[&Session]) -> String {
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

/// Left-aligned columns: mark, name, system, state, where.
fn table(world: &World, sessions: &[&Session]) -> Vec<String> {
    let now = world.now();
    let rows: Vec<[String; 4]> = sessions
        .iter()
        .map(|session| {
            [
                shortened(&name(session)).into_owned(),
                session.system.id().to_owned(),
                state(session, now),
                places(world, session),
            ]
            .map(|cell| plain(&cell).into_owned())
        })
        .collect();
    let widest = |column: usize| {
        let widths = rows.iter().map(|row| width(&row[column]));
        widths.max().unwrap_or_default()
    };
    let widths = [widest(0), widest(1), widest(2)];
    rows.iter()
        .zip(sessions)
        .map(|(row, session)| {
            let style = match session.state {
                SessionState::Live => BAD,
                SessionState::Unknown => WARN,
                SessionState::Expired | SessionState::SignedOut => FAINT,
            };
            format!(
                "  {style}●{style:#} {}  {}  {}  {FAINT}{}{FAINT:#}",
                padded(&row[0], widths[0]),
                padded(&row[1], widths[1]),
                padded(&row[2], widths[2]),
                row[3],
            )
        })
        .collect()
}

pub(super) fn name(session: &Session) -> String {
    let name = session.chain.join(" → ");
    let name = if name.is_empty() {
        session.system.title().to_owned()
    } else {
        name
    };
    if let Some(account) = &session.account {
        return match account.aliases.as_slice() {
            [] => plain(&account.name).into_owned(),
            aliases => plain(&format!("{} ({})", account.name, aliases.join(", "))).into_owned(),
        };
    }
    if !session.configured {
        return format!("{name} (not in atmos.yaml)");
    }
    match session.shared_with.as_slice() {
        [] => name,
        others => format!("{name} (shared with {})", plain(&others.join(", "))),
    }
}

/// Its state, when it ends, and what its server said.
pub(crate) fn state(session: &Session, now: Timestamp) -> String {
    let state = state_here(session, now);
    match &session.answer {
        None => state,
        Some(answer) => server_status::joined(&state, session.state, answer),
    }
}

fn state_here(session: &Session, now: Timestamp) -> String {
    match (session.state, session.expires_at) {
        (SessionState::Live, Some(at)) => format!("live, ends in {}", until(now, at)),
        (SessionState::Live, None) => "live, no end known".to_owned(),
        (SessionState::Expired, Some(at)) => format!("expired {}", at.strftime("%Y-%m-%d")),
        (state, _) => state.word().to_owned(),
    }
}

/// `45m`, `2h 5m`, `3d 4h`, `27y`.
pub(crate) fn until(now: Timestamp, at: Timestamp) -> String {
    let minutes = (at.as_second() - now.as_second()).max(0) / 60;
    let (hours, days) = (minutes / 60, minutes / 60 / 24);
    match (days, hours) {
        (0, 0) => format!("{minutes}m"),
        (0, _) => format!("{hours}h {}m", minutes % 60),
        (1..=729, _) => format!("{days}d {}h", hours % 24),
        _ => format!("{}y", days / 365),
    }
}

/// Where it is, in short.
pub(crate) fn places(world: &World, session: &Session) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_short_and_rounded_down() {
        let now = Timestamp::UNIX_EPOCH;
        let after = |seconds: i64| Timestamp::from_second(seconds).unwrap();
        for (seconds, text) in [
            (59, "0m"),
            (45 * 60, "45m"),
            (125 * 60, "2h 5m"),
            (76 * 3600, "3d 4h"),
            (27 * 365 * 86_400, "27y"),
        ] {
            assert_eq!(until(now, after(seconds)), text);
        }
    }
}
