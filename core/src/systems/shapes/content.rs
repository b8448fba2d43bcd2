//! Whether a file is shaped like a credential: by its name, then by what stands in it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::formats::{Format, IniDialect, MemberPath, Node, Pattern};
use crate::names::{is_secret, is_surely_secret, looks_secret};

/// Parts of the names of files that tools keep sign-ins in.
const TELLING: [&str; 26] = [
    "auth",
    "token",
    "credential",
    "secret",
    "session",
    "hosts",
    "login",
    "account",
    "apikey",
    "api_key",
    "api-key",
    "keys",
    "config",
    "settings",
    "profile",
    "user",
    ".env",
    "pass",
    "cookie",
    "vault",
    "identit",
    "private",
    "connection",
    "server",
    "remote",
    "client",
];

/// Parts of names that say by themselves that the content is a credential.
const CERTAIN: [&str; 8] = [
    "token",
    "credential",
    "secret",
    "apikey",
    "api_key",
    "api-key",
    "session",
    "passw",
];

/// The same of files whose content is no text.
const CERTAIN_BINARY: [&str; 5] = ["token", "credential", "secret", "keytab", ".kdbx"];

/// Ends of names of files that settings are written in.
const SETTINGS: [&str; 16] = [
    ".json",
    ".jsonc",
    ".json5",
    ".yaml",
    ".yml",
    ".toml",
    ".ini",
    ".conf",
    ".cfg",
    ".cnf",
    ".properties",
    ".hcl",
    ".env",
    ".pem",
    ".key",
    "rc",
];

/// Ends of names of files that are no text of a tool's.
const OTHER: [&str; 22] = [
    ".lock", ".log", ".png", ".svg", ".ico", ".js", ".py", ".so", ".md", ".html", ".css", ".gz",
    ".zip", ".sh", ".bak~", ".swp", ".pub", ".crt", ".jar", ".map", ".desktop", ".jsonl",
];

/// Parts of names of files that only show how one is written, and of what language models and packages
/// come with: their `token`s are words.
const EXAMPLES: [&str; 12] = [
    "example",
    "sample",
    "template",
    ".dist",
    ".default",
    "tokenizer",
    "special_tokens",
    "added_tokens",
    "package-lock",
    "package.json",
    "composer.lock",
    "schema.json",
];

/// Startup files of shells and histories: the scan reads them.
const SCANNED: [&str; 18] = [
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".bash_logout",
    ".bash_history",
    ".profile",
    ".zshrc",
    ".zprofile",
    ".zshenv",
    ".zlogin",
    ".zsh_history",
    ".history",
    ".python_history",
    ".lesshst",
    ".viminfo",
    ".gitconfig",
    ".tmux.conf",
    ".vimrc",
];

/// Forms of private keys: what stands at their beginning.
const KEYS: [&str; 4] = [
    "AGE-SECRET-KEY-1",
    "PuTTY-User-Key-File",
    "untrusted comment: minisign encrypted secret key",
    "untrusted comment: signify secret key",
];

/// Words before the credential in a header.
const SCHEMES: [&str; 4] = ["bearer ", "basic ", "token ", "apikey "];

/// Parts of texts that stand for a credential and are none.
const PLACEHOLDERS: [&str; 14] = [
    "your",
    "example",
    "changeme",
    "change-me",
    "replace",
    "insert",
    "placeholder",
    "todo",
    "xxxx",
    "<",
    "{{",
    "${",
    "****",
    "redacted",
];

/// The longest text that is taken for a bare credential, in bytes.
const LONGEST: usize = 8 << 10;

/// The shortest.
const SHORTEST: usize = 16;

/// Why a file is looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// Its name is that of a file with sign-ins.
    Name,
    /// It is written as settings are, or has the tool's own name: only what is surely a secret counts.
    Settings,
}

/// What makes a file look like a credential.
#[derive(Debug)]
pub(super) struct Shape {
    /// In a few words.
    pub(super) why: &'static str,
    /// The members that do, where the file is of a format.
    pub(super) members: Option<(Format, Vec<MemberPath>)>,
}

impl Shape {
    const fn of_file(why: &'static str) -> Self {
        Self { why, members: None }
    }

    /// The kinds of what looks like a credential: the names of the members, else what the whole is.
    pub(super) fn kinds(&self) -> BTreeSet<String> {
        match &self.members {
            Some((_, paths)) => paths.iter().map(|path| path.name().to_owned()).collect(),
            None => BTreeSet::from([self.why.to_owned()]),
        }
    }
}

