//! The AWS CLI's own history: every answer of a server, with the keys and tokens in it.
//!
//! It is written where a profile sets `cli_history = enabled`, one row for each thing that a command did,
//! and a command's rows have its id. Source: AWS CLI `awscli/customizations/history/db.py`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::inventory::{Account, Artefact, Fact, Owner, Place, State};
use crate::io::files::ConfinedPath;
use crate::systems::System;
use crate::systems::discovery::{
    DiscoveryContext, DiscoveryScope, InventoryBuilder, Lookup, build_artefact, parse_timestamp,
};

/// The table and its columns: what tells a command, what was said, and when, in milliseconds.
const TABLE: &str = "records";
const COLUMNS: [&str; 3] = ["id", "payload", "timestamp"];

/// The name of the account that the history counts as: it may hold anybody's.
const NAME: &str = "CLI history";

/// Members of answers, and headers of questions, that sign in by themselves or with what stands beside
/// them. The secret of a client's registration does not.
const SECRETS: [&str; 10] = [
    "SecretAccessKey",
    "secretAccessKey",
    "accessToken",
    "refreshToken",
    "access_token",
    "refresh_token",
    "authorizationToken",
    "AuthorizationToken",
    "SecretString",
    "x-amz-sso_bearer_token",
];

/// Members that renew what else is there, so that its end is no end.
const RENEWALS: [&str; 2] = ["refreshToken", "refresh_token"];

/// How deep a document is looked into.
const DEEPEST: usize = 32;

/// What a command's rows hold.
#[derive(Default)]
struct Held {
    /// Whether something signs in.
    has_secret: bool,
    /// Whether the end of something is not told.
    is_endless: bool,
    /// When the last of it ends.
    ends: Option<Timestamp>,
}

/// What was written before the variable was set is still in the usual place.
pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    if discovery.reach != DiscoveryScope::Machine {
        return Vec::new();
    }
    let usual = discovery.in_home(".aws/cli/history/history.db");
    let databases = discovery.at_both("AWS_CLI_HISTORY_FILE", usual);
    let databases = databases.into_iter();
    databases
        .map(|database| build_lookup(*discovery, database))
        .collect()
}

fn build_lookup(discovery: DiscoveryContext<'_>, database: ConfinedPath) -> Lookup<'_> {
    let place = database.clone();
    Lookup::Rows {
        database,
        table: TABLE,
        columns: &COLUMNS,
        found: Box::new(move |rows, findings| {
            let mut commands: BTreeMap<&str, Held> = BTreeMap::new();
            for row in &rows {
                let [Some(id), Some(payload), timestamp] = row.as_slice() else {
                    continue;
                };
                let Ok(document) = serde_json::from_str(payload.expose()) else {
                    continue;
                };
                let written = timestamp.as_ref().and_then(|at| at.expose().parse().ok());
                let held = read_payload(&document, written);
                commands.entry(id.expose()).or_default().add(&held);
            }
            for (id, held) in commands.into_iter().filter(|(_, held)| held.has_secret) {
                add_command(&discovery, &place, id, &held, findings);
            }
        }),
    }
}

impl Held {
    fn add(&mut self, other: &Self) {
        self.has_secret |= other.has_secret;
        self.is_endless |= other.is_endless;
        self.ends = self.ends.max(other.ends);
    }
}

fn add_command(
    discovery: &DiscoveryContext<'_>,
    database: &ConfinedPath,
    id: &str,
    held: &Held,
    findings: &mut InventoryBuilder<'_>,
) {
    findings.account(Account {
        system: System::AWS,
        name: NAME.to_owned(),
        aliases: Vec::new(),
        provider: Some("AWS CLI".to_owned()),
        facts: vec![
            Fact::new("method", "answers of servers"),
            Fact::new("source", discovery.world.shorten(&database.to_path())),
        ],
    });
    let place = Place::SqliteRow {
        file: database.clone(),
        table: TABLE.to_owned(),
        column: COLUMNS[0].to_owned(),
        value: id.to_owned(),
    };
    let owner = Owner::account(NAME);
    let found = build_artefact(System::AWS, place, owner, "keys in the AWS CLI's history");
    let found = discovery.until(found, held.ends);
    let is_open = held.is_endless && found.state != State::Live;
    findings.artefact(match held.ends {
        // Nobody knows how long it works, so nobody says that it does.
        None => Artefact {
            state: State::Unknown,
            ..found
        },
        Some(_) if is_open => Artefact {
            state: State::Unknown,
            expires_at: None,
            ..found
        },
        Some(_) => found,
    });
}

/// What one payload holds. `written` is when, in milliseconds since 1970.
fn read_payload(document: &Value, written: Option<i64>) -> Held {
    let mut held = Held::default();
    read_value(document, written, 0, &mut held);
    held
}

fn read_value(value: &Value, written: Option<i64>, depth: usize, held: &mut Held) {
    if depth > DEEPEST {
        return;
    }
    match value {
        Value::Array(elements) => {
            for element in elements {
                read_value(element, written, depth + 1, held);
            }
        }
        Value::Object(members) => {
            let is_set = |key: &str| {
                let text = members.get(key).and_then(Value::as_str);
                text.is_some_and(|text| !text.is_empty())
            };
            if SECRETS.iter().any(|key| is_set(key)) {
                held.has_secret = true;
                let ends = members
                    .iter()
                    .find_map(|(key, value)| end_of(key, value, written));
                let is_renewed = RENEWALS.iter().any(|key| is_set(key));
                held.is_endless |= is_renewed || ends.is_none();
                held.ends = held.ends.max(ends);
            }
            for (key, member) in members {
                match member.as_str() {
                    // The answer as it came; it stands beside itself once more, read.
                    Some(text) if key == "body" => {
                        if let Ok(inner) = serde_json::from_str(text) {
                            read_value(&inner, written, depth + 1, held);
                        }
                    }
                    Some(_) => {}
                    None => read_value(member, written, depth + 1, held),
                }
            }
        }
        _ => {}
    }
}

/// When what stands beside this member ends, if that is what it tells.
fn end_of(key: &str, value: &Value, written: Option<i64>) -> Option<Timestamp> {
    match key {
        "Expiration" | "expiration" | "expiresAt" => match (value.as_str(), value.as_f64()) {
            (Some(text), _) => parse_timestamp(text),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "times beyond the range of timestamps are refused by them"
            )]
            (None, Some(number)) if number > 1e11 => {
                Timestamp::from_millisecond(number as i64).ok()
            }
            #[expect(
                clippy::cast_possible_truncation,
                reason = "times beyond the range of timestamps are refused by them"
            )]
            (None, Some(number)) => Timestamp::from_second(number as i64).ok(),
            (None, None) => None,
        },
        "expiresIn" | "expires_in" => {
            let milliseconds = value.as_i64()?.checked_mul(1000)?.checked_add(written?)?;
            Timestamp::from_millisecond(milliseconds).ok()
        }
        _ => None,
    }
}
