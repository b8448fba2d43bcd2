//! Everything from outside: home, environment, clock, random source, operating system, user.
//!
//! No stage reads the process itself. So another user's home, a mounted disk and a hermetic test are
//! the same thing: a different [`World`]. [`World::of_this_process`] makes the real one.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::path::ConfinedPath;
use crate::printable::printable_path;

/// All that the library may know of the machine, besides what it reads from disk.
#[derive(Clone, Debug)]
pub struct World {
    /// The home directory whose sign-ins are meant; absolute.
    pub home: PathBuf,
    /// The directory that relative paths and the search for `atmos.yaml` start from; absolute.
    pub working_directory: PathBuf,
    /// Where programs put temporary files (`$TMPDIR`, else `/tmp`); absolute.
    pub temporary_directory: PathBuf,
    /// A snapshot of the environment variables.
    pub environment: Environment,
    /// Whose rules for places apply.
    pub operating_system: OperatingSystem,
    /// Who is asking.
    pub user: User,
    /// The machine's name, for the audit trail.
    pub host: String,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where random bytes come from.
    pub entropy: Arc<dyn Entropy>,
}

impl World {
    /// Makes a world in which nothing moves, for tests and recorded states: no variables, a clock that
    /// stands at `now`, the same random bytes each time, a person called `ana` without a user id on a
    /// machine called `desk`, and Linux's rules for places. The home is the working and the temporary
    /// directory too.
    pub fn fixed(home: impl Into<PathBuf>, now: Timestamp) -> Self {
        let home = home.into();
        Self {
            working_directory: home.clone(),
            temporary_directory: home.clone(),
            home,
            environment: Environment::default(),
            operating_system: OperatingSystem::Linux,
            user: User {
                name: "ana".to_owned(),
                id: None,
            },
            host: "desk".to_owned(),
            clock: Arc::new(FixedClock(now)),
            entropy: Arc::new(FixedEntropy([7; 32])),
        }
    }

