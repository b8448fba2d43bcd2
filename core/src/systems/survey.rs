//! How systems describe what discovery shall look at, and how they tell what was found.
//!
//! A system hands out [`Lookup`]s: a directory to list or a file to read, each with a pure function
//! that turns what was read into artefacts in a [`Findings`]. Discovery does the reading.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::System;
use crate::config::Configuration;
use crate::files::{Entry, EntryKind, FileError, Probe, RootedPath, is_plain_component};
use crate::inventory::{
    Account, Artefact, Class, Contents, CredentialKind, Inventory, Override, Owner, Place, Problem,
    Renewability, Revocation, State, Tie, Tier, Token, Unread,
};
use crate::keyring::{self, Query};
use crate::roster::Roster;
use crate::secret::{Fingerprint, FingerprintKey, Secret};
use crate::world::World;

/// The largest file that is read, in bytes.
pub const READ_LIMIT: u64 = 64 << 20;

/// What a system may look at to say where it keeps things.
#[derive(Clone, Copy)]
pub struct Survey<'a> {
    /// The machine.
    pub world: &'a World,
    /// What is configured.
    pub configuration: &'a Configuration,
    /// Who is configured.
    pub roster: &'a Roster,
    /// The realms that this configuration can have written to, the effective one first.
    pub realms: &'a [String],
    /// How far to look.
    pub reach: Reach,
}

/// How far discovery looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// At what the configuration names.
    Configured,
    /// At everything, other realms and other people's leftovers included.
    Machine,
    /// At what is called as the configuration names it, in the realms that are not its own.
    OtherRealms,
}

impl Survey<'_> {
    /// The path as a [`RootedPath`]: below the home directory if it is in there, else below the
    /// file system's root, so that no symbolic link is followed on the way either.
    pub fn rooted(&self, path: &Path) -> Option<RootedPath> {
        if let Ok(relative) = path.strip_prefix(&self.world.home) {
            return RootedPath::new(self.world.home.as_path(), relative);
        }
        let root = path.ancestors().last()?;
        RootedPath::new(root, path.strip_prefix(root).ok()?)
    }

    /// A path below a directory that the person chose: the directory is trusted as it is.
    pub fn below(&self, root: &Path) -> RootedPath {
        if let Ok(relative) = root.strip_prefix(&self.world.home)
            && let Some(path) = RootedPath::new(self.world.home.as_path(), relative)
        {
            return path;
        }
        RootedPath::root(root)
    }

    /// A path in the home directory.
    pub fn in_home(&self, relative: &str) -> Option<RootedPath> {
        RootedPath::root(self.world.home.as_path()).descend(relative)
    }

    /// Whether this configuration can have written to a realm; what lies in another one is another
    /// configuration's, whatever it is called.
    pub fn is_own_realm(&self, realm: Option<&str>) -> bool {
        realm.is_none_or(|realm| self.realms.iter().any(|own| own == realm))
    }

    /// Whether a moment has passed, and so the state of what ends then.
    pub fn state_at(&self, expires_at: Option<Timestamp>) -> State {
        match expires_at {
            Some(at) if at <= self.world.now() => State::Expired,
            _ => State::Live,
        }
    }

    /// The artefact with the state that its end, if it has one, gives it now.
    pub fn until(&self, artefact: Artefact, expires_at: Option<Timestamp>) -> Artefact {
        Artefact {
            state: self.state_at(expires_at),
            expires_at,
            ..artefact
        }
    }

    /// Whose a directory with a provider's name is: that provider's, else an orphan if the whole
    /// machine is looked at, else nobody's who matters.
    pub fn owner(&self, provider: &str) -> Option<Owner> {
        match self.roster.provider(provider) {
            Some(entry) => Some(Owner::providers([&entry.key])),
            None => (self.reach == Reach::Machine).then(|| Owner::orphan(provider)),
        }
    }
}

