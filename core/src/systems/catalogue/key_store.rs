//! Entries of the operating system's key store that tools of the catalogue keep there.
//!
//! The store is listed once for all tools, without a secret and without unlocking anything.

use super::naming::Surroundings;
use crate::catalogue::{self, Tool, ToolClass, ToolKeyringItem};
use crate::formats::captures;
use crate::inventory::{
    Account, Artefact, Category, Class, CredentialKind, Fact, Owner, Place, State, TokenUnavailable,
};
use crate::io::keyring::{Content, Entry, Query, StoreId};
use crate::systems::discovery::{InventoryBuilder, Lookup, artefact};

/// Lists the key store.
pub(super) fn lookup<'a>() -> Lookup<'a> {
    Lookup::keyring(Query::everything(), |entries, findings| {
        for entry in entries {
            for tool in catalogue::tools() {
                let mut items = tool.keyring.iter();
                if let Some((item, names)) = items.find_map(|item| match_entry(item, &entry)) {
                    add(tool, item, &names, &entry, findings);
                    break;
                }
            }
        }
    })
}

/// What the wildcards of an item stand for, if it is this entry.
fn match_entry(
    item: &'static ToolKeyringItem,
    entry: &Entry,
) -> Option<(&'static ToolKeyringItem, Vec<(String, String)>)> {
    if item.naming != entry.key.naming {
        return None;
    }
    let named = |what: &str, texts: Vec<String>| {
        let numbered = texts.into_iter().enumerate();
        numbered
            .map(|(at, text)| (format!("{what}{}", at + 1), text))
            .collect::<Vec<_>>()
    };
    let mut texts = named("service", captures(item.service, &entry.key.service)?);
    texts.extend(named(
        "account",
        captures(item.account, &entry.key.account)?,
    ));
    Some((item, texts))
}

fn add(
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
    findings.account(Account {
        system: tool.system,
        name: name.clone(),
        aliases: Vec::new(),
        provider: Some(tool.name.to_owned()),
        facts: vec![
            Fact::new("method", item.what),
            Fact::new("source", "key store"),
        ],
    });
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
        ..artefact(tool.system, place, Owner::account(&name), item.what)
    });
}
