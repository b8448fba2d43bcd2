//! What exists on the machine: artefacts, the tokens in them, what could not be read.
//!
//! An [`Inventory`] is what [`crate::discover`] hands to [`crate::plan`]. It is a value: looking at
//! it touches nothing.

mod age;
mod copies;
mod location;
mod overrides;
mod owner;
mod pending;
mod place;
mod residue;
mod token;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::atmos::identity_graph::{IdentityEntry, IdentityGraph};
use crate::path::{ConfinedPath, FollowedLink};
use crate::remote::TokenStatus;
use crate::secret::{Fingerprint, FingerprintKey};
use crate::system::System;

pub use age::{Age, AgeSource, FileFacts};
pub use copies::{Holder, SameSecret};
pub use location::Location;
pub use overrides::{AssignmentState, Override, OverrideKind, WrittenSecret};
pub use owner::{ConfiguredOwner, Owner};
pub use pending::{Pending, PendingState};
pub use place::Place;
pub use residue::{Residue, ResidueFate, ResidueKind, ResidueSearch};
pub use token::{Renewability, Renewal, Revocation, Token, VendorClient, is_page};

/// One removable trace of a session at one place.
#[derive(Clone, Debug)]
pub struct Artefact {
    /// Where it is.
    pub place: Place,
    /// The family of sign-ins it belongs to.
    pub system: System,
    /// Whose it is.
    pub owner: Owner,
    /// Session or stored.
    pub class: Class,
    /// Whether it could still be used.
    pub state: State,
    /// When it ends by itself, if that is written down.
    pub expires_at: Option<Timestamp>,
    /// The token in it, if it holds one that a server could end.
    pub token: Option<Fingerprint>,
    /// The secrets in it, as far as they were read: who has the same one at another place is signed in
    /// with it there too.
    pub secrets: Vec<Fingerprint>,
    /// The realm it was found in, where the system has realms. The empty realm is `Some("")`.
    pub realm: Option<String>,
    /// What it is, in a few words, for people: `AWS credentials`, `portal session`.
    pub what: &'static str,
    /// How it was obtained, which says at which of its provider's pages a person can end it.
    pub kind: CredentialKind,
    /// How far it is the subject's own.
    pub tie: Exclusivity,
    /// What kind of logout takes it.
    pub tier: Category,
    /// Tokens of the same sign-in in other places: where an unrevoked sign-in is kept, this is kept
    /// until all of them have been ended too.
    pub waits_for: Vec<Fingerprint>,
    /// Why its server cannot be told, though there is something in it to be ended.
    pub sealed: Option<TokenUnavailable>,
    /// Whether it signs in every identity behind its provider, whoever of them it was written for.
    pub signs_in_everybody: bool,
    /// Whether it is a directory of one provider or identity alone, so that what somebody else put
    /// into it is named when it keeps the directory.
    pub names_strangers: bool,
}

impl Artefact {
    /// Where a person can end it, for what an account's provider has no call for.
    pub fn page(&self) -> Option<&'static str> {
        let key_page = match self.kind {
            CredentialKind::ApiKey => self.system.info().key_page,
            CredentialKind::Login | CredentialKind::PrivateKey => None,
        };
        key_page.or_else(|| self.system.info().account_page)
    }
}

/// Why a server cannot be told of a session, though it has a call that ends one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUnavailable {
    /// The tokens, or their key, are in a key store that is locked.
    Locked,
    /// They are encrypted, and no password was given that fits.
    Encrypted,
    /// Their key was not found, or does not fit; it may be in a key store that could not be asked.
    KeyMissing,
    /// The file that they are in cannot be read or understood.
    Broken,
    /// Nobody can say what it holds: it is cut off, empty, or in no form that is known.
    Damaged,
    /// The file that they are in is a link or somebody else's: it is not read, and no logout removes it.
    Immovable,
    /// Only what renews the session is good: the token that its server would have to be told has
    /// expired, or it is not written down where that server is.
    NoToken,
    /// No region is recorded with the token, so nobody knows where its server is.
    NoRegion,
    /// What is recorded as its region is none.
    BadRegion,
}

