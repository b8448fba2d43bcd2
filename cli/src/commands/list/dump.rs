//! The configuration as Atmos prints it, with secrets hidden, as JSON or YAML.

use std::fmt::Write as _;

use adieu::atmos::config::{Node, Value as Written};
use adieu::names::{is_container, is_hidden, is_secret, looks_secret};
use adieu::printable::is_printable;
use adieu::report::AuthListDocument;
use serde::Serialize;
use serde_json::{Map, Value};

use super::super::whoami::REDACTED;
use super::Listing;
use crate::ui::Failure;

/// Keys whose values are booleans; all others are texts to Atmos.
const BOOLEANS: [&str; 6] = [
    "default",
    "required",
    "auto_provision_identities",
    "download_browser_driver",
    "webflow_enabled",
    "isolated",
];

/// Keys whose mappings may hold anything, so that truths in them are what they are written as.
const FREE: [&str; 3] = ["spec", "principal", "credentials"];

/// How deep mappings may lie in each other.
const DEEPEST: usize = 32;

/// What was asked for, with its states.
pub(super) fn build_document(listing: &Listing<'_>) -> AuthListDocument {
    let identities = listing.with_identities.then(|| {
        let meant = listing.identities.iter().filter(|listed| listed.is_meant);
        meant
            .map(|listed| {
                let name = listed.entry.name.written.clone();
                let standing = listed.standing;
                let settings = list_settings(&listed.entry.settings);
                let entry = AuthListDocument::entry(settings, standing.state, standing.expires_at);
                (name, entry)
            })
            .collect()
    });
    let providers = listing.with_providers.then(|| {
        let meant = listing.providers.iter().filter(|listed| listed.is_meant);
        meant
            .map(|listed| {
                let name = listed.entry.name.written.clone();
                let standing = listed.standing;
                let settings = list_settings(&listed.entry.settings);
                let entry = AuthListDocument::entry(settings, standing.state, standing.expires_at);
                (name, entry)
            })
            .collect()
    });
    AuthListDocument::new(identities, providers)
}

fn list_settings(node: &Node) -> Map<String, Value> {
    match to_redacted_value("", node, Way::default(), 0) {
        Some(Value::Object(settings)) => settings,
        _ => Map::new(),
    }
}

/// What the keys on the way to a value say of it.
#[derive(Clone, Copy, Default)]
struct Way {
    /// It may be a secret.
    hidden: bool,
    /// It lies in a mapping that may hold anything.
    free: bool,
}

/// `None` for what is not set.
fn to_redacted_value(key: &str, node: &Node, way: Way, depth: usize) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    // A group, such as `session`, holds settings that are judged by their own names.
    let is_group = matches!(node.value, Written::Mapping(_)) && is_container(key);
    let hidden = way.hidden || (is_secret(key) && !is_group);
    let free = way.free || FREE.iter().any(|name| key.eq_ignore_ascii_case(name));
    match &node.value {
        Written::Unset(_) => None,
        Written::Variable(variable) => Some(variable.shown().into()),
        Written::Scalar(text) if hidden => {
            Some(if tells_nothing(text) { text } else { REDACTED }.into())
        }
        Written::Scalar(text) => Some(match node.truth() {
            Some(truth) if is_boolean(key) || (free && is_truth(text)) => truth.into(),
            _ => without_secret(key, text).into(),
        }),
        Written::Sequence(items) | Written::Append(items) => {
            let items = items.iter().filter_map(|item| {
                let hidden = hidden || is_secret_variable(item);
                to_redacted_value("", item, Way { hidden, free }, depth + 1)
            });
            Some(items.collect())
        }
        Written::Mapping(mapping) => {
            let entries = mapping.iter().filter_map(|entry| {
                // The name of a variable is no secret, only its value.
                let hidden = hidden && &*entry.key != "key";
                let value =
                    to_redacted_value(&entry.key, &entry.value, Way { hidden, free }, depth + 1)?;
                Some((entry.key.to_string(), value))
            });
            Some(Value::Object(entries.collect()))
        }
    }
}

/// Whether a text under a secret's name is none: nothing, or whether there is to be one.
fn tells_nothing(text: &str) -> bool {
    matches!(text, "" | "true" | "false")
}

/// A text as it may be shown: what may be a secret is hidden.
pub(crate) fn redact_scalar(key: &str, text: &str) -> String {
    if is_secret(key) && !tells_nothing(text) {
        REDACTED.to_owned()
    } else {
        without_secret(key, text)
    }
}

