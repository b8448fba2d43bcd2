//! What exists on the machine: artefacts, the tokens in them, what could not be read.
//!
//! An [`Inventory`] is what [`crate::discover`] hands to [`crate::plan`]. It is a value: looking at
//! it touches nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::keyring::{Naming, StoreId};
use crate::rooted::RootedPath;
use crate::secret::{Fingerprint, Secret};
use crate::system::System;

/// One removable trace of a session at one place.
#[derive(Clone, Debug)]
pub struct Artefact {
    /// Where it is.
    pub place: Place,
    /// The family of sign-ins it belongs to.
    pub system: System,
    /// Whose it is.
    pub subject: Subject,
    /// Session or stored.
    pub class: Class,
    /// Whether it could still be used.
    pub state: State,
    /// When it ends by itself, if that is written down.
    pub expires_at: Option<Timestamp>,
    /// The token in it, if it holds one that a server could end.
    pub token: Option<Fingerprint>,
    /// The realm it was found in, where the system has realms. The empty realm is `Some("")`.
    pub realm: Option<String>,
    /// What it is, in a few words, for people: `AWS credentials`, `portal session`.
    pub what: &'static str,
    /// How far it is the subject's own.
    pub tie: Tie,
    /// What kind of logout takes it.
    pub tier: Tier,
    /// Tokens of the same sign-in in other places: where an unrevoked sign-in is kept, this is kept
    /// until all of them have been ended too.
    pub waits_for: Vec<Fingerprint>,
}

/// What kind of logout takes an artefact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    /// Part of the sign-in itself: every logout.
    #[default]
    SignIn,
    /// A login to another service that is kept beside it (MCP servers): only when asked for.
    Attached,
    /// Who was signed in, after the fact (e-mail addresses, ids, backups, caches): a complete removal.
    Footprint,
    /// What was worked on (history, transcripts): only when asked for by name, and confirmed.
    Data,
}

/// How far an artefact is its subject's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// It goes when everybody it serves goes.
    Own,
    /// A copy that another tool keeps of a provider's session (`~/.aws/sso/cache`): also cleared by
    /// the logout of one identity behind the provider, though others share it.
    ForeignCopy,
    /// A leftover that its owner never reads again (a keyring entry behind a provider that resolves
    /// from the environment): goes although the keyring is kept by default.
    Stale,
    /// What protects the others of its system (an encryption key): goes only when nothing that needs
    /// it is left.
    Last,
}

/// Where an artefact is, precisely enough to remove it and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// An entry of a key store.
    KeyringEntry {
        /// Which store.
        store: StoreId,
        /// The entry's `service` (Atmos: the key name).
        service: String,
        /// The entry's account (Atmos: `atmos-auth`).
        account: String,
        /// How its owner names the two in the store.
        naming: Naming,
    },
    /// A section of an INI file, by the text between the brackets.
    IniSection {
        /// The file.
        file: RootedPath,
        /// The section's name as it stands in the file.
        section: String,
    },
    /// A member of a JSON object, by the keys that lead to it.
    JsonMember {
        /// The file.
        file: RootedPath,
        /// Keys from the outermost object inwards.
        keys: Vec<String>,
    },
    /// Elements of a JSON array, by what their members hold: positions change when others edit the
    /// file.
    JsonElement {
        /// The file.
        file: RootedPath,
        /// Keys from the outermost value to the array; none if that is the array.
        keys: Vec<String>,
        /// Members with the text that each must have.
        matching: Vec<(String, String)>,
        /// Members that must be there, whatever they hold.
        holding: Vec<String>,
    },
    /// A text in a JSON array of texts.
    JsonText {
        /// The file.
        file: RootedPath,
        /// Keys from the outermost value to the array.
        keys: Vec<String>,
        /// The text.
        text: String,
    },
    /// An element of a YAML list, by the value of its `name` key (kubeconfig).
    YamlItem {
        /// The file.
        file: RootedPath,
        /// The key of the list in the top mapping, such as `contexts`.
        list: String,
        /// The element's `name`.
        name: String,
    },
    /// A row of an SQLite table.
    SqliteRow {
        /// The file.
        file: RootedPath,
        /// The table.
        table: String,
        /// The column that identifies the row.
        column: String,
        /// Its value.
        value: String,
    },
    /// A whole file.
    File {
        /// The file.
        file: RootedPath,
    },
    /// A directory of another program's that is only named, never removed.
    Named {
        /// The directory.
        directory: RootedPath,
    },
    /// A directory of a tool's own that goes with everything in it.
    Tree {
        /// The directory.
        directory: RootedPath,
    },
    /// A directory that goes when it is left empty.
    Directory {
        /// The directory.
        directory: RootedPath,
        /// Names of lock files in it that do not keep it, and go along.
        locks: Vec<&'static str>,
    },
}

