//! Credentials in texts that no format reads, and in what is no text at all.

use aho_corasick::AhoCorasick;

use super::addresses::has_password_in_address;
use super::values::{LONGEST, SHORTEST, Weight, is_credential_text, is_opaque, is_scheme};
use crate::names::is_surely_secret;

/// Forms of private keys: what stands at their beginning.
const KEYS: [&str; 6] = [
    "AGE-SECRET-KEY-1",
    "PuTTY-User-Key-File",
    "# START OF TARSNAP KEY FILE",
    "untrusted comment: minisign encrypted secret key",
    "untrusted comment: signify secret key",
    "-----BEGIN AGE ENCRYPTED FILE-----",
];

/// Words that stand between the name of a secret and the secret itself.
const BETWEEN: [&str; 14] = [
    "some", "string", "str", "text", "value", "key", "/key", "name", "is", "to", "const", "data",
    "bytes", "new",
];

/// Names of secrets as programs write them into files that are no text.
const TOLD: [&str; 6] = ["token", "api_key", "apikey", "password", "secret", "jwt"];

/// Beginnings of programs, pictures and archives: what is in them is nobody's sign-in.
const NO_DATA: [&[u8]; 12] = [
    b"\x7fELF",
    b"MZ",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"\0asm",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"\xfd7zXZ",
];

/// The fewest bytes of text in a row that are looked at in what is no text.
const RUN: usize = 4;

/// How far behind its name a secret stands in what is no text, in bytes.
const GAP: usize = 12;

/// Whether a text is a private key.
pub(super) fn is_private_key(text: &str) -> bool {
    let is_pem = text.contains("-----BEGIN")
        && ["PRIVATE KEY-----", "PRIVATE KEY BLOCK-----"]
            .iter()
            .any(|end| text.contains(end));
    let is_key = |line: &str| KEYS.iter().any(|begin| line.starts_with(begin));
    is_pem || text.lines().any(is_key) || is_list_of_bytes(text) || is_recovery_phrase(text)
}

/// Whether a text is the bytes of a key, one number each: `[12,240,…]`.
fn is_list_of_bytes(text: &str) -> bool {
    let inner = text
        .trim()
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    inner.is_some_and(|inner| {
        let mut numbers = inner.split(',');
        matches!(numbers.clone().count(), 32 | 64)
            && numbers.all(|number| number.trim().parse::<u8>().is_ok())
    })
}

/// Whether a text is the words that a wallet is restored from.
pub(super) fn is_recovery_phrase(text: &str) -> bool {
    let mut words = text.split_whitespace();
    matches!(words.clone().count(), 12 | 15 | 18 | 21 | 24)
        && text.trim().lines().count() == 1
        && words.all(|word| {
            (3..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase())
        })
}

/// Whether a text holds cookies, as browsers and their like write them down.
pub(super) fn has_cookies(text: &str) -> bool {
    text.lines().any(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let is_cookie = matches!(fields.as_slice(), [_, flag, _, secure, end, _, value]
            if matches!(*flag, "TRUE" | "FALSE")
                && matches!(*secure, "TRUE" | "FALSE")
                && end.parse::<u64>().is_ok()
                && !value.trim().is_empty());
        is_cookie || line.starts_with("Set-Cookie3:")
    })
}

/// Whether a text is a person and a password, a line each, as programs for private networks read them.
pub(super) fn is_user_with_password(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let [user, password] = lines.as_slice() else {
        return false;
    };
    let is_word = |text: &str| {
        !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "=:,;<>[]{}#".contains(c))
    };
    let is_varied = password.bytes().any(|byte| !byte.is_ascii_lowercase());
    is_word(user)
        && is_word(password)
        && is_varied
        && is_credential_text(password, Weight::Password)
}

/// Whether there is a word that is drawn by lot, in a file whose name says that it holds a credential.
pub(super) fn has_bare_secret(text: &str) -> bool {
    let is_end = |c: char| c.is_whitespace() || ":,;=\"'".contains(c);
    text.split(is_end)
        .any(|word| is_credential_text(word, Weight::Little))
}

/// Whether a line has a word for a secret and, behind it, a text that could be one. Where lines are
/// nothing (XML), the whole text is one.
pub(super) fn has_told_secret(text: &str, is_one_line: bool, is_program: bool) -> bool {
    if is_one_line {
        return has_told_secret_in(text, is_program);
    }
    let is_comment = |line: &str| line.starts_with(['#', ';', '/', '*']);
    let mut lines = text.lines().map(str::trim);
    lines.any(|line| {
        let is_looked_at = !is_comment(line) && line.len() <= LONGEST;
        is_looked_at && (has_password_in_address(line) || has_told_secret_in(line, is_program))
    })
}

fn has_told_secret_in(line: &str, is_program: bool) -> bool {
    let is_end = |c: char| c.is_whitespace() || "=:,;\"'(){}[]<>".contains(c);
    let mut words = line.split(is_end).filter(|word| !word.is_empty());
    let is_secret = |word: &str| {
        if is_program {
            is_credential_text(word, Weight::Little)
        } else {
            is_opaque(word)
        }
    };
    // A client's start-up file: `auth PASSWORD`.
    if let Some(password) = line.strip_prefix("auth ") {
        return !is_program && is_credential_text(password, Weight::Little);
    }
    while words.any(|word| is_surely_secret(word.trim_start_matches(['-', '$', '@']))) {
        let mut behind = words.clone().filter(|word| {
            !is_scheme(word) && !BETWEEN.contains(&word.to_ascii_lowercase().as_str())
        });
        if behind.next().is_some_and(is_secret) {
            return true;
        }
    }
    false
}

/// Whether what is no text holds the name of a secret and, at once behind it, a text that could be one.
pub(super) fn has_told_secret_in_bytes(bytes: &[u8]) -> bool {
    if NO_DATA.iter().any(|begin| bytes.starts_with(begin)) {
        return false;
    }
    let names = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(TOLD);
    names.is_ok_and(|names| {
        let mut told = names.find_iter(bytes);
        told.any(|name| begins_with_secret(&bytes[name.end()..]))
    })
}

/// Whether a text that could be a secret stands here, or a few bytes on.
fn begins_with_secret(bytes: &[u8]) -> bool {
    let is_text = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.+/=~".contains(byte);
    let mut at = 0;
    while at < GAP {
        let Some(rest) = bytes.get(at..) else {
            return false;
        };
        let run = rest
            .iter()
            .take_while(|byte| is_text(byte))
            .take(LONGEST)
            .count();
        if run >= RUN {
            return run >= SHORTEST
                && std::str::from_utf8(&rest[..run])
                    .is_ok_and(|text| is_credential_text(text, Weight::Little));
        }
        at += run + 1;
    }
    false
}
