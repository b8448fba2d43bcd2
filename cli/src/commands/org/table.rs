//! Tables as Salesforce CLI draws them.

use crate::ui::plain::{measure_width, pad_text};
use crate::ui::{fold_text, to_plain_text};

/// The narrowest that a column is made so that a table fits.
const NARROWEST: usize = 6;

/// The lines of a table; columns are as wide as their widest cell. Where that is wider than `columns`,
/// the widest are made narrower, and their cells take several lines.
pub(super) fn format_table(
    titles: &[&str],
    rows: &[Vec<String>],
    columns: Option<usize>,
) -> Vec<String> {
    let shown: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            row.iter()
                .map(|cell| to_plain_text(cell).into_owned())
                .collect()
        })
        .collect();
    let mut widths: Vec<usize> = titles
        .iter()
        .enumerate()
        .map(|(at, title)| {
            let cells = shown.iter().filter_map(|row| row.get(at));
            cells
                .map(|cell| measure_width(cell))
                .max()
                .unwrap_or(0)
                .max(measure_width(title))
        })
        .collect();
    if let Some(columns) = columns {
        narrow_columns(&mut widths, columns);
    }
    let widths = widths;
    let rule = |left: &str, middle: &str, right: &str| {
        let bars: Vec<String> = widths.iter().map(|width| "─".repeat(width + 2)).collect();
        format!("{left}{}{right}", bars.join(middle))
    };
    let line = |cells: &[&str]| {
        let cells: Vec<Vec<String>> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, wanted)| in_column(cell, *wanted))
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(1);
        let lines = (0..height).map(|at| {
            let parts = cells.iter().zip(&widths).map(|(cell, wanted)| {
                let part = cell.get(at).map_or("", String::as_str);
                format!(" {} ", pad_text(part, *wanted))
            });
            format!("│{}│", parts.collect::<Vec<_>>().join("│"))
        });
        lines.collect::<Vec<_>>()
    };
    let mut lines = vec![rule("┌", "┬", "┐")];
    lines.extend(line(titles));
    lines.push(rule("├", "┼", "┤"));
    for row in &shown {
        let cells: Vec<&str> = row.iter().map(String::as_str).collect();
        lines.extend(line(&cells));
    }
    lines.push(rule("└", "┴", "┘"));
    lines
}

/// Takes from the widest columns until the table fits, or can be made no narrower.
fn narrow_columns(widths: &mut [usize], columns: usize) {
    let whole = |widths: &[usize]| widths.iter().map(|width| width + 3).sum::<usize>() + 1;
    while whole(widths) > columns {
        let Some(widest) = widths.iter_mut().max().filter(|width| **width > NARROWEST) else {
            return;
        };
        *widest -= 1;
    }
}

/// A text in lines of so many columns; a word that is longer is cut.
fn in_column(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for mut line in fold_text(text, columns) {
        while measure_width(&line) > columns {
            let mut used = 0;
            let fits = line.chars().take_while(|character| {
                used += measure_width(character.encode_utf8(&mut [0; 4]));
                used <= columns
            });
            let end = fits.map(char::len_utf8).sum::<usize>().max(1);
            let Some(rest) = line.get(end..).map(str::to_owned) else {
                break;
            };
            line.truncate(end);
            lines.push(std::mem::replace(&mut line, rest));
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_and_marks_count_twice() {
        let rows = vec![
            vec!["🍁".to_owned(), "a\u{1b}".to_owned()],
            vec![String::new(), "b".to_owned()],
        ];
        assert_eq!(
            format_table(&["", "Name"], &rows, None),
            [
                "┌────┬─────────┐",
                "│    │ Name    │",
                "├────┼─────────┤",
                "│ 🍁 │ a\\u{1b} │",
                "│    │ b       │",
                "└────┴─────────┘",
            ]
        );
    }

    #[test]
    fn table_that_is_too_wide_folds_its_widest_cells() {
        let rows = vec![vec![
            "dev".to_owned(),
            "ana@fjord-harbour.example".to_owned(),
        ]];
        assert_eq!(
            format_table(&["Alias", "Username"], &rows, Some(28)),
            [
                "┌───────┬──────────────────┐",
                "│ Alias │ Username         │",
                "├───────┼──────────────────┤",
                "│ dev   │ ana@fjord-harbou │",
                "│       │ r.example        │",
                "└───────┴──────────────────┘",
            ]
        );
    }
}
