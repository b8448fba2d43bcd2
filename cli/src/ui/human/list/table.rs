//! The list as tables, and how they fit into the columns of a terminal.

use adieu::report::Session;
use adieu::world::World;

use super::{choose_standing_colour, describe_kind, describe_state, standing_of};
use crate::commands::list::{Listing, redact_scalar};
use crate::commands::whoami::{find_own_account, find_role};
use crate::ui::cell::shorten_cell;
use crate::ui::fold_text;
use crate::ui::plain::{measure_width, pad_text};
use crate::ui::printer::{Paint, STRONG};
use crate::ui::to_plain_text;

/// One table of providers, one of identities, one of what no configuration knows.
pub(crate) fn format_table(
    world: &World,
    listing: &Listing<'_>,
    columns: Option<usize>,
) -> Vec<String> {
    let now = world.now();
    let mut lines = Vec::new();
    if listing.with_providers {
        let rows = listing.providers.iter().filter(|listed| listed.is_meant);
        let rows = rows.map(|listed| {
            let provider = listed.entry;
            let url = provider.start_url().or_else(|| provider.url());
            let url = url.map(|url| redact_scalar("url", url));
            let cells = vec![
                provider.name.written.clone(),
                describe_kind(provider.kind.id()).to_owned(),
                or_dash(provider.region()),
                or_dash(url.as_deref()),
                format_default_mark(provider.is_default),
                describe_state(listed.standing, now),
            ];
            (choose_standing_colour(listed.standing, now), cells)
        });
        let titles = [
            "NAME",
            "KIND",
            "REGION",
            "START URL / URL",
            "DEFAULT",
            "STATE",
        ];
        add_section("PROVIDERS", &titles, rows.collect(), columns, &mut lines);
    }
    if listing.with_identities {
        let rows = listing.identities.iter().filter(|listed| listed.is_meant);
        let rows = rows.map(|listed| {
            let identity = listed.entry;
            let via = &identity.via;
            let cells = vec![
                identity.name.written.clone(),
                describe_kind(identity.kind.id()).to_owned(),
                or_dash(find_own_account(identity)),
                or_dash(find_role(identity)),
                or_dash(via.provider().map(|name| name.written.as_str())),
                or_dash(via.identity().map(|name| name.written.as_str())),
                format_default_mark(identity.is_default),
                or_dash(identity.alias.as_deref()),
                describe_state(listed.standing, now),
            ];
            (choose_standing_colour(listed.standing, now), cells)
        });
        let titles = [
            "NAME",
            "KIND",
            "ACCOUNT",
            "ROLE",
            "VIA PROVIDER",
            "VIA IDENTITY",
            "DEFAULT",
            "ALIAS",
            "EXPIRES",
        ];
        add_section("IDENTITIES", &titles, rows.collect(), columns, &mut lines);
    }
    let mut others: Vec<&Session> = listing.others.iter().collect();
    others.sort_by_key(|session| session.system);
    let rows = others.into_iter().map(|session| {
        let standing = standing_of(session);
        let cells = vec![
            session.chain.join(" → "),
            session.system.id().to_owned(),
            or_dash(session.realm.as_deref().filter(|realm| !realm.is_empty())),
            describe_state(standing, now),
        ];
        (choose_standing_colour(standing, now), cells)
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        let titles = ["NAME", "SYSTEM", "REALM", "EXPIRES"];
        add_section("NOT CONFIGURED", &titles, rows, columns, &mut lines);
    }
    lines
}

fn or_dash(text: Option<&str>) -> String {
    text.unwrap_or("-").to_owned()
}

fn format_default_mark(is_default: bool) -> String {
    if is_default { "✓" } else { "" }.to_owned()
}

/// The dot before a row, and its blanks.
const DOT: usize = 3;

/// A title, a line of headings, and left-aligned columns behind a dot. Where they do not fit, empty
/// columns are left out, and then each row stands below its name.
fn add_section(
    title: &str,
    headings: &[&str],
    rows: Vec<(Paint, Vec<String>)>,
    columns: Option<usize>,
    lines: &mut Vec<String>,
) {
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(format!("{STRONG}{title}{STRONG:#}"));
    let mut rows: Vec<(Paint, Vec<String>)> = rows
        .into_iter()
        .map(|(style, cells)| {
            let cells = cells
                .iter()
                .map(|cell| shorten_cell(&to_plain_text(cell)).into_owned());
            (style, cells.collect())
        })
        .collect();
    let mut headings = headings.to_vec();
    let is_too_wide = |headings: &[&str], rows: &[(Paint, Vec<String>)]| {
        let gaps = 2 * headings.len().saturating_sub(1);
        let wide: usize = measure_widths(headings, rows).iter().sum();
        columns.is_some_and(|columns| DOT + wide + gaps > columns)
    };
    if is_too_wide(&headings, &rows) {
        for at in (0..headings.len()).rev() {
            let is_empty = |cell: &String| cell.is_empty() || cell == "-";
            if rows
                .iter()
                .all(|(_, cells)| cells.get(at).is_none_or(is_empty))
            {
                headings.remove(at);
                for (_, cells) in &mut rows {
                    cells.remove(at);
                }
            }
        }
    }
    if let Some(columns) = columns.filter(|_| is_too_wide(&headings, &rows)) {
        for (style, cells) in &rows {
            add_stacked_row(*style, &headings, cells, columns, lines);
        }
        return;
    }
    let widths = measure_widths(&headings, &rows);
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = cells
            .zip(&widths)
            .map(|(cell, columns)| pad_text(cell, *columns))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    lines.push(format!("   {}", line(&mut headings.iter().copied())));
    for (style, cells) in &rows {
        let cells = line(&mut cells.iter().map(String::as_str));
        lines.push(format!("{style}●{style:#}  {cells}"));
    }
}

fn measure_widths(headings: &[&str], rows: &[(Paint, Vec<String>)]) -> Vec<usize> {
    let mut widths: Vec<usize> = headings.iter().map(|text| measure_width(text)).collect();
    for (_, cells) in rows {
        for (widest, cell) in widths.iter_mut().zip(cells) {
            *widest = (*widest).max(measure_width(cell));
        }
    }
    widths
}

/// A row with its name on one line, and a line for each of the others, with its heading.
fn add_stacked_row(
    style: Paint,
    headings: &[&str],
    cells: &[String],
    columns: usize,
    lines: &mut Vec<String>,
) {
    let widest = headings
        .iter()
        .skip(1)
        .map(|text| measure_width(text))
        .max();
    let widest = widest.unwrap_or_default();
    let mut named = headings.iter().zip(cells);
    if let Some((_, name)) = named.next() {
        lines.push(format!("{style}●{style:#}  {name}"));
    }
    for (heading, cell) in named.filter(|(_, cell)| !cell.is_empty() && *cell != "-") {
        let heading = pad_text(heading, widest);
        let room = columns.saturating_sub(DOT + widest + 2);
        for (at, line) in fold_text(cell, room).iter().enumerate() {
            let heading = if at == 0 { &heading } else { "" };
            let margin = " ".repeat(DOT);
            lines.push(format!("{margin}{}  {line}", pad_text(heading, widest)));
        }
    }
}
