//! Whether a file is shaped like a credential: by its name, then by what stands in it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::names::{
    Reason, is_certain, is_certain_binary, is_identifier, is_key_store, is_unmistakable,
};
use super::text::{
    has_bare_secret, has_cookies, has_told_secret, has_told_secret_in_bytes, is_private_key,
    is_recovery_phrase,
};
use super::values::{
    LONGEST, SHORTEST, Weight, has_password_in_address, has_prefix_of_token, has_secret_argument,
    has_secret_in_address, is_credential_text, is_key_store_reference, is_surely_random,
    is_web_token, weigh_name,
};
use crate::formats::{Document, Format, IniDialect, MemberPath, Node, Pattern, hide_passwords};
use crate::names::{is_secret, is_surely_secret, looks_secret};

/// What makes a file look like a credential.
#[derive(Debug)]
pub(super) struct Shape {
    /// In a few words.
    pub(super) why: &'static str,
    /// The members that do, where the file is of a format.
    pub(super) members: Option<(Format, Vec<MemberPath>)>,
    /// What about it looks so.
    pub(super) kind: ShapeKind,
}

/// What about a file looks like a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShapeKind {
    /// The whole of it, or members.
    File,
    /// A line of a text that no format reads.
    Line,
    /// That it says that the operating system's key store has one.
    Marker,
}

impl Shape {
    const fn of_file(why: &'static str) -> Self {
        Self {
            why,
            members: None,
            kind: ShapeKind::File,
        }
    }

    const fn of_line() -> Self {
        Self {
            why: "a line that is made like a credential",
            members: None,
            kind: ShapeKind::Line,
        }
    }

    /// The kinds of what looks like a credential: the names of the members, else what the whole is.
    pub(super) fn kinds(&self) -> BTreeSet<String> {
        match &self.members {
            Some((_, paths)) => paths
                .iter()
                .map(|path| hide_passwords(path.name()))
                .collect(),
            None => BTreeSet::from([self.why.to_owned()]),
        }
    }
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
    if known.is_empty() && is_key_store(name) && !bytes.is_empty() {
        return Some(Shape::of_file("a store of keys"));
    }
    let Some(text) = text_of(bytes) else {
        return (known.is_empty()).then(|| shape_of_bytes(name, bytes, reason))?;
    };
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    if known.is_empty() && is_private_key(text) {
        return Some(Shape::of_file("a private key"));
    }
    let lower = name.to_ascii_lowercase();
    let is_certain = is_certain(name);
    let is_bare = known.is_empty()
        && text.len() <= LONGEST
        && !text.contains(char::is_whitespace)
        && !text.contains(['{', '<', '(', '[']);
    if is_bare {
        // Settings that are one word are none.
        let is_credential = if is_certain && !lower.contains("session") {
            is_credential_text(text, Weight::Secret)
                || (is_unmistakable(name) && is_credential_text(text, Weight::Sure))
        } else {
            // Many are the identifiers of an installation.
            text.len() >= SHORTEST
                && looks_secret(text)
                && (reason == Reason::Name || is_web_token(text) || has_prefix_of_token(text))
                && !is_identifier(name)
        };
        if is_credential {
            return Some(Shape::of_file("a bare token"));
        }
    }
    let judge = Judge {
        reason,
        is_certain: is_unmistakable(name) || is_certain,
    };
    let (mut is_understood, mut is_marker) = (false, false);
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
        is_marker |= known.is_empty() && tells_of_key_store(document.root());
        if let Some(paths) = judge.find_members(&document, known) {
            return Some(Shape {
                why: "a member that is called and made like a credential",
                members: (!paths.is_empty()).then_some((*format, paths)),
                kind: ShapeKind::File,
            });
        }
    }
    if !known.is_empty() {
        return None;
    }
    if is_marker {
        return Some(Shape {
            kind: ShapeKind::Marker,
            ..Shape::of_file("it says that the key store has its login")
        });
    }
    // Each line may be a document.
    if !is_understood && text.starts_with('{') {
        let mut lines = text
            .lines()
            .filter_map(|line| Format::Json.read(line.as_bytes()).ok());
        if lines.any(|document| judge.holds_credential(document.root())) {
            return Some(Shape::of_line());
        }
    }
    let is_markup = text.starts_with('<');
    let has_format = [".json", ".yaml", ".yml", ".toml"]
        .iter()
        .any(|end| lower.ends_with(end));
    if is_understood && has_format {
        return None;
    }
    if has_cookies(text) {
        return Some(Shape::of_file("cookies"));
    }
    // Languages of configuration that no format reads: a word for a secret, and behind it a secret.
    let is_told = has_told_secret(text, is_markup, reason == Reason::Near);
    let is_bare_in = is_unmistakable(name) && !lower.contains("session") && has_bare_secret(text);
    (is_told || is_bare_in).then(Shape::of_line)
}