impl Place {
    /// The file that has to be edited or removed, if there is one.
    pub fn file(&self) -> Option<&RootedPath> {
        match self {
            Self::KeyringEntry { .. }
            | Self::Named { .. }
            | Self::Tree { .. }
            | Self::Directory { .. } => None,
            Self::IniSection { file, .. }
            | Self::JsonMember { file, .. }
            | Self::JsonElement { file, .. }
            | Self::JsonText { file, .. }
            | Self::YamlItem { file, .. }
            | Self::SqliteRow { file, .. }
            | Self::File { file } => Some(file),
        }
    }

    /// The absolute path of the file or directory, if it is one.
    pub fn path(&self) -> Option<PathBuf> {
        match self {
            Self::Named { directory }
            | Self::Tree { directory }
            | Self::Directory { directory, .. } => Some(directory.to_path()),
            other => other.file().map(RootedPath::to_path),
        }
    }

    /// The name of its kind in JSON.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::KeyringEntry { .. } => "keyring",
            Self::IniSection { .. } => "ini-section",
            Self::JsonMember { .. } | Self::JsonElement { .. } | Self::JsonText { .. } => {
                "json-member"
            }
            Self::YamlItem { .. } => "yaml-item",
            Self::SqliteRow { .. } => "sqlite-row",
            Self::File { .. } => "file",
            Self::Named { .. } | Self::Tree { .. } | Self::Directory { .. } => "directory",
        }
    }
}

/// Whose an artefact is. Names are configuration keys in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The identity, if it is one identity's.
    pub identity: Option<String>,
    /// The providers it serves: one for most, several for a portal's session that providers share,
    /// none for standalone identities.
    pub providers: Vec<String>,
    /// The name found on disk when no configuration knows it: an orphan.
    pub orphan: Option<String>,
    /// The account it belongs to, by [`Account::name`], for systems that keep their own.
    pub account: Option<String>,
}

impl Subject {
    /// Something of one identity behind a provider.
    pub fn identity(identity: impl Into<String>, provider: Option<&str>) -> Self {
        Self {
            identity: Some(identity.into()),
            providers: provider.map(str::to_owned).into_iter().collect(),
            ..Self::default()
        }
    }

    /// Something of a provider, or of several that share it.
    pub fn providers(providers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            providers: providers.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// Something that no configuration knows.
    pub fn orphan(name: impl Into<String>) -> Self {
        Self {
            orphan: Some(name.into()),
            ..Self::default()
        }
    }

    /// Something of an account that a system keeps by itself, by its name there.
    pub fn account(name: impl Into<String>) -> Self {
        Self {
            account: Some(name.into()),
            ..Self::default()
        }
    }
}

/// An identity that a system keeps by itself, without a configuration of ours: an org's user, a
/// sign-in of an AI tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The family of sign-ins.
    pub system: System,
    /// Its name, which no other account of the system has: a user name, an e-mail address.
    pub name: String,
    /// Other names it goes by.
    pub aliases: Vec<String>,
    /// Where it comes from: a login host.
    pub provider: Option<String>,
    /// What else is known of it, for people and in JSON; never a secret.
    pub facts: Vec<Fact>,
}

impl Account {
    /// Whether somebody who types this means it: its name or an alias, whatever the case.
    pub fn is_called(&self, typed: &str) -> bool {
        std::iter::once(&self.name)
            .chain(&self.aliases)
            .any(|name| name.eq_ignore_ascii_case(typed))
    }
}

/// Something that is known of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What: `email`, `organisation`, `plan`. A word in lower case, the key in JSON.
    pub label: &'static str,
    /// Its value.
    pub value: String,
}

impl Fact {
    /// A fact.
    pub fn new(label: &'static str, value: impl Into<String>) -> Self {
        Self {
            label,
            value: value.into(),
        }
    }
}

