//! OpenAI Codex: `CODEX_HOME`, else `~/.codex`.
//!
//! `auth.json` holds the login (tokens or an API key), unless `cli_auth_credentials_store` in
//! `config.toml` says keyring; `.credentials.json` the logins to MCP servers; `.env` is loaded at
//! the start.
//!
//! Source: Codex `codex-rs/login/src/auth/{storage,revoke}.rs`, `codex-rs/secrets/src/local.rs`.

mod credentials;

pub use credentials::OPENAI;

use self::credentials::{describe_login, read_login};
use super::aliases::list_directory_lookups;
use super::common::{
    AccountArtefacts, add_variables, build_account, build_file_place as whole, build_member_place,
    build_permissions_lookup, dotenv_keys, in_file, known_entry, linked_sign_in,
    list_tool_directories, name_of, not_understood, parse_milliseconds, read_object, say_who_wins,
    shorten_path,
};
use super::key_store::{StoredLogin, stored_login, unread_login};
use crate::formats::Format;
use crate::inventory::{Artefact, Fact, Location, OverrideKind, Problem, State};
use crate::io::files::{ConfinedPath, LockRule};
use crate::io::keyring::{Naming, Query};
use crate::names::is_secret;
use crate::systems::discovery::{DirectoryEntry, DiscoveryContext, InventoryBuilder, Lookup};
use crate::systems::{FileRules, System};

const SYSTEM: System = System::CODEX;
const PROVIDER: &str = "auth.openai.com";

/// The login.
const LOGIN: &str = "auth.json";

/// Logins of MCP servers, where no key store keeps them.
const MCP_CREDENTIALS: &str = ".credentials.json";

/// What comes before the stored login.
const BEFORE: [&str; 2] = ["CODEX_ACCESS_TOKEN", "CODEX_API_KEY"];

pub(super) const VARIABLES: [(&str, OverrideKind); 3] = [
    ("CODEX_ACCESS_TOKEN", OverrideKind::Environment),
    ("CODEX_API_KEY", OverrideKind::Environment),
    // Alone it signs nobody in to Codex.
    ("OPENAI_API_KEY", OverrideKind::Notice),
];

const DATA: [(&str, &str); 5] = [
    ("history.jsonl", "history"),
    ("sessions", "transcripts"),
    ("archived_sessions", "transcripts"),
    // Each is a script that exports the variables of the shell that Codex ran in, secrets included.
    ("shell_snapshots", "shell snapshots"),
    ("log", "logs"),
];

/// What the names of databases begin with, and what these hold.
const DATABASES: [(&str, &str); 3] = [
    ("thread_history_", "transcripts"),
    ("state_", "transcripts"),
    ("logs_", "logs"),
];

const FOOTPRINT: [(&str, &str); 2] = [("auth.lock", "lock file"), ("auth.json.lock", "lock file")];

/// How its files are changed: it locks none.
pub(super) fn file_rules(name: &str) -> FileRules {
    FileRules {
        goes_when_empty: name == MCP_CREDENTIALS,
        ..FileRules::locked(LockRule::None)
    }
}

pub(super) fn list_lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let mut lookups = vec![Lookup::say(move |findings| {
        add_variables(&discovery, SYSTEM, &VARIABLES, findings);
    })];
    let homes = list_tool_directories(&discovery, "CODEX_HOME", ".codex");
    let look = move |home| of_home(discovery, home);
    lookups.extend(list_directory_lookups(
        discovery,
        "CODEX_HOME",
        homes,
        None,
        look,
    ));
    lookups.extend(list_keyring_lookups(discovery));
    lookups.push(Lookup::say(|findings| {
        say_who_wins(SYSTEM, &BEFORE, findings);
    }));
    lookups
}

fn of_home(discovery: DiscoveryContext<'_>, home: ConfinedPath) -> Lookup<'_> {
    Lookup::listed(home, None, move |home, entries| {
        let mut lookups: Vec<Lookup<'_>> = Vec::new();
        // The login first: it names the account that the rest belongs to.
        let (first, rest): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| entry.name == LOGIN);
        for entry in first.into_iter().chain(rest) {
            lookups.extend(
                entry
                    .path_in(home)
                    .into_iter()
                    .flat_map(|path| of_entry(discovery, home, entry, path)),
            );
        }
        lookups
    })
}

