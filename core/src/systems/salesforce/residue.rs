//! What stays of sign-ins beside them: aliases, defaults, lists of users, sandboxes, and what only their
//! key can read.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::aliases;
use super::auth_file::has_encrypted_values;
use super::describe::Ends;
use super::orgs::Orgs;
use super::parse_object;
use super::settings::names_an_org;
use crate::formats::{MemberPath, Step};
use crate::inventory::{Artefact, Category, Class, Owner, Place, State};
use crate::path::ConfinedPath;
use crate::systems::System;
use crate::systems::discovery::{InventoryBuilder, build_artefact};

/// What names the sign-ins elsewhere; it stays as long as they do.
pub(super) fn describe_residue(
    orgs: &Orgs,
    tokens: &BTreeMap<&str, Ends>,
    findings: &mut InventoryBuilder<'_>,
) {
    let directories = orgs.users.iter().filter_map(|users| users.file.parent());
    let is_all_read = !directories
        .into_iter()
        .any(|directory| findings.hides_below(&directory));
    let mut leave = |place: Place, user: Option<&str>, what: &'static str| {
        findings.artefact(Artefact {
            state: State::Residue,
            waits_for: user
                .and_then(|user| tokens.get(user))
                .map(|ends| ends.tokens.clone())
                .unwrap_or_default(),
            ..build_artefact(
                System::SALESFORCE,
                place,
                user.map_or(Owner::System, Owner::account),
                what,
            )
        });
    };
    if let Some(file) = &orgs.alias_file {
        for (alias, user) in orgs.aliases.iter() {
            if tokens.contains_key(user) {
                let path = MemberPath::of_keys([aliases::GROUP, alias]);
                leave(Place::json(file, path), Some(user), "alias");
            }
        }
    }
    for (file, name, user) in list_default_settings(orgs, tokens) {
        let place = Place::json(file, MemberPath::of_keys([name]));
        leave(place, Some(user), "default");
    }
    for users in &orgs.users {
        let is_known = |user: &&String| tokens.contains_key(user.as_str());
        let known: Vec<&String> = users.usernames.iter().filter(is_known).collect();
        // A name may be that of a sign-in which could not be read.
        if known.is_empty() && is_all_read {
            let place = Place::File {
                file: users.file.clone(),
            };
            leave(place, None, "stale list of an org's users");
        }
        for user in known {
            let path = MemberPath::of_keys(["usernames"]).then(Step::Text(user.clone()));
            let place = Place::json(&users.file, path);
            leave(place, Some(user), "entry in the list of an org's users");
        }
    }
    let by_org = users_by_org(orgs);
    for sandbox in &orgs.sandboxes {
        // With several users it goes when all orgs go, or with the last of them.
        let users = by_org.get(sandbox.org_id.as_str()).map(Vec::as_slice);
        let place = Place::File {
            file: sandbox.file.clone(),
        };
        let owner = match users {
            Some([one]) => Owner::account(*one),
            _ => Owner::System,
        };
        let ends = || {
            users
                .into_iter()
                .flatten()
                .filter_map(|user| tokens.get(user))
        };
        let is_of_several = owner.as_account().is_none();
        findings.artefact(Artefact {
            state: State::Residue,
            waits_for: ends().flat_map(|ends| ends.tokens.clone()).collect(),
            sealed: ends()
                .find_map(|ends| ends.sealed)
                .filter(|_| is_of_several),
            ..build_artefact(System::SALESFORCE, place, owner, "where a sandbox belongs")
        });
    }
}

fn users_by_org(orgs: &Orgs) -> HashMap<&str, Vec<&str>> {
    let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
    for org in &orgs.found {
        if let Some(id) = &org.auth.org_id {
            users.entry(id).or_default().push(&org.auth.username);
        }
    }
    users
}

/// Settings, in all files, whose value names one of these users: file, name, user.
fn list_default_settings<'a>(
    orgs: &'a Orgs,
    tokens: &BTreeMap<&'a str, Ends>,
) -> Vec<(&'a ConfinedPath, String, &'a str)> {
    let mut found = Vec::new();
    for settings in &orgs.settings {
        for (name, value) in parse_object(&settings.bytes).unwrap_or_default() {
            let Value::String(value) = value else {
                continue;
            };
            let user = tokens
                .get_key_value(value.as_str())
                .map(|(user, _)| *user)
                .or_else(|| {
                    let user = orgs.aliases.resolve(&value)?;
                    Some(*tokens.get_key_value(user)?.0)
                });
            if let Some(user) = user.filter(|_| names_an_org(&name)) {
                found.push((&settings.file, name, user));
            }
        }
    }
    found
}

/// What else could not be read without the key.
pub(super) fn describe_encrypted(orgs: &Orgs, findings: &mut InventoryBuilder<'_>) {
    let encrypted = |place: Place, what: &'static str| Artefact {
        class: Class::Stored,
        state: State::Unknown,
        tier: Category::Footprint,
        ..build_artefact(System::SALESFORCE, place, Owner::System, what)
    };
    for settings in &orgs.settings {
        let document = parse_object(&settings.bytes).unwrap_or_default();
        for (name, value) in document {
            let one: serde_json::Map<String, Value> = [(name.clone(), value)].into_iter().collect();
            if has_encrypted_values(&one) {
                let place = Place::json(&settings.file, MemberPath::of_keys([name]));
                findings.artefact(encrypted(place, "debugger session"));
            }
        }
    }
    for file in &orgs.pending {
        let place = Place::File { file: file.clone() };
        findings.artefact(encrypted(place, "pending scratch orgs"));
    }
}