impl<'a> Survey<'a> {
    /// What `describe` says of every realm below `root`, by `root` and the realm's name: of the
    /// known realms, or of all that have a directory if the whole machine is looked at.
    ///
    /// The empty realm has no directory of its own but `folder`, which is thus no realm's name.
    pub fn each_realm(
        self,
        root: RootedPath,
        folder: &'static str,
        describe: impl Fn(&RootedPath, &str) -> Option<Lookup<'a>> + 'a,
    ) -> Vec<Lookup<'a>> {
        if self.reach == Reach::Configured {
            let realms = self.realms.iter();
            return realms.filter_map(|realm| describe(&root, realm)).collect();
        }
        vec![Lookup::listed(root, None, move |root, entries| {
            let is_meant = |realm: &str| {
                self.reach == Reach::Machine || !self.realms.iter().any(|own| own == realm)
            };
            let others = entries
                .iter()
                .filter(|entry| entry.name != folder && is_meant(&entry.name))
                // What stands in the place of a known realm is looked at, whatever it is: a link
                // is refused, and said.
                .filter(|entry| entry.is_directory || self.realms.contains(&entry.name))
                .map(|entry| entry.name.as_str());
            let others: Vec<&str> = others.collect();
            let odd = others.iter().filter(|name| !is_plain_component(name));
            let odd: Vec<Lookup<'a>> = odd
                .map(|name| Lookup::unnameable(&root.to_path().join(name)))
                .collect();
            std::iter::once("")
                .filter(|realm| is_meant(realm))
                .chain(others)
                .filter_map(|realm| describe(root, realm))
                .chain(odd)
                .collect()
        })]
    }
}

/// `{root}/{realm}/{folder}`; without a realm one directory less. `None` if a name is not one plain
/// path component.
pub fn in_realm(root: &RootedPath, realm: &str, folder: &str) -> Option<RootedPath> {
    if realm.is_empty() {
        return root.join(folder);
    }
    root.join(realm)?.join(folder)
}

/// What to look at next, by the entries of a directory.
pub type Then<'a> = Box<dyn Fn(&[DirectoryEntry]) -> Vec<Lookup<'a>> + 'a>;

/// Turns the content of a file into findings.
pub type Read<'a> = Box<dyn Fn(&[u8], &mut Findings<'_>) + 'a>;

/// Turns the content of a file, or why it cannot be read, into findings.
pub type Attempted<'a> = Box<dyn Fn(Result<&[u8], &FileError>, &mut Findings<'_>) + 'a>;

/// Turns what is known of a path without opening it into findings.
pub type Seen<'a> = Box<dyn Fn(Option<&Probe>, &mut Findings<'_>) + 'a>;

/// Turns entries of a key store into findings; the store is the operating system's.
pub type Entries<'a> = Box<dyn Fn(Vec<keyring::Entry>, &mut Findings<'_>) + 'a>;

/// Turns rows of a table into findings; a column that is NULL or not there is `None`.
pub type Rows<'a> = Box<dyn Fn(Vec<Vec<Option<Secret>>>, &mut Findings<'_>) + 'a>;

/// What to look at next, by what was found so far.
pub type Next<'a> = Box<dyn Fn(&mut Findings<'_>) -> Vec<Lookup<'a>> + 'a>;

/// Turns an answer into findings.
pub type Found<'a, Answer> = Box<dyn Fn(Answer, &mut Findings<'_>) + 'a>;

