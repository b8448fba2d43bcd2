//! Rows of columns that fit on the terminal.

use super::plain::{measure_width, pad_text};
use super::printer::Paint;
use super::wrap::fold_text;

/// Between two columns.
const GAP: usize = 2;
/// The narrowest column that text is folded into.
const NARROWEST: usize = 24;
/// How far what has no room in its column is indented.
const INDENT: usize = 6;

/// One row: a mark, cells in columns, and a text at the end that may be folded. All of it is shown as it
/// is.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The colour of the mark.
    pub(crate) mark: Paint,
    /// What stands in columns; the first is a name, which may be long.
    pub(crate) cells: Vec<String>,
    /// What stands behind them.
    pub(crate) rest: String,
    /// The colour of that.
    pub(crate) paint: Option<Paint>,
}

/// The lines of each row, none wider than `columns` if its words are not; without `columns`, a line for
/// each. Names that leave no room for the columns stand on a line of their own.
pub(crate) fn fit_rows(rows: &[Row], columns: Option<usize>) -> Vec<Vec<String>> {
    let number = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let widest = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.cells.get(at));
        cells
            .map(|cell| measure_width(cell))
            .max()
            .unwrap_or_default()
    };
    let mut widths: Vec<usize> = (0..number).map(widest).collect();
    let others: usize = widths.iter().skip(1).map(|width| width + GAP).sum();
    let longest = rows
        .iter()
        .map(|row| measure_width(&row.rest))
        .max()
        .unwrap_or(0);
    let name = widths.first().copied().unwrap_or(0);
    let Some(columns) = columns.filter(|columns| MARGIN + name + others + GAP + longest > *columns)
    else {
        return rows
            .iter()
            .map(|row| vec![row.in_one_line(&widths)])
            .collect();
    };
    let room = columns.saturating_sub(MARGIN + others);
    if room < NARROWEST.min(name) {
        return rows.iter().map(|row| row.stacked(columns)).collect();
    }
    if let Some(first) = widths.first_mut() {
        *first = name.min(room);
    }
    rows.iter()
        .map(|row| row.fitted(&widths, columns))
        .collect()
}

/// Before the first cell: two blanks, the mark, a blank.
const MARGIN: usize = 4;

impl Row {
    fn marked(&self, text: &str) -> String {
        let mark = self.mark;
        format!("  {mark}●{mark:#} {text}")
    }

    fn painted(&self, text: &str) -> String {
        match self.paint {
            Some(paint) => format!("{paint}{text}{paint:#}"),
            None => text.to_owned(),
        }
    }

    fn in_one_line(&self, widths: &[usize]) -> String {
        let cells = self.cells.iter().zip(widths);
        let cells: Vec<String> = cells.map(|(cell, wide)| pad_text(cell, *wide)).collect();
        let cells = cells.join("  ");
        if self.rest.is_empty() {
            return self.marked(cells.trim_end());
        }
        format!("{}  {}", self.marked(&cells), self.painted(&self.rest))
    }

    /// The columns, and below them what has no room at their end.
    fn fitted(&self, widths: &[usize], columns: usize) -> Vec<String> {
        let (name, others) = self
            .cells
            .split_first()
            .map_or(("", &[][..]), |(name, others)| (name.as_str(), others));
        let room = widths.first().copied().unwrap_or(0);
        let mut lines = Vec::new();
        let mut line = if measure_width(name) > room {
            lines.push(self.marked(name));
            " ".repeat(MARGIN + room)
        } else {
            self.marked(&pad_text(name, room))
        };
        let mut used = MARGIN + room;
        for (cell, wide) in others.iter().zip(widths.iter().skip(1)) {
            line.push_str("  ");
            line.push_str(&pad_text(cell, *wide));
            used += GAP + wide;
        }
        if !self.rest.is_empty() && used + GAP + measure_width(&self.rest) <= columns {
            lines.push(format!("{line}  {}", self.painted(&self.rest)));
            return lines;
        }
        lines.push(line.trim_end().to_owned());
        lines.extend(self.below(columns));
        lines
    }

    /// Name and columns one below the other.
    fn stacked(&self, columns: usize) -> Vec<String> {
        let (name, others) = self
            .cells
            .split_first()
            .map_or(("", &[][..]), |(name, others)| (name.as_str(), others));
        let mut lines = vec![self.marked(name)];
        let indent = " ".repeat(INDENT);
        let text = others.join("  ");
        let below = fold_text(&text, columns.saturating_sub(INDENT));
        lines.extend(below.iter().map(|line| format!("{indent}{line}")));
        lines.extend(self.below(columns));
        lines
    }

    fn below(&self, columns: usize) -> Vec<String> {
        if self.rest.is_empty() {
            return Vec::new();
        }
        let indent = " ".repeat(INDENT);
        let lines = fold_text(&self.rest, columns.saturating_sub(INDENT));
        lines
            .iter()
            .map(|line| format!("{indent}{}", self.painted(line)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::printer::{FAINT, GOOD};
    use crate::ui::wrap::visible_width;

    fn rows() -> Vec<Row> {
        let row = |name: &str, state: &str, rest: &str| Row {
            mark: GOOD,
            cells: vec![name.to_owned(), "aws".to_owned(), state.to_owned()],
            rest: rest.to_owned(),
            paint: Some(FAINT),
        };
        vec![
            row(
                "dev-admin",
                "live, expires in 3 h",
                "~/.config/atmos/aws and 1 more",
            ),
            row(
                "https://portal.stranger.example/start",
                "expired",
                "keyring",
            ),
        ]
    }

    fn lines(columns: Option<usize>) -> Vec<String> {
        let lines = fit_rows(&rows(), columns).into_iter().flatten();
        lines.map(|line| plain_text(&line)).collect()
    }

    /// A line without the marks of its colours.
    fn plain_text(line: &str) -> String {
        let mut shown = line.to_owned();
        for paint in [GOOD, FAINT] {
            for mark in [format!("{paint}"), format!("{paint:#}")] {
                shown = shown.replace(&mark, "");
            }
        }
        shown
    }

    #[test]
    fn rows_fit_where_their_words_do() {
        assert_eq!(
            lines(None),
            [
                "  ● dev-admin                              aws  live, expires in 3 h  ~/.config/atmos/aws and 1 more",
                "  ● https://portal.stranger.example/start  aws  expired               keyring",
            ]
        );
        assert_eq!(
            lines(Some(80)),
            [
                "  ● dev-admin                              aws  live, expires in 3 h",
                "      ~/.config/atmos/aws and 1 more",
                "  ● https://portal.stranger.example/start  aws  expired               keyring",
            ]
        );
        assert_eq!(
            lines(Some(60)),
            [
                "  ● dev-admin                      aws  live, expires in 3 h",
                "      ~/.config/atmos/aws and 1 more",
                "  ● https://portal.stranger.example/start",
                "                                   aws  expired",
                "      keyring",
            ]
        );
        assert_eq!(
            lines(Some(40)),
            [
                "  ● dev-admin",
                "      aws  live, expires in 3 h",
                "      ~/.config/atmos/aws and 1 more",
                "  ● https://portal.stranger.example/start",
                "      aws  expired",
                "      keyring",
            ]
        );
        for columns in 44..130 {
            for line in lines(Some(columns)) {
                assert!(visible_width(&line) <= columns, "{columns}: {line}");
            }
        }
    }
}
