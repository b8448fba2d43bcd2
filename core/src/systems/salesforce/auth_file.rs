//! One signed-in user: `S/<username>.json`.
//!
//! Source: sfdx-core `src/org/authInfo.ts`, `src/stateAggregator/accessors/orgAccessor.ts`.

mod stored;

use std::fmt;

use serde_json::{Map, Value};
use thiserror::Error;

pub use self::stored::{RevealError, Stored};
use super::crypto::{CryptoVersion, looks_encrypted};
use super::redact::is_encrypted_key;
use super::{NotAnObject, format_document, parse_object};
use crate::path::is_plain_component;
use crate::secret::Secret;

/// What every auth file's name ends in.
pub const EXTENSION: &str = ".json";

/// Names in S that are never auth files.
const OTHERS: [&str; 6] = [
    "alias.json",
    "key.json",
    "sfdx-config.json",
    "config.json",
    "stash.json",
    "sandbox.json",
];

/// One of these makes a JSON object with a user name or an org id an auth file.
const CREDENTIALS: [&str; 4] = ["accessToken", "refreshToken", "privateKey", CLIENT_APPS];

/// What the real client calls the apps that an org's user is linked with.
pub const CLIENT_APPS: &str = "clientApps";

/// What a name in S says of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameKind<'a> {
    /// May be an auth file, depending on what it holds.
    Auth {
        /// The name without `.json`: the user name.
        username: &'a str,
        /// Whether the real client would look at it.
        is_seen_by_real_client: bool,
    },
    /// `<orgId>.json`: several users of one org.
    OrgUsers {
        /// The org id of 15 or 18 characters.
        org_id: &'a str,
    },
    /// `<orgId>.sandbox.json`: the org that a sandbox belongs to.
    Sandbox {
        /// The sandbox's org id.
        org_id: &'a str,
    },
    /// Something else.
    Other,
}

/// What a file name in S says of the file.
pub fn classify_file_name(name: &str) -> NameKind<'_> {
    let Some(stem) = name.strip_suffix(EXTENSION) else {
        return NameKind::Other;
    };
    if let Some(org_id) = stem.strip_suffix(".sandbox").filter(|id| is_org_id(id)) {
        return NameKind::Sandbox { org_id };
    }
    if is_org_id(stem) {
        return NameKind::OrgUsers { org_id: stem };
    }
    if stem.is_empty() || OTHERS.contains(&name) {
        return NameKind::Other;
    }
    NameKind::Auth {
        username: stem,
        is_seen_by_real_client: is_seen_by_real_client(name),
    }
}

/// Whether a text is the id of an org: 15 or 18 characters, the first three `00D`.
pub fn is_org_id(text: &str) -> bool {
    matches!(text.len(), 15 | 18)
        && text.starts_with("00D")
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The real client's pattern: `^[^.][^@]*@[^.]+(\.[^.\s]+)+\.json$`.
fn is_seen_by_real_client(name: &str) -> bool {
    let Some((before, after)) = name.split_once('@') else {
        return false;
    };
    let labels: Vec<&str> = after.split('.').collect();
    let [first, middle @ .., last] = labels.as_slice() else {
        return false;
    };
    !before.is_empty()
        && !before.starts_with('.')
        && !first.is_empty()
        && !middle.is_empty()
        && *last == "json"
        && middle
            .iter()
            .all(|label| !label.is_empty() && !label.contains(char::is_whitespace))
}

/// A user name may not become a file name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the user name {shown:?} {problem}, so no file is named after it")]
pub struct UnsafeUsername {
    /// The beginning of it.
    pub shown: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// Whether a user name, which a server chooses, may become a file name in S.
///
/// # Errors
///
/// [`UnsafeUsername`] if it could lead elsewhere (`/`, `\`, `:`, control characters), would be hidden
/// (leading dot), has no `@`, or is too long.
pub fn check_username(username: &str) -> Result<(), UnsafeUsername> {
    let problem = if username.len() + EXTENSION.len() > 250 {
        "is too long"
    } else if username.starts_with('.') {
        "begins with a dot"
    } else if !is_plain_component(username) || username.contains(':') {
        "has characters that no file name may have"
    } else if username.trim() != username {
        "begins or ends with white space"
    } else if !username.contains('@') {
        "has no @"
    } else {
        return Ok(());
    };
    Err(UnsafeUsername {
        shown: username.chars().take(80).collect(),
        problem,
    })
}

/// How somebody signed in, from which credentials are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginKind {
    /// With a refresh token: browser, device or SFDX auth URL.
    Web,
    /// With a private key.
    Jwt,
    /// With an access token only.
    Token,
}

impl LoginKind {
    /// The real client's word for it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Jwt => "jwt",
            Self::Token => "token",
        }
    }
}

