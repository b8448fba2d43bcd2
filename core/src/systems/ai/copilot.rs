//! GitHub Copilot CLI: `COPILOT_HOME`, else `~/.copilot`.
//!
//! `config.json` starts with comments; it holds the accounts and, where there is no key store, the
//! tokens, of which newer releases keep two copies under different keys. Without a token of its own
//! the client uses the login of the GitHub CLI.
//!
//! Source: the vendor's documentation of authentication; the shapes were observed. The account of
//! the key store's entries is only reported.

use serde_json::{Map, Value};

use super::aliases::list_directory_lookups;
use super::common::{
    AccountArtefacts, add_variables, build_account, build_member_place, build_permissions_lookup,
    collect_facts, find_text, holds_text, keyring_entries, known_entry, linked_sign_in,
    list_tool_directories, mcp_servers, name_of, own_name, read_object, say_who_wins, shorten_path,
};
use crate::formats::MemberPath;
use crate::inventory::{Account, CredentialKind, Fact, Override, OverrideKind, Place};
use crate::io::files::ConfinedPath;
use crate::io::keyring::{Naming, Query};
use crate::systems::System;
use crate::systems::discovery::{DirectoryEntry, DiscoveryContext, InventoryBuilder, Lookup};

const SYSTEM: System = System::COPILOT;

/// What comes before the stored login.
const BEFORE: [&str; 3] = ["COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"];

pub(super) const VARIABLES: [(&str, OverrideKind); 6] = [
    ("COPILOT_GITHUB_TOKEN", OverrideKind::Environment),
    ("GH_TOKEN", OverrideKind::Environment),
    ("GITHUB_TOKEN", OverrideKind::Environment),
    ("COPILOT_PROVIDER_API_KEY", OverrideKind::Environment),
    ("COPILOT_PROVIDER_BEARER_TOKEN", OverrideKind::Environment),
    ("COPILOT_PROVIDER_BASE_URL", OverrideKind::Notice),
];

/// The maps of tokens, by the spelling of older and newer releases.
const TOKENS: [&str; 4] = [
    "copilotTokens",
    "copilot_tokens",
    "authTokens",
    "auth_tokens",
];
const USERS: [&str; 2] = ["loggedInUsers", "logged_in_users"];
const LAST: [&str; 2] = ["lastLoggedInUser", "last_logged_in_user"];

const DATA: [(&str, &str); 4] = [
    ("logs", "logs"),
    ("session-state", "sessions"),
    ("history-session-state", "sessions"),
    ("command-history-state.json", "history"),
];

pub(super) fn list_lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let mut lookups = vec![Lookup::say(move |findings| {
        let is_own = |(name, _): &&(&str, OverrideKind)| name.starts_with("COPILOT_");
        let own: Vec<_> = VARIABLES.iter().filter(is_own).copied().collect();
        add_variables(&discovery, SYSTEM, &own, findings);
    })];
    let homes = list_tool_directories(&discovery, "COPILOT_HOME", ".copilot");
    let look = move |home| of_home(discovery, home);
    lookups.extend(list_directory_lookups(
        discovery,
        "COPILOT_HOME",
        homes,
        None,
        look,
    ));
    // They stay when the directory is deleted.
    lookups.push(build_keyring_lookup());
    lookups.push(Lookup::say(|findings| {
        say_who_wins(SYSTEM, &BEFORE, findings);
    }));
    lookups
}

