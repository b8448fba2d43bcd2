//! Lines that fit on the terminal: broken between words, and indented below what they belong to.

use super::plain::measure_width;

/// What a line begins with that the rest of it stands behind.
const MARKS: [&str; 12] = ["•", "●", "✓", "✗", "❯", "?", "⚠️", "-", "*", "ok", "x", ">"];
/// What a line begins with that its other lines are indented below.
const LABELS: [&str; 4] = ["hint:", "warning:", "Error:", "because:"];
/// The narrowest column that words are put into.
const NARROWEST: usize = 20;

/// The lines of a text that is shown with its colours, none wider than `columns` unless one word is.
pub(super) fn wrap_line(line: &str, columns: usize) -> Vec<String> {
    if visible_width(line) <= columns {
        return vec![line.to_owned()];
    }
    let (first, rest) = split_margin(line);
    let indent = hanging_indent(measure_width(first), rest);
    // Where there is no room for an indent there is none.
    let indent = if indent + NARROWEST > columns {
        0
    } else {
        indent
    };
    break_into_lines(rest, first, indent, columns)
}

/// The words of a text in lines, the first of them behind `first` and all others behind `indent` blanks.
fn break_into_lines(text: &str, first: &str, indent: usize, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    let mut used = measure_width(first);
    // What stands between the last word and the next.
    let mut blanks = 0;
    let mut has_words = false;
    for word in text.split(' ') {
        if word.is_empty() {
            blanks += 1;
            continue;
        }
        let wide = visible_width(word);
        if !has_words || used + blanks + wide <= columns {
            line.push_str(&" ".repeat(blanks));
            used += blanks + wide;
        } else {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            used = indent + wide;
        }
        line.push_str(word);
        has_words = true;
        blanks = 1;
    }
    lines.push(line);
    lines
}

/// The words of a text that nobody has coloured, in lines of so many columns.
pub(crate) fn fold_text(text: &str, columns: usize) -> Vec<String> {
    break_into_lines(text, "", 0, columns.max(1))
}

/// What stands before the first word, blanks or the arms of a tree, and the rest.
fn split_margin(line: &str) -> (&str, &str) {
    let rest = line.trim_start_matches([' ', '│', '├', '└', '─']);
    line.split_at(line.len() - rest.len())
}

/// Where the other lines of a line begin.
fn hanging_indent(start: usize, rest: &str) -> usize {
    let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
    let shown = without_colours(word);
    if MARKS.contains(&shown.as_str()) {
        let blanks = after.len() - after.trim_start_matches(' ').len();
        return start + measure_width(&shown) + 1 + blanks;
    }
    if start == 0 && !LABELS.contains(&shown.as_str()) {
        return 0;
    }
    start + 2
}

/// How many columns a text takes, its colours left out.
pub(super) fn visible_width(text: &str) -> usize {
    if text.contains('\u{1b}') {
        measure_width(&without_colours(text))
    } else {
        measure_width(text)
    }
}

/// The text without the sequences that are this program's own: nobody else's get here.
fn without_colours(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        shown.push_str(&rest[..at]);
        let end = rest[at..].find('m').map_or(rest.len(), |end| at + end + 1);
        rest = &rest[end..];
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_hang_behind_their_marks() {
        for (line, columns, expected) in [
            ("short", 40, vec!["short"]),
            (
                "  • Keyring: aws-sso (also used by dev-admin)",
                30,
                vec!["  • Keyring: aws-sso (also", "    used by dev-admin)"],
            ),
            (
                "warning: one two three four five six",
                24,
                vec!["warning: one two three", "  four five six"],
            ),
            ("one two three", 8, vec!["one two", "three"]),
            // A word that is too long stays whole, so that it can be copied.
            (
                "    hint: adieu logout a-name-that-is-longer-than-the-line",
                30,
                vec![
                    "    hint: adieu logout",
                    "      a-name-that-is-longer-than-the-line",
                ],
            ),
            (
                "│  ├──Start URL: https://portal.example/start here",
                49,
                vec![
                    "│  ├──Start URL: https://portal.example/start",
                    "        here",
                ],
            ),
            // Columns inside of a line stay.
            ("a   b   c", 5, vec!["a   b", "c"]),
        ] {
            assert_eq!(wrap_line(line, columns), expected, "{line}");
        }
    }

    #[test]
    fn colours_take_no_room() {
        let line = "\u{1b}[32m●\u{1b}[0m  one \u{1b}[2mtwo three\u{1b}[0m";
        assert_eq!(visible_width(line), 16);
        assert_eq!(wrap_line(line, 16), [line]);
        let longer = format!("{line} four five six seven");
        let lines = wrap_line(&longer, 24);
        assert_eq!(lines[1], "   five six seven");
    }

    #[test]
    fn nothing_is_lost() {
        let text = "  ✗ a  bb   ccc dddd eeeee ffffff";
        for columns in 1..40 {
            let lines = wrap_line(text, columns);
            let words = |text: &str| -> Vec<String> {
                text.split_whitespace().map(str::to_owned).collect()
            };
            assert_eq!(words(&lines.join(" ")), words(text), "{columns}");
        }
    }
}