/// How a credential was obtained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CredentialKind {
    /// By signing in.
    #[default]
    Login,
    /// As a key that a person made at its provider.
    ApiKey,
    /// As a private or decryption key, which nothing gives back: it is named, and no logout takes it.
    PrivateKey,
}

/// What kind of logout takes an artefact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// Part of the sign-in itself: every logout.
    #[default]
    SignIn,
    /// A login to another service that is kept beside it (MCP servers): only when asked for.
    Attached,
    /// Who was signed in, after the fact (e-mail addresses, ids, backups, caches): a complete removal.
    Footprint,
    /// What was worked on (history, transcripts): only when asked for by name, and confirmed.
    Data,
    /// What is shaped like a credential of a tool that nobody has described: only when asked for, and
    /// confirmed.
    Possible,
}

/// How far an artefact is its subject's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exclusivity {
    /// It goes when everybody it serves goes.
    Own,
    /// A copy that another tool keeps of a provider's session (`~/.aws/sso/cache`): also cleared by
    /// the logout of one identity behind the provider, though others share it.
    ForeignCopy,
    /// A leftover that its owner never reads again (a keyring entry behind a provider that resolves
    /// from the environment): goes although the keyring is kept by default.
    Stale,
    /// What a provider keeps for all behind it (the list of provisioned identities, which are not
    /// known any more without it): goes only when the provider itself is logged out.
    Provider,
    /// What protects the others of its system (an encryption key): goes only when nothing that needs
    /// it is left.
    Last,
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
    /// The names that it goes by, for [`crate::selector`]: its name, its aliases, and the name with
    /// the aliases in brackets, as it is shown.
    pub fn names(&self) -> Vec<Cow<'_, str>> {
        let mut names: Vec<Cow<'_, str>> = vec![Cow::Borrowed(&self.name)];
        names.extend(
            self.aliases
                .iter()
                .map(|alias| Cow::Borrowed(alias.as_str())),
        );
        if !self.aliases.is_empty() {
            names.push(format!("{} ({})", self.name, self.aliases.join(", ")).into());
        }
        names
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
    /// The label of the account that an account was made from.
    pub const PARENT: &str = "parent";
    /// The label of the file with the private key that signs in without a person; it stays.
    pub const KEY_FILE: &str = "key_file";
    /// The label of the address of an account's own server.
    pub const INSTANCE: &str = "instance";

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
    /// Long-lived, typed or issued once: IAM user keys, private keys. KeepReason by default.
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

/// A place that could not be looked at, or should not be touched.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The place.
    pub location: Location,
    /// What is wrong and why.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Whether something live may be hidden behind it (a locked key store), so that "nothing found"
    /// would be a guess.
    pub hides: bool,
}

impl Problem {
    /// Whether it is a file or directory that may hold something live.
    pub fn hides_a_file(&self) -> bool {
        self.hides && self.location.file().is_some()
    }
}

