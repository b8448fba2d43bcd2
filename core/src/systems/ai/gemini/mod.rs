//! Gemini CLI: `.gemini` in `GEMINI_CLI_HOME`, else in the home directory.
//!
//! `oauth_creds.json` holds the tokens, `google_accounts.json` the e-mail addresses, and
//! `settings.json` the chosen method. With encrypted storage the tokens are in the key store, or in
//! `gemini-credentials.json`.
//!
//! Source: Gemini CLI `packages/core/src/code_assist/oauth2.ts`, `core/apiKeyCredentialStorage.ts`,
//! `services/fileKeychain.ts`, `utils/userAccountManager.ts`.

mod credentials;

pub use credentials::GOOGLE;

use serde_json::Value;

use self::credentials::{describe_login, read_login, stored_grant};
use super::aliases::list_directory_lookups;
use super::common::{
    AccountArtefacts, add_variables, build_account, build_file_place as whole, build_member_place,
    build_permissions_lookup, collect_facts, dotenv_keys, find_text, keyring_entries, known_entry,
    mcp_servers, name_of, once_each, own_name, read_object, say_who_wins, warn_of_link,
};
use super::key_store::{StoredLogin, stored_login, unread_login};
use crate::formats::{MemberPath, Step};
use crate::inventory::{Account, Artefact, CredentialKind, Fact, OverrideKind, Place, State};
use crate::io::files::ConfinedPath;
use crate::io::keyring::{Entry, Naming, Query};
use crate::systems::System;
use crate::systems::discovery::{DirectoryEntry, DiscoveryContext, InventoryBuilder, Lookup};

const SYSTEM: System = System::GEMINI;
const PROVIDER: &str = "accounts.google.com";

/// What comes before the stored login, where the method is not chosen yet.
const BEFORE: [&str; 3] = [
    "GEMINI_API_KEY",
    "GOOGLE_API_KEY",
    "GOOGLE_CLOUD_ACCESS_TOKEN",
];

pub(super) const VARIABLES: [(&str, OverrideKind); 8] = [
    ("GEMINI_API_KEY", OverrideKind::Environment),
    ("GOOGLE_API_KEY", OverrideKind::Environment),
    ("GOOGLE_CLOUD_ACCESS_TOKEN", OverrideKind::Environment),
    ("GOOGLE_GENAI_USE_GCA", OverrideKind::Notice),
    ("GOOGLE_GENAI_USE_VERTEXAI", OverrideKind::Notice),
    ("GOOGLE_GEMINI_BASE_URL", OverrideKind::Notice),
    ("GEMINI_FORCE_ENCRYPTED_FILE_STORAGE", OverrideKind::Notice),
    ("GEMINI_FORCE_FILE_STORAGE", OverrideKind::Notice),
];

const DATA: [(&str, &str); 2] = [("tmp", "session logs"), ("history", "history")];

const FOOTPRINT: [(&str, &str); 1] = [("installation_id", "id of this installation")];

/// How many directories upwards a `.env` is looked for.
const UPWARDS: usize = 16;

pub(super) fn list_lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let mut lookups = vec![Lookup::say(move |findings| {
        add_variables(&discovery, SYSTEM, &VARIABLES, findings);
    })];
    let named = discovery.world.environment.get("GEMINI_CLI_HOME");
    let named = named.and_then(|home| {
        discovery
            .below(&discovery.world.home.join(home))
            .join(".gemini")
    });
    let known = once_each(named, discovery.in_home(".gemini"));
    let inside = Some(".gemini");
    let look = move |directory| of_directory(discovery, directory);
    lookups.extend(list_directory_lookups(
        discovery,
        "GEMINI_CLI_HOME",
        known,
        inside,
        look,
    ));
    lookups.extend(list_keyring_lookups(discovery));
    lookups.push(Lookup::say(|findings| {
        say_who_wins(SYSTEM, &BEFORE, findings);
    }));
    lookups
}