fn of_entry<'a>(
    discovery: DiscoveryContext<'a>,
    home: &ConfinedPath,
    entry: &DirectoryEntry,
    path: ConfinedPath,
) -> Vec<Lookup<'a>> {
    let home = home.clone();
    match entry.name.as_str() {
        name if !is_login(name) || entry.is_directory => {
            of_other_entry(discovery, home, entry, path)
        }
        _ if entry.is_link => vec![Lookup::say(move |findings| {
            let name = shorten_path(&discovery, &home);
            linked_sign_in(SYSTEM, &name, PROVIDER, &path, findings);
        })],
        _ => login_file(discovery, home, path),
    }
}

/// Whether a file of this name is the login, or a copy of it that somebody made beside it.
fn is_login(name: &str) -> bool {
    let rest = name.strip_prefix(LOGIN);
    rest.is_some_and(|rest| {
        let is_suffix = rest.is_empty() || rest.starts_with(['.', '~', '-', '_']);
        is_suffix && !has_extension(rest, "lock") && !has_extension(rest, "adieu-tmp")
    })
}

fn login_file(
    discovery: DiscoveryContext<'_>,
    home: ConfinedPath,
    path: ConfinedPath,
) -> Vec<Lookup<'_>> {
    vec![
        build_permissions_lookup(&path),
        Lookup::read(path, move |file, bytes, findings| {
            read_login(&discovery, &home, file, bytes, findings);
        }),
    ]
}

fn of_other_entry<'a>(
    discovery: DiscoveryContext<'a>,
    home: ConfinedPath,
    entry: &DirectoryEntry,
    path: ConfinedPath,
) -> Vec<Lookup<'a>> {
    let mut databases = DATABASES.iter();
    let is_database = !entry.is_directory && entry.name.contains(".sqlite");
    let database = databases.find(|(begin, _)| is_database && entry.name.starts_with(begin));
    if let Some((_, what)) = database {
        return vec![Lookup::say(move |findings| {
            let name = name_of(SYSTEM, &discovery, &home, findings);
            findings.account(build_account(SYSTEM, &name, PROVIDER));
            let owner = AccountArtefacts {
                system: SYSTEM,
                name: &name,
            };
            findings.artefact(owner.data(whole(&path), what));
        })];
    }
    match entry.name.as_str() {
        // Switchers between accounts keep each one's login there.
        "accounts" if entry.may_be_directory() => {
            vec![Lookup::each(path, None, move |entry, path| {
                // Their list of accounts holds no login.
                let is_its = has_extension(&entry.name, "json")
                    && entry.name != "registry.json"
                    && !entry.is_directory;
                let home = home.clone();
                if is_its {
                    login_file(discovery, home, path)
                } else {
                    Vec::new()
                }
            })]
        }
        MCP_CREDENTIALS => vec![Lookup::read(path, move |file, bytes, findings| {
            let name = name_of(SYSTEM, &discovery, &home, findings);
            mcp_logins(&name, file, bytes, findings);
        })],
        ".env" => vec![Lookup::read(path, |file, bytes, findings| {
            let kind = |name: &str| match name {
                _ if BEFORE.contains(&name) => Some(OverrideKind::Settings),
                name if is_secret(name) => Some(OverrideKind::Notice),
                _ => None,
            };
            dotenv_keys(SYSTEM, file, bytes, kind, findings);
        })],
        "config.toml" => vec![config_file(path)],
        "account-sessions" | "secrets" if entry.may_be_directory() => {
            vec![more_sessions(discovery, home, path)]
        }
        _ => known_entry(
            (SYSTEM, PROVIDER),
            (&DATA, &FOOTPRINT),
            entry,
            &path,
            move |findings| name_of(SYSTEM, &discovery, &home, findings),
        )
        .into_iter()
        .collect(),
    }
}

