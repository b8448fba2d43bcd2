//! Hides secrets in the texts that snippets are cut from.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Diagnostic, Source};
use crate::world::Environment;

/// Ends of keys whose values are never shown, not even in a snippet. `value` is that of a variable.
const SECRET_KEYS: [&str; 7] = [
    "password",
    "access_key",
    "access_key_id",
    "token",
    "secret",
    "private_key",
    "value",
];

/// Whether the value of a key is never shown.
pub(super) fn is_secret(key: &str) -> bool {
    SECRET_KEYS.iter().any(|secret| {
        let end = key.len().checked_sub(secret.len());
        end.and_then(|end| key.get(end..))
            .is_some_and(|end| end.eq_ignore_ascii_case(secret))
    })
}

/// The text with hidden values, and whatever follows a secret's key on its line, replaced by
/// asterisks. Byte offsets stay as they are.
pub(super) fn masked(text: &str, hidden: &[Range<usize>]) -> String {
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
        start += line.len();
    }
    // Only whole characters were replaced: keys are ASCII and ranges come from the parser.
    String::from_utf8(bytes).unwrap_or_default()
}

/// Replaces what `!env` read by the variable's name: a repository chooses the variable, and what is in
/// it may be a secret.
pub(super) fn name_variables(
    problems: &mut [Diagnostic],
    sources: &[Source],
    environment: &Environment,
) {
    let called = CalledVariables::of(sources, environment);
    for problem in problems {
        called.name_in(&mut problem.message);
        let related = problem.related.iter_mut();
        let texts = related.map(|related| &mut related.label);
        texts
            .chain(&mut problem.hint)
            .chain(&mut problem.subject)
            .for_each(|text| called.name_in(text));
    }
}

/// The variables that `!env` asks for in files, with their values, the longest value first.
pub(super) struct CalledVariables<'a>(Vec<(&'a str, &'a str)>);

impl<'a> CalledVariables<'a> {
    pub(super) fn of(sources: &'a [Source], environment: &'a Environment) -> Self {
        /// Shorter values stand in messages by chance, and are no secrets.
        const SHORTEST: usize = 4;
        let texts = sources.iter().map(|source| &source.text);
        let calls = texts.flat_map(|text| text.split("!env").skip(1));
        let names: BTreeSet<&str> = calls
            .filter_map(|call| {
                let call = call.trim_start_matches([' ', '\t', '"', '\'']);
                call.split([' ', '\t', '\n', '\r', '"', '\'', ',', '}', ']'])
                    .next()
            })
            .collect();
        let mut held: Vec<(&str, &str)> = names
            .into_iter()
            .filter_map(|name| Some((name, environment.get(name)?)))
            .filter(|(_, value)| value.len() >= SHORTEST)
            .collect();
        // One may be part of another.
        held.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        Self(held)
    }

    /// Puts the names in the place of the values.
    pub(super) fn name_in(&self, text: &mut String) {
        for (name, value) in &self.0 {
            if text.contains(value) {
                *text = text.replace(value, &format!("${name}"));
            }
        }
    }
}

/// Where the value of a secret's key begins in a line.
fn after_secret_key(line: &str) -> Option<usize> {
    let lowered = line.to_ascii_lowercase();
    SECRET_KEYS
        .iter()
        .flat_map(|key| lowered.match_indices(key).map(|(at, _)| at + key.len()))
        .filter_map(|after| {
            let rest = lowered[after..].trim_start_matches(['"', '\'', ' ']);
            rest.strip_prefix(':')
                .map(|rest| lowered.len() - rest.len())
        })
        .min()
}

/// Whether a value that begins like this may have further lines.
fn goes_on(value: &str) -> bool {
    let quote = value.starts_with(['"', '\'']);
    value.is_empty()
        || value.starts_with(['|', '>', '!', '&', '#'])
        || (quote && (value.len() < 2 || !value.ends_with(&value[..1])))
}
