//! Reading for a scan: links are resolved, nothing else than regular files is opened, and what
//! cannot be read is said.

use std::cell::RefCell;
use std::path::{Component, Path, PathBuf};

use super::text::{NotText, Text};
use crate::inventory::{Location, Problem};
use crate::io::files::{ConfinedPath, DirectoryHandles, Entry, FileError, Files};
use crate::world::World;

/// The most that is read of a file.
pub(crate) const LIMIT: u64 = 1 << 20;

/// The most links that are followed on the way to one file.
const LINKS: usize = 4;

/// The result of reading a file.
pub(super) enum Read {
    /// Its text, and where it really is.
    Text { text: Text, path: PathBuf },
    /// It is not there.
    Absent,
    /// It is a directory.
    Directory,
    /// It could not be read, or was not meant to be.
    Unread(Problem),
}

/// Reads for a scan.
pub(super) struct Reader<'a> {
    pub(super) files: &'a Files,
    pub(super) world: &'a World,
    /// Most files are near the one before.
    handles: RefCell<DirectoryHandles>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(files: &'a Files, world: &'a World) -> Self {
        Self {
            files,
            world,
            handles: RefCell::default(),
        }
    }

    /// The path with a root that is trusted: the home, or that of the file system.
    pub(super) fn rooted(&self, path: &Path) -> Option<ConfinedPath> {
        confine_path(self.world, path)
    }

    /// Reads a text.
    pub(super) fn read(&self, path: &Path) -> Read {
        let asked = clean_path(path);
        let mut path = asked.clone();
        for _ in 0..=LINKS {
            let Some(rooted) = self.rooted(&path) else {
                return Read::Absent;
            };
            let read = self
                .files
                .read_shared_along(&mut self.handles.borrow_mut(), &rooted, LIMIT);
            match read {
                Ok(Some(bytes)) => return self.decode(bytes, path),
                Ok(None) => return Read::Absent,
                Err(FileError::Symlink { path: link, .. }) => match self.behind(&link, &path) {
                    Ok(Some(target)) => path = target,
                    Ok(None) => return Read::Absent,
                    Err(problem) => return Read::Unread(problem),
                },
                Err(FileError::Root { .. }) => return Read::Directory,
                Err(FileError::NotAFile { path: place }) if self.is_directory(&place) => {
                    return Read::Directory;
                }
                // A link to a device says that there is nothing: so systemd masks a unit.
                Err(FileError::NotAFile { .. }) if path != asked => return Read::Absent,
                Err(error) => return Read::Unread(self.problem(&error)),
            }
        }
        Read::Unread(self.too_many_links(&path))
    }

    fn too_many_links(&self, path: &Path) -> Problem {
        Problem {
            location: Location::shortened(self.world, path),
            message: format!("behind more than {LINKS} symbolic links"),
            hint: None,
            hides: true,
        }
    }

    fn decode(&self, bytes: Vec<u8>, path: PathBuf) -> Read {
        match Text::decode(bytes) {
            Ok(text) => Read::Text { text, path },
            Err(why) => Read::Unread(Problem {
                location: Location::shortened(self.world, &path),
                message: match why {
                    NotText::Binary => "skipped: it has NUL bytes, so it is no text",
                    NotText::BrokenUtf16 => "skipped: it begins like UTF-16 and is not",
                }
                .to_owned(),
                hint: None,
                hides: true,
            }),
        }
    }

    fn is_directory(&self, path: &Path) -> bool {
        self.rooted(path)
            .and_then(|path| self.files.list(&path).ok().flatten())
            .is_some()
    }

    /// Finds where a path leads when a link on it is resolved; `None` if the link is gone.
    fn behind(&self, link: &Path, path: &Path) -> Result<Option<PathBuf>, Problem> {
        let (Some(rooted), Ok(rest)) = (self.rooted(link), path.strip_prefix(link)) else {
            return Ok(None);
        };
        let target = self.files.read_link(&rooted);
        let base = link.parent().unwrap_or(link);
        let whole = |target: PathBuf| clean_path(&base.join(target).join(rest));
        target
            .map(|target| target.map(whole))
            .map_err(|error| self.problem(&error))
    }

    /// The entries of a directory, reached through links too, and where it really is.
    pub(super) fn list(&self, path: &Path) -> Result<Option<(Vec<Entry>, PathBuf)>, Problem> {
        let mut path = clean_path(path);
        for _ in 0..=LINKS {
            let Some(rooted) = self.rooted(&path) else {
                return Ok(None);
            };
            let listed = self
                .files
                .list_along(&mut self.handles.borrow_mut(), &rooted);
            match listed {
                Ok(entries) => return Ok(entries.map(|entries| (entries, path))),
                Err(FileError::Symlink { path: link, .. }) => match self.behind(&link, &path) {
                    Ok(Some(target)) => path = target,
                    Ok(None) => return Ok(None),
                    Err(problem) => return Err(problem),
                },
                Err(FileError::NotADirectory { .. }) => return Ok(None),
                Err(error) => return Err(self.problem(&error)),
            }
        }
        Err(self.too_many_links(&path))
    }

    fn problem(&self, error: &FileError) -> Problem {
        let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
        Problem {
            location: Location::shortened(self.world, error.path()),
            message: format!("{error}{}", cause.unwrap_or_default()),
            hint: error.hint().map(str::to_owned),
            hides: true,
        }
    }
}

/// The path with a root that is trusted: the home, or that of the file system.
pub(crate) fn confine_path(world: &World, path: &Path) -> Option<ConfinedPath> {
    if let Ok(relative) = path.strip_prefix(&world.home) {
        return ConfinedPath::new(world.home.as_path(), relative);
    }
    let mut root = PathBuf::new();
    let mut relative = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Prefix(_) | Component::RootDir => root.push(component),
            _ => relative.push(component),
        }
    }
    if root.as_os_str().is_empty() {
        return None;
    }
    ConfinedPath::new(root.as_path(), &relative)
}

/// The path without `.` and `..`.
pub(super) fn clean_path(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}
