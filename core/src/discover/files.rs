//! What is known of the files that credentials are in: when they were changed, who may read them, and
//! the dates that credentials bear themselves.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::DiscoverySources;
use crate::formats::{Format, Step};
use crate::inventory::{FileFacts, Inventory, Place, State};
use crate::io::files::{DirectoryHandles, EntryKind};
use crate::systems::discovery::READ_LIMIT;

/// Members that say when a credential was made, without marks and in lower case. A date that may be
/// the account's is none of them.
const DATES: [&str; 10] = [
    "issuedat",
    "iat",
    "obtainedat",
    "cachedat",
    "receivedat",
    "grantedat",
    "loggedinat",
    "lastrefresh",
    "tokencreatedat",
    "creationtime",
];

/// The same where they stand beside the credential itself.
const DATES_BESIDE: [&str; 3] = ["createdat", "created", "createdon"];

/// Notes what is known of the files that credentials were found in. Nothing is read that discovery has
/// not read.
pub fn note_files(sources: &DiscoverySources<'_>, inventory: &mut Inventory) {
    let mut handles = DirectoryHandles::default();
    let mut known: BTreeSet<PathBuf> = BTreeSet::new();
    let found = inventory.artefacts.iter();
    for artefact in found.filter(|artefact| artefact.state != State::Residue) {
        let Some(file) = artefact.place.file() else {
            continue;
        };
        let path = file.to_path();
        if known.insert(path.clone())
            && let Ok(Some(probe)) = sources.files.probe_along(&mut handles, file)
            && probe.kind == EntryKind::File
        {
            let facts = FileFacts {
                modified: probe.modified,
                is_readable_by_others: probe.mode & 0o044 != 0,
            };
            inventory.files.insert(path, facts);
        }
        let is_json = match &artefact.place {
            Place::Member { format, .. } => *format == Format::Json,
            Place::File { file } => {
                let path = file.to_path();
                path.extension()
                    .is_some_and(|extension| extension == "json")
            }
            _ => false,
        };
        if is_json
            && let Ok(Some(bytes)) = sources.files.look_along(&mut handles, file, READ_LIMIT)
            && let Some(at) = date_in(&Zeroizing::new(bytes), &artefact.place)
        {
            inventory.written_at.insert(artefact.place.clone(), at);
        }
    }
}

/// Finds the date that a credential bears: beside it, else above it, the nearest one.
fn date_in(bytes: &[u8], place: &Place) -> Option<Timestamp> {
    let document: Value = serde_json::from_slice(bytes).ok()?;
    let mut objects = vec![document.as_object()?];
    let mut is_credential_object = matches!(place, Place::File { .. });
    if let Place::Member { path, .. } = place {
        for step in path.steps() {
            let (Step::Key(key), Some(object)) = (step, objects.last()) else {
                break;
            };
            match object.get(key).and_then(Value::as_object) {
                Some(next) => {
                    objects.push(next);
                    // What lies below is the credential with all that is said of it.
                    is_credential_object = true;
                }
                None => break,
            }
        }
        is_credential_object |= path.steps().len() == 1;
    }
    let nearest = objects.len();
    let mut dated = objects.iter().enumerate().rev();
    dated.find_map(|(at, object)| {
        let is_beside = is_credential_object && at + 1 == nearest;
        latest_date(object, is_beside)
    })
}

/// The latest date among the members of an object.
fn latest_date(object: &Map<String, Value>, is_beside: bool) -> Option<Timestamp> {
    let is_date = |name: &str| {
        let bare: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let bare = bare.to_ascii_lowercase();
        DATES.contains(&bare.as_str()) || (is_beside && DATES_BESIDE.contains(&bare.as_str()))
    };
    let members = object.iter().filter(|(name, _)| is_date(name));
    members.filter_map(|(_, value)| timestamp(value)).max()
}

/// A moment, as text or as a number of seconds or milliseconds.
fn timestamp(value: &Value) -> Option<Timestamp> {
    /// No credential is as old as this many seconds after 1970, and none as young as this many.
    const SECONDS: std::ops::Range<i64> = 1_000_000_000..100_000_000_000;
    let number = match value {
        Value::Number(number) => number.as_f64().map(|number| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the part of a second does not count"
            )]
            let whole = number as i64;
            whole
        }),
        Value::String(text) => match text.parse::<Timestamp>() {
            Ok(at) => return Some(at),
            Err(_) => text.parse().ok(),
        },
        _ => None,
    }?;
    if SECONDS.contains(&number) {
        Timestamp::from_second(number).ok()
    } else {
        Timestamp::from_millisecond(number)
            .ok()
            .filter(|at| SECONDS.contains(&at.as_second()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::MemberPath;
    use crate::path::ConfinedPath;

    #[test]
    fn dates_are_found_beside_a_credential_or_above_it() {
        let file = ConfinedPath::root(std::path::Path::new("/home/ana"))
            .join("a.json")
            .unwrap();
        let whole = Place::File { file: file.clone() };
        let member = |keys: &[&str]| Place::json(&file, MemberPath::of_keys(keys.iter().copied()));
        let second = |at: i64| Some(Timestamp::from_second(at).unwrap());
        for (text, place, expected) in [
            (
                r#"{"token":"x","issued_at":"2026-01-02T03:04:05Z"}"#,
                &whole,
                second(1_767_323_045),
            ),
            (
                r#"{"token":"x","created_at":1760000000}"#,
                &whole,
                second(1_760_000_000),
            ),
            (
                r#"{"token":"x","cachedAt":"1760000000"}"#,
                &whole,
                second(1_760_000_000),
            ),
            (
                r#"{"token":"x","iat":1760000000123}"#,
                &whole,
                Timestamp::from_millisecond(1_760_000_000_123).ok(),
            ),
            // When the account was made says nothing of the sign-in.
            (
                r#"{"token":"x","user":{"created_at":1760000000}}"#,
                &whole,
                None,
            ),
            (
                r#"{"a":{"token":"x","created":1760000000}}"#,
                &member(&["a"]),
                second(1_760_000_000),
            ),
            (
                r#"{"created":1760000000,"a":{"token":"x"}}"#,
                &member(&["a"]),
                None,
            ),
            (
                r#"{"last_refresh":1760000000,"a":{"token":"x"}}"#,
                &member(&["a", "token"]),
                second(1_760_000_000),
            ),
            (
                r#"{"b":{"iat":1760000000},"a":{"token":"x"}}"#,
                &member(&["a"]),
                None,
            ),
            (r#"{"token":"x","issued_at":"soon"}"#, &whole, None),
            (r#"{"token":"x","issued_at":7}"#, &whole, None),
            ("no JSON", &whole, None),
        ] {
            assert_eq!(date_in(text.as_bytes(), place), expected, "{text}");
        }
    }
}
