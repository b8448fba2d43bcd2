//! The families of sign-ins: where each keeps things, how each is ended. Systems describe; the
//! stages act.
//!
//! A system hands out [`discovery::Lookup`]s: which directories to list and which files to read, with
//! pure functions that turn what was read into artefacts. Adding a system is adding a module here.

mod abandoned;
mod ai;
pub(crate) mod aws;
pub(crate) mod azure;
mod catalogue;
mod child_environment;
mod console;
pub mod discovery;
mod docker;
mod file_rules;
mod gcp;
mod github;
mod helpers;
mod keyring_entries;
mod kubernetes;
mod mock;
mod overrides;
pub mod salesforce;
mod shapes;
mod variables;

pub use ai::{DIRECTORY_VARIABLES, GOOGLE, OPENAI};
pub use github::INSTALLATION as GITHUB;

use crate::remote::HttpService;

/// The services that end a token in one request.
pub static SERVICES: [&HttpService; 3] = [&GITHUB, &GOOGLE, &OPENAI];

pub use crate::system::System;
pub(crate) use abandoned::{describe_abandoned, list_abandoned_places as places_of_abandoned};
pub(crate) use ai::COPIES;
pub use aws::portal_endpoint;
pub use child_environment::{
    ChildEnvironment, derive_child_environment, derive_profile_environment,
};
pub use console::isolated_browser_directory;
pub use file_rules::{FileRules, file_rules};
pub use keyring_entries::describe_keyring_entries;
pub use overrides::of_variable;
pub use shapes::{
    CredentialPlace, find_credentials, is_called_like_credential, members_of_possible, name_row,
};
pub use variables::{
    VariableValue, Variables, VariablesError, collect_variables, find_aws_directory,
    find_google_directory, find_google_project, find_region, is_plain, is_variable_name,
};

use self::discovery::{DiscoveryContext, Lookup};
use crate::atmos::config::{Node, Unset, Value, Via};
use crate::inventory::Owner;

/// Everything that discovery should look at, besides the key stores. `told` has the places that only
/// start-up files name, too: for those who look at the usual ones all the same.
pub fn list_lookups<'a>(
    discovery: &DiscoveryContext<'a>,
    told: &DiscoveryContext<'a>,
) -> Vec<Lookup<'a>> {
    let systems = [
        aws::list_lookups,
        azure::list_lookups,
        gcp::list_lookups,
        kubernetes::list_lookups,
        docker::list_lookups,
        helpers::lookups,
        github::list_lookups,
        mock::list_lookups,
        keyring_entries::list_lookups,
        console::list_lookups,
        salesforce::list_lookups,
        overrides::list_lookups,
        ai::list_lookups,
    ];
    let lookups = systems.iter().flat_map(|describe| describe(discovery));
    // After those that know more of a place.
    lookups
        .chain(catalogue::list_lookups(told))
        .chain(shapes::list_lookups(told))
        .collect()
}

/// What discovery should look at to tell who is signed in under a configuration's names in realms
/// that are not its own. Every place has a realm of its own, so this is much less than everything.
pub fn lookups_in_other_realms<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    [
        aws::lookups_in_other_realms,
        azure::lookups_in_other_realms,
        gcp::list_lookups,
    ]
    .iter()
    .flat_map(|describe| describe(discovery))
    .collect()
}

/// Whether a value is what a YAML function gives that is never evaluated here: it exists, and is not
/// known.
fn is_result_of_function(node: &Node) -> bool {
    matches!(node.value, Value::Unset(Unset::Function(_)))
}

/// Whose something linked by `via` is.
fn find_linked_owner(discovery: &DiscoveryContext<'_>, via: &Via) -> Option<Owner> {
    if let Some(provider) = via.provider() {
        let entry = discovery.identity_graph.provider(&provider.key)?;
        return Some(Owner::providers([&entry.key]));
    }
    let entry = discovery.identity_graph.identity(&via.identity()?.key)?;
    let root = discovery
        .identity_graph
        .root_provider(&entry.key)
        .map(|provider| provider.key.as_str());
    Some(Owner::identity(&entry.key, root))
}

/// Whose something is that all of these use. What several identities use is their providers', as a
/// portal's session is: the logout of one of them leaves it to the others.
///
/// An identity without a provider has nothing that could stand for it and the others, so then it is
/// each one's.
fn of_all(users: Vec<Owner>) -> Vec<Owner> {
    let mut distinct: Vec<Owner> = Vec::new();
    for user in users {
        if !distinct.contains(&user) {
            distinct.push(user);
        }
    }
    if distinct.len() < 2 || distinct.iter().any(|user| user.as_providers().is_empty()) {
        return distinct;
    }
    let mut providers: Vec<String> = Vec::new();
    for provider in distinct.iter().flat_map(Owner::as_providers) {
        if !providers.contains(provider) {
            providers.push(provider.clone());
        }
    }
    vec![Owner::providers(providers)]
}
