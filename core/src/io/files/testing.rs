//! A home directory to test in.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests set up what the door then meets"
)]

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use tempfile::TempDir;

use super::{ConfinedPath, Files};
use crate::world::World;

pub(super) struct Home {
    pub(super) directory: TempDir,
    pub(super) files: Files,
}

impl Home {
    pub(super) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let owner = fs::metadata(directory.path()).unwrap().uid();
        let modified = fs::metadata(directory.path()).unwrap().modified().unwrap();
        let now = Timestamp::try_from(modified).unwrap();
        let files = Files::new(&world(directory.path(), owner, now))
            .with_lock_timeout(Duration::from_mins(1));
        Self { directory, files }
    }

    /// Opens the door so many seconds later, with a short patience for locks.
    pub(super) fn later(&self, seconds: i64) -> Files {
        let owner = fs::metadata(self.directory.path()).unwrap().uid();
        let modified = fs::metadata(self.directory.path())
            .unwrap()
            .modified()
            .unwrap();
        let now = Timestamp::try_from(modified).unwrap() + jiff::SignedDuration::from_secs(seconds);
        Files::new(&world(self.directory.path(), owner, now))
            .with_lock_timeout(Duration::from_millis(200))
    }

    pub(super) fn path(&self, relative: &str) -> ConfinedPath {
        ConfinedPath::new(self.directory.path(), Path::new(relative)).unwrap()
    }

    pub(super) fn put(&self, relative: &str, content: &str) {
        let path = self.directory.path().join(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(super) fn get(&self, relative: &str) -> String {
        fs::read_to_string(self.directory.path().join(relative)).unwrap()
    }

    pub(super) fn names(&self, relative: &str) -> Vec<String> {
        let entries = self.files.list(&self.path(relative)).unwrap().unwrap();
        entries.into_iter().map(|entry| entry.name).collect()
    }

    pub(super) fn is_root() -> bool {
        rustix::process::geteuid().is_root()
    }
}

fn world(home: &Path, owner: u32, now: Timestamp) -> World {
    World::fixed(home, now).owned_by(owner)
}
