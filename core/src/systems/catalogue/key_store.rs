//! Entries of the operating system's key store that tools of the catalogue keep there.
//!
//! The store is listed once for all tools, without a secret and without unlocking anything.

use std::collections::BTreeSet;

use super::calls::{Tellable, note_token};
use super::naming::Surroundings;
use crate::catalogue::{self, Tool, ToolClass, ToolKeyringItem};
use crate::formats::find_captures;
use crate::inventory::{
    Account, Artefact, Category, Class, CredentialKind, Fact, Location, Owner, Place, Problem,
    State, TokenUnavailable, Unread,
};
use crate::io::keyring::{Content, Entry, EntryKey, Naming, Query, StoreId};
use crate::systems::discovery::{
    DiscoveryContext, InventoryBuilder, Lookup, MarkedLogin, build_artefact,
};

/// Lists the key store, then reads what a server can be told of.
pub(super) fn lookups(discovery: DiscoveryContext<'_>) -> [Lookup<'_>; 2] {
    let listed = Lookup::keyring(Query::everything(), move |entries, findings| {
        for entry in entries {
            let Some((tool, item, names)) = find_item(&discovery, &entry.key) else {
                findings.notes.other_entries.push(entry.key);
                continue;
            };
            // What a server can be told is read, where that asks nobody.
            if matches!(entry.content, Content::Unread) && !item.services.is_empty() {
                findings.notes.unread_entries.push(entry.key);
            } else {
                add_sign_in(&discovery, tool, item, &names, &entry, findings);
            }
        }
    });
    let read = Lookup::next(move |findings| {
        let keys = std::mem::take(&mut findings.notes.unread_entries);
        let read = keys.into_iter().map(|key| {
            let query = Query {
                account: (key.naming != Naming::Profile).then(|| key.account.clone()),
                ..Query::service(key.service, key.naming).with_secrets()
            };
            Lookup::keyring(query, move |entries, findings| {
                for entry in entries {
                    if let Some((tool, item, names)) = find_item(&discovery, &entry.key) {
                        add_sign_in(&discovery, tool, item, &names, &entry, findings);
                    }
                }
            })
        });
        read.collect()
    });
    [listed, read]
}

/// Says of whom a file tells that the key store keeps the secret, where that store did not name what it
/// has: then nobody knows whether the login is still there.
pub(super) fn say_what_is_out_of_reach(findings: &mut InventoryBuilder<'_>) {
    let marked = std::mem::take(&mut findings.notes.marked_logins);
    if findings.notes.is_key_store_listed {
        return;
    }
    let mut said = BTreeSet::new();
    for login in marked {
        let MarkedLogin {
            system,
            account,
            file,
            is_hint,
        } = login;
        if is_hint && !findings.notes.has_key_store {
            continue;
        }
        if findings.has_credential_of(system, &account) || !said.insert((system, account.clone())) {
            continue;
        }
        findings.account(Account {
            system,
            name: account.clone(),
            aliases: Vec::new(),
            provider: Some(system.title().to_owned()),
            facts: vec![Fact::new("source", "key store")],
        });
        let location = Location::of(&file);
        findings.unread(&location, Unread::Account(system, account.clone()));
        let logout = catalogue::tool_of(system).map(|tool| tool.logout.join(" "));
        let logout = logout.filter(|command| !command.is_empty());
        findings.problem(Problem {
            location,
            message: format!(
                "by it, {account} is signed in with a secret in the operating system's key store, \
                 which could not be asked"
            ),
            hint: Some(match logout {
                Some(command) => {
                    format!(
                        "run this again in a desktop session, or sign out there with: {command}"
                    )
                }
                None => "run this again in a desktop session".to_owned(),
            }),
            hides: true,
        });
    }
}

/// The tool's item that an entry is.
#[expect(
    clippy::type_complexity,
    reason = "three things that belong together once"
)]
fn find_item(
    discovery: &DiscoveryContext<'_>,
    key: &EntryKey,
) -> Option<(
    &'static Tool,
    &'static ToolKeyringItem,
    Vec<(String, String)>,
)> {
    discovery.tools().find_map(|tool| {
        let mut items = tool.keyring.iter();
        let (item, names) = items.find_map(|item| match_entry(item, key))?;
        Some((tool, item, names))
    })
}

/// What the wildcards of an item stand for, if it is this entry.
fn match_entry(
    item: &'static ToolKeyringItem,
    key: &EntryKey,
) -> Option<(&'static ToolKeyringItem, Vec<(String, String)>)> {
    if item.naming != key.naming {
        return None;
    }
    let named = |what: &str, texts: Vec<String>| {
        let numbered = texts.into_iter().enumerate();
        numbered
            .map(|(at, text)| (format!("{what}{}", at + 1), text))
            .collect::<Vec<_>>()
    };
    let mut texts = named("service", find_captures(item.service, &key.service)?);
    texts.extend(named("account", find_captures(item.account, &key.account)?));
    Some((item, texts))
}

fn add_sign_in(
    discovery: &DiscoveryContext<'_>,
    tool: &'static Tool,
    item: &'static ToolKeyringItem,
    names: &[(String, String)],
    entry: &Entry,
    findings: &mut InventoryBuilder<'_>,
) {
    let surroundings = Surroundings {
        document: None,
        member: None,
        path_captures: &[],
        names,
    };
    let name = surroundings
        .fill_first(item.identity)
        .unwrap_or_else(|| "default".to_owned());
    let account = Account {
        system: tool.system,
        name: name.clone(),
        aliases: Vec::new(),
        provider: Some(tool.name.to_owned()),
        facts: vec![
            Fact::new("method", item.what),
            Fact::new("source", "key store"),
        ],
    };
    findings.account(account.clone());
    let told = Tellable {
        tool,
        services: item.services,
        secret: match &entry.content {
            Content::Known(secret) => Some(secret.expose()),
            _ => None,
        },
        is_made_by_hand: item.is_key || item.class == ToolClass::Stored,
        is_unvouched: false,
        ends: None,
    };
    let token = note_token(discovery, &told, &surroundings, &account, findings);
    let is_locked = matches!(entry.content, Content::Locked);
    let place = Place::KeyringEntry {
        store: StoreId::System,
        service: entry.key.service.clone(),
        account: entry.key.account.clone(),
        naming: entry.key.naming,
    };
    findings.artefact(Artefact {
        class: match item.class {
            ToolClass::Stored | ToolClass::Key => Class::Stored,
            _ => Class::Session,
        },
        kind: match item.class {
            ToolClass::Key => CredentialKind::PrivateKey,
            _ if item.is_key => CredentialKind::ApiKey,
            _ => CredentialKind::Login,
        },
        tier: match item.class {
            ToolClass::Linked => Category::Attached,
            ToolClass::Footprint => Category::Footprint,
            _ => Category::SignIn,
        },
        state: if is_locked {
            State::Unknown
        } else {
            State::Live
        },
        sealed: is_locked.then_some(TokenUnavailable::Locked),
        token,
        ..build_artefact(tool.system, place, Owner::account(&name), item.what)
    });
}
