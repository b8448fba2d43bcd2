//! How the dashboard looks. No colour is needed to understand it.

use adieu::inventory::{Override, OverrideKind};
use adieu::report::{Session, SessionState, Verdict};
use adieu::world::World;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Cell, Paragraph, Row, Table, TableState};

use super::prompt_commands::WORDS;
use super::state::Console;
use crate::ui::human::{
    describe_override, describe_state, describe_verdict, format_places, is_safe, not_covered,
};
use crate::ui::plain::{is_shown, measure_width as wide};
use crate::ui::{fold_text, format_count, to_plain_text};

/// The most lines that overrides and leftovers take.
const BESIDE: u16 = 8;

/// Columns between two columns of the table.
const GAP: u16 = 2;

/// Draws everything.
pub(super) fn draw_console(frame: &mut Frame<'_>, console: &Console, world: &World, colour: bool) {
    let beside = list_side_notes(console, world, frame.area().width, colour);
    let height = u16::try_from(beside.len()).unwrap_or(BESIDE);
    let [top, middle, below, prompt, keys] = Layout::vertical([
        Constraint::Length(2),
        Constraint::Min(3),
        Constraint::Length(height),
        Constraint::Length(2),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    let mut verdict = vec![format_verdict(console, colour)];
    let not_covered = not_covered(&console.status).map(|text| format!("  {text}"));
    verdict.extend(not_covered.map(|text| Line::styled(text, build_faint_style(colour))));
    frame.render_widget(Paragraph::new(verdict), top);
    if console.help {
        frame.render_widget(Paragraph::new(build_help_lines()), middle);
    } else {
        draw_sessions(frame, middle, console, world, colour);
    }
    frame.render_widget(Paragraph::new(beside), below);
    draw_prompt(frame, prompt, console, colour);
    replace_hidden_cells(frame);
    let shown = console.shown().len();
    let position = format!("{}/{shown}", (console.cursor + 1).min(shown));
    let keys_text = format!(
        "{position}  ↑↓ move  space mark  enter details  / command  f filter  ? help  q quit"
    );
    frame.render_widget(
        Paragraph::new(keys_text).style(build_faint_style(colour)),
        keys,
    );
}

/// Takes from the screen whatever is not there to be seen, whoever put it there: what was made safe
/// before is not touched.
fn replace_hidden_cells(frame: &mut Frame<'_>) {
    for cell in &mut frame.buffer_mut().content {
        if !is_shown(cell.symbol()) {
            cell.set_symbol("?");
        }
    }
}

fn build_colour_style(colour: bool, paint: Color) -> Style {
    if colour {
        Style::new().fg(paint)
    } else {
        Style::new()
    }
}

fn build_faint_style(colour: bool) -> Style {
    if colour {
        Style::new().add_modifier(Modifier::DIM)
    } else {
        Style::new()
    }
}

fn format_verdict(console: &Console, colour: bool) -> Line<'static> {
    let status = &console.status;
    let (word, text) = describe_verdict(status);
    let paint = match status.conclusion() {
        Verdict::Clean if is_safe(status) => Color::Green,
        Verdict::SignedIn | Verdict::Overridden | Verdict::Clean | Verdict::Unknown => {
            Color::Yellow
        }
    };
    let style = build_colour_style(colour, paint);
    Line::from(vec![
        Span::styled("● ", style),
        Span::styled(word, style.add_modifier(Modifier::BOLD)),
        Span::raw(format!("  {text}")),
    ])
}

fn draw_sessions(
    frame: &mut Frame<'_>,
    area: Rect,
    console: &Console,
    world: &World,
    colour: bool,
) {
    if console.status.sessions.is_empty() {
        let text = Paragraph::new("No sign-in was found on this machine.");
        return frame.render_widget(text, area);
    }
    let longest = |text: fn(&Session) -> String| {
        let widths = console.status.sessions.iter().map(text);
        let longest = widths.map(|text| wide(&text)).max();
        u16::try_from(longest.unwrap_or_default()).unwrap_or(u16::MAX)
    };
    let who_width = longest(format_session_name).clamp(8, (area.width / 3).max(8));
    let system_width = longest(|session| session.system.id().to_owned());
    let state_width = longest_state(console, world).min(24);
    // The mark of the line, the box, and four gaps.
    let others = 2 + 3 + who_width + system_width + state_width + 4 * GAP;
    let where_width = area.width.saturating_sub(others);
    let shown = console.shown();
    let rows = shown.into_iter().map(|session| {
        let mark = if console.is_marked(session) {
            "[x]"
        } else {
            "[ ]"
        };
        let style = match session.state {
            SessionState::Live => build_colour_style(colour, Color::Green),
            SessionState::Unknown => build_colour_style(colour, Color::Yellow),
            SessionState::Expired | SessionState::SignedOut => build_faint_style(colour),
        };
        Row::new([
            Cell::from(mark),
            Cell::from(shorten_to_width(&format_session_name(session), who_width)),
            Cell::from(session.system.id()),
            Cell::from(Span::styled(describe_state(session, world.now()), style)),
            Cell::from(Span::styled(
                shorten_to_width(&to_plain_text(&format_places(world, session)), where_width),
                build_faint_style(colour),
            )),
        ])
    });
    let widths = [
        Constraint::Length(3),
        Constraint::Length(who_width),
        Constraint::Length(system_width),
        Constraint::Length(state_width),
        Constraint::Fill(1),
    ];
    let header = Row::new(["", "Who", "System", "State", "Where"])
        .style(Style::new().add_modifier(Modifier::BOLD));
    let table = Table::new(rows, widths)
        .header(header)
        .column_spacing(GAP)
        .highlight_symbol("> ")
        .row_highlight_style(Style::new().add_modifier(Modifier::REVERSED));
    let mut place = TableState::new().with_selected(Some(console.cursor));
    frame.render_stateful_widget(table, area, &mut place);
}

/// The text, cut off with a mark where it is longer than the place for it.
fn shorten_to_width(text: &str, width: u16) -> String {
    let width = usize::from(width);
    if wide(text) <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        kept.push(character);
        if wide(&kept) >= width {
            kept.pop();
            break;
        }
    }
    kept.push('…');
    kept
}

