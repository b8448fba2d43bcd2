//! What an account has: its places, a line for each kind of thing, links, MCP servers, entries of the key
//! store, and what is known by its name alone.

use std::rc::Rc;

use serde_json::Value;

use super::accounts::build_account;
use crate::formats::MemberPath;
use crate::inventory::{
    Artefact, Category, CredentialKind, Location, Owner, Place, Problem, State, TokenUnavailable,
};
use crate::io::files::ConfinedPath;
use crate::io::keyring::{Content, Entry, StoreId};
use crate::names::is_secret;
use crate::systems::System;
use crate::systems::ai::trees;
use crate::systems::discovery::{DirectoryEntry, InventoryBuilder, Lookup, build_artefact};

/// A member of a JSON file.
pub(in crate::systems::ai) fn build_member_place<K: Into<String>>(
    file: &ConfinedPath,
    keys: impl IntoIterator<Item = K>,
) -> Place {
    Place::json(file, MemberPath::of_keys(keys))
}

/// A whole file.
pub(in crate::systems::ai) fn build_file_place(file: &ConfinedPath) -> Place {
    Place::File { file: file.clone() }
}

/// A directory with everything in it.
pub(in crate::systems::ai) fn build_tree_place(directory: &ConfinedPath) -> Place {
    Place::Tree {
        directory: directory.clone(),
    }
}

/// A tool's things, to be described in one line each.
#[derive(Clone, Copy)]
pub(in crate::systems::ai) struct AccountArtefacts<'n> {
    pub(in crate::systems::ai) system: System,
    pub(in crate::systems::ai) name: &'n str,
}

impl AccountArtefacts<'_> {
    /// A part of the sign-in.
    pub(in crate::systems::ai) fn sign_in(&self, place: Place, what: &'static str) -> Artefact {
        build_artefact(self.system, place, Owner::account(self.name), what)
    }

    /// A key that a person made, which signs in.
    pub(in crate::systems::ai) fn api_key(&self, place: Place, what: &'static str) -> Artefact {
        Artefact {
            kind: CredentialKind::ApiKey,
            ..self.sign_in(place, what)
        }
    }

    /// What may be a part of the sign-in: nobody can say.
    pub(in crate::systems::ai) fn unknown(&self, place: Place, what: &'static str) -> Artefact {
        Artefact {
            state: State::Unknown,
            ..self.sign_in(place, what)
        }
    }

    /// Something that goes along with the sign-in, but is no credential.
    pub(in crate::systems::ai) fn along(&self, place: Place, what: &'static str) -> Artefact {
        Artefact {
            state: State::Residue,
            ..self.sign_in(place, what)
        }
    }

    /// A login to another service.
    pub(in crate::systems::ai) fn attached(&self, place: Place, what: &'static str) -> Artefact {
        Artefact {
            tier: Category::Attached,
            ..self.sign_in(place, what)
        }
    }

    /// A secret in a tool's settings, of which nobody can say whether it still is good.
    pub(in crate::systems::ai) fn configured(&self, place: Place, what: &'static str) -> Artefact {
        Artefact {
            state: State::Unknown,
            ..self.attached(place, what)
        }
    }

    /// A trace of who was signed in.
    pub(in crate::systems::ai) fn footprint(&self, place: Place, what: &'static str) -> Artefact {
        Artefact {
            tier: Category::Footprint,
            ..self.along(place, what)
        }
    }

    /// What was worked on.
    pub(in crate::systems::ai) fn data(&self, place: Place, what: &'static str) -> Artefact {
        Artefact {
            tier: Category::Data,
            ..self.along(place, what)
        }
    }

    /// What was worked on, or a trace.
    pub(in crate::systems::ai) fn left(
        &self,
        place: Place,
        what: &'static str,
        is_data: bool,
    ) -> Artefact {
        if is_data {
            self.data(place, what)
        } else {
            self.footprint(place, what)
        }
    }

    /// A credential file that is a link: it is not followed, so what it holds is not known.
    pub(in crate::systems::ai) fn link(&self, file: &ConfinedPath) -> Artefact {
        Artefact {
            state: State::Unknown,
            sealed: Some(TokenUnavailable::Immovable),
            ..self.sign_in(Place::File { file: file.clone() }, "linked credential file")
        }
    }
}