/// Something to look at.
pub enum Lookup<'a> {
    /// List a directory, then look at what is in it.
    Directory {
        /// The directory.
        directory: RootedPath,
        /// The directory itself as something that goes when it is left empty.
        tidy: Option<Tidy>,
        /// What to look at next, by the entries that are there.
        then: Then<'a>,
    },
    /// Read a file.
    File {
        /// The file.
        file: RootedPath,
        /// Turns its content into findings.
        read: Read<'a>,
    },
    /// Read a file that means something even where it cannot be read.
    Attempt {
        /// The file.
        file: RootedPath,
        /// Turns its content, or why there is none, into findings.
        read: Attempted<'a>,
    },
    /// Read a file that the system or a project keeps for everybody, so that its owner does not
    /// matter; it is only read.
    Shared {
        /// The file.
        file: RootedPath,
        /// Turns its content into findings.
        read: Read<'a>,
    },
    /// See what is at a path, without opening it; what cannot be seen counts as absent.
    Probe {
        /// The path.
        path: RootedPath,
        /// Turns what is there into findings.
        seen: Seen<'a>,
    },
    /// Search the operating system's key store.
    Keyring {
        /// What to search for.
        query: Query,
        /// Turns what was found into findings.
        found: Entries<'a>,
    },
    /// Read rows of an SQLite table.
    Rows {
        /// The database.
        database: RootedPath,
        /// The table.
        table: &'static str,
        /// The columns that are wanted.
        columns: &'static [&'static str],
        /// Turns the rows into findings.
        found: Rows<'a>,
    },
    /// Ask whether a process of this id, which a tool wrote down, still runs.
    Process {
        /// The id.
        id: u32,
        /// Turns the answer into findings.
        found: Found<'a, bool>,
    },
    /// Look for a program in `PATH`.
    Program {
        /// Its name.
        name: &'static str,
        /// Turns where it is into findings.
        found: Found<'a, PathBuf>,
    },
    /// Nothing needs to be read.
    Known(Box<dyn Fn(&mut Findings<'_>) + 'a>),
    /// Nothing needs to be read, but what to look at next depends on what was found so far.
    Next(Next<'a>),
}

impl<'a> Lookup<'a> {
    /// List a directory, then look at what `then` says by the directory and all its entries.
    pub fn listed(
        directory: RootedPath,
        tidy: impl Into<Option<Tidy>>,
        then: impl Fn(&RootedPath, &[DirectoryEntry]) -> Vec<Self> + 'a,
    ) -> Self {
        let place = directory.clone();
        Self::Directory {
            directory,
            tidy: tidy.into(),
            then: Box::new(move |entries| then(&place, entries)),
        }
    }

    /// List a directory, then look at what `then` says of each entry and its path.
    pub fn each<Next: IntoIterator<Item = Self>>(
        directory: RootedPath,
        tidy: impl Into<Option<Tidy>>,
        then: impl Fn(&DirectoryEntry, RootedPath) -> Next + 'a,
    ) -> Self {
        Self::listed(directory, tidy, move |directory, entries| {
            entries
                .iter()
                .filter_map(|entry| Some(then(entry, entry.path_in(directory)?)))
                .flatten()
                .collect()
        })
    }

    /// List a directory, then look at what `then` says of each of `names` that is there, in the
    /// order of `names`, by the name and its path.
    pub fn named(
        directory: RootedPath,
        tidy: impl Into<Option<Tidy>>,
        names: &'static [&'static str],
        then: impl Fn(&'static str, RootedPath) -> Self + 'a,
    ) -> Self {
        Self::listed(directory, tidy, move |directory, entries| {
            names
                .iter()
                .filter(|name| entries.iter().any(|entry| entry.name == **name))
                .filter_map(|name| Some(then(name, directory.join(name)?)))
                .collect()
        })
    }

    /// Read a file; `read` gets the file, its content and where to put what it finds.
    pub fn read(
        file: RootedPath,
        read: impl Fn(&RootedPath, &[u8], &mut Findings<'_>) + 'a,
    ) -> Self {
        let place = file.clone();
        Self::File {
            file,
            read: Box::new(move |bytes, findings| read(&place, bytes, findings)),
        }
    }

    /// Read a file that the system or a project keeps for everybody; its owner does not matter.
    pub fn shared(
        file: RootedPath,
        read: impl Fn(&RootedPath, &[u8], &mut Findings<'_>) + 'a,
    ) -> Self {
        let place = file.clone();
        Self::Shared {
            file,
            read: Box::new(move |bytes, findings| read(&place, bytes, findings)),
        }
    }

    /// See what is at a path, without opening it; `seen` gets the path too.
    pub fn probe(
        path: RootedPath,
        seen: impl Fn(&RootedPath, Option<&Probe>, &mut Findings<'_>) + 'a,
    ) -> Self {
        let place = path.clone();
        Self::Probe {
            path,
            seen: Box::new(move |probe, findings| seen(&place, probe, findings)),
        }
    }

    /// Read a file only to learn when what is in it ends: `expiry` tells that by its content.
    pub fn expiring(
        survey: Survey<'a>,
        file: RootedPath,
        found: Artefact,
        expiry: fn(&[u8]) -> Option<Timestamp>,
    ) -> Self {
        Self::read(file, move |_, bytes, findings| {
            findings.artefact(survey.until(found.clone(), expiry(bytes)));
        })
    }

    /// Search the operating system's key store; it is asked only when this is reached.
    pub fn keyring(
        query: Query,
        found: impl Fn(Vec<keyring::Entry>, &mut Findings<'_>) + 'a,
    ) -> Self {
        Self::Keyring {
            query,
            found: Box::new(found),
        }
    }

    /// Look at what `next` says by what was found so far.
    pub fn next(next: impl Fn(&mut Findings<'_>) -> Vec<Self> + 'a) -> Self {
        Self::Next(Box::new(next))
    }

    /// Look for a program in `PATH`.
    pub fn program(name: &'static str, found: impl Fn(PathBuf, &mut Findings<'_>) + 'a) -> Self {
        Self::Program {
            name,
            found: Box::new(found),
        }
    }

    /// An entry with a name that cannot be a name of this tool's: what lies there is not looked at, and
    /// that is said.
    pub fn unnameable(path: &Path) -> Self {
        let location = path.display().to_string();
        Self::say(move |findings| {
            findings.problem(Problem {
                location: location.clone(),
                message: "its name cannot be written as text, so what is in it is not known"
                    .to_owned(),
                hint: Some("give it another name, and run this again".to_owned()),
                hides: true,
            });
        })
    }

    /// Read a file; `read` gets its content or why it cannot be read, which has been said then.
    pub fn attempt(
        file: RootedPath,
        read: impl Fn(&RootedPath, Result<&[u8], &FileError>, &mut Findings<'_>) + 'a,
    ) -> Self {
        let place = file.clone();
        Self::Attempt {
            file,
            read: Box::new(move |bytes, findings| read(&place, bytes, findings)),
        }
    }

    /// Nothing needs to be read to say something.
    pub fn say(say: impl Fn(&mut Findings<'_>) + 'a) -> Self {
        Self::Known(Box::new(say))
    }

    /// Something removable is there, and nothing needs to be read to know that.
    pub fn found(artefact: Artefact) -> Self {
        Self::say(move |findings| findings.artefact(artefact.clone()))
    }
}

/// One entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// Its name; bytes that are not UTF-8 are written as `\xff`.
    pub name: String,
    /// The name as it is, where it is not UTF-8.
    pub raw: Option<OsString>,
    /// Whether it is a directory (not a link to one).
    pub is_directory: bool,
    /// Whether it is a symbolic link.
    pub is_link: bool,
}

impl DirectoryEntry {
    /// The entry of a directory that was listed.
    pub fn of(listed: Entry) -> Self {
        Self {
            is_directory: listed.kind == EntryKind::Directory,
            is_link: listed.kind == EntryKind::Symlink,
            name: listed.raw.as_deref().map_or(listed.name, written_out),
            raw: listed.raw,
        }
    }

    /// Its path, whatever its name is.
    pub fn path_in(&self, directory: &RootedPath) -> Option<RootedPath> {
        directory.entry(
            self.raw
                .as_deref()
                .unwrap_or_else(|| OsStr::new(&self.name)),
        )
    }

    /// Whether it stands where a directory of a tool's own would: a link is looked at too, because
    /// it is refused then, and said, instead of passed over in silence.
    pub const fn may_be_directory(&self) -> bool {
        self.is_directory || self.is_link
    }
}

impl DirectoryEntry {
    /// Whether it is a file that JSON may be in, by its name.
    pub fn is_json_file(&self) -> bool {
        let extension = Path::new(&self.name).extension();
        !self.is_directory && extension.is_some_and(|extension| extension == "json")
    }
}

/// A name with the bytes that are not UTF-8 written out, so that different names stay different.
fn written_out(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// Whose a directory is that goes when it is left empty.
#[derive(Clone, Debug)]
pub struct Tidy {
    /// The family of sign-ins that it was looked at for.
    pub system: System,
    /// Families by what lies in a directory that several share: the first that is there counts.
    pub by_entry: &'static [(&'static str, System)],
    /// Lock files in it that do not keep it.
    pub locks: Vec<&'static str>,
    /// Whose it is.
    pub owner: Owner,
    /// The realm.
    pub realm: Option<String>,
    /// It lies where a file's `base_path` leads, so that only what this plan empties goes.
    pub is_named: bool,
    /// It is one provider's or identity's alone, so that what somebody else put into it is named.
    pub names_strangers: bool,
    /// How far it is its owner's own.
    pub tie: Tie,
}

impl Tidy {
    /// A directory that is nobody's in particular.
    pub fn shared(system: System) -> Self {
        Self {
            system,
            by_entry: &[],
            locks: Vec::new(),
            owner: Owner::Nobody,
            realm: None,
            is_named: false,
            names_strangers: false,
            tie: Tie::Own,
        }
    }

    /// A directory that is somebody's.
    pub fn of(system: System, owner: Owner) -> Self {
        Self {
            owner,
            ..Self::shared(system)
        }
    }

    /// A directory of a realm; an empty name is the realm without a name.
    pub fn in_realm(system: System, realm: impl Into<Option<String>>) -> Self {
        Self {
            realm: realm.into(),
            ..Self::shared(system)
        }
    }

    /// The family of what lies in it.
    pub(crate) fn system_by(&self, entries: &[DirectoryEntry]) -> System {
        let is_there = |name: &str| entries.iter().any(|entry| entry.name == name);
        let mut families = self.by_entry.iter();
        families
            .find(|(name, _)| is_there(name))
            .map_or(self.system, |(_, system)| *system)
    }
}

/// What has been found so far.
pub struct Findings<'a> {
    inventory: &'a mut Inventory,
    key: &'a FingerprintKey,
    /// Things that one file says about another.
    pub notes: &'a mut Notes,
}

/// What one file says about another.
#[derive(Debug, Default)]
pub struct Notes {
    /// `sso-session` names of the AWS CLI's configuration, with their start URLs.
    pub sso_sessions: BTreeMap<String, String>,
    /// Roles of the AWS CLI's profiles: whose credentials the CLI caches, and of which portal.
    pub sso_roles: Vec<SsoRole>,
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
    /// Tenants, in lower case, in which the Azure CLI has a session of its own.
    pub azure_cli_tenants: BTreeSet<String>,
    /// A file of the Azure CLI could not be understood, so it may have sessions in any tenant.
    pub azure_cli_unknown: bool,
    /// What the files of AI tools say about each other.
    pub ai: super::ai::Notes,
    /// What Salesforce CLI's files hold.
    pub salesforce: super::salesforce::orgs::Orgs,
}

/// An OAuth client that the AWS CLI registered at a portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientRegistration {
    /// Its file.
    pub file: RootedPath,
    /// The client's id.
    pub client_id: Option<String>,
    /// The portal's start page, if it is written there.
    pub start_url: Option<String>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

/// A role that the AWS CLI signs in to at a portal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SsoRole {
    /// The name of the file that its credentials are cached in.
    pub name: String,
    /// The portal's start page.
    pub start_url: String,
}

impl<'a> Findings<'a> {
    /// A place for findings.
    pub const fn new(
        inventory: &'a mut Inventory,
        key: &'a FingerprintKey,
        notes: &'a mut Notes,
    ) -> Self {
        Self {
            inventory,
            key,
            notes,
        }
    }

    /// Something removable was found.
    pub fn artefact(&mut self, artefact: Artefact) {
        self.inventory.artefacts.push(artefact);
    }

    /// An entry of another configuration's realm was found that may hold a token of these artefacts.
    pub fn twin(&mut self, artefact: Artefact) {
        self.inventory.twins.push(artefact);
    }

    /// Role credentials of a portal were found, and nothing says of which.
    pub fn portless_role(&mut self, artefact: Artefact) {
        self.inventory.portless_roles.push(artefact);
    }

    /// A token was found that a server can end. The same token found elsewhere is one token, and
    /// serves everybody whom any copy serves.
    pub fn token(
        &mut self,
        secret: Secret,
        system: System,
        revocation: Revocation,
        expires_at: Option<Timestamp>,
        providers: &[String],
    ) -> Fingerprint {
        let fingerprint = self.fingerprint(&secret);
        let token = self
            .inventory
            .tokens
            .entry(fingerprint)
            .or_insert_with(|| Token {
                secret,
                revocation: revocation.clone(),
                elsewhere: Vec::new(),
                expires_at,
                providers: Vec::new(),
                account: None,
                shared: None,
                asked_with: None,
                is_over: false,
                renewal: Renewability::No,
                system,
            });
        token.learn(revocation);
        for provider in providers {
            if !token.providers.contains(provider) {
                token.providers.push(provider.clone());
            }
        }
        fingerprint
    }

    /// A copy of a portal's token was found with this end and with what renews its session. A copy that
    /// can be renewed makes the token renewable; it is over only if all copies say so.
    pub fn lapse(&mut self, token: Fingerprint, is_over: bool, renewal: Renewability) {
        let is_first = self.notes.portal_tokens.insert(token);
        let Some(token) = self.inventory.tokens.get_mut(&token) else {
            return;
        };
        token.is_over = is_over && (is_first || token.is_over);
        let rank = |renewal: &Renewability| match renewal {
            Renewability::No => 0,
            Renewability::Not(_) => 1,
            Renewability::With(_) => 2,
        };
        if rank(&renewal) > rank(&token.renewal) {
            token.renewal = renewal;
        }
    }

    /// A token of an account was found that a server can end. `shared` says why ending it would end
    /// more than the sign-in here. The same token found elsewhere is one token.
    pub fn account_token(
        &mut self,
        secret: Secret,
        account: &Account,
        revocation: Revocation,
        expires_at: Option<Timestamp>,
        shared: Option<&'static str>,
    ) -> Fingerprint {
        let fingerprint = self.signs_in(&secret, account.system, &account.name);
        let token = self
            .inventory
            .tokens
            .entry(fingerprint)
            .or_insert_with(|| Token {
                secret,
                revocation: revocation.clone(),
                elsewhere: Vec::new(),
                expires_at,
                providers: Vec::new(),
                account: Some(account.name.clone()),
                shared,
                asked_with: None,
                is_over: false,
                renewal: Renewability::No,
                system: account.system,
            });
        token.learn(revocation);
        fingerprint
    }

    /// A token signs in an account. Others that it signs in are signed out with it.
    fn signs_in(&mut self, secret: &Secret, system: System, account: &str) -> Fingerprint {
        let fingerprint = self.fingerprint(secret);
        let accounts = self.inventory.signed_in_by.entry(fingerprint).or_default();
        accounts.insert((system, account.to_owned()));
        fingerprint
    }

    /// A server can be asked about a token that was found by way of another one of its sign-in.
    pub fn ask_with(&mut self, token: Fingerprint, other: Secret) {
        if let Some(token) = self.inventory.tokens.get_mut(&token) {
            token.asked_with = Some(other);
        }
    }

    /// An identity that a system keeps by itself was found. One that is known already only gains
    /// what is new.
    pub fn account(&mut self, found: Account) {
        let known = self
            .inventory
            .accounts
            .iter_mut()
            .find(|known| known.system == found.system && known.name == found.name);
        let Some(known) = known else {
            return self.inventory.accounts.push(found);
        };
        for alias in found.aliases {
            if !known.aliases.contains(&alias) {
                known.aliases.push(alias);
            }
        }
        for fact in found.facts {
            if !known.facts.contains(&fact) {
                known.facts.push(fact);
            }
        }
        known.provider = known.provider.take().or(found.provider);
    }

    /// The accounts found so far.
    pub fn accounts(&self) -> &[Account] {
        &self.inventory.accounts
    }

    /// What keeps tools signed in regardless, as far as it was found so far.
    pub fn overrides(&self) -> &[Override] {
        &self.inventory.overrides
    }

    /// Puts the overrides of a system in the order in which they win: by their names, the strongest
    /// first; what is not named comes last.
    pub fn rank_overrides(&mut self, system: System, names: &[&str]) {
        let rank = |found: &Override| {
            let mut names = names.iter();
            names
                .position(|name| *name == found.name)
                .unwrap_or(usize::MAX)
        };
        let all = &mut self.inventory.overrides;
        let (mut own, mut rest): (Vec<Override>, Vec<Override>) = std::mem::take(all)
            .into_iter()
            .partition(|found| found.system == system);
        own.sort_by_key(rank);
        rest.append(&mut own);
        *all = rest;
    }

    /// Tells copies of a secret apart from other secrets.
    pub fn fingerprint(&self, secret: &Secret) -> Fingerprint {
        secret.fingerprint(self.key)
    }

    /// What a file or directory holds, for the prediction of what is left.
    pub fn contents(&mut self, path: RootedPath, contents: Contents) {
        self.inventory.contents.insert(path, contents);
    }

    /// Something keeps a tool signed in regardless.
    pub fn overriding(&mut self, found: Override) {
        self.inventory.overrides.push(found);
    }

    /// Whether something at or below a directory could not be read so far.
    pub fn hides_below(&self, directory: &RootedPath) -> bool {
        let directory = directory.to_path();
        let mut problems = self.inventory.problems.iter();
        problems
            .any(|problem| problem.hides && Path::new(&problem.location).starts_with(&directory))
    }

    /// Something could not be read or understood. Whose it is follows from the tool that is looked at.
    pub fn problem(&mut self, problem: Problem) {
        let system = self.notes.ai.looking_at.filter(|_| problem.hides);
        if let Some(system) =
            system.filter(|system| super::ai::may_hold_sign_in(*system, &problem.location))
        {
            self.unread(&problem.location, Unread::Below(system));
        }
        self.inventory.problems.push(problem);
    }

    /// Whose sign-ins may be, in part, in a place that cannot be read.
    pub fn unread(&mut self, location: &str, whose: Unread) {
        let owners = &mut self.inventory.unread;
        owners.entry(location.to_owned()).or_default().insert(whose);
    }

    /// An account keeps its things at and below this place.
    pub fn home_of(&mut self, system: System, account: &str, place: PathBuf) {
        let key = (system, account.to_owned());
        self.inventory.homes.entry(key).or_default().insert(place);
    }
}

/// An artefact with the usual values, to be completed with struct update syntax.
pub fn artefact(system: System, place: Place, owner: Owner, what: &'static str) -> Artefact {
    Artefact {
        place,
        system,
        owner,
        class: Class::Session,
        state: State::Live,
        expires_at: None,
        token: None,
        realm: None,
        what,
        kind: CredentialKind::Login,
        tie: Tie::Own,
        tier: Tier::SignIn,
        waits_for: Vec::new(),
        sealed: None,
        signs_in_everybody: false,
        names_strangers: false,
    }
}

/// A whole file as an artefact with the usual values.
pub fn whole_file(system: System, file: &RootedPath, owner: Owner, what: &'static str) -> Artefact {
    let place = Place::File { file: file.clone() };
    artefact(system, place, owner, what)
}

/// Reads a time as RFC 3339, or with a numeric offset or zone name as other clients write it; what
/// cannot be understood counts as no end.
pub fn timestamp(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        text.strip_suffix("UTC")
            .and_then(|bare| format!("{}Z", bare.trim()).parse().ok())
    })
}

/// A JSON document that is an object, within a depth that cannot exhaust the stack.
pub fn json_object(bytes: &[u8]) -> Option<serde_json::Map<String, serde_json::Value>> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match serde_json::from_slice(text).ok()? {
        serde_json::Value::Object(object) => Some(object),
        _ => None,
    }
}
