//! What the tools have in common: reading JSON with comments, dates in milliseconds, variables.

use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::trees;
use crate::formats::{MemberPath, json};
use crate::inventory::{
    Account, Artefact, Category, CredentialKind, Fact, Location, Override, OverrideKind, Owner,
    Place, Problem, State, TokenUnavailable,
};
use crate::io::files::ConfinedPath;
use crate::io::keyring::{Content, Entry, StoreId};
use crate::names::is_secret;
use crate::scan::{Shell, dotenv_names};
use crate::systems::System;
use crate::systems::discovery::{
    DirectoryEntry, DiscoveryContext, InventoryBuilder, Lookup, build_artefact,
};

/// A JSON file of a tool; comments are accepted, as the tools accept them. What is no object is
/// said, and `None`.
pub(super) fn read_object(
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
pub(super) fn not_understood(
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
pub(super) fn find_text<'v>(value: &'v Map<String, Value>, keys: &[&str]) -> Option<&'v str> {
    let (first, rest) = keys.split_first()?;
    let mut value = value.get(*first)?;
    for key in rest {
        value = value.get(key)?;
    }
    value.as_str().filter(|text| !text.is_empty())
}

/// Whether there is a text anywhere in a value, members of these names left out: one that is known
/// to be no secret is not meant.
pub(super) fn holds_text(value: &Value, known: &[&str]) -> bool {
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
pub(super) fn parse_milliseconds(value: Option<&Value>) -> Option<Timestamp> {
    let number = value?.as_i64().filter(|number| *number > 0)?;
    Timestamp::from_millisecond(number).ok()
}

/// A time in seconds since 1970.
pub(super) fn parse_seconds(value: Option<&Value>) -> Option<Timestamp> {
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

/// An account without facts.
pub(super) fn build_account(system: System, name: impl Into<String>, provider: &str) -> Account {
    Account {
        system,
        name: name.into(),
        aliases: Vec::new(),
        provider: Some(provider.to_owned()),
        facts: Vec::new(),
    }
}

/// Facts with a value.
pub(super) fn collect_facts<'v>(
    pairs: impl IntoIterator<Item = (&'static str, Option<&'v str>)>,
) -> Vec<Fact> {
    pairs
        .into_iter()
        .filter_map(|(label, value)| Some(Fact::new(label, value.filter(|v| !v.is_empty())?)))
        .collect()
}

/// A member of a JSON file.
pub(super) fn build_member_place<K: Into<String>>(
    file: &ConfinedPath,
    keys: impl IntoIterator<Item = K>,
) -> Place {
    Place::json(file, MemberPath::of_keys(keys))
}

/// A whole file.
pub(super) fn build_file_place(file: &ConfinedPath) -> Place {
    Place::File { file: file.clone() }
}

/// A directory with everything in it.
pub(super) fn build_tree_place(directory: &ConfinedPath) -> Place {
    Place::Tree {
        directory: directory.clone(),
    }
}

/// A tool's things, to be described in one line each.
#[derive(Clone, Copy)]
pub(super) struct AccountArtefacts<'n> {
    pub(super) system: System,
    pub(super) name: &'n str,
}

impl AccountArtefacts<'_> {
    /// A part of the sign-in.
    pub(super) fn sign_in(&self, place: Place, what: &'static str) -> Artefact {
        build_artefact(self.system, place, Owner::account(self.name), what)
    }

    /// A key that a person made, which signs in.
    pub(super) fn api_key(&self, place: Place, what: &'static str) -> Artefact {
        Artefact {
            kind: CredentialKind::ApiKey,
            ..self.sign_in(place, what)
        }
    }

    /// What may be a part of the sign-in: nobody can say.
    pub(super) fn unknown(&self, place: Place, what: &'static str) -> Artefact {
        Artefact {
            state: State::Unknown,
            ..self.sign_in(place, what)
        }
    }

    /// Something that goes along with the sign-in, but is no credential.
    pub(super) fn along(&self, place: Place, what: &'static str) -> Artefact {
        Artefact {
            state: State::Residue,
            ..self.sign_in(place, what)
        }
    }

    /// A login to another service.
    pub(super) fn attached(&self, place: Place, what: &'static str) -> Artefact {
        Artefact {
            tier: Category::Attached,
            ..self.sign_in(place, what)
        }
    }

    /// A secret in a tool's settings, of which nobody can say whether it still is good.
    pub(super) fn configured(&self, place: Place, what: &'static str) -> Artefact {
        Artefact {
            state: State::Unknown,
            ..self.attached(place, what)
        }
    }

    /// A trace of who was signed in.
    pub(super) fn footprint(&self, place: Place, what: &'static str) -> Artefact {
        Artefact {
            tier: Category::Footprint,
            ..self.along(place, what)
        }
    }

    /// What was worked on.
    pub(super) fn data(&self, place: Place, what: &'static str) -> Artefact {
        Artefact {
            tier: Category::Data,
            ..self.along(place, what)
        }
    }

    /// What was worked on, or a trace.
    pub(super) fn left(&self, place: Place, what: &'static str, is_data: bool) -> Artefact {
        if is_data {
            self.data(place, what)
        } else {
            self.footprint(place, what)
        }
    }

    /// A credential file that is a link: it is not followed, so what it holds is not known.
    pub(super) fn link(&self, file: &ConfinedPath) -> Artefact {
        Artefact {
            state: State::Unknown,
            sealed: Some(TokenUnavailable::Immovable),
            ..self.sign_in(Place::File { file: file.clone() }, "linked credential file")
        }
    }
}

