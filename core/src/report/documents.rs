//! JSON of the commands that show (`validate`, `whoami`, `auth list`, `env`), and of those that sign in
//! or print a text.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::json::ServerAnswerJson;
use super::{LogoutDocument, SCHEMA_VERSION, Session, SessionState};
use crate::atmos::config::{Configuration, Diagnostic, Location, Severity};
use crate::system::System;

/// `adieu login -o json` and `adieu switch -o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "login")]
pub struct SignInDocument {
    schema_version: u32,
    /// The tool.
    system: &'static str,
    /// Who was signed in before, of a switch; `null` for nobody.
    before: Option<String>,
    /// Who is signed in now.
    signed_in: Vec<String>,
    /// What came of logging out of who was signed in before, of a switch.
    logout: Option<LogoutDocument>,
}

impl SignInDocument {
    /// The document of who is signed in to a tool.
    pub fn new<'s>(system: System, now: impl IntoIterator<Item = &'s Session>) -> Self {
        let names = now.into_iter().map(|session| session.identity.clone());
        Self {
            schema_version: SCHEMA_VERSION,
            system: system.id(),
            before: None,
            signed_in: names.map(Option::unwrap_or_default).collect(),
            logout: None,
        }
    }

    /// The same after somebody else was logged out.
    #[must_use]
    pub fn after(mut self, before: Option<&Session>, logout: Option<LogoutDocument>) -> Self {
        self.before = before.and_then(|session| session.identity.clone());
        self.logout = logout;
        self
    }
}

/// `adieu login -o json` to AWS.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "aws-login")]
pub struct AwsSignInDocument {
    schema_version: u32,
    /// `aws`.
    system: &'static str,
    /// Who is signed in now.
    signed_in: Vec<AwsSignIn>,
    /// Who is not, and why.
    failed: Vec<FailedSignIn>,
}

impl AwsSignInDocument {
    /// The document of what came of signing in.
    pub fn new(signed_in: Vec<AwsSignIn>, failed: Vec<FailedSignIn>) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            system: System::AWS.id(),
            signed_in,
            failed,
        }
    }

    /// Whether nobody is signed in.
    pub const fn is_empty(&self) -> bool {
        self.signed_in.is_empty()
    }
}

/// A sign-in to AWS: an identity, or only the portal of a provider.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AwsSignIn {
    /// The identity; `null` for a portal.
    pub identity: Option<String>,
    /// The provider at the root, or the session's or profile's name.
    pub provider: Option<String>,
    /// The account, where it is known.
    pub account: Option<String>,
    /// Who that is to AWS, where it is known.
    pub arn: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The end, as RFC 3339.
    pub expires_at: Option<String>,
}

/// Somebody who could not be signed in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FailedSignIn {
    /// The identity, provider, session or profile.
    pub name: String,
    /// Why not.
    pub why: String,
}

/// `adieu completions -o json` and `adieu man -o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "text")]
pub struct TextDocument {
    schema_version: u32,
    /// The script or page.
    text: String,
}

impl TextDocument {
    /// The document of a text.
    pub fn new(text: &str) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            text: text.to_owned(),
        }
    }
}

/// `adieu token -o json`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "token")]
pub struct TokenDocument {
    schema_version: u32,
    /// The token, which is a secret.
    access_token: String,
    /// When it ends by itself, RFC 3339.
    expires_at: String,
}

impl TokenDocument {
    /// The document of a token.
    pub fn new(token: &str, end: Timestamp) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            access_token: token.to_owned(),
            expires_at: end.to_string(),
        }
    }
}

/// `adieu console -o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "console")]
pub struct ConsoleDocument {
    schema_version: u32,
    /// The identity.
    identity: String,
    /// With `--print-only`, the address that signs a browser in, once; `null` where a browser was led there.
    url: Option<String>,
}

impl ConsoleDocument {
    /// The document of a console that was opened, or of what opens it.
    pub fn new(identity: &str, url: Option<&str>) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            identity: identity.to_owned(),
            url: url.map(str::to_owned),
        }
    }
}

/// Any command with `-o json` that has nothing to show.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "done")]
pub struct DoneDocument {
    schema_version: u32,
    exit_status: u8,
}

impl DoneDocument {
    /// The document of an exit status.
    pub const fn new(exit_status: u8) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            exit_status,
        }
    }
}

/// `adieu validate -o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "validate")]
pub struct ValidateDocument {
    schema_version: u32,
    /// Whether there is no error; warnings do not count.
    valid: bool,
    /// The files that were read, absolute, from weak to strong.
    files: Vec<String>,
    problems: Vec<DiagnosticJson>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "diagnostic")]
struct DiagnosticJson {
    /// `error` or `warning`.
    severity: &'static str,
    /// The rule's stable name.
    code: &'static str,
    message: String,
    /// The file, absolute; `null` if it is not about a place in a file.
    file: Option<String>,
    /// The line, counted from 1.
    line: Option<u32>,
    /// The column in characters, counted from 1.
    column: Option<u32>,
    /// Whom it is about.
    subject: Option<String>,
    hint: Option<String>,
    /// Other places that belong to it.
    related: Vec<RelatedJson>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "related")]