/// Where the tool is in use, the variables of GitHub's other tools count too.
fn of_home(discovery: DiscoveryContext<'_>, home: ConfinedPath) -> Lookup<'_> {
    Lookup::listed(home, None, move |home, entries| {
        let mut lookups = vec![Lookup::say(move |findings| {
            add_variables(&discovery, SYSTEM, &VARIABLES, findings);
        })];
        let (first, rest): (Vec<_>, Vec<_>) = entries
            .iter()
            .partition(|entry| entry.name == "config.json");
        for entry in first.into_iter().chain(rest) {
            lookups.extend(
                entry
                    .path_in(home)
                    .into_iter()
                    .flat_map(|path| of_entry(discovery, home, entry, path)),
            );
        }
        lookups.extend(github_cli(discovery));
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
        "config.json" if entry.is_link => vec![Lookup::say(move |findings| {
            let name = shorten_path(&discovery, &home);
            linked_sign_in(SYSTEM, &name, "github.com", &path, findings);
        })],
        "config.json" => {
            let place = path.clone();
            vec![
                Lookup::read(path.clone(), move |file, bytes, findings| {
                    if let Some(config) = read_object(SYSTEM, file, bytes, findings) {
                        describe_configuration(&discovery, &home, file, &config, findings);
                    }
                }),
                Lookup::next(move |findings| {
                    let mut known = findings.accounts().iter();
                    // Without a token there is nothing to be read by others.
                    let has_account = known.any(|known| known.system == SYSTEM);
                    has_account
                        .then(|| build_permissions_lookup(&place))
                        .into_iter()
                        .collect()
                }),
            ]
        }
        "mcp-config.json" => vec![Lookup::read(path, move |file, bytes, findings| {
            let Some(config) = read_object(SYSTEM, file, bytes, findings) else {
                return;
            };
            let name = name_of(SYSTEM, &discovery, &home, findings);
            let owner = AccountArtefacts {
                system: SYSTEM,
                name: &name,
            };
            let found = mcp_servers(owner, file, &["mcpServers"], config.get("mcpServers"));
            if !found.is_empty() {
                findings.account(build_account(SYSTEM, &name, "github.com"));
            }
            for artefact in found {
                findings.artefact(artefact);
            }
        })],
        _ => known_entry(
            (SYSTEM, "github.com"),
            (&DATA, &[]),
            entry,
            &path,
            move |findings| name_of(SYSTEM, &discovery, &home, findings),
        )
        .into_iter()
        .collect(),
    }
}

/// An account of a host: by its login, with the host where it is not the public one.
fn account_at(host: &str, login: &str) -> Account {
    let bare = host.trim_start_matches("https://").trim_end_matches('/');
    let name = if bare == "github.com" {
        login.to_owned()
    } else {
        format!("{login}@{bare}")
    };
    build_account(SYSTEM, name, bare)
}

/// Host and login of a key such as `https://host:login`, or `https://host:login:github`.
fn split_key(key: &str) -> Option<(&str, &str)> {
    let scheme = key.find("://").map_or(0, |at| at + 3);
    let (host, rest) = key[scheme..].split_once(':')?;
    let login = rest.split(':').next()?;
    (!login.is_empty()).then_some((host, login))
}

fn describe_configuration(
    discovery: &DiscoveryContext<'_>,
    home: &ConfinedPath,
    file: &ConfinedPath,
    config: &Map<String, Value>,
    findings: &mut InventoryBuilder<'_>,
) {
    for map in TOKENS {
        let Some(Value::Object(tokens)) = config.get(map) else {
            continue;
        };
        for (key, token) in tokens {
            let is_there = match token {
                Value::String(token) => !token.is_empty(),
                Value::Object(token) => find_text(token, &["token"]).is_some(),
                _ => false,
            };
            let Some((host, login)) = split_key(key).filter(|_| is_there) else {
                if holds_text(token, &[]) {
                    let name = name_of(SYSTEM, discovery, home, findings);
                    findings.account(build_account(SYSTEM, &name, "github.com"));
                    let owner = AccountArtefacts {
                        system: SYSTEM,
                        name: &name,
                    };
                    let place = build_member_place(file, [map, key]);
                    findings.artefact(owner.unknown(place, "token of an unknown form"));
                }
                continue;
            };
            let mut found = account_at(host, login);
            found.facts = collect_facts([
                ("method", Some("GitHub")),
                ("source", Some(&shorten_path(discovery, file))),
            ]);
            let note = "no: that the client's own /logout removes this was not seen";
            found.facts.push(Fact::new("confirmed", note));
            found.name = own_name(SYSTEM, discovery, home, &found.name, findings);
            let owner = AccountArtefacts {
                system: SYSTEM,
                name: &found.name,
            };
            findings.artefact(owner.sign_in(build_member_place(file, [map, key]), "token"));
            findings.account(found);
        }
    }
    for list in USERS {
        for user in config
            .get(list)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let Value::Object(user) = user else { continue };
            let (Some(host), Some(login)) =
                (find_text(user, &["host"]), find_text(user, &["login"]))
            else {
                continue;
            };
            let mut found = account_at(host, login);
            found.name = own_name(SYSTEM, discovery, home, &found.name, findings);
            let path = MemberPath::of_keys([list]);
            let place = Place::json(file, path.element([("login", login), ("host", host)]));
            add_account_data(&found, place, findings);
        }
    }
    for key in LAST {
        let Some(Value::Object(user)) = config.get(key) else {
            continue;
        };
        if let (Some(host), Some(login)) = (find_text(user, &["host"]), find_text(user, &["login"]))
        {
            let mut found = account_at(host, login);
            found.name = own_name(SYSTEM, discovery, home, &found.name, findings);
            add_account_data(&found, build_member_place(file, [key]), findings);
        }
    }
}

fn add_account_data(found: &Account, place: Place, findings: &mut InventoryBuilder<'_>) {
    let owner = AccountArtefacts {
        system: SYSTEM,
        name: &found.name,
    };
    findings.artefact(owner.along(place, "account data"));
    findings.account(found.clone());
}

fn build_keyring_lookup<'a>() -> Lookup<'a> {
    let query = Query::service("copilot-cli", Naming::ServiceAccount);
    Lookup::keyring(query, |entries, findings| {
        for entry in entries {
            let (host, login) = split_key(&entry.key.account).map_or(
                ("github.com".to_owned(), entry.key.account.clone()),
                |(h, l)| (h.to_owned(), l.to_owned()),
            );
            let mut found = account_at(&host, &login);
            found.facts = collect_facts([("method", Some("GitHub")), ("source", Some("keyring"))]);
            let note = "no: the names of the keyring's entries are not documented";
            found.facts.push(Fact::new("confirmed", note));
            let name = found.name.clone();
            findings.account(found);
            let owner = AccountArtefacts {
                system: SYSTEM,
                name: &name,
            };
            keyring_entries(owner, vec![entry], CredentialKind::Login, "token", findings);
        }
    })
}

/// The login of the GitHub CLI, which is used when nothing else is there. It is another tool's, and
/// only named.
fn github_cli(discovery: DiscoveryContext<'_>) -> Option<Lookup<'_>> {
    let named = discovery.world.environment.get("GH_CONFIG_DIR");
    let directory = named.map_or_else(
        || discovery.in_home(".config/gh"),
        |path| Some(discovery.below(&discovery.world.home.join(path))),
    );
    let file = directory?.join("hosts.yml")?;
    Some(Lookup::read(file, |file, bytes, findings| {
        let content = String::from_utf8_lossy(bytes);
        let has_token = content
            .lines()
            .any(|line| line.trim_start().starts_with("oauth_token:"));
        if has_token {
            findings.overriding(Override {
                kind: OverrideKind::Fallback,
                name: "login of the GitHub CLI".to_owned(),
                location: file.to_path().display().to_string(),
                system: SYSTEM,
                remedy: "gh auth logout".to_owned(),
            });
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::split_key;

    #[test]
    fn keys_are_taken_apart() {
        let expected = Some(("github.com", "ada-example"));
        assert_eq!(split_key("https://github.com:ada-example"), expected);
        assert_eq!(split_key("https://github.com:ada-example:github"), expected);
        assert_eq!(split_key("github.com:ada-example"), expected);
        assert_eq!(split_key("https://github.com"), None);
        assert_eq!(split_key("https://github.com:"), None);
    }
}
