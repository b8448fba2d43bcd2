//! Texts in the cells of tables.

use std::borrow::Cow;

/// The most characters of one cell. Widths of columns have a limit in the standard library, too.
const LONGEST: usize = 240;

/// A text cut to what a cell holds.
pub(crate) fn shorten_cell(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_and_others_stay() {
        assert_eq!(shorten_cell("dev-admin"), "dev-admin");
        let cut = shorten_cell(&"ü".repeat(70_000)).into_owned();
        assert_eq!(cut.chars().count(), LONGEST + 1);
        assert_eq!(format!("{cut:<300}").chars().count(), 300);
    }
}
