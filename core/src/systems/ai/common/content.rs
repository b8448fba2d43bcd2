//! What the files of the tools hold: JSON with comments, dates, claims of a token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::formats::json;
use crate::inventory::{Location, Problem};
use crate::io::files::ConfinedPath;
use crate::systems::System;
use crate::systems::discovery::InventoryBuilder;

/// A JSON file of a tool; comments are accepted, as the tools accept them. What is no object is
/// said, and `None`.
pub(in crate::systems::ai) fn read_object(
    system: System,
    file: &ConfinedPath,
    bytes: &[u8],
    findings: &mut InventoryBuilder<'_>,
) -> Option<Map<String, Value>> {
    // One that is empty (a login that was taken out) is no problem.
    if bytes.trim_ascii().is_empty() {
        return None;
    }
    if let Ok(Value::Object(object)) = json::parse(bytes) {
        return Some(object);
    }
    not_understood(system, file, "a JSON object", findings);
    None
}

/// Says that a file is not what the tool writes, so that nobody takes it for one without sign-ins.
pub(in crate::systems::ai) fn not_understood(
    system: System,
    file: &ConfinedPath,
    form: &str,
    findings: &mut InventoryBuilder<'_>,
) {
    findings.problem(Problem {
        location: Location::of(file),
        message: format!(
            "it is not {form}, so sign-ins of {} in it are not known",
            system.title()
        ),
        hint: Some("look into it, and remove it if nothing in it is needed".to_owned()),
        hides: true,
    });
}

/// The text at a path of keys.
pub(in crate::systems::ai) fn find_text<'v>(
    value: &'v Map<String, Value>,
    keys: &[&str],
) -> Option<&'v str> {
    let (first, rest) = keys.split_first()?;
    let mut value = value.get(*first)?;
    for key in rest {
        value = value.get(key)?;
    }
    value.as_str().filter(|text| !text.is_empty())
}

/// Whether there is a text anywhere in a value, members of these names left out: one that is known
/// to be no secret is not meant.
pub(in crate::systems::ai) fn holds_text(value: &Value, known: &[&str]) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => values.iter().any(|value| holds_text(value, known)),
        Value::Object(members) => members
            .iter()
            .any(|(key, value)| !known.contains(&key.as_str()) && holds_text(value, known)),
        _ => false,
    }
}

/// A time in milliseconds since 1970.
pub(in crate::systems::ai) fn parse_milliseconds(value: Option<&Value>) -> Option<Timestamp> {
    let number = value?.as_i64().filter(|number| *number > 0)?;
    Timestamp::from_millisecond(number).ok()
}

/// A time in seconds since 1970.
pub(in crate::systems::ai) fn parse_seconds(value: Option<&Value>) -> Option<Timestamp> {
    let number = value?.as_i64().filter(|number| *number > 0)?;
    Timestamp::from_second(number).ok()
}

/// The claims of a JSON web token. They are only shown, never trusted: nobody checks the signature.
pub(in crate::systems) fn decode_claims(token: &str) -> Option<Map<String, Value>> {
    let payload = token.split('.').nth(1)?;
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    match serde_json::from_slice(&bytes).ok()? {
        Value::Object(object) => Some(object),
        _ => None,
    }
}
