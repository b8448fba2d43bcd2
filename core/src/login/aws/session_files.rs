//! Where sessions of portals are kept: the AWS CLI's cache, and Atmos's.
//!
//! Sources: AWS CLI `awscli/customizations/sso`, botocore `tokens.py`, `utils.py` (`SSOTokenFetcher`);
//! Atmos `pkg/auth/providers/aws/sso_session.go`; files of the AWS CLI 2.36.7.

use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::atmos_files::{format_end, place};
use super::python_json::{sha1_name, to_python_json};
use super::target::PortalTarget;
use crate::io::files::{Change, ConfinedPath, FileError, Files, LockRule};
use crate::secret::Secret;
use crate::systems::discovery::{json_object, parse_timestamp};
use crate::world::World;

/// The largest of these files that is read, in bytes.
pub(super) const LIMIT: u64 = 1 << 20;

/// A client that was registered at SSO OIDC.
#[derive(Clone, Debug)]
pub(super) struct Registration {
    pub(super) client_id: String,
    pub(super) client_secret: Secret,
    pub(super) expires_at: Timestamp,
}

/// A sign-in at a portal.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) start_url: String,
    pub(super) region: String,
    pub(super) access_token: Secret,
    pub(super) expires_at: Timestamp,
    pub(super) refresh_token: Option<Secret>,
    /// The client that can renew it.
    pub(super) registration: Option<Registration>,
}

impl Session {
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut object = json_object(bytes)?;
        let mut text = |key: &str| match object.remove(key) {
            Some(Value::String(text)) if !text.is_empty() => Some(text),
            _ => None,
        };
        let time = |text: Option<String>| text.and_then(|text| parse_timestamp(&text));
        let client = text("clientId").zip(text("clientSecret").map(Secret::new));
        let end = time(text("registrationExpiresAt"));
        Some(Self {
            start_url: text("startUrl").unwrap_or_default(),
            region: text("region").unwrap_or_default(),
            access_token: Secret::new(text("accessToken").unwrap_or_default()),
            expires_at: time(text("expiresAt")).unwrap_or(Timestamp::UNIX_EPOCH),
            refresh_token: text("refreshToken").map(Secret::new),
            registration: client
                .zip(end)
                .map(|((client_id, client_secret), expires_at)| Registration {
                    client_id,
                    client_secret,
                    expires_at,
                }),
        })
    }

    /// What can renew it now.
    pub(super) fn renewal(&self, now: Timestamp) -> Option<(&Registration, &Secret)> {
        let registration = self.registration.as_ref();
        let registration = registration.filter(|client| client.expires_at > now);
        registration.zip(self.refresh_token.as_ref())
    }

    /// As the AWS CLI writes it.
    pub(super) fn to_cli(&self) -> Zeroizing<Vec<u8>> {
        to_python_json(&self.members(&format_end(self.expires_at), false))
    }

    /// As Atmos writes it.
    pub(super) fn to_atmos(&self) -> Zeroizing<Vec<u8>> {
        let members = self.members(&format_end(self.expires_at), true);
        // Texts alone can always be written.
        Zeroizing::new(serde_json::to_vec_pretty(&members).unwrap_or_default())
    }

    fn members(&self, end: &str, is_atmos: bool) -> Map<String, Value> {
        let mut members = Map::new();
        let mut put = |key: &str, value: &str| {
            members.insert(key.to_owned(), Value::from(value));
        };
        let refresh_token = self.refresh_token.as_ref().map(Secret::expose);
        let registration = self.registration.as_ref();
        let client = |put: &mut dyn FnMut(&str, &str)| {
            if let Some(registration) = registration {
                put("clientId", &registration.client_id);
                put("clientSecret", registration.client_secret.expose());
                let end = format_end(registration.expires_at);
                put("registrationExpiresAt", &end);
            }
        };
        if is_atmos {
            put("accessToken", self.access_token.expose());
            put("expiresAt", end);
            put("region", &self.region);
            put("startUrl", &self.start_url);
            if let Some(token) = refresh_token {
                put("refreshToken", token);
            }
            client(&mut put);
        } else {
            put("startUrl", &self.start_url);
            put("region", &self.region);
            put("accessToken", self.access_token.expose());
            put("expiresAt", end);
            client(&mut put);
            if let Some(token) = refresh_token {
                put("refreshToken", token);
            }
        }
        members
    }
}

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Cli,
    Atmos,
}

/// A file that keeps a portal's session.
#[derive(Clone, Debug)]
pub(super) struct SessionFile {
    pub(super) path: ConfinedPath,
    form: Form,
}