/// A sign-in whose credential file is a link.
pub(in crate::systems::ai) fn linked_sign_in(
    system: System,
    name: &str,
    provider: &str,
    file: &ConfinedPath,
    findings: &mut InventoryBuilder<'_>,
) {
    findings.account(build_account(system, name, provider));
    warn_of_link(file, findings);
    findings.artefact(AccountArtefacts { system, name }.link(file));
}

/// What is said of one link: whoever reads it should know what to do.
pub(in crate::systems::ai) fn warn_of_link(
    file: &ConfinedPath,
    findings: &mut InventoryBuilder<'_>,
) {
    findings.problem(Problem {
        location: Location::of(file),
        message: "it is a symbolic link, and links are not followed: what it leads to may hold \
                  tokens"
            .to_owned(),
        hint: Some("remove the file that it leads to, then the link".to_owned()),
        hides: true,
    });
}

/// Secrets in the headers and variables of MCP servers that a settings file defines, `prefix` being
/// the keys that lead to the servers.
pub(in crate::systems::ai) fn mcp_servers(
    owner: AccountArtefacts<'_>,
    file: &ConfinedPath,
    prefix: &[&str],
    servers: Option<&Value>,
) -> Vec<Artefact> {
    let Some(Value::Object(servers)) = servers else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (server, definition) in servers {
        for part in ["headers", "env"] {
            let Some(Value::Object(members)) = definition.get(part) else {
                continue;
            };
            for name in members.keys().filter(|name| is_secret(name)) {
                let keys = [server.as_str(), part, name.as_str()];
                let place = build_member_place(file, prefix.iter().copied().chain(keys));
                found.push(owner.configured(place, "secret of an MCP server"));
            }
        }
    }
    found
}

/// Entries of the operating system's key store that belong to an account, as part of its sign-in.
/// They are listed without their secrets.
pub(in crate::systems::ai) fn keyring_entries(
    owner: AccountArtefacts<'_>,
    entries: Vec<Entry>,
    kind: CredentialKind,
    what: &'static str,
    findings: &mut InventoryBuilder<'_>,
) {
    for entry in entries {
        let state = match entry.content {
            Content::Locked | Content::Encrypted | Content::Broken(_) | Content::Damaged => {
                State::Unknown
            }
            Content::Known(_) | Content::Unread => State::Live,
        };
        let sealed = matches!(entry.content, Content::Locked).then_some(TokenUnavailable::Locked);
        let place = Place::KeyringEntry {
            store: StoreId::System,
            service: entry.key.service,
            account: entry.key.account,
            naming: entry.key.naming,
        };
        findings.artefact(Artefact {
            state,
            kind,
            sealed,
            ..owner.sign_in(place, what)
        });
    }
}

/// Names of entries of a tool's directory, and what they are.
type Known = &'static [(&'static str, &'static str)];

/// An entry of a tool's directory that is known by its name alone: data, or a trace. `name` says
/// whose it is.
pub(in crate::systems::ai) fn known_entry<'a>(
    (system, provider): (System, &'static str),
    (data, footprint): (Known, Known),
    entry: &DirectoryEntry,
    path: &ConfinedPath,
    name: impl Fn(&InventoryBuilder<'_>) -> String + 'a,
) -> Option<Lookup<'a>> {
    let known = |list: Known| {
        let mut list = list.iter();
        list.find(|(name, _)| *name == entry.name)
            .map(|(_, what)| *what)
    };
    let of_data = known(data);
    let what = of_data.or_else(|| known(footprint))?;
    let is_data = of_data.is_some();
    let add = move |place: Place, findings: &mut InventoryBuilder<'_>| {
        let name = name(findings);
        findings.account(build_account(system, &name, provider));
        let name = name.as_str();
        findings.artefact(AccountArtefacts { system, name }.left(place, what, is_data));
    };
    Some(if entry.is_directory {
        trees::build_lookup(system, entry, path, Rc::new(add))
    } else {
        let path = path.clone();
        Lookup::say(move |findings| add(build_file_place(&path), findings))
    })
}
