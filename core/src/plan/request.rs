//! A request for a logout, and the questions that it raises.

use std::collections::BTreeSet;

use super::Filter;
use crate::inventory::{Artefact, Place};
use crate::remote::TrustedHost;
use crate::secret::Fingerprint;
use crate::systems::System;

/// A logout as it was asked for.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that a person gives or not"
)]
pub struct Request {
    /// The sign-ins that are meant.
    pub target: Target,
    /// What of them stays all the same (`--except`, `--only-expired`, `--older-than`).
    pub filter: Filter,
    /// Delete stored credentials in the keyring too (`--keychain`).
    pub keychain: bool,
    /// End tokens at their servers (`--no-revoke` turns it off).
    pub revoke: bool,
    /// Renew a session whose access token has ended, to end it (`--no-refresh` turns it off).
    pub refresh: bool,
    /// Keep the tokens that could not be revoked (`--keep-unrevoked`).
    pub keep_unrevoked: bool,
    /// Keep what no server call ends, of systems that keep their own sign-ins (`adieu revoke`).
    pub keep_unrevocable: bool,
    /// Also end the logins to other services that are kept beside a sign-in (`--mcp`).
    pub attached: bool,
    /// Also remove the traces of who was signed in (`--complete`).
    pub complete: bool,
    /// Also remove what was worked on: history, transcripts (`--purge-data`).
    pub purge_data: bool,
    /// Also remove what is left of the removed secrets in histories, logs, backups and databases
    /// (`--residue`).
    pub residue: bool,
    /// Remove what only looks like a sign-in (`--possible`).
    pub possible: bool,
    /// Questions are answered with yes, and what cannot be revoked goes all the same (`--force`).
    pub force: bool,
    /// The machine is no longer trusted (`--incident`): everything goes that can go, stored keys and what
    /// others share included, and only one question is asked.
    pub incident: bool,
    /// Only this client app that an account is linked with, not the account itself.
    pub client_app: Option<String>,
    /// Hosts that a token may be sent to although only a configuration file names them
    /// (`--allow-endpoint`).
    pub allow_endpoints: Vec<TrustedHost>,
}

impl Target {
    /// What it is made of: several targets each, any other one itself.
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::Several(parts) => parts,
            one => std::slice::from_ref(one),
        }
    }

    /// The accounts that are meant by name.
    pub fn accounts(&self) -> impl Iterator<Item = &(System, String)> {
        let parts = self.parts().iter();
        parts.flat_map(|part| match part {
            Self::Accounts { accounts, .. } => Some(accounts).into_iter().flatten(),
            _ => None.into_iter().flatten(),
        })
    }

    /// The systems that are meant as a whole, or of which accounts are meant by name.
    pub fn systems(&self) -> impl Iterator<Item = System> + '_ {
        let parts = self.parts().iter();
        let whole = parts.filter_map(|part| match part {
            Self::System { system, .. } => Some(*system),
            _ => None,
        });
        whole.chain(self.accounts().map(|(system, _)| *system))
    }

    /// Adds what can be logged out of together, as one logout.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        let mut parts = match self {
            Self::Several(parts) => parts,
            one => vec![one],
        };
        for part in other.parts() {
            if !parts.contains(part) {
                parts.push(part.clone());
            }
        }
        match parts.pop() {
            Some(only) if parts.is_empty() => only,
            last => {
                parts.extend(last);
                Self::Several(parts)
            }
        }
    }

    /// Whether sessions of a system that no configuration knows are meant too.
    pub fn is_everywhere(&self, of: System) -> bool {
        match self {
            Self::Several(parts) => parts.iter().any(|part| part.is_everywhere(of)),
            Self::Machine => true,
            Self::System {
                system, everywhere, ..
            } => *everywhere && *system == of,
            _ => false,
        }
    }
}

impl Question {
    /// Says who else is logged out, in one sentence, where the question is about that.
    pub fn sharing(&self) -> Option<String> {
        let Self::SharedSignIn { names, with } = self else {
            return None;
        };
        let verb = if names.len() == 1 { "is" } else { "are" };
        Some(format!(
            "{} {verb} signed in with the same secret as {}, and {verb} logged out with it",
            names.join(", "),
            with.join(", ")
        ))
    }
}

impl Request {
    /// The same for a machine that is no longer trusted: stored keys, logins to other services and what
    /// others share go too, and what no server ended is not kept for it.
    #[must_use]
    pub const fn for_incident(mut self) -> Self {
        self.incident = true;
        self.keychain = true;
        self.attached = true;
        self.force = true;
        self.revoke = true;
        self.keep_unrevoked = false;
        self
    }

