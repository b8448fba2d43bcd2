//! A database with whatever a stopped program has left beside it is read without a panic and without a
//! change, and the image that is made of it has whole pages. The first bytes say how the rest is cut:
//! the file, its rollback journal, its log.

use crate::support::{directory, world};
use adieu::io::files::sqlite::image::recover_database;
use adieu::io::files::{ConfinedPath, Files};

const LIMIT: usize = 1 << 20;

pub(crate) fn run(bytes: &[u8]) {
    let Some((lengths, rest)) = bytes.split_at_checked(4) else {
        return;
    };
    let length = |at: usize| usize::from(u16::from_be_bytes([lengths[at], lengths[at + 1]]));
    let (database, rest) = rest.split_at(length(0).min(rest.len()));
    let (journal, log) = rest.split_at(length(2).min(rest.len()));
    if let Some(image) = recover_database(database.to_vec(), Some(journal), Some(log), LIMIT) {
        assert!(image.len() <= LIMIT.max(database.len()));
    }
    let files = [("", database), ("-journal", journal), ("-wal", log)];
    let path = |suffix: &str| directory().join(format!("fuzz.db{suffix}"));
    for (suffix, content) in files {
        let _ = std::fs::remove_file(path(suffix));
        if suffix.is_empty() || !content.is_empty() {
            std::fs::write(path(suffix), content).expect("a temporary file");
        }
    }
    let place = ConfinedPath::root(directory().as_path())
        .join("fuzz.db")
        .expect("a plain name");
    let _ = Files::new(&world()).rows(&place, "credential", &["id", "value"]);
    for (suffix, content) in files {
        let now = std::fs::read(path(suffix)).unwrap_or_default();
        assert!(now == content, "a look has changed the file{suffix}");
    }
    assert!(!path("-shm").exists(), "a look has left an index");
}
