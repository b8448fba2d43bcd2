//! What Google gave out, in `oauth_creds.json` and in the key store alike: whose it is, its tokens, and how
//! Google ends it.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{PROVIDER, SYSTEM};
use crate::inventory::{Account, Artefact, Place, Revocation, State};
use crate::io::files::ConfinedPath;
use crate::remote::call::Method;
use crate::remote::{
    Answers, Authorization, Body, Content, Endpoint, EndpointSource, HttpCall, HttpService,
};
use crate::secret::Secret;
use crate::systems::ai::common::{
    AccountArtefacts, build_account, build_file_place as whole, collect_facts, decode_claims,
    find_text, holds_text, name_of, own_name, parse_milliseconds, read_object, shorten_path,
};
use crate::systems::discovery::{DiscoveryContext, InventoryBuilder};

pub(super) fn read_login(
    discovery: &DiscoveryContext<'_>,
    root: &ConfinedPath,
    file: &ConfinedPath,
    bytes: &[u8],
    findings: &mut InventoryBuilder<'_>,
) {
    let Some(content) = read_object(SYSTEM, file, bytes, findings) else {
        return;
    };
    let secret = |key: &str| find_text(&content, &[key]);
    let Some(token) = secret("refresh_token").or(secret("access_token")) else {
        // After a renewal that failed the file can be an empty object.
        let known = ["scope", "token_type", "expiry_date"];
        if content
            .iter()
            .any(|(key, value)| !known.contains(&key.as_str()) && holds_text(value, &known))
        {
            let name = name_of(SYSTEM, discovery, root, findings);
            findings.account(build_account(SYSTEM, &name, PROVIDER));
            let owner = AccountArtefacts {
                system: SYSTEM,
                name: &name,
            };
            findings.artefact(owner.unknown(whole(file), "login of an unknown form"));
        }
        return;
    };
    let identity = secret("id_token")
        .and_then(decode_claims)
        .unwrap_or_default();
    let email = find_text(&identity, &["email"]);
    let name = name_for(discovery, root, email, findings);
    let mut found = build_account(SYSTEM, &name, PROVIDER);
    found.facts = collect_facts([
        ("email", email),
        ("method", Some("Google account")),
        ("source", Some(&shorten_path(discovery, file))),
        ("directory", Some(&shorten_path(discovery, root))),
    ]);
    let grant = Grant {
        token: Secret::new(token.to_owned()),
        access_token: secret("access_token").map(|text| Secret::new(text.to_owned())),
        can_renew: secret("refresh_token").is_some(),
        access_ends: parse_milliseconds(content.get("expiry_date")),
    };
    describe_login(discovery, &found, whole(file), grant, findings);
}

/// Who is signed in in a directory: the one who was named for it before, else the e-mail address.
fn name_for(
    discovery: &DiscoveryContext<'_>,
    root: &ConfinedPath,
    email: Option<&str>,
    findings: &mut InventoryBuilder<'_>,
) -> String {
    let known = name_of(SYSTEM, discovery, root, findings);
    match email {
        // Nobody was named for this directory yet.
        Some(email) if known == shorten_path(discovery, root) => {
            own_name(SYSTEM, discovery, root, email, findings)
        }
        _ => known,
    }
}

/// What Google gave out, wherever it is kept.
pub(super) struct Grant {
    /// What ends all of it: the refresh token, else the access token.
    token: Secret,
    access_token: Option<Secret>,
    can_renew: bool,
    access_ends: Option<Timestamp>,
}

/// Google ends an authorization with any of its tokens, and says whether it accepts an access token.
/// It is asked as the vendor's library for Node asks, which keeps the token out of the address.
///
/// Sources: Google Identity, "Using OAuth 2.0 for Installed Applications", "Validating access tokens";
/// `google-auth-library`, `getTokenInfo`.
pub static GOOGLE: HttpService = HttpService {
    address: Cow::Borrowed("https://oauth2.googleapis.com"),
    end: Some(HttpCall::revocation("/revoke", Body::TOKEN)),
    is_confirmed_by_asking: false,
    ask: Some(HttpCall {
        method: Method::Post,
        path: Cow::Borrowed("/tokeninfo"),
        authorization: Authorization::Bearer,
        body: Body::Form(Cow::Borrowed(&[])),
        headers: Cow::Borrowed(&[]),
        yes: Cow::Borrowed(GOOD),
        unknown: Cow::Borrowed(HttpCall::NO_SUCH_TOKEN),
    }),
    needs_access_token: Some(
        "Google is asked with an access token, and there is none that has not ended by itself",
    ),
    what: "authorization",
    effect: "ends the authorization at Google",
    page: SYSTEM.info().account_page,
    is_own: false,
};

/// What Google says of an access token that it accepts.
const GOOD: &[Answers] = &[Answers::new(200, Content::Object)];

pub(super) fn describe_login(
    discovery: &DiscoveryContext<'_>,
    account: &Account,
    place: Place,
    grant: Grant,
    findings: &mut InventoryBuilder<'_>,
) {
    findings.account(account.clone());
    let ends = grant.access_ends.filter(|_| !grant.can_renew);
    let revocation = Revocation::Http {
        service: &GOOGLE,
        endpoint: Endpoint {
            url: GOOGLE.address.to_string(),
            named_by: EndpointSource::Vendor,
        },
        recorded: Vec::new(),
    };
    let token = findings.account_token(grant.token, account, revocation, ends, None);
    let is_good = discovery.state_at(grant.access_ends) == State::Live;
    if let Some(access_token) = grant.access_token.filter(|_| is_good) {
        findings.ask_with(token, access_token);
    }
    let owner = AccountArtefacts {
        system: SYSTEM,
        name: &account.name,
    };
    findings.artefact(Artefact {
        state: discovery.state_at(ends),
        expires_at: ends,
        token: Some(token),
        ..owner.sign_in(place, "login")
    });
}

/// What an entry of the key store holds: `{"serverName", "token": {"accessToken", "refreshToken",
/// "expiresAt"}, "updatedAt"}`.
///
/// Source: Gemini CLI `packages/core/src/code_assist/oauth-credential-storage.ts`,
/// `mcp/token-storage/types.ts`.
pub(super) fn stored_grant(content: &Map<String, Value>) -> Option<Grant> {
    let secret = |key: &str| find_text(content, &["token", key]);
    let token = secret("refreshToken").or(secret("accessToken"))?;
    Some(Grant {
        token: Secret::new(token.to_owned()),
        access_token: secret("accessToken").map(|text| Secret::new(text.to_owned())),
        can_renew: secret("refreshToken").is_some(),
        access_ends: parse_milliseconds(
            content
                .get("token")
                .and_then(|token| token.get("expiresAt")),
        ),
    })
}