    /// The world with these variables and no others.
    #[must_use]
    pub fn with_variables<K, V>(mut self, variables: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<OsString>,
        V: Into<OsString>,
    {
        self.environment = variables.into_iter().collect();
        self
    }

    /// The world whose home belongs to this user id.
    #[must_use]
    pub const fn owned_by(mut self, id: u32) -> Self {
        self.user.id = Some(id);
        self
    }

    /// The present time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The home directory as a place of the person's own: links that they made in it are followed.
    pub fn home_directory(&self) -> ConfinedPath {
        ConfinedPath::root(self.home.as_path()).following_links()
    }

    /// The configuration root of Atmos: `ATMOS_XDG_CONFIG_HOME`, `XDG_CONFIG_HOME`, else
    /// `~/.config` (macOS too), plus `atmos`; on Windows `%APPDATA%\atmos`.
    ///
    /// Source: Atmos `pkg/xdg/xdg.go`.
    pub fn atmos_config_root(&self) -> PathBuf {
        self.xdg(
            &["ATMOS_XDG_CONFIG_HOME", "XDG_CONFIG_HOME"],
            "APPDATA",
            ".config",
        )
        .join("atmos")
    }

    /// The cache root of Atmos: `ATMOS_XDG_CACHE_HOME`, `XDG_CACHE_HOME`, else `~/.cache`, plus
    /// `atmos`.
    pub fn atmos_cache_root(&self) -> PathBuf {
        self.xdg(
            &["ATMOS_XDG_CACHE_HOME", "XDG_CACHE_HOME"],
            "LOCALAPPDATA",
            ".cache",
        )
        .join("atmos")
    }

    /// The data root of Atmos: `ATMOS_XDG_DATA_HOME`, `XDG_DATA_HOME`, else `~/.local/share`, plus
    /// `atmos`.
    pub fn atmos_data_root(&self) -> PathBuf {
        self.xdg(
            &["ATMOS_XDG_DATA_HOME", "XDG_DATA_HOME"],
            "LOCALAPPDATA",
            ".local/share",
        )
        .join("atmos")
    }

    /// Where adieu keeps its own state: `$XDG_STATE_HOME/adieu`, else `~/.local/state/adieu`.
    pub fn state_root(&self) -> PathBuf {
        self.xdg(&["XDG_STATE_HOME"], "LOCALAPPDATA", ".local/state")
            .join("adieu")
    }

    /// Adieu's own settings: `$XDG_CONFIG_HOME/adieu`, else below `~/.config`; on Windows below `%APPDATA%`.
    pub fn configuration_directory(&self) -> ConfinedPath {
        let root = self
            .xdg(&["XDG_CONFIG_HOME"], "APPDATA", ".config")
            .join("adieu");
        let below_home = root
            .strip_prefix(&self.home)
            .ok()
            .and_then(|relative| ConfinedPath::new(self.home.as_path(), relative))
            // `~/.config` may be a link of the person's own.
            .map(ConfinedPath::following_links);
        below_home.unwrap_or_else(|| ConfinedPath::root(root))
    }

    /// The same as a [`ConfinedPath`]: below the home directory if it is in there.
    pub fn state_directory(&self) -> ConfinedPath {
        let root = self.state_root();
        let below_home = root
            .strip_prefix(&self.home)
            .ok()
            .and_then(|relative| ConfinedPath::new(self.home.as_path(), relative));
        below_home.unwrap_or_else(|| ConfinedPath::root(root))
    }

    fn xdg(&self, variables: &[&str], windows: &str, fallback: &str) -> PathBuf {
        let mut candidates = variables.to_vec();
        if self.operating_system == OperatingSystem::Windows {
            candidates.push(windows);
        }
        candidates
            .iter()
            .filter_map(|name| self.environment.get(name))
            .map(PathBuf::from)
            .find(|path| path.is_absolute())
            .unwrap_or_else(|| self.home.join(fallback))
    }

    /// Replaces a leading `~` or `~/` by the home directory; `~name` is left alone and refused
    /// later as a relative path.
    pub fn expand_tilde(&self, path: &str) -> PathBuf {
        match path.strip_prefix('~') {
            Some("") => self.home.clone(),
            Some(rest) if rest.starts_with('/') || rest.starts_with('\\') => {
                self.home.join(&rest[1..])
            }
            _ => PathBuf::from(path),
        }
    }

    /// Replaces variables (`$NAME`, `${NAME}`) by their values and then a leading `~`, as Python's
    /// `expandvars` and `expanduser` do; a variable that is not set stays as it is written.
    pub fn expand_path(&self, path: &str) -> PathBuf {
        let mut text = String::new();
        let mut rest = path;
        while let Some((before, after)) = rest.split_once('$') {
            text.push_str(before);
            let braced = after
                .strip_prefix('{')
                .and_then(|inner| inner.split_once('}'));
            let (name, behind) = braced.unwrap_or_else(|| {
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                after.split_at(after.find(|c| !is_name(c)).unwrap_or(after.len()))
            });
            let value = match name {
                "HOME" => Some(self.home.to_string_lossy()),
                name => self.environment.get(name).map(Into::into),
            };
            if let Some(value) = value {
                text.push_str(&value);
            } else {
                text.push('$');
                text.push_str(&after[..after.len() - behind.len()]);
            }
            rest = behind;
        }
        text.push_str(rest);
        self.expand_tilde(&text)
    }

    /// The path as people read it: the home directory shortened to `~`, what cannot be seen written
    /// out.
    pub fn shorten(&self, path: &Path) -> String {
        match path.strip_prefix(&self.home) {
            Ok(rest) if rest.as_os_str().is_empty() => "~".to_owned(),
            Ok(rest) => format!("~/{}", printable_path(rest)),
            Err(_) => printable_path(path),
        }
    }
}

/// The path without `.` and `..`, by its text alone, as Go's `filepath.Clean` has it.
pub fn clean_path(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                cleaned.pop();
            }
            other => cleaned.push(other),
        }
    }
    cleaned
}