fn of_directory(discovery: DiscoveryContext<'_>, directory: ConfinedPath) -> Lookup<'_> {
    Lookup::listed(directory, None, move |root, entries| {
        let mut lookups: Vec<Lookup<'_>> = Vec::new();
        // Who is signed in comes before what belongs to them.
        let (first, rest): (Vec<_>, Vec<_>) = entries
            .iter()
            .partition(|entry| entry.name == "google_accounts.json");
        for entry in first.into_iter().chain(rest) {
            lookups.extend(
                entry
                    .path_in(root)
                    .into_iter()
                    .flat_map(|path| of_entry(discovery, root, entry, path)),
            );
        }
        lookups.extend(project_files(discovery));
        lookups
    })
}

fn of_entry<'a>(
    discovery: DiscoveryContext<'a>,
    root: &ConfinedPath,
    entry: &DirectoryEntry,
    path: ConfinedPath,
) -> Vec<Lookup<'a>> {
    let root = root.clone();
    let said = |describe: Box<dyn Fn(AccountArtefacts<'_>) -> Artefact + 'a>| {
        let root = root.clone();
        Lookup::say(move |findings| {
            let name = name_of(SYSTEM, &discovery, &root, findings);
            findings.account(build_account(SYSTEM, &name, PROVIDER));
            findings.artefact(describe(AccountArtefacts {
                system: SYSTEM,
                name: &name,
            }));
        })
    };
    match entry.name.as_str() {
        "google_accounts.json" => vec![Lookup::read(path, move |file, bytes, findings| {
            read_accounts(&discovery, &root, file, bytes, findings);
        })],
        "oauth_creds.json" if entry.is_link => {
            let place = path.clone();
            vec![
                Lookup::say(move |findings| warn_of_link(&place, findings)),
                said(Box::new(move |owner| owner.link(&path))),
            ]
        }
        "oauth_creds.json" => {
            vec![
                build_permissions_lookup(&path),
                Lookup::read(path, move |file, bytes, findings| {
                    read_login(&discovery, &root, file, bytes, findings);
                }),
            ]
        }
        "settings.json" => vec![Lookup::read(path, move |file, bytes, findings| {
            let name = name_of(SYSTEM, &discovery, &root, findings);
            read_settings(&name, file, bytes, findings);
        })],
        "mcp-oauth-tokens.json" | "a2a-oauth-tokens.json" => {
            vec![said(Box::new(move |owner| {
                owner.attached(whole(&path), "MCP logins")
            }))]
        }
        // Encrypted with a key made of the names of host and user.
        "gemini-credentials.json" => vec![said(Box::new(move |owner| Artefact {
            state: State::Unknown,
            ..owner.sign_in(whole(&path), "encrypted credentials")
        }))],
        ".env" => vec![Lookup::read(path, env_file)],
        _ => known_entry(
            (SYSTEM, PROVIDER),
            (&DATA, &FOOTPRINT),
            entry,
            &path,
            move |findings| name_of(SYSTEM, &discovery, &root, findings),
        )
        .into_iter()
        .collect(),
    }
}

fn env_file(file: &ConfinedPath, bytes: &[u8], findings: &mut InventoryBuilder<'_>) {
    let kind = |name: &str| {
        let known = VARIABLES.iter().find(|(known, _)| *known == name)?;
        Some(match known.1 {
            OverrideKind::Environment => OverrideKind::Settings,
            other => other,
        })
    };
    dotenv_keys(SYSTEM, file, bytes, kind, findings);
}

/// The first `.env` upwards from the working directory, the tool's own before the general one, and
/// then those of the home directory.
fn project_files(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let mut lookups = Vec::new();
    let work = &discovery.world.working_directory;
    for directory in work.ancestors().take(UPWARDS) {
        if directory == discovery.world.home {
            break;
        }
        for name in [".gemini/.env", ".env"] {
            let file = discovery.in_project(directory).descend(name);
            lookups.extend(file.map(|file| Lookup::shared(file, env_file)));
        }
    }
    let general = discovery.in_home(".env");
    lookups.extend(general.map(|file| Lookup::shared(file, env_file)));
    lookups
}

