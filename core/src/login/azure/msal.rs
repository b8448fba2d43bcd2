//! Entries of MSAL's unified cache.
//!
//! Sources: MSAL for Python `msal/token_cache.py`; caches of the Azure CLI 2.80.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::ser::PrettyFormatter;
use serde_json::{Map, Serializer, Value, json};

use super::target::{CLI_CLIENT, Target};
use super::{SignedIn, Token};
use crate::secret::Secret;

/// The sections with secrets.
const SECRETS: [&str; 3] = ["AccessToken", "RefreshToken", "IdToken"];

fn entries<'a>(
    cache: &'a Map<String, Value>,
    section: &str,
) -> impl Iterator<Item = &'a Map<String, Value>> {
    let section = cache.get(section).and_then(Value::as_object);
    let entries = section.into_iter().flat_map(Map::values);
    entries.filter_map(Value::as_object)
}

fn text<'a>(entry: &'a Map<String, Value>, key: &str) -> &'a str {
    entry.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Every secret of a cache.
pub(super) fn list_secrets(cache: &Map<String, Value>) -> Vec<Secret> {
    let all = SECRETS.iter().flat_map(|section| entries(cache, section));
    all.map(|entry| text(entry, "secret"))
        .filter(|secret| !secret.is_empty())
        .map(|secret| Secret::new(secret.to_owned()))
        .collect()
}

/// Whether a cache has a secret.
pub(super) fn has_secret(cache: &Map<String, Value>, secret: &Secret) -> bool {
    let mut all = SECRETS.iter().flat_map(|section| entries(cache, section));
    all.any(|entry| text(entry, "secret") == secret.expose())
}

/// Whether a cache has a secret of an account that is none of these.
pub(super) fn has_other_secret(
    cache: &Map<String, Value>,
    home: &str,
    environment: &str,
    ours: &[Secret],
) -> bool {
    let mut all = SECRETS.iter().flat_map(|section| entries(cache, section));
    all.any(|entry| {
        let is_ours = |known: &Secret| known.expose() == text(entry, "secret");
        text(entry, "home_account_id").eq_ignore_ascii_case(home)
            && text(entry, "environment") == environment
            && !ours.iter().any(is_ours)
    })
}

/// The refresh token of the account that has signed in at the tenant (its id) before, the latest first; else
/// of one whose home the tenant is.
pub(super) fn find_refresh_token(
    cache: &Map<String, Value>,
    target: &Target<'_>,
    tenant: &str,
) -> Option<Secret> {
    let is_here = |entry: &&Map<String, Value>| {
        text(entry, "environment") == target.cloud.login
            && text(entry, "client_id").eq_ignore_ascii_case(&target.client)
    };
    let of_tenant = |entry: &&Map<String, Value>| {
        is_here(entry) && text(entry, "realm").eq_ignore_ascii_case(tenant)
    };
    let mut known: Vec<(&str, &str)> = entries(cache, "AccessToken")
        .filter(of_tenant)
        .map(|entry| (text(entry, "cached_at"), text(entry, "home_account_id")))
        .collect();
    known.sort_by_key(|(time, _)| std::cmp::Reverse(time.parse::<i64>().unwrap_or_default()));
    let is_at_home = |account: &str| {
        let home = account.split_once('.').map(|(_, tenant)| tenant);
        home.is_some_and(|home| home.eq_ignore_ascii_case(tenant))
    };
    let mut tokens: Vec<(usize, &str)> = entries(cache, "RefreshToken")
        .filter(is_here)
        .filter_map(|entry| {
            let account = text(entry, "home_account_id");
            let place = known.iter().position(|(_, known)| *known == account);
            let place = place.or_else(|| is_at_home(account).then_some(usize::MAX))?;
            Some((place, text(entry, "secret")))
        })
        .filter(|(_, secret)| !secret.is_empty())
        .collect();
    tokens.sort_by_key(|(place, _)| *place);
    let (_, secret) = tokens.first()?;
    Some(Secret::new((*secret).to_owned()))
}

/// The token that was kept for these permissions in a tenant, the one that lasts longest.
pub(super) fn find_access_token(
    cache: &Map<String, Value>,
    target: &Target<'_>,
    tenant: &str,
    scopes: &str,
) -> Option<Token> {
    let has = |entry: &Map<String, Value>, scope: &str| {
        let mut known = text(entry, "target").split_whitespace();
        known.any(|known| known.eq_ignore_ascii_case(scope))
    };
    let found = entries(cache, "AccessToken").filter(|entry| {
        text(entry, "environment") == target.cloud.login
            && text(entry, "client_id").eq_ignore_ascii_case(&target.client)
            && text(entry, "realm").eq_ignore_ascii_case(tenant)
            && scopes.split_whitespace().all(|scope| has(entry, scope))
            && !text(entry, "secret").is_empty()
    });
    let tokens = found.filter_map(|entry| {
        let end = text(entry, "expires_on").parse::<i64>().ok()?;
        Some(Token {
            secret: Secret::new(text(entry, "secret").to_owned()),
            scope: scopes.to_owned(),
            expires_at: Timestamp::from_second(end).ok()?,
        })
    });
    tokens.max_by_key(|token| token.expires_at)
}