/// Everything that discovery found.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// All artefacts, in a stable order.
    pub artefacts: Vec<Artefact>,
    /// Identities that systems keep by themselves.
    pub accounts: Vec<Account>,
    /// Key-store entries in realms of other configurations that hold a token of these artefacts too, or
    /// that could not be read and can only hold one: part of a logout that ends the token, and of
    /// nothing else.
    pub twins: Vec<Artefact>,
    /// Key-store entries under the configuration's names that are another configuration's: named, and
    /// part of no logout but that of the whole machine.
    pub elsewhere: Vec<Artefact>,
    /// Role credentials that came from a portal, of which nothing says from which.
    pub portless_roles: Vec<Artefact>,
    /// The tokens in them, by fingerprint.
    pub tokens: BTreeMap<Fingerprint, Token>,
    /// Accounts by the secrets that sign them in: those of one secret are signed out together.
    pub signed_in_by: BTreeMap<Fingerprint, BTreeSet<(System, String)>>,
    /// What servers said of tokens; `None` if none was asked ([`crate::online`]).
    pub answers: Option<BTreeMap<Fingerprint, TokenStatus>>,
    /// What keeps tools signed in regardless.
    pub overrides: Vec<Override>,
    /// Secrets in shell profiles that override nothing known here.
    pub written: Vec<WrittenSecret>,
    /// Secrets in variables and in lines of profiles.
    pub written_out: Vec<Holder>,
    /// What fingerprints are made with, to know more copies of the same secrets; `None` if nothing was
    /// looked at.
    pub fingerprint_key: Option<FingerprintKey>,
    /// What could not be looked at.
    pub problems: Vec<Problem>,
    /// What the files and directories that may go hold, so that a plan can tell what is left.
    pub contents: BTreeMap<ConfinedPath, Contents>,
    /// Directories that are one provider's or identity's, whether they could be looked into or not.
    pub directories: BTreeMap<PathBuf, Owner>,
    /// Directories in which a system keeps what is several providers' or identities'.
    pub shared_directories: BTreeMap<PathBuf, System>,
    /// What cannot be read, by the location that its problem says, and whose sign-ins may be in it: such
    /// a sign-in goes whole or not at all ([`crate::plan`]).
    pub unread: BTreeMap<Location, BTreeSet<Unread>>,
    /// Where accounts keep their things.
    pub homes: BTreeMap<(System, String), BTreeSet<PathBuf>>,
    /// What the AWS CLI's configuration calls portals: start pages by `sso-session` or profile.
    pub portal_names: BTreeMap<String, BTreeSet<String>>,
    /// What is known of the files that credentials are in; nothing unless it was looked at
    /// ([`crate::discover::note_files`]).
    pub files: BTreeMap<PathBuf, FileFacts>,
    /// The dates that credentials bear themselves, by place; as for the files.
    pub written_at: BTreeMap<Place, Timestamp>,
    /// How many places were looked at.
    pub checked: usize,
    /// The systems that were looked at.
    pub covers: Vec<System>,
    /// Files that look like sign-ins and that a person said are none.
    pub ignored: Vec<PathBuf>,
    /// The links inside the home that were followed.
    pub links: Vec<FollowedLink>,
}

/// Whose sign-ins may be in a place that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unread {
    /// Every account of a system: a file that names them all.
    All(System),
    /// Those accounts of a system that keep their things there.
    Below(System),
    /// This account of a system, whose secret another place keeps that cannot be asked.
    Account(System, String),
    /// A provider of the configuration, by key: a file of another tool's with a part of its sign-in.
    Provider(String),
}

impl Inventory {
    /// Finds when a credential was made: by the date that it bears, else by that of its file.
    pub fn age(&self, artefact: &Artefact) -> Option<Age> {
        if let Some(since) = self.written_at.get(&artefact.place) {
            return Some(Age {
                since: *since,
                source: AgeSource::Written,
            });
        }
        let path = artefact.place.file()?.to_path();
        let since = self.files.get(&path)?.modified?;
        Some(Age {
            since,
            source: AgeSource::Modified,
        })
    }