/// The same of what is no text.
fn shape_of_bytes(name: &str, bytes: &[u8], reason: Reason) -> Option<Shape> {
    if is_certain_binary(name) {
        return Some(Shape::of_file("no text, and called like a credential"));
    }
    (reason != Reason::Near && has_told_secret_in_bytes(bytes))
        .then(|| Shape::of_file("a secret by its name, in what is no text"))
}

/// The text of a file: UTF-8, UTF-16 as editors of Windows write it, or Latin-1; `None` if it is none.
pub(super) fn text_of(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let wide = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks().0.iter().map(|pair| read(*pair)).collect();
        String::from_utf16(&units).ok().map(Cow::Owned)
    };
    let narrow = |bytes: &[u8]| {
        let is_control = |byte: &u8| *byte < 0x20 && !b"\t\n\r\x0c\x1b".contains(byte);
        let is_text = !bytes
            .iter()
            .any(|byte| is_control(byte) || (0x7f..0xa0).contains(byte));
        is_text.then(|| Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()))
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).ok().map(Cow::Borrowed),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Some(Cow::Borrowed(text)),
            Err(_) => narrow(bytes),
        },
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
        _ if text.starts_with('<') => &[Format::Xml],
        _ if text.starts_with(['{', '[']) => {
            &[Format::Json, Format::Toml, Format::Ini(IniDialect::Go)]
        }
        _ => &[Format::Toml, Format::Ini(IniDialect::Go), Format::Yaml],
    }
}

/// Keys beside a name whose text is what the name means: `{"name": "password", "value": …}`.
const VALUES: [&str; 5] = ["value", "@value", "text", "string", "content"];

/// Keys of such names.
const NAMES: [&str; 6] = ["name", "key", "@name", "@key", "id", "option"];

/// Names that mean a secret only in a file that is called so.
const BARE_NAMES: [&str; 8] = [
    "key", "access", "refresh", "value", "pat", "jwt", "bearer", "sid",
];

/// Names of keys that everybody may have: they only say whose something is.
const PUBLIC: [&str; 6] = [
    "writekey",
    "publishablekey",
    "sitekey",
    "anonkey",
    "sentrydsn",
    "publickey",
];

/// Whether a name is that of a key that everybody may have.
fn is_public_key(key: &str) -> bool {
    let letters = key.chars().filter(char::is_ascii_alphanumeric);
    let bare: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    PUBLIC.iter().any(|end| bare.ends_with(end))
}

/// Whether a group is a key that a password opens: the form of wallets and of their like.
fn is_encrypted_key(node: &Node) -> bool {
    let has = |key: &str| node.get(key).is_some();
    has("ciphertext") && (has("cipher") || has("kdf"))
}

/// Ends of names of settings about secrets.
const ABOUT: [&str; 15] = [
    "pbkdf2", "hash", "hashed", "sha1", "salt", "command", "cmd", "eval", "manager", "hint",
    "prompt", "reset", "strength", "rules", "label",
];

/// Keys beside a `key` that opens something.
const WHERE: [&str; 8] = [
    "url", "host", "endpoint", "server", "user", "username", "email", "account",
];

/// Keys that say where a tool keeps its login.
const KEEPERS: [&str; 8] = [
    "storage",
    "store",
    "credential_store",
    "credentials_store",
    "credentialStore",
    "token_storage",
    "tokenStorage",
    "auth_storage",
];

/// Keys that say who is signed in.
const PERSONS: [&str; 7] = [
    "user",
    "username",
    "email",
    "account",
    "login",
    "logged_in",
    "loggedIn",
];

