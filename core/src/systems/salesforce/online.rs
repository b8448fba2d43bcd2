//! Orgs: an access token that has ended is renewed, because only that shows whether the sign-in is
//! still good. What a renewal brings is stored before it is used: a refresh token that comes with it
//! has replaced the stored one.

use std::collections::BTreeMap;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::io::files::Files;
use crate::io::net::oauth::{ClientApp, JwtKey, KEY_FILE_LIMIT, RefreshRequest};
use crate::io::net::{Address, Cancel, Network};
use crate::secret::Secret;
use crate::systems::salesforce::api::{
    ConnectedStatus, DEFAULT_CLIENT_ID, JwtRequest, PRODUCTION, ProbeRequest, Renewal,
    build_server, org_address, probe_all,
};
use crate::systems::salesforce::auth_file::{AuthFile, Stored};
use crate::systems::salesforce::crypto::EncryptionKey;
use crate::systems::salesforce::login::store_renewed;
use crate::systems::salesforce::orgs::{Org, Orgs};
use crate::world::World;

/// How an org answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrgAnswer {
    /// What it said.
    Status(ConnectedStatus),
    /// It was not asked: the tokens that are stored for it cannot be decrypted.
    Unreadable,
}

/// The answers of orgs by user name, and what could not be stored.
#[derive(Debug, Default)]
pub struct OrgAnswers {
    /// The answers.
    pub answers: BTreeMap<String, OrgAnswer>,
    /// Renewed tokens that could not be stored: whose and why, in a sentence.
    pub not_stored: Vec<String>,
}

/// What asking orgs works with.
#[derive(Clone, Copy)]
pub struct OrgChecker<'a> {
    /// The machine.
    pub world: &'a World,
    /// The door to the disk, for what a renewal brings.
    pub files: &'a Files,
    /// How long each answer is waited for.
    pub time_limit: Duration,
    /// Set when the person stops the waiting.
    pub cancel: &'a Cancel,
}

impl OrgChecker<'_> {
    /// Asks these orgs, all at once.
    pub fn ask_orgs(&self, orgs: &Orgs, which: &[&Org]) -> OrgAnswers {
        let mut found = OrgAnswers::default();
        let mut requests = Vec::new();
        for org in which {
            if let Some(request) = self.request(orgs, &org.auth) {
                requests.push(request);
            } else {
                let username = org.auth.username.clone();
                found.answers.insert(username, OrgAnswer::Unreadable);
            }
        }
        let keys: Vec<EncryptionKey> = orgs.usable_keys().cloned().collect();
        let statuses = probe_all(&self.network(), requests, |username, grant| {
            let stored = store_renewed(self.world, self.files, username, grant, &keys);
            if let Err(error) = stored {
                let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
                found.not_stored.push(format!(
                    "the renewed tokens of {username} could not be stored: {error}{}",
                    cause.unwrap_or_default()
                ));
            }
        });
        let statuses = statuses
            .into_iter()
            .map(|(username, status)| (username, OrgAnswer::Status(status)));
        found.answers.extend(statuses);
        found
    }

    /// Asks whether access tokens are accepted, and renews none; the answers by user name.
    pub fn ask_access_tokens(
        &self,
        tokens: Vec<OrgAccessToken>,
    ) -> BTreeMap<String, ConnectedStatus> {
        let requests = tokens.into_iter().map(|token| token.0).collect();
        let answers = probe_all(&self.network(), requests, |_, _| {});
        answers.into_iter().collect()
    }

    fn network(&self) -> Network {
        Network::new(self.world)
            .with_limit(self.time_limit)
            .with_cancel(self.cancel.clone())
    }

    /// What to ask of one sign-in; `None` if its tokens cannot be read.
    fn request(&self, orgs: &Orgs, auth: &AuthFile) -> Option<ProbeRequest<String>> {
        let reveal = |stored: &Option<Stored>| match stored {
            Some(stored) => orgs.reveal(stored).map(Some),
            None => Ok(None),
        };
        let access_token = reveal(&auth.access_token).ok()?;
        let refresh_token = reveal(&auth.refresh_token).ok()?;
        let renewal = match refresh_token {
            Some(refresh_token) => build_renewal(orgs, auth, refresh_token),
            None => self.jwt(auth),
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

    fn jwt(&self, auth: &AuthFile) -> Renewal {
        let request = || {
            let path = std::path::Path::new(auth.private_key.as_deref()?);
            if !path.is_absolute() {
                return None;
            }
            let bytes = self.files.read_named(path, KEY_FILE_LIMIT).ok()??;
            let bytes = Zeroizing::new(bytes);
            let environment = &self.world.environment;
            let audience = ["SF_AUDIENCE_URL", "SFDX_AUDIENCE_URL"]
                .iter()
                .find_map(|name| environment.get(name));
            Some(JwtRequest {
                login: find_login_address(auth)?,
                client_id: auth.client_id.clone()?,
                username: auth.username.clone(),
                key: JwtKey::from_pem(&bytes).ok()?,
                audience: audience.map(str::to_owned),
                now: self.world.now(),
            })
        };
        request().map_or(Renewal::None, Renewal::Jwt)
    }
}

/// The access token of an org, in memory until it can be asked about.
#[derive(Debug)]
pub struct OrgAccessToken(ProbeRequest<String>);

impl OrgAccessToken {
    /// The stored one of a sign-in; `None` if there is none that can be read.
    pub fn of(orgs: &Orgs, auth: &AuthFile) -> Option<Self> {
        Some(Self(ProbeRequest {
            id: auth.username.clone(),
            instance_url: instance_url(auth),
            api_version: auth.api_version.clone(),
            access_token: orgs.reveal(auth.access_token.as_ref()?).ok()?,
            renewal: Renewal::None,
        }))
    }

    /// Whose it is.
    pub fn username(&self) -> &str {
        &self.0.id
    }
}

fn instance_url(auth: &AuthFile) -> String {
    let url = auth.instance_url.as_ref().or(auth.login_url.as_ref());
    url.cloned().unwrap_or_else(|| PRODUCTION.to_owned())
}

fn find_login_address(auth: &AuthFile) -> Option<Address> {
    let url = auth.login_url.as_ref().or(auth.instance_url.as_ref());
    org_address(url.map_or(PRODUCTION, String::as_str)).ok()
}

fn build_renewal(orgs: &Orgs, auth: &AuthFile, refresh_token: Secret) -> Renewal {
    let Some(login) = find_login_address(auth) else {
        return Renewal::None;
    };
    let secret = auth
        .client_secret
        .as_ref()
        .and_then(|stored| orgs.reveal(stored).ok());
    let id = auth.client_id.clone();
    Renewal::Refresh(RefreshRequest {
        server: build_server(login),
        app: ClientApp {
            id: id.unwrap_or_else(|| DEFAULT_CLIENT_ID.to_owned()),
            secret,
        },
        refresh_token,
    })
}