impl SessionFile {
    /// A session in this file's form.
    pub(super) fn render(&self, session: &Session) -> Vec<u8> {
        let bytes = match self.form {
            Form::Cli => session.to_cli(),
            Form::Atmos => session.to_atmos(),
        };
        bytes.to_vec()
    }

    /// Puts a session in place, whatever was there.
    pub(super) fn put(&self, files: &Files, session: &Session) -> Result<(), FileError> {
        let change = &mut |_: Option<&[u8]>| Ok(Change::Replace(self.render(session)));
        files.edit_or_create(&self.path, LockRule::None, LIMIT, change)?;
        Ok(())
    }

    /// Reads the session, if there is one of this portal.
    pub(super) fn read(
        &self,
        files: &Files,
        portal: &PortalTarget,
    ) -> Result<Option<Session>, FileError> {
        let bytes = files.read(&self.path, LIMIT)?.map(Zeroizing::new);
        let session = bytes.and_then(|bytes| Session::parse(&bytes));
        Ok(session.filter(|session| portal.is_of(session)))
    }
}

/// The AWS CLI's cache of portals.
pub(super) fn cli_cache(world: &World) -> Option<ConfinedPath> {
    world.home_directory().descend(".aws/sso/cache")
}

/// The files of a portal, the one of the AWS CLI first: it is written, and read by both.
pub(super) fn list_session_files(world: &World, portal: &PortalTarget) -> Vec<SessionFile> {
    let cache = cli_cache(world);
    let own = portal.session_name.as_deref().into_iter();
    // A sign-in without a session's name is kept under the start page exactly as it stands.
    let names = own.chain([portal.start_url.as_str()]);
    let cli = names.filter_map(|name| {
        let name = format!("{}.json", sha1_name(name.as_bytes()));
        let path = cache.as_ref()?.join(&name)?;
        let form = Form::Cli;
        Some(SessionFile { path, form })
    });
    cli.chain(atmos_file(world, portal)).collect()
}

/// Atmos's file of a portal.
fn atmos_file(world: &World, portal: &PortalTarget) -> Option<SessionFile> {
    let name = format!("{}|{}", portal.start_url, portal.region);
    let name = format!("{}.json", sha1_name(name.as_bytes()));
    let path: PathBuf = world.atmos_cache_root().join("aws-sso/sessions").join(name);
    let path = place(world, &path)?;
    let form = Form::Atmos;
    Some(SessionFile { path, form })
}

/// How a client wants to be given tokens. A registration for one way must not serve the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GrantKind {
    Code,
    Device,
}

impl GrantKind {
    /// The name under which our registrations are kept beside botocore's.
    const fn tool(self) -> &'static str {
        match self {
            Self::Code => "adieu-code",
            Self::Device => "adieu",
        }
    }

    /// The grants that are registered.
    pub(super) const fn grants(self) -> [&'static str; 2] {
        match self {
            Self::Code => ["authorization_code", "refresh_token"],
            Self::Device => [
                "urn:ietf:params:oauth:grant-type:device_code",
                "refresh_token",
            ],
        }
    }
}

/// The file of our own registration at a portal.
pub(super) fn registration_file(
    world: &World,
    portal: &PortalTarget,
    kind: GrantKind,
) -> Option<ConfinedPath> {
    // The members in the order of their names, as `sort_keys` has them.
    let key = json!({
        "region": portal.region,
        "scopes": portal.scopes,
        "session_name": portal.session_name,
        "startUrl": portal.start_url,
        "tool": kind.tool(),
    });
    let name = format!("{}.json", sha1_name(&to_python_json(&key)));
    cli_cache(world)?.join(&name)
}

impl Registration {
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut object = json_object(bytes)?;
        let mut text = |key: &str| match object.remove(key) {
            Some(Value::String(text)) if !text.is_empty() => Some(text),
            _ => None,
        };
        Some(Self {
            client_id: text("clientId")?,
            client_secret: Secret::new(text("clientSecret")?),
            expires_at: parse_timestamp(&text("expiresAt")?)?,
        })
    }

    /// As the AWS CLI writes it.
    pub(super) fn render(&self, portal: &PortalTarget, kind: GrantKind) -> Vec<u8> {
        let mut members = Map::new();
        let end = format_end(self.expires_at);
        let secret = self.client_secret.expose();
        for (key, value) in [
            ("clientId", self.client_id.as_str()),
            ("clientSecret", secret),
            ("expiresAt", &end),
        ] {
            members.insert(key.to_owned(), Value::from(value));
        }
        members.insert("scopes".to_owned(), json!(portal.scopes));
        if kind == GrantKind::Code {
            members.insert("grantTypes".to_owned(), json!(kind.grants()));
        }
        to_python_json(&members).to_vec()
    }
}