/// Whether a document says that the operating system's key store has the login of somebody.
fn tells_of_key_store(node: &Node) -> bool {
    let names_store = |node: &Node| {
        node.scalar().is_some_and(|text| {
            let lower = text.trim().to_ascii_lowercase();
            matches!(
                lower.as_str(),
                "keyring" | "keychain" | "os-keyring" | "system-keyring"
            )
        })
    };
    let is_set = |node: &Node| {
        node.scalar()
            .is_some_and(|text| !matches!(text.trim(), "" | "false" | "null"))
    };
    let is_kept = KEEPERS
        .iter()
        .any(|key| node.get(key).is_some_and(names_store));
    let is_somebody = PERSONS.iter().any(|key| node.get(key).is_some_and(is_set));
    let is_reference = |(key, value): (&str, &Node)| {
        is_secret(key) && value.scalar().is_some_and(is_key_store_reference)
    };
    (is_kept && is_somebody)
        || node.members().any(is_reference)
        || node.members().any(|(_, member)| tells_of_key_store(member))
        || node.elements().iter().any(tells_of_key_store)
}

/// Names of secrets that are met of other things too.
const MAYBE: [&str; 24] = [
    "pwd", "pass", "pw", "tok", "sk", "sas", "dsn", "csrf", "webhook", "grant", "macaroon",
    "biscuit", "paseto", "nsec", "tgt", "hash", "sid", "key", "access", "refresh", "private",
    "session", "ticket", "seed",
];

