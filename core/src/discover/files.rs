//! What is known of the files that credentials are in: when they were changed, who may read them, and
//! the dates that credentials bear themselves.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use super::DiscoverySources;
use crate::formats::{Format, Step};
use crate::inventory::{FileFacts, Inventory, Place, State};
use crate::io::files::{ConfinedPath, DirectoryHandles, EntryKind};
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

/// Words that the name of every such member has one of; a file without them is not looked into.
const HINTS: [&str; 8] = [
    "_at", "At\"", "-at", "iat", "created", "efresh", "reation", "_AT",
];

/// Notes what is known of the files that credentials were found in. Nothing is read that discovery has
/// not read.
pub fn note_files(sources: &DiscoverySources<'_>, inventory: &mut Inventory) {
    let mut handles = DirectoryHandles::default();
    let mut by_file: BTreeMap<&ConfinedPath, Vec<&Place>> = BTreeMap::new();
    let found = inventory.artefacts.iter();
    for artefact in found.filter(|artefact| artefact.state != State::Residue) {
        if let Some(file) = artefact.place.file() {
            by_file.entry(file).or_default().push(&artefact.place);
        }
    }
    let mut files = BTreeMap::new();
    let mut written_at = BTreeMap::new();
    for (file, places) in by_file {
        if let Ok(Some(probe)) = sources.files.probe_along(&mut handles, file)
            && probe.kind == EntryKind::File
        {
            let facts = FileFacts {
                modified: probe.modified,
                is_readable_by_others: probe.mode & 0o044 != 0,
            };
            files.insert(file.to_path(), facts);
        }
        if !places.iter().any(|place| is_json(place)) {
            continue;
        }
        let Ok(Some(bytes)) = sources.files.look_along(&mut handles, file, READ_LIMIT) else {
            continue;
        };
        if let Some(dates) = dates_in(&Zeroizing::new(bytes)) {
            let dated = places
                .into_iter()
                .filter_map(|place| Some((place.clone(), dates.of(place)?)));
            written_at.extend(dated);
        }
    }
    inventory.files.extend(files);
    inventory.written_at.extend(written_at);
}

fn is_json(place: &Place) -> bool {
    match place {
        Place::Member { format, .. } => *format == Format::Json,
        Place::File { file } => {
            let path = file.to_path();
            path.extension()
                .is_some_and(|extension| extension == "json")
        }
        _ => false,
    }
}

/// The dates of a document; `None` if it has none, or is no JSON.
fn dates_in(bytes: &[u8]) -> Option<Dates> {
    let text = std::str::from_utf8(bytes).ok()?;
    let may_have_dates = HINTS.iter().any(|hint| text.contains(hint));
    may_have_dates.then(|| serde_json::from_str(text).ok())?
}

/// A document of which only the dates are kept: the rest of it are secrets.
#[derive(Debug)]
enum Dates {
    /// Members by name.
    Object(BTreeMap<String, Self>),
    /// A text or number that is a moment.
    At(Timestamp),
    /// Anything else.
    Other,
}

impl Dates {
    /// Finds the date that a credential bears: beside it, else above it, the nearest one.
    fn of(&self, place: &Place) -> Option<Timestamp> {
        let Self::Object(document) = self else {
            return None;
        };
        let mut objects = vec![document];
        let mut is_credential_object = matches!(place, Place::File { .. });
        if let Place::Member { path, .. } = place {
            for step in path.steps() {
                let (Step::Key(key), Some(object)) = (step, objects.last()) else {
                    break;
                };
                let Some(Self::Object(next)) = object.get(key) else {
                    break;
                };
                objects.push(next);
                // What lies below is the credential with all that is said of it.
                is_credential_object = true;
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
}

/// The latest date among the members of an object.
fn latest_date(object: &BTreeMap<String, Dates>, is_beside: bool) -> Option<Timestamp> {
    let is_date = |name: &str| {
        let bare: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let bare = bare.to_ascii_lowercase();
        DATES.contains(&bare.as_str()) || (is_beside && DATES_BESIDE.contains(&bare.as_str()))
    };
    let members = object.iter().filter(|(name, _)| is_date(name));
    let dates = members.filter_map(|(_, value)| match value {
        Dates::At(at) => Some(*at),
        Dates::Object(_) | Dates::Other => None,
    });
    dates.max()
}

impl<'de> Deserialize<'de> for Dates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DatesOnly)
    }
}

/// Reads a document and keeps its dates.
struct DatesOnly;

impl<'de> Visitor<'de> for DatesOnly {
    type Value = Dates;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Dates, A::Error> {
        let mut object = BTreeMap::new();
        while let Some((name, value)) = members.next_entry::<String, Dates>()? {
            object.insert(name, value);
        }
        Ok(Dates::Object(object))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Dates, A::Error> {
        while elements.next_element::<Dates>()?.is_some() {}
        Ok(Dates::Other)
    }

    fn visit_str<E>(self, text: &str) -> Result<Dates, E> {
        let at = text.parse::<Timestamp>().ok();
        Ok(at
            .or_else(|| text.parse().ok().and_then(moment))
            .map_or(Dates::Other, Dates::At))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Dates, E> {
        Ok(moment(number).map_or(Dates::Other, Dates::At))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Dates, E> {
        let number = i64::try_from(number).ok();
        Ok(number.and_then(moment).map_or(Dates::Other, Dates::At))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Dates, E> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the part of a second does not count"
        )]
        let whole = number as i64;
        Ok(moment(whole).map_or(Dates::Other, Dates::At))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Dates, E> {
        Ok(Dates::Other)
    }

    fn visit_unit<E>(self) -> Result<Dates, E> {
        Ok(Dates::Other)
    }
}

/// A moment as a number of seconds or milliseconds.
fn moment(number: i64) -> Option<Timestamp> {
    /// No credential is as old as this many seconds after 1970, and none as young as this many.
    const SECONDS: std::ops::Range<i64> = 1_000_000_000..100_000_000_000;
    if SECONDS.contains(&number) {
        return Timestamp::from_second(number).ok();
    }
    let at = Timestamp::from_millisecond(number).ok();
    at.filter(|at| SECONDS.contains(&at.as_second()))
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
            let found = dates_in(text.as_bytes()).and_then(|dates| dates.of(place));
            assert_eq!(found, expected, "{text}");
        }
    }
}
