//! OpenAI Codex: `CODEX_HOME`, else `~/.codex`.
//!
//! `auth.json` holds the login (tokens or an API key), unless `cli_auth_credentials_store` in
//! `config.toml` says keyring; `.credentials.json` the logins to MCP servers; `.env` is loaded at
//! the start.
//!
//! Source: Codex `codex-rs/login/src/auth/{storage,revoke}.rs`, `codex-rs/secrets/src/local.rs`.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::aliases::list_directory_lookups;
use super::common::{
    AccountArtefacts, add_variables, build_account, build_file_place as whole, build_member_place,
    build_permissions_lookup, collect_facts, decode_claims, dotenv_keys, find_text, holds_text,
    in_file, known_entry, linked_sign_in, list_tool_directories, name_of, not_understood, own_name,
    parse_milliseconds, parse_seconds, read_object, say_who_wins, shorten_path,
};
use super::key_store::{StoredLogin, stored_login, unread_login};
use crate::formats::Format;
use crate::inventory::{
    Account, Artefact, Fact, Location, OverrideKind, Place, Problem, Revocation, State,
};
use crate::io::files::{ConfinedPath, LockRule};
use crate::io::keyring::{Naming, Query};
use crate::names::is_secret;
use crate::remote::call::Text;
use crate::remote::{Body, Endpoint, EndpointSource, HttpCall, HttpService};
use crate::secret::Secret;
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

/// Why ending a login here is asked about first.
const SHARED: &str = "it may end this login on other machines too (reported, not confirmed)";

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

/// Sign-ins whose value is an object, and what they are. The last is one of a person.
///
/// Source: Codex 0.171 `codex-rs/login/src/auth/storage.rs`.
const OBJECTS: [(&str, &str); 3] = [
    ("bedrock_api_key", "Amazon Bedrock API key"),
    ("bedrock_access_keys", "Amazon Bedrock access keys"),
    ("agent_identity", "agent identity"),
];

/// Members of a login that are no secrets.
const METADATA: [&str; 9] = [
    "auth_mode",
    "last_refresh",
    "region",
    "account_id",
    "agent_runtime_id",
    "chatgpt_user_id",
    "email",
    "plan_type",
    "profile",
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

fn read_login(
    discovery: &DiscoveryContext<'_>,
    home: &ConfinedPath,
    file: &ConfinedPath,
    bytes: &[u8],
    findings: &mut InventoryBuilder<'_>,
) {
    let Some(content) = read_object(SYSTEM, file, bytes, findings) else {
        if !bytes.trim_ascii().is_empty() {
            unknown_login(discovery, home, file, "unreadable login", findings);
        }
        return;
    };
    let source = shorten_path(discovery, file);
    if describe_login(discovery, home, &whole(file), &source, &content, findings) {
        return;
    }
    if holds_text(&Value::Object(content), &METADATA) {
        unknown_login(discovery, home, file, "login of an unknown form", findings);
    }
}

/// What a login is, wherever it is kept: the file and the key store have the same form. `false` if
/// nothing in it is known to sign anybody in.
fn describe_login(
    discovery: &DiscoveryContext<'_>,
    home: &ConfinedPath,
    place: &Place,
    source: &str,
    content: &Map<String, Value>,
    findings: &mut InventoryBuilder<'_>,
) -> bool {
    let Some(mut account) = describe_account(discovery, home, content) else {
        return false;
    };
    account.facts.push(Fact::new("source", source));
    let name = own_name(SYSTEM, discovery, home, &account.name, findings);
    account.name.clone_from(&name);
    let owner = AccountArtefacts {
        system: SYSTEM,
        name: &name,
    };
    let secret = |key: &str| find_text(content, &["tokens", key]);
    let access = secret("access_token").and_then(decode_claims);
    let ends = access
        .as_ref()
        .and_then(|claims| parse_seconds(claims.get("exp")));
    // What can be renewed has no end that is known.
    let ends = ends.filter(|_| secret("refresh_token").is_none());
    findings.account(account.clone());
    if secret("access_token").or(secret("refresh_token")).is_some() {
        let token = build_revocation(discovery, content).map(|(secret, revocation)| {
            findings.account_token(secret, &account, revocation, ends, Some(SHARED))
        });
        findings.artefact(Artefact {
            state: discovery.state_at(ends),
            expires_at: ends,
            token,
            ..owner.sign_in(place.clone(), "login")
        });
    }
    if find_text(content, &["OPENAI_API_KEY"]).is_some() {
        findings.artefact(owner.api_key(place.clone(), "API key"));
    }
    if find_text(content, &["personal_access_token"]).is_some() {
        findings.artefact(owner.sign_in(place.clone(), "access token"));
    }
    for (_, what) in objects(content) {
        findings.artefact(owner.sign_in(place.clone(), what));
    }
    true
}

/// A login that cannot be understood. The vendor's own logout removes it unread.
fn unknown_login(
    discovery: &DiscoveryContext<'_>,
    home: &ConfinedPath,
    file: &ConfinedPath,
    what: &'static str,
    findings: &mut InventoryBuilder<'_>,
) {
    let name = own_name(
        SYSTEM,
        discovery,
        home,
        &shorten_path(discovery, home),
        findings,
    );
    findings.account(build_account(SYSTEM, &name, PROVIDER));
    let owner = AccountArtefacts {
        system: SYSTEM,
        name: &name,
    };
    findings.artefact(Artefact {
        state: State::Unknown,
        ..owner.sign_in(whole(file), what)
    });
}

fn describe_account(
    discovery: &DiscoveryContext<'_>,
    home: &ConfinedPath,
    content: &Map<String, Value>,
) -> Option<Account> {
    let token = |key: &str| find_text(content, &["tokens", key]);
    let has_key = ["OPENAI_API_KEY", "personal_access_token"]
        .iter()
        .any(|key| find_text(content, &[key]).is_some());
    let has_tokens = token("access_token").or(token("refresh_token")).is_some();
    let object = objects(content).next();
    if !has_key && !has_tokens && object.is_none() {
        return None;
    }
    let identity = token("id_token")
        .and_then(decode_claims)
        .unwrap_or_default();
    let email =
        find_text(&identity, &["email"]).or(find_text(content, &["agent_identity", "email"]));
    let plan = ["https://api.openai.com/auth", "chatgpt_plan_type"];
    let name = match (email, token("account_id")) {
        (Some(email), _) => email.to_owned(),
        (None, Some(id)) if has_tokens => id.to_owned(),
        _ => {
            let what = object.map_or("API key", |(_, what)| what);
            format!("{what} in {}", shorten_path(discovery, home))
        }
    };
    let mut account = build_account(SYSTEM, name, PROVIDER);
    account.facts = collect_facts([
        ("email", email),
        ("plan", find_text(&identity, &plan)),
        ("account", token("account_id")),
        (
            "method",
            Some(match object {
                _ if has_tokens => "ChatGPT",
                Some((_, what)) => what,
                None => "API key",
            }),
        ),
        ("directory", Some(&shorten_path(discovery, home))),
    ]);
    if has_tokens {
        let note = "no: how long an access token lives after a logout is not documented";
        account.facts.push(Fact::new("confirmed", note));
    }
    Some(account)
}

/// The sign-ins of a login whose value is an object with a secret in it.
fn objects(
    content: &Map<String, Value>,
) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    OBJECTS.iter().filter(|(key, _)| {
        let value = content.get(*key);
        value.is_some_and(|value| value.is_object() && holds_text(value, &METADATA))
    })
}