/// What a logout does with an artefact by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Obtained by signing in: tokens, temporary keys. Goes by default.
    Session,
    /// Long-lived, typed or issued once: IAM user keys, private keys. Stays by default.
    Stored,
}

impl Class {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Stored => "stored",
        }
    }
}

/// Whether a credential could be used now, as far as can be told offline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Not expired, or without an end.
    Live,
    /// Its end has passed.
    Expired,
    /// Present, but it could not be read (locked, encrypted, broken).
    Unknown,
    /// Not a credential: a settings section, an empty directory, a lock file.
    Residue,
}

/// A token that a server could end. The same token in several places is one entry.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its value.
    pub secret: Secret,
    /// How a server can end it.
    pub revocation: Revocation,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// Whose it is: the union of the subjects of its copies.
    pub providers: Vec<String>,
    /// The account it is of, if it is one's.
    pub account: Option<String>,
    /// Why ending it would end more than the sign-in here, so that it is asked about first.
    pub shared: Option<&'static str>,
    /// The family of sign-ins.
    pub system: System,
}

/// How a server can end a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// AWS IAM Identity Center: `POST /logout` of the SSO portal in this region.
    ///
    /// Source: AWS SSO Portal API Reference, `Logout`.
    SsoPortal {
        /// The portal's region.
        region: String,
        /// Whether the region is only what is configured now, not what is recorded with the token: then
        /// that the portal does not know the token proves nothing.
        is_region_guessed: bool,
        /// The portal's start page, where a person can end the browser session.
        start_url: Option<String>,
        /// Where to send it.
        endpoint: Endpoint,
    },
    /// GitHub: `DELETE /installation/token` with the token itself.
    ///
    /// Source: GitHub REST API, "Revoke an installation access token".
    GithubInstallation {
        /// Where to send it.
        endpoint: Endpoint,
    },
    /// Salesforce: `POST /services/oauth2/revoke` at the org's host, else at its login host.
    ///
    /// Source: Salesforce Help, "Revoke OAuth Tokens".
    Salesforce {
        /// Where to send it: the org's own host, and where to ask next.
        endpoint: Endpoint,
        /// The login host, if it is another one.
        second: Option<Endpoint>,
    },
    /// Google: `POST /revoke` with the token as a form field.
    ///
    /// Source: Google Identity, "Using OAuth 2.0 for Installed Applications", revoking a token.
    Google {
        /// Where to send it.
        endpoint: Endpoint,
    },
    /// OpenAI: `POST /oauth/revoke`, JSON, with the client that the token itself was issued to.
    ///
    /// Source: Codex `codex-rs/login/src/auth/revoke.rs`.
    OpenAi {
        /// Where to send it.
        endpoint: Endpoint,
        /// The client's id, as it stands in the token's own claims.
        client_id: String,
    },
    /// The vendor's own client, run on a copy of the sign-in, where the vendor documents no call.
    Client {
        /// The program, absolute.
        program: PathBuf,
        /// Which client it is.
        client: VendorClient,
        /// The vendor's server, for people; the client knows where to send what.
        endpoint: Endpoint,
    },
}

/// A vendor's client that can end a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VendorClient {
    /// `claude auth logout`; the token's text is a credential file with one login in it.
    Claude,
}

impl VendorClient {
    /// The family of sign-ins.
    pub const fn system(self) -> System {
        match self {
            Self::Claude => System::Claude,
        }
    }

    /// The command as people type it.
    pub const fn command(self) -> &'static str {
        match self {
            Self::Claude => "claude auth logout",
        }
    }
}

impl Revocation {
    /// Where the request would go.
    pub const fn endpoint(&self) -> &Endpoint {
        match self {
            Self::SsoPortal { endpoint, .. }
            | Self::GithubInstallation { endpoint }
            | Self::Salesforce { endpoint, .. }
            | Self::Google { endpoint }
            | Self::OpenAi { endpoint, .. }
            | Self::Client { endpoint, .. } => endpoint,
        }
    }
}

/// A server address and who named it, which decides whether a secret may go there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The base address, without a final `/`.
    pub url: String,
    /// Who named it.
    pub named_by: NamedBy,
}

impl Endpoint {
    /// The address as it may be shown and recorded: without user name, password and query, which a
    /// variable or a file may have put there.
    pub fn shown(&self) -> String {
        let parsed = url::Url::parse(&self.url).ok();
        let Some(mut url) = parsed.filter(url::Url::has_host) else {
            return "not an address".to_owned();
        };
        url.set_query(None);
        url.set_fragment(None);
        // Both fail only for addresses without a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.as_str().trim_end_matches('/').to_owned()
    }

