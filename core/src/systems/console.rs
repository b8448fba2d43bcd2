//! Browser profiles of `atmos auth console --isolated`: a session of the cloud's web console may be
//! alive in each. They are a browser's own, so they are named and left.
//!
//! Source: Atmos `cmd/auth/console.go`; a profile's directory is named by the first 16 hexadecimal
//! digits of the SHA-256 of `realm/identity`.

use std::collections::HashMap;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use super::System;
use super::discovery::{DiscoveryContext, DiscoveryScope, Lookup, build_artefact};
use crate::inventory::{Artefact, Owner, Place, State};
use crate::world::World;

/// `{data}/console/sessions/<16 hexadecimal digits>`.
pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let discovery = *discovery;
    let root = discovery.below(&discovery.world.atmos_data_root());
    let root = root.without_links_below();
    let Some(directory) = root.descend("console/sessions") else {
        return Vec::new();
    };
    vec![Lookup::listed(
        directory,
        None,
        move |directory, entries| {
            if entries.is_empty() {
                return Vec::new();
            }
            let names = list_directory_names(&discovery);
            let profiles = entries.iter().filter(|entry| entry.is_directory);
            profiles
                .filter_map(|entry| {
                    let (owner, system, realm) = match names.get(&entry.name) {
                        Some(known) => known.clone(),
                        None if discovery.reach == DiscoveryScope::Machine
                            && is_name(&entry.name) =>
                        {
                            (Owner::orphan("isolated browser"), System::ATMOS, None)
                        }
                        None => return None,
                    };
                    let place = Place::Named {
                        directory: entry.path_in(directory)?,
                    };
                    Some(Lookup::found(Artefact {
                        state: State::Unknown,
                        realm,
                        ..build_artefact(system, place, owner, "isolated browser profile")
                    }))
                })
                .collect()
        },
    )]
}

type Known = (Owner, System, Option<String>);

/// The directory names that the configured identities get.
fn list_directory_names(discovery: &DiscoveryContext<'_>) -> HashMap<String, Known> {
    let mut names = HashMap::new();
    for identity in discovery.identity_graph.identities() {
        let provider = discovery.identity_graph.root_provider(&identity.key);
        let owner = Owner::identity(&identity.key, provider.map(|entry| entry.key.as_str()));
        for realm in discovery.realms {
            let known = (owner.clone(), identity.system, Some(realm.clone()));
            names.insert(
                build_directory_name(realm, &identity.written),
                known.clone(),
            );
            names.insert(build_directory_name(realm, &identity.key), known);
        }
    }
    names
}

/// The directory of an identity's own browser profile, where Atmos has it too.
pub fn isolated_browser_directory(world: &World, realm: &str, identity: &str) -> PathBuf {
    let root = world.atmos_data_root().join("console").join("sessions");
    root.join(build_directory_name(realm, identity))
}

fn build_directory_name(realm: &str, identity: &str) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::digest(format!("{realm}/{identity}"));
    digest.iter().take(8).fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn is_name(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}
