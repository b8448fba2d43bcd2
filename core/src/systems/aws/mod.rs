//! Amazon Web Services: Atmos's credential files, portal sessions, browser sign-ins, and what the
//! AWS CLI keeps of the same portals.

pub(crate) mod api;
mod browser;
mod cli_cache;
pub(super) mod endpoint;
mod files;
mod folder;
mod portal;
pub(crate) mod profile;
mod session;

pub use endpoint::portal_endpoint;
pub(in crate::systems) use folder::folder;
pub(in crate::systems) use portal::revocation;

use super::discovery::{DiscoveryContext, Lookup};

/// What Atmos writes for each realm apart.
pub(super) fn lookups_in_other_realms<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let mut lookups = files::in_realms(discovery);
    lookups.extend(browser::webflow(discovery));
    lookups
}

/// Everything of AWS that a logout should look at.
pub(super) fn lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let mut lookups = files::lookups(discovery);
    lookups.extend(portal::lookups(discovery));
    lookups.extend(cli_cache::lookups(discovery));
    lookups.extend(browser::lookups(discovery));
    lookups
}
