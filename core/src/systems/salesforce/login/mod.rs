//! Signing in to Salesforce orgs, in every way the real client knows, into the same files.
//!
//! Only the host that was named is asked, and the org that it hands out. The user name, which the
//! server chooses, is checked before it becomes a file name. What was written is read again and
//! decrypted before a sign-in counts as done.

mod access_token;
mod device;
mod error;
mod host;
mod jwt;
mod keys;
mod session;
mod sfdx_url;
mod store;
#[cfg(test)]
#[cfg(unix)]
mod tests;
mod web;

use crate::io::files::{ConfinedPath, FileError, Files};
use crate::io::net::Network;
use crate::systems::salesforce::PROJECT_FILE;
use crate::systems::salesforce::auth_file::LoginKind;
use crate::systems::salesforce::key::KeyPlace;
use crate::systems::salesforce::settings::DefaultKind;
use crate::world::World;

pub use access_token::{NotAnAccessToken, access_token, check_access_token};
pub use device::DeviceSignIn;
pub use error::LoginError;
pub use host::{callback_port, login_host};
pub use jwt::{JwtOptions, sign_in_with_jwt};
pub use keys::{FoundKey, FoundKeys, KeyProblem, KeyStore, NoKeyStore, SystemKeys, find_keys};
pub use sfdx_url::{NotAnAuthUrl, SfdxAuthUrl, sfdx_url};
pub use store::store_renewed;
pub use web::{WebOptions, WebSignIn};

/// What every sign-in works with.
#[derive(Clone, Copy, Debug)]
pub struct LoginContext<'a> {
    /// Everything from outside.
    pub world: &'a World,
    /// The door to the disk.
    pub files: &'a Files,
    /// The way to orgs.
    pub network: &'a Network,
    /// The operating system's key store.
    pub keys: &'a dyn KeyStore,
}

/// What a sign-in should leave behind besides the tokens.
#[derive(Clone, Debug, Default)]
pub struct Remember {
    /// A short name for the user.
    pub alias: Option<String>,
    /// Whether the user becomes the default org.
    pub set_default: bool,
    /// Whether the user becomes the default Dev Hub.
    pub set_default_dev_hub: bool,
    /// The project whose defaults are meant; the home directory's without one. See [`find_project_directory`].
    pub project: Option<ConfinedPath>,
}

/// A sign-in that was written, read again and decrypted.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The user name.
    pub username: String,
    /// The org's id.
    pub org_id: String,
    /// Where the org answers.
    pub instance_url: String,
    /// Where tokens are asked for.
    pub login_url: String,
    /// The connected app; none for access tokens.
    pub client_id: Option<String>,
    /// How.
    pub kind: LoginKind,
    /// The file that holds it.
    pub auth_file: ConfinedPath,
    /// The alias that was set.
    pub alias: Option<String>,
    /// The defaults that were set: which, to what, and whether in the project.
    pub defaults: Vec<(DefaultKind, String, bool)>,
    /// Where the key is.
    pub key_place: KeyPlace,
    /// What the person should know.
    pub notes: Vec<String>,
}

/// The directory of the project that the working directory is in: the nearest one above it with
/// `sfdx-project.json`.
///
/// # Errors
///
/// [`FileError`] if a directory on the way cannot be looked at.
pub fn find_project_directory(
    world: &World,
    files: &Files,
) -> Result<Option<ConfinedPath>, FileError> {
    for directory in world.working_directory.ancestors() {
        let root = ConfinedPath::root(directory);
        let Some(file) = root.join(PROJECT_FILE) else {
            return Ok(None);
        };
        if files.probe(&file)?.is_some() {
            return Ok(Some(root));
        }
    }
    Ok(None)
}