/// A further app that a user is signed in to.
#[derive(Clone, Debug)]
pub struct ClientApp {
    /// Its name in the file.
    pub name: String,
    /// The app's client id.
    pub client_id: Option<String>,
    /// The app's secret.
    pub client_secret: Option<Stored>,
    /// Its access token.
    pub access_token: Option<Stored>,
    /// Its refresh token.
    pub refresh_token: Option<Stored>,
}

/// One auth file. Every field is `None` where the file has no such text.
#[derive(Clone)]
pub struct AuthFile {
    /// The user name: the file's name without `.json`.
    pub username: String,
    /// The user name that the file itself states.
    pub stated_username: Option<String>,
    /// The org's id (18 characters, `00D…`).
    pub org_id: Option<String>,
    /// The user's id, for users that the client created.
    pub user_id: Option<String>,
    /// Where the org answers.
    pub instance_url: Option<String>,
    /// Where tokens are asked for.
    pub login_url: Option<String>,
    /// The connected app.
    pub client_id: Option<String>,
    /// The path of the private key of a JWT sign-in.
    pub private_key: Option<String>,
    /// The user of the Dev Hub that made this scratch org.
    pub dev_hub_username: Option<String>,
    /// The day on which this scratch org ends, `YYYY-MM-DD`.
    pub expiration_date: Option<String>,
    /// The API version of the org, such as `67.0`.
    pub api_version: Option<String>,
    /// Whether the org is a Dev Hub.
    pub is_dev_hub: bool,
    /// Whether the org is a sandbox.
    pub is_sandbox: bool,
    /// The access token.
    pub access_token: Option<Stored>,
    /// The refresh token.
    pub refresh_token: Option<Stored>,
    /// The connected app's secret.
    pub client_secret: Option<Stored>,
    /// A password that the client made.
    pub password: Option<Stored>,
    /// Further apps of this user.
    pub client_apps: Vec<ClientApp>,
    document: Map<String, Value>,
}

/// A file in S is no auth file that can be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AuthFileError {
    /// Not a JSON object.
    #[error(transparent)]
    NotAnObject(#[from] NotAnObject),
    /// A JSON object that is not one of a sign-in.
    #[error("it has no user name or org id, or no credentials")]
    NotASignIn,
    /// The file cannot be read; why was said where that was tried.
    #[error("it cannot be read")]
    Unreadable,
    /// The file is a link or somebody else's; that was said where it was tried to be read.
    #[error("it is a link or somebody else's")]
    Immovable,
}

impl AuthFile {
    /// The sign-in in a file of this name (with `.json`).
    ///
    /// # Errors
    ///
    /// [`AuthFileError`].
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, AuthFileError> {
        let document = parse_object(bytes)?;
        let names_somebody = ["username", "orgId"]
            .iter()
            .any(|key| document.get(*key).is_some_and(Value::is_string));
        if !names_somebody || !CREDENTIALS.iter().any(|key| document.contains_key(*key)) {
            return Err(AuthFileError::NotASignIn);
        }
        Ok(Self::of(name, document))
    }

    fn of(name: &str, document: Map<String, Value>) -> Self {
        let text = |key: &str| document.get(key).and_then(Value::as_str).map(str::to_owned);
        let is = |key: &str| document.get(key).and_then(Value::as_bool).unwrap_or(false);
        Self {
            username: name.strip_suffix(EXTENSION).unwrap_or(name).to_owned(),
            stated_username: text("username"),
            org_id: text("orgId"),
            user_id: text("userId"),
            instance_url: text("instanceUrl"),
            login_url: text("loginUrl"),
            client_id: text("clientId"),
            private_key: text("privateKey"),
            dev_hub_username: text("devHubUsername"),
            expiration_date: text("expirationDate"),
            api_version: text("instanceApiVersion"),
            is_dev_hub: is("isDevHub"),
            is_sandbox: is("isSandbox"),
            access_token: find_stored_secret(&document, "accessToken"),
            refresh_token: find_stored_secret(&document, "refreshToken"),
            client_secret: find_stored_secret(&document, "clientSecret"),
            password: find_stored_secret(&document, "password"),
            client_apps: client_apps(&document),
            document,
        }
    }

    /// How this user signed in.
    pub const fn kind(&self) -> LoginKind {
        if self.refresh_token.is_some() {
            LoginKind::Web
        } else if self.private_key.is_some() {
            LoginKind::Jwt
        } else {
            LoginKind::Token
        }
    }