/// Whether a name may be a secret's.
fn may_be_secret(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    let is_public = [
        "public",
        "id",
        "fingerprint",
        "checksum",
        "etag",
        "signature",
        "digest",
    ]
    .iter()
    .any(|part| lower.ends_with(part) || lower.starts_with(part));
    let last = lower
        .rsplit(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    let is_glued = ["pass", "pwd", "key", "token", "secret", "grant"]
        .iter()
        .any(|end| last.ends_with(end));
    !is_public && (is_secret(key) || is_glued || MAYBE.contains(&last))
}

/// Whether a member is what a person reads beside a field: `"Password": "Passwort"`.
fn is_label(key: &str, text: &str) -> bool {
    let is_capitalised = |text: &str| text.starts_with(|c: char| c.is_uppercase());
    is_capitalised(key)
        && is_capitalised(text)
        && text.chars().all(|c| c.is_alphabetic() || c == ' ')
        && text.chars().skip(1).all(|c| !c.is_uppercase())
}

/// Whether a member is the public half of a pair of keys: `AKIA…`.
fn is_public_id(key: &str, text: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    let is_id = ["access_key", "access_key_id", "accesskey", "accesskeyid"]
        .iter()
        .any(|end| lower.ends_with(end));
    is_id
        && !lower.contains("secret")
        && text.len() <= 24
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Whether a group of this name holds secrets: `api_keys` by the names of their services.
fn is_secret_group_name(key: &str) -> bool {
    is_surely_secret(key) || key.strip_suffix('s').is_some_and(is_surely_secret)
}

/// Whether a member is a text that nobody has thought of.
fn is_drawn_by_lot(value: &Node) -> bool {
    value
        .text()
        .is_some_and(|text| is_credential_text(text.expose(), Weight::Little))
}

/// What counts as a credential in one file.
struct Judge {
    reason: Reason,
    /// Whether the file's name says that it holds one.
    is_certain: bool,
}

impl Judge {
    /// The members of a document that are credentials and not known; `None` if there is none. An empty
    /// list is a document that holds one which no path leads to.
    fn find_members(&self, document: &Document, known: &[MemberPath]) -> Option<Vec<MemberPath>> {
        // Most files hold none, and that is quickly seen.
        if !self.holds_credential(document.root()) {
            return None;
        }
        let every_member = "**.*".parse::<Pattern>().ok()?;
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
        let above = |path: &MemberPath| -> Option<&Node> {
            let (_, steps) = path.steps().split_last()?;
            if steps.is_empty() {
                return Some(document.root());
            }
            document.get(&MemberPath::new(steps.to_vec()))
        };
        let members = document.select(&every_member).into_iter();
        let paths: Vec<MemberPath> = members
            .filter(|member| {
                let name = member.path.name();
                let in_secret_group = || {
                    let groups = member.path.steps().len().saturating_sub(1);
                    let mut above = member.path.ancestors().take(groups);
                    above.any(|path| is_secret_group_name(path.name()))
                };
                self.is_credential(name, member.value, above(&member.path))
                    || (is_drawn_by_lot(member.value) && in_secret_group())
            })
            .map(|member| member.path)
            .filter(|path| !is_known(path))
            .collect();
        (!paths.is_empty() || known.is_empty()).then_some(paths)
    }

    /// Whether there is a member with the name and the form of a credential.
    fn holds_credential(&self, node: &Node) -> bool {
        self.holds_credential_in(node, false)
    }

    fn holds_credential_in(&self, node: &Node, is_secret_group: bool) -> bool {
        let mut members = node.members();
        members.any(|(key, value)| {
            self.is_credential(key, value, Some(node))
                || (is_secret_group && is_drawn_by_lot(value))
                || is_encrypted_key(value)
                || self.holds_credential_in(value, is_secret_group || is_secret_group_name(key))
        }) || node
            .elements()
            .iter()
            .any(|element| self.holds_credential_in(element, is_secret_group))
    }

    /// Whether a member has the name and the form of a credential. An address with a password in it and
    /// a web token are one whatever they are called.
    fn is_credential(&self, key: &str, value: &Node, group: Option<&Node>) -> bool {
        let elements = value.elements();
        if !elements.is_empty() {
            let texts: Vec<&str> = elements.iter().filter_map(Node::scalar).collect();
            return has_secret_argument(&texts)
                || (self.is_named(key)
                    && elements
                        .iter()
                        .any(|element| self.is_credential(key, element, None)));
        }
        let text = match value.text() {
            Some(text) => text.expose(),
            // Some passwords are numbers.
            None => match value.scalar() {
                Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text,
                _ => return false,
            },
        };
        if value.text().is_none() {
            return self.is_named(key)
                && weigh_name(key) == Weight::Password
                && is_credential_text(text, Weight::Password);
        }
        if has_password_in_address(text) || has_secret_in_address(text) || is_web_token(text) {
            return true;
        }
        if is_recovery_phrase(text) && is_secret(key) {
            return true;
        }
        if text.starts_with('{')
            && let Ok(document) = Format::Json.read(text.as_bytes())
        {
            return self.holds_credential(document.root());
        }
        if is_public_id(key, text) || is_public_key(key) {
            return false;
        }
        if key.contains(' ') {
            // A message, not a setting.
            return false;
        }
        if is_label(key, text) {
            return false;
        }
        if self.is_named(key) {
            let weight = match self.reason {
                Reason::Near => Weight::Little,
                _ => weigh_name(key),
            };
            return is_credential_text(text, weight);
        }
        let Some(group) = group else {
            return false;
        };
        let named_beside = VALUES.contains(&key)
            && NAMES.iter().any(|name| {
                let name = group.get(name).and_then(Node::scalar);
                name.is_some_and(is_surely_secret)
            });
        let is_field =
            VALUES.contains(&key) && group.get("type").and_then(Node::scalar) == Some("password");
        let is_private_part = matches!(key, "d" | "k") && group.get("kty").is_some();
        // `key` beside an address, or beside a person.
        let is_text = |name: &&str| group.get(name).is_some_and(|node| node.text().is_some());
        let is_beside = key == "key" && self.reason == Reason::Name && WHERE.iter().any(is_text);
        let is_bare = matches!(key, "auth" | "_auth")
            || (self.is_certain && BARE_NAMES.contains(&key))
            || is_beside;
        // A name that may be a secret's counts where the value is drawn by lot beyond doubt.
        let is_maybe = self.reason != Reason::Near && is_surely_random(text) && may_be_secret(key);
        is_maybe
            || ((named_beside || is_field || is_private_part || is_bare)
                && is_credential_text(text, Weight::Little))
    }

    fn is_named(&self, key: &str) -> bool {
        let lower = key.to_ascii_lowercase();
        // What says where a secret comes from, and what is asked for.
        let tells_about = ABOUT.iter().any(|end| lower.ends_with(end));
        !tells_about
            && match self.reason {
                Reason::Name => is_secret(key) && !key.to_ascii_lowercase().contains("signature"),
                Reason::Settings | Reason::Near => is_surely_secret(key),
            }
    }
}

#[cfg(test)]
mod tests;
