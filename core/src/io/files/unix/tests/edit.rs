//! Editing, locks, and what a killed run leaves.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests set up what the door then meets"
)]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::sync::Barrier;
use std::time::{Duration, Instant};

use super::{LIMIT, fail_if_called, replace_with};
use crate::io::files::testing::Home;
use crate::io::files::{Change, Edited, FileError, Files, LockRule, Removal};

#[test]
fn edit_replaces_atomically_and_keeps_the_mode() {
    let home = Home::new();
    home.put("file", "old");
    let path = home.directory.path().join("file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let inode = fs::metadata(&path).unwrap().ino();
    let edited = home
        .files
        .edit(
            &home.path("file"),
            LockRule::Sibling,
            LIMIT,
            &mut replace_with("new"),
        )
        .unwrap();
    assert_eq!(edited, Edited::Replaced);
    assert_eq!(home.get("file"), "new");
    assert_eq!(home.names(""), ["file", "file.lock"]);
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o640);
    assert_ne!(metadata.ino(), inode);
    let counters = home.files.counters();
    assert_eq!(
        (
            counters.opens,
            counters.reads,
            counters.writes,
            counters.renames
        ),
        (1, 1, 1, 1)
    );
    assert_eq!((counters.locks, counters.removals), (1, 0));
}

#[test]
fn edit_that_changes_nothing_writes_nothing() {
    let home = Home::new();
    home.put("file", "same");
    let path = home.path("file");
    let edited = home
        .files
        .edit(&path, LockRule::None, LIMIT, &mut replace_with("same"))
        .unwrap();
    assert_eq!(edited, Edited::Unchanged);
    let edited = home
        .files
        .edit(&home.path("file"), LockRule::None, LIMIT, &mut |_| {
            Ok(Change::Keep)
        })
        .unwrap();
    assert_eq!(edited, Edited::Unchanged);
    assert_eq!(home.files.counters().writes, 0);
    assert_eq!(home.names(""), ["file"]);
}

#[test]
fn edit_of_an_absent_file_leaves_no_lock_file() {
    let home = Home::new();
    for path in ["file", "no/directory/file"] {
        let edited = home
            .files
            .edit(
                &home.path(path),
                LockRule::Sibling,
                LIMIT,
                &mut fail_if_called,
            )
            .unwrap();
        assert_eq!(edited, Edited::Absent);
    }
    assert_eq!(home.names(""), [""; 0]);
}

#[test]
fn edit_that_is_refused_leaves_the_file_and_says_why() {
    let home = Home::new();
    home.put("file", "old");
    let error = home
        .files
        .edit(
            &home.path("file"),
            LockRule::None,
            LIMIT,
            &mut fail_if_called,
        )
        .unwrap_err();
    assert!(matches!(error, FileError::Edit { .. }), "{error:?}");
    assert!(error.to_string().contains("file") && error.hint().is_some());
    assert_eq!(home.get("file"), "old");
}

#[test]
fn edit_can_remove_the_file() {
    let home = Home::new();
    home.put("file", "old");
    let edited = home
        .files
        .edit(&home.path("file"), LockRule::None, LIMIT, &mut |_| {
            Ok(Change::Remove)
        })
        .unwrap();
    assert_eq!(edited, Edited::Removed);
    assert_eq!(home.names(""), [""; 0]);
    assert_eq!(home.files.counters().removals, 1);
}

#[test]
fn edit_tries_once_more_when_the_file_changes_under_it() {
    let home = Home::new();
    home.put("file", "old");
    let path = home.directory.path().join("file");
    let mut calls = 0;
    let edited = home
        .files
        .edit(&home.path("file"), LockRule::None, LIMIT, &mut |bytes| {
            calls += 1;
            if calls == 1 {
                fs::write(&path, "written by somebody else").unwrap();
            }
            Ok(Change::Replace([bytes, b"+"].concat()))
        })
        .unwrap();
    assert_eq!((edited, calls), (Edited::Replaced, 2));
    assert_eq!(home.get("file"), "written by somebody else+");

    let mut calls = 0;
    let error = home
        .files
        .edit(&home.path("file"), LockRule::None, LIMIT, &mut |_| {
            calls += 1;
            fs::write(&path, format!("{calls}: somebody else")).unwrap();
            Ok(Change::Remove)
        })
        .unwrap_err();
    assert!(matches!(error, FileError::Changed { .. }), "{error:?}");
    assert_eq!(home.get("file"), "2: somebody else");
    assert_eq!(home.names(""), ["file"]);
}