/// A sign-in whose credential file is a link.
pub(super) fn linked_sign_in(
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

/// The account that everything in a directory belongs to: the one that was found first, else the
/// directory itself.
pub(super) fn name_of(
    system: System,
    discovery: &DiscoveryContext<'_>,
    directory: &ConfinedPath,
    findings: &InventoryBuilder<'_>,
) -> String {
    let owners = &findings.notes.ai.owners;
    let owner = |account: &&Account| owners.get(&(system, account.name.clone()));
    let path = directory.to_path();
    let accounts = findings.accounts().iter();
    let mut accounts = accounts.filter(|account| account.system == system);
    let own = accounts
        .clone()
        .find(|account| owner(account) == Some(&path));
    own.or_else(|| accounts.find(|account| owner(account).is_none()))
        .map_or_else(
            || shorten_path(discovery, directory),
            |account| account.name.clone(),
        )
}

/// The name of an account that was found in a directory. The same person in another one is another
/// account.
pub(super) fn own_name(
    system: System,
    discovery: &DiscoveryContext<'_>,
    directory: &ConfinedPath,
    name: &str,
    findings: &mut InventoryBuilder<'_>,
) -> String {
    let path = directory.to_path();
    let owners = &mut findings.notes.ai.owners;
    let is_elsewhere = |name: &str| {
        let owner = owners.get(&(system, name.to_owned()));
        owner.is_some_and(|owner| *owner != path)
    };
    let name = if is_elsewhere(name) {
        format!("{name} in {}", shorten_path(discovery, directory))
    } else {
        name.to_owned()
    };
    owners.insert((system, name.clone()), path);
    name
}

/// An entry whose name begins like one that is looked for. What is named after it, such as an account,
/// has a name that is text; where that cannot be, it is said, because what lies there is not known.
pub(super) fn check_entry_name<'a>(
    entry: &DirectoryEntry,
    path: &ConfinedPath,
    lookup: Lookup<'a>,
) -> Vec<Lookup<'a>> {
    if entry.raw.is_none() {
        return vec![lookup];
    }
    vec![Lookup::probe(path.clone(), |path, _, findings| {
        findings.problem(Problem {
            location: Location::of(path),
            message: "its name is not UTF-8, contents unknown".to_owned(),
            hint: Some("give it another name, and run this again".to_owned()),
            hides: true,
        });
    })]
}

/// What is said of one link: whoever reads it should know what to do.
pub(super) fn warn_of_link(file: &ConfinedPath, findings: &mut InventoryBuilder<'_>) {
    findings.problem(Problem {
        location: Location::of(file),
        message: "it is a symbolic link, and links are not followed: what it leads to may hold \
                  tokens"
            .to_owned(),
        hint: Some("remove the file that it leads to, then the link".to_owned()),
        hides: true,
    });
}

/// A warning where others may read a file with secrets.
pub(super) fn build_permissions_lookup<'a>(file: &ConfinedPath) -> Lookup<'a> {
    Lookup::probe(file.clone(), |file, probe, findings| {
        let Some(mode) = probe.map(|probe| probe.mode & 0o7777) else {
            return;
        };
        if mode.trailing_zeros() >= 6 {
            return;
        }
        let location = Location::of(file);
        findings.problem(Problem {
            message: format!("others on this machine can read it (mode {mode:04o})"),
            hint: Some(format!("chmod 600 {location}")),
            location,
            hides: false,
        });
    })
}

/// Variables that sign a tool in or change how, in the order in which they win.
pub(super) fn add_variables(
    discovery: &DiscoveryContext<'_>,
    system: System,
    names: &[(&str, OverrideKind)],
    findings: &mut InventoryBuilder<'_>,
) {
    for (name, kind) in names {
        if discovery.world.environment.get(name).is_some() {
            let known = findings.overrides();
            // The same variable may already stand there for the tool that it is named after.
            if known
                .iter()
                .any(|known| known.name == *name && known.system == system)
            {
                continue;
            }
            findings.overriding(Override {
                kind: *kind,
                name: (*name).to_owned(),
                location: "environment".to_owned(),
                system,
                remedy: Shell::of_world(discovery.world).unset(name),
            });
        }
    }
}

