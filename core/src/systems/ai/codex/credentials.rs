//! What a login of Codex is, in `auth.json` and in the key store alike: its account, its tokens and keys,
//! and how OpenAI ends it.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{PROVIDER, SYSTEM};
use crate::inventory::{Account, Artefact, Fact, Place, Revocation, State};
use crate::io::files::ConfinedPath;
use crate::remote::call::Text;
use crate::remote::{Body, Endpoint, EndpointSource, HttpCall, HttpService};
use crate::secret::Secret;
use crate::systems::ai::common::{
    AccountArtefacts, build_account, build_file_place as whole, collect_facts, decode_claims,
    find_text, holds_text, own_name, parse_seconds, read_object, shorten_path,
};
use crate::systems::discovery::{DiscoveryContext, InventoryBuilder};

/// Why ending a login here is asked about first.
const SHARED: &str = "it may end this login on other machines too (reported, not confirmed)";

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

pub(super) fn read_login(
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
pub(super) fn describe_login(
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