#[test]
fn twenty_threads_edit_one_file_and_none_is_lost() {
    for rule in [
        LockRule::None,
        LockRule::Sibling,
        LockRule::Exclusive {
            suffix: ".lockfile",
        },
        LockRule::Directory,
    ] {
        let home = Home::new();
        home.put("file", "");
        let barrier = Barrier::new(20);
        std::thread::scope(|scope| {
            for number in 0..20 {
                let (home, barrier) = (&home, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    home.files
                        .edit(&home.path("file"), rule, LIMIT, &mut |bytes| {
                            let line = format!("{number}\n");
                            Ok(Change::Replace([bytes, line.as_bytes()].concat()))
                        })
                        .unwrap();
                });
            }
        });
        let content = home.get("file");
        let mut numbers: Vec<u32> = content.lines().map(|line| line.parse().unwrap()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..20).collect::<Vec<_>>(), "{rule:?}");
        let leftovers = if rule == LockRule::Sibling { 2 } else { 1 };
        assert_eq!(
            home.names("").len(),
            leftovers,
            "{rule:?}: {:?}",
            home.names("")
        );
    }
}

#[test]
fn a_held_lock_ends_in_an_error_within_the_time_limit() {
    let home = Home::new();
    home.put("file", "old");
    let lock = fs::File::create(home.directory.path().join("file.lock")).unwrap();
    lock.lock().unwrap();
    let impatient = home.later(0);
    let start = Instant::now();
    let error = impatient
        .edit(
            &home.path("file"),
            LockRule::Sibling,
            LIMIT,
            &mut fail_if_called,
        )
        .unwrap_err();
    assert!(matches!(&error, FileError::LockTimeout { path, .. } if path.ends_with("file.lock")));
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(error.to_string().contains("file.lock"), "{error}");
    let error = impatient
        .remove_file(&home.path("file"), LockRule::Sibling)
        .unwrap_err();
    assert!(matches!(error, FileError::LockTimeout { .. }), "{error:?}");
    drop(lock);
    assert_eq!(
        impatient
            .remove_file(&home.path("file"), LockRule::Sibling)
            .unwrap(),
        Removal::Removed
    );
}

#[test]
fn a_directory_lock_is_honoured_while_fresh_and_taken_over_when_left() {
    let home = Home::new();
    home.put("file", "old");
    fs::create_dir(home.directory.path().join("file.lock")).unwrap();
    let edit = |files: &Files| {
        files.edit(
            &home.path("file"),
            LockRule::Directory,
            LIMIT,
            &mut replace_with("new"),
        )
    };
    assert!(matches!(
        edit(&home.later(0)),
        Err(FileError::LockTimeout { .. })
    ));
    assert_eq!(home.get("file"), "old");
    assert_eq!(edit(&home.later(60)).unwrap(), Edited::Replaced);
    assert_eq!(home.names(""), ["file"]);
}

#[test]
fn temporary_files_of_a_killed_run_are_cleared_and_others_kept() {
    let home = Home::new();
    home.put("file", "old");
    let dead = {
        // A process that has ended: its id is free, or at least not this one's.
        #[expect(
            clippy::disallowed_methods,
            reason = "the test needs the id of a dead process"
        )]
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let id = child.id();
        child.wait().unwrap();
        id
    };
    let own = std::process::id();
    let leftovers = [
        format!(".file.{dead}-0000000000000001-0.adieu-tmp"),
        format!(".file.{own}-0000000000000001-7.adieu-tmp"),
    ];
    let strangers = [
        ".file.swp".to_owned(),
        ".file.x-1-0.adieu-tmp".to_owned(),
        format!(".other.{dead}-0000000000000001-0.adieu-tmp"),
        // Process 1 lives for as long as the machine.
        ".file.1-0000000000000001-0.adieu-tmp".to_owned(),
    ];
    for name in leftovers.iter().chain(&strangers) {
        home.put(name, "FAKE-secret");
    }
    home.files
        .edit(
            &home.path("file"),
            LockRule::None,
            LIMIT,
            &mut replace_with("new"),
        )
        .unwrap();
    let names = home.names("");
    for name in &leftovers {
        assert!(!names.contains(name), "{name}");
    }
    for name in &strangers {
        assert!(names.contains(name), "{name}");
    }
    home.later(7200)
        .edit(
            &home.path("file"),
            LockRule::None,
            LIMIT,
            &mut replace_with("newer"),
        )
        .unwrap();
    assert!(
        !home.names("").contains(&strangers[3]),
        "too old to be in use"
    );
}