/// Tells why a file of this name is worth a look, if it is; `tool` is whose directory it is in.
pub(super) fn reason_to_look(name: &str, tool: &str) -> Option<Reason> {
    let lower = name.to_ascii_lowercase();
    let ends = |ends: &[&str]| ends.iter().any(|end| lower.ends_with(end));
    let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    if SCANNED.contains(&name) || ends(&OTHER) || has(&EXAMPLES) {
        return None;
    }
    let is_settings_of_tool = lower.starts_with('.') && ends(&["rc", ".json"]);
    if is_settings_of_tool || has(&TELLING) {
        return Some(Reason::Name);
    }
    let bare = lower.trim_start_matches('.');
    let is_of_tool = bare.starts_with(&tool.to_ascii_lowercase());
    // Names without an end are those of credentials as often as of anything else.
    let has_no_end = !bare.contains('.');
    (ends(&SETTINGS) || is_of_tool || has_no_end).then_some(Reason::Settings)
}

/// What makes a file's content look like a credential; `None` if nothing does. What stands at the
/// `known` members has been said by whoever knows the file.
pub(super) fn shape_of(
    name: &str,
    bytes: &[u8],
    reason: Reason,
    known: &[MemberPath],
    known_formats: &[Format],
) -> Option<Shape> {
    let lower = name.to_ascii_lowercase();
    let Some(text) = text_of(bytes) else {
        let is_certain = CERTAIN_BINARY.iter().any(|part| lower.contains(part));
        return (is_certain && known.is_empty())
            .then(|| Shape::of_file("no text, and called like a credential"));
    };
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let is_pem = text.contains("-----BEGIN") && text.contains("PRIVATE KEY-----");
    let is_key = |line: &str| KEYS.iter().any(|begin| line.starts_with(begin));
    if known.is_empty() && (is_pem || text.lines().any(is_key)) {
        return Some(Shape::of_file("a private key"));
    }
    let is_certain = CERTAIN.iter().any(|part| lower.contains(part));
    let is_bare = (SHORTEST..=LONGEST).contains(&text.len())
        && !text.contains(char::is_whitespace)
        && !text.contains(['{', '<', '(']);
    if is_bare {
        // Settings that are one word are none.
        let is_credential = (is_certain && is_opaque(text)) || looks_secret(text);
        return is_credential.then(|| Shape::of_file("a bare token"));
    }
    let mut is_understood = false;
    // Whoever describes a file knows how it is written.
    let formats = if known_formats.is_empty() {
        list_formats(&lower, text)
    } else {
        known_formats
    };
    for format in formats {
        let Ok(document) = format.read(text.as_bytes()) else {
            continue;
        };
        is_understood = true;
        // Most files hold none, and that is quickly seen.
        if !holds_credential(document.root(), reason) {
            continue;
        }
        let Ok(every_member) = "**.*".parse::<Pattern>() else {
            continue;
        };
        let members = document.select(&every_member);
        // Others may have got to the same member by another way, so nodes are compared.
        let address = |node: &Node| std::ptr::from_ref(node).addr();
        let nodes = known.iter().filter_map(|path| document.get(path));
        let nodes: BTreeSet<usize> = nodes.map(address).collect();
        let is_known = |path: &MemberPath| {
            let mut way = path.ancestors();
            way.any(|above| {
                let node = document.get(&above);
                node.is_some_and(|node| nodes.contains(&address(node)))
            })
        };
        let paths: Vec<MemberPath> = members
            .into_iter()
            .filter(|member| is_credential(member.path.name(), member.value, reason))
            .map(|member| member.path)
            .filter(|path| !is_known(path))
            .collect();
        if !paths.is_empty() || known.is_empty() {
            return Some(Shape {
                why: "a member that is called and made like a credential",
                members: (!paths.is_empty()).then_some((*format, paths)),
            });
        }
    }
    // Languages of configuration that no format reads: a word for a secret, and behind it a secret.
    let has_format = [".json", ".yaml", ".yml", ".toml", ".xml"]
        .iter()
        .any(|end| lower.ends_with(end));
    (!(is_understood && has_format) && known.is_empty() && has_told_secret(text))
        .then(|| Shape::of_file("a line that is made like a credential"))
}

/// The text of a file: UTF-8, or UTF-16 as editors of Windows write it; `None` if it is none.
fn text_of(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let wide = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks().0.iter().map(|pair| read(*pair)).collect();
        String::from_utf16(&units).ok().map(Cow::Owned)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).ok().map(Cow::Borrowed),
        _ => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
    }
    .filter(|text| !text.contains('\0'))
}

