//! Signing in to AWS as the identities of `atmos.yaml`, and to what the AWS CLI signs in to.
//!
//! [`SignIn::keys_of`] is the way in for whoever wants to work as an identity: it makes sure that the
//! identity is signed in and hands out its keys. What is live on disk is used; keys count as live while
//! they have more than [`SPARE`] left.
//!
//! Files are the ones that Atmos and the AWS CLI keep themselves, so that each of them uses what is
//! signed in here, and the other way round.

mod ambient;
mod ask;
mod atmos_files;
mod aws_config;
mod cached;
mod caller;
mod chain;
mod cli_login;
mod cli_roles;
mod client;
mod clusters;
mod console;
mod endpoint;
mod error;
mod federation;
mod iam;
mod keys;
mod memory;
mod person;
mod portal;
mod process;
mod profile;
mod profiles;
mod proof;
mod provisioned;
mod python_json;
mod roles;
mod saml;
mod session_files;
mod signed;
mod sts;
mod target;
mod totp;
mod user;
mod user_keys;
mod webflow;
mod written_profiles;

use std::time::Duration;

use self::aws_config::AwsConfig;
use jiff::Timestamp;

use crate::atmos::config::{Configuration, Identity, IdentityKind, Provider, resolve_chain};
use crate::atmos::identity_graph::IdentityGraph;
use crate::io::files::Files;
use crate::io::keyring::Keyring;
use crate::io::net::Network;
use crate::remote::TrustedHost;
use crate::world::World;

pub use atmos_files::place;
pub use caller::Caller;
pub use clusters::{Cluster, ClusterToken, PUBLIC_REGISTRY, RegistryLogin};
pub use console::{CONSOLE_URL_LIFE, ConsoleLogin, ConsoleRequest};
pub use endpoint::Service;
pub use error::SignInError;
pub use iam::{
    LastUse, OLDER_SESSIONS_POLICY, Proof, Retirement, build_older_sessions_policy, reason_of,
};
pub use keys::RoleKeys;
pub use memory::Memory;
pub use person::{NoPerson, Person, Question, Unanswered, Wait, WayToAsk};
pub use profile::ProfileFacts;
pub use target::PortalTarget;
pub use totp::TotpSeed;
pub use user_keys::{NewUserKey, UserKey};
pub use written_profiles::{ProfileChanges, WrittenProfile};

/// Keys that end sooner than this are signed in again: the tools ask for new ones 15 minutes ahead.
///
/// Source: Atmos `pkg/auth/manager_chain.go`; botocore `credentials.py`.
pub const SPARE: Duration = Duration::from_mins(15);

/// The same for keys that last for 15 minutes at most.
const SHORT_SPARE: Duration = Duration::from_mins(5);

/// How a person is asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wishes {
    /// The port that a browser comes back to; 0 for any.
    pub callback_port: u16,
    /// How long the person may take, if not as long as their server lets them.
    pub patience: Option<Duration>,
    /// Whether an IAM user signs in in a browser although there are keys.
    pub prefers_browser: bool,
}

/// The machine, the configuration and the person that a sign-in works with.
#[derive(Clone)]
pub struct SignIn<'a> {
    /// Everything from outside.
    pub world: &'a World,
    /// The door to the disk.
    pub files: &'a Files,
    /// What `atmos.yaml` says.
    pub configuration: &'a Configuration,
    /// Who is configured.
    pub identity_graph: &'a IdentityGraph,
    /// The key stores; typed keys may be in them.
    pub keyrings: &'a [Box<dyn Keyring>],
    /// The way to servers.
    pub network: Network,
    /// Hosts that the person let secrets go to.
    pub allowed: &'a [TrustedHost],
    /// Who is asked.
    pub person: &'a dyn Person,
    /// Whether the person may be asked at all.
    pub may_ask: bool,
    /// Whether what is live is signed in anew all the same.
    pub force: bool,
    /// How the person is asked.
    pub wishes: Wishes,
    /// What was signed in so far.
    pub memory: Memory,
    /// The profile of the AWS CLI whose settings count, if not the one in effect.
    pub profile: Option<String>,
}