/// OpenAI's authorization server.
const SERVER: &str = "https://auth.openai.com";

/// It wants JSON and the client that the token was issued to, and documents no call that only asks.
///
/// Source: Codex `codex-rs/login/src/auth/revoke.rs`.
pub static OPENAI: HttpService = HttpService {
    address: Cow::Borrowed(SERVER),
    end: Some(HttpCall::revocation(
        "/oauth/revoke",
        Body::Json(Cow::Borrowed(REVOKE_FIELDS)),
    )),
    is_confirmed_by_asking: false,
    ask: None,
    needs_access_token: None,
    what: "authorization",
    effect: "ends the authorization at OpenAI",
    page: SYSTEM.info().account_page,
    is_own: false,
};

const REVOKE_FIELDS: &[(Text, Text)] = &[
    (Cow::Borrowed("token"), Cow::Borrowed("{token}")),
    (
        Cow::Borrowed("token_type_hint"),
        Cow::Borrowed("refresh_token"),
    ),
    (Cow::Borrowed("client_id"), Cow::Borrowed("{client_id}")),
];

/// How to end the login: as the client does, with the id of the client that the tokens themselves
/// name. Without that nothing is sent in another client's name.
fn build_revocation(
    discovery: &DiscoveryContext<'_>,
    content: &Map<String, Value>,
) -> Option<(Secret, Revocation)> {
    let token = |key: &str| find_text(content, &["tokens", key]);
    let secret = token("refresh_token")?;
    let of_access = token("access_token").and_then(decode_claims);
    let of_identity = token("id_token").and_then(decode_claims);
    let client_id = of_access
        .as_ref()
        .and_then(|claims| find_text(claims, &["client_id"]))
        .or_else(|| {
            let audience = of_identity.as_ref()?.get("aud")?;
            audience
                .as_str()
                .or_else(|| audience.as_array()?.first()?.as_str())
        })?;
    let named = discovery
        .world
        .environment
        .get("CODEX_REVOKE_TOKEN_URL_OVERRIDE");
    let endpoint = named.map_or_else(
        || Endpoint {
            url: SERVER.to_owned(),
            named_by: EndpointSource::Vendor,
        },
        |url| Endpoint {
            url: url.trim_end_matches("/oauth/revoke").to_owned(),
            named_by: EndpointSource::Environment,
        },
    );
    let revocation = Revocation::Http {
        service: &OPENAI,
        endpoint,
        recorded: vec![("client_id".to_owned(), client_id.to_owned())],
    };
    Some((Secret::new(secret.to_owned()), revocation))
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
