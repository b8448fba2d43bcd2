//! Text from files and names that a repository chose, made safe to show.

use std::borrow::Cow;
use std::fmt::Write as _;

use adieu::printable::{is_printable, to_printable};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::Failure;

/// Whether a character could do something to a terminal, or turn the direction of writing.
pub(crate) fn is_odd(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

/// The text with everything written out that cannot be seen: an escape sequence becomes `\u{1b}…`.
pub(crate) fn to_plain_text(text: &str) -> Cow<'_, str> {
    to_printable(text)
}

/// Whether a text is shown as it is.
pub(crate) fn is_shown(text: &str) -> bool {
    matches!(to_printable(text), Cow::Borrowed(_)) || to_printable(text) == text
}

/// Text for programs, which is written byte for byte. Who makes one has quoted or escaped what others
/// chose, in the way of those who read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exact(String);

impl Exact {
    /// Text that is quoted for its readers.
    pub(crate) fn quoted(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// How many columns a text takes that is shown as it is.
pub(crate) fn measure_width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The text, filled up with blanks to so many columns.
pub(crate) fn pad_text(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(measure_width(text));
    format!("{text}{:blanks$}", "")
}

/// A document as JSON. JSON itself escapes only some control characters; here everything is escaped
/// that cannot be seen.
pub(crate) fn to_json(document: &impl Serialize) -> Result<Exact, Failure> {
    let text = serde_json::to_string_pretty(document)
        .map_err(|error| Failure::failed("the document could not be written").because(&error))?;
    Ok(Exact(escape_hidden_characters(text)))
}

fn escape_hidden_characters(text: String) -> String {
    let is_left = |character: char| !character.is_ascii() || character == '\u{7f}';
    let is_hidden = |character: char| is_left(character) && !is_printable(character);
    if !text.contains(is_hidden) {
        return text;
    }
    // What is hidden and not ASCII can only stand inside of a string.
    let mut shown = String::with_capacity(text.len() + 16);
    let mut units = [0; 2];
    for character in text.chars() {
        if is_hidden(character) {
            for unit in character.encode_utf16(&mut units) {
                // Writing to a String cannot fail.
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_characters_are_written_out_and_others_stay() {
        assert_eq!(to_plain_text("dev-admin ü"), "dev-admin ü");
        assert_eq!(
            to_plain_text("a\u{1b}[2Jb\u{9b}c\u{202e}d\n"),
            "a\\u{1b}[2Jb\\u{9b}c\\u{202e}d\\u{a}"
        );
    }

    #[test]
    fn json_reads_back_as_what_it_was_and_shows_nothing_odd() {
        let text = "a\u{1b}\u{7f}\u{9b}\u{202e}ü\u{e0041}\n";
        let shown = to_json(&text).unwrap();
        let expected = "\"a\\u001b\\u007f\\u009b\\u202eü\\udb40\\udc41\\n\"";
        assert_eq!(shown.as_str(), expected);
        let read: String = serde_json::from_str(shown.as_str()).unwrap();
        assert_eq!(read, text);
    }
}
