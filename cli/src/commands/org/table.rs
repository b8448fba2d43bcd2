//! Tables as Salesforce CLI draws them.

use crate::ui::plain;
use crate::ui::plain::{padded, width};

/// The lines of a table; columns are as wide as their widest cell.
pub(super) fn table(titles: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let shown: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| plain(cell).into_owned()).collect())
        .collect();
    let widths: Vec<usize> = titles
        .iter()
        .enumerate()
        .map(|(at, title)| {
            let cells = shown.iter().filter_map(|row| row.get(at));
            cells
                .map(|cell| width(cell))
                .max()
                .unwrap_or(0)
                .max(width(title))
        })
        .collect();
    let rule = |left: &str, middle: &str, right: &str| {
        let bars: Vec<String> = widths.iter().map(|width| "─".repeat(width + 2)).collect();
        format!("{left}{}{right}", bars.join(middle))
    };
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let cells: Vec<String> = cells
            .zip(&widths)
            .map(|(cell, wanted)| format!(" {} ", padded(cell, *wanted)))
            .collect();
        format!("│{}│", cells.join("│"))
    };
    let mut lines = vec![
        rule("┌", "┬", "┐"),
        line(&mut titles.iter().copied()),
        rule("├", "┼", "┤"),
    ];
    lines.extend(
        shown
            .iter()
            .map(|row| line(&mut row.iter().map(String::as_str))),
    );
    lines.push(rule("└", "┴", "┘"));
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
            table(&["", "Name"], &rows),
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
}
