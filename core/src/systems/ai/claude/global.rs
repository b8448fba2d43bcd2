//! The global configuration file: who is signed in, the key of a Console login, ids and caches.

use serde_json::{Map, Value};

use super::{Directory, PROVIDER, SYSTEM, account_of, name_of};
use crate::formats::json;
use crate::inventory::{Account, Artefact, Fact};
use crate::io::files::ConfinedPath;
use crate::remote::{Endpoint, EndpointSource};
use crate::systems::ai::common::{
    AccountArtefacts, build_member_place, collect_facts, find_text, mcp_servers, read_object,
    shorten_path,
};
use crate::systems::discovery::{DiscoveryContext, InventoryBuilder, Lookup};

/// Caches with an entry for each organisation or account.
const CACHES: [&str; 5] = [
    "s1mAccessCache",
    "passesEligibilityCache",
    "overageCreditGrantCache",
    "groveConfigCache",
    "privacyCheckupCache",
];

/// Random ids of this machine that the vendor's server knows.
const IDS: [&str; 2] = ["userID", "machineID"];

pub(super) fn build_lookup<'a>(
    discovery: DiscoveryContext<'a>,
    directory: &Directory,
    file: ConfinedPath,
) -> Lookup<'a> {
    let directory = directory.clone();
    Lookup::read(file, move |file, bytes, findings| {
        if let Some(global) = read_object(SYSTEM, file, bytes, findings) {
            describe_global_file(discovery, &directory, file, &global, findings);
        }
    })
}

/// Notes whose a directory is.
pub(super) fn build_owner_lookup<'a>(file: ConfinedPath) -> Lookup<'a> {
    Lookup::read(file, |_, bytes, findings| {
        // What cannot be understood is said when it is looked at.
        let Ok(Value::Object(global)) = json::parse(bytes) else {
            return;
        };
        let address = find_text(&global, &["oauthAccount", "emailAddress"]);
        let addresses = &mut findings.notes.ai.claude_addresses;
        addresses.extend(address.map(str::to_owned));
    })
}

fn describe_global_file(
    discovery: DiscoveryContext<'_>,
    directory: &Directory,
    file: &ConfinedPath,
    global: &Map<String, Value>,
    findings: &mut InventoryBuilder<'_>,
) {
    let name = choose_account_name(discovery, directory, global, findings);
    let owner = AccountArtefacts {
        system: SYSTEM,
        name: &name,
    };
    let mut found: Vec<Artefact> = Vec::new();
    for key in ["oauthAccount", "clientDataCache"] {
        if global.get(key).is_some_and(|value| !value.is_null()) {
            found.push(owner.along(build_member_place(file, [key]), "account data"));
        }
    }
    let has_key = find_text(global, &["primaryApiKey"]).is_some();
    if has_key {
        found.push(owner.api_key(
            build_member_place(file, ["primaryApiKey"]),
            "Console API key",
        ));
    }
    for cache in CACHES {
        let Some(Value::Object(entries)) = global.get(cache) else {
            continue;
        };
        let entries = entries
            .keys()
            .map(|id| build_member_place(file, [cache, id.as_str()]));
        found.extend(entries.map(|place| owner.footprint(place, "id in a cache")));
    }
    for id in IDS {
        if find_text(global, &[id]).is_some() {
            found.push(owner.footprint(build_member_place(file, [id]), "id of this machine"));
        }
    }
    if has_answered_keys(global) {
        let place = build_member_place(file, ["customApiKeyResponses"]);
        found.push(owner.footprint(place, "endings of API keys"));
    }
    found.extend(mcp_servers(
        owner,
        file,
        &["mcpServers"],
        global.get("mcpServers"),
    ));
    if let Some(Value::Object(projects)) = global.get("projects") {
        for (project, settings) in projects {
            let prefix = ["projects", project.as_str(), "mcpServers"];
            found.extend(mcp_servers(
                owner,
                file,
                &prefix,
                settings.get("mcpServers"),
            ));
        }
    }
    if found.is_empty() {
        return;
    }
    findings.account(describe_account(
        discovery, directory, &name, global, has_key,
    ));
    for artefact in found {
        findings.artefact(artefact);
    }
}

/// The last characters of keys that were approved or declined are kept.
fn has_answered_keys(global: &Map<String, Value>) -> bool {
    let answered = |list: &str| {
        let list = global.get("customApiKeyResponses")?.get(list)?;
        Some(!list.as_array()?.is_empty())
    };
    ["approved", "rejected"]
        .iter()
        .any(|list| answered(list).unwrap_or_default())
}

/// Decides the account's name: its e-mail address, made unique by the directory.
fn choose_account_name(
    discovery: DiscoveryContext<'_>,
    directory: &Directory,
    global: &Map<String, Value>,
    findings: &mut InventoryBuilder<'_>,
) -> String {
    let Some(email) = find_text(global, &["oauthAccount", "emailAddress"]) else {
        return name_of(discovery, directory, findings);
    };
    let path = directory.root.to_path();
    let notes = &mut findings.notes.ai;
    let names = &mut notes.claude_names;
    if let Some(name) = names.get(&path) {
        return name.clone();
    }
    let everybody = notes.claude_addresses.iter();
    let is_shared = everybody.filter(|address| *address == email).count() > 1;
    let name = if is_shared || names.values().any(|name| name == email) {
        format!("{email} in {}", shorten_path(&discovery, &directory.root))
    } else {
        email.to_owned()
    };
    names.insert(path, name.clone());
    name
}

fn describe_account(
    discovery: DiscoveryContext<'_>,
    directory: &Directory,
    name: &str,
    global: &Map<String, Value>,
    has_key: bool,
) -> Account {
    let of_account = |key: &str| find_text(global, &["oauthAccount", key]);
    let mut account = account_of(discovery, directory, name);
    account.facts.extend(collect_facts([
        ("email", of_account("emailAddress")),
        ("organisation", of_account("organizationName")),
        ("role", of_account("organizationRole")),
    ]));
    if has_key {
        account.facts.push(Fact::new("method", "Console API key"));
        account.facts.push(Fact::new(
            "source",
            shorten_path(&discovery, &directory.global),
        ));
        let note = "no: whether a logout ever disables the key at the server is not documented";
        account.facts.push(Fact::new("confirmed", note));
    }
    account
}

/// Where the vendor ends sign-ins, for people.
pub(super) fn build_vendor_endpoint() -> Endpoint {
    Endpoint {
        url: format!("https://{PROVIDER}"),
        named_by: EndpointSource::Vendor,
    }
}