fn mcp_logins(name: &str, file: &ConfinedPath, bytes: &[u8], findings: &mut InventoryBuilder<'_>) {
    let Some(content) = read_object(SYSTEM, file, bytes, findings) else {
        return;
    };
    let owner = AccountArtefacts {
        system: SYSTEM,
        name,
    };
    findings.account(build_account(SYSTEM, name, PROVIDER));
    for (key, login) in &content {
        findings.artefact(Artefact {
            expires_at: parse_milliseconds(login.get("expires_at")),
            ..owner.attached(build_member_place(file, [key]), "MCP login")
        });
    }
}

/// The settings: whether the key store is used, and which lines hold secrets of MCP servers.
fn config_file<'a>(file: ConfinedPath) -> Lookup<'a> {
    Lookup::read(file, |file, bytes, findings| {
        let Ok(document) = Format::Toml.read(bytes) else {
            not_understood(SYSTEM, file, "TOML", findings);
            return;
        };
        for (key, node) in document.root().texts() {
            let text = node.scalar().unwrap_or_default();
            if key == "cli_auth_credentials_store" {
                // With `auto` it is in a file where there is no key store.
                if text == "keyring" {
                    findings.notes.ai.codex_keyring = Some(Location::of(file));
                }
            } else if is_secret(key) && !key.ends_with("_env_var") && !text.is_empty() {
                // `bearer_token_env_var` only names a variable.
                let line = node.line(bytes).unwrap_or_default();
                let name = format!("{key} in line {line}");
                in_file(SYSTEM, OverrideKind::Notice, &name, file, findings);
            }
        }
    })
}

/// Whether a file's name ends like this behind its last dot.
fn has_extension(name: &str, extension: &str) -> bool {
    std::path::Path::new(name)
        .extension()
        .is_some_and(|found| found == extension)
}

/// Further logins, and encrypted ones.
fn more_sessions(
    discovery: DiscoveryContext<'_>,
    home: ConfinedPath,
    path: ConfinedPath,
) -> Lookup<'_> {
    Lookup::each(path, None, move |entry, path| {
        let home = home.clone();
        let name = entry.name.clone();
        let is_its = has_extension(&name, "json") || has_extension(&name, "age");
        (is_its && !entry.is_directory).then(|| {
            Lookup::say(move |findings| {
                let account_name = name_of(SYSTEM, &discovery, &home, findings);
                let owner = AccountArtefacts {
                    system: SYSTEM,
                    name: &account_name,
                };
                let found = match name.as_str() {
                    "mcp_oauth.age" => owner.attached(whole(&path), "encrypted MCP logins"),
                    encrypted if has_extension(encrypted, "age") => Artefact {
                        state: State::Unknown,
                        ..owner.sign_in(whole(&path), "encrypted login")
                    },
                    _ => owner.sign_in(whole(&path), "further login"),
                };
                findings.account(build_account(SYSTEM, &account_name, PROVIDER));
                findings.artefact(found);
            })
        })
    })
}

/// Entries of the key store, which stay when the directory is deleted. Where the settings say that
/// the login is there, and the key store cannot be asked, nobody can tell.
fn list_keyring_lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let query = Query::service("Codex Auth", Naming::ServiceUsername).with_secrets();
    let ask = Lookup::keyring(query, move |entries, findings| {
        findings.notes.ai.codex_keyring = None;
        let Some(home) = discovery.in_home(".codex") else {
            return;
        };
        for entry in entries {
            let (place, stored) = stored_login(entry);
            if let StoredLogin::Read(content) = &stored
                && describe_login(&discovery, &home, &place, "keyring", content, findings)
            {
                continue;
            }
            let name = name_of(SYSTEM, &discovery, &home, findings);
            let mut account = build_account(SYSTEM, &name, PROVIDER);
            account.facts.push(Fact::new("source", "keyring"));
            findings.account(account);
            let owner = AccountArtefacts {
                system: SYSTEM,
                name: &name,
            };
            findings.artefact(unread_login(owner, place, "login", &stored));
        }
    });
    let unasked = Lookup::say(|findings| {
        if let Some(location) = findings.notes.ai.codex_keyring.take() {
            findings.problem(Problem {
                location,
                message: "it says that the login of Codex is in the key store, which could not be \
                          asked"
                    .to_owned(),
                hint: Some("run this again in a desktop session".to_owned()),
                hides: true,
            });
        }
    });
    vec![ask, unasked]
}
