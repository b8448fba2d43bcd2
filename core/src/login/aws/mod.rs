//! Signing in to AWS as the identities of `atmos.yaml`, and to what the AWS CLI signs in to.
//!
//! [`SignIn::keys_of`] is the way in for whoever wants to work as an identity: it makes sure that the
//! identity is signed in and hands out its keys. What is live on disk is used; keys count as live while
//! they have more than [`SPARE`] left.
//!
//! Files are the ones that Atmos and the AWS CLI keep themselves, so that each of them uses what is
//! signed in here, and the other way round.

#![expect(dead_code, reason = "what signs in stands on it, and follows")]

mod atmos_files;
mod aws_config;
mod cached;
mod caller;
mod client;
mod console;
mod endpoint;
mod error;
mod keys;
mod person;

use std::time::Duration;

use self::aws_config::AwsConfig;
use crate::atmos::config::{Configuration, Identity, IdentityKind, resolve_chain};
use crate::atmos::identity_graph::IdentityGraph;
use crate::io::files::Files;
use crate::io::keyring::Keyring;
use crate::io::net::Network;
use crate::remote::TrustedHost;
use crate::world::World;

pub use caller::Caller;
pub use console::{CONSOLE_URL_LIFE, ConsoleLogin, ConsoleRequest};
pub use endpoint::Service;
pub use error::SignInError;
pub use keys::RoleKeys;
pub use person::{NoPerson, Person, Question, Unanswered, Wait, WayToAsk};

/// Keys that end sooner than this are signed in again: the tools ask for new ones 15 minutes ahead.
///
/// Source: Atmos `pkg/auth/manager_chain.go`; botocore `credentials.py`.
pub const SPARE: Duration = Duration::from_mins(15);

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
}

impl SignIn<'_> {
    /// The way to AWS's servers in this world, with the certificates that the profile in effect names.
    pub fn network(world: &World, files: &Files) -> Network {
        let network = Network::new(world);
        let config = AwsConfig::read(world, files).ok();
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
        resolve_chain(&self.configuration.auth, &identity.name.key)?;
        if !is_of_aws(&identity.kind) {
            return Err(SignInError::NotAws {
                identity: identity.name.written.clone(),
                kind: identity.kind.id().to_owned(),
            });
        }
        let stored = self.stored_keys(identity)?;
        let now = self.world.now();
        stored
            .filter(|keys| !self.force && keys.lasts(now, SPARE))
            .ok_or_else(|| SignInError::NeedsPerson {
                what: format!("identity \"{}\"", identity.name.written),
            })
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