/// A text that is not hidden by its name: without what its own form tells to be secret. Of an address
/// the host is left.
fn without_secret(key: &str, text: &str) -> String {
    let shown = without_user(text);
    let is_scheme = |scheme: &str| {
        scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    let address = shown
        .split_once("://")
        .filter(|(scheme, _)| is_scheme(scheme));
    let Some((scheme, rest)) = address else {
        let is_hidden = is_hidden(key, text) && !tells_nothing(text);
        return if is_hidden {
            REDACTED.to_owned()
        } else {
            shown
        };
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path_alone = path.split('?').next().unwrap_or_default();
    if looks_secret(&format!("https://host{path_alone}")) {
        return format!("{scheme}://{host}/{REDACTED}");
    }
    shown
}

/// Whether YAML has no other meaning for it than a truth: a number may be an account's.
fn is_truth(text: &str) -> bool {
    ["true", "false"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

fn is_boolean(key: &str) -> bool {
    BOOLEANS.iter().any(|name| key.eq_ignore_ascii_case(name))
}

/// An item of an `env` list whose name says that its value is secret.
fn is_secret_variable(item: &Node) -> bool {
    let name = item.get("key").and_then(Node::text);
    item.get("value").is_some() && name.is_some_and(is_secret)
}

/// Without user and password in front of a URL's host, and without its query.
fn without_user(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://{REDACTED}{}", without_query(&rest[at..])),
        None => format!("{scheme}://{}", without_query(rest)),
    }
}

/// Without the values of a URL's query, which may hold a token.
fn without_query(rest: &str) -> String {
    match rest.split_once('?') {
        Some((before, _)) => format!("{before}?{REDACTED}"),
        None => rest.to_owned(),
    }
}

/// A document as YAML, in the style of Atmos: four spaces, quotes only where needed.
pub(super) fn to_yaml(document: &impl Serialize) -> Result<String, Failure> {
    let value = serde_json::to_value(document)
        .map_err(|error| Failure::failed("the list could not be written").because(&error))?;
    let mut text = String::new();
    write_block(&value, 0, &mut text);
    text.truncate(text.trim_end().len());
    Ok(text)
}

/// The lines of a mapping or list that is not empty.
fn write_block(value: &Value, indent: usize, out: &mut String) {
    let margin = " ".repeat(indent);
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let _ = write!(out, "{margin}{}:", yaml_text(key));
                write_member(value, indent + 4, out);
            }
        }
        Value::Array(items) => {
            for item in items {
                out.push_str(&margin);
                out.push('-');
                if let Some(text) = one_line(item) {
                    let _ = writeln!(out, " {text}");
                } else {
                    let mut inner = String::new();
                    write_block(item, indent + 2, &mut inner);
                    out.push(' ');
                    out.push_str(inner.trim_start());
                }
            }
        }
        _ => {}
    }
}

fn write_member(value: &Value, indent: usize, out: &mut String) {
    if let Some(text) = one_line(value) {
        let _ = writeln!(out, " {text}");
    } else {
        out.push('\n');
        write_block(value, indent, out);
    }
}

fn one_line(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => yaml_text(text),
        Value::Array(items) if items.is_empty() => "[]".to_owned(),
        Value::Object(entries) if entries.is_empty() => "{}".to_owned(),
        Value::Array(_) | Value::Object(_) => return None,
    })
}

/// Plain where every reader of YAML takes it for the same text, else in double quotes.
fn yaml_text(text: &str) -> String {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-./:@+=".contains(c))
        && !text.ends_with(':')
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_plain {
        return text.to_owned();
    }
    let mut quoted = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            _ if !is_printable(character) => {
                let number = u32::from(character);
                let _ = match number {
                    0..=0xffff => write!(quoted, "\\u{number:04x}"),
                    _ => write!(quoted, "\\U{number:08x}"),
                };
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn yaml_quotes_what_readers_would_take_for_something_else() {
        for plain in ["dev-admin", "arn:aws:iam::1:role/x", "http://127.0.0.1:80"] {
            assert_eq!(yaml_text(plain), plain);
        }
        for (text, quoted) in [
            ("", "\"\""),
            ("no", "\"no\""),
            ("210000000001", "\"210000000001\""),
            ("a: b", "\"a: b\""),
            ("a:", "\"a:\""),
            ("- a", "\"- a\""),
            ("a\"\\\n\u{1b}\u{85}", "\"a\\\"\\\\\\n\\u001b\\u0085\""),
        ] {
            assert_eq!(yaml_text(text), quoted);
        }
    }

    #[test]
    fn yaml_nests_mappings_and_lists() {
        let document = json!({"a": {"b": [{"c": 1, "d": ["x"]}, "z"], "e": {}}, "f": null});
        let text = "a:\n    b:\n        - c: 1\n          d:\n              - x\n        - z\n    \
                    e: {}\nf: null";
        assert_eq!(to_yaml(&document).unwrap(), text);
    }

    #[test]
    fn user_and_password_of_a_url_are_hidden() {
        assert_eq!(
            without_user("https://u:p@host/x@y"),
            "https://***REDACTED***@host/x@y"
        );
        assert_eq!(without_user("https://host/x@y"), "https://host/x@y");
        assert_eq!(without_user("a@b"), "a@b");
        assert_eq!(
            without_user("https://u@host/x?token=FAKE-1"),
            "https://***REDACTED***@host/x?***REDACTED***"
        );
        assert_eq!(
            without_user("https://host/x?token=FAKE-1"),
            "https://host/x?***REDACTED***"
        );
    }
}