fn longest_state(console: &Console, world: &World) -> u16 {
    let sessions = console.status.sessions.iter();
    let widths = sessions.map(|session| wide(&describe_state(session, world.now())));
    u16::try_from(widths.max().unwrap_or_default()).unwrap_or(u16::MAX)
}

fn format_session_name(session: &Session) -> String {
    let text = match &session.account {
        Some(account) if !account.aliases.is_empty() => {
            format!("{} ({})", account.name, account.aliases.join(", "))
        }
        Some(account) => account.name.clone(),
        None if session.chain.is_empty() => session.system.title().to_owned(),
        None => match session.realm.as_deref().filter(|realm| !realm.is_empty()) {
            Some(realm) if !session.configured => {
                format!("{} ({realm})", session.chain.join(" → "))
            }
            _ => session.chain.join(" → "),
        },
    };
    to_plain_text(&text).into_owned()
}

/// Overrides, leftovers, and what could not be read.
fn list_side_notes(
    console: &Console,
    world: &World,
    columns: u16,
    colour: bool,
) -> Vec<Line<'static>> {
    let columns = usize::from(columns);
    let status = &console.status;
    let mut lines: Vec<Line<'static>> = Vec::new();
    let signing_in = |found: &&Override| found.kind != OverrideKind::Notice;
    for found in status.overrides.iter().filter(signing_in) {
        let text = format!("! {}", describe_override(world, found));
        let remedy = format!("    {}", to_plain_text(&found.remedy));
        // All of it, so that it can be done.
        for text in [text, remedy] {
            let style = build_colour_style(colour, Color::Yellow);
            let folded = fold_text(&text, columns).into_iter();
            lines.extend(folded.map(|text| Line::styled(text, style)));
        }
    }
    for problem in &status.problems {
        let text = format!(
            "? {}: {}",
            to_plain_text(problem.location.as_str()),
            to_plain_text(&problem.message)
        );
        let style = build_colour_style(colour, Color::Yellow);
        let folded = fold_text(&text, columns).into_iter();
        lines.extend(folded.map(|text| Line::styled(text, style)));
    }
    if !status.leftovers.is_empty() {
        let leftovers = format_count(status.leftovers.len(), "leftover", "leftovers");
        let text = format!("- {leftovers} of earlier sign-ins; /status NAME shows them");
        lines.push(Line::styled(text, build_faint_style(colour)));
    }
    if !status.written.is_empty() {
        let secrets = format_count(status.written.len(), "secret", "secrets");
        let text = format!("- {secrets} in shell profiles; /scan shows them");
        lines.push(Line::styled(
            text,
            build_colour_style(colour, Color::Yellow),
        ));
    }
    let most = usize::from(BESIDE);
    if lines.len() > most {
        let more = lines.len() - (most - 1);
        lines.truncate(most - 1);
        lines.push(Line::raw(format!(
            "… and {more} more; adieu status shows all"
        )));
    }
    lines
}

/// The prompt, and above it the answer to the last command or what could be typed.
fn draw_prompt(frame: &mut Frame<'_>, area: Rect, console: &Console, colour: bool) {
    let completions = console.completions();
    let above = if console.filters || !console.filter.is_empty() {
        format!("filter: {}", console.filter)
    } else if console.typed.is_empty() {
        console.message.clone()
    } else {
        let ends = completions.iter().map(|text| {
            let start = text.rfind(' ').map_or(0, |at| at + 1);
            text[start..].to_owned()
        });
        ends.collect::<Vec<_>>().join("  ")
    };
    let lines = vec![
        Line::styled(
            to_plain_text(&above).into_owned(),
            build_faint_style(colour),
        ),
        Line::raw(format!("> {}", to_plain_text(&console.typed))),
    ];
    frame.render_widget(Paragraph::new(lines), area);
    let width = wide(&to_plain_text(&console.typed));
    let column = u16::try_from(width).unwrap_or(u16::MAX);
    let x = area.x.saturating_add(2).saturating_add(column);
    frame.set_cursor_position(Position::new(
        x.min(area.right().saturating_sub(1)),
        area.y + 1,
    ));
}

fn build_help_lines() -> Vec<Line<'static>> {
    let mut lines = vec![
        Line::raw("Type a command; it does what `adieu` with that word does on the command line."),
        Line::raw(""),
    ];
    for word in &WORDS {
        lines.push(Line::raw(format!("  {:<9} {}", word.name, word.help)));
    }
    lines.push(Line::raw(""));
    lines.push(Line::raw(
        "Space marks the line, a marks all, and /logout takes all that is marked. Flags can follow:",
    ));
    lines.push(Line::raw(
        "--keychain, --complete, --no-revoke. Nothing is removed before you have said yes.",
    ));
    lines.push(Line::raw(""));
    lines.push(Line::raw(
        "j k g G and page keys move, f filters the lines, Esc shows all again.",
    ));
    lines
}

#[cfg(test)]
mod tests;
