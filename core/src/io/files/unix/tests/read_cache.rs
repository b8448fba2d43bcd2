//! A file is read once, and never taken from memory when it may have changed.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests change what the door has seen"
)]

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::thread;
use std::time::Duration;

use super::{LIMIT, replace_with};
use crate::io::files::testing::Home;
use crate::io::files::{Edited, Files, LockRule};

/// Longer than the file system's clock takes for a step.
const STEP: Duration = Duration::from_millis(20);

fn read(files: &Files, home: &Home) -> String {
    let bytes = files.read(&home.path("file"), LIMIT).unwrap().unwrap();
    String::from_utf8(bytes).unwrap()
}

fn edit(files: &Files, home: &Home, text: &str) -> Edited {
    let file = home.path("file");
    let lock = LockRule::Sibling;
    files
        .edit(&file, lock, LIMIT, &mut replace_with(text))
        .unwrap()
}

/// Changes the file in place, to as many bytes, and gives it back the time it had.
fn change_unnoticed(home: &Home, text: &str) {
    let path = home.directory.path().join("file");
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    let mut file = OpenOptions::new().write(true).open(&path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file.set_modified(modified).unwrap();
}

#[test]
fn look_edit_and_look_again_read_once() {
    let home = Home::new();
    home.put("file", "old");
    let files = home.later(60);
    assert_eq!(read(&files, &home), "old");
    assert_eq!(edit(&files, &home, "new"), Edited::Replaced);
    assert_eq!(read(&files, &home), "new");
    assert_eq!(home.get("file"), "new");
    let counters = files.counters();
    assert_eq!((counters.opens, counters.reads), (3, 1));
    assert_eq!((counters.writes, counters.renames), (1, 1));
}

#[test]
fn file_that_was_changed_just_now_is_read_every_time() {
    let home = Home::new();
    home.put("file", "old");
    let files = home.later(1);
    assert_eq!(read(&files, &home), "old");
    assert_eq!(read(&files, &home), "old");
    assert_eq!(files.counters().reads, 2);
}

#[test]
fn change_in_place_with_the_same_size_and_time_is_seen() {
    let home = Home::new();
    home.put("file", "old");
    let files = home.later(60);
    assert_eq!(read(&files, &home), "old");
    thread::sleep(STEP);
    change_unnoticed(&home, "own");
    assert_eq!(read(&files, &home), "own");
}

#[test]
fn other_file_in_its_place_is_seen() {
    let home = Home::new();
    home.put("file", "old");
    home.put("other", "own");
    let path = |name: &str| home.directory.path().join(name);
    let modified = fs::metadata(path("file")).unwrap().modified().unwrap();
    let other = File::options().write(true).open(path("other")).unwrap();
    other.set_modified(modified).unwrap();
    let files = home.later(60);
    assert_eq!(read(&files, &home), "old");
    fs::rename(path("other"), path("file")).unwrap();
    assert_eq!(read(&files, &home), "own");
}

#[test]
fn edit_sees_what_changed_since_the_look() {
    let home = Home::new();
    home.put("file", "old");
    let files = home.later(60);
    assert_eq!(read(&files, &home), "old");
    thread::sleep(STEP);
    change_unnoticed(&home, "own");
    let mut seen = Vec::new();
    let file = home.path("file");
    files
        .edit(&file, LockRule::Sibling, LIMIT, &mut |bytes| {
            seen = bytes.to_vec();
            Ok(crate::io::files::Change::Keep)
        })
        .unwrap();
    assert_eq!(seen, b"own");
}

#[test]
fn what_was_written_is_read_before_it_is_edited_again() {
    let home = Home::new();
    home.put("file", "old");
    let files = home.later(60);
    edit(&files, &home, "new");
    edit(&files, &home, "newer");
    assert_eq!(home.get("file"), "newer");
    assert_eq!(files.counters().reads, 2);
}

#[test]
fn file_of_somebody_else_is_not_answered_from_memory() {
    let home = Home::new();
    if !Home::is_root() {
        return;
    }
    home.put("file", "old");
    let files = home.later(60);
    assert_eq!(read(&files, &home), "old");
    let path = home.directory.path().join("file");
    let owner = fs::metadata(&path).unwrap().uid();
    std::os::unix::fs::chown(&path, Some(owner + 1), None).unwrap();
    assert!(files.read(&home.path("file"), LIMIT).is_err());
}