    /// Finds when a sign-in was made that these are the parts of. It is as young as its youngest part:
    /// that may be what was signed in again.
    pub fn age_of<'a>(&self, parts: impl IntoIterator<Item = &'a Artefact>) -> Option<Age> {
        let parts = parts.into_iter();
        parts.filter_map(|part| self.age(part)).reduce(Age::later)
    }

    /// Wipes the secrets out of memory, once no server is told or asked any more. The tokens stay known by
    /// their fingerprints.
    pub fn forget_secrets(&mut self) {
        self.tokens.values_mut().for_each(Token::forget_secret);
    }

    /// The links that were followed on the way to one of these places.
    pub(crate) fn links_to<'a>(
        &self,
        places: impl IntoIterator<Item = &'a Place>,
    ) -> Vec<FollowedLink> {
        if self.links.is_empty() {
            return Vec::new();
        }
        let paths: BTreeSet<PathBuf> = places.into_iter().filter_map(Place::path).collect();
        let leads_to_one =
            |link: &&FollowedLink| paths.iter().any(|path| path.starts_with(&link.link));
        self.links.iter().filter(leads_to_one).cloned().collect()
    }

    /// Whose directory a problem's place lies in, if it is somebody's.
    pub fn owner(&self, problem: &Problem) -> Option<&Owner> {
        let mut places = problem.location.file()?.ancestors();
        places.find_map(|place| self.directories.get(place))
    }

    /// Whether an account may keep a part of its sign-in there: below its own directory, beside it, or,
    /// where nobody knows its directory, anywhere that is no other account's.
    pub(crate) fn keeps_things_at(&self, system: System, name: &str, location: &Path) -> bool {
        if !location.is_absolute() {
            return false;
        }
        let holds =
            |places: &BTreeSet<PathBuf>| places.iter().any(|place| location.starts_with(place));
        let homes = &self.homes;
        let own = homes.get(&(system, name.to_owned()));
        if own.is_some_and(holds) {
            return true;
        }
        let mut others = homes.iter().filter(|((of, _), _)| *of == system);
        let is_others = others.any(|(_, places)| holds(places));
        let is_beside = |places: &BTreeSet<PathBuf>| {
            let parent = location.parent();
            places
                .iter()
                .any(|place| parent.is_some_and(|parent| place.starts_with(parent)))
        };
        !is_others && own.is_none_or(is_beside)
    }

    /// Whether a sign-in of an account that a system keeps by itself may lie where it could not be looked.
    pub fn may_hide_account(&self, account: &Account) -> bool {
        let mut problems = self.problems.iter().filter(|problem| problem.hides);
        problems.any(|problem| {
            let location = problem.location.as_path();
            let unread = self.unread.get(&problem.location);
            // What stands there is not the secret.
            let mut whose = unread.into_iter().flatten();
            if whose.any(|whose| {
                matches!(whose, Unread::Account(system, name)
                    if *system == account.system && *name == account.name)
            }) {
                return true;
            }
            let is_there =
                |found: &Artefact| location.is_some() && found.place.path().as_deref() == location;
            // What stands there was found, and says itself what is known of it.
            if self.artefacts.iter().any(is_there) {
                return false;
            }
            unread.into_iter().flatten().any(|whose| match whose {
                Unread::All(system) => *system == account.system,
                Unread::Below(system) => {
                    let keeps = |place| self.keeps_things_at(*system, &account.name, place);
                    *system == account.system && location.is_some_and(keeps)
                }
                // What it holds of theirs is a copy.
                Unread::Provider(_) | Unread::Account(..) => false,
            })
        })
    }

    /// Whether a sign-in of a configured identity may lie where it could not be looked.
    pub fn may_hide(&self, identity: &IdentityEntry, identity_graph: &IdentityGraph) -> bool {
        let provider = identity_graph.root_provider(&identity.key);
        let root = identity_graph.root_identity(&identity.key);
        let is_theirs = |owner: &Owner| {
            owner.as_identity() == Some(&identity.key)
                || root.is_some_and(|root| owner.as_root() == Some(&root.key))
                || provider.is_some_and(|provider| owner.serves(&provider.key))
        };
        let mut problems = self.problems.iter().filter(|problem| problem.hides);
        problems.any(|problem| {
            let Some(location) = problem.location.file() else {
                return false;
            };
            let nearest = location.ancestors().find_map(|place| {
                let own = self.directories.get(place).map(is_theirs);
                own.or_else(|| match self.shared_directories.get(place)? {
                    // Not everything below the root of all is a sign-in.
                    system if *system == System::ATMOS => Some(place == location),
                    system => Some(*system == identity.system),
                })
            });
            nearest == Some(true)
        })
    }
}

/// What a file or directory holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    /// An INI file with this many sections, each an artefact or not.
    Sections(usize),
    /// A directory with these entries, sorted.
    Entries(Vec<String>),
}