/// A snapshot of environment variables.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// The variable's value, if it is set, not empty, and valid Unicode.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(OsStr::new(name))
            .and_then(|value| value.to_str())
            .filter(|v| !v.is_empty())
    }

    /// Whether the variable is set, even to nothing.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(OsStr::new(name))
    }

    /// All variables, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }
}

impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

/// Names only: values may be secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

/// Whose rules for places and key stores apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatingSystem {
    /// Linux and the BSDs.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl OperatingSystem {
    /// The one this program was built for.
    pub const fn current() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_vendor = "apple") {
            Self::MacOs
        } else {
            Self::Linux
        }
    }
}

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The login name, for the audit trail.
    pub name: String,
    /// The user id that owns the home directory: what is changed must belong to it. `None` where
    /// there are no user ids (Windows).
    pub id: Option<u32>,
}

/// Where the time comes from.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The present time.
    fn now(&self) -> Timestamp;
}

/// A clock that stands still, for tests and recorded states.
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Where random bytes come from.
pub trait Entropy: fmt::Debug + Send + Sync {
    /// 32 bytes that nobody can guess.
    fn bytes(&self) -> [u8; 32];
}

/// Bytes that everybody can guess, for tests and recorded states.
#[derive(Clone, Copy, Debug)]
pub struct FixedEntropy(pub [u8; 32]);

impl Entropy for FixedEntropy {
    fn bytes(&self) -> [u8; 32] {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(environment: &[(&str, &str)]) -> World {
        World::fixed("/home/ana", Timestamp::UNIX_EPOCH).with_variables(environment.iter().copied())
    }

    #[test]
    fn atmos_roots_follow_its_own_variables_first() {
        assert_eq!(
            world(&[]).atmos_config_root(),
            Path::new("/home/ana/.config/atmos")
        );
        let both = world(&[("XDG_CONFIG_HOME", "/x"), ("ATMOS_XDG_CONFIG_HOME", "/a")]);
        assert_eq!(both.atmos_config_root(), Path::new("/a/atmos"));
        assert_eq!(
            world(&[("XDG_CACHE_HOME", "rel")]).atmos_cache_root(),
            Path::new("/home/ana/.cache/atmos")
        );
    }

    #[test]
    fn tilde_expands_only_for_the_own_home() {
        let world = world(&[]);
        assert_eq!(world.expand_tilde("~"), Path::new("/home/ana"));
        assert_eq!(world.expand_tilde("~/x"), Path::new("/home/ana/x"));
        assert_eq!(world.expand_tilde("~bob/x"), Path::new("~bob/x"));
        assert_eq!(world.shorten(Path::new("/home/ana/x")), "~/x");
        assert_eq!(world.shorten(Path::new("/home/anabel")), "/home/anabel");
    }

    #[test]
    fn paths_are_expanded_as_their_readers_do_it() {
        let world = world(&[("PLACE", "/x"), ("EMPTY", "")]);
        let home = world.home.clone();
        for (written, meant) in [
            ("~/a", home.join("a")),
            ("$HOME/a", home.join("a")),
            ("${HOME}/a", home.join("a")),
            ("$PLACE/b", PathBuf::from("/x/b")),
            ("a/${PLACE}b", PathBuf::from("a//xb")),
            ("$NOBODY/c", PathBuf::from("$NOBODY/c")),
            ("${NOBODY}/c", PathBuf::from("${NOBODY}/c")),
            ("a$", PathBuf::from("a$")),
            ("/plain", PathBuf::from("/plain")),
        ] {
            assert_eq!(world.expand_path(written), meant, "{written}");
        }
    }

    #[test]
    fn debug_of_the_environment_shows_names_only() {
        let shown = format!("{:?}", world(&[("AWS_SECRET_ACCESS_KEY", "FAKE-value")]));
        assert!(shown.contains("AWS_SECRET_ACCESS_KEY") && !shown.contains("FAKE-value"));
    }
}
