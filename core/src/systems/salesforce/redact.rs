//! Which parts of these files are secrets, and documents without them.

use serde_json::{Map, Value};

use crate::names;

/// How deep a document may be nested before what is below counts as one secret.
const DEPTH_LIMIT: usize = 64;

/// Whether the real client encrypts what stands under this key, at any depth.
///
/// Source: sfdx-core `src/config/authInfoConfig.ts`.
pub(super) fn is_encrypted_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["token", "password", "secret"]
        .iter()
        .any(|word| key.contains(word))
}

/// Whether what stands under this key is a secret: what the real client encrypts, and whatever else
/// has a secret's name. `privateKey` is the path of a key's file.
pub fn is_secret_key(key: &str) -> bool {
    is_encrypted_key(key) || (key != "privateKey" && names::is_secret(key))
}

/// Whether a text is a secret whatever its key: an SFDX auth URL, or an access token
/// (`00D…!…`).
pub fn is_secret_text(text: &str) -> bool {
    if text.contains("force://") {
        return true;
    }
    text.split_once('!').is_some_and(|(before, after)| {
        let tail = before.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let start = tail.rfind("00D").unwrap_or(tail.len());
        let id = &tail[start..];
        (15..=18).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && !after.is_empty()
    })
}

/// Whether a text that stands under a key is a secret by its form. A public id looks like one.
fn looks_secret(key: &str, text: &str) -> bool {
    key != "privateKey" && names::is_hidden(key, text)
}

/// The document with every secret, at any depth, replaced by what `replacement` makes of its key;
/// with `None` the member is left out (an element of a list becomes `null`).
pub fn redact_document(value: &Value, replacement: &dyn Fn(&str) -> Option<Value>) -> Value {
    let outcome = redact_value("", value, replacement, DEPTH_LIMIT);
    outcome.unwrap_or(Value::Null)
}

/// The document without its secrets.
pub fn without_secrets(document: &Map<String, Value>) -> Value {
    redact_members(document, &|_| None, DEPTH_LIMIT)
}

fn redact_value(
    key: &str,
    value: &Value,
    replacement: &dyn Fn(&str) -> Option<Value>,
    depth: usize,
) -> Option<Value> {
    let Some(below) = depth.checked_sub(1) else {
        return replacement(key);
    };
    match value {
        Value::Object(object) => Some(redact_members(object, replacement, below)),
        Value::Null | Value::Bool(_) => Some(value.clone()),
        _ if is_secret_key(key) => replacement(key),
        Value::String(text) if is_secret_text(text) || looks_secret(key, text) => replacement(key),
        Value::Array(array) => {
            let elements = array.iter().map(|element| {
                redact_value(key, element, replacement, below).unwrap_or(Value::Null)
            });
            Some(elements.collect())
        }
        Value::String(_) | Value::Number(_) => Some(value.clone()),
    }
}

fn redact_members(
    object: &Map<String, Value>,
    replacement: &dyn Fn(&str) -> Option<Value>,
    depth: usize,
) -> Value {
    object
        .iter()
        .filter_map(|(key, value)| {
            Some((key.clone(), redact_value(key, value, replacement, depth)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_found_by_key_and_by_form() {
        for key in ["accessToken", "REFRESHTOKEN", "clientSecret", "password2"] {
            assert!(is_secret_key(key), "{key}");
        }
        for key in ["username", "privateKey", "instanceUrl"] {
            assert!(!is_secret_key(key), "{key}");
        }
        for text in [
            "force://PlatformCLI::FAKE@x.example",
            "00DFX0000000001!AQ.FAKE",
            "Bearer 00DFX0000000001AAA!AQ.FAKE",
        ] {
            assert!(is_secret_text(text), "{text}");
        }
        for text in ["00DFX0000000001AAA", "hello!", "00D!x", "a@b.example"] {
            assert!(!is_secret_text(text), "{text}");
        }
    }

    #[test]
    fn secrets_go_at_any_depth() {
        let document = json!({
            "username": "a@b.example",
            "accessToken": "FAKE-1",
            "tokens": ["FAKE-2"],
            "isTokenValid": true,
            "clientApps": {"app": {"clientId": "id", "clientSecret": "FAKE-3",
                "more": [{"refreshToken": "FAKE-4", "count": 1}]}},
            "list": ["force://x:FAKE-5:y@z", "plain"],
            "pin": {"password": 1234},
        });
        let shown = redact_document(&document, &|_| None);
        assert_eq!(
            shown,
            json!({
                "username": "a@b.example",
                "isTokenValid": true,
                "clientApps": {"app": {"clientId": "id", "more": [{"count": 1}]}},
                "list": [null, "plain"],
                "pin": {},
            })
        );
        let marked = redact_document(&document, &|key| Some(format!("[{key}]").into()));
        assert_eq!(
            marked["clientApps"]["app"]["clientSecret"],
            "[clientSecret]"
        );
        assert_eq!(marked["accessToken"], "[accessToken]");
        assert!(!marked.to_string().contains("FAKE"));
    }

    #[test]
    fn a_document_that_is_nested_without_end_is_cut() {
        let mut value = json!({"accessToken": "FAKE-token"});
        for _ in 0..200 {
            value = json!({ "below": value });
        }
        let shown = redact_document(&value, &|_| None).to_string();
        assert!(!shown.contains("FAKE") && shown.len() < 2000);
    }
}
