//! Bytes of a file as text whose places are known, and back.

use std::ops::Range;

use zeroize::Zeroizing;

/// The encoding in which a file writes its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// As it is: ASCII, UTF-8, or something like it.
    Plain,
    /// UTF-8 behind a byte order mark.
    Marked,
    /// UTF-16, little end first, behind a mark: registry exports, redirections in Windows
    /// PowerShell.
    Utf16Le,
    /// UTF-16, big end first, behind a mark.
    Utf16Be,
}

const MARK: &[u8] = b"\xef\xbb\xbf";

/// The reason why a file is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotText {
    /// It has NUL bytes.
    Binary,
    /// It says UTF-16 and is not.
    BrokenUtf16,
}

/// A file's text. It may hold secrets, so it is wiped, and not shown.
pub(crate) struct Text {
    bytes: Zeroizing<Vec<u8>>,
    encoding: Encoding,
}

impl Text {
    /// Reads the bytes of a file.
    pub(crate) fn decode(bytes: Vec<u8>) -> Result<Self, NotText> {
        let bytes = Zeroizing::new(bytes);
        let (encoding, decoded) = match bytes.as_slice() {
            [0xff, 0xfe, rest @ ..] => (Encoding::Utf16Le, from_utf16(rest, u16::from_le_bytes)?),
            [0xfe, 0xff, rest @ ..] => (Encoding::Utf16Be, from_utf16(rest, u16::from_be_bytes)?),
            all => match all.strip_prefix(MARK) {
                Some(rest) => (Encoding::Marked, Zeroizing::new(rest.to_vec())),
                None => (Encoding::Plain, bytes),
            },
        };
        if decoded.contains(&0) {
            return Err(NotText::Binary);
        }
        Ok(Self {
            bytes: decoded,
            encoding,
        })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Other text in the way this file writes it.
    pub(crate) fn encode(&self, text: &[u8]) -> Vec<u8> {
        let utf16 = |mark: [u8; 2], unit: fn(u16) -> [u8; 2]| {
            let text = String::from_utf8_lossy(text);
            let mut bytes = mark.to_vec();
            bytes.extend(text.encode_utf16().flat_map(unit));
            bytes
        };
        match self.encoding {
            Encoding::Plain => text.to_vec(),
            Encoding::Marked => [MARK, text].concat(),
            Encoding::Utf16Le => utf16([0xff, 0xfe], u16::to_le_bytes),
            Encoding::Utf16Be => utf16([0xfe, 0xff], u16::to_be_bytes),
        }
    }
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Zeroizing<Vec<u8>>, NotText> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(NotText::BrokenUtf16);
    }
    let units = Zeroizing::new(pairs.iter().map(|pair| unit(*pair)).collect::<Vec<u16>>());
    String::from_utf16(&units)
        .map(|text| Zeroizing::new(text.into_bytes()))
        .map_err(|_| NotText::BrokenUtf16)
}

/// The beginnings of the lines of a text.
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn of(text: &[u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(
            text.iter()
                .enumerate()
                .filter(|(_, byte)| **byte == b'\n')
                .map(|(at, _)| at + 1),
        );
        Self(starts)
    }

    /// The line of a place, counted from 1.
    pub(crate) fn number(&self, at: usize) -> usize {
        self.0.partition_point(|start| *start <= at)
    }

    /// First line and number of lines of a range.
    pub(crate) fn range(&self, range: &Range<usize>) -> (usize, usize) {
        let first = self.number(range.start);
        let last = self.number(range.end.saturating_sub(1).max(range.start));
        (first, last - first + 1)
    }
}

/// Finds where the line of a place begins.
pub(crate) fn line_start(text: &[u8], at: usize) -> usize {
    text[..at]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |newline| newline + 1)
}

/// Finds where the line of a place ends, without its line end.
pub(crate) fn line_end(text: &[u8], at: usize) -> usize {
    let end = text[at..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(text.len(), |length| at + length);
    if end > at && text[end - 1] == b'\r' {
        end - 1
    } else {
        end
    }
}

/// The lines of a text with their places, without line ends.
pub(crate) fn split_lines(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    text.split_inclusive(|byte| *byte == b'\n')
        .map(move |line| {
            let range = start..start + trimmed_end(line);
            start += line.len();
            range
        })
}

fn trimmed_end(line: &[u8]) -> usize {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_comes_back_as_it_was() {
        let text = "a=ü\r\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            text.as_bytes().to_vec(),
            [MARK, text.as_bytes()].concat(),
            [&[0xff, 0xfe][..], &utf16].concat(),
            [&[0xfe, 0xff][..], &big].concat(),
        ] {
            let read = Text::decode(bytes.clone()).ok().unwrap();
            assert_eq!(read.bytes(), text.as_bytes());
            assert_eq!(read.encode(read.bytes()), bytes);
        }
        assert_eq!(Text::decode(b"a\0b".to_vec()).err(), Some(NotText::Binary));
        assert_eq!(
            Text::decode(vec![0xff, 0xfe, 1]).err(),
            Some(NotText::BrokenUtf16)
        );
    }

    #[test]
    fn places_are_counted_in_lines() {
        let text = b"one\r\ntwo\n\nfour";
        let index = Lines::of(text);
        assert_eq!(
            (index.number(0), index.number(5), index.number(10)),
            (1, 2, 4)
        );
        assert_eq!(index.range(&(0..8)), (1, 2));
        let all: Vec<_> = split_lines(text).map(|range| &text[range]).collect();
        assert_eq!(all, [&b"one"[..], b"two", b"", b"four"]);
        assert_eq!((line_start(text, 6), line_end(text, 1)), (5, 3));
    }
}
