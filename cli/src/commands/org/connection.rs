//! Whether sign-ins still work: all orgs asked at once, access tokens renewed where they ended.

use std::collections::BTreeMap;
use std::time::Duration;

use adieu::login::salesforce::store_renewed;
use adieu::net::Cancel;
use adieu::net::salesforce::{
    ClientApp, ConnectedStatus, DEFAULT_CLIENT_ID, JwtKey, JwtRequest, KEY_FILE_LIMIT,
    Orgs as Servers, Origin, PRODUCTION, ProbeRequest, RefreshRequest, Renewal,
};
use adieu::secret::Secret;
use adieu::systems::salesforce::auth_file::{AuthFile, Stored};
use adieu::systems::salesforce::crypto::EncryptionKey;
use adieu::systems::salesforce::orgs::{Org, Orgs};
use zeroize::Zeroizing;

use crate::commands::context::Context;

/// What the real client calls a sign-in whose tokens cannot be decrypted.
pub(super) const UNREADABLE: &str = "AuthDecryptError";

/// How an org answered.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// The real client's words.
    pub(super) text: String,
    /// Whether the token is good.
    pub(super) is_connected: bool,
    /// Whether a renewal was refused.
    pub(super) is_refresh_failure: bool,
}

impl Answer {
    fn of(status: &ConnectedStatus) -> Self {
        Self {
            text: status.text(),
            is_connected: *status == ConnectedStatus::Connected,
            is_refresh_failure: matches!(status, ConnectedStatus::RefreshFailed(_)),
        }
    }

    fn unreadable() -> Self {
        Self {
            text: UNREADABLE.to_owned(),
            is_connected: false,
            is_refresh_failure: false,
        }
    }
}

/// Asks these orgs; the answers by user name. What a renewal brings is stored before it is used; a
/// text is added to `warnings` where that fails.
pub(super) fn ask(
    context: &Context,
    orgs: &Orgs,
    which: &[&Org],
    seconds: f64,
    cancel: &Cancel,
    warnings: &mut Vec<String>,
) -> BTreeMap<String, Answer> {
    let mut answers = BTreeMap::new();
    let mut requests = Vec::new();
    for org in which {
        match request(context, orgs, &org.auth) {
            Some(request) => requests.push(request),
            None => {
                answers.insert(org.auth.username.clone(), Answer::unreadable());
            }
        }
    }
    let keys: Vec<EncryptionKey> = orgs.usable_keys().cloned().collect();
    let servers = Servers::new(&context.world)
        .with_limit(Duration::from_secs_f64(seconds))
        .with_cancel(cancel.clone());
    let found = servers.probe_all(requests, |username, grant| {
        let stored = store_renewed(&context.world, &context.files, username, grant, &keys);
        if let Err(error) = stored {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
            warnings.push(format!(
                "the renewed tokens of {username} could not be stored: {error}{}",
                cause.unwrap_or_default()
            ));
        }
    });
    answers.extend(
        found
            .iter()
            .map(|(username, status)| (username.clone(), Answer::of(status))),
    );
    answers
}

/// What to ask of one sign-in; `None` if its tokens cannot be read.
fn request(context: &Context, orgs: &Orgs, auth: &AuthFile) -> Option<ProbeRequest<String>> {
    let reveal = |stored: &Option<Stored>| match stored {
        Some(stored) => orgs.reveal(stored).map(Some),
        None => Ok(None),
    };
    let access_token = reveal(&auth.access_token).ok()?;
    let refresh_token = reveal(&auth.refresh_token).ok()?;
    let renewal = match refresh_token {
        Some(refresh_token) => refresh(orgs, auth, refresh_token),
        None => jwt(context, auth),
    };
    Some(ProbeRequest {
        id: auth.username.clone(),
        instance_url: instance_url(auth),
        api_version: auth.api_version.clone(),
        // Without one, the org says so, and another one is asked for.
        access_token: access_token.unwrap_or_else(|| Secret::new(String::new())),
        renewal,
    })
}

/// How to ask whether the stored access token of a sign-in is accepted, and nothing more; `None` if
/// there is none that can be read.
pub(super) fn without_renewal(orgs: &Orgs, auth: &AuthFile) -> Option<ProbeRequest<String>> {
    Some(ProbeRequest {
        id: auth.username.clone(),
        instance_url: instance_url(auth),
        api_version: auth.api_version.clone(),
        access_token: orgs.reveal(auth.access_token.as_ref()?).ok()?,
        renewal: Renewal::None,
    })
}

fn instance_url(auth: &AuthFile) -> String {
    let url = auth.instance_url.as_ref().or(auth.login_url.as_ref());
    url.cloned().unwrap_or_else(|| PRODUCTION.to_owned())
}

fn login(auth: &AuthFile) -> Option<Origin> {
    let url = auth.login_url.as_ref().or(auth.instance_url.as_ref());
    Origin::parse(url.map_or(PRODUCTION, String::as_str)).ok()
}

fn refresh(orgs: &Orgs, auth: &AuthFile, refresh_token: Secret) -> Renewal {
    let Some(login) = login(auth) else {
        return Renewal::None;
    };
    let secret = auth
        .client_secret
        .as_ref()
        .and_then(|stored| orgs.reveal(stored).ok());
    let id = auth.client_id.clone();
    Renewal::Refresh(RefreshRequest {
        login,
        app: ClientApp {
            id: id.unwrap_or_else(|| DEFAULT_CLIENT_ID.to_owned()),
            secret,
        },
        refresh_token,
    })
}

fn jwt(context: &Context, auth: &AuthFile) -> Renewal {
    let request = || {
        let path = std::path::Path::new(auth.private_key.as_deref()?);
        if !path.is_absolute() {
            return None;
        }
        let bytes = context.files.read_named(path, KEY_FILE_LIMIT).ok()??;
        let bytes = Zeroizing::new(bytes);
        let environment = &context.world.environment;
        let audience = ["SF_AUDIENCE_URL", "SFDX_AUDIENCE_URL"]
            .iter()
            .find_map(|name| environment.get(name));
        Some(JwtRequest {
            login: login(auth)?,
            client_id: auth.client_id.clone()?,
            username: auth.username.clone(),
            key: JwtKey::from_pem(&bytes).ok()?,
            audience: audience.map(str::to_owned),
            now: context.world.now(),
        })
    };
    request().map_or(Renewal::None, Renewal::Jwt)
}
