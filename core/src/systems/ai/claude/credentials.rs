//! The credential file: the login, the device token, and logins to other services.

use std::ffi::OsStr;
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Directory, SYSTEM, account_of, global, name_of};
use crate::formats::json;
use crate::inventory::{
    Account, Artefact, Category, Fact, Location, Place, Problem, Revocation, State, VendorClient,
};
use crate::io::files::ConfinedPath;
use crate::secret::Secret;
use crate::systems::ai::common::{
    AccountArtefacts, build_member_place, build_permissions_lookup, collect_facts, find_text,
    holds_text, parse_milliseconds, shorten_path, warn_of_link,
};
use crate::systems::discovery::{DiscoveryContext, InventoryBuilder, Lookup};

pub(super) const NAME: &str = ".credentials.json";

/// Members that are the sign-in.
const OWN: [&str; 3] = ["claudeAiOauth", "organizationUuid", "trustedDeviceToken"];

/// Further logins of the same person, each with tokens of its own. The client's own logout drops them.
const LOGINS: [(&str, &str); 6] = [
    ("enterpriseGateway", "gateway login"),
    ("hybridOauth", "login of an organisation"),
    ("cloudSessionsOauth", "login of cloud sessions"),
    ("designOauth", "login of designs"),
    ("chatHistoryOauth", "login of the chat history"),
    ("coworkRemoteDevice", "device key"),
];

/// Members of a login that renew it.
const RENEWING: [&str; 2] = ["refreshToken", "idpRefreshToken"];

/// Members of a login that are no secrets.
const METADATA: [&str; 5] = ["url", "email", "emailAddress", "clientId", "scopes"];

/// Members that are logins to other services, each a map.
const ATTACHED: [(&str, &str); 5] = [
    ("mcpOAuth", "MCP login"),
    ("mcpXaaIdp", "MCP login"),
    ("mcpXaaIdpConfig", "MCP client secret"),
    ("mcpOAuthClientConfig", "MCP client secret"),
    ("pluginSecrets", "plugin secret"),
];

/// Whether a file of this name is the credential file, or a copy of it that somebody made beside it
/// (`.credentials.json.bak`, an account switcher's).
pub(super) fn is_copy_or_original(name: &str) -> bool {
    let rest = name.strip_prefix(NAME);
    // The client's lock is a directory of another name; a copy that adieu left is found by its own rule.
    rest.is_some_and(|rest| {
        let is_suffix = rest.is_empty() || rest.starts_with(['.', '~', '-', '_']);
        let is_others = |end: &str| Path::new(rest).extension() == Some(OsStr::new(end));
        is_suffix && !is_others("lock") && !is_others("adieu-tmp")
    })
}

/// The credential file in a directory that may have one.
pub(super) fn of_directory(
    discovery: DiscoveryContext<'_>,
    owner: Directory,
    directory: ConfinedPath,
) -> Lookup<'_> {
    Lookup::listed(directory, None, move |directory, entries| {
        let is_there = entries.iter().find(|entry| entry.name == NAME);
        is_there.map_or_else(Vec::new, |entry| {
            directory.join(NAME).map_or_else(Vec::new, |file| {
                list_lookups(discovery, &owner, &file, entry.is_link)
            })
        })
    })
}

/// The credential file, which is there.
pub(super) fn list_lookups<'a>(
    discovery: DiscoveryContext<'a>,
    directory: &Directory,
    file: &ConfinedPath,
    is_link: bool,
) -> Vec<Lookup<'a>> {
    let directory = directory.clone();
    if is_link {
        let file = file.clone();
        return vec![Lookup::say(move |findings| {
            let name = name_of(discovery, &directory, findings);
            let mut account = account_of(discovery, &directory, &name);
            account
                .facts
                .push(Fact::new("source", shorten_path(&discovery, &file)));
            account
                .facts
                .push(Fact::new("state", "a link; what it leads to was not read"));
            findings.account(account);
            warn_of_link(&file, findings);
            let owner = AccountArtefacts {
                system: SYSTEM,
                name: &name,
            };
            findings.artefact(owner.link(&file));
        })];
    }
    vec![
        Lookup::program("claude", |path, findings| {
            findings.notes.ai.claude_client = Some(path);
        }),
        build_permissions_lookup(file),
        Lookup::read(file.clone(), move |file, bytes, findings| {
            let name = name_of(discovery, &directory, findings);
            let mut account = account_of(discovery, &directory, &name);
            read_credentials(&discovery, &mut account, file, bytes, findings);
        }),
    ]
}