impl SignIn<'_> {
    /// The way to AWS's servers in this world, with the certificates that the profile in effect names.
    pub fn network(world: &World, files: &Files) -> Network {
        let network = Network::new(world);
        let config = AwsConfig::read(world, files, None).ok();
        let bundle = config.and_then(|config| config.setting("ca_bundle"));
        match bundle.filter(|_| world.environment.get("AWS_CA_BUNDLE").is_none()) {
            Some(bundle) => network.trusting("ca_bundle of the AWS profile", &bundle),
            None => network,
        }
    }

    /// Makes sure that an identity is signed in, and hands out its keys.
    ///
    /// # Errors
    ///
    /// [`SignInError`]; [`SignInError::NeedsPerson`] where only a person can go on and
    /// [`SignIn::may_ask`] is not set.
    pub fn keys_of(&self, identity: &Identity) -> Result<RoleKeys, SignInError> {
        let mut keys = self.keys_of_all(&[identity]);
        keys.pop().unwrap_or(Err(SignInError::Interrupted))
    }

    /// The same for several identities: each portal is signed in at once, and its roles are asked for
    /// together. The results have the order of the identities.
    pub fn keys_of_all(&self, identities: &[&Identity]) -> Vec<Result<RoleKeys, SignInError>> {
        let mut results: Vec<Option<Result<RoleKeys, SignInError>>> = Vec::new();
        let mut fresh: Vec<usize> = Vec::new();
        for (at, identity) in identities.iter().enumerate() {
            results.push(self.without_asking(identity).transpose());
            if results[at].is_none() {
                fresh.push(at);
            }
        }
        self.sign_in_permission_sets(identities, &fresh, &mut results);
        for &at in &fresh {
            if results[at].is_none() {
                results[at] = Some(self.sign_in(identities[at]));
            }
        }
        let stored = fresh.iter().filter_map(|&at| {
            let keys = results[at].as_ref()?.as_ref().ok()?;
            // What the environment has is the environment's to keep.
            let is_kept = identities[at].kind != IdentityKind::AwsAmbient;
            is_kept.then_some((identities[at], keys))
        });
        let stored: Vec<(&Identity, &RoleKeys)> = stored.collect();
        let failures = self.store_all(&stored);
        let failures: Vec<(String, SignInError)> = failures
            .into_iter()
            .map(|(identity, error)| (identity.name.key.clone(), error))
            .collect();
        for (key, error) in failures {
            let at = identities
                .iter()
                .position(|identity| identity.name.key == key);
            if let Some(at) = at {
                results[at] = Some(Err(error));
            }
        }
        let unasked = || Err(SignInError::Interrupted);
        results
            .into_iter()
            .map(|result| result.unwrap_or_else(unasked))
            .collect()
    }

    /// Keys that need no server; `None` if the identity has to be signed in anew.
    fn without_asking(&self, identity: &Identity) -> Result<Option<RoleKeys>, SignInError> {
        resolve_chain(&self.configuration.auth, &identity.name.key)?;
        if !is_of_aws(&identity.kind) {
            return Err(SignInError::NotAws {
                identity: identity.name.written.clone(),
                kind: identity.kind.id().to_owned(),
            });
        }
        self.live_keys(identity)
    }

    /// The permission sets among them, portal by portal.
    fn sign_in_permission_sets(
        &self,
        identities: &[&Identity],
        fresh: &[usize],
        results: &mut [Option<Result<RoleKeys, SignInError>>],
    ) {
        let mut groups: Vec<(Vec<usize>, Vec<roles::PermissionSet>)> = Vec::new();
        for &at in fresh {
            if identities[at].kind != IdentityKind::AwsPermissionSet {
                continue;
            }
            match self.permission_set(identities[at]) {
                Ok(set) => {
                    let mut known = groups.iter_mut();
                    match known.find(|(_, sets)| sets[0].portal == set.portal) {
                        Some((places, sets)) => {
                            places.push(at);
                            sets.push(set);
                        }
                        None => groups.push((vec![at], vec![set])),
                    }
                }
                Err(error) => results[at] = Some(Err(error)),
            }
        }
        for (places, sets) in groups {
            let answers = self.keys_of_permission_sets(&sets);
            for (at, keys) in places.into_iter().zip(answers) {
                if let Ok(keys) = &keys {
                    self.memory.keep_keys(&identities[at].name.key, keys);
                }
                results[at] = Some(keys);
            }
        }
    }

    /// The portal of a provider of `atmos.yaml`.
    ///
    /// # Errors
    ///
    /// [`SignInError::NotAws`] for a provider of another kind, [`SignInError::Configuration`].
    pub fn portal_of_provider(&self, provider: &Provider) -> Result<PortalTarget, SignInError> {
        let config = self.aws_config()?;
        PortalTarget::of_provider(provider, &config)
    }

    /// The portal of a session or a profile of `~/.aws/config`; `None` if none has that name.
    ///
    /// # Errors
    ///
    /// [`SignInError::Configuration`] if it has that name and leads to no portal.
    pub fn portal_of_aws_config(&self, name: &str) -> Result<Option<PortalTarget>, SignInError> {
        let config = self.aws_config()?;
        PortalTarget::of_aws_config(name, &config).transpose()
    }

    /// The names of sessions of portals and of profiles that lead to one, in `~/.aws/config`.
    ///
    /// # Errors
    ///
    /// [`SignInError::File`].
    pub fn portal_names(&self) -> Result<Vec<String>, SignInError> {
        let config = self.aws_config()?;
        let sessions = config.sessions().map(|(name, _)| name.to_owned());
        let leads_there = |name: &&str| {
            let profile = config.profile(name);
            profile.is_some_and(|profile| {
                profile.text("sso_session").is_some() || profile.text("sso_start_url").is_some()
            })
        };
        let profiles = config.profiles().filter(leads_there).map(str::to_owned);
        Ok(sessions.chain(profiles).collect())
    }

    /// Whether this run has needed a portal's session.
    pub fn has_asked(&self, portal: &PortalTarget) -> bool {
        self.memory.session(portal).is_some()
    }

    /// Makes sure that somebody is signed in at a portal; the end of the session.
    ///
    /// # Errors
    ///
    /// [`SignInError`].
    pub fn sign_in_at(&self, portal: &PortalTarget) -> Result<Timestamp, SignInError> {
        Ok(self.portal_session(portal, None)?.expires_at)
    }

    /// Keys of an identity that need nobody: from this run, or from disk.
    fn live_keys(&self, identity: &Identity) -> Result<Option<RoleKeys>, SignInError> {
        let now = self.world.now();
        // What a browser brings an IAM user never lasts longer.
        let spare = match identity.kind {
            IdentityKind::AwsUser | IdentityKind::AwsAssumeRoot => SHORT_SPARE,
            _ => SPARE,
        };
        if let Some(keys) = self.memory.keys(&identity.name.key) {
            return Ok(Some(keys).filter(|keys| keys.lasts(now, spare)));
        }
        if self.force {
            return Ok(None);
        }
        let stored = self.stored_keys(identity)?;
        Ok(stored.filter(|keys| keys.lasts(now, spare)))
    }

    /// Signs an identity in anew.
    fn sign_in(&self, identity: &Identity) -> Result<RoleKeys, SignInError> {
        let keys = match identity.kind {
            IdentityKind::AwsPermissionSet => {
                let set = self.permission_set(identity)?;
                let mut keys = self.keys_of_permission_sets(&[set]);
                keys.pop().unwrap_or(Err(SignInError::Interrupted))?
            }
            IdentityKind::AwsAssumeRole => self.assume_role(identity)?,
            IdentityKind::AwsAssumeRoot => self.assume_root(identity)?,
            IdentityKind::AwsUser => self.sign_in_user(identity)?,
            IdentityKind::AwsAmbient => self.ambient_keys(identity)?,
            _ => {
                return Err(SignInError::NotAws {
                    identity: identity.name.written.clone(),
                    kind: identity.kind.id().to_owned(),
                });
            }
        };
        self.memory.keep_keys(&identity.name.key, &keys);
        Ok(keys)
    }

    /// A permission set with the portal that it is one of.
    fn permission_set(&self, identity: &Identity) -> Result<roles::PermissionSet, SignInError> {
        let lacks = |problem: &str| SignInError::Configuration {
            entry: format!("identity \"{}\"", identity.name.written),
            problem: problem.to_owned(),
        };
        let provider = identity.via.provider().and_then(|name| {
            let auth = &self.configuration.auth;
            auth.provider(&name.key)
        });
        let provider = provider.ok_or_else(|| lacks("`via.provider` names no provider"))?;
        let text = |path: &[&str]| identity.compared(path).map(str::to_owned);
        let of_account = |key: &str| text(&["principal", "account", key]);
        let account = match (of_account("id"), of_account("name")) {
            (Some(id), _) => roles::AccountName::Id(id),
            (None, Some(name)) => roles::AccountName::Name(name),
            (None, None) => return Err(lacks("`principal.account` has no id and no name")),
        };
        Ok(roles::PermissionSet {
            name: identity.name.written.clone(),
            portal: PortalTarget::of_provider(provider, &self.aws_config()?)?,
            account,
            role: text(&["principal", "name"])
                .ok_or_else(|| lacks("`principal.name` is missing"))?,
            endpoint_url: identity.endpoint_url().map(str::to_owned),
            region: self.region_of(identity).map(str::to_owned),
        })
    }

    /// The settings of the AWS tools.
    fn aws_config(&self) -> Result<AwsConfig, SignInError> {
        let profile = self.profile.as_deref();
        Ok(AwsConfig::read(self.world, self.files, profile)?)
    }
}

/// Whether an identity's keys are AWS's.
const fn is_of_aws(kind: &IdentityKind) -> bool {
    matches!(
        kind,
        IdentityKind::AwsPermissionSet
            | IdentityKind::AwsAssumeRole
            | IdentityKind::AwsAssumeRoot
            | IdentityKind::AwsUser
            | IdentityKind::AwsAmbient
    )
}
