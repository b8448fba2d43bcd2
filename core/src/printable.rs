//! Text from files, servers and repositories, made safe to show: only what can be seen stays, and
//! everything else is written out as `\u{…}`. So no name can move the cursor, turn the direction of
//! writing, hide, or look like another one by what cannot be seen in it.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

/// The most marks above and below one letter that a language needs.
const MOST_MARKS: u8 = 4;

/// The text with everything written out that cannot be seen: control characters, marks of direction,
/// blanks other than the space, what has no width, what Unicode has not assigned or leaves to
/// everybody's own use.
pub fn to_printable(text: &str) -> Cow<'_, str> {
    // Nearly every text is plain ASCII.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut before = Before::default();
    for character in text.chars() {
        if before.lets(character) {
            shown.push(character);
        } else {
            shown.extend(character.escape_unicode());
        }
    }
    Cow::Owned(shown)
}

/// Whether a character is shown as it is, wherever it stands.
pub fn is_printable(character: char) -> bool {
    match character {
        ' '..='~' => true,
        _ if character.is_ascii() => false,
        _ => !is_invisible(character) && is_assigned_and_visible(character),
    }
}

/// A path as people read it. A byte that belongs to no character is written out too: two names that
/// differ look different.
pub fn printable_path(path: &Path) -> String {
    let mut shown = String::new();
    let mut rest = path.as_os_str().as_encoded_bytes();
    while !rest.is_empty() {
        let valid = std::str::from_utf8(rest).map_or_else(|error| error.valid_up_to(), str::len);
        let (text, wrong) = rest.split_at(valid);
        shown.push_str(&to_printable(std::str::from_utf8(text).unwrap_or_default()));
        let (number, length) = match wrong {
            [] => break,
            [0xed, second @ 0xa0..=0xbf, third @ 0x80..=0xbf, ..] => {
                let low = u32::from(second & 0x3f) << 6 | u32::from(third & 0x3f);
                (0xd000 | low, 3)
            }
            // As Python names a byte of a text that is no text.
            [byte, ..] => (0xdc00 | u32::from(*byte), 1),
        };
        // Writing to a String cannot fail.
        let _ = write!(shown, "\\u{{{number:x}}}");
        rest = wrong.get(length..).unwrap_or_default();
    }
    shown
}

/// What stands before a character.
#[derive(Default)]
struct Before {
    character: Option<char>,
    marks: u8,
}

impl Before {
    /// Whether the next character may be shown as it is.
    fn lets(&mut self, character: char) -> bool {
        let is_shown = match character {
            // The two ways to draw a symbol: they change nothing that could be told apart by reading.
            '\u{fe0e}' | '\u{fe0f}' => self.character.is_some_and(is_symbol),
            _ => is_printable(character),
        };
        if !is_shown {
            *self = Self::default();
            return false;
        }
        if !is_mark(character) {
            self.marks = 0;
        } else if self.character.is_none() || self.marks >= MOST_MARKS {
            // Above nothing, it would be drawn onto a neighbour that is none of its own.
            return false;
        } else {
            self.marks += 1;
        }
        self.character = Some(character);
        true
    }
}

/// Symbols that are drawn in two ways.
const fn is_symbol(character: char) -> bool {
    matches!(character, '\u{203c}'..='\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// What Unicode calls ignorable by default, or draws as nothing although it is a letter or a symbol.
const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{133fc}'
            | '\u{16fe4}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d159}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// What the standard library shows in the middle of a text: neither control, format, surrogate,
/// private, unassigned nor a blank.
fn is_assigned_and_visible(character: char) -> bool {
    // Alone or in front, marks are written out too, so something stands before it.
    let mut bytes = [b'a'; 5];
    let length = character.encode_utf8(&mut bytes[1..]).len();
    let text = std::str::from_utf8(&bytes[..=length]).unwrap_or_default();
    text.escape_debug().nth(1) == Some(character)
}

/// Whether it is drawn onto the character before it.
fn is_mark(character: char) -> bool {
    !character.is_ascii() && character.escape_debug().next() != Some(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_seen_stays() {
        for text in [
            "dev-admin ~/.aws/[x] {y} \\ \" ' `",
            "Grüße, Ωmega, Привет, 中文, 日本語, عربي, हिन्दी, ไทย",
            "e\u{301} is é",
            "⚠\u{fe0f}  ✓ ✗ • → ● ❯ └── …",
            "\u{1f341} 🇨🇭",
        ] {
            assert_eq!(to_printable(text), text);
        }
    }

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        for hidden in [
            '\0',
            '\t',
            '\n',
            '\r',
            '\u{1b}',
            '\u{7f}',
            '\u{9b}',
            '\u{a0}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{1680}',
            '\u{180e}',
            '\u{2003}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{2028}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2069}',
            '\u{2800}',
            '\u{3000}',
            '\u{3164}',
            '\u{e000}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{fff9}',
            '\u{ffff}',
            '\u{e0041}',
            '\u{e0100}',
            '\u{10fffd}',
            '\u{378}',
        ] {
            let written = format!("a{}b", hidden.escape_unicode());
            assert_eq!(to_printable(&format!("a{hidden}b")), written, "{written}");
        }
    }

    #[test]
    fn marks_belong_to_a_letter_and_are_few() {
        assert_eq!(to_printable("\u{301}a"), "\\u{301}a");
        assert_eq!(to_printable("a\u{200b}\u{301}"), "a\\u{200b}\\u{301}");
        let many = format!("a{}", "\u{301}".repeat(6));
        assert_eq!(
            to_printable(&many),
            format!("a{}\\u{{301}}\\u{{301}}", "\u{301}".repeat(4))
        );
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text_are_written_out() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        let shown = |bytes: &[u8]| printable_path(Path::new(OsStr::from_bytes(bytes)));
        assert_eq!(shown(b"/a\xff\x80b"), "/a\\u{dcff}\\u{dc80}b");
        assert_eq!(shown(b"/a\xed\xa0\x80"), "/a\\u{d800}");
        assert_eq!(shown(b"/a\x1b"), "/a\\u{1b}");
        assert_ne!(shown(b"a\xfe"), shown(b"a\xff"));
    }
}
