//! The process that adieu runs in, as a [`World`]: the one place that reads its environment, its
//! directories, the time and the user.
//!
//! Nothing in the library reads the process itself: whoever starts adieu does, once, and hands the
//! world on.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the door through which the process is read"
)]

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use thiserror::Error;

use crate::printable::printable_path;
use crate::world::{Clock, Entropy, Environment, OperatingSystem, User, World, clean_path};

/// The directories that are asked for instead of this process's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessOptions<'a> {
    /// The home directory whose sign-ins are meant, if it is another one: then none of this process's
    /// variables are in the world.
    pub home: Option<&'a Path>,
    /// The working directory, if it is another one; it comes before `ATMOS_CHDIR`.
    pub directory: Option<&'a Path>,
}

/// The reason why a process cannot be made a world of.
#[derive(Debug, Error)]
pub enum ProcessError {
    /// The operating system does not tell the working directory.
    #[error("the working directory cannot be read")]
    NoWorkingDirectory(#[source] io::Error),
    /// The working directory that was asked for cannot be entered.
    #[error("{} cannot be entered", printable_path(.path))]
    Unreachable {
        /// The directory.
        path: PathBuf,
        /// The reason.
        #[source]
        error: io::Error,
    },
    /// The working directory that was asked for is not one.
    #[error("{} is not a directory", printable_path(.0))]
    NotADirectory(PathBuf),
    /// The home directory is not one.
    #[error("{} is not a directory", printable_path(.0))]
    NotAHome(PathBuf),
    /// Nothing tells where the home directory is.
    #[error("the home directory is not known")]
    NoHome,
}

impl World {
    /// Reads the process: its variables, its directories, who runs it, and the machine's clock, name
    /// and random source.
    ///
    /// # Errors
    ///
    /// [`ProcessError`] if there is no home or no working directory.
    pub fn of_this_process(options: &ProcessOptions<'_>) -> Result<Self, ProcessError> {
        let own: Environment = std::env::vars_os().collect();
        let current = std::env::current_dir().map_err(ProcessError::NoWorkingDirectory)?;
        let working_directory = match find_directory(&own, &current, options.directory) {
            Some(path) if path.is_dir() => match path.canonicalize() {
                Ok(directory) => directory,
                Err(error) => return Err(ProcessError::Unreachable { path, error }),
            },
            Some(path) => return Err(ProcessError::NotADirectory(path)),
            None => current.clone(),
        };
        let (home, environment) = match options.home {
            // Another person's tools do not see this person's variables.
            Some(path) => (current.join(path), Environment::default()),
            None => (find_home(&own)?, own.clone()),
        };
        if !home.is_dir() {
            return Err(ProcessError::NotAHome(home));
        }
        let temporary_directory = environment
            .get("TMPDIR")
            .map_or_else(default_temporary_directory, PathBuf::from);
        Ok(Self {
            user: User {
                name: user_name(&own),
                id: find_owner(&home, options.home.is_none()),
            },
            host: host_name()
                .or_else(|| own.get("COMPUTERNAME").map(str::to_owned))
                .unwrap_or_default(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            operating_system: OperatingSystem::current(),
            home,
            working_directory,
            temporary_directory,
            environment,
        })
    }
}

/// The clock of the machine, in whole seconds.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // What is shown and recorded needs no more.
        let now = Timestamp::now();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }
}

/// The random source of the operating system.
#[derive(Clone, Copy, Debug)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        if getrandom::fill(&mut bytes).is_err() {
            // Without a random source fingerprints are still unequal for unequal secrets; only
            // their secrecy beyond the process is gone, and they never leave it.
            bytes = [1; 32];
        }
        bytes
    }
}

/// The working directory as the shell calls it, which may lead through symbolic links. The search for
/// `atmos.yaml` starts there, and the realm is derived from that name
/// ([`crate::atmos::config::ConfigurationRequest::logical_directory`]).
pub fn logical_directory(options: &ProcessOptions<'_>) -> Option<PathBuf> {
    let own: Environment = std::env::vars_os().collect();
    let current = std::env::current_dir().ok()?;
    find_directory(&own, &current, options.directory).or_else(|| Some(name_of(&own, &current)))
}

/// The user id that this process runs with, for the audit trail; `None` where there are none.
#[cfg(unix)]
pub fn user_id() -> Option<u32> {
    Some(rustix::process::getuid().as_raw())
}