/// The formats that a file may be in, the likeliest first. A file of lines with `=` is TOML as seldom as
/// it is YAML.
fn list_formats(lower: &str, text: &str) -> &'static [Format] {
    match lower.rsplit_once('.').map(|(_, end)| end) {
        Some("json" | "json5" | "jsonc") => &[Format::Json],
        Some("yaml" | "yml") => &[Format::Yaml],
        Some("toml") => &[Format::Toml],
        Some("xml") => &[Format::Xml],
        _ if text.starts_with(['{', '[']) => {
            &[Format::Json, Format::Toml, Format::Ini(IniDialect::Go)]
        }
        _ => &[Format::Toml, Format::Ini(IniDialect::Go), Format::Yaml],
    }
}

/// Whether there is a member with the name and the form of a credential.
fn holds_credential(node: &Node, reason: Reason) -> bool {
    let mut members = node.members();
    members.any(|(key, value)| is_credential(key, value, reason) || holds_credential(value, reason))
        || node
            .elements()
            .iter()
            .any(|element| holds_credential(element, reason))
}

/// Whether a member has the name and the form of a credential. An address with a password in it is one
/// whatever it is called.
fn is_credential(key: &str, value: &Node, reason: Reason) -> bool {
    let is_named = || match reason {
        Reason::Name => is_secret(key) && !key.to_ascii_lowercase().contains("signature"),
        Reason::Settings => is_surely_secret(key),
    };
    value.text().is_some_and(|text| {
        let text = text.expose();
        has_password_in_address(text) || (is_named() && is_opaque(without_scheme(text)))
    })
}

/// A header's value without the word that says what it is.
fn without_scheme(text: &str) -> &str {
    let text = text.trim();
    let scheme = SCHEMES.iter().find(|scheme| {
        let begin = text.get(..scheme.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    });
    scheme.map_or(text, |scheme| text[scheme.len()..].trim())
}

/// Whether a text is an address with user and password: `https://user:password@host`.
fn has_password_in_address(text: &str) -> bool {
    let mut addresses = text.split_whitespace();
    addresses.any(|word| {
        let Some((_, rest)) = word.split_once("://") else {
            return false;
        };
        let authority = rest
            .split(['/', '?', '#', '"', '\''])
            .next()
            .unwrap_or_default();
        let Some((user, _)) = authority.rsplit_once('@') else {
            return false;
        };
        let password = user.split_once(':').map_or("", |(_, password)| password);
        password.len() >= 6 && !is_placeholder(password) && !password.starts_with('$')
    })
}

/// Whether a line has a word for a secret and, behind it, a text that could be one.
fn has_told_secret(text: &str) -> bool {
    let is_comment = |line: &str| line.starts_with(['#', ';', '/', '*']);
    text.lines().map(str::trim).any(|line| {
        if is_comment(line) || line.len() > LONGEST {
            return false;
        }
        if has_password_in_address(line) {
            return true;
        }
        let is_end = |c: char| c.is_whitespace() || "=:,;\"'(){}[]<>".contains(c);
        let mut words = line.split(is_end).filter(|word| !word.is_empty());
        let has_name = words.any(|word| is_surely_secret(word.trim_start_matches('-')));
        let next = words.find(|word| {
            let is_scheme = |scheme: &&str| scheme.trim().eq_ignore_ascii_case(word);
            !SCHEMES.iter().any(is_scheme)
        });
        has_name && next.is_some_and(is_opaque)
    })
}

fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    PLACEHOLDERS.iter().any(|part| lower.contains(part))
}

/// Whether a text could be a credential: long, without spaces, no path, no address, no word, no
/// placeholder.
fn is_opaque(text: &str) -> bool {
    let text = text.trim();
    let has = |of: fn(&char) -> bool| text.chars().any(|c| of(&c));
    let is_mixed = has(char::is_ascii_digit)
        || (has(char::is_ascii_uppercase)
            && has(char::is_ascii_lowercase)
            && text.len() >= SHORTEST);
    let is_address = text.contains("://") && !text.contains('@');
    let is_path = text.starts_with(['/', '~', '.']) || text.starts_with('$');
    let is_uuid = text.len() == 36 && text.split('-').count() == 5;
    (8..=LONGEST).contains(&text.len())
        && !text.contains(char::is_whitespace)
        && is_mixed
        && !(is_address || is_path || is_placeholder(text) || is_uuid)
}

#[cfg(test)]
mod tests;