    /// The default logout of a target.
    pub const fn new(target: Target) -> Self {
        Self {
            target,
            filter: Filter::NONE,
            keychain: false,
            revoke: true,
            refresh: true,
            keep_unrevoked: false,
            keep_unrevocable: false,
            attached: false,
            complete: false,
            purge_data: false,
            residue: false,
            possible: false,
            force: false,
            incident: false,
            client_app: None,
            allow_endpoints: Vec::new(),
        }
    }
}

/// The sign-ins that are meant. Names are keys of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// One identity and the links of its chain that nobody else uses.
    Identity(String),
    /// Providers and everything through them; `label` is what was typed.
    Providers {
        /// The providers.
        keys: Vec<String>,
        /// The name as it was typed: the provider's, or a system's.
        label: String,
    },
    /// All providers of a system, and everything through them.
    System {
        /// The providers.
        keys: Vec<String>,
        /// The system.
        system: System,
        /// Whether that is all of it on the machine, configured or not.
        everywhere: bool,
    },
    /// Accounts that systems keep by themselves, by system and name; `label` is what was typed.
    Accounts {
        /// The accounts.
        accounts: BTreeSet<(System, String)>,
        /// The name as it was typed.
        label: String,
    },
    /// A session that was found on disk and that no configuration knows.
    Found(Found),
    /// Several of these as one logout.
    Several(Vec<Self>),
    /// Everything that the configuration knows.
    Configured,
    /// Every session on the machine, whether the configuration knows it or not.
    Machine,
}

/// A session that no configuration knows, as it is named on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The name that was found.
    pub name: String,
    /// Only in this realm, where it matters; the empty one is what has no realm.
    pub realm: Option<String>,
    /// Only of this system, where it matters.
    pub system: Option<System>,
}

impl Found {
    /// Whatever has that name.
    pub fn called(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            realm: None,
            system: None,
        }
    }

    /// Whether a trace belongs to it.
    pub fn covers(&self, artefact: &Artefact) -> bool {
        let is_there = |realm: &String| artefact.realm.as_deref().unwrap_or_default() == realm;
        artefact.owner.as_orphan() == Some(&self.name)
            && self.realm.as_ref().is_none_or(is_there)
            && self.system.is_none_or(|system| artefact.system == system)
    }
}

/// Something that a person has to agree to before the plan may be executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Everything on a machine that is no longer trusted would be ended; the only question of such a
    /// logout, answered by `--force`.
    Incident {
        /// How many credentials would go.
        number: usize,
        /// What no server can end, each with the page where a person can, if there is one.
        rotate: Vec<String>,
    },
    /// Stored credentials would be deleted from the keyring; answered by `--force`.
    DeleteKeychain {
        /// The owner of the entries, as people say it: an identity, `all identities`.
        subject: String,
        /// Names of the entries.
        entries: Vec<String>,
    },
    /// Sessions that `atmos.yaml` does not configure would be ended; answered by `--force`.
    Unconfigured {
        /// The owners.
        names: Vec<String>,
    },
    /// Files that only look like sign-ins would be deleted; answered by `--force`.
    PossibleSignIns {
        /// The files, as people read them.
        files: Vec<String>,
    },
    /// History and transcripts would be deleted; answered by `--force`.
    PurgeData {
        /// The owner, as people say it.
        subject: String,
    },
    /// Lines of histories would be deleted, and removed secrets overwritten in logs, backups and databases;
    /// answered by `--force`.
    ClearResidue,
    /// Accounts that were not asked for are signed in with the same secret, and are logged out with those
    /// that were; answered by `--force`. Unanswered, they go too: they would be dead, and look alive.
    SharedSignIn {
        /// The others who are logged out too.
        names: Vec<String>,
        /// With whom.
        with: Vec<String>,
    },
    /// The same secret is at places that were not asked for, and no server ends it. Unanswered, it stays
    /// there, named as still good; `--force` is asked for beforehand, and takes it without a question.
    Copies {
        /// Whose the places are, as people say it.
        names: Vec<String>,
        /// The places.
        places: Vec<Place>,
    },
    /// Ending a token would end more than the sign-in here. Unanswered, it is not ended, and the
    /// rest is done.
    SharedToken {
        /// The token.
        token: Fingerprint,
        /// The owner, as people say it.
        subject: String,
        /// The other things that would end.
        why: &'static str,
    },
    /// A token would be sent to a host that only a configuration file names; answered by
    /// `--allow-endpoint HOST`, never by `--force`.
    Endpoint {
        /// The host.
        host: String,
    },
}
