//! Text from files and names that a repository chose, made safe to show.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;

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

/// The text with odd characters written out: an escape sequence becomes `\u{1b}…`.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(is_odd) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_odd(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// A document as JSON. JSON itself escapes only some control characters; here all odd ones are.
pub(crate) fn json(document: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(document)
        .map_err(|error| Failure::failed("the document could not be written").because(&error))?;
    Ok(escaped(text))
}

fn escaped(text: String) -> String {
    let is_left = |character: char| !character.is_ascii() || character == '\u{7f}';
    if !text.contains(|character| is_left(character) && is_odd(character)) {
        return text;
    }
    // What is odd and not ASCII can only stand inside of a string.
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_left(character) && is_odd(character) {
            let _ = write!(shown, "\\u{:04x}", u32::from(character));
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
        assert_eq!(plain("dev-admin ü"), "dev-admin ü");
        assert_eq!(
            plain("a\u{1b}[2Jb\u{9b}c\u{202e}d\n"),
            "a\\u{1b}[2Jb\\u{9b}c\\u{202e}d\\u{a}"
        );
    }

    #[test]
    fn json_reads_back_as_what_it_was_and_shows_nothing_odd() {
        let text = "a\u{1b}\u{7f}\u{9b}\u{202e}ü\n";
        let shown = json(&text).unwrap();
        assert_eq!(shown, "\"a\\u001b\\u007f\\u009b\\u202eü\\n\"");
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
    }
}
