//! The place that a problem is about.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::path::ConfinedPath;
use crate::system::System;
use crate::world::World;

/// The place that a problem is about: what rules decide from, and how people and JSON read it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    kind: Kind,
    shown: String,
}

/// The kind of a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    /// A file or directory, absolute.
    Path(PathBuf),
    /// A line of a file, which is absolute.
    Line(PathBuf, usize),
    /// A key store; of its entries only a system's own, if it is one.
    KeyStore(Option<System>),
    /// Something that has no path: a variable, a provider of the configuration, a path that cannot be
    /// followed.
    Named,
}

impl Location {
    /// A file or directory, shown in full.
    pub fn path(path: &Path) -> Self {
        Self::of_path(path, path.display().to_string())
    }

    /// A file or directory, shown in full.
    pub fn of(path: &ConfinedPath) -> Self {
        Self::path(&path.to_path())
    }

    /// A file or directory, shown with the home directory shortened.
    pub fn shortened(world: &World, path: &Path) -> Self {
        Self::of_path(path, world.shorten(path))
    }

    /// A line of a file, shown with the home directory shortened.
    pub fn line(world: &World, file: &Path, line: usize) -> Self {
        let shown = format!("{}:{line}", world.shorten(file));
        let kind = if file.is_absolute() {
            Kind::Line(file.to_owned(), line)
        } else {
            Kind::Named
        };
        Self { kind, shown }
    }

    /// A key store, by its title.
    pub fn key_store(title: impl Into<String>) -> Self {
        Self {
            kind: Kind::KeyStore(None),
            shown: title.into(),
        }
    }

    /// The entries of one system in the operating system's key store.
    pub fn key_store_of(system: System) -> Self {
        Self {
            kind: Kind::KeyStore(Some(system)),
            shown: "the system's key store".to_owned(),
        }
    }

    /// Something that people know by a name; an absolute path is one all the same.
    pub fn named(text: impl Into<String>) -> Self {
        let shown = text.into();
        Self::of_path(&PathBuf::from(&shown), shown)
    }

    fn of_path(path: &Path, shown: String) -> Self {
        let kind = if path.is_absolute() {
            Kind::Path(path.to_owned())
        } else {
            // Nobody knows where it is.
            Kind::Named
        };
        Self { kind, shown }
    }

    /// The file or directory that it is, as a whole.
    pub fn as_path(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Path(path) => Some(path),
            Kind::Line(..) | Kind::KeyStore(_) | Kind::Named => None,
        }
    }

    /// The file or directory that it is or is in.
    pub fn file(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Path(path) | Kind::Line(path, _) => Some(path),
            Kind::KeyStore(_) | Kind::Named => None,
        }
    }

    /// The system whose entries of a key store it is.
    pub const fn key_store_system(&self) -> Option<System> {
        match self.kind {
            Kind::KeyStore(system) => system,
            Kind::Path(_) | Kind::Line(..) | Kind::Named => None,
        }
    }

    /// The place as people read it.
    pub fn as_str(&self) -> &str {
        &self.shown
    }
}

/// The place as people read it.
impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_see_the_path_that_people_read_shortened() {
        let world = World::fixed("/home/ana", jiff::Timestamp::UNIX_EPOCH);
        let file = Path::new("/home/ana/.profile");
        let whole = Location::shortened(&world, file);
        assert_eq!(
            (whole.as_str(), whole.as_path()),
            ("~/.profile", Some(file))
        );
        let line = Location::line(&world, file, 3);
        assert_eq!((line.as_str(), line.as_path()), ("~/.profile:3", None));
        assert_eq!(line.file(), Some(file));
        // The text alone would make paths of these.
        for odd in [
            Location::named("~"),
            Location::named("provider \"/etc\""),
            Location::shortened(&world, Path::new("$X/*.sh")),
            Location::key_store("/ a store that is called so"),
        ] {
            assert_eq!(odd.file(), None, "{odd}");
        }
        let store = Location::key_store_of(System::SALESFORCE);
        assert_eq!(store.key_store_system(), Some(System::SALESFORCE));
    }
}
