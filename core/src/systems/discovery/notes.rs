//! What one file says about another, while all of them are looked at.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use jiff::Timestamp;

use crate::formats::{Format, MemberPath};
use crate::inventory::{Owner, Place};
use crate::io::files::ConfinedPath;
use crate::io::keyring::EntryKey;
use crate::secret::{Fingerprint, Secret};
use crate::system::System;

/// What one file says about another.
#[derive(Debug, Default)]
pub struct Notes {
    /// `sso-session` names of the AWS CLI's configuration, with their start URLs.
    pub sso_sessions: BTreeMap<String, String>,
    /// Roles of the AWS CLI's profiles: whose credentials the CLI caches, and of which portal.
    pub sso_roles: Vec<SsoRole>,
    /// Profiles of `aws login` of the AWS CLI.
    pub login_profiles: Vec<LoginProfile>,
    /// File names of the AWS CLI's cached role credentials, with whose they are.
    pub role_names: HashMap<String, Vec<Owner>>,
    /// Tokens of portals that were found so far.
    pub portal_tokens: BTreeSet<Fingerprint>,
    /// Start pages of portals whose sign-ins no configuration knows, as written in their files.
    pub portal_pages: BTreeSet<String>,
    /// Client registrations of other products' sign-ins: hash, as their files are named.
    pub foreign_clients: BTreeSet<String>,
    /// OAuth client ids of portal tokens, with the providers they belong to.
    pub client_ids: BTreeMap<String, Vec<String>>,
    /// Client registrations whose owner only the tokens beside them tell.
    pub registrations: Vec<ClientRegistration>,
    /// Secrets that Atmos's own Azure files hold, with whose they are; the same ones in the Azure
    /// CLI's cache are copies.
    pub azure_secrets: BTreeMap<Fingerprint, Owner>,
    /// Accounts (`uid.utid`, in lower case) that the Azure CLI has by a sign-in of a provider, with whose they are:
    /// what it got with their refresh tokens is theirs too.
    pub azure_accounts: BTreeMap<String, Owner>,
    /// Users, in lower case, whose subscriptions the Azure CLI itself has listed: they signed in there.
    pub azure_cli_users: BTreeSet<String>,
    /// Tenants, in lower case, in which the Azure CLI has a session of its own.
    pub azure_cli_tenants: BTreeSet<String>,
    /// A file of the Azure CLI could not be understood, so it may have sessions in any tenant.
    pub azure_cli_unknown: bool,
    /// Refresh tokens of Google's that the person's own tools hold: an identity with the same one only
    /// uses it.
    pub google_tokens: BTreeSet<Fingerprint>,
    /// Parts of accounts' sign-ins: each ends with the token of its account, which may be found later.
    pub parts_of_accounts: Vec<PartOfAccount>,
    /// Files that an entry of the catalogue describes, and that are there.
    pub described_files: Vec<(PathBuf, Option<Format>)>,
    /// Members of such files that look like credentials and are none.
    pub passed_over: Vec<(PathBuf, MemberPath)>,
    /// What the files of AI tools say about each other.
    pub ai: crate::systems::ai::Notes,
    /// Logins of tools of the catalogue whose secrets the key store keeps, by the tools' own files.
    pub marked_logins: Vec<MarkedLogin>,
    /// Files that a tool's own file names as its credentials.
    pub named_credentials: Vec<NamedCredential>,
    /// Whether the operating system's key store is there: it answers, or its files are on disk.
    pub has_key_store: bool,
    /// Whether the operating system's key store named all its entries.
    pub is_key_store_listed: bool,
    /// Entries of the key store that no tool of the catalogue has.
    pub other_entries: Vec<EntryKey>,
    /// Entries of the key store whose servers can be told, and that were only listed so far.
    pub unread_entries: Vec<EntryKey>,
    /// Files that Git's settings name as a store of passwords.
    pub git_stores: BTreeSet<PathBuf>,
    /// Files of Git's settings that others include, and that have not been looked into.
    pub git_included: BTreeSet<PathBuf>,
    /// All of those, looked into or not.
    pub git_settings: BTreeSet<PathBuf>,
    /// Sockets at which Git's daemon may answer.
    pub git_sockets: BTreeSet<PathBuf>,
    /// What Salesforce CLI's files hold.
    pub salesforce: crate::systems::salesforce::orgs::Orgs,
}

/// A login whose secret the key store keeps, by the word of a tool's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkedLogin {
    /// Whose family of sign-ins it is.
    pub system: System,
    /// Who is signed in.
    pub account: String,
    /// The file that says so.
    pub file: ConfinedPath,
    /// Whether that counts only where this machine has a key store.
    pub is_hint: bool,
}

/// A credential that ends with another one of its account.
#[derive(Debug)]
pub struct PartOfAccount {
    /// Whose family of sign-ins it is.
    pub system: System,
    /// Whose it is.
    pub account: String,
    /// Where it is.
    pub place: Place,
    /// What the server of the account's token can be asked with.
    pub access_token: Option<Secret>,
}

/// A file that a tool's own file names as a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCredential {
    /// Whose family of sign-ins it is.
    pub system: System,
    /// Whose credential it is.
    pub account: String,
    /// What it is, in a few words.
    pub what: &'static str,
    /// The path, absolute.
    pub path: PathBuf,
}

/// An OAuth client that the AWS CLI registered at a portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientRegistration {
    /// Its file.
    pub file: ConfinedPath,
    /// The client's id.
    pub client_id: Option<String>,
    /// The portal's start page, if it is written there.
    pub start_url: Option<String>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

/// A profile of the AWS CLI whose keys come from `aws login`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginProfile {
    /// Its name.
    pub name: String,
    /// The ARN of who is signed in.
    pub session: String,
    /// Its region, which is the server's.
    pub region: Option<String>,
}

/// A role that the AWS CLI signs in to at a portal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SsoRole {
    /// The name of the file that its credentials are cached in.
    pub name: String,
    /// The portal's start page.
    pub start_url: String,
}
