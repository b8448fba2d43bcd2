//! Hides secrets in the texts that snippets are cut from.

use std::collections::HashMap;
use std::ops::Range;

use crate::names;

/// Whether the value of a key is never shown, not even in a snippet. `value` is that of a variable.
fn is_secret(key: &str) -> bool {
    key.eq_ignore_ascii_case("value") || names::is_secret(key)
}

/// The places of secrets in one text.
#[derive(Default)]
pub(super) struct Hidden {
    /// Byte ranges.
    pub(super) ranges: Vec<Range<usize>>,
    /// The keys that were judged already: a configuration repeats a few of them for every identity.
    judged: HashMap<Box<str>, bool>,
}

impl Hidden {
    /// Notes where the value of a key stands, if it is a secret.
    pub(super) fn note(&mut self, key: &str, value: Range<usize>) {
        let is_hidden = match self.judged.get(key) {
            Some(judged) => *judged,
            None => *self
                .judged
                .entry(key.into())
                .or_insert_with(|| is_secret(key)),
        };
        if is_hidden {
            self.ranges.push(value);
        }
    }
}

/// The text with hidden values, and whatever follows a secret's key on its line, replaced by
/// asterisks. Byte offsets stay as they are.
pub(super) fn hide_secrets(text: &str, hidden: &[Range<usize>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut hide = |range: Range<usize>| {
        if let Some(range) = bytes.get_mut(range) {
            range
                .iter_mut()
                .filter(|byte| **byte != b'\n')
                .for_each(|byte| *byte = b'*');
        }
    };
    hidden.iter().cloned().for_each(&mut hide);
    let mut start = 0;
    // The indentation of a line whose secret may go on in the following ones.
    let mut open: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        let end = start + line.trim_end().len();
        if open.is_some_and(|outer| indent > outer) && start + indent < end {
            hide(start + indent..end);
        } else if let Some(first) = after_secret_key(line) {
            hide(start + first..end);
            open = goes_on(line[first..].trim()).then_some(indent);
        } else if indent < line.len() {
            open = None;
        }
        for word in secret_words(line) {
            hide(start + word.start..start + word.end);
        }
        start += line.len();
    }
    // Only whole characters were replaced: keys are ASCII and ranges come from the parser.
    String::from_utf8(bytes).unwrap_or_default()
}

/// The words of a line whose form tells that they are secret, whatever they stand under.
fn secret_words(line: &str) -> impl Iterator<Item = Range<usize>> {
    let is_end = |character: char| character.is_whitespace() || "\"'[]{},".contains(character);
    let words = line.split(is_end).filter(|word| names::looks_secret(word));
    words.map(|word| {
        let start = word.as_ptr().addr() - line.as_ptr().addr();
        start..start + word.len()
    })
}

/// Finds where the value of a secret's key begins in a line.
fn after_secret_key(line: &str) -> Option<usize> {
    line.match_indices(':').map(|(at, _)| at).find_map(|at| {
        let before = line[..at].trim_end_matches(['"', '\'', ' ', '\t']);
        let is_part = |character: char| character.is_alphanumeric() || "_-.".contains(character);
        let key = before.rsplit(|character| !is_part(character)).next()?;
        let rest = line[at + 1..].trim();
        // A group of settings is not hidden as a whole; what is in it is judged by its own names.
        let opens_group = rest.is_empty() || rest.starts_with(['{', '#']);
        let is_group = opens_group && names::is_container(key);
        (is_secret(key) && !is_group).then_some(at + 1)
    })
}

/// Whether a value that begins like this may have further lines.
fn goes_on(value: &str) -> bool {
    let quote = value.starts_with(['"', '\'']);
    value.is_empty()
        || value.starts_with(['|', '>', '!', '&', '#'])
        || (quote && (value.len() < 2 || !value.ends_with(&value[..1])))
}
