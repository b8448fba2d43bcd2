//! Reading many files one after the other without walking to each from its root.

use std::ffi::{OsStr, OsString};

use super::read_cache::Use;
use super::{Directory, Owners, Step, list_entries, visited};
use crate::io::files::{ConfinedPath, Entry, FileError, Files, Probe};

/// The directories that were opened on the way to the last place. The next place costs only what is
/// different of its way; every step was checked when it was made, and its handle is what is used.
#[derive(Default)]
pub struct DirectoryHandles {
    root: Option<Directory>,
    steps: Vec<(OsString, Directory)>,
}

impl DirectoryHandles {
    fn last(&self) -> Option<&Directory> {
        self.steps
            .last()
            .map(|(_, directory)| directory)
            .or(self.root.as_ref())
    }
}

impl Files {
    /// [`Files::read`], by way of the directory handles that are open.
    pub fn look_along(
        &self,
        handles: &mut DirectoryHandles,
        file: &ConfinedPath,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, FileError> {
        self.read_along(handles, file, limit, (Owners::User, Use::Look))
    }

    /// [`Files::read_shared`], by way of the directory handles that are open.
    pub fn look_shared_along(
        &self,
        handles: &mut DirectoryHandles,
        file: &ConfinedPath,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, FileError> {
        self.read_along(handles, file, limit, (Owners::UserOrSystem, Use::Look))
    }

    /// The same for one of thousands of files: its content is not remembered for the run.
    pub fn read_shared_along(
        &self,
        handles: &mut DirectoryHandles,
        file: &ConfinedPath,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, FileError> {
        self.read_along(handles, file, limit, (Owners::UserOrSystem, Use::Once))
    }

    fn read_along(
        &self,
        handles: &mut DirectoryHandles,
        file: &ConfinedPath,
        limit: u64,
        how: (Owners, Use),
    ) -> Result<Option<Vec<u8>>, FileError> {
        self.following(file, |file| self.read_along_at(handles, file, limit, how))
    }

    fn read_along_at(
        &self,
        handles: &mut DirectoryHandles,
        file: &ConfinedPath,
        limit: u64,
        (owners, purpose): (Owners, Use),
    ) -> Result<Option<Vec<u8>>, FileError> {
        let Some((directory, name)) = self.parent_along(handles, file)? else {
            return Ok(None);
        };
        self.visited.note(file, owners);
        let Some((handle, metadata)) = self.open_file(directory, name, owners)? else {
            return Ok(None);
        };
        let path = directory.child(name);
        self.read_handle(&handle, &metadata, limit, &path, purpose)
            .map(Some)
    }

    /// [`Files::probe`], by way of the directory handles that are open.
    pub fn probe_along(
        &self,
        handles: &mut DirectoryHandles,
        path: &ConfinedPath,
    ) -> Result<Option<Probe>, FileError> {
        if path.relative().as_os_str().is_empty() {
            return self.probe(path);
        }
        let found = self.following(path, |path| {
            let Some((directory, name)) = self.parent_along(handles, path)? else {
                return Ok(None);
            };
            Ok(directory.inspect(name)?.map(Probe::from))
        })?;
        Ok(self.probe_behind(path, found))
    }

    /// The opened directory that a file is in, and the file's name there.
    fn parent_along<'t, 'f>(
        &self,
        handles: &'t mut DirectoryHandles,
        file: &'f ConfinedPath,
    ) -> Result<Option<(&'t Directory, &'f OsStr)>, FileError> {
        let (Some(parent), Some(name)) = (file.parent(), file.relative().file_name()) else {
            return Err(FileError::Root {
                path: file.to_path(),
            });
        };
        match self.walk_along(handles, &parent) {
            Ok(directory) => Ok(directory.map(|directory| (directory, name))),
            // A file where a directory of the path should be: what is asked for is not there.
            Err(FileError::NotADirectory { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// [`Files::list`], by way of the directory handles that are open, and without adieu's own temporary files: they are no part of
    /// what is there. Those of a killed run go with the next change of their file, or with their
    /// directory.
    pub fn list_along(
        &self,
        handles: &mut DirectoryHandles,
        directory: &ConfinedPath,
    ) -> Result<Option<Vec<Entry>>, FileError> {
        let listed = self.following(directory, |place| {
            let Some(directory) = self.walk_along(handles, place)? else {
                return Ok(None);
            };
            let mut listed = list_entries(directory)?;
            let is_clean = !listed
                .iter()
                .any(|entry| visited::may_be_left(OsStr::new(&entry.name)));
            self.visited.note_listed(place, is_clean);
            listed.retain(|entry| !self.is_temporary(directory, OsStr::new(&entry.name)));
            Ok(Some(listed))
        })?;
        Ok(listed.map(|listed| self.see_through(directory, listed)))
    }

    /// Opens a directory, from the deepest handle that is open.
    fn walk_along<'t>(
        &self,
        handles: &'t mut DirectoryHandles,
        path: &ConfinedPath,
    ) -> Result<Option<&'t Directory>, FileError> {
        let root = handles.root.as_ref();
        if root.is_none_or(|root| root.path != path.trusted_root()) {
            handles.steps.clear();
            handles.root = self.open_root(path.trusted_root(), super::Missing::Report)?;
        }
        let names: Vec<&OsStr> = path.relative().iter().collect();
        let common = handles
            .steps
            .iter()
            .zip(&names)
            .take_while(|((known, _), name)| known == *name)
            .count();
        handles.steps.truncate(common);
        for name in &names[common..] {
            let Some(last) = handles.last() else {
                return Ok(None);
            };
            match self.step(last, name)? {
                Step::Opened(next) => handles.steps.push(((*name).to_owned(), next)),
                Step::Absent => return Ok(None),
                Step::NotADirectory => {
                    return Err(FileError::NotADirectory {
                        path: last.child(name),
                    });
                }
            }
        }
        Ok(handles.last())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::files::testing::Home;

    #[test]
    fn trail_reads_what_a_walk_from_the_root_reads() {
        let home = Home::new();
        for (path, content) in [("a/b/one", "1"), ("a/c/two", "2"), ("three", "3")] {
            home.put(path, content);
        }
        rustix::fs::symlink("b", home.directory.path().join("a/link")).unwrap();
        let mut handles = DirectoryHandles::default();
        for path in [
            "a/b/one",
            "a/c/two",
            "a/b/one",
            "three",
            "a/b/none",
            "a/none/one",
            "a/link/one",
            "a/link",
            "a/b/one/below",
            "a/b",
            "a/c/two",
            "",
        ] {
            let path = home.path(path);
            assert_eq!(
                format!(
                    "{:?}",
                    home.files.read_shared_along(&mut handles, &path, 10)
                ),
                format!("{:?}", home.files.read_shared(&path, 10)),
                "{path:?}"
            );
            assert_eq!(
                format!("{:?}", home.files.look_along(&mut handles, &path, 10)),
                format!("{:?}", home.files.read(&path, 10)),
                "{path:?}"
            );
            assert_eq!(
                format!("{:?}", home.files.probe_along(&mut handles, &path)),
                format!("{:?}", home.files.probe(&path)),
                "{path:?}"
            );
            assert_eq!(
                format!("{:?}", home.files.list_along(&mut handles, &path)),
                format!("{:?}", home.files.list(&path)),
                "{path:?}"
            );
        }
    }

    #[test]
    fn trail_of_one_root_is_not_that_of_another() {
        let (one, other) = (Home::new(), Home::new());
        one.put("a/x", "1");
        other.put("a/x", "2");
        let mut handles = DirectoryHandles::default();
        for (home, content) in [(&one, b"1"), (&other, b"2"), (&one, b"1")] {
            let path = home.path("a/x");
            let read = home.files.read_shared_along(&mut handles, &path, 10);
            assert_eq!(read.unwrap().as_deref(), Some(&content[..]));
        }
    }
}