fn read_credentials(
    discovery: &DiscoveryContext<'_>,
    account: &mut Account,
    file: &ConfinedPath,
    bytes: &[u8],
    findings: &mut InventoryBuilder<'_>,
) {
    let name = account.name.clone();
    let owner = AccountArtefacts {
        system: SYSTEM,
        name: &name,
    };
    let Ok(Value::Object(mut content)) = json::parse(bytes) else {
        return describe_unreadable_file(account, owner, file, findings);
    };
    // With nothing else in it, the file goes as a whole.
    let is_own = |key: &str| OWN.contains(&key) || LOGINS.iter().any(|(login, _)| *login == key);
    let only_own = content.keys().all(|key| is_own(key));
    let place = |key: &str| {
        if only_own {
            Place::File { file: file.clone() }
        } else {
            build_member_place(file, [key])
        }
    };
    let mut found = Vec::new();
    if let Some(login) = content.remove("claudeAiOauth") {
        account
            .facts
            .push(Fact::new("source", shorten_path(discovery, file)));
        found.push(login_of(
            discovery,
            account,
            owner,
            place("claudeAiOauth"),
            login,
            findings,
        ));
    }
    if let Some(device) = content.get("trustedDeviceToken").and_then(Value::as_str) {
        let artefact = owner.sign_in(place("trustedDeviceToken"), "device token");
        if device.is_empty() {
            found.push(owner.along(artefact.place, artefact.what));
        } else {
            found.push(artefact);
        }
    }
    if content.contains_key("organizationUuid") {
        found.push(owner.along(place("organizationUuid"), "account data"));
    }
    for (key, what) in LOGINS {
        if let Some(login) = content.get(key) {
            found.push(further_login(
                discovery,
                owner.sign_in(place(key), what),
                login,
            ));
        }
    }
    let is_known = |key: &str| is_own(key) || ATTACHED.iter().any(|(known, _)| *known == key);
    for (key, value) in &content {
        if !is_known(key) && holds_text(value, &METADATA) {
            found.push(owner.unknown(place(key), "login of an unknown form"));
        }
    }
    for (key, what) in ATTACHED {
        let Some(Value::Object(entries)) = content.get(key) else {
            continue;
        };
        found.extend(entries.iter().map(|(entry, value)| Artefact {
            expires_at: parse_milliseconds(value.get("expiresAt")),
            ..owner.attached(build_member_place(file, [key, entry.as_str()]), what)
        }));
    }
    if found.is_empty() {
        return;
    }
    findings.account(account.clone());
    for artefact in found {
        findings.artefact(artefact);
    }
}

/// Describes a further login: until when it is good, and whether there is one at all.
fn further_login(discovery: &DiscoveryContext<'_>, sign_in: Artefact, login: &Value) -> Artefact {
    if !holds_text(login, &METADATA) {
        return Artefact {
            state: State::Residue,
            ..sign_in
        };
    }
    let is_renewed = RENEWING
        .iter()
        .any(|key| login.get(key).is_some_and(|token| holds_text(token, &[])));
    let ends = parse_milliseconds(login.get("expiresAt")).filter(|_| !is_renewed);
    Artefact {
        state: discovery.state_at(ends),
        expires_at: ends,
        ..sign_in
    }
}

/// One that cannot be understood may hold a login all the same: it is said, and goes only on
/// request.
fn describe_unreadable_file(
    account: &Account,
    owner: AccountArtefacts<'_>,
    file: &ConfinedPath,
    findings: &mut InventoryBuilder<'_>,
) {
    findings.account(account.clone());
    findings.artefact(Artefact {
        state: State::Unknown,
        tier: Category::Footprint,
        ..owner.sign_in(
            Place::File { file: file.clone() },
            "unreadable credential file",
        )
    });
    findings.problem(Problem {
        location: Location::of(file),
        message: "invalid JSON, contents unknown; the client takes it for signed out".to_owned(),
        hint: Some("remove it with: adieu logout claude --complete".to_owned()),
        hides: true,
    });
}

