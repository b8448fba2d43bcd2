//! The names of the directories in which Atmos keeps the AWS files of a chain.
//!
//! A chain that starts at a provider has the provider's name. One that starts at an identity
//! (`aws/user`, `aws/ambient`, an emulator) has that identity's name; only what the user signs in to
//! itself lies in `aws-user`.
//!
//! Source: Atmos `pkg/auth/manager.go` (`PostAuthenticate`), `pkg/auth/identities/aws/user.go`;
//! recorded state of a running Atmos (`roles-behind-user`).

use crate::atmos::identity_graph::{IdentityEntry, IdentityGraph};

const USER: &str = "aws-user";
const AMBIENT: &str = "aws-ambient";

/// The directory names that are no provider's and no identity's.
pub(super) const PSEUDO_PROVIDERS: [&str; 2] = [USER, AMBIENT];

/// The name of the directory that Atmos writes the AWS files of an identity into; `None` if its chain
/// has a ring or a missing link.
pub(in crate::systems) fn find_folder_name<'a>(
    identity_graph: &'a IdentityGraph,
    identity: &str,
) -> Option<&'a str> {
    if identity_graph.identity(identity)?.kind == "aws/user" {
        // Atmos does so whatever a `via` says.
        return Some(USER);
    }
    if let Some(provider) = identity_graph.root_provider(identity) {
        return Some(&provider.key);
    }
    let root = identity_graph.root_identity(identity)?;
    if identity_graph.identity(identity)?.key != root.key {
        return Some(&root.key);
    }
    Some(pseudo_provider(root).unwrap_or(&root.key))
}

/// Whether the files of an identity may be in the directory of this name: the one that Atmos writes
/// to, and for chains that start at an identity the one that earlier releases wrote to.
pub(super) fn is_folder_of(
    identity_graph: &IdentityGraph,
    identity: &str,
    directory: &str,
) -> bool {
    let entry = identity_graph.identity(identity);
    if directory == USER && entry.is_some_and(|entry| entry.kind == "aws/user") {
        return true;
    }
    if let Some(provider) = identity_graph.root_provider(identity) {
        return provider.key == directory;
    }
    match identity_graph.root_identity(identity) {
        Some(root) => root.key == directory || pseudo_provider(root) == Some(directory),
        // A ring or a missing link: the name is all there is to go by.
        None => entry.is_some(),
    }
}

/// What stands for a provider in chains that start at an identity of this kind.
fn pseudo_provider(root: &IdentityEntry) -> Option<&'static str> {
    match root.kind.as_str() {
        "aws/user" => Some(USER),
        "aws/ambient" => Some(AMBIENT),
        _ => None,
    }
}