/// The user id that this process runs with, for the audit trail; `None` where there are none.
#[cfg(not(unix))]
pub fn user_id() -> Option<u32> {
    None
}

/// Finds where the directory that was asked for, else `ATMOS_CHDIR`, leads, by its name and without
/// `.` and `..`; `None` without either.
///
/// Source: Atmos `cmd/root.go` (`processEarlyChdirFlag`).
fn find_directory(own: &Environment, current: &Path, asked: Option<&Path>) -> Option<PathBuf> {
    let path = asked
        .map(Path::to_owned)
        .or_else(|| own.get("ATMOS_CHDIR").map(PathBuf::from))?;
    let expanded = match (path.strip_prefix("~"), find_home(own)) {
        (Ok(below), Ok(home)) => home.join(below),
        _ => path,
    };
    Some(clean_path(&name_of(own, current).join(expanded)))
}

/// The name of the working directory: `$PWD` if that is the same directory, else the path that the
/// system tells.
///
/// Source: Go `os.Getwd`.
fn name_of(own: &Environment, current: &Path) -> PathBuf {
    let named = own.get("PWD").map(PathBuf::from);
    let is_same = |path: &PathBuf| path.is_absolute() && is_same_directory(path, current);
    named
        .filter(|_| cfg!(unix))
        .filter(is_same)
        .unwrap_or_else(|| current.to_owned())
}

#[cfg(unix)]
fn is_same_directory(left: &Path, right: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |path: &Path| {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.dev(), metadata.ino()))
    };
    identity(left).is_some_and(|left| identity(right) == Some(left))
}

#[cfg(not(unix))]
fn is_same_directory(_: &Path, _: &Path) -> bool {
    false
}

fn find_home(environment: &Environment) -> Result<PathBuf, ProcessError> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    environment
        .get(name)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(std::env::home_dir)
        .ok_or(ProcessError::NoHome)
}

fn default_temporary_directory() -> PathBuf {
    if cfg!(windows) {
        std::env::temp_dir()
    } else {
        PathBuf::from("/tmp")
    }
}

/// Finds whose sign-ins are meant: the home's owner's for root and for a home that was named, else
/// those of who runs this program.
#[cfg(unix)]
fn find_owner(home: &Path, is_own: bool) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    let runs = rustix::process::geteuid();
    let owner = std::fs::metadata(home).ok()?.uid();
    // A home that belongs to root is nobody else's: containers have such homes.
    let is_meant = runs.is_root() || (!is_own && owner != 0);
    Some(if is_meant { owner } else { runs.as_raw() })
}

#[cfg(not(unix))]
fn find_owner(_home: &Path, _is_own: bool) -> Option<u32> {
    None
}

fn user_name(environment: &Environment) -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| environment.get(name))
        .map_or_else(
            || user_id().map_or_else(|| "unknown".to_owned(), |id| format!("uid {id}")),
            str::to_owned,
        )
}

#[cfg(unix)]
fn host_name() -> Option<String> {
    rustix::system::uname()
        .nodename()
        .to_str()
        .ok()
        .map(str::to_owned)
}

#[cfg(not(unix))]
fn host_name() -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_home_has_none_of_this_processs_variables() {
        let home = tempfile::tempdir().unwrap();
        let options = ProcessOptions {
            home: Some(home.path()),
            ..ProcessOptions::default()
        };
        let world = World::of_this_process(&options).unwrap();
        assert_eq!(world.home, home.path());
        assert_eq!(world.environment.iter().count(), 0);
        assert_ne!(world.entropy.bytes(), world.entropy.bytes());
    }

    #[test]
    fn what_is_no_directory_is_refused_by_its_name() {
        let home = tempfile::tempdir().unwrap();
        let missing = home.path().join("missing");
        let refused = |options: &ProcessOptions<'_>| {
            let refused = World::of_this_process(options).unwrap_err();
            (
                refused.to_string(),
                matches!(refused, ProcessError::NotAHome(_)),
            )
        };
        let message = format!("{} is not a directory", missing.display());
        let home = ProcessOptions {
            home: Some(&missing),
            directory: None,
        };
        assert_eq!(refused(&home), (message.clone(), true));
        let directory = ProcessOptions {
            home: None,
            directory: Some(&missing),
        };
        assert_eq!(refused(&directory), (message, false));
    }
}
