//! JSON as Python's `json.dumps` writes it by default: a blank after commas and colons, one line, ASCII
//! only, no line end. The AWS CLI's files have that form, and names of files are hashes of such texts.

use std::fmt::Write as _;
use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;
use sha1::{Digest as _, Sha1};
use zeroize::Zeroizing;

struct Python;

impl Formatter for Python {
    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first {
            Ok(())
        } else {
            writer.write_all(b", ")
        }
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first {
            Ok(())
        } else {
            writer.write_all(b", ")
        }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut text = String::with_capacity(fragment.len());
        for character in fragment.chars() {
            if character.is_ascii() {
                text.push(character);
                continue;
            }
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a text cannot fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
        writer.write_all(text.as_bytes())
    }
}

/// The document; its members keep their order.
pub(super) fn to_python_json(document: &impl Serialize) -> Zeroizing<Vec<u8>> {
    // Room for all at once, so that growing leaves no copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 << 10));
    // Texts, numbers and lists of them can always be written.
    let _written = document.serialize(&mut Serializer::with_formatter(&mut *bytes, Python));
    bytes
}

/// The SHA-1 of a text as hexadecimal digits, as names of cache files have it.
pub(super) fn sha1_name(text: &[u8]) -> String {
    let digest = Sha1::digest(text);
    let room = String::with_capacity(40);
    digest.iter().fold(room, |mut name, byte| {
        let _ = write!(name, "{byte:02x}");
        name
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documents_have_pythons_form() {
        let document = json!({"a": ["x", null, 1], "ü": "😀\n\"", "e": {}});
        assert_eq!(
            String::from_utf8(to_python_json(&document).to_vec()).unwrap(),
            r#"{"a": ["x", null, 1], "\u00fc": "\ud83d\ude00\n\"", "e": {}}"#
        );
    }

    #[test]
    fn names_are_those_of_the_aws_cli() {
        assert!(sha1_name(b"corp").starts_with("ee0bfd25"));
    }
}
