//! Whether a member of a document is a credential: by its name, by its text, and by what stands beside it.

use std::collections::BTreeSet;

use super::addresses::{has_password_in_address, has_secret_in_address};
use super::lines::{has_secret_argument, has_secret_in_command, has_secret_in_connection};
use super::names::Reason;
use super::text::is_recovery_phrase;
use super::values::{
    Weight, is_credential_text, is_key_store_reference, is_surely_random, is_web_token, weigh_name,
};
use crate::formats::{Document, Format, MemberPath, Node, Pattern};
use crate::names::{is_secret, is_surely_secret};

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
const ABOUT: [&str; 25] = [
    "sources", "source", "env", "var", "file", "path", "policy", "length", "field", "fetch",
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
pub(super) fn tells_of_key_store(node: &Node) -> bool {
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
    let ends = |ends: &[&str]| ends.iter().any(|end| lower.ends_with(end));
    if ends(&["key_id", "keyid", "consumer_key", "consumerkey"]) && !lower.contains("secret") {
        return true;
    }
    let is_id = ends(&["access_key", "accesskey"]);
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
pub(super) struct Judge {
    pub(super) reason: Reason,
    /// Whether the file's name says that it holds one.
    pub(super) is_certain: bool,
}

impl Judge {
    /// The members of a document that are credentials and not known; `None` if there is none. An empty
    /// list is a document that holds one which no path leads to.
    pub(super) fn find_members(
        &self,
        document: &Document,
        known: &[MemberPath],
    ) -> Option<Vec<MemberPath>> {
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
    pub(super) fn holds_credential(&self, node: &Node) -> bool {
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
        if has_password_in_address(text)
            || has_secret_in_address(text)
            || is_web_token(text)
            || has_secret_in_connection(text)
            || has_secret_in_command(key, text)
        {
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
        let is_beside = matches!(key, "key" | "access")
            && self.reason == Reason::Name
            && WHERE.iter().any(is_text);
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
