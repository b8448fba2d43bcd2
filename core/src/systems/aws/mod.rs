//! Amazon Web Services: Atmos's credential files, portal sessions, browser sign-ins, and what the
//! AWS CLI keeps of the same portals.

pub(crate) mod api;
mod browser;
mod cli_cache;
pub(crate) mod endpoint;
mod files;
mod folder;
mod history;
mod login_cache;
mod portal;
pub(crate) mod profile;
mod session;

pub use endpoint::portal_endpoint;
pub(in crate::systems) use folder::find_folder_name;
pub(in crate::systems) use portal::build_revocation;

use super::discovery::{DiscoveryContext, Lookup};

/// What Atmos writes for each realm apart.
pub(super) fn lookups_in_other_realms<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let mut lookups = files::in_realms(discovery);
    lookups.extend(browser::build_webflow_lookup(discovery));
    lookups
}

/// Everything of AWS that a logout should look at.
pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let mut lookups = files::list_lookups(discovery);
    lookups.extend(portal::list_lookups(discovery));
    lookups.extend(cli_cache::list_lookups(discovery));
    lookups.extend(browser::list_lookups(discovery));
    lookups.extend(login_cache::list_lookups(discovery));
    lookups.extend(history::list_lookups(discovery));
    lookups
}