#[test]
fn edit_or_create_makes_a_private_file_in_private_directories() {
    let home = Home::new();
    let path = home.path("a/b/file");
    let mut write = |old: Option<&[u8]>| {
        let mut bytes = old.unwrap_or_default().to_vec();
        bytes.push(b'x');
        Ok(Change::Replace(bytes))
    };
    let first = home
        .files
        .edit_or_create(&path, LockRule::Sibling, LIMIT, &mut write)
        .unwrap();
    let second = home
        .files
        .edit_or_create(&path, LockRule::Sibling, LIMIT, &mut write)
        .unwrap();
    assert_eq!((first, second), (Edited::Created, Edited::Replaced));
    assert_eq!(home.get("a/b/file"), "xx");
    for (name, mode) in [("a", 0o700), ("a/b", 0o700), ("a/b/file", 0o600)] {
        let metadata = fs::metadata(home.directory.path().join(name)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{name}");
    }
}

#[test]
fn edit_in_a_directory_that_cannot_be_written_names_the_file_and_only_if_it_would_change() {
    if Home::is_root() {
        println!("skipped: modes do not bind root");
        return;
    }
    let home = Home::new();
    home.put("d/file", "old");
    let directory = home.directory.path().join("d");
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o500)).unwrap();
    let path = home.path("d/file");
    let edited = home
        .files
        .edit(&path, LockRule::Sibling, LIMIT, &mut |_| Ok(Change::Keep))
        .unwrap();
    assert_eq!(edited, Edited::Unchanged);
    for rule in [LockRule::None, LockRule::Sibling, LockRule::Directory] {
        let edit = home
            .files
            .edit(&path, rule, LIMIT, &mut replace_with("new"));
        let removal = home.files.remove_file(&path, rule);
        for error in [edit.unwrap_err(), removal.unwrap_err()] {
            assert!(
                matches!(&error, FileError::Denied { path, .. } if path.ends_with("d/file")),
                "{error:?}"
            );
        }
    }
    assert_eq!(home.names("d"), ["file"]);
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o700)).unwrap();
}

/// A process that had this one's id, and started at another time.
#[cfg(target_os = "linux")]
fn gone() -> String {
    let mut gone = crate::io::files::Author::own().to_string();
    let last = if gone.ends_with('0') { "1" } else { "0" };
    gone.replace_range(gone.len() - 1.., last);
    gone
}

#[cfg(target_os = "linux")]
#[test]
fn lock_of_a_process_that_is_gone_is_taken_over_at_once_and_that_of_a_living_one_is_not() {
    let own = crate::io::files::Author::own().to_string();
    for (author, is_free) in [(gone(), true), (own, false)] {
        let home = Home::new();
        home.put("file", "old");
        home.put("file.lock", &format!("adieu {author}\n"));
        let files = home.later(0);
        let lock = LockRule::Exclusive { suffix: ".lock" };
        let edited = files.edit(&home.path("file"), lock, LIMIT, &mut replace_with("new"));
        assert_eq!(edited.is_ok(), is_free, "{edited:?}");
        assert_eq!(home.names("").len(), if is_free { 1 } else { 2 });
    }
    for (author, is_free) in [
        (gone(), true),
        (crate::io::files::Author::own().to_string(), false),
    ] {
        let home = Home::new();
        home.put("file", "old");
        let lock = home.directory.path().join("file.lock");
        fs::create_dir(&lock).unwrap();
        let metadata = fs::metadata(&lock).unwrap();
        let (device, inode) = {
            use std::os::unix::fs::MetadataExt as _;
            (metadata.dev(), metadata.ino())
        };
        let claim = format!(".file.lock.{author}-0.adieu-tmp");
        home.put(&claim, &format!("adieu lock {device} {inode}\n"));
        let files = home.later(0);
        let edited = files.edit(
            &home.path("file"),
            LockRule::Directory,
            LIMIT,
            &mut replace_with("new"),
        );
        assert_eq!(edited.is_ok(), is_free, "{edited:?}");
        if is_free {
            // The claim goes with what killed runs have left.
            files.also_tidy(&home.path(""));
            files.clear_abandoned();
            assert!(!lock.exists());
        }
    }
}