/// Secrets in the headers and variables of MCP servers that a settings file defines, `prefix` being
/// the keys that lead to the servers.
pub(super) fn mcp_servers(
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

/// The path as people read it.
pub(super) fn shorten_path(discovery: &DiscoveryContext<'_>, path: &ConfinedPath) -> String {
    discovery.world.shorten(&path.to_path())
}

/// Whether an account is the one that is used: `yes`, or which of the sources that come before it,
/// the strongest first, is there.
pub(in crate::systems) fn build_wins_fact<'n>(
    system: System,
    before: impl IntoIterator<Item = &'n str>,
    findings: &InventoryBuilder<'_>,
) -> Fact {
    let winner = before.into_iter().find_map(|name| {
        let mut overrides = findings.overrides().iter();
        overrides
            .find(|found| found.system == system && found.kind.signs_in() && found.name == name)
    });
    Fact::new(
        "wins",
        winner.map_or_else(
            || "yes".to_owned(),
            |found| format!("no: {} comes first", found.name),
        ),
    )
}

/// The same for all accounts of a system, once everything is known.
pub(super) fn say_who_wins(system: System, before: &[&str], findings: &mut InventoryBuilder<'_>) {
    findings.rank_overrides(system, before);
    let fact = build_wins_fact(system, before.iter().copied(), findings);
    let decided: Vec<Account> = findings
        .accounts()
        .iter()
        .filter(|known| known.system == system)
        .map(|known| Account {
            facts: vec![fact.clone()],
            ..known.clone()
        })
        .collect();
    for account in decided {
        findings.account(account);
    }
}

/// The directory that a variable names, which is the one in use, and the usual one in the home
/// directory: what lies there is as good in a shell without the variable.
pub(super) fn list_tool_directories(
    discovery: &DiscoveryContext<'_>,
    variable: &str,
    usual: &str,
) -> Vec<ConfinedPath> {
    let named = discovery.world.environment.get(variable);
    let named = named.map(|text| discovery.below(&discovery.world.home.join(text)));
    once_each(named, discovery.in_home(usual))
}

/// A directory below the XDG data directory that is in use, and below the usual one.
pub(super) fn data_directories(discovery: &DiscoveryContext<'_>, name: &str) -> Vec<ConfinedPath> {
    let named = discovery.world.environment.get("XDG_DATA_HOME");
    let named = named
        .map(std::path::Path::new)
        .filter(|path| path.is_absolute())
        .and_then(|path| discovery.below(path).join(name));
    let usual = discovery.in_home(".local/share");
    once_each(named, usual.and_then(|usual| usual.join(name)))
}

/// Both, or one where they are the same.
pub(super) fn once_each(
    named: Option<ConfinedPath>,
    usual: Option<ConfinedPath>,
) -> Vec<ConfinedPath> {
    let path = named.as_ref().map(ConfinedPath::to_path);
    let usual = usual.filter(|usual| path != Some(usual.to_path()));
    named.into_iter().chain(usual).collect()
}

/// Entries of the operating system's key store that belong to an account, as part of its sign-in.
/// They are listed without their secrets.
pub(super) fn keyring_entries(
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

/// Keys of model providers in the environment, for a tool that takes all of them.
pub(super) fn provider_keys(
    discovery: &DiscoveryContext<'_>,
    system: System,
    findings: &mut InventoryBuilder<'_>,
) {
    let names = discovery.world.environment.iter();
    let names = names.filter_map(|(name, _)| name.to_str());
    let keys: Vec<_> = names
        .filter(|name| name.ends_with("_API_KEY"))
        .map(|name| (name, OverrideKind::Environment))
        .collect();
    add_variables(discovery, system, &keys, findings);
}

/// Keys in a `NAME=value` file that a tool loads.
pub(super) fn dotenv_keys(
    system: System,
    file: &ConfinedPath,
    bytes: &[u8],
    kind_of: impl Fn(&str) -> Option<OverrideKind>,
    findings: &mut InventoryBuilder<'_>,
) {
    for name in dotenv_names(bytes) {
        if let Some(kind) = kind_of(&name) {
            in_file(system, kind, &name, file, findings);
        }
    }
}

/// Something in a file of the person's that stays until they take it out.
pub(super) fn in_file(
    system: System,
    kind: OverrideKind,
    name: &str,
    file: &ConfinedPath,
    findings: &mut InventoryBuilder<'_>,
) {
    findings.overriding(Override {
        kind,
        name: name.to_owned(),
        location: file.to_path().display().to_string(),
        system,
        remedy: format!("remove {name} from the file"),
    });
}

/// Names of entries of a tool's directory, and what they are.
pub(super) type Known = &'static [(&'static str, &'static str)];

/// An entry of a tool's directory that is known by its name alone: data, or a trace. `name` says
/// whose it is.
pub(super) fn known_entry<'a>(
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
