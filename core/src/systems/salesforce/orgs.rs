//! What one look at Salesforce CLI's files found: who is signed in, under which names, with which
//! keys, and which settings name them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::aliases::Aliases;
use super::auth_file::{AuthFile, AuthFileError, RevealError, Stored};
use super::crypto::EncryptionKey;
use super::settings::{
    DefaultKind, DefaultOrg, Settings, SettingsFile, Source, Spelling, resolve_default,
    uses_legacy_files,
};
use crate::inventory::Place;
use crate::path::ConfinedPath;
use crate::secret::Secret;
use crate::world::Environment;

/// Everything that was found.
#[derive(Clone, Debug, Default)]
pub struct Orgs {
    /// S, if it is there.
    pub directory: Option<ConfinedPath>,
    /// The sign-ins, by file name.
    pub found: Vec<Org>,
    /// Files that stand where sign-ins do and cannot be understood, by file name.
    pub broken: Vec<BrokenFile>,
    /// The aliases.
    pub aliases: Aliases,
    /// The file they are in, if it is there.
    pub alias_file: Option<ConfinedPath>,
    /// The files with settings.
    pub settings: Vec<SettingsFound>,
    /// The keys, the likeliest first.
    pub keys: Vec<FoundKey>,
    /// Whether the key is in a key store that is locked.
    pub is_key_locked: bool,
    /// `<orgId>.json`: several users of one org.
    pub users: Vec<OrgUsers>,
    /// `<orgId>.sandbox.json`: the org that a sandbox belongs to.
    pub sandboxes: Vec<Sandbox>,
    /// Files of pending orgs that hold an encrypted secret.
    pub pending: Vec<ConfinedPath>,
    /// The project that the working directory is in.
    pub project: Option<ConfinedPath>,
}

/// A sign-in and the file it is in.
#[derive(Clone, Debug)]
pub struct Org {
    /// The file.
    pub file: ConfinedPath,
    /// What it holds.
    pub auth: AuthFile,
    /// Whether the real client would look at the file.
    pub is_seen_by_real_client: bool,
    /// When the file was written last.
    pub modified: Option<Timestamp>,
}

impl Org {
    /// The moment after which a scratch org is gone: the end of its last day.
    pub fn ends_at(&self) -> Option<Timestamp> {
        let day: Date = self.auth.expiration_date.as_deref()?.parse().ok()?;
        let end = day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?;
        Some(end.timestamp())
    }
}

/// A file that stands where a sign-in does and cannot be understood.
#[derive(Clone, Debug)]
pub struct BrokenFile {
    /// The file.
    pub file: ConfinedPath,
    /// The user name that the file's name says.
    pub username: String,
    /// What is wrong with it.
    pub why: AuthFileError,
}

/// One file with settings.
#[derive(Clone)]
pub struct SettingsFound {
    /// The file.
    pub file: ConfinedPath,
    /// How it spells them.
    pub spelling: Spelling,
    /// Whether it is a project's.
    pub is_local: bool,
    /// Its content, which may hold an encrypted session id.
    pub bytes: Vec<u8>,
    /// When it was written last.
    pub modified: Option<Timestamp>,
}

impl std::fmt::Debug for SettingsFound {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SettingsFound")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

/// A key and where it is.
#[derive(Clone, Debug)]
pub struct FoundKey {
    /// The place.
    pub place: Place,
    /// The key; `None` if what is there is no key, or could not be read.
    pub key: Option<EncryptionKey>,
}

/// Several users of one org.
#[derive(Clone, Debug)]
pub struct OrgUsers {
    /// The file.
    pub file: ConfinedPath,
    /// The org's id.
    pub org_id: String,
    /// The users, the primary one first.
    pub usernames: Vec<String>,
}

/// Where a sandbox belongs.
#[derive(Clone, Debug)]
pub struct Sandbox {
    /// The file.
    pub file: ConfinedPath,
    /// The sandbox's org id.
    pub org_id: String,
    /// The user of the org that it was made from.
    pub parent: Option<String>,
}

impl Orgs {
    /// The keys that were found, to decrypt with.
    pub fn usable_keys(&self) -> impl Iterator<Item = &EncryptionKey> {
        self.keys.iter().filter_map(|found| found.key.as_ref())
    }

    /// A stored secret, by the first key that fits.
    ///
    /// # Errors
    ///
    /// [`RevealError`] if none fits.
    pub fn reveal(&self, stored: &Stored) -> Result<Secret, RevealError> {
        stored.reveal_with_any(self.usable_keys())
    }

    /// The sign-in of a user name or, failing that, of an alias; both exactly as they are written.
    pub fn get(&self, name: &str) -> Option<&Org> {
        let of = |user: &str| self.found.iter().find(|org| org.auth.username == user);
        of(name).or_else(|| of(self.aliases.resolve(name)?))
    }

    /// The settings of one level: of the project, or of the home directory.
    pub fn level(&self, is_local: bool, environment: &Environment) -> Option<Settings> {
        let file = |spelling: Spelling| {
            let mut files = self.settings.iter();
            let found =
                files.find(|found| found.is_local == is_local && found.spelling == spelling)?;
            Some(SettingsFile {
                bytes: &found.bytes,
                modified: found.modified,
            })
        };
        let present = file(Spelling::Present);
        let legacy = file(Spelling::Legacy).filter(|_| uses_legacy_files(environment));
        Settings::merge(present, legacy).ok()
    }

    /// The default that counts here.
    pub fn default_of(&self, kind: DefaultKind, environment: &Environment) -> Option<DefaultOrg> {
        let (local, global) = (
            self.level(true, environment),
            self.level(false, environment),
        );
        resolve_default(kind, environment, local.as_ref(), global.as_ref())
    }

    /// Whether a default, which may be an alias, means this user.
    pub fn is_meant(&self, default: &DefaultOrg, username: &str) -> bool {
        default.value == username || self.aliases.resolve(&default.value) == Some(username)
    }

    /// The settings (by their present names) whose value in force names this user.
    pub fn defaults_naming(
        &self,
        username: &str,
        environment: &Environment,
    ) -> Vec<(&'static str, Source)> {
        [DefaultKind::Org, DefaultKind::DevHub]
            .into_iter()
            .filter_map(|kind| {
                let default = self.default_of(kind, environment)?;
                self.is_meant(&default, username)
                    .then_some((kind.setting(), default.source))
            })
            .collect()
    }

    /// The user of the org that this one was made from: a Dev Hub's or a production org's.
    pub fn parent_of<'a>(&'a self, auth: &'a AuthFile) -> Option<&'a str> {
        let sandbox = || {
            let id = auth.org_id.as_deref()?;
            let found = self.sandboxes.iter().find(|found| found.org_id == id)?;
            found.parent.as_deref()
        };
        auth.dev_hub_username.as_deref().or_else(sandbox)
    }

    /// Whether the org is one of the other users of its org, not the primary one.
    pub fn is_secondary(&self, auth: &AuthFile) -> bool {
        let Some(id) = auth.org_id.as_deref().filter(|_| auth.user_id.is_some()) else {
            return false;
        };
        let mut users = self.users.iter().filter(|users| users.org_id == id);
        users.any(|users| {
            users
                .usernames
                .first()
                .is_some_and(|first| *first != auth.username)
        })
    }
}
