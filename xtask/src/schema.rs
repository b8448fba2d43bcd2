//! The published schemas of what the program prints with `--output json`.

use serde_json::{Value, json};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Every schema, by the name of what it describes.
pub(crate) fn all() -> Vec<(&'static str, Value)> {
    vec![("logout", logout()), ("status", status())]
}

/// An object with these members, all required; others may come with a later version.
fn object(members: Value) -> Value {
    let required: Vec<&String> = members
        .as_object()
        .into_iter()
        .flat_map(|map| map.keys())
        .collect();
    let mut schema = json!({ "type": "object", "required": required });
    schema["properties"] = members;
    schema
}

fn list(of: &Value) -> Value {
    json!({ "type": "array", "items": of })
}

fn words(words: &[&str]) -> Value {
    json!({ "enum": words })
}

fn words_or_null(words: &[&str]) -> Value {
    let mut all: Vec<Value> = words.iter().map(|word| json!(word)).collect();
    all.push(Value::Null);
    json!({ "enum": all })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn text_or_null() -> Value {
    json!({ "type": ["string", "null"] })
}

fn count() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

fn kind() -> Value {
    words(&[
        "keyring",
        "ini-section",
        "json-member",
        "yaml-item",
        "sqlite-row",
        "file",
        "directory",
    ])
}

fn class() -> Value {
    words(&["session", "stored"])
}

fn document(title: &str, mut schema: Value) -> Value {
    schema["$schema"] = json!(DIALECT);
    schema["title"] = json!(title);
    schema
}

fn status() -> Value {
    let artefact = object(json!({ "kind": kind(), "location": text(), "class": class() }));
    let session = object(json!({
        "system": text(),
        "provider": text_or_null(),
        "identity": text_or_null(),
        "chain": list(&text()),
        "state": words(&["live", "expired", "unknown", "signed-out"]),
        "expires_at": { "type": ["string", "null"], "format": "date-time" },
        "artefacts": list(&artefact),
        "revocation": words(&["remote", "manual", "none"]),
    }));
    let obstacle = object(json!({
        "kind": words(&["env", "profile", "helper"]),
        "name": text(),
        "location": text(),
        "system": text(),
        "remedy": text(),
    }));
    document(
        "What `adieu status` and `adieu list` print with --output json",
        object(json!({
            "schema_version": { "const": 1 },
            "sessions": list(&session),
            "overrides": list(&obstacle),
            "verdict": words(&["clean", "signed-in", "overridden"]),
        })),
    )
}

fn logout() -> Value {
    let step = object(json!({
        "action": words(&["revoke", "remove", "edit"]),
        "kind": text(),
        "location": text(),
        "identity": text_or_null(),
        "provider": text_or_null(),
        "system": text(),
        "class": class(),
        "outcome": words_or_null(&["revoked", "removed", "absent", "kept", "unsupported", "failed"]),
        "reason": text_or_null(),
    }));
    let summary = object(json!({
        "identities": count(),
        "providers": count(),
        "removed": count(),
        "revoked": count(),
        "absent": count(),
        "kept": count(),
        "failed": count(),
    }));
    let verified = object(json!({ "checked": count(), "still_live": { "type": "array" } }));
    document(
        "What `adieu logout` prints with --output json",
        object(json!({
            "schema_version": { "const": 1 },
            "dry_run": { "type": "boolean" },
            "steps": list(&step),
            "summary": summary,
            "verified": verified,
            "exit_status": { "type": "integer" },
        })),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_names_its_dialect_and_version() {
        for (name, schema) in all() {
            assert_eq!(schema["$schema"], DIALECT, "{name}");
            assert_eq!(schema["properties"]["schema_version"]["const"], 1, "{name}");
        }
    }

    #[test]
    fn documents_of_the_guide_agree_with_the_schemas() {
        let guide = include_str!("../../docs/guide/json.md");
        let documents: Vec<Value> = guide
            .split("```json\n")
            .skip(1)
            .map(|rest| serde_json::from_str(rest.split("```").next().unwrap()).unwrap())
            .collect();
        assert_eq!(documents.len(), 2);
        for (document, schema) in documents.iter().zip([status(), logout()]) {
            let violations = adieu_testkit::schema::violations(&schema, document);
            assert!(violations.is_empty(), "{violations:#?}");
        }
    }
}
