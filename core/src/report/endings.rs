//! Documents of what `adieu revoke` ends beside sessions: keys, sessions of roles, all sign-ins of a person.

use schemars::JsonSchema;
use serde::Serialize;

use super::json::SCHEMA_VERSION;

/// `adieu revoke --deactivate-keys -o json` and `--delete-keys`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "retired-keys")]
pub struct RetiredKeysDocument {
    schema_version: u32,
    keys: Vec<RetiredKey>,
    exit_status: u8,
}

impl RetiredKeysDocument {
    /// The document of what became of keys.
    pub const fn new(keys: Vec<RetiredKey>, exit_status: u8) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            keys,
            exit_status,
        }
    }
}

/// What became of a key of an IAM user, or of a service account of Google Cloud.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "retired-key")]
pub struct RetiredKey {
    /// The name that was typed.
    pub identity: String,
    /// The last four characters of its id.
    pub key: String,
    /// Where it is kept.
    pub place: String,
    /// Whose it is, as AWS said, or the service account; `null` if it is not known.
    pub arn: Option<String>,
    /// When it was used last, RFC 3339; `null` if never, or if it is not known.
    pub last_used: Option<String>,
    /// `revoked`, `absent` if AWS did not take it before, `kept` in a dry run, or `failed`.
    pub outcome: &'static str,
    /// In words.
    pub reason: String,
    /// What AWS said when it was asked with the key afterwards: `refused`, `accepted`, `unknown`; `null` if it
    /// was not asked.
    pub proof: Option<&'static str>,
}

impl RetiredKey {
    /// Whether it is as was wished.
    pub fn is_good(&self) -> bool {
        self.outcome != "failed"
    }

    /// One line for people.
    pub fn to_line(&self) -> String {
        let mark = match self.outcome {
            "revoked" | "absent" => "✓",
            "failed" => "✗",
            _ => "•",
        };
        format!(
            "{mark} {}, key that ends with {}: {}",
            self.identity, self.key, self.reason
        )
    }
}

/// `adieu revoke --everywhere -o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "everywhere")]
pub struct EverywhereDocument {
    schema_version: u32,
    people: Vec<EndedPerson>,
    exit_status: u8,
}

impl EverywhereDocument {
    /// The document of what became of people's sign-ins.
    pub const fn new(people: Vec<EndedPerson>, exit_status: u8) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            people,
            exit_status,
        }
    }
}

/// What became of a person's sign-ins, on all devices.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "ended-person")]
pub struct EndedPerson {
    /// The name that was typed.
    pub name: String,
    /// The name at the sign-in.
    pub user: String,
    /// Where the sign-in is kept that asked for it.
    pub place: String,
    /// `revoked`, `kept` in a dry run, or `failed`.
    pub outcome: &'static str,
    /// In words.
    pub reason: String,
    /// What Microsoft said when it was asked with the sign-in here afterwards: `refused`, `accepted`, `unknown`;
    /// `null` if it was not asked.
    pub proof: Option<&'static str>,
}

impl EndedPerson {
    /// One line for people.
    pub fn to_line(&self) -> String {
        let mark = match self.outcome {
            "revoked" => "✓",
            "failed" => "✗",
            _ => "•",
        };
        format!("{mark} {}: {}", self.user, self.reason)
    }
}

/// `adieu revoke --revoke-role-sessions -o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "role-denial")]
pub struct RoleDenialDocument {
    schema_version: u32,
    #[serde(flatten)]
    denial: RoleDenial,
    exit_status: u8,
}

impl RoleDenialDocument {
    /// The document of what became of a role's sessions.
    pub const fn new(denial: RoleDenial, exit_status: u8) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            denial,
            exit_status,
        }
    }
}

/// What became of the older sessions of a role.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "denial")]
pub struct RoleDenial {
    /// The identity.
    pub identity: String,
    /// The role's ARN.
    pub role: String,
    /// The policy that was put, or would be.
    pub policy: String,
    /// Configured identities that work as the role, or by way of it.
    pub affected: Vec<String>,
    /// `revoked`, `kept` in a dry run, or `failed`.
    pub outcome: &'static str,
    /// In words.
    pub reason: String,
    /// What AWS said when it was asked with an older session afterwards: `refused`, `accepted`, `unknown`;
    /// `null` if it was not asked.
    pub proof: Option<&'static str>,
}