    /// The host name or address, with the port if one is given; the whole text if it is no URL.
    pub fn host(&self) -> String {
        url::Url::parse(&self.url)
            .ok()
            .and_then(|url| {
                let host = url.host_str()?.to_owned();
                Some(
                    url.port()
                        .map_or(host.clone(), |port| format!("{host}:{port}")),
                )
            })
            .unwrap_or_else(|| self.url.clone())
    }
}

/// Who named a server address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// The vendor's own host.
    Vendor,
    /// A variable in the person's environment.
    Environment,
    /// A repository's configuration file, but it is this machine itself.
    Loopback,
    /// A repository's configuration file: untrusted.
    Configuration,
}

/// Something that keeps a tool signed in after a logout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// `env`, `profile` or `helper`.
    pub kind: OverrideKind,
    /// The variable or key.
    pub name: String,
    /// Where it is set: `environment`, or a file and line.
    pub location: String,
    /// The system that it keeps signed in.
    pub system: System,
    /// What takes it away.
    pub remedy: String,
}

/// A secret that somebody wrote into a profile or an environment file: whoever reads the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenSecret {
    /// The variable; `None` for a bearer token in a header.
    pub name: Option<String>,
    /// The file, absolute.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
    /// Whether it has effect: [`crate::scan::State`].
    pub state: crate::scan::State,
}

/// The kinds of overrides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverrideKind {
    /// An environment variable of the calling shell.
    Environment,
    /// A line in a shell profile.
    Profile,
    /// A helper program that hands out credentials.
    Helper,
    /// A tool's settings file.
    Settings,
    /// Another login that the tool uses when it has none of its own.
    Fallback,
    /// A program that runs and has a token in its memory.
    Process,
    /// Something that signs nobody in by itself, but changes who is asked or what is sent.
    Notice,
}

impl OverrideKind {
    /// Whether a tool is signed in by it whenever it starts.
    pub const fn signs_in(self) -> bool {
        !matches!(self, Self::Process | Self::Notice)
    }

    /// Whether it comes before a login of the tool's own, so that such a login changes nothing.
    pub const fn comes_first(self) -> bool {
        self.signs_in() && !matches!(self, Self::Fallback)
    }

    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Environment => "env",
            Self::Profile => "profile",
            Self::Helper => "helper",
            Self::Settings => "settings",
            Self::Fallback => "fallback",
            Self::Process => "process",
            Self::Notice => "notice",
        }
    }
}

/// A place that could not be looked at, or should not be touched.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The place, as people read it.
    pub location: String,
    /// What is wrong and why.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Whether something live may be hidden behind it (a locked key store), so that "nothing found"
    /// would be a guess.
    pub hides: bool,
}

/// Everything that discovery found.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// All artefacts, in a stable order.
    pub artefacts: Vec<Artefact>,
    /// Identities that systems keep by themselves.
    pub accounts: Vec<Account>,
    /// The tokens in them, by fingerprint.
    pub tokens: BTreeMap<Fingerprint, Token>,
    /// What keeps tools signed in regardless.
    pub overrides: Vec<Override>,
    /// Secrets in shell profiles that override nothing known here.
    pub written: Vec<WrittenSecret>,
    /// What could not be looked at.
    pub problems: Vec<Problem>,
    /// What the files and directories that may go hold, so that a plan can tell what is left.
    pub contents: BTreeMap<RootedPath, Contents>,
    /// How many places were looked at.
    pub checked: usize,
}

/// What a file or directory holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    /// An INI file with this many sections, each an artefact or not.
    Sections(usize),
    /// A directory with these entries, sorted.
    Entries(Vec<String>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_shown_without_a_password() {
        let endpoint = |url: &str| Endpoint {
            url: url.to_owned(),
            named_by: NamedBy::Environment,
        };
        assert_eq!(
            endpoint("https://ana:FAKE-password@host.example:8443/x?token=FAKE").shown(),
            "https://host.example:8443/x"
        );
        assert_eq!(
            endpoint("https://host.example").shown(),
            "https://host.example"
        );
        assert_eq!(endpoint("ana:FAKE-password@").shown(), "not an address");
    }
}