    /// Whether it is a scratch org.
    pub const fn is_scratch(&self) -> bool {
        self.expiration_date.is_some() || self.dev_hub_username.is_some()
    }

    /// Whether the sign-in may have come by an SFDX auth URL, so that another machine may share its
    /// refresh token: nothing records it, but such files name an instance without a final `/` as
    /// the place to sign in.
    pub fn may_share_its_refresh_token(&self) -> bool {
        self.refresh_token.is_some()
            && self.login_url.as_deref().is_some_and(|url| {
                !url.ends_with('/') && !url.contains("//login.") && !url.contains("//test.")
            })
    }

    /// The whole file, as it is: secrets included, as they are stored.
    pub const fn document(&self) -> &Map<String, Value> {
        &self.document
    }
}

/// Without the document.
impl fmt::Debug for AuthFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AuthFile")
            .field("username", &self.username)
            .field("org_id", &self.org_id)
            .field("kind", &self.kind())
            .finish_non_exhaustive()
    }
}

/// `None` if there is nothing. What is no text may be a secret all the same, in a form that nobody
/// knows: its beginning is kept as that of a text that is cut off.
fn find_stored_secret(document: &Map<String, Value>, key: &str) -> Option<Stored> {
    const NO_TEXT: &str = ":";
    let text = match document.get(key)? {
        Value::Null => return None,
        Value::String(text) if text.is_empty() => return None,
        Value::String(text) => text.as_str(),
        _ => NO_TEXT,
    };
    Some(Stored(Secret::new(text.to_owned())))
}

fn client_apps(document: &Map<String, Value>) -> Vec<ClientApp> {
    let apps = document.get(CLIENT_APPS).and_then(Value::as_object);
    apps.into_iter()
        .flatten()
        .filter_map(|(name, app)| {
            let app = app.as_object()?;
            Some(ClientApp {
                name: name.clone(),
                client_id: app
                    .get("clientId")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
                client_secret: find_stored_secret(app, "clientSecret"),
                access_token: find_stored_secret(app, "accessToken"),
                refresh_token: find_stored_secret(app, "refreshToken"),
            })
        })
        .collect()
}

/// Whether anything in a document needs the key of this machine: a value under a secret's key
/// that looks encrypted.
pub fn has_encrypted_values(document: &Map<String, Value>) -> bool {
    // A document that was parsed is not nested deeper than its parser allows.
    document.iter().any(|(key, value)| match value {
        Value::String(text) => {
            (is_encrypted_key(key) || key == "org-isv-debugger-sid" || key == "isvDebuggerSid")
                && looks_encrypted(text, CryptoVersion::V1)
        }
        Value::Object(object) => has_encrypted_values(object),
        Value::Array(elements) => elements
            .iter()
            .filter_map(Value::as_object)
            .any(has_encrypted_values),
        _ => false,
    })
}

/// Text members that a sign-in sets in an auth file, in the order of the real client.
#[derive(Clone, Debug, Default)]
pub struct Members(Vec<(&'static str, Value)>);

impl Members {
    /// With one more member.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.0.push((key, value.into()));
        self
    }
}

/// What a sign-in replaces: nothing of it may survive from the one before.
const REPLACED: [&str; 8] = [
    "accessToken",
    "refreshToken",
    "clientId",
    "clientSecret",
    "privateKey",
    "instanceUrl",
    "loginUrl",
    "username",
];

/// The content of the auth file after a new sign-in of the same user: the members of the sign-in
/// come first, and what an earlier sign-in at the same org left of other kinds stays.
pub fn signed_in_again(earlier: Option<&[u8]>, members: &Members) -> Vec<u8> {
    let new: Map<String, Value> = members
        .0
        .iter()
        .map(|(key, value)| ((*key).to_owned(), value.clone()))
        .collect();
    let earlier = earlier.and_then(|bytes| parse_object(bytes).ok());
    let same_org = earlier.filter(|earlier| earlier.get("orgId") == new.get("orgId"));
    let mut document = new;
    for (key, value) in same_org.into_iter().flatten() {
        if !REPLACED.contains(&key.as_str()) && !document.contains_key(&key) {
            document.insert(key, value);
        }
    }
    format_document(&document)
}

/// The content of the auth file with some members changed; everything else stays, unknown members
/// included.
///
/// # Errors
///
/// [`NotAnObject`].
pub fn update_members(bytes: &[u8], members: &Members) -> Result<Vec<u8>, NotAnObject> {
    let mut document = parse_object(bytes)?;
    for (key, value) in &members.0 {
        document.insert((*key).to_owned(), value.clone());
    }
    Ok(format_document(&document))
}

#[cfg(test)]
mod tests;