/// Keeps a token that a refresh token has brought; whether that one is still there.
pub(super) fn put_access_token(
    cache: &mut Map<String, Value>,
    target: &Target<'_>,
    realm: &str,
    refresh_token: &Secret,
    token: &Token,
    now: Timestamp,
) -> bool {
    let is_it = |entry: &&Map<String, Value>| text(entry, "secret") == refresh_token.expose();
    let home = entries(cache, "RefreshToken")
        .find(is_it)
        .map(|entry| text(entry, "home_account_id").to_owned());
    let Some(home) = home else {
        return false;
    };
    let members = cache
        .entry("AccessToken")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(members) = members {
        let (key, entry) = access_token_entry(target, &home, realm, token, now);
        members.insert(key, entry);
    }
    true
}

/// A token as the cache has it, with its key.
fn access_token_entry(
    target: &Target<'_>,
    home: &str,
    realm: &str,
    token: &Token,
    now: Timestamp,
) -> (String, Value) {
    let (environment, client) = (target.cloud.login, target.client.as_str());
    let scope = token.scope.as_str();
    let key = format!("{home}-{environment}-accesstoken-{client}-{realm}-{scope}");
    let end = token.expires_at.as_second().to_string();
    let mut entry = json!({
        "credential_type": "AccessToken",
        "secret": token.secret.expose(),
        "home_account_id": home,
        "environment": environment,
        "client_id": client,
        "target": scope,
        "realm": realm,
        "token_type": "Bearer",
        "cached_at": now.as_second().to_string(),
        "expires_on": end,
        "extended_expires_on": end,
    });
    if home.is_empty() {
        entry["home_account_id"] = Value::Null;
    }
    (key.to_lowercase(), entry)
}

/// Somebody with a refresh token.
pub(super) struct KnownPerson {
    pub(super) username: String,
    /// `uid.utid`.
    pub(super) account: String,
    /// The host of the cloud's sign-in.
    pub(super) environment: String,
    pub(super) client: String,
    pub(super) refresh_token: Secret,
}

/// Everybody who has a refresh token and a name.
pub(super) fn list_people(cache: &Map<String, Value>) -> Vec<KnownPerson> {
    let found = entries(cache, "RefreshToken").filter_map(|entry| {
        let is_same = |account: &&Map<String, Value>| {
            let same = |key: &str| text(account, key).eq_ignore_ascii_case(text(entry, key));
            same("home_account_id") && same("environment")
        };
        let account = entries(cache, "Account").find(is_same)?;
        let person = KnownPerson {
            username: text(account, "username").to_owned(),
            account: text(entry, "home_account_id").to_lowercase(),
            environment: text(entry, "environment").to_owned(),
            client: text(entry, "client_id").to_owned(),
            refresh_token: Secret::new(text(entry, "secret").to_owned()),
        };
        let is_whole = !person.username.is_empty() && !text(entry, "secret").is_empty();
        is_whole.then_some(person)
    });
    found.collect()
}

/// Puts what a sign-in brought into a cache. `ours`: secrets that may be replaced; `None` for all.
pub(super) fn put(
    cache: &mut Map<String, Value>,
    target: &Target<'_>,
    signed_in: &SignedIn,
    now: Timestamp,
    ours: Option<&[Secret]>,
) {
    let environment = target.cloud.login;
    let client = target.client.as_str();
    let realm = signed_in.tenant.as_str();
    let home = signed_in.account.as_ref();
    let home = home.map_or("", |account| account.home.as_str());
    let mut put = |section: &str, key: String, entry: Value| {
        let members = cache
            .entry(section)
            .or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(members) = members else {
            return;
        };
        let is_free = members.get(&key).is_none_or(|present| {
            let secret = present.get("secret").and_then(Value::as_str);
            ours.is_none_or(|ours| {
                secret.is_some_and(|secret| ours.iter().any(|known| known.expose() == secret))
            })
        });
        if is_free {
            members.insert(key, entry);
        }
    };
    let tokens = [Some(&signed_in.arm)].into_iter();
    let tokens = tokens.chain(signed_in.others.iter().map(Option::as_ref));
    for token in tokens.flatten() {
        let (key, entry) = access_token_entry(target, home, realm, token, now);
        put("AccessToken", key, entry);
    }
    let Some(account) = &signed_in.account else {
        return;
    };
    put(
        "Account",
        format!("{home}-{environment}-{realm}").to_lowercase(),
        json!({
            "home_account_id": home,
            "environment": environment,
            "realm": realm,
            "local_account_id": account.local,
            "username": account.username,
            "authority_type": "MSSTS",
        }),
    );
    if let Some(token) = &signed_in.refresh_token {
        let scope = &signed_in.arm.scope;
        let mut entry = json!({
            "credential_type": "RefreshToken",
            "secret": token.expose(),
            "home_account_id": home,
            "environment": environment,
            "client_id": client,
            "target": scope,
            "last_modification_time": now.as_second().to_string(),
        });
        // Apps of this family use each other's refresh tokens.
        if client.eq_ignore_ascii_case(CLI_CLIENT) {
            entry["family_id"] = json!("1");
        }
        let key = format!("{home}-{environment}-refreshtoken-{client}--{scope}");
        put("RefreshToken", key.to_lowercase(), entry);
    }
    let mut metadata = json!({"client_id": client, "environment": environment});
    if client.eq_ignore_ascii_case(CLI_CLIENT) {
        metadata["family_id"] = json!("1");
    }
    put(
        "AppMetadata",
        format!("appmetadata-{environment}-{client}").to_lowercase(),
        metadata,
    );
}

/// As MSAL's extensions write it: indented by four.
pub(super) fn render(document: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let formatter = PrettyFormatter::with_indent(b"    ");
    let mut serializer = Serializer::with_formatter(&mut bytes, formatter);
    // Texts alone can always be written to memory.
    let _ = document.serialize(&mut serializer);
    bytes
}