fn read_accounts(
    discovery: &DiscoveryContext<'_>,
    root: &ConfinedPath,
    file: &ConfinedPath,
    bytes: &[u8],
    findings: &mut InventoryBuilder<'_>,
) {
    let Some(content) = read_object(SYSTEM, file, bytes, findings) else {
        return;
    };
    let active = find_text(&content, &["active"]);
    let old = content.get("old").and_then(Value::as_array);
    let old: Vec<&str> = old
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let Some(name) = active.or(old.first().copied()) else {
        return;
    };
    let name = if active.is_some() {
        own_name(SYSTEM, discovery, root, name, findings)
    } else {
        // Somebody who was signed in once; what is here now need not be theirs.
        let nowhere = discovery.below(std::path::Path::new("/"));
        own_name(SYSTEM, discovery, &nowhere, name, findings)
    };
    let mut found = build_account(SYSTEM, &name, PROVIDER);
    found.facts = collect_facts([("email", active)]);
    findings.account(found);
    let owner = AccountArtefacts {
        system: SYSTEM,
        name: &name,
    };
    if active.is_some() {
        findings.artefact(owner.along(build_member_place(file, ["active"]), "active account"));
    }
    for email in old {
        let path = MemberPath::of_keys(["old"]).then(Step::Text(email.to_owned()));
        let place = Place::json(file, path);
        findings.artefact(owner.footprint(place, "earlier account"));
    }
}

fn read_settings(
    name: &str,
    file: &ConfinedPath,
    bytes: &[u8],
    findings: &mut InventoryBuilder<'_>,
) {
    let Some(content) = read_object(SYSTEM, file, bytes, findings) else {
        return;
    };
    let owner = AccountArtefacts {
        system: SYSTEM,
        name,
    };
    let mut found = mcp_servers(owner, file, &["mcpServers"], content.get("mcpServers"));
    let keys = ["security", "auth", "selectedType"];
    let mut facts_found = Vec::new();
    if let Some(method) = find_text(&content, &keys) {
        facts_found.push(Fact::new("selected", method));
        found.push(owner.along(build_member_place(file, keys), "chosen method"));
    }
    if found.is_empty() {
        return;
    }
    let mut account = build_account(SYSTEM, name, PROVIDER);
    account.facts = facts_found;
    findings.account(account);
    for artefact in found {
        findings.artefact(artefact);
    }
}

/// The service of Google logins in the key store, and the account of the one that is Gemini's own; the
/// other accounts are MCP servers.
const OAUTH_SERVICE: &str = "gemini-cli-oauth";
const MAIN_ACCOUNT: &str = "main-account";

/// Entries of the key store stay when the directory is deleted, so they are asked for in any case:
/// the connection is there already.
fn list_keyring_lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let Some(root) = discovery.in_home(".gemini") else {
        return Vec::new();
    };
    let of_logins = root.clone();
    let logins = Query::service(OAUTH_SERVICE, Naming::ServiceAccount).with_secrets();
    let keys = Query::service("gemini-cli-api-key", Naming::ServiceAccount);
    vec![
        Lookup::keyring(logins, move |entries, findings| {
            for entry in entries {
                key_store_login(&discovery, &of_logins, entry, findings);
            }
        }),
        Lookup::keyring(keys, move |entries, findings| {
            if entries.is_empty() {
                return;
            }
            let account = key_store_account(&discovery, &root, findings);
            findings.account(account.clone());
            let owner = AccountArtefacts {
                system: SYSTEM,
                name: &account.name,
            };
            keyring_entries(owner, entries, CredentialKind::ApiKey, "API key", findings);
        }),
    ]
}

/// Whose the entries of the key store are.
fn key_store_account(
    discovery: &DiscoveryContext<'_>,
    root: &ConfinedPath,
    findings: &InventoryBuilder<'_>,
) -> Account {
    let name = name_of(SYSTEM, discovery, root, findings);
    let mut account = build_account(SYSTEM, &name, PROVIDER);
    account.facts.push(Fact::new("source", "keyring"));
    account
}

fn key_store_login(
    discovery: &DiscoveryContext<'_>,
    root: &ConfinedPath,
    entry: Entry,
    findings: &mut InventoryBuilder<'_>,
) {
    let is_main = entry.key.account == MAIN_ACCOUNT;
    let (place, stored) = stored_login(entry);
    let account = key_store_account(discovery, root, findings);
    let owner = AccountArtefacts {
        system: SYSTEM,
        name: &account.name,
    };
    if !is_main {
        // The token is an MCP server's: it must not go to Google.
        findings.account(account.clone());
        findings.artefact(owner.attached(place, "MCP login"));
        return;
    }
    let grant = match &stored {
        StoredLogin::Read(content) => stored_grant(content),
        StoredLogin::Strange | StoredLogin::Unread | StoredLogin::TokenUnavailable(_) => None,
    };
    if let Some(grant) = grant {
        return describe_login(discovery, &account, place, grant, findings);
    }
    findings.account(account.clone());
    findings.artefact(unread_login(owner, place, "login", &stored));
}
