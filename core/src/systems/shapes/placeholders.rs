//! Texts that stand where a credential belongs, and are none.

use super::values::has_digit_and_letter;

/// Words that stand for a credential and are none, other words behind them or not.
const PLACEHOLDERS: [&str; 11] = [
    "your",
    "yours",
    "example",
    "changeme",
    "change",
    "replace",
    "insert",
    "placeholder",
    "redacted",
    "todo",
    "dummy",
];

/// Words that say nothing where they stand alone beside those.
const FILLERS: [&str; 26] = [
    "password",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "api",
    "key",
    "access",
    "client",
    "here",
    "with",
    "this",
    "value",
    "enter",
    "real",
    "sample",
    "goes",
    "none",
    "undefined",
    "me",
    "my",
    "the",
    "id",
    "in",
    "it",
    "own",
];

/// Keys that servers on one's own machine are given, which want none.
const NO_KEYS: [&str; 12] = [
    "dummy",
    "none",
    "empty",
    "ollama",
    "lm-studio",
    "lmstudio",
    "not-needed",
    "not_needed",
    "sk-no-key-required",
    "no-key",
    "unused",
    "n/a",
];

/// Whether a text under a key's name is what is written where none is wanted.
pub(in crate::systems) fn is_no_key(text: &str) -> bool {
    NO_KEYS.contains(&text.trim().to_ascii_lowercase().as_str())
}

/// Whether a text is made of words that stand for a credential, or says where one is to be put.
pub(super) fn is_placeholder(text: &str) -> bool {
    let trimmed = text.trim();
    let inner = trimmed
        .strip_prefix('<')
        .and_then(|inner| inner.strip_suffix('>'));
    if let Some(inner) = inner {
        return !(inner.len() >= 8 && has_digit_and_letter(inner) && !inner.contains(' '));
    }
    if trimmed.contains("****") || NO_KEYS.contains(&trimmed.to_ascii_lowercase().as_str()) {
        return true;
    }
    let lower = trimmed.to_ascii_lowercase();
    let words = || {
        let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
        words.filter(|word| !word.is_empty())
    };
    let left: Vec<&str> = words().map(strip_placeholders).collect();
    let has_placeholder = words().any(|word| {
        let is_filler = FILLERS.contains(&word);
        !is_filler && strip_placeholders(word) != word
    });
    let length: usize = left.iter().map(|word| word.len()).sum();
    let is_counted = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit());
    has_placeholder && (length < 8 || left.iter().all(is_counted))
}

/// What is left of a word without those that stand for a credential.
fn strip_placeholders(word: &str) -> &str {
    let mut letters = word.chars();
    // The same letter again and again.
    let is_one_letter = letters
        .next()
        .is_some_and(|first| letters.all(|letter| letter == first));
    if FILLERS.contains(&word) || (word.len() >= 3 && is_one_letter) {
        return "";
    }
    let known = PLACEHOLDERS
        .iter()
        .filter(|known| word.starts_with(**known));
    match known.max_by_key(|known| known.len()) {
        Some(known) => strip_placeholders(&word[known.len()..]),
        None => word,
    }
}