struct RelatedJson {
    file: Option<String>,
    line: u32,
    column: u32,
    label: String,
}

impl ValidateDocument {
    /// The document of a configuration and its problems.
    pub fn new(configuration: &Configuration, problems: &[Diagnostic]) -> Self {
        let file = |location: &Location| {
            configuration
                .source(*location)
                .map(|source| source.path.display().to_string())
        };
        let one = |problem: &Diagnostic| DiagnosticJson {
            severity: problem.severity.id(),
            code: problem.code,
            message: problem.message.clone(),
            file: problem.location.as_ref().and_then(file),
            line: problem.location.map(|location| location.line),
            column: problem.location.map(|location| location.column),
            subject: problem.subject.clone(),
            hint: problem.hint.clone(),
            related: problem
                .related
                .iter()
                .map(|related| RelatedJson {
                    file: file(&related.location),
                    line: related.location.line,
                    column: related.location.column,
                    label: related.label.clone(),
                })
                .collect(),
        };
        Self {
            schema_version: SCHEMA_VERSION,
            valid: !problems
                .iter()
                .any(|problem| problem.severity == Severity::Error),
            files: configuration
                .sources
                .iter()
                .map(|source| source.path.display().to_string())
                .collect(),
            problems: problems.iter().map(one).collect(),
        }
    }
}

/// `adieu whoami -o json`. What is not known is absent; `provider`, `identity`, `principal` and
/// `last_updated` are always there, as in Atmos.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "whoami")]
pub struct WhoamiDocument {
    /// The version of this document.
    pub schema_version: u32,
    /// Whether the session can be used now: as AWS says if it was asked, else as far as can be told without.
    pub valid: bool,
    /// `live`, `expired`, `unknown` or `signed-out`.
    pub state: &'static str,
    /// The name space of the credentials; empty for a profile of the AWS CLI.
    pub realm: String,
    /// `env`, `config`, `derived`, `default`, or `none`.
    pub realm_source: &'static str,
    /// The provider at the root of the chain; empty for an identity without one.
    pub provider: String,
    /// The identity as written, or the profile.
    pub identity: String,
    /// Names from provider to identity.
    pub chain: Vec<String>,
    /// What the identity is to its provider, as configured: an ARN, a permission set, an address;
    /// empty if it is not known.
    pub principal: String,
    /// The account, subscription or project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Who the cloud says that the keys or the token are, if it was asked; of Azure, with `--offline`, who the token
    /// itself names.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub caller: Option<WhoamiCaller>,
    /// What the cloud said of the keys or the token; absent if it was not asked, or if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<ServerAnswerJson>,
    /// The region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// When the session ends by itself, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration: Option<String>,
    /// The variables of `adieu env`; what may be a secret reads `***REDACTED***`.
    pub environment: BTreeMap<String, String>,
    /// The places that make the session.
    pub paths: Vec<WhoamiPath>,
    /// The name of the keyring entry or profile.
    pub credentials_ref: String,
    /// When the session was written last, RFC 3339; `null` if it is not known.
    pub last_updated: Option<String>,
}

/// Who a cloud says that keys or a token are.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "caller")]
pub struct WhoamiCaller {
    /// The ARN, at AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The name at the sign-in, at Azure and Google Cloud.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The id of the user or of the role's session; empty if it was not said.
    pub user_id: String,
}

/// A place that makes a session.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "path")]
pub struct WhoamiPath {
    /// An absolute path.
    pub location: String,
    /// `file` or `directory`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Whether the session needs it.
    pub required: bool,
    /// What it is for.
    pub purpose: &'static str,
}

/// `adieu auth list --format json`: the configuration as Atmos prints it, secrets hidden, and each
/// entry with `state` and `expires_at`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "auth-list")]
pub struct AuthListDocument {
    schema_version: u32,
    /// The identities by name, in the order of the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    identities: Option<Map<String, Value>>,
    /// The providers by name, in the order of the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    providers: Option<Map<String, Value>>,
}

impl AuthListDocument {
    /// The document; what was not asked for is absent.
    pub const fn new(
        identities: Option<Map<String, Value>>,
        providers: Option<Map<String, Value>>,
    ) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            identities,
            providers,
        }
    }

    /// One entry with its state.
    pub fn entry(
        settings: Map<String, Value>,
        state: SessionState,
        expires_at: Option<Timestamp>,
    ) -> Value {
        let mut entry = settings;
        entry.insert("state".to_owned(), state.word().into());
        entry.insert(
            "expires_at".to_owned(),
            expires_at.map_or(Value::Null, |at| at.to_string().into()),
        );
        Value::Object(entry)
    }
}

/// `adieu env --format json`: variables by name; `null` takes one away (`--unset`).
pub type EnvDocument = BTreeMap<String, Option<String>>;
