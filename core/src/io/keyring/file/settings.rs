//! The directory and the password of Atmos's file back end.
//!
//! Source: Atmos `pkg/keyring`, the file store's options.

use std::path::{Component, Path, PathBuf};

use crate::io::files::ConfinedPath;
use crate::io::keyring::KeyringError;
use crate::secret::Secret;
use crate::world::World;

const PATH_VARIABLE: &str = "ATMOS_KEYRING_FILE_PATH";
const PASSWORD_NAME_VARIABLE: &str = "ATMOS_KEYRING_PASSWORD_ENV";
const PASSWORD_VARIABLE: &str = "ATMOS_KEYRING_PASSWORD";

/// The settings in `auth.keyring.spec` of an `atmos.yaml`; untrusted.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileSettings<'a> {
    /// `path`: the directory, or a file in it.
    pub path: Option<&'a str>,
    /// `password_env`: the variable that holds the password.
    pub password_env: Option<&'a str>,
}

impl FileSettings<'_> {
    /// The directory: `path`, else `ATMOS_KEYRING_FILE_PATH`, else `keyring` below the data root
    /// of Atmos. A path with an extension means its parent.
    ///
    /// A relative path starts from the working directory. The root of the answer is the home or
    /// working directory if the path is below one, so that no symbolic link that a repository
    /// brings along is followed. Elsewhere only a variable may lead, which the person has set.
    pub(super) fn directory(&self, world: &World) -> Result<ConfinedPath, KeyringError> {
        let refused = || KeyringError::not_available("its directory has no usable path");
        let from_file = self.path.filter(|path| !path.is_empty());
        let from_environment = world.environment.get(PATH_VARIABLE);
        let path = match from_file.or(from_environment) {
            Some(path) => {
                without_file_name(resolve_absolute_path(world, path).ok_or_else(refused)?)
            }
            None => Self::own_directory(world),
        };
        for root in [&world.home, &world.working_directory] {
            if let Ok(below) = path.strip_prefix(root) {
                let directory = ConfinedPath::new(root.as_path(), below).ok_or_else(refused)?;
                return Ok(if from_file.is_none() {
                    directory.following_links().without_links_below()
                } else {
                    directory
                });
            }
        }
        if from_file.is_none() {
            return Ok(ConfinedPath::root(path));
        }
        Err(KeyringError::not_available(format!(
            "atmos.yaml puts it at {}, outside of the home and working directories; \
             {PATH_VARIABLE} may lead there",
            path.display()
        )))
    }

    /// Whether no configuration names the directory: the person's variable does, or nothing.
    pub(super) fn is_left_to_the_person(&self) -> bool {
        self.path.is_none_or(str::is_empty)
    }

    /// The directory that Atmos uses where nothing names another one.
    pub(super) fn own_directory(world: &World) -> PathBuf {
        world.atmos_data_root().join("keyring")
    }

    /// Tells why the directory that a file names is not searched; `None` if it is.
    pub(crate) fn refusal(&self, world: &World) -> Option<KeyringError> {
        let path = self.path.filter(|path| !path.is_empty())?;
        let chosen = world.environment.get(PATH_VARIABLE);
        // What the person's own variable says may lead anywhere.
        if chosen.is_some_and(|chosen| {
            resolve_absolute_path(world, chosen) == resolve_absolute_path(world, path)
        }) {
            return None;
        }
        self.directory(world).err()
    }

    /// The variable that holds the password: named by `ATMOS_KEYRING_PASSWORD_ENV`, else by
    /// `password_env`, else `ATMOS_KEYRING_PASSWORD`.
    pub(super) fn password(&self, world: &World) -> Option<Secret> {
        let name = world
            .environment
            .get(PASSWORD_NAME_VARIABLE)
            .or(self.password_env.filter(|name| !name.is_empty()))
            .unwrap_or(PASSWORD_VARIABLE);
        world
            .environment
            .get(name)
            .map(|password| Secret::new(password.to_owned()))
    }
}

/// The path from the file system's root, without `.` and `..`, which are resolved by name as
/// Go's `filepath.Clean` does.
fn resolve_absolute_path(world: &World, path: &str) -> Option<PathBuf> {
    let path = world.working_directory.join(world.expand_tilde(path));
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                clean.pop();
            }
            Component::CurDir => {}
            other => clean.push(other),
        }
    }
    clean.is_absolute().then_some(clean)
}

/// The parent if the last component has an extension, by Go's rule: a dot anywhere in it, so that
/// `.keyring` is all extension.
fn without_file_name(path: PathBuf) -> PathBuf {
    let has_extension = path
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().contains(&b'.'));
    match path.parent() {
        Some(parent) if has_extension => Path::to_owned(parent),
        _ => path,
    }
}