/// What of a login there is.
struct Login {
    refresh: bool,
    access: bool,
    refresh_ends: Option<Timestamp>,
    access_ends: Option<Timestamp>,
    scopes: Option<Vec<String>>,
}

impl Login {
    fn of(login: &Map<String, Value>) -> Self {
        let scopes = login.get("scopes").and_then(Value::as_array);
        Self {
            refresh: find_text(login, &["refreshToken"]).is_some(),
            access: find_text(login, &["accessToken"]).is_some(),
            refresh_ends: parse_milliseconds(login.get("refreshTokenExpiresAt")),
            access_ends: parse_milliseconds(login.get("expiresAt")),
            scopes: scopes.map(|scopes| {
                let texts = scopes.iter().filter_map(Value::as_str);
                texts.map(str::to_owned).collect()
            }),
        }
    }

    /// When the login ends by itself: with the refresh token, if there is one.
    fn ends(&self) -> Option<Timestamp> {
        if self.refresh {
            self.refresh_ends
        } else {
            self.access_ends
        }
    }

    /// The client takes a login without this scope for none.
    fn lacks_scope(&self) -> bool {
        let scopes = self.scopes.as_deref();
        scopes.is_some_and(|scopes| !scopes.iter().any(|scope| scope == "user:inference"))
    }
}

fn login_of(
    discovery: &DiscoveryContext<'_>,
    account: &mut Account,
    owner: AccountArtefacts<'_>,
    place: Place,
    login: Value,
    findings: &mut InventoryBuilder<'_>,
) -> Artefact {
    let Value::Object(members) = login else {
        return Artefact {
            state: State::Unknown,
            ..owner.sign_in(place, "login")
        };
    };
    let found = Login::of(&members);
    account.facts.extend(collect_facts([
        ("plan", find_text(&members, &["subscriptionType"])),
        ("limits", find_text(&members, &["rateLimitTier"])),
    ]));
    if !found.refresh && !found.access {
        let strange = ["accessToken", "refreshToken"].iter().any(|key| {
            members
                .get(*key)
                .is_some_and(|value| !value.is_null() && !value.is_string())
        });
        if strange {
            account.facts.push(Fact::new("state", "not understood"));
            return Artefact {
                state: State::Unknown,
                ..owner.sign_in(place, "login")
            };
        }
        let note = "emptied by the client, after the server refused it";
        account.facts.push(Fact::new("state", note));
        return owner.along(place, "emptied login");
    }
    account.facts.push(Fact::new("method", "claude.ai"));
    let ends = found.ends();
    let state = if found.lacks_scope() {
        let note = "the scope user:inference is missing, so the client does not use it";
        account.facts.push(Fact::new("state", note));
        State::Unknown
    } else {
        discovery.state_at(ends)
    };
    if state == State::Live && discovery.state_at(found.access_ends) == State::Expired {
        account
            .facts
            .push(Fact::new("state", "is renewed at the next start"));
    }
    let token = client_token(account, members, ends, findings);
    Artefact {
        state,
        expires_at: ends,
        token,
        ..owner.sign_in(place, "login")
    }
}

/// The login as a token that the vendor's own client can end, if it is installed. No document says
/// how anybody else could.
fn client_token(
    account: &mut Account,
    login: Map<String, Value>,
    ends: Option<Timestamp>,
    findings: &mut InventoryBuilder<'_>,
) -> Option<crate::secret::Fingerprint> {
    let note = "no: that the server ends the access token too is not documented";
    account.facts.push(Fact::new("confirmed", note));
    let program = findings.notes.ai.claude_client.clone()?;
    let mut file = Map::new();
    file.insert("claudeAiOauth".to_owned(), Value::Object(login));
    let secret = Secret::new(Value::Object(file).to_string());
    let revocation = Revocation::Client {
        program,
        client: VendorClient::Claude,
        endpoint: global::build_vendor_endpoint(),
    };
    Some(findings.account_token(secret, account, revocation, ends, None))
}
